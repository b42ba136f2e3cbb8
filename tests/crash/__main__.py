"""The power-cut explorer from the command line.

python -m tests.crash --minutes 10            a long run with fresh seeds; ends at the first state that fails
python -m tests.crash --states 1000000        as long as it takes; totals become a line of docs/assurance/ledger.csv
python -m tests.crash --seed 7 --state 812    that state again, with the --steps and --each it was found with
"""

import argparse
import sys
import time

from kiosk.store import sqlite
from tests import ledger
from tests.crash.explorer import explore, run


def main() -> int:
    """The long run, or one state again; the exit code is 1 where something promised was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="cut the power everywhere")
    parser.add_argument("--minutes", type=float, default=None, help="10 where no --states are asked for")
    parser.add_argument("--states", type=int, default=None, help="how many at least; the day that is on is finished")
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--state", type=int, default=None)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--each", type=int, default=3)
    options = parser.parse_args()
    ledger.stop_in_order()
    if options.state is not None:
        for number, wrong, _ in explore(options.seed, steps=options.steps, each=options.each):
            if number == options.state:
                print(wrong or "this state is whole")
                return 1 if wrong else 0
    begin = time.monotonic()
    minutes = options.minutes if options.minutes or options.states else 10
    seed, states, different, failures = options.seed, 0, 0, []
    try:
        while not failures and not _enough(begin, states, minutes, options.states):
            tally = run(range(seed, seed + 1), steps=options.steps, each=options.each)
            states += tally.states
            different += tally.different
            failures = tally.failures
            seed += 1
    except KeyboardInterrupt:
        print("stopped: what was looked at until now counts", flush=True)
    finally:
        days, seconds = seed - options.seed, time.monotonic() - begin
        print(
            f"{states} states of {days} days, {different} of them different,"
            f" at synchronous={sqlite.SYNCHRONOUS} in {seconds:.0f} s"
        )
        print(f"{failures[0]} (--steps {options.steps} --each {options.each})" if failures else "all whole", flush=True)
        ledger.enter(
            "crash", first_seed=options.seed, seeds=days, steps=options.steps, count=states, broken=len(failures)
        )
    return 1 if failures else 0


def _enough(begin: float, states: int, minutes: float | None, states_wanted: int | None) -> bool:
    late = minutes is not None and time.monotonic() > begin + minutes * 60
    return late or (states_wanted is not None and states >= states_wanted)


if __name__ == "__main__":
    sys.exit(main())
