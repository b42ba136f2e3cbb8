"""What a projector is handed: one record with its body read, and where and when it came from.

A fold is a function over a run of these, all of one kind and in the order of their log. It must be idempotent (the
same run may come again after a rebuild) and must not look at any clock: `occurred_at` and `received_at` are all the
time there is.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.kinds import Body
from shared.records import At, Quality
from sync_server.records.models import Log

B_co = TypeVar("B_co", bound=Body, covariant=True)

# A claim further off than this from the moment of arrival says more about the clock than about the event.
_PLAUSIBLE_AGE = dt.timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Seen(Generic[B_co]):
    """One record as a projector sees it.

    `commitment` stands for the body and is the same where the words lie once more. `edition` is the content that was on
    screen. `clock_ahead_ms` is how far the kiosk's clock stood before the server's
    when the record arrived (None when it never said).
    """

    log: Log
    seq: int
    at: At
    received_at: dt.datetime
    clock_ahead_ms: int | None
    edition: int
    commitment: bytes
    body: B_co

    def occurred_at(self) -> dt.datetime | None:
        """When it happened, in UTC: the kiosk's claim less its clock's error; None where that is not plausible."""
        claimed = self.at.instant()
        if claimed is None or self.at.quality == Quality.DATE:
            return None
        try:
            corrected = claimed - dt.timedelta(milliseconds=self.clock_ahead_ms or 0)
        except OverflowError:
            return None
        # A moment's slack: the two clocks are compared over a network.
        early, late = self.received_at - _PLAUSIBLE_AGE, self.received_at + dt.timedelta(minutes=5)
        return corrected if early <= corrected <= late else None


Fold = Callable[[Sequence[Seen[Body]]], None]
