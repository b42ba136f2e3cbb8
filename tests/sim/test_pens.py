"""What the simulator remembers is exactly what was signed, and what those very bytes said."""

import pytest
from cryptography.exceptions import InvalidSignature

from kiosk.store.cipher import Keyring
from kiosk.store.errors import RowDamaged
from shared.keys import SigningKey
from tests.sim.pens import remembered_readings, remembered_signatures

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


def test_a_row_is_remembered_for_its_place_its_store_and_those_bytes_alone():
    """Read twice it says the same; in another place, in another store, one bit off, it is as damaged as ever."""
    sealed = Keyring(b"7" * 32, b"s" * 16).rows("record").seal(3, b"plain", b"n" * 12)
    with remembered_readings():
        rows, elsewhere = (Keyring(b"7" * 32, store * 16).rows("record") for store in (b"s", b"t"))
        assert [rows.open(3, sealed) for _ in range(2)] == [b"plain"] * 2
        for cipher, place, data in ((rows, 4, sealed), (elsewhere, 3, sealed), (rows, 3, b"m" + sealed[1:])):
            with pytest.raises(RowDamaged):
                cipher.open(place, data)
