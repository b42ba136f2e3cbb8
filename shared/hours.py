"""When the office is open: a day of its schedule, whether it is open at an instant, and when it opens next.

All times of a schedule are office time. Pure: the caller gives the instant and may be told nothing where it has no
clock it trusts.

    state = at(schedule, office.holidays, instant)
    state.open, state.until          # open now, until 16:30
    state.next                       # closed now: opens again on (day, time)
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from shared import thai
from shared.content import Schedule, Span, Text, Trip

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: How far an office that is closed is looked ahead for its next opening.
_AHEAD_DAYS: Final = 60

Why = Literal["week", "special", "holiday"]


@dataclass(frozen=True, slots=True)
class Day:
    """One day: when it is open (in order; never, if empty), by which rule, and what a special day is called."""

    day: date
    spans: tuple[Span, ...]
    why: Why
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """When the office opens next."""

    day: date
    time: time


@dataclass(frozen=True, slots=True)
class State:
    """Whether the office is open: `until` the end of the present span, or the `next` opening (None: not foreseen)."""

    open: bool
    until: time | None = None
    next: Opening | None = None


def of_day(schedule: Schedule, holidays: Collection[date], day: date) -> Day:
    """How a day is: a special day goes before a holiday, a holiday before the week."""
    for special in schedule.special:
        if special.day == day:
            return Day(day, _in_order(special.spans), "special", special.name)
    if day in holidays:
        return Day(day, (), "holiday")
    name = WEEKDAYS[day.weekday()]
    spans = [span for row in schedule.week if name in row.days for span in row.spans]
    return Day(day, _in_order(spans), "week")


def at(schedule: Schedule, holidays: Collection[date], instant: datetime) -> State:
    """Whether the office is open at `instant`; a span ends just before it closes."""
    local = instant.astimezone(thai.OFFICE_ZONE)
    now, today = local.time(), local.date()
    for span in of_day(schedule, holidays, today).spans:
        if span.opens <= now < span.closes:
            return State(True, until=span.closes)
    for ahead in range(_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for span in of_day(schedule, holidays, day).spans:
            if ahead or span.opens > now:
                return State(False, next=Opening(day, span.opens))
    return State(False)


def week(schedule: Schedule, holidays: Collection[date], day: date) -> list[Day]:
    """The seven days from `day` on."""
    return [of_day(schedule, holidays, day + timedelta(days=ahead)) for ahead in range(7)]


def coming(schedule: Schedule, day: date) -> list[Trip]:
    """The trips of `day` and later, the next one first."""
    return sorted((trip for trip in schedule.trips if trip.day >= day), key=lambda trip: (trip.day, trip.opens))


def problems(schedule: Schedule, villages: Collection[str]) -> Iterator[tuple[str, str]]:
    """What contradicts itself in a schedule: (field, what is wrong)."""
    named = [day for row in schedule.week for day in row.days]
    for i, row in enumerate(schedule.week):
        yield from _span_problems(f"week[{i}].spans", row.spans)
        for day in sorted({each for each in row.days if named.count(each) > 1}):
            yield f"week[{i}].days", f"{day!r} stands here twice"
    for i, special in enumerate(schedule.special):
        yield from _span_problems(f"special[{i}].spans", special.spans)
        if special.day in [each.day for each in schedule.special[:i]]:
            yield f"special[{i}].day", f"{special.day} stands here twice"
    for i, trip in enumerate(schedule.trips):
        yield from _span_problems(f"trips[{i}]", [Span(opens=trip.opens, closes=trip.closes)])
        if trip.village not in villages:
            yield f"trips[{i}].village", f"no village {trip.village!r}"


def _span_problems(field: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    last: time | None = None
    for span in _in_order(spans):
        if span.opens >= span.closes:
            yield field, "closes before it opens"
        elif last is not None and span.opens < last:
            yield field, "two spans overlap"
        last = span.closes


def _in_order(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: span.opens))
