"""The pad for the 16 digits."""

from __future__ import annotations

from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.presenters.tracking import TrackView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.surface import Row, Surface


class TrackScreen(Page):
    """Four groups above, ten digits below."""

    view = ObjectProperty(TrackView(), rebind=True)

    def enter(self) -> None:
        """The pad's own way on."""
        if self.view.complete and not self.view.busy:
            self.presenter.find()


class GroupItem(Item, Surface, Row):
    """One group of the code, as far as it is typed."""


class DigitPad(BoxLayout):
    """The keyboard's ten digits, which tell the page's presenter what was struck."""

    page = ObjectProperty(None, allownone=True, rebind=True)
