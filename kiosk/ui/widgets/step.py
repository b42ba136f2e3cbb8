"""The flowchart of a service: `StepCard` with its lane and person, `TimeBar` over all steps, `Fact` for the promise.

StepCard:
    number: 1
    lane: root.view.lane          # a division's name where it changes, else empty
    text: "ยื่นคำขอ"
    pill: "2 นาที"
    person: "นักวิชาการจัดเก็บรายได้"
    person_sub: "กองคลัง · โทรต่อ 12"
    avatar: 1
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from .built import Built
from .examples import Example, say
from .surface import Column, Row, Surface


class PersonChip(Row):
    """Who is responsible: ``text`` position, ``sub`` division and extension; their head: ``avatar`` 1..7, a ``picture``
    name, or a ``photo``.
    """

    text = StringProperty("")
    sub = StringProperty("")
    avatar = NumericProperty(0)
    picture = StringProperty("")
    photo = ObjectProperty(b"")


class StepCard(Column):
    """One step. ``last`` ends the line that joins the discs."""

    number = NumericProperty(1)
    lane = StringProperty("")
    text = StringProperty("")
    sub = StringProperty("")
    pill = StringProperty("")
    person = StringProperty("")
    person_sub = StringProperty("")
    avatar = NumericProperty(0)
    picture = StringProperty("")
    photo = ObjectProperty(b"")
    last = BooleanProperty(False)


class Fact(Row):
    """A figure of the promise: ``text`` large, ``sub`` what it counts, ``icon`` its sign."""

    text = StringProperty("")
    sub = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("deep")


class TimeSegment(Surface, Row):
    """One step's share of the time bar."""

    number = StringProperty("")
    text = StringProperty("")


class TimeSegments(Built, Row):
    """The segments of a `TimeBar`."""

    steps = ListProperty()
    built_from = ("steps",)

    def build(self) -> None:
        """Add a segment for each step."""
        most = max((minutes for minutes, _ in self.steps), default=1)
        for number, (minutes, words) in enumerate(self.steps, start=1):
            # A step of a minute beside one of thirty days still has room for its number.
            share = max(minutes, most * 0.12)
            self.add_widget(
                TimeSegment(
                    number=str(number), text=words, size_hint_x=share, fill="water" if number % 2 else "water2",
                    corners=[number == 1, number == len(self.steps)] * 2
                    if len(self.steps) == 1
                    else [number == 1, number == len(self.steps), number == len(self.steps), number == 1],
                )
            )  # fmt: skip


class TimeBar(Column):
    """``steps``: a list of (minutes, words), each as wide as its minutes. ``start`` and ``total`` stand below."""

    steps = ListProperty()
    start = StringProperty("")
    total = StringProperty("")


def _flow(lang: str) -> Any:
    flow = Column(spacing=0)
    finance = say(lang, th="กองคลัง", en="Finance division")
    steps = (
        (say(lang, th="แสดงหนังสือแจ้ง เจ้าหน้าที่ตรวจรายการ", en="Show the notice, staff check the entries"), 2, 1, finance),
        (say(lang, th="คำนวณและแจ้งยอดที่ต้องชำระ", en="The amount is worked out and told"), 2, 1, ""),
        (say(lang, th="ชำระเงินและรับใบเสร็จรับเงิน", en="Pay and get the receipt"), 1, 2, ""),
    )
    for number, (text, minutes, avatar, lane) in enumerate(steps, start=1):
        flow.add_widget(
            StepCard(
                number=number,
                text=text,
                lane=lane,
                avatar=avatar,
                pill=say(lang, th=f"{minutes} นาที", en=f"{minutes} min"),
                person=say(lang, th="นักวิชาการจัดเก็บรายได้", en="Revenue officer"),
                person_sub=say(lang, th="กองคลัง · โทรต่อ 12", en="Finance · extension 12"),
                last=number == 3,
            )
        )
    return flow


def _bar(lang: str) -> Any:
    unit = say(lang, th="นาที", en="min")
    return TimeBar(
        steps=[(2, f"2 {unit}"), (2, f"2 {unit}"), (1, f"1 {unit}")],
        start=say(lang, th="เริ่มนับเมื่อถูกเรียกคิว", en="Counts from the call"),
        total=say(lang, th="รวม 5 นาที จากที่สัญญา 5 นาที", en="5 minutes of 5 promised"),
    )


EXAMPLES = [
    Example("three steps in one lane", _flow),
    Example("time bar", _bar),
    Example(
        "fact",
        lambda lang: Fact(
            icon="clock",
            text=say(lang, th="ไม่เกิน 5 นาที", en="Within 5 minutes"),
            sub=say(lang, th="เวลาที่สัญญา", en="as promised"),
        ),
        part=0.4,
    ),
]
