"""The desk's reports: the periods, the figures of one, the rows behind a group, and the papers."""

import datetime as dt
import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from shared import thai
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.actions import record_act
from sync_server.organisations.models import Role
from sync_server.queues import waiting
from sync_server.queues.labels import COUNTED
from sync_server.queues.models import Outcome, Rating, Ticket
from sync_server.queues.period import Period, Span
from sync_server.reports import docx, pdf, queries
from sync_server.reports.groups import OUTSIDE
from sync_server.reports.paper import Letterhead, Paper, compose
from sync_server.web.language import Text, current
from sync_server.web.paging import Filter, Page, page, read

logger = logging.getLogger(__name__)

#: Who sees every case, and so may make a report of all of them.
READERS = (Role.CLERK, Role.EXECUTIVE)

#: Years that can hold anything; outside of them an address is mistyped.
_YEARS = range(2560, 2700)


@require_GET
@allow(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The fiscal years with something in them, each with its two halves and the whole."""
    now = timezone.now()
    today = thai.service_date(now)
    years = queries.periods(staff_of(request).office, today)
    running = Period.holding(today)
    context = {
        "years": [(year, [Period(year, span) for span in Span]) for year in years],
        "running": running,
        "today": today,
    }
    return render(request, "reports/index.html", context)


@require_GET
@allow(*READERS)
def summary(request: HttpRequest, year: int, span: str) -> HttpResponse:
    """All figures of one period."""
    staff, period = staff_of(request), _period(year, span)
    report = queries.build(staff, period, now=timezone.now())
    context = {
        "report": report,
        "period": period,
        "months": [_month(month) for month in period.months],
        "scores": (5, 4, 3, 2, 1),
    }
    return render(request, "reports/summary.html", context)


@require_GET
@allow(*READERS)
def behind_tickets(request: HttpRequest, year: int, span: str, group: str) -> HttpResponse:
    """The tickets that a group's figure counted."""
    office, period = staff_of(request).office, _period(year, span)
    rows = queries.tickets_of(office, period, group).select_related("kiosk", "log")
    return _behind(request, period, group, "reports/behind_tickets.html", page(request, rows), 0)


@require_GET
@allow(*READERS)
def behind_waits(request: HttpRequest, year: int, span: str, group: str) -> HttpResponse:
    """The tickets of a group that a figure of waiting counted: `of` names the figure."""
    office, period = staff_of(request).office, _period(year, span)
    of = read(request, (Filter("of", COUNTED["asked"], "select", list(COUNTED.items())),))["of"] or "asked"
    rows = queries.outcomes_of(office, period, group).filter(**waiting.COUNTED[of]).select_related("log")
    return _behind(request, period, group, "reports/behind_waits.html", page(request, rows), 0, of=COUNTED[of])


@require_GET
@allow(*READERS)
def behind_ratings(request: HttpRequest, year: int, span: str, group: str) -> HttpResponse:
    """The ratings that a group's figure counted; none where it is withheld."""
    office, period = staff_of(request).office, _period(year, span)
    rows = queries.ratings_of(office, period, group, thai.service_date(timezone.now())).select_related("kiosk", "log")
    left_out = rows.filter(repeat=True).count()
    return _behind(request, period, group, "reports/behind_ratings.html", page(request, rows), left_out)


@require_GET
@allow(*READERS)
def print_pdf(request: HttpRequest, year: int, span: str) -> HttpResponse:
    """The paper as PDF."""
    return _print(request, _period(year, span), pdf.render, pdf.CONTENT_TYPE, "pdf")


@require_GET
@allow(*READERS)
def print_docx(request: HttpRequest, year: int, span: str) -> HttpResponse:
    """The paper as docx."""
    return _print(request, _period(year, span), docx.render, docx.CONTENT_TYPE, "docx")


def _month(month: dt.date) -> str:
    """A month as the head of a column."""
    return f"{month:%b}" if current() == "en" else thai.MONTHS_SHORT[month.month - 1]


def _print(
    request: HttpRequest, period: Period, render_paper: Callable[[Paper], bytes], content_type: str, ending: str
) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    report = queries.build(staff, period, now=now)
    paper = compose(report, Letterhead.of(staff.office), today=thai.service_date(now))
    try:
        body = render_paper(paper)
    except pdf.PressFailed:
        logger.exception("no PDF of %s/%s", period.year_be, period.span.value)
        words = Text("พิมพ์ PDF ไม่สำเร็จ ลองใหม่ หรือเปิดเป็น docx", "No PDF came out. Try again, or open it as docx.")
        messages.warning(request, str(words))
        return redirect("reports:summary", period.year_be, period.span.value)
    after = {"kind": ending, "check": report.check_code}
    record_act(
        actor_of(request), "report.print", "report", f"{period.year_be}/{period.span.value}", at=now, after=after
    )
    name = content_disposition_header(as_attachment=True, filename=f"{paper.file_name}.{ending}")
    return HttpResponse(body, content_type=content_type, headers={"Content-Disposition": name or "attachment"})


def _behind(
    request: HttpRequest,
    period: Period,
    group: str,
    template: str,
    listed: Page[Ticket] | Page[Rating] | Page[Outcome],
    left_out: int,
    **more: object,
) -> HttpResponse:
    groups = queries.groups_of(staff_of(request).office)
    if group not in groups.names and group not in OUTSIDE:
        raise Http404
    records = queries.records_of(listed.rows)
    context = {
        "period": period,
        "name": groups.name(group),
        "left_out": left_out,
        "page": listed,
        **more,
        "lines": [{"row": row, "record": records.get((row.log_id, row.seq))} for row in listed.rows],
    }
    return render(request, template, context)


def _period(year: int, span: str) -> Period:
    """The period of an address; 404 for one that cannot be."""
    if year not in _YEARS or span not in {each.value for each in Span}:
        raise Http404
    return Period(year, Span(span))
