"""A seeded fleet: real kiosks, a server, a bad line, sticks, backups and people, in one thread and in no real time.

    outcome = Fleet(seed, folder, steps=1000).run()
    outcome.wrong                   # None, or one sentence: which law broke, at which step

Kiosks are the real thing: `Store`, `Logbook`, `rim.converse`, `desk.stick` over a folder in memory. A step is one thing
that happens to one of them. The laws, after every step:

1. **Nothing vanishes.** A record that lay anywhere with its body (on a kiosk, on the server, in its latest backup)
   still lies somewhere, unless a disaster just destroyed the last place. Bodies given up too early are no disaster.
2. **A receipt is true.** Where a kiosk says "stored" in the server's present epoch, the server holds that record; where
   it says "backed up", the latest backup does.
3. **Chains hold.** Each branch on the server is a chain from record 1; no record lies in two logs or twice in one.

Then the weather clears, and two laws more:

4. **Everything arrives.** After `CONTACTS` contacts each, the server holds every record there is, and no kiosk waits.
5. **Twins part.** No two devices still write different histories of one log.

The seed chooses everything, the rates of the faults included; the same seed is the same run on any machine.
"""

import copy
import itertools
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.desk import stick as sticks
from kiosk.desk.world import World
from kiosk.sync.line import Reply, Unreachable
from kiosk.sync.rim import converse
from shared import log as chain
from shared.errors import SalaError
from shared.kinds import Body, RatingGiven, SlipPrinted, TicketIssued
from shared.log import Head
from shared.protocol import KnownKiosk
from shared.records import NO_HASH, Record, header_hash
from tests.kiosk.worlds import Hands, an_identity, make_world
from tests.sim.server import SimServer, bodies

#: Contacts that a kiosk needs at most, once everything works again.
CONTACTS: Final = 3

#: Chance of each fault for one request, at most; a seed takes its own share of it, or none at all.
FAULTS: Final = {
    "lost question": 0.3, "lost answer": 0.3, "twice": 0.2, "stale answer": 0.1, "late letter": 0.2,
    "damaged question": 0.1, "damaged answer": 0.1, "portal": 0.1, "too large": 0.05, "power cut": 0.1,
    "server dies before": 0.1, "server dies after": 0.1,
}  # fmt: skip

#: How often each thing happens, among a thousand.
HAPPENINGS: Final = {
    "touch": 520, "contact": 260, "stick out": 30, "stick in": 40, "stick lost": 5, "power cut": 25, "image": 20,
    "image back": 6, "copied": 2, "backup": 25, "server restored": 5, "old letter": 20, "prune": 15, "days pass": 15,
    "clock": 12,
}  # fmt: skip

_DAY_S: Final = 24 * 3600


@contextmanager
def memory() -> Iterator[Path]:
    """A folder that looks like a disk and costs none, where the machine has one; gone afterwards."""
    shared = Path("/dev/shm")  # noqa: S108 - Linux's own
    folder = Path(tempfile.mkdtemp(prefix="sala-sim-", dir=shared if shared.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class PowerCut(BaseException):
    """The kiosk stopped here. Nothing may catch it on the way."""


@dataclass
class Outcome:
    """How a run ended: `wrong` is the law that broke, with the step; counts are for whoever looks."""

    seed: int
    steps: int
    records: int = 0
    wrong: str | None = None
    seen: dict[str, int] = field(default_factory=dict)


class LawBroken(Exception):
    """One of the laws does not hold."""


@dataclass
class SimKiosk:
    """One device: its folder, the world while it runs, and copies of the folder made from time to time."""

    number: int
    folder: Path
    hands: Hands
    world: World
    images: list[Path] = field(default_factory=list)
    #: Records that lie on it by the last look, those whose bodies were given up apart; and how far that look went.
    held: set[bytes] = field(default_factory=set)
    given_up: set[bytes] = field(default_factory=set)
    seen: dict[bytes, int] = field(default_factory=dict)

    def look(self, *, anew: bool) -> dict[bytes, Record]:
        """The records on its disk that are new since the last look, or all of them."""
        if anew:
            self.held, self.given_up, self.seen = set(), set(), {}
        found: dict[bytes, Record] = {}
        for view in self.world.lobby.logs():
            for record in self.world.lobby.between(self.seen.get(view.log, 0) + 1, view.head.seq, log=view.log):
                hash_ = header_hash(record.header)
                found[hash_] = record
                (self.held if record.body is not None else self.given_up).add(hash_)
            self.seen[view.log] = view.head.seq
        return found


class Fleet:
    """See the module. `bugs` names planted faults that must break a law."""

    def __init__(self, seed: int, folder: Path, *, steps: int, bugs: AbstractSet[str] = frozenset()) -> None:
        self.seed, self.steps, self._folder, self._bugs = seed, steps, folder, bugs
        self.dice = random.Random(seed)
        self.rates = {
            name: most * self.dice.choice((0, 0, 0.3, 1)) * self.dice.random() for name, most in FAULTS.items()
        }
        start = Hands()
        self.server = SimServer(round(start.wall_s * 1000), bugs)
        self.kiosks = [self._new_kiosk(number) for number in range(self.dice.randint(1, 3))]
        self.letters: list[tuple[str, bytes]] = []
        self.answers: list[Reply] = []
        self.sticks: list[Path] = []
        self.known: dict[bytes, str] = {}
        self._changes = -1
        self._verified: dict[int, Head] = {}
        self._on_server: set[bytes] = set()
        self.outcome = Outcome(seed, steps)
        self.clear = False
        for kiosk in self.kiosks:
            self._look(kiosk, anew=True)

    # --- the run -------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """Every step and the healing; never raises for a law that broke."""
        happenings = list(HAPPENINGS)
        weights = [HAPPENINGS[name] * self.dice.choice((0.3, 1, 1, 2)) for name in happenings]
        step = 0
        try:
            while step < self.steps:
                step += 1
                what = self.dice.choices(happenings, weights)[0]
                kiosk = self.dice.choice(self.kiosks)
                self._count(what)
                self._pass(kiosk, self.dice.choice((0.2, 5, 60, 600)))
                disaster = _ACTS[what](self, kiosk)
                self._check(kiosk, disaster=disaster, anew=what in _DISTURBING)
            step += 1
            self._heal()
        except LawBroken as law:
            self.outcome.wrong = f"seed {self.seed}, step {step}: {law}"
        finally:
            for kiosk in self.kiosks:
                kiosk.world.store.close()
        self.outcome.records = len(self.known)
        return self.outcome

    def _heal(self) -> None:
        self.clear = True
        self.letters.clear()
        for _ in range(CONTACTS):
            for kiosk in self.kiosks:
                self._pass(kiosk, 60)
                self._contact(kiosk)
                self._check(kiosk, disaster=False, anew=True)
        held = self.server.hashes()
        missing = [self.known[each] for each in self.known if each not in held]
        if missing:
            raise LawBroken(f"after {CONTACTS} contacts the server lacks {len(missing)} records, such as {missing[0]}")
        waiting = {kiosk.number: sum(v.waiting for v in kiosk.world.lobby.logs()) for kiosk in self.kiosks}
        if any(waiting.values()):
            raise LawBroken(f"after {CONTACTS} contacts something still waits: {waiting}")
        self._check_twins()

    def _check_twins(self) -> None:
        for one, other in itertools.combinations(self.kiosks, 2):
            mine, yours = one.world.lobby.head, other.world.lobby.head
            both = min(mine.seq, yours.seq)
            if mine.log == yours.log and one.world.lobby.hash_at(both) != other.world.lobby.hash_at(both):
                raise LawBroken(f"two devices still write in log {mine.log.hex()[:8]}, and not the same")

    def _count(self, what: str) -> None:
        self.outcome.seen[what] = self.outcome.seen.get(what, 0) + 1

    # --- the laws ------------------------------------------------------------------------------------------------

    def _look(self, kiosk: SimKiosk, *, anew: bool) -> None:
        for hash_, record in kiosk.look(anew=anew).items():
            self.known.setdefault(hash_, f"record {record.header.seq} ({record.header.kind}) of kiosk {kiosk.number}")

    def _check(self, kiosk: SimKiosk, *, disaster: bool, anew: bool) -> None:
        self._look(kiosk, anew=anew)
        news = self._changes != self.server.changes
        if news:
            self._changes = self.server.changes
            self._on_server = self.server.hashes()
            self._check_chains()
            self._check_receipts(kiosk)
        if news or anew:
            self._check_nothing_vanished(disaster=disaster)

    def _check_nothing_vanished(self, *, disaster: bool) -> None:
        somewhere = self._on_server.union(*(each.held for each in self.kiosks))
        gone = self.known.keys() - somewhere
        for backup in self.server.backups[-1:]:
            gone -= bodies(backup.logs) if gone else set()
        broken = [hash_ for hash_ in gone if not disaster or any(hash_ in each.given_up for each in self.kiosks)]
        if broken:
            raise LawBroken(f"{len(broken)} records are nowhere any more, such as {self.known[broken[0]]}")
        for hash_ in gone:
            del self.known[hash_]

    def _check_receipts(self, kiosk: SimKiosk) -> None:
        for view in kiosk.world.lobby.logs():
            for receipt in kiosk.world.lobby.receipts(view.log)[-1:]:
                if receipt.epoch != self.server.epoch:
                    continue
                lines = self.server.logs.get(view.log, [])
                if receipt.seq and not any(line.hash_at(receipt.seq) == receipt.hash for line in lines):
                    raise LawBroken(f"a receipt for record {receipt.seq} that the server does not hold")
                told = min(receipt.backed_up, receipt.seq)
                mine = kiosk.world.lobby.hash_at(told, view.log)
                copies = self.server.backups[-1].logs.get(view.log, []) if self.server.backups else []
                if told and not any(line.hash_at(told) == mine for line in copies):
                    raise LawBroken(f"'backed up' for record {told} that lies in no backup")

    def _check_chains(self) -> None:
        for log, lines in self.server.logs.items():
            for line in lines:
                after = self._verified.get(id(line), Head.empty(log))
                if line.hash_at(after.seq) != (after.hash if after.seq else NO_HASH):
                    raise LawBroken(f"record {after.seq} of log {log.hex()[:8]} changed on the server")
                try:
                    head = chain.verify(after, line.records[after.seq :])
                except SalaError as error:
                    raise LawBroken(f"log {log.hex()[:8]} on the server is no chain: {error}") from error
                if head != line.head(log):
                    raise LawBroken(f"log {log.hex()[:8]} on the server does not end as it says")
                self._verified[id(line)] = head

    # --- what happens --------------------------------------------------------------------------------------------

    def _new_kiosk(self, number: int) -> SimKiosk:
        folder = self._folder / f"kiosk{number}"
        folder.mkdir(parents=True)
        hands = Hands()
        identity = an_identity(kiosk=b"kiosk %010d" % number)
        self.server.kiosks[identity.kiosk] = KnownKiosk(identity.kiosk, identity.key.public, revoked=False)
        return SimKiosk(number, folder, hands, self._open(folder, number))

    def _open(self, folder: Path, number: int) -> World:
        identity = an_identity(kiosk=b"kiosk %010d" % number)
        return make_world(folder, identity=identity, random=self.dice.randbytes, edition=0)

    def _pass(self, kiosk: SimKiosk, seconds: float) -> None:
        kiosk.hands.pass_s(seconds)
        self.server.now_ms += round(seconds * 1000)

    def _touch(self, kiosk: SimKiosk) -> bool:
        day = "2026-03-16"
        bodies: list[Body] = [
            RatingGiven(day, self.dice.randint(1, 5), "walk-by", "", self.dice.random() < 0.1),
            TicketIssued(day, "A", self.dice.randint(1, 900), "sign_tax", "งานจัดเก็บรายได้", "", 0, "th"),
            SlipPrinted("ticket", 1, "printed"),
        ]
        at = kiosk.hands.clock().now().at
        with kiosk.world.store.transaction() as tx:
            for _ in range(self.dice.choice((1, 1, 2, 12))):
                kiosk.world.lobby.append(tx, self.dice.choice(bodies), at=at, edition=1, salt=self.dice.randbytes(16))
        return False

    def _contact(self, kiosk: SimKiosk) -> bool:
        try:
            converse(kiosk.world, kiosk.hands.clock(), Weather(self), batch_bytes_max=self.dice.choice((4000, 100_000)))
        except Unreachable:
            self._count("broken off")
        except PowerCut:
            self._power_cut(kiosk)
        return False

    def _power_cut(self, kiosk: SimKiosk) -> bool:
        kiosk.world.store.close()
        kiosk.world = self._open(kiosk.folder, kiosk.number)
        return False

    def _image(self, kiosk: SimKiosk) -> bool:
        self._power_cut(kiosk)
        image = self._folder / f"image-{kiosk.folder.name}-{len(kiosk.images)}"
        shutil.copytree(kiosk.folder, image)
        kiosk.images.append(image)
        return False

    def _image_back(self, kiosk: SimKiosk) -> bool:
        if not kiosk.images:
            return False
        kiosk.world.store.close()
        shutil.rmtree(kiosk.folder)
        shutil.copytree(self.dice.choice(kiosk.images), kiosk.folder)
        kiosk.world = self._open(kiosk.folder, kiosk.number)
        return True

    def _copied(self, kiosk: SimKiosk) -> bool:
        """A second device runs from a copy of the disk, under the same name and key."""
        if len(self.kiosks) >= 5:
            return False
        self._power_cut(kiosk)
        folder = self._folder / f"twin{len(self.kiosks)}"
        shutil.copytree(kiosk.folder, folder)
        twin = SimKiosk(kiosk.number, folder, copy.copy(kiosk.hands), self._open(folder, kiosk.number))
        self.kiosks.append(twin)
        self._look(twin, anew=True)
        return False

    def _stick_out(self, kiosk: SimKiosk) -> bool:
        root = self._folder / f"stick{len(self.sticks)}"
        root.mkdir(exist_ok=True)
        export = sticks.Export(kiosk.world, kiosk.hands.clock().now(), sticks.Stick(root, 1 << 30))
        for _ in range(self.dice.choice((1, 3, 1000))):
            if export.step().finished:
                break
        self.sticks.append(root)
        return False

    def _stick_in(self, _kiosk: SimKiosk) -> bool:
        if not self.sticks:
            return False
        # Nobody says that a stick is brought once, or in the order in which it was written.
        files = sorted(self.dice.choice(self.sticks).rglob("*.sala"))
        if self.dice.random() < 0.2:
            self.dice.shuffle(files)
        for path in files:
            self.server.post("sync/push", path.read_bytes())
        return False

    def _stick_lost(self, _kiosk: SimKiosk) -> bool:
        if self.sticks:
            self.sticks.pop(self.dice.randrange(len(self.sticks)))
        return False

    def _backup(self, _kiosk: SimKiosk) -> bool:
        self.server.back_up()
        return False

    def _server_restored(self, _kiosk: SimKiosk) -> bool:
        """From the latest backup, or, where that one is bad, from one before it made within the days of pruning."""
        young = [each for each in self.server.backups[-3:] if each.made_ms > self.server.now_ms - 30 * _DAY_S * 1000]
        if not young:
            return False
        self.server.restore(self.dice.choice(young))
        self._verified.clear()
        return True

    def _old_letter(self, _kiosk: SimKiosk) -> bool:
        if self.letters:
            self.server.post(*self.dice.choice(self.letters))
        return False

    def _prune(self, kiosk: SimKiosk) -> bool:
        with kiosk.world.store.transaction() as tx:
            kiosk.world.lobby.prune(tx)
        return False

    def _days_pass(self, kiosk: SimKiosk) -> bool:
        self._pass(kiosk, self.dice.choice((1, 7, 40)) * _DAY_S)
        return False

    def _clock_jumps(self, kiosk: SimKiosk) -> bool:
        """The kiosk's clock alone: 1970, 2000, years ahead, or right again."""
        kiosk.hands.wall_s = self.dice.choice((0.0, 946_684_800.0, 3_200_000_000.0, self.server.now_ms / 1000))
        return False


_ACTS: Final[dict[str, Callable[[Fleet, SimKiosk], bool]]] = {
    "touch": Fleet._touch, "contact": Fleet._contact, "stick out": Fleet._stick_out, "stick in": Fleet._stick_in,
    "stick lost": Fleet._stick_lost, "power cut": Fleet._power_cut, "image": Fleet._image,
    "image back": Fleet._image_back, "copied": Fleet._copied, "backup": Fleet._backup,
    "server restored": Fleet._server_restored, "old letter": Fleet._old_letter, "prune": Fleet._prune,
    "days pass": Fleet._days_pass, "clock": Fleet._clock_jumps,
}  # fmt: skip


#: What may have changed records that were looked at before.
_DISTURBING: Final = frozenset({"power cut", "image back", "prune"})


class Weather:
    """The line between a kiosk and the server: a `Transport` that fails in every way a line can."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """No content is offered here."""
        raise AssertionError(f"nobody fetches {path} ({bytes_max}, {begin})")

    def _strikes(self, fault: str) -> bool:
        fleet = self._fleet
        hit = not fleet.clear and fleet.dice.random() < fleet.rates[fault]
        if hit:
            fleet._count(fault)
        return hit

    def post(self, path: str, body: bytes) -> Reply:
        """Bring a letter to the server and its answer back, or whatever becomes of them."""
        fleet, server = self._fleet, self._fleet.server
        if self._strikes("late letter"):
            fleet.letters.append((path, body))
        if self._strikes("power cut"):
            raise PowerCut
        if self._strikes("lost question"):
            raise Unreachable("lost on the way there")
        if self._strikes("portal"):
            return Reply(200, b"<html><body>Please sign in to the hotel's network</body></html>")
        if self._strikes("too large"):
            return Reply(413, b"")
        if self._strikes("damaged question"):
            body = _damaged(fleet.dice, body)
        if self._strikes("server dies before"):
            server.crash = "before"
        elif self._strikes("server dies after"):
            server.crash = "after"
        if self._strikes("twice"):
            server.post(path, body)
        reply = server.post(path, body)
        server.crash = ""
        if reply is None:
            raise Unreachable("the server is gone")
        if self._strikes("power cut"):
            raise PowerCut
        if self._strikes("lost answer"):
            raise Unreachable("lost on the way back")
        fleet.answers.append(reply)
        if self._strikes("stale answer"):
            return fleet.dice.choice(fleet.answers[-20:])
        if self._strikes("damaged answer"):
            return Reply(reply.status, _damaged(fleet.dice, reply.body))
        return reply


def _damaged(dice: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)
