"""Five faces; one touch records."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.rating import RatingView, ThanksView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.face import FaceCard


class RatingScreen(Page):
    """The question and the five."""

    view = ObjectProperty(RatingView(), rebind=True)


class FaceItem(Item, FaceCard):
    """One face with its word."""


class ThanksScreen(Page):
    """What was recorded, and a word that fits it."""

    view = ObjectProperty(ThanksView(), rebind=True)
