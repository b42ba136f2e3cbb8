"""What does not fit is turned by two buttons, which the pages of a visit have together."""

from kiosk.ui.sample import sample_kiosk
from kiosk.ui.screens.base import Room
from tests.kiosk.ui.screens.conftest import SETTINGS, Shown


def rooms(shown):
    """The rooms on screen that do not hold all they have."""
    return [each for each in shown.stage.walk(shown.screen) if isinstance(each, Room) and each._pager is not None]


def test_pages_have_their_buttons_together_and_stay_turned(stage, tmp_path):
    """Each page that needs them has them, made once; who goes back finds the page as it was left."""
    stage.resize((360, 640))
    settings = {**SETTINGS, "window_width_px": 360, "window_height_px": 640}
    with sample_kiosk(tmp_path, settings=settings) as kiosk:
        shown = Shown(stage, kiosk)
        shown.begin()
        shown.touch("larger", "larger")
        seen = []
        for actions in (["hours"], ["home", "services"]):
            shown.touch(*actions)
            (room,) = rooms(shown)
            seen.append(room._pager)
            assert (room._pager.page, room._pager.pages > 1) == (0, True)
        assert seen[0] is seen[1], "each page made buttons of its own"
        room.area.page(1)
        stage.settle(lambda: room.area.offset == room.area.offset_max)
        left_at = room.area.offset
        shown.touch("service-sign_tax")
        assert room._pager is None
        shown.touch("back")
        assert (room._pager, room._pager.page, room.area.offset) == (seen[0], 1, left_at)
        stage.clear()
