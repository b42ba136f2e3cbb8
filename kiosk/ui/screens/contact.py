"""Whether and how one may be called back, with the privacy notice in two layers."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import ContactView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item
from kiosk.ui.widgets.surface import Row

load("form")
load("write")

from kiosk.ui.screens.form import FormPage  # noqa: E402 - its rules come first


class ContactScreen(FormPage):
    """Nothing has to be entered here."""

    view = ObjectProperty(ContactView(), rebind=True)

    def field(self, name: str) -> Any:
        """The input that is being typed into."""
        return self.ids.get("phone" if name == "phone" else "name")

    def focused(self, field: str, focus: bool) -> None:
        """An input was touched: it wants a keyboard."""
        if focus and self.presenter is not None and self.view.field != field:
            self.presenter.focus(field)

    def go_on(self) -> None:
        """With what was entered, or plainly without."""
        if self.view.empty:
            self.presenter.skip()
        else:
            self.presenter.next()


class NoticeLine(Item, Row):
    """One sentence of the privacy notice."""
