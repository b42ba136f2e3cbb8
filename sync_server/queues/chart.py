"""The waits of a day by the hour, as places in a drawing: a line for the median, a band up to the 90th percentile, and
under each hour how many counters were open. The template draws it; the numbers stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sync_server.queues.waiting import Hour

WIDTH: Final = 640
HEIGHT: Final = 310
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 620, 24, 216
#: So many minutes lie between two lines, the least that leaves at most five.
_STEPS_MIN: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240)
_LINES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """An hour in the drawing; `low` and `high` are the heights of median and 90th percentile, None where they are not
    told.
    """

    x: int
    hour: Hour
    low: int | None
    high: int | None

    @property
    def label_y(self) -> int | None:
        """Where the median is written."""
        return None if self.low is None else self.low - 12


@dataclass(frozen=True, slots=True)
class Chart:
    """`lines` pairs heights with minutes; each of `runs` is a stretch of hours that can be told: median line,
    90th-percentile line, band.
    """

    marks: tuple[Mark, ...]
    lines: tuple[tuple[int, int], ...]
    runs: tuple[tuple[str, str, str], ...]


def chart(hours: Sequence[Hour]) -> Chart | None:
    """The drawing; None where no hour can be told."""
    told = [hour.waited.p90_min for hour in hours if hour.waited.p90_min is not None]
    if not told:
        return None
    step = next((each for each in _STEPS_MIN if max(told) <= each * _LINES_MAX), _STEPS_MIN[-1])
    top = step * max(1, -(-int(max(told) + Decimal("0.9")) // step))
    apart = (_RIGHT - _LEFT) / max(1, len(hours))

    def height(minutes: Decimal | int) -> int:
        return round(_BOTTOM - float(minutes) / top * (_BOTTOM - _TOP))

    marks = tuple(
        Mark(
            round(_LEFT + apart * (n + 0.5)), hour,
            None if hour.waited.median_min is None else height(hour.waited.median_min),
            None if hour.waited.p90_min is None else height(hour.waited.p90_min),
        )
        for n, hour in enumerate(hours)
    )  # fmt: skip
    lines = tuple((height(minutes), minutes) for minutes in range(0, top + 1, step))
    return Chart(marks, lines, tuple(_run(run) for run in _runs(marks)))


def _runs(marks: Sequence[Mark]) -> list[list[Mark]]:
    runs: list[list[Mark]] = [[]]
    for mark in marks:
        if mark.low is None:
            runs.append([])
        else:
            runs[-1].append(mark)
    return [run for run in runs if run]


def _run(run: Sequence[Mark]) -> tuple[str, str, str]:
    low, high = [f"{mark.x},{mark.low}" for mark in run], [f"{mark.x},{mark.high}" for mark in run]
    return " ".join(low), " ".join(high), " ".join([*high, *reversed(low)])
