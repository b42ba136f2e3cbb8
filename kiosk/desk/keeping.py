"""What the queue does by itself, every few seconds: grace and closing time where this kiosk keeps it, news to the host
where another one does.

    keeper = Keeper(queue, clock); keeper.start(); ...; keeper.close()
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from kiosk.clock import Clock
from kiosk.desk import taking
from kiosk.desk.counters import Queue

logger = logging.getLogger(__name__)

EVERY_S: Final = 5.0


class Keeper:
    """A thread beside the screen's. Whatever fails is written down and tried again."""

    def __init__(self, queue: Queue, clock: Clock, *, every_s: float = EVERY_S) -> None:
        self._queue, self._clock, self._every_s = queue, clock, every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin, in the background."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; what it was at is finished."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def turn(self) -> None:
        """One look."""
        config = self._queue.world.config
        if config.host_kiosk:
            taking.tell(self._queue, self._clock.now())
        elif config.lobby_port:
            # Without counters nobody knows who was served: nothing is closed in their name.
            self._queue.turn(self._clock.now())

    def _run(self) -> None:
        while not self._closing.wait(self._every_s):
            try:
                self.turn()
            except Exception:
                logger.exception("the queue was not looked after; it is tried again")
