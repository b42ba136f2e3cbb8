"""The row of pages at the top of notices, budget and opening hours. Other screens load it: `load("tabs")`."""

from __future__ import annotations

from kiosk.ui.screens.base import EachRow, Item
from kiosk.ui.widgets.pill import Chip


class TabItem(Item, Chip):
    """One of the pages."""


class TabsRow(EachRow):
    """All of them, side by side."""
