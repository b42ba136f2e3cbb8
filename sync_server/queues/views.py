"""The tickets, ratings and praise behind the figures: every row leads to its record.

All lists take ``first`` and ``last`` (days, both included) from the address, so a figure of a report opens exactly
the rows it counted. Without them they show the running fiscal half.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shared import thai
from sync_server.organisations.access import staff_of
from sync_server.organisations.models import Role, Staff
from sync_server.queues import queries
from sync_server.queues.models import Praise, Rating, Ticket
from sync_server.records.models import RecordRow
from sync_server.web.language import Text
from sync_server.web.paging import Filter, FilterBar, page, read

PLACES: dict[str, Text] = {
    "walk-by": Text("กดเองที่ตู้", "Walking by"),
    "ticket": Text("ต่อจากบัตรคิว", "After a ticket"),
    "outreach": Text("หน่วยเคลื่อนที่", "Outreach"),
}
_SCORES = [(str(score), f"{score}") for score in (5, 4, 3, 2, 1)]


@dataclass(frozen=True, slots=True)
class Period:
    """The days a list covers, and whether the address named them."""

    first: dt.date
    last: dt.date


@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets of a period."""
    staff = staff_of(request)
    bar = read(request, (*_DAYS, Filter("q", Text("เลขคิว เช่น A012", "Number, such as A012"))))
    period = _period(bar)
    rows = queries.tickets(staff.office, period.first, period.last)
    if bar["q"]:
        series, number = _ticket_number(bar["q"])
        rows = rows.filter(series=series, number=number)
    listed = page(request, rows.select_related("kiosk").reverse())
    context = {
        "bar": bar, "period": period, "page": listed, "records": _records(staff, listed.rows), "total": listed.total,
        "services": queries.by_service(staff.office, period.first, period.last)[:8],
    }  # fmt: skip
    return render(request, "queues/tickets.html", context)


@require_GET
def ratings(request: HttpRequest) -> HttpResponse:
    """The ratings of a period, with the mean of those that count."""
    staff = staff_of(request)
    bar = read(
        request,
        (
            *_DAYS,
            Filter("score", Text("ทุกคะแนน", "All scores"), "select", _SCORES),
            Filter("place", Text("ทุกที่", "Everywhere"), "select", list(PLACES.items())),
        ),
    )
    period = _period(bar)
    rows = queries.ratings(staff.office, period.first, period.last)
    if bar["score"]:
        rows = rows.filter(score=int(bar["score"]))
    if bar["place"]:
        rows = rows.filter(place=bar["place"])
    listed = page(request, rows.select_related("kiosk").reverse())
    context = {
        "bar": bar, "period": period, "page": listed, "records": _records(staff, listed.rows), "places": PLACES,
        "summary": queries.rating_summary(staff.office, period.first, period.last),
        "why": queries.why_summary(staff.office, period.first, period.last),
    }  # fmt: skip
    return render(request, "queues/ratings.html", context)


@require_GET
def praise(request: HttpRequest) -> HttpResponse:
    """The praise of a period, newest first."""
    staff = staff_of(request)
    bar = read(request, _DAYS)
    period = _period(bar)
    rows = queries.praises(staff.office, period.first, period.last)
    listed = page(request, rows.select_related("kiosk").reverse())
    context = {
        "bar": bar, "period": period, "page": listed, "records": _records(staff, listed.rows), "total": listed.total,
        "named": rows.exclude(person="").count(),
    }  # fmt: skip
    return render(request, "queues/praise.html", context)


_DAYS = (Filter("first", Text("ตั้งแต่", "From"), "date"), Filter("last", Text("ถึง", "until"), "date"))


def _period(bar: FilterBar) -> Period:
    """The days of the address; the running fiscal half where one is missing."""
    today = thai.service_date(timezone.now())
    first, last = thai.fiscal_period(thai.fiscal_year(today), thai.fiscal_half(today))
    return Period(
        dt.date.fromisoformat(bar["first"]) if bar["first"] else first,
        dt.date.fromisoformat(bar["last"]) if bar["last"] else last,
    )


def _ticket_number(typed: str) -> tuple[str, int]:
    """A typed number such as "a012" as (series, number); a number that is none fits no ticket."""
    bare = thai.ascii_digits(typed).upper().replace("-", "").replace(" ", "")
    series = bare.rstrip("0123456789")
    digits = bare[len(series) :][:9]
    return series, int(digits) if digits else 0


def _records(staff: Staff, rows: Sequence[Ticket] | Sequence[Rating] | Sequence[Praise]) -> Mapping[int, int]:
    """For each row its record's key, where this person may open records."""
    if staff.role in (Role.ADMIN, Role.READER) or not rows:
        return {}
    places = Q()
    for row in rows:
        places |= Q(log=row.log_id, seq=row.seq)
    known = {
        (record.log_id, record.seq): record.pk for record in RecordRow.objects.filter(places).only("log_id", "seq")
    }
    return {row.pk: known[row.log_id, row.seq] for row in rows if (row.log_id, row.seq) in known}
