"""The chain: nothing is altered, dropped or slipped in unseen."""

import contextlib

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from strategies import runs

from shared.errors import Broken, ChainError, Fork, Gap
from shared.log import Head, link, overlap, verify
from shared.records import At, erase

AT = At(0, 420, b"", 0, 1)


@given(runs())
def test_a_run_verifies_to_its_head(run):
    """An honest run leads from its start to its end, body or no body."""
    start, records, heads = run
    assert verify(start, records) == heads[-1]
    assert verify(start, [erase(record) for record in records]) == heads[-1]


@given(runs(max_size=6), st.data())
def test_dropping_or_swapping_is_seen(run, data):
    """A record left out, doubled or moved raises a chain error."""
    start, records, _ = run
    i = data.draw(st.integers(0, len(records) - 1))
    doubled = [*records[: i + 1], *records[i:]]
    with pytest.raises(Gap):
        verify(start, doubled)
    if i < len(records) - 1:
        with pytest.raises(ChainError):
            verify(start, records[:i] + records[i + 1 :])
        swapped = [*records[:i], records[i + 1], records[i], *records[i + 2 :]]
        with pytest.raises(ChainError):
            verify(start, swapped)


@given(runs(max_size=4), st.data())
def test_a_changed_header_is_seen(run, data):
    """Any header field changed in the middle of a run is seen at the next record at the latest."""
    start, records, heads = run
    i = data.draw(st.integers(0, len(records) - 1))
    header = msgspec.structs.replace(records[i].header, edition=records[i].header.edition + 1)
    changed = [*records[:i], msgspec.structs.replace(records[i], header=header), *records[i + 1 :]]
    with contextlib.suppress(ChainError):
        assert verify(start, changed) != heads[-1]


@given(runs(max_size=3))
def test_another_first_record_is_a_fork(run):
    """A run that names another predecessor is a fork, not a broken log."""
    start, records, _ = run
    with pytest.raises(Fork):
        verify(Head(start.log, start.seq, bytes(b ^ 1 for b in start.hash)), records)
    with pytest.raises(Broken):
        verify(Head(bytes(b ^ 1 for b in start.log), start.seq, start.hash), records)


def test_overlap_tells_repeat_from_fork():
    """Known hashes that agree are a repeat; the first that differs is where the branches part."""
    known = {3: b"c", 4: b"d", 5: b"e"}
    assert overlap(known, 3, [b"c", b"d", b"e", b"f"]) is None
    assert overlap(known, 4, [b"d", b"x"]) == 5
    assert overlap(known, 6, [b"x"]) is None


def test_two_equal_bodies_are_two_records():
    """Two equal ratings are two records with different hashes (F-A8)."""
    head = Head.empty(bytes(16))
    one, head = link(head, kind="rating.given", schema=1, edition=1, at=AT, salt=b"a" * 16, body=b"5")
    two, head = link(head, kind="rating.given", schema=1, edition=1, at=AT, salt=b"b" * 16, body=b"5")
    assert one.header.commitment != two.header.commitment
    assert head.seq == 2
