"""Text to lines of placed glyphs: the one road every string on the screen takes.

A paragraph is split into runs of one direction, script and face; each run is shaped once to learn its widths; lines are
filled greedily up to the width and may end only where `linebreak` allows, or, when one unbreakable piece is wider than
the line, between two written characters. The chosen lines are then shaped for good and put into visual order.

Whatever comes in, the result fits a picture of `SIDE_MAX` pixels each way: more text ends in an ellipsis.

    laid = lay("ลงทะเบียนที่นี่", stack, 36, width=200, boundaries=breaker.boundaries)
    laid.width, laid.height, len(laid.lines)

Coordinates: pixels, x from the left edge, baselines downward from the top edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import Final, Literal

import uharfbuzz as hb

from kiosk.bidi import base_level, leaning, levels, visual_order, whole_numbers
from shared.graphemes import boundaries as grapheme_boundaries

from .fonts import SUBPIXEL, FontStack
from .linebreak import WordBoundaries, breaks

SIDE_MAX: Final = 4096
"""Pixels. The smallest texture limit among the graphics chips such kiosks have."""
TEXT_MAX: Final = 4000
"""Code points laid out at most: nobody reads more in one label."""
ELLIPSIS: Final = "…"
_BALANCED_LINES_MAX: Final = 4
_BALANCE_STEPS: Final = 6
"""Halvings of the room: the last is finer than a letter."""

Align = Literal["left", "center", "right", "auto"]
Glyph = tuple[int, int, int, int, int]
"""Glyph id, index into the line's text, advance, x offset, y offset (the last three in 1/64 pixel)."""


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one face and direction, left to right as drawn. ``start`` and ``stop`` index the line's text."""

    face: int
    x: float
    width: float
    glyphs: tuple[Glyph, ...]
    start: int
    stop: int
    rtl: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``text`` is what it shows, ``start`` the offset of that text in what was laid out."""

    text: str
    start: int
    x: float
    width: float
    baseline: float
    rtl: bool
    runs: tuple[Run, ...]

    @property
    def stop(self) -> int:
        """Offset behind this line's last character in the text that was laid out."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Laid:
    """A block of lines. ``above``, ``below``, ``beside`` say how far ink reaches out of a line's own box, pixels."""

    width: int
    height: int
    above: int
    below: int
    beside: int
    pitch: float
    px: float
    lines: tuple[Line, ...]
    stack: FontStack
    cut_short: bool


def lay(
    text: str,
    stack: FontStack,
    px: float,
    *,
    boundaries: WordBoundaries,
    inside: WordBoundaries = lambda _word: [],
    width: float | None = None,
    lang: str = "th",
    align: Align = "auto",
    pitch: float = 1.5,
    lines_max: int | None = None,
    balance: bool = False,
    editing: bool = False,
) -> Laid:
    """Lay out showable ``text`` (see `showable`).

    ``width`` wraps, None does not; a word wider than that is cut where ``inside`` finds words in it, else anywhere.
    ``pitch`` is the distance of baselines in ems; ``lines_max`` cuts with an ellipsis. ``lang`` is a BCP 47 tag; an
    Arabic-script one (``ms-Arab``) makes neutral text run right to left. ``balance`` makes the lines of a short
    paragraph about equally long, as a heading wants them. ``editing`` keeps spaces at line ends and all of the text,
    however long: for an input, which draws only the lines in sight.
    """
    px = max(1.0, min(px, SIDE_MAX / 4))
    line = stack.line(px)
    step = pitch * px
    room = len(text) + 1 if editing else max(1, int((SIDE_MAX - 2 * px) / step))  # an em for ink above and below
    lines_max = room if lines_max is None else max(1, min(lines_max, room))
    limit = min(width, SIDE_MAX) if width is not None else SIDE_MAX
    fallback = 1 if lang.endswith("-Arab") else 0
    # What somebody types keeps the direction it began with; a sentence of the kiosk may begin with a name.
    direction = leaning if fallback and not editing else base_level

    shown = text if editing else text[:TEXT_MAX]
    cut_short = len(shown) < len(text)
    rows: list[tuple[str, int, int, bool]] = []  # text, start, base level, ends in an ellipsis
    start = 0
    for paragraph in shown.split("\n"):
        base = direction(paragraph, fallback)
        for first, stop in _fill(
            paragraph, base, stack, px, limit, lang, boundaries, inside, wrap=width is not None, balance=balance
        ):
            rows.append((paragraph[first:stop], start + first, base, False))
            if len(rows) > lines_max:
                break
        start += len(paragraph) + 1
        if len(rows) > lines_max:
            break
    if len(rows) > lines_max or cut_short:
        cut_short = True
        rows = rows[:lines_max]
        last, at, base, _ = rows[-1]
        rows[-1] = (last, at, base, True)

    placed: list[tuple[str, int, int, tuple[Run, ...], float]] = []
    for whole, at, base, ends in rows:
        piece = whole
        if ends or (width is None and not editing):
            piece, cut = _shorten(whole, base, stack, px, limit, lang, force=ends)
            cut_short = cut_short or cut
        runs, run_width = _place(piece, base, stack, px, lang, trim=not editing)
        placed.append((piece, at, base, runs, run_width))
    block = min(float(SIDE_MAX), max((row[4] for row in placed), default=0.0))
    top = (step - line.ascent - line.descent) / 2 + line.ascent
    above, below, beside = _overhang([row[3:] for row in placed], stack, px, top, step)
    lines = tuple(
        Line(piece, at, _indent(align, base, block, run_width), run_width, round(top + number * step), bool(base), runs)
        for number, (piece, at, base, runs, run_width) in enumerate(placed)
    )
    return Laid(
        width=ceil(block),
        height=ceil(step * len(lines)),
        above=above,
        below=below,
        beside=beside,
        pitch=step,
        px=px,
        lines=lines,
        stack=stack,
        cut_short=cut_short,
    )


def _overhang(
    rows: Sequence[tuple[tuple[Run, ...], float]], stack: FontStack, px: float, top: float, step: float
) -> tuple[int, int, int]:
    """How far ink reaches above, below and beside the box of its line, whole pixels."""
    highest, lowest, widest = top, top - step, 0.0
    for runs, width in rows:
        for run in runs:
            face = stack.faces[run.face]
            x = run.x
            for glyph, _, advance, dx, dy in run.glyphs:
                ink = face.ink(px, glyph)
                if ink is not None:
                    highest = max(highest, (dy + ink.top) / SUBPIXEL)
                    lowest = min(lowest, (dy + ink.bottom) / SUBPIXEL)
                    left, right = x + (dx + ink.left) / SUBPIXEL, x + (dx + ink.right) / SUBPIXEL
                    widest = max(widest, -left, right - width)
                x += advance / SUBPIXEL
    # More by a pixel or two: glyphs are drawn between pixels, and baselines are rounded.
    return ceil(highest - top) + 2, ceil(top - step - lowest) + 2, ceil(widest) + 1


def _indent(align: Align, base: int, block: float, width: float) -> float:
    if align == "auto":
        align = "right" if base else "left"
    slack = max(0.0, block - width)
    return {"left": 0.0, "center": slack / 2, "right": slack}[align]


def _fill(
    text: str,
    base: int,
    stack: FontStack,
    px: float,
    limit: float,
    lang: str,
    boundaries: WordBoundaries,
    inside: WordBoundaries,
    *,
    wrap: bool,
    balance: bool,
) -> list[tuple[int, int]]:
    """Cut one paragraph into lines; spaces at the end of a line hang over and count nothing."""
    if not wrap or not text:
        return [(0, len(text))]
    reach = _reaches(text, base, stack, px, lang)
    if reach[len(text.rstrip(" \u200b"))] <= limit:
        return [(0, len(text))]
    stops = [*breaks(text, boundaries), len(text)]
    lines = _cut(text, reach, stops, limit, inside)
    if balance and 1 < len(lines) <= _BALANCED_LINES_MAX:
        spaced = [stop for stop in stops if stop == len(text) or text[stop - 1] == " "]
        phrases = _cut(text, reach, spaced, limit, inside)
        if len(phrases) == len(lines) and all(stop in spaced for _, stop in phrases):
            lines, stops = phrases, spaced  # Thai puts spaces between phrases: the best places of all
        widest = max(_width(text, reach, start, stop) for start, stop in zip([0, *stops], stops, strict=False))
        narrow, wide = max(widest, reach[-1] / len(lines)), limit
        for _ in range(_BALANCE_STEPS):
            middle = (narrow + wide) / 2
            tried = _cut(text, reach, stops, middle, inside)
            if len(tried) > len(lines):
                narrow = middle
            else:
                lines, wide = tried, middle
    return lines


def _cut(
    text: str, reach: Sequence[float], stops: Sequence[int], limit: float, inside: WordBoundaries
) -> list[tuple[int, int]]:
    softer: list[int] | None = None
    safe: list[int] | None = None
    found: list[tuple[int, int]] = []
    start = number = 0
    while start < len(text):
        stop = start
        while number < len(stops) and _width(text, reach, start, stops[number]) <= limit:
            stop = stops[number]
            number += 1
        if stop == start:  # one piece is wider than the line: cut it between its words, else between written characters
            end = stops[number]
            softer = inside(text) if softer is None else softer
            stop = max((at for at in softer if start < at < end and reach[at] - reach[start] <= limit), default=start)
            if stop == start:
                safe = _safe_cuts(text) if safe is None else safe
                within = [at for at in safe if start < at < end] or [end]
                stop = max((at for at in within if reach[at] - reach[start] <= limit), default=within[0])
                number += stop == end
        found.append((start, stop))
        start = stop
    return found


def _safe_cuts(text: str) -> list[int]:
    """Offsets between written characters; a Thai leading vowel stays with its consonant."""
    return [at for at in grapheme_boundaries(text)[1:-1] if text[at - 1] not in "เแโใไ"]


def _width(text: str, reach: Sequence[float], start: int, stop: int) -> float:
    while stop > start and text[stop - 1] in " \u200b":
        stop -= 1
    return reach[stop] - reach[start]


def _reaches(text: str, base: int, stack: FontStack, px: float, lang: str) -> list[float]:
    """Advance of all text before each offset, pixels; offsets inside a cluster stand at its end."""
    advance = [0.0] * len(text)
    for face, script, start, stop, level in _runs(text, stack, levels(whole_numbers(text), base)):
        for glyph in _shape(stack, face, px, text[start:stop], script, lang, bool(level & 1))[0]:
            advance[start + glyph[1]] += glyph[2] / SUBPIXEL
    reach = [0.0]
    for step in advance:
        reach.append(reach[-1] + step)
    return reach


def _shorten(
    text: str, base: int, stack: FontStack, px: float, limit: float, lang: str, *, force: bool
) -> tuple[str, bool]:
    """The longest beginning of ``text`` that fits with an ellipsis; ``force`` adds one even where all would fit."""
    text = text.rstrip(" \u200b")
    reach = _reaches(text, base, stack, px, lang)
    if reach[-1] <= limit and not force:
        return text, False
    sign = _reaches(ELLIPSIS, base, stack, px, lang)[-1]
    fits = [at for at in [0, *_safe_cuts(text), len(text)] if reach[at] + sign <= limit]
    return text[: fits[-1] if fits else 0].rstrip(" \u200b") + ELLIPSIS, True


def _place(
    text: str, base: int, stack: FontStack, px: float, lang: str, *, trim: bool
) -> tuple[tuple[Run, ...], float]:
    shown = text.rstrip(" \u200b") if trim else text
    found = _runs(shown, stack, levels(whole_numbers(shown), base))
    placed: list[Run] = []
    x = 0.0
    for index in visual_order([level for *_, level in found]):
        face, script, start, stop, level = found[index]
        glyphs, width = _shape(stack, face, px, shown[start:stop], script, lang, bool(level & 1))
        shifted = tuple((gid, start + at, advance, dx, dy) for gid, at, advance, dx, dy in glyphs)
        placed.append(Run(face, x, width, shifted, start, stop, bool(level & 1)))
        x += width
    return tuple(placed), x


def _runs(text: str, stack: FontStack, embedding: Sequence[int]) -> list[tuple[int, str, int, int, int]]:
    """Split into (face, script, start, stop, level). Signs and spaces join the script they follow."""
    found: list[tuple[int, str, int, int, int]] = []
    face, script, start = 0, "", 0
    for at, char in enumerate(text):
        here = stack.pick(char, face)
        own = _script(char)
        changed = at > 0 and (
            embedding[at] != embedding[at - 1] or here != face or bool(own and script and own != script)
        )
        if changed:
            found.append((face, script, start, at, embedding[at - 1]))
            start, script = at, own
        script = script or own
        face = here
    if text:
        found.append((face, script, start, len(text), embedding[-1]))
    return found


def _script(char: str) -> str:
    """ISO 15924 tag of a letter's script; empty for figures, signs and spaces, which any script may hold."""
    code = ord(char)
    if 0x0E01 <= code <= 0x0E5B:
        return "" if char in "๐๑๒๓๔๕๖๗๘๙฿" else "Thai"
    if 0x0600 <= code <= 0x06FF or 0x0750 <= code <= 0x077F or 0x08A0 <= code <= 0x08FF or 0xFB50 <= code <= 0xFEFC:
        return "Arab"
    return "Latn" if char.isalpha() else ""


@lru_cache(maxsize=8192)
def _shape(
    stack: FontStack, face: int, px: float, text: str, script: str, lang: str, rtl: bool
) -> tuple[tuple[Glyph, ...], float]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.script = script or "Zyyy"
    buffer.language = lang
    hb.shape(stack.faces[face].sized(px), buffer)
    glyphs = tuple(
        (info.codepoint, info.cluster, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )
    return glyphs, sum(glyph[2] for glyph in glyphs) / SUBPIXEL


def one_line(laid: Laid, number: int) -> Laid:
    """Line ``number`` as a block of its own, its left edge at 0: for drawing lines one by one."""
    line = replace(laid.lines[number], x=0.0, baseline=laid.lines[0].baseline)
    return replace(laid, width=ceil(line.width), height=ceil(laid.pitch), lines=(line,))


def forget_shapes() -> None:
    """Empty the cache of shaped runs, which holds the texts themselves."""
    _shape.cache_clear()


def caret_stops(line: Line) -> list[tuple[int, float]]:
    """Places a caret may stand in a line: (offset in the laid out text, x from the block's left edge), by offset.

    A caret stands behind the written character before it, on the side where that one's writing goes on: so between
    Rumi and Jawi it is where the last sign went, and shows what backspace would take. Inside a ligature the stops share
    its width evenly, as editors do.
    """
    ends = {0: line.width if line.rtl else 0.0}
    for run in line.runs:
        x = run.x
        spans: dict[int, tuple[float, float]] = {}  # cluster -> left and right edge
        for _, at, advance, _, _ in run.glyphs:
            left, right = spans.get(at, (x, x))
            spans[at] = (min(left, x), max(right, x + advance / SUBPIXEL))
            x += advance / SUBPIXEL
        starts = sorted(spans)
        for at, after in zip(starts, [*starts[1:], run.stop], strict=True):
            left, right = spans[at]
            inner = [cut for cut in grapheme_boundaries(line.text[at:after]) if cut]
            for part, cut in enumerate(inner, start=1):
                share = (right - left) * part / len(inner)
                ends[at + cut] = right - share if run.rtl else left + share
    stops: list[tuple[int, float]] = []
    for at in sorted(set(grapheme_boundaries(line.text))):
        # What is not drawn (a space at the end of a line that wraps) has no width.
        stops.append((line.start + at, line.x + ends[at] if at in ends else stops[-1][1]))
    return stops
