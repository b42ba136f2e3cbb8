"""A USB stick: what it brings, and what is written onto it."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.ui.presenters.stick import StickView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.banner import Banner
from kiosk.ui.widgets.listrow import ListRow


class StickScreen(Page):
    """One thing in the middle: what to do now."""

    view = ObjectProperty(StickView(), rebind=True)


class StickItem(Item, ListRow):
    """One stick."""


class StickNewsItem(Item, Banner):
    """One thing that it brought, or that is wrong with it."""


class DoneBar(Widget):
    """How much of something is done: ``share`` from 0 to 1. Words stand beside it."""

    share = NumericProperty(0)
