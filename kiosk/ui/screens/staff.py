"""The staff corner: how far records got, and the parts of the device."""

from __future__ import annotations

from typing import Final

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.staff import StaffView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import EachGrid, Item, Page
from kiosk.ui.screens.service import ActButton
from kiosk.ui.widgets.surface import Card, Row
from kiosk.ui.widgets.text import ShapedLabel

load("service")

#: A level's pill and sign.
LEVELS: Final = {"fine": ("done", "check-circle"), "look": ("sand", "eye"), "act": ("refused", "warning")}


class StaffScreen(Page):
    """The kiosk's own truth."""

    view = ObjectProperty(StaffView(), rebind=True)


class CountCard(Card):
    """One station of a record with how many got there."""

    icon = StringProperty("")
    tone = StringProperty("water")
    text = StringProperty("")
    count = StringProperty("")
    sub = StringProperty("")


class DeviceItem(Item, Row):
    """One part of the device."""


class ToolItem(Item, ActButton):
    """One thing that staff can do with the kiosk itself: the presenter's verb of that name."""


class Tools(EachGrid):
    """What staff can do with the kiosk itself."""

    owner = ObjectProperty(None, allownone=True, rebind=True)


class StaffNote(ShapedLabel):
    """What came of the last trial, or which program this is."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class StaffActs(Row):
    """Switch off, or back to service: never out of reach."""

    page = ObjectProperty(None, allownone=True, rebind=True)
