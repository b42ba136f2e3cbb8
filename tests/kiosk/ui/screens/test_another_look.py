"""Another language or size is on screen at once: its start page was written before, while nobody was there."""

import msgspec
import pytest
from kivy.clock import Clock

from kiosk.ui import screens
from kiosk.ui.screens import SCREENS
from kiosk.ui.theme import TEXT_FACTORS
from kiosk.ui.widgets import LOOK, text
from kiosk.ui.widgets.text import ShapedLabel
from shared.content import Text


@pytest.fixture
def written(monkeypatch):
    """Every text that was laid out or drawn, since it was in no cache."""
    texts = []
    lay_out, rasterise = text.lay_out, text.rasterise
    text.TEXTURES.__init__(text.TEXTURES.bytes_max)
    text._laid.clear()

    def laid(words, *args, **kwargs):
        texts.append(words)
        return lay_out(words, *args, **kwargs)

    def drawn(laid):
        texts.append("".join(line.text for line in laid.lines))
        return rasterise(laid)

    monkeypatch.setattr(text, "lay_out", laid)
    monkeypatch.setattr(text, "rasterise", drawn)
    return texts


@pytest.fixture
def make_ready(shown, monkeypatch):
    """A quiet minute, in which only the start page is built and no drawing read: the others have tests of their own."""
    monkeypatch.setattr(screens, "RARE", frozenset(SCREENS) - {"idle", "home"})
    shown.front._pictures.clear()

    def ready():
        shown.front.tidy()
        for _ in range(20):
            shown.front.prepare(0)

    return ready


@pytest.mark.parametrize("way", [("language-en",), ("language-ms",), ("language-ms-Arab",), ("larger",)])
def test_a_quiet_minute_writes_every_look_of_the_start_page(shown, written, make_ready, way):
    """Who then asks for one waits for no word to be shaped, save those of how busy it is and of paging."""
    make_ready()
    shown.begin()
    written.clear()
    shown.touch(*way)
    say = shown.flow.say
    late = {say("service.up"), say("service.down"), shown.flow.view.waiting, shown.flow.view.waiting_of, ""}
    assert not [words for words in written if words not in late]


def test_what_is_written_ahead_leaves_the_look_alone(shown, make_ready):
    """The screen of now keeps its language and size, and the pages that are ready are those of before."""
    make_ready()
    shown.front._unrehearsed = [("ms-Arab", TEXT_FACTORS[-1])]
    before, pages, view = LOOK.now, dict(shown.front._screens), shown.flow.view
    shown.front.prepare(0)
    assert not shown.front._unrehearsed
    assert LOOK.now is before
    assert (LOOK.lang, LOOK.text_factor, LOOK.rtl) == ("th", 1.0, False)
    assert shown.front._screens == pages
    assert shown.flow.view is view
    assert shown.flow.visit.language == "th"


def test_it_is_written_anew_when_the_content_says_something_else_of_it(shown, make_ready):
    """An edition that only answers citizens, as most do, costs nothing."""
    make_ready()
    content = shown.kiosk.world.content
    bundle = content._bundle
    content._bundle = msgspec.structs.replace(bundle, edition=bundle.edition + 1, statuses={})
    shown.front._plan_rehearsals()
    assert not shown.front._unrehearsed
    office = msgspec.structs.replace(bundle.office, short_name=Text(th="อบต.อื่น"))
    content._bundle = msgspec.structs.replace(bundle, edition=bundle.edition + 2, office=office)
    shown.front._plan_rehearsals()
    assert len(shown.front._unrehearsed) == 4 * len(TEXT_FACTORS) - 1


def test_pages_of_a_look_that_is_no_more_are_emptied_with_the_visit(shown):
    """Not when the look changes, which would take as long as the picture that somebody waits for, and not later."""
    # On a machine under load the quiet seconds, when it is done as well, may be over before the look is another.
    shown.front._tidying = Clock.create_trigger(shown.front.tidy, 3600)
    shown.begin()
    pages = [shown.front.built(step) for step in ("home", "services", "doors", "write")]
    home = shown.screen
    shown.touch("larger")
    assert shown.screen is not home
    assert home.view.doors
    assert {id(page) for page in pages} < {id(page) for page in shown.front._past}
    shown.flow.reset()
    shown.settle()
    assert not shown.front._past
    assert not home.view.doors
    assert home.flow is None


def test_pages_of_a_look_that_is_no_more_are_emptied_while_somebody_reads(shown):
    """The first quiet seconds of the visit do it too."""
    shown.begin()
    home = shown.screen
    shown.touch("larger")
    shown.front.tidy()
    assert not shown.front._past
    assert not home.view.doors


def test_a_label_without_room_does_not_try_to_fit(stage, written):
    """Before the boxes around it are laid out it is a pixel wide: no size would fit, so none is tried."""
    label = ShapedLabel(text="องค์การบริหารส่วนตำบล", shrink=True, size_hint=(None, None), size=(1, 20))
    label.measure()
    assert len(written) == 1
    label.width = 150
    label.measure()
    assert len(written) > 2
