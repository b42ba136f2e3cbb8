"""The host kiosk over the office's network: one short request, within a time that a citizen waits.

    host = LanHost("http://192.168.1.10:8080", number, key)
    host.ask(...)                   # None: not there, too slow, or not the host; at once while it is known to be away

The rules of this file:
1. No call takes longer than `ANSWER_S`, whatever the other side does: one deadline counts for connecting and for each
   byte that drips in.
2. What bears no right hash is no answer.
3. A host that was not reached is not asked again by a touch for `AWAY_S`: the next citizen does not wait for it. `tell`
   finds out when it is back.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import h11
import msgspec

from kiosk import host
from kiosk.host import Ask, Given, Joined
from shared.errors import SalaError
from shared.kinds import TicketJoined

logger = logging.getLogger(__name__)

AWAY_S: Final = 15.0
_ANSWER_BYTES_MAX: Final = 64 * 1024
_READ: Final = 16 * 1024


class NotJoined(SalaError):
    """The host kiosk did not take this one in."""

    remedy = "Show a new code on the host kiosk's staff screen, see that both are on one network, and try again."


class LanHost:
    """One host. `mono` counts seconds. Called by one thread at a time for touches, by another for telling."""

    def __init__(self, url: str, guest: str, key: bytes, *, mono: Callable[[], float] = time.monotonic) -> None:
        self._url, self._guest, self._key = url, guest, key
        self._mono = mono
        self._away_until = 0.0
        self._told_away = False

    @property
    def away(self) -> bool:
        """Whether it was not reached when it was asked last."""
        return self._told_away

    def ask(self, ask: Ask) -> Given | None:
        """The number that the host gave for this touch, or None."""
        if self._mono() < self._away_until:
            return None
        answer = self._post(host.ASK_PATH, msgspec.json.encode(ask))
        if answer is None:
            return None
        try:
            return msgspec.json.decode(answer, type=Given)
        except msgspec.ValidationError as error:
            logger.warning("the host kiosk gave a number that this program cannot read: %s", error)
            return None

    def tell(self, told: Sequence[TicketJoined]) -> bool:
        """Whether the host has them."""
        return self._post(host.TELL_PATH, msgspec.json.encode(told)) is not None

    def _post(self, path: str, body: bytes) -> bytes | None:
        asked = host.request_mac(self._key, path, body)
        headers = [(host.GUEST_HEADER, self._guest), (host.MAC_HEADER, asked)]
        try:
            status, told, answer = post(self._url, path, headers, body, mono=self._mono)
        except (OSError, h11.RemoteProtocolError) as error:
            why = str(error)
        else:
            if status == 409:
                logger.warning("the host kiosk at %s refused: %s", self._url, answer[:200].decode("utf-8", "replace"))
                return None
            if status != 200:
                why = f"it answered {status}: {answer[:200].decode('utf-8', 'replace')}"
            elif not host.same(told.get(host.MAC_HEADER, ""), host.answer_mac(self._key, asked, answer)):
                why = "its answer does not prove that it is the host"
            else:
                self._reached()
                return answer
        self._missed(why)
        return None

    def _reached(self) -> None:
        if self._told_away:
            logger.info("the host kiosk at %s is back", self._url)
        self._away_until, self._told_away = 0.0, False

    def _missed(self, why: str) -> None:
        self._away_until = self._mono() + AWAY_S
        if not self._told_away:
            logger.warning("the host kiosk at %s is not reached; numbers come from this one: %s", self._url, why)
        self._told_away = True


def join(url: str, code: str) -> str:
    """Bring the code of the host's staff screen; the token that proves this kiosk from now on. Raises `NotJoined`."""
    try:
        status, _, answer = post(url, host.JOIN_PATH, [], msgspec.json.encode(host.Join(code)))
        if status != 200:
            raise NotJoined(f"{url} answered {status}: {answer[:200].decode('utf-8', 'replace')}")
        return msgspec.json.decode(answer, type=Joined).token
    except (OSError, h11.RemoteProtocolError, msgspec.MsgspecError) as error:
        raise NotJoined(f"{url}: {error}") from error


def post(
    url: str,
    path: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    mono: Callable[[], float] = time.monotonic,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer. Raises `OSError`, a `TimeoutError` after `ANSWER_S`, or h11's
    `RemoteProtocolError` for what is no HTTP.
    """
    until = mono() + host.ANSWER_S
    at = urlsplit(url)
    port = at.port or 80
    name = f"{at.hostname}:{port}"

    def left_s() -> float:
        left = until - mono()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_ANSWER_BYTES_MAX)
    ours = [
        ("host", name), ("origin", f"http://{name}"), ("connection", "close"),
        ("content-type", "application/json"), ("content-length", str(len(body))), *headers,
    ]  # fmt: skip
    sent = b"".join(
        talk.send(event) or b""
        for event in (h11.Request(method="POST", target=path, headers=ours), h11.Data(data=body), h11.EndOfMessage())
    )
    with socket.create_connection((at.hostname or "", port), timeout=left_s()) as line:
        line.sendall(sent)
        status, told, answer = 0, dict[str, str](), b""
        while True:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                line.settimeout(left_s())
                talk.receive_data(line.recv(_READ))
            elif isinstance(event, h11.Response):
                status = event.status_code
                told = {key.decode("latin-1"): value.decode("latin-1") for key, value in event.headers}
            elif isinstance(event, h11.Data):
                answer += event.data
                if len(answer) > _ANSWER_BYTES_MAX:
                    raise OSError("too long an answer")
            elif isinstance(event, h11.EndOfMessage):
                return status, told, answer
            else:
                raise ConnectionError("it hung up")
