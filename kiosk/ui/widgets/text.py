"""`ShapedLabel`: every string on the screen, shaped, wrapped between words, never as markup.

Laying out is cheap and cached; so is the finished picture, in a cache bounded in bytes, so a list that scrolls draws
nothing anew. Colour is no part of the picture. What a citizen typed or was told alone is shown by `private` labels,
which these caches never see; so the office's own sentences may stay in them from one visit to the next.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, cast

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from ..shaping import Align, Laid, Picture, forget, lay_out, rasterise
from ..shaping.house import boundaries, inside
from ..shaping.linebreak import breaks
from ..theme import PORTRAIT, Size, Type, metrics

SCREENS_KEPT: Final = 6
"""So many windows full of text are kept as pictures: a scrolled list finds its rows again, the next visitor most."""
_BYTES_A_PIXEL: Final = 2
TEXTURE_BYTES_MAX: Final = SCREENS_KEPT * PORTRAIT[0] * PORTRAIT[1] * _BYTES_A_PIXEL
_JAWI_PITCH: Final = 1.4
_JAWI_PITCH_OF_LINES: Final = 1.55
"""The least height of a line of Jawi, and of one of several, whose letters reach further down than Thai ones."""
_SHRINK_STEPS: Final = (0.93, 0.87, 0.81, 0.75, 0.7)


class TextureCache:
    """Finished pictures by key, the least used dropped first, bounded in bytes."""

    def __init__(self, bytes_max: int = TEXTURE_BYTES_MAX) -> None:
        self.bytes_max = bytes_max
        self.bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def hold_screens(self, size: Size) -> None:
        """Keep as much as `SCREENS_KEPT` windows of this size hold."""
        self.bytes_max = SCREENS_KEPT * round(size[0]) * round(size[1]) * _BYTES_A_PIXEL

    def get(self, key: Hashable) -> Any | None:
        """The texture kept under ``key``, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, texture: Any, size: int) -> None:
        """Keep ``texture`` of ``size`` bytes, dropping the longest unused while there is too much."""
        _, before = self._kept.pop(key, (None, 0))
        self._kept[key] = (texture, size)
        self.bytes += size - before
        while self.bytes > self.bytes_max and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.bytes -= dropped

    def __len__(self) -> int:
        return len(self._kept)


TEXTURES: Final = TextureCache()
_laid: OrderedDict[Hashable, Laid] = OrderedDict()
_LAID_MAX: Final = 2048


def forget_texts() -> None:
    """Empty the caches below the labels, which see every string, typed ones too: call it when a visit ends."""
    forget()


def to_texture(picture: Picture) -> Any:
    """A Kivy texture of a raster picture."""
    texture = Texture.create(size=(picture.stride, picture.height), colorfmt="luminance_alpha")
    texture.blit_buffer(picture.pixels, colorfmt="luminance_alpha", bufferfmt="ubyte")
    return texture.get_region(0, 0, picture.width, picture.height)


def write_type(style: Type, px: float = 0, weight: str = "", family: str = "") -> tuple[float, str, str]:
    """Size, weight and family to write in: the style's, save where one is given."""
    return px or style.px, weight or style.weight, family or style.family


class ShapedLabel(Widget):
    """Text on the screen. See the table in `kiosk.ui.widgets` for its properties."""

    text = StringProperty("")
    lang = StringProperty("th")
    style = StringProperty("body")
    type = ObjectProperty(metrics(PORTRAIT).body)
    font_size = NumericProperty(0)
    weight = StringProperty("")
    family = StringProperty("")
    pitch = NumericProperty(0)
    tone = StringProperty("ink")
    color = ColorProperty((0, 0, 0, 1))
    halign = OptionProperty("auto", options=("auto", "left", "center", "right", "start", "end"))
    valign = OptionProperty("middle", options=("top", "middle", "bottom"))
    wrap = BooleanProperty(True)
    width_max = NumericProperty(0)
    fit = OptionProperty("height", options=("height", "width", "both", "none"))
    lines_max = NumericProperty(0)
    shrink = BooleanProperty(False)
    balance = BooleanProperty(False)
    private = BooleanProperty(False)
    texture_size = ListProperty((0, 0))
    cut_short = BooleanProperty(False)
    turned = BooleanProperty(False)
    """Whether the page around runs from right to left, whatever the language of this one text."""
    if TYPE_CHECKING:
        width: float
        height: float

    def __init__(self, **kwargs: Any) -> None:
        self._lay = Clock.create_trigger(self._lay_now, -1)
        self._paint = Clock.create_trigger(self._paint_now, -1)
        self._laid: Laid | None = None
        self._wrapped_at = -1.0
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color(*self.color)
            self._box = Rectangle(size=(0, 0))
        for name in (
            "text", "lang", "type", "font_size", "weight", "family", "pitch", "halign", "wrap", "fit", "width_max",
            "lines_max", "shrink", "balance", "turned",
        ):  # fmt: skip
            self.fbind(name, self._lay)
        self.fbind("size", self._on_room)
        self.fbind("pos", self._place)
        self.fbind("valign", self._place)
        self.fbind("color", self._on_color)
        self._lay()

    @property
    def laid(self) -> Laid | None:
        """What stands on the screen now."""
        return self._laid

    @property
    def torn(self) -> bool:
        """Whether a word stands in two lines, cut where no shorter word ends: it is wider than the label."""
        return self._laid is not None and _torn(self._laid, softer=True)

    def measure(self) -> None:
        """Lay out at once instead of before the next frame, for a parent that needs the size now."""
        self._lay.cancel()
        self._lay_now()

    def _on_color(self, *_: object) -> None:
        self._ink.rgba = self.color

    def _on_room(self, *_: object) -> None:
        if (self._wraps and self.width != self._wrapped_at) or self.shrink:
            self._lay()
        self._place()

    @property
    def _wraps(self) -> bool:
        return self.wrap and self.fit not in ("width", "both")

    def _lay_now(self, *_: object) -> None:
        px, weight, family = write_type(self.type, self.font_size, self.weight, self.family)
        self._wrapped_at = float(self.width)
        laid = self._try(round(px), weight, family)
        for step in _SHRINK_STEPS if self.shrink and self._has_room(px) else ():
            if self._fits(laid):
                break
            laid = self._try(round(px * step), weight, family)
        self._laid = laid
        self.cut_short = laid.cut_short
        if self.fit in ("height", "both"):
            self.size_hint_y = None
            self.height = laid.height
        if self.fit in ("width", "both"):
            self.size_hint_x = None
            self.width = laid.width
        self.texture_size = (laid.width, laid.height)
        self._paint()

    def _has_room(self, px: float) -> bool:
        """Whether there is anything to write and more room than a letter's: a box not laid out yet has none."""
        return bool(self.text) and (self.fit in ("width", "both") or self.width >= px)

    def _fits(self, laid: Laid) -> bool:
        high_enough = self.fit in ("height", "both") or laid.height <= self.height + 1
        wide_enough = self.fit in ("width", "both") or laid.width <= self.width + 1
        return not laid.cut_short and wide_enough and high_enough and not _torn(laid)

    def _try(self, px: int, weight: str, family: str) -> Laid:
        pitch = self.pitch or self.type.pitch
        if not self.lang.endswith("-Arab"):
            return self._laid_at(px, weight, family, pitch)
        laid = self._laid_at(px, weight, family, max(pitch, _JAWI_PITCH))
        if len(laid.lines) > 1 and pitch < _JAWI_PITCH_OF_LINES:
            laid = self._laid_at(px, weight, family, _JAWI_PITCH_OF_LINES)
        return laid

    def _laid_at(self, px: int, weight: str, family: str, pitch: float) -> Laid:
        width = max(1, round(self.width)) if self._wraps else (round(self.width_max) if self.width_max > 0 else None)
        halign = self._edge
        lines_max = int(self.lines_max) or None
        key = (self.text, px, weight, family, width, self.lang, halign, pitch, lines_max, self.balance)
        laid = _laid.get(key)
        if laid is None:
            laid = lay_out(
                self.text, px, weight=weight, family=family, width=width, lang=self.lang, align=halign, pitch=pitch,
                lines_max=lines_max,
                balance=self.balance,
            )  # fmt: skip
            if not self.private:
                _laid[key] = laid
                while len(_laid) > _LAID_MAX:
                    _laid.popitem(last=False)
        return laid

    @property
    def _unsettled(self) -> bool:
        """Whether this label or a layout around it is still to be arranged within this frame."""
        if self._lay.is_triggered:
            return True
        around = self.parent
        while around is not None and around is not around.parent:
            trigger = getattr(around, "_trigger_layout", None)
            if trigger is not None and trigger.is_triggered:
                return True
            around = around.parent
        return False

    def _paint_now(self, *_: object) -> None:
        if self._unsettled:  # drawing is what costs: only the final width is worth it
            self._paint()
            return
        laid = self._laid
        if laid is None or not self.text:
            self._box.texture = None
            self._box.size = (0, 0)
            return
        # Not the key of the layout: the same lines look the same, however much room they were given.
        words = tuple(line.text for line in laid.lines)
        key = (words, laid.px, id(laid.stack), laid.pitch, self.lang, self._edge if len(words) > 1 else "")
        texture = None if self.private else TEXTURES.get(key)
        if texture is None:
            picture = rasterise(laid)
            texture = to_texture(picture)
            if not self.private:
                TEXTURES.put(key, texture, len(picture.pixels))
        self._box.texture = texture
        self._box.size = texture.size
        self._place()

    def _place(self, *_: object) -> None:
        laid = self._laid
        if laid is None or not self._box.size[0]:
            return
        bleed = (self._box.size[0] - laid.width) / 2
        rtl = bool(laid.lines and laid.lines[0].rtl)
        # Not `right`, `top`, `center_x`: Kivy keeps those until after the handlers of `x` and `y` have run.
        slack_x, slack_y = self.width - laid.width, self.height - laid.height
        x = self.x + {"left": 0, "center": slack_x / 2, "right": slack_x}[self._side(rtl)]
        y = self.y + {"bottom": 0, "middle": slack_y / 2, "top": slack_y}[self.valign]
        # Whole pixels, or the picture is drawn between them and blurs.
        self._box.pos = (round(x - bleed), round(y - laid.below))

    def _side(self, rtl: bool = False) -> str:
        """Where the block stands in its room; ``rtl`` is the direction of its first line."""
        if self.halign in ("left", "center", "right"):
            return str(self.halign)
        from_right = self.turned or (rtl and self.halign == "auto")
        return "right" if from_right != (self.halign == "end") else "left"

    @property
    def _edge(self) -> Align:
        """Where the lines stand in the block: on a page for Jawi at the right, Rumi ones too; else as each runs."""
        return cast("Align", "auto" if self.halign in ("auto", "start") and not self.turned else self._side())


def _torn(laid: Laid, *, softer: bool = False) -> bool:
    """Whether a word was cut between two lines because it is wider than one; with `softer`, not between its words."""
    for before, after in zip(laid.lines, laid.lines[1:], strict=False):
        if before.stop == after.start:
            joined = before.text + after.text
            at = len(before.text)
            if at not in breaks(joined, boundaries) and not (softer and at in inside(joined)):
                return True
    return False
