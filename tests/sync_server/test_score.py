"""The arithmetic of the satisfaction report agrees with paper, pencil and published figures."""

import statistics
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_server.queues.score import SHOWN_FROM, Score, percent, withheld

COUNTS = st.tuples(*[st.integers(0, 400)] * 5)


def test_nobody_answered_is_no_score():
    """Nothing is invented out of nothing."""
    assert Score.of((0, 0, 0, 0, 0)) is None
    assert percent(0, 0) is None


def test_one_answer_has_no_deviation():
    """With N - 1 in the divisor one answer spreads nowhere."""
    score = Score.of((0, 0, 0, 1, 0))
    assert (score.mean, score.sd, score.percent) == (Decimal("4.00"), None, Decimal("80.00"))


@given(COUNTS.filter(any))
def test_mean_deviation_and_percent_are_those_of_the_answers_themselves(counts):
    """Worked out from the counts they equal what the list of answers gives."""
    answers = [score for score, count in enumerate(counts, 1) for _ in range(count)]
    score = Score.of(counts)
    mean = Fraction(sum(answers), len(answers))
    assert abs(Fraction(score.mean) - mean) <= Fraction(1, 200)
    assert abs(Fraction(score.percent) - mean * 20) <= Fraction(1, 200)
    assert score.passes == (mean * 20 >= 70)
    if len(answers) > 1:
        assert abs(float(score.sd) - statistics.stdev(answers)) <= 0.005 + 1e-9


@pytest.mark.parametrize(
    ("counts", "mean", "level"),
    [
        # 901 / 200 = 4.505 is rounded half up to 4.51 before the level is chosen
        ((0, 0, 0, 99, 101), "4.51", "มากที่สุด"),
        ((0, 0, 0, 1, 1), "4.50", "มาก"),
        ((0, 0, 1, 1, 0), "3.50", "ปานกลาง"),
        ((0, 1, 1, 0, 0), "2.50", "น้อย"),
        ((1, 1, 0, 0, 0), "1.50", "น้อยที่สุด"),
        ((3, 0, 0, 0, 0), "1.00", "น้อยที่สุด"),
        ((0, 0, 0, 0, 3), "5.00", "มากที่สุด"),
    ],
)
def test_the_level_is_chosen_from_the_rounded_mean(counts, mean, level):
    """Where two levels meet, the printed mean decides."""
    score = Score.of(counts)
    assert (str(score.mean), score.level) == (mean, level)


def test_the_percentage_comes_from_the_mean_before_rounding():
    """47 / 12 is 78.33 per cent; from the rounded mean 3.92 it would be 78.40."""
    score = Score.of((0, 0, 1, 11, 0))
    assert (str(score.mean), str(score.percent)) == ("3.92", "78.33")


def test_seventy_per_cent_is_held_against_the_value_before_rounding():
    """69.998 prints as 70.00 and does not pass."""
    assert Score.of((0, 0, 1, 1, 0)).passes
    almost = Score.of((0, 0, 5_001, 4_999, 0))
    assert (str(almost.percent), almost.passes) == ("70.00", False)


@given(st.lists(st.integers(0, 30), max_size=7))
def test_no_small_group_can_be_worked_out_from_what_is_shown(counts):
    """The total less the shown groups never is a small group: at least two are hidden, and they hold five or more."""
    hidden = withheld(counts)
    assert {i for i, n in enumerate(counts) if 0 < n < SHOWN_FROM} <= hidden
    assert all(counts[i] for i in hidden)
    rest = sum(counts) - sum(n for i, n in enumerate(counts) if i not in hidden)
    if hidden and sum(1 for n in counts if n) > 1 and sum(counts) >= SHOWN_FROM:
        assert len(hidden) >= 2
        assert rest >= SHOWN_FROM


@given(st.lists(st.integers(0, 12), max_size=5))
def test_no_more_is_hidden_than_needed(counts):
    """Dropping any group of normal size from the hidden ones would give a small one away."""
    hidden = withheld(counts)
    small = {i for i in hidden if counts[i] < SHOWN_FROM}
    extra = hidden - small
    for fewer in combinations(extra, len(extra) - 1) if extra else ():
        left = small | set(fewer)
        assert len(left) < 2 or sum(counts[i] for i in left) < SHOWN_FROM
