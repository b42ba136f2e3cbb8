"""`Panel`: a picture on a quiet ground, or its sign where pictures would not be seen."""

from __future__ import annotations

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from .surface import Surface


class Panel(Surface, FloatLayout):
    """``picture`` (a drawing) on colour ``panel``; ``icon`` takes its place in high contrast."""

    picture = StringProperty("")
    icon = StringProperty("")
    panel = StringProperty("wash")
    side = NumericProperty(148)
