"""Kinds: what is written can be read, and what cannot be read is kept."""

import typing

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from shared import envelope, keys, kinds, wire
from shared.errors import Malformed
from shared.kinds import BY_NAME, KINDS, Body, Unreadable

bodies = st.one_of(*[st.from_type(body) for body in typing.get_args(Body)])


@given(bodies)
def test_what_is_written_is_read(body):
    """Every body reads back as itself, or is told apart as one that breaks its kind's rules."""
    try:
        written = kinds.encode(body)
    except Malformed:  # a number of more than 64 bits, half a character
        return
    read = kinds.decode(*written)
    assert read == body or isinstance(read, Unreadable)


@given(st.text(max_size=30), st.integers(0, 9), st.binary(max_size=200))
def test_any_bytes_are_a_body_or_unreadable(kind, schema, data):
    """Any kind, schema and bytes in, a body or Unreadable with the very bytes out; never an exception."""
    for name in (kind, *(row.name for row in KINDS)):
        read = kinds.decode(name, schema, data)
        if isinstance(read, Unreadable):
            assert (read.kind, read.schema, read.data) == (name, schema, data)
            assert read.reason


def test_a_newer_schema_is_kept_whole():
    """A field more than this program knows makes the body unreadable, not wrong (F-H1)."""
    _, _, data = kinds.encode(kinds.RatingGiven("2026-11-25", 5, "walk-by", "", False))
    newer = wire.encode([*wire.decode(list, data, bytes_max=100), "a field of tomorrow"])
    assert isinstance(kinds.decode("rating.given", 1, newer), Unreadable)
    assert isinstance(kinds.decode("rating.given", 2, newer), Unreadable)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_impossible_scores_are_unreadable(score):
    """Faces run from 1 to 5; any other score never reaches a mean."""
    data = wire.encode(kinds.RatingGiven("2026-11-25", score, "walk-by", "", False))
    assert isinstance(kinds.decode("rating.given", 1, data), Unreadable)


def test_wrong_types_are_refused_at_capture():
    """A body that could not be read back is refused where it is written."""
    with pytest.raises(Malformed):
        kinds.encode(kinds.RatingGiven("2026-11-25", "5", "walk-by", "", False))


SEALED = envelope.seal_to_route(
    b"words", readers=[keys.ReadingKey(bytes([i]) * 96).public for i in (1, 2)], log=b"l" * 16, route="chief",
    key=b"k" * 32,
)  # fmt: skip
COMPLAINT = kinds.ComplaintFiled("2026-11-25", b"i" * 16, b"k" * 32, "unfair", "chief", SEALED)


@pytest.mark.parametrize(
    "change",
    [
        {"category": "lamp"},
        {"route": ""},
        {"sealed": b"words"},
        {"sealed": b""},
        {"status_id": b""},
        {"state_key": b""},
    ],
)
def test_a_complaint_that_is_not_sealed_or_of_no_sort_is_unreadable(change):
    """Only what readers can open, of a sort the report counts, on a named route, is folded into a case."""
    assert kinds.decode(*kinds.encode(COMPLAINT)) == COMPLAINT
    assert isinstance(kinds.decode(*kinds.encode(msgspec.structs.replace(COMPLAINT, **change))), Unreadable)


def test_the_table_answers_for_every_kind():
    """Every body has one row; its personal fields exist; what is personal is erased after a number of days."""
    assert {row.body for row in KINDS} == set(typing.get_args(Body))
    assert len(BY_NAME) == len(KINDS)
    for row in KINDS:
        assert set(row.personal) <= set(row.body.__struct_fields__)
        assert all((row.title_th, row.title_en, row.erased))
        assert not row.personal or row.keep_days


@pytest.mark.parametrize(
    ("status_id", "round_", "reason"),
    [(b"i" * 15, 1, "other"), (b"i" * 16, 0, "other"), (b"i" * 16, 1, ""), (b"i" * 16, 1, "nobody")],
)
def test_a_return_of_no_case_in_no_round_or_for_no_reason_is_unreadable(status_id, round_, reason):
    """What could take no case up again never reaches one."""
    body = kinds.CaseReturned("2026-11-25", status_id, round_, reason, "", "th")
    assert isinstance(kinds.decode(*kinds.encode(body)), Unreadable)
