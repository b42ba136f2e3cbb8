"""Every screen with sample content, for the gallery and for the tests of layouts.

Each example is a way through a real visit of a sample kiosk: the verbs that lead to the screen. What is shown is what a
presenter makes of real records, never a picture made for the gallery.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from kiosk.config import pin_hash
from kiosk.desk import confidential, duty, health, pairing
from kiosk.desk.health import Link
from kiosk.desk.queue import take_ticket
from kiosk.desk.stick import Export, Stick
from kiosk.desk.visit import Language
from kiosk.paper import PrinterState
from kiosk.store.errors import DiskFull, StoreDamaged, WrongKey
from kiosk.ui.presenters.enrolling import EnrolView
from kiosk.ui.presenters.rating import ThanksView
from kiosk.ui.presenters.services import TicketView
from kiosk.ui.sample import EveryWord, SampleKiosk
from kiosk.ui.strings import Say
from shared import content, envelope
from shared.content import SealedStatus, Status
from shared.errors import SalaError
from shared.keys import code_keys
from shared.kinds import RatingGiven
from shared.protocol import Reason

Way = tuple[tuple[Any, ...], ...]

PIN: Final = "257025"
CODE: Final = "4827193055267041"
#: What a kiosk of these examples is told; its pages are served where an example says so.
SETTINGS: Final[dict[str, Any]] = {
    "staff_pin_hash": pin_hash(PIN, b"sample pin salt."), "lobby_port": 8080, "lobby_address": "192.168.1.10",
}  # fmt: skip

TOLD: Final = (
    "ไฟดับมาสามคืนแล้ว ทางเข้าหมู่บ้านมืดมาก เด็กเดินกลับจากละหมาดกลัวรถ ขอให้ช่างมาดูหน่อยครับ เสาต้นที่ 4 นับจากปากซอย ตรงข้ามร้านน้ำชา"
)

_SERVICES: Final[Way] = (("begin",), ("services",))
_FORM: Final[Way] = (
    ("begin",), ("problem",), ("general",), ("choose", "lamp"), ("village", "3"), ("place", "หน้ามัสยิด เสาไฟต้นที่ 4"),
    ("next",), ("text", TOLD), ("next",),
)  # fmt: skip
_DOOR: Final[Way] = (("begin",), ("problem",), ("person",))
_SEALED: Final[Way] = (
    *_DOOR, ("choose", "unit"), ("pick_one", "works"), ("next",), ("choose", "corruption"),
    ("text", "เจ้าหน้าที่ขอเงินสองร้อยบาทแล้วจะทำให้เร็ว ไม่มีใบเสร็จ"), ("next",), ("pick_one", "week"),
    ("second", "หน้าช่องบริการ"),
)  # fmt: skip
_CODE: Final[Way] = (("begin",), ("track",), *(("digit", digit) for digit in CODE))
_SLIP_CODE: Final[Way] = (("begin",), ("rate",), ("code",), *(("digit", digit) for digit in "48271930"))
_STATUS: Final = Status(
    "closed", "lamp", "2027-03-11", "2027-03-26",
    "เปลี่ยนหลอดไฟและสวิตช์แสงที่เสาต้นที่ 4 แล้ว ทดสอบเปิดสองคืน ไฟติดปกติ ถ้าดับอีกแจ้งเราได้ทันที ขอบคุณค่ะ",
    "2027-03-16", "กองช่าง", "12/2570",
)  # fmt: skip
_MAY_RETURN: Final = msgspec.structs.replace(_STATUS, round=1)
_AGAIN: Final = msgspec.structs.replace(_STATUS, state="in_progress", answer_by="2027-04-05")
_SEALED_STATUS: Final = Status(
    "answered", "confidential", "2027-03-11", "2027-03-26", "ตั้งกรรมการสอบข้อเท็จจริงแล้ว จะแจ้งผลอีกครั้งเมื่อสอบเสร็จ",
    "2027-03-16", "", "ล.0001/2570",
)  # fmt: skip
_FOUR: Final = ("ช้าง", "กระต่าย", "แปรงสีฟัน", "หนังสือ")
_OPEN: Final = Status("in_progress", "lamp", "2027-03-11", "2027-03-26", "", "", "", "")

WAYS: Final[dict[str, Way]] = {
    "idle": (),
    "home": (("begin",),),
    "services": _SERVICES,
    "home-old": (("begin",),),
    "home-hall": (("begin",),),
    "services-old": _SERVICES,
    "services-search": (*_SERVICES, ("keyboard", True), ("search", "ภาษี")),
    "services-none": (*_SERVICES, ("search", "ฟฟฟ")),
    "service": (*_SERVICES, ("choose", "land_tax_payment"), ("paper", 0), ("paper", 1)),
    "service-long": (*_SERVICES, ("choose", "building_permit"), ("paper", 0)),
    "service-priority": (*_SERVICES, ("choose", "elderly_allowance"), ("priority", "elderly"), ("ask_priority",)),
    "service-lanes": (*_SERVICES, ("choose", "food_premises")),
    "service-faces": (*_SERVICES, ("choose", "land_tax_payment")),
    "service-printed": (*_SERVICES, ("choose", "sign_tax"), ("paper", 0), ("print",)),
    "form": (*_SERVICES, ("choose", "sign_tax"), ("form", "phor_por_1")),
    "form-large": (*_SERVICES, ("choose", "building_permit"), ("form", "khor_1"), ("enlarge",)),
    "form-code": (*_SERVICES, ("choose", "elderly_allowance"), ("form", "elderly"), ("show_code", True), ("print",)),
    "service-no-paper": (*_SERVICES, ("choose", "land_tax_payment")),
    "ticket": (*_SERVICES, ("choose", "elderly_allowance"), ("priority", "elderly"), ("take",)),
    "ticket-missing": (*_SERVICES, ("choose", "building_permit"), ("paper", 0), ("paper", 2), ("take",)),
    "ticket-no-paper": (*_SERVICES, ("choose", "sign_tax"), ("take",)),
    "ticket-waiting": (*_SERVICES, ("choose", "sign_tax"), ("priority", "infant"), ("take",)),
    "ticket-far": (*_SERVICES, ("choose", "sign_tax"), ("take",)),
    "ticket-called": (*_SERVICES, ("choose", "sign_tax"), ("take",)),
    "doors": (("begin",), ("problem",)),
    "doors-closed": (("begin",), ("problem",)),
    "outside": (("begin",), ("problem",), ("outside",)),
    "outside-closed": (("begin",), ("problem",), ("person",)),
    "whom": _DOOR,
    "which": (*_DOOR, ("choose", "unit"), ("pick_one", "works"), ("pick_two", "2")),
    "which-name": (*_DOOR, ("choose", "person"), ("focus", "first"), ("first", "ผู้ชายใส่แว่น")),
    "sort": (*_DOOR, ("choose", "clerk")),
    "tell": _SEALED[:8],
    "when": (*_SEALED[:9], ("pick_one", "week")),
    "when-typing": (*_SEALED[:9], ("focus", "second"), ("second", "ที่ช่องบริการ")),
    "reach": (*_SEALED, ("next",)),
    "reach-notice": (*_SEALED, ("next",), ("notice",)),
    "check": (*_SEALED, ("next",), ("skip",)),
    "kept": (*_SEALED, ("next",), ("skip",), ("send",)),
    "kept-heard": (*_SEALED, ("next",), ("skip",), ("send",)),
    "kept-printed": (*_SEALED, ("next",), ("skip",), ("send",), ("print",)),
    "category": _FORM[:3],
    "where": _FORM[:5],
    "where-typing": (*_FORM[:4], ("keyboard", True), *_FORM[4:6]),
    "write": _FORM[:8],
    "write-hidden": (*_FORM[:8], ("hide",)),
    "write-empty": (*_FORM[:7], ("next",)),
    "contact": _FORM,
    "contact-name": (*_FORM, ("focus", "name"), ("name", "มะรอนิง")),
    "contact-phone": (*_FORM, ("focus", "phone"), ("phone", "0812345678")),
    "contact-notice": (*_FORM, ("notice",)),
    "review": (*_FORM, ("skip",)),
    "recorded": (*_FORM, ("skip",), ("send",)),
    "recorded-heard": (*_FORM, ("skip",), ("send",)),
    "recorded-printed": (*_FORM, ("skip",), ("send",), ("print",)),
    "rating": (("begin",), ("rate",)),
    "rating-slip": (("begin",), ("rate",)),
    "slip_code": _SLIP_CODE[:9],
    "slip_code-refused": (*_SLIP_CODE, ("use",)),
    "thanks-visit": (("begin",), ("rate",)),
    "thanks-change": (("begin",), ("rate",), ("rate", 2), ("change", True)),
    "thanks": (("begin",), ("rate",), ("rate", 5)),
    "thanks-low": (("begin",), ("rate",), ("rate", 1)),
    "thanks-why": (("begin",), ("rate",), ("rate", 4), ("reason", "polite"), ("reason", "clear")),
    "thanks-words": (("begin",), ("rate",), ("rate", 2), ("write", True), ("words", "รอนานมากค่ะ อยากให้มีเก้าอี้เพิ่ม")),
    "notices": (("begin",), ("notices",), ("choose", "elderly_2570")),
    "budget": (("begin",), ("notices",), ("tab", "budget")),
    "budget-area": (("begin",), ("notices",), ("tab", "budget"), ("choose", "roads")),
    "hours": (("begin",), ("hours",)),
    "way": (("begin",), ("way",)),
    "way-near": (("begin",), ("way",), ("choose", "welfare")),
    "way-up": (("begin",), ("way",), ("choose", "works")),
    "way-upper": (("begin",), ("way",), ("choose", "works"), ("level", "upper")),
    "ask": (("begin",), ("ask",)),
    "ask-write": (("begin",), ("ask",), ("choose", "question"), ("text", "เสียภาษีที่ดินได้ถึงวันไหนคะ")),
    "ask-review": (("begin",), ("ask",), ("choose", "question"), ("text", "เสียภาษีได้ถึงวันไหน"), ("next",), ("skip",)),
    "praise": (("begin",), ("praise",), ("person", "sample_a"), ("reason", "polite"), ("reason", "helpful")),
    "praise-faces": (("begin",), ("praise",), ("person", "sample_c")),
    "praise-unknown": (("begin",), ("praise",), ("unknown",), ("counter", "2"), ("hour", "10")),
    "praise-need": (("begin",), ("praise",), ("send",)),
    "praise-words": (
        ("begin",),
        ("praise",),
        ("person", "sample_a"),
        ("write", True),
        ("words", "ช่วยกรอกแบบให้แม่จนเสร็จ"),
    ),
    "praised": (("begin",), ("praise",), ("person", "sample_b"), ("send",)),
    "track": _CODE[:8],
    "track-missing": (*_CODE, ("find",)),
    "status": (*_CODE, ("find",)),
    "status-open": (*_CODE, ("find",)),
    "status-may-return": (*_CODE, ("find",)),
    "status-returned": (*_CODE, ("find",), ("not_fixed",), ("reason", "no_better"), ("send",)),
    "status-again": (*_CODE, ("find",)),
    "status-confidential": (*_CODE, ("find",)),
    "returning": (*_CODE, ("find",), ("not_fixed",), ("reason", "came_back")),
    "returning-need": (*_CODE, ("find",), ("not_fixed",), ("send",)),
    "returning-words": (*_CODE, ("find",), ("not_fixed",), ("write", True), ("words", "ไฟติดสองวัน แล้วดับอีก")),
    "warning": _FORM[:8],
    "pin": (),
    "staff": (),
    "staff-unknown": (),
    "staff-declined": (),
    "date": (),
    "stick-none": (),
    "stick-choose": (),
    "stick-reading": (),
    "stick-writing": (),
    "stick-done": (),
    "stick-brought": (),
    "stick-spoilt": (),
    "stick-failed": (),
    "counters": (),
    "counters-open": (),
    "pair": (),
    "pair-done": (),
    "pair-off": (),
    "pins": (),
    "set_pin": (),
    "set_pin-weak": (),
    "strip": (),
    "strip-ask": (),
    "strip-printed": (),
    "strip-failed": (),
    "close": (),
    "close-sure": (),
    "close-closed": (),
    "cleaning": (),
    "shutting": (),
    "leaving": (),
    "cannot": (("begin",), ("rate",)),
    "cannot-ticket": (*_SERVICES, ("choose", "land_tax_payment")),
    "cannot-case": (*_FORM, ("skip",)),
    "closed": (),
    "closed-damaged": (),
    "closed-empty": (),
    "enrol": (),
    "enrol-refused": (),
    "enrol-read": (),
    "enrol-carry": (),
    "enrol-words": (),
    "enrol-differed": (),
}


#: One example of each screen; the others, named after it, are its states.
FIRST: Final = tuple(name for name in WAYS if "-" not in name)


def walk(
    kiosk: SampleKiosk, name: str, lang: str, *, text_factor: float = 1.0, contrast: bool = False, low: bool = False
) -> None:
    """Lead a fresh visit of `kiosk` to the example called `name`, in `lang`, with this look."""
    kiosk.flow.on_change = lambda _flow: None
    kiosk.worker.jobs_max = sys.maxsize
    if name.endswith("-old"):
        kiosk.publish(kiosk.world.content.edition + 1, age_h=90 * 24)
    elif health.old_since(kiosk.world, kiosk.clock.now()) or kiosk.flow.bundle.photos:
        kiosk.publish(kiosk.world.content.edition + 1)
    kiosk.flow.reset()
    # Long enough for the counts of tries to start anew.
    kiosk.hands.pass_s(61)
    kiosk.printer.says = PrinterState.OUT if name.endswith("no-paper") else PrinterState.OK
    kiosk.printer.outcome = "failed" if name.endswith("no-paper") else "printed"
    kiosk.voices.clear()
    kiosk.world.lan.state = "off"
    if name.endswith("-heard"):
        kiosk.voices[lang] = EveryWord()
    _PREPARED.get(name, _readers)(kiosk)
    for at, (verb, *arguments) in enumerate(WAYS[name]):
        kiosk.do(verb, *arguments)
        if at == 0:
            _choose_look(kiosk, lang, text_factor, contrast, low)
    if not WAYS[name]:
        _choose_look(kiosk, lang, text_factor, contrast, low)
    finish = _FINISHED.get(name)
    if finish is not None:
        finish(kiosk)
    kiosk.settle()
    kiosk.flow.show()


def _choose_look(kiosk: SampleKiosk, lang: str, text_factor: float, contrast: bool, low: bool) -> None:
    visit = kiosk.flow.visit
    visit.language = cast("Language", lang)
    visit.text_scale = text_factor
    visit.contrast = "high" if contrast else "normal"
    visit.low = low


def _publish(status: Status | None) -> Callable[[SampleKiosk], None]:
    def publish(kiosk: SampleKiosk) -> None:
        keys = code_keys(CODE, kiosk.world.identity.code_salt)
        sealed = b"" if status is None else envelope.seal_status(
            content.write_status(status), status_id=keys.status_id, state_key=keys.state_key, nonce=bytes(12)
        )  # fmt: skip
        statuses = [] if status is None else [SealedStatus(id=keys.status_id, sealed=sealed)]
        kiosk.publish(kiosk.world.content.edition + 1, *statuses)

    return publish


def _readers(kiosk: SampleKiosk, *, named: bool = True) -> None:
    """Have complaints about people read by somebody, or by nobody, where it is not so already."""
    if bool(confidential.routes(kiosk.world)) is not named:
        kiosk.publish(kiosk.world.content.edition + 1, readers=named)


def _staff(kiosk: SampleKiosk, *then: str, link: Link = Link("ok")) -> None:  # noqa: B008 - frozen
    kiosk.link = link
    kiosk.flow.staff()
    for digit in PIN:
        kiosk.do("digit", digit)
    for verb in ("open", *then):
        kiosk.do(verb)


def _unknown(kiosk: SampleKiosk, *then: str) -> None:
    """The server does not know this kiosk's key."""
    _staff(kiosk, *then, link=Link("refused", reason=Reason.BAD_SIGNATURE))


_DIGITS: Final[Way] = tuple(("digit", digit) for digit in "482913")
_WEAK: Final[Way] = (*[("digit", "1")] * 6, ("enter_pin",), *[("digit", "1")] * 6, ("enter_pin",))


def _lobby(kiosk: SampleKiosk, *then: tuple[Any, ...], open_: bool = False, broken: bool = False) -> None:
    """Come to the staff corner's page of the lobby and on from there; where `open_`, with a counter at work, a browser
    let in and a board on the wall.
    """
    world, clock = kiosk.world, kiosk.clock
    if open_:
        _hall(kiosk)
        for staff in ("sample_a", "sample_c"):
            duty.set_pin(world, staff, "482913")
        if not pairing.paired(world):
            token = pairing.redeem(world, clock.now(), pairing.offer(world, clock.now()), machine="phone")
            browser = pairing.find(world, token or "")
            assert browser is not None
            groups = tuple(group.id for group in kiosk.flow.bundle.office.series[:2])
            duty.sign_in(kiosk.flow.queue, clock.now(), browser, duty.Seat("sample_a", "1", groups), "482913")
        kiosk.flow.queue.call_next(clock.now(), "1", action=world.random(16))
        world.boards.tell("192.168.1.20", "muted", clock.mono_ms())
    if broken:
        kiosk.printer.outcome = "failed"
    _staff(kiosk, "counters")
    for verb, *arguments in then:
        kiosk.do(verb, *arguments)


def _paired(kiosk: SampleKiosk) -> None:
    """Somebody scans the code."""
    _lobby(kiosk, ("go", "pair"), open_=True)
    code = kiosk.presenter._code  # noqa: SLF001 - as a telephone's camera reads it
    pairing.redeem(kiosk.world, kiosk.clock.now(), code, machine="computer")
    kiosk.pass_s(2)
    kiosk.settle()


def _typed_pin(kiosk: SampleKiosk) -> None:
    kiosk.flow.staff()
    for verb, *arguments in (*(("digit", digit) for digit in "1234"), ("open",), ("digit", "2"), ("digit", "5")):
        kiosk.do(verb, *arguments)


def _wrong_clock(kiosk: SampleKiosk) -> None:
    wall_s, kiosk.hands.wall_s = kiosk.hands.wall_s, 0.0
    _staff(kiosk)
    for digit in "180325701024":
        kiosk.do("digit", digit)
    kiosk.hands.wall_s = wall_s


def _stick(kiosk: SampleKiosk, *names: str, steps: int = 0, gone: bool = False, answered: bool = False) -> None:
    """Sticks of these names are plugged in; the first is chosen, and that many jobs of the desk are done. `answered`
    means that it was at the server since, and that people came to the kiosk meanwhile.
    """
    root = kiosk.world.config.data / "sticks"
    shutil.rmtree(root, ignore_errors=True)
    for name in names:
        (root / name).mkdir(parents=True)
    kiosk.sticks = tuple(Stick(root / name, 7_600 * 2**20) for name in names)
    world, now = kiosk.world, kiosk.clock.now()
    with world.store.transaction() as tx:
        for _ in range(1_284 - world.lobby.counts().captured):
            world.lobby.append(tx, RatingGiven("2027-03-18", 5, "walk-by", "", False), at=now.at, edition=41)
    if answered:
        _carried_to_the_server(kiosk, root / names[0])
    _staff(kiosk, "export")
    if not steps:
        return
    if gone:
        shutil.rmtree(root)
    kiosk.hands.pass_s(1)
    kiosk.presenter.choose(str(kiosk.sticks[0].folder))
    kiosk.worker.jobs_max = steps


def _carried_to_the_server(kiosk: SampleKiosk, folder: Path) -> None:
    world, now = kiosk.world, kiosk.clock.now()
    export = Export(world, now, Stick(folder, 2**30))
    while not export.step().finished:
        pass
    kiosk.answer_stick(folder, edition=world.content.edition + 1)
    with world.store.transaction() as tx:
        for _ in range(57):
            world.lobby.append(tx, RatingGiven("2027-03-18", 5, "walk-by", "", False), at=now.at, edition=41)


def _spoilt(kiosk: SampleKiosk) -> None:
    """A stick that was at the server and rotted in somebody's pocket, brought to a kiosk of which nothing waits."""
    _stick(kiosk, "KINGSTON", answered=True)
    folder = kiosk.sticks[0].folder
    for path in folder.rglob("*.told"):
        path.write_bytes(b"?")
    kiosk.hands.pass_s(1)
    kiosk.presenter.choose(str(folder))


def _full_disk(kiosk: SampleKiosk) -> None:
    presenter = kiosk.presenter
    kiosk.hands.pass_s(1)

    def full() -> None:
        raise DiskFull("no room")

    presenter.work(full, lambda _nothing: None)


def _one_side(kiosk: SampleKiosk) -> None:
    view = kiosk.flow.view
    assert isinstance(view, ThanksView)
    kiosk.do("dimension", view.dimensions[0].id, 5)


def _with_slip(kiosk: SampleKiosk, *then: tuple[Any, ...]) -> None:
    """Type the code of a ticket that was just taken."""
    code = take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th").rating_code
    for verb, *arguments in (("code",), *(("digit", digit) for digit in code), ("use",), *then):
        kiosk.do(verb, *arguments)


def _next_round(kiosk: SampleKiosk) -> None:
    """A round in which nothing was said yet, however often this is drawn."""
    _publish(msgspec.structs.replace(_MAY_RETURN, round=1 + kiosk.world.content.edition))(kiosk)


def _hall(kiosk: SampleKiosk, *, before: int = 4) -> None:
    """Counters have been open since the morning, the lobby's pages are served, and so many wait for the first queue."""
    world, queue, hands = kiosk.world, kiosk.flow.queue, kiosk.hands
    world.lan.state = "serving"
    if queue.look().tickets:
        queue.close(kiosk.clock.now())  # whoever another example has left here
    groups = tuple(group.id for group in kiosk.flow.bundle.office.series)
    queue.seen(kiosk.clock.now(), "1", "open", staff="sample_a", groups=groups)
    for place in range(7 + before):
        take_ticket(world, kiosk.clock.now(), service_id="sign_tax", language="th")
        if place >= before:
            hands.pass_s(200 + 20 * place)
            served = queue.call_next(kiosk.clock.now(), "1", action=world.random(16))
            assert served is not None, "somebody waits"
            queue.move(kiosk.clock.now(), "serve", served.key, "1", action=world.random(16))
            queue.move(kiosk.clock.now(), "finish", served.key, "1", action=world.random(16))


def _called(kiosk: SampleKiosk) -> None:
    queue, view = kiosk.flow.queue, kiosk.flow.view
    assert isinstance(view, TicketView)
    while (ticket := queue.call_next(kiosk.clock.now(), "1", action=kiosk.world.random(16))) is not None:
        if ticket.label == view.label:
            break
        queue.move(kiosk.clock.now(), "absent", ticket.key, "1", action=kiosk.world.random(16))
    kiosk.pass_s(3)


def _faces(kiosk: SampleKiosk) -> None:
    """Colleagues have photos."""
    kiosk.publish(kiosk.world.content.edition + 1, faces=True)


def _no_readers(kiosk: SampleKiosk) -> None:
    _readers(kiosk, named=False)


_PREPARED: Final[dict[str, Callable[[SampleKiosk], None]]] = {
    "status": _publish(_STATUS), "status-open": _publish(_OPEN), "track-missing": _publish(None),
    "status-may-return": _publish(_MAY_RETURN), "returning": _publish(_MAY_RETURN), "status-again": _publish(_AGAIN),
    "returning-need": _publish(_MAY_RETURN), "returning-words": _publish(_MAY_RETURN),
    "status-returned": _next_round,
    "status-confidential": _publish(_SEALED_STATUS),
    "ticket-waiting": _hall, "ticket-called": _hall, "home-hall": _hall,
    "ticket-far": lambda kiosk: _hall(kiosk, before=11),
    "praise-faces": _faces, "service-faces": _faces,
    "doors-closed": _no_readers, "outside-closed": _no_readers,
}  # fmt: skip
_FINISHED: Final[dict[str, Callable[[SampleKiosk], None]]] = {
    "warning": lambda kiosk: kiosk.pass_s(45),
    "ticket-called": _called,
    "staff": _staff,
    "staff-unknown": _unknown,
    "staff-declined": lambda kiosk: _staff(kiosk, link=Link("declined", reason=Reason.BROKEN)),
    "pin": _typed_pin,
    "date": _wrong_clock,
    "stick-none": _stick,
    "stick-choose": lambda kiosk: _stick(kiosk, "KINGSTON", "SALA 1"),
    "stick-reading": lambda kiosk: _stick(kiosk, "KINGSTON", steps=2, answered=True),
    "stick-writing": lambda kiosk: _stick(kiosk, "KINGSTON", steps=3),
    "stick-done": lambda kiosk: _stick(kiosk, "KINGSTON", steps=99),
    "stick-brought": lambda kiosk: _stick(kiosk, "KINGSTON", steps=99, answered=True),
    "stick-spoilt": _spoilt,
    "stick-failed": lambda kiosk: _stick(kiosk, "KINGSTON", steps=99, gone=True),
    "counters": _lobby,
    "counters-open": lambda kiosk: _lobby(kiosk, open_=True),
    "pair": lambda kiosk: _lobby(kiosk, ("go", "pair"), open_=True),
    "pair-done": _paired,
    "pair-off": lambda kiosk: _lobby(kiosk, ("go", "pair")),
    "pins": lambda kiosk: _lobby(kiosk, ("go", "pins"), open_=True),
    "set_pin": lambda kiosk: _lobby(kiosk, ("go", "pins"), ("choose", "sample_a"), *_DIGITS[:4], open_=True),
    "set_pin-weak": lambda kiosk: _lobby(kiosk, ("go", "pins"), ("choose", "sample_b"), *_WEAK),
    "strip": lambda kiosk: _lobby(kiosk, ("go", "strip")),
    "strip-ask": lambda kiosk: _lobby(kiosk, ("go", "strip"), ("choose", "A")),
    "strip-printed": lambda kiosk: _lobby(kiosk, ("go", "strip"), ("choose", "A"), ("print",)),
    "strip-failed": lambda kiosk: _lobby(kiosk, ("go", "strip"), ("choose", "A"), ("print",), broken=True),
    "close": lambda kiosk: _lobby(kiosk, ("go", "close"), open_=True),
    "close-sure": lambda kiosk: _lobby(kiosk, ("go", "close"), ("go_on",), open_=True),
    "close-closed": lambda kiosk: _lobby(kiosk, ("go", "close"), ("go_on",), ("go_on",), open_=True),
    "cleaning": lambda kiosk: _staff(kiosk, "clean"),
    "shutting": lambda kiosk: _staff(kiosk, "shut"),
    "leaving": lambda kiosk: _unknown(kiosk, "enrol_again"),
    "cannot": _full_disk,
    "cannot-ticket": _full_disk,
    "cannot-case": _full_disk,
    "thanks-why": _one_side,
    "rating-slip": _with_slip,
    "thanks-visit": lambda kiosk: _with_slip(kiosk, ("rate", 4)),
}

#: Why a kiosk did not start, for the screen that says so; None where it did and waits for its first content.
STOPPED: Final[dict[str, SalaError | None]] = {
    "closed": WrongKey("signing.key is not the key this kiosk was enrolled with"),
    "closed-damaged": StoreDamaged("/var/lib/sala/store.sala: database disk image is malformed"),
    "closed-empty": None,
}


def _enrol(say: Say, name: str) -> EnrolView:
    """A kiosk that belongs to no office yet, as far as its installer got."""
    _, _, state = name.partition("-")
    typed = EnrolView(
        say, "type", "code", code="7K3M-9QRT-0XVB-2NHE", ready=True, first="ask", address="https://sala.example.go.th"
    )
    name = say("enrol.name", kiosk="ตู้หน้า 1", office="อบต.ศาลาทอง")
    words = EnrolView(say, "words", first="same", second="differ", ready=True, name=name, words=_FOUR)
    return {
        "": EnrolView(say, "type", "address", first="ask"),
        "refused": replace(typed, message=say("enrol.why_code"), message_sub=say("enrol.why_code_do")),
        "read": replace(typed, second="by_stick", message=say("enrol.read"), message_sub=say("enrol.read_do")),
        "carry": EnrolView(say, "carry", first="carry_on", second="again", ready=True),
        "words": replace(words, numbers="1 17 157 182"),
        "differed": EnrolView(say, "differed", first="again", ready=True),
    }[state]


# --- pictures ----------------------------------------------------------------------------------------------------


def picture(
    name: str, kiosk: SampleKiosk, lang: str, *, text_factor: float = 1.0, contrast: bool = False, low: bool = False
) -> Any:
    """A widget that shows the example called `name`, with the question over it where it is asked."""
    from kivy.uix.floatlayout import FloatLayout

    from kiosk.ui import screens
    from kiosk.ui.presenters.trouble import Closed, ClosedView, stopped

    walk(kiosk, name, lang, text_factor=text_factor, contrast=contrast, low=low)
    flow = kiosk.flow
    if name.startswith("enrol"):
        page = screens.build("enrol")
        page.chrome, page.view = flow.chrome, _enrol(flow.say, name)
        return page
    if name in STOPPED:
        page, why = screens.build("closed"), STOPPED[name]
        page.chrome = flow.chrome
        page.view = stopped(why, ClosedView(flow.say)) if why else Closed(flow).present()
        return page
    page = screens.build(flow.step)
    page.show(flow)
    page.entered += 1
    # A page may ask for another view once it knows its room.
    flow.on_change = page.show
    if flow.warning is None:
        return page
    screens.load("warning")
    from kiosk.ui.screens.warning import WarningScreen

    page.masked = True
    over = FloatLayout()
    over.add_widget(page)
    over.add_widget(WarningScreen(flow=flow, warning=flow.warning))
    return over


def register(add: Callable[[str, Callable[[str, tuple[float, float]], Any]], None], folder: Path) -> None:
    """Put every example into the gallery; its sample kiosk lives in `folder` until the program ends."""
    from kiosk.ui.widgets import LOOK

    kiosk = SampleKiosk(folder, settings=SETTINGS)
    kiosk.flow.start()

    def builder(name: str) -> Callable[[str, tuple[float, float]], Any]:
        return lambda lang, _size: picture(name, kiosk, lang, text_factor=LOOK.text_factor, contrast=LOOK.contrast)

    for name in WAYS:
        add(f"screen-{name}", builder(name))
