"""The widgets screens are made of. `load_all()` once, then name them in `.kv`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from .. import kivy_env

kivy_env.prepare()

from kivy.lang import Builder, global_idmap  # noqa: E402 - Kivy only after its environment is settled

from .look import LOOK  # noqa: E402
from .text import ShapedLabel, forget_texts  # noqa: E402
from .touch import ARMING  # noqa: E402

__all__ = ["ARMING", "LOOK", "MODULES", "ShapedLabel", "forget_texts", "load_all"]

MODULES: Final = (
    # In the order their rules build on each other.
    "text", "touch", "surface", "icon", "panel", "pill", "button", "tile", "listrow", "header", "foot", "step",
    "choice", "face", "banner", "progress", "code", "slip", "scroll", "input", "keyboard",
)  # fmt: skip
_loaded: set[str] = set()


def load_all() -> None:
    """Import every widget module and read its `.kv`, once. Importing registers the classes by name with Kivy's Factory."""
    global_idmap["look"] = LOOK
    for name in MODULES:
        if name in _loaded:
            continue
        import_module(f"{__name__}.{name}")
        rules = Path(__file__).with_name(f"{name}.kv")
        Builder.load_file(str(rules), rulesonly=True)
        _loaded.add(name)
