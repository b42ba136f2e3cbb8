"""`Slip`: a piece of paper on the screen, with the notches and dashes of a ticket. Children stand from the top down."""

from __future__ import annotations

from typing import Any

from kivy.properties import NumericProperty

from .examples import Example, say
from .surface import Column, Stack, Surface
from .text import ShapedLabel


class Slip(Surface, Stack):
    """``tear``: how far from the top the paper is perforated, as a share of its height; 0 for none."""

    tear = NumericProperty(0.66)
    notch = NumericProperty(24)


def _slip(lang: str) -> Any:
    slip = Slip(size_hint_y=None)
    words = Column(spacing=0)
    words.add_widget(ShapedLabel(text=say(lang, th="หมายเลขของคุณ", en="Your number"), tone="ink2", halign="center"))
    words.add_widget(ShapedLabel(text="A027", lang="en", style="number", tone="deep", halign="center"))
    words.add_widget(
        ShapedLabel(text=say(lang, th="งานจัดเก็บรายได้", en="Revenue"), style="section", halign="center", pitch=1.4)
    )
    slip.add_widget(words)
    return slip


EXAMPLES = [Example("slip", _slip, part=0.93, height=720)]
