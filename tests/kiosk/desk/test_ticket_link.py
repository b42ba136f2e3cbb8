"""The address on a slip opens one ticket's page and no other."""

import re
from datetime import timedelta

import pytest

from kiosk import lan
from kiosk.desk import ticket_link
from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from kiosk.host import Ask
from shared.kinds import TicketJoined
from tests.kiosk.worlds import MONDAY, Hands, make_world


@pytest.fixture
def world(tmp_path):
    """A kiosk that serves pages."""
    made = make_world(tmp_path, settings={"lobby_port": 8080, "lobby_address": "192.168.1.10"})
    yield made
    made.store.close()


def ticket(world, moment):
    """The key of a new number."""
    made = take_ticket(world, moment, service_id="sign_tax", language="th")
    return made.service_date.isoformat(), made.series, made.number


def test_a_link_is_read_back(world):
    """Upper or lower case, while the ticket waits and after it is done with."""
    queue, now = Queue(world), Hands().clock().now()
    key = ticket(world, now)
    link = ticket_link.link(world, key)
    assert re.fullmatch(r"http://192\.168\.1\.10:8080/t/A001-[0-9a-z]{6}", link)
    name = link.rpartition("/")[2]
    assert ticket_link.read(world, queue.follow(), name) == key
    assert ticket_link.read(world, queue.follow(), name.upper()) == key
    queue.move(now, "leave", key, action=b"a" * 16)
    assert ticket_link.read(world, queue.follow(), name) == key


def test_a_number_that_reached_nobody_has_no_page(world):
    """A second kiosk gave one of its own when the answer came too late: nobody holds the slip of this one."""
    queue, now, touch = Queue(world), Hands().clock().now(), b"t" * 16
    key = queue.give(now, Ask(touch, "sign_tax", "th", "", None))
    name = ticket_link.name(world, key)
    assert ticket_link.read(world, queue.follow(), name) == key
    queue.join(now, [TicketJoined("2026-03-16", "M", 1, "", "tax", "x", "", None, "th", touch, 0)])
    assert queue.follow().gone[key].end == "unclaimed"
    assert ticket_link.read(world, queue.follow(), name) is None


def test_nobody_reaches_a_neighbour_by_counting(world):
    """Another number with my characters behind it, and any other characters behind it, open nothing."""
    queue, now = Queue(world), Hands().clock().now()
    mine, next_to_me = ticket(world, now), ticket(world, now)
    checks = [ticket_link.name(world, key).partition("-")[2] for key in (mine, next_to_me)]
    assert checks[0] != checks[1]
    for wrong in (
        f"A002-{checks[0]}",
        "A001-000000",
        "A003-" + checks[0],
        "A001",
        "A001-",
        "",
        "A001-" + "z" * 400,
        "٣",
    ):
        assert ticket_link.read(world, queue.follow(), wrong) is None


def test_a_slip_of_yesterday_opens_nothing_today(world):
    """Not even where the same number was given again."""
    hands, queue = Hands(), Queue(world)
    clock = hands.clock()
    name = ticket_link.name(world, ticket(world, clock.now()))
    hands.pass_s(timedelta(days=1).total_seconds())
    queue.close(clock.now())
    key = ticket(world, clock.now())
    assert key[2] == 1
    assert ticket_link.read(world, queue.follow(), name) is None
    assert ticket_link.read(world, queue.follow(), ticket_link.name(world, key)) == key


def test_the_characters_stay_the_same_after_a_restart(tmp_path):
    """They hang on a key in the store; another kiosk's are others."""
    key = (MONDAY.date().isoformat(), "A", 27)
    names = []
    for folder in ("one", "one", "two"):
        world = make_world(tmp_path / folder)
        names.append(ticket_link.name(world, key))
        world.store.close()
    assert names[0] == names[1] != names[2]


def test_no_page_no_link(tmp_path, monkeypatch):
    """A kiosk that serves nothing, or is on no network, prints no address; one of IPv6 is written in brackets."""
    world = make_world(tmp_path / "without")
    assert ticket_link.link(world, ("2026-03-16", "A", 1)) is None
    world.store.close()
    world = make_world(tmp_path / "with", settings={"lobby_port": 80})
    monkeypatch.setattr(lan, "own_address", lambda: "")
    assert ticket_link.link(world, ("2026-03-16", "A", 1)) is None
    monkeypatch.setattr(lan, "own_address", lambda: "fd00::10")
    assert ticket_link.link(world, ("2026-03-16", "A", 1)).startswith("http://[fd00::10]:80/t/A001-")
    world.store.close()


def test_the_own_address_is_none_of_this_machine_alone():
    """Empty where there is no network; else one that others can call."""
    assert not lan.own_address().startswith("127.")
