"""A line that misbehaves as ordered, byte by byte: what stands between a real kiosk and a real server.

    with Proxy(server_port) as line:
        line.fault = lambda nth: Fault(cut_up=700)      # the nth connection since: ends after 700 bytes of the kiosk's
        ...
        line.carried                                    # bytes (up, down) of each connection that ended

The proxy knows nothing of HTTP, except where it answers itself (`page`). With `context` it speaks TLS to the kiosk, as
the office's web server does before Sala.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self

_CHUNK_BYTES = 65536
#: Nobody answers a replay; this long without a byte, it is over.
_REPLAY_QUIET_S = 0.4


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one connection. Bytes "up" come from the kiosk, "down" from the server; None: no limit.

    `cut_down=0` is an answer lost: the server did its work. `replay`: afterwards, everything the kiosk said is said
    again so many times, on connections of their own. `page`: whoever answers is not the server. `altered`: the last
    byte of each answer is another one.
    """

    cut_up: int | None = None
    cut_down: int | None = None
    reset: bool = False
    delay_s: float = 0.0
    byte_s: float = 0.0
    replay: int = 0
    page: bytes | None = None
    altered: bool = False


@dataclass(eq=False)
class _Pair:
    """One connection of the kiosk's and what became of it."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    reset: bool
    up: int = 0
    down: int = 0
    said: bytearray = field(default_factory=bytearray)

    def end(self) -> None:
        """Close both sides; a reset throws away what is still on the way."""
        for writer in (self.near, self.far):
            if self.reset:
                raw = writer.get_extra_info("socket")
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()


class Proxy:
    """Listens on loopback and passes on to `server_port`. `fault` may be changed at any time, from any thread."""

    def __init__(self, server_port: int, *, context: ssl.SSLContext | None = None) -> None:
        self.server_port = server_port
        self.fault: Callable[[int], Fault] = lambda _nth: Fault()
        self.carried: list[tuple[int, int]] = []
        self.replayed = 0
        self.port = 0
        self._context = context
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where the kiosk finds it."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def plan(self, *faults: Fault) -> None:
        """The next connections get these faults, one each; those after them none."""
        start = self._count
        self.fault = lambda nth: faults[nth - start] if 0 <= nth - start < len(faults) else Fault()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context, backlog=2048)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in (pending := asyncio.all_tasks(self._loop)):
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        # Cancelled when the block ends: asyncio would complain of a handler that says so.
        with contextlib.suppress(asyncio.CancelledError):
            await self._carry(reader, near)

    async def _carry(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        fault = self.fault(self._count)
        self._count += 1
        if fault.page is not None:
            await _answer(reader, near, fault)
            return
        try:
            answers, far = await asyncio.open_connection("127.0.0.1", self.server_port)
        except OSError:
            near.close()
            return
        pair = _Pair(near, far, fault.reset)
        up = self._spawn(_pass_up(reader, pair, fault))
        down = self._spawn(_pass_down(answers, pair, fault))
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        pair.end()
        up.cancel()
        down.cancel()
        self.carried.append((pair.up, pair.down))
        for _ in range(fault.replay):
            await self._replay(bytes(pair.said))
            self.replayed += 1

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _replay(self, said: bytes) -> None:
        answers, far = await asyncio.open_connection("127.0.0.1", self.server_port)
        far.write(said)
        with contextlib.suppress(TimeoutError, OSError):
            while await asyncio.wait_for(answers.read(_CHUNK_BYTES), _REPLAY_QUIET_S):
                pass
        far.close()


async def _pass_up(source: asyncio.StreamReader, pair: _Pair, fault: Fault) -> None:
    """The kiosk's bytes to the server, until either has enough or the cut."""
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    with contextlib.suppress(OSError):
        while fault.cut_up is None or pair.up < fault.cut_up:
            room = _CHUNK_BYTES if fault.cut_up is None else fault.cut_up - pair.up
            data = await source.read(room)
            if not data:
                return
            pair.up += len(data)
            pair.said += data
            pair.far.write(data)
            await pair.far.drain()


async def _pass_down(source: asyncio.StreamReader, pair: _Pair, fault: Fault) -> None:
    """The server's bytes to the kiosk; of an answer that is cut at once, the first byte is waited for."""
    with contextlib.suppress(OSError):
        while True:
            data = await source.read(_CHUNK_BYTES)
            if not data:
                return
            if fault.altered and not data.endswith(b"\r\n\r\n"):
                data = data[:-1] + bytes([data[-1] ^ 1])
            room = len(data) if fault.cut_down is None else max(0, fault.cut_down - pair.down)
            step = 1 if fault.byte_s else room
            for at in range(0, min(room, len(data)), max(1, step)):
                pair.near.write(data[at : min(at + step, room)])
                await pair.near.drain()
                pair.down += len(data[at : min(at + step, room)])
                if fault.byte_s:
                    await asyncio.sleep(fault.byte_s)
            if room < len(data) or (fault.cut_down is not None and pair.down >= fault.cut_down):
                return


async def _answer(reader: asyncio.StreamReader, near: asyncio.StreamWriter, fault: Fault) -> None:
    """Hear one request out, say the page, close."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        rows = (row.partition(b":") for row in head.lower().split(b"\r\n"))
        length = next((int(value) for name, _, value in rows if name == b"content-length"), 0)
        await reader.readexactly(length)
        near.write(fault.page or b"")
        await near.drain()
    near.close()
