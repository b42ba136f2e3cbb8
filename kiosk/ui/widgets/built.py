"""`Built`: a widget whose children are made from its properties, before the next frame, whenever those change."""

from __future__ import annotations

from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.uix.widget import Widget


class Built(Widget):
    """Names in ``built_from`` the properties its children follow, and adds them in `build`."""

    built_from: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(self, **kwargs: Any) -> None:
        self._rebuild = Clock.create_trigger(self._rebuild_now, -1)
        super().__init__(**kwargs)
        for name in self.built_from:
            self.fbind(name, self._rebuild)
        self._rebuild()

    def _rebuild_now(self, *_: object) -> None:
        self.clear_widgets()
        self.build()

    def build(self) -> None:
        """Add the children; a widget that names nothing here stays empty."""
