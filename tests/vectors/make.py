"""Write the test vectors anew: `make vectors`. Only when a format version is added; released vectors never change.

Each file is JSON: `about` says what it holds, `keys` the seeds used, `cases` a list of {name, hex, expect, ...},
where expect is "ok" or the name of the error that a reader must end with. Everything but the HPKE ephemeral key is
deterministic.
"""

import json
from pathlib import Path

from shared import archive, batch, content, envelope, fourwords, keylist, keys, kinds, protocol, wire
from shared.envelope import Label
from shared.log import Head, link
from shared.records import At, Record, encode_header, encode_record, erase, header_hash

HERE = Path(__file__).parent
OFFICE, KIOSK, LOG = b"office-123456789", b"kiosk-1234567890", b"log-123456789012"
SEEDS = {"kiosk": b"k" * 32, "answers": b"a" * 32, "bundle": b"b" * 32, "sealing": b"s" * 32}
ROOT_SEED = b"r" * 32
KIOSK_KEY, ANSWERS, BUNDLE = (keys.SigningKey(SEEDS[name]) for name in ("kiosk", "answers", "bundle"))
SEALING = keys.SealingKey(SEEDS["sealing"])
CODE, OFFICE_SALT = "1234567890123456", b"code-salt-123456"
ENROLMENT_SECRET = b"0123456789"


def run() -> tuple[list[Record], Head]:
    """A short honest log with every kind, a missing clock and an erased body."""
    code = keys.code_keys(CODE, OFFICE_SALT)
    bodies: list[kinds.Body] = [
        kinds.LogOpened("lobby", "enrolled", b"", 0, b"", "0.1.0"),
        kinds.TicketIssued("2026-11-25", "A", 27, "sign_tax", "งานจัดเก็บรายได้", "", 1, "th"),
        kinds.CaseFiled(
            "2026-11-25", code.status_id, code.state_key, "road", "ถนนหน้าโรงเรียนเป็นหลุมลึก น้ำขัง", "หมู่ 5", "", "", "th"
        ),
        kinds.RatingGiven("2026-11-25", 5, "walk-by", "", False),
        kinds.SlipPrinted("ticket", 2, "printed"),
    ]
    head, records = Head.empty(LOG), []
    for i, body in enumerate(bodies):
        kind, schema, data = kinds.encode(body)
        at = At(None if i == 4 else 1_795_580_000_000 + i * 61_000, 420, b"boot-id1", 1_000 + i * 61_000, 2)
        record, head = link(head, kind=kind, schema=schema, edition=3, at=at, salt=bytes([i]) * 16, body=data)
        records.append(erase(record) if i == 1 else record)
    return records, head


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _case(name: str, data: bytes, expect: str = "ok", **more: object) -> dict[str, object]:
    return {"name": name, "expect": expect, **more, "hex": data.hex()}


def vectors() -> dict[str, dict[str, object]]:
    """All files by name."""
    records, head = run()
    first = encode_record(records[0])
    packed = batch.pack(records)
    place = {
        "office": OFFICE, "kiosk": KIOSK, "log": LOG, "first_seq": 1, "count": len(records), "prev": bytes(32),
        "last_hash": head.hash, "nonce": b"nonce-1234567890", "to": SEALING.public, "by": KIOSK_KEY,
    }  # fmt: skip
    sealed = envelope.seal(packed, **place)
    receipt = wire.encode(
        protocol.Receipt(OFFICE, KIOSK, b"nonce-1234567890", b"epoch-1234567890", 1_795_580_001_000, LOG, 5, head.hash,
                         "stored", False)
    )  # fmt: skip
    note = envelope.sign(Label.ANSWER, receipt, ANSWERS)
    pieces = {"notices": content.piece(content.Notices(notices=[]))}
    manifest = content.make_manifest(pieces, office=OFFICE, edition=3, made_ms=1_795_580_000_000, by=BUNDLE)
    backup = archive.write_manifest(
        archive.Manifest(
            1, OFFICE, b"backup-123456789", b"epoch-1234567890", 1_795_580_002_000, "sqlite", "sala-server 0.1", 5,
            4096, b"h" * 32, [archive.HeldLog(LOG, 0, 5, head.hash)],
        ),
        ANSWERS,
    )  # fmt: skip
    code = keys.code_keys(CODE, OFFICE_SALT)
    status = content.write_status(
        content.Status("answered", "ถนน", "2026-11-25", "2026-12-10", "ซ่อมแล้ว", "2026-11-27", "กองช่าง", "ร.0001/2570")
    )
    sealed_status = envelope.seal_status(
        status, status_id=code.status_id, state_key=code.state_key, nonce=b"nonce-123456"
    )
    enrol = protocol.enrol(
        keys.enrolment_code(ENROLMENT_SECRET), KIOSK_KEY, nonce=b"nonce-1234567890", device="device", software="0.1.0"
    )
    root = keys.SigningKey(ROOT_SEED)
    listed = keylist.KeyList(
        1, OFFICE, 1, 1_795_580_000_000, [root.public.raw], 1, ANSWERS.public.raw, BUNDLE.public.raw, SEALING.public.raw
    )
    key_list = keylist.sign(listed, by=[root])
    fingerprint = protocol.fingerprint(
        office=OFFICE, kiosk=KIOSK, kiosk_key=KIOSK_KEY.public.raw, answer_key=ANSWERS.public.raw,
        bundle_key=BUNDLE.public.raw, sealing_key=SEALING.public.raw,
    )  # fmt: skip
    seeds = {name: seed.hex() for name, seed in SEEDS.items()}
    return {
        "record": {
            "about": "Records as msgpack arrays, in the order of one log; hash is the header's.",
            "cases": [
                *(
                    _case(
                        f"record {r.header.seq}: {r.header.kind}",
                        encode_record(r),
                        header=encode_header(r.header).hex(),
                        hash=header_hash(r.header).hex(),
                    )
                    for r in records
                ),
                _case("cut short", first[:-1], "Malformed"),
                _case("body changed", _flip(first, len(first) - 1), "Broken"),
                _case("header in a longer encoding", first[:1] + b"\xdc\x00\x09" + first[2:], "Malformed"),
                _case("nested a thousand deep", b"\x91" * 1000 + b"\x90", "Malformed"),
                _case("length of 4 GiB claimed", b"\xdd\xff\xff\xff\xff", "Malformed"),
            ],
        },
        "batch": {
            "about": "The records of record.json as columns under zstd; log, first_seq 1, count 5, prev of zeros.",
            "log": LOG.hex(), "last_hash": head.hash.hex(),
            "cases": [_case("five records, one erased", packed), _case("cut short", packed[:-4], "Malformed")],
        },
        "padded": {
            "about": "The batch of batch.json with a skippable frame behind it, as the confidential log travels.",
            "log": LOG.hex(), "last_hash": head.hash.hex(),
            "cases": [
                _case("padded to 16384 bytes", batch.pack(records, padded=True)),
                _case("cut inside the first frame", batch.pack(records, padded=True)[: len(packed) - 4], "Malformed"),
            ],
        },
        "envelope": {
            "about": "The batch sealed to the server and signed by the kiosk.",
            "keys": seeds, "packed": packed.hex(),
            "cases": [
                _case("honest", sealed),
                _case("header bit flipped", _flip(sealed, 40), "BadSignature"),
                _case("ciphertext bit flipped", _flip(sealed, envelope.HEADER_BYTES + 60), "BadSignature"),
                _case("signature bit flipped", _flip(sealed, len(sealed) - 1), "BadSignature"),
                _case("version 9", sealed[:4] + b"\x09" + sealed[5:], "UnknownVersion"),
                _case("cut short", sealed[:-1], "Malformed"),
                _case("sealed to another server", envelope.seal(
                    packed, **(place | {"to": keys.SealingKey(b"z" * 32).public})), "CannotOpen"),
            ],
        },
        "note": {
            "about": "A receipt signed by the server (label ANSWER = 3).",
            "keys": seeds, "payload": receipt.hex(),
            "cases": [
                _case("honest", note),
                _case("payload bit flipped", _flip(note, len(note) - 1), "BadSignature"),
                _case("key id changed", _flip(note, 6), "BadSignature"),
                _case("read as another label", note[:5] + bytes([Label.MANIFEST]) + note[6:], "Malformed"),
                _case("a portal's page", b"<html><body>Please log in</body></html>", "Malformed"),
            ],
        },
        "manifest": {
            "about": "The signed manifest of an edition of one piece.",
            "keys": seeds, "piece": pieces["notices"].hex(),
            "cases": [_case("honest", manifest), _case("bit flipped", _flip(manifest, 100), "BadSignature")],
        },
        "backup": {
            "about": "The signed manifest of a backup of the server (label BACKUP = 8).",
            "keys": seeds, "log": LOG.hex(), "last_hash": head.hash.hex(),
            "cases": [
                _case("honest", backup),
                _case("bit flipped", _flip(backup, len(backup) - 1), "BadSignature"),
                _case("read as another label", backup[:5] + bytes([Label.MANIFEST]) + backup[6:], "Malformed"),
            ],
        },
        "code": {
            "about": "What a citizen's code stands for, and a status sealed under it.",
            "code": CODE, "office_salt": OFFICE_SALT.hex(), "status_id": code.status_id.hex(),
            "state_key": code.state_key.hex(), "status": status.hex(),
            "cases": [
                _case("sealed status", sealed_status),
                _case("bit flipped", _flip(sealed_status, 20), "CannotOpen"),
            ],
        },
        "enrolment": {
            "about": "A new kiosk's request, proved with the code.",
            "keys": seeds, "code": keys.enrolment_code(ENROLMENT_SECRET), "secret": ENROLMENT_SECRET.hex(),
            "cases": [_case("honest", enrol), _case("bit flipped", _flip(enrol, 120), "BadSignature")],
        },
        "keylist": {
            "about": "List 1 of an office's keys, signed by its one root; words are those of the fingerprint of kiosk "
            "and keys.",
            "root": ROOT_SEED.hex(), "office": OFFICE.hex(), "fingerprint": fingerprint.hex(),
            "words": list(fourwords.four_words(fingerprint)),
            "cases": [
                _case("honest", key_list),
                _case("bit flipped", _flip(key_list, len(key_list) - 1), "BadSignature"),
                _case("signed by a server's key", keylist.sign(listed, by=[ANSWERS]), "BadSignature"),
                _case("of no signature", wire.encode([]), "Malformed"),
            ],
        },
    }  # fmt: skip


if __name__ == "__main__":
    for name, value in vectors().items():
        (HERE / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
