"""The power-cut explorer from the command line.

python -m tests.crash --minutes 10            a long run with fresh seeds; ends at the first state that fails
python -m tests.crash --seed 7 --state 812    that state again, with the --steps and --each it was found with
"""

import argparse
import sys
import time

from kiosk.store import sqlite
from tests.crash.explorer import explore, run


def main() -> int:
    """The long run, or one state again; the exit code is 1 where something promised was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="cut the power everywhere")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--state", type=int, default=None)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--each", type=int, default=3)
    options = parser.parse_args()
    if options.state is not None:
        for number, wrong in explore(options.seed, steps=options.steps, each=options.each):
            if number == options.state:
                print(wrong or "this state is whole")
                return 1 if wrong else 0
    end = time.monotonic() + options.minutes * 60
    seed, states = options.seed, 0
    while time.monotonic() < end:
        tally = run(range(seed, seed + 1), steps=options.steps, each=options.each)
        states += tally.states
        if tally.failures:
            print(tally.failures[0], f"(--steps {options.steps} --each {options.each})")
            return 1
        seed += 1
    print(f"{states} states of {seed - options.seed} days at synchronous={sqlite.SYNCHRONOUS}: all whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
