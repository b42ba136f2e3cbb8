"""`FootBar`: the ways out that are always within reach: back, read aloud, larger, home.

FootBar:
    FootCell:
        icon: "arrow-left"
        text: root.view.words.back
        action: "back"
        on_release: root.presenter.back()
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from .examples import Example, say
from .surface import Row
from .touch import Touchable


class FootBar(Row):
    """Holds three to five `FootCell`s of equal width at the foot of the screen."""


class FootCell(Touchable, Row):
    """A sign and a word; one above the other (`stacked`) where the cell is narrow for both."""

    text = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("deep")
    stacked = BooleanProperty(False)


def _bar(lang: str) -> Any:
    bar = FootBar()
    for icon, thai, english in (
        ("arrow-left", "ย้อนกลับ", "Back"),
        ("speaker-high", "อ่านให้ฟัง", "Read aloud"),
        ("text-aa", "ตัวใหญ่ขึ้น", "Larger"),
        ("house", "หน้าแรก", "Home"),
    ):
        bar.add_widget(FootCell(icon=icon, text=say(lang, th=thai, en=english)))
    return bar


def _pressed(lang: str) -> Any:
    bar = _bar(lang)
    bar.children[1].pressed = True
    return bar


EXAMPLES = [Example("foot bar", _bar, part=0), Example("foot bar, one pressed", _pressed, part=0)]
