"""The label draws what it is told, follows theme and language, keeps little and forgets all of it."""

from __future__ import annotations

import gc
from itertools import pairwise

import pytest

from kiosk.ui.harness import Stage
from kiosk.ui.shaping import Laid, Line
from kiosk.ui.shaping.fonts import SUBPIXEL, Ink
from kiosk.ui.shaping.house import breaker
from kiosk.ui.shaping.layout import _shape as shapes
from kiosk.ui.theme import LANDSCAPE, Theme
from kiosk.ui.widgets import LOOK, ShapedLabel, forget_texts
from kiosk.ui.widgets.code import CodeBox, CodeGroup, QrCode
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.surface import Column, Row
from kiosk.ui.widgets.text import TEXTURES, TextureCache, _laid


def shown(stage: Stage, label: ShapedLabel) -> ShapedLabel:
    """The label in a column as wide as the window."""
    column = Column()
    column.add_widget(label)
    stage.show(column)
    return label


def test_height_follows_the_words(stage: Stage) -> None:
    """A wrapped label is as high as its lines, and grows with the text size."""
    label = shown(stage, ShapedLabel(text="องค์การบริหารส่วนตำบลศาลาทอง " * 6))
    laid = label.laid
    assert laid is not None
    assert label.height == laid.height > 2 * label.type.px
    before = label.height
    LOOK.apply(Theme(text_factor=1.5), stage.window.size)
    stage.settle()
    assert label.height > before


def test_words_stand_at_the_edge_where_reading_begins(stage: Stage) -> None:
    """In Jawi Rumi and figures stand at the right too, each line of them; the end is at the left."""
    words = "Puji kakitangan yang membantu anda di kaunter hari ini dan beri semangat kepada mereka, terima kasih"
    label = shown(stage, ShapedLabel(text=words, halign="auto"))
    clock = ShapedLabel(text="10:24", lang="en")
    label.parent.add_widget(clock)
    for lang, first in (("ms", 0.0), ("ms-Arab", 1.0), ("th", 0.0)):
        LOOK.speak(lang)
        for halign, at in (("auto", first), ("start", first), ("end", 1 - first), ("center", 0.5)):
            label.halign = clock.halign = halign
            stage.settle()
            laid = label.laid
            assert laid is not None
            assert len(laid.lines) > 1
            for each in (label, clock):
                assert each.laid is not None
                bleed = (each._box.size[0] - each.laid.width) / 2
                left = each._box.pos[0] + bleed - each.x
                assert left == pytest.approx((each.width - each.laid.width) * at, abs=1)
            short = min(laid.lines, key=lambda line: line.width)
            assert short.x == pytest.approx((laid.width - short.width) * at, abs=1)


def test_lines_of_jawi_stand_apart(stage: Stage) -> None:
    """Two lines of Jawi have room for what reaches down from the first, even in tight headings."""
    label = ShapedLabel(text="چاوڠ ڤرنه ݢمبر ڽالا " * 8, style="tile")
    shown(stage, label)
    LOOK.speak("ms-Arab")
    stage.settle()
    laid = label.laid
    assert laid is not None
    assert len(laid.lines) > 1
    for above, below in pairwise(laid.lines):
        lowest = above.baseline - min(ink.bottom for ink in inks(laid, above)) / SUBPIXEL
        highest = below.baseline - max(ink.top for ink in inks(laid, below)) / SUBPIXEL
        assert highest > lowest


def inks(laid: Laid, line: Line) -> list[Ink]:
    """Where the glyphs of a line leave ink."""
    found = (laid.stack.faces[run.face].ink(laid.px, glyph[0]) for run in line.runs for glyph in run.glyphs)
    return [ink for ink in found if ink is not None]


def test_colours_and_sizes_follow_the_theme(stage: Stage) -> None:
    """High contrast changes the colour, the tablet the size, without anyone touching the label."""
    label = shown(stage, ShapedLabel(text="ไทย"))
    assert tuple(label.color) == LOOK.c.ink
    size = label.type.px
    stage.resize(LANDSCAPE, Theme(contrast=True))
    assert tuple(label.color) == LOOK.c.ink != (0, 0, 0, 1)
    assert label.type.px != size


def test_a_new_colour_draws_nothing_anew(stage: Stage) -> None:
    """Colour is no part of the picture: the texture stays."""
    label = shown(stage, ShapedLabel(text="ไทย"))
    texture = label._box.texture
    label.tone = "clay"
    stage.settle()
    assert label._box.texture is texture
    assert label._ink.rgba == list(LOOK.c.clay)


def test_scrolling_finds_the_pictures_again(stage: Stage) -> None:
    """The same words in the same style are drawn once, however many labels show them."""
    shown(stage, ShapedLabel(text="รับชำระภาษี"))
    kept = len(TEXTURES)
    shown(stage, ShapedLabel(text="รับชำระภาษี"))
    assert len(TEXTURES) == kept


def test_shrink_goes_smaller_before_it_cuts(stage: Stage) -> None:
    """A word that does not fit is written smaller, down to seven tenths; only then does it end in an ellipsis."""
    label = ShapedLabel(text="องค์การบริหารส่วนตำบล", shrink=True, lines_max=1, size_hint_x=None)
    row = Row()
    row.add_widget(label)
    label.width = 330
    stage.show(row)
    laid = label.laid
    assert laid is not None
    assert laid.px < label.type.px
    assert not label.cut_short
    label.width = 90
    stage.settle()
    assert label.cut_short


def test_markup_is_text(stage: Stage) -> None:
    """Tags and formulas of a citizen are seen as they were typed."""
    for text in ("[size=99999]x[/size]", "[b]", "&bl;&amp;", "{{7*7}}", "=cmd|' /C calc'!A0"):
        laid = shown(stage, ShapedLabel(text=text)).laid
        assert laid is not None
        assert "".join(line.text for line in laid.lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["\x1bp", "\u202eabc", "😀" * 300, "ก" * 10_000, "\n" * 500, ""])
def test_no_text_breaks_the_screen(stage: Stage, text: str) -> None:
    """Hostile strings end in a picture of bounded size."""
    label = shown(stage, ShapedLabel(text=text))
    assert all(side <= 4096 for side in label.texture_size)


def test_private_texts_enter_no_cache(stage: Stage) -> None:
    """What a private label shows is in no cache of labels at any time; the office's sentences are."""
    whispered = "เรื่องที่ไม่มีใครพูดที่อื่น"
    shown(stage, ShapedLabel(text=whispered, private=True))
    shown(stage, ShapedLabel(text="ประกาศใหม่"))
    words = [str(key) for key in (*TEXTURES._kept, *_laid)]
    assert any("ประกาศใหม่" in each for each in words)
    assert not any(whispered in each for each in words)


def test_the_cache_is_bounded_in_bytes() -> None:
    """The longest unused go first, and the sum never passes the bound."""
    cache = TextureCache(bytes_max=100)
    for key in range(5):
        cache.put(key, f"texture {key}", 40)
        assert cache.bytes <= 100
    assert cache.get(4) == "texture 4"
    held = cache.bytes
    cache.put(4, "drawn again", 40)
    assert (cache.get(4), cache.bytes) == ("drawn again", held)
    assert cache.get(0) is None


def test_jawi_mirrors_a_row(stage: Stage) -> None:
    """With Jawi the first child stands at the right, and text runs from the right."""
    row = Row()
    first, second = ShapedLabel(text="ملايو", fit="both"), ShapedLabel(text="600", fit="both")
    row.add_widget(first)
    row.add_widget(second)
    stage.show(row)
    assert first.x < second.x
    LOOK.speak("ms-Arab")
    stage.settle()
    assert first.x > second.x
    LOOK.speak("th")


def test_a_code_stands_in_groups_of_four_and_in_no_cache(stage: Stage) -> None:
    """The citizen's code is drawn, and not remembered."""
    column = Column()
    code = CodeGroup(code="4827 1930 5526 7041")
    column.add_widget(code)
    stage.show(column)
    assert [box.text for box in reversed(code.children) if isinstance(box, CodeBox)] == ["4827", "1930", "5526", "7041"]
    assert not any("4827" in str(key) for key in (*TEXTURES._kept, *_laid))


def test_a_qr_code_can_be_read_from_the_screen(stage: Stage, tmp_path: object) -> None:
    """What is drawn is what a telephone reads; too much data draws nothing instead of failing."""
    from pathlib import Path

    import zxingcpp
    from PIL import Image

    column = Column()
    code = QrCode(data="https://kiosk.example/t/A027")
    column.add_widget(code)
    stage.show(column)
    path = stage.picture(Path(str(tmp_path)) / "qr.png")
    with Image.open(path) as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["https://kiosk.example/t/A027"]
    code.data = "x" * 5000
    stage.settle()
    with Image.open(stage.picture(path)) as picture:
        assert zxingcpp.read_barcodes(picture) == []


def test_forgetting_reaches_the_shapes_and_the_breaker(stage: Stage) -> None:
    """Runs of letters that were shaped or cut into words are words too: their caches are emptied as well."""
    shown(stage, ShapedLabel(text="เรื่องที่ไม่ควรมีใครจำได้ " * 8))
    assert shapes.cache_info().currsize > 0
    assert breaker()._cuts.cache_info().currsize > 0
    forget_texts()
    assert shapes.cache_info().currsize == 0
    assert breaker()._cuts.cache_info().currsize == 0


def test_a_dead_widget_leaves_no_ear_behind(stage: Stage) -> None:
    """Screens come and go for months: the look keeps no binding of a widget that is gone."""

    def listeners() -> int:
        return sum(len(list(LOOK.get_property_observers(name))) for name in ("c", "m", "lang", "rtl", "motion"))

    def visit() -> None:
        column = Column()
        for number in range(10):
            column.add_widget(ListRow(text=f"บริการ {number}", pill="5 นาที", picture="land"))
        stage.show(column)
        stage.clear()

    visit()
    gc.collect()
    before = listeners()
    for _ in range(3):
        visit()
    gc.collect()
    stage.frames(2)
    assert listeners() <= before
