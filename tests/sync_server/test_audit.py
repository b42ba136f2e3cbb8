"""The audit log: append-only in the database itself, and a chain that shows what was done to it."""

import pytest
from django.db import DatabaseError, connection, transaction

from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import AuditRow
from sync_server.organisations.queries import audit_of, verify_audit


@pytest.fixture
def rows(server, staff):
    """Five acts of the clerk."""
    actor = Actor.of(staff("palad"), "192.0.2.7")
    return [
        record_act(actor, "case.note", "case", f"ร.{n:04d}/2570", at=server.now, reason="เหตุผล", after={"n": n})
        for n in range(5)
    ]


def test_an_intact_log_verifies(server, rows):
    """Rows are numbered without gaps and each names the one before; nothing is reported."""
    assert [row.seq for row in rows] == list(range(rows[0].seq, rows[0].seq + 5))
    assert not list(verify_audit(server.office))
    assert [row.reason for row in audit_of(server.office, "case", "ร.0003/2570")] == ["เหตุผล"]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_a_row(server, rows, act):
    """UPDATE and DELETE fail, whoever asks."""
    chosen = AuditRow.objects.filter(pk=rows[2].pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        chosen.update(reason="x") if act == "update" else chosen.delete()
    assert not list(verify_audit(server.office))


def _without_guard(sql: str, *parameters: object) -> None:
    """What someone with the database in their hands could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_delete")
        else:
            cursor.execute("ALTER TABLE organisations_auditrow DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)


@pytest.mark.parametrize("column", ["actor_name", "act", "object_id", "reason", "ip", "after", "at"])
def test_a_changed_field_is_found(server, rows, column):
    """Every column of a row is under its hash."""
    value = "2020-01-01 00:00:00+00:00" if column == "at" else "x"
    # The column's name comes from the list above.
    _without_guard(f'UPDATE organisations_auditrow SET "{column}" = %s WHERE id = %s', value, rows[2].pk)  # noqa: S608
    assert list(verify_audit(server.office)) == [f"row {rows[2].seq} was changed"]


def test_a_removed_row_is_found(server, rows):
    """A missing row is named."""
    _without_guard("DELETE FROM organisations_auditrow WHERE id = %s", rows[2].pk)
    assert list(verify_audit(server.office)) == [f"rows {rows[2].seq} to {rows[2].seq} are missing"]


def test_a_row_rewritten_with_a_fresh_hash_is_found(server, rows):
    """Whoever recomputes one row's hash still has the next row against them."""
    row = AuditRow.objects.get(pk=rows[2].pk)
    row.reason = "แก้ไข"
    from sync_server.organisations.actions import audit_hash

    sql = "UPDATE organisations_auditrow SET reason = %s, hash = %s WHERE id = %s"
    _without_guard(sql, row.reason, audit_hash(row), row.pk)
    assert list(verify_audit(server.office)) == [f"row {row.seq + 1} does not follow the row before it"]
