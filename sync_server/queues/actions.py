"""What staff decide about words of ratings and praise: whether they may be shown. Each decision is one transaction with
its audit row.

    show(actor, praise, now=now)
    hide(actor, explanation, "ระบุชื่อบุคคลที่สาม", now=now)          a reason is required

A decision may be changed; the last one holds, and the audit chain tells all of them. Words are never edited: what a
citizen wrote is shown whole or not at all.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from shared import thai
from sync_server.organisations.actions import Actor, record_act
from sync_server.queues.models import Explanation, Praise, WordsDecision, WordsState
from sync_server.queues.queries import DECIDERS

REASON_CHARS_MAX = 300


class NotNow(Exception):
    """This decision cannot be made; the text says so to the member of staff."""


#: What the audit chain calls each.
_KINDS: Final[Mapping[type, str]] = {Praise: "praise", Explanation: "explanation"}


def show(actor: Actor, row: Praise | Explanation, *, now: dt.datetime) -> None:
    """The words may be shown to all staff and quoted."""
    _decide(actor, row, WordsState.SHOWN, "", now)


def hide(actor: Actor, row: Praise | Explanation, reason: str, *, now: dt.datetime) -> None:
    """The words are shown to nobody but those who decide; the praise or rating itself still counts."""
    kept = thai.clean(reason, chars_max=REASON_CHARS_MAX)
    if not thai.fold(kept):
        raise NotNow("ต้องระบุเหตุผล")
    _decide(actor, row, WordsState.HIDDEN, kept, now)


def _decide(actor: Actor, row: Praise | Explanation, state: WordsState, reason: str, now: dt.datetime) -> None:
    if actor.staff is None or actor.staff.role not in DECIDERS or row.office_id != actor.office.pk:
        raise NotNow("เรื่องนี้ปลัดหรือนายกเป็นผู้พิจารณา")
    if not row.words:
        raise NotNow("ไม่มีข้อความให้พิจารณา")
    kind = _KINDS[type(row)]
    with transaction.atomic():
        before = WordsDecision.objects.select_for_update().filter(log=row.log_id, seq=row.seq).first()
        WordsDecision.objects.update_or_create(
            log_id=row.log_id, seq=row.seq,
            defaults={
                "office": actor.office, "state": state, "reason": reason, "by": actor.staff, "at": now,
            },
        )  # fmt: skip
        record_act(
            actor, f"{kind}.{state.value}", kind, f"{row.log.log_id}/{row.seq}", at=now, reason=reason,
            before={"state": before.state if before else "waiting"}, after={"state": state.value},
        )  # fmt: skip
