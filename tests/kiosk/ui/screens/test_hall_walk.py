"""Budget, opening hours and the way to a room, by touch alone and in every language."""

import pytest

from kiosk.ui.screens.idle import SlideCard
from kiosk.ui.screens.way import PlanArea, PlanPlace
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.code import QrCode


def begin(shown, language):
    """Stand at the start page in this language."""
    shown.begin()
    if language != "th":
        shown.touch(f"language-{language}")
    assert shown.flow.visit.language == language


def of_class(shown, kind):
    """The widgets of a class on screen."""
    return [each for each in shown.stage.walk(shown.screen) if isinstance(each, kind)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_news_to_the_budget_and_the_hours(shown, language):
    """News, budget, one area of it, opening hours, and back; what is told stands on the screen."""
    begin(shown, language)
    shown.touch("notices", "tab-budget", "area-roads")
    view = shown.flow.view
    assert (shown.flow.step, view.percent) == ("budget", "27%")
    texts = shown.stage.texts(shown.screen)
    assert {view.title, "27%", "3.60", "1.90", "4.20"} <= set(texts)
    shown.touch("area-")
    assert shown.flow.view.percent == "33%"
    shown.touch("tab-hours")
    texts = shown.stage.texts(shown.screen)
    assert "08:30–16:30" in texts
    assert shown.flow.view.trips[0].village in texts
    shown.touch("back")
    assert shown.flow.step == "budget"
    shown.touch("home")
    assert shown.flow.step == "home"


@pytest.mark.parametrize("language", LANGUAGES)
def test_to_a_room_upstairs(shown, language):
    """The way is said and drawn from the kiosk to the stairs, above from there to the door; then another place."""
    begin(shown, language)
    shown.touch("way", "place-palad")
    assert {step.text for step in shown.flow.view.steps} <= set(shown.stage.texts(shown.screen))
    assert shown.flow.view.help in shown.stage.texts(shown.screen)
    shown.touch("level-upper")
    assert shown.flow.view.plan.path[-1] == (11, 4)
    shown.touch("again", "plan-treasury")
    assert (shown.flow.step, shown.flow.view.steps[-1].number) == ("way", "2")
    shown.touch("home")
    assert shown.flow.step == "home"


def test_a_plan_does_not_turn_round_with_the_writing(shown):
    """In Jawi the finance room stays at the left, for there it is."""
    at = {}
    for language in ("th", "ms-Arab"):
        begin(shown, language)
        shown.touch("way")
        rooms = {each.place_id: each for each in of_class(shown, PlanPlace)}
        area = of_class(shown, PlanArea)[0]
        at[language] = [round(rooms[name].x - area.x) for name in ("treasury", "welfare", "toilets")]
        shown.touch("home", "finish")
    assert at["th"] == at["ms-Arab"] == sorted(at["th"])


def test_the_clock_leads_to_the_opening_hours(shown):
    """Touching the time answers when the office is open."""
    begin(shown, "th")
    shown.touch("hours")
    assert shown.flow.step == "hours"


def test_the_survey_is_shown_and_cannot_be_answered_here(shown):
    """A QR code on the attract screen; a touch on it begins a visit like any other."""
    code = next(each for each in of_class(shown, QrCode) if each.data)
    assert code.data == "https://example.com/eit"
    shown.stage.touch(*code.to_window(*code.center)).lift()
    shown.settle()
    assert shown.flow.step == "home"


def test_slides_follow_each_other_and_nothing_moves_without_motion(shown):
    """Every eight seconds another slide; with motion off it stands there at once."""
    LOOK.motion = False
    card = of_class(shown, SlideCard)[0]
    seen = []
    for _ in range(shown.flow.view.slides):
        seen.append(shown.flow.view.slide.title)
        assert shown.flow.view.slide.title in shown.stage.texts(shown.screen)
        assert card.shown == 1
        shown.kiosk.pass_s(8)
        shown.stage.frames(2)
    assert len(set(seen)) == shown.flow.view.slides == 8
    LOOK.motion = True
