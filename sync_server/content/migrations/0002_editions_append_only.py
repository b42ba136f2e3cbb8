"""Editions refuse UPDATE and DELETE, pieces refuse UPDATE, in the database itself."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_REFUSED = (("content_edition", "update"), ("content_edition", "delete"), ("content_piece", "update"))
_SENTENCE = "what was published does not change"

_STATEMENTS = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for table, act in _REFUSED
    ],
    "postgresql": [
        "CREATE FUNCTION content_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$",
        *(
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION content_refuse()"
            for table, act in _REFUSED
        ),
    ],
}


def _guard(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _STATEMENTS[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("content", "0001_initial")]
    operations: ClassVar[list[migrations.RunPython]] = [migrations.RunPython(_guard)]
