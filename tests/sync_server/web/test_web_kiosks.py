"""The fleet page, enrolment and revocation, and the first page."""

import datetime as dt
import re
from urllib.parse import unquote

import pytest
from test_web_cases import read

NOW = dt.datetime(2027, 3, 16, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def silent(busy):
    """The kiosk of the village: no contact for four days, 119 records not here."""
    from sync_server.kiosks.models import Kiosk

    return Kiosk.objects.get(name__startswith="ตู้ 2")


def test_the_fleet_page_says_who_is_silent_and_what_is_safe(silent, signed_in):
    """A sentence, what to do, how many records are still out there."""
    answer = signed_in("it").get("/desk/kiosks/")
    said = read(answer)
    assert "ตู้ 2 ศาลาหมู่ 4 เงียบมา 4 วัน" in said
    assert "ยังอยู่ในตู้ ไม่หาย" in said
    row = next(row for row in answer.context["rows"] if row.kiosk.pk == silent.pk)
    assert row.behind == silent.captured - row.held > 0


def test_a_backup_that_was_not_made_is_said(busy, signed_in):
    """None yet, three days old, of today; and on each kiosk's row how much of it lies in one."""
    from django.utils import timezone

    from sync_server.backups.models import Backup
    from sync_server.organisations.queries import the_office
    from sync_server.records.models import Log
    from sync_server.records.queries import current_epoch

    page = signed_in("it")
    assert "เซิร์ฟเวอร์นี้ยังไม่มีการสำรองข้อมูล" in read(page.get("/desk/kiosks/"))
    office = the_office()
    for n, (days, said) in enumerate([(3, "สำรองข้อมูลล่าสุดเมื่อ 3 วันก่อน"), (1, "")]):
        Backup.objects.create(
            office=office, backup_id=f"{n:032x}", epoch=current_epoch(office).epoch, folder="", file_name="",
            made_at=timezone.now() - dt.timedelta(days=days), records=1, archive_bytes=1,
        )  # fmt: skip
        shown = read(page.get("/desk/kiosks/"))
        assert said in shown
        assert ("สำรองข้อมูล" in shown) == bool(said)
    assert "ยังไม่สำรอง" in shown
    log = Log.objects.filter(branch=0).exclude(name="confidential").order_by("-seq").first()
    Log.objects.filter(pk=log.pk).update(backed_up=2)
    assert "สำรองแล้ว 2" in read(page.get("/desk/kiosks/"))
    Log.objects.filter(kiosk=log.kiosk_id, branch=0).update(backed_up=log.seq)
    assert "สำรองแล้วทั้งหมด" in read(page.get(f"/desk/kiosks/{log.kiosk.kiosk_id}"))


def test_a_copied_kiosk_raises_an_alarm_that_a_person_clears(busy, signed_in):
    """It stays until somebody looks, and their name is kept."""
    from sync_server.kiosks.models import Alarm

    client = signed_in("it")
    assert "มีบันทึกแยกสองสาย" in read(client.get("/desk/kiosks/"))
    alarm = Alarm.objects.get()
    client.post(f"/desk/kiosks/alarms/{alarm.pk}/clear")
    alarm.refresh_from_db()
    assert alarm.cleared_by.username == "it"
    assert "มีบันทึกแยกสองสาย" not in read(client.get("/desk/kiosks/"))


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (None, "near"),
        (dt.timedelta(minutes=1), "done"),
        (dt.timedelta(hours=25), "done"),
        (dt.timedelta(hours=27), "late"),
    ],
)
def test_a_night_is_no_silence(server, seen, state):
    """Closing time alarms nobody; a day and a morning without a word does."""
    from sync_server.kiosks import fleet
    from sync_server.kiosks.models import Kiosk

    kiosk = Kiosk(state="enrolled", seen_at=None if seen is None else NOW - seen)
    assert fleet.status(kiosk, NOW).state == state


@pytest.mark.parametrize(
    ("ahead_ms", "words"),
    [(None, "ไม่ทราบ"), (4_000, "ตรง"), (-42_000, "ช้า 42 วินาที"), (9_000_000, "เร็ว 2 ชั่วโมง"), (-(2**62), "ช้า")],
)
def test_a_clock_that_is_off_is_said(server, ahead_ms, words):
    """Whatever a kiosk claims, in words."""
    from sync_server.kiosks import fleet
    from sync_server.kiosks.models import Kiosk

    assert fleet.clock(Kiosk(clock_ahead_ms=ahead_ms)).words.th.startswith(words)


@pytest.mark.parametrize(("ahead_s", "cards"), [(0, 0), (-600, 0), (901, 1), (-40 * 365 * 86400, 1), (None, 0)])
def test_a_clock_far_off_is_a_card_until_it_is_right(server, ahead_s, cards):
    """In plain words, with what to do; a drift of minutes is only said in the row, a revoked kiosk's not at all."""
    from sync_server.kiosks import fleet
    from sync_server.kiosks.models import Kiosk

    kiosk = Kiosk(name="ตู้ 1", state="enrolled", seen_at=NOW, clock_ahead_ms=None if ahead_s is None else ahead_s * 1000)
    row = fleet.FleetRow(kiosk, fleet.status(kiosk, NOW), fleet.clock(kiosk), fleet.status(kiosk, NOW), 0, 0)
    shown = fleet.cards([row], [], NOW, backed_up_at=NOW)
    assert len(shown) == cards
    assert all("นาฬิกาของ ตู้ 1 เพี้ยนมาก" in card.title.th for card in shown)
    kiosk.state = "revoked"
    assert fleet.cards([row], [], NOW, backed_up_at=NOW) == []


def test_the_root_on_the_server_is_a_card_until_it_is_taken_away(server, signed_in):
    """Whoever looks at the fleet sees that it still lies there, and what to do."""
    from sync_server.keys import root_file

    client = signed_in("it")
    assert "กุญแจรากของหน่วยงานยังอยู่ในเซิร์ฟเวอร์" in read(client.get("/desk/kiosks/"))
    root_file().unlink()
    assert "กุญแจราก" not in read(client.get("/desk/kiosks/"))


def test_every_alarm_is_said_in_plain_words(server):
    """Each kind has a title, what is safe and what to do, in Thai and English."""
    from sync_server.kiosks.labels import ALARMS
    from sync_server.kiosks.models import AlarmKind

    assert set(ALARMS) == set(AlarmKind)
    for words in ALARMS.values():
        for text in (words.title, words.safe, words.do):
            assert re.search("[ก-๙]", text.th)
            assert text.en.isascii()


def test_a_code_lets_one_kiosk_in_and_is_shown_once(busy, signed_in):
    """The code on the page is the one that works; it is in no other page and in no row of the database."""
    from fake_kiosk import direct

    from shared import protocol
    from shared.keys import SigningKey
    from sync_server.kiosks.models import EnrolmentCode, Kiosk

    client = signed_in("it")
    answer = client.post("/desk/kiosks/enrol", {"name": "ตู้ 9", "series": "xy"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    code = re.search(r'data-code="([^"]+)"', answer.content.decode())[1]
    assert read(answer).count(code.replace("-", "")[:4])
    assert code not in client.get("/desk/kiosks/enrol").content.decode()
    assert not EnrolmentCode.objects.filter(code_name__contains=code).exists()
    post = direct(EnrolmentCode.objects.latest("pk").made_at)
    asked = protocol.enrol(code, SigningKey(bytes(range(32))), nonce=bytes(16), device="t", software="0.1")
    protocol.read_grant(post("enrol", asked), code, bytes(16))
    assert Kiosk.objects.get(name="ตู้ 9").series == "XY"


def test_the_code_can_be_scanned_from_its_page(busy, signed_in):
    """The picture on the page says address, code and end, behind a mark of its own; nothing else does."""
    import zxingcpp
    from PIL import Image, ImageDraw

    from shared.invitation import read as read_invitation

    page = signed_in("it").post("/desk/kiosks/enrol", {"name": "ตู้ 9", "series": "XY"}).content.decode()
    side = int(re.search(r'class="qr" viewBox="0 0 (\d+)', page)[1])
    picture = Image.new("L", (side * 4, side * 4), 255)
    draw = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        draw.rectangle([int(x) * 4, int(y) * 4, int(x) * 4 + 3, int(y) * 4 + 3], fill=0)
    (found,) = zxingcpp.read_barcodes(picture)
    invitation = read_invitation(found.text)
    assert invitation.code == re.search(r'data-code="([^"]+)"', page)[1]
    assert invitation.url == "http://testserver"
    [saved] = re.findall(r'download="sala-enrol.txt" href="data:text/plain,([^"]+)"', page)
    assert unquote(saved) == found.text


def test_a_kiosk_of_the_fleet_is_let_in_again_from_its_page(busy, signed_in):
    """One button makes the code; its page waits for the kiosk as for a new one, and then shows the words."""
    from fake_kiosk import direct

    from shared import protocol
    from shared.keys import SigningKey
    from sync_server.kiosks.models import EnrolmentCode, Kiosk

    client = signed_in("it")
    kiosk = Kiosk.objects.filter(state="enrolled").first()
    address = f"/desk/kiosks/{kiosk.kiosk_id}/enrol"
    assert f'action="{address}"' in client.get(f"/desk/kiosks/{kiosk.kiosk_id}").content.decode()
    answer = client.post(address)
    assert "no-store" in answer["Cache-Control"]
    assert "รอตู้ คำสี่คำจะขึ้นที่นี่" in read(answer)
    code, row = re.search(r'data-code="([^"]+)"', answer.content.decode())[1], EnrolmentCode.objects.latest("pk")
    asked = protocol.enrol(code, SigningKey(bytes([7]) * 32), nonce=bytes(16), device="t", software="0.1")
    assert protocol.read_grant(direct(row.made_at)("enrol", asked), code, bytes(16)).kiosk.hex() == kiosk.kiosk_id
    assert "เข้ามาแล้ว เทียบคำสี่คำ" in read(client.get(f"/desk/kiosks/enrol/{row.pk}"))
    assert "ลงทะเบียนใหม่ในชื่อเดิม" in read(client.get(f"/desk/kiosks/{kiosk.kiosk_id}"))


def test_a_revoked_kiosk_is_let_in_by_the_clerk_first(busy, signed_in):
    """Its page has no such button, and whoever asks all the same is told why."""
    from sync_server.kiosks.models import EnrolmentCode, Kiosk

    client = signed_in("it")
    kiosk = Kiosk.objects.filter(state="enrolled").first()
    page = client.get(f"/desk/kiosks/{kiosk.kiosk_id}").content.decode()
    client.post(re.search(r'action="([^"]+/revoke)"', page)[1], {"reason": "หาย"})
    assert f"/desk/kiosks/{kiosk.kiosk_id}/enrol" not in client.get(f"/desk/kiosks/{kiosk.kiosk_id}").content.decode()
    count = EnrolmentCode.objects.count()
    assert "ให้ปลัดเลิกเพิกถอนก่อน" in read(client.post(f"/desk/kiosks/{kiosk.kiosk_id}/enrol", follow=True))
    assert EnrolmentCode.objects.count() == count


def _come(client, seed=7):
    """A kiosk enrols with a code that the page has just made; the page's code and what the kiosk will show."""
    from fake_kiosk import direct

    from shared import protocol
    from shared.fourwords import four_words
    from shared.keys import SigningKey
    from sync_server.kiosks.models import EnrolmentCode

    answer = client.post("/desk/kiosks/enrol", {"name": "ตู้ 9", "series": "XY"})
    page = answer.content.decode()
    row = EnrolmentCode.objects.latest("pk")
    assert f'hx-get="/desk/kiosks/enrol/{row.pk}"' in page
    assert "รอตู้ คำสี่คำจะขึ้นที่นี่" in read(answer), "the page of a new code waits for its kiosk"
    code = re.search(r'data-code="([^"]+)"', page)[1]
    key = SigningKey(bytes([seed]) * 32)
    asked = protocol.enrol(code, key, nonce=bytes(16), device="t", software="0.1")
    grant = protocol.read_grant(direct(row.made_at)("enrol", asked), code, bytes(16))
    shown = protocol.fingerprint(
        office=grant.office, kiosk=grant.kiosk, kiosk_key=key.public.raw, answer_key=grant.answer_key,
        bundle_key=grant.bundle_key, sealing_key=grant.sealing_key,
    )  # fmt: skip
    return row, four_words(shown)


def test_the_page_shows_the_four_words_of_the_kiosk_that_came(busy, signed_in):
    """Nothing before it came; then the kiosk's own words, until somebody says that they are the same."""
    from sync_server.kiosks.models import Kiosk
    from sync_server.organisations.models import AuditRow

    client = signed_in("it")
    row, words = _come(client)
    answer = client.get(f"/desk/kiosks/enrol/{row.pk}")
    assert re.search(".*".join(words), read(answer), re.DOTALL)
    assert "hx-get" not in answer.content.decode()
    kiosk = Kiosk.objects.get(name="ตู้ 9")
    assert "ตรงกันทั้งสี่คำ" in read(client.get(f"/desk/kiosks/{kiosk.kiosk_id}"))
    for _ in range(2):
        client.post(f"/desk/kiosks/{kiosk.kiosk_id}/compared")
    kiosk.refresh_from_db()
    assert kiosk.compared_at is not None
    assert AuditRow.objects.filter(act="kiosk.compared", object_id=kiosk.kiosk_id).count() == 1
    assert "ตรงกันทั้งสี่คำ" not in read(client.get(f"/desk/kiosks/{kiosk.kiosk_id}"))


def test_words_that_differ_end_the_kiosk_at_once(busy, signed_in):
    """One button: revoked, with that reason."""
    from sync_server.kiosks.models import Kiosk, Revocation

    client = signed_in("it")
    row, _words = _come(client)
    page = client.get(f"/desk/kiosks/enrol/{row.pk}").content.decode()
    address = re.search(r'action="([^"]+/revoke)"', page)[1]
    reason = re.search(r'name="reason" value="([^"]+)"', page)[1]
    client.post(address, {"reason": reason})
    assert not Kiosk.objects.get(name="ตู้ 9").active
    assert Revocation.objects.latest("pk").reason == "คำสี่คำบนสองจอไม่ตรงกัน"


def test_a_dead_or_late_code_says_so_where_one_waits(busy, signed_in):
    """Nobody stands before a page that will never change."""
    from sync_server.kiosks.models import EnrolmentCode

    client = signed_in("it")
    client.post("/desk/kiosks/enrol", {"name": "ตู้ 9", "series": "XY"})
    row = EnrolmentCode.objects.latest("pk")
    assert "รอตู้" in read(client.get(f"/desk/kiosks/enrol/{row.pk}"))
    EnrolmentCode.objects.filter(pk=row.pk).update(made_at=row.made_at - EnrolmentCode.VALID_FOR)
    assert "รหัสหมดเวลาแล้ว" in read(client.get(f"/desk/kiosks/enrol/{row.pk}"))
    EnrolmentCode.objects.filter(pk=row.pk).update(tries=5)
    assert "รหัสนี้ใช้ไม่ได้แล้ว" in read(client.get(f"/desk/kiosks/enrol/{row.pk}"))


@pytest.mark.parametrize(
    ("name", "series", "said"),
    [
        ("ตู้ 9", "A", "ตู้อื่นใช้อยู่แล้ว"),
        ("ตู้ 9", "XX", "เขียนสองครั้ง|ตัวอักษรซ้ำกัน"),
        ("ตู้ 9", "1", "A ถึง Z"),
        ("ตู้ 9", "ก", "A ถึง Z"),
        ("", "X", "ยังไม่ได้กรอก"),
        ("ตู้ 9", "ABCDEFGHI", "8"),
    ],
)
def test_a_wrong_wish_makes_no_code(busy, signed_in, name, series, said):
    """The page says what is wrong beside the field and keeps what was typed."""
    from sync_server.kiosks.models import EnrolmentCode

    before = EnrolmentCode.objects.count()
    answer = signed_in("it").post("/desk/kiosks/enrol", {"name": name, "series": series})
    assert answer.status_code == 422
    assert re.search(said, read(answer))
    assert EnrolmentCode.objects.count() == before


def test_revoking_needs_a_reason_and_is_told_in_the_history(silent, signed_in):
    """What it sent before stays."""
    client = signed_in("palad")
    client.post(f"/desk/records/kiosks/{silent.kiosk_id}/revoke", {"reason": ""})
    silent.refresh_from_db()
    assert silent.active
    client.post(f"/desk/records/kiosks/{silent.kiosk_id}/revoke", {"reason": "เครื่องหาย <b>"})
    silent.refresh_from_db()
    assert not silent.active
    page = client.get(f"/desk/kiosks/{silent.kiosk_id}")
    assert "เครื่องหาย <b>" in read(page)
    assert "เพิกถอนแล้ว" in read(page)


@pytest.mark.parametrize("person", ["somjai", "wichai", "palad", "nayok", "it"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_first_page_is_there_for_everyone(busy, signed_in, person, language):
    """In both languages; the administrator sees kiosks and no case."""
    client = signed_in(person)
    client.post("/language", {"language": language})
    answer = client.get("/desk/")
    assert answer.status_code == 200
    assert ("ถนนเป็นหลุม" in read(answer)) == (person in ("palad", "nayok", "wichai"))


def test_an_office_without_anything_says_so(client, staff, server):
    """Every list of a fresh office tells why it is empty."""
    client.force_login(staff("palad"), backend="django.contrib.auth.backends.ModelBackend")
    pages = (
        "",
        "cases/",
        "cases/?tab=all",
        "records/",
        "records/branches",
        "kiosks/",
        "queues/tickets",
        "queues/ratings",
    )
    for page in pages:
        answer = client.get(f"/desk/{page}")
        assert answer.status_code == 200, page
        assert 'class="empty"' in answer.content.decode(), page
