"""This house's fonts and words: which files make up a style, and the Thai word breaker with its list.

Everything is read when first needed and kept. `warm()` reads it ahead, from a thread of its own if the caller likes:
the word list takes some 50 ms, and the first screen does not wait for it.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from threading import Lock
from typing import Final

from shared.showable import showable
from shared.thaibreak import ThaiBreaker

from ..files import FONTS, WORDS
from .fonts import Face, FontStack
from .layout import Align, Laid, forget_shapes, lay

JAWI_SCALE: Final = 1.2
"""Naskh letters look small beside Sarabun at the same em."""

_SANS: Final = {
    "regular": "Sarabun_400Regular.ttf",
    "semibold": "Sarabun_600SemiBold.ttf",
    "bold": "Sarabun_700Bold.ttf",
    "extrabold": "Sarabun_800ExtraBold.ttf",
}
_LOOPED: Final = {
    "regular": "NotoSansThaiLooped_400Regular.ttf",
    "semibold": "NotoSansThaiLooped_600SemiBold.ttf",
    "bold": "NotoSansThaiLooped_600SemiBold.ttf",
    "extrabold": "NotoSansThaiLooped_600SemiBold.ttf",
}
_NASKH: Final = {
    "regular": "NotoNaskhArabic_400Regular.ttf",
    "semibold": "NotoNaskhArabic_700Bold.ttf",
    "bold": "NotoNaskhArabic_700Bold.ttf",
    "extrabold": "NotoNaskhArabic_700Bold.ttf",
}
_FAMILIES: Final = {"sans": (_SANS, _LOOPED), "looped": (_LOOPED, _SANS)}
_loading = Lock()


@cache
def _face(name: str, scale: float = 1.0) -> Face:
    return Face.read(FONTS / name, scale)


@cache
def stack(family: str, weight: str) -> FontStack:
    """The faces of ``family`` (sans, looped) in ``weight`` (regular, semibold, bold, extrabold); else KeyError."""
    first, second = _FAMILIES[family]
    return FontStack([_face(first[weight]), _face(_NASKH[weight], JAWI_SCALE), _face(second[weight])])


def breaker() -> ThaiBreaker:
    """The Thai word breaker with the public word list and the office's own terms."""
    with _loading:  # a label that comes while `warm` reads waits for it instead of reading twice
        return _read_breaker()


@lru_cache(maxsize=1)
def _read_breaker() -> ThaiBreaker:
    listed = gzip.decompress((WORDS / "words_th.txt.gz").read_bytes()).decode().split("\n")
    ours = (WORDS / "office.txt").read_text("utf-8").split("\n")
    return ThaiBreaker([*listed, *filter(None, ours)])


def boundaries(text: str) -> list[int]:
    """Thai word boundaries inside ``text``; the word list is read only if there is Thai in it."""
    return breaker().boundaries(text) if any("\u0e01" <= char <= "\u0e4e" for char in text) else []


def inside(text: str) -> list[int]:
    """Where Thai words of ``text`` fall into shorter ones, should they be too long for their place."""
    return breaker().inside(text) if any("\u0e01" <= char <= "\u0e4e" for char in text) else []


def warm() -> None:
    """Read the word list and the common fonts now."""
    for weight in _SANS:
        stack("sans", weight)
    breaker()


def forget() -> None:
    """Drop every word the caches of layout and word breaking remember; fonts and word list stay."""
    forget_shapes()
    if _read_breaker.cache_info().currsize:
        _read_breaker().forget()


def lay_out(
    text: str,
    px: float,
    *,
    family: str = "sans",
    weight: str = "regular",
    width: float | None = None,
    lang: str = "th",
    align: Align = "auto",
    pitch: float = 1.5,
    lines_max: int | None = None,
    balance: bool = False,
    editing: bool = False,
) -> Laid:
    """Lay out any string in this house's fonts: `layout.lay` over `showable`, with the house's word breaker."""
    return lay(
        showable(text), stack(family, weight), px,
        boundaries=boundaries, inside=inside, width=width, lang=lang, align=align, pitch=pitch, lines_max=lines_max,
        balance=balance,
        editing=editing,
    )  # fmt: skip
