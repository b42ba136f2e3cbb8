"""One kiosk of the simulated fleet: the real store, logbooks and sync loop over a folder in memory.

    device = Device(3, folder, dice=dice, line=weather, lossy=True)
    device.world, device.sync                   what `kiosk.bootstrap` would have built
    device.cut_power()                          what was not synced may be gone or torn; then it starts again
    device.look(anew=True)                      the records that lie on its disk, read past every cache

Nothing here decides anything; see `fleet` for what happens and `laws` for what must hold.
"""

import itertools
import math
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import apsw

from kiosk import bootstrap
from kiosk import identity as identities
from kiosk.clock import Clock
from kiosk.desk import contact
from kiosk.desk.world import World
from kiosk.identity import Identity
from kiosk.store import Logbook, RecordDamaged, logbook, sqlite
from kiosk.store.cipher import Keyring, RowCipher, make_key_file
from kiosk.store.logbook import KeptReceipt
from kiosk.store.rows import ID_LIMIT
from kiosk.store.store import NUMBER_JUMP
from kiosk.store.tripwire import Tripwire
from kiosk.sync import rolling
from kiosk.sync.enrolment import Welcome, become
from kiosk.sync.line import Transport
from kiosk.sync.loop import Patience, Sync
from shared import kinds
from shared.errors import SalaError
from shared.keys import KEY_BYTES, SigningKey, VerifyKey
from shared.kinds import RatingChanged, RatingGiven
from shared.records import Header, Record, decode_record, header_hash
from tests.kiosk.worlds import Hands, an_identity, make_world
from tests.sim.disk import LossyDisk
from tests.sim.shop import FIRST_LIST

STORE = identities.STORE_NAME
#: Why a log is opened by a kiosk that noticed that its disk is not the one of before.
_NOTICED = {"copied", "restored", "forked"}
#: Of so many starts the program runs long enough to check its whole store, each day from then on.
LOOKED_AT = 0.15
#: What `make_world` opens stores with.
STORE_KEY = b"7" * 32


def identity(number: int) -> Identity:
    """Kiosk `number` as enrolment left it, with a key of its own."""
    key = SigningKey(b"key of one kiosk of many %7d" % number)
    return replace(an_identity(kiosk=b"kiosk %010d" % number, key=key), key_list=FIRST_LIST)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a log as it lies on the disk; `record` is None where it does not open any more."""

    sealed: bytes
    record: Record | None
    hash: bytes

    @property
    def whole(self) -> bool:
        """Whether a record lies there with its body."""
        return self.record is not None and self.record.body is not None


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the records of one log lie: `rows` gives those from a number on, still sealed."""

    log: bytes
    cipher: RowCipher
    rows: Callable[[int], list[tuple[int, bytes]]]


class Device:
    """See the module. `line` makes the way to the server; `lossy` puts both stores on disks that forget."""

    def __init__(
        self, number: int, folder: Path, hands: Hands, *, dice: random.Random, line: "Callable[[Device], Transport]",
        lossy: bool,
    ) -> None:  # fmt: skip
        self.number, self.folder, self.hands = number, folder, hands
        self.dice = dice
        #: One for the lobby's store, one for the confidential one.
        self.disks = (LossyDisk(dice), LossyDisk(dice)) if lossy else ()
        #: The line: open, cut, or clogged with letters that arrive later.
        self.link = "open"
        self.pipe: list[tuple[str, bytes]] = []
        #: Images of its disk, and which records lie in each with their bodies.
        self.images: dict[Path, frozenset[bytes]] = {}
        #: Ticket numbers that it gave.
        self.numbers: set[tuple[date, int]] = set()
        #: The log that it wrote in when its disk was put back, until it has noticed: so long it may give numbers twice.
        self.unaware: bytes | None = None
        #: The rating that was touched last, while its citizen may still think better of it: log, seq, score.
        self.rated: tuple[Header, RatingGiven | RatingChanged] | None = None
        self.held: set[bytes] = set()
        self.given_up: set[bytes] = set()
        self._line = line
        self._seen: dict[str, dict[bytes, dict[int, Row]]] = {"lobby": {}, "confidential": {}}
        self._apart_files: tuple[bytes, bytes] = (b"", b"")
        #: What the power left of each file, while the program still falls down.
        self._left: dict[Path, bytes] | None = None
        self._pruned: list[int] = []
        #: The connection to the lobby's store, and how many rows were written on it.
        self._written: tuple[apsw.Connection | None, int] = (None, 0)
        if not identities.is_enrolled(folder):
            make_key_file(folder / identities.STORE_KEY_NAME, STORE_KEY)
            identities.save(folder, identity(number))
        self.switch_on()

    # --- power -----------------------------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """Start the program on what lies in the folder."""
        self._mend()
        self.rated = None
        hands = self.hands
        for disk, store in zip(self.disks, (self.folder / STORE, self.folder / "confidential" / STORE), strict=False):
            disk.begin_anew(store)
        lobby, apart = (disk.connect for disk in self.disks) if self.disks else (sqlite.connect, sqlite.connect)
        self.world: World = make_world(
            self.folder, identity=identities.load(self.folder), random=self.dice.randbytes,
            edition=0, connect=lobby, connect_apart=apart,
        )  # fmt: skip
        signed_ms = contact.read(self.world.store).server_ms or None
        self.clock = Clock(
            self.dice.randbytes(8), wall=lambda: hands.wall_s, mono=lambda: hands.mono_s, signed_ms=signed_ms
        )
        even = self.dice.uniform
        self.sync = Sync(
            self.world, self.clock, self._line(self), patience=Patience(1800, even),
            content_patience=Patience(1800, even), uniform=even, mono=lambda: hands.mono_s,
        )  # fmt: skip
        # Looking at the whole store each day costs more than all the rest: some starts live to see it.
        if self.dice.random() >= LOOKED_AT:
            self.sync._next_check_s = math.inf

    def switch_off(self) -> None:
        """End it in good order."""
        self._mend()
        self.world.store.close()

    def lose_power(self) -> None:
        """From here on nothing reaches the disk, whatever the program still does on its way down to `cut_power`."""
        self._mend()
        self._left = self._survivors()

    def cut_power(self) -> None:
        """Stop where it stands, or where the power was lost, and start again on what the disk kept."""
        if self._left is None:
            self.lose_power()
        left, self._left = self._left or {}, None
        self.world.store.close()
        for file in (*self._files(), *left):
            if file in left:
                file.write_bytes(left[file])
            else:
                file.unlink(missing_ok=True)
        self.switch_on()

    def _stores(self) -> tuple[Path, Path]:
        return self.folder / STORE, self.world.apart.folder / STORE

    def _files(self) -> list[Path]:
        return [file for store in self._stores() for file in (store, sqlite.wal_path(store)) if file.exists()]

    def _survivors(self) -> dict[Path, bytes]:
        if not self.disks:
            return {file: file.read_bytes() for file in self._files()}
        left = {}
        for disk, store in zip(self.disks, self._stores(), strict=True):
            left.update({store.with_name(name): data for name, data in disk.survivors().items()})
        return left

    def _mend(self) -> None:
        """Failing calls strike a running kiosk; a start on a failing disk is tests/crash's to try."""
        for disk in self.disks:
            disk.fail_after(0)

    def close(self) -> None:
        """Over for good."""
        self.switch_off()
        for disk in self.disks:
            disk.close()

    # --- who it is -------------------------------------------------------------------------------------------------

    @property
    def kiosk(self) -> bytes:
        """Under which id it is enrolled."""
        return self.world.identity.kiosk

    @property
    def key(self) -> VerifyKey:
        """What its signatures are verified with."""
        return self.world.trust.me().key.public

    @property
    def keys(self) -> set[VerifyKey]:
        """What it signs with, or will as soon as the server says that it knows of it."""
        laid_aside = rolling._laid_aside(self.world)
        return {self.key} if laid_aside is None else {self.key, laid_aside.public}

    def make_key(self) -> None:
        """`sala-kiosk roll-key`: a new key of its own, used once the server knows it."""
        rolling.begin(self.folder, self.dice.randbytes)

    def enrol_again(self, kiosk: bytes, welcome: Callable[[Identity], Identity]) -> None:
        """Somebody moves its identity away and enrols it with a fresh code, as `kiosk`."""
        self.switch_off()
        key = SigningKey(self.dice.randbytes(KEY_BYTES))
        me = welcome(replace(self.world.identity, kiosk=kiosk, key=key))
        become(self.folder, Welcome(me), self.clock, self.dice.randbytes)
        self.switch_on()

    # --- its disk --------------------------------------------------------------------------------------------------

    def copy_to(self, place: Path) -> None:
        """An image of the whole disk, made while it was off for a moment."""
        self.switch_off()
        shutil.copytree(self.folder, place)
        self.switch_on()

    def put_back(self, image: Path) -> set[bytes]:
        """Start again from an image. Returns which records lay on the disk, with their bodies, and not in the image."""
        lost = self.held - self.images[image]
        self.switch_off()
        shutil.rmtree(self.folder)
        shutil.copytree(image, self.folder)
        self.switch_on()
        self.unaware = self.world.lobby.logs()[-1].log
        return lost

    def spring(self) -> None:
        """What the program finds at its start where files were copied: a device file that is none of this place."""
        bootstrap._look_at_tripwire(self.world, self.clock, Tripwire(self.folder / "copied without"))

    def notice(self) -> None:
        """Look whether it has gone on in another log since its disk was put back, as whoever noticed does. From then on
        it gives no number again, but for those it can know nothing of: more than a jump behind what its disk remembers.
        """
        if self.unaware is None:
            return
        views = self.world.lobby.logs()
        behind = itertools.dropwhile(lambda view: view.log != self.unaware, views)
        if not any(_opened_for(self.world.lobby, view.log) in _NOTICED for view in list(behind)[1:]):
            return
        self.unaware = None
        with self.world.store.transaction() as tx:
            self.numbers = {(day, number) for day, number in self.numbers if number <= tx.mark(day, "A") + NUMBER_JUMP}

    def spoil(self) -> list[Row]:
        """Flip a bit of a record, or let two records lie in each other's places. Returns the rows that were hit, as
        they were; none where none lies there.
        """
        self.switch_off()
        name, path = self.dice.choice(list(zip(self._seen, self._stores(), strict=True)))
        hit = _spoilt(path, self.dice) if path.exists() else set()
        self.switch_on()
        return [row for log in self._seen[name].values() for row in log.values() if row.sealed in hit]

    @contextmanager
    def trouble(self, *, failing: bool) -> Iterator[None]:
        """Disks of which one of the next calls fails, for the length of the block."""
        for disk in self.disks:
            disk.fail_after(self.dice.randint(1, 25) if failing else 0)
        try:
            yield
        finally:
            self._mend()

    def fill(self, *, full: bool) -> None:
        """No room any more, or room again."""
        for disk in self.disks:
            disk.full = full
        if not self.disks:
            self.world.store.fetch(f"PRAGMA max_page_count={1 if full else 2**32 - 2}")

    @property
    def manifest(self) -> bytes:
        """What is on the screen, as it was signed; empty where nothing is."""
        shown = self.world.content
        return shown._manifest_path(shown.edition).read_bytes() if shown.edition else b""

    @property
    def logs(self) -> list[bytes]:
        """All logs that were seen on it, as they were opened: their ids are drawn anew in every run."""
        return [log for name in ("lobby", "confidential") for log in self._seen[name]]

    @property
    def lobby_logs(self) -> set[bytes]:
        """The logs of the lobby that were seen on it."""
        return set(self._seen["lobby"])

    @property
    def apart_logs(self) -> set[bytes]:
        """The confidential logs that were seen on it."""
        return set(self._seen["confidential"])

    # --- its records -----------------------------------------------------------------------------------------------

    @contextmanager
    def books(self) -> Iterator[list[Logbook]]:
        """Its logbooks, the confidential one open for as long as the block lasts."""
        if not self.world.apart.exists:
            yield [self.world.lobby]
            return
        with self.world.apart.open(self.clock.now().service_date) as apart:
            yield [self.world.lobby, apart]

    def look(self, *, anew: bool) -> dict[bytes, Record]:
        """The records that are new since the last look; `anew` also sees what is no longer there or was changed, and so
        does whoever comes after bodies were given up.
        """
        pruned = [self.world.lobby._standing(entry).pruned for entry in self.world.lobby._mine()]
        anew, self._pruned = anew or pruned != self._pruned, pruned
        found = self._look_in("lobby", self._lobby_shelves(anew=anew), anew=anew)
        if not self.world.apart.exists:
            self._seen["confidential"] = {}
        elif self._apart_moved():
            try:
                with self._apart_shelves() as shelves:
                    found |= self._look_in("confidential", shelves, anew=True)
            except apsw.Error:  # a file that is none any more holds nothing
                self._seen["confidential"] = {}
            anew = True
        if anew:
            whole, bare = set(), set()
            for logs in self._seen.values():
                for log in logs.values():
                    for row in log.values():
                        if row.record is not None:
                            (whole if row.whole else bare).add(row.hash)
            self.held, self.given_up = whole, bare - whole
        else:
            self.held.update(found)
        return found

    def last_receipts(self) -> dict[bytes, KeptReceipt]:
        """The newest receipt of each lobby log that has any."""
        book, found = self.world.lobby, {}
        for entry in book._mine():
            shelf = book.store.shelf("receipt", entry.log.hex(), entry.ordinal)
            last = book.store.load_last(shelf)
            if last is not None:
                found[entry.log] = logbook._decode_receipt(shelf.cipher.open(*last))
        return found

    def last_given_up(self) -> dict[bytes, int]:
        """The last record of each lobby log that lies here without its body."""
        return {
            log: max(bare)
            for log, rows in self._seen["lobby"].items()
            if (bare := [seq for seq, row in rows.items() if row.record and row.record.body is None])
        }

    def _look_in(self, name: str, shelves: "Iterable[_Shelf]", *, anew: bool) -> dict[bytes, Record]:
        before = self._seen[name]
        after: dict[bytes, dict[int, Row]] = {} if anew else before
        found: dict[bytes, Record] = {}
        for shelf in shelves:
            known, rows = before.get(shelf.log, {}), after.setdefault(shelf.log, {})
            for seq, sealed in shelf.rows(len(rows) + 1):
                row = known.get(seq)
                # The same bytes under the same key in the same place are the same record: no need to open them again.
                if row is None or row.sealed != sealed:
                    row = _opened(shelf.cipher.open, seq, sealed)
                    if row.record is not None:
                        found[row.hash] = row.record
                rows[seq] = row
        self._seen[name] = after
        return found

    def _lobby_shelves(self, *, anew: bool) -> "Iterator[_Shelf]":
        """All of them, or those where records may have come since the last look."""
        db, book = self.world.store._connected(), self.world.lobby
        written = db, db.total_changes()
        moved, self._written = written != self._written, written
        for entry in book._mine() if anew or moved else ():
            if entry.ended and entry.log in self._seen["lobby"] and not anew:
                continue
            shelf = book.shelf(entry.log)
            yield _Shelf(
                entry.log, shelf.cipher, lambda first, shelf=shelf: book.store.load_run(shelf, first, ID_LIMIT)
            )

    @contextmanager
    def _apart_shelves(self) -> "Iterator[Iterator[_Shelf]]":
        """The confidential logs read straight from the file, which nobody has open: a look leaves no trace in it, and
        costs a tenth of opening the store. What a power cut left in the write-ahead log is read from a copy.
        """
        path = self.world.apart.folder / STORE
        with ExitStack() as stack:
            if self._apart_files[1]:
                copy = stack.enter_context(tempfile.TemporaryDirectory(dir=self.folder.parent))
                for file in (path, sqlite.wal_path(path)):
                    shutil.copy(file, copy)
                name = f"{copy}/{STORE}"
            else:
                name = f"file:{path}?immutable=1"
            db = apsw.Connection(name, flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI)
            stack.callback(db.close)
            [(store_id,)] = db.execute("SELECT id FROM store").fetchall()
            yield self._apart_logs(db, Keyring(self.world.apart._key, store_id))

    def _apart_logs(self, db: apsw.Connection, keyring: Keyring) -> "Iterator[_Shelf]":
        [(cell,)] = db.execute("SELECT data FROM cell WHERE place='logs'").fetchall()
        for entry in logbook._decode_logs(keyring.rows("cell").open("logs", cell)):
            base = entry.ordinal * ID_LIMIT

            def rows(first: int, base: int = base) -> list[tuple[int, bytes]]:
                found = db.execute(
                    "SELECT place - ?1, data FROM record WHERE place BETWEEN ?1 + ?2 AND ?1 + ?3 ORDER BY place",
                    (base, first, ID_LIMIT - 1),
                )
                return found.fetchall()

            yield _Shelf(entry.log, keyring.rows(f"record/{entry.log.hex()}"), rows)

    def _apart_moved(self) -> bool:
        """Whether the confidential store is another one than when this was asked last."""
        path = self.world.apart.folder / STORE
        wal = sqlite.wal_path(path)
        now = path.read_bytes(), wal.read_bytes() if wal.exists() else b""
        moved, self._apart_files = now != self._apart_files, now
        return moved


def _opened_for(book: Logbook, log: bytes) -> str:
    """The reason of a log's first record; empty where that one cannot be read."""
    try:
        [first] = book.between(1, 1, log=log)
    except RecordDamaged:
        return ""
    body = first.body and kinds.decode(first.header.kind, first.header.schema, first.body)
    return body.reason if isinstance(body, kinds.LogOpened) else ""


def _opened(open_: Callable[[int, bytes], bytes], seq: int, sealed: bytes) -> Row:
    try:
        record = decode_record(open_(seq, sealed))
    except SalaError:
        return Row(sealed, None, b"")
    return Row(sealed, record, header_hash(record.header))


def _spoilt(path: Path, dice: random.Random) -> set[bytes]:
    """The rows that were hit, as they lay there."""
    db = apsw.Connection(str(path))
    try:
        if not db.table_exists("main", "record"):  # the power went while it was made
            return set()
        places = [place for (place,) in db.execute("SELECT place FROM record ORDER BY place")]
        if not places:
            return set()
        if dice.random() < 0.6:  # the newest, which nobody else holds yet
            places = places[-12:]
        one, other = dice.choice(places), dice.choice(places)
        rows = dict(db.execute("SELECT place, data FROM record WHERE place IN (?,?)", (one, other)).fetchall())
        if one == other or dice.random() < 0.7:
            changed = bytearray(rows[one])
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
            spoilt = {one: bytes(changed)}
        else:
            spoilt = {one: rows[other], other: rows[one]}
        for place, data in spoilt.items():
            db.execute("UPDATE record SET data=? WHERE place=?", (data, place))
    finally:
        db.close()
    return {rows[place] for place in spoilt}
