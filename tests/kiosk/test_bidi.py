"""Right-to-left and left-to-right text stand in the order Unicode says, as another implementation sees it too."""

from __future__ import annotations

import random

import bidi
import pytest

from kiosk.bidi import base_level, leaning, levels, visual_order, whole_numbers

ALPHABET = "ab กท ڤرم 019٣ ،.,/-+()[]:« »%$ ๔"
TRIALS = 2000


def shown(text: str, base: int) -> str:
    """``text`` in visual order, one character a run."""
    return "".join(text[at] for at in visual_order(levels(text, base)))


@pytest.mark.parametrize("base", [0, 1])
def test_agrees_with_another_implementation(base: int) -> None:
    """Random mixtures of Thai, Latin, Jawi, figures and brackets come out as python-bidi orders them."""
    chance = random.Random(2569 + base)
    for _ in range(TRIALS):
        text = "".join(chance.choice(ALPHABET) for _ in range(chance.randint(1, 24)))
        assert shown(text, base) == bidi.get_display(text, base_dir="R" if base else "L"), repr(text)


@pytest.mark.parametrize(
    ("text", "level"), [("ไทย", 0), ("ملايو", 1), ("12 ملايو", 1), ("12/2569", 0), ("", 0), ("(OTP) ملايو", 0)]
)
def test_the_first_letter_sets_the_direction(text: str, level: int) -> None:
    """Figures and signs do not decide, the first letter does."""
    assert base_level(text) == level


def test_neutral_text_follows_the_language() -> None:
    """A text without letters runs as the language around it."""
    assert base_level("12/2569", fallback=1) == 1


def test_money_is_not_reversed() -> None:
    """Figures in Jawi keep their order: 600 is never 006."""
    text = "باير 600 باهت"
    assert "600" in shown(text, 1)
    assert "12/2569" in shown("نومبر 12/2569", 1)


@pytest.mark.parametrize(
    "number",
    [
        "0-0000-0000",
        "0 7312 3456",
        "081 234 5678",
        "08.30–16.30",
        "12/2569",
        "8–15",
        "1,200.50",
        "25%",
        "-5",
        "+66",
        "฿600",
        "#12",
        "10:24",
        "12-3-2569",
        "1\u00a0256\u00a02\u00a017",
    ],
)
@pytest.mark.parametrize("around", ["تيليفون {}", "تيليفون {} سهاج", "{} سهاج", "{}", "Tel. {}", "(تيليفون {})"])
def test_a_number_is_one_thing(number: str, around: str) -> None:
    """Telephone numbers, spans of hours and amounts read from left to right, whatever stands around them."""
    text = around.format(number)
    found = whole_numbers(text)
    assert len(found) == len(text)
    for base in (0, 1):
        order = visual_order(levels(found, base))
        assert number in "".join(text[at] for at in order), (text, base)


def test_what_is_no_number_is_left_alone() -> None:
    """A hyphen between words and the sign of reduplication belong to the words."""
    for text in ("ورن-ورن", "كانق٢", "A-B", "ไป - กลับ"):
        assert [char for char in whole_numbers(text) if char != "0"] == [char for char in text if char != "٢"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("سلامت داتڠ ك ศาลาทอง ตำบลศาลาทอง", 1),
        ("ศาลาทอง اداله ڤجابت كامي دسيني", 1),
        ("Ambil nombor untuk چوكاي", 0),
        ("Kaunter 2 · Aras 1", 0),
        ("กองคลัง · سمبوڠن", 1),
        ("12/2569", 1),
    ],
)
def test_a_sentence_leans_to_where_it_is_read_from(text: str, level: int) -> None:
    """Among Jawi a Thai name in front does not turn a Jawi sentence round; a Rumi sentence stays Rumi."""
    assert leaning(text, 1) == level
