"""A number taken by real fingers in each language: what the screen says, and what the paper says."""

import pytest

from kiosk import words
from kiosk.ui.sample import sample_content
from kiosk.ui.strings import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_taken_in_the_language_of_the_visit(shown, language):
    """Kiosk and office speak it on every screen on the way, and the slip is printed in it."""
    shown.begin()
    shown.touch(f"language-{language}")
    assert words.table()["home.question"][language] in shown.stage.texts(shown.screen)
    shown.touch("services", "service-sign_tax")
    service = next(each for each in sample_content().services if each.id == "sign_tax")
    said = shown.stage.texts(shown.screen)
    assert {service.title.into(language), service.steps[0].title.into(language)} <= set(said)
    shown.touch("take")
    assert words.table()["ticket.title"][language] in shown.stage.texts(shown.screen)
    [slip] = shown.kiosk.printer.tray
    assert (slip.language, slip.public_label) == (language, service.public_label.into(language))
    assert {line.name for line in slip.papers} == {paper.name.into(language) for paper in service.papers}
