"""Where it is: a village, and the spot in words."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import WhereView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item
from kiosk.ui.widgets.pill import Chip

load("form")

from kiosk.ui.screens.form import FormPage  # noqa: E402 - its rules come first


class WhereScreen(FormPage):
    """The keyboard comes when the spot is touched."""

    view = ObjectProperty(WhereView(), rebind=True)

    def focused(self, focus: bool) -> None:
        """The input was touched: it wants a keyboard."""
        if focus and self.presenter is not None and not self.view.keyboard:
            self.presenter.keyboard(open_=True)

    def go_on(self) -> None:
        """The next step."""
        self.presenter.next()


class VillageItem(Item, Chip):
    """One village."""
