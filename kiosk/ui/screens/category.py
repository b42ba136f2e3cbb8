"""What the request is about: one picture."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ObjectProperty

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

    @staticmethod
    def columns(choices: int, wide: bool) -> int:
        """How many stand side by side: few are large, and no row is left half empty where that can be."""
        if wide:
            return 3 if choices <= 6 else 4
        return 1 if choices <= 3 else 2


class CategoryItem(Item, Touchable, Surface, Box):
    """A category: its picture, name and, where it is `roomy`, examples."""

    roomy = BooleanProperty(True)
