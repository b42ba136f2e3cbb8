"""A visit in Malay: every language is offered, Jawi as far as the edition on screen has it approved."""

import msgspec
import pytest

from kiosk import words
from kiosk.ui.sample import sample_content
from kiosk.words import JAWI
from shared import content
from shared.content import Words


def unread(kiosk, *keys):
    """Take the approval of these sentences (all, where none is named) out of the edition on screen."""
    bundle = kiosk.world.content.bundle
    marks = {content.fingerprint(words.table()[key]["th"], words.table()[key][JAWI]) for key in keys}
    reviews = [
        msgspec.structs.replace(each, approved=[mark for mark in each.approved if keys and mark not in marks])
        for each in bundle.words.reviews
    ]
    bundle = msgspec.structs.replace(bundle, edition=bundle.edition + 1, words=Words(reviews=reviews))
    kiosk.world.content._bundle = bundle


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_visit_is_spoken_in_its_language_from_end_to_end(kiosk, language):
    """Kiosk and office speak it alike, on the screen and on the slip, and the next citizen finds Thai."""
    kiosk.do("begin")
    kiosk.do("speak", language)
    assert kiosk.flow.view.say("home.question") == words.table()["home.question"][language]
    office = sample_content().office
    assert kiosk.flow.view.office == office.name.into(language)
    assert [each.chosen for each in kiosk.flow.view.languages] == [each == language for each in words.LANGUAGES]
    kiosk.do("services")
    kiosk.do("choose", "sign_tax")
    kiosk.do("take")
    slip = kiosk.printer.tray[-1]
    assert (slip.language, slip.office) == (language, office.short_name.into(language))
    kiosk.flow.reset()
    assert kiosk.flow.view.say.language == "th"


def test_a_sentence_nobody_approved_stands_in_rumi_among_the_jawi(kiosk):
    """The rest stays Jawi; the note says why. The slip is in Rumi as soon as one of its own words waits."""
    unread(kiosk, "home.question", "slip.late")
    kiosk.do("begin")
    kiosk.do("speak", JAWI)
    view = kiosk.flow.view
    assert view.say("home.question") == words.table()["home.question"]["ms"]
    assert view.say("home.services") == words.table()["home.services"][JAWI]
    assert view.note == words.table()["home.note"][JAWI]
    kiosk.do("services")
    kiosk.do("choose", "sign_tax")
    kiosk.do("take")
    assert kiosk.printer.tray[-1].language == "ms"


def test_an_edition_without_any_approval_offers_no_jawi(kiosk):
    """What could only be shown in Rumi is offered as Rumi alone."""
    unread(kiosk)
    kiosk.do("begin")
    assert [each.language for each in kiosk.flow.view.languages] == ["th", "en", "ms"]
    assert kiosk.flow.view.note == ""
