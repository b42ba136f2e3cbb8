"""Complaints about people: legible to the readers of their route and to nobody else."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from strategies import mutated

from shared import envelope, keys
from shared.errors import CannotOpen, KeyRefused, SalaError

ANN, BEN, CAT = (keys.ReadingKey(bytes([i]) * 96) for i in (1, 2, 3))
PLACE = {"log": b"log-123456789012", "route": "chief"}


def seal(body, readers=(ANN, BEN), **place):
    """The body sealed to these readers."""
    return envelope.seal_to_route(body, readers=[r.public for r in readers], key=b"k" * 32, **(PLACE | place))


@settings(max_examples=30)
@given(st.binary(max_size=20_000))
def test_every_reader_can_read_and_nobody_else(body):
    """Each reader opens the body; one who is not on the route does not, and the text is nowhere in the clear."""
    sealed = seal(body)
    assert envelope.open_routed(sealed, reader=ANN, **PLACE) == body
    assert envelope.open_routed(sealed, reader=BEN, **PLACE) == body
    assert envelope.readers_of(sealed) == [ANN.public.id, BEN.public.id]
    with pytest.raises(CannotOpen):
        envelope.open_routed(sealed, reader=CAT, **PLACE)
    assert len(body) < 8 or body not in sealed


@pytest.mark.parametrize("place", [{"log": b"log-another-5678"}, {"route": "clerk"}])
def test_sealed_bytes_do_not_move(place):
    """Moved to another log or route, the same bytes open for nobody."""
    with pytest.raises(CannotOpen):
        envelope.open_routed(seal(b"text"), reader=ANN, **(PLACE | place))


@settings(max_examples=60)
@given(st.data())
def test_altered_bytes_are_refused(data):
    """Flip, cut or splice: an error of ours, or the untouched body where only another reader's key was hit."""
    changed = data.draw(mutated(seal(b"text")))
    try:
        assert envelope.open_routed(changed, reader=ANN, **PLACE) == b"text"
    except SalaError:
        return


@given(st.binary(max_size=300))
def test_any_bytes(data):
    """Any bytes in, one of our errors out."""
    with pytest.raises(SalaError):
        envelope.open_routed(data, reader=ANN, **PLACE)


def test_size_tells_next_to_nothing():
    """A short word and two hundred letters are sealed to the same length."""
    lengths = {len(seal(b"x" * n)) for n in (0, 1, 100, 252)}
    assert len(lengths) == 1
    assert len(seal(b"x" * 253)) - lengths.pop() == 1024 - 256


@pytest.mark.parametrize("readers", [(), (ANN,), (ANN, ANN)])
def test_a_route_has_two_readers(readers):
    """One reader, or one counted twice, is no route: nobody alone may make a complaint vanish (F-N6)."""
    with pytest.raises(KeyRefused):
        seal(b"text", readers=readers)


def test_reader_keys_are_checked_and_written():
    """A reader's key survives its written form; a damaged one is refused."""
    for key in (ANN, ANN.public):
        assert keys.parse(keys.write(key)) == key
    low = ANN.public.raw[:-32] + bytes(32)
    for raw in (b"", ANN.public.raw[:-1], low, b"\xff" * len(ANN.public.raw)):
        with pytest.raises(KeyRefused):
            keys.ReaderKey(raw)
    assert ANN.seed.hex() not in repr(ANN)


def test_a_wrapped_key_opens_with_its_own_phrase_alone():
    """The same phrase, however its letters are composed, gives the key back; another phrase, key or byte does not."""
    wrapped = envelope.wrap_reading_key(ANN, "ป่าน้ำ café สิบสอง", salt=b"s" * 16, nonce=b"n" * 12)
    place = {"salt": b"s" * 16, "public_id": ANN.public.id}
    assert envelope.unwrap_reading_key(wrapped, " ป่าน้ำ cafe\u0301 สิบสอง", **place) == ANN
    assert ANN.seed not in wrapped
    for changed, phrase, where in (
        (wrapped, "ป่าน้ำ cafe สิบสอง", place),
        (wrapped, "ป่าน้ำ café สิบสอง", place | {"public_id": BEN.public.id}),
        (wrapped, "ป่าน้ำ café สิบสอง", place | {"salt": b"t" * 16}),
        (wrapped[:-1], "ป่าน้ำ café สิบสอง", place),
        (b"", "ป่าน้ำ café สิบสอง", place),
    ):
        with pytest.raises(CannotOpen):
            envelope.unwrap_reading_key(changed, phrase, **where)
