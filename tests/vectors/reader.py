"""A second implementation, to prove that docs/format.md is enough: it reads every vector without importing `shared`.

It knows msgpack, zstd, SHA-256, Ed25519 and HPKE from libraries, and the formats from the document alone.
"""

import hashlib
import struct

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

ENVELOPE = struct.Struct(">4sBB16s16s16s16s16sBQI32s32s16sI")
NOTE = struct.Struct(">4sBB16s64s")
NAMES = {1: "ask", 2: "enrol", 3: "answer", 4: "grant", 5: "manifest", 6: "keys", 7: "roll", 8: "backup"}
LABELS = {number: f"sala/v1/{name}".encode() for number, name in NAMES.items()}
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class Refused(Exception):
    """The name of the error that the vector expects."""


def unpacked(data):
    """A msgpack value, if these are the very bytes that would be written for it."""
    try:
        value = msgspec.msgpack.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused("Malformed") from error
    if msgspec.msgpack.encode(value) != data:
        raise Refused("Malformed")
    return value


def header_hash(header):
    """The hash of a header, for the next one's prev."""
    return hashlib.sha256(b"sala/v1/header" + msgspec.msgpack.encode(header)).digest()


def commitment(salt, body):
    """What a header holds in place of a body."""
    return hashlib.sha256(b"sala/v1/body" + salt + body).digest()


def record(data):
    """[header, salt, body] whose body is the one the header commits to."""
    value = unpacked(data)
    if not (isinstance(value, list) and len(value) == 3 and isinstance(value[0], list) and len(value[0]) == 9):
        raise Refused("Malformed")
    header, salt, body = value
    if body is not None and commitment(salt, body) != header[8]:
        raise Refused("Broken")
    return header, salt, body


def batch(data, log, first_seq, prev):
    """The records of a batch, rebuilt from its columns, and the hash of the last header."""
    try:
        plain = zstandard.ZstdDecompressor().decompress(data, max_output_size=8 * 1024 * 1024)
    except zstandard.ZstdError as error:
        raise Refused("Malformed") from error
    version, kinds, faces, kind_of, face_of, walls, monos, salts, sizes, bodies, commitments = unpacked(plain)
    wall = mono = 0
    records = []
    for i, size in enumerate(sizes):
        salt = body = None
        if size < 0:
            committed, commitments = commitments[:32], commitments[32:]
        else:
            salt, salts = salts[:16], salts[16:]
            body, bodies = bodies[:size], bodies[size:]
            committed = commitment(salt, body)
        if walls[i] is not None:
            wall += walls[i]
        mono += monos[i]
        offset, boot, quality = faces[face_of[i]]
        at = [None if walls[i] is None else wall, offset, boot, mono, quality]
        header = [version, log, first_seq + i, prev, *kinds[kind_of[i]], at, committed]
        prev = header_hash(header)
        records.append((header, salt, body))
    return records, prev


def envelope(data, kiosk_seed, server_seed):
    """The header's fields and the packed batch inside."""
    if data[:4] != b"SALE":
        raise Refused("Malformed")
    if data[4:6] != b"\x01\x01":
        raise Refused("UnknownVersion")
    fields = ENVELOPE.unpack_from(data)
    header, ct, signature = data[: ENVELOPE.size], data[ENVELOPE.size : -64], data[-64:]
    if len(ct) != fields[-1]:
        raise Refused("Malformed")
    label = b"sala/v1/envelope"
    verify(kiosk_seed, signature, label + header + hashlib.sha256(ct).digest())
    try:
        packed = SUITE.decrypt(ct, X25519PrivateKey.from_private_bytes(server_seed), info=label + header)
    except InvalidTag as error:
        raise Refused("CannotOpen") from error
    return fields, packed


def note(data, label, seed):
    """The payload of a note that was signed for this label by the key with this seed."""
    if len(data) < NOTE.size or data[:5] != b"SALN\x01" or data[5] != label:
        raise Refused("Malformed")
    _, _, _, key_id, signature = NOTE.unpack_from(data)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    if key_id != hashlib.sha256(public).digest()[:16]:
        raise Refused("BadSignature")
    payload = data[NOTE.size :]
    verify(seed, signature, LABELS[label] + b"\0" + payload)
    return payload


def verify(seed, signature, message):
    """Refuse unless the key with this seed signed the message."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise Refused("BadSignature") from error
