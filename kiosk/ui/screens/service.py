"""One service: what it takes, and the number for it."""

from __future__ import annotations

from typing import Final

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.ui.presenters.services import ServiceView
from kiosk.ui.screens.base import Item, Page, Room, Sheet
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.button import Primary
from kiosk.ui.widgets.choice import CheckRow
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.step import StepCard
from kiosk.ui.widgets.surface import Box, Card, Surface
from kiosk.ui.widgets.touch import Touchable

#: What the paper button shows, by how printing stands.
PRINT_ICON: Final = {
    "printing": "printer", "printed": "arrow-down", "failed": "warning", "none": "camera", "enough": "check",
}  # fmt: skip


def print_icon(state: str) -> str:
    """The sign of the paper button."""
    return PRINT_ICON.get(state, "printer")


class ServiceScreen(Page):
    """Name and buttons stay in sight; steps and papers move.

    On the tablet the facts stand between name and buttons. Where a long name, a long fee or large writing leaves no
    room for them there, they open the steps: the way to a number is never below what can be seen.
    """

    view = ObjectProperty(ServiceView(), rebind=True)
    #: Whether name, facts and buttons have room below each other at the side.
    fits = BooleanProperty(True)

    def on_kv_post(self, _base_widget: object) -> None:
        """Seat head, facts and buttons: at the side on the tablet, above and below the steps on the panel."""
        ids = self.ids
        head = ServiceHead(page=self)
        if LOOK.wide:
            facts, acts = SideFacts(page=self), SideActs(page=self)
            self._measured = (head, facts.ids.card, acts)
            self._room = next(each for each in self.children if isinstance(each, Room))
            for part in (head, facts, acts):
                ids.side.add_widget(part)
            for part in (*self._measured, self._room):
                part.fbind("height", self._measure)
        else:
            ids.side.parent.remove_widget(ids.side)
            ids.story.add_widget(head, index=len(ids.story.children))
            ids.main.add_widget(ServiceActs(page=self))

    def _measure(self, *_: object) -> None:
        """Look whether the side has room for all three; the facts are measured where they would stand."""
        _, above, _, below = self.ids.side.parent.padding
        needed = sum(part.height for part in self._measured) + 2 * LOOK.m.gap
        self.fits = needed <= self._room.height - above - below + 1


class ServiceHead(Sheet):
    """What it is."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ServiceFacts(Card):
    """How long it takes at the most, whether at lunch time too, and what it costs."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class SideFacts(FloatLayout):
    """The facts at the side of a tablet, between name and buttons; nothing but air where they do not fit there."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    on = BooleanProperty(True)


class PriorityChoice(Sheet):
    """The reasons to be served first, while they are asked for."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class TakeNumber(Primary):
    """The number."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ServiceActs(Sheet):
    """Who is served first, and what can be had: a paper to take home, and the number."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class SideActs(Sheet):
    """The same at the side of a tablet: the number above the other two, as wide as both."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class StepItem(Item, StepCard):
    """One step."""


class PaperItem(Item, CheckRow):
    """One paper, ticked when at hand."""


class FormItem(Item, ListRow):
    """One form: touch it to see it filled in."""


class ActButton(Touchable, Surface, Box):
    """A narrow button: its sign above its word. ``need`` is how high it must be; it grows with its row."""

    text = StringProperty("")
    icon = StringProperty("")
    need = NumericProperty(0)


class PriorityItem(Item, Chip):
    """Ordinary, or one reason to be served first."""
