"""How Kivy is set up on a kiosk: import this, call `prepare`, and only then anything of Kivy's.

Kivy reads its settings when it is first imported, from the environment, from a file in the home folder and from the
command line. A kiosk wants none of these: the same picture on every machine, and no key that opens a settings page.

- A pixel is a pixel: density and font scale are 1, `theme.metrics` does all scaling.
- One touch is one event: SDL reports fingers, and makes no mouse events of them; the mouse is for desks and tests.
- Esc does not end the program, F1 opens nothing (the App also overrides `open_settings`), Ctrl+E has no inspector.
- Kivy writes to Python's logging like everything else: no log files, no colours, nothing of what citizens do.
"""

from __future__ import annotations

import os

from .theme import PORTRAIT, Size

_ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_ENV_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",
    "KIVY_METRICS_DENSITY": "1",
    "KIVY_METRICS_FONTSCALE": "1",
    "KIVY_DPI": "96",
    "SDL_TOUCH_MOUSE_EVENTS": "0",
    "SDL_MOUSE_TOUCH_EVENTS": "0",
}
_SETTINGS = (
    ("kivy", "exit_on_escape", "0"),
    ("kivy", "keyboard_mode", ""),
    ("kivy", "log_enable", "0"),
    ("kivy", "log_level", "warning"),
    ("kivy", "pause_on_minimize", "0"),
    ("graphics", "maxfps", "60"),
    ("graphics", "multisamples", "0"),  # edges are smoothed by the shapes themselves, at no cost to software rendering
    ("graphics", "min_state_time", "0"),
    ("graphics", "allow_screensaver", "0"),
)
_prepared = False


def prepare(size: Size = PORTRAIT, *, fullscreen: bool = False, offscreen: bool = False) -> None:
    """Settle Kivy's environment and settings, the window's ``size`` among them. Only the first call does anything.

    ``offscreen`` draws without any display, for pictures and tests.
    """
    global _prepared  # noqa: PLW0603 - Kivy itself is one per process, and so is its preparation
    if _prepared:
        return
    _prepared = True
    os.environ.update(_ENVIRONMENT)
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        os.environ.pop("DISPLAY", None)

    from kivy.config import Config

    for section, key, value in _SETTINGS:
        Config.set(section, key, value)
    if offscreen:  # nobody looks on: draw as fast as it goes
        Config.set("graphics", "maxfps", "0")
    Config.set("graphics", "width", str(round(size[0])))
    Config.set("graphics", "height", str(round(size[1])))
    Config.set("graphics", "fullscreen", "auto" if fullscreen else "0")
    Config.set("graphics", "borderless", "1" if fullscreen else "0")
    Config.set("graphics", "show_cursor", "0" if fullscreen else "1")
    Config.set("graphics", "resizable", "0")
    for name in [key for key, _ in Config.items("input")]:
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch,disable_hover")
    for name in [key for key, _ in Config.items("modules")]:
        Config.remove_option("modules", name)
