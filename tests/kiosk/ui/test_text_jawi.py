"""The letters that Malay added to the Arabic ones join as the font means them to, though Unicode has no forms of them.

Whoever swaps in presentation forms leaves exactly these six standing alone; so they are what is looked at.
"""

from __future__ import annotations

import pytest
import uharfbuzz as hb

from kiosk.ui.files import FONTS
from kiosk.ui.shaping import Laid, lay_out, rasterise

OURS = "چڠڤݢڽۏ"
RIGHT_ONLY = "ۏ"
"""Waw and its kin join to the letter before and never to the one after."""
JOINER, NON_JOINER = "\u200d", "\u200c"
PLACES = {"alone": ("", ""), "first": ("", "ب"), "between": ("ب", "ب"), "last": ("ب", "")}
WEIGHTS = {"regular": "NotoNaskhArabic_400Regular.ttf", "bold": "NotoNaskhArabic_700Bold.ttf"}


def font_form(weight: str, before: str, letter: str, after: str) -> set[int]:
    """The font's own glyphs of ``letter`` where something joins it on these sides, asked of HarfBuzz directly."""
    buffer = hb.Buffer()
    buffer.add_str((JOINER if before else "") + letter + (JOINER if after else ""))
    buffer.direction, buffer.script, buffer.language = "rtl", "Arab", "ms-Arab"
    font = hb.Font(hb.Face(hb.Blob((FONTS / WEIGHTS[weight]).read_bytes())))
    hb.shape(font, buffer)
    blank = font.get_nominal_glyph(0x20)
    at = 1 if before else 0
    return {info.codepoint for info in buffer.glyph_infos if info.cluster == at and info.codepoint != blank}


def own_form(laid: Laid, at: int) -> set[int]:
    """The glyphs that stand for the sign at ``at`` in what was laid out."""
    return {glyph[0] for run in laid.lines[0].runs for glyph in run.glyphs if glyph[1] == at}


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("letter", OURS)
def test_a_letter_takes_the_form_of_its_place(letter: str, place: str, weight: str) -> None:
    """Alone, first, between and last, each letter is drawn with the glyphs the font has for that place."""
    before, after = PLACES[place]
    laid = lay_out(before + letter + after, 48, weight=weight, lang="ms-Arab")
    found = own_form(laid, len(before))
    assert found
    assert 0 not in found, "the font does not hold it"
    assert found == font_form(weight, before, letter, "" if letter in RIGHT_ONLY else after)


@pytest.mark.parametrize("letter", OURS)
def test_the_four_forms_differ(letter: str) -> None:
    """A letter that looked alike in every place would not be joined at all."""
    forms = {
        place: frozenset(own_form(lay_out(before + letter + after, 48, lang="ms-Arab"), len(before)))
        for place, (before, after) in PLACES.items()
    }
    assert len(set(forms.values())) == (2 if letter in RIGHT_ONLY else 4)


def gaps(text: str) -> int:
    """How many times white runs from top to bottom between the letters of ``text`` as they are drawn."""
    picture = rasterise(lay_out(text, 96, lang="ms-Arab"))
    opacity = picture.pixels[1::2]
    inked = [max(opacity[column :: picture.stride]) > 96 for column in range(picture.width)]
    first, last = inked.index(True), len(inked) - inked[::-1].index(True)
    return sum(here and not after for here, after in zip(inked[first:last], inked[first + 1 : last], strict=False))


@pytest.mark.parametrize("letter", OURS)
def test_the_ink_runs_on(letter: str) -> None:
    """In pixels: no white between a letter and its neighbours where it joins them; else there is."""
    assert gaps("ط" + letter) == 0
    assert gaps(letter + "ط") == (1 if letter in RIGHT_ONLY else 0)
    assert gaps("ط" + NON_JOINER + letter) == 1


def test_a_word_is_one_run_whatever_stands_beside_it() -> None:
    """Beside Thai, figures and Rumi a Jawi word is still shaped whole, so its letters still join."""
    word = "ڤرڬورون"
    for text in (f"ไทย {word} 12/2569", f"(OTP) {word}", f"{word}ไทย", f"600{word}"):
        at = text.index(word)
        runs = [run for run in lay_out(text, 48, lang="ms-Arab").lines[0].runs if run.rtl]
        assert any(run.start <= at and run.stop >= at + len(word) for run in runs), text


def test_jawi_is_drawn_larger_than_rumi() -> None:
    """At one size Naskh would look small beside Sarabun: it is drawn a fifth larger."""
    laid = lay_out("A ڤ", 100, lang="ms-Arab")
    scales = {laid.stack.faces[run.face].scale for run in laid.lines[0].runs if run.rtl and run.width > 30}
    assert scales == {1.2}
