"""What is touched on the keyboard is what is written, from either keyboard, as writers of Thai and Jawi expect it."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.editing import Draft
from kiosk.ui.files import KEYBOARDS
from kiosk.ui.harness import Stage
from kiosk.ui.shaping import count_graphemes, grapheme_boundaries
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import LOOK
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import LETTERS, Keyboard, read_layout
from kiosk.ui.widgets.surface import Ground
from shared.graphemes import extends

LAYOUTS = sorted(path.stem for path in KEYBOARDS.glob("*.json"))


@pytest.fixture
def desk(stage: Stage) -> tuple[Any, Any]:
    """An input above a keyboard."""
    ground = Ground()
    box, board = ShapedInput(), Keyboard()
    board.target = box
    ground.add_widget(box)
    ground.add_widget(board)
    stage.show(ground)
    return box, board


@pytest.mark.parametrize("text", ["น้ำ", "ปั๊ม", "ผู้สูงอายุ ญู", "ศาลาทอง", "ไฟดับ /"])
def test_thai_is_written_by_touch(stage: Stage, desk: tuple[Any, Any], text: str) -> None:
    """Signs of both layers arrive in the order they were touched."""
    box, board = desk
    stage.strike(board, text)
    assert box.text == text
    assert box.count == count_graphemes(text)


def test_the_language_key_goes_round(stage: Stage, desk: tuple[Any, Any]) -> None:
    """From the visit's letters through all others and back; by the alphabet is one touch from Kedmanee."""
    _, board = desk
    board.begin("ms-Arab")
    seen = []
    for _ in range(3):
        seen.append(board.layout)
        stage.settle()
        stage._strike_spot(board.spot_of("language"))
    assert seen == ["jawi", "th-kedmanee", "en"]
    assert board.layout == "jawi"
    board.begin("th")
    stage.settle()
    stage._strike_spot(next(spot for spot in board.spots if spot.key.to == "th-alphabet"))
    stage.settle()
    assert board.layout == "th-alphabet"
    stage._strike_spot(board.spot_of("language"))
    assert board.layout == "en"


def test_a_visit_begins_with_its_own_letters(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Nothing of the layout, the shift or the way back is left from whoever wrote before."""
    _, board = desk
    board.begin("ms-Arab")
    stage.settle()
    stage._strike_spot(board.spot_of("layout"))
    board.shift = True
    for language, layout in LETTERS.items():
        board.begin(language)
        assert (board.layout, board.shift) == (layout, False)
        board.begin(language, digits=True)
        assert board.layout == "digits"
        board.layout = "symbols"
        stage.settle()
        stage._strike_spot(board.spot_of("letters"))
        assert board.layout == layout


def test_english_and_figures(stage: Stage, desk: tuple[Any, Any]) -> None:
    """The language key goes through the layouts, the figures come and go."""
    box, board = desk
    stage._strike_spot(board.spot_of("language"))
    stage.settle()
    assert board.layout == "en"
    stage.strike(board, "Sala")
    stage._strike_spot(board.spot_of("layout"))
    stage.settle()
    stage.strike(board, "12/2569")
    stage._strike_spot(board.spot_of("letters"))
    stage.settle()
    assert board.layout == "en"
    assert box.text == "Sala12/2569"


def test_shift_holds_for_one_sign(stage: Stage, desk: tuple[Any, Any]) -> None:
    """After a shifted sign the next is plain again."""
    box, board = desk
    stage._strike_spot(board.spot_of("shift"))
    stage.frames(2)
    stage._strike_spot(board.spot_of("ฟ"))
    stage.frames(2)
    stage._strike_spot(board.spot_of("ฟ"))
    assert box.text == "ฤฟ"


def test_a_key_held_while_the_keys_are_drawn_anew_still_writes(stage: Stage, desk: tuple[Any, Any]) -> None:
    """A redraw between finger down and finger up, as after shift, loses no sign."""
    box, board = desk
    spot = board.spot_of("ฟ")
    finger = stage.touch(spot.x + spot.width / 2, spot.y + spot.height / 2)
    board._draw()
    finger.lift()
    assert box.text == "ฟ"


def test_a_touch_between_keys_goes_to_the_nearer(stage: Stage, desk: tuple[Any, Any]) -> None:
    """There is no dead ground on the keyboard."""
    box, board = desk
    left, right = board.spot_of("ฟ"), board.spot_of("ห")
    y = left.y + left.height / 2
    gap = right.x - (left.x + left.width)
    assert gap > 2
    assert board.nearest(left.x + left.width + gap * 0.25, y) is left
    assert board.nearest(right.x - gap * 0.25, y) is right
    assert board.nearest(board.x + 1, y) is left
    stage.tap_at(left.x + left.width + gap * 0.25, y)
    assert box.text == "ฟ"


def test_sliding_corrects(stage: Stage, desk: tuple[Any, Any]) -> None:
    """The key under the lifting finger is the one written."""
    box, board = desk
    first, second = board.spot_of("ก"), board.spot_of("ด")
    finger = stage.touch(first.x + 20, first.y + 40)
    finger.move(second.x + 20, second.y + 40)
    finger.lift()
    assert box.text == "ด"


def test_backspace_takes_back_a_mark_then_the_letter(stage: Stage, desk: tuple[Any, Any]) -> None:
    """One Thai mark at a time, one whole character elsewhere."""
    box, board = desk
    stage.strike(board, "นั้")
    for left in ("นั", "น", ""):
        stage._strike_spot(board.spot_of("backspace"))
        stage.settle()
        assert box.text == left
    board.begin("ms-Arab")
    stage.settle()
    stage.strike(board, "ب\u0651\u064e")
    for left in ("ب\u0651", "ب", ""):
        stage._strike_spot(board.spot_of("backspace"))
        stage.settle()
        assert box.text == left
    box.insert("👨‍👩‍👧")
    box.backspace()
    assert box.text == ""


@pytest.mark.parametrize("sign", ["backspace", "ก"])
def test_a_keyboard_that_left_the_screen_writes_nothing(stage: Stage, desk: tuple[Any, Any], sign: str) -> None:
    """Neither a held key that goes on, nor the finger that lifts at last."""
    box, board = desk
    stage.strike(board, "กก")
    spot = board.spot_of(sign)
    finger = stage.touch(spot.x + spot.width / 2, spot.y + spot.height / 2)
    left = box.text
    stage.clear()
    if sign == "backspace":
        stage.settle(until=lambda: board._repeat is None)
    finger.lift()
    assert (box.text, board._pressed) == (left, {})


def test_a_real_keyboard_writes_too(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Text from SDL arrives while the box has the focus, and only then."""
    box, _ = desk
    stage.tap(box)
    assert box.focus
    stage.type("น้ำ")
    assert box.text == "น้ำ"
    box.focus = False
    stage.type("ก")
    assert box.text == "น้ำ"


def test_a_real_keyboard_moves_and_deletes(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Arrow, home, end, delete and backspace do what they say, by written characters."""
    box, _ = desk
    box.text = "กน้ำข"
    stage.tap(box)
    box.caret = 0
    home, right, delete = 278, 275, 127
    for code in (home, right, right, delete):
        stage.window.dispatch("on_key_down", code, 0, None, [])
        stage.frames(1)
    assert box.text == "กน้ำ"
    box.focus = False


def test_a_tap_places_the_caret(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Touching the beginning of the text puts the caret there, at a character's edge."""
    box, _ = desk
    box.text = "ปั๊มน้ำ"
    stage.settle()
    stage.tap_at(box.x + box.pad + 1, box.top - box.pad - 10)
    assert box.caret == 0
    box.insert("ก")
    stage.settle()
    assert box.text == "กปั๊มน้ำ"
    stage.tap_at(box.right - box.pad, box.top - box.pad - 10)
    assert box.caret == len(box.text)


def test_the_length_is_capped_in_written_characters(stage: Stage, desk: tuple[Any, Any]) -> None:
    """No key goes beyond the cap, and a paste is cut at a character's edge."""
    box, _ = desk
    box.characters_max = 3
    box.insert("น้ำน้ำน้ำน้ำ")
    assert box.text == "น้ำน้ำน้ำ"
    box.insert("ก")
    assert box.count == 3


def test_controls_never_get_in(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Escape sequences, direction controls and towers of marks are refused at the key."""
    box, _ = desk
    box.insert("\x1bp\x00ก\u202e\ufeff" + "\u0e49" * 40)
    assert box.text.startswith("pก")
    assert len(box.text) <= 2 + 4


def test_a_long_text_keeps_its_caret_in_sight(stage: Stage, desk: tuple[Any, Any]) -> None:
    """A text higher than its box scrolls, and only the lines in sight are drawn."""
    box, _ = desk
    box.size_hint_y, box.height = None, 300
    box.text = "ไปยื่นเรื่องเมื่อเช้าเจ้าหน้าที่ให้คนรู้จักแซงคิว " * 40
    stage.settle()
    assert box._top + box._room == len(box._laid.lines)
    assert len(box._lines) <= box._room


def test_masked_text_leaves_no_letters(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Masked, the box draws bars: no picture of a word exists."""
    box, _ = desk
    box.text = "ความลับ"
    stage.settle()
    assert box._lines
    box.mask = True
    stage.settle()
    assert not box._lines
    assert box.text == "ความลับ"


def test_clearing_forgets(stage: Stage, desk: tuple[Any, Any]) -> None:
    """An emptied box keeps no picture of what stood in it."""
    box, _ = desk
    box.text = "ความลับ"
    stage.settle()
    box.text = ""
    assert not box._lines


def test_one_line_is_done_with_enter(stage: Stage, desk: tuple[Any, Any]) -> None:
    """Where there is one line, enter is an act and no sign."""
    box, board = desk
    heard: list[str] = []
    box.multiline = False
    box.fbind("on_enter", lambda *_: heard.append("enter"))
    stage.strike(board, "ก")
    stage._strike_spot(board.spot_of("enter"))
    assert (box.text, heard) == ("ก", ["enter"])


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_fills_its_rows(name: str) -> None:
    """No row is wider than the keyboard, and every layout leads on and back."""
    layout = read_layout(name)
    for row in layout.rows:
        assert sum(key.wide for key in row) <= layout.columns
    acts = {key.do for row in layout.rows for key in row}
    assert "backspace" in acts
    assert "enter" in acts
    for row in layout.rows:
        for key in row:
            assert not key.to or key.to in LAYOUTS


THAI = "".join(chr(code) for code in range(0x0E01, 0x0E3A)) + "เแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:'?!-"
JAWI = "ابتةثجچحخدذرزسشصضطظعغڠفڤقکݢلمنوۏهءيىڽأإآؤئكڬٴ،؛؟٢0123456789.:\u064e\u0650\u064f\u0652\u0651\u064b\u064d\u064c"
FIGURES = "1234567890๑๒๓๔๕๖๗๘๙๐฿%/-()"


@pytest.mark.parametrize(
    ("layout", "signs"),
    [("th-kedmanee", THAI), ("th-alphabet", THAI), ("en", LATIN), ("jawi", JAWI), ("symbols", FIGURES)],
    ids=["kedmanee", "alphabet", "latin", "jawi", "figures"],
)
def test_every_sign_of_a_language_is_written_and_taken_back(
    stage: Stage, desk: tuple[Any, Any], layout: str, signs: str
) -> None:
    """Touching the keys of the whole alphabet writes it, sign by sign, and as many touches of one key take it back."""
    box, board = desk
    stage.resize((540, 960), Theme(motion=False))
    board.layout = layout
    stage.settle()
    # A letter before each mark, as they are written; marks on nothing but a space are no text.
    base = signs[0]
    written = "".join(base + sign if extends(sign) else sign for sign in signs)
    stage.strike(board, written)
    assert box.text == written
    assert box.caret == len(written)
    for taken in range(1, len(written) + 1):
        box.backspace()
        assert box.text == written[:-taken]


def test_the_alphabets_are_whole() -> None:
    """44 consonants, 26 letters twice, and the 37 letters of Jawi are what the test above writes."""
    assert sum(unicodedata.name(sign).startswith("THAI CHARACTER") for sign in THAI) == len(THAI) == 71
    assert {chr(code) for code in range(0x0E01, 0x0E2F)} <= set(THAI)
    assert len({sign for sign in LATIN if sign.isalpha()}) == 52
    assert set("چڠڤݢڽۏ") <= set(JAWI[:37])
    assert all(unicodedata.category(sign) == "Lo" for sign in JAWI[:37])


TYPED = st.text(alphabet="กขน\u0e31\u0e34\u0e48\u0e49\u0e33เa1 \n😀\u200d\u0301م", max_size=6)


@given(st.lists(st.one_of(TYPED, st.sampled_from([-1, 1, "backspace", "delete"])), max_size=30))
def test_editing_keeps_its_promises(acts: list[Any]) -> None:
    """Whatever is typed, moved and taken back, the caret stands inside the text and the cap holds."""
    draft = Draft(characters_max=12)
    for act in acts:
        before = draft.text
        if act == "backspace":
            assert draft.backspace() == (before != draft.text)
        elif act == "delete":
            assert draft.delete() == (before != draft.text)
        elif isinstance(act, int):
            draft.step(act)
            assert draft.caret in grapheme_boundaries(draft.text)
        else:
            draft.insert(act)
        assert 0 <= draft.caret <= len(draft.text)
        assert draft.count <= 12


# ---- right to left -----------------------------------------------------------------------------------------------


def caret_x(box: Any) -> float:
    """Where the caret is drawn, from the left edge of the box."""
    rectangles = [each for each in box.canvas.children if type(each).__name__ == "Rectangle"]
    return float(rectangles[-1].pos[0] - box.x)


@pytest.fixture
def jawi(stage: Stage) -> tuple[Any, Any]:
    """An input above a keyboard in a visit in Jawi, the caret in it."""
    stage.resize((1080, 1920), lang="ms-Arab")
    ground, box, board = Ground(), ShapedInput(placeholder="اڤ برلاکو"), Keyboard()
    board.target = box
    board.begin("ms-Arab")
    ground.add_widget(box)
    ground.add_widget(board)
    stage.show(ground)
    box.blinks = False
    box.focus = True
    stage.settle()
    return box, board


def test_jawi_is_written_from_the_right(stage: Stage, jawi: tuple[Any, Any]) -> None:
    """The caret waits at the right edge and goes left with every letter; figures and Rumi go on to their right."""
    box, board = jawi
    assert caret_x(box) == pytest.approx(box.width - box.pad, abs=2)
    places = []
    for sign in "لمڤو":
        stage.strike(board, sign)
        stage.settle()
        places.append(caret_x(box))
    assert places == sorted(places, reverse=True)
    assert places[0] < box.width - box.pad - 5
    stage.strike(board, " 12")
    stage.settle()
    assert box.text == "لمڤو 12"
    line = box._laid.lines[0]
    figures = next(run for run in line.runs if not run.rtl)
    assert box.text[figures.start : figures.stop] == "12"
    assert caret_x(box) == pytest.approx(box._left(line) + figures.x + figures.width - box.x, abs=2)


def test_arrows_and_taps_move_by_what_is_seen(stage: Stage, jawi: tuple[Any, Any]) -> None:
    """The left arrow goes on, the right one back; a tap at the right edge of a Jawi line stands at its beginning."""
    box, _ = jawi
    box.insert("چاوڠ")
    stage.settle()
    left, right = 276, 275
    stage.window.dispatch("on_key_down", right, 0, None, [])
    assert box.caret == 3
    stage.window.dispatch("on_key_down", left, 0, None, [])
    assert box.caret == 4
    stage.tap_at(box.right - box.pad - 2, box.top - box.pad - 10)
    assert box.caret == 0
    box.insert("ڤ")
    assert box.text == "ڤچاوڠ"
    box.focus = False


@pytest.mark.parametrize(("text", "rtl"), [("سيارچ " * 30, True), ("search " * 30, False)])
def test_one_line_too_long_shows_its_end_beside_its_sign(
    stage: Stage, jawi: tuple[Any, Any], text: str, rtl: bool
) -> None:
    """Whichever way it runs, the end and the caret stay in sight, and nothing is written over the sign at the right."""
    box, _ = jawi
    box.multiline, box.start_pad = False, 60
    box.insert(text.strip())
    stage.settle()
    left, right = box.pad, box.width - box.pad - 60
    end = left if rtl else right
    assert caret_x(box) == pytest.approx(end, abs=3)
    drawn = next(each for each in box.canvas.children if type(each).__name__ == "Rectangle" and each.texture)
    assert drawn.pos[0] - box.x >= left - 1
    assert drawn.pos[0] + drawn.size[0] - box.x <= right + 1
    box.focus = False


def test_a_caret_between_two_directions_stands_where_writing_goes_on(stage: Stage, jawi: tuple[Any, Any]) -> None:
    """After Jawi behind Rumi the caret is left of the last Jawi letter, not at the far end of the line."""
    box, _ = jawi
    box.insert("OTP چاوڠ")
    stage.settle()
    line = box._laid.lines[0]
    last = next(run for run in line.runs if run.rtl)
    assert not line.rtl
    assert caret_x(box) == pytest.approx(box._left(line) + last.x - box.x, abs=3)
    assert LOOK.rtl
    box.focus = False
