"""How a case stands, and what the office answered."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.tracking import StatusView
from kiosk.ui.screens.base import Page, Staying
from kiosk.ui.widgets.surface import Column, Row


class StatusEnd(Staying, Column):
    """Stays in sight below the case: whether it is fixed, where that is asked, else the ways on."""


class StatusActs(Row):
    """Another case, or done."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class StatusScreen(Page):
    """State, way, answer."""

    view = ObjectProperty(StatusView(), rebind=True)
