"""One touch is one verb, and a visit that ends leaves nothing behind."""

import gc

import pytest

from kiosk.ui.presenters.flow import STEP_DEAF_MS
from tests.kiosk.ui.held import everything

SECRET = "ความลับที่ไม่ควรเหลือ"


def issued(kiosk):
    """How many tickets and ratings the log holds."""
    names = [each.header.kind for each in kiosk.world.lobby.after(0)]
    return names.count("ticket.issued"), names.count("rating.given")


def to_service(kiosk):
    """Stand before the button that takes a number."""
    for verb, *arguments in (("begin",), ("services",), ("choose", "sign_tax")):
        kiosk.do(verb, *arguments)
    kiosk.hands.pass_s(1)


def test_two_events_of_one_touch_give_one_ticket(kiosk):
    """The mouse driver and the touch driver both report: one ticket (F-K9)."""
    to_service(kiosk)
    page = kiosk.presenter
    page.take()
    page.take()
    kiosk.settle()
    page.take()
    kiosk.settle()
    assert kiosk.flow.step == "ticket"
    assert issued(kiosk) == (1, 0)


def test_two_events_of_one_touch_give_one_rating_and_do_not_hit_the_next_screen(kiosk):
    """The second event of a touch finds a screen that does not hear yet."""
    kiosk.do("begin")
    kiosk.do("rate")
    kiosk.hands.pass_s(1)
    kiosk.presenter.rate(5)
    kiosk.presenter.rate(5)
    kiosk.settle()
    assert kiosk.flow.step == "thanks"
    kiosk.presenter.done()
    assert kiosk.flow.step == "thanks"
    kiosk.hands.pass_s(STEP_DEAF_MS / 1000)
    kiosk.presenter.done()
    assert kiosk.flow.step == "idle"
    assert issued(kiosk) == (0, 1)


def test_a_tick_is_not_undone_by_its_own_echo(kiosk):
    """A toggle touched once stays toggled, though two events report it; touched again later it goes back."""
    to_service(kiosk)
    kiosk.presenter.paper(0)
    kiosk.presenter.paper(0)
    assert kiosk.flow.view.papers[0].at_hand
    kiosk.do("paper", 0)
    assert not kiosk.flow.view.papers[0].at_hand


def test_a_verb_of_a_screen_that_is_gone_is_not_heard(kiosk):
    """A late event for the screen before changes nothing."""
    kiosk.do("begin")
    home = kiosk.presenter
    kiosk.do("rate")
    kiosk.hands.pass_s(1)
    home.services()
    assert kiosk.flow.step == "rating"


def test_a_digit_typed_twice_is_two_digits(kiosk):
    """Keys are struck fast: the same digit again after a tenth of a second counts, its echo does not."""
    kiosk.do("begin")
    kiosk.do("track")
    kiosk.hands.pass_s(1)
    kiosk.presenter.digit("4")
    kiosk.presenter.digit("4")
    kiosk.hands.pass_s(0.1)
    kiosk.presenter.digit("4")
    assert kiosk.flow.visit.code == "44"


def test_after_forty_seconds_it_asks_and_after_sixty_it_forgets(kiosk):
    """The question counts down and hides what was typed; unanswered, everything is gone."""
    kiosk.do("begin")
    kiosk.pass_s(39)
    assert kiosk.flow.warning is None
    kiosk.pass_s(2)
    assert kiosk.flow.warning.seconds <= 20
    assert 0 < kiosk.flow.warning.share < 1
    kiosk.presenter.rate()
    assert kiosk.flow.step == "home"
    kiosk.flow.keep()
    assert kiosk.flow.warning is None
    kiosk.pass_s(61)
    assert kiosk.flow.step == "idle"


def test_last_screens_end_by_themselves_without_a_question(kiosk):
    """A ticket leaves the screen after half a minute."""
    to_service(kiosk)
    kiosk.do("take")
    kiosk.pass_s(29)
    assert (kiosk.flow.step, kiosk.flow.warning) == ("ticket", None)
    kiosk.pass_s(2)
    assert kiosk.flow.step == "idle"


def test_a_wall_clock_that_jumps_ends_no_visit(kiosk):
    """Seconds are counted by the monotonic clock alone."""
    kiosk.do("begin")
    kiosk.hands.wall_s += 400 * 24 * 3600
    kiosk.pass_s(1)
    assert kiosk.flow.step == "home"
    assert kiosk.flow.chrome.clock != "" or not kiosk.clock.now().trusted


def _holders(text):
    """Objects that still hold this text, this test's own frame and the constants of its code apart."""
    found = []
    for each in everything():
        # By type and never by isinstance, which asks dead weak references for their class.
        if issubclass(type(each), (dict, list, tuple, set, frozenset)) or hasattr(type(each), "__slots__"):
            found += [
                each for inner in gc.get_referents(each) if type(inner) is str and len(inner) > 20 and text in inner
            ]
    return [each for each in found if each is not globals() and not isinstance(each, tuple)]


@pytest.mark.parametrize("end", ["finish", "idle", "sent"])
def test_nothing_typed_can_be_reached_after_the_visit(kiosk, end):
    """However a visit ends, no object in the process holds what was typed: not text, place, name, phone or search."""
    typed = f"{SECRET} เสาไฟหน้าบ้าน"
    for verb, *arguments in (
        ("begin",), ("services",), ("search", typed), ("choose", "sign_tax"),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)
    kiosk.hands.pass_s(1)
    kiosk.flow.home()
    for verb, *arguments in (
        ("problem",), ("general",), ("choose", "lamp"), ("place", typed), ("next",), ("text", typed), ("next",),
        ("name", typed), ("phone", "081-234-5678"), ("next",),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)
    kiosk.flow.visit.text_scale = 1.5
    kiosk.flow.contrast()
    assert kiosk.flow.step == "review"
    assert any(typed in row.value for row in kiosk.flow.view.rows)
    assert len(_holders(SECRET[:-1])) > 0
    kiosk.hands.pass_s(1)
    if end == "finish":
        kiosk.flow.finish()
    elif end == "idle":
        kiosk.pass_s(61)
    else:
        kiosk.do("send")
        kiosk.do("done")
    assert kiosk.flow.step == "idle"
    assert (kiosk.flow.chrome.text_factor, kiosk.flow.chrome.contrast) == (1.0, False)
    assert kiosk.flow.visit == type(kiosk.flow.visit)()
    del typed, arguments
    assert _holders(SECRET[:-1]) == []


def test_an_answer_for_a_visit_that_ended_is_not_shown_to_the_next(kiosk):
    """The desk was slow: the ticket is in the log, and nobody else sees it."""
    to_service(kiosk)
    kiosk.presenter.take()
    kiosk.flow.reset()
    kiosk.do("begin")
    assert kiosk.flow.step == "home"
    assert issued(kiosk) == (1, 0)


def test_going_back_never_shows_a_thank_you_again(kiosk):
    """After a last screen there is nothing to go back to but the start."""
    kiosk.do("begin")
    kiosk.do("rate")
    kiosk.do("rate", 1)
    kiosk.do("tell")
    assert not kiosk.flow.chrome.can_go_back
    kiosk.hands.pass_s(1)
    kiosk.flow.back()
    assert kiosk.flow.step == "home"


def test_presenting_again_changes_nothing(kiosk):
    """A view is computed from what is: two in a row are equal, at every step of a visit."""
    for verb, *arguments in (
        ("begin",), ("problem",), ("general",), ("choose", "lamp"), ("next",), ("text", "ก"), ("next",), ("skip",),
        ("send",),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)
        assert kiosk.presenter.present() == kiosk.presenter.present() == kiosk.flow.view
