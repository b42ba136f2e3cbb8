"""A record that lies in two logs of one kiosk counts once: logs know the one before them, records are found by time."""

import msgspec
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def _name_parents(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The first record of a log, `log.opened`, cites the log before it in its third field."""
    Log, RecordRow = (apps.get_model("records", name) for name in ("Log", "RecordRow"))
    firsts = RecordRow.objects.filter(seq=1, kind="log.opened", schema=1, body__isnull=False)
    for log_pk, body in firsts.values_list("log", "body").iterator():
        parent = bytes(msgspec.msgpack.decode(bytes(body))[2])[:16]
        if parent:
            office_id, log_id = Log.objects.values_list("office", "log_id").get(pk=log_pk)
            Log.objects.filter(office=office_id, log_id=log_id).update(parent=parent.hex())


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_decisions_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='cursor',
            name='repeated',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='log',
            name='parent',
            field=models.CharField(blank=True, db_index=True, help_text='the log that its first record says it goes on from', max_length=32),
        ),
        migrations.AlterField(
            model_name='setaside',
            name='why',
            field=models.CharField(choices=[('unreadable', 'ยังอ่านไม่ได้ (เวอร์ชันใหม่กว่า)'), ('quarantined', 'กักไว้ตรวจสอบ'), ('repeated', 'นับแล้วจากอีกสมุด')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='recordrow',
            index=models.Index(fields=['log', 'wall_ms'], name='record_by_claim'),
        ),
        migrations.RunPython(_name_parents, migrations.RunPython.noop),
    ]
