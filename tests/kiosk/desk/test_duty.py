"""PINs and seats: a person sits down with their own PIN, guessing gets slower, a counter has one person."""

import threading

import msgspec
import pytest

from kiosk.desk import duty, pairing
from kiosk.desk.counters import Queue
from kiosk.desk.duty import Seat, WaitFirst, WeakPin, WrongPin
from shared.content import Colleague, Text
from tests.kiosk.worlds import Hands, an_office, make_world, pieces_of, publish, some_services

PIN, OTHER_PIN = "482913", "771204"


def colleague(id_, position):
    """Somebody of the office."""
    name = Text(th=f"ชื่อของ {id_}", en=f"Name of {id_}")
    return Colleague(id=id_, name=name, position=Text(th=position), division="treasury", picture="avatar-1")


def staffed_office():
    """The office with three people, two of whom hold one position."""
    people = (colleague("a", "จัดเก็บรายได้"), colleague("b", "ธุรการ"), colleague("c", "จัดเก็บรายได้"))
    return msgspec.structs.replace(an_office(), colleagues=people, counters=("1", "2", "3"))


class Room:
    """A queue, two browsers, a clock."""

    def __init__(self, folder) -> None:
        self.world = make_world(folder)
        publish(self.world.content, 2, pieces_of(staffed_office(), some_services()))
        self.hands = Hands()
        self.clock = self.hands.clock()
        self.queue = Queue(self.world)
        duty.set_pin(self.world, "a", PIN)
        duty.set_pin(self.world, "b", OTHER_PIN)

    def now(self):
        return self.clock.now()

    def browser(self):
        """One more that is let in."""
        return pairing.find(
            self.world, pairing.redeem(self.world, self.now(), pairing.offer(self.world, self.now()), machine="phone")
        )

    def sit(self, browser, staff="a", counter="1", pin=PIN, groups=("tax", "general")):
        duty.sign_in(self.queue, self.now(), browser, Seat(staff, counter, groups), pin)

    def seats(self):
        return duty.seats(self.queue, self.now())

    def open(self):
        """Counters that are open, and who sits there."""
        return {each: seen.staff for each, seen in self.queue.look().counters.items() if seen.open}

    def check(self, pin, staff="a", browser=1):
        duty.check_pin(self.world, self.now(), staff, pin, browser)


@pytest.fixture
def room(tmp_path):
    """Half past ten."""
    made = Room(tmp_path)
    yield made
    made.world.store.close()


def test_positions_are_numbered_where_two_hold_one(room):
    """No name leaves the kiosk, and yet each finds themselves."""
    told = [(each.id, each.position.th, each.number) for each in duty.people(room.world.content.bundle)]
    assert told == [("a", "จัดเก็บรายได้", 1), ("b", "ธุรการ", 0), ("c", "จัดเก็บรายได้", 2)]
    assert duty.people(None) == ()
    assert duty.with_pin(room.world) == {"a", "b"}
    duty.clear_pin(room.world, "b")
    assert duty.with_pin(room.world) == {"a"}


@pytest.mark.parametrize("pin", ["", "12345", "1" * 6, "123456", "987654", "345678", "12345a", "4829131234567"])
def test_pins_that_everybody_tries_are_refused(room, pin):
    """Too short, too long, a run, one digit."""
    with pytest.raises(WeakPin):
        duty.set_pin(room.world, "c", pin)


def test_sitting_down_opens_the_counter(room):
    """With one's own PIN, in Thai digits too; standing up closes it."""
    browser = room.browser()
    room.sit(browser, pin="๔๘๒๙๑๓")
    assert (room.open(), room.seats()[browser.number]) == ({"1": "a"}, Seat("a", "1", ("tax", "general")))
    duty.sign_out(room.queue, room.now(), browser.number)
    duty.sign_out(room.queue, room.now(), browser.number)
    assert (room.open(), room.seats()) == ({}, {})


@pytest.mark.parametrize(
    ("staff", "pin"), [("a", OTHER_PIN), ("b", PIN), ("c", PIN), ("c", ""), ("nobody", PIN), ("a", "")]
)
def test_another_pin_opens_nothing(room, staff, pin):
    """Neither a colleague's, nor that of somebody who has none."""
    with pytest.raises(WrongPin):
        room.sit(room.browser(), staff=staff, pin=pin)
    assert (room.open(), room.seats()) == ({}, {})


def test_guessing_gets_slower_for_the_person(room):
    """From any browser: after the free tries a wait that doubles; the right PIN must wait as well."""
    for browser in range(duty.FREE_TRIES):
        with pytest.raises(WrongPin):
            room.check("000001", browser=browser)
    for wait in (30, 60, 120):
        with pytest.raises(WaitFirst) as told:
            room.check(PIN, browser=77)
        assert told.value.seconds == wait
        room.hands.pass_s(wait)
        with pytest.raises(WrongPin):
            room.check("000001", browser=88 + wait)
    room.check(OTHER_PIN, staff="b", browser=77)
    room.hands.pass_s(duty.WAIT_S_MAX)
    room.check(PIN, browser=77)
    with pytest.raises(WrongPin):
        room.check("000001", browser=78)


def test_guessing_gets_slower_for_the_browser(room):
    """One browser that goes through all colleagues waits, too; another does not."""
    for number in range(duty.FREE_TRIES):
        with pytest.raises(WrongPin):
            room.check("000001", staff=f"s{number}", browser=5)
    with pytest.raises(WaitFirst):
        room.check(PIN, browser=5)
    room.check(PIN, browser=6)


def test_a_restart_forgets_no_try(room):
    """The plug that is pulled after each try; a dead battery starts the wait anew and still ends it."""
    for _ in range(duty.FREE_TRIES):
        with pytest.raises(WrongPin):
            room.check("000001")
    room.clock = room.hands.clock(boot=b"boot-id2")
    room.hands.pass_s(10)
    with pytest.raises(WaitFirst) as told:
        room.check(PIN)
    assert told.value.seconds == 20
    room.clock = room.hands.clock(boot=b"boot-id3", wall=lambda: 0.0)
    with pytest.raises(WaitFirst) as told:
        room.check(PIN)
    assert told.value.seconds == 30
    room.hands.pass_s(30)
    room.check(PIN)


def test_many_at_once_get_no_more_tries(room):
    """Fifty requests in one moment are counted one by one."""
    told = []

    def guess():
        try:
            room.check("000001")
        except (WrongPin, WaitFirst) as error:
            told.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(WrongPin) == duty.FREE_TRIES
    assert told.count(WaitFirst) == 50 - duty.FREE_TRIES


def test_a_new_pin_forgets_the_wrong_ones(room):
    """Whoever forgot theirs gets a new one on the staff screen and goes on."""
    for _ in range(duty.FREE_TRIES):
        with pytest.raises(WrongPin):
            room.check("000001")
    duty.set_pin(room.world, "a", "640193")
    with pytest.raises(WaitFirst):
        room.check("640193", browser=1)
    room.check("640193", browser=2)


def test_hand_over_takes_the_seat_with_whom_is_there(room):
    """Another person sits down at the counter: theirs from now on, and the one before is signed out there."""
    from kiosk.desk.queue import take_ticket

    phone, computer, other = room.browser(), room.browser(), room.browser()
    room.sit(phone)
    room.sit(computer)
    given = take_ticket(room.world, room.now(), service_id="sign_tax", language="th")
    room.queue.call_next(room.now(), "1", action=b"a" * 16)
    room.sit(other, staff="b", pin=OTHER_PIN)
    assert room.seats() == {other.number: Seat("b", "1", ("tax", "general"))}
    line = room.queue.look()
    assert (line.counters["1"].staff, line.counters["1"].open) == ("b", True)
    [ticket] = line.tickets.values()
    assert (ticket.label, ticket.counter, ticket.state) == (given.label, "1", "called")


def test_two_browsers_of_one_person_share_a_counter(room):
    """Phone and PC: one signs out, the counter stays open for the other."""
    phone, computer = room.browser(), room.browser()
    room.sit(phone)
    room.sit(computer)
    duty.sign_out(room.queue, room.now(), phone.number)
    assert room.open() == {"1": "a"}
    duty.sign_out(room.queue, room.now(), computer.number)
    assert room.open() == {}


def test_moving_to_another_counter_closes_the_first(room):
    """One browser sits at one counter."""
    browser = room.browser()
    room.sit(browser)
    room.sit(browser, counter="2", groups=("tax",))
    assert (room.open(), room.queue.look().counters["2"].groups) == ({"2": "a"}, ("tax",))


def test_nobody_is_signed_in_the_next_morning(room):
    """A browser that was left on sits nowhere."""
    room.sit(room.browser())
    room.hands.pass_s(24 * 3600)
    assert room.seats() == {}


def test_a_seat_is_kept_while_the_queue_keeps_its_day(room):
    """A clock that jumps over midnight at half past ten signs nobody out, and whoever stands up closes the counter."""
    browser = room.browser()
    room.sit(browser)
    room.hands.wall_s += 24 * 3600
    room.hands.pass_s(60)
    assert room.seats() == {browser.number: Seat("a", "1", ("tax", "general"))}
    room.sit(browser, counter="2")
    assert (room.open(), room.seats()[browser.number].counter) == ({"2": "a"}, "2")
    duty.sign_out(room.queue, room.now(), browser.number)
    assert (room.open(), room.seats()) == ({}, {})


def test_a_lost_phone_is_shut_out(room):
    """Its counter closes, its token opens nothing."""
    browser = room.browser()
    room.sit(browser)
    duty.shut_out(room.queue, room.now(), browser.number)
    assert (room.open(), room.seats(), pairing.paired(room.world)) == ({}, {}, ())
