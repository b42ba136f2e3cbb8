"""What was worked out once in this process is not worked out again: signatures, and what the same bytes say.

    with remembered_signatures(), remembered_readings():
        ...                                     # all as everywhere, the curve and the decoders asked less

An Ed25519 signature that this very key made over these very bytes verifies: that is what the curve is for, and
`tests/shared` tries it. So the answer is remembered for exactly that key, signature and message; anything else, down to
one flipped bit, is verified by the curve as ever. Verifying was a tenth of a simulated fleet's time.

`READINGS` are functions of nothing but their arguments: a row under its key and in its place opens to the same bytes,
the same bytes are the same record. A kiosk reads its rows again and again, and a simulated one is looked at as well.
What raises is not remembered.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.store import editions, logbook
from kiosk.store.cipher import Keyring, RowCipher
from shared import keylist, wire
from shared.keys import SigningKey, VerifyKey
from tests.sim import device

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


#: Where a function is called by its name -> the name, and what of its arguments its answer depends on.
READINGS: Final[list[tuple[Any, str, Callable[..., Hashable]]]] = [
    (RowCipher, "open", lambda self, place, data: (self._context, place, data)),
    (Keyring, "_derive", lambda self, info, length: (self._key, self._store_id, info, length)),
    (logbook, "decode_record", lambda data: data),
    (device, "decode_record", lambda data: data),
    (keylist, "_read", lambda signed, office: (signed, office)),
    # The pieces were compared with their hashes when they were read.
    (editions, "assemble", lambda manifest, pieces: (wire.encode(manifest), frozenset(pieces))),
]


@contextmanager
def remembered_readings() -> Iterator[None]:
    """For the length of the block, as above."""
    with ExitStack() as stack:
        for place, name, key in READINGS:
            stack.enter_context(mock.patch.object(place, name, _remembering(getattr(place, name), key)))
        yield


def _remembering(function: Callable[..., Any], key: Callable[..., Hashable]) -> Callable[..., Any]:
    known: dict[Hashable, Any] = {}

    def remembered(*args: Any) -> Any:
        asked = key(*args)
        if asked not in known:
            known[asked] = function(*args)
        return known[asked]

    return remembered
