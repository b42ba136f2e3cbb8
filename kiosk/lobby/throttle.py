"""How often one device on the office's network may ask for what costs something, or guess.

    tries = Throttle(burst=10, every_s=6.0)      # ten at once, then one in six seconds
    tries.take(client(request))                  # False: too often

A device is its address; on a flat network without a router between, that is one phone. Kept in memory, with an end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

#: More devices than an office's network has addresses.
DEVICES_MAX: Final = 4096


def client(request: HTTPConnection) -> str:
    """The device that asks, by its address."""
    return request.client.host if request.client else ""


class Throttle:
    """A bucket of `burst` tries for each device, one more every `every_s` seconds. Belongs to the event loop."""

    def __init__(self, *, burst: int, every_s: float, mono: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._every_s, self._mono = burst, every_s, mono
        self._full_at: dict[str, float] = {}

    def take(self, device: str) -> bool:
        """Use one try up; False where there is none left, and nothing is used."""
        left = self.left(device)
        if left < 1:
            return False
        now = self._mono()
        self._full_at.pop(device, None)
        self._full_at[device] = now + (self._burst - left + 1) * self._every_s
        while len(self._full_at) > DEVICES_MAX:
            del self._full_at[next(iter(self._full_at))]
        return True

    def left(self, device: str) -> float:
        """How many tries a device has now."""
        missing_s = max(0.0, self._full_at.get(device, 0.0) - self._mono())
        return self._burst - missing_s / self._every_s
