"""Other people's test vectors, through the very keys, suites and functions that seal, sign and derive here.

They come with the package `cryptography-vectors`. A new primitive gets its vectors here before it is used.
"""

import hashlib
import json

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl

from shared import envelope, keys
from shared.errors import BadSignature, KeyRefused
from shared.keys import ReadingKey, SealingKey, SealTo, SigningKey, VerifyKey


def _text(name):
    with cryptography_vectors.open_vector_file(name, "r") as file:
        return file.read()


def _blocks(name, first):
    """The blocks of `FIELD = value` lines in a file, each beginning with the field `first`, with hex as bytes."""
    blocks = []
    for line in _text(name).splitlines():
        field, equals, value = (part.strip() for part in line.partition("="))
        if not equals or line.startswith(("#", "[")):
            continue
        if field == first:
            blocks.append({})
        if blocks:
            blocks[-1][field.lower()] = value
    return blocks


def _hpke(file, kem_id):
    """The vectors of one KEM with the KDF and AEAD of both our suites, in base mode."""
    suite = (0, kem_id, 1, 3)
    vectors = json.loads(_text(f"HPKE/{file}"))
    found = [v for v in vectors if (v["mode"], v["kem_id"], v["kdf_id"], v["aead_id"]) == suite]
    assert found
    return found


def _open_first(suite, vector, key):
    first = vector["encryptions"][0]
    sealed, info, aad = (bytes.fromhex(text) for text in (vector["enc"] + first["ct"], vector["info"], first["aad"]))
    return openssl.hpke._decrypt_with_aad(suite, sealed, key, info, aad), bytes.fromhex(first["pt"])


def test_what_is_sealed_to_the_server():
    """RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305."""
    for vector in _hpke("test-vectors.json", 0x20):
        key = SealingKey(bytes.fromhex(vector["skRm"]))
        assert key.public.raw.hex() == vector["pkRm"]
        opened, plain = _open_first(envelope._HPKE, vector, key.x25519)
        assert opened == plain


def test_what_is_sealed_to_a_reader():
    """ML-KEM-768 with X25519; the published private key is a seed, of which ours is the expansion."""
    for vector in _hpke("hpke-pq-test-vectors.json", 0x647A):
        key = ReadingKey(hashlib.shake_256(bytes.fromhex(vector["skRm"])).digest(96))
        assert key.public.raw.hex() == vector["pkRm"]
        opened, plain = _open_first(envelope._HPKE_HYBRID, vector, key.hybrid)
        assert opened == plain


def test_signatures():
    """Every published Ed25519 vector signs and verifies as printed, and verifies for nothing else."""
    lines = _text("asymmetric/Ed25519/sign.input").splitlines()
    assert len(lines) == 1024
    for line in lines:
        secret, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        key, signature = SigningKey(secret[:32]), signed[:64]
        assert key.public.raw == public
        assert key.ed25519.sign(message) == signature
        VerifyKey(public).ed25519.verify(signature, message)


#: The order of Ed25519's group: a signature whose second half is this much larger says the same in other bytes.
_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_a_signature_has_one_form():
    """The same signature plus the group's order is refused: nobody makes other bytes of what was signed."""
    key = SigningKey(b"k" * 32)
    note = envelope.sign(envelope.Label.ANSWER, b"payload", key)
    begin = note.index(b"payload") - 32
    other = int.from_bytes(note[begin : begin + 32], "little") + _ORDER
    forged = note[:begin] + other.to_bytes(32, "little") + note[begin + 32 :]
    with pytest.raises(BadSignature):
        envelope.verify_note(envelope.read_note(forged, envelope.Label.ANSWER), key.public)


@pytest.mark.parametrize("block", _blocks("asymmetric/X25519/rfc7748.txt", "COUNT"), ids=lambda block: block["count"])
def test_key_agreement(block):
    """RFC 7748, with the keys that we seal with. A public key in a second form is refused before it is used."""
    scalar, u, expected = (bytes.fromhex(block[name]) for name in ("input_scalar", "input_u", "output_u"))
    try:
        peer = SealTo(u)
    except KeyRefused:
        assert u[31] & 0x80, "only what is not canonical"
        peer = SealTo(u[:31] + bytes([u[31] & 0x7F]))
    assert SealingKey(scalar).x25519.exchange(peer.x25519) == expected


SIV = [
    block for name in ("openssl", "aes-192-gcm-siv") for block in _blocks(f"ciphers/AES/GCM-SIV/{name}.txt", "COUNT")
]


def test_rows_statuses_and_bodies():
    """RFC 8452: AES-GCM-SIV, as rows of the store, statuses and complaints are sealed."""
    assert len(SIV) >= 40
    for block in SIV:
        key, nonce, plain, aad, ct, tag = (
            bytes.fromhex(block.get(name, "")) for name in ("key", "iv", "plaintext", "aad", "ciphertext", "tag")
        )
        cipher = envelope.AESGCMSIV(key)
        assert cipher.encrypt(nonce, plain, aad) == ct + tag
        assert cipher.decrypt(nonce, ct + tag, aad) == plain
        with pytest.raises(InvalidTag):
            cipher.decrypt(nonce, ct + tag[:-1] + bytes([tag[-1] ^ 1]), aad)


def test_derived_keys():
    """RFC 5869 with SHA-256: what `derive` calls, and `derive` itself where the label can be text."""
    blocks = _blocks("KDF/rfc-5869-HKDF-SHA256.txt", "COUNT") + _blocks("KDF/hkdf-generated.txt", "COUNT")
    assert len(blocks) >= 4
    through = 0
    for block in blocks:
        secret, salt, info, expected = (bytes.fromhex(block[name]) for name in ("ikm", "salt", "info", "okm"))
        length = int(block["l"])
        assert keys.HKDF(keys.hashes.SHA256(), length, salt or None, info).derive(secret) == expected
        if not info:
            through += 1
            assert keys.derive(secret, "", length=length, salt=salt or None) == expected
    assert through >= 2


def test_codes_and_pass_phrases():
    """RFC 9106's vectors for Argon2id."""
    for block in _blocks("KDF/argon2id.txt", "COUNT"):
        known = {name: bytes.fromhex(block[name]) for name in ("secret", "ad") if block.get(name)}
        made = keys.Argon2id(
            salt=bytes.fromhex(block["salt"]), length=int(block["length"]), iterations=int(block["iter"]),
            lanes=int(block["lanes"]), memory_cost=int(block["memcost"]), **known,
        )  # fmt: skip
        assert made.derive(bytes.fromhex(block["pass"])).hex() == block["output"].lower()
