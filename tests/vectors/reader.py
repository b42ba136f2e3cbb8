"""A second implementation, to prove that docs/format.md is enough: it reads every vector without importing `shared`.

It knows msgpack, zstd and the primitives of cryptography from libraries, and the formats from the document alone.
"""

import hashlib
import hmac
import re
import struct

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ENVELOPE, NOTE = struct.Struct(">4sBB16s16s16s16s16sBQI32s32s16sI"), struct.Struct(">4sBB16s64s")
LABELS = b"ask enrol answer grant manifest keys roll backup".split()
SUITES = [hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
          for kem in (hpke.KEM.X25519, hpke.KEM.MLKEM768_X25519)]  # fmt: skip
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MIB = 1024 * 1024


class Refused(Exception):
    """The name of the error that the vector expects."""


def need(sound, error="Malformed"):
    """Go on, or refuse."""
    if not sound:
        raise Refused(error)


def attempt(errors, name, act):
    """What `act` gives, with its errors under our name."""
    try:
        return act()
    except errors as error:
        raise Refused(name) from error


def unpacked(data, shape=object):
    """A msgpack value of this shape, if these are the very bytes that would be written for it."""
    wrong = (msgspec.MsgspecError, ValueError, RecursionError)
    value = attempt(wrong, "Malformed", lambda: msgspec.msgpack.decode(data, type=shape))
    need(msgspec.msgpack.encode(value) == data)
    return value


def header_hash(header):
    """The hash of a header, for the next one's prev."""
    return hashlib.sha256(b"sala/v1/header" + msgspec.msgpack.encode(header)).digest()


def commitment(salt, body):
    """What a header holds in place of a body."""
    return hashlib.sha256(b"sala/v1/body" + salt + body).digest()


AT = tuple[int | None, int, bytes, int, int]
HEADER = tuple[int, bytes, int, bytes, str, int, int, AT, bytes]
COLUMNS = tuple[int, list, list, list, list, list, list, bytes, list, bytes, bytes]


def record(data):
    """(header, salt, body) whose body is the one the header commits to."""
    header, salt, body = unpacked(data, tuple[HEADER, bytes | None, bytes | None])
    version, log, seq, prev, kind, schema, edition, at, committed = header
    need((version, len(log), len(prev), len(committed), seq > 0, edition >= 0) == (1, 16, 32, 32, True, True))
    need(re.fullmatch(r"[a-z]{2,20}\.[a-z_]{2,30}", kind) and 1 <= schema <= 65535 and 0 <= at[4] <= 3)
    need(len(at[2]) in (0, 8) and (salt is None) == (body is None) and (salt is None or len(salt) == 16))
    need(body is None or commitment(salt, body) == committed, "Broken")
    return header, salt, body


def batch(data, log, first_seq, prev):
    """The records of a batch, rebuilt from its columns, and the hash of the last header."""
    most = min(8 * MIB, max(2 * MIB, 100 * len(data)))
    frame = zstandard.ZstdDecompressor(max_window_size=8 * MIB).stream_reader(data, read_across_frames=False)
    plain = attempt(zstandard.ZstdError, "Malformed", lambda: frame.read(most + 1))
    need(len(plain) <= most, "TooLarge")
    version, kinds, faces, kind_of, face_of, walls, monos, salts, sizes, bodies, commitments = unpacked(plain, COLUMNS)
    count, there = len(sizes), [size for size in sizes if size >= 0]
    need(version == 1 and count <= 500 and {len(kind_of), len(face_of), len(walls), len(monos)} == {count})
    need((len(salts), len(bodies), len(commitments)) == (16 * len(there), sum(there), 32 * (count - len(there))))
    need(max(sizes, default=0) <= MIB // 4, "TooLarge")
    wall, mono, records = 0, 0, []
    for i, size in enumerate(sizes):
        salt = body = None
        if size < 0:
            committed, commitments = commitments[:32], commitments[32:]
        else:
            salt, salts, body, bodies = salts[:16], salts[16:], bodies[:size], bodies[size:]
            committed = commitment(salt, body)
        wall, mono = wall + (walls[i] or 0), mono + monos[i]
        offset, boot, quality = faces[face_of[i]]
        at = [None if walls[i] is None else wall, offset, boot, mono, quality]
        header = [version, log, first_seq + i, prev, *kinds[kind_of[i]], at, committed]
        prev = header_hash(header)
        records.append((header, salt, body))
    return records, prev


def envelope(data, kiosk_seed, server_seed):
    """The header's fields and the packed batch inside."""
    need(data[:4] == b"SALE" and len(data) >= 6)
    need(data[4:6] == b"\x01\x01", "UnknownVersion")
    need(len(data) >= ENVELOPE.size + 64)
    fields = ENVELOPE.unpack_from(data)
    header, ct, signature = data[: ENVELOPE.size], data[ENVELOPE.size : -64], data[-64:]
    need(len(ct) == fields[-1] and fields[8] == 0 and fields[9] > 0 and fields[10] > 0)
    label = b"sala/v1/envelope"
    verify(public_of(kiosk_seed), signature, label + header + hashlib.sha256(ct).digest())
    key = X25519PrivateKey.from_private_bytes(server_seed)
    return fields, attempt(InvalidTag, "CannotOpen", lambda: SUITES[0].decrypt(ct, key, info=label + header))


def public_of(seed):
    """The public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def verify(public, signature, message):
    """Refuse unless this key signed the message."""
    key = Ed25519PublicKey.from_public_bytes(public)
    attempt(InvalidSignature, "BadSignature", lambda: key.verify(signature, message))


def note(data, label, public):
    """The payload of a note that was signed for this label by this key; `public` may take it from the payload."""
    need(data[:4] == b"SALN" and len(data) >= 6)
    need(data[4] == 1, "UnknownVersion")
    need(len(data) >= NOTE.size and data[5] == label)
    (_, _, _, key_id, signature), payload = NOTE.unpack_from(data), data[NOTE.size :]
    key = public(payload) if callable(public) else public
    need(key_id == hashlib.sha256(key).digest()[:16], "BadSignature")
    verify(key, signature, b"sala/v1/" + LABELS[label - 1] + b"\0" + payload)
    return payload


def manifest(data, public, office, at_least):
    """Edition and {name: (hash, size)}."""
    shape = tuple[int, bytes, int, int, list[tuple[str, bytes, int]]]
    version, mine, edition, made_ms, pieces = unpacked(note(data, 5, public), shape)
    names = {name: (hash_, size) for name, hash_, size in pieces}
    need(version == 1 and mine == office and 0 < edition < 2**63 and 0 <= made_ms < 253402300800000, "ContentRefused")
    need(edition >= at_least and len(names) == len(pieces) <= 2000, "ContentRefused")
    need(all(len(hash_) == 32 and 0 <= size <= 4 * MIB for hash_, size in names.values()), "ContentRefused")
    return edition, names


def key_list(data, root):
    """List 1, signed by the one root there is."""
    payloads = {note(each, 6, root) for each in unpacked(data, list[bytes])}
    need(len(payloads) == 1)
    return unpacked(payloads.pop())


def derived(secret, label, length=32):
    """HKDF without salt."""
    return HKDF(hashes.SHA256(), length, None, label).derive(secret)


def enrol(data, code):
    """The fields of a request that proves the code."""
    fields = unpacked(note(data, 2, lambda payload: unpacked(payload)[1]))
    secret = sum(DIGITS.index(each) << (5 * i) for i, each in enumerate(reversed(code.replace("-", "")))).to_bytes(10)
    proof = hmac.digest(derived(secret, b"sala/v1/enrolment-proof/kiosk"), b"".join(fields[:3]), "sha256")
    need((fields[0], fields[5]) == (derived(secret, b"sala/v1/enrolment-name", 16), proof), "WRONG_CODE")
    return fields


def opened(key, sealed, nonce, place):
    """What AES-GCM-SIV sealed."""
    return attempt((InvalidTag, ValueError), "CannotOpen", lambda: AESGCMSIV(key).decrypt(nonce, sealed, place))


def status(data, code, salt):
    """Status id, key, and what the holder of the code reads."""
    root = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=64 * 1024).derive(code.encode())
    name, key = derived(root, b"sala/v1/status-id", 16), derived(root, b"sala/v1/state-key")
    return name, key, unpacked(opened(key, data[12:], data[:12], b"sala/v1/status" + name))


def complaint(data, seed, log, route):
    """What was sealed along a route, as the reader with this seed (96 bytes) reads it."""
    version, ct, sealed_keys = unpacked(data, tuple[int, bytes, list[tuple[bytes, bytes]]])
    need(version == 1, "UnknownVersion")
    lattice, curve = MLKEM768PrivateKey.from_seed_bytes(seed[:64]), X25519PrivateKey.from_private_bytes(seed[64:])
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    sealed = dict(sealed_keys).get(hashlib.sha256(public).digest()[:16])
    need(sealed is not None, "CannotOpen")
    place, mine = b"sala/v1/routed\0" + log + route.encode(), hpke.MLKEM768X25519PrivateKey(lattice, curve)
    key = attempt((InvalidTag, ValueError), "CannotOpen", lambda: SUITES[1].decrypt(sealed, mine, info=place))
    padded = opened(key, ct, bytes(12), place)
    end = 4 + int.from_bytes(padded[:4])
    need(end <= len(padded) and not any(padded[end:]), "CannotOpen")
    return unpacked(padded[4:end])


def on_stick(path):
    """What a file on a stick is, by its path: (sort, what its name promises); None for what is passed over."""
    for sort, pattern in STICK.items():
        if found := re.fullmatch(pattern, path):
            return sort, found.groups()
    return None


STICK = {
    "envelope": r"sala/([0-9a-f]{32})/([0-9a-f]{16})-([0-9]{10})-([0-9]{10})\.sala",
    "ask": r"sala/([0-9a-f]{32})/(lobby|confidential)\.ask", "told": r"sala/([0-9a-f]{32})/(lobby|confidential)\.told",
    "keys": r"sala/office\.keys", "new": r"sala/enrol/([0-9a-f]{32})\.ask", "welcome": r"sala/enrol/([0-9a-f]+)\.told",
    "manifest": r"sala/content/edition\.manifest", "piece": r"sala/content/([0-9a-f]{64})\.piece",
}  # fmt: skip
