"""`sala-server enrol-code --series A --name "ตู้ 1"`: a one-time code for a new kiosk.

`--again` makes one for a kiosk of the fleet that lost its key; it goes on as who it is.
"""

import os
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from sync_server.kiosks.actions import make_code, make_code_again
from sync_server.kiosks.models import Kiosk, KioskState
from sync_server.management.ready import ReadyCommand
from sync_server.organisations.queries import the_office
from sync_server.setting_up import program


class Command(ReadyCommand):
    """Prints the code alone on a line, for people and for scripts."""

    help = "Make a code that lets one kiosk in, once, within ten minutes (by stick: a week)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What the kiosk will be called and which letters its tickets bear."""
        parser.add_argument("--series", help="ticket letters of this device, such as A or AB")
        parser.add_argument("--name", required=True, help="what staff call it")
        parser.add_argument(
            "--again", action="store_true", help="the kiosk of that name lost its key: it goes on as who it is"
        )
        parser.add_argument(
            "--by-stick", action="store_true", help="for a kiosk without a line: lives a week, counts on a stick only"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the code and print it."""
        actor = program(the_office())
        made = {"now": timezone.now(), "random": os.urandom(10), "by_stick": options["by_stick"]}
        try:
            if options["again"]:
                kiosk = Kiosk.objects.get(office=actor.office, name=options["name"], state=KioskState.ENROLLED)
                code = make_code_again(actor, kiosk, **made)
            else:
                code = make_code(actor, options["name"], options["series"] or "", **made)
        except Kiosk.DoesNotExist as error:
            raise CommandError(f"no kiosk of this name may write: {options['name']}") from error
        except Kiosk.MultipleObjectsReturned as error:
            raise CommandError("several kiosks have this name: make the code on the page of the right one") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(code)
