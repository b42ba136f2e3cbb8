"""Lines end between words, hold together what belongs together, and never outgrow a picture."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.ui.shaping import (
    SIDE_MAX,
    caret_stops,
    count_graphemes,
    grapheme_boundaries,
    lay_out,
    rasterise,
    showable,
)
from kiosk.ui.shaping.house import breaker
from kiosk.ui.shaping.layout import one_line

PARAGRAPH = (
    "องค์การบริหารส่วนตำบลศาลาทองเปิดรับลงทะเบียนเบี้ยยังชีพผู้สูงอายุประจำปีงบประมาณ 12/2569 "
    "ระหว่างเวลา 08.30–16.30 น. ที่ศูนย์บริการร่วมโดยไม่มีค่าธรรมเนียม"
)
WHOLE = ("องค์การบริหารส่วนตำบล", "ผู้สูงอายุ", "ปีงบประมาณ", "12/2569", "08.30–16.30", "ค่าธรรมเนียม", "ศูนย์บริการร่วม")


def lines(text: str, width: float, px: float = 36, **how: object) -> list[str]:
    """The lines as they are shown."""
    return [line.text.rstrip() for line in lay_out(text, px, width=width, **how).lines]  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [400, 480, 560, 700, 968])
def test_no_word_is_torn(width: int) -> None:
    """The office's terms, dates and times stay whole at every width they fit in."""
    found = lines(PARAGRAPH, width)
    for word in WHOLE:
        assert any(word in line for line in found), (word, found)
    assert "".join(found).replace(" ", "") == PARAGRAPH.replace(" ", "")


def test_a_word_that_is_too_long_is_cut_between_its_words() -> None:
    """Where it has some; words that fit stay whole, and so does what one is made of."""
    wide = max(line.width for line in lay_out("ความช่วยเหลือ", 36).lines)
    assert lines("ขอความช่วยเหลือ", wide + 1) == ["ขอ", "ความช่วยเหลือ"]
    assert lines("ขอความช่วยเหลือ", 2 * wide) == ["ขอความช่วยเหลือ"]
    assert "".join(lines("ก" * 40, 200)) == "ก" * 40


def test_words_in_words_are_looked_for_once_a_text(monkeypatch) -> None:
    """Whoever holds down a key writes a long word: each line of it must not cost a look at all that is left."""
    asked: list[str] = []
    monkeypatch.setattr("kiosk.ui.shaping.house.inside", lambda text: asked.append(text) or [])
    assert len(lines("ฅ" * 400, 200)) > 10
    assert len(asked) == 1


def test_every_line_fits() -> None:
    """No line is wider than the room, and greedy lines leave no room for the next word."""
    laid = lay_out(PARAGRAPH, 36, width=480)
    assert len(laid.lines) > 3
    assert all(line.width <= 480 for line in laid.lines)


def test_a_no_break_space_ties_a_number_to_its_unit() -> None:
    """`5 นาที` moves to the next line together."""
    for width in range(200, 500, 20):
        assert any("5\u00a0นาที" in line for line in lines("ใช้เวลาไม่เกิน 5\u00a0นาที ต่อคน", width))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ตั้งแต่ 08.30–12.00 น. และ 13.00–16.30 น. เว้นวันหยุด", ("08.30–12.00 น.", "13.00–16.30 น.")),
        ("รวม 29 วัน 1 ชั่วโมง จากที่สัญญา ๓๐ วันทำการ", ("29 วัน", "1 ชั่วโมง", "๓๐ วัน")),
        ("promised within 30 days, or 15 minutes at most", ("30 days", "15 minutes")),
    ],
)
def test_a_number_stays_with_its_unit_across_a_typed_space(text: str, whole: tuple[str, ...]) -> None:
    """What the office types with a common space holds together as well, at every width it fits in."""
    for width in range(300, 600, 20):
        found = lines(text, width)
        for pair in whole:
            assert any(pair in line for line in found), (width, pair, found)


def test_a_number_is_not_tied_to_any_word() -> None:
    """Only units are: `2569 ปลัด` and `5 mangoes` may part."""
    assert next(line[-1] for line in lines("ปีที่เริ่ม 2569 ปลัดอำเภอ", 250)) == "9"
    assert lines("there are 5 mangoes", 230)[0] == "there are 5"


def test_an_overlong_word_is_cut_between_characters() -> None:
    """A word wider than the line is cut, and no mark loses its base, no leading vowel its consonant."""
    found = lines("กำ้" * 40 + "เแก" * 20, 300)
    assert len(found) > 3
    for line in found[1:]:
        assert line[0] not in "\u0e33\u0e49"
    assert all(line[-1] not in "เแ" for line in found[:-1])


def test_balanced_lines_are_of_like_length() -> None:
    """A heading of two lines does not leave one word alone on the second."""
    text = "ขออนุญาตก่อสร้าง ดัดแปลง รื้อถอน หรือเคลื่อนย้ายอาคาร"
    plain = lay_out(text, 37, width=600)
    even = lay_out(text, 37, width=600, balance=True)
    assert len(even.lines) == len(plain.lines) == 2
    assert even.width <= plain.width
    spread = [abs(laid.lines[0].width - laid.lines[1].width) for laid in (plain, even)]
    assert spread[1] <= spread[0]


def test_too_many_lines_end_in_an_ellipsis() -> None:
    """`lines_max` cuts, says so, and the last line still fits."""
    laid = lay_out(PARAGRAPH, 36, width=400, lines_max=2)
    assert laid.cut_short
    assert len(laid.lines) == 2
    assert laid.lines[-1].text.endswith("…")
    assert laid.lines[-1].width <= 400


def test_one_line_too_long_for_any_picture_is_cut() -> None:
    """Without wrapping, a line still ends at the largest texture."""
    laid = lay_out("ก" * 3000, 72)
    assert laid.width <= SIDE_MAX
    assert laid.cut_short


def test_jawi_runs_from_the_right() -> None:
    """A Jawi line is aligned right, its figures and Rumi stay readable."""
    laid = lay_out("چاوڠ 600 (OTP)", 36, width=600, lang="ms-Arab")
    assert laid.lines[0].rtl
    directions = [(run.start, run.rtl) for run in laid.lines[0].runs]
    assert any(rtl for _, rtl in directions)
    assert any(not rtl for _, rtl in directions)


def test_the_words_of_the_office_are_known() -> None:
    """Every term of `office.txt` comes out as one word."""
    for word in ("องค์การบริหารส่วนตำบล", "ผู้รับผิดชอบ", "ปีงบประมาณ"):
        assert breaker().words(word) == [word]


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(
        alphabet="ก\u0e34\u0e48\u0e49\u0e33เ \n\u200b\u200d\u202e\u2066\ufeff\x00\x1b\u0301"
        "😀👨👩👧🇹ملايو\u064e12/[]size=99",
        max_size=80,
    ),
    st.sampled_from(
        ["[size=99999]x[/size]", "\x1bp0", "\u202egnp.exe", "ก" * 10_000, "😀" * 5000, "a\u0301" * 5000, "\u0e34" * 500,
         "\n" * 9000, "\ud800", "&bl;", "{{7*7}}", "=1+1", " " * 10_000, "ڤ" * 4000]
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    HOSTILE,
    st.sampled_from([None, 1, 60, 968, 100_000]),
    st.sampled_from([1, 28, 300]),
    st.sampled_from(["th", "ms-Arab"]),
)
def test_any_string_becomes_a_picture_of_bounded_size(text: str, width: int | None, px: int, lang: str) -> None:
    """Whatever is typed, laying out and drawing end well and stay inside the largest texture."""
    laid = lay_out(text, px, width=width, lang=lang)
    picture = rasterise(laid)
    assert 0 < picture.width <= SIDE_MAX
    assert 0 < picture.height <= SIDE_MAX
    assert len(picture.pixels) == 2 * picture.stride * picture.height
    for line in laid.lines:
        assert not any(0x202A <= ord(char) <= 0x202E or 0x2066 <= ord(char) <= 0x2069 for char in line.text)


@given(HOSTILE)
def test_showable_is_idempotent_and_keeps_letters(text: str) -> None:
    """Cleaning twice changes nothing more, and plain text is not touched."""
    once = showable(text)
    assert showable(once) == once
    assert not any(char < " " and char != "\n" for char in once)
    assert showable("ลงทะเบียน [size=9] 12/2569") == "ลงทะเบียน [size=9] 12/2569"


def test_an_unknown_letter_is_a_visible_box() -> None:
    """What no font holds still leaves ink."""
    assert any(rasterise(lay_out("😀", 36)).pixels[1::2])
    assert not any(rasterise(lay_out(" ", 36)).pixels[1::2])


@pytest.mark.parametrize(
    ("text", "count"),
    [("น้ำ", 1), ("ปั๊ม", 2), ("เก้าอี้", 4), ("👨‍👩‍👧", 1), ("🇹🇭🇲🇾", 2), ("👍🏽", 1), ("a\u0301b", 2), ("", 0)],
)
def test_written_characters_are_counted_as_read(text: str, count: int) -> None:
    """A mark, a joiner or a skin tone is no character of its own."""
    assert count_graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "lang"), [("ลงน้ำ ที่นี่ ", "th"), ("چاوڠ 600 abc", "ms-Arab"), ("abc ملايو", "en"), ("", "th")]
)
def test_a_caret_stands_at_every_character_and_nowhere_else(text: str, lang: str) -> None:
    """Stops are the character edges, in sight, and no two at one place."""
    laid = lay_out(text, 36, width=900, lang=lang, editing=True)
    stops = caret_stops(laid.lines[0])
    assert [at for at, _ in stops] == grapheme_boundaries(text)
    assert all(-1 <= x <= 901 for _, x in stops)
    if lang == "th":
        assert [x for _, x in stops] == sorted(x for _, x in stops)


def test_an_input_keeps_the_space_one_just_typed() -> None:
    """While editing, a space at the end of a line moves the caret."""
    typed = lay_out("ก ", 36, editing=True).lines[0].width
    assert typed > lay_out("ก", 36, editing=True).lines[0].width


def test_one_line_stands_at_the_left_of_its_own_block() -> None:
    """A line taken out of its block is drawn from x = 0 and is one line high."""
    laid = lay_out(PARAGRAPH, 36, width=480, align="center")
    alone = one_line(laid, 2)
    assert len(alone.lines) == 1
    assert alone.lines[0].x == 0
    assert alone.height == pytest.approx(laid.pitch, abs=1)


@pytest.mark.parametrize("weight", ["regular", "semibold", "bold", "extrabold"])
@pytest.mark.parametrize("family", ["sans", "looped"])
@pytest.mark.parametrize("text", ["น้ำ ก๊ำ ปั๊ม ปี๊ ฟื้น", "ญู ฐุ ฎุ ฏู ฤู กฺ", "ÅÉgjQ", "ڠ ݢ چ ۏ اَ لِ پ", "ใฟๆ โ"])
@pytest.mark.parametrize("px", [28, 36, 60, 280])
def test_no_ink_is_cut_off(weight: str, family: str, text: str, px: int) -> None:
    """However tall the marks and however tight the lines, the rim of the picture stays empty."""
    picture = rasterise(lay_out(text, px, weight=weight, family=family, pitch=1.0))
    ink, stride = picture.pixels[1::2], picture.stride
    assert not any(ink[:stride])
    assert not any(ink[-stride:])
    assert not any(ink[0::stride])
    assert not any(ink[picture.width - 1 :: stride])
