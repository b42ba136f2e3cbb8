"""The fuzzer from the command line.

python -m tests.fuzz --count 1000000 --seed 7    a long run; ends with 1 where anything was accepted or crashed; its
                                                 total becomes a line of docs/assurance/ledger.csv
"""

import argparse
import sys

from tests import ledger
from tests.fuzz.fuzzer import run


def main() -> int:
    """The long run, and what it found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="feed every reader damaged bytes")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = run(seed=options.seed, count=options.count)
    refused = sum(tally.refused.values())
    print(f"seed {options.seed}: {tally.tried} damaged inputs, {refused} refused, {tally.same} the same after all,")
    print(f"{tally.other} values below the signature, {len(tally.findings)} findings, {tally.seconds:.0f} s")
    for name, count in tally.refused.most_common():
        print(f"  {count:9} {name}")
    for name, slowest_s in tally.slowest_s.items():
        print(f"  slowest refusal of {name}: {slowest_s * 1000:.1f} ms")
    for finding in tally.findings[:20]:
        print(finding)
    ledger.enter(
        "fuzz", first_seed=options.seed, seeds=1, steps=options.count, count=tally.tried, broken=len(tally.findings)
    )
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
