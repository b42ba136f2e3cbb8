"""The order in which right-to-left and left-to-right text stand side by side (UAX #9, implicit rules).

`whole_numbers` first makes one figure of what readers take for one (a telephone number, a span of hours). `levels`
gives each character its embedding level, `visual_order` turns the levels of a line's runs into the order they are drawn
in. Explicit embeddings and isolates are not followed: `showable` takes those characters out, because they let a text
read other than it is. Held against an independent implementation by the tests.

Screens (`kiosk.ui.shaping`) and slips (`kiosk.devices.line`) order their lines by this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

_PAIRS: Final = {
    "(": ")", "[": "]", "{": "}", "\u0f3a": "\u0f3b", "\u0f3c": "\u0f3d", "\u169b": "\u169c", "\u2045": "\u2046",
    "\u207d": "\u207e", "\u208d": "\u208e", "\u2308": "\u2309", "\u230a": "\u230b", "\u2329": "\u232a",
    "\u2768": "\u2769", "\u276a": "\u276b", "\u276c": "\u276d", "\u276e": "\u276f", "\u2770": "\u2771",
    "\u2772": "\u2773", "\u2774": "\u2775", "\u27e6": "\u27e7", "\u27e8": "\u27e9", "\u27ea": "\u27eb",
    "\u3008": "\u3009", "\u300a": "\u300b", "\u300c": "\u300d", "\u300e": "\u300f", "\u3010": "\u3011",
    "\u3014": "\u3015", "\u3016": "\u3017", "\u3018": "\u3019", "\u301a": "\u301b", "\uff08": "\uff09",
    "\uff3b": "\uff3d", "\uff5b": "\uff5d", "\uff5f": "\uff60", "\uff62": "\uff63",
}  # fmt: skip
_CLOSERS: Final = frozenset(_PAIRS.values())
_OPEN_MAX: Final = 63
"""UAX #9 BD16 gives up on bracket pairs deeper than this."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_NEUTRAL: Final = frozenset({"ON", "WS", "S", "B"})
_SIDE: Final = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_STRONG_LEFT_ONLY: Final = frozenset({"L", "EN", "ES", "ET", "CS", "ON", "WS", "NSM", "BN"})


_NUMBER: Final = re.compile(
    r"""
    0\d{0,2} (?: [ \u00a0\-] \d{3,4} ){2,3} |           # a telephone number, also with spaces between its groups
    (?: (?<! [^\s(] ) [+\-\u2212\u0e3f$\#] )?         # a sign or a currency, where it opens the number
    \d+ (?: [.,:/\-\u2010-\u2014\u2212\u00a0] \d+ )*  # parts of a date, an amount, a span, a telephone number
    %?
    """,
    re.VERBOSE,
)


LISTED: Final = " · "
"""What stands between facts that are set beside each other in one line."""


def whole_numbers(text: str) -> str:
    """``text`` for `levels`, as long as it, where every number is one figure: it never stands in another order.

    The implicit rules alone would turn 08.30–16.30 and 0-0000-0000 round in Jawi, part by part. What this does is what
    isolates round each number would.
    """
    return _NUMBER.sub(lambda found: "0" * len(found[0]), text)


def leaning(text: str, fallback: int = 0) -> int:
    """The base level for a sentence in a language that runs right to left, where names may be written the other way.

    1 if its first letter runs right to left, or most of its letters do, or any do in a list; a sentence wholly in Rumi
    or Thai keeps 0.
    """
    if base_level(text, fallback):
        return 1
    kinds = [unicodedata.bidirectional(char) for char in text]
    from_right = sum(kind in _RIGHT_TO_LEFT for kind in kinds)
    return int(from_right > (0 if LISTED in text else kinds.count("L")))


def base_level(text: str, fallback: int = 0) -> int:
    """1 if the first strong letter of ``text`` is written right to left, 0 if left to right, else ``fallback``."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind == "L":
            return 0
        if kind in _RIGHT_TO_LEFT:
            return 1
    return fallback


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character of one paragraph (no line ends inside), for base level 0 or 1."""
    kinds = [unicodedata.bidirectional(char) or "L" for char in text]
    if base == 0 and _STRONG_LEFT_ONLY.issuperset(kinds):
        return [0] * len(kinds)  # the common case: Thai, Latin and figures only
    whitespace = [kind in {"WS", "S", "B", "BN"} for kind in kinds]
    sor = "R" if base & 1 else "L"
    _resolve_weak(kinds, sor)
    _resolve_brackets(text, kinds, sor)
    _resolve_neutral(kinds, sor)
    found = [base + _rise(kind, base) for kind in kinds]
    for at in range(len(text) - 1, -1, -1):  # L1: spaces at the end of the line go with the paragraph
        if not whitespace[at]:
            break
        found[at] = base
    return found


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Rule L2: indices of the runs, left to right as drawn, for their levels in logical order."""
    order = list(range(len(run_levels)))
    if not run_levels:
        return order
    lowest_odd = min((level for level in run_levels if level & 1), default=None)
    if lowest_odd is None:
        return order
    for level in range(max(run_levels), lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            if run_levels[order[start]] < level:
                start += 1
                continue
            stop = start
            while stop < len(order) and run_levels[order[stop]] >= level:
                stop += 1
            order[start:stop] = reversed(order[start:stop])
            start = stop
    return order


def _rise(kind: str, base: int) -> int:
    if base & 1:
        return 0 if kind == "R" else 1
    return {"L": 0, "R": 1}.get(kind, 2)


def _resolve_weak(kinds: list[str], sor: str) -> None:
    size = len(kinds)
    before = sor
    for at in range(size):  # W1, with boundary neutrals treated as marks
        if kinds[at] == "NSM":
            kinds[at] = before
        elif kinds[at] == "BN":
            kinds[at] = before if before in {"L", "R", "AL", "EN", "AN"} else "ON"
        before = kinds[at]
    strong = sor
    for at in range(size):  # W2
        if kinds[at] in {"L", "R", "AL"}:
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "AL":
            kinds[at] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, size - 1):  # W4
        left, right = kinds[at - 1], kinds[at + 1]
        if left == right and ((kinds[at] == "ES" and left == "EN") or (kinds[at] == "CS" and left in {"EN", "AN"})):
            kinds[at] = left
    for start, stop in _stretches(kinds, lambda kind: kind == "ET"):  # W5
        touches = (start > 0 and kinds[start - 1] == "EN") or (stop < size and kinds[stop] == "EN")
        if touches:
            kinds[start:stop] = ["EN"] * (stop - start)
    kinds[:] = ["ON" if kind in {"ES", "ET", "CS"} else kind for kind in kinds]  # W6
    strong = sor
    for at in range(size):  # W7
        if kinds[at] in {"L", "R"}:
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "L":
            kinds[at] = "L"


def _resolve_brackets(text: str, kinds: list[str], sor: str) -> None:
    for opener, closer in _bracket_pairs(text, kinds):  # N0
        inside = {_SIDE[kind] for kind in kinds[opener + 1 : closer] if kind in _SIDE}
        if sor in inside:
            kinds[opener] = kinds[closer] = sor
        elif inside:
            context = next((_SIDE[kind] for kind in reversed(kinds[:opener]) if kind in _SIDE), sor)
            kinds[opener] = kinds[closer] = context


def _bracket_pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if kinds[at] != "ON":
            continue
        if char in _PAIRS:
            if len(waiting) == _OPEN_MAX:
                return []
            waiting.append((_PAIRS[char], at))
        elif char in _CLOSERS:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == char:
                    pairs.append((waiting[depth][1], at))
                    del waiting[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], sor: str) -> None:
    for start, stop in _stretches(kinds, lambda kind: kind in _NEUTRAL):  # N1, N2
        left = _SIDE[kinds[start - 1]] if start else sor
        right = _SIDE[kinds[stop]] if stop < len(kinds) else sor
        kinds[start:stop] = [left if left == right else sor] * (stop - start)


def _stretches(kinds: Sequence[str], wanted: Callable[[str], bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for at, kind in enumerate(kinds):
        if wanted(kind):
            start = at if start is None else start
        elif start is not None:
            found.append((start, at))
            start = None
    if start is not None:
        found.append((start, len(kinds)))
    return found
