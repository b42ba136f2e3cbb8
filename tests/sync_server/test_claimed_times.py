"""Three times for each record, kept apart: what the kiosk claimed, when it arrived, and the server's own estimate."""

import datetime as dt

import pytest
from fake_kiosk import direct

from shared import thai
from shared.kinds import TicketIssued
from shared.records import At, Quality
from sync_server.projectors import catch_up
from sync_server.queues.models import Ticket
from sync_server.records.models import RecordRow

YEARS_END = dt.datetime(2026, 9, 30, 16, 50, tzinfo=dt.UTC)

#: How far the kiosk's clock is off; None where it cannot be read at all.
OFF = {
    "right": dt.timedelta(0),
    "1970": dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - YEARS_END,
    "2000": dt.datetime(2000, 1, 1, tzinfo=dt.UTC) - YEARS_END,
    "2069": dt.timedelta(days=43 * 365),
    "2569": dt.timedelta(days=543 * 365),
    "2569, which raises": None,
    "three hours ahead, over the year's end": dt.timedelta(hours=3),
    "a day behind": dt.timedelta(days=-1),
}


@pytest.mark.parametrize("name", OFF)
def test_claimed_received_and_estimated_are_kept_apart(kiosk, server, name):
    """Tickets of an evening at the year's end, an hour before contact: the claim stands as it was made, the arrival is
    the server's, and the estimate lies within a second of the truth, or is missing where nothing was claimed. Order and
    numbers are the log's.
    """
    off = OFF[name]
    wall_ms = None if off is None else int((YEARS_END + off).timestamp() * 1000)
    for n in range(3):
        claim = None if wall_ms is None else wall_ms + n * 60_000
        at = At(claim, 420, kiosk.boot, n * 60_000, Quality.BAD if off else Quality.UNSURE)
        kiosk.append(TicketIssued("2026-09-30", "A", n + 1, "x", "x", "", None, "th"), at=at)
    arrival = YEARS_END + dt.timedelta(hours=1)
    kiosk.wall_ms = lambda: None if wall_ms is None else wall_ms + 3_600_000
    kiosk.post = direct(arrival)
    kiosk.push()
    catch_up()

    rows = list(RecordRow.objects.filter(kind="ticket.issued").order_by("seq"))
    assert [row.wall_ms for row in rows] == [None if wall_ms is None else wall_ms + n * 60_000 for n in range(3)]
    assert {row.received_at for row in rows} == {arrival}
    tickets = list(Ticket.objects.order_by("number"))
    assert [ticket.number for ticket in tickets] == [1, 2, 3]
    assert {ticket.service_date for ticket in tickets} == {dt.date(2026, 9, 30)}
    assert {thai.fiscal_year(ticket.service_date) for ticket in tickets} == {2569}
    for n, ticket in enumerate(tickets):
        if off is None:
            assert ticket.issued_at is None
        else:
            assert abs(ticket.issued_at - YEARS_END - dt.timedelta(minutes=n)) < dt.timedelta(seconds=1)
