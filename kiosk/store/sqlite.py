"""How SQLite is opened, so that a commit that returned is on the disk.

The rules of this file:
1. WAL with `synchronous=FULL`: one sync for each commit, and nothing acknowledged is lost with the power.
2. One program, one connection (`locking_mode=EXCLUSIVE`): no shared-memory file, no second writer.
3. Checkpoints happen when the store asks for one, never inside a touch and never while closing.
4. After a failed sync the kernel may call pages clean that never reached the disk. So the write-ahead log is copied
   to a new file and synced there before it is opened again (`renew_wal`): the bytes become new, dirty, and then
   durable.
"""

import errno
from collections.abc import Callable
from pathlib import Path

import apsw

from kiosk.store import files
from kiosk.store.errors import (
    CannotRecord,
    DiskFailed,
    DiskFull,
    NotAStore,
    OldSQLite,
    ReadOnly,
    StoreDamaged,
    StoreError,
    StoreInUse,
)

#: The first SQLite without the race that can lose a checkpointed WAL (3.7.0 to 3.51.2 have it).
VERSION_MIN = (3, 51, 3)

#: Marks the file as a store of Sala in SQLite's own header ("Sala" in ASCII).
APPLICATION_ID = 0x53616C61
FORMAT = 1

#: What a store asks SQLite for; a place to add a recording or failing file layer in tests.
Connect = Callable[[Path], apsw.Connection]

#: One sync for each commit. Measured: NORMAL loses acknowledged rows when the power goes, OFF the whole file.
SYNCHRONOUS = "FULL"

_BUSY_MS = 2000
_SETTINGS = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_spill=OFF",  # nothing reaches the file before COMMIT
    "PRAGMA journal_mode=WAL",
    "PRAGMA secure_delete=ON",
    "PRAGMA wal_autocheckpoint=0",
)

SCHEMA = """
CREATE TABLE record(place INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE document(place INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE receipt(place INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE cell(place TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE store(one INTEGER PRIMARY KEY CHECK(one = 1), id BLOB NOT NULL, key_check BLOB NOT NULL);
"""


def connect(path: Path) -> apsw.Connection:
    """A plain connection to the file at `path`, made where there is none."""
    return apsw.Connection(str(path))


def prepare(db: apsw.Connection) -> None:
    """Apply the rules above to a fresh connection."""
    db.set_busy_timeout(_BUSY_MS)
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for setting in _SETTINGS:
        db.execute(setting).fetchall()
    db.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
    mode = db.pragma("journal_mode")
    if mode != "wal":
        raise StoreError(f"the file system does not carry a write-ahead log (journal mode {mode})")


def found(db: apsw.Connection, store_id: bytes, key_check: bytes) -> None:
    """Make the tables of a new store and say whose it is; to be called inside a transaction."""
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={FORMAT}")
    db.execute(SCHEMA).fetchall()
    db.execute("INSERT INTO store VALUES(1,?,?)", (store_id, key_check))


def check_version(version: str = "") -> None:
    """Raise `OldSQLite` below the first safe version."""
    version = version or apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")[:3]) < VERSION_MIN:
        least = ".".join(map(str, VERSION_MIN))
        raise OldSQLite(f"SQLite {version} can lose committed data; {least} or newer is needed")


def wal_path(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of the file at `path`."""
    return path.with_name(path.name + "-wal")


def renew_wal(path: Path) -> None:
    """Rule 4: write the log of the closed store at `path` anew, so that what is read from it is also on the disk."""
    wal = wal_path(path)
    aside = wal.with_name(wal.name + ".new")
    try:
        data = wal.read_bytes()
    except FileNotFoundError:
        return
    if not data:
        return
    aside.unlink(missing_ok=True)
    files.write_new(aside, data, mode=wal.stat().st_mode & 0o777)
    aside.replace(wal)
    files.sync_folder(path.parent)


def damage_mark(path: Path) -> Path:
    """The file that says of the store at `path` that it is to be salvaged before it is used again."""
    return path.with_name(path.name + ".to-salvage")


def mark_damaged(path: Path, why: str) -> None:
    """Leave that file, durably and once; `why` is for people. Raises `OSError`."""
    if not damage_mark(path).exists():
        files.replace(damage_mark(path), f"{why}\n".encode())


def salvaged_path(path: Path) -> Path:
    """Where a salvaged store waits to take the place of the damaged one at `path`."""
    return path.with_name(path.name + ".salvaged")


def swap_in_salvaged(path: Path) -> Path | None:
    """Put the salvaged store, if one waits, in the place of the damaged one; returns where that one lies now.

    The log goes first: a new file must never meet the old one's write-ahead log, nor its mark. Cut short, it is
    finished at the next start.
    """
    salvaged = salvaged_path(path)
    if not salvaged.exists():
        return None
    if damage_mark(path).exists():
        damage_mark(path).unlink()
        files.sync_folder(path.parent)
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    if path.exists():
        if wal_path(path).exists():
            wal_path(path).replace(wal_path(aside))
            files.sync_folder(path.parent)
        path.replace(aside)
        files.sync_folder(path.parent)
    salvaged.replace(path)
    files.sync_folder(path.parent)
    return aside


def translate(error: apsw.Error | OSError) -> StoreError:
    """The store's own error for one of SQLite's or the system's."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return DiskFull(f"{DiskFull.__doc__} ({error})")
    for kind, ours in _TRANSLATIONS:
        if isinstance(error, kind):
            return ours(f"{ours.__doc__} ({error})")
    return StoreError(f"SQLite: {error}")


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_TRANSLATIONS: tuple[tuple[type[Exception], type[StoreError]], ...] = (
    (apsw.FullError, DiskFull),
    (apsw.ReadOnlyError, ReadOnly),
    (apsw.PermissionsError, ReadOnly),
    (apsw.CantOpenError, ReadOnly),
    (apsw.IOError, DiskFailed),
    (apsw.BusyError, StoreInUse),
    (apsw.LockedError, StoreInUse),
    (apsw.NotADBError, NotAStore),
    (apsw.CorruptError, StoreDamaged),
    (PermissionError, ReadOnly),
    (OSError, DiskFailed),
    (apsw.NoMemError, CannotRecord),
)
