"""The second road, out: what the server lacks, sealed and signed as for the line, carried on a USB stick by a person.

    [stick] = sticks(world.config)
    export = Export(world, moment, stick)
    while not export.step().finished:      # one file a step, so that no citizen's touch waits long behind it
        ...

What is written is laid down in docs/format.md ("On a stick"): a folder for each kiosk and in it a question for each
logbook and a file for each envelope, named by what it carries. The server reads it with `sala-server import-stick`;
what it writes back is read by `kiosk.desk.stick_import`.

The rules of this file:
1. A file is there whole or not at all: written aside, synced, renamed, its folder synced, read back from the stick.
2. A stick that was pulled out, filled up or went bad changes nothing on the kiosk. What lies on it whole is not
   written again, so a second try goes on where the first one ended.
3. Counts on the kiosk do not move: only the server's answer says that it holds something, and a stick is no answer.
4. Each log is carried behind its last receipt. A file leaves the stick only once a receipt covers it, or once what it
   carries lies there anew, sealed to the key that the server has now.
5. A stick may be prepared: nothing is written or read through a link, and nothing waits for a pipe.
"""

import errno
import itertools
import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec

from kiosk.clock import Moment
from kiosk.config import Config
from kiosk.desk import asked, contact, health, hearing
from kiosk.desk.world import World
from kiosk.store import Logbook, RecordDamaged, StoreError
from kiosk.store.files import sync_folder
from shared import batch, envelope, protocol
from shared import stick as layout
from shared.errors import SalaError, TooLarge
from shared.log import Head
from shared.records import Record, header_hash

logger = logging.getLogger(__name__)

#: Where systems put what is plugged in.
MEDIA: Final = ("/media/", "/run/media/")
_MOUNTS: Final = Path("/proc/self/mountinfo")

#: As `kiosk.sync.rim` and `kiosk.sync.loop` send them: records in bytes, less what sealing and padding add.
_LOBBY_BYTES_MAX: Final = 1000 * 1024
_APART_BYTES_MAX: Final = 512 * 1024
_NONCE_BYTES: Final = 16
#: A folder of more names than this is looked at no further, and of files that may go on from one place so many.
_NAMES_MAX: Final = 20_000
_CANDIDATES_MAX: Final = 4

#: Why a stick did not take it: no room, nothing to be written on it, or gone (pulled out, or broken).
Why = Literal["full", "read_only", "gone"]
_WHY: Final[dict[int, Why]] = {
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "full",
    errno.EROFS: "read_only", errno.EACCES: "read_only", errno.EPERM: "read_only",
}  # fmt: skip


class StickFailed(SalaError):
    """The stick did not take it; `why` says what a person can do about it. The kiosk's own records are as they were."""

    remedy = "Use another stick, or plug this one in again: what lies on it whole is not written twice."

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Stick:
    """A place that can be carried away: its folder, and how much room there is."""

    folder: Path
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export got, in records: `done` of `total` lie on the stick. `left_out` could not be read on this
    kiosk. `oldest` is the age of the lobby's oldest that waited, None where none did or its time is not known.
    """

    done: int
    total: int
    left_out: int
    oldest: timedelta | None
    finished: bool


# --- which sticks there are --------------------------------------------------------------------------------------


def sticks(config: Config, *, mounts: str | None = None) -> tuple[Stick, ...]:
    """What is plugged in and can be written to, by folder. `mounts` is what Linux tells in /proc/self/mountinfo."""
    named = [config.path(name) for name in config.stick_folders]
    found: dict[int, Stick] = {}
    for folder in [*named, *_mounted(_told() if mounts is None else mounts)]:
        try:
            device, home, room = folder.stat().st_dev, config.data.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue  # a stick that is just being pulled out is no stick
        if device != home and folder.is_dir() and os.access(folder, os.W_OK):
            found.setdefault(device, Stick(folder, room.f_bavail * room.f_frsize))
    return tuple(sorted(found.values(), key=lambda stick: stick.folder))


def _told() -> str:
    try:
        return _MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return ""  # no Linux: only the folders of the settings count


def _mounted(told: str) -> Iterator[Path]:
    """Mount points below `MEDIA`; blanks and other signs stand there as octal numbers."""
    for line in told.splitlines():
        columns = line.split(" ")
        if len(columns) > 4:
            place = re.sub(r"\\([0-7]{3})", lambda sign: chr(int(sign[1], 8)), columns[4])
            if place.startswith(MEDIA):
                yield Path(place)


# --- writing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is left of one log: everything behind `after` up to seq `last`."""

    apart: bool
    after: Head
    last: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """The moment at which an export began, for all that it does."""

    moment: Moment

    def now(self) -> Moment:
        return self.moment


class Export:
    """One export to one stick; see the module. Steps are taken one after another, from any thread."""

    def __init__(self, world: World, moment: Moment, stick: Stick) -> None:
        """Decides what is carried: everything that waits now. Raises `StoreError` where that cannot be read."""
        self._world = world
        self._moment = moment
        self._root = stick.folder
        self._folder = stick.folder / layout.TOP / layout.folder_name(world.identity.kiosk)
        self._pieces: list[_Piece] = []
        self._outdated: list[tuple[Path, Head]] = []
        self._begun = False
        left_out = 0
        for apart in (False, True):
            with self._book(apart=apart) as book:
                for view in book.logs() if book else ():
                    left_out += view.stranded
                    if view.receipted.seq < view.head.seq:
                        self._pieces.append(_Piece(apart, view.receipted, view.head.seq))
        since = world.lobby.counts().waiting_since
        total = sum(piece.last - piece.after.seq for piece in self._pieces)
        self.progress = Progress(0, total, left_out, None if since is None else health.age_of(since, moment), False)

    @contextmanager
    def _book(self, *, apart: bool) -> Iterator[Logbook | None]:
        if not apart:
            yield self._world.lobby
        elif self._world.apart.exists:
            with self._world.apart.open(self._moment.service_date) as book:
                yield book
        else:
            yield None

    def step(self) -> Progress:
        """Write one file more, or pass over one that lies there whole. Raises `StickFailed`, or `StoreError` where the
        kiosk's own disk does not read; after either, a new `Export` goes on.
        """
        try:
            if not self._begun:
                self._begin()
                self._begun = True
            if self._pieces:
                self._step(self._pieces.pop(0))
            if not self._pieces:
                # Names and sizes, too, must be on the stick before anybody is told to pull it out.
                os.sync()
                self.progress = replace(self.progress, finished=True)
        except OSError as error:
            why = _WHY.get(error.errno or 0, "gone")
            logger.warning("the stick did not take it (%s): %s", why, os.strerror(error.errno or 0))
            raise StickFailed(why, f"{self._root}: {error.strerror}") from error
        return self.progress

    def _begin(self) -> None:
        """Make the folder, let go of what a receipt covers, and ask the server how far it stands."""
        for folder in (self._folder.parent, self._folder):
            if not is_folder(folder):
                folder.mkdir()
                sync_folder(folder.parent)
        for apart in (False, True):
            with self._book(apart=apart) as book:
                if book is not None:
                    self._let_go(book)
                    self._ask(book)

    def _let_go(self, book: Logbook) -> None:
        held = {layout.file_name(view.log, 0, 0)[:16]: view.receipted.seq for view in book.logs()}
        with os.scandir(self._folder) as entries:
            for entry in list(itertools.islice(entries, _NAMES_MAX)):
                carried = layout.read_name(entry.name)
                if carried is not None and carried.last <= held.get(carried.log, 0):
                    os.unlink(entry.path)  # noqa: PTH108 - an entry of a scan, not a path

    def _ask(self, book: Logbook) -> None:
        """Put the question before anything else: a stick that is pulled out too soon brings back an answer as well."""
        world, nonce = self._world, self._world.random(_NONCE_BYTES)
        # How far the clock is off cannot be told from a letter that was days on its way.
        figures = msgspec.structs.replace(health.for_server(world, self._moment), wall_ms=None)
        question = hearing.conversation(world, book).ask(nonce, world.content.edition, figures)
        asked.put(book.store, nonce, contact.read(world.store))
        put(self._folder / (book.name + layout.ASK), question)

    def _step(self, piece: _Piece) -> None:
        with self._book(apart=piece.apart) as book:
            assert book is not None, "a store that was there is gone"
            there = self._lies_there(book, piece)
            if there is None:
                records = self._records(book, piece)
                if not records:
                    lost = piece.last - piece.after.seq
                    self.progress = replace(self.progress, left_out=self.progress.left_out + lost)
                    return
                there = self._write(book.name, piece.after, records)
        self._drop_outdated(there)
        self.progress = replace(self.progress, done=self.progress.done + there.seq - piece.after.seq)
        if there.seq < piece.last:
            self._pieces.insert(0, replace(piece, after=there))

    def _records(self, book: Logbook, piece: _Piece) -> list[Record]:
        """The next records of a log, up to the first that cannot be read."""
        found: list[Record] = []
        limits = self._world.limits
        count = min(batch.COUNT_MAX, limits.batch_records, piece.last - piece.after.seq)
        size = min(_APART_BYTES_MAX if piece.apart else _LOBBY_BYTES_MAX, limits.inflated_bytes)
        try:
            found.extend(book.after(piece.after.seq, log=piece.after.log, limit_count=count, limit_bytes=size))
        except RecordDamaged as damage:
            logger.error("not carried: %s", damage)  # noqa: TRY400 - those before it are
            self._end_damaged(book, damage)
        return found

    def _end_damaged(self, book: Logbook, damage: RecordDamaged) -> None:
        """End the log before its damaged record, as a conversation over the line does: once an answer names its place,
        what can be read behind it goes on in a new log.
        """
        try:
            hearing.Hearing(self._world, _Reading(self._moment), book).end_damaged(damage)
        except StoreError as error:
            # A disk that takes nothing now keeps nothing from the stick; the next export tries again.
            logger.error("the log goes on: %s", error)  # noqa: TRY400 - as above

    def _write(self, name: str, after: Head, records: list[Record]) -> Head:
        me = self._world.trust.me()
        sealed = b""
        while not sealed:
            try:
                nonce, most = self._world.random(_NONCE_BYTES), self._world.limits.envelope_bytes
                sealed = protocol.sealed_batch(me, name, after, records, nonce, bytes_max=most)
            except TooLarge:
                # Bytes that do not pack. Half as many fit in the end, since one record fits by its own limit.
                if len(records) == 1:
                    raise
                records = records[: len(records) // 2]
        last = records[-1].header
        path = self._folder / layout.file_name(after.log, after.seq + 1, last.seq)
        put(path, sealed)
        self._outdated = [each for each in self._outdated if each[0] != path]
        return Head(after.log, last.seq, header_hash(last))

    def _lies_there(self, book: Logbook, piece: _Piece) -> Head | None:
        """Up to where a file of an earlier try goes on from here; None where there is none, or none to be believed."""
        log, first, me = piece.after.log, piece.after.seq + 1, self._world.trust.me()
        beginning = layout.file_name(log, first, 0).rpartition("-")[0]
        with os.scandir(self._folder) as entries:
            names = [entry.name for entry in itertools.islice(entries, _NAMES_MAX)]
        found = [name for name in names if name.startswith(beginning) and layout.read_name(name)]
        there: Head | None = None
        for path in [self._folder / name for name in sorted(found, reverse=True)[:_CANDIDATES_MAX]]:
            try:
                data = read(path, envelope.ENVELOPE_BYTES_MAX)
                header = envelope.read_header(data)
                envelope.verify(data, me.key.public)
                ends = Head(header.log, header.first_seq + header.count - 1, header.last_hash)
                mine = (header.log, header.first_seq, header.prev) == (log, first, piece.after.hash)
                if mine and ends.seq <= piece.last and book.hash_at(ends.seq, log) == ends.hash:
                    if header.server_key != me.seal_to.id:
                        # The server may have lost that key: nobody could open it.
                        self._outdated.append((path, ends))
                    else:
                        there = there or ends
            except (SalaError, OSError) as error:
                logger.warning("%s on the stick is written anew: %s", path.name, error)
        return there

    def _drop_outdated(self, there: Head) -> None:
        """Let go of files sealed to an earlier key, now that their records lie there anew up to `there`."""
        for path, ends in tuple(self._outdated):
            if ends.log == there.log and ends.seq <= there.seq:
                path.unlink(missing_ok=True)
                self._outdated.remove((path, ends))


# --- files that are there whole or not at all --------------------------------------------------------------------


def is_folder(path: Path) -> bool:
    """Whether this is a folder itself, and no link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def put(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step, and look that the stick gives it back. Raises `OSError`."""
    aside = path.with_name(path.name + layout.ASIDE)
    # Whatever lies there may be half a file of an earlier try, or a trap: a link, or a pipe that nobody reads.
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    aside.replace(path)
    sync_folder(path.parent)
    if read(path, len(data)) != data:
        raise OSError(errno.EIO, "the stick gave back something else than was written", str(path))


def read(path: Path, bytes_max: int) -> bytes:
    """A regular file's bytes, from the stick rather than from what memory remembers of it; one of more than
    `bytes_max` is not read. Raises `OSError`.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > bytes_max:
            raise OSError(errno.EINVAL, "no regular file of that size", str(path))
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        parts, left = [], bytes_max
        while left and (part := os.read(handle, left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)
