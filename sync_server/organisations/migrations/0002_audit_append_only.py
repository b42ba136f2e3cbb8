"""The audit log refuses UPDATE and DELETE in the database itself."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_TABLE = "organisations_auditrow"
_SENTENCE = "the audit log is append-only"

_STATEMENTS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{act} BEFORE {act} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for act in ("update", "delete")
    ],
    "postgresql": [
        f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$",
        f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ],
}


def _guard(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _STATEMENTS[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("organisations", "0001_initial")]
    operations: ClassVar[list[migrations.RunPython]] = [migrations.RunPython(_guard)]
