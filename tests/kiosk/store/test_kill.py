"""kill -9 at any moment: a real writing program is killed again and again, and nothing it confirmed is ever missing."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from kiosk.store import Logbook, Store
from tests import ledger
from tests.kiosk.store.writer import DAY, KEY

#: 50 in every test run; `make kill` is a campaign and writes a line of docs/assurance/ledger.csv.
KILLS = int(os.environ.get("SALA_KILLS", "50"))
SEED = int(os.environ.get("SALA_SEED", "9"))
ROOT = Path(__file__).parents[3]


def start(path: Path) -> subprocess.Popen[bytes]:
    """A writer that has opened the store."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.kiosk.store.writer", str(path)], stdout=subprocess.PIPE, cwd=ROOT, bufsize=0
    )
    assert select.select([writer.stdout], [], [], 30)[0], "the writer did not start"
    assert writer.stdout.readline() == b"ready\n"
    return writer


def kill(writer: subprocess.Popen[bytes]) -> list[bytes]:
    """Kill it, and return the lines it had got out by then; a line that was cut off was promised to nobody."""
    os.kill(writer.pid, signal.SIGKILL)
    told, _ = writer.communicate(timeout=30)
    return told.split(b"\n")[:-1]


def test_kill_9_loses_nothing_that_was_confirmed(tmp_path):
    """Kills at random moments: each confirmed record, its document and number are there, and the chain verifies."""
    rng = random.Random(SEED)
    path = tmp_path / "store.db"
    promised: dict[int, str] = {}
    numbers: list[int] = []
    for _ in range(KILLS):
        writer = start(path)
        time.sleep(rng.uniform(0, 0.1))
        for line in kill(writer):
            seq, hash_, number = line.decode().split()
            assert int(seq) not in promised
            promised[int(seq)] = hash_
            numbers.append(int(number))
    assert len(promised) > KILLS, "the writers did get to write"
    assert len(set(numbers)) == len(numbers), "a ticket number was given twice"
    with Store(path, KEY) as store:
        book = Logbook(store, "lobby", software="test")
        [log] = book.logs()
        assert book.check(log.log) == log.head.seq
        documents = {document["seq"]: document["number"] for document in store.table("tickets")}
        assert sorted(documents) == list(range(2, log.head.seq + 1))
        for seq, hash_ in promised.items():
            assert book.hash_at(seq).hex() == hash_
        with store.transaction() as tx:
            assert tx.next_number(DAY, "A") > max(numbers)
    if "SALA_KILLS" in os.environ:
        ledger.enter("kill", first_seed=SEED, seeds=1, steps=KILLS, count=KILLS, broken=0)
