"""Two kiosks of one lobby at the server: each visitor is counted once, by the kiosk where they touched, whichever log
comes first, and what became of them is told by the kiosk that keeps the queue.
"""

import datetime as dt

import pytest
from fake_kiosk import FakeKiosk, direct

from shared.kinds import QueueClosed, TicketIssued, TicketJoined, TicketMoved
from sync_server.projectors import catch_up, rebuild
from sync_server.queues import waiting
from sync_server.queues.models import Outcome, Ticket

DAY = "2026-11-25"
EVENING = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


def issued(series, number):
    """Somebody took this number."""
    return TicketIssued(DAY, series, number, "sign_tax", "ภาษี", "", None, "th")


def joined(series, number, touch):
    """It waits in the host's queue."""
    return TicketJoined(DAY, series, number, "sign_tax", "tax", "ภาษี", "", None, "th", touch * 16, 0)


def moved(series, number, move, *, touch=b"", counter="1", reason="", waited_ms=None, served_ms=None):
    """What the kiosk did with it."""
    return TicketMoved(
        DAY, series, number, move, counter, "", "", "", reason, touch * 16, waited_ms, None, served_ms, False
    )


@pytest.fixture
def lobby(server):
    """The kiosk that keeps the queue, and a second one."""
    host, guest = (
        FakeKiosk.enrolled(server, name=name, series=series, seed=seed)
        for name, series, seed in (("ตู้ 1", "A", 1), ("ตู้ 2", "B", 2))
    )
    for kiosk in (host, guest):
        kiosk.now, kiosk.post = EVENING, direct(EVENING)
    return host, guest


@pytest.mark.parametrize("first", ["host", "guest"])
def test_each_visitor_is_counted_once(lobby, server, first):
    """One number from the host, one given alone and told later, and a number of the host that nobody got."""
    host, guest = lobby
    # Given by the host when the guest asked.
    guest.append(issued("A", 1))
    host.append(joined("A", 1, b"a"))
    # Given alone: the answer with A2 came too late.
    host.append(joined("A", 2, b"b"))
    guest.append(issued("B", 1))
    guest.append(moved("B", 1, "taken", touch=b"b", counter=""))
    host.append(moved("A", 2, "unclaimed", counter=""))
    host.append(joined("B", 1, b"b"))
    guest.append(moved("B", 1, "handed", counter=""))
    for at, (series, number) in enumerate((("A", 1), ("B", 1))):
        for move, touch, how in (
            ("call", b"c", {"waited_ms": 600_000}),
            ("serve", b"d", {}),
            ("finish", b"e", {"served_ms": 300_000}),
        ):
            host.append(moved(series, number, move, touch=bytes([touch[0] + 10 * at]), **how))
    host.append(QueueClosed(DAY, 1))
    for kiosk in (host, guest) if first == "host" else (guest, host):
        kiosk.push()
        catch_up()
    for _ in range(2):
        assert sorted(Ticket.objects.values_list("series", "number")) == [("A", 1), ("B", 1)]
        told = (
            Outcome.objects.filter(issued=True).order_by("series").values_list("series", "number", "end", "waited_ms")
        )
        assert list(told) == [("A", 1, "served", 600_000), ("B", 1, "served", 600_000)]
        assert list(Outcome.objects.filter(issued=False).values_list("series", "number", "end")) == [
            ("A", 2, "unclaimed")
        ]
        figures = waiting.figures(server.office, dt.date(2026, 11, 25), dt.date(2026, 11, 25))
        assert figures.tickets == 2
        rebuild("waiting")
        rebuild("queues")


def test_a_day_on_which_no_counter_was_open_is_no_failure_of_the_office(lobby, server):
    """The office called by hand: its tickets have an unknown end, and are in no figure of those who were not served."""
    host, _ = lobby
    host.append(issued("A", 1))
    host.append(moved("A", 1, "close", counter="", reason="no_counter"))
    host.append(issued("A", 2))
    host.append(moved("A", 2, "close", counter="", reason="waiting"))
    host.push()
    catch_up()
    assert list(Outcome.objects.order_by("number").values_list("number", "end")) == [(1, "unknown"), (2, "not_served")]
    figures = waiting.figures(server.office, dt.date(2026, 11, 25), dt.date(2026, 11, 25))
    assert figures.ends["unknown"] == 1
