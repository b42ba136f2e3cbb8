"""What became of tickets, and when counters were open: three tables that the projector "waiting" fills from record 1."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0003_role_reader'),
        ('queues', '0006_words_decisions'),
        ('records', '0005_decisions_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Moved',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('service_date', models.DateField()),
                ('series', models.CharField(max_length=8)),
                ('number', models.PositiveIntegerField()),
                ('move', models.CharField(max_length=20)),
                ('at', models.DateTimeField(null=True)),
                ('edition', models.PositiveBigIntegerField()),
                ('service', models.CharField(blank=True, max_length=60)),
                ('label', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('counter', models.CharField(blank=True, max_length=20)),
                ('action', models.CharField(blank=True, max_length=32)),
                ('waited_ms', models.PositiveIntegerField(null=True)),
                ('walked_ms', models.PositiveIntegerField(null=True)),
                ('served_ms', models.PositiveIntegerField(null=True)),
                ('on_paper', models.BooleanField(default=False)),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='records.log')),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='organisations.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'service_date', 'series', 'number'], name='move_by_ticket')],
                'constraints': [models.UniqueConstraint(fields=('log', 'seq'), name='move_once_per_record')],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('service_date', models.DateField()),
                ('series', models.CharField(max_length=8)),
                ('number', models.PositiveIntegerField()),
                ('nth', models.PositiveSmallIntegerField()),
                ('last', models.BooleanField()),
                ('issued', models.BooleanField()),
                ('service', models.CharField(blank=True, max_length=60)),
                ('label', models.CharField(blank=True, max_length=80)),
                ('priority', models.CharField(blank=True, max_length=60)),
                ('served_as', models.CharField(blank=True, max_length=60)),
                ('hour', models.PositiveSmallIntegerField(null=True)),
                ('counter', models.CharField(blank=True, max_length=20)),
                ('calls', models.PositiveSmallIntegerField()),
                ('transfers', models.PositiveSmallIntegerField()),
                ('walked_in', models.BooleanField()),
                ('on_paper', models.BooleanField()),
                ('end', models.CharField(blank=True, max_length=10)),
                ('waited_ms', models.PositiveBigIntegerField(null=True)),
                ('walked_ms', models.PositiveBigIntegerField(null=True)),
                ('served_ms', models.PositiveBigIntegerField(null=True)),
                ('promise_ms', models.PositiveBigIntegerField(null=True)),
                ('steps_kept', models.JSONField(default=list)),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='records.log')),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='organisations.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'service_date', 'series', 'number', 'nth'), name='outcome_once_per_service')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('service_date', models.DateField()),
                ('counter', models.CharField(blank=True, max_length=20)),
                ('state', models.CharField(choices=[('open', 'Open'), ('pause', 'Pause'), ('closed', 'Closed'), ('day closed', 'Day Closed')], max_length=10)),
                ('at', models.DateTimeField(null=True)),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='records.log')),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='organisations.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'service_date'], name='presence_by_day')],
                'constraints': [models.UniqueConstraint(fields=('log', 'seq'), name='presence_once_per_record')],
            },
        ),
    ]
