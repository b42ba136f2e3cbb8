"""What the kiosk says of its own, from the one table `strings.toml`, in the language of the visit.

    say = saying("en")
    say("service.within", time="5 min")      # "Within 5 min"

A `Say` is a small value: two of one language are equal, so a view that holds one can be compared. A language without a
sentence of its own falls back to Thai. An unknown key is a broken program and raises `KeyError`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from shared import thai
from shared.content import Duration

#: The languages a citizen may choose now, in the order of the language row.
LANGUAGES: Final = ("th", "en")

TABLE = Path(__file__).with_name("strings.toml")

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_BREAK = "\u00a0"


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """Every sentence: key -> language -> words."""
    sections = tomllib.loads(TABLE.read_text("utf-8"))
    return {f"{section}.{key}": words for section, entries in sections.items() for key, words in entries.items()}


@dataclass(frozen=True, slots=True)
class Say:
    """The kiosk's words in one language, and dates and times as that language writes them."""

    language: str = "th"

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with `values` filled in as they are: they are text, never a pattern."""
        words = table()[key]
        return (words.get(self.language) or words["th"]).format(**values)

    def long_day(self, day: date) -> str:
        """Write a day: "22 พฤศจิกายน 2569" or "22 November 2026"."""
        if self.language != "en":
            return thai.long_date(day)
        return _NO_BREAK.join((str(day.day), _MONTHS_EN[day.month - 1], str(day.year)))

    def short_day(self, day: date) -> str:
        """Write a day in few letters: "22 พ.ย. 2569" or "22 Nov 2026"."""
        if self.language != "en":
            return thai.short_date(day)
        return _NO_BREAK.join((str(day.day), _MONTHS_EN[day.month - 1][:3], str(day.year)))

    def day_month(self, day: date) -> str:
        """Write a day of this year: "22 พ.ย." or "22 Nov"."""
        return self.short_day(day).rpartition(_NO_BREAK)[0]

    def weekday(self, day: date) -> str:
        """Name a day of the week: "พฤหัสบดี" or "Thursday"."""
        return _WEEKDAYS_EN[day.weekday()] if self.language == "en" else thai.weekday(day)

    def clock(self, instant: datetime) -> str:
        """Write a time of day: "10:24" in the office's time."""
        return f"{instant.astimezone(thai.OFFICE_ZONE):%H:%M}"

    def duration(self, duration: Duration) -> str:
        """Write how long something takes: "5 นาที", "3 วันทำการ"."""
        if duration.unit in ("day", "working_day") and duration.value == 1:
            return self(f"time.one_{duration.unit}")
        return self(f"time.{duration.unit}", n=duration.value).replace(" ", _NO_BREAK)


@lru_cache(maxsize=8)
def saying(language: str) -> Say:
    """The words of `language`."""
    return Say(language)


THAI: Final = Say()
