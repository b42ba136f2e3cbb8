"""Reads of tickets and ratings by period. Each figure can be asked for its records: `Ticket` and `Rating` rows keep
(log, seq).
"""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from sync_server.organisations.models import Office
from sync_server.queues.models import Explanation, Praise, Rating, Ticket
from sync_server.queues.score import SHOWN_FROM, Score


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


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """`n` ratings that count, how many gave each score (index 0 is score 1), and how many presses were left out as
    repeats.
    """

    n: int
    by_score: tuple[int, int, int, int, int]
    repeats: int

    @property
    def mean(self) -> float | None:
        """The mean score, None where nothing was rated."""
        total = sum(score * count for score, count in enumerate(self.by_score, 1))
        return total / self.n if self.n else None


def rating_summary(office: Office, first: dt.date, last: dt.date) -> RatingSummary:
    """How a period was rated."""
    rows = dict(
        ratings(office, first, last).filter(repeat=False).order_by().values_list("score").annotate(count=Count("pk"))
    )
    one, two, three, four, five = (rows.get(score, 0) for score in range(1, 6))
    repeats = ratings(office, first, last).filter(repeat=True).count()
    return RatingSummary(sum(rows.values()), (one, two, three, four, five), repeats)


#: Where a rating was given, best evidence first: by the code of a ticket's slip, on a trip, by whoever passes by.
PLACES = ("ticket", "outreach", "walk-by")


@dataclass(frozen=True, slots=True)
class SourceScore:
    """How the ratings of one place came out. They are never added up with those of another place: a passer-by may rate
    as often as they like, a ticket's code counts once.

    `n` ratings count, `repeats` are kept and left out. `score` is None where fewer than `SHOWN_FROM` people answered.
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
    """How the month that `month` lies in was rated."""
    first = month.replace(day=1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return Satisfaction(first, by_source(office, first, following - dt.timedelta(days=1)))


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
    order of time. Both lists are empty where `n` is too few to be shown.
    """

    n: int
    reasons: tuple[tuple[str, int], ...]
    words: tuple[str, ...]

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


def why_summary(office: Office, first: dt.date, last: dt.date) -> WhySummary:
    """Reasons, dimensions and words of a period, as far as they may be shown."""
    rows = list(Explanation.objects.filter(office=office, service_date__range=(first, last), repeat=False))
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
        _group([row for row in rows if row.score <= LOW_MAX]),
        _group([row for row in rows if row.score > LOW_MAX]),
    )


def _group(rows: list[Explanation]) -> ReasonGroup:
    if len(rows) < SHOWN_FROM:
        return ReasonGroup(len(rows), (), ())
    reasons = Counter(reason for row in rows for reason in row.reasons)
    # By a hash: the same order at each look, and none that tells who came first.
    words = sorted((row.words for row in rows if row.words), key=lambda text: hashlib.sha256(text.encode()).digest())
    return ReasonGroup(len(rows), tuple(reasons.most_common()), tuple(words))


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """How many tickets one service (or public label, where the service is not told) had."""

    service: str
    label: str
    tickets: int
    rated: int
    score_sum: int


def by_service(office: Office, first: dt.date, last: dt.date) -> list[ServiceCount]:
    """Tickets and ratings by service, most tickets first."""
    rated = {
        row["service"]: row
        for row in ratings(office, first, last)
        .filter(repeat=False)
        .order_by()
        .values("service")
        .annotate(n=Count("pk"), total=Sum("score"))
    }
    rows = (
        tickets(office, first, last)
        .order_by()
        .values("service", "label")
        .annotate(n=Count("pk"))
        .order_by("-n", "service")
    )
    seen: set[str] = set()
    found = []
    for row in rows:
        # A service under two labels is rated once: its ratings go with the first row.
        marks = {} if row["service"] in seen else rated.get(row["service"], {})
        seen.add(row["service"])
        found.append(ServiceCount(row["service"], row["label"], row["n"], marks.get("n", 0), marks.get("total", 0)))
    return found


def by_month(office: Office, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """Tickets by month (the first day stands for it); months without any are left out."""
    rows = (
        tickets(office, first, last)
        .order_by()
        .values_list("service_date__year", "service_date__month")
        .annotate(n=Count("pk", filter=Q()))
    )
    return {dt.date(year, month, 1): n for year, month, n in rows}
