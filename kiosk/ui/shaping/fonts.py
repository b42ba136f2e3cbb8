"""Fonts in the order they are asked: the first that holds a letter draws it.

A `FontStack` is a few faces of one weight. It picks a face for a letter and gives a sized font for drawing. Where a
baseline sits is what the first face declares; how far ink really reaches is asked glyph by glyph, because Thai tone
marks stand above the ascent that Sarabun declares, and whoever trusts it cuts them off.

    stack = FontStack([Face.read(path) for path in paths])
    stack.pick("ก", current=0)          # 0
    stack.line(36)                      # Box(ascent=38.4, descent=8.4), pixels
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

SUBPIXEL: Final = 64
"""HarfBuzz works in 1/64 of a pixel."""
_STAYS: Final = -1
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u2060")


@dataclass(frozen=True, slots=True)
class Box:
    """Room above and below a baseline, pixels."""

    ascent: float
    descent: float


@dataclass(frozen=True, slots=True)
class Ink:
    """A glyph's edges from its origin, in 1/64 pixel, upwards and rightwards."""

    left: int
    right: int
    top: int
    bottom: int


class Face:
    """One font file: its outlines, the letters it holds, and a factor that evens its size with its neighbours."""

    def __init__(self, blob: Any, scale: float = 1.0) -> None:
        self.hb_face = hb.Face(blob)
        self.scale = scale
        self.covers = frozenset(self.hb_face.unicodes)
        self._sized: dict[float, Any] = {}
        self._ink: dict[tuple[float, int], Ink | None] = {}

    @classmethod
    def read(cls, path: Path, scale: float = 1.0) -> Face:
        """Read a TrueType or OpenType file; OSError or hb.HarfBuzzError if it cannot be used."""
        return cls(hb.Blob(path.read_bytes()), scale)

    def sized(self, px: float) -> Any:
        """The HarfBuzz font for an em of ``px`` pixels (times this face's own factor)."""
        font = self._sized.get(px)
        if font is None:
            font = hb.Font(self.hb_face)
            side = round(px * self.scale * SUBPIXEL)
            font.scale = (side, side)
            self._sized[px] = font
        return font

    def ink(self, px: float, glyph: int) -> Ink | None:
        """Where glyph ``glyph`` leaves ink when drawn at ``px``; None for a blank."""
        key = (px, glyph)
        if key not in self._ink:
            found = self.sized(px).get_glyph_extents(glyph)
            self._ink[key] = (
                Ink(found.x_bearing, found.x_bearing + found.width, found.y_bearing, found.y_bearing + found.height)
                if found is not None and found.width
                else None
            )
        return self._ink[key]


class FontStack:
    """Faces of one weight, asked in order. Shared by every label of that weight; compare and hash by identity."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces = tuple(faces)
        self._picked: dict[str, int] = {}
        self.line = lru_cache(maxsize=64)(self._measure_line)
        """Where a line's baseline sits, for an em of so many pixels: as the first face declares it."""

    def pick(self, char: str, current: int = 0) -> int:
        """Index of the face to draw ``char`` with: the first that holds it. Marks and spaces stay with ``current``."""
        found = self._picked.get(char)
        if found is None:
            if char == " " or char in _INVISIBLE or unicodedata.combining(char):
                found = _STAYS
            else:
                code = ord(char)
                found = next((index for index, face in enumerate(self.faces) if code in face.covers), 0)
            self._picked[char] = found
        return current if found == _STAYS else found

    def _measure_line(self, px: float) -> Box:
        extents = self.faces[0].sized(px).get_font_extents("ltr")
        return Box(extents.ascender / SUBPIXEL, -extents.descender / SUBPIXEL)
