"""The number that was taken, as a slip of paper on the screen."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.presenters.services import TicketView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.icon import Icon
from kiosk.ui.widgets.surface import Column


class TicketScreen(Page):
    """Number, queue, paper."""

    view = ObjectProperty(TicketView(), rebind=True)


class BeforeItem(Item, Icon):
    """Somebody before this one."""


class TicketFact(Column):
    """One of the two facts on the lower part of the paper."""

    name = StringProperty("")
    text = StringProperty("")


class PhoneCode(Column):
    """The code of this ticket's page, for a telephone on the office's own network."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    link = StringProperty("")
