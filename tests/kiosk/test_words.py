"""Words in four languages: what falls back to what, and Jawi only as far as somebody read it."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from kiosk import words
from kiosk.desk.queue import Priority
from kiosk.devices import slip
from kiosk.ui.strings import saying
from shared import content, thai
from shared.content import Review, Words

DAY = date(2027, 3, 16)


def reading(*keys):
    """The approval of the Jawi of these keys, as an edition carries it."""
    rows = [words.table()[key] for key in keys]
    marks = [content.fingerprint(row["th"], row["ms-Arab"]) for row in rows]
    return Words(reviews=[Review(by="x", on=DAY, approved=marks)])


def test_jawi_is_said_only_where_it_was_approved():
    """An approved sentence is said in Jawi; without an edition that approves it, it falls back to Rumi."""
    approved = words.approved(reading("language.name"))
    assert approved == {"language.name"}
    assert saying("ms-Arab", approved)("language.name") == words.table()["language.name"]["ms-Arab"]
    assert saying("ms-Arab")("language.name") == words.table()["language.name"]["ms"]
    assert saying("ms-Arab", approved).offered
    assert not saying("ms-Arab").offered


@pytest.mark.parametrize("changed", ["th", "ms-Arab"])
def test_a_changed_sentence_loses_its_approval(monkeypatch, changed):
    """Neither the Jawi nor the Thai under it may change behind the reviewer's back."""
    read = reading("language.name")
    row = {**words.table()["language.name"]}
    monkeypatch.setitem(words.table(), "language.name", {**row, changed: row[changed] + "x"})
    assert words.approved(read) == frozenset()


def test_languages_fall_back_and_never_show_a_blank(monkeypatch):
    """Jawi to Rumi, all else to Thai."""
    monkeypatch.setitem(words.table(), "foot.back", {"th": "ท", "ms": "m"})
    assert [words.sentence("foot.back", each) for each in (*words.LANGUAGES, "xx")] == ["ท", "ท", "m", "m", "ท"]


def test_thai_days_are_those_of_papers():
    """The table of months is the office's own."""
    assert saying("th").long_day(DAY) == thai.long_date(DAY)
    assert saying("th").short_day(DAY) == thai.short_date(DAY)
    assert saying("th").weekday(DAY) == thai.weekday(DAY)


def test_malay_days_and_times_are_written_as_malays_write_them():
    """Malay months in either script, western digits, years of the Common Era: only Thai counts otherwise."""
    whole = frozenset(words.table())
    said = {language: saying(language, whole) for language in words.LANGUAGES}
    assert {language: say.long_day(DAY).replace("\u00a0", " ") for language, say in said.items()} == {
        "th": "16 มีนาคม 2570", "en": "16 March 2027", "ms": "16 Mac 2027", "ms-Arab": "16 مچ 2027",
    }  # fmt: skip
    assert [say.weekday(DAY) for say in said.values()] == ["อังคาร", "Tuesday", "Selasa", "ثلاث"]
    assert said["ms"].short_day(date(2026, 12, 5)).replace("\u00a0", " ") == "5 Dis 2026"
    assert said["ms"].day_month(date(2026, 12, 5)) == "5\u00a0Dis"
    working = content.Duration(value=3, unit="working_day")
    assert said["ms"].duration(working).replace("\u00a0", " ") == "3 hari bekerja"
    assert said["ms-Arab"].duration(working).replace("\u00a0", " ") == "3 هاري بکرجا"


def test_a_slip_is_in_jawi_whole_or_not_at_all():
    """Half a slip in each script helps nobody."""
    assert words.slip_language("en", Words()) == "en"
    assert words.slip_language("ms-Arab", reading("language.name")) == "ms"


def test_every_word_of_a_slip_is_in_the_table():
    """What a slip says exists, every priority included, and nothing of the table is left unsaid."""
    code = Path(slip.__file__).read_text("utf-8")
    # Named whole, or by the field that stands below it.
    said = set(re.findall(r"""["']slip\.(\w+)["']""", code)) | set(re.findall(r"""\("(\w+)", slip\.\w+\)""", code))
    priorities = set(get_args(Priority)) - {""}
    table = {key.removeprefix("slip.") for key in words.table() if key.startswith("slip.")}
    assert said | priorities == table
