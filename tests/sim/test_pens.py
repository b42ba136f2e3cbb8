"""What the simulator's keys remember is exactly what they signed."""

import pytest
from cryptography.exceptions import InvalidSignature

from shared.keys import SigningKey
from tests.sim.pens import remembered_signatures

KEY, OTHER = SigningKey(b"1" * 32), SigningKey(b"2" * 32)


@pytest.mark.parametrize(
    ("key", "flip", "message"), [(KEY, 0, b"another"), (KEY, 1, b"message"), (OTHER, 0, b"message")]
)
def test_anything_else_is_left_to_the_curve(key, flip, message):
    """Another message, a flipped bit, another key: refused as everywhere, though a true one was just remembered."""
    with remembered_signatures():
        signature = KEY.ed25519.sign(b"message")
        KEY.public.ed25519.verify(signature, b"message")
        with pytest.raises(InvalidSignature):
            key.public.ed25519.verify(bytes([signature[0] ^ flip, *signature[1:]]), message)


def test_signatures_are_the_same_with_and_without():
    """Keys made before and inside the block sign and verify as ever, and nothing stays behind."""
    before = KEY.ed25519.sign(b"message")
    with remembered_signatures():
        made_inside = SigningKey(b"1" * 32)
        assert made_inside.ed25519.sign(b"message") == before
        KEY.public.ed25519.verify(before, b"message")
    made_inside.public.ed25519.verify(before, b"message")
    assert type(KEY.ed25519) is type(made_inside.ed25519) is type(SigningKey(b"3" * 32).ed25519)
