"""Restoring a backup into an empty machine: `sala-server restore FILE --identity IDENTITY`.

    told = restore(archive, identity, now=now)

The rules of this file:
1. Nothing is written over: a machine that holds keys, a database or an anchor is refused.
2. Everything is unpacked and looked at in `restoring/` of the data folder first; while that folder is there, the server
   does not start and `init` makes nothing. A restore that was cut short is simply begun again.
3. The restored server begins a new epoch: what older backups promised the kiosks counts no more, and each kiosk sends
   again what this server lacks.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from shared import archive
from shared.archive import ARCHIVE_SUFFIX, MANIFEST_SUFFIX, Manifest
from shared.errors import SalaError
from shared.keys import VerifyKey
from sync_server import keys
from sync_server.backups import packing, vault
from sync_server.backups.actions import hash_of
from sync_server.backups.copying import COPY, DUMP_NAME, SQLITE_NAME, looked_at, restore_dump
from sync_server.backups.errors import CopyUnsound, NewerBackup, NotEmpty, NotWhole, RestoreRefused
from sync_server.backups.verifying import verify
from sync_server.files import sync_folder
from sync_server.kiosks.models import Kiosk, KioskState
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.queries import the_office
from sync_server.records import actions as records
from sync_server.restoring import FOLDER

#: Kiosks give up bodies this long after a backup held them; an older backup may lack some for good.
OLD_AFTER = dt.timedelta(days=35)
#: What a data folder may hold and still be empty: made by `sala-server` itself, or by the file system.
_MADE_BY_STARTING = frozenset({"static", "lost+found", FOLDER})


@dataclass(frozen=True, slots=True)
class SendsAgain:
    """A kiosk that will send again what the backup lacks: how many records the backup holds, and when it was last
    heard of by then.
    """

    name: str
    held: int
    seen_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: the manifest, the new epoch (hex), the key that signs receipts, who sends again, and warnings
    for a person.
    """

    manifest: Manifest
    epoch: str
    receipts_key: str
    kiosks: list[SendsAgain]
    warnings: list[str]


def restore(file: Path, identity: Path, *, now: dt.datetime, random: Callable[[int], bytes] = os.urandom) -> Restored:
    """Restore the backup whose archive is `file` into this machine's empty data folder (and empty PostgreSQL database).

    Raises `RestoreRefused` or `CopyUnsound`; no server then starts from what was written.
    """
    _refuse_unless_empty()
    manifest, check = _manifest_of(file)
    if manifest.database != connection.vendor:
        raise RestoreRefused(f"the backup is one of {manifest.database}, and this server runs on {connection.vendor}")
    if file.stat().st_size != manifest.archive_bytes or hash_of(file) != manifest.archive_hash:
        raise NotWhole(f"{file.name} is not the archive that was written: it was cut short or changed")
    with _staged() as stage:
        database = _unpacked(file, identity, stage)
        own = keys.keys_in(stage / packing.KEYS)
        try:
            check(own.receipt_keys)
        except SalaError as error:
            raise NotWhole("the manifest was not signed by the server whose keys are in the archive") from error
        with looked_at(database):
            _judge(manifest)
        keys.make(stage / packing.KEYS)  # the one that no backup carries
        _move_in(stage, database)
    call_command("migrate", verbosity=0)
    epoch = _begin(manifest, file, now, random)
    return Restored(manifest, epoch, own.receipts.public.id.hex(), _kiosks(), _warnings(file, manifest, now))


# --- what a machine must be like ------------------------------------------------------------------------------------


def _refuse_unless_empty() -> None:
    unfinished = (settings.DATA_DIR / FOLDER).exists()
    there = {path.name for path in settings.DATA_DIR.iterdir()} - _MADE_BY_STARTING
    if there and not unfinished:
        raise NotEmpty(f"{settings.DATA_DIR} is not empty: {', '.join(sorted(there))}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if tables:
            raise NotEmpty(f"the database {connection.settings_dict['NAME']} holds tables already")


@contextmanager
def _staged() -> Iterator[Path]:
    """The folder `restoring/`, which goes only when all is in its place."""
    stage: Path = settings.DATA_DIR / FOLDER
    if stage.exists():
        shutil.rmtree(stage)
    stage.mkdir(mode=0o700)
    sync_folder(settings.DATA_DIR)
    try:
        yield stage
    except BaseException:
        if {path.name for path in settings.DATA_DIR.iterdir()} <= _MADE_BY_STARTING:
            shutil.rmtree(stage)  # nothing was moved in yet: the machine is as empty as before
        raise
    shutil.rmtree(stage)
    sync_folder(settings.DATA_DIR)


# --- what a backup must be like -------------------------------------------------------------------------------------


def _manifest_of(file: Path) -> tuple[Manifest, Callable[[Iterable[VerifyKey]], None]]:
    if not file.name.endswith(ARCHIVE_SUFFIX):
        raise RestoreRefused(f"{file.name} is no archive of a backup: name the file that ends in {ARCHIVE_SUFFIX}")
    beside = file.with_name(file.name.removesuffix(ARCHIVE_SUFFIX) + MANIFEST_SUFFIX)
    try:
        return archive.read_manifest(beside.read_bytes())
    except OSError as error:
        raise NotWhole(f"{beside}: {error.strerror}; a backup is two files, and this one must lie beside it") from error
    except SalaError as error:
        raise NotWhole(f"{beside.name} is not the manifest it should be: {error}") from error


def _unpacked(file: Path, identity: Path, stage: Path) -> Path:
    packed = stage / "packed"
    with file.open("rb") as sealed, packed.open("wb") as plain:
        vault.unseal(sealed, plain, identity)
    with packed.open("rb") as plain:
        database = packing.unpack(plain, stage)
    packed.unlink()
    return database


def _judge(manifest: Manifest) -> None:
    """Refuse unless the copy that is looked at is sound, of a known version, and holds just what its manifest says."""
    loader = MigrationExecutor(connections[COPY]).loader
    if unknown := sorted(".".join(one) for one in set(loader.applied_migrations) - set(loader.disk_migrations)):
        raise NewerBackup(f"this version does not know {', '.join(unknown)}")
    held = verify(COPY)
    said = (manifest.office.hex(), manifest.epoch.hex(), manifest.records, manifest.logs)
    if (held.office, held.epoch, held.records, held.logs) != said:
        raise CopyUnsound("the database is not the one that its manifest describes")


# --- moving in ------------------------------------------------------------------------------------------------------


def _move_in(stage: Path, database: Path) -> None:
    data: Path = settings.DATA_DIR
    # What an earlier try of this very restore moved in, before it was cut short.
    shutil.rmtree(data / packing.KEYS, ignore_errors=True)
    for leftover in (*data.glob(f"{SQLITE_NAME}*"), data / "anchor.json"):
        leftover.unlink(missing_ok=True)
    if database.name == DUMP_NAME:
        restore_dump(database, str(connection.settings_dict["NAME"]))
    else:
        database.rename(data / SQLITE_NAME)
    (stage / packing.KEYS).rename(data / packing.KEYS)
    for path in (*(data / packing.KEYS).rglob("*"), *data.glob(SQLITE_NAME)):
        if path.is_file():
            _sync_file(path)
    sync_folder(data / packing.KEYS)
    sync_folder(data)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _begin(manifest: Manifest, file: Path, now: dt.datetime, random: Callable[[int], bytes]) -> str:
    office = the_office()
    reason = f"restored from {file.name.removesuffix(ARCHIVE_SUFFIX)}"
    epoch = records.restored(office, reason, now=now, epoch=random(16))
    record_act(
        Actor(office, "sala-server"), "backup.restore", "backup", manifest.backup.hex(), at=now,
        after={"epoch": epoch.epoch, "records": manifest.records},
    )  # fmt: skip
    return epoch.epoch


def _kiosks() -> list[SendsAgain]:
    enrolled = Kiosk.objects.filter(office=the_office(), state=KioskState.ENROLLED)
    return [
        SendsAgain(kiosk.name, sum(log.seq - log.base_seq for log in kiosk.logs.all()), kiosk.seen_at)
        for kiosk in enrolled.prefetch_related("logs").order_by("name")
    ]


def _warnings(file: Path, manifest: Manifest, now: dt.datetime) -> list[str]:
    found = []
    age = now - manifest.made_at
    if age > OLD_AFTER:
        found.append(
            f"The backup is {age.days} days old. Kiosks keep what a backup holds for 35 days: what only newer backups "
            "hold may be gone for good. Look for a newer one before you go on."
        )
    stems = (archive.read_stem(path.name) for path in file.parent.iterdir() if path.name.endswith(MANIFEST_SUFFIX))
    newest = max((stem for stem in stems if stem is not None), default=None)
    mine = archive.read_stem(file.name)
    if newest is not None and mine is not None and newest.made_at > mine.made_at:
        found.append(f"There is a newer backup beside it: {newest}.")
    if age < -dt.timedelta(days=1):
        found.append(
            "By this machine's clock the backup lies in the future: set the clock before you start the server."
        )
    return found
