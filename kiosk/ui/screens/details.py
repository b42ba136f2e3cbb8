"""What may be told more exactly: touches in groups, and one or two short entries."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.sealed import DetailsView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item
from kiosk.ui.widgets.pill import Chip

load("form")

from kiosk.ui.screens.form import Field, FormPage  # noqa: E402 - its rules come first


class DetailsScreen(FormPage):
    """The keyboard comes when an entry is touched."""

    view = ObjectProperty(DetailsView(), rebind=True)

    def entry(self, name: str) -> Any:
        """The input that is being typed into."""
        return self.ids[name].ids.words if name else None

    def focused(self, name: str, focus: bool) -> None:
        """An entry was touched: it wants a keyboard."""
        if focus and self.presenter is not None and self.view.field != name:
            self.presenter.focus(name)

    def go_on(self) -> None:
        """The next step."""
        self.presenter.next()


class OneItem(Item, Chip):
    """A touch of the first group."""


class TwoItem(Item, Chip):
    """A touch of the second group."""


class EntryField(Field):
    """An entry with its label; `entry` is its row of the view, None where nothing is asked."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    entry = ObjectProperty(None, allownone=True)
    name = StringProperty("")
