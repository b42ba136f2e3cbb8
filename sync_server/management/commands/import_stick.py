"""`sala-server import-stick /media/stick`: take what a kiosk wrote on a USB stick, and write what goes back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from sync_server.ingest.stick import NoStick, take
from sync_server.management.commands.export_stick import write_back
from sync_server.management.ready import ReadyCommand
from sync_server.projectors import catch_up


class Command(ReadyCommand):
    """May be repeated, and may run beside the server: what is held already is one copy."""

    help = "Take the records that kiosks wrote on a USB stick, and write the answers and the content back onto it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the stick is mounted."""
        parser.add_argument("folder", type=Path, help="where the stick is mounted")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take it, and end with 1 where something was not taken or not written."""
        now = timezone.now()
        try:
            told = take(options["folder"], now=now)
        except NoStick as error:
            raise CommandError(f"{error}. {error.remedy}", returncode=2) from error
        self.stdout.write(f"{told.files} files, {told.records} records are held now")
        for name, reason in told.refused:
            self.stdout.write(f"not taken: {name}: {reason}")
        # The server beside it looks by itself within a minute; a clerk who has just taken a stick looks at once.
        catch_up()
        whole = write_back(self, options["folder"], now)
        if told.refused or not whole:
            raise CommandError("something stays to be done; the sentences above say what", returncode=1)
