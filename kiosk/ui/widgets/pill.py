"""`Pill`: a small fact with its sign. `Chip`: a choice among several, one touch."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from .examples import Example, say
from .surface import Row, Surface
from .touch import Touchable

KINDS = {  # ground and writing, as palette names
    "quiet": ("wash", "deep"),
    "done": ("leaf_wash", "leaf"),
    "refused": ("clay_wash", "clay"),
    "info": ("sky_wash", "sky"),
    "sand": ("sand", "ink"),
    "deep": ("water2", "on_water"),
}


class Pill(Surface, Row):
    """Fully round, as wide as its word; nothing at all while ``text`` is empty. ``kind`` is a key of `KINDS`."""

    text = StringProperty("")
    icon = StringProperty("")
    kind = StringProperty("quiet")
    ground = StringProperty("wash")
    tone = StringProperty("deep")

    def on_kind(self, *_: object) -> None:
        """Take the kind's colours."""
        self.ground, self.tone = KINDS[self.kind]


class Chip(Touchable, Surface, Row):
    """A filter or a language. ``selected`` fills it."""

    text = StringProperty("")
    icon = StringProperty("")
    lang = StringProperty("")
    selected = BooleanProperty(False)


EXAMPLES = [
    Example("pill", lambda lang: Pill(text=say(lang, th="5 นาที", en="5 minutes"), icon="clock")),
    Example(
        "pill, done", lambda lang: Pill(text=say(lang, th="ปิดเรื่องแล้ว", en="Closed"), icon="check-circle", kind="done")
    ),
    Example(
        "pill, trouble",
        lambda lang: Pill(text=say(lang, th="เปลี่ยนม้วน", en="Change the roll"), icon="warning", kind="refused"),
    ),
    Example(
        "pill, information", lambda lang: Pill(text=say(lang, th="กำลังทำ", en="In hand"), icon="hourglass", kind="info")
    ),
    Example("pill, optional", lambda lang: Pill(text=say(lang, th="ถ้ามี", en="If any"), kind="sand")),
    Example("chip", lambda lang: Chip(text=say(lang, th="ร้านค้า", en="Shops"), icon="storefront"), part=0.25),
    Example(
        "chip, selected",
        lambda lang: Chip(text=say(lang, th="ทุกเรื่อง", en="All"), icon="grid-four", selected=True),
        part=0.25,
    ),
    Example("chip of a language", lambda _: Chip(text="ملايو", lang="ms-Arab"), part=0.25),
]
