"""Recorded: the code, shown once, and what comes next."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import RecordedView
from kiosk.ui.screens.base import Page, Sheet
from kiosk.ui.widgets.foot import FootBar


class RecordedScreen(Page):
    """Paper or no paper: two equal answers."""

    view = ObjectProperty(RecordedView(), rebind=True)


class LeftFoot(FootBar):
    """Larger, contrast, and the seconds that are left."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class PaperAsk(Sheet):
    """On paper, or not: what became of it stands over the two buttons."""

    page = ObjectProperty(None, allownone=True, rebind=True)
