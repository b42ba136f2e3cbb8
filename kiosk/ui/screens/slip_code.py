"""The pad for the 8 digits of a ticket's slip."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.rating import SlipCodeView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Page

load("track")


class SlipCodeScreen(Page):
    """Two groups above, ten digits below, and the way without a code."""

    view = ObjectProperty(SlipCodeView(), rebind=True)

    def enter(self) -> None:
        """The pad's own way on."""
        if self.view.complete and not self.view.busy:
            self.presenter.use()
