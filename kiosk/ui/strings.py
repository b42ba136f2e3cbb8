"""What the kiosk says of its own, in the language of the visit.

    say = saying("en")
    say("service.within", time="5 min")      # "Within 5 min"

A `Say` is a small value: two of one language are equal, so a view that holds one can be compared. A language without a
sentence of its own falls back (`kiosk.words.sentence`); Jawi is spoken only as far as it was approved, else Rumi. An
unknown key is a broken program and raises `KeyError`.

The words lie in `strings.toml` (Thai, English) and `words/` (Malay in Rumi and in Jawi).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from kiosk import words
from kiosk.words import JAWI, LANGUAGES, table
from shared import thai
from shared.content import Duration

__all__ = ["LANGUAGES", "THAI", "Say", "saying", "table"]

_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Say:
    """The kiosk's words in one language, and dates and times as that language writes them.

    `approved` holds the keys that may be said in Jawi (`kiosk.words.approved`); other languages need none.
    """

    language: str = "th"
    approved: frozenset[str] = frozenset()

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with `values` filled in as they are: they are text, never a pattern."""
        language = "ms" if self.language == JAWI and key not in self.approved else self.language
        return words.sentence(key, language).format(**values)

    @property
    def offered(self) -> bool:
        """Whether a citizen may choose this language: Jawi only where at least its own name is approved."""
        return self.language != JAWI or "language.name" in self.approved

    def long_day(self, day: date) -> str:
        """Write a day: "22 พฤศจิกายน 2569" or "22 November 2026"."""
        return words.long_day(self, day, self.language)

    def short_day(self, day: date) -> str:
        """Write a day in few letters: "22 พ.ย. 2569" or "22 Nov 2026"."""
        return words.short_day(self, day, self.language)

    def day_month(self, day: date) -> str:
        """Write a day of this year: "22 พ.ย." or "22 Nov"."""
        return self.short_day(day).rpartition(_NO_BREAK)[0]

    def month(self, day: date) -> str:
        """Write the month of a day: "พฤศจิกายน 2569" or "November 2026"."""
        return self.long_day(day).partition(_NO_BREAK)[2]

    def weekday(self, day: date) -> str:
        """Name a day of the week: "พฤหัสบดี" or "Thursday"."""
        return words.weekday(self, day)

    def clock(self, instant: datetime) -> str:
        """Write a time of day: "10:24" in the office's time."""
        return f"{instant.astimezone(thai.OFFICE_ZONE):%H:%M}"

    def duration(self, duration: Duration) -> str:
        """Write how long something takes: "5 นาที", "3 วันทำการ"."""
        if duration.unit in ("day", "working_day") and duration.value == 1:
            return self(f"time.one_{duration.unit}")
        return self(f"time.{duration.unit}", n=duration.value).replace(" ", _NO_BREAK)


@lru_cache(maxsize=8)
def saying(language: str, approved: frozenset[str] = frozenset()) -> Say:
    """The words of `language`; Jawi as far as `approved`."""
    return Say(language, approved if language == JAWI else frozenset())


THAI: Final = Say()
