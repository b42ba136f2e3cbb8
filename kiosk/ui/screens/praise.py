"""Praise for a colleague, and thanks for it."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.praise import PraisedView, PraiseView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.button import Secondary
from kiosk.ui.widgets.choice import PersonCard
from kiosk.ui.widgets.pill import Chip

load("rating")


class PraiseScreen(Page):
    """Who, why, words."""

    view = ObjectProperty(PraiseView(), rebind=True)


class PersonItem(Item, PersonCard):
    """One colleague."""


class CounterItem(Item, Chip):
    """One counter."""


class HourItem(Item, Chip):
    """One hour."""


class NameUnknown(Secondary):
    """To counter and hour in place of a name, and back."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class PraisedScreen(Page):
    """It was recorded."""

    view = ObjectProperty(PraisedView(), rebind=True)
