"""What a way to the server is, and the ways in which it can fail.

A transport carries bytes and judges nothing: which status a web server put on them is a hint for how long to wait,
never a reason to believe. What came back is believed only when it is signed, and that is `rim`'s to find out.
"""

from dataclasses import dataclass
from typing import Protocol

from shared.errors import SalaError


class Unreachable(SalaError):
    """The server gave no answer: no network, a line that broke, or a server that is busy or away."""

    remedy = "Nothing is lost; the kiosk tries again by itself. If it lasts, look at network and server."

    def __init__(self, why: str, *, retry_after_s: int = 0) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class TooMuch(Unreachable):
    """Something on the way takes no message of this size."""

    remedy = "The kiosk sends smaller parts by itself. If it lasts, raise the limit of the proxy before the server."


class NotTheServer(Unreachable):
    """Something answered that is not the office's server: a sign-in page of the network, a proxy, another machine."""

    remedy = (
        "Nothing was believed and nothing is lost. Open a browser on this network, or correct server_url and ca_file."
    )


class CertificateEnded(Unreachable):
    """The server's certificate ended, by the time the server itself signed."""

    remedy = "Nothing is lost. Renew the certificate of the server, or of the proxy before it; a stick needs none."


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: not yet believed. `retry_after_s` is 0 where the server named none."""

    status: int
    body: bytes
    retry_after_s: int = 0


class CutShort(Unreachable):
    """The line broke within an answer. `came` is what had arrived of it by then."""

    def __init__(self, why: str, came: Reply) -> None:
        super().__init__(why)
        self.came = came


class Transport(Protocol):
    """One request at a time. Every failure is an `Unreachable`."""

    def post(self, path: str, body: bytes) -> Reply:
        """Send `body` to `path` below the server's address."""

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """Fetch `path` from byte `begin` on, where the server can (status 206), or from the first (200); an answer
        longer than `bytes_max` is refused.
        """


def unbelieved(reply: Reply) -> Unreachable:
    """The failure that an answer without a valid signature stands for."""
    if reply.status == 413:
        return TooMuch("a proxy refused the message as too large")
    if reply.status == 429 or (reply.status >= 500 and reply.status != 511):
        return Unreachable(f"the server is busy (HTTP {reply.status})", retry_after_s=reply.retry_after_s)
    if reply.status < 300 and not reply.body:
        # A line that was cut within the head looks like this, and so does a portal that says "204, you are online".
        return Unreachable(f"an empty answer (HTTP {reply.status})")
    return NotTheServer(f"an answer that the office's server did not sign (HTTP {reply.status})")
