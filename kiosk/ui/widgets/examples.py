"""Named examples of widgets: what the gallery draws and the snapshot tests look at.

Every widget module has a table ``EXAMPLES``. An example is a builder: given the language, it makes the widget as a
screen would.

    EXAMPLES = [Example("primary", lambda lang: Primary(text=say(lang, th="ต่อไป", en="Continue")))]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A widget as it may stand on a screen.

    ``part`` is the share of the content width it gets (0: the whole window, no margins), ``height`` its pixels at
    1080x1920 if it does not know its own.
    """

    name: str
    build: Callable[[str], Any]
    part: float = 1.0
    height: float = 0


def say(lang: str, *, th: str, en: str) -> str:
    """The example's words in ``lang``: Thai for th, English for all else."""
    return th if lang == "th" else en
