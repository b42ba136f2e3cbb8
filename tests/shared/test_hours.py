"""Opening hours: open and closed to the minute, special days before holidays before the week."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from shared import hours
from shared.content import Schedule, Span, SpecialDay, Text, Trip, WeekHours
from shared.hours import Opening

NAME = Text(th="วันพิเศษ")
MORNING, AFTERNOON = Span(opens=time(8, 30), closes=time(12)), Span(opens=time(13), closes=time(16, 30))
SCHEDULE = Schedule(
    week=[WeekHours(days=["mon", "tue", "wed", "thu", "fri"], spans=[AFTERNOON, MORNING])],
    special=[
        SpecialDay(day=date(2027, 3, 20), name=NAME, spans=[MORNING]), SpecialDay(day=date(2027, 3, 23), name=NAME),
    ],
    approved_by="ปลัด", approved_on=date(2027, 1, 1),
)  # fmt: skip
HOLIDAYS = [date(2027, 3, 22)]


def at(day, hour, minute=0):
    """The state at a time of a day of March 2027 in the office."""
    instant = datetime(2027, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)
    return hours.at(SCHEDULE, HOLIDAYS, instant)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "until"),
    [(18, 8, 30, time(12)), (18, 11, 59, time(12)), (18, 13, 0, time(16, 30)), (20, 9, 0, time(12))],
)
def test_open_until(day, hour, minute, until):
    """From the minute it opens to the minute before it closes."""
    assert at(day, hour, minute) == hours.State(True, until=until)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "next_day", "next_time"),
    [
        (18, 8, 29, 18, time(8, 30)), (18, 12, 0, 18, time(13)), (18, 16, 30, 19, time(8, 30)),
        (19, 17, 0, 20, time(8, 30)), (20, 12, 0, 24, time(8, 30)), (22, 10, 0, 24, time(8, 30)),
    ],
)  # fmt: skip
def test_closed_until(day, hour, minute, next_day, next_time):
    """Lunch, evening, an open Saturday, a holiday and a closed special day after it."""
    assert at(day, hour, minute) == hours.State(False, next=Opening(date(2027, 3, next_day), next_time))


def test_an_office_that_never_opens_says_nothing_of_it():
    """No opening is made up."""
    empty = Schedule(week=[], approved_by="ปลัด", approved_on=date(2027, 1, 1))
    assert hours.at(empty, [], datetime(2027, 3, 18, tzinfo=UTC)) == hours.State(False)


def test_the_week_names_why_a_day_is_unlike_others():
    """Seven days from any day on, each with its rule."""
    days = hours.week(SCHEDULE, HOLIDAYS, date(2027, 3, 18))
    assert [day.why for day in days] == ["week", "week", "special", "week", "holiday", "special", "week"]
    assert [len(day.spans) for day in days] == [2, 2, 1, 0, 0, 0, 2]
    assert days[0].spans == (MORNING, AFTERNOON)


def test_trips_come_in_order_and_past_ones_go():
    """Today's trip still stands."""
    trips = [
        Trip(id=str(day), day=date(2027, 3, day), opens=time(12), closes=time(15), village="1", place=NAME, what=NAME)
        for day in (25, 17, 18)
    ]
    from msgspec.structs import replace

    assert [trip.id for trip in hours.coming(replace(SCHEDULE, trips=trips), date(2027, 3, 18))] == ["18", "25"]


def test_a_schedule_that_contradicts_itself_is_refused():
    """A span that ends before it begins, two that overlap, a day or village twice or unknown."""
    from msgspec.structs import replace

    late = Span(opens=time(11), closes=time(14))
    backwards = Span(opens=time(12), closes=time(12))
    trip = Trip(id="t", day=date(2027, 3, 1), opens=time(12), closes=time(11), village="9", place=NAME, what=NAME)
    wrong = replace(
        SCHEDULE,
        week=[WeekHours(days=["mon"], spans=[MORNING, late]), WeekHours(days=["mon"], spans=[backwards])],
        special=[*SCHEDULE.special, SCHEDULE.special[0]],
        trips=[trip],
    )
    assert {field for field, _ in hours.problems(wrong, {"1"})} == {
        "week[0].spans", "week[0].days", "week[1].spans", "week[1].days", "special[2].day", "trips[0]",
        "trips[0].village",
    }  # fmt: skip
    assert list(hours.problems(SCHEDULE, {"1"})) == []
