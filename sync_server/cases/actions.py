"""What staff do with a case. Each act is one transaction: the case, an event, an audit row.

    acknowledge(actor, case, now=now)
    assign(actor, case, now=now, division=division, staff=staff)
    answer(actor, case, "ซ่อมไฟแล้ว", now=now)          goes to the citizen with the next edition
    note(actor, case, "โทรถามช่างแล้ว", now=now)         stays in the office
    close(actor, case, "ผู้ร้องพอใจ", now=now)            a reason is required

An act that does not fit the case's state raises `NotNow`, whose sentence is for the screen. The audit row tells which
act and which states, never what a citizen or an answer said.
"""

import datetime as dt
import hashlib
from collections.abc import Collection

from django.db import transaction

from shared import thai
from sync_server.cases.clocks import RESULT, Limits
from sync_server.cases.models import Answer, Case, CaseEvent, CaseState, EventKind, Note, works_on_cases
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import Division, Staff
from sync_server.records import actions as records

TEXT_CHARS_MAX = 4000
REASON_CHARS_MAX = 500


class NotNow(Exception):
    """This act does not fit the case as it is; the text says so to the member of staff."""


_OPEN = (CaseState.RECEIVED, CaseState.IN_PROGRESS, CaseState.ANSWERED)


def acknowledge(actor: Actor, case: Case, *, now: dt.datetime) -> Case:
    """The office has seen it and works on it."""
    with transaction.atomic():
        case = _locked(case, (CaseState.RECEIVED,))
        return _moved(actor, case, EventKind.ACKNOWLEDGED, now, state=CaseState.IN_PROGRESS, acknowledged_at=now)


def assign(
    actor: Actor, case: Case, *, now: dt.datetime, division: Division | None = None, staff: Staff | None = None
) -> Case:
    """Give it to a division, a colleague, or both; a colleague's division is taken where none is named."""
    division = division or (staff.division if staff else None)
    if division is None and staff is None:
        raise NotNow("เลือกส่วนราชการหรือผู้รับผิดชอบก่อน")
    if any(x is not None and x.office_id != actor.office.pk for x in (division, staff)):
        raise NotNow("มอบหมายได้เฉพาะภายในหน่วยงาน")
    if staff is not None and not works_on_cases(staff):
        raise NotNow("มอบหมายได้เฉพาะผู้ที่ทำเรื่องได้")
    to = " / ".join(str(x) for x in (division, staff) if x is not None)
    with transaction.atomic():
        case = _locked(case, _OPEN)
        return _moved(actor, case, EventKind.ASSIGNED, now, detail=to, division=division, assigned_to=staff)


def answer(actor: Actor, case: Case, text: str, *, now: dt.datetime) -> Answer:
    """Tell the citizen something; whoever has the code reads it once the next edition is out. An open case is
    acknowledged by it, too.
    """
    kept = _text(text, TEXT_CHARS_MAX, "เขียนคำตอบก่อน")
    with transaction.atomic():
        case = _locked(case, _OPEN)
        given = Answer.objects.create(case=case, at=now, by=_staff(actor), text=kept)
        _moved(
            actor, case, EventKind.ANSWERED, now, state=CaseState.ANSWERED,
            acknowledged_at=case.acknowledged_at or now, answered_at=case.answered_at or now, told=kept,
        )  # fmt: skip
    return given


def note(actor: Actor, case: Case, text: str, *, now: dt.datetime) -> Note:
    """Write something for colleagues only."""
    kept = _text(text, TEXT_CHARS_MAX, "เขียนบันทึกก่อน")
    with transaction.atomic():
        case = _locked(case, tuple(CaseState))
        written = Note.objects.create(case=case, at=now, by=_staff(actor), text=kept)
        _event(actor, case, EventKind.NOTED, now, "")
        record_act(actor, "case.note", "case", case.number, at=now, after={"text_sha256": _digest(kept)})
    return written


def close(actor: Actor, case: Case, reason: str, *, now: dt.datetime) -> Case:
    """End it, for a reason that colleagues can read later."""
    kept = _text(reason, REASON_CHARS_MAX, "ต้องระบุเหตุผล")
    with transaction.atomic():
        case = _locked(case, _OPEN)
        return _moved(actor, case, EventKind.CLOSED, now, detail=kept, state=CaseState.CLOSED, closed_at=now)


def reopen(actor: Actor, case: Case, reason: str, *, now: dt.datetime) -> Case:
    """Take a closed case up again, for a reason. It owes an answer again, by a new deadline."""
    kept = _text(reason, REASON_CHARS_MAX, "ต้องระบุเหตุผล")
    with transaction.atomic():
        case = _locked(case, (CaseState.CLOSED,))
        return _moved(
            actor, case, EventKind.REOPENED, now, detail=kept, state=CaseState.IN_PROGRESS, closed_at=None,
            round=case.round + 1, again_by=Limits(case.office).last_day(RESULT, thai.service_date(now)),
        )  # fmt: skip


_CANNOT = {
    CaseState.RECEIVED: "เรื่องนี้ยังไม่ได้ยุติ",
    CaseState.IN_PROGRESS: "เรื่องนี้อยู่ระหว่างดำเนินการแล้ว",
    CaseState.ANSWERED: "เรื่องนี้แจ้งผลแล้ว",
    CaseState.CLOSED: "เรื่องนี้ยุติแล้ว",
}


def _locked(case: Case, states: Collection[CaseState]) -> Case:
    """The case as it is now, locked; two people pressing at once act one after the other."""
    held = Case.objects.select_for_update().get(pk=case.pk)
    state = CaseState(held.state)
    if state not in states:
        raise NotNow(_CANNOT[state])
    return held


def _moved(
    actor: Actor, case: Case, kind: EventKind, now: dt.datetime, *, detail: str = "", told: str = "", **changes: object
) -> Case:
    before = {name: _plain(getattr(case, name)) for name in changes}
    for name, value in changes.items():
        setattr(case, name, value)
    if "state" in changes:
        case.changed_at = now
        transaction.on_commit(records.tell)
    case.save(update_fields=[*changes, "changed_at"])
    _event(actor, case, kind, now, detail)
    after = {name: _plain(value) for name, value in changes.items()}
    if told:
        after["text_sha256"] = _digest(told)
    reason = detail if kind in (EventKind.CLOSED, EventKind.REOPENED) else ""
    record_act(actor, f"case.{kind.value}", "case", case.number, at=now, reason=reason, before=before, after=after)
    return case


def _event(actor: Actor, case: Case, kind: EventKind, now: dt.datetime, detail: str) -> None:
    CaseEvent.objects.create(case=case, kind=kind, at=now, by=actor.staff, by_name=actor.name, detail=detail)


def _staff(actor: Actor) -> Staff:
    if actor.staff is None:
        raise NotNow("ต้องเข้าสู่ระบบก่อน")
    return actor.staff


def _text(text: str, chars_max: int, when_empty: str) -> str:
    kept = thai.clean(text, chars_max=chars_max, lines=True)
    # Folded, so that a lone zero-width space or full stop is no text.
    if not thai.fold(kept):
        raise NotNow(when_empty)
    return kept


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else str(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
