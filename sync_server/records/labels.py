"""The words of the review page: kinds, fields of bodies, and what became of a record."""

from dataclasses import dataclass

from shared import kinds
from sync_server.records.models import Why
from sync_server.web.language import Text

#: Kinds that are on the review page at all; what is sealed to readers is not.
KINDS: dict[str, Text] = {
    kind.name: Text(kind.title_th, kind.title_en) for kind in kinds.KINDS if kind.sealed_to == "server"
}

ICONS: dict[str, str] = {
    "log.opened": "archive",
    "ticket.issued": "ticket",
    "case.filed": "tray",
    "case.returned": "arrow-counter-clockwise",
    "rating.given": "smiley",
    "rating.changed": "smiley",
    "rating.explained": "smiley",
    "praise.given": "heart",
    "ticket.moved": "megaphone",
    "counter.seen": "storefront",
    "queue.closed": "archive",
    "numbers.reserved": "printer",
    "ticket.joined": "ticket",
    "slip.printed": "printer",
}
UNKNOWN_ICON = "question"

#: Fields that are not shown here: random bytes of a press, keys that open what a citizen's code opens, and what
#: citizens said of their ratings and of colleagues, which has pages of its own with rules of their own.
HIDDEN_FIELDS = frozenset({"state_key", "status_id", "words", "action"})

FIELDS: dict[str, Text] = {
    "name": Text("สมุด", "Log"),
    "reason": Text("เหตุ", "Reason"),
    "said_on": Text("วันที่แจ้ง", "Said on"),
    "round": Text("ครั้งที่เปิด", "Round"),
    "parent_log": Text("สมุดก่อนหน้า", "Log before"),
    "parent_seq": Text("ถึงรายการที่", "Up to record"),
    "parent_hash": Text("ลายพิมพ์ของรายการนั้น", "Hash of that record"),
    "software": Text("โปรแกรม", "Software"),
    "service_date": Text("วันที่ให้บริการ", "Service date"),
    "series": Text("ตัวอักษร", "Series"),
    "number": Text("เลขคิว", "Number"),
    "service": Text("บริการ", "Service"),
    "public_label": Text("คำบนบัตรและจอ", "Words on slip and board"),
    "priority": Text("คิวพิเศษ", "Priority"),
    "papers_missing": Text("เอกสารที่ยังขาด", "Papers missing"),
    "language": Text("ภาษา", "Language"),
    "filed_on": Text("วันที่ยื่น", "Filed on"),
    "status_id": Text("กุญแจค้นสถานะ", "Status id"),
    "state_key": Text("กุญแจเปิดสถานะ", "Status key"),
    "category": Text("ประเภท", "Category"),
    "text": Text("ข้อความ", "Text"),
    "place": Text("สถานที่", "Place"),
    "contact_name": Text("ชื่อผู้แจ้ง", "Contact name"),
    "contact_phone": Text("โทรศัพท์ผู้แจ้ง", "Contact phone"),
    "score": Text("คะแนน", "Score"),
    "repeat": Text("กดซ้ำในไม่กี่วินาที", "Pressed again within seconds"),
    "of_log": Text("อ้างถึงสมุด", "Cites log"),
    "of_seq": Text("อ้างถึงรายการที่", "Cites record"),
    "of_commitment": Text("ลายพิมพ์ของคะแนนนั้น", "Commitment of that rating"),
    "was": Text("คะแนนเดิม", "Score before"),
    "reasons": Text("เหตุผล", "Reasons"),
    "dimensions": Text("รายด้าน", "Dimensions"),
    "words": Text("คำบอกเล่า", "Words"),
    "person": Text("รหัสเจ้าหน้าที่", "Colleague"),
    "person_name": Text("ชื่อเจ้าหน้าที่", "Name"),
    "counter": Text("ช่องบริการ", "Counter"),
    "hour": Text("ชั่วโมง", "Hour"),
    "of": Text("ใบของ", "Slip of"),
    "seq": Text("รายการที่", "Record"),
    "outcome": Text("ผลการพิมพ์", "What became of it"),
    "move": Text("การเดินคิว", "Move"),
    "staff": Text("ผู้ให้บริการ", "Staff"),
    "to_counter": Text("ส่งต่อไปช่อง", "Sent on to counter"),
    "to_service": Text("ส่งต่อไปบริการ", "Sent on to service"),
    "waited_ms": Text("เวลารอเรียก (มิลลิวินาที)", "Waited for the call (ms)"),
    "walked_ms": Text("เวลาเดินมาช่อง (มิลลิวินาที)", "Walked to the counter (ms)"),
    "served_ms": Text("เวลาให้บริการ (มิลลิวินาที)", "Served (ms)"),
    "on_paper": Text("จดบนกระดาษ บันทึกภายหลัง", "Written on paper, entered later"),
    "state": Text("สถานะช่อง", "State of the counter"),
    "groups": Text("กลุ่มบริการ", "Groups of services"),
    "first": Text("ตั้งแต่เลข", "From number"),
    "last": Text("ถึงเลข", "To number"),
    "behind": Text("ต่อจากรายการที่", "Behind record"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """What became of a record, as a tag and a sentence."""

    colour: str
    icon: str
    words: Text
    meaning: Text


STATES: dict[str, StateWords] = {
    "projected": StateWords(
        "done",
        "check-circle-fill",
        Text("นับแล้ว", "Counted"),
        Text("อยู่ในเรื่อง คิว และตัวเลขแล้ว", "It is in cases, tickets and figures."),
    ),
    "waiting": StateWords(
        "run",
        "hourglass-fill",
        Text("รอประมวล", "In turn"),
        Text("เก็บแล้วครบถ้วน กำลังจะถูกนับในไม่กี่วินาที", "Kept whole; it will be counted within seconds."),
    ),
    Why.UNREADABLE: StateWords(
        "near",
        "eye-slash-fill",
        Text("ยังอ่านไม่ได้", "Unreadable yet"),
        Text(
            "ตู้ใช้โปรแกรมใหม่กว่าเซิร์ฟเวอร์ เก็บไว้ครบ จะอ่านได้หลังอัปเดต",
            "The kiosk's program is newer than the server's. Kept whole; readable after an update.",
        ),
    ),
    Why.QUARANTINED: StateWords(
        "late",
        "warning-fill",
        Text("กักไว้ตรวจ", "Quarantined"),
        Text(
            "เก็บไว้ครบ แต่ประมวลไม่สำเร็จ จึงยังไม่นับ รายการอื่นไม่ต้องรอ",
            "Kept whole but could not be worked in, so it is not counted. Nothing waits for it.",
        ),
    ),
    Why.REPEATED: StateWords(
        "plain",
        "arrow-counter-clockwise",
        Text("นับแล้วจากอีกสมุด", "Counted from another log"),
        Text(
            "สมุดเดิมของตู้นี้เสีย ตู้จึงบันทึกซ้ำในสมุดใหม่ มาถึงทั้งสองทาง จึงนับครั้งเดียว",
            "Its log was damaged, so the kiosk wrote it again in a new one. Both arrived; it counts once.",
        ),
    ),
    "untrusted": StateWords(
        "late",
        "prohibit-fill",
        Text("มาหลังเพิกถอน", "After revocation"),
        Text(
            "มาหลังรายการสุดท้ายที่เชื่อตู้ที่เพิกถอน เก็บไว้ครบ ไม่นับจนกว่าปลัดจะรับเข้า",
            "Behind the last record its revoked kiosk was trusted for. Kept whole; the clerk may let it count.",
        ),
    ),
    "erased": StateWords(
        "plain",
        "x",
        Text("ลบเนื้อหาแล้ว", "Erased"),
        Text(
            "เนื้อหาถูกลบตามคำสั่งหรือครบกำหนดเก็บ หัวบันทึกยังพิสูจน์ลำดับได้",
            "Its body was erased by order or by age. The header still proves the chain.",
        ),
    ),
    "branch": StateWords(
        "near",
        "git-branch-fill",
        Text("สายที่ยังไม่นับ", "Uncounted line"),
        Text(
            "อยู่ในสายที่แยกออกมา รอปลัดยืนยันว่านับหรือไม่", "It lies on a line that parted; the clerk decides whether it counts."
        ),
    ),
}

QUALITY: dict[int, Text] = {
    0: Text("นาฬิกาเชื่อไม่ได้", "clock not to be trusted"),
    1: Text("นาฬิกายังไม่ได้ยืนยัน", "clock never confirmed"),
    2: Text("นาฬิกายืนยันแล้ว", "clock confirmed"),
    3: Text("เก็บเฉพาะวัน", "day only, on purpose"),
}
