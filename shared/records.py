"""Records: the immutable facts that kiosks capture, one after another, in a log.

A record is a `Header` that is hashed into the chain, and a body that is only committed to: the header carries
`commitment = SHA-256(label || salt || body)`. Body and salt can therefore be erased later while the chain still proves
itself, and a short body cannot be guessed back from the hash that remains. Headers hold no personal data.

The rules of this file:
1. The bytes that are hashed are the bytes that are kept; a header that does not re-encode to itself is refused.
2. Instants are milliseconds since 1970 in UTC as the device believed them, with how sure it was. They never order
   anything.
3. A body is bytes here. What they mean is the business of `shared.kinds`.
"""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum

import msgspec

from shared import wire
from shared.errors import Broken, Malformed, TooLarge

VERSION = 1
ID_BYTES = 16
HASH_BYTES = 32
SALT_BYTES = 16
BOOT_BYTES = 8

#: A body may be this long; enforced when it is captured, so that one record always fits in one envelope, and again when
#: it is received.
BODY_BYTES_MAX = 256 * 1024
HEADER_BYTES_MAX = 512
RECORD_BYTES_MAX = BODY_BYTES_MAX + HEADER_BYTES_MAX + 256

NO_HASH = bytes(HASH_BYTES)

_BODY_LABEL = b"sala/v1/body"
_HEADER_LABEL = b"sala/v1/header"
_KIND = re.compile(r"[a-z]{2,20}\.[a-z_]{2,30}")
_COUNT_MAX = 2**63 - 1
_HOUR_MS = 3_600_000


class Quality(IntEnum):
    """How far a device trusted its own clock."""

    BAD = 0  # before the build, far off, or running backwards
    UNSURE = 1  # plausible, never confirmed
    GOOD = 2  # confirmed by staff or by a signed answer of the server
    DATE = 3  # rounded to the day on purpose, for records that must not be timed


_QUALITY_MAX = int(max(Quality))


class At(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """When something happened, as the device saw it.

    `wall_ms` is UTC in milliseconds (None when the clock could not be read); `offset_min` the local offset in minutes;
    `boot` a random id of this start of the program; `mono_ms` milliseconds since that start.
    """

    wall_ms: int | None
    offset_min: int
    boot: bytes
    mono_ms: int
    quality: int

    @staticmethod
    def day(day: date, offset_min: int) -> "At":
        """Only the date: what the confidential log keeps."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=offset_min)))
        return At(int(midnight.timestamp()) * 1000, offset_min, b"", 0, Quality.DATE)

    def hour(self) -> "At":
        """Only the hour, for records that shall not be matched to a person by the minute. How sure the device was of
        its clock stays.
        """
        wall_ms = None if self.wall_ms is None else self.wall_ms - self.wall_ms % _HOUR_MS
        return At(wall_ms, self.offset_min, b"", 0, self.quality)

    def instant(self) -> datetime | None:
        """The claimed moment in UTC, or None where the claim is no moment at all."""
        if self.wall_ms is None:
            return None
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.wall_ms)
        except OverflowError:
            return None


class Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is hashed into the chain. `log` is 16 random bytes; `seq` counts 1, 2, 3 without gaps."""

    version: int
    log: bytes
    seq: int
    prev: bytes
    kind: str
    schema: int
    edition: int
    at: At
    commitment: bytes


class Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A header with its salt and body; both are None once the body has been erased."""

    header: Header
    salt: bytes | None
    body: bytes | None


def commit(salt: bytes, body: bytes) -> bytes:
    """The 32 bytes by which a header stands for a body without telling it."""
    return hashlib.sha256(_BODY_LABEL + salt + body).digest()


def header_hash(header: Header) -> bytes:
    """The 32 bytes that the next record's `prev` must equal."""
    return hashlib.sha256(_HEADER_LABEL + wire.encode(header)).digest()


def check_header(header: Header) -> None:
    """Raise `Malformed` unless every field is within its shape."""
    at = header.at
    sound = (
        header.version == VERSION
        and len(header.log) == ID_BYTES
        and 1 <= header.seq <= _COUNT_MAX
        and len(header.prev) == HASH_BYTES
        and len(header.commitment) == HASH_BYTES
        and _KIND.fullmatch(header.kind) is not None
        and 1 <= header.schema <= 0xFFFF
        and 0 <= header.edition <= _COUNT_MAX
        and (at.wall_ms is None or abs(at.wall_ms) <= _COUNT_MAX)
        and -24 * 60 < at.offset_min < 24 * 60
        and len(at.boot) in (0, BOOT_BYTES)
        and 0 <= at.mono_ms <= _COUNT_MAX
        and 0 <= at.quality <= _QUALITY_MAX
    )
    if not sound:
        raise Malformed(f"header {header.seq} has a field out of shape")


def check_record(record: Record, *, body_bytes_max: int = BODY_BYTES_MAX) -> None:
    """Raise `Malformed`, `TooLarge` or `Broken` unless header, salt and body belong together."""
    check_header(record.header)
    if record.body is None and record.salt is None:
        return
    if record.body is None or record.salt is None or len(record.salt) != SALT_BYTES:
        raise Malformed(f"record {record.header.seq} has half a body")
    if len(record.body) > body_bytes_max:
        raise TooLarge(f"a body of {len(record.body)} bytes; at most {body_bytes_max} are allowed")
    if commit(record.salt, record.body) != record.header.commitment:
        raise Broken(f"the body of record {record.header.seq} is not the one its header stands for")


def encode_header(header: Header) -> bytes:
    """The bytes that are hashed and kept."""
    return wire.encode(header)


def decode_header(data: bytes) -> Header:
    """The header that `data` stands for; raises `Malformed` or `TooLarge`."""
    header = wire.decode(Header, data, bytes_max=HEADER_BYTES_MAX)
    check_header(header)
    return header


def encode_record(record: Record) -> bytes:
    """Header, salt and body as one byte string."""
    return wire.encode(record)


def decode_record(data: bytes) -> Record:
    """The record that `data` stands for; raises `Malformed`, `TooLarge` or `Broken`."""
    record = wire.decode(Record, data, bytes_max=RECORD_BYTES_MAX)
    check_record(record)
    return record


def erase(record: Record) -> Record:
    """The same record without salt and body; its header still holds its place in the chain."""
    return Record(record.header, None, None)
