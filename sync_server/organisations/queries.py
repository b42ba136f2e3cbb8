"""Reads of the office: its settings, its closed days, and whether the audit log still chains."""

import datetime as dt
from collections.abc import Iterator

from sync_server.organisations.actions import AUDIT_ORIGIN, audit_hash
from sync_server.organisations.models import AuditRow, Division, Holiday, Office, Staff


def the_office() -> Office:
    """The office this server serves. Raises `Office.DoesNotExist` before `sala-server init`."""
    found = Office.objects.raw("SELECT * FROM organisations_office ORDER BY id LIMIT 1")
    office = next(iter(found), None)
    if office is None:
        raise Office.DoesNotExist("no office")
    return office


def divisions(office: Office) -> list[Division]:
    """The office's divisions in the order the office gave them."""
    return list(Division.objects.filter(office=office))


def people(office: Office) -> list[Staff]:
    """Everybody who signs in or once did; who left comes last."""
    return list(Staff.objects.filter(office=office).select_related("division").order_by("-is_active", "full_name"))


def holidays(office: Office, *, since: dt.date) -> list[Holiday]:
    """The office's own closed days from `since` on, in order."""
    return list(Holiday.objects.filter(office=office, day__gte=since))


def closed_days(office: Office) -> frozenset[dt.date]:
    """The dates of the office's own table of holidays; Saturdays and Sundays are closed anyway and are not listed."""
    return frozenset(Holiday.objects.filter(office=office).values_list("day", flat=True))


def audit_of(office: Office, object_kind: str, object_id: str) -> list[AuditRow]:
    """What was done to one object, newest first."""
    return list(AuditRow.objects.filter(office=office, object_kind=object_kind, object_id=object_id))


def verify_audit(office: Office, *, using: str = "default") -> Iterator[str]:
    """Walk the audit chain from its first row; yield one sentence for each row that does not fit (nothing when all is
    well). `using` names the database, such as a backup's copy.
    """
    prev, seq = AUDIT_ORIGIN, 0
    rows = AuditRow.objects.using(using).filter(office=office.pk).select_related("office").order_by("seq")
    for row in rows.iterator(chunk_size=2000):
        seq += 1
        if row.seq != seq:
            yield f"rows {seq} to {row.seq - 1} are missing"
            seq = row.seq
        elif row.prev != prev:
            yield f"row {row.seq} does not follow the row before it"
        if audit_hash(row) != row.hash:
            yield f"row {row.seq} was changed"
        prev = row.hash
