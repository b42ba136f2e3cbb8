"""`sala-server manage reader council_chair --staff username`: who reads complaints about people, as which position.

The named person makes the key themselves, on the desk's page for sealed cases, under a pass phrase that nobody else
hears. `--recovery FILE` makes the recovery key instead: its private half goes into FILE, once, to be taken away from
here on paper or a stick; this server keeps the public half.
"""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from shared import keys
from shared.keys import ReadingKey
from sync_server.management.ready import ReadyCommand
from sync_server.organisations.models import Staff
from sync_server.organisations.queries import the_office
from sync_server.sealed.actions import NotNow, keep_recovery_key, name_reader
from sync_server.setting_up import program

_SEED_BYTES = 96


class Command(ReadyCommand):
    """Names a reader, or makes the recovery key."""

    help = "Name who reads complaints about people as a position of the routes, or make the recovery key."

    def add_arguments(self, parser: CommandParser) -> None:
        """A position and a person, or a file."""
        parser.add_argument("reader", nargs="?", help="id of a reader in the office's content, such as council_chair")
        parser.add_argument("--staff", help="the sign-in name of who holds that position")
        parser.add_argument("--recovery", type=Path, help="make the recovery key; its private half goes into this file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one of the two."""
        if options["recovery"]:
            self._recovery(options["recovery"])
        elif options["reader"] and options["staff"]:
            self._name(options["reader"], options["staff"])
        else:
            raise CommandError("name a reader and --staff, or give --recovery FILE")

    def _name(self, reader: str, username: str) -> None:
        office = the_office()
        staff = Staff.objects.filter(office=office, username=username).first()
        if staff is None:
            raise CommandError(f"nobody signs in as {username!r}")
        try:
            seat = name_reader(program(office), reader, staff, now=timezone.now())
        except NotNow as error:
            raise CommandError(str(error)) from error
        then = "has a key" if seat.key_id else "now makes a key on the desk, under sealed cases"
        self.stdout.write(f"{staff.full_name} reads as {reader} and {then}; publish afterwards.")

    def _recovery(self, path: Path) -> None:
        private = ReadingKey(os.urandom(_SEED_BYTES))
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}; nothing was made") from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(keys.write(private))
            file.flush()
            os.fsync(file.fileno())
        keep_recovery_key(program(the_office()), private.public.raw, private.public.id, now=timezone.now())
        self.stdout.write(f"Take {path} away from this machine, keep it outside the office, and publish.")
