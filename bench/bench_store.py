"""What a confirmed touch costs, beside the cheapest thing that is as durable.

The baseline is one bare INSERT of the same bytes (record, document and number together) into a table of its own, in
the same SQLite mode: WAL, synchronous=FULL, exclusive. Both take turns in small runs, so that a disk that is slow for
a while is slow for both, and the medians are compared. "A sync of 15 ms" puts both on a file layer whose syncs take
at least that long, as an eMMC card's may.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import apsw
from tinydb import TinyDB

from bench.figure import Figure
from kiosk.store import Logbook, Store, sqlite
from shared import kinds
from shared.records import At, Quality

DAY = date(2026, 11, 25)
RUNS = 20
RUN_TOUCHES = 25
SLOW_RUNS = 4
SLOW_RUN_TOUCHES = 10
SYNC_S = 0.015
FEW, MANY = 1_000, 1_000_000
FILL_STEP = 5_000
DOCUMENTS_MAX = 50_000

_AT = At(1_795_000_000_000, 420, b"bootboot", 5, Quality.GOOD)


def run() -> list[Figure]:
    """Measure in a folder of this checkout's own disk."""
    build = Path("build")
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as name:
        place = Path(name)
        bare, touch = _pair(place, sqlite.connect, RUNS, RUN_TOUCHES)
        with _slow_disk() as connect:
            bare_slow, touch_slow = _pair(place / "slow", connect, SLOW_RUNS, SLOW_RUN_TOUCHES)
        few, many, reading = _small_and_large(place)
        json = _tinydb_json(place)
    return [
        *reading,
        Figure("durable touch over bare INSERT (goal <= 3x)", touch, "us", baseline=bare),
        Figure("the same with a sync of 15 ms (goal <= 1.2x)", touch_slow, "us", baseline=bare_slow),
        Figure(f"append at {MANY:,} over {FEW:,} records (goal <= 1.2x)", many, "us", baseline=few),
        Figure("durable touch over TinyDB JSONStorage insert at 1,000 documents", touch, "us", baseline=json),
    ]


class Kiosk:
    """A store and its logbook, with one touch as the lobby makes it: number, record, document, all read back."""

    def __init__(self, path: Path, connect: sqlite.Connect) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.store = Store(path, bytes(32), create=True, connect=connect)
        self.book = Logbook(self.store, "lobby", software="bench")
        if not self.book.logs():
            with self.store.transaction() as tx:
                self.book.open_new(tx, "enrolled", at=_AT, edition=1)
        self.tickets = self.store.table("tickets")

    def touch(self) -> None:
        """One ticket."""
        with self.store.transaction() as tx:
            number = tx.next_number(DAY, "A")
            self.book.append(tx, _ticket(number), at=_AT, edition=1)
            self.tickets.insert(_document(number))

    def fill(self, count: int) -> None:
        """Bring the log to `count` records, in large transactions, and the table to as many documents as one year
        has.
        """
        while (seq := self.book.head.seq) < count:
            with self.store.transaction() as tx:
                step = min(FILL_STEP, count - seq)
                for number in range(seq, seq + step):
                    self.book.append(tx, _ticket(number), at=_AT, edition=1)
                if seq < DOCUMENTS_MAX:
                    self.tickets.insert_multiple(_document(number) for number in range(seq, seq + step))
            self.store.checkpoint()


def _ticket(number: int) -> kinds.TicketIssued:
    return kinds.TicketIssued(DAY.isoformat(), "A", number, "ขอเลขที่บ้าน", f"A{number:03d}", "elderly", 1, "th")


def _document(number: int) -> dict[str, Any]:
    return {
        "label": f"A{number:03d}",
        "number": number,
        "state": "waiting",
        "service": "ขอเลขที่บ้าน",
        "day": DAY.isoformat(),
    }


class Bare:
    """One table, one INSERT a touch, nothing read back."""

    def __init__(self, path: Path, connect: sqlite.Connect, length: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = connect(path)
        sqlite.prepare(self.db)
        self.db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB)")
        self.length = length
        self.touch()

    def touch(self) -> None:
        """One row as long as all that a touch writes."""
        self.db.execute("INSERT INTO t(data) VALUES(?)", (os.urandom(self.length),))


def _pair(place: Path, connect: sqlite.Connect, runs: int, touches: int) -> tuple[float, float]:
    """Median microseconds of a bare INSERT and of a touch, measured in turns."""
    kiosk = Kiosk(place / "store.db", connect)
    kiosk.touch()
    bare = Bare(place / "bare.db", connect, _bytes_of_a_touch(kiosk))
    times: dict[Any, list[float]] = {bare: [], kiosk: []}
    for _ in range(runs):
        for who in (bare, kiosk):
            times[who] += _times(who.touch, touches)
        kiosk.store.checkpoint()
        bare.db.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_PASSIVE)
        bare.touch()  # takes the sync of the new log's header, as the store's own checkpoint does
    bare.db.close()
    kiosk.store.close()
    return statistics.median(times[bare]), statistics.median(times[kiosk])


def _times(act: Callable[[], None], count: int) -> list[float]:
    """Microseconds of each of `count` calls."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1e6)
    return times


def _bytes_of_a_touch(kiosk: Kiosk) -> int:
    """How many bytes of rows one touch writes."""
    lengths = [
        kiosk.store.fetch("SELECT length(data) FROM record ORDER BY place DESC LIMIT 1"),
        kiosk.store.fetch("SELECT length(data) FROM document ORDER BY place DESC LIMIT 1"),
        kiosk.store.fetch("SELECT sum(length(data)) FROM cell WHERE place LIKE 'number/%' OR place LIKE 'table/%'"),
    ]
    return sum(int(length) for [(length,)] in lengths)


def _small_and_large(place: Path) -> tuple[float, float, list[Figure]]:
    """Median microseconds of a touch at few and at many records, in turns, and what reading the larger one costs."""
    small, large = Kiosk(place / "small.db", sqlite.connect), Kiosk(place / "large.db", sqlite.connect)
    small.fill(FEW)
    large.fill(MANY)
    times: dict[Kiosk, list[float]] = {small: [], large: []}
    for _ in range(RUNS):
        for who in (small, large):
            times[who] += _times(who.touch, RUN_TOUCHES)
            who.store.checkpoint()
    reading = [
        Figure("records read for the wire", 10_000 / _seconds(lambda: _read(large.book, 10_000)), "records/s"),
        Figure(
            "chain verified in the background (goal >= 50,000/s)", 50_000 / _seconds(lambda: _check(large)), "records/s"
        ),
    ]
    small.store.close()
    large.store.close()
    opened_few, opened_many = (_reopen_ms(place / name) for name in ("small.db", "large.db"))
    reading.append(Figure(f"open and close at {MANY:,} over {FEW:,} records", opened_many, "ms", baseline=opened_few))
    return statistics.median(times[small]), statistics.median(times[large]), reading


def _reopen_ms(path: Path) -> float:
    def reopen() -> None:
        Kiosk(path, sqlite.connect).store.close()

    return _seconds(reopen) * 1e3


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _read(book: Logbook, count: int) -> None:
    """Read `count` records as a push does."""
    seq = 0
    while seq < count:
        for record in book.after(seq):
            seq = record.header.seq


def _check(kiosk: Kiosk) -> None:
    """Verify the first 50,000 records as the slow look does."""
    kiosk.book.check(kiosk.book.head.log, last=50_000)


def _tinydb_json(place: Path) -> float:
    """Median microseconds of an insert into TinyDB's own JSON file of 1,000 documents."""
    with TinyDB(place / "tinydb.json") as db:
        db.insert_multiple(_document(number) for number in range(FEW))
        return statistics.median(_times(lambda: _insert(db), 40))


def _insert(db: TinyDB) -> None:
    db.insert(_document(random.randrange(FEW)))


class _SlowFile(apsw.VFSFile):
    """A file whose syncs take at least `SYNC_S`."""

    def __init__(self, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        end = time.perf_counter() + SYNC_S
        super().xSync(flags)
        time.sleep(max(0.0, end - time.perf_counter()))


class _SlowDisk(apsw.VFS):
    """SQLite's usual file layer with slow syncs."""

    def __init__(self) -> None:
        super().__init__("bench-slow", "")

    def xOpen(self, name: Any, flags: list[int]) -> _SlowFile:  # noqa: N802 - SQLite's name
        return _SlowFile(name, flags)


@contextmanager
def _slow_disk() -> Iterator[sqlite.Connect]:
    disk = _SlowDisk()
    try:
        yield lambda path: apsw.Connection(str(path), vfs="bench-slow")
    finally:
        disk.unregister()
