"""The look of this moment, for `.kv` to watch: one object, named `look` in every rule.

    color: look.c.ink          the palette (`theme.Palette`)
    height: look.m.touch       the sizes (`theme.Metrics`)
    lang: look.lang            language of the visit: th, en, ms, ms-Arab

When a citizen asks for larger text or high contrast, `LOOK.apply(theme, size)` replaces palette and sizes, and every
rule that names them follows.
"""

from __future__ import annotations

from kivy.event import EventDispatcher
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from ..theme import HOUSE, PORTRAIT, THEME, Metrics, Palette, Size, Theme, metrics


class Look(EventDispatcher):
    """Observable theme: palette, sizes, language and direction."""

    c: Palette = ObjectProperty(HOUSE, rebind=True)
    m: Metrics = ObjectProperty(metrics(PORTRAIT), rebind=True)
    lang: str = StringProperty("th")
    dpi: float = NumericProperty(0)
    rtl: bool = BooleanProperty(False)
    """Whether rows run right to left and panels are mirrored."""
    contrast: bool = BooleanProperty(False)
    motion: bool = BooleanProperty(True)
    text_factor: float = NumericProperty(1.0)
    wide: bool = BooleanProperty(False)
    """Whether the window is wider than high: the tablet's layouts."""
    roomy: bool = BooleanProperty(True)
    """False with the largest text: second lines of tiles and rows are dropped so that the first stays whole."""

    def apply(self, theme: Theme = THEME, size: Size = PORTRAIT) -> None:
        """Take on ``theme`` in a window of ``size`` pixels."""
        self.wide = size[0] > size[1]
        self.text_factor = theme.text_factor
        self.roomy = theme.text_factor < 1.5
        self.contrast = theme.contrast
        self.motion = theme.motion
        self.dpi = theme.dpi
        self.c = theme.palette
        self.m = theme.metrics(size)

    def speak(self, lang: str) -> None:
        """Switch to ``lang``; Jawi turns the layouts round."""
        self.lang = lang
        self.rtl = lang.endswith("-Arab")


LOOK = Look()
