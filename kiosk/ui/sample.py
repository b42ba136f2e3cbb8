"""A whole kiosk without network, for the gallery, the figures and the tests: real desk, real store, sample content.

Everything lies in a folder of the caller's, under keys made for it alone, and time moves only when told. What the
office shows is read from `assets/office-sample`, the files that an office edits.

    with sample_kiosk(folder) as kiosk:
        kiosk.flow.start()
        kiosk.flow.presenter.begin()
        kiosk.settle()                  # what was submitted to the desk is done
        kiosk.pass_s(41)                # the question whether somebody is there

This file is for developers: the kiosk itself never imports it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from PIL import Image

from kiosk import SOFTWARE
from kiosk.clock import Clock
from kiosk.config import make
from kiosk.desk.health import Link
from kiosk.desk.stick import Stick
from kiosk.desk.world import World
from kiosk.devices.fakes import FakeSound
from kiosk.identity import Identity
from kiosk.paper import Outcome, PrinterState, Slip
from kiosk.review import read_folder
from kiosk.speech import BYTES_A_SECOND, Voice, Voices
from kiosk.store import Logbook, Store
from kiosk.store.apart import Apart
from kiosk.store.editions import Editions
from kiosk.trust import Trust
from kiosk.ui.files import ASSETS, PICTURES
from kiosk.ui.presenters import PRESENTERS
from kiosk.ui.presenters.flow import Flow
from kiosk.worker import Done, Failed, Result
from shared import content, keys, protocol
from shared import stick as layout
from shared.content import Notices, Satisfaction, SealedStatus, Statuses
from shared.source import Source

STORE_KEY: Final = b"7" * 32
OFFICE: Final = b"sample office..."

#: Thursday 18 March 2027, 10:24 in the office: the notices of the sample are in their time.
NOW: Final = datetime(2027, 3, 18, 3, 24, tzinfo=UTC)

#: How the sample office was rated in the month before; a server counts this from records.
LAST_MONTH: Final = Satisfaction(month=date(2027, 2, 1), place="ticket", by_score=(3, 4, 10, 80, 117))

T = TypeVar("T")


@lru_cache(maxsize=1)
def sample_content() -> Source:
    """The office of `assets/office-sample`."""
    return read_folder(ASSETS / "office-sample")


class Lots:
    """Bytes as if drawn by lot, and the same ones each time: for pictures that are compared."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, count: int) -> bytes:
        """The next `count` bytes."""
        self._drawn += 1
        return hashlib.shake_256(self._drawn.to_bytes(8, "big")).digest(count)


class Hands:
    """Wall and monotonic time that move only when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.wall_s = now.timestamp()
        self.mono_s = 1000.0

    def pass_s(self, seconds: float) -> None:
        """Let time go on."""
        self.wall_s += seconds
        self.mono_s += seconds


class TrayPrinter:
    """A printer that keeps its slips as data; `outcome` is what it says of the next ones."""

    def __init__(self) -> None:
        self.tray: list[Slip] = []
        self.outcome: Outcome = "printed"
        self.says = PrinterState.OK

    def state(self) -> PrinterState:
        """As it was told to say."""
        return self.says

    def print(self, slip: Slip) -> Outcome:
        """Keep the slip."""
        self.tray.append(slip)
        return self.outcome


class EveryWord:
    """A voice that has a clip for whatever it is asked, and says it with six tenths of a second of silence."""

    placeholder: Final = True

    def has(self, clip: str) -> bool:  # noqa: ARG002 - whichever is asked for
        """It has."""
        return True

    def saying(self, text: str) -> tuple[str, ...]:  # noqa: ARG002 - whichever is asked for
        """Nothing goes by another's clips."""
        return ()

    def samples(self, clip: str) -> bytes:  # noqa: ARG002 - whichever is asked for
        """As long as a word takes."""
        return bytes(BYTES_A_SECOND * 6 // 10)


class SteppedWorker:
    """A worker that works when told, on the caller's thread: between submit and settle a screen shows that it waits."""

    def __init__(self) -> None:
        self._jobs: deque[Callable[[], None]] = deque()
        #: How many jobs may still be done: few, for the picture of something that is under way.
        self.jobs_max = sys.maxsize

    def submit(self, fn: Callable[[], T], done: Callable[[Result[T]], None]) -> None:
        """Keep the job."""

        def job() -> None:
            try:
                result: Result[T] = Done(fn())
            except Exception as error:  # noqa: BLE001 - as the real worker does
                result = Failed(error)
            done(result)

        self._jobs.append(job)

    def settle(self) -> None:
        """Do everything that was submitted, and what follows from it, as far as `jobs_max` goes."""
        while self._jobs and self.jobs_max > 0:
            self.jobs_max -= 1
            self._jobs.popleft()()


#: What the sample office's server signs its answers with.
_ANSWERS: Final = keys.SigningKey(b"a" * 32)


class SampleKiosk:
    """World, time and flow of one sample kiosk."""

    def __init__(
        self, folder: Path, *, settings: dict[str, Any] | None = None, edition: int = 41,
        random: Callable[[int], bytes] = os.urandom, voices: Voices | None = None,
    ) -> None:  # fmt: skip
        self._key = keys.SigningKey(b"b" * 32)
        self.hands = Hands()
        self.clock = Clock(b"sampleid", wall=lambda: self.hands.wall_s, mono=lambda: self.hands.mono_s)
        self.worker = SteppedWorker()
        self.printer = TrayPrinter()
        self.sound = FakeSound()
        #: Who speaks, by language: nobody at first.
        self.voices: dict[str, Voice] = {}
        self.link = Link("ok")
        self.edition = 0
        identity = Identity(
            OFFICE, "อบต.ศาลาทอง", b"sample kiosk....", "ตู้ศาลา 1 โถงหน้า", ("A", "B", "C", "D"),
            keys.SigningKey(b"k" * 32), _ANSWERS.public, self._key.public,
            keys.SealingKey(b"s" * 32).public, b"salt of sample codes",
        )  # fmt: skip
        store = Store(folder / "store.sala", STORE_KEY, create=True, reserve_bytes=4096)
        lobby = Logbook(store, "lobby", software=SOFTWARE)
        with store.transaction() as tx:
            lobby.open_new(tx, "enrolled", at=self.clock.now().at, edition=0)
        self.world = World(
            store, lobby, Editions(folder / "content", self._key.public, OFFICE), make(folder, settings or {}),
            identity, self.printer, random, Apart(folder / "confidential", b"7" * 32, software=SOFTWARE),
            Trust(folder, identity),
            self.sound, voices or self.voices.get,
        )  # fmt: skip
        if edition:
            self.publish(edition)
        #: What is plugged in.
        self.sticks: tuple[Stick, ...] = ()
        self.flow = Flow(self.world, self.clock, self.worker, presenters=PRESENTERS, link=lambda: self.link,
            sticks=lambda: self.sticks)  # fmt: skip

    def publish(
        self, edition: int, *statuses: SealedStatus, age_h: int = 2, readers: bool = True, faces: bool = False
    ) -> None:
        """Put the sample content on screen as it was published `age_h` hours ago, with these statuses of cases; without
        `readers` nobody is there yet to whom complaints about people could be sealed; with `faces` colleagues have
        photos, drawn for the purpose.
        """
        signed, pieces = self._written(edition, *statuses, age_h=age_h, readers=readers, faces=faces)
        editions = self.world.content
        by_hash = {content.piece_hash(data): data for data in pieces.values()}
        for ref in editions.lacking(editions.accept(signed)):
            editions.put(ref, by_hash[ref.hash])
        editions.switch(signed)

    def _written(
        self, edition: int, *statuses: SealedStatus, age_h: int, readers: bool = True, faces: bool = False
    ) -> tuple[bytes, dict[str, bytes]]:
        """The signed manifest of such an edition, and its pieces by name."""
        written = sample_content()
        office = _with_readers(written.office) if readers else written.office
        photos: dict[str, bytes] = {}
        if faces:
            office, photos = _with_faces(office)
        pieces = {
            content.OFFICE_PIECE: content.piece(office),
            content.NOTICES_PIECE: content.piece(Notices(notices=list(written.notices))),
            content.STATUSES_PIECE: content.piece(Statuses(statuses=list(statuses))),
            content.WORDS_PIECE: content.piece(written.words),
            content.SATISFACTION_PIECE: content.piece(LAST_MONTH),
            **{name: content.piece(fact) for name, fact in written.hall.items()},
            **{
                f"{content.SERVICE_PREFIX}{at:02d}-{each.id}": content.piece(each)
                for at, each in enumerate(written.services)
            },
            **{content.FORM_PREFIX + name: data for name, data in written.pictures.items()},
            **{content.STAFF_PREFIX + name: data for name, data in photos.items()},
        }
        made_ms = round(NOW.timestamp() * 1000) - age_h * 3600 * 1000
        signed = content.make_manifest(pieces, office=OFFICE, edition=edition, made_ms=made_ms, by=self._key)
        return signed, pieces

    def answer_stick(self, folder: Path, *, edition: int, age_h: int = 20) -> None:
        """Do with the stick at `folder` what the office's server would have done `age_h` hours ago: it holds all that
        it is asked about, and puts `edition` there, in which colleagues have photos.
        """
        server_ms = round(NOW.timestamp() * 1000) - age_h * 3600 * 1000
        server = protocol.Intake(protocol.ServerSelf(OFFICE, _ANSWERS, {}))
        me = protocol.KnownKiosk(self.world.identity.kiosk, self.world.identity.key.public, revoked=False)
        for path in folder.rglob("*" + layout.ASK):
            ask = server.ask(path.read_bytes(), lambda _kiosk: me)
            stands = [protocol.Stand(claim.log, claim.seq, claim.hash, "open", 0) for claim in ask.logs]
            told = server.position(
                ask, stands, epoch=b"epoch of samples", server_ms=server_ms, edition=edition, limits=protocol.Limits()
            )
            path.with_suffix(layout.TOLD).write_bytes(told)
        signed, pieces = self._written(edition, age_h=age_h, faces=True)
        place = folder / layout.TOP / layout.CONTENT
        place.mkdir(parents=True, exist_ok=True)
        (place / layout.MANIFEST).write_bytes(signed)
        for data in pieces.values():
            (place / layout.piece_name(content.piece_hash(data))).write_bytes(data)

    @property
    def presenter(self) -> Any:
        """Whoever answers for the step on screen; its verbs differ from step to step."""
        return self.flow.presenter

    def settle(self) -> None:
        """Let the desk finish."""
        self.worker.settle()

    def pass_s(self, seconds: float) -> None:
        """Let time go on in steps as the window's own ticks do."""
        whole, rest = divmod(seconds, 0.5)
        for step in [0.5] * int(whole) + ([rest] if rest else []):
            self.hands.pass_s(step)
            self.flow.tick()

    def do(self, verb: str, *arguments: object) -> None:
        """One unhurried touch: its verb, and whatever the desk does about it."""
        self.hands.pass_s(1)
        self.flow.touched()
        getattr(self.presenter, verb)(*arguments)
        self.settle()


def _with_readers(office: content.Office) -> content.Office:
    """The office with a made-up key for each reader, so that its routes are offered."""
    made = {each.id: keys.ReadingKey(bytes([i]) * 96).public.raw for i, each in enumerate(office.readers, 1)}
    return content.with_reader_keys(office, made, keys.ReadingKey(b"r" * 96).public.raw)


def _with_faces(office: content.Office) -> tuple[content.Office, dict[str, bytes]]:
    """The office with a photo of every other colleague: a drawing of the house, since nobody in it exists."""
    photos: dict[str, bytes] = {}
    colleagues = list(office.colleagues)
    for at, each in list(enumerate(colleagues))[::2]:
        head = Image.open(PICTURES / f"{each.picture}@2x.png").convert("RGB")
        side = head.width
        file = io.BytesIO()
        # Nearer than the drawing, and so to be told from it.
        head.crop((side // 5, side // 8, side * 4 // 5, side * 29 // 40)).save(file, "PNG")
        name = f"{each.id}.png"
        photos[name] = file.getvalue()
        photo = content.Photo(file=name, consent_on=date(2026, 10, 1), consent_until=date(2027, 9, 30))
        colleagues[at] = msgspec.structs.replace(each, photo=photo)
    return msgspec.structs.replace(office, colleagues=tuple(colleagues)), photos


@contextlib.contextmanager
def sample_kiosk(folder: Path, **options: Any) -> Iterator[SampleKiosk]:
    """A sample kiosk in `folder`, closed afterwards."""
    kiosk = SampleKiosk(folder, **options)
    try:
        yield kiosk
    finally:
        kiosk.world.store.close()
