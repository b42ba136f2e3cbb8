"""`CodeGroup`: the citizen's 16 figures in four boxes; `QrCode`: any short text as a picture a telephone reads."""

from __future__ import annotations

from typing import Any

import qrcode
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from .built import Built
from .examples import Example
from .surface import Row, Surface


class CodeBox(Surface, Row):
    """One group of a code."""

    text = StringProperty("")


class CodeGroup(Built, Row):
    """``code``: the figures, in groups of four. Never cached, never read aloud unasked."""

    code = StringProperty("")
    built_from = ("code",)

    def build(self) -> None:
        """Add a box for each group."""
        plain = "".join(char for char in self.code if char.isalnum())
        for at in range(0, len(plain), 4):
            self.add_widget(CodeBox(text=plain[at : at + 4]))


class QrCode(Widget):
    """``data`` as a QR code, error level M, on white with its quiet zone; nothing while it is empty or too long."""

    data = StringProperty("")
    side = NumericProperty(260)

    def __init__(self, **kwargs: Any) -> None:
        self._paint = Clock.create_trigger(self._paint_now, -1)
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color(1, 1, 1, 0)
            self._box = Rectangle(size=(0, 0))
        self.fbind("data", self._paint)
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        self._paint_now()

    def _paint_now(self, *_: object) -> None:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
        code.add_data(self.data.encode())
        try:
            code.make(fit=True)
        except (ValueError, qrcode.exceptions.DataOverflowError):
            self._ink.a = 0
            return
        if not self.data:
            self._ink.a = 0
            return
        rows = code.get_matrix()
        pixels = b"".join(bytes(0 if dark else 255 for dark in row) for row in reversed(rows))
        texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance")
        texture.mag_filter = texture.min_filter = "nearest"
        texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
        self._box.texture = texture
        self._ink.a = 1
        self._place()

    def _place(self, *_: object) -> None:
        texture = self._box.texture
        if texture is None:
            return
        # Whole pixels a module, or a telephone sees bars of uneven width.
        side = max(1, int(min(self.width, self.height) // texture.width)) * texture.width
        self._box.size = (side, side)
        self._box.pos = (round(self.x + (self.width - side) / 2), round(self.y + (self.height - side) / 2))


EXAMPLES = [
    Example("code", lambda _: CodeGroup(code="4827 1930 5526 7041")),
    Example("qr", lambda _: QrCode(data="https://kiosk.example/t/A027?d=2569-06-18")),
]
