"""A number that was given out twice on a day is two tickets: the projector "waiting" begins again at record 1, with what
tells one issue from another.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

_NAME = "outcome_once_per_service"


def _forget(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Outcome", "Moved", "Presence"):
        apps.get_model("queues", name).objects.all().delete()
    for name in ("Cursor", "SetAside"):
        apps.get_model("records", name).objects.filter(projector="waiting").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("queues", "0007_waiting"),
        ("records", "0005_decisions_append_only"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunPython(_forget, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="outcome", name=_NAME),
        migrations.AddField(
            model_name="outcome", name="holder", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(
                fields=["office", "service_date", "series", "number", "holder", "nth"], name=_NAME
            ),
        ),
    ]
