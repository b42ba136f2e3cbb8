"""The sign of life for systemd's watchdog: a datagram to the socket that `NOTIFY_SOCKET` names, as sd_notify(3) does.

Whoever draws calls `beat` at every turn of its loop and nobody else does, so a frozen window falls silent and systemd
starts the kiosk anew, though threads in the background still run. Without `NOTIFY_SOCKET` nothing is sent.

    heart = Heartbeat(os.environ.get("NOTIFY_SOCKET", ""))
    heart.ready()          # the first picture is on screen
    heart.beat()           # as often as one likes; sent at most once in `EVERY_S`
"""

import logging
import socket
import time
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

EVERY_S: Final = 1.0


class Heartbeat:
    """Tells the service manager that the screen lives; its absence is the manager's to judge."""

    def __init__(self, address: str, *, mono: Callable[[], float] = time.monotonic) -> None:
        """`address` is a path, "@name" for an abstract one, or empty for nobody."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._mono = mono
        self._beaten_s: float | None = None
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) if address else None

    def ready(self) -> None:
        """The first picture is on screen: the start is over."""
        self._say(b"READY=1")

    def beat(self) -> None:
        """The screen lives."""
        now_s = self._mono()
        if self._beaten_s is None or now_s - self._beaten_s >= EVERY_S:
            self._beaten_s = now_s
            self._say(b"WATCHDOG=1")

    def _say(self, word: bytes) -> None:
        if self._line is None:
            return
        try:
            self._line.sendto(word, socket.MSG_DONTWAIT, self._address)
        except OSError as error:
            # The manager itself is away or slow; a citizen must not wait for it.
            logger.warning("the sign of life was not heard: %s", error)
