"""Random hands at an X display: keys, buttons and touches through its XTest extension, a thousand in a second.

`xdotool` is a process and a new connection each time, and pauses after each key. Here one connection stays open; what
was sent is surely with the server after `flush`. Whoever reads the display takes its events in this order, which is
what makes `Window.caught_up` true.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from demo.stage import Screen

#: What xdotool calls modifiers -> the keys that are held for them.
MODIFIERS: Final = {"ctrl": "Control_L", "alt": "Alt_L", "shift": "Shift_L", "super": "Super_L"}


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib, filled up to the size of XEvent."""

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 12),
    )  # fmt: skip


@dataclass(frozen=True)
class Hands:
    """One open connection. Places are pixels from the top left; keys are X's names, `ctrl+shift+i` for several."""

    x: Any
    test: Any
    display: ctypes.c_void_p

    def move(self, left: int, top: int) -> None:
        """Put the pointer there."""
        self.test.XTestFakeMotionEvent(self.display, -1, left, top, ctypes.c_ulong(0))

    def button(self, number: int, *, down: bool) -> None:
        """A button of the mouse, 1 being what a finger is."""
        self.test.XTestFakeButtonEvent(self.display, number, int(down), ctypes.c_ulong(0))

    def click(self, number: int) -> None:
        """Down and up."""
        self.button(number, down=True)
        self.button(number, down=False)

    def key(self, names: str) -> bool:
        """Strike a key with what is held beside it; False where this display's keyboard lacks one of them."""
        parts = names.split("+")
        codes = [self._code(MODIFIERS.get(part, part)) for part in parts]
        if 0 in codes:
            return False
        for code in codes:
            self.test.XTestFakeKeyEvent(self.display, code, 1, ctypes.c_ulong(0))
        for code in reversed(codes):
            self.test.XTestFakeKeyEvent(self.display, code, 0, ctypes.c_ulong(0))
        return True

    def _code(self, name: str) -> int:
        sign = self.x.XStringToKeysym(name.encode())
        return int(self.x.XKeysymToKeycode(self.display, ctypes.c_ulong(sign))) if sign else 0

    def flush(self) -> None:
        """Everything sent so far is with the display, and with whoever listens to it."""
        self.x.XSync(self.display, 0)

    def ask_to_close(self, window: int) -> None:
        """What a window manager does for Alt-F4 and for its cross: WM_DELETE_WINDOW."""
        protocols, delete = (
            self.x.XInternAtom(self.display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
        )
        message = _ClientMessage(type=33, window=window, message_type=protocols, format=32)
        message.data[0] = delete
        assert self.x.XSendEvent(self.display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
        self.flush()


@contextmanager
def hands(screen: Screen) -> Iterator[Hands]:
    """Hands at `screen`, as long as the block lasts. Their libraries come with xdotool."""
    x, test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XStringToKeysym.restype = ctypes.c_ulong
    x.XKeysymToKeycode.restype = ctypes.c_ubyte
    x.XInternAtom.restype = ctypes.c_ulong
    display = x.XOpenDisplay(screen.display.encode())
    assert display, f"no X display {screen.display}"
    held = ctypes.c_void_p(display)
    try:
        yield Hands(x, test, held)
    finally:
        x.XCloseDisplay(held)
