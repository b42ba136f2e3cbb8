"""Envelopes and notes: how bytes are sealed to a reader and signed by a writer.

An **envelope** carries a batch from a kiosk to the server:

    envelope  = header (183 bytes) || ct || signature (64 bytes)
    ct        = HPKE.seal(server key, packed batch, info = "sala/v1/envelope" || header)
    signature = Ed25519(kiosk key, "sala/v1/envelope" || header || SHA-256(ct))

The whole header is bound into the key schedule, so a ciphertext cut out of one envelope opens in no other; the
signature stands outside, so junk costs the server no private-key work. HPKE is RFC 9180 in base mode: DHKEM(X25519,
HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (suite 1).

A **note** carries a signed message either way: ``"SALN" || version || label number || key id || signature || payload``.

Rules of this file: `verify` raises, never returns False; every signature and hash begins with its label; an
envelope's identity is never its bytes, always (log, seq, hash).
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from shared import keys, wire
from shared.errors import BadSignature, CannotOpen, KeyRefused, Malformed, TooLarge, UnknownVersion
from shared.keys import ReaderKey, ReadingKey, SealingKey, SealTo, SigningKey, VerifyKey
from shared.records import BODY_BYTES_MAX

VERSION = 1
SUITE_X25519 = 1
SIGNATURE_BYTES = 64
ENVELOPE_BYTES_MAX = 1024 * 1024
NOTE_BYTES_MAX = 256 * 1024

_MAGIC = b"SALE"
_LABEL = b"sala/v1/envelope"
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
#: encapsulated key and tag: what sealing adds to the packed batch.
SEAL_OVERHEAD_BYTES = 48

_FIELDS = struct.Struct(">4sBB16s16s16s16s16sBQI32s32s16sI")
HEADER_BYTES = _FIELDS.size


@dataclass(frozen=True, slots=True)
class EnvelopeHeader:
    """What is legible on the outside of an envelope. Ids are 16 bytes, hashes 32; `length` counts the ciphertext."""

    suite: int
    office: bytes
    kiosk: bytes
    log: bytes
    kiosk_key: bytes
    server_key: bytes
    dictionary: int
    first_seq: int
    count: int
    prev: bytes
    last_hash: bytes
    nonce: bytes
    length: int

    def to_bytes(self) -> bytes:
        """The header as it stands at the front of the envelope."""
        return _FIELDS.pack(
            _MAGIC, VERSION, self.suite, self.office, self.kiosk, self.log, self.kiosk_key, self.server_key,
            self.dictionary, self.first_seq, self.count, self.prev, self.last_hash, self.nonce, self.length,
        )  # fmt: skip


def read_header(envelope: bytes) -> EnvelopeHeader:
    """The header of an envelope whose length agrees with it.

    Raises `TooLarge`, `UnknownVersion` or `Malformed`. Nothing in it is to be believed before `verify`.
    """
    if len(envelope) > ENVELOPE_BYTES_MAX:
        raise TooLarge(f"an envelope of {len(envelope)} bytes; at most {ENVELOPE_BYTES_MAX}")
    if len(envelope) < 6 or envelope[:4] != _MAGIC:
        raise Malformed("not an envelope")
    if envelope[4] != VERSION or envelope[5] != SUITE_X25519:
        raise UnknownVersion(f"an envelope of version {envelope[4]}, suite {envelope[5]}")
    if len(envelope) < HEADER_BYTES + SIGNATURE_BYTES:
        raise Malformed("an envelope cut short")
    _, _, *fields = _FIELDS.unpack_from(envelope)
    header = EnvelopeHeader(*fields)
    if len(envelope) != HEADER_BYTES + header.length + SIGNATURE_BYTES:
        raise Malformed("an envelope whose length is not the one it states")
    if header.dictionary != 0 or header.first_seq < 1 or header.count < 1:
        raise Malformed("an envelope header out of shape")
    return header


def peek_header(data: bytes) -> EnvelopeHeader | None:
    """Whatever an envelope's front claims, however broken the rest: only good for addressing a refusal."""
    if len(data) < HEADER_BYTES or data[:4] != _MAGIC:
        return None
    _, _, *fields = _FIELDS.unpack_from(data)
    return EnvelopeHeader(*fields)


def _signed(header: bytes, ct: bytes) -> bytes:
    return _LABEL + header + hashlib.sha256(ct).digest()


def seal(
    packed: bytes, *, office: bytes, kiosk: bytes, log: bytes, first_seq: int, count: int, prev: bytes,
    last_hash: bytes, nonce: bytes, to: SealTo, by: SigningKey,
) -> bytes:  # fmt: skip
    """The envelope that carries `packed` from kiosk to server. Raises `TooLarge`."""
    header = EnvelopeHeader(
        SUITE_X25519, office, kiosk, log, by.public.id, to.id, 0, first_seq, count, prev, last_hash, nonce,
        len(packed) + SEAL_OVERHEAD_BYTES,
    ).to_bytes()  # fmt: skip
    ct = _HPKE.encrypt(packed, to.x25519, info=_LABEL + header)
    envelope = header + ct + by.ed25519.sign(_signed(header, ct))
    if len(envelope) > ENVELOPE_BYTES_MAX:
        raise TooLarge(f"an envelope of {len(envelope)} bytes; at most {ENVELOPE_BYTES_MAX}")
    return envelope


def verify(envelope: bytes, kiosk: VerifyKey) -> None:
    """Raise `BadSignature` unless `kiosk` signed this very envelope (whose header was read before)."""
    header, ct = envelope[:HEADER_BYTES], envelope[HEADER_BYTES:-SIGNATURE_BYTES]
    try:
        kiosk.ed25519.verify(envelope[-SIGNATURE_BYTES:], _signed(header, ct))
    except InvalidSignature as error:
        raise BadSignature("the envelope was not signed by this kiosk") from error


def unseal(envelope: bytes, key: SealingKey) -> bytes:
    """The packed batch inside; raises `CannotOpen`."""
    header, ct = envelope[:HEADER_BYTES], envelope[HEADER_BYTES:-SIGNATURE_BYTES]
    try:
        return _HPKE.decrypt(ct, key.x25519, info=_LABEL + header)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the envelope does not open with this key") from error


class Label(IntEnum):
    """What a note is about; part of what is signed, so no note passes for another."""

    ASK = 1  # kiosk: where do you stand in my logs
    ENROL = 2  # kiosk: let me in, with this code
    ANSWER = 3  # server: position, receipt or refusal
    GRANT = 4  # server: you are enrolled
    MANIFEST = 5  # server: this is edition n of the content
    KEYS = 6  # office root: these are the server's keys now
    ROLL = 7  # kiosk: from now on I sign with this key
    BACKUP = 8  # server: this lies in a backup of mine


@dataclass(frozen=True, slots=True)
class Note:
    """A signed message, read but not yet verified."""

    label: Label
    key: bytes
    signature: bytes
    payload: bytes


_NOTE_MAGIC = b"SALN"
_NOTE = struct.Struct(">4sBB16s64s")


def _note_signed(label: Label, payload: bytes) -> bytes:
    return f"sala/v1/{label.name.lower()}".encode() + b"\0" + payload


def sign(label: Label, payload: bytes, by: SigningKey) -> bytes:
    """A note holding `payload`, signed for this label only."""
    signature = by.ed25519.sign(_note_signed(label, payload))
    return _NOTE.pack(_NOTE_MAGIC, VERSION, label, by.public.id, signature) + payload


def read_note(data: bytes, label: Label, *, bytes_max: int = NOTE_BYTES_MAX) -> Note:
    """The note that `data` writes, still to be verified. Raises `TooLarge`, `UnknownVersion` or `Malformed`."""
    if len(data) > bytes_max:
        raise TooLarge(f"a message of {len(data)} bytes; at most {bytes_max}")
    if len(data) < 6 or data[:4] != _NOTE_MAGIC:
        raise Malformed("not a signed message")
    if data[4] != VERSION:
        raise UnknownVersion(f"a message of version {data[4]}")
    if len(data) < _NOTE.size or data[5] != label:
        raise Malformed("not the signed message that was awaited")
    _, _, _, key, signature = _NOTE.unpack_from(data)
    return Note(label, key, signature, data[_NOTE.size :])


def peek_payload(data: bytes, label: Label) -> bytes | None:
    """What a note of this label carries, of whatever version and however unsigned: only good for addressing a
    refusal.
    """
    if len(data) < _NOTE.size or data[:4] != _NOTE_MAGIC or data[5] != label:
        return None
    return data[_NOTE.size :]


def verify_note(note: Note, key: VerifyKey) -> bytes:
    """The payload, once `key` is seen to have signed it; raises `BadSignature`."""
    if note.key != key.id:
        raise BadSignature(f"the {note.label.name.lower()} names another key")
    try:
        key.ed25519.verify(note.signature, _note_signed(note.label, note.payload))
    except InvalidSignature as error:
        raise BadSignature(f"the {note.label.name.lower()} was not signed by this key") from error
    return note.payload


def seal_status(status: bytes, *, status_id: bytes, state_key: bytes, nonce: bytes) -> bytes:
    """A case's status as it lies in the bundle: legible only to whoever has the citizen's code (12-byte nonce)."""
    return nonce + AESGCMSIV(state_key).encrypt(nonce, status, b"sala/v1/status" + status_id)


def open_status(sealed: bytes, *, status_id: bytes, state_key: bytes) -> bytes:
    """The status under a code; raises `CannotOpen`."""
    try:
        return AESGCMSIV(state_key).decrypt(sealed[:12], sealed[12:], b"sala/v1/status" + status_id)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the status does not open with this code") from error


_READING_KEY_LABEL = b"sala/v1/reading-key"


def wrap_reading_key(key: ReadingKey, passphrase: str, *, salt: bytes, nonce: bytes) -> bytes:
    """A reader's private key as a server may keep it: legible only with the pass phrase (16-byte salt, 12-byte
    nonce).
    """
    wrapping = AESGCMSIV(keys.passphrase_key(passphrase, salt))
    return nonce + wrapping.encrypt(nonce, key.seed, _READING_KEY_LABEL + key.public.id)


def unwrap_reading_key(wrapped: bytes, passphrase: str, *, salt: bytes, public_id: bytes) -> ReadingKey:
    """The private key under a pass phrase; raises `CannotOpen` for any other phrase or key."""
    try:
        wrapping = AESGCMSIV(keys.passphrase_key(passphrase, salt))
        return ReadingKey(wrapping.decrypt(wrapped[:12], wrapped[12:], _READING_KEY_LABEL + public_id))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the reader's key does not open with this pass phrase") from error


# --- complaints about people ------------------------------------------------------------------------------------------

#: A body is padded to one of these lengths, then to multiples of the last: its size tells next to nothing.
PAD_STEPS = (256, 1024, 4096, 16384)
READERS_MIN = 2
_ROUTED_LABEL = b"sala/v1/routed"
_HPKE_HYBRID = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class _Routed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A padded body under a key of its own, and that key sealed to each reader (key id, sealed key)."""

    version: int
    ct: bytes
    keys: list[tuple[bytes, bytes]]


def seal_to_route(body: bytes, *, readers: Sequence[ReaderKey], log: bytes, route: str, key: bytes) -> bytes:
    """`body` legible to each of `readers` and to nobody else, not even to who seals it.

    `key` is 32 fresh random bytes, used for this body only. `log` and `route` are bound: sealed bytes moved to another
    log or route do not open. Raises `KeyRefused` for fewer than two different readers.
    """
    if len({reader.id for reader in readers}) != len(readers) or len(readers) < READERS_MIN:
        raise KeyRefused("a route has at least two readers, each once")
    place = _ROUTED_LABEL + b"\0" + log + route.encode()
    # The key seals one body only, so the nonce need not be random.
    ct = AESGCMSIV(key).encrypt(bytes(12), _padded(body), place)
    sealed = [(reader.id, _HPKE_HYBRID.encrypt(key, reader.hybrid, info=place)) for reader in readers]
    return wire.encode(_Routed(VERSION, ct, sealed))


def open_routed(sealed: bytes, *, reader: ReadingKey, log: bytes, route: str) -> bytes:
    """The body, if `reader` is on its route. Raises `CannotOpen`, `Malformed` or `TooLarge`."""
    routed = wire.decode(_Routed, sealed, bytes_max=BODY_BYTES_MAX)
    if routed.version != VERSION:
        raise UnknownVersion(f"a routed body of version {routed.version}")
    mine = dict(routed.keys).get(reader.public.id)
    if mine is None:
        raise CannotOpen("this was not sealed to this reader")
    place = _ROUTED_LABEL + b"\0" + log + route.encode()
    try:
        key = _HPKE_HYBRID.decrypt(mine, reader.hybrid, info=place)
        return _unpadded(AESGCMSIV(key).decrypt(bytes(12), routed.ct, place))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the body does not open in this place") from error


def readers_of(sealed: bytes) -> list[bytes]:
    """The key ids of those who can read a routed body. Raises `Malformed` or `TooLarge`."""
    return [key_id for key_id, _ in wire.decode(_Routed, sealed, bytes_max=BODY_BYTES_MAX).keys]


def _padded(body: bytes) -> bytes:
    length = len(body) + 4
    last = PAD_STEPS[-1]
    step = next((step for step in PAD_STEPS if length <= step), -(-length // last) * last)
    return len(body).to_bytes(4, "big") + body + bytes(step - length)


def _unpadded(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    body, rest = padded[4 : 4 + length], padded[4 + length :]
    if len(body) != length or any(rest):
        raise CannotOpen("the padding of the body is broken")
    return body
