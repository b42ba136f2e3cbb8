"""From the tables to a `Report`: tickets, ratings and cases of one fiscal period, counted once.

    report = build(staff, Period(2570, Span.FIRST), now=now)

Cases are counted through `cases.queries.visible_to`: a report holds what its reader may see, so it is made for those
who see all (clerk and executive). Tickets and ratings name nobody and are counted for the whole office.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse

from shared import thai
from sync_server.cases import queries as cases
from sync_server.cases.clocks import ACKNOWLEDGE, RESULT, clocks
from sync_server.cases.models import Case, CaseState
from sync_server.content.queries import draft_office, published_office, published_services
from sync_server.kiosks.fleet import SILENT_AFTER
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Office, Staff
from sync_server.queues import queries as queues
from sync_server.queues import waiting
from sync_server.queues.labels import NO_SERVICE, NO_WAIT, PLACES, PRIORITIES
from sync_server.queues.models import Outcome, Rating, Ticket
from sync_server.queues.period import Period, Span
from sync_server.queues.queries import SourceScore
from sync_server.queues.score import Score, withheld
from sync_server.queues.waiting import Figures, Spread, Times
from sync_server.records.models import Log, RecordRow
from sync_server.records.queries import apart, last_received, set_aside
from sync_server.reports.groups import Groups
from sync_server.reports.report import (
    Behind,
    CaseRow,
    ConfidentialRow,
    KioskLine,
    PraiseRow,
    RatingRow,
    Report,
    TicketRow,
    WaitRow,
    day_after,
)
from sync_server.sealed import queries as sealed
from sync_server.web.language import Text

_ALL = Text("รวม", "All")
_LeftOut = tuple[tuple[Text, int], ...]
_REPEATS = Text("กดซ้ำภายในไม่กี่วินาที", "Pressed again within seconds")


def build(user: Staff, period: Period, *, now: dt.datetime) -> Report:
    """The report of `period` as it stands at `now`."""
    office = user.office
    groups = groups_of(office)
    tickets, tickets_all = _tickets(office, period, groups)
    waits, waits_all, told = _waits(office, period, groups)
    today = thai.service_date(now)
    frames = queues.framed(office, period, today)
    ratings, ratings_all = _ratings(office, period, groups, today, {row.key: row.total for row in tickets})
    praises, praises_all = _praises(office, period)
    case_rows, cases_all = _cases(user, period, now)
    limits = clocks(office)
    return Report(
        period=period,
        made_at=now,
        data_up_to=last_received(office),
        kiosks=tuple(_kiosks(office, period, now)),
        not_counted=_not_counted(office),
        tickets=tickets,
        tickets_all=tickets_all,
        waits=waits,
        waits_all=waits_all,
        priorities=tuple((PRIORITIES.get(id_, Text(id_, id_)), n) for id_, n in sorted(told.priorities.items())),
        priorities_corrected=told.corrected,
        ratings=ratings,
        ratings_all=ratings_all,
        ratings_apart=tuple(_apart(period, frames[place].whole) for place in queues.PLACES[1:]),
        praises=praises,
        praises_all=praises_all,
        cases=case_rows,
        cases_all=cases_all,
        cases_found_late=_filed(user, period).filter(found_late=True).count(),
        cases_told=_told(user, period).count(),
        cases_returned=_told(user, period).filter(returns__accepted=True).distinct().count(),
        acknowledge_days=limits[ACKNOWLEDGE].days,
        result_days=limits[RESULT].days,
        confidential=_confidential(office, period, now),
    )


def groups_of(office: Office) -> Groups:
    """The groups of the content kiosks show now."""
    return Groups.of(published_office(office), published_services(office))


def periods(office: Office, today: dt.date) -> list[int]:
    """The fiscal years (พ.ศ.) that hold anything, and the running one; newest first."""
    days: list[dt.date] = [today]
    for rows, field in (
        (Ticket.objects, "service_date"),
        (Rating.objects, "service_date"),
        (Case.objects, "filed_on"),
    ):
        first = rows.filter(office=office).order_by(field).values_list(field, flat=True).first()
        if first:
            days.append(first)
    years = [thai.fiscal_year(day) for day in days]
    return list(range(max(years), min(years) - 1, -1))


# --- tickets -------------------------------------------------------------------------------------------------------


def _tickets(office: Office, period: Period, groups: Groups) -> tuple[tuple[TicketRow, ...], TicketRow]:
    counted: Counter[tuple[str, dt.date]] = Counter()
    rows = (
        queues.tickets(office, period.first, period.last)
        .order_by()
        .values_list("service", "label", TruncMonth("service_date"))
        .annotate(n=Count("pk"))
    )
    for service, label, month, n in rows:
        counted[groups.group(service, label), month] += n
    found = tuple(
        _ticket_row(period, key, groups.name(key), [counted[key, month] for month in period.months])
        for key in groups.ordered({key for key, _ in counted})
    )
    months = [sum(row.by_month[i] for row in found) for i in range(len(period.months))]
    return found, _ticket_row(period, "", _ALL, months)


def _ticket_row(period: Period, key: str, name: Text, by_month: list[int]) -> TicketRow:
    total = sum(by_month)
    href = _href("reports:behind-tickets", period, key) if key else _list("queues:tickets", period)
    return TicketRow(key, name, tuple(by_month), total, Behind(total, href))


def tickets_of(office: Office, period: Period, key: str) -> QuerySet[Ticket]:
    """The tickets behind a group's figure."""
    groups = groups_of(office)
    tickets = queues.tickets(office, period.first, period.last)
    there = tickets.order_by().values_list("service", "label").distinct()
    return tickets.filter(_any_of(there, ("service", "label"), groups, key))


# --- waits ---------------------------------------------------------------------------------------------------------


def _waits(office: Office, period: Period, groups: Groups) -> tuple[tuple[WaitRow, ...], WaitRow, Figures]:
    told = waiting.figures(office, period.first, period.last, lambda service, label: (groups.group(service, label), ""))
    times = {each.service: each.times for each in told.services}
    rows = tuple(
        _wait_row(key, groups.name(key), times.get(key, _NO_TIMES), _href("reports:behind-waits", period, key) + "?")
        for key in groups.ordered(set(times))
    )
    counts = dict(told.left_out)
    no_wait, no_service = (
        tuple((words, counts[f"{of}-{why}"]) for why, words in reasons.items() if f"{of}-{why}" in counts)
        for of, reasons in (("wait", NO_WAIT), ("service", NO_SERVICE))
    )
    return rows, _wait_row("", _ALL, told.all, _list("queues:outcomes", period) + "&", no_wait, no_service), told


_NO_TIMES = Times(0, Spread(0), Spread(0), Spread(0), 0, 0)


def _wait_row(
    key: str, name: Text, times: Times, list_: str, no_wait: _LeftOut = (), no_service: _LeftOut = ()
) -> WaitRow:
    return WaitRow(
        key, name, times, Behind(times.waited.n, f"{list_}of=waited", no_wait),
        Behind(times.served.n, f"{list_}of=served", no_service), Behind(times.promised, f"{list_}of=promised"),
    )  # fmt: skip


def outcomes_of(office: Office, period: Period, key: str) -> QuerySet[Outcome]:
    """What became of the tickets of a group."""
    rows = waiting.outcomes(office, period.first, period.last)
    there = rows.order_by().values_list("service", "label").distinct()
    return rows.filter(_any_of(there, ("service", "label"), groups_of(office), key))


# --- ratings -------------------------------------------------------------------------------------------------------


def _visits(office: Office, period: Period, today: dt.date) -> QuerySet[Rating]:
    """The ratings of people who were served, as far as they are told on `today`: each used a slip's code up."""
    place = queues.PLACES[0]
    return queues.ratings(office, period.first, queues.told_until(office, period, place, today)).filter(place=place)


def _ratings(
    office: Office, period: Period, groups: Groups, today: dt.date, issued: Mapping[str, int]
) -> tuple[tuple[RatingRow, ...], RatingRow]:
    scores: dict[str, list[int]] = {}
    repeats: Counter[str] = Counter()
    rows = _visits(office, period, today).order_by().values_list("service", "score", "repeat").annotate(n=Count("pk"))
    for service, score, repeat, n in rows:
        key = groups.group(service)
        counts = scores.setdefault(key, [0] * 5)
        if repeat:
            repeats[key] += n
        else:
            counts[score - 1] += n
    keys = groups.ordered(set(scores))
    hidden = _hidden(office, period, groups, today)
    found = tuple(
        _rating_row(
            period, key, groups.name(key), scores.get(key, [0] * 5), repeats[key],
            hide=key in hidden, issued=issued.get(key, 0),
        )
        for key in keys
    )  # fmt: skip
    # The total as the page of ratings shows it: withheld there, it is withheld here.
    together = queues.framed(office, period, today)[queues.PLACES[0]].whole
    everything = _row(period, "", _ALL, together.score, together, hide=together.withheld)
    return found, replace(everything, issued=sum(issued.values()))


def _hidden(office: Office, period: Period, groups: Groups, today: dt.date) -> frozenset[str]:
    """The groups withheld, so that no small one can be worked out; in a year whatever one of its halves withholds, for
    each half has a paper of its own: the year less the one half would tell the other.
    """
    if period.span is Span.YEAR:
        halves = (Period(period.year_be, span) for span in (Span.FIRST, Span.SECOND))
        return frozenset().union(*(_hidden(office, half, groups, today) for half in halves))
    counts: Counter[str] = Counter()
    rows = _visits(office, period, today).filter(repeat=False).order_by().values_list("service")
    for service, n in rows.annotate(n=Count("pk")):
        counts[groups.group(service)] += n
    keys = groups.ordered(set(counts))
    return frozenset(keys[i] for i in withheld([counts[key] for key in keys]))


def _apart(period: Period, source: SourceScore) -> RatingRow:
    return _row(period, source.place, PLACES[source.place], source.score, source, hide=source.withheld)


def _row(period: Period, key: str, name: Text, score: Score | None, source: SourceScore, *, hide: bool) -> RatingRow:
    href = _list("queues:ratings", period, place=source.place)
    return RatingRow(key, name, score, hide, Behind(source.n, href, _left_out(source.repeats)))


def _rating_row(
    period: Period, key: str, name: Text, counts: list[int], repeats: int, *, hide: bool, issued: int
) -> RatingRow:
    behind = Behind(sum(counts), _href("reports:behind-ratings", period, key), _left_out(repeats))
    return RatingRow(key, name, None if hide else Score.of(counts), hide, behind, issued)


def _left_out(repeats: int) -> tuple[tuple[Text, int], ...]:
    return ((_REPEATS, repeats),) if repeats else ()


def ratings_of(office: Office, period: Period, key: str, today: dt.date) -> QuerySet[Rating]:
    """The ratings behind a group's figure; none where the figure is withheld."""
    groups = groups_of(office)
    rows, _ = _ratings(office, period, groups, today, {})
    if not any(row.key == key and row.score for row in rows):
        return Rating.objects.none()
    ratings = _visits(office, period, today)
    there = ratings.order_by().values_list("service").distinct()
    return ratings.filter(_any_of(there, ("service",), groups, key))


def _any_of(combinations: Iterable[tuple[str, ...]], fields: tuple[str, ...], groups: Groups, key: str) -> Q:
    """The condition that picks one group's rows out of all; `combinations` are the values of `fields` there are."""
    picked = Q(pk__in=[])
    for values in combinations:
        if groups.group(*values) == key:
            picked |= Q(**dict(zip(fields, values, strict=True)))
    return picked


def records_of(rows: Sequence[Ticket | Rating | Outcome]) -> dict[tuple[int, int], int]:
    """The key of the record behind each row, by log and number in it."""
    places = Q(pk__in=[])
    for row in rows:
        places |= Q(log=row.log_id, seq=row.seq)
    found = RecordRow.objects.filter(places).values_list("log_id", "seq", "pk")
    return {(log, seq): pk for log, seq, pk in found}


# --- praise -------------------------------------------------------------------------------------------------------


def _praises(office: Office, period: Period) -> tuple[tuple[PraiseRow, ...], PraiseRow]:
    """Praise by the division its colleague belongs to in the present content."""
    described = published_office(office)
    divisions = described.divisions if described else []
    belongs = {each.id: each.division for each in described.colleagues} if described else {}
    counted: Counter[str] = Counter()
    for each in queues.praise_by_person(office, period.first, period.last):
        counted[_NOBODY if not each.person else belongs.get(each.person, _FORMER)] += each.n
    names = {
        **{each.id: Text(each.name.th, each.name.en or each.name.th) for each in divisions},
        _FORMER: Text("ผู้ที่ไม่อยู่ในรายชื่อปัจจุบัน", "No longer listed"),
        _NOBODY: Text("ไม่ระบุชื่อ", "Nobody by name"),
    }
    href = _list("queues:praise", period)
    rows = [PraiseRow(key, name, counted[key], Behind(counted[key], href)) for key, name in names.items()]
    total = sum(counted.values())
    return tuple(row for row in rows if row.n), PraiseRow("", _ALL, total, Behind(total, href))


#: Praise whose colleague the present content does not know, and praise by counter and hour.
_FORMER, _NOBODY = "former", "nobody"


# --- cases ---------------------------------------------------------------------------------------------------------


def _filed(user: Staff, period: Period) -> QuerySet[Case]:
    return cases.visible_to(user).filter(filed_on__range=(period.first, period.last))


def _cases(user: Staff, period: Period, now: dt.datetime) -> tuple[tuple[CaseRow, ...], CaseRow]:
    today = thai.service_date(now)
    late = Q(told_at__date__gt=F("result_by")) | Q(told_at=None, result_by__lt=today)
    counts = {
        "received": Count("pk"),
        "closed": Count("pk", filter=Q(state=CaseState.CLOSED)),
        "acknowledged_in_time": Count("pk", filter=Q(heard_at__date__lte=F("acknowledge_by"))),
        "told_in_time": Count("pk", filter=Q(told_at__date__lte=F("result_by"))),
        "due": Count("pk", filter=Q(told_at__isnull=False) | Q(result_by__lt=today)),
        "overdue": Count("pk", filter=late),
    }
    filed = cases.with_moments(_filed(user, period).order_by())
    found = {row.pop("category"): row for row in filed.values("category").annotate(**counts)}
    names = _category_names(user.office)
    rows = tuple(
        _case_row(period, key, names.get(key, Text(key, key)), found.get(key, {}))
        for key in [*names, *(key for key in sorted(found) if key not in names)]
    )
    everything = {name: sum(row[name] for row in found.values()) for name in counts}
    return rows, _case_row(period, "", _ALL, everything)


def _told(user: Staff, period: Period) -> QuerySet[Case]:
    """The cases of the period that were ever answered or closed, also where they were taken up again since."""
    return _filed(user, period).filter(Q(answered_at__isnull=False) | Q(closed_at__isnull=False) | Q(round__gt=1))


def _confidential(office: Office, period: Period, now: dt.datetime) -> ConfidentialRow:
    told = sealed.figures(office, period.first, period.last, today=thai.service_date(now))
    return ConfidentialRow(told.received, told.closed, told.open, told.told_in_time, told.due)


def _case_row(period: Period, key: str, name: Text, counts: Mapping[str, int]) -> CaseRow:
    received, closed = counts.get("received", 0), counts.get("closed", 0)
    more = {"category": key} if key else {}
    return CaseRow(
        key=key,
        name=name,
        received=received,
        closed=closed,
        open=received - closed,
        acknowledged_in_time=counts.get("acknowledged_in_time", 0),
        told_in_time=counts.get("told_in_time", 0),
        due=counts.get("due", 0),
        overdue=counts.get("overdue", 0),
        behind=Behind(received, _list("cases:inbox", period, tab="all", **more)),
    )


def _category_names(office: Office) -> dict[str, Text]:
    described = published_office(office) or draft_office(office)
    rows = described.categories if described else []
    return {row.id: Text(row.name.th, row.name.en or row.name.th) for row in rows}


# --- how complete ----------------------------------------------------------------------------------------------------


def _kiosks(office: Office, period: Period, now: dt.datetime) -> Iterable[KioskLine]:
    """Every kiosk that may write, with how far its records go.

    Silent is who was not heard of for longer than a night and a morning before `now`, or before the period's end where
    that lies behind.
    """
    until = min(now, day_after(period.last))
    received = dict(
        Log.objects.filter(office=office).order_by().values_list("kiosk").annotate(newest=Max("received_at"))
    )
    for kiosk in Kiosk.objects.filter(office=office, enrolled_at__lt=day_after(period.last)):
        if kiosk.active:
            silent = kiosk.seen_at is None or kiosk.seen_at < until - SILENT_AFTER
            yield KioskLine(kiosk.name, received.get(kiosk.pk), kiosk.seen_at, kiosk.waiting, silent)


def _not_counted(office: Office) -> int:
    """Records that are kept whole but are in no figure: unreadable, set aside, or on a line that does not count."""
    aside = set_aside(office).order_by().values("log", "seq").distinct().count()
    return aside + apart(office)


# --- addresses -------------------------------------------------------------------------------------------------------


def _href(view: str, period: Period, key: str) -> str:
    return reverse(view, args=[period.year_be, period.span.value, key])


def _list(view: str, period: Period, **more: str) -> str:
    """A list of another application, narrowed to the days of the period."""
    return f"{reverse(view)}?{urlencode({**more, 'first': period.first.isoformat(), 'last': period.last.isoformat()})}"
