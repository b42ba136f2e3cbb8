"""`sala-server backup --to FOLDER`: a verified, encrypted copy of the server, while it runs."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sync_server.backups.actions import back_up
from sync_server.backups.errors import BackupFailed
from sync_server.starting import check_ready


class Command(BaseCommand):
    """For a timer, once a day. Ends with 1 and a sentence where no backup was made."""

    help = "Copy the database online, verify the copy, encrypt it to two recipients and write it to FOLDER."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--to", type=Path, required=True, help="a folder on another machine or disk, mounted here")
        parser.add_argument(
            "--same-disk", action="store_true", help="the folder lies on this disk, and something else carries it away"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, and say what it holds."""
        try:
            check_ready()
            made = back_up(options["to"].absolute(), now=timezone.now(), same_disk=options["same_disk"])
        except BackupFailed as error:
            raise CommandError(f"no backup was made: {error}. {error.remedy}", returncode=1) from error
        except ImproperlyConfigured as error:
            raise CommandError(f"no backup was made: {error}", returncode=1) from error
        held = made.manifest
        self.stdout.write(f"{made.archive}: {held.records} records, {held.archive_bytes} bytes, verified and read back")
        if not made.told:
            self.stdout.write("The server began a new epoch meanwhile; kiosks are told of the next backup.")
        for stem in made.dropped:
            self.stdout.write(f"let go: {stem}")
