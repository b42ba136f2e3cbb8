"""Keys: only keys that prove something are parsed, and derived secrets never cross their labels."""

import hypothesis.strategies as st
import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given, settings

from shared import keys
from shared.errors import KeyRefused

P = 2**255 - 19
LOW_ORDER_Y = [
    0, 1, P - 1, P, P + 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
]  # fmt: skip


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", LOW_ORDER_Y)
def test_the_fourteen_low_order_keys_are_refused(y, sign):
    """None of the 14 encodings of low order is taken, though OpenSSL takes them (F-G7)."""
    with pytest.raises(KeyRefused):
        keys.VerifyKey((y | sign << 255).to_bytes(32, "little"))


def test_a_low_order_key_would_accept_anything():
    """Why: under the identity point, one constant signature fits every message in the library itself."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    identity = (1).to_bytes(32, "little")
    constant = identity + bytes(32)
    for message in (b"a", b"b", b"receipt for nothing"):
        Ed25519PublicKey.from_public_bytes(identity).verify(constant, message)


@pytest.mark.parametrize("y", [P + 3, 2**255 - 1])
def test_unusual_encodings_are_refused(y):
    """A key has one written form; any other is refused."""
    with pytest.raises(KeyRefused):
        keys.VerifyKey(y.to_bytes(32, "little"))


@pytest.mark.parametrize("u", [0, 1, P - 1, P, P + 1, P + 5])
def test_sealing_keys_of_low_order_are_refused(u):
    """Nothing is sealed to a point for which everybody knows the secret."""
    with pytest.raises(KeyRefused):
        keys.SealTo(u.to_bytes(32, "little"))


@given(st.binary(min_size=32, max_size=32))
def test_written_keys_read_back(seed):
    """Every key of every kind survives its written form."""
    signing, sealing = keys.SigningKey(seed), keys.SealingKey(seed)
    for key in (signing, signing.public, sealing, sealing.public):
        assert keys.parse(keys.write(key)) == key
        assert len(key.public.id if hasattr(key, "public") else key.id) == 16
    assert seed.hex() not in repr(signing) + repr(sealing)


@given(st.text(max_size=120) | st.from_regex(r"sala/v1/[a-z0-9-]+:[0-9a-f]{62,66}"))
def test_any_text_is_a_key_or_refused(text):
    """Any text in, a key or KeyRefused out."""
    try:
        keys.parse(text)
    except KeyRefused:
        return
    assert text.startswith("sala/v1/")


def test_signature_malleability_is_refused():
    """S + L, which satisfies the same equation, is no second signature (Wycheproof's malleability cases)."""
    key = keys.SigningKey(bytes(range(32)))
    signature = key.ed25519.sign(b"m")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(InvalidSignature):
        key.public.ed25519.verify(signature[:32] + s.to_bytes(32, "little"), b"m")


@given(st.binary(min_size=10, max_size=10))
def test_enrolment_codes_survive_being_typed(random):
    """A code typed in lower case, without dashes, with O for 0 and l for 1 is the same code."""
    code = keys.enrolment_code(random)
    assert len(code) == 19
    assert keys.enrolment_secret(code) == random
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert keys.enrolment_secret(sloppy) == random


@given(st.text(max_size=24))
def test_any_typed_code_is_a_secret_or_refused(text):
    """Any text in, ten bytes or KeyRefused out."""
    try:
        assert len(keys.enrolment_secret(text)) == 10
    except KeyRefused:
        return


@settings(max_examples=5)
@given(st.from_regex(r"\A[0-9]{16}\Z"))
def test_code_keys_differ_by_office_and_purpose(code):
    """The same code gives other keys at another office, and its id tells nothing about its key."""
    here, there = keys.code_keys(code, b"salt-of-office-1"), keys.code_keys(code, b"salt-of-office-2")
    assert here == keys.code_keys(code, b"salt-of-office-1")
    assert here.status_id != there.status_id
    assert here.status_id not in here.state_key
    assert here.state_key.hex() not in repr(here)


@pytest.mark.parametrize("code", ["", "1234", "12345678901234567", "123456789012345a", "๑๒๓๔๕๖๗๘๙๐๑๒๓๔๕๖"])
def test_other_texts_are_no_codes(code):
    """Only 16 ASCII digits are a code; Thai digits are turned before."""
    with pytest.raises(KeyRefused):
        keys.code_keys(code, b"salt-of-office-1")
