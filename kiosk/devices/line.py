"""One line of a slip in any of the kiosk's scripts: which font draws which letters, and in which order they stand.

Sarabun draws Thai and Latin, Noto Naskh draws Jawi; Pillow's raqm shapes what is of one font and one direction. A line
with Jawi in it runs from right to left, and what is Thai, Latin or a number within it from left to right
(`kiosk.bidi`).

    length("نومبور A036", 24, "regular")                                    # dots
    draw(pen, (384, 30), "نومبور A036", 24, "regular", anchor="rs", fill=0)     # ends at x 384, baseline at y 30
"""

import functools
import unicodedata
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from PIL import ImageDraw, ImageFont

from kiosk.bidi import levels, visual_order, whole_numbers

FONTS: Final = Path(__file__).resolve().parents[2] / "assets" / "fonts"
#: weight -> the file for Thai, Latin and digits; the file for Jawi.
FILES: Final = {
    "regular": ("Sarabun_400Regular.ttf", "NotoNaskhArabic_400Regular.ttf"),
    "semibold": ("Sarabun_600SemiBold.ttf", "NotoNaskhArabic_700Bold.ttf"),
    "bold": ("Sarabun_700Bold.ttf", "NotoNaskhArabic_700Bold.ttf"),
    "extrabold": ("Sarabun_800ExtraBold.ttf", "NotoNaskhArabic_700Bold.ttf"),
}
#: Naskh letters look small beside Sarabun at the same size, as on the screen.
JAWI_SCALE: Final = 1.2

Anchor = Literal["ls", "ms", "rs"]

#: The one sign of the Jawi script that has no direction of its own.
_COMMA: Final = "\u060c"


@functools.lru_cache(maxsize=64)
def font(px: int, weight: str, *, jawi: bool = False) -> ImageFont.FreeTypeFont:
    """The font of this weight in which letters of `px` dots are drawn."""
    size = round(px * JAWI_SCALE) if jawi else px
    return ImageFont.truetype(FONTS / FILES[weight][jawi], size, layout_engine=ImageFont.Layout.RAQM)


def is_rtl(text: str) -> bool:
    """Whether a line runs from right to left: where it has any Jawi."""
    return any(char == _COMMA or unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def length(text: str, px: int, weight: str) -> float:
    """How wide the line is, in dots."""
    return sum(font(px, weight, jawi=rtl).getlength(part, direction=_direction(rtl)) for part, rtl in _visual(text))


def draw(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    px: int,
    weight: str,
    *,
    anchor: Anchor,
    fill: int,
) -> None:
    """Draw the line with its baseline at `at`, which is its left end (ls), its middle (ms) or its right end (rs)."""
    parts = _visual(text)
    if len(parts) == 1:
        [(part, rtl)] = parts
        pen.text(at, part, font=font(px, weight, jawi=rtl), fill=fill, anchor=anchor, direction=_direction(rtl))
        return
    x, y = at
    x -= {"ls": 0.0, "ms": 0.5, "rs": 1.0}[anchor] * length(text, px, weight)
    for part, rtl in parts:
        face, direction = font(px, weight, jawi=rtl), _direction(rtl)
        pen.text((x, y), part, font=face, fill=fill, anchor="ls", direction=direction)
        x += face.getlength(part, direction=direction)


def _direction(rtl: bool) -> Literal["rtl", "ltr"]:
    return "rtl" if rtl else "ltr"


def _visual(text: str) -> list[tuple[str, bool]]:
    """The line's parts from left to right, each with whether it runs from right to left itself."""
    if not is_rtl(text):
        return [(text, False)]
    # A Jawi comma between two Thai names goes their way, but only the Jawi font has it.
    keys = [(level, bool(level & 1) or char == _COMMA) for char, level in zip(text, _levels(text), strict=True)]
    runs: list[tuple[str, int, bool]] = []
    start = 0
    for (level, jawi), run in groupby(keys):
        stop = start + len(list(run))
        runs.append((text[start:stop], level, jawi))
        start = stop
    order = visual_order([level for _, level, _ in runs])
    return [(runs[at][0], runs[at][2]) for at in order]


def _levels(text: str) -> list[int]:
    return levels(whole_numbers(text), 1)
