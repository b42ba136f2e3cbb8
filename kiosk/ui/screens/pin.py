"""Asking staff for their PIN."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.staff import PinView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Page

load("track")


class PinScreen(Page):
    """Dots above, ten digits below."""

    view = ObjectProperty(PinView(), rebind=True)

    def enter(self) -> None:
        """The pad's own way on."""
        self.presenter.open()
