"""The board's routes: its page, its events, the sound of a call, and how the board says that it is well.

    http://<kiosk>:<port>/board          open it in the television's browser; nobody signs in, nothing can be pressed

What it shows is `kiosk.lobby.board`; which of its calls are said aloud, and by whom, is `kiosk.desk.announcing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kiosk.desk.announcing import announce, heard
from kiosk.desk.boards import BoardSound
from kiosk.desk.sounding import chime
from kiosk.devices.voices import write_wav
from kiosk.lobby import board
from kiosk.lobby.feed import Stream
from kiosk.lobby.files import page
from kiosk.lobby.hall import hall
from kiosk.lobby.throttle import Throttle, client

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiosk.lobby.feed import Seen

#: A board asks for one sound after another; who asks for more has no board. Each costs some milliseconds to join.
_SOUNDS: Final = Throttle(burst=30, every_s=2.0)


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    """What a board says of itself."""

    sound: BoardSound


_told: Final = msgspec.json.Decoder(_Told)


async def _page(request: Request) -> Response:
    del request
    return page("board.html", "th")


async def _root(request: Request) -> Response:
    """Whoever types the bare address, most often for the television."""
    del request
    return RedirectResponse("/board")


async def _events(request: Request) -> Stream:
    world = hall(request).world

    def view(seen: Seen) -> board.View:
        return board.look(world, seen.line, seen.moment, heard(world, seen.moment.at.mono_ms))

    return Stream(hall(request).feed, "board", view)


async def _seen(request: Request) -> Response:
    try:
        told = _told.decode(await request.body())
    except msgspec.DecodeError:
        return PlainTextResponse("not what a board says", 400)
    world, clock = hall(request).world, hall(request).clock
    world.boards.tell(client(request), told.sound, clock.mono_ms())
    return Response(status_code=204)


async def _sound(request: Request) -> Response:
    """One call as the kiosk would say it, or the chime by which a board finds out whether it may sound."""
    if not _SOUNDS.take(client(request)):
        return PlainTextResponse("one after another", 429)
    world, name = hall(request).world, str(request.path_params["name"])
    call = next((each for each in hall(request).feed.seen.line.calls if str(each.id) == name), None)
    if name == "chime":
        samples = chime()
    elif call is None:
        return PlainTextResponse("nobody was called so", 404)
    else:
        samples = (await run_in_threadpool(announce, world, call)).samples
    if not samples:
        return PlainTextResponse("no voice says this", 404)
    return Response(await run_in_threadpool(write_wav, samples), media_type="audio/wav")


ROUTES: Final = (
    Route("/", _root),
    Route("/board", _page),
    Route("/board/events", _events),
    Route("/board/seen", _seen, methods=["POST"]),
    Route("/board/sound/{name}.wav", _sound),
)
