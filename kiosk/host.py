"""The host kiosk: what a second kiosk of one lobby says to the one that keeps the queue, and how both prove it.

A guest asks for a number with the id of the touch, and tells later which numbers it gave alone. Forms are JSON; each
request and each answer bears a keyed hash, so that nobody else on the office's network takes numbers or hands out false
ones. The key is agreed once, by a code of the host's staff screen; a request that is played again gives what it gave
before, since it bears the same touch.

    answer = host.ask(Ask(action=touch, service="sign_tax", language="th", ...))    # None: not reached in time
    host.tell([TicketJoined(...)])                                                  # True: the host has them
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from shared.kinds import TicketJoined

#: A citizen waits no longer than this for another machine; then the number comes from this one.
ANSWER_S: Final = 1.5
#: So many tickets are told at once.
TOLD_MAX: Final = 30

ASK_PATH: Final = "/kiosk/ticket"
TELL_PATH: Final = "/kiosk/tickets"
JOIN_PATH: Final = "/kiosk/join"
#: Whose request it is, as the host counts its guests; and the keyed hash over request or answer.
GUEST_HEADER: Final = "sala-guest"
MAC_HEADER: Final = "sala-mac"

_LABEL: Final = b"sala/v1/guest"


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Strict JSON."""


class Ask(_Form, frozen=True):
    """Somebody took a number at a guest. `action` is the touch; `service` is empty for whoever only asks."""

    action: bytes
    service: str
    language: str
    priority: str
    papers_missing: int | None


class Given(_Form, frozen=True):
    """The number that the host gave. `link` is the ticket's page; `ahead` how many stand before it."""

    service_date: str
    series: str
    number: int
    link: str
    ahead: int | None
    wait_min: tuple[int, int] | None


class Join(_Form, frozen=True):
    """A guest brings the code of the staff screen."""

    code: str


class Joined(_Form, frozen=True):
    """The host's answer: what proves the guest from now on."""

    token: str


class Host(Protocol):
    """The host kiosk, as a guest reaches it."""

    @property
    def away(self) -> bool:
        """Whether it was not reached when it was asked last."""

    def ask(self, ask: Ask) -> Given | None:
        """The number that the host gave for this touch; None where it did not answer within `ANSWER_S`."""

    def tell(self, told: Sequence[TicketJoined]) -> bool:
        """Whether the host has taken these in; none at all only asks whether it is there."""


def request_mac(key: bytes, path: str, body: bytes) -> str:
    """What proves a request."""
    return hmac.new(key, b"\0".join((_LABEL, b"request", path.encode(), body)), hashlib.sha256).hexdigest()


def answer_mac(key: bytes, asked: str, body: bytes) -> str:
    """What proves the answer to the request with the hash `asked`, and to no other."""
    return hmac.new(key, b"\0".join((_LABEL, b"answer", asked.encode(), body)), hashlib.sha256).hexdigest()


def same(one: str, two: str) -> bool:
    """Compare two of them in the time of a right one."""
    return hmac.compare_digest(one.encode(), two.encode())
