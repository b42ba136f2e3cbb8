"""Rows of a list that ask for as many as there is room for. Other screens load it: `load("fitted")`.

The presenter has a method `fit(rows)` and shows that many a page; whoever turns pages then never sees half a row.
"""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock

from kiosk.ui.screens.base import EachGrid
from kiosk.ui.widgets.look import LOOK


class FittedGrid(EachGrid):
    """A grid that fills its room and tells the presenter how many items that is."""

    def __init__(self, **kwargs: Any) -> None:
        #: A height in which no more than so many lines fitted.
        self._tight = (0.0, 0)
        self._measure = Clock.create_trigger(self._measure_now, 0)
        super().__init__(**kwargs)
        for name in ("height", "items", "minimum_height"):
            self.fbind(name, self._measure)
        self.fbind("size_hint_min_y", self._stay_small)
        self._stay_small()

    def _stay_small(self, *_: object) -> None:
        """Ask for two rows at the least: a grid would ask for all it shows, and nothing would ever be paged."""
        least: float = 2 * LOOK.m.touch
        if self.size_hint_y is not None and getattr(self, "size_hint_min_y", None) != least:
            self.size_hint_min_y = least

    def _measure_now(self, *_: object) -> None:
        page = self.owner
        if page is None or page.presenter is None or not self.children or page.flow.step != page.presenter.step:
            return
        lines, gap = self._lines(), self.spacing[1]
        fits, used = 0, -gap
        for line in lines:
            used += line + gap
            fits += used <= self.height + 1
        if fits == len(lines):
            fits += int((self.height - used) // (max(lines) + gap))
        else:
            # Rows differ in height: what was too much in this room once is not tried again, or pages would flicker.
            self._tight = (self.height, max(1, fits))
        if self._tight[0] >= self.height - 1:
            fits = min(fits, self._tight[1])
        page.presenter.fit(self.cols * max(1, fits))

    def _lines(self) -> list[float]:
        """The heights of the lines now shown, from the top."""
        heights = [child.height for child in reversed(self.children)]
        return [max(heights[at : at + self.cols]) for at in range(0, len(heights), self.cols)]
