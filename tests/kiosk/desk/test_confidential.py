"""Complaints about people on the kiosk: sealed before the disk, dated to the day, followed up by code."""

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from PIL import Image

from kiosk.desk import confidential, slips, tally, tracking
from kiosk.desk.complaints import DraftIncomplete
from kiosk.desk.confidential import Draft, NoRoute
from kiosk.devices.printer import FolderPrinter
from kiosk.store import CannotRecord
from shared import complaint, content, envelope, keys, kinds, thai, wire
from shared.content import Reader, Route, SealedStatus, Status, Statuses, Text
from shared.errors import CannotOpen
from shared.records import At, Quality
from tests.kiosk.worlds import Hands, an_office, make_world, pieces_of, publish, some_services

CHAIR, LIAISON, LAST, CLERK = (keys.ReadingKey(bytes([i]) * 96) for i in (1, 2, 3, 4))
CANARY = "ปลัดเรียกเงินห้าพันบาท CANARY-7731"


def an_office_with_routes():
    """An office with a sound route about the clerk and one that leaves nobody out."""

    def route(id_, **change):
        told = {"about": "clerk", "leaves_out": ["clerk"], "readers": ["chair", "liaison"]} | change
        return Route(id=id_, subject=Text(th="ปลัด"), picture="report", **told)

    given = {"chair": CHAIR, "liaison": LIAISON, "clerk": CLERK}
    return msgspec.structs.replace(
        an_office(), recovery_key=LAST.public.raw, routes=[route("clerk"), route("broken", leaves_out=[])],
        readers=[Reader(id=name, title=Text(th=name), key=key.public.raw) for name, key in given.items()],
    )  # fmt: skip


@pytest.fixture
def world(tmp_path):
    """A kiosk whose content has routes."""
    made = make_world(tmp_path)
    publish(made.content, 2, pieces_of(an_office_with_routes(), some_services()))
    yield made
    made.store.close()


def a_draft(**change):
    """A complaint about the clerk."""
    return replace(Draft(route="clerk", category="corruption", text=CANARY, when="เมื่อเช้า", counter="2"), **change)


def filed_record(world):
    """The newest record of the confidential log."""
    with world.apart.open(Hands().clock().now().service_date) as book:
        return list(book.after(0))[-1]


def test_readers_and_recovery_read_it_and_whom_it_is_about_does_not(world):
    """What was typed comes back to each reader of the route and to the recovery key, and to nobody else (F-L1)."""
    confidential.file(world, Hands().clock().now(), a_draft(), "ms")
    record = filed_record(world)
    body = kinds.decode(record.header.kind, record.header.schema, record.body)
    place = {"log": record.header.log, "route": "clerk"}
    for reader in (CHAIR, LIAISON, LAST):
        words = complaint.decode(envelope.open_routed(body.sealed, reader=reader, **place))
        assert (words.text, words.about, words.when, words.counter) == (CANARY, "clerk", "เมื่อเช้า", "2")
        assert (words.contact_name, words.language) == ("", "ms")
    with pytest.raises(CannotOpen):
        envelope.open_routed(body.sealed, reader=CLERK, **place)


def test_only_sound_routes_are_offered_and_taken(world):
    """A route that breaks a rule is neither shown nor accepted, even by name; nothing is recorded."""
    assert [route.id for route in confidential.routes(world)] == ["clerk"]
    with pytest.raises(NoRoute):
        confidential.file(world, Hands().clock().now(), a_draft(route="broken"), "th")
    publish(world.content, 3, pieces_of(an_office(), some_services()))
    assert confidential.routes(world) == []
    with pytest.raises(NoRoute):
        confidential.file(world, Hands().clock().now(), a_draft(), "th")
    assert not world.apart.exists


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, ()),
        ({"route": "", "text": " "}, ("route", "text")),
        ({"category": "lamp"}, ("category",)),
        ({"text": "ก" * 2001, "contact_name": "ก" * 101}, ("text", "contact_name")),
    ],
)
def test_problems_name_the_fields(world, change, wrong):
    """What is missing, unknown or too long is named in the order of the form, and then nothing is filed."""
    draft = a_draft(**change)
    assert confidential.problems(draft) == wrong
    if wrong:
        with pytest.raises(DraftIncomplete):
            confidential.file(world, Hands().clock().now(), draft, "th")


def test_the_code_finds_the_answer_as_with_a_request(world):
    """The status under the code's key is found by `tracking`, unchanged."""
    filed = confidential.file(world, Hands().clock().now(), a_draft(), "th")
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", filed.code)
    assert tracking.look_up(world, filed.code) is None
    body = kinds.decode("complaint.filed", 1, filed_record(world).body)
    status = Status("answered", "confidential", "2026-03-16", "2026-03-31", "ตั้งกรรมการสอบแล้ว", "2026-03-20", "", "")
    sealed = envelope.seal_status(
        content.write_status(status), status_id=body.status_id, state_key=body.state_key, nonce=b"n" * 12
    )
    statuses = Statuses(statuses=[SealedStatus(id=body.status_id, sealed=sealed)])
    pieces = pieces_of(an_office_with_routes(), some_services()) | {content.STATUSES_PIECE: content.piece(statuses)}
    publish(world.content, 3, pieces)
    assert tracking.look_up(world, filed.code) == status


def test_the_record_holds_a_date_and_no_time(world):
    """Neither header nor body tells more of the time than the day: no boot, no monotonic value (F-L4)."""
    clock = Hands(datetime(2026, 3, 16, 7, 43, 21, tzinfo=UTC)).clock()
    confidential.file(world, clock.now(), a_draft(), "th")
    day = clock.now().service_date
    with world.apart.open(day) as book:
        records = list(book.after(0))
    assert [record.header.kind for record in records] == ["log.opened", "complaint.filed"]
    for record in records:
        assert record.header.at == At.day(day, thai.OFFICE_OFFSET_MIN)
        assert record.header.at.quality == Quality.DATE
    assert kinds.decode("complaint.filed", 1, records[1].body).filed_on == "2026-03-16"


def test_no_file_of_the_kiosk_holds_the_words_or_the_minute(world, tmp_path, caplog):
    """Database, write-ahead log, free pages, diary, slips: the typed words, the code and the time are nowhere (F-G2).

    File times of the confidential folder tell the day alone.
    """
    caplog.set_level(logging.DEBUG)
    moment = Hands(datetime(2026, 3, 16, 7, 43, 21, tzinfo=UTC)).clock().now()
    before = world.lobby.head
    filed = confidential.file(world, moment, a_draft(contact_name="นางสาวพยาน CANARY"), "th")
    marks = [mark.encode() for mark in ("CANARY", CANARY, "เมื่อเช้า", filed.code, filed.code.replace(" ", ""))]
    marks += [mark.encode("utf-16-le") for mark in ("CANARY",)]
    marks += [b"07:43", b"14:43", str(moment.at.wall_ms // 60_000).encode()]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.parent.name == "confidential" for path in files)
    for path in files:
        data = path.read_bytes()
        assert [mark for mark in marks if mark in data] == [], path
    assert caplog.text == ""
    assert world.printer.tray == []
    assert (world.lobby.head, tally.of(world, moment.service_date)) == (before, tally.Tally())
    start_s = thai.day_start(moment.service_date).timestamp()
    for path in (world.apart.folder, *world.apart.folder.iterdir()):
        assert path.stat().st_mtime == start_s, path


def test_the_slip_is_a_picture_of_code_and_days_and_nothing_is_recorded_of_it(world, tmp_path):
    """No word, no time and no note of any program inside the picture; not a record more in either log."""
    moment = Hands(datetime(2026, 3, 16, 7, 43, 21, tzinfo=UTC)).clock().now()
    filed = confidential.file(world, moment, a_draft(), "th")
    before = (world.lobby.head, filed_record(world).header)
    slip = slips.case_slip(world, filed, "th")
    told = str(slip)
    assert [mark for mark in ("CANARY", "corruption", "clerk", "07:43", "14:43", "14.43") if mark in told] == []
    printing = replace(world, printer=FolderPrinter(tmp_path / "slips", 576))
    assert slips.print_apart(printing, moment, slip, mono_ms=lambda: moment.at.mono_ms) == "printed"
    (picture,) = (tmp_path / "slips").glob("*.png")
    with Image.open(picture) as drawn:
        assert set(drawn.info) <= {"dpi"}
    assert (world.lobby.head, filed_record(world).header) == before


def test_what_the_confidential_store_encrypts_holds_no_minute(world):
    """Even with the key: no document, cell or record of it holds a time of the filing, but for the drawn push."""
    hands = Hands(datetime(2026, 3, 16, 7, 43, 21, tzinfo=UTC))
    confidential.file(world, hands.clock().now(), a_draft(), "th")
    with world.apart.open(hands.clock().now().service_date) as book:
        assert book.store.tables() == set()
        told = b"".join(book.store.cell(name) or b"" for name in book.store.cell_names())
        told += b"".join(wire.encode(record) for record in book.after(0))
    minute = round(hands.wall_s * 1000)
    assert not any(wire.encode(minute + ms) in told for ms in range(-60_000, 60_000))


def test_a_disk_that_will_not_have_it_changes_nothing(world):
    """Where the confidential store cannot be opened the citizen hears so, and no code is given."""
    world.apart.folder.write_bytes(b"a file in its place")
    with pytest.raises(CannotRecord):
        confidential.file(world, Hands().clock().now(), a_draft(), "th")


def test_several_users_share_one_file_and_the_last_closes_it(world):
    """A complaint can be filed while the daily push holds the store open; its times are forgotten afterwards."""
    moment = Hands().clock().now()
    with world.apart.open(moment.service_date) as book:
        confidential.file(world, moment, a_draft(), "th")
        assert book.head.seq == 2
    assert world.apart.folder.stat().st_mtime == thai.day_start(moment.service_date).timestamp()


def test_whoever_only_reads_leaves_the_file_as_it_was(world):
    """Asked about once a day and read for a stick, the file says nothing of how often: not a byte changes."""
    moment = Hands().clock().now()
    confidential.file(world, moment, a_draft(), "th")
    path = world.apart.folder / "store.sala"
    before = path.read_bytes()
    with world.apart.open(moment.service_date) as book:
        assert len(list(book.after(0))) == 2
    assert path.read_bytes() == before
