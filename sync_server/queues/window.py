"""The days that the figures of waiting are told for: a month, a fiscal half or year, or the days of an address.

window = Window.named("2570-1")        # the first half of fiscal year 2570; "m2026-11" is a month
window.before                          # the window to compare with
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from shared import thai
from sync_server.queues.period import Period, Span

#: How many months, and how many fiscal years back, one can pick.
MONTHS_BACK = 12
YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`, both included; `name` is what stands in an address, "" for days of one's own."""

    first: dt.date
    last: dt.date
    name: str = ""

    @classmethod
    def named(cls, name: str) -> "Window":
        """The window of this name. Raises `ValueError` for what is none."""
        if name.startswith("m"):
            first = dt.date.fromisoformat(f"{name[1:]}-01")
            return cls(first, _month_after(first) - dt.timedelta(days=1), name)
        year, _, span = name.partition("-")
        period = Period(int(year), Span(span))
        return cls(period.first, period.last, name)

    @classmethod
    def of(cls, first: dt.date, last: dt.date) -> "Window":
        """These days, by the name of the month, half or year that they are, if they are one."""
        period = Period.holding(first)
        for name in (f"m{first:%Y-%m}", *(f"{period.year_be}-{span.value}" for span in (period.span, Span.YEAR))):
            if (cls.named(name).first, cls.named(name).last) == (first, last):
                return cls.named(name)
        return cls(first, last)

    @property
    def is_month(self) -> bool:
        """Whether it is one month."""
        return self.name.startswith("m")

    @property
    def before(self) -> "Window":
        """What it is compared with: the month, half or year before it; else as many days."""
        end = self.first - dt.timedelta(days=1)
        if self.is_month:
            return Window.named(f"m{end:%Y-%m}")
        if not self.name:
            return Window(self.first - (self.last - self.first) - dt.timedelta(days=1), end)
        earlier = Period.holding(end)
        span = Span.YEAR if self.name.endswith(Span.YEAR.value) else earlier.span
        return Window.named(f"{earlier.year_be}-{span.value}")


def choices(today: dt.date) -> Iterator[Window]:
    """What can be picked on `today`: halves and years, newest first, then the last months."""
    year = thai.fiscal_year(today)
    for each in range(year, year - YEARS_BACK, -1):
        for span in (Span.SECOND, Span.FIRST, Span.YEAR):
            window = Window.named(f"{each}-{span.value}")
            if window.first <= today:
                yield window
    month = today.replace(day=1)
    for _ in range(MONTHS_BACK):
        yield Window.named(f"m{month:%Y-%m}")
        month = (month - dt.timedelta(days=1)).replace(day=1)


def _month_after(first: dt.date) -> dt.date:
    return (first.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
