"""What a busy lobby brings: of ten records five tickets, three ratings, one slip and one request in Thai.

body(i, dice)       what the i-th touch is about; encoded(i, dice), as the log keeps it
at(i, dice, boot)   when it was: one every 40 seconds or so
"""

import random
from datetime import date, timedelta

from shared import kinds
from shared.kinds import CaseFiled, RatingGiven, SlipPrinted, TicketIssued
from shared.records import At, Quality

_PLACES = ("หน้าวัด", "ข้างตลาด", "ปากซอย", "หลังโรงเรียน", "ริมคลอง", "หน้าบ้านผู้ใหญ่บ้าน", "ตรงสะพาน", "ทางเข้าหมู่บ้าน")
_WHAT = (
    "ไฟถนนดับมาสามคืนแล้ว", "ท่อระบายน้ำตันน้ำท่วมเข้าบ้าน", "น้ำประปาขุ่นและมีกลิ่น", "ถนนเป็นหลุมลึก", "กิ่งไม้พาดสายไฟ",
    "ขยะล้นถังไม่มีคนมาเก็บ", "สุนัขจรจัดไล่กัดเด็ก", "เสียงดังตอนกลางคืน", "น้ำไม่ไหลตั้งแต่เมื่อวาน", "ฝาท่อหาย",
)  # fmt: skip
_THEN = (
    "เด็กเดินกลับบ้านมืดมาก", "รถจักรยานยนต์ล้มไปสองคันแล้ว", "ใช้หุงข้าวไม่ได้", "คนแก่เดินลำบาก", "แจ้งไปแล้วยังเงียบอยู่",
    "กลัวจะเกิดอันตราย", "ฝนตกทีไรเป็นทุกที", "ขอให้ช่วยดูแลโดยเร็ว", "ขอบคุณล่วงหน้า",
)  # fmt: skip
_SERVICES = ("land_tax_payment", "elderly_allowance", "street_light_repair", "newborn_support", "building_permit")
_START_MS = 1_795_000_000_000


def at(i: int, dice: random.Random, boot: bytes) -> At:
    """When touch `i` was, to some seconds."""
    passed_ms = i * 40_000 + dice.randrange(20_000)
    return At(_START_MS + passed_ms, 420, boot, passed_ms, Quality.GOOD)


def body(i: int, dice: random.Random) -> kinds.Body:
    """What touch `i` recorded."""
    day = (date(2026, 11, 2) + timedelta(days=i // 900)).isoformat()
    service = dice.choice(_SERVICES)
    if i % 10 < 5:
        return TicketIssued(day, "A", i % 900 + 1, service, "งานบริการประชาชน", "", dice.choice([None, 0, 1]), "th")
    if i % 10 < 8:
        return RatingGiven(day, dice.choice([5, 5, 5, 4, 4, 3, 1]), "walk-by", service, False)
    if i % 10 == 8:
        return SlipPrinted("ticket", max(1, i - 4), "printed")
    text = " ".join((dice.choice(_WHAT), dice.choice(_PLACES), *dice.sample(_THEN, 2)))
    keys = dice.randbytes(16), dice.randbytes(32)
    where = f"บ้านเลขที่ {dice.randrange(1, 300)} หมู่ {dice.randrange(1, 9)}"
    return CaseFiled(day, *keys, "street_light", text, where, "", f"08{dice.randrange(10**8):08d}", "th")


def encoded(i: int, dice: random.Random) -> tuple[str, int, bytes]:
    """Kind, schema and bytes of `body(i, dice)`."""
    return kinds.encode(body(i, dice))
