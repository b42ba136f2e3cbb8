"""The store: one encrypted SQLite file in which a touch is one transaction and one sync to disk.

    store = Store(path, key, create=True)
    lobby = Logbook(store, "lobby", software="sala-kiosk 1")
    with store.transaction() as tx:
        number = tx.next_number(service_date, "A")
        lobby.append(tx, TicketIssued(...), at=at, edition=7)
        store.table("tickets").insert({"number": number, "state": "waiting"})
    tx.confirmed                                # reached only when all of it was read back from the file

The rules of this file:
1. Record, documents and counters of one touch share one transaction; it costs one sync.
2. After the commit SQLite's cache is dropped and every row that was written is read back from the file, opened and
   compared, and each record is verified against the head before it. Only then does the `with` block end without an
   error.
3. A `CannotRecord` means that nothing changed. On a full disk the reserve file is given up and the touch is written
   once more before anybody is sent away.
4. A failed write or sync is final for its connection: close, renew the write-ahead log, open again, and look whether
   the touch is there. A sync is never tried twice.
5. One connection, one lock. Any thread may call; a transaction belongs to the thread that began it.
6. No clock. Whoever appends says when it happened.
7. Damage to the file that shows while it is open leaves a mark beside it: the next opening raises `StoreDamaged` and
   has it salvaged, however large it is and whether or not that page is read again.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

import apsw
import msgspec

from kiosk.store import files, sqlite
from kiosk.store.cipher import NONCE_BYTES, Keyring, Place, RowCipher
from kiosk.store.errors import (
    CannotRecord,
    DiskFailed,
    DiskFull,
    NewerStore,
    NoStore,
    NotAStore,
    RowDamaged,
    StoreDamaged,
    StoreError,
    StoreInUse,
    Unconfirmed,
)
from kiosk.store.rows import ID_LIMIT, RowTable
from shared import wire
from shared.errors import SalaError
from shared.log import Head, verify
from shared.records import RECORD_BYTES_MAX, Record, encode_record

logger = logging.getLogger(__name__)

#: Kept free for the last touches before a full disk is seen to; a few hundred tickets fit.
RESERVE_BYTES = 4 * 1024 * 1024

#: Up to this size SQLite checks the whole file when it is opened (about 30 ms); above it `check_all` does, once a day.
QUICK_CHECK_BYTES = 16 * 1024 * 1024

_encode = msgspec.msgpack.Encoder().encode
_decode_count = msgspec.msgpack.Decoder(int).decode
_decode_table = msgspec.msgpack.Decoder(tuple[int, int]).decode

#: How many ticket numbers a series skips on a day after a restore: more than one device gives between two syncs.
NUMBER_JUMP = 100

#: A table remembers its next id this far ahead, so that most inserts write one row less; a restart skips the rest.
ID_BLOCK = 64

_LOCK_TRIES = 40
_LOCK_WAIT_S = 0.05

#: Small rows that nothing could tell anew, each with its row among the twins: those lie on another page, which one page
#: of noise leaves. The ids of the logs are what the keys of all records come from.
TWINS = {"logs": 1}

Sheet = Literal["record", "document", "receipt", "cell"]

SHEETS: tuple[Sheet, ...] = ("record", "document", "receipt", "cell")


def _each(sql: str) -> dict[Sheet, str]:
    """One statement for each sheet; apsw keeps them compiled."""
    return {sheet: sql.format(sheet) for sheet in SHEETS}


_SELECT = _each("SELECT data FROM {} WHERE place=?")
_PUT = _each("INSERT OR REPLACE INTO {} VALUES(?,?)")
_ADD = _each("INSERT INTO {} VALUES(?,?)")
_DROP = _each("DELETE FROM {} WHERE place=?")
_EMPTY = _each("DELETE FROM {} WHERE place BETWEEN ? AND ?")
_COUNT = _each("SELECT count(*) FROM {} WHERE place BETWEEN ? AND ?")
_PLACES = _each("SELECT place FROM {} WHERE place BETWEEN ? AND ? ORDER BY place")
_RUN = _each("SELECT place, data FROM {} WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?")
_LAST = _each("SELECT place, data FROM {} WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1")

_FROM = "SELECT place FROM document WHERE place > ? ORDER BY place LIMIT 1"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A run of numbered rows in one SQL table under one key: the documents of a table, the records or receipts of a
    log.
    """

    sheet: Sheet
    base: int
    cipher: RowCipher

    def place(self, row: int) -> int:
        """SQLite's row number for row `row` of this shelf."""
        return self.base + row

    @property
    def span(self) -> tuple[int, int]:
        """The first and last place that can belong to this shelf."""
        return self.base + 1, self.base + ID_LIMIT - 1


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What one transaction recorded, as it was read back from the file."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """One row that must be found again after the commit; `plain` None means it must be gone."""

    sheet: Sheet
    place: Place
    cipher: RowCipher
    row: Place
    plain: bytes | None


class Transaction:
    """One touch: all of it or nothing. Made by `Store.transaction()`, used with `with`."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._statements: list[tuple[str, tuple[Any, ...]]] = []
        self._written: dict[tuple[Sheet, Place], _Written] = {}
        self._emptied: list[Shelf] = []
        self._links: list[tuple[Head, Place, Head]] = []
        self.cells: dict[str, bytes] = {}
        self.heads: dict[bytes, Head] = {}
        self.lost = False  # the connection it was begun on is gone
        self._confirmed: Confirmed | None = None

    @property
    def confirmed(self) -> Confirmed:
        """What was recorded; only after the block has ended well."""
        if self._confirmed is None:
            raise RuntimeError("not confirmed yet: read this after the transaction")
        return self._confirmed

    def next_number(self, service_date: date, series: str) -> int:
        """The next ticket number of this day and series: 1, 2, 3, never one twice, whatever the clock does meanwhile.

        The row holds the high-water mark itself; it is never derived from tickets and never goes down.
        """
        mark = self._mark(service_date, series) + self._jump(service_date, series)
        self._set_mark(service_date, series, mark + 1)
        return mark + 1

    def mark(self, service_date: date, series: str) -> int:
        """The highest number of this day and series that was given; 0 for none."""
        return self._mark(service_date, series)

    def raise_mark(self, service_date: date, series: str, at_least: int) -> None:
        """Make the next number of this day and series higher than `at_least`, for a store that came back from a
        copy.
        """
        if at_least > self._mark(service_date, series):
            self._set_mark(service_date, series, at_least)

    def jump_numbers(self) -> None:
        """Let each series skip `NUMBER_JUMP` numbers once a day, for a store that may have forgotten the last ones it
        gave: today's, or another day's, since after a long time off the clock may name the wrong one. `date_jump` ends
        it.
        """
        done = [name for name in self._store.cell_names() if name.startswith(f"{_JUMP_CELL}/")]
        # A salvage may have lost the count itself and not what the series have done of it.
        self.put_cell(_JUMP_CELL, _encode(max(map(self._store.count_cell, (_JUMP_CELL, *done))) + 1))

    def date_jump(self, today: date) -> None:
        """Since the last jump a trusted clock has named a day: on later ones nothing was given that is forgotten."""
        called = self._store.count_cell(_JUMP_CELL)
        if called and self._store.count_cell(_JUMP_DATED_CELL) != called:
            self.put_cell(_JUMP_DATED_CELL, _encode(called))
            self.put_cell(_JUMP_DAY_CELL, _encode(today.toordinal()))

    def random(self, length: int) -> bytes:
        """Random bytes from the store's source."""
        return self._store.random(length)

    # For the logbook, the tables and the salvage in this package.

    def put(self, shelf: Shelf, row: int, plain: bytes) -> None:
        """Write a row, over an older one if there is any."""
        self._seal(_PUT[shelf.sheet], shelf.sheet, shelf.place(row), shelf.cipher, row, plain)

    def drop(self, shelf: Shelf, row: int) -> None:
        """Delete a row."""
        place = shelf.place(row)
        self._execute(_DROP[shelf.sheet], (place,))
        self._written[shelf.sheet, place] = _Written(shelf.sheet, place, shelf.cipher, row, None)

    def empty(self, shelf: Shelf) -> None:
        """Delete all rows of a shelf."""
        self._execute(_EMPTY[shelf.sheet], shelf.span)
        first, last = shelf.span
        for key in [key for key in self._written if key[0] == shelf.sheet and first <= int(key[1]) <= last]:
            del self._written[key]
        self._emptied.append(shelf)

    def add_record(self, shelf: Shelf, record: Record, before: Head, after: Head) -> None:
        """Write a record behind `before`; SQLite refuses a second one with its number."""
        row = after.seq
        self._seal(_ADD["record"], "record", shelf.place(row), shelf.cipher, row, encode_record(record))
        self._links.append((before, shelf.place(row), after))
        self.heads[after.log] = after

    def put_cell(self, name: str, plain: bytes) -> None:
        """Write one of the small rows that are found by name, and its twin where it is kept twice."""
        self._seal(_PUT["cell"], "cell", name, self._store.cell_cipher, name, plain)
        if name in TWINS:
            self.put(self._store.twins, TWINS[name], plain)
        self.cells[name] = plain

    def _jump(self, service_date: date, series: str) -> int:
        """How far this series has to skip on this day now; the next call says 0."""
        called, done_cell = self._store.count_cell(_JUMP_CELL), f"{_JUMP_CELL}/{service_date.isoformat()}/{series}"
        dated = self._store.count_cell(_JUMP_DATED_CELL) == called
        if dated and service_date.toordinal() > self._store.count_cell(_JUMP_DAY_CELL):
            return 0
        if self._store.count_cell(done_cell) == called:
            return 0
        self.put_cell(done_cell, _encode(called))
        return NUMBER_JUMP

    def _mark(self, service_date: date, series: str) -> int:
        return self._store.count_cell(_number_cell(service_date, series))

    def _set_mark(self, service_date: date, series: str, mark: int) -> None:
        self.put_cell(_number_cell(service_date, series), _encode(mark))

    def _seal(self, sql: str, sheet: Sheet, place: Place, cipher: RowCipher, row: Place, plain: bytes) -> None:
        self._execute(sql, (place, cipher.seal(row, plain, self._store.random(NONCE_BYTES))))
        self._written[sheet, place] = _Written(sheet, place, cipher, row, plain)

    def _execute(self, sql: str, values: tuple[Any, ...]) -> None:
        if self._store.open_transaction is not self:
            raise RuntimeError("this transaction is over")
        if self.lost:
            raise DiskFailed("the disk failed earlier in this touch")
        self._store.fetch(sql, values)
        self._statements.append((sql, values))

    def __enter__(self) -> Self:
        self._store.begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._confirmed = self._store.commit(self)
            if self._confirmed.records:
                self._store.tell()
        else:
            self._store.abandon(self)


class Joined:
    """Part of the transaction that is open, or one of its own; `with` gives it."""

    __slots__ = ("_own", "_store")

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._own: Transaction | None = None

    def __enter__(self) -> Transaction:
        self._store.lock.acquire()
        tx = self._store.open_transaction
        if tx is None:
            try:
                tx = self._own = self._store.transaction().__enter__()
            except BaseException:
                self._store.lock.release()
                raise
        return tx

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._own is not None:
                self._own.__exit__(kind, error, trace)
        finally:
            self._store.lock.release()


class Store:
    """An open store. Close it, or use it with `with`; a second program or a second `Store` on one file is refused."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        create: bool = False,
        connect: sqlite.Connect = sqlite.connect,
        rand: Callable[[int], bytes] = os.urandom,
        reserve_bytes: int = RESERVE_BYTES,
        settle: bool = True,
    ) -> None:
        """Open the store at `path` with its 32-byte key; `create` makes one where there is none. `settle` writes a row
        at once, for a store that stays open and whose first touch shall be as quick as any.

        Raises `WrongKey`, `NoStore`, `NotAStore`, `NewerStore`, `StoreInUse`, `OldSQLite`, `StoreDamaged` or a
        `CannotRecord`.
        """
        sqlite.check_version()
        self.path = path
        self.random = rand
        self.faults: list[str] = []
        self.open_transaction: Transaction | None = None
        self._key = key
        self._connect = connect
        self.lock = threading.RLock()
        self._tables: dict[str, RowTable] = {}
        self._shelves: dict[tuple[Sheet, str], Shelf] = {}
        self._reserve = path.with_name(path.name + ".reserve")
        self._reserve_bytes = reserve_bytes
        self._reserve_held = self._reserve.exists()
        self._wal_pages = 0
        self._failed = False
        self._opened = False
        self._cells: dict[str, bytes | None] = {}
        self._heads: dict[bytes, Head] = {}
        self._watchers: list[Callable[[], None]] = []
        self._db: apsw.Connection | None = None
        if not create and not path.exists() and not sqlite.salvaged_path(path).exists():
            raise NoStore(f"there is no store at {path}")
        self._lock_file = hold(path)
        try:
            sqlite.swap_in_salvaged(path)
            self._open(create=create)
            self._first_look()
            self._opened = True
            self._mend_twins()
            if settle:
                self._settle()
        except BaseException:
            self.close()
            raise

    # ---- what others call ------------------------------------------------------------------------------------------

    def transaction(self) -> Transaction:
        """One touch: `with store.transaction() as tx: ...`; ends without error only when everything was read back.

        Raises `CannotRecord` where nothing was recorded; `Unconfirmed` where the file did not give back what it took.
        """
        return Transaction(self)

    def watch(self, fn: Callable[[], None]) -> None:
        """Have `fn` called after every touch that recorded something, on that touch's thread: it only passes the word
        on, and neither waits nor raises.
        """
        self._watchers.append(fn)

    def tell(self) -> None:
        """Something was recorded."""
        for fn in self._watchers:
            fn()

    def table(self, name: str) -> RowTable:
        """The TinyDB table of this name; it exists as soon as something is written to it."""
        with self.lock:
            if name not in self._tables:
                self._tables[name] = RowTable(_TableRows(self, name), name)
            return self._tables[name]

    def tables(self) -> set[str]:
        """The names of all tables that were ever written to."""
        prefix = _table_cell("")
        rows = self.fetch("SELECT place FROM cell WHERE place GLOB ?", (prefix + "*",))
        return {place.removeprefix(prefix) for (place,) in rows}

    def checkpoint(self, *, pages_min: int = 1, truncate: bool = False) -> int:
        """Move what was committed from the write-ahead log into the file; call it between touches. Returns the pages
        moved.

        Does nothing below `pages_min` waiting pages. `truncate` also empties the log, so that erased text is in no
        file.
        """
        with self.lock:
            self._not_inside()
            if self._wal_pages < pages_min and not truncate:
                return 0
            mode = apsw.SQLITE_CHECKPOINT_TRUNCATE if truncate else apsw.SQLITE_CHECKPOINT_PASSIVE
            try:
                _, moved = self._connected().wal_checkpoint("main", mode)
            except apsw.Error as error:
                if isinstance(error, apsw.IOError):
                    self._give_up()
                raise self._translated(error) from error
            self._wal_pages = 0
            self._settle()
            return moved

    @property
    def wal_pages(self) -> int:
        """Pages waiting for a checkpoint."""
        return self._wal_pages

    @property
    def reserve_held(self) -> bool:
        """False once the disk was full: stop downloads first, complaints last."""
        return self._reserve_held

    def close(self) -> None:
        """Checkpoint if possible, and let the file go."""
        with self.lock:
            if self._db is not None:
                try:
                    self._db.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)
                except apsw.Error as error:
                    logger.warning("no checkpoint at closing: %s; the log is kept and read at the next start", error)
                self._disconnect()
            self._lock_file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()

    # ---- for this package: reading rows ----------------------------------------------------------------------------

    def shelf(self, sheet: Sheet, name: str, ordinal: int) -> Shelf:
        """The shelf number `ordinal` of a sheet, under a key for `name`."""
        found = self._shelves.get((sheet, name))
        if found is None or found.base != ordinal * ID_LIMIT:
            found = Shelf(sheet, ordinal * ID_LIMIT, self._keyring.rows(f"{sheet}/{name}"))
            self._shelves[sheet, name] = found
        return found

    def load(self, shelf: Shelf, row: int) -> bytes | None:
        """One row, or None; raises `RowDamaged`."""
        found = self.fetch(_SELECT[shelf.sheet], (shelf.place(row),))
        return shelf.cipher.open(row, found[0][0]) if found else None

    def load_run(self, shelf: Shelf, first: int, last: int, limit: int = -1) -> list[tuple[int, bytes]]:
        """Rows `first` to `last` that exist, still sealed, as one moment's picture; open each with `shelf.cipher`."""
        span = shelf.place(max(first, 1)), shelf.place(min(last, ID_LIMIT - 1))
        found = self.fetch(_RUN[shelf.sheet], (*span, limit))
        return [(place - shelf.base, data) for place, data in found]

    def load_steps(self, shelf: Shelf, step: int = 1000) -> Iterator[tuple[int, bytes]]:
        """All rows of a shelf, still sealed, `step` at a time: touches go on in between, and few are held at once."""
        last = 0
        while run := self.load_run(shelf, last + 1, ID_LIMIT, step):
            yield from run
            last = run[-1][0]

    def load_last(self, shelf: Shelf) -> tuple[int, bytes] | None:
        """The row with the highest number, still sealed."""
        found = self.fetch(_LAST[shelf.sheet], shelf.span)
        return (found[0][0] - shelf.base, found[0][1]) if found else None

    def cell(self, name: str) -> bytes | None:
        """A small row by its name, or None; raises `RowDamaged`."""
        with self.lock:
            if self.open_transaction is not None and name in self.open_transaction.cells:
                return self.open_transaction.cells[name]
            if name not in self._cells:
                self._cells[name] = self.reread_cell(name)
            return self._cells[name]

    def head(self, log: bytes) -> Head | None:
        """The head of a log if it is known without reading; within a transaction, as that one has left it."""
        with self.lock:
            tx = self.open_transaction
            return (tx.heads.get(log) if tx is not None else None) or self._heads.get(log)

    def know_head(self, head: Head) -> None:
        """Remember a head that was read from the file while `lock` was held."""
        self._heads[head.log] = head

    def count_cell(self, name: str) -> int:
        """The number in a small row, 0 where there is none."""
        data = self.cell(name)
        return 0 if data is None else _decode_count(data)

    @property
    def jumps(self) -> int:
        """How often ticket numbers had to skip ahead."""
        return self.count_cell(_JUMP_CELL)

    def cell_names(self) -> list[str]:
        """The names of all small rows."""
        return [name for (name,) in self.fetch("SELECT place FROM cell ORDER BY place")]

    def reread_cell(self, name: str) -> bytes | None:
        """A small row from the file, whatever is remembered; its twin where it is lost. Raises `RowDamaged`."""
        try:
            found = self.fetch(_SELECT["cell"], (name,))
            plain = self.cell_cipher.open(name, found[0][0]) if found else None
        except RowDamaged as damage:
            self.note(str(damage))
            plain = self._twin(name)
            if plain is None:
                raise
        return self._twin(name) if plain is None else plain

    @property
    def twins(self) -> Shelf:
        """Where the second copies lie of small rows that are kept twice: before the first table."""
        return self.shelf("document", "twins of cells", 0)

    def _twin(self, name: str) -> bytes | None:
        try:
            return self.load(self.twins, TWINS[name]) if name in TWINS else None
        except RowDamaged as damage:
            self.note(str(damage))
            return None

    def table_shelf(self, name: str) -> Shelf:
        """Where the documents of a table lie that was written to."""
        data = self.cell(_table_cell(name))
        ordinal, _ = _decode_table(data or b"")
        return self.shelf("document", name, ordinal)

    def find_table(self, name: str) -> Shelf | None:
        """Where the documents of a table lie whose small row is lost: they open under its name and no other."""
        cipher, named, ordinal = self._keyring.rows(f"document/{name}"), self.table_ordinals()[:-1], 0
        while found := self.fetch(_FROM, ((ordinal + 1) * ID_LIMIT,)):
            ordinal = found[0][0] // ID_LIMIT
            shelf = Shelf("document", ordinal * ID_LIMIT, cipher)
            if ordinal not in named and any(_opens(cipher, *each) for each in self.load_run(shelf, 1, ID_LIMIT, 8)):
                return shelf
        return None

    def table_ordinals(self) -> list[int]:
        """The ordinals of all tables that are named, and of the last one that has a document."""
        [(last,)] = self.fetch("SELECT max(place) FROM document")
        named = [_decode_table(self.cell(_table_cell(name)) or b"")[0] for name in self.tables()]
        return [*named, (last or 0) // ID_LIMIT]

    def another(self, path: Path) -> "Store":
        """Open a copy of this store elsewhere, with the same key."""
        return Store(path, self._key, rand=self.random, reserve_bytes=0)

    def copy_into(self, target: apsw.Connection, *, step_pages: int) -> None:
        """Copy the whole file, in steps between which other threads may write."""
        with self.lock:
            self._not_inside()
            copying = target.backup("main", self._connected(), "main")
        try:
            while not copying.done:
                with self.lock:
                    copying.step(step_pages)
        finally:
            with self.lock:
                copying.finish()

    def note(self, fault: str) -> None:
        """Report damage to whoever looks after the store, once."""
        if fault not in self.faults:
            self.faults.append(fault)
            logger.error("%s", fault)

    def fetch(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement to its end; SQLite's errors become the store's."""
        with self.lock:
            try:
                return self._connected().execute(sql, values).fetchall()
            except apsw.Error as error:
                if isinstance(error, apsw.IOError):
                    self._give_up()
                raise self._translated(error) from error

    # ---- for Transaction -------------------------------------------------------------------------------------------

    def joined(self) -> "Joined":
        """The transaction that this thread has open, or one made for this block."""
        return Joined(self)

    def begin(self, tx: Transaction) -> None:
        """Take the lock and begin."""
        self.lock.acquire()
        try:
            self._not_inside()
            self.fetch("BEGIN IMMEDIATE")
            self.open_transaction = tx
        except BaseException:
            self.lock.release()
            raise

    def abandon(self, tx: Transaction) -> None:
        """Undo all of `tx` and let the lock go."""
        del tx
        try:
            self.open_transaction = None
            self._rollback()
        finally:
            self.lock.release()

    def commit(self, tx: Transaction) -> Confirmed:
        """Commit, read back, verify, and let the lock go."""
        try:
            self.open_transaction = None
            if tx.lost:
                raise DiskFailed("the disk failed during this touch")
            self._write(tx)
            confirmed = self._read_back(tx)
            self._cells.update(tx.cells)
            self._heads.update(tx.heads)
            if not self._reserve_held:
                self._refill_reserve()
            return confirmed
        finally:
            self.lock.release()

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _write(self, tx: Transaction) -> None:
        db = self._connected()
        try:
            db.execute("COMMIT")
            return
        except apsw.FullError as error:
            full = error
        except apsw.Error as error:
            self._after_failure(tx, error)
            return
        self._rollback()
        if not self._release_reserve():
            raise sqlite.translate(full) from full
        try:
            db.execute("BEGIN IMMEDIATE")
            for sql, values in tx._statements:  # noqa: SLF001 - one pair of classes
                db.execute(sql, values)
            db.execute("COMMIT")
        except apsw.FullError as error:
            self._rollback()
            raise sqlite.translate(error) from error
        except apsw.Error as error:
            self._after_failure(tx, error)

    def _translated(self, error: apsw.Error) -> StoreError:
        """The store's own error for one of SQLite's; rule 7 where it tells of damage."""
        ours = sqlite.translate(error)
        return self._damaged(str(ours)) if isinstance(ours, StoreDamaged) else ours

    def _damaged(self, fault: str) -> StoreDamaged:
        """Rule 7. Damage that shows while opening needs no mark: whoever opens is told."""
        if self._opened:
            self.note(fault)
            try:
                sqlite.mark_damaged(self.path, fault)
            except OSError as error:
                logger.error("the damaged store was not marked: %s", error)  # noqa: TRY400 - it is looked at once a day
        return StoreDamaged(fault)

    def _after_failure(self, tx: Transaction, error: apsw.Error) -> None:
        """Rule 4: the connection is done for. Return if the touch turns out to be in the file, else raise."""
        ours = self._translated(error)
        logger.error("commit failed: %s", error)
        self._give_up()
        try:
            self._connected()
            self._read_back(tx)
        except SalaError:
            raise ours from error

    def _read_back(self, tx: Transaction) -> Confirmed:
        """Rule 2. Raises `Unconfirmed`, after which this connection is not trusted any more."""
        try:
            db = self._connected()
            db.release_memory()
            found: dict[tuple[Sheet, Place], bytes | None] = {}
            for key, written in tx._written.items():  # noqa: SLF001 - one pair of classes
                rows: list[Any] = db.execute(_SELECT[written.sheet], (written.place,)).fetchall()
                plain = written.cipher.open(written.row, rows[0][0]) if rows else None
                if plain != written.plain:
                    raise Unconfirmed(f"row {written.row} of {written.sheet} did not read back as it was written")
                found[key] = plain
            for shelf in tx._emptied:  # noqa: SLF001
                self._must_hold_only(shelf, found)
            records = []
            for before, place, after in tx._links:  # noqa: SLF001
                record = wire.decode(Record, found["record", place] or b"", bytes_max=RECORD_BYTES_MAX)
                if verify(before, (record,)) != after:
                    raise Unconfirmed(f"record {after.seq} is not the one that was appended")
                records.append(record)
            return Confirmed(tuple(records))
        except (SalaError, apsw.Error) as error:
            self._give_up()
            ours = self._translated(error) if isinstance(error, apsw.Error) else error
            raise Unconfirmed(str(ours)) from error

    def _must_hold_only(self, shelf: Shelf, found: Mapping[tuple[Sheet, Place], bytes | None]) -> None:
        first, last = shelf.span
        expected = sum(
            plain is not None and sheet == shelf.sheet and first <= int(place) <= last
            for (sheet, place), plain in found.items()
        )
        if self.fetch(_COUNT[shelf.sheet], shelf.span) != [(expected,)]:
            raise Unconfirmed(f"{shelf.sheet} was not emptied")

    def _rollback(self) -> None:
        if self._db is not None and self._db.in_transaction:
            try:
                self._db.execute("ROLLBACK")
            except apsw.Error as error:
                logger.error("rollback failed: %s", error)  # noqa: TRY400 - the first error is the one that is raised
                self._give_up()

    def _connected(self) -> apsw.Connection:
        if self._db is None:
            self._open(create=False)
        assert self._db is not None
        return self._db

    def _give_up(self) -> None:
        """Drop the connection and all that was remembered from it; the next use opens a new one."""
        self._failed = True
        if self.open_transaction is not None:
            self.open_transaction.lost = True
        self._disconnect()
        self._cells = {}
        self._heads = {}

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            _close(db)

    def _open(self, *, create: bool) -> None:
        self._cells = {}
        self._heads = {}
        if self._lock_file.closed:
            raise StoreInUse("this store was closed")
        self._renew_wal()
        try:
            db = self._connect(self.path)
        except apsw.Error as error:
            raise sqlite.translate(error) from error
        try:
            sqlite.prepare(db)
            self._identify(db, create=create)
            db.set_wal_hook(self._count_pages)
        except apsw.Error as error:
            _close(db)
            raise sqlite.translate(error) from error
        except BaseException:
            _close(db)
            raise
        self._db = db

    def _renew_wal(self) -> None:
        """Rule 4. After a failure of ours it must succeed; at the start of the program it may be left out on a full
        disk.
        """
        try:
            sqlite.renew_wal(self.path)
        except OSError as error:
            ours = sqlite.translate(error)
            if isinstance(ours, DiskFull) and self._release_reserve():
                self._renew_wal()
            elif self._failed:
                raise ours from error
            else:
                logger.warning("the write-ahead log was not renewed: %s", error)
        self._failed = False

    def _identify(self, db: apsw.Connection, *, create: bool) -> None:
        """Find out whose file this is and prove the key; make the tables in a new one."""
        application, version = db.pragma("application_id"), db.pragma("user_version")
        empty = not db.execute("SELECT 1 FROM sqlite_schema").fetchall()
        if empty and application in (0, sqlite.APPLICATION_ID):
            if not create:
                raise NoStore(f"the store at {self.path} was never finished")
            self._found(db)
        elif application != sqlite.APPLICATION_ID:
            raise NotAStore(f"{self.path} is another program's file")
        elif version > sqlite.FORMAT:
            raise NewerStore(f"{self.path} has format {version}, this program knows {sqlite.FORMAT}")
        rows: list[Any] = db.execute("SELECT id, key_check FROM store").fetchall()
        if not rows or not all(isinstance(value, bytes) for value in rows[0]):
            raise StoreDamaged("the store has lost its own description")
        self._keyring = Keyring(self._key, rows[0][0])
        self._keyring.prove(rows[0][1])
        self.cell_cipher = self._keyring.rows("cell")

    def _found(self, db: apsw.Connection) -> None:
        store_id = self.random(16)
        sqlite.damage_mark(self.path).unlink(missing_ok=True)  # of another file, which somebody took away
        with db:
            sqlite.found(db, store_id, Keyring(self._key, store_id).check_value())
        files.sync_folder(self.path.parent)

    def _first_look(self) -> None:
        if sqlite.damage_mark(self.path).exists():
            raise StoreDamaged("the store was found damaged while it was in use")
        if self.path.stat().st_size <= QUICK_CHECK_BYTES:
            self.quick_check()
        for name, sealed in self.fetch("SELECT place, data FROM cell"):
            if not _opens(self.cell_cipher, name, sealed) and name != _SETTLE_CELL and self._twin(name) is None:
                raise StoreDamaged(f"the small row {name} does not open")

    def quick_check(self) -> None:
        """Let SQLite check its own structure, in time that grows with the file; raises `StoreDamaged`."""
        findings = [line for (line,) in self.fetch("PRAGMA quick_check(3)")]
        if findings != ["ok"]:
            raise self._damaged("; ".join(findings))

    def _settle(self) -> None:
        """Write one small row now, so that the sync of a new log's header is not paid by the next touch."""
        try:
            with self.transaction() as tx:
                tx.put_cell(_SETTLE_CELL, _encode(self._settled() + 1))
        except CannotRecord as error:
            logger.warning("the store can be read but not written: %s", error)

    def _mend_twins(self) -> None:
        """Have both again of what is kept twice, where one was lost, or was never made by an older program."""
        for name in TWINS:
            plain = self.cell(name)
            whole = any(_opens(self.cell_cipher, name, data) for (data,) in self.fetch(_SELECT["cell"], (name,)))
            if plain is None or (whole and self._twin(name) == plain):
                continue
            try:
                with self.transaction() as tx:
                    tx.put_cell(name, plain)
            except CannotRecord as error:
                logger.warning("the store can be read but not written: %s", error)

    def _settled(self) -> int:
        try:
            return self.count_cell(_SETTLE_CELL)
        except RowDamaged as damage:
            self.note(str(damage))
            return 0  # what it says matters to nobody

    def _count_pages(self, db: apsw.Connection, name: str, pages: int) -> int:
        del db, name
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _not_inside(self) -> None:
        if self.open_transaction is not None:
            raise RuntimeError("a transaction is open in this thread already")

    def _release_reserve(self) -> bool:
        self._reserve_held = False
        try:
            self._reserve.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            logger.error("the reserve cannot be released: %s", error)  # noqa: TRY400
            return False
        logger.warning("the disk is full; the reserve of %d bytes was released", self._reserve_bytes)
        return True

    def _refill_reserve(self) -> None:
        """Take the reserve again once there is ample room: four times its size."""
        if not self._reserve_bytes:
            return
        try:
            room = os.statvfs(self.path.parent)
            if room.f_bavail * room.f_frsize < 4 * self._reserve_bytes:
                return
            with self._reserve.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._reserve_bytes)
            self._reserve_held = True
        except OSError as error:
            logger.warning("no reserve for a full disk: %s", error)
            self._reserve.unlink(missing_ok=True)


class _TableRows:
    """One table's rows in the store: what `rows.Rows` asks for."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._cell = _table_cell(name)
        self._fresh = 0  # the next id in this program; 0 until the remembered limit was read
        self._unnamed: tuple[int, int] | None = None  # what is known where the cell is missing; None until looked

    def get(self, row: int) -> bytes | None:
        shelf = self._shelf()
        return None if shelf is None or not 1 <= row < ID_LIMIT else self._store.load(shelf, row)

    def sound(self, row: int) -> bytes | None:
        try:
            return self.get(row)
        except RowDamaged as damage:
            self._store.note(f"{damage}; it is begun anew")
            return None

    def scan(self) -> Iterator[tuple[int, bytes]]:
        shelf = self._shelf()
        if shelf is None:
            return
        for row, data in self._store.load_run(shelf, 1, ID_LIMIT):
            try:
                plain = shelf.cipher.open(row, data)
            except RowDamaged as error:
                self._store.note(str(error))
                continue
            yield row, plain

    def ids(self) -> list[int]:
        shelf = self._shelf()
        if shelf is None:
            return []
        return [place - shelf.base for (place,) in self._store.fetch(_PLACES["document"], shelf.span)]

    def count(self) -> int:
        shelf = self._shelf()
        if shelf is None:
            return 0
        [(count,)] = self._store.fetch(_COUNT["document"], shelf.span)
        return int(count)

    def next_id(self) -> int:
        if not self._fresh:
            self._fresh = self._known()[1]
        return self._fresh

    def writing(self) -> Joined:
        return self._store.joined()

    def write(self, changed: Mapping[int, bytes | None], *, cleared: bool, next_id: int) -> None:
        ordinal, limit = self._known()
        self._fresh = max(self._fresh, next_id)
        with self._store.joined() as tx:
            if not ordinal:
                ordinal = self._take_ordinal(tx)
            shelf = self._at(ordinal)
            if cleared:
                tx.empty(shelf)
            for row, plain in changed.items():
                if plain is None:
                    tx.drop(shelf, row)
                else:
                    tx.put(shelf, row, plain)
            if next_id > limit or self._store.cell(self._cell) is None:
                tx.put_cell(self._cell, _encode((ordinal, next_id + ID_BLOCK)))

    def _known(self) -> tuple[int, int]:
        """The table's ordinal (0: nothing was ever written) and the id below which all ids may have been given."""
        data = self._store.cell(self._cell)
        if data is not None:
            return _decode_table(data)
        if self._unnamed is None:
            shelf = self._store.find_table(self._name)
            last = self._store.load_last(shelf) if shelf is not None else None
            self._unnamed = (0, 1) if shelf is None or last is None else (shelf.base // ID_LIMIT, last[0] + ID_BLOCK)
        return self._unnamed

    def _take_ordinal(self, tx: Transaction) -> int:
        """An ordinal that no table has or ever had, also where a salvage lost the count of them."""
        taken = self._store.count_cell(_ORDINAL_CELL), *self._store.table_ordinals()
        tx.put_cell(_ORDINAL_CELL, _encode(max(taken) + 1))
        return max(taken) + 1

    def _shelf(self) -> Shelf | None:
        ordinal, _ = self._known()
        return self._at(ordinal) if ordinal else None

    def _at(self, ordinal: int) -> Shelf:
        return self._store.shelf("document", self._name, ordinal)


#: How often a jump was called, and how often of that each series and day, and the date, were seen to.
_JUMP_CELL, _JUMP_DATED_CELL, _JUMP_DAY_CELL = "jump", "jump/dated", "jump_day"
_SETTLE_CELL = "settled"
_ORDINAL_CELL = "tables"


def _opens(cipher: RowCipher, row: Place, sealed: bytes) -> bool:
    try:
        cipher.open(row, sealed)
    except RowDamaged:
        return False
    return True


def _table_cell(name: str) -> str:
    return f"table/{name}"


def _number_cell(service_date: date, series: str) -> str:
    return f"number/{service_date.isoformat()}/{series}"


def _close(db: apsw.Connection) -> None:
    """Let go of a connection after a fault. That this fails as well, on the same disk, is no other news."""
    try:
        db.close(True)
    except apsw.Error as error:
        logger.error("closing after a fault: %s", error)  # noqa: TRY400


def hold(path: Path) -> IO[bytes]:
    """Hold the store at `path` against other programs until the file returned is closed; waits two seconds for one
    that ends.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        files.make_folder(path.parent)
        file = lock.open("wb")
    except OSError as error:
        raise sqlite.translate(error) from error
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_WAIT_S)
        else:
            return file
    file.close()
    raise StoreInUse(f"{lock} is held by another program")
