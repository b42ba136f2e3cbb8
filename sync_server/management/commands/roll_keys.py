"""`sala-server roll-keys --root FILE`: new keys for the server, told to the kiosks by a key list the office root signs.

    sala-server roll-keys --root /media/stick/root.key sealing            the sealing key, every six months
    sala-server roll-keys --root /media/stick/root.key receipts bundle    what signs, every year
    sala-server roll-keys --root /media/stick/root.key                    all three: after a theft or a loss
    sala-server roll-keys --root OLD --new-root NEW                       the root itself, every five years
    sala-server roll-keys --root-is-lost NEW                              nobody has it any more: visit every kiosk

The server may run meanwhile; it uses the new keys from the next request on. Old sealing keys stay and go on opening.
Each kiosk hears of the list with its next edition, over the line or by stick, however long it was away.
"""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shared import keys
from shared.errors import KeyRefused
from shared.keys import SigningKey
from sync_server import keys as own
from sync_server.content.actions import publish_statuses
from sync_server.organisations.actions import record_act
from sync_server.organisations.queries import the_office
from sync_server.setting_up import program


class Command(BaseCommand):
    """Rolls keys; a broken-off run leaves the keys as they were, and is simply run again."""

    help = "Make new server keys and the key list that tells kiosks of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The root's key files, and what is to be new."""
        parser.add_argument("roles", nargs="*", metavar="KEY", help="receipts, bundle, sealing; none named: all")
        root = parser.add_mutually_exclusive_group(required=True)
        root.add_argument("--root", type=Path, action="append", help="key file of the office root")
        root.add_argument(
            "--root-is-lost", type=Path, metavar="NEW", help="make a root in this file and enrol every kiosk again"
        )
        parser.add_argument("--new-root", type=Path, default=None, help="make another root in this file, for good")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Roll, publish, and leave a copy of the list beside the root."""
        if options["root_is_lost"]:
            self._begin_again(options["root_is_lost"], other=bool(options["roles"] or options["new_root"]))
            return
        new_root: Path | None = options["new_root"]
        roles = options["roles"] or ([] if new_root else list(own.ROLES))
        unknown = sorted(set(roles) - set(own.ROLES))
        if unknown:
            raise CommandError(f"no such key: {', '.join(unknown)}; there are {', '.join(own.ROLES)}")
        roots = [_read(path) for path in options["root"]]
        successor = [_make(new_root)] if new_root else []
        now = timezone.now()
        try:
            held = own.roll(roles, roots, now_ms=int(now.timestamp() * 1000), new_roots=successor)
        except own.NotRolled as error:
            if new_root:
                new_root.unlink()
            raise CommandError(str(error)) from error
        office = the_office()
        rolled = [*roles, *(["root"] if successor else [])]
        record_act(program(office), "keys.roll", "keys", str(held.list.number), at=now, after={"keys": rolled})
        edition = publish_statuses(office, now=now)
        self.stdout.write(f"Key list {held.list.number}: new {', '.join(rolled)}.")
        if edition is None:
            self.stdout.write("There is no edition yet; kiosks hear of it with the first one, or when they ask.")
        else:
            self.stdout.write(f"Edition {edition.number} tells the kiosks.")
        for path in [*options["root"], *([new_root] if new_root else [])]:
            self._leave_copy(path.parent, held.list.number, held.signed)
        self.stdout.write("Copy the keys folder again, and take the root away from this machine.")

    def _begin_again(self, path: Path, *, other: bool) -> None:
        if other:
            raise CommandError("no key is rolled with a lost root: enrol every kiosk again first")
        now, root = timezone.now(), _make(path)
        try:
            held = own.begin_again(root, now_ms=int(now.timestamp() * 1000))
        except own.NotRolled as error:
            path.unlink()
            raise CommandError(str(error)) from error
        office = the_office()
        record_act(program(office), "keys.roll", "keys", str(held.list.number), at=now, after={"keys": ["root"]})
        publish_statuses(office, now=now)
        self._leave_copy(path.parent, held.list.number, held.signed)
        self.stdout.write(
            f"Key list {held.list.number}: a new root. Kiosks go on as they are. Make a code for each on its page and"
            " enrol it again; roll no key before the last of them. Take the root away from this machine."
        )

    def _leave_copy(self, folder: Path, number: int, signed: bytes) -> None:
        """The newest list goes with the root: with both, a server that lost all its keys speaks to its kiosks again."""
        path = folder / own.list_name(number)
        try:
            path.write_bytes(signed)
        except OSError as error:
            self.stdout.write(f"{path} was not written ({error.strerror}): copy keys/lists to the root's sticks.")


def _read(path: Path) -> SigningKey:
    try:
        key = keys.parse(path.read_text("ascii"))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except (KeyRefused, UnicodeDecodeError) as error:
        raise CommandError(f"{path} is no key file: {error}") from error
    if not isinstance(key, SigningKey):
        raise CommandError(f"{path} is not an office root")
    return key


def _make(path: Path) -> SigningKey:
    key = SigningKey(os.urandom(keys.KEY_BYTES))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}; nothing was made") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(keys.write(key))
        file.flush()
        os.fsync(file.fileno())
    return key
