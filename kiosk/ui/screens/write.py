"""What happened, in the citizen's own words."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.complaint import WriteView
from kiosk.ui.screens import load
from kiosk.ui.widgets.surface import Row
from kiosk.ui.widgets.touch import Touchable

load("form")

from kiosk.ui.screens.form import FormPage  # noqa: E402 - its rules come first


class WriteScreen(FormPage):
    """No clock, no foot bar: nothing but the text and the keyboard."""

    view = ObjectProperty(WriteView(), rebind=True)

    def go_on(self) -> None:
        """The next step."""
        self.presenter.next()


class Toggle(Touchable, Row):
    """A quiet word with its sign that can be touched."""

    text = StringProperty("")
    icon = StringProperty("")
