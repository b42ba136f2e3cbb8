"""Where Thai words end, for text that is written without spaces between them.

Give it a list of words once; it then cuts any Thai run into the fewest words that cover it (shortest path over the
run, Dijkstra's answer by plain dynamic programming). Letters no word explains stay together as one unknown piece.
No cut ever falls inside a written cluster: a vowel, tone mark or silenced letter never leaves its consonant.

    breaker = ThaiBreaker(["ลง", "ทะเบียน", "ลงทะเบียน", "ที่", "นี่"])
    breaker.words("ลงทะเบียนที่นี่ 12/2569")      # ['ลงทะเบียน', 'ที่', 'นี่', ' 12/2569']

The kiosk wraps lines with it, the server searches and filters words with it. Reading the list from a file is left to
them: this module does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_LEADING: Final = frozenset("เแโใไ")
"""Vowels written before the consonant they sound after: nothing may be cut off behind them."""
_TRAILING: Final = frozenset(
    "ะาำๅๆฯ\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
"""Signs that belong to what stands before them."""
_TONES: Final = frozenset("\u0e48\u0e49\u0e4a\u0e4b")
_NEEDS_FINAL: Final = frozenset("\u0e31\u0e37")
"""Mai han akat and sara uee: a final consonant (or o ang) always follows within the syllable."""
_MAI_TAIKHU: Final = "\u0e47"
_SILENCER: Final = "\u0e4c"
_THAI_RUN: Final = re.compile("[\u0e01-\u0e2e\u0e2f-\u0e3a\u0e40-\u0e4e]+")

_UNKNOWN_COST: Final = 3
"""A stretch no word explains costs as much as three words, so a known reading wins wherever there is one."""
WORD_LETTERS_MAX: Final = 32
"""Longer list entries are proverbs and full city names; leaving them out bounds the work per letter."""


def may_cut(text: str, at: int) -> bool:
    """Tell whether Thai writing allows a cut between ``text[at - 1]`` and ``text[at]`` (0 < at < len)."""
    before, after = text[at - 1], text[at]
    if after in _TRAILING or before in _LEADING:
        return False
    if text[at + 1 : at + 2] == _SILENCER or (text[at + 2 : at + 3] == _SILENCER and text[at + 1] in "\u0e34\u0e38"):
        return False
    vowel, base_at = (text[at - 2], at - 3) if before in _TONES and at > 1 else (before, at - 2)
    if vowel in _NEEDS_FINAL:
        return False
    return not (vowel == _MAI_TAIKHU and (base_at < 0 or text[base_at] != "ก"))


class ThaiBreaker:
    """Cuts Thai runs into words of the list it was given. Immutable after construction, safe to share by threads."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._longest = min(WORD_LETTERS_MAX, max(map(len, self._words), default=0))
        self._cuts = lru_cache(maxsize=4096)(self._find_cuts)

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def cuts(self, run: str) -> tuple[int, ...]:
        """Offsets behind each word of a run of Thai letters, the last being ``len(run)``; empty for an empty run."""
        return self._cuts(run)

    def words(self, text: str) -> list[str]:
        """All of ``text`` in order: Thai words, and between them the stretches that are not Thai letters."""
        pieces: list[str] = []
        end = 0
        for found in _THAI_RUN.finditer(text):
            if found.start() > end:
                pieces.append(text[end : found.start()])
            start = 0
            for cut in self.cuts(found.group()):
                pieces.append(found.group()[start:cut])
                start = cut
            end = found.end()
        if end < len(text):
            pieces.append(text[end:])
        return pieces

    def boundaries(self, text: str) -> list[int]:
        """Offsets strictly inside ``text`` where one Thai word ends and the next begins."""
        return [found.start() + cut for found in _THAI_RUN.finditer(text) for cut in self.cuts(found.group())[:-1]]

    def inside(self, text: str) -> list[int]:
        """Offsets where single words of ``text`` fall into shorter listed ones: for words too long for their place."""
        found = []
        for run in _THAI_RUN.finditer(text):
            start = 0
            for stop in self.cuts(run.group()):
                word = run.group()[start:stop]
                *inner, _ = parts = self._find_cuts(word, whole=False)
                if all(word[before:after] in self._words for before, after in zip([0, *inner], parts, strict=True)):
                    found += [run.start() + start + at for at in inner]
                start = stop
        return found

    def forget(self) -> None:
        """Drop the runs remembered for speed: they are pieces of what people wrote."""
        self._cuts.cache_clear()

    def _find_cuts(self, run: str, *, whole: bool = True) -> tuple[int, ...]:
        """The cheapest cuts; with `whole` false, of those that do not take the run for one word."""
        size = len(run)
        stops = [at for at in range(1, size) if may_cut(run, at)] + [size] if size else []
        # best[at]: the cheapest way to explain run[:at]; came[at]: where its last piece began; known[at]: is it a word.
        best: dict[int, int] = {0: 0}
        came: dict[int, int] = {}
        known: dict[int, bool] = {0: True}
        for first, start in enumerate([0, *stops[:-1]]):
            cost = best[start]
            for stop in stops[first:]:
                if stop - start > self._longest:
                    break
                if not whole and stop - start == size:
                    break
                if cost + 1 < best.get(stop, cost + 2) and run[start:stop] in self._words:
                    best[stop], came[stop], known[stop] = cost + 1, start, True
            following = stops[first]
            # Unknown clusters next to each other are one piece: only the first pays the price of a stranger.
            guess = cost + (_UNKNOWN_COST if known[start] else 1)
            if guess < best.get(following, guess + 1):
                best[following], came[following], known[following] = guess, start, False
        found: list[int] = []
        at = size
        while at:
            if not (found and not known[at] and not known[found[-1]]):
                found.append(at)
            at = came[at]
        return tuple(reversed(found))
