"""Five faces, one touch records; and what may be said about it."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.rating import RatingView, ThanksView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.choice import ReasonCard
from kiosk.ui.widgets.face import FaceCard, SmallFace
from kiosk.ui.widgets.surface import Card, Row


class RatingScreen(Page):
    """The question and the five."""

    view = ObjectProperty(RatingView(), rebind=True)


class FaceItem(Item, FaceCard):
    """One face with its word."""


class ReasonItem(Item, ReasonCard):
    """One reason."""


class DimensionFace(Item, SmallFace):
    """One face of one side of the service."""


class DimensionItem(Item, Card):
    """One side of the service with its five faces."""


class WhyHead(Row):
    """A question, and beside it how it may be answered."""

    text = StringProperty("")
    sub = StringProperty("")


class ThanksScreen(Page):
    """What was recorded, and why."""

    view = ObjectProperty(ThanksView(), rebind=True)
