"""Keys that remember what they signed, so that nobody works out again what this process wrote itself.

    with remembered_signatures():
        ...                                     # `SigningKey` and `VerifyKey` as everywhere, their curve asked less

An Ed25519 signature that this very key made over these very bytes verifies: that is what the curve is for, and
`tests/shared` tries it. So the answer is remembered for exactly that key, signature and message; anything else, down to
one flipped bit, is verified by the curve as ever. Verifying was a tenth of a simulated fleet's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.keys import SigningKey, VerifyKey

#: The message under each signature, by the raw public key and the signature.
_Written = dict[tuple[bytes, bytes], bytes]


class _Pen:
    """A private key that notes what it signs."""

    def __init__(self, key: Ed25519PrivateKey, public: bytes, written: _Written) -> None:
        self._key, self._public, self._written = key, public, written

    def sign(self, message: bytes) -> bytes:
        signature = self._key.sign(message)
        self._written[self._public, signature] = message
        return signature


class _Reader:
    """A public key that looks into the notes first."""

    def __init__(self, key: Ed25519PublicKey, public: bytes, written: _Written) -> None:
        self._key, self._public, self._written = key, public, written

    def verify(self, signature: bytes, message: bytes) -> None:
        if self._written.get((self._public, signature)) != message:
            self._key.verify(signature, message)


@contextmanager
def remembered_signatures() -> Iterator[None]:
    """For the length of the block; what was remembered is forgotten after it."""
    written: _Written = {}
    private, public = vars(SigningKey)["ed25519"], vars(VerifyKey)["ed25519"]

    def pen(key: SigningKey) -> _Pen:
        return _Pen(private.__get__(key), key.public.raw, written)

    def reader(key: VerifyKey) -> _Reader:
        return _Reader(public.__get__(key), key.raw, written)

    with (
        mock.patch.object(SigningKey, "ed25519", property(pen, private.__set__)),
        mock.patch.object(VerifyKey, "ed25519", property(reader, public.__set__)),
    ):
        yield
