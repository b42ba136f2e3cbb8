"""Who cannot reach high touches "buttons low", and finds everything in the lower half, on every screen of the visit."""

from __future__ import annotations

import pytest

from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets import LOOK
from kiosk.words import sentence
from tests.kiosk.ui.screens.geometry import is_whole, targets


def heights(shown):
    """The middle of every target on screen, in shares of the window."""
    high = shown.stage.window.size[1]
    return {each.action: (box[1] + box[3]) / 2 / high for each, box in targets(shown.stage, shown.front)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_comes_within_reach_and_stays_there(shown, language):
    """On the next screens too, until it is switched off or the visit ends."""
    shown.begin()
    shown.touch("language-" + language)
    assert max(heights(shown).values()) > 0.5
    shown.touch("low")
    assert shown.key("low").text == sentence("foot.not_low", language)
    for ways in (("services",), ("home", "rate"), ("home", "ask")):
        assert max(heights(shown).values()) <= 0.5
        for way in ways:
            _find(shown, way)
            shown.touch(way)
        assert max(heights(shown).values()) <= 0.5
    shown.touch("home", "low")
    assert max(heights(shown).values()) > 0.5
    shown.touch("low", "finish")
    shown.begin()
    assert max(heights(shown).values()) > 0.5


def _find(shown, way):
    """Turn pages until this way is seen whole."""
    while way not in whole(shown):
        assert not shown.key("page-forth").disabled, f"{way} is on no page"
        shown.touch("page-forth")


def whole(shown):
    """The actions whose targets are seen whole, or as much of them as a finger needs."""
    enough = 2 * LOOK.m.touch
    return {
        each.action
        for each, box in targets(shown.stage, shown.front)
        if is_whole(each, box) or box[3] - box[1] >= enough
    }


def test_nothing_is_lost_below(shown):
    """Turning the pages of a screen brings everything into reach, one thing after another, and back again."""
    # A page has come as soon as it was turned.
    LOOK.motion = False
    shown.begin()
    shown.touch("problem")
    doors = whole(shown)
    assert {"general", "person", "track"} <= doors
    shown.touch("home", "low", "problem")
    first = whole(shown)
    assert not doors <= first
    met = set(first)
    for _ in range(6):
        if shown.key("page-forth").disabled:
            break
        shown.touch("page-forth")
        met |= whole(shown)
    assert doors <= met
    while not shown.key("page-back").disabled:
        shown.touch("page-back")
    assert whole(shown) == first
