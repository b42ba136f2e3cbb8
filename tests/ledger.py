"""The book of long runs: what was run, at which commit, over which seeds, how much, and how much of it was wrong.

    enter("sim", first_seed=1, seeds=300, steps=1000, count=500_000, broken=0)      a line of docs/assurance/ledger.csv

Whoever runs a campaign gets its line by running it; nobody writes one by hand. `count` is of records for `sim`, of
states for `crash`, of kills for `kill`, of damaged inputs for `fuzz`. A commit with a plus sign had changes that were
not committed. Run campaigns from a commit that others have: one that is rebased afterwards is found by nobody.
"""

import csv
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "docs" / "assurance" / "ledger.csv"


def enter(what: str, *, first_seed: int, seeds: int, steps: int, count: int, broken: int) -> None:
    """Append one run."""
    row = [datetime.now(UTC).date(), _commit(), what, first_seed, seeds, steps, count, broken]
    with LEDGER.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)


def stop_in_order() -> None:
    """Let whoever ends this program (TERM, or INT where the shell has it ignored) end it as Ctrl-C does: a run that is
    stopped enters what it has seen.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)


def _commit() -> str:
    head = _git("rev-parse", "--short=10", "HEAD")
    # The ledger itself may have grown since: the line before this one.
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{LEDGER.relative_to(ROOT)}")
    return head + "+" * bool(changed)


def _git(*words: str) -> str:
    told = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()
