"""An edition that has less than the one before comes while somebody looks: no screen falls over it."""

import msgspec
import pytest

from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.examples import SETTINGS, WAYS, walk
from kiosk.ui.theme import Theme
from shared import content


def emptied(bundle):
    """The next edition of an office that has nothing left to tell but its name."""
    office = msgspec.structs.replace(
        bundle.office, divisions=[], categories=[], villages=[], outside_channels=[], feedback=content.Feedback(),
        enquiries="", colleagues=(), counters=(), readers=[], routes=[], priorities=(),
    )  # fmt: skip
    return content.Bundle(bundle.edition + 1, bundle.made_ms, office, [], [], {})


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A sample kiosk for all of these."""
    made = SampleKiosk(tmp_path_factory.mktemp("kiosk"), settings=SETTINGS)
    made.flow.start()
    yield made
    made.world.store.close()


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_screen_stands_when_what_it_shows_is_taken_away(stage, office, name):
    """The page is drawn anew without it, or leads to one that can be."""
    from kiosk.ui.front import Front

    stage.resize((540, 960), Theme(motion=False), "th")
    walk(office, name, "th")
    front = Front(size=stage.window.size)
    front.flow, office.flow.on_change = office.flow, front.draw
    office.flow.show()
    stage.show(front, draws=False)
    before = office.world.content.bundle
    office.world.content._bundle = emptied(before) if before else None
    try:
        office.pass_s(0.5)
        office.settle()
        office.pass_s(2)
        stage.frames(1)
        assert front._screen.view == office.flow.view
    finally:
        office.world.content._bundle = before
        office.flow.on_change = lambda _flow: None
        stage.clear()
