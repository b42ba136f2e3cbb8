"""Finding services by what people type: any language of the content, however it is spelt.

    search(bundle, "เบียคนชลา")     # the old-age allowance, first

Each word typed is looked for in what a service is called (title), what people call it (keywords) and what stands around
it (queue, division, papers). Three ways, from strict to lenient; a later one is only asked where the earlier ones leave
a word unfound:

1. as written, tones, spaces, case and Thai digits apart (`shared.thai.fold`);
2. as it sounds: letters that Thais take for one another are one letter, and so are the forms of a Jawi letter and
   those that an Arabic keyboard lacks;
3. nearly: one slip of the finger in a word of four letters or more, two in one of eight or more.

The rules of this file:
1. What comes first is what was found most strictly, and in the title before keywords before surroundings.
2. Nothing typed is kept: only texts of the content are remembered folded.
"""

import functools
import re
from collections.abc import Iterator
from typing import Final

from shared import thai
from shared.content import Bundle, Service, Text

#: Letters that sound the same or are mistaken for one another: each becomes the first of its row.
_ALIKE: Final = (
    "สศษซ", "ใไ", "รลฬ", "นณ", "ตฏ", "ดฎ", "ทธฒฑถฐ", "ยญ", "พภผ", "คฆข", "ชฌฉ", "ฟฝ", "บป", "หฮ",
    "\u0e34\u0e35", "\u0e36\u0e37", "\u0e38\u0e39",
    "اأإآٱ", "يىئ", "هة", "كک", "وؤۏ", "نڽ", "فڤپ", "جچ", "غڠ", "گݢ", "bv", "ckq", "iy", "sz",
)  # fmt: skip
_SOUNDS: Final = {ord(letter): row[0] for row in _ALIKE for letter in row[1:]}
#: A letter under ์ is not heard, and often not written.
_SILENCED: Final = re.compile("[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c")
#: Written and not heard: Arabic vowel marks, tatweel, hamza; short a, repetition and abbreviation in Thai.
_UNHEARD: Final = dict.fromkeys([*range(0x064B, 0x0660), 0x0640, 0x0621, 0x0E30, 0x0E2F, 0x0E46])

#: Letters of a word from which one wrong one, and two, are forgiven.
_ONE_SLIP_FROM: Final = 4
_TWO_SLIPS_FROM: Final = 8
#: Longer ones are no word, and counting their slips would take longer than a key press may.
_WORD_LETTERS_MAX: Final = 24

#: Where a word stood (title, keyword, around) and how strictly it was found: the sum ranks.
_NEARLY: Final = 6


def search(bundle: Bundle, text: str, audience: str = "") -> list[Service]:
    """The services that `text` may mean, best first; all, in the content's order, where it is empty. Every word must
    be found. `audience` keeps only services for that group.
    """
    words = [word for part in text.split() if (word := thai.fold(part))]
    offered = [service for service in bundle.services if not audience or audience in service.audience]
    ranked = [
        (rank, place, service)
        for place, service in enumerate(offered)
        if (rank := _rank(bundle, service, words)) is not None
    ]
    # Once something was found as it was meant, what is only nearly so would be in the way.
    exact = [found for found in ranked if found[0] < _NEARLY]
    return [service for _, _, service in sorted(exact or ranked, key=lambda found: found[:2])]


def _rank(bundle: Bundle, service: Service, words: list[str]) -> int | None:
    """How well all words are found: the worst of them counts. None where one is not found at all."""
    worst = 0
    for at, word in enumerate(words):
        rank = _rank_of(word, bundle, service, first=at == 0)
        if rank is None:
            return None
        worst = max(worst, rank)
    return worst


def _rank_of(word: str, bundle: Bundle, service: Service, *, first: bool) -> int | None:
    """0 where the title begins with the word, 1 and 2 in title and keywords, 3 around, as written or as it sounds (4, 5
    where only the sound agrees), `_NEARLY` and more with slips.
    """
    places = list(_texts(bundle, service))
    if first and any(text.startswith(word) for text in _folded(places[0])):
        return 0
    for place, texts in enumerate(places):
        if any(word in text for text in _folded(texts)):
            return 1 + place
    sound = _sounds(word)
    heard = [_heard(texts) for texts in places]
    for place, sounds in enumerate(heard):
        # One or two letters that merely sound alike are found in every title.
        if len(sound) > 2 and any(sound in each for each in sounds):
            return 4 if place < 2 else 5
    slips = (len(sound) >= _ONE_SLIP_FROM) + (len(sound) >= _TWO_SLIPS_FROM)
    if slips and len(sound) <= _WORD_LETTERS_MAX:
        for place, sounds in enumerate(heard[:2]):
            nearest = min((_distance(sound, each) for each in sounds), default=slips + 1)
            if nearest <= slips:
                return _NEARLY + 2 * nearest + place
    return None


def _texts(bundle: Bundle, service: Service) -> Iterator[tuple[str, ...]]:
    """What is searched: titles, keywords, what stands around; each in every language it has."""
    division = [part.name for part in bundle.office.divisions if part.id == service.division]
    around = [service.public_label, *division, *(paper.name for paper in service.papers)]
    for texts in ([service.title], service.keywords, around):
        yield tuple(each for text in texts for each in _every(text))


def _every(text: Text) -> tuple[str, ...]:
    return tuple(filter(None, (text.th, text.en, text.ms, text.ms_arab)))


@functools.lru_cache(maxsize=4096)
def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(thai.fold(text) for text in texts)


@functools.lru_cache(maxsize=4096)
def _heard(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Texts of the content as they sound, with the letters that ์ silences and without."""
    return tuple({_sounds(thai.fold(each)) for text in texts for each in (text, _SILENCED.sub("", text))})


def _sounds(folded: str) -> str:
    """A folded text as it sounds. Doubled letters are one."""
    plain = folded.translate(_SOUNDS)
    return "".join(letter for at, letter in enumerate(plain) if not at or letter != plain[at - 1]).translate(_UNHEARD)


def _distance(word: str, text: str) -> int:
    """The fewest slips (a letter more, less, other, or two swapped) that make `word` a part of `text`."""
    above: list[int] = []
    before = [0] * (len(text) + 1)
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, other in enumerate(text, 1):
            best = min(before[j - 1] + (letter != other), before[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == text[j - 2] and word[i - 2] == other:
                best = min(best, above[j - 2] + 1)
            row.append(best)
        above, before = before, row
    return min(before)
