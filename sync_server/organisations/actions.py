"""Who did what: the one way into the audit log.

`record_act` is called inside the transaction of the act it describes: either both are kept or neither. Example:

    with transaction.atomic():
        case.close(...)
        record_act(by, "case.close", "case", case.number, at=now, reason=reason)
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from sync_server.organisations.models import AuditRow, Office, Staff

# The hash "before the first row".
AUDIT_ORIGIN = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff, or the program itself (`staff` None and `name` saying which part of it)."""

    office: Office
    name: str
    staff: Staff | None = None
    ip: str = ""

    @classmethod
    def of(cls, staff: Staff, ip: str = "") -> "Actor":
        """The actor for a signed-in member of staff."""
        return cls(staff.office, staff.full_name, staff, ip)


def record_act(
    actor: Actor,
    act: str,
    object_kind: str,
    object_id: str,
    *,
    at: dt.datetime,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> AuditRow:
    """Append one row to the office's audit chain and return it.

    Must run in a transaction. The office row is locked meanwhile, so rows of one office are numbered one after another.
    `before` and `after` hold short facts (a state, a name of a division), never what a citizen wrote.
    """
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=actor.office.pk)
        last = AuditRow.objects.filter(office=actor.office).order_by("-seq").first()
        row = AuditRow(
            office=actor.office,
            seq=last.seq + 1 if last else 1,
            at=at,
            actor=actor.staff,
            actor_name=actor.name,
            role=actor.staff.role if actor.staff else "",
            act=act,
            object_kind=object_kind,
            object_id=object_id,
            reason=reason,
            ip=actor.ip,
            before=_json(before),
            after=_json(after),
            prev=last.hash if last else AUDIT_ORIGIN,
        )
        row.hash = audit_hash(row)
        row.save(force_insert=True)
    return row


def audit_hash(row: AuditRow) -> str:
    """SHA-256 in hex over every field of the row and the hash before it, as one JSON array."""
    fields = [
        "sala/v1/audit",
        row.office.office_id,
        row.seq,
        row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        row.actor_id,
        row.actor_name,
        row.role,
        row.act,
        row.object_kind,
        row.object_id,
        row.reason,
        row.ip,
        row.before,
        row.after,
        row.prev,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _json(facts: Mapping[str, object] | None) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else ""
