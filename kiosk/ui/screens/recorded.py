"""Recorded: the code, shown once, and what comes next."""

from __future__ import annotations

from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from kiosk.ui.presenters.complaint import RecordedView
from kiosk.ui.screens.base import Item, Page, Sheet, Staying
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.code import CodeBox
from kiosk.ui.widgets.foot import FootBar
from kiosk.ui.widgets.progress import TimelineStop


class RecordedScreen(Page):
    """Paper or no paper: two equal answers."""

    view = ObjectProperty(RecordedView(), rebind=True)

    def on_kv_post(self, _base_widget: object) -> None:
        """Seat the parts: one below another on the panel, what comes next at the side on the tablet."""
        seats, code, coming, paper = self.ids.seats, CodeSheet(page=self), ComingSheet(page=self), PaperAsk(page=self)
        if LOOK.wide:
            side = Sheet()
            for part in (code, Widget(), paper):
                side.add_widget(part)
            seats.add_widget(side)
            seats.add_widget(coming)
        else:
            seats.add_widget(code)
            seats.add_widget(coming)
            self.ids.body.add_widget(paper)


class LeftFoot(FootBar):
    """Larger, contrast, and the seconds that are left."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class CodeItem(Item, CodeBox):
    """One group of the code."""


class StopItem(Item, TimelineStop):
    """One thing that happens to the case."""


class CodeSheet(Sheet):
    """The code."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ComingSheet(Sheet):
    """What comes next, and when."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class PaperAsk(Staying, Sheet):
    """On paper, or not: what became of it stands over the two buttons."""

    page = ObjectProperty(None, allownone=True, rebind=True)
