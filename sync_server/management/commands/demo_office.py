"""`sala-server demo-office`: the fictional office with its staff and content."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.module_loading import import_string

from shared.keys import PASSPHRASE_CHARS_MIN
from sync_server.setting_up import make_demo_office, make_demo_readers


class Command(BaseCommand):
    """For trying out and for tests; nobody in it exists."""

    help = "Make the fictional office Sala Thong with its staff and content, and print the sign-ins once."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One password for everybody where a script must know it; the office alone where content is not wanted."""
        parser.add_argument("--password", help="for every demo person (else one is made up for each)")
        parser.add_argument("--without-content", action="store_true", help="the office and its staff only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what is missing, publish the sample content, print who can sign in."""
        people = make_demo_office(now=timezone.now(), password=options["password"])
        office = people[0].staff.office
        if not options["without_content"]:
            # One pass phrase for all of them: in a demo somebody has to try every chair.
            given = options["password"] or ""
            phrase = given if len(given) >= PASSPHRASE_CHARS_MIN else secrets.token_hex(8)
            people += make_demo_readers(office, phrase, now=timezone.now(), password=options["password"])
            self.stdout.write(f"Sealed cases open with the pass phrase {phrase}")
        for person in people:
            shown = person.password or "(as before)"
            self.stdout.write(
                f"{person.staff.username:10} {shown:14} {person.staff.position}, {person.staff.full_name}"
            )
        if options["without_content"]:
            return
        import_string(settings.SALA_SAMPLE_PUBLISHER)(office, now=timezone.now())
        self.stdout.write("The sample content is published.")
