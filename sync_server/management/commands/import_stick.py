"""`sala-server import-stick /media/stick`: take what a kiosk wrote on a USB stick."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sync_server.ingest.stick import NoStick, take


class Command(BaseCommand):
    """May be repeated, and may run beside the server: what is held already is one copy."""

    help = "Take the records that a kiosk wrote on a USB stick. Nothing on the stick is changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the stick is mounted."""
        parser.add_argument("folder", type=Path, help="where the stick is mounted")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take it, and end with 1 where something was not taken."""
        try:
            told = take(options["folder"], now=timezone.now())
        except NoStick as error:
            raise CommandError(f"{error}. {error.remedy}", returncode=2) from error
        self.stdout.write(f"{told.files} files, {told.records} records are held now")
        for name, reason in told.refused:
            self.stdout.write(f"not taken: {name}: {reason}")
        if told.refused:
            raise CommandError("something stays on the stick; the sentences above say what", returncode=1)
