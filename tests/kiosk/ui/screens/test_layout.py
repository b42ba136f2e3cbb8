"""Every screen holds together: no word cut, nothing over anything else, every target large enough and in the window."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import pin_hash
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.base import spoken
from kiosk.ui.screens.examples import FIRST, PIN, WAYS, picture
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.theme import LANDSCAPE, PORTRAIT, TEXT_FACTORS, Theme
from kiosk.ui.widgets import LOOK
from tests.kiosk.ui.screens.geometry import faults_of, finger_faults, is_whole, targets

#: Where a long text is meant to end in an ellipsis: the notice on the attract screen and examples of categories.
MAY_BE_CUT = {"idle", "category"}

#: What a visit cannot bring its look to: it begins there, or was ended by staff.
BEGINS = {name for name, way in WAYS.items() if not way}

#: What a citizen chose besides language and size of letters, in which test_pictures looks at each screen.
LOOKS = [(PORTRAIT, "th", TEXT_FACTORS[1], True), (LANDSCAPE, "th", TEXT_FACTORS[1], True)]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory):
    """One sample kiosk for all pictures."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    made = SampleKiosk(folder, settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")})
    made.flow.start()
    yield made
    made.world.store.close()


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize(
    ("size", "lang", "factor", "contrast"),
    [pytest.param(*look, id=f"{look[0][0]}-{look[1]}-{look[2]}{'-contrast' * look[3]}") for look in LOOKS],
)
def test_a_screen_holds_together(stage, kiosk, name, size, lang, factor, contrast):
    """Words whole and apart, targets large, apart and inside, in every language, size and look."""
    if (factor, contrast) != (1.0, False) and name in BEGINS:
        pytest.skip("a visit begins with the house's own look")
    stage.resize(size, Theme(motion=False, contrast=contrast, text_factor=factor), lang)
    root = stage.show(picture(name, kiosk, lang, text_factor=factor, contrast=contrast))
    stage.frames(2)
    assert faults_of(stage, root, may_be_cut=name.split("-")[0] in MAY_BE_CUT, layered=name == "warning") == []
    assert LOOK.wide == (size == LANDSCAPE)
    if size == PORTRAIT and name != "warning":
        assert finger_faults(stage, root) == []


@pytest.mark.parametrize("name", sorted(set(FIRST) - BEGINS - {"warning"}))
@pytest.mark.parametrize("factor", [TEXT_FACTORS[0], TEXT_FACTORS[-1]])
def test_a_low_screen_is_within_reach(stage, kiosk, name, factor):
    """Where somebody asked for it, the middle of everything that is touched lies in the lower half, at every text size.

    What is scrolled out of sight comes into the lower half when its page is turned.
    """
    stage.resize(PORTRAIT, Theme(motion=False, text_factor=factor))
    root = stage.show(picture(name, kiosk, "th", text_factor=factor, low=True))
    stage.frames(2)
    high = [each.action for each, box in targets(stage, root) if (box[1] + box[3]) / 2 > PORTRAIT[1] / 2]
    assert high == []
    assert faults_of(stage, root, may_be_cut=name.split("-")[0] in MAY_BE_CUT) == []


def test_a_tablet_knows_no_low_screen(stage, kiosk):
    """What is held in the hand is within reach as it is: nobody is asked, and nothing moves."""
    stage.resize(LANDSCAPE)
    home = stage.show(picture("home", kiosk, "th"))
    assert "low" not in [each.action for each, _ in targets(stage, home)]
    rating = stage.show(picture("rating", kiosk, "th", low=True))
    assert max(box[3] for _, box in targets(stage, rating)) > LANDSCAPE[1] / 2


@pytest.mark.parametrize("factor", TEXT_FACTORS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["service-long", "service-lanes"])
def test_on_a_tablet_the_way_to_a_number_is_in_sight(stage, kiosk, name, lang, factor):
    """However long the name and the fee are: what then has no room opens the steps, and is still read."""
    stage.resize(LANDSCAPE, Theme(motion=False, text_factor=factor), lang)
    root = stage.show(picture(name, kiosk, lang, text_factor=factor))
    stage.frames(2)
    seen = {each.action: is_whole(each, box) for each, box in targets(stage, root)}
    assert seen["take"]
    if factor == TEXT_FACTORS[0]:
        assert seen["print"]
        assert seen["priority"]
    heard = [text for _, text in spoken(root)]
    assert sum(root.view.fee in text for text in heard) == 1
    assert sum(root.view.promise in text for text in heard) >= 1


def test_on_a_tablet_that_asks_nobody_for_priority_the_buttons_end_together(stage, kiosk):
    """The button that is not offered takes no room, and no more than that."""
    stage.resize(LANDSCAPE)
    root = stage.show(picture("service", kiosk, "th"))
    root.view = replace(root.view, priority="")
    stage.frames(2)
    places = {each.action: box for each, box in targets(stage, root)}
    assert "priority" not in places
    assert (places["print"][0], places["print"][2]) == pytest.approx((places["take"][0], places["take"][2]), abs=1)


def test_every_step_has_a_picture():
    """No screen is forgotten by the gallery."""
    from kiosk.ui.screens import SCREENS

    assert set(SCREENS) <= {name.split("-")[0] for name in WAYS}
