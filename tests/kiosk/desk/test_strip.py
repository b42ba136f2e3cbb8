"""Numbers on paper for a power cut: set aside once, on no screen, whatever becomes of the paper."""

import threading

import pytest

from kiosk.desk import queue, services, slips, strip
from kiosk.desk.counters import Queue
from kiosk.desk.queue import issued_today, take_ticket
from kiosk.paper import JOB_S_MAX
from kiosk.store import CannotRecord
from shared import kinds
from shared.kinds import NumbersReserved, TicketIssued
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
