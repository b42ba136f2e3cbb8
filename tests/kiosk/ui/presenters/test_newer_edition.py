"""A newer edition comes while somebody stands at a page, and has no more what the page is about: the visit goes on."""

import msgspec
import pytest

from kiosk.desk import taking
from shared import kinds

SERVICE = "sign_tax"
STANDING = (("begin",), ("services",), ("choose", SERVICE))


def go(kiosk, *verbs):
    """One unhurried touch after another."""
    for verb, *arguments in verbs:
        kiosk.do(verb, *arguments)


def swap(kiosk, **changes):
    """Put another edition on screen, as `sync` does from its own thread: at any moment, and nobody is told."""
    bundle = kiosk.world.content.bundle
    kiosk.world.content._bundle = msgspec.structs.replace(bundle, edition=bundle.edition + 1, **changes)


def without_service(kiosk):
    """The service is offered no more."""
    swap(kiosk, services=[each for each in kiosk.flow.bundle.services if each.id != SERVICE])


def without_forms(kiosk):
    """The service asks for no form any more."""
    services = [
        msgspec.structs.replace(each, forms=[]) if each.id == SERVICE else each for each in kiosk.flow.bundle.services
    ]
    swap(kiosk, services=services)


def recorded(kiosk):
    """What the lobby log holds, decoded, without the record that opened it."""
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in kiosk.world.lobby.after(0)][1:]


@pytest.mark.parametrize(("way", "change"), [
    ((), without_service), ((("form", "phor_por_1"),), without_service), ((("form", "phor_por_1"),), without_forms),
])  # fmt: skip
def test_a_page_whose_service_is_gone_leads_to_the_list(kiosk, way, change):
    """The citizen chooses again; "back" does not lead to what is no more."""
    go(kiosk, *STANDING, *way)
    change(kiosk)
    kiosk.pass_s(0.5)
    assert kiosk.flow.step == "services"
    kiosk.hands.pass_s(1)
    kiosk.flow.back()
    assert kiosk.flow.step == "home"


@pytest.mark.parametrize(("way", "verb"), [
    ((), ("take",)), ((), ("print",)), ((), ("form", "phor_por_1")), ((("form", "phor_por_1"),), ("print",)),
])  # fmt: skip
def test_a_touch_that_comes_with_the_edition_does_nothing_else(kiosk, way, verb):
    """Between two pictures the page under the finger is not there any more."""
    go(kiosk, *STANDING, *way)
    without_service(kiosk)
    go(kiosk, verb)
    assert (kiosk.flow.step, recorded(kiosk), kiosk.printer.tray) == ("services", [], [])


def test_a_number_that_was_asked_for_and_cannot_be_given_any_more_is_no_fault(kiosk):
    """The desk finds the service gone: the list says what there is, and nobody is sent away."""
    go(kiosk, *STANDING)
    kiosk.hands.pass_s(1)
    kiosk.presenter.take()
    without_service(kiosk)
    kiosk.settle()
    assert (kiosk.flow.step, kiosk.flow.busy, recorded(kiosk)) == ("services", False, [])


def test_the_number_only_to_ask_may_go_with_an_edition_too(kiosk):
    """The list is shown without it."""
    go(kiosk, *STANDING[:2])
    swap(kiosk, office=msgspec.structs.replace(kiosk.flow.bundle.office, enquiries=""))
    go(kiosk, ("ask",))
    assert (kiosk.flow.step, kiosk.flow.view.ask, recorded(kiosk)) == ("services", "", [])


def test_a_number_that_was_given_is_shown_and_printed_whatever_came_meanwhile(kiosk, monkeypatch):
    """The service goes after the record and before the answer: the number stands on screen and on paper."""
    take = taking.take

    def then_gone(*arguments, **how):
        ticket = take(*arguments, **how)
        without_service(kiosk)
        return ticket

    monkeypatch.setattr(taking, "take", then_gone)
    go(kiosk, *STANDING, ("take",))
    assert (kiosk.flow.step, kiosk.flow.view.label, kiosk.flow.view.paper) == ("ticket", "A001", "printed")
    assert [slip.label for slip in kiosk.printer.tray] == ["A001"]


def test_the_code_of_a_complaint_stays_and_so_do_its_readers(kiosk):
    """A reader is taken out while somebody writes down 16 digits: the page says to whom it was sealed, and stands."""
    go(kiosk, ("begin",), ("problem",), ("person",), ("choose", "unknown"), ("next",), ("choose", "unfair"),
       ("text", "เรื่อง"), ("next",), ("next",), ("skip",), ("send",))  # fmt: skip
    before = kiosk.flow.view
    office, readers = kiosk.flow.bundle.office, kiosk.presenter.route.readers
    assert len(before.groups) == 4
    left = [each for each in office.readers if each.id not in readers]
    swap(kiosk, office=msgspec.structs.replace(office, readers=left, routes=[]))
    kiosk.flow.tick()
    assert (kiosk.flow.step, kiosk.flow.view) == ("kept", before)
