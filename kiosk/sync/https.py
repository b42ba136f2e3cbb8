"""The transport over HTTPS, with everything switched off that could believe, follow or wait too long.

No proxy or certificate variables, no `.netrc`, no redirects, no compression, no answer longer than agreed. Plain
http is for this very machine only. A request ends after `TOTAL_S` whatever the other side does: at one byte a second
too, the socket is closed under it.

No certificate's dates are judged by the machine's clock: with a dead battery it says 1970, when none was valid yet,
and in 2033 all have ended. Chain and name are checked as ever. What carries no record (`QUESTIONS`) goes whatever the
dates; its signed answer tells the time, and only then is the end judged, before records or content pass, by `now`. So
neither a wrong clock here nor an hour of a wrong clock at the server can shut the line for good.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from kiosk import SOFTWARE
from kiosk.config import ConfigError
from kiosk.sync.line import CertificateEnded, CutShort, NotTheServer, Reply, Unreachable

CONNECT_S = 10
READ_S = 20
TOTAL_S = 50

#: Go over a certificate that may have ended: they carry no record, and the time by which to judge it comes back.
#: So do the key lists, which prove themselves: without them a kiosk with a wrong clock could not read that answer.
QUESTIONS = ("sync/position", "sync/enrol", "sync/keys")

#: A signed answer is some hundred bytes, a note at most 256 KiB.
ANSWER_BYTES_MAX = 256 * 1024

#: A server may ask for patience, but not for ever.
RETRY_AFTER_S_MAX = 3600

_CHUNK_BYTES = 64 * 1024

#: OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
#: How a certificate is looked at, whatever Python runs us: 3.13 adds VERIFY_X509_STRICT, to which an authority that an
#: office made by hand, without key identifiers, is none. With an update of the system all its kiosks would be offline.
_LOOK = ssl.VERIFY_X509_TRUSTED_FIRST | _NO_CHECK_TIME


#: How Pythons call it when the other end is gone within the handshake: 3.11.2 otherwise than 3.11.7.
_ENDED = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Https:
    """The server at `url`, for one thread at a time. `ca_file` names the authority to believe, "" the public ones."""

    def __init__(
        self,
        url: str,
        *,
        ca_file: str = "",
        total_s: float = TOTAL_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        _check_address(url)
        self._url = url.rstrip("/")
        self._total_s = total_s
        self._now = now
        self._adapter = _Adapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        self._session.mount("https://", self._adapter)
        self._session.mount("http://", self._adapter)
        self._session.headers.clear()
        self._session.headers.update({
            "User-Agent": SOFTWARE, "Accept-Encoding": "identity", "Content-Type": "application/octet-stream",
        })  # fmt: skip

    def post(self, path: str, body: bytes) -> Reply:
        """Send `body`; raises `Unreachable`."""
        return self._request("POST", path, body, ANSWER_BYTES_MAX)

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """Fetch at most `bytes_max` bytes, from byte `begin` on where the server can; raises `Unreachable`."""
        return self._request("GET", path, None, bytes_max, begin)

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()
        self._adapter.rest()

    def _request(self, method: str, path: str, body: bytes | None, bytes_max: int, begin: int = 0) -> Reply:
        self._adapter.must_hold_on = None if path in QUESTIONS else self._now()
        try:
            with (
                _deadline(self._adapter, self._total_s),
                self._session.request(
                    method, f"{self._url}/{path}", data=body, stream=True, allow_redirects=False,
                    timeout=(CONNECT_S, READ_S), headers={"Range": f"bytes={begin}-"} if begin else {},
                ) as response,
            ):  # fmt: skip
                return Reply(response.status_code, _read(response, bytes_max), _retry_after_s(response))
        except CertificateEnded:
            raise
        except requests.exceptions.SSLError as error:
            if _cut(error):
                raise Unreachable(f"no answer: {error}") from error
            raise NotTheServer(f"the certificate is not the office's: {error}") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # ValueError: urllib3 raises it for a socket that was closed under it, http.client for odd headers.
            raise Unreachable(f"no answer: {error}") from error


def _cut(error: object) -> bool:
    """Whether the line ended within the handshake, which says nothing about who was at its other end. requests and
    urllib3 each keep what they were told of inside, not always as a cause.
    """
    while isinstance(error, Exception) and not isinstance(error, _ENDED):
        error = getattr(error, "reason", None) or next(iter(error.args), None)
    return isinstance(error, _ENDED)


def _read(response: requests.Response, bytes_max: int) -> bytes:
    parts: list[bytes] = []
    length = 0
    try:
        # `raw` and not `content`: nothing is decoded on the way, whatever the answer claims about its encoding. `read1`
        # and not `read`: what has come is in hand when the line breaks.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
            parts.append(chunk)
            length += len(chunk)
            if length > bytes_max:
                raise NotTheServer(f"an answer of more than {bytes_max} bytes")
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise CutShort(f"no answer: {error}", Reply(response.status_code, b"".join(parts))) from error
    return b"".join(parts)


def _retry_after_s(response: requests.Response) -> int:
    """The seconds of Retry-After; its other form, a date, is not used: it would need a right clock."""
    value = response.headers.get("Retry-After", "")
    return min(int(value), RETRY_AFTER_S_MAX) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise ConfigError(f"server_url: {url!r} must begin with https:// (http:// only for this very machine)")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# --- a deadline that holds against a server that drips ------------------------------------------------------------


class _Adapter(HTTPAdapter):
    """requests' adapter, with connections that can be shut from another thread."""

    def __init__(self) -> None:
        self.must_hold_on: datetime | None = None
        self._open: WeakSet[Any] = WeakSet()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        context = create_urllib3_context()
        context.verify_flags = _LOOK
        super().init_poolmanager(*args, ssl_context=context, **settings)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self),
        }

    def opened(self, connection: Any) -> None:
        """A connection that `shut` shall reach."""
        self._open.add(connection)

    def check_end(self, line: Any) -> None:
        """Raise `CertificateEnded` where records would go over a certificate that has ended; its beginning nobody
        judges.
        """
        if self.must_hold_on is None or not isinstance(line, ssl.SSLSocket):
            return
        end = str((line.getpeercert() or {}).get("notAfter", ""))
        if not end or ssl.cert_time_to_seconds(end) < self.must_hold_on.timestamp():
            raise CertificateEnded(f"the server's certificate ended on {end or 'no day'}")

    def shut(self) -> None:
        """End whatever is on the way: the thread that waits for it gets an error at once."""
        for connection in list(self._open):
            connection.shut()

    def rest(self) -> None:
        """A request is over: let go of the second handles of connections that are closed."""
        for connection in list(self._open):
            connection.rest()


def _pool(pool: Any, connection: Any, adapter: _Adapter) -> Any:
    """A pool class whose connections keep a second handle on their socket (TLS takes the first one away) and look at
    the certificate before each request.
    """

    class Watched(connection):  # type: ignore[misc]
        twin: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            self.twin = made.dup()
            adapter.opened(self)
            return made

        def request(self, *args: Any, **settings: Any) -> None:
            if self.sock is None:
                self.connect()
            adapter.check_end(self.sock)
            super().request(*args, **settings)

        def shut(self) -> None:
            if self.twin is not None and self.twin.fileno() >= 0:
                with contextlib.suppress(OSError):  # it may just have ended by itself
                    self.twin.shutdown(socket.SHUT_RDWR)

        def rest(self) -> None:
            # Not in `close`: where the server says "Connection: close", http.client closes the connection under an
            # answer that is still being read, and the deadline needs the second handle.
            if self.sock is None and self.twin is not None:
                self.twin.close()

    class Pool(pool):  # type: ignore[misc]
        ConnectionCls = Watched

    return Pool


@contextlib.contextmanager
def _deadline(adapter: _Adapter, seconds: float) -> Iterator[None]:
    """Shut the connection under the block when its time is over; what it had by then does not count."""
    over = threading.Event()

    def end() -> None:
        over.set()
        adapter.shut()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        adapter.rest()
    if over.is_set():
        raise Unreachable(f"no whole answer within {seconds:.0f} s")
