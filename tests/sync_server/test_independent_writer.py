"""A kiosk written from docs/format.md alone, with nothing of this program in it, meets the real server over http."""

import datetime as dt
import random

import pytest
from django.test import Client
from django.utils import timezone

from sync_server.kiosks.actions import make_code
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk
from sync_server.projectors import catch_up
from sync_server.queues.models import Rating, Ticket
from sync_server.records.models import Log as LogRow
from sync_server.records.models import RecordRow, SetAside
from sync_server.setting_up import program
from tests.vectors import reader
from tests.vectors.writer import NO_HASH, Log
from tests.vectors.writer import Kiosk as Written

dice = random.Random(20261204)
BOOT = dice.randbytes(8)


def _post(door, data):
    answer = Client().post(f"/sync/{door}", data, content_type="application/octet-stream")
    assert answer["Content-Type"] == "application/octet-stream"
    return answer.content


def _at(server, mono_ms):
    return [int(server.now.timestamp() * 1000) + mono_ms, 420, BOOT, mono_ms, 2]


def _opened(name, at):
    log = Log(name, dice.randbytes(16))
    log.write("log.opened", 1, [name, "enrolled", b"", 0, b"", "1"], at, dice.randbytes(16))
    return log


def _day(server):
    return (server.now + dt.timedelta(hours=7)).date().isoformat()


def _rate(server, log, score):
    hour = _at(server, 0)[0] // 3_600_000 * 3_600_000
    fields = [_day(server), score, "walk-by", "", False]
    log.write("rating.given", 1, fields, [hour, 420, b"", 0, 2], dice.randbytes(16))


@pytest.fixture
def kiosk(server):
    """Enrolled with a code, over the line."""
    code = make_code(program(server.office), "ตู้จากเอกสาร", "A", now=timezone.now(), random=dice.randbytes(10))
    new, nonce = Written(dice.randbytes(32)), dice.randbytes(16)
    told = new.welcomed(_post("enrol", new.enrol(code.lower(), nonce, device="แท็บเล็ต")), code, nonce)
    assert (told[1], told[3], told[7]) == (server.office.name, "ตู้จากเอกสาร", ["A"])
    return new


def _push(kiosk, log, **which):
    nonce = dice.randbytes(16)
    return kiosk.told(_post("push", kiosk.envelope(log, nonce, **which)), nonce)


def _position(kiosk, *logs):
    nonce = dice.randbytes(16)
    return kiosk.told(_post("position", kiosk.ask(nonce, *logs)), nonce)


def test_what_it_writes_is_taken_byte_for_byte(server, kiosk):
    """Enrolment, position, push and receipt; each record is stored as it was written, and is read."""
    log = _opened("lobby", _at(server, 5))
    ticket = [_day(server), "A", 1, "", "ภาษี", "", None, "th"]
    log.write("ticket.issued", 1, ticket, _at(server, 9), dice.randbytes(16))
    for score in (5, 1, 4):
        _rate(server, log, score)
    before = _position(kiosk, log)
    assert before[0] == "position"
    assert before[7] == [[log.id, 0, NO_HASH, "open", 0]]
    receipt = _push(kiosk, log)
    assert (receipt[0], *receipt[6:]) == ("receipt", log.id, *log.head, "stored", False)
    assert _position(kiosk, log)[7] == [[log.id, *log.head, "open", 0]]
    rows = RecordRow.objects.order_by("seq")
    mine = [(reader.msgspec.msgpack.encode(header), salt, body) for header, salt, body in log.records]
    assert [(bytes(row.header), row.salt, row.body) for row in rows] == mine
    catch_up()
    assert not SetAside.objects.exists()
    assert (Ticket.objects.count(), Rating.objects.count()) == (1, 3)
    assert Kiosk.objects.get().kiosk_id == kiosk.id.hex()


def test_a_padded_confidential_log_has_one_length(server, kiosk):
    """The daily push of few records and of none too many is as long, and taken."""
    day = [int(server.now.timestamp()) // 86_400 * 86_400_000 - 7 * 3_600_000, 420, b"", 0, 3]
    log = _opened("confidential", day)
    short = kiosk.envelope(log, dice.randbytes(16))
    for _ in range(3):
        fields = [_day(server), dice.randbytes(16), dice.randbytes(32), "conduct", "r", b"x"]
        log.write("complaint.filed", 1, fields, day, dice.randbytes(16))
    assert len(short) == len(kiosk.envelope(log, dice.randbytes(16))) == 183 + 16384 + 48 + 64
    assert _push(kiosk, log)[6:10] == [log.id, *log.head, "stored"]


def test_a_gap_is_refused_and_what_is_missing_mends_it(server, kiosk):
    """Records behind ones that the server lacks change nothing; sent from where it stands they are taken."""
    log = _opened("lobby", _at(server, 1))
    for score in (1, 2, 3):
        _rate(server, log, score)
    _push(kiosk, log, until=1)
    refused = _push(kiosk, log, after=2)
    assert (refused[0], *refused[6:]) == ("refusal", "gap", 0)
    assert LogRow.objects.get().seq == 1
    assert _push(kiosk, log, after=1)[7:9] == list(log.head)
    assert RecordRow.objects.count() == 4


def test_another_story_of_the_same_numbers_is_kept_beside(server, kiosk):
    """A copied disk: both branches are held, the receipt and the position say so, and an alarm tells staff."""
    log = _opened("lobby", _at(server, 1))
    twin = Log(log.name, log.id)
    twin.records = list(log.records)
    _rate(server, log, 5)
    _rate(server, twin, 1)
    _push(kiosk, log)
    assert _push(kiosk, twin)[6:] == [log.id, *twin.head, "stored", True]
    assert _position(kiosk, log)[7][0][3] == "forked"
    assert RecordRow.objects.count() == 3
    assert Alarm.objects.filter(kind=AlarmKind.FORKED).exists()


def test_an_erased_body_and_a_clock_that_cannot_tell_are_written_too(server, kiosk):
    """A record without salt and body, one without a time, and a record of a kind that nobody knows yet."""
    log = _opened("lobby", [None, -1439, b"", 2**63 - 1, 0])
    far = [-(2**63 - 1), 1439, BOOT, 0, 1]
    log.write("later.kind", 7, ["ยังไม่มีใครรู้จัก", 1], far, dice.randbytes(16), edition=2**63 - 1)
    _rate(server, log, 3)
    log.records[-1] = (log.records[-1][0], None, None)
    assert _push(kiosk, log)[7:10] == [*log.head, "stored"]


def test_its_next_key_counts_from_the_answer_on(server, kiosk):
    """A roll that the present key vouches for; after it the old one is refused."""
    log = _opened("lobby", _at(server, 1))
    nonce, seed = dice.randbytes(16), dice.randbytes(32)
    rolled = kiosk.told(_post("roll", kiosk.roll(seed, nonce)), nonce)
    assert (rolled[0], rolled[6]) == ("rolled", reader.hashlib.sha256(reader.public_of(seed)).digest()[:16])
    assert _push(kiosk, log)[6] == "bad_signature"
    kiosk.seed = seed
    assert _push(kiosk, log)[9] == "stored"


def test_a_wrong_code_opens_nothing(server):
    """A guess is refused without a word about which codes there are, and no kiosk is made."""
    make_code(program(server.office), "ตู้", "A", now=timezone.now(), random=dice.randbytes(10))
    new = Written(dice.randbytes(32))
    answer = reader.unpacked(_post("enrol", new.enrol("0000-0000-0000-0000", dice.randbytes(16)))[86:])
    assert (answer[0], answer[1:4], answer[6]) == ("refusal", [bytes(16)] * 3, "wrong_code")
    assert not Kiosk.objects.exists()
