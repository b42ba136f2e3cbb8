"""Reads of tickets, ratings and praise by period. Each figure can be asked for its records: rows keep (log, seq).

Ratings are told by place (who was served, who passed by) and never added up over places, and in fixed frames only:
months within a fiscal half, halves within a year. In each frame what rests on fewer than `SHOWN_FROM` people is
withheld, and with it what would give it away (`score.withheld`): days that one could choose freely would tell a single
answer as the difference of two sums.
"""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from shared import thai
from sync_server.organisations.models import Office, Role, Staff
from sync_server.queues.models import Explanation, Praise, Rating, Ticket, WordsDecision, WordsState
from sync_server.queues.period import Period, Span
from sync_server.queues.score import SHOWN_FROM, Score, percent, withheld


def tickets(office: Office, first: dt.date, last: dt.date) -> QuerySet[Ticket]:
    """The tickets of a period, both days included."""
    return Ticket.objects.filter(office=office, service_date__range=(first, last)).order_by(
        "service_date", "series", "number"
    )


def ratings(office: Office, first: dt.date, last: dt.date) -> QuerySet[Rating]:
    """The ratings of a period, both days included; repeats are in it, and of those that were changed the last."""
    rows = Rating.objects.filter(office=office, service_date__range=(first, last), superseded=False)
    return rows.order_by("service_date", "pk")


def praises(office: Office, first: dt.date, last: dt.date) -> QuerySet[Praise]:
    """The praise of a period, both days included."""
    return Praise.objects.filter(office=office, service_date__range=(first, last)).order_by("service_date", "pk")


#: Where a rating was given, best evidence first: by the code of a ticket's slip, on a trip, by whoever passes by.
PLACES = ("ticket", "outreach", "walk-by")


@dataclass(frozen=True, slots=True)
class SourceScore:
    """How the ratings of one place came out. They are never added up with those of another place: a passer-by may rate
    as often as they like, a ticket's code counts once.

    `n` ratings count, `repeats` are kept and left out. `score` is None where nobody answered, and where it is withheld.
    """

    place: str
    n: int
    repeats: int
    score: Score | None

    @property
    def withheld(self) -> bool:
        """Whether somebody answered, but too few to be shown."""
        return self.score is None and self.n > 0


def by_source(office: Office, first: dt.date, last: dt.date) -> tuple[SourceScore, ...]:
    """How a period was rated, for each of `PLACES` apart, those without a rating too."""
    counts: dict[str, list[int]] = {place: [0] * 5 for place in PLACES}
    repeats: Counter[str] = Counter()
    rows = ratings(office, first, last).order_by().values_list("place", "score", "repeat").annotate(n=Count("pk"))
    for place, score, repeat, n in rows:
        if repeat:
            repeats[place] += n
        else:
            counts[place][score - 1] += n
    return tuple(
        SourceScore(place, sum(scores), repeats[place], Score.of(scores) if sum(scores) >= SHOWN_FROM else None)
        for place, scores in counts.items()
    )


Spans = list[tuple[dt.date, dt.date]]


@dataclass(frozen=True, slots=True)
class Part:
    """A month of a half, or a half of a year; `n` is None where the part is withheld."""

    first: dt.date
    last: dt.date
    n: int | None
    score: Score | None


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """One place in one frame: the whole, and its parts in order.

    `tickets` were issued in it, and so many people could have rated as visits.
    """

    whole: SourceScore
    parts: tuple[Part, ...]
    tickets: int

    @property
    def response(self) -> Decimal | None:
        """Visits that were rated, in per cent of the tickets; None where none was issued, or too few answered."""
        return percent(self.whole.n, self.tickets) if self.whole.score is not None else None


def framed(office: Office, period: Period, today: dt.date) -> dict[str, SourceFrame]:
    """How a fiscal half or year was rated, by place, as far as it may be told on `today`.

    What has begun and has fewer than `SHOWN_FROM` ratings so far waits: it is in no figure until there are enough, so
    that nobody sees a figure move by one person's touch. A year that would give a small half away is withheld.
    """
    return {place: _frame(office, period, place, told_until(office, period, place, today), today) for place in PLACES}


def told_until(office: Office, period: Period, place: str, today: dt.date) -> dt.date:
    """The last day of a period whose ratings of this place are in figures on `today`."""
    last = period.last
    for first, end in (*_parts(Period.holding(today)), *_parts(Period(period.year_be, Span.YEAR))):
        # The month that runs, and then the half, less a month that waits.
        if period.first <= first <= today <= end and 0 < _counted(office, place, first, min(end, last)) < SHOWN_FROM:
            last = first - dt.timedelta(days=1)
    return last


def _counted(office: Office, place: str, first: dt.date, last: dt.date) -> int:
    return ratings(office, first, last).filter(place=place, repeat=False).count()


def _frame(office: Office, period: Period, place: str, until: dt.date, today: dt.date) -> SourceFrame:
    spans = _parts(period)
    whole = _of(office, place, period.first, until)
    parts = [_of(office, place, first, min(last, until)) for first, last in spans]
    counts = [part.n for part in parts]
    if period.span is Span.YEAR and any(0 < n < SHOWN_FROM for n in counts):
        whole = replace(whole, score=None)
    hidden = withheld(counts) if whole.score is not None else frozenset(i for i, n in enumerate(counts) if n)
    return SourceFrame(
        whole,
        tuple(
            Part(first, last, None, None)
            if i in hidden or until < first <= today
            else Part(first, last, part.n, part.score)
            for i, ((first, last), part) in enumerate(zip(spans, parts, strict=True))
        ),
        tickets(office, period.first, until).count(),
    )


def _of(office: Office, place: str, first: dt.date, last: dt.date) -> SourceScore:
    return next(source for source in by_source(office, first, last) if source.place == place)


def _parts(period: Period) -> Spans:
    if period.span is Span.YEAR:
        halves = (Period(period.year_be, span) for span in (Span.FIRST, Span.SECOND))
        return [(half.first, half.last) for half in halves]
    return [(month, _month_end(month)) for month in period.months]


def _month_end(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """How a month was rated. `sources` are those of `by_source`; there is no figure over all of them."""

    month: dt.date
    sources: tuple[SourceScore, ...]

    @property
    def told(self) -> SourceScore | None:
        """The one to tell the public: the best evidence that enough people stand behind; None where there is none."""
        return next((source for source in self.sources if source.score is not None), None)


def satisfaction(office: Office, month: dt.date) -> Satisfaction:
    """How the month that `month` lies in was rated, once it was over: what its half withholds is told here neither."""
    first, last = month.replace(day=1), _month_end(month)
    frames = framed(office, Period.holding(first), last + dt.timedelta(days=1))
    scores = {place: part.score for place, frame in frames.items() for part in frame.parts if part.first == first}
    return Satisfaction(
        first, tuple(replace(source, score=scores[source.place]) for source in by_source(office, first, last))
    )


# --- words, which somebody decides about -----------------------------------------------------------------------------

#: Who decides whether the words of a rating or a praise are shown, and reads those that wait or are hidden.
DECIDERS = (Role.CLERK, Role.EXECUTIVE)

R = TypeVar("R", Praise, Explanation)


@dataclass(frozen=True, slots=True)
class Said(Generic[R]):
    """A praise, or an explanation of a rating, as one member of staff may see it: `words` is empty where there are none
    or they are not for them.

    `state` is "waiting", "shown", "hidden", or "" where nothing was written and nothing has to be decided.
    """

    row: R
    state: str
    words: str
    reason: str
    decided_by: str


def said(user: Staff, rows: Sequence[R]) -> list[Said[R]]:
    """What `user` sees of these rows. Words that nobody has approved are for those who decide alone."""
    found = decisions(rows)
    return [_said(user, row, found.get((row.log_id, row.seq))) for row in rows]


def decisions(rows: Sequence[R]) -> dict[tuple[int, int], WordsDecision]:
    """What was decided about the words of these rows, by log and number in it."""
    seqs: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        seqs[row.log_id].append(row.seq)
    places = Q(pk__in=[])
    for log_id, numbers in seqs.items():
        places |= Q(log=log_id, seq__in=numbers)
    return {(each.log_id, each.seq): each for each in WordsDecision.objects.filter(places).select_related("by")}


def _said(user: Staff, row: R, decision: WordsDecision | None) -> Said[R]:
    if not row.words:
        return Said(row, "", "", "", "")
    state = decision.state if decision else "waiting"
    may_read = state == WordsState.SHOWN or user.role in DECIDERS
    reason, by = (decision.reason, decision.by.full_name) if decision and user.role in DECIDERS else ("", "")
    return Said(row, state, row.words if may_read else "", reason, by)


def in_state(rows: QuerySet[R], state: str) -> QuerySet[R]:
    """Those rows whose words are in this state; all of them for ""."""
    decided = WordsDecision.objects.filter(log=OuterRef("log"), seq=OuterRef("seq"))
    if state == "waiting":
        return rows.exclude(words="").exclude(Exists(decided))
    return rows.filter(Exists(decided.filter(state=state))) if state else rows


def praise_waiting(user: Staff) -> int:
    """How many praises this person has to decide about."""
    if user.role not in DECIDERS:
        return 0
    return in_state(Praise.objects.filter(office=user.office), "waiting").count()


def ratings_waiting(user: Staff, today: dt.date) -> Counter[tuple[Period, str]]:
    """How many words of ratings this person has to decide about, by half and place: those alone that `why_summary` lays
    before them, from five people of one mood on. One grouped query, however many halves there are: the menu of each
    page asks.
    """
    if user.role not in DECIDERS:
        return Counter()
    rows = Explanation.objects.filter(office=user.office, repeat=False)
    running = Period.holding(today)
    for place in PLACES:
        until = told_until(user.office, running, place, today)
        rows = rows.exclude(place=place, service_date__gt=until, service_date__lte=running.last)
    decided = WordsDecision.objects.filter(log=OuterRef("log"), seq=OuterRef("seq"))
    days = (
        rows.order_by()
        .annotate(low=ExpressionWrapper(Q(score__lte=LOW_MAX), BooleanField()))
        .values_list("service_date", "place", "low")
        .annotate(n=Count("pk"), waiting=Count("pk", filter=~Q(words="") & ~Exists(decided)))
    )
    people: Counter[tuple[Period, str, bool]] = Counter()
    words: Counter[tuple[Period, str, bool]] = Counter()
    for day, place, low, n, undecided in days:
        people[Period.holding(day), place, low] += n
        words[Period.holding(day), place, low] += undecided
    waiting: Counter[tuple[Period, str]] = Counter()
    for period, place, low in words:
        if people[period, place, low] >= SHOWN_FROM:
            waiting[period, place] += words[period, place, low]
    return +waiting


def words_waiting(user: Staff) -> int:
    """How many words this person has to decide about, of praise and of ratings."""
    return praise_waiting(user) + ratings_waiting(user, thai.service_date(timezone.now())).total()


# --- why people rated so ----------------------------------------------------------------------------------------------

#: Up to this score somebody was unhappy, and was offered the reasons for that.
LOW_MAX = 2


@dataclass(frozen=True, slots=True)
class DimensionMean:
    """One dimension: how many rated it, and their mean; None where they were too few to be shown."""

    id: str
    n: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """What people of one mood said: how many explained their rating, their reasons with counts, their words in no
    order of time. Both lists are empty where `n` is too few to be shown. Words are those that `user` may read.
    """

    n: int
    reasons: tuple[tuple[str, int], ...]
    words: tuple[Said[Explanation], ...]

    @property
    def shown(self) -> bool:
        """Whether enough people stand behind it."""
        return self.n >= SHOWN_FROM


@dataclass(frozen=True, slots=True)
class WhySummary:
    """What was said about the ratings of a period, repeats left out."""

    dimensions: tuple[DimensionMean, ...]
    low: ReasonGroup
    high: ReasonGroup


def why_summary(user: Staff, first: dt.date, last: dt.date, place: str) -> WhySummary:
    """Reasons, dimensions and words about the ratings of one place in a period, as far as `user` may be shown them."""
    explained = Explanation.objects.filter(office=user.office, service_date__range=(first, last))
    rows = list(explained.filter(place=place, repeat=False))
    scores: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for dimension, score in row.dimensions:
            scores[dimension].append(score)
    means = tuple(
        DimensionMean(id_, len(given), sum(given) / len(given) if len(given) >= SHOWN_FROM else None)
        for id_, given in sorted(scores.items())
    )
    return WhySummary(
        means,
        _group(user, [row for row in rows if row.score <= LOW_MAX]),
        _group(user, [row for row in rows if row.score > LOW_MAX]),
    )


def _group(user: Staff, rows: list[Explanation]) -> ReasonGroup:
    if len(rows) < SHOWN_FROM:
        return ReasonGroup(len(rows), (), ())
    reasons = Counter(reason for row in rows for reason in row.reasons)
    words = [each for each in said(user, [row for row in rows if row.words]) if each.words]
    # What waits, then by a hash: the same order at each look, and none that tells who came first.
    words.sort(key=lambda each: (each.state != "waiting", hashlib.sha256(each.words.encode()).digest()))
    return ReasonGroup(len(rows), tuple(reasons.most_common()), tuple(words))


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """How many tickets one service (or public label, where the service is not told) had."""

    service: str
    label: str
    tickets: int


def by_service(office: Office, first: dt.date, last: dt.date) -> list[ServiceCount]:
    """Tickets by service, most first."""
    rows = (
        tickets(office, first, last)
        .order_by()
        .values_list("service", "label")
        .annotate(n=Count("pk"))
        .order_by("-n", "service")
    )
    return [ServiceCount(*row) for row in rows]


def by_month(office: Office, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """Tickets by month (the first day stands for it); months without any are left out."""
    rows = (
        tickets(office, first, last)
        .order_by()
        .values_list("service_date__year", "service_date__month")
        .annotate(n=Count("pk", filter=Q()))
    )
    return {dt.date(year, month, 1): n for year, month, n in rows}


@dataclass(frozen=True, slots=True)
class PraiseCount:
    """Praises of one person of the content, or of nobody by name (`person` is "")."""

    person: str
    n: int


def praise_by_person(office: Office, first: dt.date, last: dt.date) -> list[PraiseCount]:
    """How often colleagues were praised in a period, most first."""
    rows = praises(office, first, last).order_by().values_list("person").annotate(n=Count("pk"))
    return [PraiseCount(*row) for row in rows.order_by("-n", "person")]
