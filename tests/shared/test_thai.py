"""Thai facts: years turn where the office turns them, and typed text is kept as typed but never tricks a reader."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from shared import thai
from shared.errors import Malformed

DAYS = st.dates(date(1990, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("day", "year", "half"),
    [
        (date(2026, 9, 30), 2569, 2),
        (date(2026, 10, 1), 2570, 1),
        (date(2026, 12, 31), 2570, 1),
        (date(2027, 3, 31), 2570, 1),
        (date(2027, 4, 1), 2570, 2),
        (date(2027, 9, 30), 2570, 2),
    ],
)
def test_fiscal_year_is_named_by_its_last_day(day, year, half):
    """1 October opens the year that is named by the next 30 September."""
    assert (thai.fiscal_year(day), thai.fiscal_half(day)) == (year, half)


@given(DAYS)
def test_every_day_lies_in_its_period(day):
    """A day lies inside the year and the half it is counted in, and in no other half."""
    year, half = thai.fiscal_year(day), thai.fiscal_half(day)
    first, last = thai.fiscal_period(year, half)
    assert first <= day <= last
    other_first, other_last = thai.fiscal_period(year, 3 - half)
    assert not other_first <= day <= other_last
    assert thai.fiscal_period(year)[0] <= first <= last <= thai.fiscal_period(year)[1]


@given(st.integers(631_152_000, 5_680_281_600).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_service_date_turns_at_midnight_in_bangkok(instant):
    """The office's day turns at 17:00 UTC and never at the UTC midnight (F-D5, F-J1)."""
    assert thai.service_date(instant) == (instant + timedelta(hours=7)).date()
    assert (
        thai.day_start(thai.service_date(instant))
        <= instant
        < thai.day_start(thai.service_date(instant)) + timedelta(1)
    )


@given(DAYS)
def test_buddhist_years_round_trip(day):
    """Every day, 29 February included, survives being written with a Buddhist-era year (F-D6)."""
    assert thai.date_from_be(thai.be(day.year), day.month, day.day) == day


@pytest.mark.parametrize("wrong", [(2026, 1, 1), (2399, 1, 1), (2701, 1, 1), (2570, 2, 29), (2570, 13, 1), (69, 1, 1)])
def test_mixed_or_impossible_dates_are_refused(wrong):
    """A Common-Era year in a Buddhist-era field is an error, not a guess."""
    with pytest.raises(Malformed):
        thai.date_from_be(*wrong)


def test_dates_in_words():
    """Papers and screens write dates the office's way, unbreakable."""
    day = date(2026, 11, 22)
    assert thai.long_date(day) == "22\u00a0พฤศจิกายน\u00a02569"
    assert thai.thai_digits(thai.short_date(day)) == "๒๒\u00a0พ.ย.\u00a0๒๕๖๙"
    assert thai.time_of_day(datetime(2026, 11, 22, 3, 32, tzinfo=UTC)) == "10.32\u00a0น."
    assert thai.weekday(day) == "อาทิตย์"
    assert thai.ascii_digits("๑๒๓๔") == "1234"


SONGKRAN = {date(2027, 4, 13), date(2027, 4, 14), date(2027, 4, 15)}


@pytest.mark.parametrize(
    ("start", "days", "working", "expected"),
    [
        (date(2026, 11, 25), 15, False, date(2026, 12, 10)),  # first day excluded
        (date(2026, 11, 27), 15, False, date(2026, 12, 14)),  # ends on a Saturday, moves to Monday
        (date(2027, 3, 29), 15, False, date(2027, 4, 16)),  # ends in Songkran, moves behind it
        (date(2027, 4, 9), 3, True, date(2027, 4, 19)),  # working days skip weekend and holidays
        (date(2026, 11, 25), 0, False, date(2026, 11, 25)),
    ],
)
def test_deadlines(start, days, working, expected):
    """Clocks count as the office counts: from the day after, and never ending on a day off (F-L8)."""
    assert thai.deadline(start, days, SONGKRAN, working=working) == expected


@given(DAYS, st.integers(0, 60), st.booleans())
def test_deadlines_end_on_working_days(start, days, working):
    """A rolled deadline is a working day, at least `days` later."""
    end = thai.deadline(start, days, SONGKRAN, working=working)
    assert thai.is_working_day(end, SONGKRAN)
    assert end >= start + timedelta(days=days)


@given(st.text(max_size=300), st.integers(1, 200), st.booleans())
def test_cleaned_text_is_harmless_and_stable(text, chars_max, lines):
    """Nothing invisible or direction-changing is left, at most three marks stack, and cleaning twice changes
    nothing.
    """
    cleaned = thai.clean(text, chars_max=chars_max, lines=lines)
    assert len(cleaned) <= chars_max
    assert thai.clean(cleaned, chars_max=chars_max, lines=lines) == cleaned
    for char in cleaned:
        assert unicodedata.category(char) not in ("Cc", "Cs") or (char == "\n" and lines)
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    assert unicodedata.is_normalized("NFC", cleaned)


@pytest.mark.parametrize("typed", ["น้ำ", "สระอำ", "ที่ ผู้ใหญ่ ฐานันดร กตัญญู", "[size=99]x[/size]", "=1+1", "<b>", "😀 ok"])
def test_honest_text_is_kept_as_typed(typed):
    """Thai, markup, formulas and emoji are text like any other."""
    assert thai.clean(typed, chars_max=100) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("นํ้าประปา", "น้ำประปา"),
        ("นำประปา", "น้ำประปา"),
        ("เเจ้ง", "แจ้ง"),
        ("ภาษี ที่ดิน", "ภาษีทีดิน"),
        ("OTP", "otp"),
        ("หมู่ ๕", "หมู่ 5"),
    ],
)
def test_search_forgives_spelling(typed, meant):
    """Tone marks, spaces, two ways of typing a vowel, case and Thai digits do not matter when searching."""
    assert thai.fold(typed) == thai.fold(meant)
