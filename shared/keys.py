"""Keys: making, reading, writing and naming them, and what is derived from a citizen's code.

Seeds come in from the caller, so this file has no randomness of its own. A key's id is the first 16 bytes of the
SHA-256 of its public half. Public keys that prove nothing (points of low order) are refused wherever a key is parsed:
OpenSSL would accept them, and with one of them a single signature fits every message.

Written form, one line: ``sala/v1/<kind>:<hex>``, for example ``sala/v1/ed25519-public:1f...``.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import KeyRefused

KEY_BYTES = 32
KEY_ID_BYTES = 16
CODE_DIGITS = 16
ENROLMENT_CODE_CHARS = 16

_P = 2**255 - 19
#: y coordinates of the eight points of low order, canonical and not (both signs of x share them).
#: Source: the list in C2SP's Community Cryptography Test Vectors, "ed25519vectors", and libsodium's own check.
_ED25519_LOW_ORDER_Y = frozenset(
    {
        0,
        1,
        _P - 1,
        _P,
        _P + 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)
#: u coordinates of low order on Curve25519, from RFC 7748's discussion and https://cr.yp.to/ecdh.html.
_X25519_LOW_ORDER_U = frozenset(
    {
        0,
        1,
        _P - 1,
        _P,
        _P + 1,
        int.from_bytes(bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"), "little"),
        int.from_bytes(bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"), "little"),
    }
)
_SIGN_BIT = 1 << 255


def key_id(public: bytes) -> bytes:
    """The 16 bytes by which a public key is named in headers."""
    return hashlib.sha256(public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public Ed25519 key that was checked: 32 bytes, canonical, not of low order."""

    raw: bytes
    id: bytes = field(init=False)
    ed25519: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise KeyRefused(f"a public signing key has {KEY_BYTES} bytes, not {len(self.raw)}")
        y = int.from_bytes(self.raw, "little") & ~_SIGN_BIT
        if y in _ED25519_LOW_ORDER_Y:
            raise KeyRefused("a public signing key of low order")
        if y >= _P:
            raise KeyRefused("a public signing key that is not written in its one form")
        object.__setattr__(self, "id", key_id(self.raw))
        object.__setattr__(self, "ed25519", Ed25519PublicKey.from_public_bytes(self.raw))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key made from a 32-byte seed."""

    seed: bytes = field(repr=False)
    public: VerifyKey = field(init=False)
    ed25519: Ed25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise KeyRefused(f"a signing seed has {KEY_BYTES} bytes, not {len(self.seed)}")
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        object.__setattr__(self, "ed25519", private)
        object.__setattr__(self, "public", VerifyKey(private.public_key().public_bytes_raw()))


@dataclass(frozen=True, slots=True)
class SealTo:
    """A public X25519 key that was checked: anyone may seal to it."""

    raw: bytes
    id: bytes = field(init=False)
    x25519: X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise KeyRefused(f"a public sealing key has {KEY_BYTES} bytes, not {len(self.raw)}")
        u = int.from_bytes(self.raw, "little")
        if u & ~_SIGN_BIT in _X25519_LOW_ORDER_U:
            raise KeyRefused("a public sealing key of low order")
        if u >= _P:
            raise KeyRefused("a public sealing key that is not written in its one form")
        object.__setattr__(self, "id", key_id(self.raw))
        object.__setattr__(self, "x25519", X25519PublicKey.from_public_bytes(self.raw))


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A private X25519 key made from a 32-byte seed: it opens what was sealed to `public`."""

    seed: bytes = field(repr=False)
    public: SealTo = field(init=False)
    x25519: X25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise KeyRefused(f"a sealing seed has {KEY_BYTES} bytes, not {len(self.seed)}")
        private = X25519PrivateKey.from_private_bytes(self.seed)
        object.__setattr__(self, "x25519", private)
        object.__setattr__(self, "public", SealTo(private.public_key().public_bytes_raw()))


_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64


@dataclass(frozen=True, slots=True)
class ReaderKey:
    """A reader's public key for complaints about people: ML-KEM-768 and X25519, one after the other (1216 bytes).

    Both must be broken to read what was sealed: it is to outlive the curves of today.
    """

    raw: bytes = field(repr=False)
    id: bytes = field(init=False)
    hybrid: hpke.MLKEM768X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != _MLKEM_PUBLIC_BYTES + KEY_BYTES:
            raise KeyRefused(f"a reader's key has {_MLKEM_PUBLIC_BYTES + KEY_BYTES} bytes, not {len(self.raw)}")
        curve = SealTo(self.raw[_MLKEM_PUBLIC_BYTES:])
        try:
            lattice = MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC_BYTES])
        except ValueError as error:
            raise KeyRefused("a reader's key that is none") from error
        object.__setattr__(self, "id", key_id(self.raw))
        object.__setattr__(self, "hybrid", hpke.MLKEM768X25519PublicKey(lattice, curve.x25519))


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """A reader's private key, made from a 96-byte seed: it opens what was sealed to `public`."""

    seed: bytes = field(repr=False)
    public: ReaderKey = field(init=False)
    hybrid: hpke.MLKEM768X25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != _MLKEM_SEED_BYTES + KEY_BYTES:
            raise KeyRefused(f"a reading seed has {_MLKEM_SEED_BYTES + KEY_BYTES} bytes, not {len(self.seed)}")
        lattice = MLKEM768PrivateKey.from_seed_bytes(self.seed[:_MLKEM_SEED_BYTES])
        curve = SealingKey(self.seed[_MLKEM_SEED_BYTES:])
        public = lattice.public_key().public_bytes_raw() + curve.public.raw
        object.__setattr__(self, "hybrid", hpke.MLKEM768X25519PrivateKey(lattice, curve.x25519))
        object.__setattr__(self, "public", ReaderKey(public))


AnyKey = VerifyKey | SigningKey | SealTo | SealingKey | ReaderKey | ReadingKey

_KINDS: dict[str, type[AnyKey]] = {
    "reader-public": ReaderKey,
    "reader-private": ReadingKey,
    "ed25519-public": VerifyKey,
    "ed25519-private": SigningKey,
    "x25519-public": SealTo,
    "x25519-private": SealingKey,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_LINE = re.compile(r"sala/v1/([a-z0-9-]+):((?:[0-9a-f]{2})+)\n?")


def write(key: AnyKey) -> str:
    """The one line that `parse` reads back."""
    raw = key.seed if isinstance(key, SigningKey | SealingKey | ReadingKey) else key.raw
    return f"sala/v1/{_NAMES[type(key)]}:{raw.hex()}\n"


def parse(line: str) -> AnyKey:
    """The key that `line` writes; raises `KeyRefused` for any other text."""
    match = _LINE.fullmatch(line)
    if match is None or match[1] not in _KINDS:
        raise KeyRefused("not a key line")
    return _KINDS[match[1]](bytes.fromhex(match[2]))


def derive(secret: bytes, label: str, *, length: int = KEY_BYTES, salt: bytes | None = None) -> bytes:
    """`length` bytes from a strong `secret`, different for each `label` (HKDF-SHA256)."""
    return HKDF(hashes.SHA256(), length, salt, label.encode()).derive(secret)


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """What a citizen's 16-digit code stands for. The code itself is kept nowhere.

    `status_id` finds the case's status in the bundle, `state_key` opens it.
    """

    status_id: bytes
    state_key: bytes = field(repr=False)


def code_keys(code: str, office_salt: bytes) -> CodeKeys:
    """Derive from a code with Argon2id (64 MiB, 3 passes), so that codes cannot be guessed from what a bundle holds.

    Takes about a tenth of a second on purpose. Raises `KeyRefused` unless `code` is 16 ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{16}", code):
        raise KeyRefused("a code has 16 digits")
    try:
        root = Argon2id(salt=office_salt, length=KEY_BYTES, iterations=3, lanes=1, memory_cost=64 * 1024).derive(
            code.encode()
        )
    except UnsupportedAlgorithm as error:
        raise KeyRefused("this machine's OpenSSL has no Argon2id") from error
    return CodeKeys(
        status_id=derive(root, "sala/v1/status-id", length=16),
        state_key=derive(root, "sala/v1/state-key"),
    )


#: A pass phrase of fewer characters is refused where a key is made.
PASSPHRASE_CHARS_MIN = 12


def passphrase_key(passphrase: str, salt: bytes) -> bytes:
    """32 bytes from what somebody types, with Argon2id (64 MiB, 3 passes); `salt` is 16 random bytes kept beside it.

    However a keyboard composes a Thai letter, the same phrase gives the same bytes.
    """
    typed = unicodedata.normalize("NFC", passphrase.strip()).encode()
    try:
        return Argon2id(salt=salt, length=KEY_BYTES, iterations=3, lanes=1, memory_cost=64 * 1024).derive(typed)
    except UnsupportedAlgorithm as error:
        raise KeyRefused("this machine's OpenSSL has no Argon2id") from error


# An enrolment code is read aloud and typed: 16 characters of Crockford's base 32 (80 bits), no I, L, O or U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED_FOR = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


def enrolment_code(random: bytes) -> str:
    """The code that 10 random bytes stand for, in groups of four."""
    if len(random) != ENROLMENT_CODE_CHARS * 5 // 8:
        raise KeyRefused("an enrolment code is made from 10 bytes")
    number = int.from_bytes(random, "big")
    chars = [_ALPHABET[number >> 5 * i & 31] for i in reversed(range(ENROLMENT_CODE_CHARS))]
    return "-".join("".join(chars[i : i + 4]) for i in range(0, ENROLMENT_CODE_CHARS, 4))


def enrolment_secret(typed: str) -> bytes:
    """The 10 bytes behind a typed code; raises `KeyRefused` where it cannot be one."""
    text = typed.upper().translate(_TYPED_FOR)
    if len(text) != ENROLMENT_CODE_CHARS or any(char not in _ALPHABET for char in text):
        raise KeyRefused("an enrolment code has 16 letters and digits")
    number = 0
    for char in text:
        number = number << 5 | _ALPHABET.index(char)
    return number.to_bytes(10, "big")


def enrolment_name(secret: bytes) -> bytes:
    """What names an enrolment code without telling it (16 bytes)."""
    return derive(secret, "sala/v1/enrolment-name", length=16)


def enrolment_proof(secret: bytes, side: str, transcript: bytes) -> bytes:
    """Shows that `side` ("kiosk" or "server") knows the code, for these very bytes."""
    return hmac.digest(derive(secret, f"sala/v1/enrolment-proof/{side}"), transcript, "sha256")


def same(a: bytes, b: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(a, b)
