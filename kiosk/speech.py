"""Reading aloud: which recorded clips, one after another, say a text. No files and no sound here.

    said = spell("คุณเป็นคิวที่ 27", "th", voice, words_of)     # Spelt(clips=(...), missing=())
    voice.samples(said.clips[0])                                   # what a `Sound` plays

A `Voice` is what one or more voice packs hold for a language (`kiosk.devices.voices`); a clip is found by the
fingerprint of its words, so a sentence of the kiosk and one of the office's content are found alike, and a changed
sentence never speaks with its old clip. What has no clip of its own is looked for in smaller parts: the sentence as the
kiosk's own table made it (fixed part, value, fixed part), its clauses, numbers digit by digit or as words, at last
single words. What is still not found stays silent and is told as missing.

Nothing that is spoken is kept or logged.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, Protocol

from kiosk import words

#: Every clip, every pack, every player: samples a second, one channel, 16 bits.
RATE_HZ: Final = 16_000
BYTES_A_SECOND: Final = 2 * RATE_HZ

SoundState = Literal["ready", "none", "failed"]
"""What can be heard: "none" without a player, "failed" when the last try played nothing."""

WordsOf = Callable[[str], Iterable[str]]
"""Cuts Thai into words."""


class Voice(Protocol):
    """The clips of one language."""

    @property
    def placeholder(self) -> bool:
        """Whether any of it is synthesised, and waits for a person of the office."""

    def has(self, clip: str) -> bool:
        """Whether there is a clip of this fingerprint."""

    def saying(self, text: str) -> tuple[str, ...]:
        """The clips that a pack names for this whole text; empty where it names none."""

    def samples(self, clip: str) -> bytes:
        """The sound of a clip, `RATE_HZ`, mono, 16 bits; empty where it cannot be read any more."""


class Playing(Protocol):
    """A sound on its way."""

    @property
    def over(self) -> bool:
        """Whether it ended, was stopped, or could not be played."""

    def stop(self) -> None:
        """Be silent at once."""


class Sound(Protocol):
    """The loudspeaker."""

    def state(self) -> SoundState:
        """What can be heard."""

    def play(self, samples: bytes, volume: float) -> Playing:
        """Begin to play; `volume` from 0 to 1. Never raises for a loudspeaker's trouble: see `state`."""


class Floor:
    """Who has the kiosk's loudspeaker: a call goes first, and a reading waits until it is said. `call` is set by
    whoever says the calls, `reading` by whoever reads aloud.
    """

    __slots__ = ("call", "reading")

    def __init__(self) -> None:
        self.call: Playing | None = None
        self.reading: Playing | None = None

    @property
    def taken(self) -> bool:
        """Whether a call sounds now."""
        return self.call is not None and not self.call.over

    def hush(self) -> None:
        """End what is read."""
        reading, self.reading = self.reading, None
        if reading is not None:
            reading.stop()


class NoSound:
    """A kiosk without a loudspeaker."""

    over: Final = True

    def state(self) -> SoundState:
        """Nothing can be heard."""
        return "none"

    def play(self, samples: bytes, volume: float) -> Playing:  # noqa: ARG002 - nothing plays
        """Play nothing."""
        return self

    def stop(self) -> None:
        """Nothing sounds."""


Voices = Callable[[str], Voice | None]
"""The voice of a language; None where there is none."""


def no_voices(language: str) -> Voice | None:  # noqa: ARG001 - whichever is asked for
    """A kiosk without a voice pack."""
    return None


def fingerprint(text: str) -> str:
    """What a clip of these words is called: case, spacing and marks at the ends make no difference."""
    plain = " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").casefold().split())
    return hashlib.sha256(plain.strip(_ENDS).encode()).hexdigest()[:16]


_ENDS: Final = " .,:;!?·…–—-()[]\"'“”‘’«»،؟"


# --- which clips say a text --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spelt:
    """Clips in the order they sound, and the words that have none."""

    clips: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __add__(self, other: Spelt) -> Spelt:
        return Spelt(self.clips + other.clips, self.missing + other.missing)


def spell(text: str, language: str, voice: Voice, words_of: WordsOf) -> Spelt:
    """The clips that say `text`; see the module for the order in which they are looked for."""
    if not _sayable(text):
        return Spelt()
    whole = _clip(text, voice)
    if whole is not None:
        return whole
    for parts in (_by_table(text, language), *(_clauses(text, gap) for gap in _GAPS), _numbers(text, language)):
        if len(parts) > 1 or (parts and parts[0] != text):
            said = Spelt()
            for part in parts:
                said += spell(part, language, voice, words_of)
            return said
    return _by_word(text, voice, words_of)


def _sayable(text: str) -> bool:
    return any(each.isalnum() for each in text)


def _clip(text: str, voice: Voice) -> Spelt | None:
    mark = fingerprint(text)
    if voice.has(mark):
        return Spelt((mark,))
    named = voice.saying(text)
    return Spelt(named) if named else None


def _by_word(text: str, voice: Voice, words_of: WordsOf) -> Spelt:
    said = Spelt()
    for run in text.split():
        for word in (run,) if run.isascii() or not _THAI.search(run) else words_of(run):
            if _sayable(word):
                said += _clip(word, voice) or Spelt(missing=(word.strip(_ENDS),))
    return said


_THAI: Final = re.compile("[\u0e00-\u0e7f]")
#: Where a text comes apart, the wider gaps first: so a whole sentence is looked for before its clauses.
_GAPS: Final = tuple(map(re.compile, (r"\n+", r"\s*·\s*", r"\s*[;()؟?!]+\s*|[.:]\s+", r"\s*،\s*|,\s+|\s+[–—-]\s+")))


def _clauses(text: str, gap: re.Pattern[str]) -> list[str]:
    return [part for part in gap.split(text) if part and _sayable(part)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A sentence of the kiosk with places for values."""

    pattern: re.Pattern[str]
    fixed: tuple[str, ...]


_PLACE: Final = re.compile(r"\{\w+\}")
#: A sentence that is little but values would be found in anything.
_FIXED_LETTERS_MIN: Final = 3


@lru_cache(maxsize=len(words.LANGUAGES))
def _frames(language: str) -> tuple[_Frame, ...]:
    found = []
    for key in words.table():
        sentence = words.sentence(key, language)
        fixed = tuple(_PLACE.split(sentence))
        if len(fixed) > 1 and sum(map(str.isalpha, "".join(fixed))) >= _FIXED_LETTERS_MIN:
            pattern = re.compile("(.+?)".join(map(re.escape, fixed)), re.DOTALL)
            found.append(_Frame(pattern, fixed))
    # The one with the most fixed words says most about what stands there.
    return tuple(sorted(found, key=lambda frame: -len("".join(frame.fixed))))


def _by_table(text: str, language: str) -> list[str]:
    """The fixed parts and values of the kiosk's own sentence that this is; empty where it is none."""
    for frame in _frames(language):
        match = frame.pattern.fullmatch(text) if all(part in text for part in frame.fixed) else None
        if match:
            values = match.groups()
            mixed = [part for pair in zip(frame.fixed, (*values, ""), strict=True) for part in pair]
            return [part for part in mixed if _sayable(part)]
    return []


# --- numbers -----------------------------------------------------------------------------------------------------

_CLOCK: Final = re.compile(r"(?<![\d.:])(\d{1,2})[:.](\d{2})(?![\d.:])")
_DIGITS: Final = re.compile(r"\d+(?:,\d{3})+|\d+")
#: A number of more digits is a code or a telephone number: nobody hears it as an amount.
_AMOUNT_DIGITS_MAX: Final = 6

_ONES: Final = {
    "th": ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "ms": ["sifar", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "lapan", "sembilan"],
}
_EN_TEENS: Final = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_EN_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _numbers(text: str, language: str) -> list[str]:
    """The text with every number written out in words of the language."""
    if not any(each.isdigit() for each in text):
        return []
    tongue = tongue_of(language)
    whole = _CLOCK.sub(_hours(tongue), text)
    parts: list[str] = []
    place = 0
    for match in _DIGITS.finditer(whole):
        parts += [whole[place : match.start()], *number_words(match.group().replace(",", ""), tongue)]
        place = match.end()
    parts.append(whole[place:])
    return [part for part in parts if _sayable(part)]


def _hours(tongue: str) -> Callable[[re.Match[str]], str]:
    spoken = {"th": "{} นาฬิกา {} นาที", "en": "{} {}", "ms": "{} {}"}[tongue]
    sharp = {"th": "{} นาฬิกา", "en": "{} o'clock", "ms": "{}"}[tongue]

    def write(match: re.Match[str]) -> str:
        hour, minute = int(match.group(1)), int(match.group(2))
        if hour > 24 or minute > 59:
            return match.group()
        return spoken.format(hour, minute) if minute else sharp.format(hour)

    return write


def tongue_of(language: str) -> str:
    """The spoken language behind a written one: Malay is one voice in two scripts."""
    return {"ms-Arab": "ms"}.get(language, language)


def number_words(digits: str, tongue: str) -> list[str]:
    """A number in words, one clip each; digit by digit where it is long or begins with zero."""
    value = [int(each) for each in digits]  # Thai and Arabic digits too
    if len(value) > _AMOUNT_DIGITS_MAX or (value[0] == 0 and len(value) > 1):
        return [_ONES[tongue][each] for each in value]
    number = int("".join(map(str, value)))
    if number == 0:
        return [_ONES[tongue][0]]
    return {"th": _thai, "en": _english, "ms": _malay}[tongue](number)


def _thai(number: int) -> list[str]:
    said: list[str] = []
    places = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
    digits = str(number)
    for at, digit in enumerate(map(int, digits)):
        place = len(digits) - 1 - at
        if digit == 0:
            continue
        if place == 1:
            said += {1: ["สิบ"], 2: ["ยี่", "สิบ"]}.get(digit, [_ONES["th"][digit], "สิบ"])
        elif place == 0 and digit == 1 and len(digits) > 1:
            said.append("เอ็ด")
        else:
            said += [_ONES["th"][digit], *([places[place]] if place else [])]
    return said


def _english(number: int) -> list[str]:
    if number >= 1000:
        return [*_english(number // 1000), "thousand", *(_english(number % 1000) if number % 1000 else [])]
    if number >= 100:
        return [_ONES["en"][number // 100], "hundred", *(_english(number % 100) if number % 100 else [])]
    if number >= 20:
        return [_EN_TENS[number // 10 - 2], *([_ONES["en"][number % 10]] if number % 10 else [])]
    return [_ONES["en"][number] if number < 10 else _EN_TEENS[number - 10]]


def _malay(number: int) -> list[str]:
    for size, word, one in ((1000, "ribu", "seribu"), (100, "ratus", "seratus")):
        if number >= size:
            many, rest = divmod(number, size)
            return [*([one] if many == 1 else [*_malay(many), word]), *(_malay(rest) if rest else [])]
    if number >= 20:
        return [_ONES["ms"][number // 10], "puluh", *([_ONES["ms"][number % 10]] if number % 10 else [])]
    if number in (10, 11):
        return ["sepuluh" if number == 10 else "sebelas"]
    return [_ONES["ms"][number]] if number < 10 else [_ONES["ms"][number - 10], "belas"]


# --- what a pack should hold -------------------------------------------------------------------------------------


def digit_words(language: str) -> list[str]:
    """The words of the figures from 0 to 9, as a code is read."""
    return list(_ONES[tongue_of(language)])


def number_clips(language: str) -> list[str]:
    """Every word that a number can need, and those round a time of day."""
    tongue = tongue_of(language)
    whole = [word for number in (*range(100), 100, 200, 1000, 2000) for word in number_words(str(number), tongue)]
    extra = {"th": ["หมื่น", "แสน", "นาฬิกา", "นาที"], "en": ["o'clock"], "ms": []}[tongue]
    return list(dict.fromkeys([*whole, *extra]))


def own_clips(language: str) -> Iterator[str]:
    """The kiosk's own sentences as clips: whole where nothing is filled in, else their fixed parts."""
    for key in words.table():
        if key.startswith(NEVER_READ):
            continue
        yield from (part for part in fixed_parts(words.sentence(key, language)) if _sayable(part))


def fixed_parts(sentence: str) -> list[str]:
    """A sentence of the table between its places for values."""
    return [part.strip() for part in _PLACE.split(sentence)]


#: What stands on paper or on screens of staff alone.
NEVER_READ: Final = ("slip.", "staff.", "pin.", "date.", "cleaning.", "shutting.", "leaving.", "stick.")
