"""The store: one touch is all or nothing, numbers never return, and every refusal names itself."""

import errno
import os
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from types import SimpleNamespace

import apsw
import pytest

from kiosk.store import (
    CannotRecord,
    DiskFull,
    NewerStore,
    NoStore,
    NotAStore,
    OldSQLite,
    ReadOnly,
    RowDamaged,
    Store,
    StoreDamaged,
    StoreInUse,
    Unconfirmed,
    sqlite,
)
from kiosk.store import store as store_module
from kiosk.store.errors import StoreError
from kiosk.store.store import NUMBER_JUMP
from shared.records import Record
from tests.kiosk.store.conftest import KEY, moment, rating

DAY = date(2026, 11, 25)


def test_a_touch_is_all_or_nothing(desk):
    """An error in the block undoes record, document and number together."""
    head = desk.book.head
    with pytest.raises(ZeroDivisionError):
        stumble(desk)
    assert desk.book.head == head
    assert desk.store.tables() == set()
    with desk.store.transaction() as tx:
        assert tx.next_number(DAY, "A") == 1


@pytest.mark.parametrize("fault", [apsw.FullError("no space"), apsw.IOError("the disk failed")])
def test_a_disk_that_fails_at_opening_and_again_at_closing_is_told_of_as_ours(tmp_path, fault):
    """Two faults one after the other: the first is the one that is told, in a word that every caller knows."""

    class Doomed(apsw.Connection):
        def pragma(self, *_args, **_named):
            raise fault

        execute = pragma

        def close(self, force=False):
            super().close(force)
            raise apsw.IOError("the disk failed")

    with pytest.raises(StoreError, match=r"space|disk"):
        Store(tmp_path / "store.sala", KEY, create=True, connect=lambda path: Doomed(str(path)))
    with Store(tmp_path / "store.sala", KEY, create=True) as store:
        assert store.tables() == set()


def stumble(desk):
    """A touch that fails after all its writes."""
    with desk.store.transaction() as tx:
        tx.next_number(DAY, "A")
        desk.book.append(tx, rating(), at=moment(1), edition=1)
        desk.store.table("t").insert({})
        return 1 // 0


def test_confirmed_holds_what_was_read_back(desk):
    """The records of a touch are known only after the block, as they came back from the file."""
    with desk.store.transaction() as tx:
        record = desk.book.append(tx, rating(), at=moment(1), edition=1)
        with pytest.raises(RuntimeError, match="not confirmed yet"):
            _ = tx.confirmed
    assert tx.confirmed.records == (record,)
    with pytest.raises(RuntimeError, match="over"):
        tx.put_cell("late", b"")


def test_numbers_count_up_for_each_day_and_series(desk):
    """1, 2, 3 for each service date and series, also after the clock went back and after a restart."""
    other = date(2026, 11, 24)

    def numbers(*keys):
        with desk.store.transaction() as tx:
            return [tx.next_number(day, series) for day, series in keys]

    assert numbers((DAY, "A"), (DAY, "A"), (DAY, "B"), (other, "A")) == [1, 2, 1, 1]
    assert numbers((other, "A"), (DAY, "A")) == [2, 3]
    desk.reopen()
    assert numbers((DAY, "A"), (other, "A"), (DAY, "B")) == [4, 3, 2]


def test_a_raised_mark_is_never_lowered(desk):
    """After a restore from a copy, staff may say how far the paper went; a lower word changes nothing."""
    with desk.store.transaction() as tx:
        tx.raise_mark(DAY, "A", 40)
        tx.raise_mark(DAY, "A", 7)
        assert tx.next_number(DAY, "A") == 41


def test_numbers_skip_ahead_after_a_copy(desk):
    """A store that may have forgotten its last numbers skips ahead once in each series and day, in those it has not
    seen, too, until a signed answer names a day: on later ones nobody else gave any.
    """
    with desk.store.transaction() as tx:
        assert [tx.next_number(DAY, "A") for _ in range(3)] == [1, 2, 3]
        desk.book.open_new(tx, "copied", at=moment(1), edition=1)
    desk.reopen()
    tomorrow, later = date(2026, 11, 26), date(2026, 11, 27)
    with desk.store.transaction() as tx:
        assert [tx.next_number(DAY, "A") for _ in range(2)] == [NUMBER_JUMP + 4, NUMBER_JUMP + 5]
        assert [tx.next_number(tomorrow, "A") for _ in range(2)] == [NUMBER_JUMP + 1, NUMBER_JUMP + 2]
    with desk.store.transaction() as tx:
        tx.date_jump(tomorrow)
        tx.date_jump(later)
    desk.reopen()
    with desk.store.transaction() as tx:
        assert [tx.next_number(tomorrow, "B") for _ in range(2)] == [NUMBER_JUMP + 1, NUMBER_JUMP + 2]
        assert [tx.next_number(later, series) for series in "AB"] == [1, 1]
        desk.book.open_new(tx, "restored", at=moment(2), edition=1)
        assert [tx.next_number(later, series) for series in "AB"] == [NUMBER_JUMP + 2, NUMBER_JUMP + 2]


def test_fifty_threads_never_share_a_number(desk):
    """Each thread draws twenty numbers in touches of its own: all are different and none is missing."""
    drawn, failures = [], []

    def draw():
        try:
            for _ in range(20):
                with desk.store.transaction() as tx:
                    number = tx.next_number(DAY, "A")
                    desk.store.table("t").insert({"number": number})
                drawn.append(number)
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=draw) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(drawn) == list(range(1, 1001))
    assert sorted(document["number"] for document in desk.store.table("t")) == list(range(1, 1001))


def test_reading_goes_on_while_others_write(desk):
    """A reader sees whole touches only: both documents of a pair or none."""
    stop = threading.Event()
    odd = []

    def read():
        while not stop.is_set():
            if len(desk.store.table("pairs").all()) % 2:
                odd.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        with desk.store.transaction():
            desk.store.table("pairs").insert({})
            desk.store.table("pairs").insert({})
    stop.set()
    reader.join()
    assert not odd


def test_a_transaction_within_a_transaction_is_a_mistake(desk):
    """One touch, one transaction: a second one in the same thread is refused and the first goes on."""
    with desk.store.transaction():
        with pytest.raises(RuntimeError, match="open in this thread"):
            desk.store.transaction().__enter__()
        with pytest.raises(RuntimeError, match="open in this thread"):
            desk.store.checkpoint()
        desk.store.table("t").insert({"n": 1})
    assert desk.store.table("t").one(1) == {"n": 1}


def test_one_program_at_a_time(desk):
    """A second store on the same file is refused with a clear word, in this program and in another."""
    code = (
        "import sys; from pathlib import Path; from kiosk.store import Store, StoreInUse\n"
        "try: Store(Path(sys.argv[1]), bytes(range(32)))\n"
        "except StoreInUse: print('in use')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(desk.path)], capture_output=True, text=True, check=False)
    assert done.stdout == "in use\n", done.stderr
    with pytest.raises(StoreInUse):
        Store(desk.path, KEY)


def test_a_missing_store_is_not_made_unless_asked(tmp_path):
    """A path that is wrong must not look like a kiosk without records."""
    with pytest.raises(NoStore):
        Store(tmp_path / "store.db", KEY)
    (tmp_path / "store.db").touch()
    with pytest.raises(NoStore, match="never finished"):
        Store(tmp_path / "store.db", KEY)


def test_another_file_is_left_alone(tmp_path):
    """Text, or another program's database, is refused and not changed."""
    text = tmp_path / "notes.txt"
    text.write_bytes(b"not a database at all, but long enough to look at" * 50)
    foreign = tmp_path / "foreign.db"
    with closing(apsw.Connection(str(foreign))) as db:
        db.execute("CREATE TABLE t(x)")
    for path in (text, foreign):
        before = path.read_bytes()
        with pytest.raises(NotAStore):
            Store(path, KEY, create=True)
        assert path.read_bytes() == before or path is foreign


def test_a_newer_store_is_refused(desk):
    """A program that is too old says so and touches nothing."""
    desk.store.close()
    with closing(apsw.Connection(str(desk.path))) as db:
        db.execute(f"PRAGMA user_version={sqlite.FORMAT + 1}")
    with pytest.raises(NewerStore):
        Store(desk.path, KEY)
    with closing(apsw.Connection(str(desk.path))) as db:
        db.execute(f"PRAGMA user_version={sqlite.FORMAT}")
    desk.open()


@pytest.mark.parametrize(
    ("version", "refused"), [("3.40.1", True), ("3.51.2", True), ("3.51.3", False), ("4.0.0", False)]
)
def test_an_old_sqlite_is_refused(version, refused):
    """Below the first safe version the store does not start."""
    if refused:
        with pytest.raises(OldSQLite, match=version):
            sqlite.check_version(version)
    else:
        sqlite.check_version(version)


def test_sqlite_is_set_as_promised(desk):
    """Full sync, WAL, no shared memory, no automatic checkpoint, nothing left of what is deleted."""
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "wal_autocheckpoint": 0, "trusted_schema": 0,
        "locking_mode": "exclusive", "mmap_size": 0,
    }  # fmt: skip
    assert {name: desk.store._db.pragma(name) for name in wanted} == wanted
    assert not desk.path.with_name("store.db-shm").exists()


def test_deleted_text_is_in_no_file_after_a_truncating_checkpoint(desk):
    """What is erased is gone from database, free pages and write-ahead log: its very ciphertext, too."""
    table = desk.store.table("t")
    table.insert({"text": "ลบฉันเถิด" * 400})
    [(_, data)] = desk.store.load_run(desk.store.table_shelf("t"), 1, 10)
    sealed = data[-64:]
    desk.store.checkpoint()
    assert sealed in desk.path.read_bytes()
    table.truncate()
    desk.store.checkpoint(truncate=True)
    for file in desk.path.parent.iterdir():
        assert sealed not in file.read_bytes()


def test_errors_carry_a_remedy():
    """Every error of the store tells what it is and what to do next."""
    todo = [StoreError]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        assert kind.__doc__
        assert kind.remedy != StoreError.remedy or kind is StoreError


def test_the_reserve_lets_the_last_touches_through(tmp_path):
    """On a full disk the reserve is given up and the touch is recorded after all; with room again it is taken anew."""
    store = Store(tmp_path / "store.db", KEY, create=True, reserve_bytes=64 * 1024)
    assert store.reserve_held
    full = FullOnce(store)
    with store.transaction() as tx:
        store.table("t").insert({"n": tx.next_number(DAY, "A")})
    assert full.refusals == 1
    assert store.table("t").all() == [{"n": 1}]
    assert store.reserve_held, "there is room: it was taken again"
    assert (tmp_path / "store.db.reserve").stat().st_size == 64 * 1024
    store.close()


class FullOnce:
    """Makes the next COMMIT of a store find no room, as long as the reserve exists."""

    def __init__(self, store) -> None:
        self.refusals = 0
        self.real = store._db
        self.reserve = store._reserve
        store._db = self

    def execute(self, sql, *values):
        if sql == "COMMIT" and self.reserve.exists():
            self.refusals += 1
            self.real.execute("ROLLBACK")
            raise apsw.FullError("no room")
        return self.real.execute(sql, *values)

    def __getattr__(self, name):
        return getattr(self.real, name)


def test_the_reserve_makes_room_for_renewing_the_log(tmp_path, monkeypatch):
    """After a failed sync on a full disk the reserve is given up for the log's copy; else the touch is refused."""
    store = Store(tmp_path / "store.db", KEY, create=True, reserve_bytes=64 * 1024)
    real = sqlite.renew_wal

    def renew(path):
        if store._reserve.exists():
            raise OSError(errno.ENOSPC, "no room")
        real(path)

    monkeypatch.setattr(sqlite, "renew_wal", renew)
    store._give_up()
    store.table("t").insert({"n": 1})
    assert store.table("t").all() == [{"n": 1}]

    def never(path):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(sqlite, "renew_wal", never)
    store._give_up()
    with pytest.raises(DiskFull):
        store.table("t").insert({"n": 2})
    monkeypatch.undo()
    store.table("t").insert({"n": 3})
    assert [document["n"] for document in store.table("t")] == [1, 3]
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_really_full_disk(tmp_path):
    """On a small real file system: DiskFull once even the reserve is used up, well again when there is room."""
    code = """
import sys
from pathlib import Path
from kiosk.store import DiskFull, Store
place = Path(sys.argv[1])
store = Store(place / "store.db", bytes(range(32)), create=True, reserve_bytes=128 * 1024)
assert store.reserve_held
table = store.table("t")
kept = 0
try:
    for n in range(10_000):
        table.insert({"n": n, "text": "x" * 2000})
        kept += 1
except DiskFull as error:
    print("full", error.remedy[:6])
assert not store.reserve_held
assert len(table) == kept, (len(table), kept)
(place / "ballast").unlink()
table.insert({"n": -1})
store.close()
store = Store(place / "store.db", bytes(range(32)))
assert len(store.table("t")) == kept + 1
print("well")
"""
    script = (
        f"mount -t tmpfs -o size=2m tmpfs {tmp_path} && head -c 300000 /dev/zero > {tmp_path}/ballast && "
        f"exec {sys.executable} -c '{code}' {tmp_path}"
    )
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no mounts here: {done.stderr}")
    assert done.stdout == "full Delete\nwell\n", done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    """No permission: a CannotRecord that names the folder's rights."""
    tmp_path.chmod(0o500)
    with pytest.raises(ReadOnly):
        Store(tmp_path / "store.db", KEY, create=True)
    tmp_path.chmod(0o700)


def test_a_folder_that_cannot_be_made(tmp_path):
    """A path below a file: a CannotRecord, nothing else."""
    (tmp_path / "file").touch()
    with pytest.raises(CannotRecord):
        Store(tmp_path / "file" / "store.db", KEY, create=True)


def test_a_damaged_document_is_named_and_the_others_go_on(desk):
    """One bad row blocks nothing: it is left out of lists, named among the faults, and refused by its id."""
    table = desk.store.table("t")
    table.insert_multiple([{"n": 1}, {"n": 2}, {"n": 3}])
    place = desk.store.table_shelf("t").place(2)
    desk.spoil("UPDATE document SET data = zeroblob(60) WHERE place = ?", place)
    table = desk.store.table("t")
    assert [document["n"] for document in table.all()] == [1, 3]
    assert len(desk.store.faults) == 1
    with pytest.raises(RowDamaged):
        table.one(2)
    table.insert({"n": 4})


def test_a_swapped_row_is_seen(desk):
    """Two documents that change places are both refused."""
    table = desk.store.table("t")
    table.insert_multiple([{"n": 1}, {"n": 2}])
    one, two = (desk.store.table_shelf("t").place(row) for row in (1, 2))
    desk.spoil("UPDATE document SET place = CASE place WHEN ?1 THEN -?1 ELSE -?2 END WHERE place IN (?1, ?2)", one, two)
    desk.spoil("UPDATE document SET place = CASE place WHEN -?1 THEN ?2 ELSE ?1 END WHERE place < 0", one, two)
    assert desk.store.table("t").all() == []


def test_a_spoiled_file_is_called_damaged(desk):
    """Pages full of noise are found when the store is opened, not when a citizen stands before it."""
    for score in range(60):
        desk.rate(score % 5 + 1)
    desk.store.close()
    data = bytearray(desk.path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    desk.path.write_bytes(data)
    with pytest.raises((StoreDamaged, RowDamaged)):
        Store(desk.path, KEY)


@pytest.mark.parametrize("answer", ["another bit", "the row before", "nothing"])
def test_what_does_not_read_back_is_not_confirmed(desk, answer):
    """If the file gives back other bytes than were written, older ones or none, nobody is told that it was recorded."""
    table = desk.store.table("t")
    table.insert({"n": 1})
    place = desk.store.table_shelf("t").place(1)
    [(before,)] = desk.store.fetch("SELECT data FROM document WHERE place = ?", (place,))
    answers = {
        "another bit": lambda data: [(bytes([data[0] ^ 1]) + data[1:],)],
        "the row before": lambda data: [(before,)],
        "nothing": lambda data: [],
    }
    desk.store._db = Forgetful(desk.store._db, answers[answer])
    with pytest.raises(Unconfirmed):
        table.update({"n": 2}, doc_ids=[1])
    table.insert({"n": 3})


def test_a_record_that_changes_after_it_was_linked_is_not_confirmed(desk, monkeypatch):
    """What is hashed into the chain must be what lies in the file, even if both were handled in between."""
    real = store_module.encode_record

    def spoiled(record):
        return real(Record(record.header, record.salt, record.body[:-1] + b"\xc3"))

    monkeypatch.setattr(store_module, "encode_record", spoiled)
    with pytest.raises(Unconfirmed, match="body of record 2"):
        desk.rate()
    monkeypatch.undo()
    before = desk.book.head
    assert desk.rate().header.log != before.log, "the log ends at the record that is not sound"


class Forgetful:
    """A connection that gives other documents back than it was given, from its commit on."""

    def __init__(self, real, answer) -> None:
        self.real = real
        self.answer = answer
        self.forgets = False

    def execute(self, sql, *values):
        found = self.real.execute(sql, *values)
        self.forgets = self.forgets or sql == "COMMIT"
        if not (self.forgets and sql.startswith("SELECT data FROM document")):
            return found
        [(data,)] = found.fetchall()
        return SimpleNamespace(fetchall=lambda: self.answer(data))

    def __getattr__(self, name):
        return getattr(self.real, name)


def test_a_closed_store_stays_closed(desk):
    """Using a store after `close` is refused, also when the file is there."""
    desk.store.close()
    with pytest.raises(StoreInUse, match="closed"):
        desk.store.table("t").insert({})
    desk.open()


def test_a_full_disk_is_a_cannot_record():
    """The screen needs to know one family only."""
    assert issubclass(DiskFull, CannotRecord)
    assert issubclass(ReadOnly, CannotRecord)
    assert issubclass(Unconfirmed, CannotRecord)
