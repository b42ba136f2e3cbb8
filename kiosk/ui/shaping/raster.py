"""Lines of glyphs to pixels, by HarfBuzz alone.

The picture is luminance and alpha, two bytes a pixel, white everywhere: colour is the drawing side's business, so one
picture serves every colour. Rows run bottom to top, the order OpenGL wants.
"""

from __future__ import annotations

from dataclasses import dataclass

import uharfbuzz as hb

from .fonts import SUBPIXEL, FontStack
from .layout import SIDE_MAX, Laid


@dataclass(frozen=True, slots=True)
class Picture:
    """White pixels of varying opacity. ``stride`` is the width in memory, ``left`` the pixels drawn before x = 0."""

    width: int
    height: int
    stride: int
    left: int
    pixels: bytes


def rasterise(laid: Laid) -> Picture:
    """Draw a laid out block, with the room its ink needs around it."""
    width = min(SIDE_MAX, laid.width + 2 * laid.beside)
    height = min(SIDE_MAX, laid.above + laid.height + laid.below)
    draw = hb.RasterDraw()
    unit = 1 / SUBPIXEL
    for line in laid.lines:
        y = height - laid.above - line.baseline
        for run in line.runs:
            font = laid.stack.faces[run.face].sized(laid.px)
            x = line.x + run.x + laid.beside
            for gid, _, advance, dx, dy in run.glyphs:
                draw.transform = (unit, 0, 0, unit, x + dx * unit, y + dy * unit)
                draw.draw_glyph(font, gid)
                x += advance * unit
    return _render(draw, width, height, laid.beside)


def rasterise_glyph(stack: FontStack, char: str, px: int) -> Picture:
    """Draw the one glyph of ``char`` centred in a square of ``px``: how icons are drawn."""
    font = stack.faces[0].sized(px)
    gid = font.get_nominal_glyph(ord(char)) or 0
    ink = font.get_glyph_extents(gid)
    draw = hb.RasterDraw()
    if ink is not None:
        unit = 1 / SUBPIXEL
        x = (px - font.get_glyph_h_advance(gid) * unit) / 2
        y = (px - (2 * ink.y_bearing + ink.height) * unit) / 2
        draw.transform = (unit, 0, 0, unit, x, y)
        draw.draw_glyph(font, gid)
    return _render(draw, px, px, 0)


def _render(draw: hb.RasterDraw, width: int, height: int, left: int) -> Picture:
    draw.extents = hb.RasterExtents(0, 0, max(1, width), max(1, height), 0)
    image = draw.render()
    if image is None:
        raise MemoryError("HarfBuzz could not make a picture of the text")
    stride = image.extents.stride
    pixels = bytearray(b"\xff") * (2 * stride * max(1, height))
    opacity = image.buffer
    if opacity:
        pixels[1::2] = opacity
    else:  # nothing was drawn
        pixels[1::2] = bytes(stride * max(1, height))
    return Picture(max(1, width), max(1, height), stride, left, bytes(pixels))
