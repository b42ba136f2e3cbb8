"""One service: what it takes, and the number for it."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.presenters.services import ServiceView
from kiosk.ui.screens.base import Item, Page, Sheet
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.choice import CheckRow
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.step import StepCard
from kiosk.ui.widgets.surface import Box, Surface
from kiosk.ui.widgets.touch import Touchable


class ServiceScreen(Page):
    """Facts and buttons stay in sight; steps and papers move."""

    view = ObjectProperty(ServiceView(), rebind=True)

    def on_kv_post(self, _base_widget: object) -> None:
        """Seat head and buttons: at the side on the tablet, above and below the steps on the panel."""
        ids = self.ids
        head, acts = ServiceHead(page=self), ServiceActs(page=self)
        if LOOK.wide:
            ids.side.add_widget(head)
            ids.side.add_widget(Widget())
            ids.side.add_widget(acts)
        else:
            ids.side.parent.remove_widget(ids.side)
            ids.story.add_widget(head, index=len(ids.story.children))
            ids.main.add_widget(acts)


class ServiceHead(Sheet):
    """What it is and its three facts."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ServiceActs(Sheet):
    """Who is served first, and the number."""

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
