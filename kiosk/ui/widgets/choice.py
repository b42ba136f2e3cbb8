"""Things one touches to choose: `CheckRow` (papers I have), `ReasonCard` (why), `PersonCard` (whom to praise).

None of them remembers: ``chosen`` is what the view says, ``on_release`` tells the presenter.
"""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from .examples import Example, say
from .surface import Row, Surface
from .touch import Touchable


class Tick(Widget):
    """A box (``round`` a circle), ticked or not."""

    chosen = BooleanProperty(False)
    round = BooleanProperty(False)
    tone = StringProperty("leaf")
    side = NumericProperty(64)


class CheckRow(Touchable, Surface, Row):
    """A paper to bring. ``pill`` marks the optional ones."""

    text = StringProperty("")
    sub = StringProperty("")
    pill = StringProperty("")
    chosen = BooleanProperty(False)


class ReasonCard(Touchable, Surface, Row):
    """A reason with its sign."""

    text = StringProperty("")
    icon = StringProperty("")
    picture = StringProperty("")
    chosen = BooleanProperty(False)


class PersonCard(Touchable, Surface, BoxLayout):
    """A member of staff: head (a drawn ``picture``, or their ``photo``), name, position, division."""

    text = StringProperty("")
    sub = StringProperty("")
    sub2 = StringProperty("")
    avatar = NumericProperty(0)
    picture = StringProperty("")
    photo = ObjectProperty(b"")
    chosen = BooleanProperty(False)


EXAMPLES = [
    Example(
        "check row, ticked",
        lambda lang: CheckRow(text=say(lang, th="บัตรประจำตัวประชาชน", en="National identity card"), chosen=True),
    ),
    Example(
        "check row, optional",
        lambda lang: CheckRow(
            text=say(lang, th="ใบเสร็จรับเงินปีก่อน", en="Last year's receipt"), pill=say(lang, th="ถ้ามี", en="If any")
        ),
    ),
    Example("reason", lambda lang: ReasonCard(text=say(lang, th="รวดเร็ว", en="Quick"), icon="timer"), part=0.5),
    Example(
        "reason, chosen",
        lambda lang: ReasonCard(text=say(lang, th="พูดจาดี", en="Kind words"), icon="smiley", chosen=True),
        part=0.5,
    ),
    Example(
        "person",
        lambda lang: PersonCard(
            text=say(lang, th="สมชาย ตัวอย่าง", en="Somchai Example"),
            sub=say(lang, th="การเงินและบัญชี", en="Accounts"),
            sub2=say(lang, th="กองคลัง", en="Finance"),
            avatar=2,
        ),
        part=0.33,
    ),
    Example(
        "person, chosen",
        lambda lang: PersonCard(
            text=say(lang, th="อามีนะห์ ตัวอย่าง", en="Aminah Example"),
            sub=say(lang, th="จัดเก็บรายได้", en="Revenue"),
            sub2=say(lang, th="กองคลัง", en="Finance"),
            avatar=1,
            chosen=True,
        ),
        part=0.33,
    ),
]
