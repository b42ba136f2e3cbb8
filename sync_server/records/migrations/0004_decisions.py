"""How far a line counts becomes a number, and each change of it a record of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def _count_through(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A branch that nobody confirmed counts up to where it parted; a revoked kiosk's log as far as it was trusted."""
    Log, Cursor, SetAside = (apps.get_model("records", name) for name in ("Log", "Cursor", "SetAside"))
    Log.objects.filter(counted=False).update(counts_through=models.F("base_seq"))
    for kiosk in apps.get_model("kiosks", "Kiosk").objects.filter(state="revoked"):
        for log_id, seq in kiosk.trusted_through.items():
            Log.objects.filter(kiosk=kiosk, log_id=log_id, branch=0).update(counts_through=seq)
    # What came later was set aside one by one; it is no longer read at all.
    again = SetAside.objects.filter(why="untrusted").values_list("projector", "log_id").distinct()
    for projector, log_id in list(again):
        Cursor.objects.filter(projector=projector, log_id=log_id).delete()
        SetAside.objects.filter(projector=projector, log_id=log_id).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0003_role_reader'),
        ('kiosks', '0001_initial'),
        ('records', '0003_log_backed_up'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='log',
            name='counts_through',
            field=models.PositiveBigIntegerField(blank=True, help_text='last record that counts; empty: all, whatever comes', null=True),
        ),
        migrations.AlterField(
            model_name='setaside',
            name='why',
            field=models.CharField(choices=[('unreadable', 'ยังอ่านไม่ได้ (เวอร์ชันใหม่กว่า)'), ('quarantined', 'กักไว้ตรวจสอบ')], max_length=12),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('fork', 'สายที่แยก'), ('revoked', 'เพิกถอนตู้'), ('quarantine', 'บันทึกที่กักไว้'), ('reinstated', 'เลิกเพิกถอนตู้')], max_length=12)),
                ('counts_through', models.PositiveBigIntegerField(null=True)),
                ('before', models.PositiveBigIntegerField(null=True)),
                ('seen_through', models.PositiveBigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('by_name', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to=settings.AUTH_USER_MODEL)),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='records.log')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='organisations.office')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RunPython(_count_through, migrations.RunPython.noop),
    ]
