"""A seeded fleet: real kiosks, a server, a bad line, sticks, backups and people, in one thread and in no real time.

    outcome = Fleet(seed, folder, steps=1000).run()
    outcome.wrong                   # None, or one sentence: which law broke, at which step
    outcome.drawn                   # the rates and weights that this seed drew

Kiosks are the real thing: `Store`, `Logbook`, `Apart`, `Sync.turn`, `desk.stick` over a folder in memory; a third of
the fleets have disks that keep only what was synced. A step is one event at one kiosk; `laws` says what must hold after
it, and what must hold once the weather is clear. The seed chooses everything, the rates of the faults included; the
same seed is the same run on any machine.
"""

import copy
import gc
import itertools
import logging
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from unittest import mock

from kiosk.desk import stick as sticks
from kiosk.desk import tally
from kiosk.desk.stick_import import Import
from kiosk.store import CannotRecord, StoreError, Transaction, Unconfirmed
from kiosk.store.apart import at as day_at
from kiosk.sync.line import Reply
from kiosk.sync.loop import GATHER_S
from shared import kinds, thai
from shared import stick as layout
from shared.batch import PADDED_STEPS
from shared.envelope import seal_to_route
from shared.keys import KEY_BYTES, ReadingKey
from shared.kinds import Body, CaseFiled, ComplaintFiled, RatingChanged, RatingGiven, SlipPrinted, TicketIssued
from shared.protocol import KnownKiosk, Reason
from tests.kiosk.worlds import Hands
from tests.sim.device import Device, identity
from tests.sim.laws import LawBroken, Watch
from tests.sim.pens import remembered_readings, remembered_signatures
from tests.sim.server import SimServer, bodies
from tests.sim.shop import ROLES
from tests.sim.weather import FAULTS, PowerCut, Weather, damaged, forged, log_of

#: Contacts that a kiosk needs at most, once everything works again.
CONTACTS: Final = 3
#: Turns of its loop that one contact takes at most.
TURNS: Final = 4

#: How often each thing happens, among a thousand.
HAPPENINGS: Final = {
    "touch": 500, "complaint": 15, "contact": 260, "stick out": 25, "stick in": 40, "stick lost": 5, "power cut": 25,
    "image": 15, "image back": 6, "copied": 2, "bit flip": 5, "disk full": 4, "room again": 8, "backup": 25,
    "server restored": 5, "old letter": 20, "days pass": 15, "clock": 12, "revoked": 3, "reinstated": 4,
    "stick back": 40, "published": 8, "rolled": 3, "own key": 4, "enrolled again": 8,
    "decided": 12, "declined": 3, "mended": 4,
}  # fmt: skip

#: What befalls a kiosk for a while, beside the letters' faults (`weather.FAULTS`): the chance at each step, at most.
STATES: Final = {"cut": 0.03, "clogged": 0.02, "heals": 0.10, "disk fails": 0.10}

#: How many kiosks a fleet begins with.
SIZES: Final = (1, 1, 2, 2, 3, 3, 5, 8, 20)

#: Whom complaints about people are sealed to.
READERS: Final = tuple(ReadingKey(seed * 96).public for seed in (b"q", b"r"))

#: What an envelope is longer than what it carries.
_ENVELOPE_BYTES_MAX: Final = 512
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


@contextmanager
def unswept() -> Iterator[None]:
    """Python looks for no garbage meanwhile: a fleet's records are many and no garbage, and going through them all
    again and again was a tenth of its time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Diary(logging.Handler):
    """Reads the kiosks' diary under ten thousand faults, and keeps what nobody foresaw."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.unforeseen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """An exception that the loop caught only because it catches everything."""
        if record.exc_info and record.exc_info[0]:
            self.unforeseen.append(f"{record.getMessage()}: {record.exc_info[0].__name__}: {record.exc_info[1]}")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Read instead of everybody else."""
        diary = logging.getLogger("kiosk")
        before, diary.propagate = diary.propagate, False
        diary.addHandler(self)
        try:
            yield
        finally:
            diary.removeHandler(self)
            diary.propagate = before


class AtOnce(Executor):
    """Stands where a pool of threads does: what is handed in is done before anything else. Else a run would depend on
    who is quicker, and a call of the disk that fails would strike now this one, now that one.
    """

    def __init__(self, *_: object) -> None:
        super().__init__()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The work, done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the result, as a pool does
            future.set_exception(error)
        return future


@dataclass
class Outcome:
    """How a run ended: `wrong` is the law that broke, with the step; counts are for whoever looks."""

    seed: int
    steps: int
    records: int = 0
    wrong: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)


class Fleet:
    """See the module. `bugs` names planted faults that must break a law; `server` makes the one they all talk to."""

    def __init__(
        self, seed: int, folder: Path, *, steps: int, bugs: AbstractSet[str] = frozenset(),
        server: Callable[[int, AbstractSet[str]], SimServer] = SimServer,
    ) -> None:  # fmt: skip
        self.seed, self.steps, self._folder = seed, steps, folder
        self.dice = random.Random(seed)
        self.rates = {
            name: most * self.dice.choice((0, 0, 0.3, 1)) * self.dice.random()
            for name, most in {**FAULTS, **STATES}.items()
        }
        self.rates["heals"] = self.dice.uniform(0.01, STATES["heals"])
        self.lossy = self.dice.random() < 1 / 3
        self.server = server(round(Hands().wall_s * 1000), bugs)
        self.watch = Watch(self.server)
        self.letters: list[tuple[str, bytes]] = []
        self.answers: list[Reply] = []
        #: Logs of which the server takes nothing over the line, and what it says of them.
        self.declined: dict[bytes, Reason] = {}
        self.clear = False
        #: The last contact left something to be brought at once.
        self._goes_on = False
        #: Something in this step may have changed records that were looked at before.
        self._doubt = False
        self.outcome = Outcome(seed, steps)
        self._sticks: list[Path] = []
        self._diary = Diary()
        #: The numbers of kiosks: each is enrolled under one that was never used.
        self._numbers = itertools.count()
        for _ in range(self.dice.choice(SIZES)):
            self._enrol(next(self._numbers))

    @property
    def devices(self) -> list[Device]:
        """Every kiosk, and every copy that runs."""
        return self.watch.devices

    # --- the run -------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """Every step and the healing; never raises for a law that broke."""
        happenings = list(HAPPENINGS)
        weights = [HAPPENINGS[name] * self.dice.choice((0.3, 1, 1, 2)) for name in happenings]
        self.outcome.drawn = {
            **self.rates, "kiosks": len(self.devices), "lossy": self.lossy,
            **{f"weight of {name}": weight for name, weight in zip(happenings, weights, strict=True)},
        }  # fmt: skip
        step = 0
        try:
            one_thread = mock.patch("kiosk.sync.rim.ThreadPoolExecutor", AtOnce)
            with self._diary.open(), remembered_signatures(), remembered_readings(), one_thread, unswept():
                while step < self.steps:
                    step += 1
                    self._step(self.dice.choices(happenings, weights)[0])
                step += 1
                self._heal()
        except LawBroken as law:
            self.outcome.wrong = f"seed {self.seed}, step {step}: {law}"
        finally:
            for device in self.devices:
                device.close()
            self.server.close()
        self.outcome.records = len(self.watch.known)
        return self.outcome

    def _step(self, what: str) -> None:
        device = self.dice.choice(self.devices)
        self.count(what)
        self._pass(self.dice.choice((0.2, 5, 60, 600)))
        self._turn_of_the_link(device)
        device.notice()
        self._doubt = failing = self.dice.random() < self.rates["disk fails"]
        with device.trouble(failing=failing):
            _ACTS[what](self, device)
        self._check_diary()
        anew = what in _DISTURBING or self._doubt
        self.watch.look(device, anew=anew, elsewhere=what in _ELSEWHERE and not anew)

    def _heal(self) -> None:
        self.clear = True
        for device in self.dice.sample(self.devices, len(self.devices)):
            device.fill(full=False)
            self._set_link(device, "open")
        # What is declined holds up nothing else; once the server is mended it arrives, too.
        while True:
            self._come_to_rest()
            if not self.declined:
                break
            self.declined.clear()
        self.server.settle()

    def _come_to_rest(self) -> None:
        for contacts in range(1, CONTACTS + 2):
            for device in self.dice.sample(self.devices, len(self.devices)):
                # Two days later what travels once a day is due, and some bodies may be given up.
                self._pass(2 * _DAY_S + 60)
                self._put_right(device)
                self._whole_contact(device)
                self._check_diary()
                self.watch.look(device, anew=True)
            if contacts >= CONTACTS:
                self.watch.arrived(contacts=contacts, apart=contacts > CONTACTS, but_for=self.declined.keys())

    def count(self, what: str) -> None:
        """One more of these."""
        self.outcome.seen[what] = self.outcome.seen.get(what, 0) + 1

    def _check_diary(self) -> None:
        if self._diary.unforeseen:
            raise LawBroken(f"something nobody foresaw: {self._diary.unforeseen[0]}")

    def posted(self, _device: Device, path: str, body: bytes) -> None:
        """Whoever watches the line learns from the length of a confidential envelope nothing but a size step."""
        if path == "sync/push" and log_of(path, body) in self._apart_logs:
            last = PADDED_STEPS[-1]
            over = min(len(body) - step for step in (*PADDED_STEPS, len(body) // last * last) if step <= len(body))
            if over > _ENVELOPE_BYTES_MAX:
                raise LawBroken(f"a confidential envelope of {len(body)} bytes tells how much is in it")

    def left(self, log: bytes) -> None:
        """A kiosk heard, or was about to hear, that this log is broken: it may go on in another one."""
        self.watch.left.add(log)

    @property
    def _apart_logs(self) -> set[bytes]:
        return {log for device in self.devices for log in device.apart_logs}

    # --- what happens --------------------------------------------------------------------------------------------

    def _enrol(self, number: int) -> None:
        enrolled = identity(number)
        self.server.enrol(KnownKiosk(enrolled.kiosk, enrolled.key.public, revoked=False))
        folder = self._folder / f"kiosk{number}"
        folder.mkdir(parents=True)
        self._meet(number, folder, Hands())

    def _meet(self, number: int, folder: Path, hands: Hands) -> Device:
        line = lambda device: Weather(self, device)  # noqa: E731
        device = Device(number, folder, hands, dice=self.dice, line=line, lossy=self.lossy)
        self.watch.meet(device)
        return device

    def _pass(self, seconds: float) -> None:
        self.server.now_ms += round(seconds * 1000)
        for device in self.devices:
            device.hands.pass_s(seconds)

    def _turn_of_the_link(self, device: Device) -> None:
        if device.link != "open":
            if self.dice.random() < self.rates["heals"]:
                self._set_link(device, "open")
        elif (chance := self.dice.random()) < self.rates["cut"] + self.rates["clogged"]:
            self._set_link(device, "cut" if chance < self.rates["cut"] else "clogged")

    def _set_link(self, device: Device, link: str) -> None:
        if link != device.link:
            self.count(f"link {link}")
        device.link = link
        if link == "open":
            # What was stuck arrives at last, and nobody waits for the answers any more.
            for path, body in device.pipe:
                self.server.post(path, body)
            device.pipe.clear()

    def _touch(self, device: Device) -> None:
        """Tickets, ratings, slips, requests; each is told to a person only when it is recorded."""
        world, now = device.world, device.clock.now()
        day = now.service_date
        before = None
        given: set[int] = set()

        def record(tx: Transaction) -> None:
            for _ in range(self.dice.choice((1, 1, 2, 12))):
                what = self.dice.random()
                if what < 0.02:  # a kiosk newer than its server
                    world.lobby._append(tx, "lamp.seen", 7, b"\x91\x01", now.at, 1, self.dice.randbytes(16))
                    continue
                if what < 0.06 and device.rated is not None:
                    cited, rated = device.rated
                    body: Body = RatingChanged(
                        rated.service_date, cited.log, cited.seq, rated.score, self.dice.randint(1, 5), rated.place,
                        rated.service, rated.repeat, cited.commitment,
                    )  # fmt: skip
                elif what < 0.4:
                    given.add(number := tx.next_number(day, "A"))
                    body = TicketIssued(day.isoformat(), "A", number, "sign_tax", "งานรายได้", "", 0, "th")
                elif what < 0.75:
                    body = RatingGiven(day.isoformat(), self.dice.randint(1, 5), "walk-by", "", what < 0.45)
                elif what < 0.9:
                    body = SlipPrinted("ticket", 1, "printed")
                else:
                    keys = self.dice.randbytes(16), self.dice.randbytes(32)
                    body = CaseFiled(day.isoformat(), *keys, "lamp", "ไฟถนนดับหน้าวัด", "หมู่ 3", "", "", "th")
                world.lobby.append(tx, body, at=now.at, edition=1, salt=self.dice.randbytes(16))
                tally.add(world, now.at, body)

        try:
            before = world.lobby.head
            with world.store.transaction() as tx:
                record(tx)
        except StoreError as refusal:
            self._refused(device, refusal, before)
            return
        self.watch.promised(device, tx.confirmed.records)
        for kept in tx.confirmed.records:
            told = kept.body and kinds.decode(kept.header.kind, kept.header.schema, kept.body)
            if isinstance(told, RatingGiven | RatingChanged):
                device.rated = kept.header, told
        for number in given:
            if (day, number) in device.numbers and device.unaware is None:
                raise LawBroken(f"ticket A{number} of {day} was given twice by kiosk {device.number}")
            # A clock that ran ahead dates a slip on a day that is still to come; an image put back meanwhile has
            # forgotten it, and nobody can tell when its day comes.
            if day <= thai.service_date(datetime.fromtimestamp(self.server.now_ms / 1000, UTC)):
                device.numbers.add((day, number))

    def _refused(self, device: Device, refusal: StoreError, before: object) -> None:
        """Nothing was recorded, so nothing may be there: the citizen was sent to the counter."""
        self.count("refused")
        self._doubt = True
        if not isinstance(refusal, CannotRecord):
            raise LawBroken(f"a touch ended in {type(refusal).__name__}: {refusal}")
        with device.trouble(failing=False):
            if before is not None and not isinstance(refusal, Unconfirmed) and device.world.lobby.head != before:
                raise LawBroken("a touch was refused, and yet its record is there")

    def _complaint(self, device: Device) -> None:
        day = device.clock.now().service_date
        words = self.dice.randbytes(self.dice.choice((100, 500, 2000)))
        codes = self.dice.randbytes(16), self.dice.randbytes(32)
        try:
            with device.world.apart.open(day) as book:
                sealed = seal_to_route(
                    words, readers=READERS, log=book.head.log, route="unit", key=self.dice.randbytes(KEY_BYTES)
                )
                body = ComplaintFiled(day.isoformat(), *codes, "conduct", "unit", sealed)
                with book.store.transaction() as tx:
                    book.append(tx, body, at=day_at(day), edition=1)
                self.watch.promised(device, tx.confirmed.records)
        except StoreError as refusal:
            self.count("complaint refused")
            if not isinstance(refusal, CannotRecord):
                raise LawBroken(f"a complaint ended in {type(refusal).__name__}: {refusal}") from refusal
            if not isinstance(refusal, Unconfirmed):
                self._refused_apart(device, day, codes[0])

    def _refused_apart(self, device: Device, day: date, code: bytes) -> None:
        try:
            with device.trouble(failing=False), device.books() as books:
                for book in books[1:]:
                    last = book.between(book.head.seq, book.head.seq, log=book.head.log) if book.head.seq else []
                    if any(code in (record.body or b"") for record in last):
                        raise LawBroken(f"a complaint of {day} was refused, and yet it is there")
        except CannotRecord:
            self.count("full beyond looking")

    def _contact(self, device: Device) -> None:
        self._goes_on = False
        try:
            wait = device.sync.turn()
        except PowerCut:
            self._doubt = True
            self._power_cut(device)
            return
        if not 0 <= wait.seconds < _DAY_S:
            raise LawBroken(f"after a turn the timer stands at {wait.seconds} s")
        self._goes_on = wait.seconds <= GATHER_S
        self.count(f"line {device.sync.link.state}")

    def _whole_contact(self, device: Device) -> None:
        """What a contact itself brings about, such as the first record of a new log, follows within seconds."""
        for _ in range(TURNS):
            self._contact(device)
            if not self._goes_on:
                return
            self._pass(GATHER_S)
        raise LawBroken(f"a contact of kiosk {device.number} comes to no end")

    def _power_cut(self, device: Device) -> None:
        with device.trouble(failing=False):
            device.cut_power()

    def _image(self, device: Device) -> None:
        image = self._folder / f"image-{device.folder.name}-{len(device.images)}"
        with device.trouble(failing=False):
            device.copy_to(image)
        device.images[image] = frozenset(device.held)

    def _image_back(self, device: Device) -> None:
        if not device.images:
            return
        self.watch.disturbed = True
        self.watch.destroyed(device.put_back(self.dice.choice(list(device.images))))
        self.watch.put_back(device)
        self._spring(device)

    def _spring(self, device: Device) -> None:
        """Of a copy file by file the kiosk finds out itself, of one of the whole disk it does not."""
        if self.dice.random() < 0.5:
            self.count("copy noticed at the start")
            device.spring()

    def _copied(self, device: Device) -> None:
        """A second device runs from a copy of the disk, under the same name and key."""
        if len(self.devices) >= 24:
            return
        self.watch.disturbed = True
        folder = self._folder / f"twin{len(self.devices)}"
        device.copy_to(folder)
        twin = self._meet(device.number, folder, copy.copy(device.hands))
        twin.numbers, twin.unaware = set(device.numbers), device.unaware
        self._spring(twin)

    def _bit_flip(self, device: Device) -> None:
        hit = device.spoil()
        self.watch.disturbed |= bool(hit)
        self.watch.destroyed({row.hash for row in hit if row.whole})

    def _disk_full(self, device: Device) -> None:
        device.fill(full=True)

    def _room_again(self, device: Device) -> None:
        device.fill(full=False)

    def _stick_out(self, device: Device) -> None:
        root = self._folder / f"stick{len(self._sticks)}"
        root.mkdir(exist_ok=True)
        try:
            export = sticks.Export(device.world, device.clock.now(), sticks.Stick(root, 1 << 30))
            # The stick is a folder in memory; syncing every disk of the machine for it would only hold others up.
            with mock.patch("os.sync"):
                for _ in range(self.dice.choice((1, 3, 1000))):
                    if export.step().finished:
                        break
        except StoreError:
            self.count("stick not written")
        self._sticks.append(root)

    def _stick_in(self, _device: Device) -> None:
        if not self._sticks:
            return
        # Nobody says that a stick is brought once, or in the order in which it was written.
        stick = self._some(self._sticks)
        files = sorted(stick.rglob("*.sala"))
        if self.dice.random() < 0.2:
            self.dice.shuffle(files)
        for path in files:
            self.server.post("sync/push", path.read_bytes())
        for question in sorted(stick.rglob("*" + layout.ASK)):
            # What the server says of it lies beside it, until somebody carries the stick home.
            reply = self.server.post("sync/position", question.read_bytes())
            if reply is not None and reply.status == 200:
                question.with_name(question.name.removesuffix(layout.ASK) + layout.TOLD).write_bytes(reply.body)
        if (stick / layout.TOP).is_dir():
            self.server.shop.give(stick / layout.TOP)

    def _some(self, roots: list[Path]) -> Path:
        """Most often one of the last few; whoever finds an old one in a drawer brings that."""
        return self.dice.choice(roots if self.dice.random() < 0.3 else roots[-3:])

    def _stick_back(self, device: Device) -> None:
        """It comes home: soon or years later, once or again, whole or not."""
        mine = layout.folder_name(device.kiosk)
        own = [root for root in self._sticks if (root / layout.TOP / mine).is_dir()]
        if not own:
            return
        root = self._some(own)
        for told in sorted(path for path in root.rglob("*") if path.suffix not in (layout.SUFFIX, "")):
            what = self.dice.random()
            if told.suffix == layout.TOLD and what < 0.2:
                self.count("forged stick")
                told.write_bytes(forged(told.read_bytes()))
            elif what > 0.9:
                self.count("damaged stick")
                told.write_bytes(damaged(self.dice, told.read_bytes()))
        work = Import(device.world, device.clock, sticks.Stick(root, 1 << 30))
        try:
            while not work.step().finished:
                pass
        except StoreError:
            self.count("stick not taken")
        if work.progress.edition:
            self.count("stick brought content")
        self.count("stick brought news" if work.progress.heard else "stick brought nothing new")

    def _stick_lost(self, _device: Device) -> None:
        if self._sticks:
            self._sticks.pop(self.dice.randrange(len(self._sticks)))

    def _backup(self, _device: Device) -> None:
        self.server.back_up()

    def _server_restored(self, _device: Device) -> None:
        """From the latest backup, or, where that one is bad, from one before it made within the days of pruning."""
        young = [each for each in self.server.backups[-3:] if each.made_ms > self.server.now_ms - 30 * _DAY_S * 1000]
        if not young:
            return
        backup = self.dice.choice(young)
        held = self.server.hashes() | bodies(self.server.backups[-1].logs)
        self.server.restore(backup)
        self.watch.destroyed(held - bodies(backup.logs))

    def _old_letter(self, _device: Device) -> None:
        if self.letters:
            self.server.post(*self.dice.choice(self.letters))

    def _days_pass(self, _device: Device) -> None:
        self._pass(self.dice.choice((1, 7, 40)) * _DAY_S)

    def _clock_jumps(self, device: Device) -> None:
        """The kiosk's clock alone: 1970, 2000, years ahead, 2569, or right again."""
        device.hands.wall_s = self.dice.choice(
            (0.0, 946_684_800.0, 3_200_000_000.0, 18_900_000_000.0, self.server.now_ms / 1000)
        )

    def _revoked(self, device: Device) -> None:
        """The clerk shuts it out, sometimes from some records back: it may have been stolen a while ago."""
        kiosk, server = device.kiosk, self.server
        if kiosk in server.kiosks and not server.kiosks[kiosk].revoked:
            named = [log for log in server.logs if server.logs[log][0].by == kiosk and self.dice.random() < 0.5]
            ends = {log: len(server.logs[log][0].hashes) for log in named}
            server.revoke(kiosk, {log: max(0, end - self.dice.choice((0, 1, 5, 50))) for log, end in ends.items()})

    def _reinstated(self, device: Device) -> None:
        if device.kiosk in self.server.kiosks and self.server.kiosks[device.kiosk].revoked:
            self.server.reinstate(device.kiosk)

    def _decided(self, device: Device) -> None:
        """The clerk looks at a line of the lobby's, and thinks so or otherwise."""
        logs = [log for log in self.server.logs if log in device.lobby_logs]
        if logs:
            log = self.dice.choice(logs)
            number = self.dice.randrange(len(self.server.logs[log]))
            if self.server.decide(log, number, count=self.dice.random() < 0.5):
                self.count("decision about a line")

    def _declined(self, device: Device) -> None:
        """From now on the server takes nothing of one of its logs, and says so."""
        if device.logs:
            reasons = Reason.BROKEN, Reason.MALFORMED, Reason.TOO_LARGE
            self.declined[self.dice.choice(device.logs)] = self.dice.choice(reasons)

    def _mended(self, _device: Device) -> None:
        self.declined.clear()

    def _published(self, _device: Device) -> None:
        self.server.publish()

    def _rolled(self, _device: Device) -> None:
        """Staff bring the root from the safe: for one key, or for all."""
        roles = self.dice.choice((ROLES, *((role,) for role in ROLES)))
        self.server.roll(*roles)

    def _own_key(self, device: Device) -> None:
        """It is to sign with a new key, from when the server knows that one."""
        device.make_key()

    def _put_right(self, device: Device) -> None:
        """Whoever is refused for its key is enrolled again, but for one that the server has taken a new key of: it only
        did not hear so, and asks again by itself.
        """
        known = self.server.kiosks.get(device.kiosk)
        if known is None or known.key not in device.keys:
            self._enrolled_again(device)

    def _enrolled_again(self, device: Device) -> None:
        """As who it is, or as a kiosk of its own; it opens logs of its own either way."""
        kiosk, server = device.kiosk, self.server
        known = server.kiosks.get(kiosk)
        if known is None or self.dice.random() < 0.3:
            kiosk = identity(next(self._numbers)).kiosk
        elif known.revoked:
            server.reinstate(kiosk)
        self.watch.disturbed = True
        device.enrol_again(kiosk, server.shop.welcome)
        self.watch.enrolled(device)
        server.enrol(KnownKiosk(kiosk, device.key, revoked=False))


_ACTS: Final[dict[str, Callable[[Fleet, Device], None]]] = {
    "touch": Fleet._touch, "complaint": Fleet._complaint, "contact": Fleet._contact, "stick out": Fleet._stick_out,
    "stick in": Fleet._stick_in, "stick lost": Fleet._stick_lost, "power cut": Fleet._power_cut,
    "image": Fleet._image, "image back": Fleet._image_back, "copied": Fleet._copied, "bit flip": Fleet._bit_flip,
    "disk full": Fleet._disk_full, "room again": Fleet._room_again, "backup": Fleet._backup,
    "server restored": Fleet._server_restored, "old letter": Fleet._old_letter, "days pass": Fleet._days_pass,
    "clock": Fleet._clock_jumps, "revoked": Fleet._revoked, "reinstated": Fleet._reinstated,
    "stick back": Fleet._stick_back, "published": Fleet._published, "rolled": Fleet._rolled,
    "own key": Fleet._own_key, "enrolled again": Fleet._enrolled_again,
    "decided": Fleet._decided, "declined": Fleet._declined, "mended": Fleet._mended,
}  # fmt: skip


#: What happens to a kiosk in no way.
_ELSEWHERE: Final = frozenset({
    "stick in", "stick lost", "backup", "server restored", "old letter", "days pass", "clock", "revoked", "reinstated",
    "published", "rolled", "decided", "declined", "mended",
})  # fmt: skip
#: What may have changed records that were looked at before.
_DISTURBING: Final = frozenset({"power cut", "image back", "bit flip"})
