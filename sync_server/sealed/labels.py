"""The words of sealed cases on the desk, in both languages."""

from dataclasses import dataclass

from sync_server.sealed.models import Act, SealedState
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as a tag."""

    colour: str
    icon: str
    words: Text


STATES: dict[str, StateWords] = {
    SealedState.RECEIVED: StateWords("info", "lock-fill", Text("ยังไม่มีใครเปิด", "Not opened yet")),
    SealedState.IN_PROGRESS: StateWords("run", "gear-six-fill", Text("กำลังดำเนินการ", "In progress")),
    SealedState.ANSWERED: StateWords("done", "paper-plane-right-fill", Text("แจ้งผลแล้ว", "Answered")),
    SealedState.CLOSED: StateWords("plain", "check-circle-fill", Text("ยุติเรื่อง", "Closed")),
}

CATEGORIES: dict[str, Text] = {
    "conduct": Text("กิริยา วาจา หรือละเลยหน้าที่", "Conduct or neglect"),
    "unfair": Text("เลือกปฏิบัติ ไม่เป็นธรรม", "Unfair or unequal treatment"),
    "corruption": Text("ทุจริตและประพฤติมิชอบ", "Corruption or misconduct"),
}

ABOUT: dict[str, Text] = {
    "unit": Text("เจ้าหน้าที่หรือส่วนราชการ", "An officer or a division"),
    "clerk": Text("ปลัด", "The clerk"),
    "chief": Text("นายกหรือรองนายก", "The chief executive or a deputy"),
    "council": Text("ประธานหรือสมาชิกสภา", "The council"),
    "person": Text("บุคคลที่ระบุชื่อ", "Somebody who is named"),
    "unknown": Text("ไม่รู้ว่าเป็นใคร", "Not known who"),
}

ACTS: dict[str, tuple[str, Text]] = {
    Act.RECEIVED: ("tray", Text("เรื่องเข้าระบบ", "Reached the server")),
    Act.OPENED: ("eye", Text("เปิดอ่าน", "Opened it")),
    Act.ANSWERED: ("paper-plane-right", Text("ตอบผู้ร้อง", "Answered")),
    Act.CLOSED: ("check-circle", Text("ยุติเรื่อง", "Closed it")),
    Act.RECUSED: ("hand-palm", Text("ถอนตัว", "Stepped down")),
}

#: The sentences of `actions.NotNow` in English.
REFUSALS: dict[str, str] = {
    "คนหนึ่งเป็นผู้อ่านได้ตำแหน่งเดียว": "One person reads as one position",
    "วลีรหัสต้องมีอย่างน้อย 12 ตัวอักษร": "A pass phrase has at least 12 characters",
    "วลีรหัสสองช่องไม่ตรงกัน": "The two pass phrases differ",
    "ท่านไม่ได้เป็นผู้อ่านของเส้นทางใด": "You are no reader of any route",
    "กุญแจนี้ทำไว้แล้ว": "This key was made already",
    "วลีรหัสไม่ถูกต้อง": "This is not the pass phrase",
    "ลองวลีรหัสผิดหลายครั้ง รอ 15 นาทีแล้วลองใหม่": "Too many wrong pass phrases; wait 15 minutes",
    "เขียนคำตอบก่อน": "Write the answer first",
    "ต้องระบุเหตุผล": "A reason is needed",
    "ถอนตัวไม่ได้ เพราะจะเหลือผู้อ่านน้อยกว่าสองคน": "You cannot step down: fewer than two readers would remain",
    "เนื้อหาถูกลบแล้ว": "The words were erased",
    "เนื้อหาอ่านไม่ได้ด้วยโปรแกรมรุ่นนี้": "This version of the program cannot read it",
    "เนื้อหาเปิดไม่ได้ด้วยกุญแจนี้": "It does not open with this key",
    "เรื่องนี้ยุติแล้ว": "This case is closed",
    "ต้องเข้าสู่ระบบก่อน": "Sign in first",
}


def refusal(error: Exception) -> Text:
    """What the screen says when an act does not fit."""
    sentence = str(error)
    return Text(sentence, REFUSALS.get(sentence, sentence))
