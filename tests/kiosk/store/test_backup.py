"""The backup: whole, checked before it gets its name, taken while touches go on."""

import threading

import pytest

from kiosk.store import Logbook, Store, StoreDamaged, WrongKey, backup
from tests.kiosk.store.conftest import KEY


def test_a_backup_opens_with_the_key_and_holds_everything(desk, tmp_path):
    """Records, documents and numbers of the moment, and nothing in the clear."""
    for _ in range(5):
        desk.rate()
    desk.store.table("notes").insert({"text": "ข้อความลับ"})
    target = tmp_path / "backup.db"
    findings = backup(desk.store, target)
    assert (findings.records, findings.documents) == (6, 1)
    assert "ข้อความลับ".encode() not in target.read_bytes()
    with pytest.raises(WrongKey):
        Store(target, bytes(32))
    with Store(target, KEY) as copy:
        assert Logbook(copy, "lobby", software="test").head == desk.book.head
        assert copy.table("notes").one(1) == {"text": "ข้อความลับ"}
    assert sorted(path.name for path in tmp_path.glob("backup.db.new*")) == []


def test_touches_go_on_during_a_backup(desk, tmp_path):
    """Whatever is written meanwhile is in the store; the copy is a whole state of some moment."""
    for _ in range(50):
        desk.rate()
    stop = threading.Event()

    def work():
        while not stop.is_set():
            desk.rate()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        findings = backup(desk.store, tmp_path / "backup.db")
    finally:
        stop.set()
        worker.join()
    assert 51 <= findings.records <= desk.book.head.seq
    assert desk.book.check(desk.book.head.log) == desk.book.head.seq


def test_an_unsound_copy_does_not_replace_the_last_good_one(desk, tmp_path):
    """A store with a damaged row is not copied over yesterday's sound backup."""
    desk.rate()
    target = tmp_path / "backup.db"
    backup(desk.store, target)
    good = target.read_bytes()
    place = desk.book._shelf(desk.book._now()).place(2)
    desk.spoil("UPDATE record SET data = zeroblob(50) WHERE place = ?", place)
    with pytest.raises(StoreDamaged, match="record 2"):
        backup(desk.store, target)
    assert target.read_bytes() == good
