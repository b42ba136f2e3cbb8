"""Making a backup: `sala-server backup --to FOLDER`, by a timer, while the server runs.

    made = back_up(Path("/mnt/other-machine"), now=now, random=os.urandom)

The rules of this file:
1. Copied, looked at whole, packed, encrypted, written aside, synced, renamed, read back; then the manifest, in the same
   way. A backup without a manifest is none. Whatever fails before that leaves no trace but a sentence.
2. Kiosks are told of a backup only after all of this, and only of records that the copy held when it was looked at.
3. Nothing is deleted but backups of this very office that the plan lets go, once a newer one is there whole.
4. The copy in the clear lies in the data folder, beside the database it was made from, and only while this runs.
"""

import datetime as dt
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction

from shared import archive
from shared.archive import ARCHIVE_SUFFIX, MANIFEST_SUFFIX, Manifest, Stem
from shared.errors import SalaError, TooLarge
from sync_server.backups import packing, vault
from sync_server.backups.copying import COPY, copy, looked_at
from sync_server.backups.errors import BackupFailed, CopyUnsound, NotTwo, SameDisk
from sync_server.backups.models import Backup
from sync_server.backups.verifying import Held, verify
from sync_server.files import sync_folder
from sync_server.keys import server_keys
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import Office
from sync_server.organisations.queries import the_office
from sync_server.records import actions as records

#: The version of this server, as a manifest names it.
SOFTWARE = "sala-server 0.1"
_WORK = "backup-work"
#: In it: the archive that is being written, for whoever has to clear away after a power cut.
_TARGET = "target"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is there whole: its archive, its signed manifest, whether kiosks are told of it (not where the
    server began a new epoch meanwhile), and older backups that were let go.
    """

    archive: Path
    manifest: Manifest
    told: bool
    dropped: list[str] = field(default_factory=list)


def back_up(
    folder: Path, *, now: dt.datetime, random: Callable[[int], bytes] = os.urandom, same_disk: bool = False
) -> Made:
    """Back the server up into `folder`. Raises `BackupFailed`; older backups are then as they were."""
    office, backup_id = the_office(), random(16)
    stem = archive.stem_of(backup_id, now)
    try:
        with _working(folder, same_disk=same_disk) as work:
            database = copy(work)
            with looked_at(database):
                held = verify(COPY)
            target = folder / f"{stem}{ARCHIVE_SUFFIX}"
            with _cleared_unless_signed(work, target):
                # Asked for before the keys are packed, so that what a manifest is checked with is in its archive.
                signer = server_keys().receipts
                sealed = _archive(database, settings.DATA_DIR / packing.KEYS, work, target)
                manifest = Manifest(
                    archive.VERSION, bytes.fromhex(held.office), backup_id, bytes.fromhex(held.epoch),
                    int(now.timestamp() * 1000), held.vendor, SOFTWARE, held.records, sealed.bytes, sealed.digest,
                    held.logs,
                )  # fmt: skip
                _put(_manifest_of(target), archive.write_manifest(manifest, signer))
            told = _tell(office, held, manifest, stem, folder, now)
            return Made(target, manifest, told, thin(folder, stem))
    except OSError as error:
        raise BackupFailed(f"{error.filename or folder}: {os.strerror(error.errno or errno.EIO)}") from error
    except DatabaseError as error:
        raise BackupFailed(f"the server's database: {error}") from error
    except TooLarge as error:
        raise BackupFailed(str(error)) from error


def thin(folder: Path, made: Stem) -> list[str]:
    """Let go of the backups that the plan keeps no longer, those of this office alone; returns their names.

    The plan goes by the times they were stamped with, and clocks are set back. Whatever it says, the one just `made`
    stays, for kiosks were told of it, and so does the one that holds most: after a restore that may be an older one.

    The archive goes first: a manifest without an archive is seen and removed the next time, the reverse would look like
    a backup that somebody forgot to sign.
    """
    mine: dict[Stem, Path] = {}
    holds: dict[Stem, int] = {}
    for path in folder.iterdir():
        stem = archive.read_stem(path.name) if path.name.endswith(MANIFEST_SUFFIX) else None
        if stem is not None and (said := _mine(path)) is not None:
            mine[stem] = path
            if _archive_of(path).is_file():
                holds[stem] = said.records
    fullest = max(holds, key=lambda stem: (holds[stem], stem), default=made)
    gone = sorted(set(mine) - archive.to_keep(holds) - {made, fullest})
    for stem in gone:
        _archive_of(mine[stem]).unlink(missing_ok=True)
        mine[stem].unlink()
    if gone:
        sync_folder(folder)
    return [str(stem) for stem in gone]


def _mine(path: Path) -> Manifest | None:
    """What a manifest of this office says. Another office's, another program's, or a rotten one is not ours to
    delete.
    """
    try:
        said, check = archive.read_manifest(path.read_bytes())
        check(server_keys().receipt_keys)
    except SalaError:
        return None
    return said if said.office.hex() == the_office().office_id else None


def _archive_of(manifest: Path) -> Path:
    return manifest.with_name(manifest.name.removesuffix(MANIFEST_SUFFIX) + ARCHIVE_SUFFIX)


def _aside(target: Path) -> Path:
    return target.with_name(target.name + ".new")


def _manifest_of(target: Path) -> Path:
    return target.with_name(target.name.removesuffix(ARCHIVE_SUFFIX) + MANIFEST_SUFFIX)


@contextmanager
def _working(folder: Path, *, same_disk: bool) -> Iterator[Path]:
    """An empty folder of this backup's own, once it is seen that the backup can be made; gone afterwards."""
    if len(set(vault.recipients(settings.DATA_DIR / packing.KEYS))) < vault.RECIPIENTS_MIN:
        raise NotTwo("not two people can open a backup yet")
    if not folder.is_dir():
        raise BackupFailed(f"{folder} is not there: mount the other machine or disk, and make that folder on it")
    if not same_disk and folder.stat().st_dev == settings.DATA_DIR.stat().st_dev:
        raise SameDisk(f"{folder} lies on the same disk as the data")
    work: Path = settings.DATA_DIR / _WORK
    work.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed("another backup is running") from None
        _clear_cut_short(work)
        _empty(work)
        try:
            yield work
        finally:
            _empty(work)
    finally:
        os.close(lock)


@contextmanager
def _cleared_unless_signed(work: Path, target: Path) -> Iterator[None]:
    """Leave nothing of a backup that did not get its manifest; after a power cut, the next backup does it."""
    note = work / _TARGET
    note.write_text(str(target), "utf-8")
    try:
        yield
    finally:
        _clear_cut_short(work)


def _clear_cut_short(work: Path) -> None:
    note = work / _TARGET
    if note.exists():
        target = Path(note.read_text("utf-8"))
        if not (manifest := _manifest_of(target)).exists():
            for path in (target, _aside(target), _aside(manifest)):
                path.unlink(missing_ok=True)
        note.unlink()


def _empty(work: Path) -> None:
    for path in work.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _archive(database: Path, keys: Path, work: Path, target: Path) -> vault.Counted:
    """Pack and encrypt into `target`, synced and read back; returns how much that was, and its hash."""
    packed = work / "packed"
    with packed.open("wb") as file:
        packing.pack(database, keys, file)
    aside = _aside(target)
    with packed.open("rb") as plain, aside.open("wb") as file:
        sealed = vault.seal(plain, file, vault.recipients(keys))
        file.flush()
        os.fsync(file.fileno())
    _swap(aside, target, sealed.digest)
    return sealed


def _put(target: Path, data: bytes) -> None:
    aside = _aside(target)
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _swap(aside, target, hashlib.sha256(data).digest())
    finally:
        aside.unlink(missing_ok=True)


def _swap(aside: Path, target: Path, digest: bytes) -> None:
    """Give a synced file its name, and look that the disk gives it back; else take the name away again."""
    aside.replace(target)
    sync_folder(target.parent)
    if hash_of(target) != digest:
        target.unlink()
        raise OSError(errno.EIO, "gave back something else than was written", str(target))


def hash_of(path: Path) -> bytes:
    """SHA-256 of a file, read from the disk rather than from what memory remembers of it, as far as the system lets."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.digest()


def _tell(office: Office, held: Held, manifest: Manifest, stem: Stem, folder: Path, now: dt.datetime) -> bool:
    """From now on kiosks hear that these records are backed up; kept together with who did what."""
    actor = Actor(office, "sala-server")
    with transaction.atomic():
        try:
            told = records.mark_backed_up(office, held.epoch, held.heads)
        except LookupError as error:
            raise CopyUnsound(f"the copy and the server part ways: {error}") from error
        Backup.objects.create(
            office=office, backup_id=manifest.backup.hex(), epoch=held.epoch, made_at=now, records=held.records,
            archive_bytes=manifest.archive_bytes, folder=str(folder)[:300], file_name=str(stem),
        )  # fmt: skip
        record_act(
            actor, "backup.make", "backup", manifest.backup.hex(), at=now,
            after={"records": held.records, "hash": manifest.archive_hash.hex(), "told": told},
        )  # fmt: skip
    return told
