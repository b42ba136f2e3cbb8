"""Text on its way into a page."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_server.web.words import RUN_LETTERS_MAX, RUN_THAI_LETTERS_MAX, beginning, wrap, wrap_label


def plain(markup: str) -> str:
    """What a reader sees, and copies."""
    named = re.sub(r'<span class="ctl">U\+([0-9A-F]+)</span>', lambda found: chr(int(found[1], 16)), markup)
    return html.unescape(re.sub(r"</?span[^>]*>|<wbr>", "", named.replace("<br>", "\n")))


@given(st.text(max_size=200))
def test_any_text_is_shown_as_it_is(text):
    """Nothing is lost, added or acted upon: taking the markup away gives the very text back."""
    assert plain(wrap(text)) == text


@given(st.text(alphabet="<>&\"'[]{}%=ก้ำ\u202e\u2066\x00\x1b\u200fa ", max_size=60))
def test_hostile_text_makes_no_markup_and_no_control(text):
    """Only our own tags are in the markup, and no character that acts on the text around it."""
    markup = wrap(text)
    assert set(re.findall(r"<[^>]*>", markup)) <= {
        '<span class="th">',
        '<span class="ctl">',
        "</span>",
        "<wbr>",
        "<br>",
    }
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x09\x0b-\x1f]", markup)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ไฟถนนดับหน้าโรงเรียน", ["ไฟถนน", "ดับ", "หน้า", "โรงเรียน"]),
        ("เหลือ 8 วัน", ["เหลือ ", "8 วัน"]),
        ("ถึง 24 มี.ค. 2570 ครับ", ["ถึง ", "24 มี.ค. 2570 ", "ครับ"]),
        ("หมู่ 4 ตำบล", ["หมู่ 4 ", "ตำบล"]),
        ("อื่น ๆ อีก", ["อื่น ๆ ", "อีก"]),
        ("กองสาธารณสุข ปีงบประมาณ", ["กองสาธารณสุข ", "ปีงบประมาณ"]),
        ("one two", ["one ", "two"]),
    ],
)
def test_lines_turn_only_between_words(text, pieces):
    """Words stay whole, and a number stays with what it counts."""
    body = wrap(text).removeprefix('<span class="th">').removesuffix("</span>")
    assert body.split("<wbr>") == pieces


@pytest.mark.parametrize("term", ["สิ่งปลูกสร้าง", "กองสาธารณสุข", "ผู้รับผิดชอบ", "ปีงบประมาณ", "บัตรคิว", "เจ้าหน้าที่"])
def test_terms_of_an_office_stay_whole(term):
    """Wherever they stand in a sentence."""
    pieces = wrap(f"เรื่อง{term}และ{term}อีก {term}").split("<wbr>")
    assert sum(piece.count(term) for piece in pieces) == 3


@given(st.sampled_from("Aกฬ").flatmap(lambda letter: st.integers(1, 400).map(lambda n: letter * n)))
def test_no_run_is_wider_than_a_phone(text):
    """A run without a place to turn is opened by force."""
    longest = RUN_LETTERS_MAX if text[0] == "A" else RUN_THAI_LETTERS_MAX
    body = wrap(text).removeprefix('<span class="th">').removesuffix("</span>")
    assert max(map(len, body.split("<wbr>"))) <= longest


def test_a_forced_turn_leaves_no_mark_alone():
    """Marks and vowels stay with their consonant even in nonsense."""
    body = wrap("ก้" * 60).removeprefix('<span class="th">').removesuffix("</span>")
    assert all(piece.startswith("ก") for piece in body.split("<wbr>"))


def test_labels_without_thai_are_plain():
    """English labels need no wrapping."""
    assert wrap_label("Cases & more") == "Cases &amp; more"


@given(st.text(max_size=120), st.integers(1, 60))
def test_a_beginning_fits(text, size):
    """A beginning is one line, at most one ellipsis longer than asked for."""
    found = beginning(text, size)
    assert len(found) <= size + 1
    assert "\n" not in found


def test_a_beginning_ends_between_words():
    """It is cut where a word ends."""
    assert beginning("ไฟถนนหน้าโรงเรียนดับสามต้น", 12) == "ไฟถนนหน้า…"


def test_words_in_attributes_are_plain():
    """`{% t %}` marks up its words for the eye, which would end an attribute: there `{% say %}` speaks."""
    import re
    from pathlib import Path

    import sync_server

    pages = sorted(Path(sync_server.__file__).parent.rglob("templates/**/*.html"))
    assert len(pages) > 20
    inside = re.compile(r'[\w-]="[^"<>]*\{% t ')
    assert [page.name for page in pages if inside.search(page.read_text("utf-8"))] == []
    assert inside.search('<svg aria-label="{% t "ก" "a" %}">')
