"""Opens a case for each `case.filed`, with its number and deadlines, and takes it up again for a `case.returned`.

What comes from the record is written again on every fold; what the server or its staff added (number, state,
assignment, events, answers, notes) is never touched by one, so a rebuild loses nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction

from shared import thai
from shared.kinds import CaseFiled, CaseReturned
from sync_server.cases.clocks import RESULT, Limits, reached_by
from sync_server.cases.models import Case, CaseEvent, CaseNumber, CaseState, EventKind, Return
from sync_server.cases.queries import with_moments
from sync_server.organisations.models import Office
from sync_server.records import actions as records
from sync_server.records.models import Log
from sync_server.records.seen import Seen

# What a record says anew on every fold.
_DERIVED = (
    "category", "text", "place", "contact_name", "contact_phone", "language", "search", "status_id", "state_key",
    "filed_on", "received_at", "found_late", "acknowledge_by", "result_by", "apart",
)  # fmt: skip


def cases(run: Sequence[Seen[CaseFiled]]) -> None:
    """One `Case` for each record of the run, all of one log."""
    office = run[0].log.office
    limits = Limits(office)
    built = [_case(seen, limits) for seen in run]
    held = dict(Case.objects.filter(log=run[0].log, seq__in=[case.seq for case in built]).values_list("seq", "pk"))
    new = [case for case in built if case.seq not in held]
    _number(office, new)
    for case in new:
        case.search = _search(case)
    Case.objects.bulk_create(new)
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, kind=EventKind.RECEIVED, at=case.received_at, by_name="ระบบ") for case in new
    )
    again = [case for case in built if case.seq in held]
    numbers = dict(Case.objects.filter(pk__in=held.values()).values_list("pk", "number"))
    for case in again:
        case.pk = held[case.seq]
        case.number = numbers[case.pk]
        case.search = _search(case)
    Case.objects.bulk_update(again, _DERIVED, batch_size=200)


def returns(run: Sequence[Seen[CaseReturned]]) -> None:
    """What citizens say of answers: each takes its case up again, with a deadline of its own, once in a round.

    They are few: one at a time. Raises `LookupError` for a case this office does not have, or not yet: kiosks come in
    any order.
    """
    for seen in run:
        words = thai.clean(seen.body.words, chars_max=4000, lines=True)
        if Return.objects.filter(log=seen.log, seq=seen.seq).update(words=words):
            continue  # folded before: what it moved then stays moved
        case = (
            Case.objects.select_for_update()
            .filter(office=seen.log.office_id, status_id=seen.body.status_id.hex())
            .first()
        )
        if case is None:
            raise LookupError("a return of a case that is not here")
        stands = case.state in (CaseState.ANSWERED, CaseState.CLOSED) and case.round == seen.body.round
        said_on = _believable(seen.body.said_on, thai.service_date(seen.received_at))
        Return.objects.create(
            case=case, log=seen.log, seq=seen.seq, said_on=said_on, at=seen.received_at, round=seen.body.round,
            reason=seen.body.reason, words=words, accepted=stands,
        )  # fmt: skip
        if stands:
            _take_up(case, seen.received_at, Limits(seen.log.office).last_day(RESULT, said_on))


def of_cases_here(run: Sequence[Seen[CaseReturned]]) -> list[Seen[CaseReturned]]:
    """Those of the run whose case is there."""
    ids = {seen.body.status_id.hex() for seen in run}
    here = set(Case.objects.filter(status_id__in=ids).values_list("office_id", "status_id"))
    return [seen for seen in run if (seen.log.office_id, seen.body.status_id.hex()) in here]


def _take_up(case: Case, at: dt.datetime, again_by: dt.date) -> None:
    case.state, case.closed_at, case.changed_at = CaseState.IN_PROGRESS, None, at
    case.round, case.again_by = case.round + 1, again_by
    case.save(update_fields=["state", "closed_at", "changed_at", "round", "again_by"])
    CaseEvent.objects.create(case=case, kind=EventKind.REOPENED, at=at, by_name="ผู้แจ้ง")


def follow_closed_days(office: Office, days: Collection[dt.date], **_signal: object) -> None:
    """Date anew the cases that a change of these closed days can move, as a rebuild would."""
    limits, moved = Limits(office), []
    reached = reached_by(days, "acknowledge_by", "result_by", "again_by")
    for case in with_moments(Case.objects.select_for_update().filter(reached, office=office)):
        owed = limits.owed(case.filed_on, thai.service_date(case.received_at))
        owed["again_by"] = case.taken_up_on and limits.last_day(RESULT, case.taken_up_on)
        if any(getattr(case, name) != value for name, value in owed.items()):
            for name, value in owed.items():
                setattr(case, name, value)
            moved.append(case)
    if moved:
        Case.objects.bulk_update(moved, ["acknowledge_by", "result_by", "found_late", "again_by"], batch_size=200)
        transaction.on_commit(records.tell)


def withdraw(log: Log, after: int) -> None:
    """Put aside the cases of records of `log` after that seq: they do not count any more. Numbers and what staff did
    stay with them, and come back with them. A case that such a record took up again stays taken up: staff have seen it.
    """
    Case.objects.filter(log=log, seq__gt=after).update(apart=True)


def reset() -> None:
    """Nothing to forget: numbers and what staff did must outlive a rebuild, and the rest is written anew."""


def _case(seen: Seen[CaseFiled], limits: Limits) -> Case:
    body = seen.body
    received_on = thai.service_date(seen.received_at)
    filed_on = _believable(body.filed_on, received_on)
    return Case(
        office_id=seen.log.office_id,
        kiosk_id=seen.log.kiosk_id,
        log=seen.log,
        seq=seen.seq,
        category=thai.clean(body.category, chars_max=60),
        text=thai.clean(body.text, chars_max=8000, lines=True),
        place=thai.clean(body.place, chars_max=200),
        contact_name=thai.clean(body.contact_name, chars_max=120),
        contact_phone=thai.clean(body.contact_phone, chars_max=40),
        language=thai.clean(body.language, chars_max=10),
        status_id=body.status_id.hex(),
        state_key=body.state_key,
        filed_on=filed_on,
        received_at=seen.received_at,
        changed_at=seen.received_at,
        **limits.owed(filed_on, received_on),
    )


# The clock runs from the day the kiosk wrote on the citizen's slip; only a day that cannot be true gives way to the
# day of arrival.
_FILED_AGE_MAX = dt.timedelta(days=2 * 365)


def _believable(day: str, received_on: dt.date) -> dt.date:
    claimed = dt.date.fromisoformat(day)
    return claimed if received_on - _FILED_AGE_MAX <= claimed <= received_on else received_on


def _number(office: Office, cases_: Sequence[Case]) -> None:
    """Give each new case the next number of its fiscal year, from one locked counter row a year."""
    by_year: dict[int, list[Case]] = defaultdict(list)
    for case in cases_:
        by_year[thai.fiscal_year(case.filed_on)].append(case)
    for year, members in by_year.items():
        CaseNumber.objects.bulk_create([CaseNumber(office=office, year=year)], ignore_conflicts=True)
        counter = CaseNumber.objects.select_for_update().get(office=office, year=year)
        for n, case in enumerate(members, counter.last + 1):
            case.year, case.n, case.number = year, n, f"ร.{n:04d}/{year}"
        counter.last += len(members)
        counter.save(update_fields=["last"])


def _search(case: Case) -> str:
    return thai.fold(f"{case.number} {case.text} {case.place}")
