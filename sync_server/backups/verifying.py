"""Looking at a whole copy before anybody relies on it: the file, every log from its first record, the audit chain.

    held = verify("copy")            the alias of the database to look at; raises `CopyUnsound`

Only columns that every version has are read, so that an older backup can be looked at before it is migrated.
"""

from dataclasses import dataclass
from typing import Literal, cast

from django.db import DatabaseError, connections

from shared import log as chain
from shared.archive import HeldLog
from shared.batch import INFLATED_BYTES_MAX
from shared.errors import SalaError
from shared.log import Head
from shared.records import NO_HASH, Record, decode_header
from sync_server.backups.errors import CopyUnsound
from sync_server.organisations.models import Office
from sync_server.organisations.queries import verify_audit
from sync_server.records.models import Epoch, Log, RecordRow

_CHUNK = 2000

Vendor = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: its office and epoch (hex), and of each branch (by primary key) name and head."""

    vendor: Vendor
    office: str
    epoch: str
    branches: dict[int, HeldLog]
    records: int

    @property
    def logs(self) -> list[HeldLog]:
        """The branches as a manifest lists them."""
        return sorted(self.branches.values(), key=lambda held: (held.log, held.branch))

    @property
    def heads(self) -> dict[int, Head]:
        """The head of each branch by its primary key."""
        return {key: Head(held.log, held.seq, held.hash) for key, held in self.branches.items()}


def verify(alias: str) -> Held:
    """Read all of the database `alias` and say what it holds. Raises `CopyUnsound` for the first thing that does not
    hold together. Time and nothing else grows with the records.
    """
    try:
        vendor = cast("Vendor", connections[alias].vendor)
        if vendor == "sqlite":
            _check_file(alias)
        office = Office.objects.using(alias).order_by("pk").first()
        epoch = Epoch.objects.using(alias).order_by("-pk").first()
        if office is None or epoch is None:
            raise CopyUnsound("the copy holds no office or no epoch")
        for fault in verify_audit(office, using=alias):
            raise CopyUnsound(f"the audit log: {fault}")
        branches, records = _check_logs(alias, office)
    except DatabaseError as error:
        raise CopyUnsound(f"the copy cannot be read: {error}") from error
    return Held(vendor, office.office_id, epoch.epoch, branches, records)


def _check_file(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        [(said,)] = cursor.fetchall()
        if said != "ok":
            raise CopyUnsound(f"integrity check: {said}")
        cursor.execute("PRAGMA foreign_key_check")
        broken = cursor.fetchone()
        if broken is not None:
            raise CopyUnsound(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")


def _check_logs(alias: str, office: Office) -> tuple[dict[int, HeldLog], int]:
    found: dict[int, HeldLog] = {}
    records = 0
    columns = ("pk", "log_id", "branch", "based_on_id", "base_seq", "base_hash", "seq", "head_hash")
    for pk, log_id, branch, based_on, base_seq, base_hash, seq, head_hash in (
        Log.objects.using(alias).filter(office=office.pk).order_by("pk").values_list(*columns)
    ):
        log = bytes.fromhex(log_id)
        base = Head(log, base_seq, bytes(base_hash))
        if base_seq and not _holds(alias, based_on, base):
            raise CopyUnsound(f"log {log_id[:8]}/{branch} leaves another at record {base_seq}, which is not there")
        head = _walk(alias, pk, base)
        if head != Head(log, seq, bytes(head_hash)):
            raise CopyUnsound(f"log {log_id[:8]}/{branch} should stand at {seq} and ends at {head.seq}")
        found[pk] = HeldLog(log, branch, head.seq, head.hash)
        records += seq - base_seq
    return found, records


def _holds(alias: str, pk: int | None, base: Head) -> bool:
    """Whether the branch `pk`, or one that it left, holds the record at `base`."""
    while pk is not None:
        based_on, base_seq, base_hash = (
            Log.objects.using(alias).filter(pk=pk).values_list("based_on_id", "base_seq", "base_hash").get()
        )
        if base.seq > base_seq:
            held = RecordRow.objects.using(alias).filter(log=pk, seq=base.seq).values_list("hash", flat=True).first()
            return held is not None and bytes(held) == base.hash
        if base.seq == base_seq:
            return bytes(base_hash) == base.hash
        pk = based_on
    return base.hash == NO_HASH


def _walk(alias: str, pk: int, head: Head) -> Head:
    """The head of a branch, every record of it verified against the one before.

    A body too long for the rule, of before ingest looked at lengths, is signed and whole: one device's record must not
    keep everybody's from being backed up.
    """
    rows = RecordRow.objects.using(alias).filter(log=pk).order_by("seq")
    columns = ("seq", "hash", "header", "kind", "schema", "salt", "body")
    for seq, hash_, header_bytes, kind, schema, salt, body in rows.values_list(*columns).iterator(chunk_size=_CHUNK):
        try:
            header = decode_header(bytes(header_bytes))
            record = Record(header, None if salt is None else bytes(salt), None if body is None else bytes(body))
            head = chain.verify(head, (record,), body_bytes_max=INFLATED_BYTES_MAX)
        except SalaError as error:
            raise CopyUnsound(f"record {seq} of log {head.log.hex()[:8]}: {error}") from error
        if (header.seq, head.hash, header.kind, header.schema) != (seq, bytes(hash_), kind, schema):
            raise CopyUnsound(f"record {seq} of log {head.log.hex()[:8]} is filed under another number, hash or kind")
    return head
