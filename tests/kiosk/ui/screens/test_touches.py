"""Real fingers on real screens: the whole way from touch to record, and nothing left when it is over."""

import gc

import pytest

from kiosk.ui.harness import middle
from kiosk.ui.widgets import ARMING
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import Keyboard
from shared import kinds
from tests.kiosk.ui.held import everything

SECRET = "คำลับของฉัน"


def bodies(shown):
    """What the lobby log holds, decoded, without the record that opened it."""
    records = shown.kiosk.world.lobby.after(0)
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in records][1:]


def keyboard(shown):
    """The keyboard on screen."""
    return next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))


def test_a_number_is_taken_with_four_touches(shown):
    """Anywhere, services, a service, take: the number stands on the screen and in the log."""
    shown.begin()
    shown.touch("services", "service-sign_tax", "take")
    assert shown.flow.step == "ticket"
    assert "A001" in shown.stage.texts(shown.screen)
    assert bodies(shown)[0].service == "sign_tax"


def test_two_events_of_one_finger_give_one_ticket(shown):
    """Touch and mouse report the same finger at once: one ticket, one rating."""
    shown.begin()
    shown.touch("services", "service-sign_tax")
    x, y = shown.key("take").center
    for _ in range(2):
        ARMING.rearm()
        shown.stage.touch(x, y).lift()
    shown.settle()
    assert shown.flow.step == "ticket"
    assert [type(body) for body in bodies(shown)] == [kinds.TicketIssued, kinds.SlipPrinted]


def test_a_second_finger_touches_nothing(shown):
    """While one finger lies on the glass, others are not heard; a forgotten sleeve does not lock the kiosk."""
    shown.begin()
    first = shown.stage.touch(*shown.key("language-en").center)
    shown.stage.touch(*shown.key("rate").center).lift()
    shown.settle()
    assert shown.flow.step == "home"
    shown.kiosk.hands.pass_s(5)
    shown.stage.touch(*shown.key("rate").center).lift()
    shown.settle()
    assert shown.flow.step == "rating"
    first.lift()


@pytest.mark.parametrize(("way", "action"), [
    ((), "services"), (("rate",), "face-4"), (("services", "service-sign_tax", "take"), "done"),
])  # fmt: skip
def test_a_finger_that_outlasts_its_visit_acts_for_nobody(shown, way, action):
    """A palm on a button while the visit ends by itself: lifted it does nothing, and the next citizen's finger does."""
    shown.begin()
    shown.touch(*way)
    button = shown.key(action)
    palm = shown.stage.touch(*middle(button))
    assert button.pressed
    shown.kiosk.pass_s(61)
    shown.stage.frames(2)
    assert (shown.flow.step, button.pressed) == ("idle", False)
    before = bodies(shown)
    palm.lift()
    shown.settle()
    assert (shown.flow.step, bodies(shown)) == ("idle", before)
    shown.begin()
    shown.touch("services")
    assert shown.flow.step == "services"


def test_a_held_backspace_ends_with_its_visit(shown):
    """A key that repeats tells nobody once its page has forgotten whom to tell."""
    shown.begin()
    shown.touch("track")
    shown.kiosk.do("digit", "1")
    shown.settle()
    board = keyboard(shown)
    spot = board.spot_of("backspace")
    held = shown.stage.touch(*board.to_window(spot.x + spot.width / 2, spot.y + spot.height / 2))
    shown.kiosk.pass_s(61)
    assert (shown.flow.step, board._repeat, board._pressed) == ("idle", None, {})
    held.lift()
    shown.settle()
    assert shown.flow.step == "idle"


def test_ten_fingers_a_pinch_and_a_long_press_lead_nowhere(shown):
    """Whatever hands do at once, one finger is heard; afterwards the kiosk hears as before (F-K10)."""
    shown.begin()
    width, height = shown.stage.window.size
    hands = [shown.stage.touch(width * (0.1 + 0.06 * n), height * 0.97) for n in range(10)]
    for step in range(6):
        for n, finger in enumerate(hands):
            finger.move(width * (0.4 + (n - 5) * 0.01 * step), height * 0.97)
    shown.kiosk.hands.pass_s(60)
    for finger in hands:
        finger.lift()
    shown.kiosk.flow.tick()
    shown.settle()
    shown.kiosk.hands.pass_s(4)
    assert shown.flow.step in ("home", "idle")
    shown.flow.reset()
    shown.settle()
    shown.begin()
    finger = shown.stage.touch(*shown.key("rate").center)
    for _ in range(12):
        shown.kiosk.hands.pass_s(5)
        finger.move(*shown.key("rate").center)
    finger.lift()
    shown.settle()
    assert shown.flow.step in ("home", "idle", "rating")
    shown.flow.reset()
    shown.settle()
    shown.begin()
    shown.touch("services")
    assert shown.flow.step == "services"


def test_a_request_is_typed_on_the_keyboard_and_filed(shown):
    """From the door to the code by touch alone, the text letter by letter."""
    shown.begin()
    shown.touch("problem", "general", "category-lamp", "village-3", "next")
    shown.stage.strike(keyboard(shown), "ไฟดับ")
    shown.settle()
    assert shown.flow.visit.draft.text == "ไฟดับ"
    shown.touch("next", "next", "next")
    assert shown.flow.step == "recorded"
    code = "".join(shown.flow.view.groups)
    assert all(code[at : at + 4] in shown.stage.texts(shown.screen) for at in range(0, 16, 4))
    assert bodies(shown)[0].text == "ไฟดับ"


def test_typed_signs_are_text_and_nothing_else(shown):
    """Tags, braces, formulas and direction marks show as they are; nothing crashes and nothing is obeyed (F-N8)."""
    nasty = "[size=999]ใหญ่[/size] {0} <b>x</b> =1+1 \u202eขวา\u200bซ้าย 😀"
    shown.begin()
    shown.touch("problem", "general", "category-lamp", "next")
    story = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    story.insert(nasty)
    shown.settle()
    assert "[size=999]" in shown.flow.visit.draft.text
    shown.touch("next", "next")
    assert any("[size=999]ใหญ่[/size] {0} <b>x</b> =1+1" in text for text in shown.stage.texts(shown.screen))
    shown.touch("next")
    assert shown.flow.step == "recorded"


@pytest.mark.parametrize("keys", [("f1", 282), ("escape", 27), ("f11", 292)])
def test_no_key_leads_out(shown, keys):
    """F1 opens no settings, Esc ends nothing (F-K10)."""
    name, code = keys
    window = shown.stage.window
    children = list(window.children)
    window.dispatch("on_key_down", code, 0, "", [])
    window.dispatch("on_keyboard", code, 0, "", [])
    window.dispatch("on_key_up", code, 0)
    shown.settle()
    assert window.children == children, name
    assert shown.flow.step == "idle"


def test_five_touches_in_the_corner_open_the_staff_corner(shown):
    """Hidden from citizens, quick for staff; slow touches do not add up."""
    for _ in range(5):
        shown.tap(0.97, 0.98)
        shown.kiosk.hands.pass_s(1.5)
    assert shown.flow.step == "home"
    shown.flow.reset()
    shown.settle()
    for _ in range(5):
        shown.tap(0.97, 0.98)
        shown.kiosk.hands.pass_s(0.3)
    shown.settle()
    assert shown.flow.step == "staff"


def test_a_touch_on_the_question_goes_on_and_erase_erases(shown):
    """Anywhere outside erase means: still here. Below the question nothing is touched."""
    shown.begin()
    shown.kiosk.pass_s(42)
    shown.stage.frames(4)
    assert shown.flow.warning is not None
    shown.tap(0.5, 0.08)
    shown.settle()
    assert (shown.flow.warning, shown.flow.step) == (None, "home")
    shown.kiosk.pass_s(42)
    shown.stage.frames(4)
    shown.touch("erase")
    assert shown.flow.step == "idle"


def test_typed_text_is_hidden_while_nobody_is_there(shown):
    """With the question on screen the text below is bars."""
    shown.begin()
    shown.touch("problem", "general", "category-lamp", "next")
    story = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    story.insert(SECRET)
    shown.kiosk.pass_s(42)
    assert story.mask


def _holders(text):
    found = []
    for each in everything():
        try:
            found += [
                type(each).__name__
                for inner in gc.get_referents(each)
                if type(inner) is str and inner is not text and text in inner
            ]
        except ReferenceError:
            continue
    return found


def test_no_widget_and_no_cache_holds_a_word_afterwards(shown):
    """After the visit the typed words are in no widget, view, texture cache or undo of the whole process."""
    word = f"{SECRET}เฉพาะจริง"
    shown.begin()
    shown.touch("services", "search")
    field = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    field.insert(word)
    shown.settle()
    shown.touch("search")
    shown.flow.home()
    shown.settle()
    shown.touch("problem", "general", "category-lamp", "input-place")
    for _ in range(3):
        field = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
        field.insert(word)
        shown.settle()
        shown.touch("next")
    assert shown.flow.step == "review"
    assert len(_holders(word[:-1])) > 0
    shown.kiosk.pass_s(61)
    shown.settle()
    assert shown.flow.step == "idle"
    del word, field
    assert _holders("เฉพาะ" + "จริ") == []


def test_nothing_ever_reaches_the_clipboard(shown):
    """The clipboard is never even loaded: what is in no clipboard need not be cleared from it."""
    import sys

    assert "kivy.core.clipboard" not in sys.modules


def test_larger_text_and_contrast_last_until_the_visit_ends(shown):
    """The foot's choices change the look at once and are forgotten with the visit."""
    from kiosk.ui.widgets import LOOK

    shown.begin()
    shown.touch("larger", "contrast")
    assert (LOOK.text_factor, LOOK.contrast) == (1.25, True)
    shown.touch("finish")
    assert (LOOK.text_factor, LOOK.contrast, shown.flow.step) == (1.0, False, "idle")


def test_records_are_carried_away_with_five_touches_more(shown, tmp_path):
    """Staff corner, to USB, the stick's name, and back once it may be pulled out: the records lie on it."""
    from kiosk.desk.stick import Stick

    folder = tmp_path / "KINGSTON"
    folder.mkdir()
    shown.kiosk.sticks = (Stick(folder, 10**9),)
    for _ in range(5):
        shown.tap(0.97, 0.98)
        shown.kiosk.hands.pass_s(0.3)
    shown.settle()
    shown.touch("export", "stick-KINGSTON")
    shown.settle()
    assert shown.flow.view.state == "done"
    assert len(list(folder.rglob("*.sala"))) == 1
    shown.touch("done", "leave")
    assert shown.flow.step == "idle"
