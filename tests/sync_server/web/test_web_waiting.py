"""The page of waits and services: every figure opens the rows it counted, hides the few, and reads any address."""

import datetime as dt
import random
import re
from decimal import Decimal

import lobby_day
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from fake_kiosk import FakeKiosk, direct
from test_web_cases import read

from shared.kinds import TicketIssued
from sync_server.content.actions import publish_sample
from sync_server.projectors import catch_up
from sync_server.queues import labels, waiting
from sync_server.queues.chart import chart
from sync_server.queues.waiting import Hour, Spread
from sync_server.queues.window import Window, choices
from sync_server.records import deciding
from sync_server.records.models import Log
from sync_server.setting_up import program

DAY = dt.date(2026, 11, 25)
WAITING = "/desk/queues/waiting"


@pytest.fixture
def lobby(server):
    """A host whose two days are folded: one of the month, one of the half before."""
    publish_sample(server.office, now=server.now)
    host = FakeKiosk.enrolled(server)
    dice = random.Random(21)
    for day, tickets in ((dt.date(2026, 9, 30), 40), (DAY, 90)):
        evening = dt.datetime.combine(day, dt.time(14), dt.UTC)
        host.now, host.post = evening, direct(evening)
        lobby_day.play(dice, host, day.isoformat(), tickets=tickets, odd=0.1)
        host.push()
    catch_up()
    return host


def figures_of(answer):
    """The links of a page to rows, with the number that each shows."""
    found = re.findall(
        r'<a class="src[^"]*" href="([^"]+)">(?:<svg.*?</svg>)?(?:<span>)?([^<]*)', answer.content.decode()
    )
    links = {href.replace("&amp;", "&"): re.sub(r"\D", "", shown) for href, shown in found}
    return {href: int(shown) for href, shown in links.items() if "outcomes" in href and shown}


@pytest.mark.parametrize("period", ["2570-1", "2570-year", "m2026-11"])
def test_each_figure_opens_exactly_the_rows_it_counted(lobby, signed_in, period):
    """The n of each link of the page is the number of rows that it leads to."""
    clerk = signed_in("palad")
    links = figures_of(clerk.get(f"{WAITING}?period={period}"))
    assert len(links) > 30
    for href, n in links.items():
        assert clerk.get(href).context["page"].total == n, href


def test_the_page_says_what_the_figures_say(lobby, server, signed_in):
    """Medians, percentiles, share and the half before, as `figures` gives them."""
    page = read(signed_in("somjai").get(f"{WAITING}?period=2570-1"))
    told = waiting.figures(server.office, dt.date(2026, 10, 1), dt.date(2027, 3, 31))
    before = waiting.figures(server.office, dt.date(2026, 4, 1), dt.date(2026, 9, 30))
    assert told.all.waited.n > 50
    assert before.tickets == 40
    for figure in (
        told.all.waited.median_min, told.all.waited.p90_min, told.all.served.median_min, told.all.kept_percent,
        before.all.waited.median_min, before.all.kept_percent, told.closed,
    ):  # fmt: skip
        assert str(figure) in page, figure


def test_fewer_than_five_make_no_figure(server, kiosk, signed_in):
    """Four waits are counted and not told; an office without counters sees its tickets and no time."""
    publish_sample(server.office, now=server.now)
    evening = dt.datetime.combine(DAY, dt.time(14), dt.UTC)
    kiosk.now, kiosk.post = evening, direct(evening)
    lobby_day.play(random.Random(2), kiosk, DAY.isoformat(), tickets=4)
    kiosk.push()
    catch_up()
    answer = signed_in("palad").get(f"{WAITING}?period=2570-1")
    told = answer.context["told"].all
    assert 0 < told.waited.n < 5
    assert (told.waited.median_min, told.kept_percent) == (None, None)
    assert answer.context["chart"] is None
    page = read(answer)
    assert page.count("ไม่แสดง เพราะน้อยกว่า 5 ราย") == 3


def test_nobody_is_measured(lobby, signed_in):
    """No name and no counter stands beside a time, neither on the page nor in its rows."""
    clerk = signed_in("palad")
    for address in (WAITING, "/desk/queues/outcomes?of=served"):
        page = read(clerk.get(f"{address}{'&' if '?' in address else '?'}first=2026-10-01&last=2027-03-31"))
        assert "somebody" not in page
        assert "ช่อง 1" not in page


@pytest.mark.parametrize(
    "query",
    [
        "first=0001-01-01&last=9999-12-31", "first=2027-01-01&last=2026-01-01", "period=m2026-13", "period=9999-year",
        "first=x&last=", "of=nothing", "hour=25", "hour=-1", "service=%00", "page=10**9",
        "label=%27%22%3Cscript%3E&of=kept",
    ],
)  # fmt: skip
def test_any_address_is_a_page(lobby, signed_in, query):
    """Days out of the calendar, names of nothing: a page, never an error."""
    clerk = signed_in("palad")
    for address in (WAITING, "/desk/queues/outcomes"):
        assert clerk.get(f"{address}?{query}").status_code == 200


def test_rows_lead_to_their_records_for_those_who_may(lobby, signed_in, monkeypatch):
    """Each thing that happened to a ticket is its record; whoever opens no records sees the same without a link."""
    monkeypatch.setattr("sync_server.organisations.access._minute", lambda: 0)  # each new one is kept, with a question
    address = "/desk/queues/outcomes?of=served&first=2026-11-01&last=2026-11-30"
    clerk = signed_in("palad")
    cost = []
    clerk.get(address)  # names of services are read once for an edition
    for narrowed in ("&hour=9", ""):
        with CaptureQueriesContext(connection) as asked:
            answer = clerk.get(address + narrowed)
        rows = answer.context["page"].rows
        cost.append((len(asked), len(rows)))
    assert 0 < cost[0][1] < cost[1][1]
    assert cost[0][0] == cost[1][0], "more rows cost no more questions"
    for row in rows:
        happened = answer.context["happened"][row.pk]
        assert happened[0].words == labels.MOVES["issued"]
        assert all(each.record for each in happened)
    first = answer.context["happened"][rows[0].pk][0].record
    assert signed_in("palad").get(f"/desk/records/{first}").status_code == 200
    assert "/desk/records/" not in signed_in("it").get(address).content.decode().partition("<main")[2]


def test_each_holder_of_a_number_has_a_row_with_its_own_records(lobby, signed_in, server):
    """A copied device gave the number too, and both lines count: two rows, and what happened to each."""
    clerk = program(server.office)
    twin = lobby.clone()
    for kiosk, number in ((lobby, 200), (twin, 200), (twin, 201)):
        kiosk.append(TicketIssued(DAY.isoformat(), "A", number, "sign_tax", "", "", None, "th"))
    lobby.push()
    twin.push()
    deciding.take_in(clerk, Log.objects.get(branch=1), "มีสองเครื่องจริง", now=server.now)
    catch_up()
    answer = signed_in("palad").get(WAITING.replace("waiting", "outcomes") + "?of=end-none&period=m2026-11")
    shown = [(row.number, row.holder) for row in answer.context["page"].rows if row.number >= 200]
    assert shown == [(201, 1), (200, 2), (200, 1)]
    records = [answer.context["happened"][row.pk] for row in answer.context["page"].rows if row.number == 200]
    assert [len(each) for each in records] == [1, 1]
    assert records[0][0].record != records[1][0].record
    assert read(answer).count("ออกเลขครั้งที่ 2") == 1


def test_every_figure_has_its_words():
    """Each name that can stand in an address is said in words."""
    assert set(labels.COUNTED) == set(waiting.COUNTED)


def test_windows_are_compared_with_the_same_before():
    """A month with the month, a half with the half, a year with the year, days with as many days."""
    before = {
        "m2026-10": ("2026-09-01", "2026-09-30"), "m2027-01": ("2026-12-01", "2026-12-31"),
        "2570-1": ("2026-04-01", "2026-09-30"), "2570-2": ("2026-10-01", "2027-03-31"),
        "2570-year": ("2025-10-01", "2026-09-30"),
    }  # fmt: skip
    for name, days in before.items():
        window = Window.named(name).before
        assert (window.first.isoformat(), window.last.isoformat()) == days
        assert Window.of(window.first, window.last) == window
    days = Window.of(dt.date(2026, 11, 10), dt.date(2026, 11, 12)).before
    assert (days.first, days.last) == (dt.date(2026, 11, 7), dt.date(2026, 11, 9))
    assert len({window.name for window in choices(DAY)}) == len(list(choices(DAY)))
    assert all(window.first <= DAY for window in choices(DAY))


def test_the_chart_stands_on_zero_and_breaks_where_nothing_is_told():
    """Heights are in proportion from the line of zero; an hour of too few parts the line in two."""

    def hour(at, *minutes):
        return Hour(at, Spread.of([each * 60_000 for each in minutes]), Decimal("2.0"))

    drawn = chart([hour(8, *[10] * 4, 40), hour(9, *[20] * 5), hour(10, 5), hour(11, *[30] * 5)])
    zero = {minutes: y for y, minutes in drawn.lines}
    assert zero[0] - drawn.marks[1].low == (zero[0] - zero[20])
    assert (drawn.marks[0].low, drawn.marks[0].high) == (zero[10], zero[40])
    assert (drawn.marks[2].low, len(drawn.runs)) == (None, 2)
    assert chart([hour(8, 1)]) is None
    assert chart([]) is None
