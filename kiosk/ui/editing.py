"""Editing a text, without any screen: where the caret may stand and what a key takes away.

The rules are those writers of Thai and Jawi expect: the caret steps over whole written characters, but backspace takes
back the last mark typed, which has a key of its own: a wrong tone mark or vowel sign is corrected by typing it again.
Elsewhere, as with an emoji of several signs, backspace takes the whole character.

    draft = Draft(characters_max=2000)
    draft.insert("น้ำ"); draft.backspace()
    draft.text, draft.caret                   # 'น้', 2
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from .shaping import count_graphemes, grapheme_boundaries, showable

_TYPED_MARKS = frozenset(
    "\u0e31\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
    "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
)


@dataclass(slots=True)
class Draft:
    """A text being written. ``characters_max`` counts written characters; ``multiline`` allows line ends."""

    text: str = ""
    caret: int = 0
    characters_max: int = 2000
    multiline: bool = True

    def insert(self, typed: str) -> bool:
        """Put ``typed`` at the caret, as much of it as there is room for; False if nothing of it went in."""
        typed = showable(typed)
        if not self.multiline:
            typed = typed.replace("\n", " ")
        before, after = self.text[: self.caret], self.text[self.caret :]
        if count_graphemes(before + typed + after) > self.characters_max:
            room = self.characters_max - count_graphemes(before + after)
            edges = grapheme_boundaries(typed)
            typed = typed[: edges[max(0, min(room, len(edges) - 1))]]
        # The whole is cleaned again: a mark alone is fine, the fifth mark on one base is not.
        text = showable(before + typed + after)
        if text == self.text:
            return False
        self.caret = len(showable(before + typed))
        self.text = text
        return True

    def backspace(self) -> bool:
        """Take back what stands before the caret: one typed mark, else one written character."""
        if not self.caret:
            return False
        start = self.caret - 1
        if self.text[start] not in _TYPED_MARKS:
            edges = grapheme_boundaries(self.text)
            start = edges[bisect_left(edges, self.caret) - 1]
        self.text = self.text[:start] + self.text[self.caret :]
        self.caret = start
        return True

    def delete(self) -> bool:
        """Take away the written character behind the caret."""
        edges = grapheme_boundaries(self.text)
        after = bisect_right(edges, self.caret)
        if after >= len(edges):
            return False
        self.text = self.text[: self.caret] + self.text[edges[after] :]
        return True

    def step(self, by: int) -> None:
        """Move the caret over ``by`` written characters, backwards if negative."""
        edges = grapheme_boundaries(self.text)
        at = bisect_left(edges, self.caret)
        self.caret = edges[max(0, min(len(edges) - 1, at + by))]

    def place(self, at: int) -> None:
        """Put the caret at the written character's edge nearest before ``at``."""
        edges = grapheme_boundaries(self.text)
        self.caret = edges[max(0, bisect_right(edges, at) - 1)]

    def replace(self, text: str) -> None:
        """Take another text altogether, the caret behind it."""
        self.text = showable(text)
        self.caret = len(self.text)

    @property
    def count(self) -> int:
        """Written characters so far."""
        return count_graphemes(self.text)
