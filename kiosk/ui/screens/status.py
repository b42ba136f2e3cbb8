"""How a case stands, and what the office answered."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.tracking import StatusView
from kiosk.ui.screens.base import Page


class StatusScreen(Page):
    """State, way, answer."""

    view = ObjectProperty(StatusView(), rebind=True)
