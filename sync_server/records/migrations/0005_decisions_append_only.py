"""Decisions refuse UPDATE and DELETE in the database itself; what they replace is dropped."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

_TABLE = "records_decision"
_SENTENCE = "a decision does not change; a later one takes its place"

_STATEMENTS = {
    "sqlite": [
        f"CREATE TRIGGER {_TABLE}_no_{act} BEFORE {act} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for act in ("update", "delete")
    ],
    "postgresql": [
        f"CREATE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$",
        f"CREATE TRIGGER {_TABLE}_no_change BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION decisions_refuse()",
    ],
}


def _guard(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _STATEMENTS[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0004_decisions")]
    operations: ClassVar[list[Operation]] = [
        migrations.RemoveField("log", "counted"),
        migrations.RemoveField("log", "counted_by"),
        migrations.RunPython(_guard),
    ]
