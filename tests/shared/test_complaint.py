"""The words of a complaint: strict when written and when read, and padded so that their length is not told."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings
from strategies import mutated

from shared import complaint, envelope, keys, wire
from shared.complaint import Complaint
from shared.errors import Malformed, SalaError, UnknownVersion

WORDS = Complaint(
    version=1, about="unit", text="พูดจาไม่ดี", unit="works", counter="2", person="", when="เมื่อเช้า", place="ช่อง 2",
    contact_name="", contact_phone="", language="th",
)  # fmt: skip


def test_what_was_said_is_what_is_read():
    """Every field comes back as it was said."""
    assert complaint.decode(complaint.encode(WORDS)) == WORDS


def test_another_type_or_subject_is_refused_where_it_is_written():
    """A subject nobody knows, or a number in place of words, never gets sealed."""
    with pytest.raises(Malformed):
        complaint.encode(msgspec.structs.replace(WORDS, about="mayor"))
    with pytest.raises(Malformed):
        complaint.encode(msgspec.structs.replace(WORDS, counter=2))


def test_words_of_a_newer_program_are_told_apart():
    """Another version, or a field more, is refused and not misread."""
    with pytest.raises(UnknownVersion):
        complaint.decode(complaint.encode(WORDS)[:1] + b"\x02" + complaint.encode(WORDS)[2:])
    with pytest.raises(Malformed):
        complaint.decode(wire.encode([*wire.decode(list, complaint.encode(WORDS), bytes_max=1000), "more"]))


@settings(max_examples=60)
@given(st.data())
def test_any_bytes_are_a_complaint_or_an_error_of_ours(data):
    """The law of every decoder."""
    try:
        assert isinstance(complaint.decode(data.draw(mutated(complaint.encode(WORDS)))), Complaint)
    except SalaError:
        return


def test_short_and_longer_words_have_one_length_once_sealed():
    """Two complaints of ordinary length cannot be told apart by their size."""
    readers = [keys.ReadingKey(bytes([i]) * 96).public for i in (1, 2, 3)]

    def sealed_size(text):
        body = complaint.encode(msgspec.structs.replace(WORDS, text=text))
        return len(envelope.seal_to_route(body, readers=readers, log=b"l" * 16, route="unit", key=b"k" * 32))

    assert sealed_size("พูดจาไม่ดี " * 10) == sealed_size("พูดจาไม่ดี " * 25)
