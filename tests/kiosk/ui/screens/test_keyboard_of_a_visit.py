"""Whoever writes finds the letters of the language they chose, and nobody finds those of the one before."""

import pytest

from kiosk.ui.screens.base import Input, KeyboardTray
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import LETTERS, Keyboard

WORDS = {"th": "น้ำไม่ไหล", "en": "No water", "ms": "Air tak ada", "ms-Arab": "اءير تيدق اد، ڤوکول 10"}


def keyboard(shown):
    """The keyboard on screen."""
    return next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))


def to_the_story(shown, language):
    """Choose the language, and go to where a request is written."""
    shown.begin()
    shown.touch(f"language-{language}", "problem", "general", "category-lamp", "village-3", "next")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_is_written_in_its_own_letters(shown, language):
    """The keyboard begins in the language of the visit, and what is struck is the draft, letter by letter."""
    to_the_story(shown, language)
    board = keyboard(shown)
    assert board.layout == LETTERS[language]
    shown.stage.strike(board, WORDS[language])
    shown.settle()
    assert shown.flow.visit.draft.text == WORDS[language]
    story = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    assert story._laid.lines[0].rtl == (language == "ms-Arab")
    shown.stage._strike_spot(board.spot_of("backspace"))
    shown.settle()
    assert shown.flow.visit.draft.text == WORDS[language][:-1]


def test_the_next_visit_finds_the_keyboard_as_it_is_at_first(shown):
    """Another layout, signs and shift last until the visit ends, not longer."""
    to_the_story(shown, "ms-Arab")
    board = keyboard(shown)
    shown.stage._strike_spot(board.spot_of("layout"))
    shown.stage.frames(2)
    assert board.layout == "symbols"
    shown.stage._strike_spot(board.spot_of("letters"))
    shown.stage.frames(2)
    shown.stage._strike_spot(board.spot_of("shift"))
    assert (board.layout, board.shift) == ("jawi", True)
    shown.kiosk.pass_s(61)
    shown.settle()
    assert shown.flow.step == "idle"
    to_the_story(shown, "th")
    board = keyboard(shown)
    assert (board.layout, board.shift) == ("th-kedmanee", False)
    shown.stage._strike_spot(board.spot_of("layout"))
    shown.stage.frames(2)
    shown.stage._strike_spot(board.spot_of("letters"))
    assert board.layout == "th-kedmanee"


def test_chosen_letters_stay_for_the_next_input_of_a_page(stage):
    """Who writes a name in Latin letters goes on in them in the next box; figures alone and another page begin anew."""
    one, two = Input(), Input()
    tray = KeyboardTray(open=True, target=one)
    stage.show(tray)
    board = tray.children[0]
    stage._strike_spot(board.spot_of("language"))
    assert (board.layout, board.target) == ("en", one)
    tray.target = two
    assert (board.layout, board.target) == ("en", two)
    tray.open = False
    tray.open = True
    assert board.layout == "en"
    tray.digits = True
    assert board.layout == "digits"
    tray.digits = False
    assert board.layout == "th-kedmanee"
    board.layout = "jawi"
    tray.entered += 1
    assert board.layout == "th-kedmanee"
