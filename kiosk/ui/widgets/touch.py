"""What can be touched, and how often.

`Touchable` answers a finger: the pressed state shows at once, sliding off takes it back, lifting inside dispatches
`on_release`. A press is *spent* after its release: the same action does nothing more until a new view arms it again,
so a trembling hand takes one ticket, not two.

    ARMING.rearm()      # the app calls this whenever it presents a view, an unchanged one included
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget


class Arming:
    """Which actions have been spent since the last view."""

    def __init__(self) -> None:
        self._spent: set[object] = set()

    def live(self, action: object) -> bool:
        """Whether ``action`` may still be touched."""
        return action not in self._spent

    def spend(self, action: object) -> bool:
        """Use ``action`` up; False if it was used up before."""
        if action in self._spent:
            return False
        self._spent.add(action)
        return True

    def rearm(self) -> None:
        """A new view stands: everything may be touched again."""
        self._spent.clear()


ARMING = Arming()


class Touchable(Widget):
    """A widget that dispatches `on_release` when a finger presses and lifts inside it."""

    action = StringProperty("")
    once = BooleanProperty(True)
    pressed = BooleanProperty(False)
    press_scale = BooleanProperty(True)
    guard = NumericProperty(0)
    """Pixels at the edge that hear nothing: a finger between two targets must not decide for either."""

    __events__ = ("on_press", "on_release")

    @property
    def _debounce_key(self) -> object:
        return self.action or self.uid

    def collide_point(self, x: float, y: float) -> bool:
        """Whether a finger here is meant for this target."""
        inside_x = self.x + self.guard <= x <= self.x + self.width - self.guard
        return bool(inside_x and self.y + self.guard <= y <= self.y + self.height - self.guard)

    def on_touch_down(self, touch: Any) -> bool:
        """Take the finger and show it."""
        if super().on_touch_down(touch):
            return True
        if not self.collide_point(*touch.pos) or ("button" in touch.profile and touch.button != "left"):
            return False
        if self.disabled or self.pressed or (self.once and not ARMING.live(self._debounce_key)):
            return True
        touch.grab(self)
        touch.ud["touchable"] = self
        self.pressed = True
        self.dispatch("on_press")
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Sliding off takes the press back; coming home renews it."""
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        self.pressed = self.collide_point(*touch.pos) and touch.ud.get("touchable") is self
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lifting inside is the act."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        # Of what is on screen no more nobody means anything: its page may have forgotten whom to tell.
        meant = self.pressed and touch.ud.get("touchable") is self and self.get_parent_window() is not None
        self.pressed = False
        if meant and not self.disabled and (not self.once or ARMING.spend(self._debounce_key)):
            self.dispatch("on_release")
        return True

    def let_go(self, _touch: Any) -> None:
        """The finger that lies here means nobody any more."""
        self.pressed = False

    def on_press(self) -> None:
        """A finger is down (event)."""

    def on_release(self) -> None:
        """A finger lifted inside: the act (event)."""
