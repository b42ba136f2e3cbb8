"""The words of tickets, ratings and praise on the desk."""

from dataclasses import dataclass

from sync_server.web.language import Text

#: Where a rating was given, in the order of `queries.PLACES`.
PLACES: dict[str, Text] = {
    "ticket": Text("ผู้รับบริการ (รหัสบนบัตรคิว)", "People served (code on the slip)"),
    "outreach": Text("หน่วยเคลื่อนที่", "Outreach"),
    "walk-by": Text("ผู้กดเองที่ตู้", "Passers-by"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as a tag."""

    colour: str
    icon: str
    words: Text


WORDS_STATES: dict[str, StateWords] = {
    "waiting": StateWords("near", "hourglass-fill", Text("รอพิจารณา", "To be decided")),
    "shown": StateWords("done", "check-circle-fill", Text("เผยแพร่ได้", "May be shown")),
    "hidden": StateWords("plain", "eye-slash-fill", Text("ไม่เผยแพร่", "Not shown")),
}

#: The sentences of `actions.NotNow` in both languages.
REFUSALS: dict[str, Text] = {
    each.th: each
    for each in (
        Text("ต้องระบุเหตุผล", "A reason is needed"),
        Text("เรื่องนี้ปลัดหรือนายกเป็นผู้พิจารณา", "The clerk or the chief executive decides this"),
        Text("ไม่มีข้อความให้พิจารณา", "There are no words to decide about"),
    )
}

#: How a ticket ended, in the order of a list; "" is whoever is still in the house, or was never called anywhere.
ENDS: dict[str, Text] = {
    "served": Text("ได้รับบริการแล้ว", "Served"),
    "left": Text("ออกไปก่อน", "Left"),
    "no_show": Text("เรียกแล้วไม่มา", "Did not come when called"),
    "not_served": Text("ปิดคิวโดยยังไม่ได้รับบริการ", "Not served by closing time"),
    "unfinished": Text("ปิดคิวขณะให้บริการ", "Unfinished at closing time"),
    "sent_on": Text("ส่งต่อไปบริการอื่น", "Sent on to another service"),
    "unknown": Text("ไม่มีช่องบริการเปิดในระบบ", "No counter was open in the system"),
    "unclaimed": Text("ไม่มีผู้ถือบัตร", "Given to nobody"),
    "": Text("ยังไม่มีผล", "No outcome yet"),
}

#: Why a ticket is in no wait, and why a service is in no time.
NO_WAIT: dict[str, Text] = {
    "paper": Text("ทำบนกระดาษช่วงไฟดับ", "On paper"),
    "walk_in": Text("เข้าช่องโดยไม่ได้รอเรียก", "Came without waiting"),
    "unknown": ENDS["unknown"],
    "closed": Text("ระบบปิดคิวก่อนได้เรียก", "Closed by the system before a call"),
    "left": Text("ออกไปก่อนถูกเรียก", "Left before a call"),
    "open": Text("ยังไม่มีผล", "No outcome yet"),
    "clock": Text("นาฬิกาบอกไม่ได้", "No clock could tell"),
}
NO_SERVICE: dict[str, Text] = {
    "odd": Text("ผิดปกติ: ไม่ถึง 5 วินาที หรือเกิน 4 ชั่วโมง", "Odd: under 5 seconds or over 4 hours"),
    "paper": NO_WAIT["paper"],
    "unknown": ENDS["unknown"],
    "closed": Text("ระบบปิดคิว หรือเรียกแล้วไม่มา", "Closed by the system, or did not come"),
    "left": Text("ออกไปก่อน", "Left"),
    "open": NO_WAIT["open"],
    "sent_on": ENDS["sent_on"],
    "clock": Text("ไม่ได้กดเริ่ม หรือนาฬิกาบอกไม่ได้", "Start not pressed, or no clock could tell"),
}
_WAIT, _SERVICE, _END = (
    Text("รอ: {why}", "Wait: {why}"),
    Text("บริการ: {why}", "Service: {why}"),
    Text("ผล: {why}", "Ended: {why}"),
)

#: The rows behind each figure, by the names of `waiting.COUNTED`.
COUNTED: dict[str, Text] = {
    "tickets": Text("บัตรคิวทั้งหมด", "All tickets"),
    "asked": Text("บริการที่ขอทั้งหมด", "All services asked for"),
    "waited": Text("วัดเวลารอได้", "Wait measured"),
    "walked": Text("วัดเวลาเดินมาช่องได้", "Walk measured"),
    "served": Text("วัดเวลาให้บริการได้", "Service measured"),
    "promised": Text("เทียบกับเวลาที่ประกาศได้", "Compared with the promise"),
    "kept": Text("ทันเวลาที่ประกาศ", "Within the promise"),
    "broken": Text("เกินเวลาที่ประกาศ", "Over the promise"),
    "closed": Text("ระบบปิดคิวให้", "Closed by the system"),
    **{f"wait-{why}": _WAIT.format(why=words) for why, words in NO_WAIT.items()},
    **{f"service-{why}": _SERVICE.format(why=words) for why, words in NO_SERVICE.items()},
    **{f"end-{end or 'none'}": _END.format(why=words) for end, words in ENDS.items() if end != "sent_on"},
}

PRIORITIES: dict[str, Text] = {
    "elderly": Text("ผู้สูงอายุ", "Elderly"),
    "disabled": Text("คนพิการ", "Disabled"),
    "pregnant": Text("ตั้งครรภ์", "Pregnant"),
    "infant": Text("มากับเด็กเล็ก", "With infant"),
    "monk": Text("นักบวช", "Clergy"),
    "far": Text("มาไกล", "From far"),
}

#: What happened to a ticket, by the names of `Moved.move`.
MOVES: dict[str, Text] = {
    "issued": Text("ออกบัตร", "Issued"),
    "call": Text("เรียก", "Called"),
    "recall": Text("เรียกซ้ำ", "Recalled"),
    "serve": Text("เริ่ม", "Began"),
    "walk_in": Text("เข้าช่อง", "Walked in"),
    "step": Text("จบขั้นตอน", "Step done"),
    "taken": Text("แตะที่ตู้อื่น", "Taken at another kiosk"),
    "handed": Text("ส่งให้ตู้หลัก", "Handed to the main kiosk"),
    "unclaimed": Text("ไม่มีผู้รับ", "Unclaimed"),
    "absent": Text("ไม่มา", "Absent"),
    "back": Text("กลับมา", "Back"),
    "late": Text("ขอมาช้า", "Late"),
    "hold": Text("พักไว้", "Held"),
    "transfer": Text("ส่งต่อ", "Sent on"),
    "another": Text("บริการต่อไป", "Next service"),
    "priority": Text("แก้คิวพิเศษ", "Priority changed"),
    "finish": Text("เสร็จ", "Done"),
    "leave": Text("ออกไป", "Left"),
    "expire": Text("หมดเวลา", "Expired"),
    "close": Text("ปิดคิว", "Closed"),
}
