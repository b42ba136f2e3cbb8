"""`RoofHeader`: the roof over every screen, with what this screen is. Nothing up here is touched.

A picture of the layered gable lies behind the words; in high contrast it is three lines.
"""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from .examples import Example, say


class RoofHeader(FloatLayout):
    """``text`` title, ``sub`` line, ``icon`` sign, ``clock`` at the edge. ``home`` is the high, centred form."""

    text = StringProperty("")
    sub = StringProperty("")
    icon = StringProperty("")
    clock = StringProperty("")
    home = BooleanProperty(False)
    away = BooleanProperty(False)
    """Whether there is no room for it now."""
    least = NumericProperty(0)
    """Height at the least: a roof that comes down brings everything below it into reach."""


EXAMPLES = [
    Example(
        "header",
        lambda lang: RoofHeader(
            text=say(lang, th="บริการทั้งหมด", en="All services"),
            sub=say(
                lang, th="15 บริการ · แตะเพื่อดูขั้นตอน เวลา และเอกสาร", en="15 services · touch for steps, time and papers"
            ),
            icon="list-checks",
            clock="10:24",
        ),
        part=0,
    ),
    Example(
        "header of the home screen",
        lambda lang: RoofHeader(
            text=say(lang, th="องค์การบริหารส่วนตำบลศาลาทอง", en="Sala Thong Subdistrict Office"),
            sub=say(lang, th="ศูนย์บริการร่วม · โถงหน้า", en="One-stop service centre · front hall"),
            home=True,
        ),
        part=0,
    ),
]
