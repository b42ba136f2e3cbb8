"""The line between a kiosk and the server of the simulated fleet: a `Transport` that fails in every way a line can.

Each fault strikes one letter with the share that the seed drew for it, at most what `FAULTS` says. A link that is cut
or clogged stays so until it heals, and a log that the server declines is declined until somebody mends the server.
"""

import random
from typing import Final, Protocol

from msgspec import structs

from kiosk.sync.line import CutShort, Reply, Unreachable
from shared import envelope, wire
from shared.errors import SalaError
from shared.protocol import MESSAGE_BYTES_MAX, Position, Reason
from tests.sim.device import Device
from tests.sim.server import SimServer

#: Chance of each fault for one letter, at most; a seed takes its own share of it, or none at all.
FAULTS: Final = {
    "lost question": 0.3, "lost answer": 0.3, "twice": 0.5, "stale answer": 0.1, "late letter": 0.2,
    "damaged question": 0.1, "damaged answer": 0.1, "portal": 0.1, "too large": 0.05, "power cut on the line": 0.1,
    "server dies before": 0.1, "server dies after": 0.1, "said to be busy": 0.1, "said to be too large": 0.1,
    "said to be broken": 0.03,
}  # fmt: skip

_PORTAL: Final = Reply(200, b"<html><body>Please sign in to the hotel's network</body></html>")


class PowerCut(BaseException):
    """The kiosk stopped here. Nothing may catch it on the way."""


class Sky(Protocol):
    """What the weather needs of the fleet."""

    dice: random.Random
    rates: dict[str, float]
    server: SimServer
    clear: bool
    letters: list[tuple[str, bytes]]
    declined: dict[bytes, Reason]
    answers: list[Reply]

    def count(self, what: str) -> None: ...

    def posted(self, device: Device, path: str, body: bytes) -> None: ...

    def left(self, log: bytes) -> None: ...


class Weather:
    """The line of one device."""

    def __init__(self, sky: Sky, device: Device) -> None:
        self._sky, self._device = sky, device

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """Bring a part of the content, or the key lists, or whatever becomes of them."""
        sky = self._sky
        if self._device.link != "open":
            raise Unreachable(f"the link is {self._device.link}")
        self._may_lose_power()
        if self._strikes("lost question"):
            raise Unreachable("lost on the way there")
        if self._strikes("portal"):
            return _PORTAL
        data = sky.server.shop.get(path)
        if path == "sync/manifest" and sky.server.shop.older and self._strikes("stale answer"):
            data = sky.dice.choice(sky.server.shop.older)
        if not data:
            return Reply(404, b"")
        assert len(data) <= bytes_max, f"{path} is longer than anybody reads"
        if self._strikes("damaged answer"):
            data = damaged(sky.dice, data)
        status, rest = (206, data[begin:]) if begin else (200, data)
        if self._strikes("lost answer"):
            raise CutShort("lost on the way back", Reply(status, rest[: sky.dice.randrange(len(rest) + 1)]))
        self._may_lose_power()
        return Reply(status, rest)

    def _may_lose_power(self) -> None:
        if self._strikes("power cut on the line"):
            self._device.lose_power()
            raise PowerCut

    def _strikes(self, fault: str) -> bool:
        sky = self._sky
        hit = not sky.clear and sky.dice.random() < sky.rates[fault]
        if hit:
            sky.count(fault)
        return hit

    def post(self, path: str, body: bytes) -> Reply:
        """Bring a letter to the server and its answer back, or whatever becomes of them."""
        sky, server = self._sky, self._sky.server
        sky.posted(self._device, path, body)
        self._on_the_way(path, body)
        if self._strikes("portal"):
            return _PORTAL
        if self._strikes("too large"):
            return Reply(413, b"")
        if self._strikes("damaged question"):
            body = damaged(sky.dice, body)
        if (refusal := self._refused(path, body)) is not None:
            return self._on_the_way_back(refusal)
        if self._strikes("server dies before"):
            server.crash = "before"
        elif self._strikes("server dies after"):
            server.crash = "after"
        if self._strikes("twice"):
            server.post(path, body)
        reply = server.post(path, body)
        server.crash = ""
        if reply is None:
            raise Unreachable("the server is gone")
        return self._on_the_way_back(reply)

    def _refused(self, path: str, body: bytes) -> Reply | None:
        """A signed refusal of what is sound: the server's disk is full, its program wrong, or an office wants less."""
        sky, log = self._sky, log_of(path, body)
        reason = sky.declined.get(log)
        if self._strikes("said to be busy"):
            return sky.server.decline(
                body, Reason.BUSY, retry_after_s=sky.dice.choice((0, 40, 900)), away=sky.dice.random() < 0.5
            )
        if log and reason is None and self._strikes("said to be too large"):
            reason = Reason.TOO_LARGE
        elif log and reason is None and self._strikes("said to be broken"):
            reason = Reason.BROKEN
        if reason is None:
            return None
        if reason is Reason.BROKEN:
            sky.left(log)
        return sky.server.decline(body, reason)

    def _on_the_way(self, path: str, body: bytes) -> None:
        sky, device = self._sky, self._device
        if device.link == "clogged":
            device.pipe.append((path, body))
        if device.link != "open":
            raise Unreachable(f"the link is {device.link}")
        if self._strikes("late letter"):
            sky.letters.append((path, body))
        self._may_lose_power()
        if self._strikes("lost question"):
            raise Unreachable("lost on the way there")

    def _on_the_way_back(self, reply: Reply) -> Reply:
        sky = self._sky
        self._may_lose_power()
        if self._strikes("lost answer"):
            raise Unreachable("lost on the way back")
        sky.answers.append(reply)
        if self._strikes("stale answer"):
            return sky.dice.choice(sky.answers[-20:])
        if self._strikes("damaged answer"):
            return Reply(reply.status, damaged(sky.dice, reply.body))
        return reply


def damaged(dice: random.Random, data: bytes) -> bytes:
    """One bit of it is another."""
    spoilt = bytearray(data)
    spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


def forged(answer: bytes) -> bytes:
    """The same answer under its old signature, and all that it names has come into a backup. One that cannot be read
    is as it was.
    """
    try:
        payload = envelope.read_note(answer, envelope.Label.ANSWER).payload
        said = wire.decode(Position, payload, bytes_max=MESSAGE_BYTES_MAX)
    except SalaError:
        return answer
    stands = [structs.replace(stand, backed_up=stand.seq) for stand in said.stands]
    return answer[: -len(payload)] + wire.encode(structs.replace(said, stands=stands))


def log_of(path: str, body: bytes) -> bytes:
    """The log that an envelope is about; empty for a question."""
    header = envelope.peek_header(body) if path == "sync/push" else None
    return header.log if header else b""
