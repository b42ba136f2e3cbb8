"""`ListRow`: one entry of a list: picture, title, a quiet line, a pill with the time, a caret."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from .examples import Example, say
from .surface import Row, Surface
from .touch import Touchable


class ListRow(Touchable, Surface, Row):
    """The whole row is the target."""

    text = StringProperty("")
    sub = StringProperty("")
    picture = StringProperty("")
    icon = StringProperty("")
    panel = StringProperty("wash")
    pill = StringProperty("")
    pill_icon = StringProperty("clock")
    pill_kind = StringProperty("quiet")
    caret = BooleanProperty(True)


EXAMPLES = [
    Example(
        "row of the services",
        lambda lang: ListRow(
            text=say(lang, th="รับชำระภาษีที่ดินและสิ่งปลูกสร้าง", en="Pay land and building tax"),
            sub=say(lang, th="กองคลัง · เปิดพักเที่ยง", en="Finance division · open at noon"),
            picture="land",
            icon="house-line",
            pill=say(lang, th="5 นาที", en="5 minutes"),
        ),
    ),
    Example(
        "row with a long title",
        lambda lang: ListRow(
            text=say(
                lang,
                th="ขออนุญาตก่อสร้าง ดัดแปลง รื้อถอน หรือเคลื่อนย้ายอาคาร",
                en="Permit to build, alter, demolish or move a building",
            ),
            sub=say(lang, th="กองช่าง · ใบอนุญาต 20 บาท", en="Public works · permit 20 baht"),
            picture="build",
            icon="hard-hat",
            panel="sand",
            pill=say(lang, th="30 วัน", en="30 days"),
        ),
    ),
    Example(
        "row without a picture",
        lambda lang: ListRow(
            text=say(lang, th="ไม่รู้ชื่อ ก็ชมได้", en="Praise without a name"),
            sub=say(lang, th="เลือกช่องบริการและช่วงเวลา", en="Choose the counter and the time"),
            icon="question",
        ),
    ),
]
