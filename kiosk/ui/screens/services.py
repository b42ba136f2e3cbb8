"""All services: search, audiences, rows, pages."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.ui.presenters.services import ServicesView
from kiosk.ui.screens.base import EachGrid, Item, Page
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.surface import Box, Surface
from kiosk.ui.widgets.touch import Touchable


class ServicesScreen(Page):
    """As many rows a page as there is room for."""

    view = ObjectProperty(ServicesView(), rebind=True)

    def focused(self, focus: bool) -> None:
        """The search box was touched: it wants a keyboard."""
        if focus and self.presenter is not None and not self.view.keyboard:
            self.presenter.keyboard(open_=True)


class AudienceItem(Item, Touchable, Surface, Box):
    """One audience by its picture; the chosen one is filled."""

    selected = BooleanProperty(False)


class ServiceItem(Item, ListRow):
    """One service."""


class Nothing(Box):
    """What stands where no service was found."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ServiceRows(EachGrid):
    """The rows of a page; tells the presenter how many there is room for."""

    def __init__(self, **kwargs: Any) -> None:
        self._measure = Clock.create_trigger(self._measure_now, 0)
        super().__init__(**kwargs)
        for name in ("height", "items", "minimum_height"):
            self.fbind(name, self._measure)

    def _measure_now(self, *_: object) -> None:
        page = self.owner
        if page is None or page.presenter is None or not self.children or page.flow.step != "services":
            return
        row = max(child.height for child in self.children)
        gap = self.spacing[1]
        page.presenter.fit(self.cols * max(1, int((self.height + gap) // (row + gap))))
