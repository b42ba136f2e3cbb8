"""The power may go while a complaint is kept: whoever was told that it is kept can count on it, the first one too."""

import random
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.store import Logbook, files, sqlite
from kiosk.store.apart import Apart, at
from shared.errors import SalaError
from shared.kinds import ComplaintFiled
from tests.crash.explorer import folder
from tests.crash.tape import FilesTape, Tape, TapeDisk, cuts

KEY = b"a key of thirty-two bytes, no more"[:32]
DAY = date(2026, 11, 25)

#: What a person was told: the complaints kept so far, by log and number, with their hashes.
Promise = dict[tuple[bytes, int], bytes]


def _complain(book: Logbook, day: date, words: bytes) -> tuple[tuple[bytes, int], bytes]:
    body = ComplaintFiled(day.isoformat(), words[:16], words[:32], "conduct", "unit", words)
    with book.store.transaction() as tx:
        book.append(tx, body, at=at(day), edition=1)
    head = tx.confirmed.records[-1].header
    return (head.log, head.seq), book.hash_at(head.seq, head.log) or b""


def _day(root: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> Tape:
    """Complaints, days that only read, receipts and pruning, each in a use of its own, as the desk and the sync do."""
    dice = random.Random(seed)
    with monkeypatch.context() as patch:
        taped = FilesTape(root, patch)
        disk = TapeDisk(taped.tape, root)
        apart = Apart(root / "confidential", KEY, software="test", connect=disk.connect)
        promised: Promise = {}
        for number in range(12):
            day = DAY + timedelta(days=number)
            with apart.open(day) as book:
                what = dice.random() if number else 0
                if what < 0.6:
                    for _ in range(dice.choice((1, 1, 2))):
                        kept, hash_ = _complain(book, day, dice.randbytes(dice.choice((100, 2000))))
                        promised = {**promised, kept: hash_}
                        taped.tape.ack(promised)
                elif what < 0.8:
                    head = book.head
                    with book.store.transaction() as tx:
                        book.record_receipt(
                            tx, log=head.log, seq=head.seq, hash_=head.hash, backed_up=head.seq, epoch=b"e" * 16,
                            server_ms=number * 40 * 86_400_000, signed=b"signed answer",
                        )  # fmt: skip
                        book.prune(tx)
                else:
                    assert book.check(book.head.log) == book.head.seq
        disk.close()
        return taped.tape


def _judge(root: Path, left: dict[str, bytes], promised: Promise | None) -> str | None:
    """What is wrong with what a cut left; None where everything promised is there, verifies, and more can be kept."""
    for name, data in left.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    apart = Apart(root / "confidential", KEY, software="test")
    root.mkdir(exist_ok=True)
    try:
        for _ in range(2):  # what was mended once stays whole
            with apart.open(DAY) as book:
                for view in book.logs():
                    if view.damaged_seq or book.check(view.log) != view.head.seq:
                        return f"damage where only the power went, at record {view.damaged_seq}"
                for (log, seq), hash_ in (promised or {}).items():
                    if book.hash_at(seq, log) != hash_:
                        return f"complaint {seq} was promised and is not there"
                _complain(book, DAY, bytes(range(64)))
    except SalaError as error:
        return f"{type(error).__name__}: {error}"
    return None if not apart.folder.joinpath("store.sala.damaged-1").exists() else "salvaged where only the power went"


def _explore(monkeypatch: pytest.MonkeyPatch, seeds: range, *, each: int) -> tuple[int, list[str]]:
    states, wrong = 0, []
    for seed in seeds:
        with tempfile.TemporaryDirectory(dir=folder()) as place:
            root = Path(place) / "day"
            root.mkdir()
            tape = _day(root, monkeypatch, seed)
            for number, (_, left, promised) in enumerate(cuts(tape, seed=seed, each=each)):
                states += 1
                verdict = _judge(Path(place) / "cut", left, promised)
                shutil.rmtree(Path(place) / "cut")
                if verdict is not None:
                    wrong.append(f"seed {seed}, state {number}: {verdict}")
    return states, wrong


def test_no_power_cut_loses_a_complaint(monkeypatch):
    """At every call of the disk, with every luck."""
    states, wrong = _explore(monkeypatch, range(6), each=2)
    assert not wrong, (len(wrong), wrong[:3])
    assert states > 1000


@pytest.mark.parametrize("fault", ["no bytes synced", "no names synced", "the folder's own name is left to luck"])
def test_the_explorer_sees_careless_keeping(monkeypatch, fault):
    """Planted faults: what SQLite writes, what lies in the folder, and the folder itself, one by one left to luck."""
    if fault == "no bytes synced":
        monkeypatch.setattr(sqlite, "SYNCHRONOUS", "OFF")
    elif fault == "no names synced":
        monkeypatch.setattr(files, "sync_folder", lambda folder: None)
    else:
        monkeypatch.setattr(files, "make_folder", lambda path, mode=0o777: path.mkdir(mode=mode, exist_ok=True))
    _, wrong = _explore(monkeypatch, range(2), each=1)
    assert wrong
