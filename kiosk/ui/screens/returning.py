"""Why something is not fixed: a reason, and words if one wishes."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.tracking import ReturningView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Page

load("rating")


class ReturningScreen(Page):
    """One reason is asked for; the keyboard comes when it is asked for."""

    view = ObjectProperty(ReturningView(), rebind=True)
