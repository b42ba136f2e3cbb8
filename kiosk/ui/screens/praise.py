"""Praise for a colleague, and thanks for it."""

from __future__ import annotations

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import ObjectProperty

from kiosk.ui.presenters.praise import PraisedView, PraiseView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.screens.rating import EvenItem
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.button import Secondary
from kiosk.ui.widgets.choice import PersonCard
from kiosk.ui.widgets.pill import Chip

load("rating")

#: Text of this size leaves room for one row of faces.
ONE_ROW_FROM: Final = 1.2


class PraiseScreen(Page):
    """Who, why, words."""

    view = ObjectProperty(PraiseView(), rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        self._measure = Clock.create_trigger(self._measure_now, 0)
        super().__init__(**kwargs)
        for holder, name in ((self, "view"), (LOOK, "text_factor"), (LOOK, "wide")):
            holder.fbind(name, self._measure)

    def _measure_now(self, *_: object) -> None:
        """Two rows of people in ordinary text on the tall panel; else one, and pages."""
        if self.presenter is not None and self.flow is not None and self.flow.step == "praise":
            self.presenter.fit(1 if LOOK.wide or LOOK.text_factor >= ONE_ROW_FROM else 2)


class PersonItem(EvenItem, PersonCard):
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
