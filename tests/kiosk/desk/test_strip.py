"""Numbers on paper for a power cut: set aside once, on no screen, whatever becomes of the paper."""

import threading

import pytest

from kiosk.desk import queue, services, slips, strip
from kiosk.desk.counters import Queue
from kiosk.desk.queue import issued_today, take_ticket
from kiosk.desk.tickets import Refused
from kiosk.paper import JOB_S_MAX
from kiosk.store import CannotRecord
from shared import kinds
from shared.kinds import NumbersReserved, TicketIssued
from tests.kiosk.desk.lobbies import Lobby
from tests.kiosk.worlds import Hands


def bodies(world):
    """What was recorded since the log was opened."""
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in world.lobby.after(1)]


def test_a_strip_has_the_next_twenty_numbers_and_the_screen_goes_on_behind_it(world):
    """A001 is a citizen's, A002 to A021 lie on paper, A022 is the next citizen's; the strip is one record."""
    clock = Hands().clock()
    take_ticket(world, clock.now(), service_id="sign_tax", language="th")
    taken = strip.take_strip(world, clock.now(), "A")
    assert (taken.labels[0], taken.labels[-1], len(taken.labels)) == ("A002", "A021", 20)
    assert take_ticket(world, clock.now(), service_id="sign_tax", language="th").label == "A022"
    [reserved] = [each for each in bodies(world) if isinstance(each, NumbersReserved)]
    assert reserved == NumbersReserved("2026-03-16", "A", 2, 21)


def test_a_number_on_a_strip_is_no_visitor(world):
    """Nobody waits, nothing is counted: the numbers lie in a drawer."""
    clock = Hands().clock()
    line = Queue(world)
    strip.take_strip(world, clock.now(), "A")
    assert line.follow().waiting() == []
    assert issued_today(world, clock.now()) == 0
    assert not [each for each in bodies(world) if isinstance(each, TicketIssued)]


def test_a_strip_and_citizens_at_once_share_no_number(world):
    """Four threads take tickets while four set strips aside: no number twice, none of the strips' torn apart."""
    clock, given, strips = Hands().clock(), [], []

    def tickets():
        given.extend(take_ticket(world, clock.now(), service_id="sign_tax", language="th").number for _ in range(10))

    def set_aside():
        strips.extend(strip.take_strip(world, clock.now(), "A", 5) for _ in range(3))

    threads = [threading.Thread(target=each) for each in (tickets, set_aside) * 4]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    on_paper = [number for each in strips for number in range(each.first, each.last + 1)]
    assert sorted([*given, *on_paper]) == list(range(1, 4 * 10 + 4 * 3 * 5 + 1))


def test_what_did_not_come_out_is_a_gap(world):
    """A failed print gives nothing back: the next strip has other numbers."""
    clock = Hands().clock()
    world.printer.outcome = "failed"
    first = strip.take_strip(world, clock.now(), "A")
    slip = slips.strip_slip(world, first, "th")
    assert slips.print_only(world, clock.now(), slip, mono_ms=clock.mono_ms) == "failed"
    assert strip.take_strip(world, clock.now(), "A").first == first.last + 1


def test_a_strip_that_was_asked_for_too_long_ago_is_not_printed(world):
    """Whoever asked has left; strips in a tray are numbers for anybody."""
    hands = Hands()
    clock = hands.clock()
    asked = clock.now()
    slip = slips.strip_slip(world, strip.take_strip(world, asked, "A"), "th")
    hands.pass_s(JOB_S_MAX + 1)
    assert slips.print_only(world, clock.now(), slip, mono_ms=clock.mono_ms) == "printed"
    assert slips.print_only(world, asked, slip, mono_ms=clock.mono_ms) == "failed"


@pytest.mark.parametrize(("series", "count"), [("Z", 20), ("", 20), ("A", 0)])
def test_no_strip_of_another_device_or_of_nothing(world, series, count):
    """A letter belongs to one device: two of them could not know of each other's strips."""
    with pytest.raises(ValueError, match="numbers of series"):
        strip.take_strip(world, Hands().clock().now(), series, count)
    assert bodies(world) == []


def test_where_nothing_can_be_recorded_nothing_is_set_aside(world, monkeypatch):
    """The mark and the record are one transaction."""
    clock = Hands().clock()
    append = type(world.lobby).append

    def refuses(*_arguments, **_options):
        raise CannotRecord("for the test")

    monkeypatch.setattr(type(world.lobby), "append", refuses)
    with pytest.raises(CannotRecord):
        strip.take_strip(world, clock.now(), "A")
    monkeypatch.setattr(type(world.lobby), "append", append)
    assert take_ticket(world, clock.now(), service_id="sign_tax", language="th").label == "A001"


def test_each_letter_names_its_groups(world):
    """One letter for a group each, the last letter for all that are left; the strip names them."""
    bundle = services.shown(world)
    ids = [group.id for group in bundle.office.series]
    assert [[each.id for each in groups] for groups in strip.groups_of(bundle, ("A",)).values()] == [ids]
    assert list(strip.groups_of(bundle, ("A", "B", "C", "D"))) == ["A", "B", "C", "D"][: len(ids)]
    for letter, groups in strip.groups_of(bundle, ("A", "B")).items():
        assert all(queue.series_letter(bundle, each.id, ("A", "B")) == letter for each in groups)


# --- entering what was served on paper ------------------------------------------------------------------------------


def morning(lobby):
    """The next day begins: a strip is printed, counter 1 opens. What stands on the strip."""
    lobby.hands.pass_s(24 * 3600)
    taken = strip.take_strip(lobby.world, lobby.queue.dated(lobby.now()), "A")
    lobby.open("1")
    return taken.service_date.isoformat()


def enter(lobby, series, number):
    """Enter a number read off paper; of which day it is then a ticket."""
    key = lobby.queue.look().of_paper(series, number)
    lobby.queue.enter_paper(lobby.now(), "1", key, action=lobby.press())
    return bodies(lobby.world)[-1].service_date


@pytest.mark.parametrize("restart", [False, True])
def test_a_number_on_paper_is_of_todays_strip_before_an_older_one(world, restart):
    """A strip that lay unused on Monday does not swallow Tuesday's people."""
    lobby = Lobby(world)
    morning(lobby)
    tuesday = morning(lobby)
    if restart:
        lobby.restart()
        lobby.open("1")
    assert enter(lobby, "A", 5) == tuesday
    with pytest.raises(Refused, match=r"queue\.gone"):
        lobby.queue.enter_paper(lobby.now(), "1", (tuesday, "A", 5), action=lobby.press())


def test_a_number_on_paper_is_a_ticket_that_waits_before_an_older_strip(world):
    """Today the screen gave out the same number: it is that person."""
    lobby = Lobby(world)
    morning(lobby)
    lobby.hands.pass_s(24 * 3600)
    key = lobby.ticket()
    lobby.open("1")
    assert key[2] == 1
    assert enter(lobby, "A", 1) == key[0]
    assert key not in lobby.queue.look().tickets


def test_yesterdays_paper_is_entered_the_next_morning_and_no_later(world):
    """The power came back in the night: its numbers are yesterday's tickets. A day later it is good no more."""
    lobby = Lobby(world)
    monday = morning(lobby)
    lobby.hands.pass_s(22 * 3600)
    lobby.open("1")
    assert enter(lobby, "A", 5) == monday
    lobby.hands.pass_s(24 * 3600)
    lobby.open("1")
    with pytest.raises(Refused, match=r"queue\.no_strip"):
        enter(lobby, "A", 6)
    assert not lobby.queue.look().strips


def test_a_day_without_a_record_lets_go_of_no_strip(world):
    """Somebody pressed in vain on Saturday: Friday's strip is there on Monday, in a kiosk that ran or that starts."""
    lobby = Lobby(world)
    friday = morning(lobby)
    lobby.hands.pass_s(24 * 3600)
    with pytest.raises(Refused):
        lobby.call("9")
    lobby.hands.pass_s(48 * 3600)
    lobby.open("1")
    assert lobby.queue.look().strips == Queue(world).look().strips != set()
    assert enter(lobby, "A", 5) == friday
