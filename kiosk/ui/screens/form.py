"""What the five steps of the form have in common: where I am, and the three ways on."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.ui.screens.base import Acts, Page, Sheet
from kiosk.ui.widgets.progress import Stepper


class FormStepper(Stepper):
    """The stepper of a form page."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class FormActs(Acts):
    """Back, cancel, and the way on. `cancel` is left out where back is enough."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    forth = StringProperty("")
    icon = StringProperty("arrow-right")
    busy = BooleanProperty(False)


class FormPage(Page):
    """A page of the form, at either door."""


class Field(Sheet):
    """A label over its input."""

    text = StringProperty("")
