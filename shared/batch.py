"""A batch: a contiguous run of records of one log, packed small for the way.

Records travel as columns, because a column of like things packs far better than rows, and without `prev` and
`commitment`, which the receiver computes from the header before and from salt and body. It thereby rebuilds each
header byte for byte; that the rebuilt last hash equals the signed one proves all of them. Only where a body was
erased does its commitment travel.

A padded batch is followed by one of zstd's skippable frames, so that its length tells only in coarse steps how much
was said: the confidential log travels like this.

    pack(records)                    -> bytes to seal
    unpack(data, log, first, prev)   -> the records, linked again
"""

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Annotated, TypeVar

import msgspec
import zstandard

from shared import wire
from shared.errors import Malformed, TooLarge
from shared.records import (
    BODY_BYTES_MAX,
    HASH_BYTES,
    SALT_BYTES,
    VERSION,
    At,
    Header,
    Record,
    check_header,
    commit,
    header_hash,
)

COUNT_MAX = 500
#: A padded batch is as long as the first of these that holds it, else the next multiple of the last. Two or three
#: complaints fit the first.
PADDED_STEPS = (16 * 1024, 64 * 1024)
_SKIPPABLE = (0x184D2A50).to_bytes(4, "little")
_SKIPPABLE_HEADER_BYTES = 8
INFLATED_BYTES_MAX = 8 * 1024 * 1024
#: Up to here a batch may pack as small as it likes: one letter typed a thousand times is honest. Beyond, it must be at
#: least a hundredth of what it inflates to.
FREE_BYTES = 2 * 1024 * 1024
RATIO_MAX = 100

#: Level 6 packs real batches to within some percent of level 19 at a twentieth of its time.
_LEVEL = 6


#: Refused before an entry is read: eight megabytes of empty entries would be 145 megabytes of objects.
_FEW = msgspec.Meta(max_length=COUNT_MAX)


class _Columns(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Each list has one entry a record; `faces` and `kinds` point into the small tables before them."""

    version: int
    kind_table: Annotated[list[tuple[str, int, int]], _FEW]  # kind, schema, edition
    face_table: Annotated[list[tuple[int, bytes, int]], _FEW]  # utc offset in minutes, boot id, quality
    kinds: Annotated[list[int], _FEW]  # index into kind_table
    faces: Annotated[list[int], _FEW]  # index into face_table
    walls: Annotated[list[int | None], _FEW]  # difference to the last one known, ms
    monos: Annotated[list[int], _FEW]  # difference to the one before, ms
    salts: bytes  # 16 each
    sizes: Annotated[list[int], _FEW]  # of the bodies; -1 where erased
    bodies: bytes
    commitments: bytes  # 32 for each erased body


def _deltas(values: Sequence[int]) -> list[int]:
    return [b - a for a, b in pairwise([0, *values])]


def pack(records: Sequence[Record], *, padded: bool = False) -> bytes:
    """The bytes that `unpack` turns into the same records again; `padded` to one of few lengths. Raises `TooLarge`
    above the limits.
    """
    if len(records) > COUNT_MAX:
        raise TooLarge(f"{len(records)} records in a batch; at most {COUNT_MAX}")
    kind_table: dict[tuple[str, int, int], int] = {}
    face_table: dict[tuple[int, bytes, int], int] = {}
    salts, bodies, commitments = bytearray(), bytearray(), bytearray()
    kinds: list[int] = []
    faces: list[int] = []
    walls: list[int | None] = []
    sizes: list[int] = []
    wall = 0
    for record in records:
        header, at = record.header, record.header.at
        kinds.append(_index(kind_table, (header.kind, header.schema, header.edition)))
        faces.append(_index(face_table, (at.offset_min, at.boot, at.quality)))
        walls.append(None if at.wall_ms is None else at.wall_ms - wall)
        wall = wall if at.wall_ms is None else at.wall_ms
        if record.salt is None or record.body is None:
            sizes.append(-1)
            commitments += header.commitment
        else:
            sizes.append(len(record.body))
            salts += record.salt
            bodies += record.body
    columns = _Columns(
        VERSION, list(kind_table), list(face_table), kinds, faces, walls,
        _deltas([record.header.at.mono_ms for record in records]),
        bytes(salts), sizes, bytes(bodies), bytes(commitments),
    )  # fmt: skip
    plain = wire.encode(columns)
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(plain)
    if len(plain) > _inflated_max(packed):
        raise TooLarge(f"a batch of {len(plain)} bytes; at most {_inflated_max(packed)}")
    return _padded(packed) if padded else packed


def _padded(packed: bytes) -> bytes:
    """The frame with a skippable one of zeros behind it, which every zstd reader passes over."""
    length, last = len(packed) + _SKIPPABLE_HEADER_BYTES, PADDED_STEPS[-1]
    step = next((step for step in PADDED_STEPS if length <= step), -(-length // last) * last)
    return packed + _SKIPPABLE + (step - length).to_bytes(4, "little") + bytes(step - length)


_Key = TypeVar("_Key", bound=Hashable)


def _index(table: dict[_Key, int], key: _Key) -> int:
    return table.setdefault(key, len(table))


def unpack(data: bytes, *, log: bytes, first_seq: int, count: int, prev: bytes) -> tuple[list[Record], list[bytes]]:
    """The records that `data` holds and the hash of each header, linked to `prev` as record `first_seq` and on.

    Raises `Malformed`, `TooLarge` or `Broken`.
    """
    columns = wire.decode(_Columns, _inflate(data), bytes_max=INFLATED_BYTES_MAX)
    _check_shape(columns, count)
    records: list[Record] = []
    hashes: list[bytes] = []
    body_at = salt_at = erased_at = wall = mono = 0
    for i, size in enumerate(columns.sizes):
        salt: bytes | None = None
        body: bytes | None = None
        if size < 0:
            commitment = columns.commitments[erased_at : erased_at + HASH_BYTES]
            erased_at += HASH_BYTES
        else:
            salt = columns.salts[salt_at : salt_at + SALT_BYTES]
            body = columns.bodies[body_at : body_at + size]
            salt_at += SALT_BYTES
            body_at += size
            commitment = commit(salt, body)
        kind, schema, edition = columns.kind_table[columns.kinds[i]]
        offset_min, boot, quality = columns.face_table[columns.faces[i]]
        delta = columns.walls[i]
        wall = wall if delta is None else wall + delta
        mono += columns.monos[i]
        at = At(None if delta is None else wall, offset_min, boot, mono, quality)
        header = Header(VERSION, log, first_seq + i, prev, kind, schema, edition, at, commitment)
        check_header(header)
        prev = header_hash(header)
        records.append(Record(header, salt, body))
        hashes.append(prev)
    return records, hashes


def _check_shape(columns: _Columns, count: int) -> None:
    erased = sum(size < 0 for size in columns.sizes)
    sound = (
        columns.version == VERSION
        and 1 <= count <= COUNT_MAX
        and count == len(columns.sizes) == len(columns.kinds) == len(columns.faces)
        and count == len(columns.walls) == len(columns.monos)
        and min(columns.kinds) >= 0
        and max(columns.kinds) < len(columns.kind_table)
        and min(columns.faces) >= 0
        and max(columns.faces) < len(columns.face_table)
        and min(columns.sizes) >= -1
        and len(columns.salts) == SALT_BYTES * (count - erased)
        and len(columns.commitments) == HASH_BYTES * erased
        and len(columns.bodies) == sum(size for size in columns.sizes if size > 0)
    )
    if not sound:
        raise Malformed("the columns of a batch do not fit together")
    # Whatever is taken here has a receipt and is kept for ever; `check_record` and every copy's check refuse it longer.
    if (longest := max(columns.sizes)) > BODY_BYTES_MAX:
        raise TooLarge(f"a body of {longest} bytes; at most {BODY_BYTES_MAX} are allowed")


def _inflated_max(packed: bytes) -> int:
    return min(INFLATED_BYTES_MAX, max(FREE_BYTES, RATIO_MAX * len(packed)))


def _inflate(data: bytes) -> bytes:
    """Inflate under a cap; neither the size nor the window that the data states about itself is believed."""
    bytes_max = _inflated_max(data)
    unpacker = zstandard.ZstdDecompressor(max_window_size=INFLATED_BYTES_MAX)
    try:
        with unpacker.stream_reader(data, read_across_frames=False) as reader:
            plain = reader.read(bytes_max + 1)
    except zstandard.ZstdError as error:
        raise Malformed(f"a batch that does not inflate: {error}") from error
    if len(plain) > bytes_max:
        raise TooLarge(f"a batch that inflates beyond {bytes_max} bytes")
    return plain
