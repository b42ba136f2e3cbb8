"""A touch is answered at once and counts once."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.ui.harness import Stage, middle
from kiosk.ui.widgets import ARMING, MODULES, Touchable, load_all
from kiosk.ui.widgets.button import Primary, Secondary
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.surface import Column, Ground


@pytest.fixture
def button(stage: Stage) -> tuple[Any, list[str]]:
    """A button on the screen, and a list that grows with each release."""
    heard: list[str] = []
    ground = Ground()
    made = Primary(text="รับบัตรคิว", action="take")
    made.fbind("on_release", lambda *_: heard.append("take"))
    ground.add_widget(made)
    stage.show(ground)
    return made, heard


def test_a_tap_is_one_release(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """Down and up inside is the act."""
    made, heard = button
    stage.tap(made)
    assert heard == ["take"]


def test_a_trembling_hand_takes_one_ticket(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """After its first release a button is dead, until a new view arms it."""
    made, heard = button
    for _ in range(5):
        stage.tap(made)
    assert heard == ["take"]
    ARMING.rearm()
    stage.tap(made)
    assert heard == ["take", "take"]


def test_two_buttons_of_one_action_count_once(stage: Stage) -> None:
    """The action is spent, not the widget: a redrawn button does not begin anew."""
    heard: list[int] = []
    column = Column()
    pair = [Primary(text="ส่ง", action="send"), Secondary(text="ส่ง", action="send")]
    for number, made in enumerate(pair):
        made.fbind("on_release", lambda *_, number=number: heard.append(number))
        column.add_widget(made)
    stage.show(column)
    for made in pair:
        stage.tap(made)
    assert heard == [0]


def test_two_fingers_are_one_press(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """A second finger on a pressed button does nothing."""
    made, heard = button
    x, y = middle(made)
    first, second = stage.touch(x - 20, y), stage.touch(x + 20, y)
    second.lift()
    first.lift()
    assert heard == ["take"]


def test_the_press_shows_before_the_next_frame(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """The colour changes with the finger, not with the lift."""
    made, heard = button
    before = tuple(made.fill_color)
    finger = stage.touch(*middle(made))
    assert made.pressed
    assert tuple(made.fill_color) != before
    finger.lift()
    assert not made.pressed
    assert heard == ["take"]


def test_sliding_off_takes_it_back(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """Lifting outside is no act; coming back before lifting is."""
    made, heard = button
    x, y = middle(made)
    finger = stage.touch(x, y).move(x, y - 600)
    assert not made.pressed
    finger.lift()
    assert heard == []
    stage.touch(x, y).move(x, y - 600).move(x, y).lift()
    assert heard == ["take"]


def test_what_left_the_screen_under_a_finger_is_not_meant(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """The page may be gone before the finger is: that is no act, and leaves nothing pressed."""
    made, heard = button
    finger = stage.touch(*middle(made))
    stage.clear()
    finger.lift()
    assert (heard, made.pressed) == ([], False)


def test_a_disabled_button_swallows_the_touch(stage: Stage, button: tuple[Any, list[str]]) -> None:
    """Not yet is not a hole to what lies below."""
    made, heard = button
    made.disabled = True
    stage.tap(made)
    assert heard == []


def test_a_choice_may_be_touched_again(stage: Stage) -> None:
    """Chips, checks and reasons toggle as often as one likes."""
    heard: list[int] = []
    chip = Chip(text="ร้านค้า", action="shops")
    chip.fbind("on_release", lambda *_: heard.append(1))
    column = Column()
    column.add_widget(chip)
    stage.show(column)
    stage.tap(chip)
    stage.tap(chip)
    assert heard == [1, 1]


def test_every_touchable_example_is_large_enough(stage: Stage) -> None:
    """What the widget modules show as touchable is 96 pixels high and wide at 1080x1920."""
    from importlib import import_module

    load_all()
    for name in MODULES:
        for example in getattr(import_module(f"kiosk.ui.widgets.{name}"), "EXAMPLES", []):
            widget = example.build("th")
            column = Column()
            column.add_widget(widget)
            stage.show(column)
            for found in stage.walk(column):
                if isinstance(found, Touchable):
                    assert found.height >= 96, (name, example.name, found.height)
                    assert found.width >= 96, (name, example.name, found.width)
