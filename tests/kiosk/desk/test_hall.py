"""How busy it is, when the office is open, what the budget says and where a room is, as the desk tells it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from kiosk.desk import budget, hours, notices, queue, way
from kiosk.ui.sample import sample_content
from tests.kiosk.worlds import MONDAY, Hands, an_identity

BUNDLE = sample_content().bundle()


def take(world, clock, count):
    """Give so many numbers now."""
    for _ in range(count):
        queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")


@pytest.mark.parametrize(("count", "level"), [(0, 1), (2, 1), (3, 2), (5, 2), (6, 3), (80, 3)])
def test_busy_is_told_by_the_numbers_of_the_last_hour(world, count, level):
    """Few, some, many; more records than one run of reading are counted all the same."""
    clock = Hands().clock()
    take(world, clock, count)
    assert queue.busy(world, clock.now()) == queue.Busy(level, count)


def test_numbers_of_an_hour_ago_are_no_longer_busy(world):
    """A full morning does not make a busy noon."""
    hands = Hands()
    clock = hands.clock()
    take(world, clock, 9)
    hands.pass_s(40 * 60)
    take(world, clock, 1)
    assert queue.busy(world, clock.now()).tickets == 10
    hands.pass_s(21 * 60)
    assert queue.busy(world, clock.now()) == queue.Busy(1, 1)


def test_nothing_is_said_of_waiting_where_a_clock_was_wrong(world):
    """Neither while the clock is not trusted nor from numbers that carry its wrong times."""
    clock = Hands().clock()
    take(world, clock, 1)
    wrong = Hands(datetime(1990, 1, 1, tzinfo=UTC)).clock()
    assert queue.busy(world, wrong.now()) is None
    take(world, wrong, 1)
    assert queue.busy(world, clock.now()) is None
    fresh = Hands(MONDAY - timedelta(hours=3)).clock()
    assert queue.busy(world, fresh.now()) is None


def test_nothing_is_said_of_open_or_closed_without_a_clock_or_a_schedule():
    """A wrong word would send somebody to a locked door."""
    moment = Hands(datetime(2027, 3, 18, 3, 24, tzinfo=UTC)).clock().now()
    assert hours.now(BUNDLE, moment).open
    assert hours.now(BUNDLE, replace(moment, trusted=False)) is None
    assert hours.now(BUNDLE, replace(moment, wall=None)) is None
    assert hours.now(msgspec.structs.replace(BUNDLE, schedule=None), moment) is None


def test_trips_and_special_days_are_told_two_weeks_ahead():
    """What is further off waits."""
    day = date(2027, 3, 18)
    assert [trip.id for trip in hours.soon(BUNDLE, day)] == ["v6_mar", "v3_mar"]
    assert [trip.id for trip in hours.trips(BUNDLE, day)] == ["v6_mar", "v3_mar", "v8_apr"]
    assert [each.day for each in hours.specials(BUNDLE, day, hours.SOON_DAYS)] == [date(2027, 3, 20)]


def test_what_was_said_and_the_survey_keep_to_their_days():
    """Both days of a window are in it, the days around it are not."""
    assert len(notices.said(BUNDLE, date(2027, 1, 1))) == 2
    assert notices.said(BUNDLE, date(2026, 12, 31)) == []
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1)]
    assert [notices.survey(BUNDLE, day) is not None for day in days] == [False, True, True, False]


def test_the_budget_adds_up_and_tells_what_is_not_over():
    """All areas or one; quarters without data are not zero, and the one the data end in still runs."""
    told = BUNDLE.budget
    whole, roads = budget.of(told), budget.of(told, "roads")
    assert (whole.plan, whole.actual) == (27_200_000, 9_006_200)
    assert (roads.plan, roads.actual, roads.percent) == (10_800_000, 2_950_000, 27)
    assert [(each.actual, each.runs) for each in roads.quarters] == [
        (1_050_000, False), (1_900_000, True), (None, False), (None, False),
    ]  # fmt: skip
    assert budget.of(told, "no_such_area") == whole
    ends = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 9, 30)]
    running = [
        [each.runs for each in budget.of(msgspec.structs.replace(told, data_until=day)).quarters] for day in ends
    ]
    assert running == [[False] * 4, [False, True, False, False], [False] * 4]


def test_a_place_is_found_from_this_kiosk():
    """Counters come first in the list; stairs are no place to look for."""
    found = [place.id for _, place in way.places(BUNDLE)]
    assert found[:2] == ["counters", "desk"]
    assert not {"stairs_up", "ramp"} & set(found)
    walked = way.find(BUNDLE, an_identity(), "works")
    assert [move.what for move in walked.moves] == ["behind", "up", "ahead", "arrive"]
    assert (walked.moves[-1].side, walked.moves[-1].door) == ("right", 2)
    assert way.find(BUNDLE, an_identity(), "no_such_room") is None
    assert way.find(msgspec.structs.replace(BUNDLE, floor=None), an_identity(), "works") is None
