"""Five faces, one touch records; and what may be said about it."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.ui.presenters.rating import RatingView, ThanksView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.button import Secondary
from kiosk.ui.widgets.choice import ReasonCard
from kiosk.ui.widgets.face import FaceCard, SmallFace
from kiosk.ui.widgets.surface import Card, Row, Surface


class RatingScreen(Page):
    """The question and the five."""

    view = ObjectProperty(RatingView(), rebind=True)


class EvenItem(Item):
    """One of several cards side by side, all as high (`shared`) as the highest needs to be (`needed`)."""

    needed = NumericProperty(0)
    shared = NumericProperty(0)

    def on_needed(self, *_: object) -> None:
        """Ask the whole row."""
        beside = list(reversed(self.parent.children)) if self.parent else []
        cols = getattr(self.parent, "cols", None) or max(1, len(beside))
        first = beside.index(self) // cols * cols if self in beside else 0
        row = beside[first : first + cols] or [self]
        highest = max(each.needed for each in row)
        for each in row:
            each.shared = highest

    on_parent = on_needed


class FaceItem(EvenItem, FaceCard):
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


class ChangeFace(Secondary):
    """To the five faces again."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class SlipCard(Surface, Row):
    """Offers to type the code of a ticket's slip, and says that it was good."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    taken = BooleanProperty(False)


class ThanksScreen(Page):
    """What was recorded, and why."""

    view = ObjectProperty(ThanksView(), rebind=True)
