"""The next citizen finds every screen as the first one did: no choice, no place in a list, no half-pressed key."""

import gc
import weakref

from kiosk.ui.screens import RARE, SCREENS
from kiosk.ui.widgets import ARMING, LOOK
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import Keyboard

#: Ways to screens that keep something while a visit lasts.
WAYS = [
    ("services",), ("problem", "general"), ("problem", "general", "category-lamp", "next"), ("praise",), ("track",),
]  # fmt: skip
#: What of a widget a citizen can have changed.
KEPT = (
    "text", "lang", "offset", "page", "shift", "layout", "focus", "open", "chosen", "selected", "checked", "pressed",
    "disabled", "mask", "masked", "cursor", "hint", "opacity", "size", "pos",
)  # fmt: skip


PLAIN = (str, int, float, bool, list, tuple, type(None))


def look_of(shown):
    """Everything that stands on the screen, less the time of day."""
    told = []
    for widget in shown.stage.walk(shown.front):
        plain = {name: getattr(widget, name, None) for name in KEPT}
        values = tuple((name, repr(value)) for name, value in plain.items() if isinstance(value, PLAIN))
        if getattr(widget, "text", "") != shown.flow.chrome.clock:
            told.append((type(widget).__name__, values))
    return told


def round_trip(shown):
    """A whole visit to each screen; what each looked like."""
    seen = {}
    for way in WAYS:
        shown.begin()
        shown.touch(*way)
        shown.stage.settle(until=lambda: not shown.front.shift)
        seen[way] = look_of(shown)
        shown.flow.reset()
        shown.settle()
    return seen


def keyboard_of(shown):
    """The keyboard on screen."""
    return next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))


def leave_traces(shown):
    """A visit that changes all that can be changed, and ends by nobody being there."""
    shown.begin()
    shown.touch("language-en", "larger", "contrast", "services", "search")
    field = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    field.insert("tax")
    shown.settle()
    keyboard_of(shown).shift = True
    shown.flow.home()
    shown.settle()
    shown.touch("services")
    shown.flow.presenter.clear()
    shown.settle()
    shown.flow.presenter.next()
    shown.settle()
    shown.flow.home()
    shown.settle()
    shown.touch("problem", "general", "category-lamp", "village-3", "next")
    story = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    for _ in range(30):
        story.insert("dark again, ")
    shown.settle()
    keys = keyboard_of(shown)
    keys.shift = True
    shown.flow.presenter.hide()
    shown.settle()
    # A finger that never leaves the glass, and a key that is never let go.
    shown.stage.touch(*keys.to_window(keys.center_x, keys.center_y))
    shown.stage.window.dispatch("on_key_down", 304, 0, "", ["shift"])
    shown.kiosk.pass_s(61)
    shown.settle()


def test_the_next_citizen_finds_what_the_first_one_found(shown):
    """Language, size, contrast, searches, pages, scrolling, ticks, keyboard and focus are as they were, on each screen;
    nobody's finger is still down.
    """
    before = round_trip(shown)
    leave_traces(shown)
    assert (shown.flow.step, LOOK.text_factor, LOOK.contrast, shown.flow.say.language) == ("idle", 1.0, False, "th")
    shown.kiosk.hands.pass_s(4)
    after = round_trip(shown)
    for way in WAYS:
        differences = [
            f"{one[0]} {one[1][0][1][:30]} {set(one[1]) ^ set(other[1])}"
            for one, other in zip(before[way], after[way], strict=False)
            if one != other
        ]
        assert "\n".join(differences) == "", way
        assert len(before[way]) == len(after[way]), way


def test_nothing_can_be_undone_or_pasted_by_the_next_one(shown):
    """The keys that bring text back elsewhere bring nothing here."""
    leave_traces(shown)
    shown.kiosk.hands.pass_s(4)
    shown.begin()
    shown.touch("problem", "general", "category-lamp", "next")
    story = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    for key, char in ((122, "z"), (121, "y"), (118, "v")):
        shown.stage.window.dispatch("on_key_down", key, 0, "", ["ctrl"])
        shown.stage.window.dispatch("on_keyboard", key, 0, char, ["ctrl"])
        shown.stage.window.dispatch("on_key_up", key, 0)
    shown.settle()
    assert "dark" not in story.text
    assert "dark" not in shown.flow.visit.draft.text
    assert ARMING.live("next")


def test_no_page_takes_the_keyboard_before_it_is_shown(shown):
    """What a keyboard plugged in behind the kiosk writes must not reach a page that was only built ahead."""
    pages = [shown.front.built(step) for step in SCREENS]
    shown.settle()
    fields = [each for page in pages for each in shown.stage.walk(page) if isinstance(each, ShapedInput)]
    assert fields
    assert not [each.action for each in fields if each.focus]


def test_pages_of_staff_are_let_go_with_their_visit(shown):
    """They are rarely wanted, and what they hold is not for the next citizen."""
    shown.front.built("pins")
    shown.begin()
    shown.flow.reset()
    shown.settle()
    kept = set(shown.front._screens)
    assert not kept & RARE
    shown.front.tidy()
    for _ in range(len(SCREENS)):
        shown.front.prepare(0)
    assert set(shown.front._screens) == set(SCREENS) - RARE


def test_screens_that_are_shown_no_more_leave_nothing_behind(shown):
    """Another look's screens are let go with it; once memory is swept, no widget of them is there to fill a kiosk in
    months.
    """
    shown.begin()
    shown.touch("larger")
    for step in SCREENS:
        shown.front.built(step)
    shown.front.tidy()
    dropped = [weakref.ref(widget) for page in shown.front._screens.values() for widget in shown.stage.walk(page)]
    assert len(dropped) > 1_000
    shown.touch("larger")
    shown.settle()
    shown.front.tidy()
    found = gc.collect()
    assert not [each for each in dropped if each() is not None]
    assert found < 1_000, "a sweep left what a second one finds"
