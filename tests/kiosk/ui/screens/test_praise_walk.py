"""Praise by touch alone, in every language: a person by picture, or a counter and an hour, with reasons and words."""

import time

import pytest

from kiosk.ui import harness
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.scroll import ScrollArea
from shared import kinds

#: A page that is turned is at rest after this.
TURN_S = 0.25


def bodies(shown):
    """What the lobby log holds, decoded, without the record that opened it."""
    records = shown.kiosk.world.lobby.after(0)
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in records][1:]


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
    """Stand before the six faces, in this language."""
    shown.begin()
    if language != "th":
        shown.touch(f"language-{language}")
    shown.touch("praise")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_colleague_is_praised_by_picture(shown, language):
    """Six faces on one page, two reasons, hostile words as text; one record, then thanks, then nothing left."""
    begin(shown, language)
    assert (len(shown.flow.view.people), shown.flow.view.pages) == (6, 1)
    touch_in_page(shown, "person-sample_f", "reason-polite", "reason-honest")
    shown.touch("write")
    field = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    field.insert("[b]ใจดี[/b] {0} \u202e😀")
    shown.settle()
    shown.touch("send")
    assert shown.flow.step == "praised"
    shown.touch("done")
    assert shown.flow.step == "idle"
    assert bodies(shown) == [
        kinds.PraiseGiven(
            "2027-03-18", "sample_f", "นูรี ตัวอย่าง", "", "", ["polite", "honest"], "[b]ใจดี[/b] {0} 😀", language
        )
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_know_the_name_tells_counter_and_hour(shown, language):
    """Nothing but counter and hour of the day is recorded of the one who is meant."""
    begin(shown, language)
    shown.touch("send")
    assert shown.flow.say("praise.need") in shown.stage.texts(shown.screen)
    touch_in_page(shown, "unknown", "counter-2", "hour-10")
    shown.touch("send")
    assert bodies(shown) == [kinds.PraiseGiven("2027-03-18", "", "", "2", "10", [], "", language)]
