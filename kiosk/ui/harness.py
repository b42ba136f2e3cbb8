"""A window without a display, for pictures and tests: show a widget, touch it, type, look at the pixels.

    stage = Stage((1080, 1920))
    stage.show(widget)
    stage.tap(widget.ids.next)
    stage.picture(Path("screen.png"))

Kivy has one window a process, so there is one stage; `Stage.resize` gives it the other size. Touches go the way real
ones go: through the window to its children, grabs included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from PIL import Image

from . import kivy_env, memory
from .theme import LANDSCAPE, PORTRAIT, Size, Theme

# An offscreen surface keeps the size it was born with: this one holds both windows.
kivy_env.prepare((max(PORTRAIT[0], LANDSCAPE[0]), max(PORTRAIT[1], LANDSCAPE[1])), offscreen=True)

from kivy.base import EventLoop  # noqa: E402 - Kivy comes after its environment
from kivy.clock import Clock  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels  # noqa: E402
from kivy.input.motionevent import MotionEvent  # noqa: E402
from kivy.lang import Builder  # noqa: E402

from .widgets import ARMING, LOOK, ShapedLabel, load_all  # noqa: E402

_FRAMES_MAX: Final = 60
"""Layout settles in three or four frames; an animation of 200 ms needs more."""
_PATIENCE_S: Final = 2.0
"""On a quick machine so many frames take less than a slide does."""
_ARRANGE_ROUNDS: Final = 5


class Stage:
    """The one window of this process, drawing offscreen."""

    def __init__(self, size: Size = PORTRAIT) -> None:
        EventLoop.ensure_window()
        EventLoop.status = "started"
        memory.sweep_when_quiet()
        load_all()
        self.window = Window
        self.resize(size)

    def resize(self, size: Size, theme: Theme | None = None, lang: str = "th") -> None:
        """Take ``size`` and the look that belongs to it."""
        if tuple(self.window.size) != tuple(size):
            self.window.size = size
        LOOK.apply(theme or Theme(motion=False), size)
        LOOK.speak(lang)
        self.frames(1)

    def show(self, widget: Any, *, draws: bool = True) -> Any:
        """Make ``widget`` the whole window, wait until it stands still, and return it.

        Without `draws` nothing is drawn before `image` asks for it: most of the time of a large window goes there.
        """
        self.clear()
        self.window.add_widget(widget)
        self.arrange()
        if draws:
            self.frames(1)
        return widget

    def clear(self) -> None:
        """Empty the window and arm every button."""
        for child in list(self.window.children):
            self.window.remove_widget(child)
        ARMING.rearm()

    def discard(self, root: Any) -> None:
        """Take ``root`` away for good: no rule of it follows anything any more, whenever memory is swept."""
        self.clear()
        todo = [root]
        while todo:
            widget = todo.pop()
            Builder.unbind_widget(widget.uid)
            # What a page holds and does not show follows its rules just the same.
            todo += [*widget.children, *getattr(widget, "_kept", ()), *getattr(widget, "_aside", ())]

    def frames(self, count: int = 1) -> None:
        """Run the event loop for ``count`` frames."""
        for _ in range(count):
            EventLoop.idle()

    def arrange(self) -> None:
        """Let layouts come to rest without drawing: what five frames would arrange."""
        for _ in range(_ARRANGE_ROUNDS):
            Clock.tick()
            EventLoop.dispatch_input()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()

    def settle(self, until: Callable[[], bool] | None = None) -> None:
        """Run frames until ``until`` holds (AssertionError if it never does), or for as long as layouts take."""
        if until is None:
            self.arrange()
            self.frames(1)
            return
        begun, frames = time.monotonic(), 0
        while frames < _FRAMES_MAX or time.monotonic() - begun < _PATIENCE_S:
            if until():
                return
            self.frames(1)
            frames += 1
        raise AssertionError("the screen never came to what was waited for")

    def image(self) -> Image.Image:
        """What the window shows."""
        width, height = (round(side) for side in self.window.size)
        self.window.canvas.ask_update()
        self.window.dispatch("on_draw")
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", (width, height), bytes(pixels)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)

    def picture(self, path: Path) -> Path:
        """Save what the window shows as PNG, once it stands still."""
        self.frames(2)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.image().save(path, compress_level=3)
        return path

    # ---- fingers ------------------------------------------------------------------------------------------------

    def touch(self, x: float, y: float) -> Finger:
        """Put a finger down at window coordinates."""
        return Finger(self, x, y)

    def tap(self, widget: Any) -> None:
        """Touch the middle of ``widget`` and lift, then let the screen answer."""
        x, y = middle(widget)
        self.touch(x, y).lift()
        self.settle()

    def tap_at(self, x: float, y: float) -> None:
        """Touch a place and lift."""
        self.touch(x, y).lift()
        self.settle()

    def type(self, text: str) -> None:
        """Type on a real keyboard, as SDL reports it, into whatever has the focus."""
        for char in text:
            self.window.dispatch("on_textinput", char)
        self.frames(2)

    def strike(self, keyboard: Any, text: str) -> None:
        """Write ``text`` on the on-screen keyboard by touching its keys, shift included."""
        for char in text:
            self.frames(2)
            spot = keyboard.spot_of("space" if char == " " else char)
            if spot is None:
                raise AssertionError(f"no key writes {char!r} in {keyboard.layout}")
            if char != " " and char == spot.key.shifted and char != spot.key.sign and not keyboard.shift:
                self._strike_spot(keyboard.spot_of("shift"))
                self.frames(2)
                spot = keyboard.spot_of(char)
            self._strike_spot(spot)
        self.frames(2)

    def _strike_spot(self, spot: Any) -> None:
        self.touch(spot.x + spot.width / 2, spot.y + spot.height / 2).lift()

    # ---- looking around -----------------------------------------------------------------------------------------

    def walk(self, root: Any | None = None) -> Iterator[Any]:
        """Every widget under ``root`` (or in the window), outermost first."""
        todo = [root] if root is not None else list(self.window.children)
        while todo:
            widget = todo.pop(0)
            yield widget
            todo.extend(reversed(widget.children))

    def texts(self, root: Any | None = None) -> list[str]:
        """All words shown, in drawing order."""
        return [widget.text for widget in self.walk(root) if isinstance(widget, ShapedLabel) and widget.text]

    def by_action(self, action: str, root: Any | None = None) -> Any:
        """The touchable whose ``action`` this is; AssertionError if there is none."""
        for widget in self.walk(root):
            if getattr(widget, "action", None) == action:
                return widget
        raise AssertionError(f"nothing here has the action {action!r}")


class _Touch(MotionEvent):
    """A touch as Kivy's input providers make them."""

    def __init__(self, sx: float, sy: float) -> None:
        super().__init__("stage", id(self), {"x": sx, "y": sy}, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: Any) -> None:
        """Take the place, as shares of the window."""
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)


class Finger:
    """A touch that is down."""

    def __init__(self, stage: Stage, x: float, y: float) -> None:
        self._stage = stage
        self._touch = _Touch(*self._share(x, y))
        EventLoop.post_dispatch_input("begin", self._touch)

    def _share(self, x: float, y: float) -> tuple[float, float]:
        width, height = self._stage.window.size
        return x / (width - 1), y / (height - 1)

    def move(self, x: float, y: float) -> Finger:
        """Slide to window coordinates."""
        sx, sy = self._share(x, y)
        self._touch.move({"x": sx, "y": sy})
        EventLoop.post_dispatch_input("update", self._touch)
        self._stage.frames(1)
        return self

    def lift(self) -> None:
        """Lift the finger."""
        EventLoop.post_dispatch_input("end", self._touch)


def middle(widget: Any) -> tuple[float, float]:
    """Window coordinates of the middle of ``widget``, wherever its parents have moved it."""
    x, y = widget.to_window(widget.x + widget.width / 2, widget.y + widget.height / 2)
    return float(x), float(y)
