"""A kiosk that belongs to no office yet: its code, then four words large enough to read from the next desk."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.enrolling import EnrolView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page, Staying, When
from kiosk.ui.widgets.button import Primary
from kiosk.ui.widgets.surface import Row, Surface

load("form")


class EnrolScreen(Page):
    """Three steps, two fields, one keyboard; or the words and two answers."""

    view = ObjectProperty(EnrolView(), rebind=True)
    #: The sign of what a button does.
    icons = MappingProxyType({
        "ask": "key", "by_stick": "usb", "carry_on": "usb", "again": "arrow-left",
        "same": "check-circle", "differ": "x",
    })  # fmt: skip

    def focused(self, name: str, focus: bool) -> None:
        """A finger chose the other field."""
        if focus and self.presenter is not None:
            self.presenter.focus(name)

    def field(self, name: str) -> Any:
        """The input of this name."""
        return self.ids.get(name)


class EnrolStep(Row):
    """One line of what to do."""

    number = StringProperty("")
    text = StringProperty("")


class WordItem(Item, Surface, Row):
    """One of the four words."""


class Ways(Staying, When):
    """The ways on of one state: they stay in sight."""


class Onward(Primary):
    """The way on."""

    page = ObjectProperty(None, allownone=True, rebind=True)
