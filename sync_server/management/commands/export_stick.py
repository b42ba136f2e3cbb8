"""`sala-server export-stick /media/stick`: write what goes to kiosks, without taking anything in."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sync_server.ingest.stick import NoStick, give
from sync_server.management.ready import ReadyCommand


class Command(ReadyCommand):
    """May be repeated: what lies there whole is not written again."""

    help = "Write the newest content onto a USB stick, and the answers to what kiosks asked on it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the stick is mounted."""
        parser.add_argument("folder", type=Path, help="where the stick is mounted")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it, and end with 1 where something was not written."""
        try:
            whole = write_back(self, options["folder"], timezone.now())
        except NoStick as error:
            raise CommandError(f"{error}. {error.remedy}", returncode=2) from error
        if not whole:
            raise CommandError("something was not written; the sentences above say what", returncode=1)


def write_back(command: BaseCommand, folder: Path, now: dt.datetime) -> bool:
    """Write what goes back, say what was written, and whether it was all."""
    given = give(folder, now=now)
    edition = f"edition {given.edition} of the content" if given.edition else "no content"
    for new in given.let_in:
        command.stdout.write(f"let in: {new.name}; compare with the kiosk: {' · '.join(new.words)}")
    command.stdout.write(f"{given.answers} answers and {edition} lie on the stick")
    for name, reason in given.failed:
        command.stdout.write(f"not written: {name}: {reason}")
    if not given.failed:
        os.sync()
        command.stdout.write("the stick may be pulled out now")
    return not given.failed
