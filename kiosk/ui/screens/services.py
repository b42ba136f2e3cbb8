"""All services: search, audiences, rows, pages."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty

from kiosk.ui.presenters.services import ServicesView
from kiosk.ui.screens.base import EachColumn, Item, Page
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.pill import Chip


class ServicesScreen(Page):
    """As many rows a page as there is room for."""

    view = ObjectProperty(ServicesView(), rebind=True)


class AudienceItem(Item, Chip):
    """One audience."""


class ServiceItem(Item, ListRow):
    """One service."""


class ServiceRows(EachColumn):
    """The rows of a page; tells the presenter how many there is room for."""

    def __init__(self, **kwargs: Any) -> None:
        self._measure = Clock.create_trigger(self._measure_now, 0)
        super().__init__(**kwargs)
        self.fbind("height", self._measure)
        self.fbind("items", self._measure)

    def _measure_now(self, *_: object) -> None:
        page = self.owner
        if page is None or page.presenter is None or not self.children or page.flow.step != "services":
            return
        row = max(child.height for child in self.children)
        columns = 2 if self.width > self.height else 1
        page.presenter.fit(columns * max(1, int((self.height + self.spacing) // (row + self.spacing))))
