"""What the request is about: one picture."""

from __future__ import annotations

from kivy.properties import ObjectProperty

from kiosk.ui.presenters.complaint import CategoryView
from kiosk.ui.screens import load
from kiosk.ui.screens.base import Item
from kiosk.ui.widgets.surface import Box, Surface
from kiosk.ui.widgets.touch import Touchable

load("form")

from kiosk.ui.screens.form import FormPage  # noqa: E402 - its rules come first


class CategoryScreen(FormPage):
    """A touch on a picture goes on."""

    view = ObjectProperty(CategoryView(), rebind=True)


class CategoryItem(Item, Touchable, Surface, Box):
    """A category: its picture, name and examples."""
