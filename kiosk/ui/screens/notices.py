"""The notices of the day: a list, and one of them large, in looped letters."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty

from kiosk.ui.presenters.notices import NoticesView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.listrow import ListRow

load("tabs")


class NoticesScreen(Page):
    """What the office tells everybody."""

    view = ObjectProperty(NoticesView(), rebind=True)
    #: Where the large notice is read; another notice begins at its top.
    offset = NumericProperty(0)


class NoticeItem(Item, ListRow):
    """One title."""
