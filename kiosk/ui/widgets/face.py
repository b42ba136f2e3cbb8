"""Five faces for five answers: `Face` the disc, `FaceCard` the disc with its word on a card, one touch.

Each face differs in eyes and mouth, so that no colour is needed to tell them apart; and it never stands without its
word.
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from .examples import Example
from .surface import Row, Surface
from .touch import Touchable


class Face(Widget):
    """The disc of ``score`` 1..5. ``chosen`` rings it, ``dim`` fades it beside a chosen one."""

    score = NumericProperty(3)
    side = NumericProperty(148)
    chosen = BooleanProperty(False)
    dim = BooleanProperty(False)


class FaceCard(Touchable, Surface, BoxLayout):
    """A face on a card: the rating screen's five."""

    score = NumericProperty(3)
    text = StringProperty("")
    chosen = BooleanProperty(False)
    dim = BooleanProperty(False)
    needed = NumericProperty(0)
    """How high the card must be for its word: five side by side take the highest."""


class SmallFace(Touchable, BoxLayout):
    """A face with its word and no card: the further questions' five."""

    score = NumericProperty(3)
    text = StringProperty("")
    chosen = BooleanProperty(False)
    dim = BooleanProperty(False)


_WORDS = {
    "th": ("ไม่พอใจมาก", "ไม่พอใจ", "เฉย ๆ", "พอใจ", "พอใจมาก"),
    "en": ("Very unhappy", "Unhappy", "Neutral", "Happy", "Very happy"),
}


def _cards(lang: str) -> Any:
    row = Row(size_hint_y=None)
    for score, word in enumerate(_WORDS["th" if lang == "th" else "en"], start=1):
        card = FaceCard(score=score, text=word)
        card.size_hint_y = 1  # all as high as the highest needs to be
        card.fbind("needed", lambda _, needed: setattr(row, "height", max(needed, row.height)))
        row.add_widget(card)
    return row


def _small(lang: str) -> Any:
    row = Row(size_hint_y=None)
    for score, word in enumerate(_WORDS["th" if lang == "th" else "en"], start=1):
        face = SmallFace(score=score, text=word, chosen=score == 5, dim=score != 5)
        face.bind(height=lambda _, height: setattr(row, "height", max(height, row.height)))
        row.add_widget(face)
    row.height = row.children[0].height
    return row


EXAMPLES = [Example("five cards", _cards), Example("five small faces, one chosen", _small)]
