"""Who hears complaints about the office's own people, and how a sealed letter gets there."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import OutsideView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.surface import Row, Surface


class OutsideScreen(Page):
    """Information only; nothing here is recorded."""

    view = ObjectProperty(OutsideView(), rebind=True)


class ChannelItem(Item, Surface, Row):
    """One body with its telephone number."""
