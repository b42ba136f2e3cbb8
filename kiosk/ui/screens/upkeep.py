"""Wiping the glass; switching off."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.upkeep import CLEANING_S, CleaningView, ShuttingView
from kiosk.ui.screens.base import Page


class CleaningScreen(Page):
    """Nothing on it can be touched."""

    view = ObjectProperty(CleaningView(), rebind=True)
    total = CLEANING_S


class ShuttingScreen(Page):
    """The question before the kiosk is switched off."""

    view = ObjectProperty(ShuttingView(), rebind=True)
