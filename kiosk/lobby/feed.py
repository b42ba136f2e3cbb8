"""How the queue reaches every open page: one look at each change, shared by all who listen.

A press or a new ticket ends in a commit; the store tells `Feed.changed`, whichever thread it was. One task then takes a
copy of the line, and every stream is woken to tell its view of it. Views are made once for all who see the same, so ten
pages cost what one costs; changes that come together are told together.

    Stream(feed, "board", view)                    # a route's answer; view(seen) -> what becomes JSON
    feed.seen.once("places", count)                # what several views need, counted once

The rules of this file:
1. Each event is the whole state: a reconnect is a re-read, a slow reader gets the newest state and no old one.
2. At least every `BEAT_S` each stream says something; who hears nothing for longer is not connected.
3. The event loop takes no lock and waits for no disk: the line is copied on another thread, views read the copy.
4. A press is answered once the pages can show it (`Feed.renewed`): the page after it is never older.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool

from kiosk.desk.tickets import between_ms

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from kiosk.clock import Clock, Moment
    from kiosk.desk.duty import Seat
    from kiosk.desk.turns import Line
    from shared.records import At

logger = logging.getLogger(__name__)

T = TypeVar("T")

BEAT_S: Final = 4.0
#: Changes within so long are told as one; well below what an eye notices between a press and the board.
GATHER_S: Final = 0.04
#: What was made of the line is good for so long: ages in it go on meanwhile.
FRESH_MS: Final = 1000
_RETRY_S: Final = 1.0
#: A press is answered at the latest after so long, whether the line could be read or not: it is recorded.
_RENEWED_S: Final = 2.0
#: Its multiples, without their whole part, never crowd anywhere.
_GOLDEN: Final = 0.618034

_encode = msgspec.json.Encoder().encode


class Seen:
    """The line as it was at one change, who sat where (browser -> seat), and what was made of it since."""

    def __init__(self, line: Line, seats: Mapping[int, Seat], now: Callable[[], Moment]) -> None:
        self.line = line
        self.seats = seats
        self.moment = now()
        """When the values that are being made are made: ages count up to here."""
        self._now = now
        self._made: dict[Hashable, tuple[int, Any]] = {}

    def once(self, name: Hashable, make: Callable[[Seen], T]) -> T:
        """What `make` made of this line, at most `FRESH_MS` ago."""
        self.moment = self._now()
        mono_ms = self.moment.at.mono_ms
        made = self._made.get(name)
        if made is None or mono_ms - made[0] > FRESH_MS:
            made = self._made[name] = mono_ms, make(self)
        value: T = made[1]
        return value

    def age_ms(self, since: At) -> int | None:
        """Milliseconds from then to now; None where no clock can tell."""
        return between_ms(since, self.moment.at)


class Feed:
    """The newest look at the line. `changed` and `close` come from any thread, all else belongs to the loop."""

    def __init__(self, look: Callable[[], tuple[Line, Mapping[int, Seat]]], clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stirred = asyncio.Event()
        self._waiters: set[asyncio.Future[None]] = set()
        self.seen = Seen(*look(), clock.now)
        self.version = 0
        self.open = True
        self._changes = self._shown = 0

    # --- from any thread ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something was recorded."""
        self._changes += 1
        self._on_loop(self._stirred.set)

    def close(self) -> None:
        """Let every stream end."""
        self.open = False
        self._on_loop(self._wake)

    def _on_loop(self, fn: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(fn)
        except RuntimeError:
            logger.debug("the lobby's loop ended meanwhile; nobody listens")

    # --- on the loop ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look at each change, for as long as the server runs."""
        self._stirred = asyncio.Event()  # a server that was started again has another loop
        self._stirred.set()
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                shows = self._changes
                try:
                    line, seats = await run_in_threadpool(self._look)
                except Exception:
                    # Whatever it was: pages that beat on with an old queue would be believed.
                    logger.exception("the queue cannot be read for the lobby's pages; it is tried again")
                    self._stirred.set()
                    await asyncio.sleep(_RETRY_S)
                    continue
                self.seen = Seen(line, seats, self._clock.now)
                self._shown = shows
                self.version += 1
                self._wake()
                await asyncio.sleep(GATHER_S)
        finally:
            self._loop = None

    async def renewed(self) -> None:
        """Return once `seen` has all that was recorded before this was called, or after `_RENEWED_S` without."""
        loop = asyncio.get_running_loop()
        wanted, deadline = self._changes, loop.time() + _RENEWED_S
        while self.open and self._shown < wanted and (left := deadline - loop.time()) > 0:
            await self.after(self.version, left)

    async def after(self, version: int, timeout_s: float) -> None:
        """Return once the line is another than `version`, the feed is closed, or the time is over."""
        if self.version != version or not self.open:
            return
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        timer = loop.call_later(timeout_s, _end, waiter)
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiters.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            _end(waiter)


def _end(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Stream:
    """Server-sent events: the whole state at once, at each change, and at every beat. An answer of a route.

    `name` is shared by those who see the same. Where hundreds listen, each of them is told within `pace_s` of a change,
    one here and one there: those who wait for nobody come first, and the kiosk's screen keeps its turns in between.
    """

    _phases = itertools.count()

    def __init__(self, feed: Feed, name: Hashable, view: Callable[[Seen], object], *, pace_s: float = 0.0) -> None:
        self._feed = feed
        self._name = ("event", name)
        self._view = view
        self._pace_s = pace_s * (0.2 + 0.8 * (next(self._phases) * _GOLDEN % 1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until the reader is gone or the feed closes."""
        del scope
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(_left(receive))
        try:
            while self._feed.open and not gone.done():
                version = self._feed.version
                event = self._feed.seen.once(self._name, self._event)
                await send({"type": "http.response.body", "body": event, "more_body": True})
                await self._feed.after(version, BEAT_S)
                if self._pace_s:
                    await asyncio.sleep(self._pace_s)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()

    def _event(self, seen: Seen) -> bytes:
        return b"data: " + _encode(self._view(seen)) + b"\n\n"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
