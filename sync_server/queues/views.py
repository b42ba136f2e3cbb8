"""Tickets and praise behind the figures, every row leading to its record; and how the service was rated.

Lists take ``first`` and ``last`` (days, both included) from the address, so a figure of a report opens exactly the
rows it counted. Without them they show the running fiscal half. Ratings keep to fiscal halves and years (see
`queries`).
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.contrib import messages
from django.db.models import Manager, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shared import thai
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.models import Staff
from sync_server.queues import actions, queries
from sync_server.queues.forms import HideForm
from sync_server.queues.labels import PLACES, REFUSALS, WORDS_STATES
from sync_server.queues.models import Explanation, Praise, Ticket
from sync_server.queues.period import Period, Span
from sync_server.records import queries as records
from sync_server.web.language import Text
from sync_server.web.paging import Filter, FilterBar, page, read

#: How many fiscal years back one can look on this page; reports go back to the first.
YEARS_BACK = 3

_SPANS: Mapping[Span, Text] = {
    Span.FIRST: Text("ต.ค.–มี.ค. ปีงบประมาณ {year}", "Oct–Mar, fiscal {year}"),
    Span.SECOND: Text("เม.ย.–ก.ย. ปีงบประมาณ {year}", "Apr–Sep, fiscal {year}"),
    Span.YEAR: Text("ทั้งปีงบประมาณ {year}", "All of fiscal {year}"),
}


@dataclass(frozen=True, slots=True)
class Days:
    """The days a list covers, and whether the address named them."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Undecided:
    """Words of ratings that wait in one half, and how an address names it."""

    title: Text
    period: str
    place: str
    n: int


R = TypeVar("R", Praise, Explanation)


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
    """How a fiscal half or year was rated: each place apart, one of them in full. Single ratings are records, which the
    clerk may open.
    """
    staff = staff_of(request)
    today = thai.service_date(timezone.now())
    places = Filter("place", Text("แหล่งที่มีผู้ตอบ", "Where people answered"), "select", list(PLACES.items()))
    bar = read(request, (*_DAYS, Filter("period", Text("ครึ่งปีนี้", "This half"), "select", _choices(today)), places))
    period = _frame_of(bar, today)
    frames = queries.framed(staff.office, period, today)
    place = bar["place"] or next((each for each, frame in frames.items() if frame.whole.score), queries.PLACES[0])
    shown = FilterBar(bar.filters[2:], bar.chosen)
    until = queries.told_until(staff.office, period, place, today)
    # Reasons have no frames of their own: those of a year less those of a half would tell of very few people.
    why = queries.why_summary(staff, period.first, until, place) if period.span is not Span.YEAR else None
    context = {
        "bar": shown, "period": period, "frames": frames.values(), "frame": frames[place], "place": place,
        "places": PLACES, "why": why,
        "by_halves": period.span is Span.YEAR, "opens_records": staff.role in queries.DECIDERS,
        "decides": staff.role in queries.DECIDERS, "states": WORDS_STATES, "hide": HideForm(),
        "undecided": [
            Undecided(frame.title, f"{frame.year_be}-{frame.span.value}", where, n)
            for (frame, where), n in queries.ratings_waiting(staff, today).items()
        ],
    }  # fmt: skip
    return render(request, "queues/ratings.html", context)


@require_GET
def praise(request: HttpRequest) -> HttpResponse:
    """The praise of a period, newest first; words as far as they were approved, or as this person decides."""
    staff = staff_of(request)
    decides = staff.role in queries.DECIDERS
    bar = read(request, (*_DAYS, *((_STATE,) if decides else ())))
    period = _period(bar)
    rows = queries.praises(staff.office, period.first, period.last)
    found = queries.in_state(rows, bar["state"]) if decides else rows
    listed = page(request, found.select_related("kiosk", "log").reverse())
    context = {
        "bar": bar, "period": period, "page": listed, "records": _records(staff, listed.rows), "total": rows.count(),
        "named": rows.exclude(person="").count(), "rows": queries.said(staff, listed.rows),
        "states": WORDS_STATES, "decides": decides, "waiting": queries.praise_waiting(staff), "hide": HideForm(),
    }  # fmt: skip
    return render(request, "queues/praise.html", context)


@require_POST
@allow(*queries.DECIDERS)
def show_praise(request: HttpRequest, praise_id: int) -> HttpResponse:
    """Its words may be shown."""
    return _show(request, _of_office(Praise.objects, request, praise_id))


@require_POST
@allow(*queries.DECIDERS)
def hide_praise(request: HttpRequest, praise_id: int) -> HttpResponse:
    """Its words are shown to nobody else, for a reason."""
    return _hide(request, _of_office(Praise.objects, request, praise_id))


@require_POST
@allow(*queries.DECIDERS)
def show_words(request: HttpRequest, explanation_id: int) -> HttpResponse:
    """The words of a rating may be shown."""
    return _show(request, _of_office(Explanation.objects, request, explanation_id))


@require_POST
@allow(*queries.DECIDERS)
def hide_words(request: HttpRequest, explanation_id: int) -> HttpResponse:
    """The words of a rating are shown to nobody else, for a reason."""
    return _hide(request, _of_office(Explanation.objects, request, explanation_id))


def _of_office(rows: Manager[R], request: HttpRequest, row_id: int) -> R:
    return get_object_or_404(rows.select_related("log"), pk=row_id, office=staff_of(request).office)


def _show(request: HttpRequest, row: Praise | Explanation) -> HttpResponse:
    return _decide(request, row, lambda: actions.show(actor_of(request), row, now=timezone.now()))


def _hide(request: HttpRequest, row: Praise | Explanation) -> HttpResponse:
    form = HideForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _decide(request, row, lambda: actions.hide(actor_of(request), row, reason, now=timezone.now()))


def _decide(request: HttpRequest, row: Praise | Explanation, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except actions.NotNow as error:
        messages.warning(request, str(REFUSALS.get(str(error), str(error))))
    else:
        messages.success(request, str(Text("บันทึกการพิจารณาแล้ว", "Decided")))
    if isinstance(row, Praise):
        return redirect(f"{reverse('queues:praise')}?state=waiting")
    half = Period.holding(row.service_date)
    return redirect(f"{reverse('queues:ratings')}?period={half.year_be}-{half.span.value}&place={row.place}")


_STATE = Filter(
    "state", Text("ทุกสถานะ", "All states"), "select", [(key, each.words) for key, each in WORDS_STATES.items()]
)


def _choices(today: dt.date) -> list[tuple[str, Text]]:
    """The halves and years one can ask for, newest first."""
    newest = thai.fiscal_year(today)
    return [
        (f"{year}-{span.value}", _SPANS[span].format(year=year))
        for year in range(newest, newest - YEARS_BACK, -1)
        for span in (Span.SECOND, Span.FIRST, Span.YEAR)
    ]


def _frame_of(bar: FilterBar, today: dt.date) -> Period:
    """The half or year of the address, by name or by its days; this half where it names none."""
    if bar["period"]:
        year, _, span = bar["period"].partition("-")
        return Period(int(year), Span(span))
    if not (bar["first"] and bar["last"]):
        return Period.holding(today)
    half = Period.holding(dt.date.fromisoformat(bar["first"]))
    within = half == Period.holding(dt.date.fromisoformat(bar["last"]))
    return half if within else Period(half.year_be, Span.YEAR)


_DAYS = (Filter("first", Text("ตั้งแต่", "From"), "date"), Filter("last", Text("ถึง", "until"), "date"))


def _period(bar: FilterBar) -> Days:
    """The days of the address; the running fiscal half where one is missing."""
    today = thai.service_date(timezone.now())
    first, last = thai.fiscal_period(thai.fiscal_year(today), thai.fiscal_half(today))
    return Days(
        dt.date.fromisoformat(bar["first"]) if bar["first"] else first,
        dt.date.fromisoformat(bar["last"]) if bar["last"] else last,
    )


def _ticket_number(typed: str) -> tuple[str, int]:
    """A typed number such as "a012" as (series, number); a number that is none fits no ticket."""
    bare = thai.ascii_digits(typed).upper().replace("-", "").replace(" ", "")
    series = bare.rstrip("0123456789")
    digits = bare[len(series) :][:9]
    return series, int(digits) if digits else 0


def _records(staff: Staff, rows: Sequence[Ticket] | Sequence[Praise]) -> Mapping[int, int]:
    """For each row its record's key, where this person may open it."""
    if not rows:
        return {}
    places = Q()
    for row in rows:
        places |= Q(log=row.log_id, seq=row.seq)
    known = records.keys(staff, places)
    return {row.pk: known[row.log_id, row.seq] for row in rows if (row.log_id, row.seq) in known}
