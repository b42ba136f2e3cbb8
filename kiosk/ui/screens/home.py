"""The start page: who and where we are, the time, how busy it is, and a door for everything that works here."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui.presenters.idle import HomeView
from kiosk.ui.screens.base import Each, Item, Page
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.surface import Row, Surface
from kiosk.ui.widgets.tile import Tile
from kiosk.ui.widgets.touch import Touchable


class HomeScreen(Page):
    """The doors and the languages."""

    view = ObjectProperty(HomeView(), rebind=True)
    #: How the doors stand: one large, four middle and three small ones ("panel"); one beside seven small ones ("wide");
    #: eight alike in large letters ("large"); all in the lower half ("low").
    mode = StringProperty("panel")
    #: Whether the cards of time and waiting give their room to the doors.
    bare = BooleanProperty(False)


class LanguageItem(Item, Chip):
    """One language, by its own name."""


class DoorItem(Item, Tile):
    """One door."""


class SmallDoorItem(Item, Touchable, Surface, BoxLayout):
    """One door with its picture above its word."""


class DoorRow(Each, Row):
    """Doors side by side, as high as there is room."""


class NowCard(Touchable, Surface, Row):
    """The time, and whether the office is open; a touch leads to the opening hours."""


class BusyBars(Widget):
    """Three bars, as many of them filled as `level` says; none for 0. Its word always stands beside it."""

    level = NumericProperty(0)
