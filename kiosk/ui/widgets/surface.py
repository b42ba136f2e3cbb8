"""The ground things stand on: `Surface` is a filled, rounded, lined shape; `Box`, `Row`, `Column`, `Grid`, `Stack`
set things beside each other.

For Jawi everything here turns round: what a rule says of left it then means of right. So rules are written once, for
left to right, and never ask for the direction; only what is read alike in all
languages (the digits of a code, the row of languages) says `turns: False`.
"""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, ColorProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget


class Surface(Widget):
    """A rounded card. ``fill`` and ``edge`` name palette colours; an empty name draws none."""

    fill = StringProperty("card")
    edge = StringProperty("line")
    fill_color = ColorProperty((0, 0, 0, 0))
    edge_color = ColorProperty((0, 0, 0, 0))
    edge_width = NumericProperty(2)
    corner = NumericProperty(24)
    corners = ListProperty([1, 1, 1, 1])
    """Which corners are round: top left, top right, bottom right, bottom left; read from the right for Jawi."""
    turned = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._edge_ink = Color(*self.edge_color)
            self._outer = SmoothRoundedRectangle()
            self._fill_ink = Color(*self.fill_color)
            self._inner = SmoothRoundedRectangle()
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "corner", "corners", "turned", "edge_width", "fill_color", "edge_color"):
            self.fbind(name, self._redraw)
        self._draw()

    def _draw(self, *_: object) -> None:
        width, height = self.size
        lined = self.edge_color[3] > 0 and self.edge_width > 0
        inset = self.edge_width if lined else 0
        corner = min(self.corner, width / 2, height / 2)
        first, second, third, fourth = self.corners
        round_on = (second, first, fourth, third) if self.turned else (first, second, third, fourth)
        outer = [max(0.1, corner * on) for on in round_on]
        self._edge_ink.rgba = self.edge_color if lined else (0, 0, 0, 0)
        self._fill_ink.rgba = self.fill_color
        self._outer.pos, self._outer.size, self._outer.radius = self.pos, self.size if lined else (0, 0), outer
        self._inner.pos = (self.x + inset, self.y + inset)
        self._inner.size = (max(0, width - 2 * inset), max(0, height - 2 * inset)) if self.fill_color[3] else (0, 0)
        self._inner.radius = [max(0.1, side - inset) for side in outer]


class Box(BoxLayout):
    """Children side by side, from where reading begins, or one below another, as `orientation` says."""

    turns = BooleanProperty(True)
    """Whether this box turns round for Jawi."""
    backwards = BooleanProperty(False)
    """Whether it begins at the other end."""
    mirror = BooleanProperty(False)
    pushes = BooleanProperty(True)
    """Whether it asks for the room that its children need, where it only shares what there is."""

    def do_layout(self, *largs: Any) -> None:
        """Lay out as a box does, then turn the whole round, padding and all, if writing does."""
        super().do_layout(*largs)
        if self.mirror:
            both = self.x + self.x + self.width
            for child in self.children:
                child.x = both - child.x - child.width


class Row(Box):
    """Children side by side."""


class Column(Box):
    """Children one below another, as high as they together are."""


class Grid(GridLayout):
    """Children in rows of ``cols``, from the side where reading begins."""


class Stack(Box):
    """Children one below another, from the top down: where they do not fill it, the room is left below them."""

    def do_layout(self, *largs: Any) -> None:
        """Lay out as a box does, then push up what does not reach the top."""
        super().do_layout(*largs)
        if self.children and not any(child.size_hint_y is not None for child in self.children):
            first = self.children[-1]
            slack = self.y + self.height - self.padding[1] - (first.y + first.height)
            for child in self.children:
                child.y += slack


class Card(Surface, Stack):
    """A white card that holds others one below another, as high as they together are."""


class Ground(Stack):
    """The whole window in paper colour: what every screen begins with, parts one below another."""

    pushes = BooleanProperty(False)
