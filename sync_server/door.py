"""Stands before the WSGI application and lets a request in once it is there, whole.

A thread that answers requests is a scarce thing, a half-sent body holds whoever waits for it: under WSGI that is a
thread, and as many stalled bodies as there are threads stop a server. Here the event loop waits, which costs a socket
and what has come so far; only a request with its body in hand takes a thread, and gives it back with the answer in
hand. Whoever sends nothing for `STALL_S`, or is not done after `WHOLE_S`, gets a 408 and is shut. More than
`HELD_BYTES_MAX` of bodies is never kept: whoever has been sending longest must go, which an honest sender never is.

Requests and answers are small here (an envelope, a form, a paper), so both travel in one piece.
"""

import asyncio
import contextlib
import functools
import io
import ipaddress
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

STALL_S = 10.0
#: More than the longest contact of a kiosk (`kiosk.sync.https.TOTAL_S`), which gives up by itself.
WHOLE_S = 60.0
HELD_BYTES_MAX = 64 * 1024 * 1024

_Message = Mapping[str, Any]
_Scope = Mapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]
_Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

_TOO_SLOW: _Answer = (408, [(b"connection", b"close"), (b"content-length", b"0")], b"")


class _Gone(Exception):
    """Nobody waits for an answer any more."""


class Door:
    """`application` as ASGI. `threads` requests are worked on at one time; of a body, `body_bytes_max` bytes are read
    and no more: the application, which knows what it takes, finds it cut and too long. `secure` and `proxies` say who
    stands before us (`as_sent`).
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        body_bytes_max: int,
        secure: bool = False,
        proxies: int = 0,
        stall_s: float = STALL_S,
        whole_s: float = WHOLE_S,
        held_bytes_max: int = HELD_BYTES_MAX,
    ) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._body_bytes_max = body_bytes_max
        self._as_sent = functools.partial(as_sent, secure=secure, proxies=proxies)
        self._stall_s = stall_s
        self._whole_s = whole_s
        self._held_bytes_max = held_bytes_max
        self._held_bytes = 0
        # Who is still sending, the longest first.
        self._sending: dict[asyncio.Timeout, None] = {}

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """One request."""
        scope, body = self._as_sent(scope), bytearray()
        try:
            try:
                await self._read(body, receive)
            except TimeoutError:
                answer = _TOO_SLOW
            else:
                work = asyncio.get_running_loop().run_in_executor(self._pool, _answer, self._application, scope, body)
                answer = await work
        except _Gone:
            return
        finally:
            self._held_bytes -= len(body)
        status, headers, content = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _read(self, body: bytearray, receive: _Receive) -> None:
        """Fill `body`; raises `TimeoutError` for who is too slow, `_Gone` for who is not there any more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._whole_s
        async with asyncio.timeout(self._stall_s) as limit:
            self._sending[limit] = None
            try:
                while len(body) < self._body_bytes_max:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _Gone
                    part = message.get("body", b"")[: self._body_bytes_max - len(body)]
                    body += part
                    self._held_bytes += len(part)
                    if not message.get("more_body", False):
                        return
                    limit.reschedule(min(end, loop.time() + self._stall_s))
                    if self._held_bytes > self._held_bytes_max:
                        next(iter(self._sending)).reschedule(loop.time())
            finally:
                del self._sending[limit]


def as_sent(scope: _Scope, *, secure: bool, proxies: int) -> _Scope:
    """A request as it was sent, before `proxies` machines in a row passed it on.

    `secure`: it was sent by TLS, which ended at one of them; unless Django knows, no form is taken, for a browser says
    that it comes from https. Each of them adds to X-Forwarded-For the address that it heard from: the sender's is so
    many from the end, and what stands before it is the sender's own talk. Where it is not there the neighbour's
    address stays.
    """
    sent = {**scope, "scheme": "https"} if secure else scope
    if proxies:
        said = b",".join(value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for")
        with contextlib.suppress(IndexError, ValueError):
            address = ipaddress.ip_address(said.decode("latin-1").split(",")[-proxies].strip())
            sent = {**sent, "client": (str(address), 0)}
    return sent


def _answer(application: WSGIApplication, scope: _Scope, body: bytearray) -> _Answer:
    """What the application says; in a thread of the pool."""
    said: list[tuple[int, list[tuple[bytes, bytes]]]] = []
    written: list[bytes] = []

    def start_response(
        status: str,
        headers: list[tuple[str, str]],
        _error: object = None,
        /,
    ) -> Callable[[bytes], object]:
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        said[:] = [(int(status[:3]), pairs)]
        return written.append

    parts: Iterable[bytes] = application(environ(scope, body), start_response)
    try:
        written.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    (status, headers), content = said[-1], b"".join(written)
    return status, headers, content


def environ(scope: _Scope, body: bytes | bytearray) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of an ASGI request whose body has come."""
    host, port = scope.get("server") or ("localhost", 80)
    client, _port = scope.get("client") or ("", 0)
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name:
            # X_FORWARDED_FOR would become the same key as X-Forwarded-For, which only the proxy may say.
            continue
        key = name.replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = f"HTTP_{key}"
        found[key] = f"{found[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}" if key in found else value
    return found
