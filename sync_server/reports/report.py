"""A report as a value: every figure of one fiscal period, frozen, with the way back to its records.

`queries.build` makes it from the database, `views.summary` shows it on the desk, `paper.compose` writes it as an
official paper. A test makes one by hand.

Every figure says on how many records it rests (`Behind.n`), what was left out and why (`Behind.left_out`), and where
its records are listed (`Behind.href`, an address of the desk). The period is the report's own.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from shared import thai
from sync_server.queues.period import Period
from sync_server.queues.score import Score, percent
from sync_server.queues.waiting import Times
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Behind:
    """What a figure rests on: `n` records, listed at `href`; `left_out` counts what was kept out of it, by reason."""

    n: int
    href: str
    left_out: tuple[tuple[Text, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TicketRow:
    """Tickets of one group of services (or of all): by month, and together."""

    key: str
    name: Text
    by_month: tuple[int, ...]
    total: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class WaitRow:
    """How long people of one group of services (or of all) waited and were served, and how many of those whose time was
    promised in minutes or hours were served within it.

    The three `Behind` are of the waits, the services and the promises; what was left out stands in the row of all.
    """

    key: str
    name: Text
    times: Times
    waited: Behind
    served: Behind
    promised: Behind

    @property
    def measured(self) -> bool:
        """Whether any time was."""
        return bool(self.times.waited.n or self.times.served.n)


@dataclass(frozen=True, slots=True)
class RatingRow:
    """How one group of services (or all, or one place) was rated.

    `score` is None where nobody rated or where it is `withheld`: fewer than five answers, or a group that would give
    such a one away.
    """

    key: str
    name: Text
    score: Score | None
    withheld: bool
    behind: Behind
    issued: int = 0
    """Tickets of the group: so many people could have rated."""

    @property
    def response(self) -> Decimal | None:
        """Share of those tickets whose code was used to rate; None where it may not be told, or none was issued."""
        return percent(self.score.n, self.issued) if self.score else None


@dataclass(frozen=True, slots=True)
class PraiseRow:
    """Praise of the colleagues of one division, of those without one, of nobody by name, or of all."""

    key: str
    name: Text
    n: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Cases of one category (or all) filed in the period.

    `due` counts those whose result is owed by now or was given already: the whole that `told_in_time` is a share of.
    `overdue` counts those told late, or not told though the day has passed.
    """

    key: str
    name: Text
    received: int
    closed: int
    open: int
    acknowledged_in_time: int
    told_in_time: int
    due: int
    overdue: int
    behind: Behind

    @property
    def told_percent(self) -> Decimal | None:
        """Share of due cases told within their days; None where none is due."""
        return percent(self.told_in_time, self.due)


@dataclass(frozen=True, slots=True)
class ConfidentialRow:
    """Complaints about people filed in the period, as numbers alone: its reader may be whom they are about.

    No address leads to them. Five is no limit here: a count of cases names nobody, and the law wants it.
    """

    received: int
    closed: int
    open: int
    told_in_time: int
    due: int


@dataclass(frozen=True, slots=True)
class KioskLine:
    """How far one kiosk's records go.

    `received_at` is when its newest record arrived, `waiting` what it last said it still had to send.
    """

    name: str
    received_at: dt.datetime | None
    seen_at: dt.datetime | None
    waiting: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one period, as they stood at `made_at`.

    `priorities` counts the tickets that were called first, by why; of `priorities_corrected` staff changed it.
    `cases_told` were ever answered or closed; of `cases_returned` among them the citizen said that it is not fixed.
    `ratings` and `ratings_all` are of people who were served, by the codes of their tickets; `ratings_apart` has a row
    for each other place, and no row adds them up.
    """

    period: Period
    made_at: dt.datetime
    data_up_to: dt.datetime | None
    kiosks: tuple[KioskLine, ...]
    not_counted: int
    tickets: tuple[TicketRow, ...]
    tickets_all: TicketRow
    waits: tuple[WaitRow, ...]
    waits_all: WaitRow
    priorities: tuple[tuple[Text, int], ...]
    priorities_corrected: int
    ratings: tuple[RatingRow, ...]
    ratings_all: RatingRow
    ratings_apart: tuple[RatingRow, ...]
    praises: tuple[PraiseRow, ...]
    praises_all: PraiseRow
    cases: tuple[CaseRow, ...]
    cases_all: CaseRow
    cases_found_late: int
    cases_told: int
    cases_returned: int
    acknowledge_days: int
    result_days: int
    confidential: ConfidentialRow

    @property
    def silent(self) -> tuple[KioskLine, ...]:
        """Kiosks from which nothing was heard: what they hold is not in the figures yet."""
        return tuple(kiosk for kiosk in self.kiosks if kiosk.silent)

    @property
    def returned_percent(self) -> Decimal | None:
        """Share of told cases that their citizens returned; None where none was told."""
        return percent(self.cases_returned, self.cases_told)

    @property
    def running(self) -> bool:
        """Whether the period is not over yet, so that its figures still grow."""
        return self.made_at < day_after(self.period.last)

    @property
    def check_code(self) -> str:
        """Eight letters that change with any figure of tickets, waits, ratings and cases: papers of one code agree."""
        rows = [
            self.tickets, self.tickets_all, self.waits, self.waits_all, self.priorities, self.ratings,
            self.ratings_all, self.ratings_apart, self.praises, self.cases, self.cases_all,
        ]  # fmt: skip
        others = [
            self.priorities_corrected,
            self.cases_found_late,
            self.cases_told,
            self.cases_returned,
            self.not_counted,
            self.confidential,
        ]
        figures = msgspec.to_builtins([self.period, rows, *others])
        return hashlib.sha256(json.dumps(figures).encode("ascii")).hexdigest()[:8].translate(_LETTERS)


#: Letters only, and none that is taken for another: a paper may write its digits in Thai.
_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHJKMNPRTX")


def day_after(day: dt.date) -> dt.datetime:
    """The instant at which `day` is over in the office."""
    return thai.day_start(day + dt.timedelta(days=1))
