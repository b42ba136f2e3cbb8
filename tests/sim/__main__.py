"""The simulator from the command line.

python -m tests.sim --seeds 1000 --steps 5000     a long run; its totals become a line of docs/assurance/ledger.csv
python -m tests.sim --first 173 --seeds 1         that seed again
"""

import argparse
import sys
import time

from tests import ledger
from tests.sim.fleet import Fleet, memory


def main() -> int:
    """Run the seeds; the exit code is 1 where a law broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="a seeded fleet under every fault")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no seed after so many")
    options = parser.parse_args()
    ledger.stop_in_order()
    begin, seeds, records, faults, wrong = time.monotonic(), 0, 0, 0, []
    try:
        while seeds < options.seeds and time.monotonic() < begin + options.minutes * 60:
            seed = options.first + seeds
            with memory() as folder:
                outcome = Fleet(seed, folder, steps=options.steps).run()
            seeds += 1
            records += outcome.records
            faults += sum(outcome.seen.values()) - options.steps
            if outcome.wrong:
                wrong.append(seed)
                print(outcome.wrong, flush=True)
            if outcome.wrong or options.seeds == 1:
                print("drawn:", ", ".join(f"{name} {value:.3g}" for name, value in outcome.drawn.items()), flush=True)
    except KeyboardInterrupt:
        print("stopped: what was seen until now counts", flush=True)
    finally:
        seconds = time.monotonic() - begin
        rate = seeds * options.steps / seconds
        print(f"{seeds} seeds x {options.steps} steps in {seconds:.0f} s ({rate:.0f} steps a second)")
        print(f"{records} records, {faults} faults, {len(wrong)} broken", flush=True)
        ledger.enter(
            "sim", first_seed=options.first, seeds=seeds, steps=options.steps, count=records, broken=len(wrong)
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
