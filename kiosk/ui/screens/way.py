"""Find the way: the floor plan with "you are here", where to go, and the way there, drawn and in words.

A plan hangs as it is built: it never turns round with the writing, nor do the arrows of the way.
"""

from __future__ import annotations

from math import sin
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.ui.presenters.way import Plan, WayView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page, Staying, When
from kiosk.ui.widgets.look import LOOK
from kiosk.ui.widgets.surface import Row, Surface
from kiosk.ui.widgets.touch import Touchable

load("fitted")

#: The ring round "you are here" goes out and back once in so many seconds, in so many pictures.
PULSE_S: Final = 2.4
PULSE_EVERY_S: Final = 0.12
#: Half of the distance between two rooms, in cells.
_WALL: Final = 0.06

#: What each kind of place lies on.
_GROUNDS: Final = {
    "room": "wash", "counter": "sand", "toilet": "sky_wash", "stairs": "card", "lift": "card", "entrance": "leaf_wash",
    "ramp": "leaf_wash",
}  # fmt: skip


class WayScreen(Page):
    """Where is it, and how do I come there."""

    view = ObjectProperty(WayView(), rebind=True)


class PlaceItem(Item, Touchable, Surface, Row):
    """One place to go to."""


class MoveItem(Item, Row):
    """One move of the way."""


class LevelItem(Item, Touchable, Surface, Row):
    """One level to look at."""


class WayEnd(Staying, When):
    """Stays in sight below a way: to look for another place."""


class PlanPlace(Touchable, Surface, FloatLayout):
    """A place on the plan: a target of its own where it is large enough for a finger, else only a picture."""

    name = StringProperty("")
    number = StringProperty("")
    icon = StringProperty("")
    ground = StringProperty("wash")
    chosen = BooleanProperty(False)
    treads = NumericProperty(0)


class PlanArea(FloatLayout):
    """Draws `plan` as large as there is room; `cell` is the side of a cell in pixels."""

    plan = ObjectProperty(Plan(), rebind=True)
    owner = ObjectProperty(None, allownone=True)
    cell = NumericProperty(1)
    line_color = ListProperty([0, 0, 0, 1])
    here_color = ListProperty([0, 0, 0, 1])
    ring_color = ListProperty([1, 1, 1, 1])

    def __init__(self, **kwargs: Any) -> None:
        self._since_s = 0.0
        self._rooms: list[PlanPlace] = []
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("plan", "pos", "size", "line_color", "here_color"):
            self.fbind(name, self._redraw)
        Clock.schedule_interval(self._pulse, PULSE_EVERY_S)
        self._ring: Any = None
        self._redraw()

    def _at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the grid in the window: cells count from the upper left corner."""
        left = self.x + (self.width - self.plan.columns * self.cell) / 2
        top = self.y + (self.height + self.plan.rows * self.cell) / 2
        return left + x * self.cell, top - y * self.cell

    def _draw(self, *_: object) -> None:
        plan = self.plan
        self.cell = min(self.width / plan.columns, self.height / plan.rows)
        while len(self._rooms) > len(plan.places):
            self.remove_widget(self._rooms.pop())
        while len(self._rooms) < len(plan.places):
            room = PlanPlace(size_hint=(None, None))
            room.bind(on_release=self._touched)
            self._rooms.append(room)
            self.add_widget(room)
        # Walls are as thick as fingers need between two rooms, however small the plan.
        gap = max(self.cell * _WALL, LOOK.m.guard * 1.8)
        for room, place in zip(self._rooms, plan.places, strict=True):
            left, bottom = self._at(place.x, place.y + place.deep)
            room.pos = left + gap, bottom + gap
            room.size = place.wide * self.cell - 2 * gap, place.deep * self.cell - 2 * gap
            room.name, room.number, room.icon = place.name, place.number, place.icon
            room.ground, room.chosen = _GROUNDS[place.kind], place.chosen
            room.treads = place.deep * 2 if place.kind == "stairs" else 0
            room.disabled = not place.sought or min(room.size) < LOOK.m.touch
            room.action = f"plan-{place.id}"
            room.place_id = place.id
        self._draw_way()

    def _draw_way(self) -> None:
        self.canvas.after.clear()
        self._ring = None
        plan = self.plan
        points = [self._at(x + 0.5, y + 0.5) for x, y in plan.path]
        with self.canvas.after:
            for place in plan.places:
                self._draw_door(place)
            if len(points) > 1:
                flat = [side for point in points for side in point]
                Color(*self.ring_color)
                SmoothLine(points=flat, width=self.cell * 0.15, joint="round", cap="round")
                Color(*self.line_color)
                SmoothLine(points=flat, width=self.cell * 0.1, joint="round", cap="round")
            if len(points) > 1 and plan.here is None:
                self._dot(points[0], self.line_color, 0.2)
            if plan.path:
                self._dot(points[-1], self.line_color, 0.28)
            if plan.here is not None:
                middle = self._at(plan.here[0] + 0.5, plan.here[1] + 0.5)
                Color(*self.here_color[:3], 0.35)
                self._ring = SmoothEllipse()
                self._dot(middle, self.ring_color, 0.42)
                self._dot(middle, self.here_color, 0.34)
                self._grow_ring(0.5)

    def _dot(self, middle: tuple[float, float], color: Any, share: float) -> None:
        side = self.cell * share * 2
        Color(*color)
        SmoothEllipse(pos=(middle[0] - side / 2, middle[1] - side / 2), size=(side, side))

    def _draw_door(self, place: Any) -> None:
        """A bar on the wall where the door is."""
        door_x, door_y = place.door
        middle_x, middle_y = door_x + 0.5, door_y + 0.5
        if door_y == place.y - 1 or door_y == place.y + place.deep:
            edge_y = place.y + _WALL if door_y == place.y - 1 else place.y + place.deep - _WALL
            ends = (middle_x - 0.3, edge_y, middle_x + 0.3, edge_y)
        else:
            edge_x = place.x + _WALL if door_x == place.x - 1 else place.x + place.wide - _WALL
            ends = (edge_x, middle_y - 0.3, edge_x, middle_y + 0.3)
        Color(*self.line_color)
        SmoothLine(points=[*self._at(*ends[:2]), *self._at(*ends[2:])], width=max(2, self.cell * 0.06), cap="none")

    def _grow_ring(self, share: float) -> None:
        if self._ring is None or self.plan.here is None:
            return
        x, y = self._at(self.plan.here[0] + 0.5, self.plan.here[1] + 0.5)
        side = self.cell * (0.9 + 0.5 * share)
        self._ring.pos, self._ring.size = (x - side / 2, y - side / 2), (side, side)

    def _pulse(self, passed_s: float) -> None:
        if not LOOK.motion or self._ring is None or self.get_parent_window() is None:
            return
        self._since_s = (self._since_s + passed_s) % PULSE_S
        self._grow_ring((1 + sin(self._since_s / PULSE_S * 6.2832)) / 2)

    def _touched(self, room: Any) -> None:
        if self.owner is not None and self.owner.presenter is not None:
            self.owner.presenter.choose(room.place_id)
