"""The fiscal periods an office reports by: the first six months, the last six, the whole year."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from shared import thai
from sync_server.web.language import Text


class Span(Enum):
    """Which part of the fiscal year; the value is what stands in an address."""

    FIRST = "1"
    SECOND = "2"
    YEAR = "year"


_HALVES = {Span.FIRST: 1, Span.SECOND: 2, Span.YEAR: None}
_TITLES = {
    Span.FIRST: Text(
        "รอบ 6 เดือนแรก (ตุลาคม–มีนาคม) ปีงบประมาณ พ.ศ. {year}", "First half (October to March) of fiscal year {year}"
    ),
    Span.SECOND: Text(
        "รอบ 6 เดือนหลัง (เมษายน–กันยายน) ปีงบประมาณ พ.ศ. {year}",
        "Second half (April to September) of fiscal year {year}",
    ),
    Span.YEAR: Text("ประจำปีงบประมาณ พ.ศ. {year}", "Fiscal year {year}"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Fiscal year `year_be` (Buddhist era) or a half of it."""

    year_be: int
    span: Span

    @classmethod
    def holding(cls, day: dt.date) -> "Period":
        """The half-year `day` lies in."""
        return cls(thai.fiscal_year(day), Span.FIRST if thai.fiscal_half(day) == 1 else Span.SECOND)

    @property
    def first(self) -> dt.date:
        """The first day."""
        return thai.fiscal_period(self.year_be, _HALVES[self.span])[0]

    @property
    def last(self) -> dt.date:
        """The last day, included."""
        return thai.fiscal_period(self.year_be, _HALVES[self.span])[1]

    @property
    def title(self) -> Text:
        """How a paper names it."""
        return _TITLES[self.span].format(year=self.year_be)

    @property
    def months(self) -> tuple[dt.date, ...]:
        """The first day of each month of it."""
        return tuple(_months(self.first, self.last))


def _months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    month = first
    while month <= last:
        yield month
        month = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
