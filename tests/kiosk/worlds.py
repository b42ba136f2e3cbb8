"""A whole kiosk for tests, without window or network: real store, real content, keys of its own, time in your hand.

world = make_world(tmp_path)
hands = Hands(); clock = hands.clock()
take_ticket(world, clock.now(), service_id="sign_tax", language="th")
"""

import itertools
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from kiosk import SOFTWARE
from kiosk.clock import Clock
from kiosk.config import make
from kiosk.desk.world import World
from kiosk.identity import Identity
from kiosk.paper import Outcome, PrinterState, Slip
from kiosk.store import Logbook, Store, sqlite
from kiosk.store.apart import Apart
from kiosk.store.editions import Editions
from kiosk.trust import Trust
from shared import content, keys
from shared.content import (
    Category,
    Division,
    Duration,
    Notices,
    Office,
    Paper,
    Series,
    Service,
    Statuses,
    Step,
    Text,
    Village,
)

OFFICE_ID = b"o" * 16
KIOSK_ID = b"k" * 16
ANSWER_KEY = keys.SigningKey(b"a" * 32)
BUNDLE_KEY = keys.SigningKey(b"b" * 32)
SEALING_KEY = keys.SealingKey(b"s" * 32)
KIOSK_KEY = keys.SigningKey(b"K" * 32)
CODE_SALT = b"code salt of the office"

#: Monday 16 March 2026, 10:32 in the office.
MONDAY = datetime(2026, 3, 16, 3, 32, tzinfo=UTC)


class Hands:
    """Wall and monotonic time that move only when told."""

    def __init__(self, wall: datetime = MONDAY) -> None:
        self.wall_s = wall.timestamp()
        self.mono_s = 1000.0

    def pass_s(self, seconds: float) -> None:
        """Let time go on."""
        self.wall_s += seconds
        self.mono_s += seconds

    def clock(
        self, *, boot: bytes = b"boot-id1", wall: Callable[[], float] | None = None, signed_ms: int | None = None
    ) -> Clock:
        """A clock in these hands."""
        return Clock(boot, wall=wall or (lambda: self.wall_s), mono=lambda: self.mono_s, signed_ms=signed_ms)


class TrayPrinter:
    """A printer that keeps its slips as data; `outcome` is what it says of the next ones."""

    def __init__(self) -> None:
        self.tray: list[Slip] = []
        self.outcome: Outcome = "printed"

    def state(self) -> PrinterState:
        """Well, unless told to fail."""
        return PrinterState.OK if self.outcome == "printed" else PrinterState.OUT

    def print(self, slip: Slip) -> Outcome:
        """Keep the slip."""
        self.tray.append(slip)
        return self.outcome


def a_service(
    id_: str, title: str, *, series: str = "tax", sensitive: bool = False, audience: tuple[str, ...] = ()
) -> Service:
    """A service with every fact that must be shown."""
    half_hour = Duration(value=30, unit="minute")
    step = Step(title=Text(th="ยื่นเอกสาร"), duration=half_hour, responsible=Text(th="เจ้าพนักงาน"), division="treasury")
    return Service(
        id=id_,
        title=Text(th=title, en=id_.replace("_", " ")),
        division="treasury",
        audience=list(audience),
        picture="paper",
        steps=[step],
        promise=half_hour,
        fee=Text(th="ไม่มีค่าธรรมเนียม"),
        papers=[
            Paper(name=Text(th="บัตรประชาชน"), optional=False),
            Paper(name=Text(th="ใบเสร็จปีก่อน"), optional=True),
        ],
        channels=[Text(th="ที่สำนักงาน")],
        hours=Text(th="08.30-16.30 น."),
        lunch=True,
        legal_basis=Text(th="พ.ร.บ.ภาษีป้าย"),
        series=series,
        public_label=Text(th="งานจัดเก็บรายได้", en="Revenue"),
        sensitive=sensitive,
        checked_by="ผู้อำนวยการกองคลัง",
        checked_on=date(2026, 1, 5),
        source="",
    )


def an_office() -> Office:
    """The fictional office, small."""
    lamp = Category(
        id="lamp", name=Text(th="ไฟฟ้าสาธารณะ"), examples=Text(th="ไฟดับ"), picture="lamp", division="treasury"
    )
    return Office(
        id="salathong",
        name=Text(th="องค์การบริหารส่วนตำบลศาลาทอง"),
        short_name=Text(th="อบต.ศาลาทอง", en="Sala Thong"),
        district=Text(th="อำเภอตัวอย่าง"),
        province=Text(th="จังหวัดตัวอย่าง"),
        phone="0-0000-0000",
        hours=Text(th="08.30-16.30 น."),
        memo_number_prefix="ตย 00000/",
        divisions=[Division(id="treasury", name=Text(th="กองคลัง", en="Finance"), phone="12")],
        categories=[lamp],
        villages=[Village(id="m3", name=Text(th="หมู่ 3 บ้านคลองใส"))],
        series=[Series(id="tax", name=Text(th="ภาษี")), Series(id="general", name=Text(th="ทั่วไป"))],
        outside_channels=[],
        holidays=[date(2026, 4, 6)],
    )


def pieces_of(office: Office, services: list[Service], statuses: Statuses | None = None) -> dict[str, bytes]:
    """The pieces of an edition, by name."""
    return {
        content.OFFICE_PIECE: content.piece(office),
        content.NOTICES_PIECE: content.piece(Notices(notices=[])),
        content.STATUSES_PIECE: content.piece(statuses or Statuses(statuses=[])),
        **{content.SERVICE_PREFIX + service.id: content.piece(service) for service in services},
    }


def some_services() -> list[Service]:
    """Three services: an ordinary one, one of another series, one whose name must not be told."""
    return [
        a_service("sign_tax", "รับชำระภาษีป้าย", audience=("business",)),
        a_service("water_request", "ขอสนับสนุนน้ำอุปโภคบริโภค", series="general"),
        a_service("hiv_allowance", "เบี้ยยังชีพผู้ป่วยเอดส์", series="general", sensitive=True),
    ]


def signed_edition(
    edition: int, pieces: dict[str, bytes], *, by: keys.SigningKey = BUNDLE_KEY, office: bytes = OFFICE_ID
) -> bytes:
    """The manifest of an edition made of `pieces`."""
    return content.make_manifest(pieces, office=office, edition=edition, made_ms=1_770_000_000_000, by=by)


def publish(editions: Editions, edition: int, pieces: dict[str, bytes] | None = None) -> None:
    """Put an edition on the screen as a fetch would."""
    pieces = pieces or pieces_of(an_office(), some_services())
    signed = signed_edition(edition, pieces)
    manifest = editions.accept(signed)
    by_hash = {content.piece_hash(data): data for data in pieces.values()}
    for ref in editions.lacking(manifest):
        editions.put(ref, by_hash[ref.hash])
    editions.switch(signed)


def an_identity(
    *, series: tuple[str, ...] = ("A", "B"), key: keys.SigningKey = KIOSK_KEY, kiosk: bytes = KIOSK_ID
) -> Identity:
    """A kiosk as enrolment leaves it."""
    return Identity(
        OFFICE_ID,
        "อบต.ศาลาทอง",
        kiosk,
        "ตู้ 1",
        series,
        key,
        ANSWER_KEY.public,
        BUNDLE_KEY.public,
        SEALING_KEY.public,
        CODE_SALT,
    )


def make_world(
    folder: Path,
    *,
    settings: dict[str, object] | None = None,
    identity: Identity | None = None,
    random: Callable[[int], bytes] = os.urandom,
    edition: int = 1,
    connect: sqlite.Connect = sqlite.connect,
    connect_apart: sqlite.Connect = sqlite.connect,
) -> World:
    """A kiosk in `folder` with its lobby log open and an edition on the screen (none for edition 0). Close
    `world.store` after use. `connect` opens the lobby's store, `connect_apart` the confidential one.
    """
    identity = identity or an_identity()
    fresh = not (folder / "store.sala").exists()
    store = Store(folder / "store.sala", b"7" * 32, create=True, reserve_bytes=4096, connect=connect)
    lobby = Logbook(store, "lobby", software=SOFTWARE)
    trust = Trust(folder, identity)
    editions = Editions(folder / "content", trust.bundles, OFFICE_ID, earlier=trust.earlier_bundles)
    if fresh:
        with store.transaction() as tx:
            lobby.open_new(tx, "enrolled", at=Hands().clock().now().at, edition=0)
    if edition > editions.edition:
        publish(editions, edition)
    apart = Apart(folder / "confidential", b"7" * 32, software=SOFTWARE, connect=connect_apart)
    return World(store, lobby, editions, make(folder, settings or {}), identity, TrayPrinter(), random, apart, trust)


def counting_random(start: int = 0) -> Callable[[int], bytes]:
    """Bytes that only count up: predictable where a test must know a code."""
    numbers = itertools.count(start)
    return lambda length: bytes(next(numbers) % 256 for _ in range(length))
