"""Jawi turns every screen round: what stood at the left stands at the right, by as many pixels, and words follow it.

The same page with the same words is laid out in both directions and compared, so nobody has to remember to test a new
screen.
"""

from pathlib import Path

import pytest

from kiosk.config import pin_hash
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens import load
from kiosk.ui.screens.examples import FIRST, PIN, picture
from kiosk.ui.theme import LANDSCAPE, PORTRAIT
from kiosk.ui.widgets import LOOK, ShapedLabel
from kiosk.ui.widgets.icon import TURNS, Icon
from kiosk.ui.widgets.surface import Box

load("way")

from kiosk.ui.screens.way import PlanArea  # noqa: E402 - its rules come first

#: The attract screen waits for the next visit, and every visit begins in Thai.
TURNING = [name for name in FIRST if name != "idle"]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory):
    """One sample kiosk for all pages."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    made = SampleKiosk(folder, settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")})
    made.flow.start()
    yield made
    made.world.store.close()


def stays(widget):
    """Whether something around this widget keeps its order: codes and the row of languages, the plan of the house."""
    around = widget.parent
    while around is not None and around is not around.parent:
        if isinstance(around, PlanArea) or (isinstance(around, Box) and not around.turns):
            return True
        around = around.parent
    return False


def edges(widget):
    """Left and right edge of a widget in the window, and of the words in it."""
    left = widget.to_window(widget.x, widget.y)[0]
    found = [(left, left + widget.width)]
    if isinstance(widget, ShapedLabel) and widget.text.strip() and widget.laid is not None:
        bleed = (widget._box.size[0] - widget.laid.width) / 2
        left += widget._box.pos[0] + bleed - widget.x
        found.append((left, left + widget.laid.width))
    return found


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, PORTRAIT) for name in TURNING] + [(name, LANDSCAPE) for name in TURNING if "-" not in name],
    ids=lambda value: value if isinstance(value, str) else "panel" if value == PORTRAIT else "tablet",
)
def test_a_screen_turns_round(stage, kiosk, name, size):
    """Every widget and every block of words stands as far from the right as it stood from the left."""
    stage.resize(size)
    stage.clear()
    root = picture(name, kiosk, "th")
    stage.window.add_widget(root)
    stage.arrange()  # where things stand is known without drawing them
    seen = [each for each in stage.walk(root) if each.width > 1 and each.height > 1 and each.opacity]
    widgets = [each for each in seen if not stays(each)]
    before = [edges(each) for each in widgets]
    LOOK.rtl = True
    stage.arrange()
    stage.arrange()
    after = [edges(each) for each in widgets]
    LOOK.rtl = False
    assert len(widgets) > 3
    assert {
        (type(each).__name__, getattr(each, "text", ""))
        for each, was, now in zip(widgets, before, after, strict=True)
        for (was_left, was_right), (now_left, now_right) in zip(was, now, strict=True)
        if abs(now_left + was_right - size[0]) > 2 or abs(now_right + was_left - size[0]) > 2
    } == set()


def test_what_points_points_the_other_way(stage, kiosk):
    """The arrow of "back" is another picture in Jawi, a clock is the same."""
    stage.resize(PORTRAIT)
    root = stage.show(picture("service", kiosk, "th"))
    signs = [each for each in stage.walk(root) if isinstance(each, Icon) and each.icon]
    before = {each: bytes(each._box.texture.pixels) for each in signs}
    LOOK.rtl = True
    stage.settle()
    turned = {each.icon for each in signs if bytes(each._box.texture.pixels) != before[each]}
    LOOK.rtl = False
    assert "arrow-left" in turned
    assert turned <= TURNS
    assert {"clock", "house"} <= {each.icon for each in signs} - turned


def test_left_in_the_house_stays_left(stage, kiosk):
    """The arrows of the way through the house are the same pictures in both directions, and so is the plan."""
    stage.resize(PORTRAIT)
    root = stage.show(picture("way-near", kiosk, "th"))
    signs = [each for each in stage.walk(root) if isinstance(each, Icon) and each.stays and each.icon]
    plan = next(each for each in stage.walk(root) if isinstance(each, PlanArea))
    before = [bytes(each._box.texture.pixels) for each in signs]
    places = [each.x - plan.x for each in plan.children]
    LOOK.rtl = True
    stage.settle()
    after = [bytes(each._box.texture.pixels) for each in signs]
    turned = [each.x - plan.x for each in plan.children]
    LOOK.rtl = False
    assert turned == pytest.approx(places)
    assert {each.icon for each in signs} & TURNS
    assert after == before


def test_the_digits_of_a_code_and_the_languages_keep_their_order(stage, kiosk):
    """What reads alike in every language stands alike."""
    stage.resize(PORTRAIT, lang="ms-Arab")
    for name, item in (("track", "GroupItem"), ("recorded", "CodeItem"), ("home", "LanguageItem")):
        root = stage.show(picture(name, kiosk, "th"))
        LOOK.speak("ms-Arab")
        stage.settle()
        row = [each for each in stage.walk(root) if type(each).__name__ == item]
        lefts = [each.to_window(each.x, 0)[0] for each in row]
        assert len(row) > 1
        assert lefts == sorted(lefts)
