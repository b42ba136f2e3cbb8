"""The words of cases on the desk: states, events, and the sentences of a refused act, in both languages."""

from dataclasses import dataclass

from sync_server.cases.models import CaseState, EventKind
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as a tag."""

    colour: str
    icon: str
    words: Text


STATES: dict[str, StateWords] = {
    CaseState.RECEIVED: StateWords("info", "tray-fill", Text("รับใหม่", "New")),
    CaseState.IN_PROGRESS: StateWords("run", "gear-six-fill", Text("กำลังดำเนินการ", "In progress")),
    CaseState.ANSWERED: StateWords("done", "paper-plane-right-fill", Text("แจ้งผลแล้ว", "Answered")),
    CaseState.CLOSED: StateWords("plain", "check-circle-fill", Text("ยุติเรื่อง", "Closed")),
}

EVENTS: dict[str, Text] = {
    EventKind.RECEIVED: Text("เรื่องเข้าระบบ", "Reached the server"),
    EventKind.ACKNOWLEDGED: Text("ตอบรับเรื่อง", "Acknowledged"),
    EventKind.ASSIGNED: Text("มอบหมายให้", "Given to"),
    EventKind.ANSWERED: Text("ตอบผู้แจ้ง", "Answered"),
    EventKind.NOTED: Text("บันทึกภายใน", "Internal note"),
    EventKind.CLOSED: Text("ปิดเรื่อง", "Closed"),
    EventKind.REOPENED: Text("เปิดเรื่องอีกครั้ง", "Reopened"),
}
EVENT_ICONS: dict[str, str] = {
    EventKind.RECEIVED: "database",
    EventKind.ACKNOWLEDGED: "check",
    EventKind.ASSIGNED: "user",
    EventKind.CLOSED: "check-circle",
    EventKind.REOPENED: "arrow-counter-clockwise",
}

#: Why a citizen returned a case, by `shared.kinds.RETURN_REASONS`.
RETURN_REASONS: dict[str, Text] = {
    "nobody_came": Text("ยังไม่มีใครมา", "Nobody has come"),
    "no_better": Text("มาแล้ว แต่ไม่ดีขึ้น", "They came; no better"),
    "came_back": Text("ดีขึ้น แล้วเป็นอีก", "Better, then back again"),
    "not_my_matter": Text("คำตอบไม่ตรงเรื่อง", "The answer misses the point"),
    "other": Text("เหตุอื่น", "Another reason"),
}

#: How a case can end. The words go before the reason that staff write.
OUTCOMES: dict[str, Text] = {
    "fixed": Text("แก้ไขแล้ว", "Fixed"),
    "partly": Text("ทำได้บางส่วน", "Done in part"),
    "passed": Text("ส่งต่อหน่วยงานอื่น", "Passed to another office"),
    "lacking": Text("ยุติ เพราะข้อมูลไม่พอ", "Ended: too little to go on"),
}

#: The sentences of `actions.NotNow` in English.
REFUSALS: dict[str, str] = {
    "เลือกส่วนราชการหรือผู้รับผิดชอบก่อน": "Choose a division or a colleague first",
    "มอบหมายได้เฉพาะภายในหน่วยงาน": "Only people of this office can be given a case",
    "มอบหมายได้เฉพาะผู้ที่ทำเรื่องได้": "Only officers and the clerk can be given a case",
    "เขียนคำตอบก่อน": "Write the answer first",
    "เขียนบันทึกก่อน": "Write the note first",
    "ต้องระบุเหตุผล": "A reason is needed",
    "เรื่องนี้ยังไม่ได้ยุติ": "This case is not closed",
    "เรื่องนี้อยู่ระหว่างดำเนินการแล้ว": "This case is being worked on already",
    "เรื่องนี้แจ้งผลแล้ว": "This case was answered already",
    "เรื่องนี้ยุติแล้ว": "This case is closed",
    "ต้องเข้าสู่ระบบก่อน": "Sign in first",
}


def refusal(error: Exception) -> Text:
    """What the screen says when an act does not fit."""
    sentence = str(error)
    return Text(sentence, REFUSALS.get(sentence, sentence))
