"""The words of ratings and praise on the desk."""

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
