"""Records: what is hashed is what is kept, and no bytes surprise the decoder."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from strategies import mutated, runs

from shared import wire
from shared.errors import Broken, Malformed, SalaError, TooLarge
from shared.records import (
    BODY_BYTES_MAX,
    At,
    Record,
    check_record,
    commit,
    decode_header,
    decode_record,
    encode_header,
    encode_record,
    erase,
    header_hash,
)


@given(runs())
def test_round_trip(run):
    """Every record reads back as itself, from the same bytes."""
    for record in run[1]:
        assert decode_record(encode_record(record)) == record
        assert decode_header(encode_header(record.header)) == record.header


@given(st.binary(max_size=600))
def test_any_bytes_give_a_value_or_our_error(data):
    """Any bytes in, a value or one of ours out."""
    for decode in (decode_header, decode_record):
        try:
            decode(data)
        except SalaError:
            continue


@given(runs(max_size=1), st.data())
def test_mutation_is_refused_or_another_record(run, data):
    """A changed record is refused, or it is a sound record with another hash or another body."""
    record = run[1][0]
    try:
        other = decode_record(data.draw(mutated(encode_record(record))))
    except SalaError:
        return
    assert other != record
    assert header_hash(other.header) != header_hash(record.header) or other.body is None


@pytest.mark.parametrize("depth", [17, 1000, 100_000])
def test_depth_is_refused(depth):
    """Nested arrays of any depth are refused without a crash (F-N1)."""
    with pytest.raises(SalaError):
        decode_record(b"\x91" * depth + b"\x90")


def test_length_claims_are_refused():
    """A length of 2^32 - 1 is refused before anything is allocated (F-N2)."""
    for head in (b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"):
        with pytest.raises(Malformed):
            decode_record(head)


@given(runs(max_size=1))
def test_unusual_encoding_is_refused(run):
    """The same value in a longer encoding is not the same record (F-N3)."""
    data = encode_header(run[1][0].header)
    assert data[0] == 0x99
    longer = b"\xdc\x00\x09" + data[1:]
    with pytest.raises(Malformed):
        decode_header(longer)


@given(runs(max_size=1))
def test_erased_record_keeps_its_place(run):
    """After erasure the header, its hash and the commitment stand, and no short body can be guessed back (F-G8)."""
    record = run[1][0]
    erased = erase(record)
    check_record(erased)
    assert header_hash(erased.header) == header_hash(record.header)
    assert all(commit(bytes(16), wire.encode(score)) != erased.header.commitment for score in range(6))


def test_body_over_the_limit_is_refused():
    """A body above the limit is refused when it is captured, not when it is sent."""
    from shared.log import Head, link

    at = At(0, 420, b"", 0, 1)
    with pytest.raises(TooLarge):
        link(
            Head.empty(bytes(16)), kind="case.filed", schema=1, edition=0, at=at, salt=bytes(16),
            body=bytes(BODY_BYTES_MAX + 1),
        )  # fmt: skip


@given(runs(max_size=1))
def test_half_a_body_is_refused(run):
    """Salt without body, body without salt, or a swapped body never pass."""
    record = run[1][0]
    for wrong in (Record(record.header, record.salt, None), Record(record.header, None, record.body)):
        with pytest.raises(Malformed):
            check_record(wrong)
    with pytest.raises(Broken):
        check_record(msgspec.structs.replace(record, body=(record.body or b"") + b"x"))


@pytest.mark.parametrize("wall_ms", [-(2**62), 2**62, 0, 3_124_224_000_000, 18_900_000_000_000])
def test_claimed_instants_never_raise(wall_ms):
    """A clock of 1970, 2069 or the year 2569 is a claim like any other; an impossible one is no instant (F-D7)."""
    at = At(wall_ms, 420, b"", 0, 0)
    instant = at.instant()
    assert instant is None or round(instant.timestamp() * 1000) == wall_ms


@pytest.mark.parametrize("wall_ms", [None, -1, 0, 3_599_999, 3_600_000, 1_795_580_061_123, -(2**62), 2**62])
def test_an_hour_tells_no_minute_and_no_start(wall_ms):
    """Of a moment only the hour it lies in is left, before 1970 too; nothing tells the start of the program."""
    hour = At(wall_ms, 420, b"boot-id1", 61_123, 2).hour()
    assert (hour.boot, hour.mono_ms, hour.offset_min, hour.quality) == (b"", 0, 420, 2)
    assert (hour.wall_ms is None) == (wall_ms is None)
    if wall_ms is not None:
        assert hour.wall_ms % 3_600_000 == 0
        assert 0 <= wall_ms - hour.wall_ms < 3_600_000


def test_facts_are_frozen():
    """Nobody changes a record in place."""
    with pytest.raises(AttributeError):
        At(0, 0, b"", 0, 0).wall_ms = 1
