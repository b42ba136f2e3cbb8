"""The start page: who we are, how many came today, and a door for everything that works here."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.idle import HomeView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.tile import Tile


class HomeScreen(Page):
    """The doors and the languages."""

    view = ObjectProperty(HomeView(), rebind=True)


class LanguageItem(Item, Chip):
    """One language, by its own name."""


class DoorItem(Item, Tile):
    """One door."""
