"""A ticket on its holder's phone, opened by the QR code on the slip, over the office's own Wi-Fi.

    http://<kiosk>:<port>/t/A027-k3f9xq           the ticket, in its own language
    .../t/A027-k3f9xq/ms                          in another
    .../t/A027-k3f9xq/ms/events, /late            its events; "I will be late"

`look` is what the page shows, as a value. It names no person and no service, only the group that also stands on the
board. The page is whole without a script: it then loads itself anew, and its one button is a form.

The rules of this file:
1. A name that is nobody's gets one and the same clear page, however it is wrong, and a device has few tries.
2. "Late" is one press, one record, and only some times an hour for one ticket: it costs the kiosk's disk a write.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, cast
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kiosk.clock import Moment
from kiosk.desk import ticket_link
from kiosk.desk.tickets import Key, Refused, Waiting
from kiosk.desk.turns import BEHIND, Line
from kiosk.desk.world import World
from kiosk.lobby.feed import Stream
from kiosk.lobby.files import build, page
from kiosk.lobby.hall import hall
from kiosk.lobby.throttle import Throttle, client
from kiosk.lobby.words import sentence
from kiosk.store import CannotRecord
from shared import thai

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiosk.lobby.feed import Seen

Language = Literal["th", "ms", "en"]
LANGUAGES: Final = {"th": "ไทย", "ms": "Melayu", "en": "English"}

#: Wrong names from one device, and then one more in so many seconds: thirty bits are not found like that.
_GUESSES: Final = Throttle(burst=20, every_s=15.0)
#: Looks of one device, at pages and events alike: as many as the phones behind one router need.
_LOOKS: Final = Throttle(burst=120, every_s=0.5)
#: "Late" for one ticket.
_LATES: Final = Throttle(burst=3, every_s=600.0)

_ICONS: Final = {
    "waiting": "ticket", "called": "bell-ringing", "serving": "user-circle", "held": "pause-circle",
    "missed": "hand-palm", "served": "check-circle", "left": "x-circle", "no_show": "clock", "not_served": "moon",
    "unfinished": "moon",
}  # fmt: skip


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page, in one language. `state` is the ticket's, or "gone"; `calls` counts how often it was called."""

    build: str
    label: str
    group: str
    state: str
    icon: str
    title: str
    counter: str
    line: str
    ahead: str
    wait: str
    at: str
    calls: int


def look(world: World, line: Line, moment: Moment, key: Key, language: Language, places: Mapping[Key, int]) -> View:
    """What the holder of this ticket sees now. The key is one of the line's, `places` are `line.places()`."""
    ticket = line.tickets.get(key)
    if ticket is not None and ticket.day < line.service_date:
        ticket = None  # left over; the first press of the new day ends it
    ended = line.gone[key].end if key in line.gone else "not_served"
    word = ticket.state if ticket else ended
    ahead = places.get(key)
    counter = ticket.counter if ticket else ""
    label = f"{key[1]}{key[2]:03d}"
    return View(
        build=build(),
        label=label,
        group=_group(world, ticket, language) if ticket else "",
        state=ticket.state if ticket else "gone",
        icon=_ICONS[word],
        title=sentence("ticket.next" if ahead == 0 else f"ticket.{word}", language),
        counter=counter,
        line=sentence(f"ticket.{word}_line", language, label=label, counter=counter),
        ahead=str(ahead or 0),
        wait=_wait(line, ticket, ahead, language),
        at=_at(moment, language),
        calls=ticket.calls if ticket else 0,
    )


def _group(world: World, ticket: Waiting, language: Language) -> str:
    bundle = world.content.bundle
    found = next((each for each in bundle.office.series if each.id == ticket.group), None) if bundle else None
    return found.name.into(language) if found else ticket.public_label


def _wait(line: Line, ticket: Waiting | None, ahead: int | None, language: Language) -> str:
    wait = None if ticket is None or ahead is None else line.range_min(ticket.group, ahead)
    if wait is None:
        return sentence("ticket.wait_unknown", language)
    low, high = wait
    return sentence("ticket.wait_below" if low == 0 else "ticket.wait_range", language, low=str(low), high=str(high))


def _at(moment: Moment, language: Language) -> str:
    """When this was told, where the clock is trusted."""
    if moment.wall is None or not moment.trusted:
        return sentence("ticket.live", language)
    local = moment.wall.astimezone(thai.OFFICE_ZONE)
    return sentence("ticket.as_of", language, time=f"{local:%H.%M.%S}")


# --- routes --------------------------------------------------------------------------------------------------------


async def _page(request: Request) -> Response:
    """The ticket, or why there is none to see."""
    key = await _key(request)
    language = _language(request, key)
    if not isinstance(key, tuple):
        return _none(request, key, language)
    seen = hall(request).feed.seen
    view = look(hall(request).world, seen.line, hall(request).clock.now(), key, language, _places(seen))
    values = {name: str(value) for name, value in msgspec.structs.asdict(view).items()}
    return page("ticket.html", language, values={
        **values, **_frame(request, language), "address": f"/t/{request.path_params['name']}/{language}",
        "action": secrets.token_hex(16), "behind": str(BEHIND["late"]),
    })  # fmt: skip


async def _events(request: Request) -> Response | Stream:
    key = await _key(request)
    if not isinstance(key, tuple):
        return Response(status_code=key)
    found, world, language = key, hall(request).world, _language(request, key)

    def view(seen: Seen) -> View:
        return look(world, seen.line, seen.moment, found, language, _places(seen))

    return Stream(hall(request).feed, ("ticket", found, language), view, pace_s=1.0)


def _places(seen: Seen) -> dict[Key, int]:
    """Counted once for all phones that look."""
    return seen.once("places", lambda each: each.line.places())


async def _late(request: Request) -> Response:
    """The holder will be late. Answers a script with JSON, a plain form with the page again."""
    key = await _key(request)
    language = _language(request, key)
    if not isinstance(key, tuple):
        return _none(request, key, language)
    there = hall(request)
    plain = "application/json" not in request.headers.get("accept", "")
    action = _action(await request.body())
    well = action is not None and _LATES.take("/".join(map(str, key)))
    if well and action is not None:
        try:
            await run_in_threadpool(lambda: there.queue.move(there.clock.now(), "late", key, action=action))
            await there.feed.renewed()
        except (Refused, CannotRecord):
            well = False
    if plain:
        return RedirectResponse(f"/t/{request.path_params['name']}/{language}#{'done' if well else 'refused'}", 303)
    return JSONResponse({"action": secrets.token_hex(16)} if well else {}, 200 if well else 409)


async def _key(request: Request) -> Key | int:
    """Which ticket is meant; else the status that says why none is."""
    device = client(request)
    if not _LOOKS.take(device) or _GUESSES.left(device) < 1:
        return 429
    there = hall(request)
    line, name = there.feed.seen.line, str(request.path_params["name"])
    key = await run_in_threadpool(ticket_link.read, there.world, line, name)
    if key is None:
        _GUESSES.take(device)
        return 404
    return key


def _language(request: Request, key: Key | int) -> Language:
    """The one in the address; else the ticket's; else the first that the browser would have."""
    ticket = hall(request).feed.seen.line.tickets.get(key) if isinstance(key, tuple) else None
    asked = request.headers.get("accept-language", "").replace(";", ",").split(",")
    wanted = (request.path_params.get("language", ""), ticket.language if ticket else "", *asked)
    known = (each.strip()[:2].lower() for each in wanted)
    return cast("Language", next((each for each in known if each in LANGUAGES), "th"))


def _action(body: bytes) -> bytes | None:
    """The number of the press in a form; None where there is none."""
    try:
        action = bytes.fromhex(parse_qs(body.decode("ascii"), max_num_fields=4)["action"][0])
    except (ValueError, KeyError):
        return None
    return action if len(action) == 16 else None


def _none(request: Request, status: int, language: Language) -> Response:
    word = "ticket.slow" if status == 429 else "ticket.none"
    return page("ticket_none.html", language, status=status, values={
        **_frame(request, language), "title": sentence(word, language), "line": sentence(f"{word}_line", language),
        "icon": "clock" if status == 429 else "ticket",
    })  # fmt: skip


def _frame(request: Request, language: Language) -> dict[str, str]:
    """What every page of tickets has: the office, and the same page in the other languages."""
    bundle = hall(request).world.content.bundle
    name = str(request.path_params["name"])
    safe = name if name.replace("-", "").isalnum() and name.isascii() else "-"
    links = "".join(
        f'<a href="/t/{safe}/{each}" lang="{each}"{" aria-current=true" if each == language else ""}>{said}</a>'
        for each, said in LANGUAGES.items()
    )
    office = bundle.office.short_name.into(language) if bundle else hall(request).world.identity.office_name
    return {"office": office, "languages": links}


ROUTES: Final = (
    Route("/t/{name}", _page),
    Route("/t/{name}/{language}", _page),
    Route("/t/{name}/{language}/events", _events),
    Route("/t/{name}/{language}/late", _late, methods=["POST"]),
)
