"""`sala-server staff NAME`: let somebody sign in from the machine itself.

For the first person of a new office, who then adds the others on the desk, and for the day on which nobody is left who
could. The password is printed once; they choose their own at the first sign-in.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from sync_server.management.ready import ReadyCommand
from sync_server.organisations import managing
from sync_server.organisations.models import Role, Staff
from sync_server.organisations.queries import the_office
from sync_server.setting_up import program


class Command(ReadyCommand):
    """Makes a new person, or gives one who is known a new password and lets them back in."""

    help = "Let somebody sign in: the first of all, or who lost the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """The name to sign in with, and for somebody new who that is."""
        parser.add_argument("username", help="the name to sign in with")
        parser.add_argument("--full-name", help="needed for somebody new, with the title")
        parser.add_argument("--position", default="", help="as it should stand in the history of cases")
        parser.add_argument("--role", choices=Role.values, default=Role.ADMIN.value, help="of somebody new")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and print the password."""
        by, now = program(the_office()), timezone.now()
        held = Staff.objects.filter(office=by.office, username=options["username"]).first()
        if held is None:
            if not options["full_name"]:
                raise CommandError("nobody signs in so; for somebody new give --full-name")
            facts = {name: options[name] for name in ("full_name", "position", "role")}
            try:
                held, password = managing.add_staff(by, username=options["username"], facts=facts, now=now)
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from error
        else:
            # In this order: whatever happens in between, the old password opens nothing.
            password = managing.give_password(by, held, now=now)
            managing.change_staff(by, held, {"is_active": True}, now=now)
        self.stdout.write(f"{held.full_name} signs in as {held.username} with {password}, and then chooses another.")
