"""The attract screen: the sala, the sun that says where to touch, who we are, how we were rated, what we tell in turn.

Nothing moves where motion is off: the sun stands still and slides follow each other without fading.
"""

from __future__ import annotations

from math import sin
from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.presenters.idle import IdleView
from kiosk.ui.screens.base import Page, Sheet
from kiosk.ui.widgets.look import LOOK
from kiosk.ui.widgets.surface import Card, Stack
from kiosk.ui.widgets.touch import Touchable

#: The sun breathes once in so many seconds, by this share of its radius. Five pictures a second are enough for a motion
#: of half a pixel each, and leave a small computer cool all day.
BREATH_S: Final = 6.0
BREATH_SHARE: Final = 0.09
BREATH_EVERY_S: Final = 0.2
FADE_S: Final = 0.25


class IdleScreen(Page):
    """The whole screen is the target."""

    view = ObjectProperty(IdleView(), rebind=True)


class IdleGround(Touchable, FloatLayout):
    """Everything, to be touched anywhere."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class Scene(FloatLayout):
    """The pavilion, the sun between its pillars. `sun` is its radius in pixels, `breath` how far its ring goes out."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    sun = NumericProperty(186)
    breath = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._since_s = 0.0
        Clock.schedule_interval(self._breathe, BREATH_EVERY_S)

    def _breathe(self, passed_s: float) -> None:
        if not LOOK.motion or self.get_parent_window() is None:
            return
        self._since_s = (self._since_s + passed_s) % BREATH_S
        self.breath = self.sun * BREATH_SHARE * (1 + sin(self._since_s / BREATH_S * 6.2832)) / 2


class IdleFacts(Sheet):
    """Name band, how we were rated, the survey, one slide, time."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class IdleBody(Stack):
    """What stands below the name: it never scrolls, for nobody is there to turn a page."""


class RatedCard(Card):
    """Percent of contented people, and a bar of five shares between two faces. Takes no room without `rated`."""

    rated = ObjectProperty(None, allownone=True)
    needed = NumericProperty(0)


class SurveyCard(Card):
    """The QR code of another body's survey. Takes no room without `link`; `alone` it lies beside its words."""

    title = StringProperty("")
    sub = StringProperty("")
    link = StringProperty("")
    alone = BooleanProperty(False)
    needed = NumericProperty(0)


class SharesBar(Widget):
    """A bar of five parts, as wide as their `shares`, in the faces' colours; parts of nobody are left out."""

    shares = ListProperty()
    colors = ListProperty()
    gap = NumericProperty(4)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("shares", "colors", "gap", "pos", "size"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        parts = [(share, color) for share, color in zip(self.shares, self.colors, strict=False) if share]
        room = self.width - self.gap * (len(parts) - 1)
        whole = sum(share for share, _ in parts)
        x = self.x
        with self.canvas:
            for share, color in parts:
                width = room * share / whole
                Color(*color)
                SmoothRoundedRectangle(
                    pos=(x, self.y), size=(width, self.height), radius=[min(self.height / 3, width / 2)]
                )
                x += width + self.gap


class SlideCard(Card):
    """What is told at the moment. `shown` is its opacity while one slide gives way to the next."""

    slide = ObjectProperty(None, allownone=True)
    place = NumericProperty(0)
    shown = NumericProperty(1)
    tone = StringProperty("sky")
    welcome = StringProperty("")
    welcome_why = StringProperty("")

    def on_slide(self, *_: object) -> None:
        """Take its colour."""
        if self.slide is not None:
            self.tone = self.slide.tone

    def on_place(self, *_: object) -> None:
        """Let the next one come gently."""
        Animation.cancel_all(self, "shown")
        if LOOK.motion:
            self.shown = 0
            Animation(shown=1, duration=FADE_S, transition="out_quad").start(self)
