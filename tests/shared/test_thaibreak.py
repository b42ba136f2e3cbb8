"""Thai text is cut into words the list knows, never inside a written cluster, and nothing is lost on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.thaibreak import ThaiBreaker, may_cut

WORDS = [
    "ลง",
    "ทะเบียน",
    "ลงทะเบียน",
    "ที่",
    "นี่",
    "ที่นี่",
    "ผู้",
    "สูง",
    "อายุ",
    "ผู้สูงอายุ",
    "มา",
    "ก็",
    "กัน",
    "ตา",
    "กลม",
    "ตาก",
    "ลม",
]
BREAKER = ThaiBreaker(WORDS)
SIGNS = list("กขคงจตนมยรลสอหเแโใไะาำิีึืุูั็่้๊๋์ๆฯ")
THAI = st.lists(st.sampled_from([*WORDS, *SIGNS]), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ลงทะเบียนที่นี่", ["ลงทะเบียน", "ที่นี่"]),
        ("ผู้สูงอายุมาลงทะเบียน", ["ผู้สูงอายุ", "มา", "ลงทะเบียน"]),
        ("มาลงทะเบียน 12/2569 (OTP)", ["มา", "ลงทะเบียน", " 12/2569 (OTP)"]),
        ("ขวัญมา", ["ขวัญ", "มา"]),  # the name is unknown: it stays in one piece
        ("abc", ["abc"]),
        ("", []),
    ],
)
def test_words(text: str, pieces: list[str]) -> None:
    """The fewest known words cover a run; what no word explains stays together."""
    assert BREAKER.words(text) == pieces


@given(THAI)
def test_nothing_is_lost(text: str) -> None:
    """The pieces put together again are the text."""
    assert "".join(BREAKER.words(text)) == text


@given(THAI)
def test_cuts_stand_between_clusters(text: str) -> None:
    """No boundary separates a mark from its letter or a leading vowel from its consonant."""
    for at in BREAKER.boundaries(text):
        assert 0 < at < len(text)
        assert may_cut(text, at)
        assert text[at] not in "ะาำิีึืุู็่้๊๋์"
        assert text[at - 1] not in "เแโใไ"


def test_a_silenced_letter_stays_with_its_word() -> None:
    """Thanthakhat reaches back over the letter it silences, which cannot begin a word."""
    assert not may_cut("ศาสตร์", 4)


def test_forgetting_changes_no_answer() -> None:
    """Emptying the cache is about privacy, not about what is found."""
    before = BREAKER.words("ผู้สูงอายุมาที่นี่")
    BREAKER.forget()
    assert BREAKER.words("ผู้สูงอายุมาที่นี่") == before


def test_an_empty_list_is_no_error() -> None:
    """Without words every run is one unknown piece."""
    assert ThaiBreaker([]).words("ลงทะเบียน") == ["ลงทะเบียน"]


def test_membership() -> None:
    """A breaker can be asked for a word."""
    assert "ลงทะเบียน" in BREAKER
    assert "ตู้" not in BREAKER


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ก่อนหน้า", ["ก่อน", "หน้า"]),
        ("ขอความช่วยเหลือ", ["ขอ", "ความช่วยเหลือ"]),
        ("หน้า", ["หน้า"]),
        ("ก่อนหน้ากกก", ["ก่อน", "หน้ากกก"]),
        ("Previous", ["Previous"]),
    ],
)
def test_a_long_word_falls_into_shorter_ones(word, parts):
    """Where each part is a word; what no word explains is left whole."""
    breaker = ThaiBreaker(["ก่อน", "หน้า", "ก่อนหน้า", "ขอ", "ความช่วยเหลือ", "ขอความช่วยเหลือ"])
    cuts = [0, *breaker.inside(word), len(word)]
    assert [word[start:stop] for start, stop in pairwise(cuts)] == parts
