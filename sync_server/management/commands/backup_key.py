"""`sala-server backup-key FILE`: make a key that opens backups. Two are needed before the first one."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from sync_server.backups import packing, vault
from sync_server.backups.errors import BackupFailed
from sync_server.organisations.actions import record_act
from sync_server.organisations.queries import the_office
from sync_server.setting_up import program
from sync_server.starting import check_ready


class Command(BaseCommand):
    """Each change is in the audit log; the private half is in FILE and nowhere else."""

    help = "Make a key that opens backups (its private half goes into FILE, to be taken away), or list and forget them."

    def add_arguments(self, parser: CommandParser) -> None:
        """A new file, a public half made elsewhere, or one to forget."""
        parser.add_argument("file", type=Path, nargs="?", help="where the private half goes, such as a stick")
        parser.add_argument("--public", metavar="AGE1...", help="add the public half of a key made elsewhere")
        parser.add_argument("--forget", metavar="AGE1...", help="encrypt to this one no longer")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what was asked, and say who can open the next backup."""
        now, keys = timezone.now(), settings.DATA_DIR / packing.KEYS
        before = vault.recipients(keys)
        after = [one for one in before if one != options["forget"]]
        try:
            if options["file"] or options["public"] or options["forget"]:
                check_ready()
            if options["file"]:
                after.append(vault.new_identity(options["file"], now))
            if options["public"]:
                after.append(options["public"])
            if after != before:
                vault.keep_recipients(keys, after)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}; nothing was made", returncode=2) from error
        except BackupFailed as error:
            raise CommandError(f"{error}. {error.remedy}", returncode=2) from error
        except ImproperlyConfigured as error:
            raise CommandError(f"nothing was made: {error}", returncode=2) from error
        if after != before:
            with transaction.atomic():
                record_act(
                    program(the_office()), "backup.key", "backup", "recipients", at=now,
                    before={"recipients": before}, after={"recipients": after},
                )  # fmt: skip
        for one in after:
            self.stdout.write(one)
        if options["file"]:
            self.stdout.write(
                f"{options['file']} opens every backup from the next one on, keys and all. Take it away from this "
                "machine, keep it outside the building, and delete it here."
            )
        if len(after) < vault.RECIPIENTS_MIN:
            self.stdout.write("Make another one: no backup is made before two can open it.")
