"""Write the test vectors that are not there yet: `make vectors`. A case that is written never changes.

Each file is JSON: `about` says what it holds, `keys` the seeds used, `cases` a list of {name, hex, expect, ...},
where expect is "ok" or the name of the error that a reader must end with. Everything is deterministic but what HPKE
seals (`SEALED`): it draws a fresh key each time.
"""

import json
from pathlib import Path

import msgspec
import zstandard

from shared import archive, batch, complaint, content, envelope, fourwords, keylist, keys, kinds, protocol, stick, wire
from shared.envelope import Label
from shared.log import Head, link
from shared.records import BODY_BYTES_MAX, At, Record, encode_header, encode_record, erase, header_hash

HERE = Path(__file__).parent
SEALED = ("envelope", "complaint", "stick")
OFFICE, KIOSK, LOG = b"office-123456789", b"kiosk-1234567890", b"log-123456789012"
SEEDS = {"kiosk": b"k" * 32, "answers": b"a" * 32, "bundle": b"b" * 32, "sealing": b"s" * 32}
ROOT_SEED, NEW_SEED = b"r" * 32, b"n" * 32
NEW = keys.SigningKey(NEW_SEED)
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


def _with(record: Record, **fields: object) -> bytes:
    return wire.encode(msgspec.structs.replace(record, **fields))


def _with_header(record: Record, **fields: object) -> bytes:
    return _with(record, header=msgspec.structs.replace(record.header, **fields))


def _zstd(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=6).compress(plain)


def _columns(packed: bytes, **fields: object) -> bytes:
    columns = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(packed), type=batch._Columns)
    return _zstd(wire.encode(msgspec.structs.replace(columns, **fields)))


def _spoiled(data: bytes, at: int, other: bytes) -> bytes:
    return data[:at] + other + data[at + len(other) :]


def _manifest(signed: bytes, label: Label = Label.MANIFEST, by: keys.SigningKey = BUNDLE, **fields: object) -> bytes:
    payload = envelope.read_note(signed, Label.MANIFEST).payload
    told = wire.decode(content.Manifest, payload, bytes_max=len(payload))
    return envelope.sign(label, wire.encode(msgspec.structs.replace(told, **fields)), by)


def _answers(sealed: bytes, head: Head) -> dict[str, dict[str, object]]:
    """Every other answer of the server, and the question."""
    to, when = (OFFICE, KIOSK, b"nonce-1234567890", b"epoch-1234567890", 1_795_580_001_000), 1_795_580_000_000
    stand = protocol.Stand(LOG, 5, head.hash, "forked", 3)
    health = protocol.Health("0.1.0", 5, 3, 0, 61_000, when)
    said = {
        "position": protocol.Position(*to, 3, [stand], protocol.Limits()),
        "receipt of a backup": protocol.Receipt(*to, LOG, 5, head.hash, "backed_up", True),
        "refusal: busy": protocol.Refusal(*to, protocol.Reason.BUSY, 30),
        "refusal: server too old": protocol.Refusal(*to, protocol.Reason.UNKNOWN_VERSION, 0),
    }
    ask = protocol.Ask(OFFICE, KIOSK, b"nonce-1234567890", 3, [protocol.Claim(LOG, "lobby", 5, head.hash)], health)
    asked = envelope.sign(Label.ASK, wire.encode(ask), KIOSK_KEY)
    signed = {name: envelope.sign(Label.ANSWER, wire.encode(each), ANSWERS) for name, each in said.items()}
    answers = [_case(name, signed[name], payload=json.dumps(_plain(each))) for name, each in said.items()]
    return {
        "answers": {
            "about": "What the server says, signed (label 3); payload is its fields in JSON, bytes in hex.",
            "keys": {"answers": SEEDS["answers"].hex()},
            "cases": [*answers, _case("another key", envelope.sign(Label.ANSWER, b"\x90", BUNDLE), "BadSignature"),
                      _case("version 9", _spoiled(asked, 4, b"\x09"), "UnknownVersion"),
                      _case("no answer", envelope.sign(Label.ANSWER, b"\x91\xa4what", ANSWERS), "Malformed")],
        },
        "question": {
            "about": "A question (label 1) of a kiosk; addressed is office, kiosk and nonce, in every version.",
            "keys": {"kiosk": SEEDS["kiosk"].hex()},
            "addressed": [OFFICE.hex(), KIOSK.hex(), b"nonce-1234567890".hex()],
            "cases": [_case("honest", asked), _case("bit flipped", _flip(asked, 120), "BadSignature"),
                      _case("of a later version", _spoiled(asked, 4, b"\x02"), "UnknownVersion")],
        },
    }  # fmt: skip


def _plain(value: object) -> object:
    """Arrays and hexadecimal digits in place of messages and bytes."""
    if isinstance(value, msgspec.Struct):
        tag = [value.__struct_config__.tag] if value.__struct_config__.tag else []
        return [*tag, *(_plain(getattr(value, name)) for name in value.__struct_fields__)]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.hex() if isinstance(value, bytes) else value


def _sealed_to_readers() -> dict[str, dict[str, object]]:
    """A complaint about a person, as two readers and the recovery key can read it."""
    readers = [keys.ReadingKey(bytes([i]) * 96) for i in (1, 2, 3)]
    said = complaint.Complaint(
        version=1, about="unit", text="เรียกเก็บเงินเกินจริง", unit="treasury", counter="2", person="", when="เมื่อวาน",
        place="", contact_name="", contact_phone="", language="th",
    )  # fmt: skip
    place = {"log": LOG, "route": "unit", "key": b"r" * 32}
    public = [reader.public for reader in readers]
    sealed = envelope.seal_to_route(complaint.encode(said), readers=public, **place)
    routed = msgspec.msgpack.decode(sealed)
    return {
        "complaint": {
            "about": "A body sealed to three readers (the last is the recovery key), log and route bound.",
            "readers": [reader.seed.hex() for reader in readers], "log": LOG.hex(), "route": "unit",
            "body": complaint.encode(said).hex(),
            "cases": [
                _case("honest", sealed),
                _case("for another log", envelope.seal_to_route(b"x", readers=public, **(place | {"log": bytes(16)})),
                      "CannotOpen"),
                _case("for another route", envelope.seal_to_route(b"x", readers=public, **(place | {"route": "chief"})),
                      "CannotOpen"),
                _case("for other readers", envelope.seal_to_route(
                    b"x", readers=[keys.ReadingKey(bytes([i]) * 96).public for i in (8, 9)], **place), "CannotOpen"),
                _case("text flipped", wire.encode([1, _flip(routed[1], 7), routed[2]]), "CannotOpen"),
                _case("version 2", wire.encode([2, *routed[1:]]), "UnknownVersion"),
                _case("cut short", sealed[:-1], "Malformed"),
            ],
        },
    }  # fmt: skip


def _on_a_stick(
    sealed: bytes, told: bytes, manifest: bytes, piece: bytes, chain: bytes, enrol: bytes
) -> dict[str, dict[str, object]]:
    """Files by their paths, and paths that are to be passed over."""
    folder = f"{stick.TOP}/{stick.folder_name(KIOSK)}"
    name = stick.file_name(LOG, 1, 5)
    whole = {
        f"{folder}/{name}": sealed, f"{folder}/lobby.told": told, f"{stick.TOP}/office.keys": chain,
        f"{stick.TOP}/content/edition.manifest": manifest,
        f"{stick.TOP}/content/{content.piece_hash(piece).hex()}.piece": piece,
        f"{stick.TOP}/{stick.ENROL}/{keys.enrolment_name(ENROLMENT_SECRET).hex()}.ask": enrol,
    }  # fmt: skip
    others = (
        f"{folder}/{name}.new", f"{folder}/{name.upper()}", f"{folder}/autorun.inf", f"{folder}/../{name}",
        f"{folder[:-1]}/{name}", f"{folder}/{name[1:]}", name, f"{folder}/other.told", f"{stick.TOP}/content/x.piece",
        f"{stick.TOP}/{stick.ENROL}/x.ask",
    )  # fmt: skip
    return {
        "stick": {
            "about": "What lies on a stick, by path below its root; promises is what the path says.",
            "keys": {name: seed.hex() for name, seed in SEEDS.items()},
            "promises": {"log": LOG.hex()[:16], "first": 1, "last": 5},
            "cases": [*(_case(path, data) for path, data in whole.items()),
                      *(_case(path, b"", "passed over") for path in others)],
        },
    }  # fmt: skip


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
    roll = protocol.roll(
        protocol.KioskSelf(OFFICE, KIOSK, KIOSK_KEY, ANSWERS.public, SEALING.public), NEW, nonce=b"nonce-1234567890"
    )
    seeds = {name: seed.hex() for name, seed in SEEDS.items()}
    stand = protocol.Stand(LOG, 5, head.hash, "open", 0)
    position = protocol.Position(
        OFFICE, KIOSK, b"nonce-1234567890", b"epoch-1234567890", 1_795_580_001_000, 3, [stand], protocol.Limits()
    )
    told = envelope.sign(Label.ANSWER, wire.encode(position), ANSWERS)
    return {
        **_sealed_to_readers(),
        **_answers(sealed, head),
        **_on_a_stick(sealed, told, manifest, pieces["notices"], keylist.write_chain([key_list]), enrol),
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
                _case("salt without a body", _with(records[0], body=None), "Malformed"),
                _case("salt of another record", _with(records[0], salt=b"x" * 16), "Broken"),
                *(
                    _case(name, _with_header(records[0], **field), "Malformed")
                    for name, field in {
                        "seq 0": {"seq": 0}, "version 2": {"version": 2}, "a hash cut short": {"prev": bytes(31)},
                        "a kind in capitals": {"kind": "Log.opened"}, "schema 0": {"schema": 0},
                        "an edition below 0": {"edition": -1}, "a log id of 15 bytes": {"log": bytes(15)},
                    }.items()
                ),
                _case("a field more", wire.encode([*msgspec.to_builtins(records[0]), 1]), "Malformed"),
                _case("bytes behind it", first + b"\0", "Malformed"),
            ],
        },
        "batch": {
            "about": "The records of record.json as columns under zstd; log, first_seq 1, count 5, prev of zeros.",
            "log": LOG.hex(), "last_hash": head.hash.hex(),
            "cases": [
                _case("five records, one erased", packed), _case("cut short", packed[:-4], "Malformed"),
                _case("more than a hundredfold", _zstd(bytes(3 * 1024 * 1024)), "TooLarge"),
                _case("beyond 8 MiB", _zstd(bytes(64 * 1024 * 1024)), "TooLarge"),
                _case("no columns", _zstd(b"\xc0"), "Malformed"),
                _case("a column too short", _columns(packed, sizes=[1]), "Malformed"),
                _case("bodies that are too few", _columns(packed, bodies=b""), "Malformed"),
                _case("version 2", _columns(packed, version=2), "Malformed"),
                _case("a body of 256 KiB and one byte", _columns(
                    packed, sizes=[BODY_BYTES_MAX + 1, -1, 0, 0, 0], bodies=bytes(BODY_BYTES_MAX + 1)), "TooLarge"),
            ],
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
                _case("suite 2", sealed[:5] + b"\x02" + sealed[6:], "UnknownVersion"),
                _case("no records", _spoiled(sealed, 95, bytes(4)), "Malformed"),
                _case("first seq 0", _spoiled(sealed, 87, bytes(8)), "Malformed"),
                _case("a dictionary that is not there", _spoiled(sealed, 86, b"\1"), "Malformed"),
                _case("only its magic", b"SALE", "Malformed"),
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
            "cases": [
                _case("honest", manifest), _case("bit flipped", _flip(manifest, 100), "BadSignature"),
                _case("signed as an answer", _manifest(manifest, Label.ANSWER), "Malformed"),
                _case("signed by another key", _manifest(manifest, by=ANSWERS), "BadSignature"),
                *(
                    _case(name, _manifest(manifest, **field), "ContentRefused")
                    for name, field in {
                        "another office": {"office": bytes(16)}, "version 2": {"version": 2},
                        "edition 0": {"edition": 0},
                        "edition 2^63": {"edition": 2**63}, "made in the year 10000": {"made_ms": 253402300800000},
                        "older than what is shown": {"edition": 2},
                        "two pieces of one name": {"pieces": [content.PieceRef("a", bytes(32), 1)] * 2},
                        "a piece of 5 MiB": {"pieces": [content.PieceRef("a", bytes(32), 5 << 20)]},
                        "a hash of 31 bytes": {"pieces": [content.PieceRef("a", bytes(31), 1)]},
                    }.items()
                ),
            ],
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
        "roll": {
            "about": "A kiosk's wish for another key: a note of the new key inside a note of the present one.",
            "keys": seeds, "new": NEW_SEED.hex(), "wish": wire.encode(protocol.Roll(
                OFFICE, KIOSK, b"nonce-1234567890", NEW.public.raw)).hex(),
            "cases": [
                _case("honest", roll),
                _case("inner bit flipped", _flip(roll, len(roll) - 1), "BadSignature"),
                _case("signed by the new key alone", envelope.sign(
                    Label.ROLL, envelope.sign(Label.ROLL, wire.encode(protocol.Roll(
                        OFFICE, KIOSK, b"nonce-1234567890", NEW.public.raw)), NEW), NEW), "BadSignature"),
            ],
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
        path = HERE / f"{name}.json"
        written = json.loads(path.read_text("utf-8"))["cases"] if path.exists() else []
        known = {case["name"] for case in written}
        value["cases"] = written + [case for case in value["cases"] if case["name"] not in known]
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
