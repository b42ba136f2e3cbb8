"""One table of decisions about words: those of praise, and now those of ratings too."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("queues", "0005_praise_decisions"),
        ("organisations", "0003_role_reader"),
        ("records", "0002_log_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint("PraiseDecision", "praise_decided_once"),
        migrations.RemoveConstraint("PraiseDecision", "praise_state_known"),
        migrations.RenameModel("PraiseDecision", "WordsDecision"),
        migrations.RenameIndex("WordsDecision", new_name="words_decision_by_office", old_name="praise_decision_by_office"),
        migrations.AlterField(
            "WordsDecision", "by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="words_decisions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "WordsDecision", "log",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="words_decisions",
                to="records.log",
            ),
        ),
        migrations.AlterField(
            "WordsDecision", "office",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="words_decisions",
                to="organisations.office",
            ),
        ),
        migrations.AddConstraint(
            "WordsDecision", models.UniqueConstraint(fields=["log", "seq"], name="words_decided_once")
        ),
        migrations.AddConstraint(
            "WordsDecision",
            models.CheckConstraint(condition=models.Q(state__in=["shown", "hidden"]), name="words_state_known"),
        ),
    ]  # fmt: skip
