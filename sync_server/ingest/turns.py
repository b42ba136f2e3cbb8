"""Who is served when many kiosks come back at once: each keeps its place in line, and nobody is passed over.

    wait_s = turns.admit(kiosk_id, records)        0: speak on; else come back then, the place is kept
    with turns.work(kiosk_id, records): ...        around each append: what a record costs is measured here

After an outage of the line a whole district asks within a minute. What each kiosk lacks is known when it asks, long
before it sends: so it is known, too, how much lies before it in line. A short wait is spent in the queue of the web
server; for a longer one the kiosk is sent away with the seconds after which its turn comes. A contact without news
never waits.

Nothing here is kept across a restart, and several server processes keep a line each: a lost place costs a kiosk one
more wait, never a record.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

#: Whoever has less than this before them is let in: well below the 20 s after which a kiosk gives up an answer.
PATIENCE_S: Final = 3.0
#: Nobody is sent away for longer: by then the line may stand quite differently.
WAIT_S_MAX: Final = 900
#: A place is kept this long after its turn has come; whoever is inside and silent for so long went away.
KEPT_S: Final = 60.0
#: No more of one kiosk's records count, whatever it claims: one that never sends them must not hold up the others.
RECORDS_MAX: Final = 10_000
#: What a record is taken to cost before one was measured, and what a conversation costs beside its records.
_RECORD_S: Final = 1 / 5_000
_CONVERSATION_S: Final = 0.01
#: Only batches of so many tell what a record costs: smaller ones tell what a commit does.
_MEASURED_MIN: Final = 100
#: How much a new measurement counts against the old ones.
_NEW_SHARE: Final = 0.1


@dataclass(slots=True)
class _Place:
    """What a kiosk still has to send, and until when its place is kept."""

    records: int
    until: float


class Turns:
    """The line before one server process. Thread-safe; `mono` tells seconds that only rise."""

    def __init__(self, mono: Callable[[], float] = time.monotonic) -> None:
        self._mono = mono
        self._lock = threading.Lock()
        self._line: dict[bytes, _Place] = {}  # in the order in which they first asked
        self._record_s = _RECORD_S
        self._under_way = 0
        self._since = 0.0

    def admit(self, kiosk: bytes, records: int) -> int:
        """Seconds that this kiosk, which has `records` to send, shall stay away; 0 where it may go on.

        Ask only for kiosks whose signature was verified: each takes a place.
        """
        with self._lock:
            now = self._mono()
            for gone in [other for other, place in self._line.items() if place.until < now]:
                del self._line[gone]
            if records <= 0:
                self._line.pop(kiosk, None)
                return 0
            place = self._line.setdefault(kiosk, _Place(0, now))
            place.records = min(records, RECORDS_MAX)
            before_s = self._before_s(kiosk)
            place.until = now + before_s + KEPT_S
            if before_s <= PATIENCE_S:
                return 0
            # A little early, so that the server is not idle while the next in line is on the way.
            return min(WAIT_S_MAX, math.ceil(before_s - PATIENCE_S / 2))

    def _before_s(self, kiosk: bytes) -> float:
        seconds = 0.0
        for other, place in self._line.items():
            if other == kiosk:
                break
            seconds += _CONVERSATION_S + place.records * self._record_s
        return seconds

    @contextmanager
    def work(self, kiosk: bytes, records: int) -> Iterator[None]:
        """Around the taking of `records`: a moment in which several are at work counts once."""
        with self._lock:
            if self._under_way == 0:
                self._since = self._mono()
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._end(kiosk, records)

    def _end(self, kiosk: bytes, records: int) -> None:
        now = self._mono()
        busy_s, self._since = now - self._since, now
        self._under_way -= 1
        if records >= _MEASURED_MIN:
            self._record_s += _NEW_SHARE * (busy_s / records - self._record_s)
        place = self._line.get(kiosk)
        if place is not None:
            place.records -= records
            place.until = now + KEPT_S
            if place.records <= 0:
                del self._line[kiosk]


#: Of this process.
turns = Turns()
