"""A text is spoken by the largest clips there are, and what nobody recorded is told, never guessed."""

import re

import pytest

from kiosk import speech, words
from kiosk.speech import fingerprint, number_words, spell
from kiosk.ui.shaping.house import breaker
from tests.kiosk.tones import Said


def said(text, language, *clips):
    """The words of the clips that say `text`, and what is missing."""
    voice = Said(*clips)
    found = spell(text, language, voice, breaker().words)
    return voice.words(found.clips), list(found.missing)


@pytest.mark.parametrize(
    ("digits", "tongue", "spoken"),
    [
        ("11", "th", "สิบ เอ็ด"), ("21", "th", "ยี่ สิบ เอ็ด"), ("101", "th", "หนึ่ง ร้อย เอ็ด"), ("20", "th", "ยี่ สิบ"),
        ("2570", "th", "สอง พัน ห้า ร้อย เจ็ด สิบ"), ("๒๑", "th", "ยี่ สิบ เอ็ด"), ("0", "th", "ศูนย์"),
        ("027", "th", "ศูนย์ สอง เจ็ด"), ("4827193", "en", "four eight two seven one nine three"),
        ("13", "en", "thirteen"), ("42", "en", "forty two"), ("1105", "en", "one thousand one hundred five"),
        ("11", "ms", "sebelas"), ("15", "ms", "lima belas"), ("21", "ms", "dua puluh satu"),
        ("1500", "ms", "seribu lima ratus"), ("200", "ms", "dua ratus"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_people_say_them(digits, tongue, spoken):
    """By the rules of each language; codes and telephone numbers digit by digit."""
    assert number_words(digits, tongue) == spoken.split()


def test_every_number_has_its_clips():
    """What a number can need is on the list of what to record."""
    for language in words.LANGUAGES:
        clips = set(speech.number_clips(language))
        assert clips.issuperset(speech.digit_words(language)), language
        for number in (*range(1000), 1999, 54_321, 100_000, 999_999):
            assert clips.issuperset(number_words(str(number), speech.tongue_of(language))), (language, number)


def test_a_whole_sentence_is_said_by_its_own_clip():
    """Even where its words are there too."""
    assert said("แตะเพื่อเริ่ม", "th", "แตะ", "เพื่อ", "เริ่ม", "แตะเพื่อเริ่ม") == (["แตะเพื่อเริ่ม"], [])


def test_spacing_case_and_marks_at_the_ends_change_no_clip():
    """And a changed sentence is another one: it never speaks with its old clip."""
    assert fingerprint(" Touch  to start. ") == fingerprint("touch to start")
    assert fingerprint("Touch to start") != fingerprint("Touch to begin")


def test_a_sentence_with_a_value_is_said_in_parts():
    """The fixed part as recorded, the value as a number of this language."""
    text = words.sentence("foot.left", "th").format(seconds=21)
    assert said(text, "th", "เหลือ", "วินาที", "ยี่", "สิบ", "เอ็ด") == (["เหลือ", "ยี่", "สิบ", "เอ็ด", "วินาที"], [])


def test_clauses_then_words():
    """A sentence before its clauses, clauses before words, and the time of day as it is said."""
    clips = ("เปิดพักเที่ยง", "ไป", "ช่องบริการ", "สอง", "สิบ", "นาฬิกา", "ยี่", "สี่", "นาที")
    assert said("ไปช่องบริการ 2 · เปิดพักเที่ยง\n10:24", "th", *clips) == (
        ["ไป", "ช่องบริการ", "สอง", "เปิดพักเที่ยง", "สิบ", "นาฬิกา", "ยี่", "สิบ", "สี่", "นาที"], [],
    )  # fmt: skip


def test_what_nobody_recorded_is_told():
    """Word by word, and the rest is still said."""
    assert said("Pay the tax here", "en", "pay", "here") == (["pay", "here"], ["the", "tax"])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_who_recorded_the_whole_list_is_never_silent(language):
    """Every sentence of the kiosk that a citizen may hear, with numbers for values, is said by what is recorded."""
    voice = Said(*speech.own_clips(language), *speech.number_clips(language))
    silent = {}
    for key in words.table():
        if key.startswith(speech.NEVER_READ):
            continue
        text = re.sub(r"\{\w+\}", "27", words.sentence(key, language))
        missing = spell(text, language, voice, breaker().words).missing
        if missing:
            silent[key] = missing
    assert silent == {}
