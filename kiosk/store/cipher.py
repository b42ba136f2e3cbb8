"""The store's key, and how one row is locked to its place.

Every row is sealed by itself with AES-256-GCM-SIV under a random nonce. The key is derived for each table from the
store's 256-bit key, and the row's place (store, table, row) goes in as associated data: a row that is moved, swapped
with another or brought from another store does not open. GCM-SIV, since a restored disk image may repeat a nonce:
then it tells at worst that two rows are equal, where plain GCM would lose its key.

The check value proves a key before anything is read, so a wrong key is called wrong and never looks like an empty
store.

    keyring = Keyring(key, store_id)
    rows = keyring.rows("document/tickets")
    data = rows.seal(7, b"...", nonce)
    rows.open(7, data)                  # b"..."; raises RowDamaged for any other place or byte
"""

import hmac
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.store import files
from kiosk.store.errors import RowDamaged, WrongKey

KEY_BYTES = 32
NONCE_BYTES = 12
CHECK_BYTES = 16

#: A row's place inside its table: a number, or a name for the few rows that are found by name.
Place = int | str

_FILE_MARK = "sala-store-key-1"


class RowCipher:
    """Seals and opens the rows of one table."""

    __slots__ = ("_aead", "_context", "_table")

    def __init__(self, key: bytes, context: bytes, table: str) -> None:
        self._aead = AESGCMSIV(key)
        self._context = context
        self._table = table

    def seal(self, place: Place, plain: bytes, nonce: bytes) -> bytes:
        """The bytes to keep for `plain` at `place`; `nonce` is 12 random bytes."""
        return nonce + self._aead.encrypt(nonce, plain, self._bound(place))

    def open(self, place: Place, data: bytes) -> bytes:
        """What was sealed at `place`; raises `RowDamaged` for bytes that were changed or belong elsewhere."""
        try:
            return self._aead.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], self._bound(place))
        except (InvalidTag, ValueError, TypeError) as error:  # TypeError: a damaged file may hold no bytes here
            raise RowDamaged(f"row {place} of {self._table} does not open") from error

    def _bound(self, place: Place) -> bytes:
        # A name cannot be taken for a number: the letter before it tells them apart.
        tail = b"n%d" % place if isinstance(place, int) else b"s" + place.encode()
        return self._context + tail


class Keyring:
    """The keys of one store, derived from its key and its id."""

    def __init__(self, key: bytes, store_id: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise WrongKey(f"a store key has {KEY_BYTES} bytes, this one has {len(key)}")
        self._key = key
        self._store_id = store_id

    def rows(self, table: str) -> RowCipher:
        """The cipher for the rows of `table`."""
        return RowCipher(
            self._derive(b"table/" + table.encode(), KEY_BYTES),
            b"sala/v1/store/row\0" + self._store_id + table.encode() + b"\0",
            table,
        )

    def check_value(self) -> bytes:
        """What is kept beside the rows to tell this key from others; says nothing about it."""
        return self._derive(b"check", CHECK_BYTES)

    def prove(self, check_value: bytes) -> None:
        """Raise `WrongKey` unless this key made `check_value`."""
        if not hmac.compare_digest(self.check_value(), check_value):
            raise WrongKey("wrong key: this store was made with another one")

    def _derive(self, info: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, self._store_id, b"sala/v1/store/" + info).derive(self._key)


def make_key_file(path: Path, key: bytes) -> None:
    """Keep a new store key in a file that only its owner may read; raises `FileExistsError` rather than replace one."""
    if len(key) != KEY_BYTES:
        raise WrongKey(f"a store key has {KEY_BYTES} bytes, this one has {len(key)}")
    files.create(path, f"{_FILE_MARK} {key.hex()}\n".encode(), mode=0o600)


def read_key_file(path: Path) -> bytes:
    """The store key in `path`; raises `WrongKey` where there is none. Rights that are too wide are narrowed."""
    try:
        text = path.read_bytes()[:1024].decode("ascii")
    except FileNotFoundError as error:
        raise WrongKey(f"the key file {path} is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise WrongKey(f"the key file {path} cannot be read: {error}") from error
    mark, _, digits = text.strip().partition(" ")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if mark != _FILE_MARK or len(key) != KEY_BYTES:
        raise WrongKey(f"{path} is no store key")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return key
