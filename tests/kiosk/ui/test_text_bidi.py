"""Right-to-left and left-to-right text stand in the order Unicode says, as another implementation sees it too."""

from __future__ import annotations

import random

import bidi
import pytest

from kiosk.ui.shaping.bidi import base_level, levels, visual_order

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
