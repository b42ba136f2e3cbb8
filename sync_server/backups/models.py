"""Which backups were made. The files themselves lie elsewhere; these rows say how old the newest one is."""

from typing import ClassVar

from django.db import models

from sync_server.organisations.models import Office


class Backup(models.Model):
    """A backup that was verified, written and read back. `backup_id` and `epoch` are 16 bytes in hex."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="backups")
    backup_id = models.CharField(max_length=32)
    epoch = models.CharField(max_length=32)
    made_at = models.DateTimeField(help_text="when its copy was begun")
    records = models.PositiveBigIntegerField()
    archive_bytes = models.PositiveBigIntegerField()
    folder = models.CharField(max_length=300)
    file_name = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "backup_id"], name="backup_once_per_office"),
        ]

    def __str__(self) -> str:
        return self.file_name
