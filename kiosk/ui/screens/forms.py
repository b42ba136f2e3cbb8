"""A form: the page filled in as a sample, its code, what it asks for."""

from __future__ import annotations

import io
import math
from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.stencilview import StencilView
from PIL import Image, UnidentifiedImageError

from kiosk.ui.presenters.forms import FormView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.surface import Box, Grid, Row

#: Enlarged, a page is this many times as wide as its place: on the panel two parts a row, on the tablet (True) one.
_WIDER: Final = {False: 1.45, True: 1.0}
#: Parts overlap by this share, so that the eye finds its place.
_KEEP: Final = 0.12


class FormScreen(Page):
    """The sample as large as there is room for, and three buttons."""

    view = ObjectProperty(FormView(), rebind=True)


class FormChipItem(Item, Chip):
    """One form of several."""


class AskedItem(Item, Row):
    """One thing that must be filled in."""


class FormCode(Box):
    """The form's code, large, and its address in words."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class SampleActs(Grid):
    """The buttons, all as high as the highest."""

    def __init__(self, **kwargs: Any) -> None:
        self._even = Clock.create_trigger(self._even_now, -1)
        super().__init__(**kwargs)
        LOOK.fbind("m", self._even)

    def on_kv_post(self, _base_widget: object) -> None:
        """Watch how high the buttons' words are."""
        for each in self.children:
            each.ids.body.fbind("height", self._even)
        self._even()

    def _even_now(self, *_: object) -> None:
        need = max(each.ids.body.height for each in self.children) + LOOK.m.pad
        for each in self.children:
            each.least = max(LOOK.m.secondary, need)


class FormPart(Box):
    """One of three things that may fill the page; it takes no room unless it is `on`."""

    on = BooleanProperty(False)
    size_hint_y: float | None

    def __init__(self, **kwargs: Any) -> None:
        self._kept: list[Any] = []
        super().__init__(**kwargs)
        for name in ("on", "parent"):
            self.fbind(name, self._follow)
        self._follow()

    def add_widget(self, widget: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a child, and show it while on."""
        if widget not in self._kept:
            self._kept.append(widget)
            # Out of the tree it has no parent, and its rules must not outlive the page they read.
            widget.keeper = self
        if self.on:
            super().add_widget(widget, *args, **kwargs)

    def _follow(self, *_: object) -> None:
        if self.on:
            self.size_hint_y = 1.0
            for child in self._kept:
                if child.parent is None:
                    super().add_widget(child)
            return
        self.clear_widgets()
        self.size_hint_y = None
        # A box puts its spacing around every child; less than nothing takes it back.
        self.height = -getattr(self.parent, "spacing", 0)


class SheetPicture(StencilView):
    """A page of paper, ``png``: whole, or ``large`` in parts that are turned in reading order by `turn`."""

    png = ObjectProperty(b"")
    large = BooleanProperty(False)
    part = NumericProperty(0)
    parts = NumericProperty(1)
    across = NumericProperty(0)
    """Pixels hidden beyond the left edge."""
    down = NumericProperty(0)
    """Pixels hidden beyond the upper edge."""

    def __init__(self, **kwargs: Any) -> None:
        self._sheet: Any | None = None
        self._place = Clock.create_trigger(self._place_now, -1)
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color(1, 1, 1, 0)
            self._box = Rectangle(size=(0, 0))
        self.fbind("png", self._read)
        for name in ("pos", "size", "across", "down"):
            self.fbind(name, self._place)
        for name in ("large", "size"):
            self.fbind(name, self._begin)
        self._read()

    def turn(self, by: int) -> None:
        """Go to the next part of an enlarged page, or the one before."""
        self.part = min(self.parts - 1, max(0, self.part + by))
        across, down = self._spot(self.part)
        Animation.cancel_all(self, "across", "down")
        if LOOK.motion:
            Animation(across=across, down=down, duration=0.2, transition="out_quad").start(self)
        else:
            self.across, self.down = across, down

    def _read(self, *_: object) -> None:
        self._ink.a = 0
        self._sheet = None
        if self.png:
            try:
                with Image.open(io.BytesIO(self.png), formats=("PNG",)) as picture:
                    page = picture.convert("RGB")
            except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
                # Signed, and yet no picture: the page stays empty, the form's code and words are there.
                return
            texture = Texture.create(size=page.size, colorfmt="rgb", mipmap=True)
            texture.blit_buffer(page.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
            texture.flip_vertical()
            texture.min_filter = "linear_mipmap_linear"
            self._box.texture = self._sheet = texture
            self._ink.a = 1
        self._begin()

    def _begin(self, *_: object) -> None:
        Animation.cancel_all(self, "across", "down")
        columns, rows = self._grid()
        self.parts, self.part = columns * rows, 0
        self.across, self.down = self._spot(0)
        self._place()

    def _page_size(self) -> tuple[float, float]:
        texture = self._sheet
        if texture is None or self.width < 2 or self.height < 2:
            return 0, 0
        scale = self.width * _WIDER[LOOK.wide] / texture.width
        whole = min(self.width / texture.width, self.height / texture.height)
        scale = max(scale, whole) if self.large else whole
        return texture.width * scale, texture.height * scale

    def _grid(self) -> tuple[int, int]:
        width, height = self._page_size()
        if not self.large or not width:
            return 1, 1
        return self._count(width, self.width), self._count(height, self.height)

    @staticmethod
    def _count(page: float, room: float) -> int:
        return 1 if page <= room + 1 else 1 + math.ceil((page - room) / (room * (1 - _KEEP)))

    def _spot(self, part: float) -> tuple[float, float]:
        columns, rows = self._grid()
        width, height = self._page_size()
        row, column = divmod(int(part), columns)
        across = max(0, width - self.width) * (column / (columns - 1) if columns > 1 else 0)
        return across, max(0, height - self.height) * (row / (rows - 1) if rows > 1 else 0)

    def _place_now(self, *_: object) -> None:
        width, height = self._page_size()
        self._box.size = (width, height)
        x = self.x + max(0, self.width - width) / 2 - self.across
        self._box.pos = (round(x), round(self.top - max(0, self.height - height) / 2 - height + self.down))

    def on_touch_down(self, touch: Any) -> bool:
        """Take hold of an enlarged page."""
        if not self.large or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        touch.ud[self.uid] = (touch.x, touch.y, self.across, self.down)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Pull it along."""
        if touch.grab_current is not self:
            return False
        x, y, across, down = touch.ud[self.uid]
        width, height = self._page_size()
        Animation.cancel_all(self, "across", "down")
        self.across = min(max(0, width - self.width), max(0, across - (touch.x - x)))
        self.down = min(max(0, height - self.height), max(0, down + (touch.y - y)))
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Let it go."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True
