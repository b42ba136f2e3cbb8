"""The kiosk's own words in its four languages, and which of the Jawi ones somebody has read.

    sentence("foot.back", "ms")                     # "Kembali"
    jawi = approved(bundle.words)                   # the keys whose very words a reviewer of the office approved

Thai and English stand side by side in `ui/strings.toml`; Malay has a file for each script in `ui/words/`, with the same
tables and keys. Rumi is shown as it ships. A Jawi sentence is shown only where the office's edition carries its
fingerprint (`shared.content.fingerprint`): whoever changes it, or the Thai that it renders, takes its approval away.
`kiosk.review` lists what still waits, and writes approvals.

Screens speak through `kiosk.ui.strings.Say`, slips through `kiosk.devices.slip`; both stand on this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from shared import content, thai
from shared.content import Words

#: The languages a citizen may choose, in the order of the language row.
LANGUAGES: Final = ("th", "en", "ms", "ms-Arab")

JAWI: Final = "ms-Arab"

_UI: Final = Path(__file__).with_name("ui")
#: Languages with a file of their own.
_FILES: Final = {language: _UI / "words" / f"{language}.toml" for language in ("ms", JAWI)}
#: Where a sentence is looked for when a language has none; Thai has every one.
_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {"en": ("en",), "ms": ("ms",), JAWI: (JAWI, "ms")}
_NO_BREAK: Final = "\u00a0"


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """Every sentence: key -> language -> words. A key that only a Malay file has is a broken program: `KeyError`."""
    whole: dict[str, dict[str, str]] = {key: dict(words) for key, words in _entries(_UI / "strings.toml")}
    for language, path in _FILES.items():
        for key, words in _entries(path):
            whole[key][language] = words
    return whole


def _entries(path: Path) -> list[tuple[str, Any]]:
    sections = tomllib.loads(path.read_text("utf-8"))
    return [(f"{section}.{key}", words) for section, entries in sections.items() for key, words in entries.items()]


def sentence(key: str, language: str) -> str:
    """The words of `key` in `language`, braces and all; Jawi falls back to Rumi, everything else to Thai. Whether Jawi
    may be shown is the caller's to ask.
    """
    words = table()[key]
    return next((words[each] for each in _ELSEWHERE.get(language, ()) if words.get(each)), words["th"])


def approved(words: Words) -> frozenset[str]:
    """The keys whose Jawi, as this program has it, was approved in the edition that carries `words`."""
    marks = content.approved(words)
    return frozenset(
        key
        for key, each in table().items()
        if (jawi := each.get(JAWI)) and content.fingerprint(each["th"], jawi) in marks
    )


#: What a slip says; it is written in Jawi only where all of this is approved: half a slip in each script is no help.
_ON_SLIPS: Final = ("slip.", "calendar.", "time.")


def slip_language(language: str, words: Words) -> str:
    """The language to print for a citizen who reads `language`."""
    if language != JAWI:
        return language
    wanted = {key for key in table() if key.startswith(_ON_SLIPS)}
    return JAWI if wanted <= approved(words) else "ms"


# --- days, as a language writes them -----------------------------------------------------------------------------


def long_day(say: Callable[[str], str], day: date, language: str) -> str:
    """Write a day: "22 พฤศจิกายน 2569", "22 November 2026". Only Thai counts years in the Buddhist era."""
    return _day(day, say(f"calendar.month_{day.month}"), language)


def short_day(say: Callable[[str], str], day: date, language: str) -> str:
    """Write a day in few letters: "22 พ.ย. 2569", "22 Nov 2026"."""
    return _day(day, say(f"calendar.short_{day.month}"), language)


def weekday(say: Callable[[str], str], day: date) -> str:
    """Name a day of the week: "พฤหัสบดี", "Thursday"."""
    return say(f"calendar.weekday_{day.isoweekday()}")


def _day(day: date, month: str, language: str) -> str:
    return _NO_BREAK.join((str(day.day), month, str(thai.be(day.year) if language == "th" else day.year)))
