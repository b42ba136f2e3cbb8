"""What a ticket and the hall are told of waiting: only what the queue knows."""

import random
from dataclasses import replace

import pytest

from kiosk.config import make
from kiosk.desk import waiting
from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from kiosk.desk.waiting import Hall, Wait
from tests.kiosk.worlds import Hands, make_world


class Lobby:
    """A kiosk with a clock, its queue, and fingers."""

    def __init__(self, tmp_path, settings=None):
        self.world = make_world(tmp_path)
        if settings:
            object.__setattr__(self.world, "config", make(tmp_path, settings))
        self.hands, self.dice = Hands(), random.Random(3)
        self.clock, self.queue = self.hands.clock(), Queue(self.world)

    @property
    def today(self):
        return self.clock.now().service_date.isoformat()

    def take(self, priority=""):
        return take_ticket(self.world, self.clock.now(), service_id="sign_tax", language="th", priority=priority).key

    def open(self, *counters):
        for counter in counters:
            self.queue.seen(self.clock.now(), counter, "open", staff="somchai", groups=("tax",))

    def call(self, counter="1"):
        return self.queue.call_next(self.clock.now(), counter, action=self.dice.randbytes(16))

    def move(self, move, key, counter="1"):
        self.queue.move(self.clock.now(), move, key, counter, action=self.dice.randbytes(16))

    def serve(self, count, every_s=240):
        for _ in range(count):
            self.take()
            self.hands.pass_s(every_s)
            called = self.call()
            self.move("serve", called.key)
            self.move("finish", called.key)

    def wait(self, key):
        return waiting.wait_of(self.world, self.queue.look(), key)

    def hall(self):
        return waiting.hall(self.queue.look(), self.clock.now())


@pytest.fixture
def lobby(tmp_path):
    """A lobby at half past ten, whose kiosk serves no pages."""
    made = Lobby(tmp_path)
    yield made
    made.world.store.close()


def test_nothing_is_said_where_no_counter_tells_whom_it_serves(lobby):
    """An office without counter pages would be told that everybody who came this morning still waits."""
    for _ in range(3):
        lobby.take()
    assert lobby.wait(lobby.take()) == Wait()
    assert lobby.hall() is None


def test_who_is_before_one_and_how_long_that_takes(lobby):
    """People before the ticket at once; a range once enough was called; priority stands before."""
    lobby.open("1")
    first, second = lobby.take(), lobby.take()
    assert lobby.wait(first) == Wait(ahead=0)
    assert lobby.wait(second) == Wait(ahead=1)
    lobby.take("infant")
    assert lobby.wait(second).ahead == 2
    lobby.serve(6)
    key = lobby.take()
    low, high = lobby.wait(key).minutes
    assert 0 <= low < high <= 60


def test_a_ticket_that_is_called_says_where_to_go(lobby):
    """While it is called or served it has a counter and nobody before it; afterwards nothing is said."""
    lobby.open("1", "2")
    key = lobby.take()
    lobby.call("2")
    assert lobby.wait(key) == Wait(counter="2")
    lobby.move("serve", key, "2")
    assert lobby.wait(key) == Wait(counter="2")
    lobby.move("finish", key, "2")
    assert lobby.wait(key) == Wait()


@pytest.mark.parametrize(("people", "level"), [(0, 1), (2, 1), (3, 2), (8, 2), (9, 3)])
def test_the_hall_is_told_by_people_for_each_open_counter(lobby, people, level):
    """One for each of two counters is quiet, four are some."""
    lobby.open("1", "2")
    for _ in range(people):
        lobby.take()
    assert lobby.hall() == Hall(level, people, None)


def test_the_hall_has_a_range_once_one_can_be_told_and_none_when_all_are_closed(lobby):
    """A closed counter calls nobody: people still wait, and how long cannot be said."""
    lobby.open("1")
    lobby.serve(7)
    lobby.take()
    low, high = lobby.hall().minutes
    assert 0 <= low < high
    lobby.queue.seen(lobby.clock.now(), "1", "closed", staff="somchai")
    assert lobby.hall() == Hall(1, 1, None)


def test_the_next_morning_begins_with_nothing_said(lobby):
    """Yesterday's counters and people tell nothing of today."""
    lobby.open("1")
    lobby.take()
    lobby.hands.pass_s(24 * 3600)
    assert lobby.hall() is None


@pytest.mark.parametrize(
    ("state", "linked"),
    [("serving", True), ("starting", True), ("off", False), ("port_taken", False), ("failed", False)],
)
def test_a_page_is_promised_only_where_one_answers(tmp_path, state, linked):
    """The code on paper leads somewhere, or there is none."""
    lobby = Lobby(tmp_path, {"lobby_port": 8080, "lobby_address": "192.168.1.10"})
    lobby.world.lan.state = state
    key = lobby.take()
    link = lobby.wait(key).link
    assert link.startswith("http://192.168.1.10:8080/t/A001-") if linked else link == ""
    lobby.world.store.close()


def test_a_number_of_another_kiosk_or_of_yesterday_is_told_nothing(lobby):
    """What is not in this queue is nobody's business here."""
    lobby.open("1")
    assert lobby.wait((lobby.today, "Z", 4)) == Wait()
    assert lobby.wait(("2020-01-01", "A", 1)) == Wait()


def test_a_number_from_another_kiosk_stands_as_that_one_said(tmp_path):
    """A second kiosk knows nobody's place: it repeats what came with the number, and shows no page of its own."""
    lobby = Lobby(tmp_path, {"host_kiosk": "http://192.168.1.10:8080"})
    ticket = take_ticket(lobby.world, lobby.clock.now(), service_id="sign_tax", language="th")
    line = lobby.queue.look()
    assert waiting.of_ticket(lobby.world, line, ticket) == Wait()
    given = replace(ticket, ahead=4, wait_min=(10, 20), link="http://192.168.1.10:8080/t/A001-k3f9xq")
    assert waiting.of_ticket(lobby.world, line, given) == Wait(4, (10, 20), link=given.link)
    lobby.world.store.close()
