"""Where a line may end: behind spaces, between Thai words, behind a hyphen, nowhere that would tear a meaning apart.

A number never leaves its unit, neither across a no-break space nor where the office typed a common one (``16.30 น.``);
``12/2569`` and ``08.30–16.30`` stay whole, no closing bracket or repetition sign begins a line. The rules are the part
of UAX #14 that this office's texts need; Thai words come from the breaker that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

WordBoundaries = Callable[[str], list[int]]
"""Offsets inside a text where one Thai word ends and the next begins (`shared.thaibreak.ThaiBreaker.boundaries`)."""

_SPACES: Final = frozenset(" \u200b\u3000")
_HYPHENS: Final = frozenset("-/–—|")
_NEVER_FIRST: Final = frozenset(" \u00a0\u202f\u2060,.;:!?)]}»”’%ๆฯ،؛؟…\u200b")
_NEVER_LAST: Final = frozenset("([{«“‘\u00a0\u202f\u2060฿")
_UNIT_AHEAD: Final = re.compile(
    r"(?:น\.|วินาที|นาที|ชั่วโมง|วัน|เดือน|ปี|บาท|คน|คิว|ครั้ง|ข้อ|แผ่น|ฉบับ|ช่อง|กม\.|ซม\.|มม\.|ม\.|ตร\.|ไร่|งาน|วา"
    r"|(?:minutes?|hours?|days?|months?|years?|baht|people|visitors?|km|cm|mm|m|minit|jam|hari|bulan|tahun|orang"
    r"|مينيت|جم|هاري|بولن|تاهون|اورڠ)(?!\w))"
)
"""What a figure is counted in. Thai units may run on into a word (``30 วันทำการ``), others end where they end."""


def breaks(text: str, word_boundaries: WordBoundaries) -> list[int]:
    """Offsets strictly inside ``text`` at which a new line may begin, ascending."""
    found = set(word_boundaries(text))
    for at in range(1, len(text)):
        before, here = text[at - 1], text[at]
        if (
            (before in _SPACES and not _counts(text, at))
            or (before in _HYPHENS and here not in _HYPHENS and not _ties(text, at))
            or _is_ideograph(here)
            or _is_ideograph(before)
        ):
            found.add(at)
    return sorted(at for at in found if text[at] not in _NEVER_FIRST and text[at - 1] not in _NEVER_LAST)


def _counts(text: str, at: int) -> bool:
    """Whether a figure stands before the space that ends at ``at``, and its unit behind."""
    return at > 1 and text[at - 2].isdigit() and _UNIT_AHEAD.match(text, at) is not None


def _ties(text: str, at: int) -> bool:
    """A hyphen or stroke before a figure, or opening a word, holds on to it (UAX #14 LB25, LB21a)."""
    return (
        text[at].isdigit() or at < 2 or text[at - 2] in _SPACES or (text[at - 1] == "/" and not text[at - 2].isalpha())
    )


def _is_ideograph(char: str) -> bool:
    code = ord(char)
    return 0x2E80 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3 or 0x1F300 <= code <= 0x1FAFF
