"""What is printed to take home: a service whole, a form's questions; nothing of the citizen and nothing recorded."""

import msgspec
import pytest

from kiosk.desk import services, slips
from kiosk.paper import JOB_S_MAX, PaperLine, StepLine
from shared.content import Form, Text
from tests.kiosk.worlds import Hands, an_office, make_world, pieces_of, publish, some_services

LINK = "https://form.example/a.pdf"


def a_form(**changed):
    """A form with a link."""
    facts = {"id": "a", "name": Text(th="แบบ ก", en="Form A"), "asks": [Text(th="ชื่อ", en="Name")], "link": LINK}
    return Form(**facts | changed)


@pytest.fixture
def world(tmp_path):
    """A kiosk whose sign tax has a page and a form, and whose sensitive service has neither."""
    made = make_world(tmp_path)
    tax, *others = some_services()
    tax = msgspec.structs.replace(tax, link="https://tax.example/", forms=[a_form()])
    publish(made.content, 2, pieces_of(an_office(), [tax, *others]))
    yield made
    made.store.close()


def test_a_guide_tells_the_service_whole(world):
    """Time, fee, hours, telephone, steps with who answers for them, papers as they were ticked, the page at home."""
    slip = slips.guide_slip(world, service_id="sign_tax", language="en", at_hand=frozenset({0}))
    assert (slip.title, slip.promise, slip.phone) == ("sign tax", "30\u00a0min", "12")
    assert slip.steps == (StepLine("ยื่นเอกสาร", "30\u00a0min", "เจ้าพนักงาน"),)
    assert slip.papers == (
        PaperLine("บัตรประชาชน", at_hand=True), PaperLine("ใบเสร็จปีก่อน", at_hand=False, optional=True),
    )  # fmt: skip
    assert (slip.forms, slip.link) == (("Form A",), "https://tax.example/")
    asked_nothing = slips.guide_slip(world, service_id="sign_tax", language="th", at_hand=None)
    assert [line.at_hand for line in asked_nothing.papers] == [None, None]


def test_a_form_slip_holds_its_questions_and_its_address(world):
    """What must be filled in and where the form is; a service without forms has none to print."""
    slip = slips.form_slip(world, service_id="sign_tax", form_id="a", language="en")
    assert (slip.name, slip.asks, slip.link) == ("Form A", ("Name",), LINK)
    with pytest.raises(services.NoSuchService):
        slips.form_slip(world, service_id="water_request", form_id="a", language="en")


@pytest.mark.parametrize(
    "link", ["http://form.example", "javascript:alert(1)", "https://x.example/" + "a" * 300, "https://ก"]
)
def test_only_a_sound_address_becomes_a_code(world, link):
    """Whatever the content says, a code leads to an https page or there is none."""
    tax = msgspec.structs.replace(some_services()[0], link=link, forms=[a_form(link=link)])
    publish(world.content, 3, pieces_of(an_office(), [tax]))
    assert slips.guide_slip(world, service_id="sign_tax", language="th", at_hand=None).link == ""
    assert slips.form_slip(world, service_id="sign_tax", form_id="a", language="th").link == ""


def test_nothing_is_recorded_and_late_paper_is_dropped(world):
    """It concerns no record; a slip that was asked for a minute ago would come out for a stranger."""
    hands = Hands()
    clock = hands.clock()
    moment, before = clock.now(), len(list(world.lobby.after(0)))
    slip = slips.guide_slip(world, service_id="hiv_allowance", language="th", at_hand=None)
    assert slips.print_only(world, moment, slip, mono_ms=clock.mono_ms) == "printed"
    hands.pass_s(JOB_S_MAX + 1)
    assert slips.print_only(world, moment, slip, mono_ms=clock.mono_ms) == "failed"
    assert len(world.printer.tray) == 1
    assert len(list(world.lobby.after(0))) == before
