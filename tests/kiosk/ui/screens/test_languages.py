"""The row of languages: each by its own name, whole, one touch away, and forgotten with the visit."""

import pytest

from kiosk.ui.strings import LANGUAGES, saying
from kiosk.ui.theme import LANDSCAPE, PORTRAIT, Theme
from kiosk.ui.widgets import LOOK, ShapedLabel, load_all
from kiosk.ui.widgets.pill import Chip

load_all()

from kiosk.ui.screens import build, load  # noqa: E402 - the screens stand on the widgets

load("home")


def row(stage, chosen):
    """The home page with its row of languages, as (language, chip, its word)."""
    from kiosk.ui.presenters.flow import Chrome
    from kiosk.ui.presenters.idle import HomeView, LanguageChoice

    page = build("home")
    say = saying(chosen)
    page.chrome = Chrome(say)
    choices = tuple(LanguageChoice(each, saying(each)("language.name"), each == chosen) for each in LANGUAGES)
    page.view = HomeView(say, languages=choices)
    stage.show(page)
    chips = [each for each in stage.walk(page) if isinstance(each, Chip)]
    return [
        (chip.lang, chip, next(each for each in stage.walk(chip) if isinstance(each, ShapedLabel))) for chip in chips
    ]


@pytest.mark.parametrize("chosen", LANGUAGES)
@pytest.mark.parametrize(
    ("size", "factor"), [(PORTRAIT, 1.0), (PORTRAIT, 1.5), (LANDSCAPE, 1.0), (LANDSCAPE, 1.25), (LANDSCAPE, 1.5)]
)
def test_every_language_stands_by_its_own_name(stage, size, factor, chosen):
    """In the same order in every language, in one size, whole, in the middle of its chip; the chosen one is marked."""
    stage.resize(size, Theme(motion=False, text_factor=factor), chosen)
    found = row(stage, chosen)
    assert [language for language, _, _ in found] == list(LANGUAGES)
    places = [chip.to_window(chip.x, chip.y)[0] for _, chip, _ in found]
    assert places == sorted(places)
    for language, chip, word in found:
        assert word.text == saying(language)("language.name")
        assert word.lang == language
        assert not word.cut_short
        assert word.laid.px > 0.85 * word.type.px
        marks = [each for each in stage.walk(chip) if getattr(each, "icon", "") == "check-circle" and each.width > 1]
        assert bool(marks) == chip.selected == (language == chosen)
        left = min([word.to_window(word.x, 0)[0], *(mark.to_window(mark.x, 0)[0] for mark in marks)])
        right = max([word.to_window(word.right, 0)[0], *(mark.to_window(mark.right, 0)[0] for mark in marks)])
        start, end = chip.to_window(chip.x, 0)[0], chip.to_window(chip.right, 0)[0]
        assert left - start == pytest.approx(end - right, abs=2)
        assert left > start


def test_a_language_lasts_until_the_visit_ends(shown):
    """One touch changes every word and the direction, another brings them back; the next visit begins in Thai."""
    shown.begin()
    for language in (*LANGUAGES, "ms-Arab"):
        shown.touch(f"language-{language}")
        assert (LOOK.lang, LOOK.rtl) == (language, language == "ms-Arab")
        assert shown.flow.view.say.language == language
    shown.touch("finish")
    assert shown.flow.step == "idle"
    assert (LOOK.lang, LOOK.rtl) == ("th", False)
    shown.begin()
    assert shown.flow.view.say.language == "th"


def test_the_attract_screen_asks_in_every_language(shown):
    """Below the words in Thai, the word for "touch" in the other languages that are spoken here, each in its script."""
    assert shown.flow.view.also == "Touch · Sentuh · سنتوه"
    line = next(each for each in shown.stage.walk(shown.screen) if getattr(each, "text", "") == shown.flow.view.also)
    assert not line.cut_short
    assert line.laid.px == pytest.approx(line.font_size, abs=1)
    shown.kiosk.world.config.languages.remove("ms-Arab")
    shown.flow.show()
    assert shown.flow.view.also == "Touch · Sentuh"
