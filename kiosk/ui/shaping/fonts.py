"""Fonts in the order they are asked: the first that holds a letter draws it.

A `FontStack` is a few faces of one weight. It picks a face for a letter, gives a sized font for drawing, and knows how
high writing reaches. That is measured on ink, not believed from the font's tables: Thai tone marks stand above the
ascent that Sarabun declares, and whoever trusts it cuts them off.

    stack = FontStack([Face.read(path) for path in paths])
    stack.pick("ก", current=0)          # 0
    stack.ink(36)                       # Box(ascent=43.9, descent=17.6), pixels
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
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u2060")
_PROBES: Final = ("ปั๊ฝิ์ฤูญูฐู", "\u0762\u064e\u06a0\u064f\u064a\u0650\u0649", "A\u0301gjQ|")
"""The tallest and deepest writing of each script: stacked marks above and below."""


@dataclass(frozen=True, slots=True)
class Box:
    """Room above and below a baseline, pixels."""

    ascent: float
    descent: float


class Face:
    """One font file: its outlines, the letters it holds, and a factor that evens its size with its neighbours."""

    def __init__(self, blob: Any, scale: float = 1.0) -> None:
        self.hb_face = hb.Face(blob)
        self.scale = scale
        self.covers = frozenset(self.hb_face.unicodes)
        self._sized: dict[float, Any] = {}

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


class FontStack:
    """Faces of one weight, asked in order. Shared by every label of that weight; compare and hash by identity."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces = tuple(faces)
        self.line = lru_cache(maxsize=64)(self._measure_line)
        """Where a line's baseline sits, for an em of so many pixels: as the first face declares it."""
        self.ink = lru_cache(maxsize=64)(self._measure_ink)
        """How far the tallest and deepest writing of any face of the stack really reaches: never less than `line`."""

    def pick(self, char: str, current: int = 0) -> int:
        """Index of the face to draw ``char`` with: the first that holds it. Marks and spaces stay with ``current``."""
        if char == " " or char in _INVISIBLE or unicodedata.combining(char):
            return current
        code = ord(char)
        for index, face in enumerate(self.faces):
            if code in face.covers:
                return index
        return 0

    def _measure_line(self, px: float) -> Box:
        extents = self.faces[0].sized(px).get_font_extents("ltr")
        return Box(extents.ascender / SUBPIXEL, -extents.descender / SUBPIXEL)

    def _measure_ink(self, px: float) -> Box:
        box = self.line(px)
        ascent, descent = box.ascent, box.descent
        for face in self.faces:
            ascent, descent = _widen(face, face.sized(px), ascent, descent)
        return Box(ascent, descent)


def _widen(face: Face, font: Any, ascent: float, descent: float) -> tuple[float, float]:
    for probe in _PROBES:
        if not all(ord(char) in face.covers for char in probe):
            continue
        buffer = hb.Buffer()
        buffer.add_str(probe)
        buffer.guess_segment_properties()
        hb.shape(font, buffer)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            ink = font.get_glyph_extents(info.codepoint)
            if ink is not None:
                top = place.y_offset + ink.y_bearing
                ascent = max(ascent, top / SUBPIXEL)
                descent = max(descent, -(top + ink.height) / SUBPIXEL)
    return ascent, descent
