"""Other kiosks of this lobby: a second one asks here for its numbers, and tells which it gave alone.

    POST /kiosk/join       the code of the staff screen -> a token; then the code is void
    POST /kiosk/ticket     a touch -> a number; the same touch again -> the same number
    POST /kiosk/tickets    numbers given while this kiosk was away; the same again changes nothing

Each request but the first bears a keyed hash that only a paired kiosk can make (`kiosk.host`), and so does each answer.
No browser comes here: what bears no hash is refused before anything is read of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kiosk import host
from kiosk.desk import pairing, services, waiting
from kiosk.desk.tickets import Refused
from kiosk.host import Ask, Given, Join, Joined
from kiosk.lobby.hall import hall
from kiosk.lobby.throttle import Throttle, client
from shared.kinds import TicketJoined

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiosk.lobby.hall import Hall

#: Codes are typed by people; wrong ones end the offer after some tries anyway.
_JOINS: Final = Throttle(burst=10, every_s=6.0)

_encode = msgspec.json.Encoder().encode
_ask: Final = msgspec.json.Decoder(Ask)
_told: Final = msgspec.json.Decoder(list[TicketJoined])
_join: Final = msgspec.json.Decoder(Join)


async def _joined(request: Request) -> Response:
    if not _JOINS.take(client(request)):
        return PlainTextResponse("too often", 429)
    try:
        code = _join.decode(await request.body()).code
    except msgspec.DecodeError:
        return PlainTextResponse("not what a kiosk says", 400)
    at = hall(request)
    token = await run_in_threadpool(lambda: pairing.redeem(at.world, at.clock.now(), code, machine="kiosk"))
    if token is None:
        return PlainTextResponse("this code is not good (any more)", 403)
    return Response(_encode(Joined(token)), media_type="application/json")


async def _ticket(request: Request) -> Response:
    return await _answer(request, _give)


async def _tickets(request: Request) -> Response:
    return await _answer(request, _take_in)


async def _answer(request: Request, act: Callable[[Hall, bytes], bytes]) -> Response:
    """What `act` makes of a body that a paired kiosk has sent, proved like the request."""
    at, body = hall(request), await request.body()
    asked = request.headers.get(host.MAC_HEADER, "")
    key = await run_in_threadpool(pairing.kiosk_key, at.world, request.headers.get(host.GUEST_HEADER, ""))
    if key is None or not host.same(asked, host.request_mac(key, request.url.path, body)):
        return PlainTextResponse("no kiosk of this lobby", 403)
    try:
        answer = await run_in_threadpool(act, at, body)
    except msgspec.DecodeError:
        return PlainTextResponse("not what a kiosk says", 400)
    except (Refused, services.NoSuchService) as error:
        return PlainTextResponse(str(error), 409)
    return Response(
        answer, media_type="application/json", headers={host.MAC_HEADER: host.answer_mac(key, asked, answer)}
    )


def _give(at: Hall, body: bytes) -> bytes:
    key = at.queue.give(at.clock.now(), _ask.decode(body))
    wait = waiting.wait_of(at.world, at.queue.look(), key)
    return _encode(Given(*key, wait.link, wait.ahead, wait.minutes))


def _take_in(at: Hall, body: bytes) -> bytes:
    at.queue.join(at.clock.now(), _told.decode(body))
    return b"{}"


ROUTES: Final = (
    Route(host.JOIN_PATH, _joined, methods=["POST"]),
    Route(host.ASK_PATH, _ticket, methods=["POST"]),
    Route(host.TELL_PATH, _tickets, methods=["POST"]),
)
