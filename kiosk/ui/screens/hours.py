"""Opening hours: open or closed now, the week to come with its special days, and the trips to the villages."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.hours import HoursView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.surface import Card, Row, Surface

load("tabs")


class HoursScreen(Page):
    """When we are open, and where we come to."""

    view = ObjectProperty(HoursView(), rebind=True)


class DayItem(Item, Surface, Row):
    """One day: its name, its hours, why it is unlike others; today stands out."""


class TripItem(Item, Card):
    """One trip to a village."""
