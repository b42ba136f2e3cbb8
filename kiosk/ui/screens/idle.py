"""The attract screen: the sala, the sun that says where to touch, who we are, and the notices."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.ui.presenters.idle import IdleView
from kiosk.ui.screens.base import Page, Sheet
from kiosk.ui.widgets.touch import Touchable


class IdleScreen(Page):
    """The whole screen is the target."""

    view = ObjectProperty(IdleView(), rebind=True)


class IdleGround(Touchable, FloatLayout):
    """Everything, to be touched anywhere."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class Scene(FloatLayout):
    """The pavilion with the sun between its pillars. `sun` is the radius of the sun in pixels."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    sun = NumericProperty(186)


class IdleFacts(Sheet):
    """Name band, notice, time."""

    page = ObjectProperty(None, allownone=True, rebind=True)
