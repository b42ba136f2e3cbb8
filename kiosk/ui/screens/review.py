"""Everything as it will be sent."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import ReviewView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item
from kiosk.ui.widgets.surface import Row, Surface

load("form")

from kiosk.ui.screens.form import FormPage  # noqa: E402 - its rules come first


class ReviewScreen(FormPage):
    """Nothing is sent before send is touched."""

    view = ObjectProperty(ReviewView(), rebind=True)

    def go_on(self) -> None:
        """Send."""
        self.presenter.send()


class ReviewItem(Item, Surface, Row):
    """One part, with a way to change it."""
