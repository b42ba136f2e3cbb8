"""What staff decide about praise: whether its words may be shown. Each decision is one transaction with its audit row.

    show(actor, praise, now=now)
    hide(actor, praise, "ระบุชื่อบุคคลที่สาม", now=now)          a reason is required

A decision may be changed; the last one holds, and the audit chain tells all of them. Words are never edited: what a
citizen wrote is shown whole or not at all.
"""

import datetime as dt

from django.db import transaction

from shared import thai
from sync_server.organisations.actions import Actor, record_act
from sync_server.queues.models import Praise, PraiseDecision, PraiseState
from sync_server.queues.queries import DECIDERS

REASON_CHARS_MAX = 300


class NotNow(Exception):
    """This decision cannot be made; the text says so to the member of staff."""


def show(actor: Actor, praise: Praise, *, now: dt.datetime) -> None:
    """The words may be shown to all staff and quoted."""
    _decide(actor, praise, PraiseState.SHOWN, "", now)


def hide(actor: Actor, praise: Praise, reason: str, *, now: dt.datetime) -> None:
    """The words are shown to nobody but those who decide; the praise itself still counts."""
    kept = thai.clean(reason, chars_max=REASON_CHARS_MAX)
    if not thai.fold(kept):
        raise NotNow("ต้องระบุเหตุผล")
    _decide(actor, praise, PraiseState.HIDDEN, kept, now)


def _decide(actor: Actor, praise: Praise, state: PraiseState, reason: str, now: dt.datetime) -> None:
    if actor.staff is None or actor.staff.role not in DECIDERS or praise.office_id != actor.office.pk:
        raise NotNow("เรื่องนี้ปลัดหรือนายกเป็นผู้พิจารณา")
    if not praise.words:
        raise NotNow("คำชมนี้ไม่มีข้อความให้พิจารณา")
    with transaction.atomic():
        before = PraiseDecision.objects.select_for_update().filter(log=praise.log_id, seq=praise.seq).first()
        PraiseDecision.objects.update_or_create(
            log_id=praise.log_id, seq=praise.seq,
            defaults={
                "office": actor.office, "state": state, "reason": reason, "by": actor.staff, "at": now,
            },
        )  # fmt: skip
        record_act(
            actor, f"praise.{state.value}", "praise", f"{praise.log.log_id}/{praise.seq}", at=now, reason=reason,
            before={"state": before.state if before else "waiting"}, after={"state": state.value},
        )  # fmt: skip
