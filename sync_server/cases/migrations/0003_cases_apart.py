"""A case whose record does not count is put aside."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_citizens_return_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='apart',
            field=models.BooleanField(default=False, help_text='its record does not count'),
        ),
    ]
