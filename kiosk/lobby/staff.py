"""The counter's routes: letting a browser in, sitting down, what the page is told and what it presses.

    /pair                 the code of the kiosk's staff screen, scanned (behind the hash) or typed
    /counter              who sits here: position, counter, groups, PIN; then the counter itself
    /counter/hand-over    the same question again, for somebody else, while the seat is taken
    /counter/events       the whole state, at each change
    /counter/press        one press: {"action": <32 hex>, "move": ..., "key": ...} -> {}, or 409 with a sentence

What the page shows is `kiosk.lobby.counter`; what a press does is `kiosk.desk.counters.Queue`; who may press is
`kiosk.desk.duty`. A press that comes again under the same action is answered as the first was.

The rules of this file:
1. A page names nobody: the browser says which position it means, the kiosk keeps who that is.
2. Every press is of the seat that the kiosk has for this browser, whatever the page says.
3. The event loop waits for no disk: what reads or writes the store runs on a thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kiosk.desk import duty, pairing, queue
from kiosk.desk.duty import Seat, WaitFirst, WrongPin
from kiosk.desk.tickets import CORRECTIONS, Key, Refused
from kiosk.lobby import counter
from kiosk.lobby.feed import Stream
from kiosk.lobby.files import as_json, page
from kiosk.lobby.hall import hall
from kiosk.lobby.throttle import Throttle, client
from kiosk.lobby.words import sentence
from kiosk.store import CannotRecord

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiosk.desk.pairing import Browser
    from kiosk.lobby.feed import Seen
    from kiosk.lobby.hall import Hall
    from shared.content import Bundle

T = TypeVar("T")

COOKIE: Final = "sala_browser"
LANGUAGE_COOKIE: Final = "sala_language"
LANGUAGES: Final = ("th", "ms")
#: As long as browsers keep one at all; staff shut a browser out on the kiosk.
_COOKIE_S: Final = 400 * 24 * 3600
#: Wrong codes that one device may try: ten at once, then one in twelve seconds.
_CODES: Final = Throttle(burst=10, every_s=12.0)
_HAND_OVER: Final = "/counter/hand-over"
_Short = Annotated[str, Meta(max_length=64)]


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    code: _Short


class _SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """`person` is a place in the list that the page was given; `pin` is theirs."""

    person: int
    counter: _Short
    groups: Annotated[list[_Short], Meta(min_length=1, max_length=64)]
    pin: _Short


class _Press(msgspec.Struct, forbid_unknown_fields=True):
    """`key` is a ticket's, "2026-11-30/A/27"; the others as `Queue.move` takes them."""

    action: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    move: _Short
    key: _Short = ""
    to_counter: _Short = ""
    to_service: _Short = ""
    priority: _Short = ""
    reason: _Short = ""
    number: _Short = ""


class WrongRequest(Exception):
    """A body that no page of this kiosk's edition sends."""


# --- letting a browser in ------------------------------------------------------------------------------------------


async def _pair_page(request: Request) -> Response:
    return page("pair.html", _language(request), words=("pair.", "lobby."))


async def _pair(request: Request) -> Response:
    there, language = hall(request), _language(request)
    told = await _read(request, _Code)
    if told is None:
        return _say(400, "queue.wrong_request", language)
    if _CODES.left(client(request)) < 1:
        return _say(429, "pair.often", language)
    machine = _machine(request.headers.get("user-agent", ""))
    redeem = partial(pairing.redeem, there.world, there.clock.now(), told.code, machine=machine)
    try:
        token = await run_in_threadpool(redeem)
    except CannotRecord:
        return _say(503, "queue.cannot_record", language)
    if token is None:
        _CODES.take(client(request))
        return _say(409, "pair.wrong", language)
    answer = _json({})
    answer.set_cookie(COOKIE, token, max_age=_COOKIE_S, httponly=True, samesite="strict")
    return answer


def _machine(agent: str) -> str:
    """What the browser says it runs on, for the staff screen's list."""
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"


async def _language_page(request: Request) -> Response:
    """Change the language of this browser's pages."""
    chosen = request.path_params["language"]
    answer = RedirectResponse("/counter", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_COOKIE_S, samesite="strict")
    return answer


# --- sitting down --------------------------------------------------------------------------------------------------


async def _counter_page(request: Request) -> Response:
    there, language = hall(request), _language(request)
    browser = await _browser(request)
    if browser is None:
        return RedirectResponse("/pair", 303)
    seat = await _seat(there, browser)
    bundle = there.world.content.bundle
    if seat is None or request.url.path == _HAND_OVER:
        offered = await run_in_threadpool(_sign_in_data, there, bundle, language, seat is not None)
        return page("sign.html", language, words=("sign.", "lobby."), values={"data": as_json(offered)})
    return page(
        "counter.html",
        language,
        words=("counter.", "lobby.", "queue."),
        values={"data": as_json(_counter_data(bundle, language))},
    )


def _sign_in_data(there: Hall, bundle: Bundle | None, language: str, seated: bool) -> object:
    line, world = there.queue.look(), there.world
    able = duty.with_pin(world)
    people = [
        {"person": at, "title": counter.titled(person, language)}
        for at, person in enumerate(duty.people(bundle))
        if person.id in able
    ]
    seats = duty.seats(there.queue, there.clock.now()).values()
    taken = {seat.counter: counter.position(bundle, seat.staff, language) for seat in seats}
    names = counter.counters(world, line)
    return {
        "people": people,
        "counters": [{"counter": each, "taken": taken.get(each, "")} for each in names],
        "groups": _groups(bundle, language),
        "seated": seated,
    }


def _groups(bundle: Bundle | None, language: str) -> list[dict[str, str]]:
    return [{"id": each.id, "name": each.name.into(language)} for each in bundle.office.series] if bundle else []


def _counter_data(bundle: Bundle | None, language: str) -> object:
    """What a counter may choose from: services to send somebody on to, priorities and why one is corrected."""
    services = bundle.services if bundle else []
    return {
        "services": [{"id": each.id, "title": each.title.into(language)} for each in services],
        "groups": _groups(bundle, language),
        "priorities": ["", *(queue.priorities(bundle) if bundle else ())],
        "corrections": list(CORRECTIONS),
    }


async def _sign_in(request: Request) -> Response:
    there, language = hall(request), _language(request)
    browser = await _browser(request)
    if browser is None:
        return _say(401, "sign.not_paired", language)
    told = await _read(request, _SignIn)
    bundle = there.world.content.bundle
    if told is None or not _may_sit(there, bundle, told):
        return _say(400, "queue.wrong_request", language)
    staff = duty.people(bundle)[told.person].id
    seat = Seat(staff, told.counter, tuple(told.groups))
    try:
        await run_in_threadpool(duty.sign_in, there.queue, there.clock.now(), browser, seat, told.pin)
    except WrongPin:
        return _say(409, "sign.wrong", language)
    except WaitFirst as error:
        return _say(429, "sign.wait", language, seconds=str(error.seconds))
    except CannotRecord:
        return _say(503, "queue.cannot_record", language)
    await there.feed.renewed()
    return _json({})


def _may_sit(there: Hall, bundle: Bundle | None, told: _SignIn) -> bool:
    """Whether person, counter and groups are of those that the page offered."""
    known = {each.id for each in bundle.office.series} if bundle else set()
    names = counter.counters(there.world, there.feed.seen.line)
    return 0 <= told.person < len(duty.people(bundle)) and told.counter in names and known.issuperset(told.groups)


async def _sign_out(request: Request) -> Response:
    there = hall(request)
    browser = await _browser(request)
    if browser is not None:
        try:
            await run_in_threadpool(duty.sign_out, there.queue, there.clock.now(), browser.number)
        except CannotRecord:
            return _say(503, "queue.cannot_record", _language(request))
        await there.feed.renewed()
    return _json({})


# --- the counter ---------------------------------------------------------------------------------------------------


async def _events(request: Request) -> Stream:
    there, language = hall(request), _language(request)
    browser = await _browser(request)
    number = browser.number if browser else 0

    def view(seen: Seen) -> counter.View:
        seat = seen.seats.get(number)
        if seat is None:
            return counter.away()
        make = partial(_view, there, seat, language)
        return seen.once(("counter", seat, language), make)

    return Stream(there.feed, ("browser", number, language), view)


def _view(there: Hall, seat: Seat, language: str, seen: Seen) -> counter.View:
    return counter.look(there.world, seen.line, seen.moment, seat, language)


async def _press(request: Request) -> Response:
    there, language = hall(request), _language(request)
    told = await _read(request, _Press)
    if told is None:
        return _say(400, "queue.wrong_request", language)
    browser = await _browser(request)
    seat = await _seat(there, browser) if browser else None
    if seat is None:
        return _say(401, "sign.away", language)
    try:
        await run_in_threadpool(_do, there, seat, told)
    except Refused as refused:
        return _say(409, refused.why, language, counter=refused.counter)
    except WrongRequest:
        return _say(400, "queue.wrong_request", language)
    except CannotRecord:
        return _say(503, "queue.cannot_record", language)
    await there.feed.renewed()
    return _json({})


def _do(there: Hall, seat: Seat, press: _Press) -> None:
    """One press of one seat. Raises `Refused`, `WrongRequest`, `CannotRecord`."""
    verb = _VERBS.get(press.move, _move)
    verb(there, seat, press, bytes.fromhex(press.action))


def _move(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    there.queue.move(
        there.clock.now(), press.move, _key(press.key), seat.counter, action=action, to_counter=press.to_counter,
        to_service=press.to_service, priority=press.priority, reason=press.reason,
    )  # fmt: skip


def _next(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    del press
    if there.queue.pressed(action):
        return
    if there.queue.call_next(there.clock.now(), seat.counter, action=action) is None:
        raise Refused("queue.nobody")


def _finish_next(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    """Two moves under one press: each has its own action, so that a press that comes again does what is left of it."""
    finish = msgspec.structs.replace(press, move="finish")
    _move(there, seat, finish, action)
    then = hashlib.sha256(b"next" + action).digest()[: len(action)]
    if not there.queue.pressed(then):
        there.queue.call_next(there.clock.now(), seat.counter, action=then)


def _walk_in(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    if not there.queue.pressed(action):
        there.queue.walk_in(there.clock.now(), seat.counter, action=action, service_id=press.to_service)


def _paper(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    """What was served on paper while there was no power, by the number on the strip."""
    key = _labelled(there, press.number)
    there.queue.enter_paper(there.clock.now(), seat.counter, key, action=action, service_id=press.to_service)


def _stands(there: Hall, seat: Seat, press: _Press, action: bytes) -> None:
    """The counter opens or pauses; the same press again says the same again."""
    del action
    state: Any = press.move
    there.queue.seen(there.clock.now(), seat.counter, state, staff=seat.staff, groups=seat.groups)


#: What is more, or other, than one move of a ticket.
_VERBS: Final[Mapping[str, Callable[[Hall, Seat, _Press, bytes], None]]] = {
    "next": _next,
    "finish_next": _finish_next,
    "walk_in": _walk_in,
    "paper": _paper,
    "open": _stands,
    "pause": _stands,
}


def _key(written: str) -> Key:
    day, _, rest = written.partition("/")
    series, _, number = rest.partition("/")
    if not (day and series and number.isascii() and number.isdigit() and len(number) < 10):
        raise WrongRequest
    return day, series, int(number)


def _labelled(there: Hall, label: str) -> Key:
    """The ticket with this label, as somebody reads it off paper."""
    typed = label.strip().upper().replace(" ", "")
    letters = typed.rstrip("0123456789")
    number = typed[len(letters) :]
    if not (letters and number and len(number) < 10):
        raise Refused("queue.no_strip")
    return there.queue.look().of_paper(letters, int(number))


# --- requests and answers ------------------------------------------------------------------------------------------


async def _browser(request: Request) -> Browser | None:
    token = request.cookies.get(COOKIE, "")
    return await run_in_threadpool(pairing.find, hall(request).world, token) if token else None


async def _seat(there: Hall, browser: Browser) -> Seat | None:
    return (await run_in_threadpool(duty.seats, there.queue, there.clock.now())).get(browser.number)


def _language(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


async def _read(request: Request, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.DecodeError:
        return None


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _say(status: int, why: str, language: str, **values: str) -> Response:
    """A refusal: which, by whom, and what to do about it."""
    said = sentence(why, language, **values)
    return _json({"why": why, "counter": values.get("counter", ""), "say": said}, status)


ROUTES: Final = (
    Route("/pair", _pair_page),
    Route("/pair", _pair, methods=["POST"]),
    Route("/language/{language}", _language_page),
    Route("/counter", _counter_page),
    Route(_HAND_OVER, _counter_page),
    Route("/counter/sign-in", _sign_in, methods=["POST"]),
    Route("/counter/sign-out", _sign_out, methods=["POST"]),
    Route("/counter/events", _events),
    Route("/counter/press", _press, methods=["POST"]),
)
