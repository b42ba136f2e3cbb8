"""A busy office for looking at: three kiosks, a month of cases at every stage, tickets, ratings, hostile text.

`populate(office, now)` speaks the real protocol through `FakeKiosk` and the real actions of staff, so what the pages
show is what the product makes. Seeded: the same moment gives the same office.
"""

import datetime as dt
import random
from types import SimpleNamespace

import lobby_day
from fake_kiosk import FakeKiosk, direct

HOSTILE = (
    "[size=99]ตัวใหญ่[/size] <b>หนา</b> <script>document.title='โดนแล้ว'</script> =1+1 {{ 7*7 }} "
    "🎉 \u0e19\u0e49\u0e33\u0e49\u0e49\u0e49 %s " + "ก" * 60 + "A" * 80
)

# days ago, category, text, place, name, phone
CASES = (
    (32, "road", "ถนนเป็นหลุมลึก ซอยบ้านกลาง รถจักรยานยนต์ล้มแล้วสองราย", "หมู่ 6 หน้าบ้านเลขที่ 44", "", ""),
    (15, "trash", "กลิ่นเหม็นจากคอกสัตว์ใกล้โรงเรียน นักเรียนเวียนหัว", "หมู่ 2", "คุณสมหมาย", "000-000-0000"),
    (12, "water", "น้ำประปาไม่ไหลตั้งแต่เช้า ทั้งซอย", "หมู่ 5", "", ""),
    (6, "water", "ท่อระบายน้ำอุดตันหน้าตลาด\nน้ำเอ่อเข้าร้านค้าทุกครั้งที่ฝนตก", "หมู่ 1 หน้าตลาด", "คุณร้านค้า", "000-000-0001"),
    (7, "lamp", "ไฟถนนหน้าโรงเรียนดับสามต้น ตั้งแต่ทางเข้าถึงหน้าประตู เด็กกลับบ้านมองไม่เห็นทาง", "หมู่ 4 เสา 041–043", "", ""),
    (5, "other", "เสนอให้เปิดช่วงพักเที่ยงวันศุกร์", "", "", ""),
    (1, "other", "ถามเรื่องต่อใบอนุญาตร้านอาหาร", "หมู่ 3", "คุณแม่ค้า", ""),
    (9, "other", "สุนัขจรจัดที่ตลาดนัด", "หมู่ 3", "", ""),
    (3, "tree", "ต้นไม้ใหญ่เอียงใกล้สายไฟ", "หมู่ 4", "", ""),
    (0, "lamp", HOSTILE, "<i>หมู่</i> 9", '=HYPERLINK("x")', "[b]0[/b]"),
    (2, "lamp", "ไฟกะพริบหน้าศาลาริมทาง", "หมู่ 4", "", ""),
    (17, "road", "สะพานไม้ข้ามคลองชำรุด ไม้กระดานหลุดสองแผ่น", "หมู่ 7", "", ""),
)  # fmt: skip


def populate(office, now: dt.datetime) -> None:
    """Fill the office; `now` is the moment the pages are looked at."""
    from shared.kinds import PraiseGiven
    from sync_server import projectors
    from sync_server.cases import actions as cases
    from sync_server.cases.models import Case
    from sync_server.kiosks.models import Kiosk
    from sync_server.organisations import managing
    from sync_server.organisations.actions import Actor
    from sync_server.organisations.models import Division, Staff
    from sync_server.setting_up import program

    dice, taste, queue = random.Random(7), random.Random(8), random.Random(9)
    begin = now - dt.timedelta(days=32)
    server = SimpleNamespace(office=office, now=begin)
    hall, village, tablet = (
        FakeKiosk.enrolled(server, name=name, series=series, seed=seed)
        for name, series, seed in (("ตู้ 1 โถงหน้า", "A", 11), ("ตู้ 2 ศาลาหมู่ 4", "B", 12), ("แท็บเล็ต 1", "CD", 13))
    )
    services = ("land_tax_payment", "elderly_allowance", "street_light_repair", "sign_tax", "building_permit")
    # The eldest case is beyond its deadline whatever holidays fall in between.
    for ago in (32, *range(20, -1, -1)):
        day = now - dt.timedelta(days=ago)
        for kiosk in (hall, village, tablet):
            kiosk.now, kiosk.post = day, direct(day)
            if kiosk is village and ago < 4:
                continue
            weekday = (day + dt.timedelta(hours=7)).weekday() < 5
            if weekday and kiosk is hall and ago:
                # Sent in the evening: a moment that lies behind its arrival is believed by nobody.
                evening = dt.datetime.fromisoformat(f"{hall.day}T14:00:00+00:00")
                kiosk.now, kiosk.post = evening, direct(evening)
                lobby_day.play(queue, hall, hall.day, issuers=[hall], tickets=26)
            if weekday:
                for number in range(1, dice.randint(3, 9)):
                    service = dice.choice(services)
                    if kiosk is not hall or not ago:
                        kiosk.ticket(number, service)
                    if dice.random() < 0.6:
                        kiosk.rate(dice.choice((5, 5, 4, 4, 4, 3, 2, 1)), repeat=dice.random() < 0.1)
            for filed_ago, category, text, place, name, phone in CASES:
                if filed_ago == ago and kiosk is (tablet if category == "other" else hall):
                    _file(kiosk, category, text, place, name, phone)
            if kiosk is hall:
                _said(kiosk, taste, services)
                if ago == 9:
                    kiosk.append(PraiseGiven(kiosk.day, "sample_d", "ฮาซัน ตัวอย่าง", "", "", [], HOSTILE, "th"))
            if kiosk is hall and ago == 2:
                kiosk.append_raw("praise.given", 9, b"\x93\x01\x02\x03")
                kiosk.append_raw("rating.given", 1, b"\xc1")
            kiosk.push()
    projectors.catch_up()
    Kiosk.objects.filter(name__startswith="ตู้ 2").update(captured=212, oldest_waiting_at=now - dt.timedelta(days=4))
    _fork(tablet, now)
    projectors.catch_up()

    staff = {each.username: each for each in Staff.objects.select_related("office", "division")}
    works, health = (Division.objects.get(office=office, code=code) for code in ("works", "health"))
    by_text = {case.text[:12]: case for case in Case.objects.all()}

    def found(start: str) -> Case:
        return next(case for text, case in by_text.items() if text.startswith(start))

    clerk, engineer = Actor.of(staff["palad"]), Actor.of(staff["wichai"])
    somjai = Actor.of(staff["somjai"])

    def at(ago: float) -> dt.datetime:
        return now - dt.timedelta(days=ago)

    left = _people(program(office), now)
    lamp = found("ไฟถนน")
    cases.acknowledge(somjai, lamp, now=at(6))
    cases.assign(somjai, lamp, now=at(5.9), division=works, staff=staff["wichai"])
    cases.answer(engineer, lamp, "ได้รับเรื่องแล้ว กองช่างจะออกสำรวจภายใน 3 วันทำการ", now=at(5.8))
    cases.note(engineer, lamp, "หลอดขาด 3 ต้น บัลลาสต์ต้น 042 เสีย เบิกอะไหล่แล้ว คาดว่าเข้าซ่อมได้วันศุกร์", now=at(4))
    cases.note(engineer, lamp, "ซ่อมครบ 4 ต้นเมื่อวานเย็น ตรวจตอนค่ำแล้วติดทุกต้น", now=at(1))
    for start, ago in (("ถนนเป็น", 31), ("กลิ่น", 14), ("น้ำประปา", 11), ("เสนอ", 1), ("สะพาน", 16)):
        cases.acknowledge(clerk, found(start), now=at(ago))
    cases.assign(clerk, found("ถนนเป็น"), now=at(30), division=works, staff=staff["wichai"])
    cases.assign(clerk, found("กลิ่น"), now=at(14), division=health, staff=left)
    managing.change_staff(program(office), left, {"is_active": False}, now=now)
    cases.assign(clerk, found("น้ำประปา"), now=at(11), division=works)
    dog = found("สุนัข")
    cases.acknowledge(clerk, dog, now=at(6))
    cases.answer(clerk, dog, "ปศุสัตว์อำเภอลงพื้นที่ทำหมันและฉีดวัคซีนแล้ว 6 ตัว", now=at(1))
    cases.close(clerk, dog, "แก้ไขแล้ว: ตามหนังสือปศุสัตว์อำเภอ", now=at(0.5))
    bridge = found("สะพาน")
    cases.assign(clerk, bridge, now=at(15), division=works)
    cases.answer(engineer, bridge, "เปลี่ยนไม้กระดานแล้วทั้งสองแผ่น", now=at(8))


def _people(by, now: dt.datetime):
    """Somebody about to leave, somebody who never signed in yet, and a reader from outside; returns the first."""
    from sync_server.organisations import managing
    from sync_server.organisations.models import Role

    facts = {"position": "เจ้าพนักงานจัดเก็บรายได้", "role": Role.OFFICER}
    left, _ = managing.add_staff(by, username="anong", facts={**facts, "full_name": "นางอนงค์ ตัวอย่าง"}, now=now)
    managing.add_staff(by, username="prasit", facts={**facts, "full_name": "นายประสิทธิ์ ตัวอย่าง"}, now=now)
    reads = {"full_name": "นางสาวท้องถิ่น ตัวอย่าง", "position": "ท้องถิ่นอำเภอ", "role": Role.READER}
    managing.add_staff(by, username="thongthin", facts=reads, now=now, password="sala-demo-password")
    return left


def _file(kiosk: FakeKiosk, category: str, text: str, place: str, name: str, phone: str) -> None:
    from shared.kinds import CaseFiled

    keys = kiosk.random.randbytes(16), kiosk.random.randbytes(32)
    kiosk.append(CaseFiled(kiosk.day, *keys, category, text, place, name, phone, "th"))


PRAISES = (
    ("sample_a", "อามีนะห์ ตัวอย่าง", "ช่วยกรอกแบบให้แม่จนเสร็จ ใจเย็นมาก\nขอบคุณจากใจ"),
    ("sample_d", "ฮาซัน ตัวอย่าง", "ซ่อมไฟให้ถึงบ้าน มาเร็วมาก"),
    ("", "", "ขอบคุณพี่ที่ช่อง 2 ค่ะ"),
    ("sample_b", "สมชาย ตัวอย่าง", ""),
)


def _said(kiosk: FakeKiosk, taste: random.Random, services: tuple[str, ...]) -> None:
    """What people who were served say of a day, by the codes of their slips; and some praise."""
    from shared.kinds import PraiseGiven, RatingExplained, RatingGiven

    for _ in range(taste.randint(0, 4)):
        score = taste.choice((5, 5, 4, 4, 3, 1))
        given = kiosk.append(RatingGiven(kiosk.day, score, "ticket", taste.choice(services), False)).header
        reasons = ["slow", "unclear"] if score < 3 else ["polite", "quick"]
        sides = [(side, taste.randint(3, 5)) for side in taste.sample(("procedure", "channel", "staff", "place"), 2)]
        words = taste.choice(("", "", "ดีมาก", "อยากให้มีเก้าอี้เพิ่ม", "ป้ายชัดเจน หาช่องเจอง่าย"))
        kiosk.append(
            RatingExplained(
                kiosk.day, given.log, given.seq, score, False, reasons, sides, words, "th", "ticket"
            )
        )  # fmt: skip
    if taste.random() < 0.5:
        person, name, words = taste.choice(PRAISES)
        counter = ("", "") if person else ("2", "10")
        kiosk.append(PraiseGiven(kiosk.day, person, name, *counter, ["polite", "helpful"], words, "th"))


def _fork(kiosk: FakeKiosk, now: dt.datetime) -> None:
    """Its disk was copied: another history of the same log arrives."""
    import copy

    twin = copy.deepcopy(kiosk.lobby.records[:-3])
    other = copy.copy(kiosk)
    other.logs = {kiosk.lobby.id: copy.copy(kiosk.lobby)}
    other.logs[kiosk.lobby.id].records = twin
    for number in range(901, 905):
        other.ticket(number)
    other.post("push", other.envelope(other.lobby.records[-4:]))
