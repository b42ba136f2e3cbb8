"""What a backup of the server is called, what its signed manifest says, and which backups are kept.

    sala-20261130T120000Z-1a2b3c4d.tar.zst.age       a tar under zstd, encrypted with age to the office's recipients
    sala-20261130T120000Z-1a2b3c4d.manifest          a signed note: a backup without one is no backup

The manifest names the archive by its hash and every branch of every log with the head that the verified copy holds.
Names, not file times, say when a backup was made: they survive any copying.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

import msgspec

from shared import envelope, thai, wire
from shared.envelope import Label
from shared.errors import BadSignature, Malformed, TooLarge, UnknownVersion
from shared.keys import SigningKey, VerifyKey
from shared.records import HASH_BYTES, ID_BYTES

VERSION: Final = 1
#: A branch takes some 60 bytes: a million of them. What is longer is not written, for nobody could restore it.
MANIFEST_BYTES_MAX: Final = 64 * 1024 * 1024
ARCHIVE_SUFFIX: Final = ".tar.zst.age"
MANIFEST_SUFFIX: Final = ".manifest"

_STEM: Final = re.compile(r"sala-([0-9]{8}T[0-9]{6}Z)-([0-9a-f]{8})")
_STAMP: Final = "%Y%m%dT%H%M%SZ"

#: How many backups are kept: the newest of each of so many days, weeks and months in which there is one.
DAILY: Final = 14
WEEKLY: Final = 8
MONTHLY: Final = 24


class HeldLog(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One branch of one log (0: the line that was seen first), whole from its first record to `seq`."""

    log: bytes
    branch: int
    seq: int
    hash: bytes


class Manifest(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What lies in one archive: `archive_hash` is its SHA-256, `records` counts all branches together."""

    version: int
    office: bytes
    backup: bytes
    epoch: bytes
    made_ms: int
    database: Literal["sqlite", "postgresql"]
    software: str
    records: int
    archive_bytes: int
    archive_hash: bytes
    logs: list[HeldLog]

    @property
    def made_at(self) -> datetime:
        """When the copy was begun, in UTC."""
        return datetime.fromtimestamp(self.made_ms / 1000, UTC)


def write_manifest(manifest: Manifest, by: SigningKey) -> bytes:
    """The manifest as a note signed with the key that signs receipts. Raises `TooLarge` where none could read it."""
    note = envelope.sign(Label.BACKUP, wire.encode(manifest), by)
    if len(note) > MANIFEST_BYTES_MAX:
        raise TooLarge(f"{len(manifest.logs)} branches: a manifest of {len(note)} bytes; at most {MANIFEST_BYTES_MAX}")
    return note


def read_manifest(data: bytes) -> tuple[Manifest, Callable[[Iterable[VerifyKey]], None]]:
    """What a manifest says, and a check that raises `BadSignature` unless one of the given keys signed it.

    On an empty machine the key comes out of the very archive, so the saying comes first and the proof later. Raises
    `SalaError`.
    """
    note = envelope.read_note(data, Label.BACKUP, bytes_max=MANIFEST_BYTES_MAX)
    manifest = wire.decode(Manifest, note.payload, bytes_max=MANIFEST_BYTES_MAX)
    if manifest.version != VERSION:
        raise UnknownVersion(f"a backup of version {manifest.version}")
    ids = (manifest.office, manifest.backup, manifest.epoch, *(held.log for held in manifest.logs))
    hashes = (manifest.archive_hash, *(held.hash for held in manifest.logs))
    if any(len(id_) != ID_BYTES for id_ in ids) or any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise Malformed("a backup's manifest with an id or hash of the wrong length")
    if not 0 <= manifest.made_ms < 2**47:
        raise Malformed("a backup's manifest of no possible time")

    def check(keys: Iterable[VerifyKey]) -> None:
        key = next((key for key in keys if key.id == note.key), None)
        if key is None:
            raise BadSignature("the backup was signed with another server's key")
        envelope.verify_note(note, key)

    return manifest, check


@dataclass(frozen=True, slots=True, order=True)
class Stem:
    """What archive and manifest of one backup are both called, less the suffix."""

    made_at: datetime
    tag: str

    def __str__(self) -> str:
        return f"sala-{self.made_at.astimezone(UTC).strftime(_STAMP)}-{self.tag}"


def stem_of(manifest_id: bytes, made_at: datetime) -> Stem:
    """The name of a backup by its id and time, to the second."""
    return Stem(made_at.astimezone(UTC).replace(microsecond=0), manifest_id.hex()[:8])


def read_stem(name: str) -> Stem | None:
    """The backup that a file belongs to; None for any other file."""
    for suffix in (ARCHIVE_SUFFIX, MANIFEST_SUFFIX):
        parts = _STEM.fullmatch(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if parts:
            try:
                return Stem(datetime.strptime(parts[1], _STAMP).replace(tzinfo=UTC), parts[2])
            except ValueError:
                return None
    return None


def to_keep(stems: Iterable[Stem]) -> set[Stem]:
    """Of these backups, those that stay: the newest of each of the last 14 days, 8 weeks and 24 months (in office time)
    in which there is one. The newest of all is always among them.
    """
    newest_first = sorted(stems, reverse=True)
    kept: set[Stem] = set()
    for period_of, count in _PERIODS:
        seen: set[tuple[int, ...]] = set()
        for stem in newest_first:
            period = period_of(thai.service_date(stem.made_at))
            if period not in seen and len(seen) < count:
                seen.add(period)
                kept.add(stem)
    return kept


def _day(day: date) -> tuple[int, ...]:
    return (day.toordinal(),)


def _week(day: date) -> tuple[int, ...]:
    return day.isocalendar()[:2]


def _month(day: date) -> tuple[int, ...]:
    return day.year, day.month


_PERIODS: Final = ((_day, DAILY), (_week, WEEKLY), (_month, MONTHLY))
