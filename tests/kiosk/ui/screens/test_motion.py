"""Motion says where things went, in 150 to 250 ms; where it is switched off, nothing moves."""

from __future__ import annotations

import pytest
from kivy.animation import Animation

from kiosk.ui.front import Front
from kiosk.ui.sample import sample_kiosk
from kiosk.ui.widgets import LOOK


@pytest.fixture
def moved(monkeypatch):
    """Every animation that starts: its duration, and what it moves."""
    seen = []
    start = Animation.start

    def watch(self, widget):
        seen.append((self.duration, sorted(self.animated_properties)))
        start(self, widget)

    monkeypatch.setattr(Animation, "start", watch)
    return seen


@pytest.fixture
def front(stage, tmp_path, request):
    """A sample kiosk in the window, with the motion its settings say."""
    stage.resize((540, 960))
    settings = {"window_width_px": 1080, "window_height_px": 1920, "reduce_motion": request.param}
    with sample_kiosk(tmp_path, settings=settings) as kiosk:
        made = Front(size=stage.window.size)
        kiosk.flow.on_change = made.draw
        stage.show(made)
        made.serve(kiosk.flow)
        made.kiosk = kiosk
        yield made
        stage.clear()
        LOOK.motion = False


def walk(front):
    """Forward to a service and back, with a page turned."""
    kiosk = front.kiosk
    kiosk.do("begin")
    kiosk.do("services")
    kiosk.do("next")
    kiosk.do("choose", "land_tax_payment")
    front._screen.ids.area.page(1)
    kiosk.hands.pass_s(1)
    kiosk.flow.back()


@pytest.mark.parametrize("front", [False], indirect=True)
def test_motion_is_short_and_has_a_direction(front, moved):
    """What comes next slides in from where reading goes on, what was before from the other side."""
    places = []
    front.bind(shift=lambda _front, value: places.append(value))
    walk(front)
    assert moved
    assert [duration for duration, _ in moved if not 0.15 <= duration <= 0.25] == []
    assert places[0] > 0
    assert places[-1] < 0


@pytest.mark.parametrize("front", [False], indirect=True)
def test_jawi_goes_on_to_the_left(front, moved):
    """The next page comes from the left there."""
    front.kiosk.do("begin")
    front.kiosk.do("speak", "ms-Arab")
    assert LOOK.rtl
    places = []
    front.bind(shift=lambda _front, value: places.append(value))
    front.kiosk.do("services")
    assert places[0] < 0
    assert moved


@pytest.mark.parametrize("front", [True], indirect=True)
def test_reduced_motion_moves_nothing(front, moved):
    """Not a page, not a list."""
    walk(front)
    assert moved == []
    assert front.shift == 0
    assert front.kiosk.flow.step == "services"
