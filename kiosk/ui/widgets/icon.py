"""`Icon`: one Phosphor sign in any size and colour; `Picture`: a drawing in its own colours.

An icon is a glyph of a small font, drawn by the text raster at exactly the size it is shown in. Pictures are PNGs at
one and two times their design size; the nearer one is taken.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache
from typing import Any, Final

from kivy.clock import Clock
from kivy.core.image import Image
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget
from PIL import Image as PilImage
from PIL import ImageDraw, ImageOps, UnidentifiedImageError

from ..files import ICONS, PICTURES
from ..shaping import Face, FontStack, rasterise_glyph
from .text import TextureCache, to_texture

#: Signs that point along the line of reading, or picture one: they are drawn the other way round for Jawi.
TURNS: Final = frozenset({
    "arrow-elbow-down-left", "arrow-left", "arrow-right", "arrow-square-out", "arrow-u-up-left", "arrow-up-right",
    "backspace", "caret-left", "caret-right", "fast-forward", "list-bullets", "paper-plane-tilt", "sign-out",
})  # fmt: skip
#: Stands in for a sign that a newer server's content names and this program does not have.
UNKNOWN: Final = "circle"
_DRAWN: Final = TextureCache(bytes_max=8 << 20)
_PICTURES: Final = TextureCache(bytes_max=48 << 20)


@lru_cache(maxsize=1)
def _points() -> dict[str, str]:
    return {name: chr(point) for name, point in json.loads((ICONS / "codepoints.json").read_text("utf-8")).items()}


@lru_cache(maxsize=2)
def _font(weight: str) -> FontStack:
    return FontStack([Face.read(ICONS / f"phosphor-{weight}.ttf")])


def icon_names() -> list[str]:
    """Every icon there is; a test holds `.kv` and content to it."""
    return sorted(_points())


def icon_texture(name: str, px: int, *, bold: bool, turned: bool = False) -> Any:
    """The sign called ``name`` in a square of ``px``, white; the other way round if ``turned`` and it points."""
    turned = turned and name in TURNS
    key = (name, bold, px, turned)
    texture = _DRAWN.get(key)
    if texture is None:
        picture = rasterise_glyph(_font("bold" if bold else "fill"), _points().get(name) or _points()[UNKNOWN], px)
        texture = to_texture(picture)
        if turned:
            texture.flip_horizontal()
        _DRAWN.put(key, texture, len(picture.pixels))
    return texture


class Icon(Widget):
    """A sign. ``icon`` names it (phosphoricons.com), ``bold`` takes the lined weight, ``tone`` a palette colour."""

    icon = StringProperty("")
    bold = BooleanProperty(False)
    side = NumericProperty(46)
    tone = StringProperty("deep")
    color = ColorProperty((0, 0, 0, 1))
    stays = BooleanProperty(False)
    """Whether it points along a way and not along a line: left in the house is left in every language."""
    turned = BooleanProperty(False)
    """Whether reading runs from the right: what points then points the other way."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color(*self.color)
            self._box = Rectangle(size=(0, 0))
        self._paint = Clock.create_trigger(self._paint_now, -1)
        for name in ("icon", "bold", "side", "turned"):
            self.fbind(name, self._paint)
        for name in ("pos", "size"):
            self.fbind(name, self._place)
        self.fbind("color", self._on_color)
        self._paint_now()

    def _on_color(self, *_: object) -> None:
        self._ink.rgba = self.color

    def _paint_now(self, *_: object) -> None:
        px = round(self.side)
        if not self.icon or px < 1:
            self._box.size = (0, 0)
            return
        texture = icon_texture(self.icon, px, bold=self.bold, turned=self.turned)
        self._box.texture = texture
        self._box.size = texture.size
        self._place()

    def _place(self, *_: object) -> None:
        width, height = self._box.size
        # Not `center_x`: Kivy keeps it until after the handlers of `x` have run.
        self._box.pos = (round(self.x + (self.width - width) / 2), round(self.y + (self.height - height) / 2))


def picture_texture(name: str, side: float) -> Any | None:
    """The drawing called ``name`` for a box ``side`` pixels wide, or None if there is no such drawing."""
    one = PICTURES / f"{name}.png"
    two = PICTURES / f"{name}@2x.png"
    key = (name, False)
    kept = _PICTURES.get(key)
    if kept is None and one.exists():
        kept = _read(one)
        _PICTURES.put(key, kept, 4 * kept.width * kept.height)
    if kept is None or side <= kept.width * 1.05 or not two.exists():
        return kept
    kept = _PICTURES.get((name, True))
    if kept is None:
        kept = _read(two)
        _PICTURES.put((name, True), kept, 4 * kept.width * kept.height)
    return kept


#: A face is shown no larger; what an office sends may be.
_PHOTO_SIDE: Final = 400


def photo_texture(png: bytes) -> Any | None:
    """A person's picture, cut to the circle that drawn heads stand in; None where it is no picture after all."""
    key = ("photo", hashlib.sha256(png).digest())
    kept = _PICTURES.get(key)
    if kept is None:
        try:
            with PilImage.open(io.BytesIO(png), formats=("PNG",)) as picture:
                face = ImageOps.fit(picture.convert("RGB"), (_PHOTO_SIDE, _PHOTO_SIDE))
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
            # Signed, and yet no picture: the drawn head stands there.
            return None
        # Drawn four times as large: an ellipse of Pillow has steps.
        mask = PilImage.new("L", (4 * _PHOTO_SIDE, 4 * _PHOTO_SIDE))
        ImageDraw.Draw(mask).ellipse((0, 0, *(side - 1 for side in mask.size)), fill=255)
        face.putalpha(mask.resize(face.size))
        kept = Texture.create(size=face.size, colorfmt="rgba", mipmap=True)
        kept.blit_buffer(face.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
        kept.flip_vertical()
        kept.min_filter = "linear_mipmap_linear"
        _PICTURES.put(key, kept, 4 * _PHOTO_SIDE**2)
    return kept


def _read(path: Any) -> Any:
    texture = Image(str(path), mipmap=True).texture
    texture.min_filter = "linear_mipmap_linear"
    return texture


class Picture(Widget):
    """A drawing. ``picture`` names a file of the art folder; ``cover`` fills the box and cuts what hangs over. In place
    of a drawn head stands the ``photo`` (PNG) of a person who consented to it.
    """

    picture = StringProperty("")
    photo = ObjectProperty(b"")
    cover = BooleanProperty(False)
    opacity_now = NumericProperty(1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color(1, 1, 1, self.opacity_now)
            self._box = Rectangle(size=(0, 0))
        self._paint = Clock.create_trigger(self._paint_now, -1)
        for name in ("picture", "photo", "cover", "pos", "size", "opacity_now"):
            self.fbind(name, self._paint)
        self._paint_now()

    def _paint_now(self, *_: object) -> None:
        texture = photo_texture(self.photo) if self.photo else None
        if texture is None and self.picture:
            texture = picture_texture(self.picture, self.width)
        self._ink.rgba = (1, 1, 1, self.opacity_now if texture else 0)
        self._box.texture = texture
        if texture is None or not texture.width:
            self._box.size = (0, 0)
            return
        across, up = self.width / texture.width, self.height / texture.height
        scale = max(across, up) if self.cover else min(across, up)
        width, height = texture.width * scale, texture.height * scale
        if self.cover:
            shown_width, shown_height = min(width, self.width), min(height, self.height)
            region = texture.get_region(
                (texture.width - shown_width / scale) / 2, (texture.height - shown_height / scale) / 2,
                shown_width / scale, shown_height / scale,
            )  # fmt: skip
            self._box.texture, width, height = region, shown_width, shown_height
        self._box.size = (width, height)
        # Not `center_x`: Kivy keeps it until after the handlers of `x` have run.
        self._box.pos = (round(self.x + (self.width - width) / 2), round(self.y + (self.height - height) / 2))
