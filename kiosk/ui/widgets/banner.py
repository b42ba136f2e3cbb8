"""`Banner`: one bold line and a plain one, on a quiet ground, never without a sign."""

from __future__ import annotations

from kivy.properties import StringProperty

from .examples import Example, say
from .pill import KINDS
from .surface import Row, Surface


class Banner(Surface, Row):
    """``kind`` is a key of `pill.KINDS`; ``text`` bold, ``sub`` plain; either may be empty."""

    text = StringProperty("")
    sub = StringProperty("")
    icon = StringProperty("info")
    kind = StringProperty("quiet")
    ground = StringProperty("wash")
    tone = StringProperty("deep")

    def on_kind(self, *_: object) -> None:
        """Take the kind's colours."""
        self.ground, self.tone = KINDS[self.kind]


EXAMPLES = [
    Example(
        "banner",
        lambda lang: Banner(
            icon="user-focus",
            text=say(lang, th="ไม่รู้ว่าใครตอบ", en="Nobody knows who answered"),
            sub=say(
                lang,
                th="เจ้าหน้าที่เห็นเฉพาะผลรวม เมื่อมีผู้ตอบตั้งแต่ 5 คน",
                en="Staff see totals only, from five answers on",
            ),
        ),
    ),
    Example(
        "banner of a wait",
        lambda lang: Banner(
            icon="hourglass", kind="sand", text=say(lang, th="รายการที่รอนานที่สุด 42 นาที", en="Oldest waiting: 42 minutes")
        ),
    ),
    Example(
        "banner of trouble",
        lambda lang: Banner(
            icon="warning",
            kind="refused",
            text=say(lang, th="ตอนนี้ตู้บันทึกข้อมูลไม่ได้", en="This kiosk cannot record now"),
            sub=say(lang, th="เรื่องที่พิมพ์ยังไม่ถูกบันทึก", en="What you typed has not been recorded"),
        ),
    ),
]
