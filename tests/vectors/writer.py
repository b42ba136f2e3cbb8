"""The other half of the second implementation: a kiosk that writes what docs/format.md says, and nothing of `shared`.

It has the format's notes from `reader` beside it (hashes, the checks of a signature) and msgpack, zstd and the
primitives of cryptography from libraries. A `Kiosk` enrols with a code, keeps logs in lists, and writes the bytes of
each request; who carries them is the caller's affair.
"""

import hashlib
import hmac
import struct

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from tests.vectors import reader
from tests.vectors.reader import need

ZEROS, NO_HASH = bytes(16), bytes(32)
written = msgspec.msgpack.encode


def key_id(public):
    """The 16 bytes that name a key."""
    return hashlib.sha256(public).digest()[:16]


def note(label, payload, seed):
    """A payload, signed under a label (section 5)."""
    signed = b"sala/v1/" + reader.LABELS[label - 1] + b"\0" + payload
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(signed)
    return reader.NOTE.pack(b"SALN", 1, label, key_id(reader.public_of(seed)), signature) + payload


def secret_of(code):
    """The 10 bytes behind a code (section 7)."""
    typed = code.upper().translate(str.maketrans("ILO", "110", "- "))
    return sum(reader.DIGITS.index(digit) << (5 * place) for place, digit in enumerate(reversed(typed))).to_bytes(10)


def proof(secret, who, transcript):
    """What shows that `who` knows the code."""
    return hmac.digest(reader.derived(secret, b"sala/v1/enrolment-proof/" + who), transcript, "sha256")


def pack(records, *, padded=False):
    """A batch's columns under one zstd frame, and behind it the padding of a confidential log (section 3)."""
    kinds, faces, kind_of, face_of, walls, monos, sizes = [], [], [], [], [], [], []
    salts, bodies, commitments, wall, mono = b"", b"", b"", 0, 0
    for (_, _, _, _, *kind, at, committed), salt, body in records:
        now, offset, boot, since, quality = at
        for table, indexes, entry in ((kinds, kind_of, kind), (faces, face_of, [offset, boot, quality])):
            if entry not in table:
                table.append(entry)
            indexes.append(table.index(entry))
        walls.append(None if now is None else now - wall)
        monos.append(since - mono)
        wall, mono = wall if now is None else now, since
        sizes.append(-1 if body is None else len(body))
        salts, bodies = salts + (salt or b""), bodies + (body or b"")
        commitments += committed if body is None else b""
    columns = [1, kinds, faces, kind_of, face_of, walls, monos, salts, sizes, bodies, commitments]
    frame = zstandard.ZstdCompressor(level=3).compress(written(columns))
    if not padded:
        return frame
    most = next((size for size in (16384, 65536) if len(frame) + 8 <= size), -(-(len(frame) + 8) // 65536) * 65536)
    return frame + struct.pack("<II", 0x184D2A50, most - len(frame) - 8) + bytes(most - len(frame) - 8)


class Log:
    """One log: its records as (header, salt, body), linked by their hashes (section 2)."""

    def __init__(self, name, log_id):
        self.name, self.id, self.records = name, log_id, []

    def hash_at(self, seq):
        """The hash of a record's header; zeros before the first."""
        return reader.header_hash(self.records[seq - 1][0]) if seq else NO_HASH

    @property
    def head(self):
        """Number and hash of the last record."""
        return len(self.records), self.hash_at(len(self.records))

    def write(self, kind, schema, fields, at, salt, *, edition=0):
        """The next record."""
        body, (seq, prev) = written(fields), self.head
        header = [1, self.id, seq + 1, prev, kind, schema, edition, at, reader.commitment(salt, body)]
        self.records.append((header, salt, body))


class Kiosk:
    """A device that holds a key (`seed`, 32 bytes) and, once `welcomed`, knows its office and server."""

    def __init__(self, seed):
        self.seed, self.logs = seed, []
        self.office = self.id = ZEROS

    @property
    def public(self):
        """The public half of its key."""
        return reader.public_of(self.seed)

    def enrol(self, code, nonce, *, device="", software="1"):
        """The request that a code lets in."""
        secret = secret_of(code)
        front = [reader.derived(secret, b"sala/v1/enrolment-name", 16), self.public, nonce]
        return note(2, written([*front, device, software, proof(secret, b"kiosk", b"".join(front))]), self.seed)

    def welcomed(self, data, code, nonce):
        """Believe a Grant that answers this nonce and was made by somebody who knows the code."""
        told = reader.unpacked(reader.note(data, 4, lambda payload: reader.unpacked(payload)[8]))
        bare = [*told[:12], b"", *told[13:]]
        need(hmac.compare_digest(told[12], proof(secret_of(code), b"server", written(bare))), "BadSignature")
        need(told[4] == nonce, "BadSignature")
        self.office, self.id, self.answers, self.sealing = told[0], told[2], told[8], told[10]
        return told

    def ask(self, nonce, *logs, edition=0, wall_ms=None):
        """Where do you stand in these logs?"""
        captured = sum(len(log.records) for log in logs)
        claims = [[log.id, log.name, *log.head] for log in logs]
        health = ["1", captured, 0, 0, None, wall_ms]
        return note(1, written([self.office, self.id, nonce, edition, claims, health]), self.seed)

    def envelope(self, log, nonce, *, after=0, until=None):
        """The records of a log behind `after` (section 4)."""
        records = log.records[after:until]
        packed = pack(records, padded=log.name == "confidential")
        front = [b"SALE", 1, 1, self.office, self.id, log.id, key_id(self.public), key_id(self.sealing), 0, after + 1]
        last = log.hash_at(after + len(records))
        header = reader.ENVELOPE.pack(*front, len(records), log.hash_at(after), last, nonce, len(packed) + 48)
        label = b"sala/v1/envelope"
        ct = reader.SUITES[0].encrypt(packed, X25519PublicKey.from_public_bytes(self.sealing), info=label + header)
        signed = label + header + hashlib.sha256(ct).digest()
        return header + ct + Ed25519PrivateKey.from_private_bytes(self.seed).sign(signed)

    def roll(self, seed, nonce):
        """From now on I sign with the key of this seed (section 14)."""
        wish = written([self.office, self.id, nonce, reader.public_of(seed)])
        return note(7, note(7, wish, seed), self.seed)

    def told(self, data, nonce):
        """An answer of the server to the question of this nonce, as its fields."""
        answer = reader.unpacked(reader.note(data, 3, self.answers))
        need(answer[1:4] == [self.office, self.id, nonce], "BadSignature")
        return answer
