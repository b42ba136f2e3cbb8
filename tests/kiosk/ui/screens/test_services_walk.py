"""From the start page to a number, by real touches, in every language: search, audience, papers, the flowchart."""

import re
from dataclasses import replace
from functools import partial

import msgspec
import pytest

from kiosk.desk.queue import take_ticket
from kiosk.paper import FormSlip, GuideSlip, PrinterState
from kiosk.store.errors import RowDamaged
from kiosk.ui import harness, sample
from kiosk.ui.screens.forms import SheetPicture
from kiosk.ui.screens.ticket import BeforeItem
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets.code import QrCode
from kiosk.ui.widgets.keyboard import Keyboard
from kiosk.ui.widgets.scroll import ScrollArea
from shared import kinds


def bodies(shown):
    """What the lobby log holds after the record that opened it."""
    records = shown.kiosk.world.lobby.after(0)
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in records][1:]


def begin(shown, lang):
    """Come to the list of services in a language."""
    shown.begin()
    shown.touch(f"language-{lang}", "services")
    assert shown.flow.visit.language == lang


def strike(shown, text):
    """Write on the keyboard that is on screen."""
    keys = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))
    keys.layout = "en" if text.isascii() else "th-kedmanee"
    shown.stage.strike(keys, text)
    shown.settle()


def stand_still(shown, *what):
    """Wait until these numbers no longer change: what glides has come to rest, however slow the machine."""
    before = None
    while before != (now := tuple(getattr(widget, name) for widget, name in what)):
        before = now
        shown.stage.frames(2)


def reach(shown, action):
    """Turn pages with the button, as somebody does who does not drag, until the target is in sight."""
    area = shown.key(action)
    while not isinstance(area, ScrollArea):
        area = area.parent
    for _ in range(12):
        stand_still(shown, (area, "offset"), (area, "y"), (area, "height"), (shown.key(action), "y"))
        _, middle = harness.middle(shown.key(action))
        if area.y + 40 < middle < area.y + area.height - 40:
            shown.touch(action)
            return
        shown.touch("page-forth")
    raise AssertionError(f"{action} never came into sight")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_service_is_found_by_a_misspelt_word_and_a_number_taken(shown, lang):
    """Typed without tones and with a wrong letter, papers ticked, and the record counts what is missing."""
    begin(shown, lang)
    shown.touch("search")
    strike(shown, "bulding permt")
    assert shown.flow.view.rows[0].id == "building_permit"
    shown.touch("service-building_permit")
    reach(shown, "paper-0")
    reach(shown, "paper-2")
    shown.touch("take")
    assert shown.flow.step == "ticket"
    ticket = bodies(shown)[0]
    assert (ticket.service, ticket.papers_missing, ticket.language) == ("building_permit", 2, lang)
    slip = shown.kiosk.printer.tray[-1]
    assert [line.at_hand for line in slip.papers] == [True, False, True, False, False, False]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whoever_finds_nothing_takes_a_number_to_ask(shown, lang):
    """The empty list leads to the counter: a number of the enquiries' group, no service in its record."""
    begin(shown, lang)
    shown.touch("search")
    strike(shown, "qqxxz")
    shown.touch("search", "ask")
    assert shown.flow.step == "ticket"
    ticket = bodies(shown)[0]
    assert (ticket.service, ticket.series, ticket.papers_missing) == ("", "D", None)
    assert ticket.public_label == "โยธาและบริการทั่วไป"
    assert shown.kiosk.printer.tray[-1].papers == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_is_seen_filled_in_enlarged_by_code_and_on_paper(shown, lang):
    """From the service to the sample page, part by part, to the code, to the slip, and back to the service."""
    begin(shown, lang)
    shown.touch("service-sign_tax")
    reach(shown, "form-phor_por_1")
    assert shown.flow.step == "form"
    sheet = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, SheetPicture))
    assert sheet._sheet is not None
    assert sheet.parts == 1
    shown.touch("enlarge")
    seen = {(sheet.across, sheet.down)}
    assert sheet.parts > 2
    for _ in range(sheet.parts - 1):
        shown.touch("page-forth")
        stand_still(shown, (sheet, "across"), (sheet, "down"))
        seen.add((sheet.across, sheet.down))
    assert len(seen) == sheet.parts
    shown.touch("code")
    link = shown.flow.view.link
    code = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, QrCode))
    assert code.data == link == "https://salathong.example/forms/phor_por_1.pdf"
    shown.touch("print")
    slip = shown.kiosk.printer.tray[-1]
    assert (type(slip), slip.link) == (FormSlip, link)
    assert shown.flow.view.say("service.print_printed") in shown.stage.texts(shown.screen)
    shown.touch("back")
    assert shown.flow.step == "service"
    assert bodies(shown) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_service_is_printed_to_take_home(shown, lang):
    """Three times at most in a visit, with the ticks as they are; no record comes of it."""
    begin(shown, lang)
    shown.touch("service-sign_tax")
    reach(shown, "paper-0")
    for _ in range(4):
        shown.touch("print")
    tray = shown.kiosk.printer.tray
    assert [type(slip) for slip in tray] == [GuideSlip] * 3
    assert [line.at_hand for line in tray[0].papers][:2] == [True, False]
    assert bodies(shown) == []


def test_without_paper_the_button_says_so_and_prints_nothing(shown):
    """Out of paper: photograph it; a printer that fails is told as such, and may be tried again."""
    shown.kiosk.printer.says = PrinterState.OUT
    begin(shown, "th")
    shown.touch("service-sign_tax")
    assert shown.flow.view.say("service.print_none") in shown.stage.texts(shown.screen)
    shown.touch("print")
    assert shown.kiosk.printer.tray == []
    shown.kiosk.printer.says, shown.kiosk.printer.outcome = PrinterState.OK, "failed"
    shown.touch("back", "service-land_tax_payment", "print")
    assert shown.flow.view.print == "failed"
    assert shown.flow.view.can_print


def test_what_did_not_come_out_is_printed_again(shown):
    """The same number with the time it was taken at; each try is a record, and there is no second ticket."""
    shown.kiosk.printer.outcome = "failed"
    begin(shown, "th")
    shown.touch("service-sign_tax", "take")
    assert shown.flow.view.paper == "failed"
    shown.kiosk.printer.outcome = "printed"
    shown.kiosk.hands.pass_s(20)
    shown.touch("again")
    assert shown.flow.view.paper == "printed"
    first, second = shown.kiosk.printer.tray
    assert first == second
    assert [getattr(body, "outcome", type(body)) for body in bodies(shown)] == [kinds.TicketIssued, "failed", "printed"]


@pytest.mark.parametrize("png", [b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + bytes(400), b"GIF89a" + bytes(90)])
def test_a_broken_picture_leaves_the_page_standing(stage, png):
    """What is no picture is shown as an empty sheet of one part, never as a crash."""
    sheet = stage.show(SheetPicture(png=png, large=True))
    assert (sheet._sheet, sheet.parts) == (None, 1)
    sheet.turn(1)


def test_an_audience_keeps_only_its_services(shown):
    """A farmer touches the farmer and sees what concerns farmers, a second touch on all shows all."""
    begin(shown, "th")
    shown.touch("audience-farmer")
    bundle = shown.flow.bundle
    farmers = [each.id for each in bundle.services if "farmer" in each.audience]
    assert [row.id for row in shown.flow.view.rows] == farmers[: len(shown.flow.view.rows)]
    shown.touch("audience-")
    assert shown.flow.view.rows[0].id == bundle.services[0].id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whoever_needs_it_asks_for_priority_by_touch(shown, lang):
    """Each reason the office offers is a chip of its own, no proof is asked for, and the record bears its id."""
    begin(shown, lang)
    shown.touch("service-sign_tax", "priority")
    offered = [each.id for each in shown.flow.view.priorities]
    assert offered == ["", "elderly", "disabled", "pregnant", "infant", "monk", "far"]
    names = [each.name for each in shown.flow.view.priorities]
    assert len(set(names)) == len(names)
    assert {*names, shown.flow.view.priority_how} <= set(shown.stage.texts(shown.screen))
    shown.touch("priority-far", "take")
    assert bodies(shown)[0].priority == "far"
    assert shown.kiosk.printer.tray[-1].priority == "far"
    assert names[-1] in shown.stage.texts(shown.screen)


def test_an_office_that_serves_all_in_turn_asks_nobody(shown, monkeypatch):
    """Nothing is offered, and what a later program would offer is passed over."""
    written = sample.sample_content()
    for offered, shows in (((), False), (("veteran",), False), (("veteran", "monk"), True)):
        newer = replace(written, office=msgspec.structs.replace(written.office, priorities=offered))
        monkeypatch.setattr(sample, "sample_content", partial(replace, newer))
        shown.kiosk.publish(shown.kiosk.world.content.edition + 1)
        shown.flow.reset()
        shown.settle()
        begin(shown, "th")
        shown.touch("service-sign_tax")
        assert bool(shown.flow.view.priority) is shows
        button = shown.key("priority")
        shown.touch("priority")
        assert (button.disabled, bool(shown.flow.view.priorities)) == (not shows, shows)
    assert [each.id for each in shown.flow.view.priorities] == ["", "monk"]


def open_counter(shown, waiting):
    """Counter 1 is open for all, and so many wait."""
    kiosk = shown.kiosk
    groups = tuple(group.id for group in shown.flow.bundle.office.series)
    shown.flow.queue.seen(kiosk.clock.now(), "1", "open", staff="sample_a", groups=groups)
    for _ in range(waiting):
        take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_shows_who_is_before_it_and_where_to_go(shown, lang):
    """The start page tells how many wait; people before one on screen and slip, the page's code, then the counter."""
    open_counter(shown, 8)
    shown.kiosk.world.lan.state = "serving"
    begin(shown, lang)
    assert shown.flow.view.say("services.sub", n=18) in shown.stage.texts(shown.screen)
    shown.touch("service-sign_tax", "take")
    texts, say = shown.stage.texts(shown.screen), shown.flow.view.say
    assert {say("ticket.people", n=8), "+2", say("ticket.you")} <= set(texts)
    figures = [each for each in shown.stage.walk(shown.screen) if isinstance(each, BeforeItem)]
    assert len(figures) == 6
    slip = shown.kiosk.printer.tray[-1]
    assert (slip.ahead, slip.minutes) == (8, None)
    [code] = [each.data for each in shown.stage.walk(shown.screen) if isinstance(each, QrCode) and each.data]
    assert code == slip.link
    assert re.fullmatch(r"http://192\.168\.1\.10:8080/t/A009-\w{6}", code)
    queue, now = shown.flow.queue, shown.kiosk.clock.now()
    while (called := queue.call_next(now, "1", action=shown.kiosk.world.random(16))).label != "A009":
        queue.move(now, "absent", called.key, "1", action=shown.kiosk.world.random(16))
    shown.kiosk.pass_s(3)
    shown.settle()
    assert say("ticket.called", counter="1") in shown.stage.texts(shown.screen)
    assert say("ticket.people", n=8) not in shown.stage.texts(shown.screen)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_start_page_tells_how_many_wait_where_counters_say_so(shown, lang):
    """The real queue in place of the numbers of the last hour."""
    open_counter(shown, 3)
    shown.begin()
    shown.touch(f"language-{lang}")
    view = shown.flow.view
    assert (view.busy, view.waiting_of) == (2, view.say("home.wait_some", n=3))
    assert view.waiting_of in shown.stage.texts(shown.screen)


def test_a_queue_that_cannot_be_told_takes_no_number_away(shown, monkeypatch):
    """The number is shown and printed as ever; nothing is said of waiting."""
    open_counter(shown, 2)
    begin(shown, "th")
    shown.touch("service-sign_tax")

    def fails():
        raise RowDamaged("for the test")

    monkeypatch.setattr(shown.flow.queue, "look", fails)
    shown.touch("take")
    assert (shown.flow.step, shown.flow.view.label, shown.flow.view.paper) == ("ticket", "A003", "printed")
    assert shown.flow.view.you == ""
    assert shown.kiosk.printer.tray[-1].ahead is None
