"""The lobby in the staff corner: who sits where, letting browsers in and out, PINs, the strip, the end of the day."""

import pytest

from kiosk.config import make
from kiosk.desk import duty, pairing
from kiosk.desk.queue import take_ticket
from kiosk.desk.strip import STRIP_NUMBERS
from kiosk.paper import PrinterState, StripSlip
from kiosk.store import CannotRecord
from kiosk.ui.presenters.counters import PEOPLE_ROWS
from kiosk.ui.presenters.staff import STAFF_S
from kiosk.ui.sample import sample_kiosk
from shared import kinds
from shared.kinds import NumbersReserved, QueueClosed, TicketMoved

LAN = {"lobby_port": 8080, "lobby_address": "192.168.1.10"}
PIN = "482913"


@pytest.fixture
def lobby(kiosk):
    """The staff corner's page of the lobby, at a kiosk that serves its pages."""
    object.__setattr__(kiosk.world, "config", make(kiosk.world.config.data, LAN))
    kiosk.world.lan.state = "serving"
    kiosk.flow.staff()
    kiosk.settle()
    kiosk.do("counters")
    assert kiosk.flow.step == "counters"
    return kiosk


def bodies(kiosk, kind):
    """What was recorded of this kind."""
    records = kiosk.world.lobby.after(0)
    found = [kinds.decode(each.header.kind, each.header.schema, each.body) for each in records]
    return [each for each in found if isinstance(each, kind)]


def pair(kiosk, machine="phone"):
    """Somebody scans the code that is on the screen."""
    code = kiosk.flow.view.code.replace("\u00a0", "")
    return pairing.redeem(kiosk.world, kiosk.clock.now(), code, machine=machine)


def sit(kiosk, token, counter="1", staff="sample_a"):
    """Whoever has a PIN sits down with a paired browser."""
    browser = pairing.find(kiosk.world, token)
    seat = duty.Seat(staff, counter, ("tax",))
    duty.sign_in(kiosk.flow.queue, kiosk.clock.now(), browser, seat, PIN)


def waits(kiosk, count):
    """So many take a number."""
    for _ in range(count):
        take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")


# --- the page itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind"),
    [("serving", "done"), ("starting", "sand"), ("off", "quiet"), ("port_taken", "refused"), ("failed", "refused")],
)
def test_the_page_says_whether_the_lobbys_pages_are_on(lobby, state, kind):
    """And where; trouble is red and says what to do."""
    lobby.world.lan.state = state
    lobby.flow.show()
    fact = lobby.flow.view.facts[0]
    assert (fact.kind, fact.text) == (kind, lobby.flow.say(f"counters.lan_{state}"))
    assert fact.sub
    assert ("http://192.168.1.10:8080/board" in fact.sub) is (state == "serving")


def test_boards_are_told_with_their_sound_and_forgotten_when_away(lobby):
    """A mute board looks fine from here, unless it is said."""
    none = lobby.flow.view.facts[1]
    assert none.text == lobby.flow.say("counters.boards_none")
    lobby.world.boards.tell("192.168.1.20", "muted", lobby.clock.mono_ms())
    lobby.pass_s(3)
    lobby.settle()
    lobby.flow.show()
    told = lobby.flow.view.facts[1]
    assert told.text == lobby.flow.say("counters.boards", n=1)
    assert told.kind == "sand"
    lobby.pass_s(60)
    lobby.settle()
    lobby.flow.show()
    assert lobby.flow.view.facts[1].text == lobby.flow.say("counters.boards_none")


def test_who_sits_where_is_told_by_position_and_never_by_name(lobby):
    """Open, with the number that is there; closed again when they stand up; nothing of yesterday."""
    assert (lobby.flow.view.rows, lobby.flow.view.none) == ((), lobby.flow.say("counters.nobody"))
    duty.set_pin(lobby.world, "sample_a", PIN)
    waits(lobby, 1)
    token = pairing.redeem(
        lobby.world, lobby.clock.now(), pairing.offer(lobby.world, lobby.clock.now()), machine="computer"
    )
    sit(lobby, token)
    lobby.flow.queue.call_next(lobby.clock.now(), "1", action=bytes(16))
    lobby.pass_s(3)
    lobby.settle()
    [row] = lobby.flow.view.rows
    people = {each.id: each for each in lobby.flow.bundle.office.colleagues}
    assert (row.name, row.kind) == (lobby.flow.say("counters.counter", name="1"), "done")
    assert people["sample_a"].position.th in row.detail
    assert "A001" in row.detail
    assert people["sample_a"].name.th not in row.detail
    duty.sign_out(lobby.flow.queue, lobby.clock.now(), pairing.find(lobby.world, token).number)
    lobby.pass_s(3)
    lobby.settle()
    assert lobby.flow.view.rows[0].state == lobby.flow.say("counters.closed")
    lobby.hands.pass_s(24 * 3600)
    lobby.flow.touched()
    lobby.flow.show()
    assert lobby.flow.view.rows == ()


def test_each_page_leads_back_and_closes_by_itself(lobby):
    """Nobody leaves a page of staff open to whoever comes by."""
    for step in ("pair", "pins", "strip", "close"):
        lobby.do("go", step)
        assert lobby.flow.step == step
        lobby.do("done")
        assert lobby.flow.step == "counters"
        lobby.do("go", step)
        lobby.pass_s(STAFF_S + 1)
        assert lobby.flow.step == "idle"
        lobby.flow.staff()
        lobby.settle()
        lobby.do("counters")


def test_what_cannot_be_read_leaves_the_page_standing(lobby, monkeypatch):
    """The last figures stay, and the page hears on."""

    def fails():
        raise CannotRecord("for the test")

    monkeypatch.setattr(lobby.flow.queue, "look", fails)
    lobby.pass_s(5)
    lobby.settle()
    assert lobby.flow.step == "counters"
    lobby.do("go", "pins")
    assert lobby.flow.step == "pins"


# --- letting browsers in and out ---------------------------------------------------------------------------------


def test_a_code_lets_one_browser_in_and_the_page_says_so(lobby):
    """A QR code with the digits behind its hash; scanned once it is used up, and the browser is listed."""
    lobby.do("go", "pair")
    view = lobby.flow.view
    assert (view.state, view.rows) == ("code", ())
    digits = view.code.replace("\u00a0", "")
    assert view.link == f"http://192.168.1.10:8080/pair#{digits}"
    assert "192.168.1.10:8080/pair" in view.where
    lobby.pass_s(10)
    lobby.settle()
    lobby.flow.show()
    assert lobby.flow.view.left == lobby.flow.say("pair.left", seconds=110)
    assert pair(lobby, "tablet") is not None
    lobby.pass_s(2)
    lobby.settle()
    lobby.flow.show()
    assert (lobby.flow.view.state, lobby.flow.view.code, lobby.flow.view.link) == ("paired", "", "")
    [row] = lobby.flow.view.rows
    assert lobby.flow.say("pair.tablet") in row.text
    assert pairing.redeem(lobby.world, lobby.clock.now(), digits, machine="phone") is None


def test_a_code_ends_with_its_time_and_with_the_page(lobby):
    """After two minutes, after a new one, after leaving: the old digits open nothing."""
    lobby.do("go", "pair")
    first = lobby.flow.view.code.replace("\u00a0", "")
    for _ in range(14):
        lobby.flow.touched()
        lobby.pass_s(10)
        lobby.settle()
    lobby.flow.show()
    assert lobby.flow.view.state == "late"
    lobby.do("another")
    second = lobby.flow.view.code.replace("\u00a0", "")
    assert (lobby.flow.view.state, second != first) == ("code", True)
    assert pairing.redeem(lobby.world, lobby.clock.now(), first, machine="phone") is None
    lobby.do("done")
    assert pairing.redeem(lobby.world, lobby.clock.now(), second, machine="phone") is None


def test_a_code_is_void_when_the_staff_corner_closes_by_itself(lobby):
    """Whoever comes by finds no code, and none that still works."""
    lobby.do("go", "pair")
    digits = lobby.flow.view.code.replace("\u00a0", "")
    lobby.do("another")
    lobby.flow.reset()
    lobby.settle()
    assert pairing.seconds_left(lobby.world, lobby.clock.now()) == 0
    assert pairing.redeem(lobby.world, lobby.clock.now(), digits, machine="phone") is None


def test_no_code_where_no_page_answers(lobby):
    """It would lead nowhere."""
    lobby.world.lan.state = "port_taken"
    lobby.do("go", "pair")
    assert (lobby.flow.view.state, lobby.flow.view.code) == ("off", "")


def test_a_lost_phone_is_shut_out_by_two_touches_and_its_counter_closes(lobby):
    """One touch only asks; the second signs it out and unpairs it."""
    lobby.do("go", "pair")
    token = pair(lobby)
    duty.set_pin(lobby.world, "sample_a", PIN)
    sit(lobby, token, "3")
    lobby.pass_s(3)
    lobby.settle()
    lobby.flow.show()
    [row] = lobby.flow.view.rows
    assert lobby.flow.say("counters.counter", name="3") in row.sub
    lobby.do("unpair", row.number)
    assert pairing.find(lobby.world, token) is not None
    assert lobby.flow.view.rows[0].armed
    lobby.do("unpair", row.number)
    assert pairing.find(lobby.world, token) is None
    assert lobby.flow.view.rows == ()
    assert lobby.flow.queue.look().counters["3"].state == "closed"


def test_no_more_browsers_than_there_may_be(lobby, monkeypatch):
    """Staff are told to shut one out first, and the page goes on."""
    monkeypatch.setattr(pairing, "BROWSERS_MAX", 0)
    lobby.do("go", "pair")
    assert (lobby.flow.step, lobby.flow.view.state) == ("pair", "full")


# --- PINs --------------------------------------------------------------------------------------------------------


def strike(kiosk, digits):
    """Type digits and go on."""
    for digit in digits:
        kiosk.do("digit", digit)
    kiosk.do("enter_pin")


def test_a_pin_is_typed_twice_and_opens_a_counter(lobby):
    """Unset, typed, typed again, set; and it is this person's PIN."""
    lobby.do("go", "pins")
    view = lobby.flow.view
    assert len(view.rows) == PEOPLE_ROWS
    assert {row.state for row in view.rows} == {lobby.flow.say("pins.unset")}
    lobby.do("choose", "sample_a")
    strike(lobby, PIN)
    assert (lobby.flow.view.again, lobby.flow.view.typed) == (True, 0)
    assert duty.with_pin(lobby.world) == frozenset()
    strike(lobby, PIN)
    assert lobby.flow.step == "pins"
    assert duty.with_pin(lobby.world) == {"sample_a"}
    assert lobby.flow.view.rows[0].state == lobby.flow.say("pins.set")
    duty.check_pin(lobby.world, lobby.clock.now(), "sample_a", PIN, 1)
    with pytest.raises(duty.WrongPin):
        duty.check_pin(lobby.world, lobby.clock.now(), "sample_b", PIN, 2)


def test_two_that_differ_and_one_that_is_easy_are_refused_with_a_sentence(lobby):
    """Nothing is set, no digit stays, and one begins anew."""
    lobby.do("go", "pins")
    lobby.do("choose", "sample_b")
    strike(lobby, PIN)
    strike(lobby, "482914")
    assert lobby.flow.view.message == lobby.flow.say("set_pin.differs")
    assert (lobby.flow.view.again, lobby.flow.view.typed) == (False, 0)
    for _ in range(2):
        strike(lobby, "123456")
    assert lobby.flow.view.message == lobby.flow.say("set_pin.weak", least=duty.PIN_DIGITS_MIN)
    strike(lobby, "12345")
    assert not lobby.flow.view.again
    assert duty.with_pin(lobby.world) == frozenset()


def test_a_pin_is_taken_away_by_two_touches(lobby):
    """Only of who has one; a touch on a digit in between disarms it."""
    duty.set_pin(lobby.world, "sample_c", PIN)
    lobby.do("go", "pins")
    lobby.do("choose", "sample_c")
    assert lobby.flow.view.can_remove
    lobby.do("remove")
    lobby.do("digit", "1")
    lobby.do("remove")
    assert duty.with_pin(lobby.world) == {"sample_c"}
    lobby.do("remove")
    assert (lobby.flow.step, duty.with_pin(lobby.world)) == ("pins", frozenset())
    lobby.do("choose", "sample_c")
    assert not lobby.flow.view.can_remove


def test_no_digit_outlives_the_page(lobby):
    """Half a PIN is not found by whoever touches next."""
    lobby.do("go", "pins")
    lobby.do("choose", "sample_a")
    strike(lobby, PIN)
    lobby.do("digit", "4")
    presenter = lobby.presenter
    lobby.do("done")
    assert PIN not in vars(presenter).values()
    lobby.do("choose", "sample_b")
    assert (lobby.flow.view.typed, lobby.flow.view.again) == (0, False)


def test_people_are_paged(lobby):
    """Everybody is on one page or another, once."""
    lobby.do("go", "pins")
    seen = [row.id for row in lobby.flow.view.rows]
    for _ in range(lobby.flow.view.pages - 1):
        lobby.do("turn", 1)
        seen += [row.id for row in lobby.flow.view.rows]
    lobby.do("turn", 1)
    assert lobby.flow.view.page == lobby.flow.view.pages - 1
    assert seen == [each.id for each in lobby.flow.bundle.office.colleagues]


# --- the strip ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["printed", "failed", "shown"])
def test_a_strip_is_asked_once_more_then_set_aside_then_printed(lobby, outcome):
    """Choosing sets nothing aside; the numbers are said whatever became of the paper."""
    waits(lobby, 1)
    lobby.printer.outcome = outcome
    lobby.do("go", "strip")
    assert [row.letter for row in lobby.flow.view.rows] == ["A", "B", "C", "D"]
    lobby.do("choose", "A")
    assert bodies(lobby, NumbersReserved) == []
    lobby.do("print")
    view = lobby.flow.view
    assert (view.state, view.numbers) == (outcome, "A002\u2013A021")
    [reserved] = bodies(lobby, NumbersReserved)
    assert (reserved.first, reserved.last) == (2, 1 + STRIP_NUMBERS)
    slip = lobby.printer.tray[-1]
    assert isinstance(slip, StripSlip)
    assert (slip.labels[0], slip.labels[-1]) == ("A002", "A021")
    lobby.do("print")
    assert len(bodies(lobby, NumbersReserved)) == 1
    waits(lobby, 1)
    assert "A022" in {each.label for each in lobby.flow.queue.look().tickets.values()}


def test_the_pages_keep_the_queues_day_when_the_clock_jumps_over_it(lobby):
    """Counters and who sits there are listed, the strip goes on where the numbers are, and "today" counts those."""
    duty.set_pin(lobby.world, "sample_a", PIN)
    lobby.do("go", "pair")
    sit(lobby, pair(lobby))
    waits(lobby, 3)
    day = lobby.flow.queue.look().service_date
    lobby.hands.wall_s += 24 * 3600
    lobby.hands.pass_s(2)
    lobby.flow.tick()
    lobby.settle()
    assert "1" in lobby.flow.view.rows[0].sub, "where the browser is signed in"
    lobby.do("done")
    assert [row.kind for row in lobby.flow.view.rows] == ["done"]
    for verb, *arguments in (("go", "strip"), ("choose", "A"), ("print",)):
        lobby.do(verb, *arguments)
    [reserved] = bodies(lobby, NumbersReserved)
    assert (reserved.service_date, reserved.first) == (day, 4)
    lobby.flow.reset()
    for verb, *arguments in (("begin",), ("services",), ("choose", "sign_tax")):
        lobby.do(verb, *arguments)
    assert "3" in lobby.flow.view.take_sub


def test_a_printer_without_paper_is_named_before_numbers_are_set_aside(lobby):
    """A strip that cannot come out costs twenty numbers."""
    lobby.printer.says = PrinterState.OUT
    lobby.do("go", "strip")
    assert lobby.flow.view.paper == lobby.flow.say("staff.printer_out")
    lobby.printer.says = PrinterState.OK
    lobby.do("done")
    lobby.do("go", "strip")
    assert lobby.flow.view.paper == ""


# --- the end of the day ------------------------------------------------------------------------------------------


def test_closing_says_what_becomes_of_whom_and_is_asked_twice(lobby):
    """One who waits is not served, one who was called did not come; the first touch changes nothing."""
    waits(lobby, 3)
    lobby.flow.queue.seen(lobby.clock.now(), "1", "open", staff="sample_a", groups=("tax",))
    lobby.flow.queue.call_next(lobby.clock.now(), "1", action=bytes(16))
    lobby.do("go", "close")
    say = lobby.flow.say
    assert lobby.flow.view.rows == (say("close.waiting", n=2), say("close.missed", n=1))
    lobby.do("go_on")
    assert (lobby.flow.view.state, bodies(lobby, QueueClosed)) == ("sure", [])
    lobby.do("go_on")
    assert (lobby.flow.view.state, lobby.flow.view.rows) == ("closed", ())
    assert len(bodies(lobby, QueueClosed)) == 1
    ended = [each for each in bodies(lobby, TicketMoved) if each.move == "close"]
    assert sorted(each.number for each in ended) == [1, 2, 3]
    assert lobby.flow.queue.look().tickets == {}
    lobby.do("go_on")
    assert len(bodies(lobby, QueueClosed)) == 1


def test_turning_back_from_closing_closes_nothing_and_begins_anew(lobby):
    """Whoever comes again is asked for the first time."""
    waits(lobby, 1)
    lobby.do("go", "close")
    lobby.do("go_on")
    lobby.do("done")
    lobby.do("go", "close")
    assert lobby.flow.view.state == "ask"
    assert len(lobby.flow.queue.look().tickets) == 1


@pytest.mark.parametrize(("edition", "offered"), [(41, True), (0, False)])
def test_a_kiosk_without_content_offers_no_lobby(tmp_path, edition, offered):
    """Nobody to give a PIN, no queue to print."""
    with sample_kiosk(tmp_path, edition=edition) as kiosk:
        kiosk.flow.start()
        kiosk.flow.staff()
        kiosk.settle()
        assert kiosk.flow.step == "staff"
        assert ("counters" in {tool.action for tool in kiosk.flow.view.tools}) is offered
