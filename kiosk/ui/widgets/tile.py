"""The doors of the home screen: `MainTile` (one, marigold), `Tile` (picture at the side), `SmallTile` (picture on top).

In high contrast the picture gives way to its ``icon``, which must therefore be named too.
"""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from .examples import Example, say
from .surface import Row, Surface
from .touch import Touchable


class MainTile(Touchable, Surface, Row):
    """What most people come for. `style` is that of its word, smaller where it shares a row."""

    style = StringProperty("main")

    text = StringProperty("")
    sub = StringProperty("")
    picture = StringProperty("")
    icon = StringProperty("")


class Tile(Touchable, Surface, Row):
    """A door with its picture on a panel of colour ``panel`` (a palette name)."""

    text = StringProperty("")
    sub = StringProperty("")
    picture = StringProperty("")
    icon = StringProperty("")
    panel = StringProperty("wash")


class SmallTile(Touchable, Surface, BoxLayout):
    """A door with its picture above its word."""

    text = StringProperty("")
    picture = StringProperty("")
    icon = StringProperty("")
    panel = StringProperty("wash")


EXAMPLES = [
    Example(
        "main tile",
        lambda lang: MainTile(
            text=say(lang, th="บริการ และรับบัตรคิว", en="Services and queue number"),
            sub=say(lang, th="ดูขั้นตอน เวลา เอกสาร แล้วรับคิว", en="See steps, time and papers, then take a number"),
            picture="ticket",
            icon="ticket",
        ),
    ),
    Example(
        "tile",
        lambda lang: Tile(
            text=say(lang, th="แจ้งปัญหา ร้องเรียน", en="Report or complain"),
            sub=say(lang, th="ไม่ต้องบอกชื่อก็ได้", en="No name needed"),
            picture="report",
            icon="megaphone",
            panel="clay_wash",
        ),
        part=0.5,
    ),
    Example(
        "tile, pressed",
        lambda lang: Tile(
            text=say(lang, th="ให้คะแนนบริการ", en="Rate our service"),
            sub=say(lang, th="แตะครั้งเดียว", en="One touch"),
            picture="rate",
            icon="smiley",
            panel="leaf_wash",
            pressed=True,
        ),
        part=0.5,
    ),
    Example(
        "small tile",
        lambda lang: SmallTile(
            text=say(lang, th="ข่าว งบประมาณ", en="News, budget"), picture="notice", icon="newspaper", panel="sky_wash"
        ),
        part=0.33,
    ),
]
