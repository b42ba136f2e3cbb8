"""Ask or suggest: the telephone, the hours, and what can be written here."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import AskView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.tile import Tile


class AskScreen(Page):
    """Three ways to an answer."""

    view = ObjectProperty(AskView(), rebind=True)


class AskItem(Item, Tile):
    """A question or a suggestion."""
