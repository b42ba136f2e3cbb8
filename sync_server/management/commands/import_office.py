"""`sala-server manage import_office FOLDER`: read an office's folder into the draft."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from shared.source import SourceRefused
from sync_server.content.actions import import_draft
from sync_server.content.importer import read_source
from sync_server.content.queries import draft_of_another_office
from sync_server.management.ready import ReadyCommand
from sync_server.organisations.actions import Actor
from sync_server.organisations.queries import the_office


class Command(ReadyCommand):
    """Changes the draft only; staff publish it from the content page."""

    help = "Read an office's folder of TOML files into the draft that the next edition is published from."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which folder."""
        parser.add_argument("folder", type=Path, help="such as assets/office-sample")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import and say what publishing would change; refuse with every problem by file and field."""
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder")
        office = the_office()
        try:
            source = read_source(folder)
            found = import_draft(Actor(office, "sala-server"), source, now=timezone.now())
        except SourceRefused as refused:
            raise CommandError(f"{refused}\n{refused.remedy}") from refused
        counted = f"{len(source.services)} services, {len(source.notices)} notices"
        self.stdout.write(f"{source.office.name.th}: {counted} in the draft.")
        for words, names in (("new", found.new), ("changed", found.changed), ("gone", found.gone)):
            if names:
                self.stdout.write(f"{words}: {', '.join(names)}")
        if not found:
            self.stdout.write("Kiosks already show all of this.")
        if strangers := draft_of_another_office(office):
            self.stdout.write("These name another office. Look at them before you publish:")
            self.stdout.writelines(f"  {each}\n" for each in strangers)
