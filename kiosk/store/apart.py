"""The confidential logbook: a store of its own, open only while somebody uses it.

Complaints about people lie in a file apart from tickets and ratings, under a key of its own, so that neither the order
of rows nor the place of a page tells which visit a complaint came from. After each use the write-ahead log is folded
in, the file is closed, and the times of the file and its folder are set to the beginning of the day.

    apart = Apart(folder, key, software=SOFTWARE)
    with apart.open(day) as book, book.store.transaction() as tx:
        book.append(tx, ComplaintFiled(...), at=At.day(day, OFFICE_OFFSET_MIN), edition=1)

The rules of this file:
1. What goes in is sealed already; this store's own encryption is a second coat.
2. Every record has a date and nothing finer: `log.opened` too.
3. Who only reads writes nothing: the file is as it was.
4. Any thread may open it, several at once; the last one to leave closes it.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import apsw

from kiosk.store import files, sqlite
from kiosk.store.errors import CannotRecord, StoreDamaged, StoreError
from kiosk.store.logbook import Logbook
from kiosk.store.salvage import salvage
from kiosk.store.store import Store, hold
from shared import keys, thai
from shared.records import BODY_BYTES_MAX, At

logger = logging.getLogger(__name__)

NAME = "confidential"
_FILE_NAME = "store.sala"

#: Its records are few; this keeps room for some of them on a full disk.
_RESERVE_BYTES = 256 * 1024


class Apart:
    """The confidential logbook of the kiosk whose store key is `key`, in `folder`, where nothing else lies."""

    def __init__(
        self, folder: Path, key: bytes, *, software: str, body_bytes_max: Callable[[], int] = lambda: BODY_BYTES_MAX,
        connect: sqlite.Connect = sqlite.connect,
    ) -> None:  # fmt: skip
        self.folder = folder
        self._key = keys.derive(key, "sala/v1/confidential-store")
        self._software = software
        self._body_bytes_max = body_bytes_max
        self._connect = connect
        #: What staff shall know of damage, kept while the program runs: the store itself is closed after each use.
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._users = 0

    @property
    def exists(self) -> bool:
        """Whether it was ever opened."""
        return (self.folder / _FILE_NAME).exists()

    @contextmanager
    def open(self, day: date) -> Iterator[Logbook]:
        """The logbook, for one use on `day`; its first log is opened where there is none yet.

        Raises `CannotRecord`, with nothing changed, also where the store cannot be opened.
        """
        store = self._enter(day)
        try:
            yield self._book(store)
        finally:
            self._leave(day)

    def _book(self, store: Store) -> Logbook:
        return Logbook(store, NAME, software=self._software, body_bytes_max=self._body_bytes_max)

    def _enter(self, day: date) -> Store:
        with self._lock:
            if self._store is None:
                try:
                    self._store = self._open_store(day)
                except CannotRecord:
                    self._forget_times(day)  # nor does a try that failed tell when it was
                    raise
            self._users += 1
            return self._store

    def _open_store(self, day: date) -> Store:
        path = self.folder / _FILE_NAME
        try:
            files.make_folder(self.folder, mode=0o700)
            try:
                return self._store_at(path, day, create=True)
            except StoreDamaged as damage:
                logger.error("%s", damage)  # noqa: TRY400 - what can still be read goes on in a new file
                salvaged = salvage(path, self._key)
                self._note(f"the confidential store was damaged; the damaged file is kept: {salvaged.damaged}")
            return self._store_at(path, day, create=False)
        except CannotRecord:
            self._take_back(path)
            raise
        except (StoreError, OSError) as error:
            raise CannotRecord(f"the confidential store does not open: {error}") from error

    def _store_at(self, path: Path, day: date, *, create: bool) -> Store:
        """The store, with a log in it."""
        store = Store(
            path, self._key, create=create, connect=self._connect, reserve_bytes=_RESERVE_BYTES, settle=False
        )  # fmt: skip
        try:
            book = self._book(store)
            if not book.logs():
                with store.transaction() as tx:
                    book.open_new(tx, "enrolled", at=at(day), edition=0)
        except BaseException:
            store.close()
            raise
        return store

    def _take_back(self, path: Path) -> None:
        """Half a store that nothing was ever kept in would not open before there is room, and so hold up whoever only
        wants to know what is in it. Looked at again under the lock: another program may have made it whole meanwhile.
        """
        try:
            with hold(path):
                if not sqlite.salvaged_path(path).exists() and self._is_empty(path):
                    for suffix in ("", "-wal", "-journal", ".reserve"):
                        path.with_name(path.name + suffix).unlink(missing_ok=True)
        except (StoreError, apsw.Error, OSError) as error:
            logger.warning("the confidential store is left as it is: %s", error)

    @staticmethod
    def _is_empty(path: Path) -> bool:
        """Whether no record lies there, not even one that opens a log. Raises `apsw.Error` where nobody can tell."""
        if not path.exists():
            return True
        with closing(sqlite.connect(path)) as db:
            db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            db.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()  # no file of shared memory beside it
            return not db.table_exists("main", "record") or not db.execute("SELECT 1 FROM record LIMIT 1").fetchall()

    def _leave(self, day: date) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._store is not None:
                store, self._store = self._store, None
                store.close()
                for fault in store.faults:
                    self._note(f"the confidential store: {fault}")
                self._forget_times(day)

    def _note(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def _forget_times(self, day: date) -> None:
        """Set the times of the folder and its files to the beginning of `day`.

        The file system's own time of last change (ctime) cannot be set; it is not in backups and copies.
        """
        start_s = thai.day_start(day).timestamp()
        for path in (*self.folder.iterdir(), self.folder) if self.folder.is_dir() else ():
            os.utime(path, (start_s, start_s))


def at(day: date) -> At:
    """When something confidential happened: the day."""
    return At.day(day, thai.OFFICE_OFFSET_MIN)
