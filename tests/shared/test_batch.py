"""Batches: columns come back as the very records they were, and nothing else inflates into records."""

import random
import time
import tracemalloc

import hypothesis.strategies as st
import msgspec
import pytest
import zstandard
from hypothesis import given
from strategies import mutated, runs

from shared import batch, wire
from shared.errors import Malformed, SalaError, TooLarge
from shared.log import Head, link, verify
from shared.records import BODY_BYTES_MAX, At, Record, decode_header, encode_header, erase


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


MIB = 1024 * 1024


def _zeros(mib, **options):
    return zstandard.ZstdCompressor(level=3, **options).compress(bytes(mib * MIB))


def _wide_window(log):
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=log, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return stream.compress(wire.encode(batch._Columns(1, [], [], [], [], [], [], b"", [], b"", b""))) + stream.flush()


def _empties(column):
    """Columns of which one holds a million entries and more, hard enough to pack."""
    columns = msgspec.to_builtins(batch._Columns(1, [], [], [], [], [], [], b"", [], b"", b""), builtin_types=(bytes,))
    entries = {1: [["", n, 0] for n in range(8)], 2: [[n, b"", 0] for n in range(8)]}.get(column, range(8))
    columns[column] = random.Random(column).choices(entries, k=1_900_000)
    return zstandard.ZstdCompressor(level=3).compress(wire.encode(columns))


BOMBS = {
    "half a gigabyte of zeros": lambda: _zeros(512),
    "no word about its size": lambda: _zeros(64, write_content_size=False),
    "just above what packs freely": lambda: _zeros(3),
    "a bomb in a bomb": lambda: zstandard.ZstdCompressor(level=3).compress(_zeros(512) * 40 + _zeros(64)),
    "a lie about its size": lambda: b"\x28\xb5\x2f\xfd\xa0\xff\xff\xff\x7f" + _zeros(64)[9:],
    **{f"empty entries in column {column}": lambda column=column: _empties(column) for column in (1, 2, 5)},
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name):
    """Whatever it claims and whatever it would become: a tenth of a second and some megabytes (F-N4, G-28)."""
    bomb = BOMBS[name]()
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises((TooLarge, Malformed)):
        _unpack(bomb, Head.empty(bytes(16)), 1)
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 0.1
    assert peak < 40 * MIB


def test_a_wide_window_is_refused():
    """Whoever inflates would have to hold as much, whatever comes out."""
    with pytest.raises(Malformed, match="does not inflate"):
        _unpack(_wide_window(26), Head.empty(bytes(16)), 1)
    with pytest.raises(Malformed, match="do not fit together"):
        _unpack(_wide_window(20), Head.empty(bytes(16)), 1)


def test_what_is_packed_is_never_refused_for_how_small_it_became():
    """A batch that would be is too large for its writer already, who then makes two of it."""
    head, records = Head.empty(bytes(16)), []
    for i in range(12):
        record, head = link(
            head, kind="case.filed", schema=1, edition=1, at=At(i, 420, b"", 0, 1), salt=bytes(16),
            body=b"a" * BODY_BYTES_MAX,
        )  # fmt: skip
        records.append(record)
    with pytest.raises(TooLarge):
        batch.pack(records)
    for part in (records[:6], records[6:]):
        batch.pack(part)
    read, _ = _unpack(batch.pack(records[:6]), Head.empty(bytes(16)), 6)
    assert read == records[:6]


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


def _unlinked(sizes):
    """A batch of bodies of these lengths, -1 for an erased one, as a program would make it that looks at no length."""
    bodies = [None if size < 0 else bytes(size) for size in sizes]
    erased = sum(body is None for body in bodies)
    columns = batch._Columns(
        1, [("note.long", 1, 0)], [(420, b"", 1)], [0] * len(sizes), [0] * len(sizes), [None] * len(sizes),
        [0] * len(sizes), bytes(16 * (len(sizes) - erased)), list(sizes), b"".join(body or b"" for body in bodies),
        bytes(32 * erased),
    )  # fmt: skip
    return zstandard.ZstdCompressor(level=3).compress(wire.encode(columns))


@pytest.mark.parametrize("sizes", [[BODY_BYTES_MAX + 1], [3, -1, BODY_BYTES_MAX + 1], [1024 * 1024]])
def test_a_body_that_is_too_long_is_refused(sizes):
    """However small it became on the way: no receipt may stand for what no other check of ours would take."""
    with pytest.raises(TooLarge):
        _unpack(_unlinked(sizes), Head.empty(bytes(16)), len(sizes))


_KINDS = st.sampled_from(["a.b", "log.opened", "Log.opened", "", "กก.กก", "ab.cd\n"]) | st.text(max_size=60)
#: What one entry of a column may hold, within its type.
_ENTRIES = {
    "kind_table": st.tuples(_KINDS, st.integers(-1, 2**17), st.integers(-1, 2**64 - 1)),
    "face_table": st.tuples(st.integers(-2000, 2000), st.binary(max_size=9), st.integers(-1, 5)),
    "walls": st.none() | st.integers(-(2**63), 2**63),
    "monos": st.integers(-(2**63), 2**63),
}  # fmt: skip
_SIZES = st.lists(st.sampled_from([-1, 0, 1, BODY_BYTES_MAX, BODY_BYTES_MAX + 1]), min_size=1, max_size=3)


@given(runs(max_size=3), st.sampled_from(["sizes", *_ENTRIES]), st.data())
def test_whatever_is_let_through_every_later_check_takes(run, column, data):
    """What has a receipt is kept for ever: the check of a whole copy and of a record on its page take it as it is."""
    start, records, _ = run
    if column == "sizes":
        count = len(sizes := data.draw(_SIZES))
        sent = _unlinked(sizes)
    else:
        count, packed = len(records), zstandard.ZstdDecompressor().decompress(batch.pack(records))
        honest = msgspec.msgpack.decode(packed, type=batch._Columns)
        entries = data.draw(st.lists(_ENTRIES[column], min_size=count, max_size=count))
        sent = zstandard.compress(wire.encode(msgspec.structs.replace(honest, **{column: entries})))
    try:
        unpacked, hashes = _unpack(sent, start, count)
    except SalaError:
        return
    kept = [Record(decode_header(encode_header(each.header)), each.salt, each.body) for each in unpacked]
    assert verify(start, kept) == Head(start.log, start.seq + count, hashes[-1])


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
