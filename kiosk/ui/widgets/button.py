"""`Primary`, the one marigold action of a screen, and `Secondary`, the outlined others.

Primary:
    text: root.view.words.next
    icon: "arrow-right"
    action: "next"
    on_release: root.presenter.next()
"""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from .examples import Example, say
from .surface import Surface
from .touch import Touchable

_KINDS = {"quiet": "deep", "discard": "clay", "agree": "leaf"}


class PushButton(Touchable, Surface, AnchorLayout):
    """What both buttons are: an icon and a word in the middle, a quiet second line if there is one."""

    text = StringProperty("")
    sub = StringProperty("")
    icon = StringProperty("")
    icon_after = BooleanProperty(False)
    style = StringProperty("button")
    bold_icon = BooleanProperty(False)
    tone = StringProperty("ink")
    least = NumericProperty(0)
    #: As high as the words need; two equal answers both take the larger.
    needed = NumericProperty(0)


class Primary(PushButton):
    """Marigold: the way on."""


class Secondary(PushButton):
    """Outlined. ``kind``: quiet (water), discard (clay), agree (leaf)."""

    kind = StringProperty("quiet")
    kind_tone = StringProperty("deep")

    def on_kind(self, *_: object) -> None:
        """Take the kind's colour."""
        self.kind_tone = _KINDS[self.kind]


EXAMPLES = [
    Example("primary", lambda lang: Primary(text=say(lang, th="รับบัตรคิว", en="Take a number"), icon="ticket")),
    Example(
        "primary with a second line",
        lambda lang: Primary(
            text=say(lang, th="รับบัตรคิว", en="Take a number"),
            sub=say(lang, th="รออยู่ 4 คน · ประมาณ 8–15 นาที", en="4 people waiting · about 8–15 minutes"),
            icon="ticket",
        ),
    ),
    Example(
        "primary, the way on",
        lambda lang: Primary(text=say(lang, th="ต่อไป", en="Continue"), icon="arrow-right", icon_after=True),
        part=0.5,
    ),
    Example(
        "primary, not yet",
        lambda lang: Primary(
            text=say(lang, th="ต่อไป", en="Continue"), icon="arrow-right", icon_after=True, disabled=True
        ),
        part=0.5,
    ),
    Example(
        "primary, pressed",
        lambda lang: Primary(text=say(lang, th="ส่งคำชม", en="Send praise"), icon="heart", pressed=True),
    ),
    Example("secondary", lambda lang: Secondary(text=say(lang, th="ย้อนกลับ", en="Back"), icon="arrow-left"), part=0.34),
    Example(
        "secondary that discards",
        lambda lang: Secondary(text=say(lang, th="ยกเลิก", en="Cancel"), icon="trash", kind="discard"),
        part=0.34,
    ),
    Example(
        "secondary that agrees",
        lambda lang: Secondary(
            text=say(lang, th="แก้แล้ว", en="It is fixed"),
            sub=say(lang, th="ขอบคุณที่บอกเรา", en="Thank you for telling us"),
            icon="check-circle",
            kind="agree",
        ),
        part=0.5,
    ),
]
