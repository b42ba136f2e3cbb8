"""What is fed with damaged bytes: every reader of something that came from outside, with honest bytes to damage.

A target's `read` is what the real side calls. Damaged bytes must be refused by one of our errors; `others` says where a
reader may take bytes that are not the honest ones.

To add one: its honest bytes, what reads them, and a line in `targets()`. The honest bytes are the same in every run, or
a finding cannot be had again; what HPKE seals, with a fresh key each time, is therefore taken from the test vectors.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from shared import archive, batch, content, envelope, keylist, keys, protocol, stick, wire
from shared.content import Notices, Office, PieceRef, Service
from shared.errors import SalaError
from shared.log import Head, link, verify
from shared.protocol import (
    Health,
    Intake,
    KioskSelf,
    KnownKiosk,
    Limits,
    Local,
    NotTaken,
    Opened,
    Push,
    ServerSelf,
    Stand,
)
from shared.records import BODY_BYTES_MAX, At, Record, commit, decode_record, encode_record, header_hash
from tests.kiosk.worlds import a_service, an_office
from tests.vectors.make import (
    ANSWERS,
    BUNDLE,
    CODE,
    ENROLMENT_SECRET,
    KIOSK,
    KIOSK_KEY,
    LOG,
    OFFICE,
    OFFICE_SALT,
    SEALING,
)
from tests.vectors.make import run as honest_log

VECTORS = Path(__file__).parents[1] / "vectors"
NONCE, EPOCH = b"nonce-1234567890", b"epoch-1234567890"

#: How a reader may decline. Anything else that comes out of it is a fault of ours.
REFUSALS = (SalaError, NotTaken)


@dataclass(frozen=True)
class Target:
    """`honest` are bytes that `read` takes.

    `others`: "none" where every bit is signed or hashed; "same" where bytes that this reader need not see may differ
    and what it reads may not (`means` tells what that is); "any" below the signature, where a value is all that counts.
    """

    name: str
    honest: tuple[bytes, ...]
    read: Callable[[bytes], Any]
    others: Literal["none", "same", "any"] = "none"
    means: Callable[[Any], Any] = field(default=lambda value: value)


def _one(data: bytes) -> Callable[[bytes], bytes]:
    """A reader that compares with what was signed elsewhere."""
    ref = PieceRef("notices", content.piece_hash(data), len(data))

    def check(given: bytes) -> bytes:
        content.check_piece(ref, given)
        return given

    return check


def _vector(name: str) -> dict[str, Any]:
    """The vectors of that name, with the bytes of the honest case under "honest"."""
    vector = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    honest = next(case["hex"] for case in vector["cases"] if case["name"] == "honest")
    return {**vector, "honest": bytes.fromhex(honest)}


class Misled(Exception):
    """What must never come out of a reader: it believed what nobody signed."""


def _key_lists() -> Target:
    """A chain of three lists; however damaged, it leads to one of them or nowhere."""
    roots = [keys.SigningKey(bytes([i]) * 32) for i in (1, 2)]
    told = keylist.KeyList(
        1, OFFICE, 1, 1, [roots[0].public.raw], 1, ANSWERS.public.raw, BUNDLE.public.raw, SEALING.public.raw
    )
    lists = [
        keylist.sign(told, by=roots[:1]),
        keylist.sign(msgspec.structs.replace(told, number=2, roots=[roots[1].public.raw]), by=roots),
        keylist.sign(msgspec.structs.replace(told, number=3, roots=[roots[1].public.raw]), by=roots[1:]),
    ]
    pinned = keylist.first(lists[0], office=OFFICE)
    true = [keylist.follow(pinned, lists[:n], office=OFFICE).list for n in (1, 2, 3)]

    def walk(data: bytes) -> keylist.KeyList:
        reached = keylist.follow(pinned, keylist.read_chain(data), office=OFFICE).list
        if reached not in true:
            raise Misled(f"list {reached.number}")
        return reached

    return Target("key lists", (keylist.write_chain(lists),), walk, others="any")


def _backup() -> Target:
    """The manifest of a server's backup."""
    manifest = archive.Manifest(
        1, OFFICE, b"backup-123456789", EPOCH, 1, "sqlite", "0.1.0", 0, 9, bytes(32), []
    )  # fmt: skip

    def read(data: bytes) -> archive.Manifest:
        told, check = archive.read_manifest(data)
        check([ANSWERS.public])
        return told

    return Target("backup", (archive.write_manifest(manifest, ANSWERS),), read)


def _signed_body(intake: Intake, find: Callable[[bytes], KnownKiosk | None]) -> Target:
    """An envelope of a body as long as two bytes say, in steps of 16, that is well formed and signed in every layer:
    the program of a kiosk with a good key is all that is bad. What is opened, the check of a whole copy must take.
    """
    step = 16

    def opened(data: bytes) -> Opened:
        body, empty = bytes(step * int.from_bytes(data[:2])), Head.empty(LOG)
        record, _ = link(empty, kind="note.long", schema=1, edition=0, at=At.day(date(2026, 11, 25), 420),
                         salt=bytes(16), body=b"")  # fmt: skip
        header = msgspec.structs.replace(record.header, commitment=commit(bytes(16), body))
        sealed = envelope.seal(
            batch.pack([Record(header, bytes(16), body)]), office=OFFICE, kiosk=KIOSK, log=LOG, first_seq=1, count=1,
            prev=empty.hash, last_hash=header_hash(header), nonce=NONCE, to=SEALING.public, by=KIOSK_KEY,
        )  # fmt: skip
        taken = intake.open(sealed, find)
        try:
            verify(empty, taken.records)
        except SalaError as error:
            raise Misled(f"a receipt for what a copy's check refuses: {error}") from error
        return taken

    honest = (BODY_BYTES_MAX // step).to_bytes(2)
    return Target("signed body", (honest,), opened, others="any", means=lambda value: len(value.records[0].body))


def _welcome(enrol: bytes, code: str) -> Target:
    """The server's answer to a request to enrol."""
    me = ServerSelf(OFFICE, ANSWERS, {SEALING.public.id: SEALING})
    welcome = protocol.grant(
        protocol.read_enrol(enrol), ENROLMENT_SECRET, me=me, office_name="อบต.", kiosk=KIOSK, kiosk_name="ตู้ 1",
        epoch=EPOCH, server_ms=1, series=["A"], bundle_key=BUNDLE.public, seal_to=SEALING.public, code_salt=OFFICE_SALT,
    )  # fmt: skip
    return Target("welcome", (welcome,), lambda data: protocol.read_grant(data, code, NONCE))


def targets() -> list[Target]:
    """All of them; made anew, as some readers remember what they were told."""
    records, head = honest_log()
    me = KioskSelf(OFFICE, KIOSK, KIOSK_KEY, ANSWERS.public, SEALING.public)
    intake = Intake(ServerSelf(OFFICE, ANSWERS, {SEALING.public.id: SEALING}))
    known = KnownKiosk(KIOSK, KIOSK_KEY.public, revoked=False)
    place = {"log": LOG, "first_seq": 1, "count": len(records), "prev": bytes(32)}

    def find(kiosk: bytes) -> KnownKiosk | None:
        return known if kiosk == KIOSK else None

    lobby = Local("lobby", head, Head.empty(LOG), b"")
    ask = Push(me, [lobby], lambda _log, _seq: None).ask(NONCE, 3, Health("0.1.0", 5, 0, 0, 4000, None))
    asked = intake.ask(ask, find)
    stand = Stand(LOG, 0, bytes(32), "open", 0)
    position = intake.position(asked, [stand], epoch=EPOCH, server_ms=1, edition=4, limits=Limits())
    sealed, complaint = _vector("envelope")["honest"], _vector("complaint")
    receipt = intake.receipt(envelope.read_header(sealed), head, forked=False, epoch=EPOCH, server_ms=1)
    refusal = intake.refuse(sealed, protocol.Reason.BUSY, epoch=EPOCH, server_ms=1, retry_after_s=5)

    code = keys.code_keys(CODE, OFFICE_SALT)
    status = envelope.seal_status(
        wire.encode(content.Status("answered", "road", "2026-11-25", "2026-12-10", "ซ่อมแล้ว", "", "", "1/2570")),
        status_id=code.status_id, state_key=code.state_key, nonce=b"nonce-123456",
    )  # fmt: skip
    reader = keys.ReadingKey(bytes.fromhex(complaint["readers"][0]))
    notices = content.piece(Notices(notices=[]))
    manifest = content.make_manifest({"notices": notices}, office=OFFICE, edition=3, made_ms=1, by=BUNDLE)
    enrol_code = keys.enrolment_code(ENROLMENT_SECRET)
    enrol = protocol.enrol(enrol_code, KIOSK_KEY, nonce=NONCE, device="device", software="0.1.0")

    def admitted(data: bytes) -> protocol.Enrol:
        request = protocol.read_enrol(data)
        protocol.check_enrol(request, ENROLMENT_SECRET)
        return request

    return [
        Target("envelope", (sealed,), lambda data: intake.open(data, find)),
        Target("question", (ask,), lambda data: intake.ask(data, find)),
        Target("new key", (protocol.roll(me, ANSWERS, nonce=NONCE),), lambda data: intake.roll(data, find)),
        Target("answer", (position, receipt, refusal), lambda data: protocol.read_answer(data, ANSWERS.public)),
        Target("enrolment", (enrol,), admitted),
        Target(
            "manifest", (manifest,), lambda data: content.read_manifest(data, BUNDLE.public, office=OFFICE, at_least=3)
        ),
        Target("piece", (notices,), _one(notices)),
        _key_lists(),
        _backup(),
        _welcome(enrol, enrol_code),
        # Signed by an office whose server has gone wrong: JSON that is believed and must still be a value or refused.
        Target("office", (content.piece(an_office()),), lambda data: content.read_piece(Office, data), others="any"),
        Target(
            "service", (content.piece(a_service("sign_tax", "ภาษีป้าย")),),
            lambda data: content.find_blanks(content.read_piece(Service, data)), others="any",
        ),
        Target(
            "status", (status,),
            lambda data: envelope.open_status(data, status_id=code.status_id, state_key=code.state_key),
        ),
        Target(
            # Each reader has a wrapped key of its own in it, and sees nothing of the others'.
            "complaint", (complaint["honest"],),
            lambda data: envelope.open_routed(data, reader=reader, log=LOG, route=complaint["route"]), others="same",
        ),
        # Below the signature: what a kiosk with a good key and a bad program may send.
        Target(
            "batch", (batch.pack(records), batch.pack(records, padded=True)),
            lambda data: batch.unpack(data, **place), others="any", means=lambda value: value[0],
        ),
        _signed_body(intake, find),
        Target("record", tuple(map(encode_record, records)), decode_record, others="any", means=encode_record),
        Target(
            "file name", (stick.file_name(LOG, 1, 500).encode(),),
            lambda data: stick.read_name(data.decode("utf-8", "replace")), others="any",
        ),
    ]  # fmt: skip
