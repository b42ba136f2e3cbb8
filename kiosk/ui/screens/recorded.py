"""Recorded: the code, shown once, and what comes next."""

from __future__ import annotations

from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from kiosk.ui.presenters.complaint import RecordedView
from kiosk.ui.screens.base import Item, Page, Sheet, Staying, When
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
        hear = HearCode(page=self)
        if LOOK.wide:
            for parts in ((code, Widget(), paper), (coming, hear)):
                side = Sheet()
                for part in parts:
                    side.add_widget(part)
                seats.add_widget(side)
        else:
            for part in (code, hear, coming):
                seats.add_widget(part)
            self.ids.body.add_widget(paper)

    def hear(self) -> None:
        """Have the code read, a frame round the group that sounds; or stop."""
        if self.chrome.reading >= 0:
            self.flow.hush()
            return
        self._parts = [each for each in self.walk(restrict=True) if isinstance(each, CodeItem) and each.text]
        self.presenter.hear()


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


class HearCode(When):
    """The code by ear, and that others hear it too."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ComingSheet(Sheet):
    """What comes next, and when."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class PaperAsk(Staying, Sheet):
    """On paper, or not: what became of it stands over the two buttons."""

    page = ObjectProperty(None, allownone=True, rebind=True)
