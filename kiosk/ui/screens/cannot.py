"""The kiosk cannot record, or is not open: where to go instead."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.trouble import CannotView, ClosedView
from kiosk.ui.screens.base import Page
from kiosk.ui.widgets.surface import Row, Surface


class CannotScreen(Page):
    """No false thanks."""

    view = ObjectProperty(CannotView(), rebind=True)


class ClosedScreen(Page):
    """Nothing can be done here yet."""

    view = ObjectProperty(ClosedView(), rebind=True)


class GoSign(Surface, Row):
    """The way to the counter."""

    text = StringProperty("")
    sub = StringProperty("")
