"""`sala-server init`: the data folder, the keys, the tables and the office."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sync_server.keys import root_file
from sync_server.setting_up import make_server


class Command(BaseCommand):
    """Run once on a new server; running it again changes nothing that is there."""

    help = "Make the data folder, the keys, the tables and the office."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The office's name in Thai and English."""
        parser.add_argument("--name", required=True, help="ชื่อหน่วยงาน as it stands on papers")
        parser.add_argument("--name-en", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what is missing and say where it is."""
        office, made = make_server(name=options["name"], name_en=options["name_en"], now=timezone.now())
        self.stdout.write(f"{office.name}: ready in {settings.DATA_DIR}")
        if made:
            self.stdout.write(
                f"New keys in {settings.DATA_DIR / 'keys'}: {', '.join(made)}. Copy that folder to a safe place now."
            )
        if root_file().exists():
            self.stdout.write(
                f"The office root lies in {root_file()}. Move it to two sticks, lock them away, delete it here: it is "
                "needed only to roll keys, and whoever has it speaks for this server for ever."
            )
