"""Salvage: when the file itself is damaged, all that can still be read moves into a new one.

Single damaged rows need none of this. It is for a file of which whole pages are noise, so that SQLite will not go on
with it (`StoreDamaged`). Rows are taken over as they lie, still sealed: from the front as far as it goes, from the
back, and what lies between is halved again and again, so that two pages of noise cost nothing of what is between
them. The damaged file is kept beside the new one. Every log ends where it can be
read, since what came behind it may be lost, and the next touch opens a new one; ticket numbers skip ahead for the
same reason.

    try:
        store = Store(path, key)
    except StoreDamaged:
        salvaged = salvage(path, key)       # tell staff: how many rows, and where the damaged file lies
        store = Store(path, key)
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import apsw

from kiosk.store import files, sqlite
from kiosk.store.cipher import Keyring, RowCipher
from kiosk.store.errors import RowDamaged, StoreDamaged
from kiosk.store.logbook import Logbook, log_names
from kiosk.store.store import SHEETS, Sheet, Store, hold
from shared import kinds
from shared.errors import SalaError
from shared.records import decode_record

#: What lies between noise is looked for with this many tries in each SQL table: a page of records takes about fifty.
TRIES_MAX = 50_000

#: Names of small rows are halved as numbers; names that are longer count by their beginning.
_NAME_BYTES = 64


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How many rows were taken over, and where the damaged file lies."""

    rows: int
    damaged: Path


def salvage(path: Path, key: bytes, *, rand: Callable[[int], bytes] = os.urandom) -> Salvaged:
    """Replace the damaged store at `path` by one with all of its readable rows.

    Raises `WrongKey`, or `StoreDamaged` where not even the store's description or its list of logs can be read: then
    nothing helps but what the server holds. The damaged file is not changed in either case.
    """
    fresh = path.with_name(path.name + ".salvage")
    held = hold(path)
    try:
        _remove(fresh)
        rows = _copy(path, fresh, key)
        with Store(fresh, key, rand=rand, reserve_bytes=0) as store:
            _end_logs(store)
        files.sync_file(fresh)
        fresh.replace(sqlite.salvaged_path(path))
        files.sync_folder(path.parent)
        damaged = sqlite.swap_in_salvaged(path)
    except (apsw.Error, OSError) as error:
        raise sqlite.translate(error) from error
    finally:
        _remove(fresh)
        held.close()
    assert damaged is not None
    return Salvaged(rows, damaged)


def _copy(path: Path, fresh: Path, key: bytes) -> int:
    """Take over every readable row; returns how many."""
    old, new = sqlite.connect(path), sqlite.connect(fresh)
    try:
        old.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        store_id, key_check = _description(old)
        keyring = Keyring(key, store_id)
        keyring.prove(key_check)
        cells = keyring.rows("cell")
        sqlite.prepare(new)
        with new:
            sqlite.found(new, store_id, key_check)
            rows = 0
            for sheet in SHEETS:
                insert = f"INSERT OR IGNORE INTO {sheet} VALUES(?,?)"
                for place, data in _readable(old, sheet):
                    if isinstance(data, bytes) and (sheet != "cell" or _opens(cells, place, data)):
                        new.execute(insert, (place, data))
                        rows += 1
        new.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)
        return rows
    finally:
        old.close()
        new.close()


def _description(db: apsw.Connection) -> tuple[bytes, bytes]:
    try:
        found: list[Any] = db.execute("SELECT id, key_check FROM store").fetchall()
    except apsw.Error as error:
        raise StoreDamaged(f"nothing can be read from the damaged file: {error}") from error
    if not found or not all(isinstance(value, bytes) for value in found[0]):
        raise StoreDamaged("the damaged file has lost the store's own description")
    store_id, key_check = found[0]
    return store_id, key_check


def _readable(db: apsw.Connection, sheet: Sheet) -> Iterator[tuple[Any, Any]]:
    """The rows of a sheet that can be read, some perhaps twice."""
    named = sheet == "cell"
    place, bound = ("CAST(place AS BLOB)", "CAST(? AS TEXT)") if named else ("place", "?")
    select = f"SELECT {place}, data FROM {sheet} WHERE place BETWEEN {bound} AND {bound} ORDER BY place"  # noqa: S608
    gaps = deque([(0, 256**_NAME_BYTES - 1 if named else 2**63 - 1)])
    for _ in range(TRIES_MAX):
        if not gaps:
            return
        low, high = gaps.popleft()  # the oldest, and so one of the widest
        for order in ("", " DESC"):
            bounds = (_name(low), _name(high)) if named else (low, high)
            try:
                for found, data in db.execute(select + order, bounds):
                    at = _number(found) if named else found
                    low, high = (low, at - 1) if order else (at + 1, high)
                    yield found.decode(errors="replace") if named else found, data  # noise in a name may be no text
                break
            except apsw.Error:
                continue  # from the other end, then in halves
        else:
            if low < high:
                middle = (low + high) // 2
                gaps += ((low, middle), (middle + 1, high))


def _number(name: bytes) -> int:
    return int.from_bytes(name[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0"))


def _name(number: int) -> bytes:
    return number.to_bytes(_NAME_BYTES).rstrip(b"\0")


def _opens(cells: RowCipher, place: Any, data: bytes) -> bool:
    """A damaged small row is better gone: what it held is derived again, or told by the log that follows."""
    try:
        cells.open(place, data)
    except RowDamaged:
        return False
    return True


def _numbers(store: Store, book: Logbook, log: bytes) -> Iterator[tuple[tuple[date, str], int]]:
    """Day, series and number of every ticket in a log that can be read, and of the strips' last ones."""
    shelf = book.shelf(log)
    for row, sealed in store.load_steps(shelf):
        try:
            record = decode_record(shelf.cipher.open(row, sealed))
            body = kinds.decode(record.header.kind, record.header.schema, record.body or b"")
            if isinstance(body, kinds.TicketIssued | kinds.TicketJoined):
                yield (date.fromisoformat(body.service_date), body.series), body.number
            elif isinstance(body, kinds.NumbersReserved):
                yield (date.fromisoformat(body.service_date), body.series), body.last
        except (SalaError, ValueError):
            continue  # the log names its damaged records itself when it is read


def _end_logs(store: Store) -> None:
    """Let every log end where it can be read, and no number come twice."""
    names = log_names(store)
    if not names and store.fetch("SELECT 1 FROM record LIMIT 1"):
        raise StoreDamaged("the damaged file has lost its list of logs")
    marks: dict[tuple[date, str], int] = {}
    with store.transaction() as tx:
        tx.jump_numbers()
        for name in names:
            book = Logbook(store, name, software="")
            current = book.logs()[-1]
            book.mark_damaged(tx, current.log, current.damaged_seq or current.captured + 1)
            book.keep_receipts(tx)
            for view in book.logs():
                for day_and_series, number in _numbers(store, book, view.log):
                    marks[day_and_series] = max(number, marks.get(day_and_series, 0))
        for (day, series), mark in marks.items():
            tx.raise_mark(day, series, mark)


def _remove(fresh: Path) -> None:
    for suffix in ("", "-wal", ".lock", ".reserve", ".to-salvage"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
