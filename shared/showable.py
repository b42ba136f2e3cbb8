"""Make any string safe to draw: what cannot be seen or would lie about the order is taken out.

The stored text stays as it was typed; this is only for the eye. Direction controls go because they let a text read
other than it is, control characters because they have no picture, and marks beyond what any script needs on one base
because they climb over the lines above.
"""

from __future__ import annotations

import unicodedata

from shared.graphemes import extends

MARKS_MAX = 4
"""Signs kept on one base. Thai needs two, Jawi with vowel signs three; towers of marks are vandalism."""

_KEPT_FORMATS = frozenset("\u200b\u200c\u200d\u2060")
_LINE_ENDS = {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}


def showable(text: str) -> str:
    r"""``text`` without control and direction characters, lone surrogates and towers of marks; line ends as ``\\n``."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for typed in text.replace("\r\n", "\n"):
        char = _LINE_ENDS.get(typed, typed)
        category = unicodedata.category(char)
        if category == "Cf" and char not in _KEPT_FORMATS and not 0xE0020 <= ord(char) < 0xE0080:
            continue
        if category == "Cs" or (category == "Cc" and char != "\n"):
            continue
        marks = marks + 1 if extends(char) else 0
        if marks <= MARKS_MAX:
            shown.append(char)
    return "".join(shown)
