"""The lobby's server: one thread with its own event loop beside the kiosk's screen.

    lobby = Lobby(world, clock, queue, port=8080)
    lobby.start()            # returns at once; `world.lan.state` says how it stands
    lobby.close()

The rules of this file:
1. The kiosk goes on whatever happens here. A taken port is said in the diary and on the staff corner, and tried again.
2. Nobody holds a connection for nothing: a request must be there whole within `REQUEST_S`, an answer must be read
   within `STALLED_S`, and there are at most `CONNECTIONS_MAX`, so that the kiosk keeps files to open; `DEVICE_MAX` of
   one device, so that one phone keeps nobody out.
3. It lives and dies with the process: no file of its own, nothing to clean up after a cut.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.desk import duty
from kiosk.lobby.app import application
from kiosk.lobby.feed import Feed
from kiosk.lobby.hall import Hall

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.desk.counters import Queue
    from kiosk.desk.duty import Seat
    from kiosk.desk.turns import Line
    from kiosk.desk.world import World

logger = logging.getLogger(__name__)

REQUEST_S: Final = 10.0
STALLED_S: Final = 20.0
CONNECTIONS_MAX: Final = 700
#: Of which one device has at most so many: as many phones as sit behind one router, and fewer than keep others out.
DEVICE_MAX: Final = 100
#: This machine itself, whose connections nobody else can make.
_OWN: Final = frozenset({"127.0.0.1", "::1"})
#: A port that is taken, or a server that failed, is tried again after so long.
RETRY_S: Final = 10.0
_CLOSE_S: Final = 5.0


class Connection(H11Protocol):
    """One connection with its deadlines (rule 2)."""

    _whole: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX or self._one_too_many():
            transport.abort()
            return
        self._await_request()

    def _one_too_many(self) -> bool:
        device = self.client[0] if self.client else ""
        there = [each for each in self.connections if each.client and each.client[0] == device]  # type: ignore[union-attr]
        return device not in _OWN and len(there) > DEVICE_MAX

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        for timer in (self._whole, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request has its own time."""
        super().on_response_complete()
        self._await_request()

    def pause_writing(self) -> None:
        """Somebody reads too slowly, or not at all."""
        self.flow.pause_writing()
        self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        """What was written is on its way."""
        if self._stalled is not None:
            self._stalled.cancel()
        self.flow.resume_writing()

    def _await_request(self) -> None:
        if self._whole is not None:
            self._whole.cancel()
        self._whole = self.loop.call_later(REQUEST_S, self._look)

    def _look(self) -> None:
        """A request that is there whole may be answered for as long as it takes: a stream does so all day."""
        if str(self.conn.their_state) in {"IDLE", "SEND_BODY"}:  # none was begun, or its body is still coming
            self.transport.abort()


class Lobby:
    """The server of one kiosk's lobby. Not started twice."""

    def __init__(self, world: World, clock: Clock, queue: Queue, *, port: int, host: str = "0.0.0.0") -> None:  # noqa: S104 - the office's network is whom it serves
        self._world, self._clock, self._queue = world, clock, queue
        self._at = host, port
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="lobby", daemon=True)
        self.feed = Feed(self._look, clock)
        world.store.watch(self.feed.changed)

    @property
    def port(self) -> int:
        """The port it serves, once it does: another than asked for where that was 0."""
        return self._at[1]

    def start(self) -> None:
        """Begin to serve, in the background."""
        self._world.lan.state = "starting"
        self._thread.start()

    def close(self) -> None:
        """Let everybody go and end the thread."""
        with self._lock:
            self._closing.set()
            if self._server is not None:
                self._server.should_exit = True
        self.feed.close()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_S)
        self._world.lan.state = "off"

    def _look(self) -> tuple[Line, dict[int, Seat]]:
        return self._queue.look(), duty.seats(self._queue, self._clock.now())

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with _listening(self._at) as listener:
                    self._at = listener.getsockname()
                    self._serve(listener)
                if not self._closing.is_set():
                    self._world.lan.state = "starting"
            except OSError as error:
                self._failed("port_taken", f"cannot serve the lobby's pages at port {self._at[1]}: {error}")
            except Exception:
                logger.exception("the lobby's server failed; it is started again")
                self._failed("failed", "")

    def _serve(self, listener: socket.socket) -> None:
        hall = Hall(self._world, self._clock, self._queue, self.feed)
        config = uvicorn.Config(
            application(hall), http=Connection, ws="none", loop="asyncio", lifespan="on", log_config=None,
            access_log=False, proxy_headers=False, server_header=False, date_header=False, backlog=256,
            timeout_keep_alive=5, timeout_graceful_shutdown=1,
        )  # fmt: skip
        # Whoever sends garbage is answered and not written down: a diary must not be filled from outside.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        server = _Server(config, self._serving)
        with self._lock:
            if self._closing.is_set():
                return
            self._server = server
        server.run(sockets=[listener])

    def _serving(self) -> None:
        self._world.lan.state = "serving"
        logger.info("the lobby's pages are served at port %d", self._at[1])

    def _failed(self, state: Any, why: str) -> None:
        if why and self._world.lan.state != state:
            logger.error("%s; tried again every %d s", why, RETRY_S)
        self._world.lan.state = state
        self._closing.wait(RETRY_S)


class _Server(uvicorn.Server):
    """Uvicorn that says when it answers."""

    def __init__(self, config: uvicorn.Config, serving: Any) -> None:
        super().__init__(config)
        self._serving = serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._serving()


def _listening(at: tuple[str, int]) -> socket.socket:
    """A socket that listens. Raises `OSError` where the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(at)
    except OSError:
        listener.close()
        raise
    return listener
