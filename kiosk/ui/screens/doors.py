"""Two doors: general matters, and complaints about people, heard here or, where nobody may read them, outside."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.presenters.complaint import DoorsView
from kiosk.ui.screens.base import Item, Page
from kiosk.ui.widgets.surface import Row, Surface
from kiosk.ui.widgets.touch import Touchable


class DoorsScreen(Page):
    """Both doors whole in sight."""

    view = ObjectProperty(DoorsView(), rebind=True)


class DoorCard(Touchable, Surface, Row):
    """A door: its picture at the side, the words beside it, the whole card to be touched."""

    picture = StringProperty("door-open")
    panel = StringProperty("wash")
    text = StringProperty("")
    sub = StringProperty("")
    note = StringProperty("")
    icon = StringProperty("door-open")


class ExampleItem(Item, BoxLayout):
    """A small picture over its word."""


class PromiseLine(Row):
    """A plain promise with its sign."""

    icon = StringProperty("")
    text = StringProperty("")
