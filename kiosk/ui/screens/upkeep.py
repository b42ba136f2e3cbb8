"""Wiping the glass; asking before the service ends."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.upkeep import CLEANING_S, CleaningView, SureView
from kiosk.ui.screens.base import Page


class CleaningScreen(Page):
    """Nothing on it can be touched."""

    view = ObjectProperty(CleaningView(), rebind=True)
    total = CLEANING_S


class SureScreen(Page):
    """The question before the kiosk is switched off, or enrolled again."""

    view = ObjectProperty(SureView(), rebind=True)
