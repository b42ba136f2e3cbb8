"""Times are told by one rule on both sides: nearest rank, and promises of minutes and hours alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content import Duration
from shared.times import limit_ms, rank


@pytest.mark.parametrize(
    ("inside", "percent", "told"),
    [([7], 50, 7), ([1, 9], 50, 1), ([1, 2, 3], 50, 2), (list(range(1, 11)), 90, 9), (list(range(1, 12)), 90, 10)],
)
def test_a_rank_is_somebodys_time(inside, percent, told):
    """No mean of two that nobody took."""
    assert rank(inside, percent) == told


@given(st.lists(st.integers(0, 10**8), min_size=1), st.integers(1, 100))
def test_a_rank_splits_as_it_says(inside, percent):
    """At least so many took no longer, and no smaller time says so of as many."""
    inside.sort()
    told = rank(inside, percent)
    assert told in inside
    assert 100 * sum(each <= told for each in inside) >= percent * len(inside)
    assert 100 * sum(each < told for each in inside) < percent * len(inside)


@pytest.mark.parametrize(
    ("value", "unit", "ms"),
    [(5, "minute", 300_000), (2, "hour", 7_200_000), (1, "working_day", None), (0, "immediate", None)],
)
def test_a_counter_keeps_promises_of_minutes_and_hours(value, unit, ms):
    """It sees no more of a visit."""
    assert limit_ms(Duration(value=value, unit=unit)) == ms
