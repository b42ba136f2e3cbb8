"""The chain's rules, all of them.

A log is a random id and a run of records numbered 1, 2, 3 and so on, each naming the hash of the header before it. A
`Head` says how far a log stands. `link` makes the next record, `verify` checks a run against a head, `overlap` tells
a repeat from a fork. Nobody else computes or compares chain hashes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.errors import Broken, Fork, Gap
from shared.records import BODY_BYTES_MAX, NO_HASH, VERSION, At, Header, Record, check_record, commit, header_hash


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log stands: the last `seq` and the hash of its header (zeros before the first record)."""

    log: bytes
    seq: int
    hash: bytes

    @staticmethod
    def empty(log: bytes) -> "Head":
        """The head of a log in which nothing has been written yet."""
        return Head(log, 0, NO_HASH)


def link(head: Head, *, kind: str, schema: int, edition: int, at: At, salt: bytes, body: bytes) -> tuple[Record, Head]:
    """The record that follows `head`, and the head after it.

    Raises `Malformed` or `TooLarge` where the parts could not be read back.
    """
    header = Header(VERSION, head.log, head.seq + 1, head.hash, kind, schema, edition, at, commit(salt, body))
    record = Record(header, salt, body)
    check_record(record)
    return record, Head(head.log, header.seq, header_hash(header))


def verify(head: Head, records: Iterable[Record], *, body_bytes_max: int = BODY_BYTES_MAX) -> Head:
    """The head after `records`, which must follow `head` without a gap. `body_bytes_max` is more than the rule for
    whoever looks at what a server received before it looked at lengths.

    Raises `Gap` where one is missing, `Fork` where the first names another predecessor, `Broken` or `Malformed` where a
    record does not hold together. Erased bodies are accepted: the chain does not need them.
    """
    start = head
    for record in records:
        header = record.header
        check_record(record, body_bytes_max=body_bytes_max)
        if header.log != head.log:
            raise Broken("a record of another log")
        if header.seq != head.seq + 1:
            raise Gap(f"record {header.seq} after {head.seq}")
        if header.prev != head.hash:
            if head is start:
                raise Fork(f"record {header.seq} follows another {head.seq}")
            raise Broken(f"record {header.seq} does not name the one before it")
        head = Head(head.log, header.seq, header_hash(header))
    return head


def overlap(known: Mapping[int, bytes], first_seq: int, hashes: Sequence[bytes]) -> int | None:
    """The first seq at which `hashes` (of records `first_seq`, `first_seq` + 1, ...) differ from `known`; None if
    nowhere.

    `known` maps seq to header hash for the records already held; seqs that are not in it are new, not different.
    """
    for seq, hash_ in enumerate(hashes, first_seq):
        if known.get(seq, hash_) != hash_:
            return seq
    return None
