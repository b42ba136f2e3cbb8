"""Batches: columns come back as the very records they were, and nothing else inflates into records."""

import hypothesis.strategies as st
import pytest
import zstandard
from hypothesis import given
from strategies import mutated, runs

from shared import batch
from shared.errors import Malformed, SalaError, TooLarge
from shared.log import Head, link
from shared.records import BODY_BYTES_MAX, At, erase


def _unpack(data, start, count):
    return batch.unpack(data, log=start.log, first_seq=start.seq + 1, count=count, prev=start.hash)


@given(runs(), st.data())
def test_round_trip_with_erased_bodies(run, data):
    """Any run, some bodies erased, is rebuilt header by header from the columns."""
    start, records, heads = run
    sent = [erase(record) if data.draw(st.booleans()) else record for record in records]
    unpacked, hashes = _unpack(batch.pack(sent), start, len(sent))
    assert unpacked == sent
    assert hashes == [head.hash for head in heads]


@given(runs())
def test_a_padded_batch_has_one_of_few_lengths_and_the_same_records(run):
    """Padding hides how much was said and changes nothing of it."""
    start, records, heads = run
    packed = batch.pack(records, padded=True)
    assert len(packed) in batch.PADDED_STEPS or len(packed) % batch.PADDED_STEPS[-1] == 0
    assert _unpack(packed, start, len(records)) == (records, [head.hash for head in heads])


@given(runs(max_size=4), st.data())
def test_mutation_never_gives_the_same_head(run, data):
    """A changed batch is refused, or its rebuilt last hash is not the one that would have been signed."""
    start, records, heads = run
    changed = data.draw(mutated(batch.pack(records)))
    try:
        unpacked, hashes = _unpack(changed, start, len(records))
    except SalaError:
        return
    assert hashes[-1] != heads[-1].hash or unpacked == records


@given(st.binary(max_size=300), st.integers(0, 600))
def test_any_bytes(data, count):
    """Any bytes in, records or one of our errors out, compressed or not."""
    for sent in (data, zstandard.compress(data)):
        with pytest.raises(SalaError):
            _unpack(sent, Head.empty(bytes(16)), count)


def test_bomb_is_refused():
    """Half a gigabyte out of some kilobytes is refused without being inflated (F-N4)."""
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(256 * 1024 * 1024))
    with pytest.raises(TooLarge):
        _unpack(bomb, Head.empty(bytes(16)), 1)
    lying = zstandard.ZstdCompressor(level=3, write_content_size=False).compress(bytes(64 * 1024 * 1024))
    with pytest.raises(TooLarge):
        _unpack(lying, Head.empty(bytes(16)), 1)


def test_one_letter_a_hundred_thousand_times_travels():
    """What packs a thousandfold is honest text all the same: no batch that was packed is ever refused for its ratio."""
    body = "ก".encode() * (BODY_BYTES_MAX // 3)
    record, head = link(
        Head.empty(bytes(16)),
        kind="case.filed",
        schema=1,
        edition=1,
        at=At(0, 420, b"", 0, 1),
        salt=bytes(16),
        body=body,
    )
    unpacked, hashes = _unpack(batch.pack([record]), Head.empty(bytes(16)), 1)
    assert (unpacked, hashes) == ([record], [head.hash])


def test_count_must_fit():
    """A header that counts other than the columns hold is refused; so is a batch over the limit."""
    head = Head.empty(bytes(16))
    records = []
    for i in range(501):
        record, head = link(
            head, kind="rating.given", schema=1, edition=1, at=At(i, 420, b"", 0, 1), salt=bytes(16), body=b"x"
        )
        records.append(record)
    packed = batch.pack(records[:500])
    for count in (0, 499, 501):
        with pytest.raises(Malformed):
            _unpack(packed, Head.empty(bytes(16)), count)
    with pytest.raises(TooLarge):
        batch.pack(records)
