"""A code for a kiosk without a line lives longer, and counts on a stick only."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kiosks', '0003_revocations_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='enrolmentcode',
            name='by_stick',
            field=models.BooleanField(default=False),
        ),
    ]
