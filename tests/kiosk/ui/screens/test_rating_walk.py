"""A rating with the code of a slip, from the ticket to the last word, by touch alone and in every language."""

import time

import pytest

from kiosk.ui import harness
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets.keyboard import Keyboard
from kiosk.ui.widgets.scroll import ScrollArea
from shared import kinds

#: A page that is turned is at rest after this.
TURN_S = 0.25


def bodies(shown):
    """What the lobby log holds, decoded, without the record that opened it."""
    records = shown.kiosk.world.lobby.after(0)
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in records][1:]


def keyboard_of(shown):
    """The keyboard on screen, once it has come."""

    def there():
        return next((each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard)), None)

    shown.stage.settle(until=lambda: there() is not None)
    return there()


def a_word(shown):
    """A short word that the keyboard now on screen has the letters of."""
    keyboard = keyboard_of(shown)
    return next(word for word in ("ดี", "ok", "با") if all(keyboard.spot_of(letter) for letter in word))


def strike(shown, text):
    """Type on the keyboard on screen, key by key."""
    keyboard = keyboard_of(shown)
    for letter in text:
        # Nobody strikes one key twice within a moment; that would be an echo.
        shown.stage.strike(keyboard, letter)
        shown.kiosk.hands.pass_s(0.2)
    shown.settle()


def touch_in_page(shown, *actions):
    """Touch what stands in the page, turned to where it is in sight."""
    for action in actions:
        for _ in range(6):
            area = next((each for each in shown.stage.walk(shown.screen) if isinstance(each, ScrollArea)), None)
            _, middle = harness.middle(shown.key(action))
            if area is None or area.y < middle < area.top:
                break
            shown.touch("page-forth")
            time.sleep(TURN_S)
            shown.settle()
        shown.touch(action)


def begin(shown, language):
    """Stand at the start page in this language."""
    shown.begin()
    if language != "th":
        shown.touch(f"language-{language}")
    assert shown.flow.visit.language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_slip_to_the_last_word(shown, language):
    """Ticket, code, face, another face, three reasons, two sides, words: four records, none of which leads to the
    ticket, and a slip that carried the code.
    """
    begin(shown, language)
    shown.touch("services", "service-sign_tax", "take", "done")
    code = shown.kiosk.printer.tray[0].rating_code
    begin(shown, language)
    shown.touch("rate")
    touch_in_page(shown, "code")
    strike(shown, code)
    shown.touch("use")
    assert shown.flow.step == "rating"
    assert shown.flow.say("rating.slip_taken") in shown.stage.texts(shown.screen)
    shown.touch("face-2", "change", "face-5")
    view = shown.flow.view
    assert (shown.flow.step, view.score) == ("thanks", 5)
    touch_in_page(shown, *(f"reason-{each.id}" for each in view.reasons[:3]))
    touch_in_page(shown, *(f"{each.id}-4" for each in view.dimensions))
    shown.touch("write")
    word = a_word(shown)
    strike(shown, word)
    shown.touch("write", "done")
    assert shown.flow.step == "idle"
    _, printed, given, changed, why = bodies(shown)
    assert isinstance(printed, kinds.SlipPrinted)
    assert given == kinds.RatingGiven("2027-03-18", 2, "ticket", "sign_tax", False)
    assert (changed.was, changed.score, changed.place) == (2, 5, "ticket")
    assert (len(why.reasons), [score for _, score in why.dimensions], why.language) == (3, [4, 4], language)
    assert why.words == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_code_is_told_kindly_and_one_rates_without(shown, language):
    """What to do next is said in the reader's language, and nothing was recorded by trying."""
    begin(shown, language)
    shown.touch("rate")
    touch_in_page(shown, "code")
    strike(shown, "12345678")
    shown.touch("use")
    assert shown.flow.say("slip_code.refused") in shown.stage.texts(shown.screen)
    assert bodies(shown) == []
    shown.touch("without", "face-4", "done")
    assert bodies(shown) == [kinds.RatingGiven("2027-03-18", 4, "walk-by", "", False)]
