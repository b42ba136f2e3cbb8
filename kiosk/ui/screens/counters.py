"""The lobby in the staff corner: counters, browsers, PINs, the strip, the end of the day."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.counters import ClosingView, CountersView, PairingView, PinsView, SetPinView, StripView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.banner import Banner
from kiosk.ui.widgets.button import Secondary
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.surface import Card, Column, Row
from kiosk.ui.widgets.text import ShapedLabel

load("track")


class CountersScreen(Page):
    """How the lobby stands, and where its pages are."""

    view = ObjectProperty(CountersView(), rebind=True)


class PairingScreen(Page):
    """A code for one browser beside all that are let in."""

    view = ObjectProperty(PairingView(), rebind=True)


class PinsScreen(Page):
    """The office's people and whether they have a PIN."""

    view = ObjectProperty(PinsView(), rebind=True)


class SetPinScreen(Page):
    """Dots above, ten digits below."""

    view = ObjectProperty(SetPinView(), rebind=True)

    def enter(self) -> None:
        """The pad's own way on."""
        self.presenter.enter_pin()


class StripScreen(Page):
    """Which queue, once more, and what became of it."""

    view = ObjectProperty(StripView(), rebind=True)


class ClosingScreen(Page):
    """What becomes of whom, asked twice."""

    view = ObjectProperty(ClosingView(), rebind=True)


class LobbyFactItem(Item, Banner):
    """One thing about the lobby's pages."""


class SeatItem(Item, Row):
    """A counter and who sits there."""


class LobbyToolItem(Item, Secondary):
    """A page that is led to."""


class BrowserItem(Item, Card):
    """A browser that is let in, with the button that shuts it out."""


class PersonPinItem(Item, ListRow):
    """A colleague by position."""


class StripItem(Item, ListRow):
    """A letter of this kiosk."""


class LeftItem(Item, ShapedLabel):
    """What becomes of some people."""


class PairCode(Column):
    """The code to scan and to type, with its time."""

    page = ObjectProperty(None, allownone=True, rebind=True)
