"""`sala-server restore FILE --identity FILE`: a backup into an empty machine."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sync_server.backups.errors import BackupFailed, RestoreRefused
from sync_server.backups.restoring import restore


class Command(BaseCommand):
    """Ends with 2 and a sentence where nothing was restored."""

    help = "Restore a backup into an empty data folder. Nothing that is there is written over."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The archive, and a key that opens it."""
        parser.add_argument("file", type=Path, help="the archive, sala-....tar.zst.age, its manifest beside it")
        parser.add_argument("--identity", type=Path, required=True, help="the file that 'backup-key' wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, and say what a person must know before starting the server."""
        try:
            told = restore(options["file"].absolute(), options["identity"], now=timezone.now())
        except (RestoreRefused, BackupFailed) as error:
            raise CommandError(f"not restored: {error}. {error.remedy}", returncode=2) from error
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(f"not restored: {error}", returncode=2) from error
        held = told.manifest
        self.stdout.write(f"restored: {held.records} records as of {held.made_at.isoformat(timespec='minutes')}")
        self.stdout.write(f"receipts are signed by {told.receipts_key}; new epoch {told.epoch}")
        for kiosk in told.kiosks:
            seen = "never" if kiosk.seen_at is None else kiosk.seen_at.isoformat(timespec="minutes")
            self.stdout.write(f"sends again at its next contact: {kiosk.name} ({kiosk.held} records held, seen {seen})")
        for warning in told.warnings:
            self.stdout.write(f"warning: {warning}")
        self.stdout.write("Start the server; print no report before every kiosk above has been in contact.")
