"""What stands before every page of the lobby: whose requests are taken, how large they may be, what answers carry.

The pages are plain HTTP on a network that anybody may join, so a stranger's web page must reach nothing through a
browser that is paired. A request is taken only where its Host is an address of this machine (against a name that was
bound anew to it), and a POST only where its Origin is that same Host. A body is small and comes at once. Every answer
forbids scripts, frames and pictures from elsewhere, and is kept nowhere.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX: Final = 16 * 1024
BODY_S: Final = 5.0

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": a browser then hides from a form of ours that it is ours, and sends Origin: null.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class Guard:
    """The application behind its gate. `names` are those the office's network knows this kiosk by, besides the address
    that the request came to.
    """

    def __init__(self, app: ASGIApp, *, names: frozenset[str]) -> None:
        self._app = app
        self._names = names | {"localhost", "127.0.0.1"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        telling = _telling(send)
        refused = self._refusal(scope)
        if refused is not None:
            await PlainTextResponse(refused[1], refused[0])(scope, receive, telling)
            return
        if scope["method"] == "POST":
            body = await _body(receive)
            if body is None:
                await PlainTextResponse("too much, or too slow", 413)(scope, receive, telling)
                return
            receive = _given(body, receive)
        await self._app(scope, receive, telling)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = scope["headers"]
        hosts = [value for name, value in headers if name == b"host"]
        host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
        if not self._ours(host, scope):
            return 421, "this is not the address of this kiosk"
        if scope["method"] not in _METHODS:
            return 405, "not done here"
        if scope["method"] == "POST":
            origins = [value for name, value in headers if name == b"origin"]
            if origins != [f"http://{host}".encode("latin-1")]:
                return 403, "this came from another page"
        return None

    def _ours(self, host: str, scope: Scope) -> bool:
        server = scope.get("server")
        if server is None:
            return False
        address, port = server
        name, _, given = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "80")
        return given == str(port) and name.strip("[]").lower() in self._names | {address}


def _telling(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            kept = [] if any(name == b"cache-control" for name, _ in own) else [(b"cache-control", b"no-store")]
            message = {**message, "headers": [*own, *kept, *_HEADERS]}
        await send(message)

    return told


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too large, comes too slowly or not at all."""
    body = b""
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body += bytes(message.get("body", b""))
                if len(body) > BODY_BYTES_MAX:
                    return None
                if not message.get("more_body"):
                    return body
    except TimeoutError:
        return None


def _given(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands out what was read already."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return waiting.pop() if waiting else await receive()

    return given
