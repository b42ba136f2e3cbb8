"""The budget: how much of the year's plan is spent, plan against actual by quarter as bars, and the areas of work.

A plan is an outline and what was spent is full, so that the bars are told apart without colour; every bar has its
figure above it.
"""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.presenters.budget import BudgetView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Each, Item, Page
from kiosk.ui.widgets.surface import Row, Stack, Surface
from kiosk.ui.widgets.touch import Touchable

load("tabs")
load("fitted")


class BudgetScreen(Page):
    """Plan against actual."""

    view = ObjectProperty(BudgetView(), rebind=True)


class QuarterItem(Item, BoxLayout):
    """One quarter: two bars with their figures, its months, and whether it still runs."""


class QuarterRow(Each, Row):
    """The four quarters, as high as there is room."""


class ChartCard(Surface, Stack):
    """A card as high as its page says, not as its content."""


class ShareBar(Widget):
    """How much of a whole: `share` from 0 to 1, full from where reading begins, the rest an outline."""

    share = NumericProperty(0)
    full = NumericProperty(0)


class QuarterBars(FloatLayout):
    """The two bars of a quarter, in pixels: where each begins, how high it is, `bar` how wide."""

    bar = NumericProperty(0)
    room = NumericProperty(1)
    plan_h = NumericProperty(0)
    actual_h = NumericProperty(0)
    plan_x = NumericProperty(0)
    actual_x = NumericProperty(0)


class AreaItem(Item, Touchable, Surface, Row):
    """One area of work: what people have of it, and how much of its plan is spent."""
