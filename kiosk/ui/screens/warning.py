"""Over a screen that nobody touched for a while: is somebody still there?"""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.ui.presenters.flow import Flow, StillThere
from kiosk.ui.strings import THAI
from kiosk.ui.widgets.surface import Stack, Surface


class WarningPanel(Surface, Stack):
    """The question and its two answers."""


class WarningScreen(FloatLayout):
    """Any touch outside the erase button means: yes, go on."""

    warning = ObjectProperty(StillThere(THAI, 0, 0.0), rebind=True)
    flow: Flow | None = ObjectProperty(None, allownone=True)
    total = 20

    def on_touch_down(self, touch: Any) -> bool:
        """Take every finger: what lies below is not to be touched."""
        super().on_touch_down(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lifting anywhere but on a button says that somebody is there."""
        if not super().on_touch_up(touch) and touch.grab_current is None and self.flow is not None:
            erase = self.ids.erase
            if not erase.collide_point(*touch.pos):
                self.flow.keep()
        return True
