"""A change finds its rating by what it said, not only by where it lay: ratings know the commitment of their record."""

from typing import ClassVar

import msgspec
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

_BATCH = 1_000


def _learn(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The commitment is the last field of a record's header, which stays when the body is erased."""
    Rating, RecordRow = apps.get_model("queues", "Rating"), apps.get_model("records", "RecordRow")
    after = 0
    while batch := list(Rating.objects.filter(pk__gt=after).order_by("pk")[:_BATCH]):
        after = batch[-1].pk
        seqs_of: dict[int, list[int]] = {}
        for rating in batch:
            seqs_of.setdefault(rating.log_id, []).append(rating.seq)
        headers = {
            (log, seq): bytes(header)
            for log, seqs in seqs_of.items()
            for seq, header in RecordRow.objects.filter(log=log, seq__in=seqs).values_list("seq", "header")
        }
        for rating in batch:
            rating.commitment = msgspec.msgpack.decode(headers[rating.log_id, rating.seq])[-1]
        Rating.objects.bulk_update(batch, ["commitment"])


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("queues", "0008_holders"),
        ("records", "0006_repeated"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="rating",
            name="commitment",
            field=models.BinaryField(default=b"", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rating",
            name="of_commitment",
            field=models.BinaryField(blank=True, default=b"", max_length=32),
        ),
        migrations.RunPython(_learn, migrations.RunPython.noop),
    ]
