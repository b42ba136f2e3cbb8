"""How long people waited and were served, and whether the published promise was kept: figures of a period.

    told = figures(office, first, last)         # by service, by hour of the day, and together
    rows = outcomes(office, first, last).filter(**COUNTED["waited"])        # the rows behind one figure

The rules of this file:
1. Median and 90th percentile, never a mean: one forgotten "finish" would move it. Both are values that somebody really
   waited (nearest rank): at least half, and at least nine in ten, waited no longer.
2. What is left out is counted, by reason. One expression decides for figure and list, so a figure opens exactly the
   rows it counted.
3. Fewer than `SHOWN_FROM` make no figure. None is about a member of staff or a counter.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

from django.db.models import Case, CharField, F, Max, Q, QuerySet, Value, When

from shared import thai
from shared.times import LONGEST_MS, SHORTEST_MS, rank
from sync_server.organisations.models import Office
from sync_server.queues.models import CounterState, Moved, Outcome, Presence
from sync_server.queues.score import SHOWN_FROM, percent

#: A service that took shorter or longer is odd.
_MEASURED: Final = (SHORTEST_MS, LONGEST_MS)

#: Ends that nobody pressed: closing time or the clock did.
_BY_SYSTEM: Final = ("no_show", "not_served", "unfinished")
_CLOSED = Q(end__in=_BY_SYSTEM)
_COMMON: Final = (
    ("paper", Q(on_paper=True)), ("unknown", Q(end="unknown")), ("closed", _CLOSED), ("left", Q(end="left")),
    ("open", Q(end="")),
)  # fmt: skip


def _first_of(*rows: tuple[str, Q], otherwise: str = "clock") -> Case:
    """The name of the first condition that holds."""
    whens = [When(condition, then=Value(name)) for name, condition in rows]
    return Case(*whens, default=Value(otherwise), output_field=CharField())


_WALKED_IN: Final = ("walk_in", Q(walked_in=True))

#: What a row means for each figure: "counted", or why it is left out ("" where the figure does not ask).
_STATES: Final = {
    "wait": _first_of(("", ~Q(nth=1)), ("counted", Q(waited_ms__isnull=False)), *_COMMON[:1], _WALKED_IN, *_COMMON[1:]),
    "service_time": _first_of(
        ("counted", Q(end="served", served_ms__range=_MEASURED)),
        ("odd", Q(end="served", served_ms__isnull=False)),
        *_COMMON,
        ("sent_on", Q(end="sent_on")),
    ),
    "promise": _first_of(
        ("", ~Q(end="served", served_ms__range=_MEASURED)),
        ("none", Q(promise_ms__isnull=True)),
        ("kept", Q(served_ms__lte=F("promise_ms"))),
        otherwise="broken",
    ),
}

#: The rows behind each figure, as conditions on `outcomes`; the names stand in addresses.
COUNTED: Final[Mapping[str, Mapping[str, Any]]] = {
    "tickets": {"nth": 1},
    "asked": {},
    "waited": {"wait": "counted"},
    "walked": {"walked_ms__isnull": False},
    "served": {"service_time": "counted"},
    "promised": {"promise__in": ("kept", "broken")},
    "kept": {"promise": "kept"},
    "broken": {"promise": "broken"},
    "closed": {"last": True, "end__in": _BY_SYSTEM},
    **{f"wait-{why}": {"wait": why} for why in ("paper", "walk_in", "unknown", "closed", "left", "open", "clock")},
    **{
        f"service-{why}": {"service_time": why}
        for why in ("odd", "paper", "unknown", "closed", "left", "open", "sent_on", "clock")
    },
    **{
        f"end-{end or 'none'}": {"last": True, "end": end}
        for end in ("served", "left", *_BY_SYSTEM, "unknown", "unclaimed", "")
    },
}


def outcomes(office: Office, first: dt.date, last: dt.date) -> QuerySet[Outcome]:
    """What became of the tickets of a period, both days included; those whose issue has not arrived are not in it."""
    rows = Outcome.objects.filter(office=office, service_date__range=(first, last), issued=True)
    return rows.annotate(**_STATES).order_by("service_date", "series", "number", "holder", "nth")


def pending(office: Office, first: dt.date, last: dt.date) -> int:
    """Tickets of a period that are told of by the kiosk that keeps the queue, while the one that issued them has not
    sent its records, or gave the number to nobody.
    """
    rows = Outcome.objects.filter(office=office, service_date__range=(first, last), issued=False, nth=1)
    return rows.exclude(end="unclaimed").count()


@dataclass(frozen=True, slots=True)
class Spread:
    """How long `n` people took: half of them no longer than the median, nine in ten no longer than the 90th percentile.

    Both are in milliseconds, and None below `SHOWN_FROM`.
    """

    n: int
    median_ms: int | None = None
    p90_ms: int | None = None

    @classmethod
    def of(cls, took_ms: Iterable[int]) -> "Spread":
        """The spread of these times."""
        inside = sorted(took_ms)
        n = len(inside)
        if n < SHOWN_FROM:
            return cls(n)
        return cls(n, rank(inside, 50), rank(inside, 90))

    @property
    def median_min(self) -> Decimal | None:
        """The median in minutes, to one place."""
        return minutes(self.median_ms)

    @property
    def p90_min(self) -> Decimal | None:
        """The 90th percentile in minutes, to one place."""
        return minutes(self.p90_ms)


def minutes(took_ms: int | None) -> Decimal | None:
    """Milliseconds as minutes to one place, rounded half up."""
    return None if took_ms is None else (Decimal((took_ms + 3_000) // 6_000) / 10).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Times:
    """The figures of one service (or group, or all). `asked` is how often it was asked for, `promised` how many of its
    measured times were promised in minutes or hours, and `kept` how many of those kept it.
    """

    asked: int
    waited: Spread
    walked: Spread
    served: Spread
    promised: int
    kept: int

    @property
    def kept_percent(self) -> Decimal | None:
        """Share of the promised that was kept; None where they are too few to be told."""
        return percent(self.kept, self.promised) if self.promised >= SHOWN_FROM else None


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """The figures of one service, or of a public label that does not tell which. `steps_kept` pairs for each step how
    many kept its time with how many were measured, where the records can tell the steps apart.
    """

    service: str
    label: str
    times: Times
    steps_kept: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the office's day: who took a ticket in it waited so long; `staffed` counters were open on average."""

    hour: int
    waited: Spread
    staffed: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period. `ends` counts tickets by how they ended; `priorities` those called first, by why;
    `corrected` of how many staff changed that. `left_out` has the rows of `COUNTED` that are in no time, with n.
    """

    tickets: int
    all: Times
    services: tuple[ServiceTimes, ...]
    hours: tuple[Hour, ...]
    ends: Mapping[str, int]
    priorities: Mapping[str, int]
    corrected: int
    left_out: tuple[tuple[str, int], ...]
    pending: int

    @property
    def closed(self) -> int:
        """How many tickets the system closed: nobody pressed their end."""
        return sum(self.ends.get(end, 0) for end in _BY_SYSTEM)


class _Row(NamedTuple):
    """What the figures need of an outcome: 100,000 model objects would cost more than the counting."""

    service: str
    label: str
    nth: int
    last: bool
    hour: int | None
    end: str
    priority: str
    served_as: str
    waited_ms: int
    walked_ms: int | None
    served_ms: int
    wait: str
    service_time: str
    promise: str
    steps_kept: list[bool]


def _apart(service: str, label: str) -> tuple[str, str]:
    return service, "" if service else label


def figures(
    office: Office, first: dt.date, last: dt.date, together: Callable[[str, str], tuple[str, str]] = _apart
) -> Figures:
    """The figures of a period, both days included; `together` says by which service and label (or group) a row of that
    service and label is told.
    """
    rows = [_Row(*values) for values in outcomes(office, first, last).order_by().values_list(*_Row._fields)]
    by_service: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        by_service[together(row.service, row.label)].append(row)
    services = [
        ServiceTimes(service, label, _times(of_it), _steps(of_it)) for (service, label), of_it in by_service.items()
    ]
    tickets = [row for row in rows if row.nth == 1]
    return Figures(
        tickets=len(tickets),
        all=_times(rows),
        services=tuple(sorted(services, key=lambda each: (-each.times.asked, each.service, each.label))),
        hours=_hours(tickets, duty(office, first, last)),
        ends=Counter(row.end for row in rows if row.last),
        priorities=Counter(row.served_as for row in rows if row.last and row.served_as),
        corrected=sum(row.last and row.served_as != row.priority for row in rows),
        left_out=_left_out(rows),
        pending=pending(office, first, last),
    )


def _times(rows: Sequence[_Row]) -> Times:
    promises = Counter(row.promise for row in rows)
    return Times(
        asked=len(rows),
        waited=Spread.of(row.waited_ms for row in rows if row.wait == "counted"),
        walked=Spread.of(row.walked_ms for row in rows if row.walked_ms is not None),
        served=Spread.of(row.served_ms for row in rows if row.service_time == "counted"),
        promised=promises["kept"] + promises["broken"],
        kept=promises["kept"],
    )


def _steps(rows: Sequence[_Row]) -> tuple[tuple[int, int], ...]:
    """For each step of the procedure how many kept its time, of how many; a procedure that got another number of steps
    meanwhile is told by the number that most were served by.
    """
    told = [row.steps_kept for row in rows if row.steps_kept and row.service_time == "counted"]
    usual = Counter(map(len, told)).most_common(1)
    of_them = [each for each in told if usual and len(each) == usual[0][0]]
    if len(of_them) < SHOWN_FROM:
        return ()
    return tuple((sum(kept), len(of_them)) for kept in zip(*of_them, strict=True))


def _hours(tickets: Sequence[_Row], staffed: Mapping[int, Decimal]) -> tuple[Hour, ...]:
    waited: dict[int, list[int]] = defaultdict(list)
    for row in tickets:
        if row.hour is not None and row.wait == "counted":
            waited[row.hour].append(row.waited_ms)
    known = sorted({*waited, *staffed})
    return tuple(
        Hour(hour, Spread.of(waited.get(hour, ())), staffed.get(hour))
        for hour in (range(known[0], known[-1] + 1) if known else ())
    )


def _left_out(rows: Sequence[_Row]) -> tuple[tuple[str, int], ...]:
    counts = Counter(f"wait-{row.wait}" for row in rows) + Counter(f"service-{row.service_time}" for row in rows)
    return tuple((name, counts[name]) for name in COUNTED if counts[name])


# --- staff on duty ---------------------------------------------------------------------------------------------------


def duty(office: Office, first: dt.date, last: dt.date) -> dict[int, Decimal]:
    """How many counters were open in each hour of the day, on average over the days on which any was, to one place.

    A counter that opened is open until it pauses or closes, until the queue of its day is closed, or, where nobody said
    so on that day, until its last press; a record without a time is passed over.
    """
    seen = Presence.objects.filter(office=office, service_date__range=(first, last), at__isnull=False)
    by_day: dict[tuple[dt.date, str], list[tuple[dt.datetime, str, str]]] = defaultdict(list)
    for day, kiosk, at, counter, state in seen.order_by("at", "log", "seq").values_list(
        "service_date", "log__kiosk", "at", "counter", "state"
    ):
        if at is not None and thai.service_date(at) == day:
            by_day[day, kiosk].append((at, counter, state))
    presses = _last_presses(office, first, last) if by_day else {}
    open_ms: Counter[int] = Counter()
    for (day, _kiosk), events in by_day.items():
        for counter, begin, end in _stretches(events):
            until = end or max(begin, presses.get((day, counter), begin))
            for hour, lasted in _by_hour(begin, until):
                open_ms[hour] += lasted
    days = len({day for day, _ in by_day})
    return {hour: _tenths(lasted, days) for hour, lasted in sorted(open_ms.items())}


def _stretches(
    events: Sequence[tuple[dt.datetime, str, str]],
) -> Iterator[tuple[str, dt.datetime, dt.datetime | None]]:
    """From when to when which counter was open; None where nobody said until when."""
    begun: dict[str, dt.datetime] = {}
    for at, counter, state in events:
        ended = list(begun) if state == CounterState.DAY_CLOSED else [counter] if counter in begun else []
        if state == CounterState.OPEN:
            begun.setdefault(counter, at)
            continue
        for each in ended:
            yield each, begun.pop(each), at
    for counter, at in begun.items():
        yield counter, at, None


def _last_presses(office: Office, first: dt.date, last: dt.date) -> dict[tuple[dt.date, str], dt.datetime]:
    """The last press of each counter on each day, where a clock told its time."""
    rows = Moved.objects.filter(office=office, service_date__range=(first, last), at__isnull=False).exclude(counter="")
    told = rows.order_by().values_list("service_date", "counter").annotate(at=Max("at"))
    return {(day, counter): at for day, counter, at in told if thai.service_date(at) == day}


def _by_hour(begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[int, int]]:
    """How many milliseconds of a stretch lie in each hour of the office's day."""
    at = begin.astimezone(thai.OFFICE_ZONE)
    while at < end:
        until = min(end, at.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1))
        yield at.hour, (until - at) // dt.timedelta(milliseconds=1)
        at = until.astimezone(thai.OFFICE_ZONE)


def _tenths(lasted_ms: int, days: int) -> Decimal:
    return (Decimal(lasted_ms) / 3_600_000 / days).quantize(Decimal("0.1"), ROUND_HALF_UP)
