"""Reads of cases. Every list, count, search, export and page goes through `visible_to`: what it leaves out does not
exist for that person.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from shared import thai
from shared.content import Status
from sync_server.cases.models import WORKERS, Answer, Case, CaseEvent, CaseState, EventKind, Return
from sync_server.organisations.models import Division, Office, Role, Staff

#: Cases on which no colleague works: none was named, or who was named left or answers no cases any more.
WITH_NOBODY = Q(assigned_to=None) | Q(assigned_to__is_active=False) | ~Q(assigned_to__role__in=WORKERS)


def workers(office: Office) -> list[Staff]:
    """To whom a case can be given."""
    return list(Staff.objects.filter(office=office, is_active=True, role__in=WORKERS))


def visible_to(user: Staff) -> QuerySet[Case]:
    """The cases of the own office that a member of staff may know of.

    Clerk and executive see all; an officer sees what was given to them or their division and what lies with nobody; the
    administrator looks after the machine and sees none, as does a reader of sealed cases.
    """
    cases = Case.objects.filter(office=user.office_id, apart=False)
    if user.role in (Role.CLERK, Role.EXECUTIVE):
        return cases
    if user.role == Role.OFFICER:
        unassigned = Q(division=None) & WITH_NOBODY
        mine = Q(assigned_to=user) | Q(division=user.division_id) if user.division_id else Q(assigned_to=user)
        return cases.filter(mine | unassigned)
    return cases.none()


_TELLS = (EventKind.ANSWERED, EventKind.CLOSED)


def with_moments(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with `heard_at` and `told_at`: whoever has the code sees from that day on that the office has it, and
    what was answered or that it was ended. The first event counts: the row forgets a closing when it is taken up again.

    `taken_up_on` is the day of the citizen's word by which that came about, or on which staff did it.
    """
    said_on = Return.objects.filter(case=OuterRef("pk"), accepted=True, round=OuterRef("round") - 1).values("said_on")
    reopened = CaseEvent.objects.filter(case=OuterRef("pk"), kind=EventKind.REOPENED).order_by("-at").values("at")
    moments = {
        "heard_at": _first(EventKind.ACKNOWLEDGED, *_TELLS),
        "told_at": _first(*_TELLS),
        "taken_up_on": Coalesce(Subquery(said_on[:1]), TruncDate(Subquery(reopened[:1]))),
    }
    return cases.annotate(**moments)


def _first(*kinds: EventKind) -> Subquery:
    return Subquery(CaseEvent.objects.filter(case=OuterRef("pk"), kind__in=kinds).order_by("at").values("at")[:1])


class Due(Enum):
    """How a case stands against its deadline."""

    DONE = "done"
    IN_TIME = "in_time"
    SOON = "soon"  # within three days
    LATE = "late"


_SOON = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next thing owed on a case: what (`acknowledge` or `result`), by when, and how that stands today."""

    what: str
    by: dt.date
    due: Due
    days_left: int


def deadline(case: Case, today: dt.date) -> Deadline:
    """What is owed next. A case that was answered or closed owes nothing; it keeps the result's date for the record.
    One that its citizen returned owes an answer again, by a day of its own.
    """
    if case.again_by is not None:
        standing = _standing(case.again_by, today) if case.owes_again else (Due.DONE, 0)
        return Deadline("result", case.again_by, *standing)
    what, by = ("acknowledge", case.acknowledge_by) if case.acknowledged_at is None else ("result", case.result_by)
    if case.answered_at is not None or case.state == CaseState.CLOSED:
        return Deadline("result", case.result_by, Due.DONE, 0)
    return Deadline(what, by, *_standing(by, today))


def _standing(by: dt.date, today: dt.date) -> tuple[Due, int]:
    left = by - today
    return Due.LATE if left < dt.timedelta() else Due.SOON if left <= _SOON else Due.IN_TIME, left.days


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cases may be narrowed by; an empty field narrows nothing. `text` is searched tolerantly of tone
    marks.
    """

    state: str = ""
    category: str = ""
    division: Division | None = None
    assigned_to: Staff | None = None
    late: bool = False
    first: dt.date | None = None
    last: dt.date | None = None
    text: str = ""


def find(user: Staff, filters: Filters, *, today: dt.date) -> QuerySet[Case]:
    """The visible cases that fit, newest first."""
    cases = visible_to(user).select_related("division", "assigned_to")
    narrowing = {
        "state": filters.state,
        "category": filters.category,
        "division": filters.division,
        "assigned_to": filters.assigned_to,
        "filed_on__gte": filters.first,
        "filed_on__lte": filters.last,
        "search__contains": thai.fold(filters.text),
    }
    cases = cases.filter(**{name: value for name, value in narrowing.items() if value})
    return cases.filter(_late(today)) if filters.late else cases


def one(user: Staff, pk: int) -> Case:
    """A visible case with its events, answers and notes. Raises `Case.DoesNotExist`, also where it only is not for
    this person.
    """
    related = with_moments(visible_to(user)).select_related("division", "assigned_to", "kiosk", "log")
    return related.prefetch_related(
        "events__by", Prefetch("answers", Answer.objects.select_related("by")), "notes__by", "returns"
    ).get(pk=pk)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many visible cases there are in each state, and how many of the open ones are late or soon due."""

    received: int
    in_progress: int
    answered: int
    closed: int
    late: int
    soon: int

    @property
    def all(self) -> int:
        """All of them, whatever their state."""
        return self.received + self.in_progress + self.answered + self.closed


def counts(user: Staff, *, today: dt.date, first: dt.date | None = None, last: dt.date | None = None) -> Counts:
    """Counts for the front page and the tabs of the list, of all cases or of those filed in a period."""
    cases = visible_to(user)
    if first:
        cases = cases.filter(filed_on__gte=first)
    if last:
        cases = cases.filter(filed_on__lte=last)
    states = {state.value: Count("pk", filter=Q(state=state)) for state in CaseState}
    found = cases.aggregate(
        **states, late=Count("pk", filter=_late(today)), soon=Count("pk", filter=_owed_between(today, today + _SOON))
    )
    return Counts(**found)


def categories(user: Staff) -> list[str]:
    """The categories that occur, for the filter."""
    return sorted(visible_to(user).order_by().values_list("category", flat=True).distinct())


def _late(today: dt.date) -> Q:
    return _owed(acknowledge_by__lt=today, result_by__lt=today)


def _owed_between(first: dt.date, last: dt.date) -> Q:
    return _owed(acknowledge_by__range=(first, last), result_by__range=(first, last))


def _owed(**conditions: object) -> Q:
    """Cases that still owe an acknowledgement or a result whose date fits (the same rule as `deadline`)."""
    acknowledge = {name: value for name, value in conditions.items() if name.startswith("acknowledge")}
    result = {name: value for name, value in conditions.items() if name.startswith("result")}
    again = {name.replace("result_by", "again_by"): value for name, value in result.items()}
    owes = Q(again_by=None, answered_at=None) & ~Q(state=CaseState.CLOSED)
    owes_again = Q(again_by__isnull=False, state__in=(CaseState.RECEIVED, CaseState.IN_PROGRESS), **again)
    return (owes & (Q(acknowledged_at=None, **acknowledge) | Q(acknowledged_at__isnull=False, **result))) | owes_again


# --- what goes back to the citizen -----------------------------------------------------------------------------------

# A closed case can be asked about for a year; then its status leaves the bundle, which would otherwise only grow.
_TELL_CLOSED_FOR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """One case as the bundle needs it: under which id it lies, with which key it is sealed, and what it says."""

    status_id: bytes
    state_key: bytes
    status: Status


def statuses_for_bundle(office: Office, *, now: dt.datetime) -> Iterator[CaseStatus]:
    """The status of every case a citizen may still ask about, in a stable order. Answers only: notes are in a table
    of their own.

    `subject` is the category's id. Several answers are told in their order, a blank line between.
    """
    cases = (
        Case.objects.filter(office=office, apart=False)
        .exclude(closed_at__lt=now - _TELL_CLOSED_FOR)
        .prefetch_related(Prefetch("answers", Answer.objects.select_related("by__division")))
        .order_by("status_id", "pk")
    )
    for case in cases.iterator(chunk_size=500):
        yield CaseStatus(bytes.fromhex(case.status_id), bytes(case.state_key), status_of(case))


def status_of(case: Case) -> Status:
    """What the citizen is told about a case. Dates are ISO; an answer is signed by position and division, not by a
    person's name.
    """
    answers = list(case.answers.all())
    last = answers[-1] if answers else None
    signed = [last.by.position, last.by.division.name if last.by.division else ""] if last else []
    return Status(
        state=case.state,  # type: ignore[arg-type]
        subject=case.category,
        filed_on=case.filed_on.isoformat(),
        answer_by=(case.again_by or case.result_by).isoformat(),
        answer="\n\n".join(answer.text for answer in answers),
        answered_on=thai.service_date(last.at).isoformat() if last else "",
        answered_by=" ".join(filter(None, signed)),
        number=case.number,
        round=case.round if case.state in (CaseState.ANSWERED, CaseState.CLOSED) else 0,
    )
