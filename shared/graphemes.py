"""Where one written character ends and the next begins: what a caret steps over and what a counter counts.

A character here is what a reader calls one: a consonant with its marks, an emoji with its skin tone, a flag. The rules
are those of Unicode's extended grapheme clusters as far as `unicodedata` can tell them; Hangul written in single jamo
is the one case left out.

    boundaries("น้ำ")     # [0, 3]
    count("ปั๊ม")          # 2
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_SARA_AM = "\u0e33\u0eb3"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def extends(char: str) -> bool:
    """Tell whether ``char`` belongs to the character before it."""
    if char < "\u0300":
        return False
    code = ord(char)
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or char in _SARA_AM
        or char in {_JOINER, _NON_JOINER}
        or code in _SKIN_TONES
        or code in _TAGS
    )


def boundaries(text: str) -> list[int]:
    """Offsets between characters, 0 and ``len(text)`` included; ``[0]`` for the empty text."""
    found = [0]
    flags = 0
    for at in range(1, len(text)):
        before, here = text[at - 1], text[at]
        flags = flags + 1 if ord(before) in _FLAG_LETTERS else 0
        if extends(here) and before != "\n":
            continue
        if before == _JOINER and ord(here) > 0x2000:  # an emoji family is one character
            continue
        if flags % 2 and ord(here) in _FLAG_LETTERS:
            continue
        found.append(at)
    if text:
        found.append(len(text))
    return found


def count(text: str) -> int:
    """How many characters a reader would count in ``text``."""
    return len(boundaries(text)) - 1
