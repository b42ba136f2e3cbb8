"""Pictures of everything: each widget's examples, and each screen, in every language, at both sizes.

    python -m kiosk.ui.gallery build/gallery [NAME ...]

A sheet per widget module, a picture per screen; NAMEs limit it to those that contain one of them. Other modules add
their own:

    from kiosk.ui.gallery import add
    add("screen-home", lambda lang, size: build_home(lang))

A builder is called with the language and the window's size, and returns a widget that fills the window.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from . import harness
from .strings import LANGUAGES
from .theme import LANDSCAPE, PORTRAIT, Size, Theme

from kivy.core.window import Window  # isort: skip
from kivy.uix.boxlayout import BoxLayout  # isort: skip - after the harness has prepared Kivy
from kivy.uix.widget import Widget  # isort: skip

from .widgets import LOOK, MODULES, ShapedLabel
from .widgets.examples import Example
from .widgets.surface import Ground

Builder = Callable[[str, Size], Any]

SIZES: Final = {"portrait": PORTRAIT, "landscape": LANDSCAPE}
THEMES: Final = {
    "": Theme(motion=False),
    "-large": Theme(motion=False, text_factor=1.5),
    "-contrast": Theme(motion=False, contrast=True, text_factor=1.25),
}
_registry: dict[str, Builder] = {}


def add(name: str, build: Builder) -> None:
    """Put a screen into the gallery under ``name`` (a file name without its ending)."""
    _registry[name] = build


def registered() -> dict[str, Builder]:
    """Every screen there is to draw, by name."""
    return dict(_registry)


def sheet(stage: harness.Stage, module: str, lang: str) -> list[Any]:
    """The examples of a widget module as pages that fill the window, each example under its name."""
    examples: list[Example] = getattr(import_module(f"kiosk.ui.widgets.{module}"), "EXAMPLES", [])
    sizes = LOOK.m
    width, height = Window.size
    pages: list[Any] = []
    page: Any = None
    room = 0.0
    for example in examples:
        block = _block(stage, example, lang, width)
        needed = block.height + sizes.gap
        if page is None or needed > room:
            page = Ground(spacing=0)
            page.padding = (0, sizes.gap, 0, 0)
            page.spacing = sizes.gap
            pages.append(page)
            room = height - sizes.gap
        page.add_widget(block)
        room -= needed
    return pages


def _block(stage: harness.Stage, example: Example, lang: str, width: float) -> Any:
    sizes = LOOK.m
    side = 0.0 if example.part == 0 else sizes.margin
    block = BoxLayout(orientation="vertical", size_hint_y=None)
    caption = ShapedLabel(text=example.name)
    caption.style, caption.tone, caption.size_hint_x = "small", "ink2", None
    caption.width = width - 2 * sizes.margin
    caption.x = sizes.margin
    line = BoxLayout(size_hint_y=None, padding=(sizes.margin, 0))
    line.add_widget(caption)
    widget = example.build(lang)
    if example.height:
        widget.size_hint_y = None
        widget.height = example.height * (width / PORTRAIT[0] if width < Window.height else 0.6)
    holder = BoxLayout(size_hint_y=None, padding=(side, 0))
    if widget.size_hint_x is not None and 0 < example.part < 1:
        widget.size_hint_x = None
        widget.width = (width - 2 * side) * example.part - sizes.gap / 2
    holder.add_widget(widget)
    if widget.size_hint_x is None:
        holder.add_widget(Widget())
    block.add_widget(line)
    block.add_widget(holder)
    # Sizes settle over a few frames: let the block live in the window for as long.
    block.width = width
    Window.add_widget(block)
    for _ in range(2):
        stage.arrange()
        line.height = caption.height
        holder.height = widget.height
        block.height = line.height + holder.height
    Window.remove_widget(block)
    widget.fbind("height", lambda _, value: setattr(holder, "height", value))
    return block


def draw_all(target: Path, wanted: list[str]) -> list[Path]:
    """Draw what has one of ``wanted`` in its name (all, if empty) into ``target``; returns the files."""
    stage = harness.Stage()
    written: list[Path] = []
    for shape, size in SIZES.items():
        for suffix, theme in THEMES.items():
            for lang in LANGUAGES:
                stage.resize(size, theme, lang)
                for module in MODULES:
                    name = f"widget-{module}"
                    if not _is_wanted(name, wanted) or (suffix and lang != "th"):
                        continue
                    for number, page in enumerate(sheet(stage, module, lang), start=1):
                        stage.show(page)
                        path = target / shape / f"{name}{suffix}-{lang}-{number}.png"
                        written.append(stage.picture(path))
                for name, build in _registry.items():
                    if not _is_wanted(name, wanted):
                        continue
                    stage.show(build(lang, size))
                    written.append(stage.picture(target / shape / f"{name}{suffix}-{lang}.png"))
                stage.clear()
    return written


def _is_wanted(name: str, wanted: list[str]) -> bool:
    return not wanted or any(part in name for part in wanted)


def main(arguments: list[str]) -> int:
    """Draw the gallery into the folder named first."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.ui.gallery", description="every screen and widget as PNG")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only what has one of these in its name, such as screen-praise")
    options = parser.parse_args(arguments)
    from .screens.examples import register  # screens stand on this module's widgets

    with TemporaryDirectory() as folder:
        register(add, Path(folder))
        written = draw_all(options.folder, options.names)
    sys.stdout.write(f"{len(written)} pictures in {options.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
