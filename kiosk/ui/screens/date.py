"""Asking staff for date and time."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.upkeep import DateView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Page

load("track")


class DateScreen(Page):
    """What is typed above, ten digits below."""

    view = ObjectProperty(DateView(), rebind=True)

    def enter(self) -> None:
        """The pad's own way on."""
        self.presenter.confirm()
