"""How far something has come: `Stepper` (where I am in a form), `CaseStepper` (where my case is), `Timeline` (what
happens when), and `IdleRing` (how many seconds are left).

Lists are plain tuples, as a presenter's frozen View holds them; the widget builds its parts from them.
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from .built import Built
from .examples import Example, say
from .surface import Column, Row


class StepDisc(Row):
    """One stop of a stepper: ``state`` is done, now or later."""

    text = StringProperty("")
    number = StringProperty("")
    state = StringProperty("later")


class Stepper(Built, Row):
    """``items``: words of the stops; ``current``: index of the one we are at."""

    items = ListProperty()
    current = NumericProperty(0)
    built_from = ("items", "current")

    def build(self) -> None:
        """Add the stops and the dashes between them."""
        for at, word in enumerate(self.items):
            state = "done" if at < self.current else "now" if at == self.current else "later"
            if at:
                self.add_widget(StepDash(done=at <= self.current))
            self.add_widget(StepDisc(text=word, number=str(at + 1), state=state))


class StepDash(Widget):
    """The dash between two stops."""

    done = BooleanProperty(False)


class CaseStop(BoxLayout):
    """One stop of a case: disc, word, date."""

    text = StringProperty("")
    sub = StringProperty("")
    done = BooleanProperty(False)
    first = BooleanProperty(False)
    last = BooleanProperty(False)
    next_done = BooleanProperty(False)


class CaseStepper(Built, Row):
    """``items``: (word, date, done) of each stop of a case."""

    items = ListProperty()

    def build(self) -> None:
        """Add the stops."""
        for at, (word, date, done) in enumerate(self.items):
            following = at + 1 < len(self.items) and bool(self.items[at + 1][2])
            stop = CaseStop(
                text=word, sub=date, done=done, first=at == 0, last=at == len(self.items) - 1, next_done=following
            )
            stop.bind(minimum_height=self._grow)
            self.add_widget(stop)

    def _grow(self, *_: object) -> None:
        self.height = max((stop.minimum_height for stop in self.children), default=0)


class TimelineStop(Row):
    """One stop of a timeline."""

    icon = StringProperty("")
    text = StringProperty("")
    sub = StringProperty("")
    when = StringProperty("")
    date = StringProperty("")
    done = BooleanProperty(False)
    last = BooleanProperty(False)


class Timeline(Built, Column):
    """``items``: (icon, title, line, when, date, done) of each stop, first at the top."""

    items = ListProperty()

    def build(self) -> None:
        """Add the stops."""
        for at, (icon, text, sub, when, date, done) in enumerate(self.items):
            self.add_widget(
                TimelineStop(
                    icon=icon, text=text, sub=sub, when=when, date=date, done=done, last=at == len(self.items) - 1
                )
            )


class IdleRing(Widget):
    """An arc that empties: ``seconds`` left of ``total``, the number in the middle."""

    seconds = NumericProperty(15)
    total = NumericProperty(20)
    side = NumericProperty(300)


def _case(lang: str) -> Any:
    return CaseStepper(
        items=[
            (say(lang, th="รับเรื่อง", en="Received"), say(lang, th="11 มิ.ย.", en="11 Jun"), True),
            (say(lang, th="ตรวจสอบ", en="Checked"), say(lang, th="12 มิ.ย.", en="12 Jun"), True),
            (say(lang, th="ลงมือทำ", en="In hand"), "", False),
            (say(lang, th="แจ้งผล", en="Answered"), "", False),
        ]
    )


def _timeline(lang: str) -> Any:
    return Timeline(
        items=[
            (
                "check",
                say(lang, th="ปิดผนึกและบันทึกแล้ว", en="Sealed and recorded"),
                say(lang, th="ตู้นี้เองก็เปิดไม่ได้", en="Even this kiosk cannot open it"),
                say(lang, th="วันนี้", en="Today"),
                say(lang, th="18 มิถุนายน 2569", en="18 June 2026"),
                True,
            ),
            (
                "paper-plane-tilt",
                say(lang, th="ส่งถึงผู้รับเรื่อง", en="Sent to those who may read"),
                say(lang, th="ซึ่งไม่มีผู้ถูกร้องรวมอยู่", en="The person complained of is not among them"),
                say(lang, th="วันละครั้ง", en="Once a day"),
                "",
                False,
            ),
            (
                "envelope-open",
                say(lang, th="ตอบรับเรื่อง", en="Receipt"),
                say(lang, th="ดูคำตอบด้วยรหัสติดตาม", en="See it with the code"),
                say(lang, th="ภายใน 7 วัน", en="Within 7 days"),
                say(lang, th="25 มิถุนายน 2569", en="25 June 2026"),
                False,
            ),
        ]
    )


EXAMPLES = [
    Example(
        "stepper",
        lambda lang: Stepper(
            items=[
                say(lang, th="เกี่ยวกับใคร", en="About whom"),
                say(lang, th="เล่าเรื่อง", en="What happened"),
                say(lang, th="ตรวจทาน", en="Check"),
                say(lang, th="รับรหัส", en="Code"),
            ],
            current=1,
        ),
    ),
    Example("case", _case),
    Example("timeline", _timeline),
    Example("idle ring", lambda _: IdleRing(seconds=15, total=20)),
]
