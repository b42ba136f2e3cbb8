"""The number that was taken, as a slip of paper on the screen."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.services import TicketView
from kiosk.ui.screens.base import Page


class TicketScreen(Page):
    """Number, queue, paper."""

    view = ObjectProperty(TicketView(), rebind=True)
