"""`ShapedInput`: where people write, shaped as everything else is.

It takes words from the on-screen keyboard (`Keyboard.target`) and from a real one, shows only the lines in sight, and
draws a line anew only when it changed. What is written is in no cache; ``mask`` shows bars in its place, for a lobby
where others look on.

    ShapedInput:
        id: story
        text: root.view.draft
        on_text: root.presenter.write(self.text)
    Keyboard:
        target: story
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, RoundedRectangle
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty

from ..editing import Draft
from ..shaping import Laid, Line, caret_stops, lay_out, one_line, rasterise
from ..theme import PORTRAIT, metrics
from .examples import Example, say
from .surface import Surface
from .text import to_texture

_BLINK_S = 0.53


class ShapedInput(Surface):
    """A text box. ``count`` is in written characters, at most ``characters_max``."""

    text = StringProperty("")
    caret = NumericProperty(0)
    placeholder = StringProperty("")
    lang = StringProperty("th")
    style = StringProperty("written")
    type = ObjectProperty(metrics(PORTRAIT).written)
    tone = StringProperty("ink")
    color = ColorProperty((0, 0, 0, 1))
    quiet_color = ColorProperty((0, 0, 0, 1))
    caret_color = ColorProperty((0, 0, 0, 1))
    mask_color = ColorProperty((0, 0, 0, 1))
    characters_max = NumericProperty(2000)
    multiline = BooleanProperty(True)
    mask = BooleanProperty(False)
    focus = BooleanProperty(False)
    count = NumericProperty(0)
    pad = NumericProperty(28)
    start_pad = NumericProperty(0)
    """Room kept free at the side where reading begins, for a sign."""
    blinks = BooleanProperty(True)

    __events__ = ("on_enter",)

    def __init__(self, **kwargs: Any) -> None:
        self._draft = Draft()
        self._laid: Laid | None = None
        self._top = 0
        self._lines: dict[tuple[str, float, str], Any] = {}
        self._keyboard: Any = None
        self._caret_ink: Any = None
        self._blink: Any = None
        self._drag: tuple[float, int] | None = None
        self._redo = Clock.create_trigger(self._lay_now, -1)
        super().__init__(**kwargs)
        for name in ("lang", "type", "size", "pad", "start_pad", "mask", "placeholder", "multiline", "turned"):
            self.fbind(name, self._redo)
        for name in ("pos", "color", "caret_color", "quiet_color", "mask_color"):
            self.fbind(name, self._draw_later)
        self._paint = Clock.create_trigger(self._paint_now, -1)
        self.on_text()

    # ---- editing: what keyboards call ---------------------------------------------------------------------------

    def insert(self, typed: str) -> None:
        """Write ``typed`` at the caret."""
        self._edit(self._set_up().insert(typed))

    def backspace(self) -> None:
        """Take back the last sign."""
        self._edit(self._set_up().backspace())

    def enter(self) -> None:
        """A new line where there may be several; else the writing is done (`on_enter`)."""
        if self.multiline:
            self.insert("\n")
        else:
            self.dispatch("on_enter")

    def step(self, by: int) -> None:
        """Move the caret by written characters."""
        self._set_up().step(by)
        self._edit(changed=True)

    def on_enter(self) -> None:
        """Writing is done (event of a one-line input)."""

    def _set_up(self) -> Draft:
        draft = self._draft
        draft.characters_max, draft.multiline = int(self.characters_max), self.multiline
        if draft.text != self.text:
            draft.replace(self.text)
        return draft

    def _edit(self, changed: bool) -> None:
        if not changed:
            return
        self.text = self._draft.text
        self.caret = self._draft.caret
        self.count = self._draft.count
        self._redo()

    def on_text(self, *_: object) -> None:
        """Follow a text set from outside."""
        if self._draft.text != self.text:
            self._draft.replace(self.text)
            self._top = 0
        self.caret = self._draft.caret
        self.count = self._draft.count
        if not self.text:
            self._lines.clear()  # forgotten is forgotten
        self._redo()

    # ---- a real keyboard ------------------------------------------------------------------------------------------

    def on_focus(self, *_: object) -> None:
        """Ask for the real keyboard, or give it back."""
        from kivy.base import EventLoop

        window = EventLoop.window
        if self.focus and self._keyboard is None and window is not None:
            self._keyboard = window.request_keyboard(self._lost_keyboard, self, "text")
            self._keyboard.bind(on_key_down=self._on_key, on_textinput=self._on_typed)
        elif not self.focus and self._keyboard is not None:
            keyboard, self._keyboard = self._keyboard, None
            keyboard.unbind(on_key_down=self._on_key, on_textinput=self._on_typed)
            keyboard.release()
        if self._blink is not None:
            self._blink.cancel()
            self._blink = None
        if self.focus and self.blinks:
            self._blink = Clock.schedule_interval(self._turn_caret, _BLINK_S)
        self._draw_later()

    def _lost_keyboard(self) -> None:
        self.focus = False

    def _on_typed(self, _keyboard: Any, typed: str) -> bool:
        self.insert(typed)
        return True

    def _on_key(self, _keyboard: Any, code: tuple[int, str], _text: str, _modifiers: list[str]) -> bool:
        acts: dict[str, Callable[[], None]] = {
            "backspace": self.backspace,
            "enter": self.enter,
            "numpadenter": self.enter,
            "left": lambda: self.step(1 if self._rtl else -1),
            "right": lambda: self.step(-1 if self._rtl else 1),
            "home": lambda: self.step(-len(self.text)),
            "end": lambda: self.step(len(self.text)),
            "delete": lambda: self._edit(self._set_up().delete()),
        }
        act = acts.get(code[1])
        if act is not None:
            act()
        return act is not None

    @property
    def _rtl(self) -> bool:
        line = self._caret_line()
        return bool(line and line.rtl)

    # ---- touch ----------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Any) -> bool:
        """Focus, and put the caret where the finger is."""
        if self.disabled or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._drag = (touch.y, self._top)
        self.focus = True
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Drag the lines."""
        if touch.grab_current is not self or self._laid is None or self._drag is None:
            return False
        start, top = self._drag
        moved = round((touch.y - start) / self._laid.pitch)
        self._top = max(0, min(len(self._laid.lines) - self._room, top + moved))
        self._draw_later()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """A tap places the caret."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if self._laid is not None and self._drag is not None and self._top == self._drag[1]:
            row = self._top + int((self.y + self.height - self.pad - touch.y) // self._laid.pitch)
            line = self._laid.lines[max(0, min(len(self._laid.lines) - 1, row))]
            x = touch.x - self._left(line)
            stop = min(caret_stops(line), key=lambda stop: abs(stop[1] - line.x - x), default=(0, 0.0))
            self._set_up().place(stop[0])
            self.caret = self._draft.caret
            self._draw_later()
        return True

    # ---- drawing --------------------------------------------------------------------------------------------------

    @property
    def _inner_width(self) -> float:
        return max(1.0, float(self.width - 2 * self.pad - self.start_pad))

    @property
    def _room(self) -> int:
        """How many whole lines are in sight."""
        if self._laid is None:
            return 1
        return max(1, int((self.height - 2 * self.pad + 1) // self._laid.pitch))

    def _lay_now(self, *_: object) -> None:
        style = self.type
        if self.text:
            self._laid = lay_out(
                self.text, round(style.px), family=style.family, weight=style.weight, lang=self.lang, pitch=style.pitch,
                width=self._inner_width if self.multiline else None, editing=True,
            )  # fmt: skip
        else:
            self._laid = lay_out(
                self.placeholder, round(style.px), family=style.family, weight=style.weight, lang=self.lang,
                pitch=style.pitch, width=self._inner_width,
            )  # fmt: skip
        row = self._caret_row()
        last_top = max(0, len(self._laid.lines) - self._room)
        self._top = max(0, min(self._top, row, last_top), row - self._room + 1)
        self._draw_later()

    def _draw_later(self, *_: object) -> None:
        if hasattr(self, "_paint"):
            self._paint()

    def _caret_row(self) -> int:
        if self._laid is None or not self.text:
            return 0
        row = 0
        for number, line in enumerate(self._laid.lines):
            if line.start <= self.caret:
                row = number
        return row

    def _caret_line(self) -> Line | None:
        return self._laid.lines[self._caret_row()] if self._laid is not None and self._laid.lines else None

    @property
    def _inner_left(self) -> float:
        """The left edge of the room for words."""
        return float(self.x + self.pad + (0 if self.turned else self.start_pad))

    def _left(self, line: Line) -> float:
        """Where a line's left edge stands in the window; one line too long for the box shows its end."""
        slack = self._inner_width - line.width
        too_long = slack < 0 and not self.multiline
        return self._inner_left + (slack if line.rtl != too_long else 0)

    def _paint_now(self, *_: object) -> None:
        self.canvas.clear()
        self._caret_ink = None
        laid = self._laid
        if laid is None:
            return
        top = self.y + self.height - self.pad
        if not self.multiline:
            top = self.y + (self.height + laid.pitch) / 2
        kept: dict[tuple[str, float, str], Any] = {}
        with self.canvas:
            for number in range(self._top, min(len(laid.lines), self._top + self._room)):
                line = laid.lines[number]
                y = top - (number - self._top + 1) * laid.pitch
                if self.mask and self.text:
                    self._paint_bar(line, y, laid.pitch)
                else:
                    self._paint_line(laid, number, y, kept)
            if self.focus:
                self._paint_caret(top, laid.pitch)
        self._lines = kept

    def _paint_line(self, laid: Laid, number: int, y: float, kept: dict[tuple[str, float, str], Any]) -> None:
        line = laid.lines[number]
        if not line.text.strip():
            return
        key = (line.text, laid.px, self.lang)
        texture = self._lines.get(key)
        if texture is None:
            texture = to_texture(rasterise(one_line(laid, number)))
        kept[key] = texture
        Color(*(self.color if self.text else self.quiet_color))
        bleed = (texture.width - one_line(laid, number).width) / 2
        left = round(self._left(line) - bleed)
        if line.width > self._inner_width:  # a one-line input shows the end of what is too long
            first = max(0, round(self._inner_left) - left)
            last = min(texture.width, round(self._inner_left + self._inner_width) - left)
            texture = texture.get_region(first, 0, last - first, texture.height)
            left += first
        Rectangle(texture=texture, size=texture.size, pos=(left, round(y - laid.below)))

    def _paint_bar(self, line: Line, y: float, pitch: float) -> None:
        width = min(line.width, self._inner_width)
        if width:
            Color(*self.mask_color)
            height = pitch * 0.4
            left = max(self._left(line), self._inner_left)
            RoundedRectangle(pos=(left, y + pitch * 0.3), size=(width, height), radius=[height / 2])

    def _paint_caret(self, top: float, pitch: float) -> None:
        x = self._inner_left + (self._inner_width if self._laid is not None and self._laid.lines[0].rtl else 0)
        row = 0
        line = self._caret_line()
        if self.text and line is not None:
            row = self._caret_row() - self._top
            at = max((stop for stop in caret_stops(line) if stop[0] <= self.caret), default=(0, line.x))
            x = self._left(line) + at[1] - line.x
        if not 0 <= row < self._room:
            return
        self._caret_ink = Color(*self.caret_color)
        width = max(3, round(pitch / 16))
        Rectangle(pos=(round(x), round(top - (row + 1) * pitch + pitch * 0.14)), size=(width, round(pitch * 0.72)))

    def _turn_caret(self, _dt: float) -> None:
        if self._caret_ink is not None:
            self._caret_ink.a = 0 if self._caret_ink.a else self.caret_color[3]


def _written(lang: str) -> Any:
    box = ShapedInput(
        text=say(
            lang,
            th="ไปยื่นเรื่องเมื่อเช้า เจ้าหน้าที่ให้คนรู้จักแซงคิวทั้งที่มาทีหลัง เรารอเกือบสองชั่วโมง ไม่มีใครอธิบายว่าเพราะอะไร",
            en="I came this morning. Someone who arrived after me was served first, and nobody told us why.",
        )
    )
    box.focus = True
    return box


def _masked(lang: str) -> Any:
    box = _written(lang)
    box.mask = True
    return box


EXAMPLES = [
    Example(
        "input, empty",
        lambda lang: ShapedInput(placeholder=say(lang, th="เกิดอะไรขึ้น เมื่อไร ที่ไหน", en="What happened, when, where")),
        height=300,
    ),
    Example("input, written", _written, height=400),
    Example("input, masked", _masked, height=300),
    Example(
        "input, one line",
        lambda lang: ShapedInput(multiline=False, placeholder=say(lang, th="ค้นหา เช่น ภาษี", en="Search, such as tax")),
        height=112,
    ),
]
