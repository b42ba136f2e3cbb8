"""Envelopes and notes: what was not sealed and signed by the right key in the right place is never opened."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from strategies import mutated

from shared import envelope
from shared.envelope import Label
from shared.errors import BadSignature, CannotOpen, Malformed, SalaError, TooLarge, UnknownVersion
from shared.keys import SealingKey, SigningKey

KIOSK, OTHER = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
SERVER, SERVER2 = SealingKey(b"s" * 32), SealingKey(b"t" * 32)
PLACE = {
    "office": b"office-0123456-8", "kiosk": b"kiosk-0123456-89", "log": b"log-0123456-8901", "first_seq": 7,
    "count": 3, "prev": bytes(32), "last_hash": b"h" * 32, "nonce": b"nonce-0123456-89",
}  # fmt: skip


def _seal(packed=b"packed", by=KIOSK, to=SERVER, **place):
    return envelope.seal(packed, to=to.public, by=by, **(PLACE | place))


def test_round_trip():
    """A sealed batch opens with the server's key, and its header says where it belongs."""
    sealed = _seal(b"packed batch")
    header = envelope.read_header(sealed)
    assert (header.log, header.first_seq, header.count) == (PLACE["log"], 7, 3)
    envelope.verify(sealed, KIOSK.public)
    assert envelope.unseal(sealed, SERVER) == b"packed batch"
    assert b"packed batch" not in sealed


@settings(max_examples=400)
@given(st.data())
def test_no_mutation_is_accepted(data):
    """Flip, cut, extend, splice or reverse any part: nothing passes, and only our errors come out."""
    sealed = _seal(b"x" * 200)
    changed = data.draw(mutated(sealed))
    with pytest.raises(SalaError):  # noqa: PT012 - either step may refuse
        envelope.read_header(changed)
        envelope.verify(changed, KIOSK.public)


@given(st.binary(max_size=400))
def test_any_bytes(data):
    """Any bytes in, a value or one of our errors out."""
    for sent in (data, b"SALE\x01\x01" + data, b"SALN\x01\x03" + data):
        for read in (envelope.read_header, lambda d: envelope.read_note(d, Label.ANSWER)):
            try:
                read(sent)
            except SalaError:
                continue
        with pytest.raises(CannotOpen):
            envelope.unseal(sent, SERVER)
        with pytest.raises(BadSignature):
            envelope.verify(sent, KIOSK.public)
        envelope.peek_header(sent)


def test_ciphertext_signed_by_another_kiosk_does_not_open():
    """A's ciphertext under B's header and signature is signed well and still does not open (F-G6)."""
    stolen = _seal(b"mine")[envelope.HEADER_BYTES : -envelope.SIGNATURE_BYTES]
    header = replace(envelope.read_header(_seal(b"mine", by=OTHER)), kiosk=b"another-kiosk-89").to_bytes()
    forged = header + stolen + OTHER.ed25519.sign(envelope._signed(header, stolen))
    envelope.verify(forged, OTHER.public)
    with pytest.raises(CannotOpen):
        envelope.unseal(forged, SERVER)


@pytest.mark.parametrize("field", ["office", "kiosk", "log", "prev", "last_hash", "nonce", "first_seq", "count"])
def test_each_header_field_is_bound(field):
    """Changing one header field and signing again does not make the ciphertext open elsewhere."""
    sealed = _seal(b"mine")
    value = PLACE[field]
    other = value + 1 if isinstance(value, int) else value[:-1] + b"X"
    header = replace(envelope.read_header(sealed), **{field: other}).to_bytes()
    ct = sealed[envelope.HEADER_BYTES : -envelope.SIGNATURE_BYTES]
    forged = header + ct + KIOSK.ed25519.sign(envelope._signed(header, ct))
    with pytest.raises(CannotOpen):
        envelope.unseal(forged, SERVER)


def test_wrong_keys():
    """Another server's key does not open, another kiosk's key does not verify."""
    sealed = _seal()
    with pytest.raises(CannotOpen):
        envelope.unseal(sealed, SERVER2)
    with pytest.raises(BadSignature):
        envelope.verify(sealed, OTHER.public)


def test_limits_and_versions():
    """Too large is refused on both sides; a newer version is told apart from rubbish."""
    with pytest.raises(TooLarge):
        _seal(bytes(envelope.ENVELOPE_BYTES_MAX))
    with pytest.raises(TooLarge):
        envelope.read_header(bytes(envelope.ENVELOPE_BYTES_MAX + 1))
    sealed = _seal()
    for at in (4, 5):
        with pytest.raises(UnknownVersion):
            envelope.read_header(sealed[:at] + b"\x09" + sealed[at + 1 :])
    with pytest.raises(Malformed):
        envelope.read_header(sealed[:-1])


def test_labels_keep_notes_apart():
    """A note signed as one thing is never read as another."""
    note = envelope.sign(Label.ASK, b"payload", KIOSK)
    assert envelope.verify_note(envelope.read_note(note, Label.ASK), KIOSK.public) == b"payload"
    with pytest.raises(Malformed):
        envelope.read_note(note, Label.ANSWER)
    relabelled = note[:5] + bytes([Label.ANSWER]) + note[6:]
    with pytest.raises(BadSignature):
        envelope.verify_note(envelope.read_note(relabelled, Label.ANSWER), KIOSK.public)


@given(st.binary(max_size=200), st.data())
def test_status_opens_only_with_its_code(status, data):
    """A status opens under its own id and key; changed, moved or under another key it does not."""
    place = {"status_id": b"i" * 16, "state_key": b"k" * 32}
    sealed = envelope.seal_status(status, nonce=b"n" * 12, **place)
    assert envelope.open_status(sealed, **place) == status
    for wrong in ({"status_id": b"j" * 16}, {"state_key": b"l" * 32}):
        with pytest.raises(CannotOpen):
            envelope.open_status(sealed, **(place | wrong))
    with pytest.raises(CannotOpen):
        envelope.open_status(data.draw(mutated(sealed)), **place)
