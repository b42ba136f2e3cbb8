"""The keyboard on the screen: Thai (Kedmanee or by the alphabet), Latin (English and Malay), Jawi, figures and signs.

Keys stand closer than a finger is wide, so a touch belongs to the nearest key, also between keys; the key under the
finger shows it, sliding corrects it, lifting writes it. No letter pops up over the finger: others look on.

    Keyboard:
        target: story                       # a ShapedInput
    board.begin("ms-Arab")                  # the letters of this language, nothing held, nothing shifted

The language key goes through `layouts` and shows which comes next. Layouts are files (`assets/keyboards`). Without a
target, listen: `on_key(text)`, `on_backspace()`, `on_enter()`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import replace as change
from functools import lru_cache
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothLine, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from shared.graphemes import extends

from ..files import KEYBOARDS
from ..shaping import Laid, lay_out, rasterise
from .examples import Example
from .icon import icon_texture
from .look import LOOK
from .text import TEXTURES, to_texture

#: Which letters a language is written with. Malay in Rumi has those of English.
LETTERS: Final = {"th": "th-kedmanee", "en": "en", "ms": "en", "ms-Arab": "jawi"}
_REPEAT_AFTER_S = 0.6
_REPEAT_EVERY_S = 0.11
_NO_LETTERS = ("symbols", "digits")
_ICONS = {
    "backspace": "backspace",
    "enter": "arrow-elbow-down-left",
    "shift": "arrow-fat-up",
    "language": "globe-simple",
}
_JAWI_KEYS = 0.88
"""Naskh is drawn larger than Thai at one size; alone on a key, whose height is fixed, it needs no more than this."""
_BASE = "บ"
_JAWI_BASES = {"\u0650": "\u0640", "\u064d": "\u0640"}
_JAWI_BASE = "\u06ba"
"""A mark alone is placed as at this letter, which is then left out and a pale ring drawn in its place; in Jawi those
below stand at a flatter one."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a layout. ``do`` is empty for a key that writes ``sign`` (or ``shifted``)."""

    sign: str = ""
    shifted: str = ""
    do: str = ""
    wide: float = 1.0
    to: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class KeyLayout:
    """Rows of keys; ``columns`` key widths fill a row."""

    name: str
    lang: str
    space: str
    columns: float
    rows: tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A key and where it stands, pixels in the window."""

    key: Key
    x: float
    y: float
    width: float
    height: float

    def distance(self, x: float, y: float) -> float:
        """How far a point is from the key's edge, squared; 0 inside."""
        across = max(self.x - x, 0, x - self.x - self.width)
        up = max(self.y - y, 0, y - self.y - self.height)
        return across * across + up * up


@lru_cache(maxsize=16)
def read_layout(name: str) -> KeyLayout:
    """The layout in `assets/keyboards/NAME.json`; FileNotFoundError if there is none, KeyError if it lacks a part."""
    raw = json.loads((KEYBOARDS / f"{name}.json").read_text("utf-8"))
    rows = tuple(tuple(_read_key(key) for key in row) for row in raw["rows"])
    return KeyLayout(raw["name"], raw["lang"], raw["space"], raw["columns"], rows)


def _read_key(raw: Any) -> Key:
    if isinstance(raw, list):
        return Key(sign=raw[0], shifted=raw[1] if len(raw) > 1 else "")
    return Key(do=raw["do"], wide=raw.get("wide", 1), to=raw.get("to", ""), text=raw.get("text", ""))


class Keyboard(Widget):
    """See the module. ``layout`` is the one shown, ``shift`` whether the next sign is the shifted one."""

    target = ObjectProperty(None, allownone=True)
    layouts = ListProperty(list(dict.fromkeys(LETTERS.values())))
    layout = StringProperty("th-kedmanee")
    shift = BooleanProperty(False)
    palette = ObjectProperty(LOOK.c)
    sizes = ObjectProperty(LOOK.m)
    rows_least = NumericProperty(5)

    __events__ = ("on_key", "on_backspace", "on_enter")

    def __init__(self, **kwargs: Any) -> None:
        self.spots: list[Spot] = []
        self._pressed: dict[int, Spot] = {}
        self._grounds: dict[int, tuple[Color, Color]] = {}
        self._repeat: Any = None
        self._letters = "th-kedmanee"
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        for name in ("pos", "size", "layout", "layouts", "shift", "palette", "sizes"):
            self.fbind(name, self._redraw)
        self._redraw()

    def begin(self, language: str, *, digits: bool = False) -> None:
        """Stand as at the beginning, for a visit in ``language``: its letters (or figures alone), nothing held."""
        self._stop_repeat()
        self._pressed.clear()
        self._letters = LETTERS.get(language, "th-kedmanee")
        self.layout = "digits" if digits else self._letters
        self.shift = False
        self._redraw()

    # ---- what keys do ---------------------------------------------------------------------------------------------

    def strike(self, key: Key) -> None:
        """Do what ``key`` does."""
        if key.do in ("", "space"):
            shifted = key.shifted if self.shift and key.shifted else key.sign
            self.dispatch("on_key", " " if key.do else shifted)
            self.shift = False
        elif key.do == "shift":
            self.shift = not self.shift
        elif key.do == "backspace":
            self.dispatch("on_backspace")
        elif key.do == "enter":
            self.dispatch("on_enter")
        else:
            self._go_to(key)

    def _go_to(self, key: Key) -> None:
        if self.layout not in _NO_LETTERS:
            self._letters = self.layout
        if key.do == "layout":
            self.layout = key.to
        elif key.do == "letters":
            self.layout = self._letters
        else:
            self.layout = self._next_language()
        self.shift = False

    def _next_language(self) -> str:
        here = read_layout(self.layout).lang
        at = next((at for at, name in enumerate(self.layouts) if read_layout(name).lang == here), -1)
        return str(self.layouts[(at + 1) % len(self.layouts)])

    def on_key(self, text: str) -> None:
        """A sign was written (event)."""
        if self.target is not None:
            self.target.insert(text)

    def on_backspace(self) -> None:
        """The last sign is to be taken back (event)."""
        if self.target is not None:
            self.target.backspace()

    def on_enter(self) -> None:
        """A line is done (event)."""
        if self.target is not None:
            self.target.enter()

    # ---- touch ----------------------------------------------------------------------------------------------------

    def nearest(self, x: float, y: float) -> Spot | None:
        """The key a touch at ``x, y`` means."""
        return min(self.spots, key=lambda spot: spot.distance(x, y), default=None)

    def spot_of(self, sign: str) -> Spot | None:
        """Where the key that writes ``sign``, shifted or not, or does ``sign`` stands."""
        return next((spot for spot in self.spots if sign in (spot.key.sign, spot.key.shifted, spot.key.do)), None)

    def on_touch_down(self, touch: Any) -> bool:
        """Show the key that is meant."""
        if self.disabled or not self.collide_point(*touch.pos):
            return False
        spot = self.nearest(*touch.pos)
        if spot is None:
            return False
        touch.grab(self)
        self._press(touch, spot)
        if spot.key.do == "backspace":
            self.strike(spot.key)
            self._stop_repeat()
            self._repeat = Clock.schedule_once(self._repeat_on, _REPEAT_AFTER_S)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Sliding corrects."""
        if touch.grab_current is not self:
            return False
        held = self._pressed.get(touch.uid)
        spot = self.nearest(*touch.pos)
        if held is not None and spot is not None and spot is not held and held.key.do != "backspace":
            self._release(touch)
            self._press(touch, spot)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lifting writes."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        spot = self._release(touch)
        self._stop_repeat()
        if spot is not None and spot.key.do != "backspace" and self.get_parent_window() is not None:
            self.strike(spot.key)
        return True

    def let_go(self, touch: Any) -> None:
        """The finger that lies here means nobody any more."""
        self._release(touch)
        self._stop_repeat()

    def _repeat_on(self, _dt: float) -> None:
        self._repeat = Clock.schedule_interval(self._again, _REPEAT_EVERY_S)
        self._again()

    def _again(self, _dt: float = 0.0) -> None:
        if self.get_parent_window() is None:
            # The page went while the key was held, and may have forgotten whom to tell.
            self._stop_repeat()
        else:
            self.dispatch("on_backspace")

    def _stop_repeat(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None

    def _press(self, touch: Any, spot: Spot) -> None:
        self._pressed[touch.uid] = spot
        self._tint(spot)

    def _release(self, touch: Any) -> Spot | None:
        spot = self._pressed.pop(touch.uid, None)
        if spot is not None:
            self._tint(spot)
        return spot

    def _tint(self, spot: Spot) -> None:
        pair = self._grounds.get(id(spot))
        if pair is not None:
            edge, ground = pair
            edge.rgba, ground.rgba = self._colours(spot)

    def _colours(self, spot: Spot) -> tuple[Any, Any]:
        palette = self.palette
        if any(spot is held for held in self._pressed.values()) or (spot.key.do == "shift" and self.shift):
            return palette.deep, palette.wash
        if spot.key.do and spot.key.do != "space":
            return palette.touch_line if LOOK.contrast else palette.wash2, palette.wash
        return palette.touch_line if LOOK.contrast else palette.line, palette.key

    # ---- drawing --------------------------------------------------------------------------------------------------

    def _arrange(self) -> list[Spot]:
        shape = read_layout(self.layout)
        sizes = self.sizes
        rows = max(len(shape.rows), 1)
        gap, rise = sizes.key_gap, sizes.key_gap_v
        height = (self.height - 2 * sizes.key_side - (rows - 1) * rise) / rows
        unit = (self.width - 2 * sizes.key_side + gap) / shape.columns
        spots: list[Spot] = []
        for number, row in enumerate(shape.rows):
            y = self.y + self.height - sizes.key_side - (number + 1) * height - number * rise
            x = self.x + sizes.key_side + (shape.columns - sum(key.wide for key in row)) * unit / 2
            for key in row:
                spots.append(Spot(key, x, y, key.wide * unit - gap, height))
                x += key.wide * unit
        return spots

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self._grounds.clear()
        self.spots = self._arrange()
        # A finger that is down when the keys are drawn anew (shift went back up) stays on its key.
        self._pressed = {
            finger: spot for finger, held in self._pressed.items() for spot in self.spots if spot.key is held.key
        }
        palette, sizes = self.palette, self.sizes
        radius = [sizes.radius * 0.58]
        shape = read_layout(self.layout)
        with self.canvas:
            Color(*palette.keybed)
            Rectangle(pos=self.pos, size=self.size)
            for spot in self.spots:
                edge, ground = self._colours(spot)
                thick = 3 if edge is palette.deep or LOOK.contrast else 2
                edge_ink = Color(*edge)
                SmoothRoundedRectangle(pos=(spot.x, spot.y), size=(spot.width, spot.height), radius=radius)
                ground_ink = Color(*ground)
                SmoothRoundedRectangle(
                    pos=(spot.x + thick, spot.y + thick),
                    size=(max(1, spot.width - 2 * thick), max(1, spot.height - 2 * thick)),
                    radius=[radius[0] - thick],
                )
                self._grounds[id(spot)] = (edge_ink, ground_ink)
                self._draw_key(spot, shape)

    def _draw_key(self, spot: Spot, shape: KeyLayout) -> None:
        key, sizes, palette = spot.key, self.sizes, self.palette
        scale = _JAWI_KEYS if shape.lang.endswith("-Arab") else 1.0
        px = min(sizes.key.px, spot.height * 0.5) * scale
        centre = (spot.x + spot.width / 2, spot.y + spot.height / 2)
        if not key.do:
            main, other = (key.shifted, key.sign) if self.shift and key.shifted else (key.sign, key.shifted)
            if key.shifted:
                half = lay_out(main, round(px), lang=shape.lang, pitch=1.0).width / 2
                x = max(spot.x + spot.width * 0.42, min(spot.x + spot.width * 0.1 + half, centre[0]))
                self._write(main, px, palette.ink, (x, spot.y + spot.height * 0.36), shape.lang)
                small = min(sizes.key_shift.px, spot.height * 0.28) * scale
                self._write(
                    other, small, palette.ink2, (spot.x + spot.width * 0.76, spot.y + spot.height * 0.76), shape.lang
                )
            else:
                self._write(main, px, palette.ink, centre, shape.lang)
            return
        words, lang = self._words(key, shape)
        icon = _ICONS.get(key.do, "")
        side = min(sizes.icon if not words else sizes.icon_s, spot.height * 0.6) if icon else 0
        px = min(sizes.label.px, spot.height * 0.36)
        width = self._width(words, px, lang)
        room = spot.width * 0.9 - side * 1.3
        if width > room > 0:
            px *= room / width
            width = room
        left = centre[0] - (width + side * 1.3) / 2
        if icon:
            middle = (left + side / 2, centre[1]) if words else centre
            self._sign(icon, side, middle, turned=shape.lang.endswith("-Arab"))
        if words:
            tone = palette.ink2 if key.do == "space" else palette.ink
            middle = (left + side * 1.3 + width / 2, centre[1])
            self._write(words, px, tone, middle, lang, "semibold")

    def _words(self, key: Key, shape: KeyLayout) -> tuple[str, str]:
        """What stands on a key that writes no sign of its own, and in which language."""
        letters = read_layout(self._letters if self.layout in _NO_LETTERS else self.layout)
        if key.do == "space":
            return letters.space, letters.lang
        if key.do == "letters":
            return letters.name, letters.lang
        if key.do == "language":
            following = read_layout(self._next_language())
            return following.name, following.lang
        return key.text, shape.lang

    def _sign(self, icon: str, side: float, centre: tuple[float, float], *, turned: bool) -> None:
        # What is taken back lies where writing came from: in Jawi at the right.
        texture = icon_texture(icon, round(side), bold=True, turned=turned)
        Color(*self.palette.deep)
        Rectangle(texture=texture, size=texture.size, pos=(round(centre[0] - side / 2), round(centre[1] - side / 2)))

    @staticmethod
    def _width(words: str, px: float, lang: str) -> float:
        return lay_out(words, round(px), weight="semibold", lang=lang, pitch=1.0).width if words else 0

    def _write(
        self, text: str, px: float, colour: Any, centre: tuple[float, float], lang: str, weight: str = "regular"
    ) -> None:
        """Write ``text`` around ``centre``; a mark alone stands over a pale ring."""
        ringed = len(text) == 1 and extends(text) and text != "\u0e33"
        px = round(px)
        base = _JAWI_BASES.get(text, _JAWI_BASE) if lang.endswith("-Arab") else _BASE
        shown = base + text if ringed else text
        laid = lay_out(shown, px, weight=weight, lang=lang, pitch=1.0)
        key = ("key", shown, px, weight, lang)
        texture = TEXTURES.get(key)
        if texture is None:
            if ringed:
                laid = _without_base(laid)
            picture = rasterise(laid)
            texture = to_texture(picture)
            TEXTURES.put(key, texture, len(picture.pixels))
        x, y = round(centre[0] - texture.width / 2), round(centre[1] - laid.height / 2 - laid.below)
        if ringed:
            Color(*self.palette.outline)
            SmoothLine(
                circle=(centre[0], y + laid.below + laid.height - laid.lines[0].baseline + px * 0.24, px * 0.21),
                width=1.2,
            )
        Color(*colour)
        Rectangle(texture=texture, size=texture.size, pos=(x, y))


def _without_base(laid: Laid) -> Laid:
    """A letter with one mark, the letter left blank: the mark stands where it stood."""
    line = laid.lines[0]
    run = line.runs[0]
    blank = laid.stack.faces[run.face].sized(laid.px).get_nominal_glyph(0x20)
    base = len(run.glyphs) - 1 if run.rtl else 0  # glyphs are listed as drawn, from the left
    glyphs = tuple((blank, *glyph[1:]) if at == base else glyph for at, glyph in enumerate(run.glyphs))
    return change(laid, lines=(change(line, runs=(change(run, glyphs=glyphs), *line.runs[1:])),))


def _board(layout: str, **state: Any) -> Any:
    board = Keyboard(layout=layout, **state)
    board.size_hint_y = None
    return board


EXAMPLES = [
    Example("keyboard, Kedmanee", lambda _: _board("th-kedmanee"), part=0),
    Example("keyboard, Kedmanee shifted", lambda _: _board("th-kedmanee", shift=True), part=0),
    Example("keyboard, by the alphabet", lambda _: _board("th-alphabet"), part=0),
    Example("keyboard, Latin", lambda _: _board("en"), part=0),
    Example("keyboard, Jawi", lambda _: _board("jawi"), part=0),
    Example("keyboard, Jawi shifted", lambda _: _board("jawi", shift=True), part=0),
    Example("keyboard, figures and signs", lambda _: _board("symbols"), part=0),
    Example("keyboard, figures alone", lambda _: _board("digits"), part=0.5),
]
