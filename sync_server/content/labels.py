"""The words of the content pages, in both languages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from shared import content
from shared.content import Duration, Schedule, Service, Span
from sync_server.content.models import Why
from sync_server.web.language import Text, current

_UNITS: Mapping[str, Text] = {
    "minute": Text("{n}\u00a0นาที", "{n}\u00a0min"),
    "hour": Text("{n}\u00a0ชั่วโมง", "{n}\u00a0h"),
    "working_day": Text("{n}\u00a0วันทำการ", "{n}\u00a0working days"),
    "day": Text("{n}\u00a0วัน", "{n}\u00a0days"),
    "immediate": Text("ในทันที", "at once"),
}

#: state of a service line -> colour, icon and words of its tag
STATES: Mapping[str, tuple[str, str, Text]] = {
    "published": ("done", "check-circle-fill", Text("เผยแพร่แล้ว", "Published")),
    "changed": ("near", "pencil-simple-fill", Text("แก้ไขแล้ว ยังไม่เผยแพร่", "Changed, not published")),
    "new": ("info", "plus", Text("ใหม่ ยังไม่เผยแพร่", "New, not published")),
}

WHY: Mapping[str, Text] = {
    Why.CONTENT: Text("เผยแพร่เนื้อหา", "Content published"),
    Why.STATUSES: Text("ส่งผลเรื่องให้ประชาชน", "Answers for citizens"),
}

#: What an office says of every service, none of it ever blank (the six facts of the citizens' manual).
SIX_FACTS: tuple[Text, ...] = (
    Text("ชื่องาน", "Name"),
    Text("วิธีการและขั้นตอน", "Steps"),
    Text("ระยะเวลา", "Time"),
    Text("ช่องทางและส่วนงานที่รับผิดชอบ", "Channels and who is responsible"),
    Text("ค่าธรรมเนียม", "Fee"),
    Text("เอกสารหลักฐาน", "Papers"),
)

#: Pieces that are no service.
PIECES: Mapping[str, Text] = {
    content.OFFICE_PIECE: Text("ข้อมูลสำนักงาน", "The office"),
    content.NOTICES_PIECE: Text("ประกาศ", "Notices"),
    content.WORDS_PIECE: Text("คำแปลที่ตรวจทานแล้ว", "Reviewed translations"),
    content.ATTRACT_PIECE: Text("คุณบอก เราทำ และแบบวัด EIT", "You said, we did; the EIT"),
    content.BUDGET_PIECE: Text("งบประมาณ", "Budget"),
    content.FLOOR_PIECE: Text("แผนผังอาคาร", "Floor plan"),
    content.SCHEDULE_PIECE: Text("เวลาทำการและออกหน่วย", "Opening hours and trips"),
    content.SATISFACTION_PIECE: Text("ความพึงพอใจเดือนก่อน", "Satisfaction of last month"),
}


def piece(name: str) -> str:
    """What a changed piece that is no service is called on the page."""
    if name.startswith(content.FORM_PREFIX):
        return f"{Text('ภาพตัวอย่างแบบฟอร์ม', 'Picture of a form')} {name.removeprefix(content.FORM_PREFIX)}"
    return str(PIECES.get(name, name))


def duration(value: Duration) -> Text:
    """The duration in words, such as 5 นาที or 5 min; ในทันที where it is no number."""
    return _UNITS[value.unit].format(n=value.value)


def together(service: Service) -> Text:
    """All steps of a service together, in the units a reader counts in: 12 วัน 1 ชั่วโมง, never 17,340 นาที."""
    total = content.steps_total(service)
    if total.unit != "minute":
        return duration(total)
    days, minutes = divmod(total.value, 24 * 60)
    hours, minutes = divmod(minutes, 60) if days else (0, minutes)
    counted = (
        Duration(value=days, unit="day"), Duration(value=hours, unit="hour"), Duration(value=minutes, unit="minute"),
    )  # fmt: skip
    parts = [duration(each) for each in counted if each.value]
    if not parts:
        return duration(service.promise)
    return Text(" ".join(part.th for part in parts), " ".join(part.en for part in parts))


_DAYS: Mapping[str, Text] = {
    "mon": Text("จันทร์", "Monday"),
    "tue": Text("อังคาร", "Tuesday"),
    "wed": Text("พุธ", "Wednesday"),
    "thu": Text("พฤหัสบดี", "Thursday"),
    "fri": Text("ศุกร์", "Friday"),
    "sat": Text("เสาร์", "Saturday"),
    "sun": Text("อาทิตย์", "Sunday"),
}
_CLOSED = Text("ปิด", "Closed")


def spans(open_: Sequence[Span]) -> str:
    """Opening hours in words: 08.30–12.00, 13.00–16.30."""
    return ", ".join(f"{each.opens:%H.%M}–{each.closes:%H.%M}" for each in open_) or str(_CLOSED)


def week(schedule: Schedule | None) -> Iterator[tuple[str, str]]:
    """The days of a week with their hours."""
    for row in schedule.week if schedule else ():
        yield ", ".join(str(_DAYS[day]) for day in row.days), spans(row.spans)


def special(schedule: Schedule | None) -> Iterator[tuple[date, str, str]]:
    """The special days with their names and hours."""
    for each in schedule.special if schedule else ():
        yield each.day, read(each.name), spans(each.spans)


def read(text: content.Text) -> str:
    """A text of the content in the language of the page."""
    return text.into(current())


def other(text: content.Text) -> str:
    """The same text in the other language, for whoever checks the translation."""
    return text.into("th" if current() == "en" else "en")
