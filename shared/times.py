"""Times at a counter, as the kiosk's own page and the office's report both tell them: which are measured, how they are
summed up, and which promises a counter can keep. Pure.

    rank(sorted_ms, 90)                 # nine in ten took no longer; somebody really took that long
    SHORTEST_MS <= ms <= LONGEST_MS     # else a slip of the finger, or a forgotten "finish"
    limit_ms(service.promise)           # None where no visit to a counter can keep it
"""

from collections.abc import Sequence
from typing import Final

from shared.content import Duration

#: A service that took less or more than this was not pressed as it happened.
SHORTEST_MS: Final = 5_000
LONGEST_MS: Final = 4 * 3_600_000

_UNIT_MS: Final = {"minute": 60_000, "hour": 3_600_000}


def rank(inside: Sequence[int], percent: int) -> int:
    """The smallest of these, which are sorted and not none, that `percent` of them do not exceed (nearest rank)."""
    return inside[-(-len(inside) * percent // 100) - 1]


def limit_ms(duration: Duration) -> int | None:
    """A promise in milliseconds; None for one of days, whose end no counter sees, and for "at once", which is no
    number.
    """
    unit = _UNIT_MS.get(duration.unit)
    return duration.value * unit if unit else None
