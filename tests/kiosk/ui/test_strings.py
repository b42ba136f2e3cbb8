"""The one table of the kiosk's own sentences is whole: nothing missing, nothing left over."""

import re
import string
import unicodedata
from pathlib import Path

import pytest
import uharfbuzz as hb

from kiosk.ui import strings
from kiosk.ui.files import FONTS
from kiosk.ui.strings import LANGUAGES, saying, table

UI = Path(strings.__file__).parent

#: Keys that code puts together, as patterns of what it can make.
MADE = (
    r"time\..+",
    r"services\.(all|farmer|landowner|business|builder|elderly|parent|welfare|disabled)", r"service\.priority_.+",
    r"service\.(form|print)_.+",
    r"ticket\.(printing|printed|failed|none|printing_why|printed_why)", r"steps\..+",
    r"ticket\.(next|person|people|range|below)", r"home\.wait_(none|some|range|below)",
    r"home\.(problem|track|rate|praise|ask|notices|way)(_why)?", r"home\.busy_[1-3]",
    r"tabs\..+", r"way\.(start|turn|door|at|stairs|lift)_.+", r"rating\.face[1-5]",
    r"status\.(step_)?(received|in_progress|answered|closed)",
    r"returning\.(nobody_came|no_better|came_back|not_my_matter|other)",
    r"sort\.(conduct|unfair|corruption)(_why)?", r"when\.(today|yesterday|week|month|longer)",
    r"staff\.(link|printer|clock|trial|sound|voice|board)_.+", r"staff\.(sound|board)",
    r"shutting\.(power|program)", r"staff\.(printer|clock|content|storage|fine|look|act)",
    r"staff\.(export|try_printer|try_sound|clean)",
    r"counters\.(lan|board|heard)_.+", r"counters\.(open|pause|closed|pair|pins|strip|close)",
    r"pair\.(code|paired|late|off|full)(_why)?", r"pair\.(phone|tablet|computer|kiosk)", r"set_pin\.(differs|weak)",
    r"strip\.(choose|ask|printing|printed|failed|shown)(_why)?", r"close\.(ask|sure|closed)(_why)?",
    r"close\.(waiting|missed|there)", r"staff\.counters",
    r"stick\..+", r"problem\..+",
    r"calendar\.(month|short|weekday)_\d+", r"slip\..+",
    r"cannot\.lost_.+", r"closed\.(wrong_key|damaged|no_content)(_do)?",
    r"enrol\.(ask|by_stick|carry|carry_on|same|differ|differed|again|starting)(_why)?", r"enrol\.why_.+",
)  # fmt: skip


def sources():
    """Every file that may say something."""
    return [path for suffix in ("py", "kv") for path in UI.rglob(f"*.{suffix}") if path.name != "strings.py"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_exists_in_every_language(language):
    """No language falls silently back to another for a sentence of ours."""
    assert [key for key, words in table().items() if not words.get(language, "").strip()] == []


def test_languages_fill_in_the_same_words():
    """A sentence asks for the same values in each language; only Thai needs no year of the Common Era (`ce`)."""
    fields = {
        key: {
            language: {name for _, name, _, _ in string.Formatter().parse(text) if name and name != "ce"}
            for language, text in each.items()
        }
        for key, each in table().items()
    }
    assert [key for key, each in fields.items() if len({frozenset(names) for names in each.values()}) > 1] == []


#: What stands in Latin letters in the midst of Jawi: values and their spans, names, and a command to type.
LATIN_IN_JAWI = re.compile(
    r"\{\w+\}|–(?=\{)|sala-server (import-stick|enrol-code --by-stick)|https://|/board"
    r"|\b(QR|[GM]B|Wi-Fi|lobby_port|kiosk\.toml)\b"
)


@pytest.mark.parametrize("font", ["NotoNaskhArabic_400Regular.ttf", "NotoNaskhArabic_700Bold.ttf"])
def test_jawi_is_written_in_letters_that_the_font_has(font):
    """Malay letters as their own code points, no Persian or presentation forms in their place, signs of the script."""
    drawn = set(hb.Face((FONTS / font).read_bytes()).unicodes)
    letters = set("ابتثجحخدذرزسشصضطظعغفقکلمنوهيءأئؤةىچڠڤݢڽۏٴ")
    allowed = letters | set(" 0123456789،؛؟.:()-·%«»\n")
    assert letters <= {chr(each) for each in drawn}
    wrong = {key: set(LATIN_IN_JAWI.sub("", each.get("ms-Arab", ""))) - allowed for key, each in table().items()}
    assert {key: signs for key, signs in wrong.items() if signs} == {}


def test_rumi_is_written_in_latin_letters():
    """No Thai or Arabic letter strayed in."""
    wrong = {key: re.findall(r"[^\x20-\x7e·–\n]", each.get("ms", "")) for key, each in table().items()}
    assert {key: signs for key, signs in wrong.items() if signs} == {}


def test_sentences_are_in_nfc_and_without_stray_spaces():
    """What looks the same is the same: an approval, a search and a test compare letters."""
    wrong = [
        (key, language) for key, each in table().items() for language, words in each.items()
        if unicodedata.normalize("NFC", words) != words or words != words.strip() or "  " in words
    ]  # fmt: skip
    assert wrong == []


def test_every_key_that_is_said_exists_and_every_key_is_said():
    """A key in code without a sentence would break a screen; a sentence nobody says is rubbish."""
    text = "\n".join(path.read_text("utf-8") for path in sources())
    said = set(re.findall(r"""["'](\w+\.\w+)["']""", text))
    sections = {key.split(".")[0] for key in table()}
    # A key put together in .kv begins with what keys begin with.
    begun = set(re.findall(r"""say\(\s*["'](\w+\.\w+)["']\s*\+""", text))
    assert [each for each in begun if not any(key.startswith(each) for key in table())] == []
    unknown = set(re.findall(r"""say\(\s*["'](\w+\.\w+)["']""", text)) - set(table()) - begun
    assert unknown == set()
    silent = [key for key in table() if key not in said and not any(re.fullmatch(each, key) for each in MADE)]
    assert silent == []
    assert sections


def test_values_are_text_and_never_a_pattern():
    """What is filled in is shown as it is, braces and all."""
    assert saying("th")("cannot.phone", phone="{0.__class__}") == "โทร {0.__class__}"
