"""The look of this moment, for `.kv` to watch: one object, named `look` in every rule.

    color: look.c.ink          the palette (`theme.Palette`)
    height: look.m.touch       the sizes (`theme.Metrics`)
    lang: look.lang            language of the visit: th, en, ms, ms-Arab

`LOOK.apply(theme, size)` and `LOOK.speak(lang)` replace palette, sizes and language, and every rule that names them
follows. When a citizen asks for larger text, screens are built for it: `LOOK.renew()` first lets go of those there are,
whose thousands of rules would otherwise follow too, unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.event import EventDispatcher
from kivy.lang import global_idmap
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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pagers: list[Any] = []
        """Those that no page has just now (`screens.base.Page.lend_pager`). None lives through a change."""

    def apply(self, theme: Theme = THEME, size: Size = PORTRAIT) -> None:
        """Take on ``theme`` in a window of ``size`` pixels."""
        self.pagers = []
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
        self.pagers = []
        self.lang = lang
        self.rtl = lang.endswith("-Arab")


if TYPE_CHECKING:
    _Handed = Look
else:
    _Handed = object


class Current(_Handed):
    """The look that counts now, under a name that stays. A rule gets the look itself, and keeps it."""

    now: Look

    def __init__(self) -> None:
        self.take(Look())

    def take(self, look: Look) -> None:
        """Let `look` count for rules that are made from now on."""
        object.__setattr__(self, "now", look)
        global_idmap["look"] = look

    def renew(self) -> None:
        """Leave every rule there is with the look it knows, for good; those made from now on follow another, which is
        like it so far.
        """
        look = Look()
        for name in look.properties():
            setattr(look, name, getattr(self.now, name))
        self.take(look)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.now, name, value)


LOOK = Current()
