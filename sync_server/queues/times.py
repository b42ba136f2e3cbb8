"""How long people waited and were served: the page of a period, and the rows behind each of its figures.

A window is picked by name (``period=2570-1``, ``period=m2026-11``) or by days (``first``, ``last``); without either it
is the running fiscal half. The rows are named by what they count as (``of=waited``), by service or label, and by hour.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from shared import thai
from sync_server.organisations.access import staff_of
from sync_server.organisations.models import Staff
from sync_server.queues import waiting as figures
from sync_server.queues.chart import HEIGHT, WIDTH, chart
from sync_server.queues.labels import COUNTED, ENDS, MOVES, NO_SERVICE, NO_WAIT, PRIORITIES
from sync_server.queues.models import Moved, Outcome
from sync_server.queues.outcomes import ISSUED, holders_of
from sync_server.queues.project_waiting import as_happened
from sync_server.queues.waiting import Figures, ServiceTimes, Spread
from sync_server.queues.window import Window, choices
from sync_server.records import queries as records
from sync_server.records.queries import last_received
from sync_server.web.language import Text
from sync_server.web.naming import names, service
from sync_server.web.paging import Filter, FilterBar, page, read

_DAYS = (Filter("first", Text("ตั้งแต่", "From"), "date"), Filter("last", Text("ถึง", "until"), "date"))
_HALVES = {"1": Text("ต.ค.–มี.ค. ปีงบประมาณ {year}", "Oct–Mar, fiscal {year}"),
           "2": Text("เม.ย.–ก.ย. ปีงบประมาณ {year}", "Apr–Sep, fiscal {year}"),
           "year": Text("ทั้งปีงบประมาณ {year}", "All of fiscal {year}")}  # fmt: skip

#: No office has figures outside of these; an address may say anything.
_EARLIEST, _LATEST = dt.date(2010, 1, 1), dt.date(2150, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """A service of the page: its name, what narrows the list to it, its figures, and the promise kept before."""

    name: Text | str
    narrowed: str
    told: ServiceTimes
    kept_before: object


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Waits, walks, services and promises of a window, by service and by hour."""
    office, today = staff_of(request).office, thai.service_date(timezone.now())
    picked = Filter("period", Text("ครึ่งปีนี้", "This half"), "select", [(w.name, _title(w)) for w in choices(today)])
    bar = read(request, (*_DAYS, picked))
    window = _window(bar, today)
    told = figures.figures(office, window.first, window.last)
    before = figures.figures(office, window.before.first, window.before.last)
    kept_before = {(each.service, each.label): each.times.kept_percent for each in before.services}
    known, now, past = names(), told.all, before.all
    lines = [
        Line(
            service(each.service, known) if each.service else each.label,
            urlencode({"service": each.service} if each.service else {"label": each.label}),
            each,
            kept_before.get((each.service, each.label)),
        )
        for each in told.services
    ]
    chosen = bar["period"] or (window.name if bar["first"] else "")
    context = {
        "bar": FilterBar((picked,), {"period": chosen}), "period": window,
        "title": _title(window), "told": told, "before": before, "before_title": _title(window.before),
        "lines": lines, "chart": chart(told.hours), "chart_size": (WIDTH, HEIGHT),
        "left_out": [_left_out(told, "wait", NO_WAIT), _left_out(told, "service", NO_SERVICE)],
        "lines_of": {"waited": _line(now.waited, past.waited), "served": _line(now.served, past.served)},
        "ends": [(f"end-{end or 'none'}", words, told.ends[end]) for end, words in ENDS.items() if told.ends.get(end)],
        "priorities": [(PRIORITIES.get(id_, id_), n) for id_, n in sorted(told.priorities.items())],
        "data_up_to": last_received(office),
        "rows": reverse("queues:outcomes") + "?" + urlencode({"first": window.first, "last": window.last}),
    }  # fmt: skip
    return render(request, "queues/waiting.html", context)


def _line(now: Spread, before: Spread) -> Text:
    """What stands under a median: the 90th percentile, and the median before, where there was one."""
    text = Text("90% ไม่เกิน {p90}", "90% up to {p90}").format(p90=now.p90_min)
    if before.median_min is None:
        return text
    was = Text("ก่อนหน้า {was}", "before {was}").format(was=before.median_min)
    return Text(f"{text.th} · {was.th}", f"{text.en} · {was.en}")


def _left_out(told: Figures, of: str, why: Mapping[str, Text]) -> list[tuple[str, Text, int]]:
    """What is in no wait, or in no time: the rows' name, the reason, how many."""
    counts = dict(told.left_out)
    rows = [(f"{of}-{reason}", words) for reason, words in why.items()]
    return [(name, words, counts[name]) for name, words in rows if name in counts]


@require_GET
def outcomes(request: HttpRequest) -> HttpResponse:
    """The tickets behind a figure, newest first, each with what happened to it."""
    staff, today = staff_of(request), thai.service_date(timezone.now())
    known = names()
    shown = (
        *_DAYS,
        Filter("of", Text("ทุกคิว", "All"), "select", [(name, COUNTED[name]) for name in figures.COUNTED]),
        Filter("service", Text("ทุกบริการ", "All services"), "select", list(known.services.items())),
    )
    narrower = (
        Filter("label", Text("ป้ายงาน", "Label")),
        Filter("hour", Text("ทุกชั่วโมง", "All day"), "select", [(str(hour), f"{hour:02}.00") for hour in range(24)]),
    )
    bar = read(request, (*shown, *narrower))
    window = _window(bar, today)
    rows = figures.outcomes(staff.office, window.first, window.last).filter(**figures.COUNTED[bar["of"] or "asked"])
    for name in ("service", "hour"):
        rows = rows.filter(**{name: bar[name]}) if bar[name] else rows
    rows = rows.filter(service="", label=bar["label"]) if bar["label"] else rows
    listed = page(request, rows.reverse())
    context = {
        "bar": FilterBar(shown, {each.name: bar[each.name] for each in shown}), "period": window, "page": listed,
        "of": COUNTED[bar["of"] or "asked"], "label": bar["label"], "hour": bar["hour"], "ends": ENDS,
        "happened": happened(staff, listed.rows),
    }  # fmt: skip
    return render(request, "queues/outcomes.html", context)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a ticket, and the key of its record where this person may open it."""

    words: Text | str
    at: dt.datetime | None
    record: int | None


def happened(staff: Staff, rows: Sequence[Outcome]) -> Mapping[int, list[Happening]]:
    """What happened to the ticket of each row, in order."""
    tickets, places = Q(pk__in=[]), Q(pk__in=[])
    for row in rows:
        tickets |= Q(service_date=row.service_date, series=row.series, number=row.number)
    moves: dict[tuple[dt.date, str, int], list[Moved]] = defaultdict(list)
    for move in Moved.objects.filter(tickets, office=staff.office).select_related("log"):
        places |= Q(log=move.log_id, seq=move.seq)
        moves[move.service_date, move.series, move.number].append(move)
    keys = records.keys(staff, places)
    told: dict[tuple[dt.date, str, int, int], list[Happening]] = {}
    for ticket, of_it in moves.items():
        logs = {(move.log.log_id, move.log.branch): move.log_id for move in of_it}
        for holder, rows_of_it in enumerate(holders_of(map(as_happened, of_it)), 1):
            told[*ticket, holder] = [
                Happening(MOVES.get(row.move, row.move), row.at, keys.get((logs[row.log], row.seq)))
                for row in sorted(rows_of_it, key=lambda each: each.move != ISSUED)
            ]
    return {row.pk: told.get((row.service_date, row.series, row.number, row.holder), []) for row in rows}


def _window(bar: FilterBar, today: dt.date) -> Window:
    if bar.chosen.get("period"):
        return Window.named(bar["period"])
    first, last = thai.fiscal_period(thai.fiscal_year(today), thai.fiscal_half(today))
    first = max(dt.date.fromisoformat(bar["first"]), _EARLIEST) if bar["first"] else first
    last = min(dt.date.fromisoformat(bar["last"]), _LATEST) if bar["last"] else last
    return Window.of(first, max(first, last))


def _title(window: Window) -> Text:
    if window.is_month:
        month = window.first
        return Text(f"{thai.MONTHS[month.month - 1]} {thai.be(month.year)}", f"{month:%B %Y}")
    year, _, span = window.name.partition("-")
    if span:
        return _HALVES[span].format(year=year)
    return Text(
        f"{thai.short_date(window.first)} – {thai.short_date(window.last)}",
        f"{window.first:%d %b %Y} – {window.last:%d %b %Y}",
    )
