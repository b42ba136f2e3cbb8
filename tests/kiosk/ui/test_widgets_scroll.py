"""A long content moves by its buttons and under a finger, and moving it draws nothing anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kivy.lang import Builder
from PIL import Image

from kiosk.ui.harness import Stage, middle
from kiosk.ui.theme import LANDSCAPE, PORTRAIT, TEXT_FACTORS, Size, Theme
from kiosk.ui.widgets import LOOK, ShapedLabel
from kiosk.ui.widgets.listrow import ListRow
from kiosk.ui.widgets.scroll import PageDots, Pager, ScrollArea
from kiosk.ui.widgets.surface import Column, Ground, Stack, Surface
from kiosk.ui.widgets.text import TEXTURES


@pytest.fixture
def scene(stage: Stage) -> tuple[Any, Any, list[str]]:
    """Twenty rows in an area, a pager wired to it, and a list of the rows that were released."""
    heard: list[str] = []
    ground, area, rows, pager = Ground(), ScrollArea(), Column(), Pager(back="ก่อนหน้า", forth="ถัดไป")
    for number in range(20):
        row = ListRow(text=f"บริการ {number}", action=f"open {number}")
        row.fbind("on_release", lambda touched: heard.append(touched.action))
        rows.add_widget(row)
    area.add_widget(rows)
    area.fbind("pages", pager.setter("pages"))
    area.fbind("page_now", pager.setter("page"))
    pager.fbind("on_turn", lambda _, by: area.page(by))
    ground.add_widget(area)
    ground.add_widget(pager)
    stage.show(ground)
    return area, pager, heard


def test_buttons_that_only_they_made_needed_go_again(stage: Stage) -> None:
    """A text that was too long for a moment got buttons; it fits the column without them, so they do not stay for the
    room that they themselves take. One that is too long for the column has them, in however little room.
    """
    column, area = Stack(size_hint=(None, None), size=(600, 500)), ScrollArea()
    text, turner = Column(), Surface(size_hint_y=None, height=120)
    filler = Surface(size_hint_y=None, height=450)
    text.add_widget(filler)
    area.add_widget(text)
    column.add_widget(area)
    area.turner = turner

    def follow(_area: object, tight: bool) -> None:
        (column.add_widget if tight else column.remove_widget)(turner)

    area.fbind("tight", follow)
    ground = Ground()
    ground.add_widget(column)
    stage.show(ground)
    assert turner.parent is None
    for height, shown in ((900, True), (450, False), (510, True), (450, False)):
        filler.height = height
        stage.frames(4)
        assert (turner.parent is not None) == shown, height


def row(area: Any, number: int) -> Any:
    """The row with this number."""
    return area.content.children[-1 - number]


def test_the_buttons_turn_pages(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """Forth moves on and back moves home; at either end its button is dead."""
    area, pager, _ = scene
    forth, back = pager.children[0], pager.children[-1]
    assert back.disabled
    assert pager.pages > 2
    stage.tap(forth)
    assert 0 < area.offset < area.height
    assert pager.page == 1
    for _ in range(10):
        stage.tap(forth)
    assert area.offset == area.offset_max
    assert forth.disabled
    for _ in range(10):
        stage.tap(back)
    assert area.offset == 0


def test_a_tap_reaches_the_row_that_is_seen(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """After scrolling, a touch goes to the row under the finger."""
    area, _, heard = scene
    stage.tap(row(area, 1))
    area.offset = 600
    stage.settle()
    stage.tap(row(area, 5))
    assert heard == ["open 1", "open 5"]


def test_a_drag_is_no_press(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """A finger that drags moves the rows and opens none; the press it began with is taken back."""
    area, _, heard = scene
    x, y = middle(row(area, 2))
    finger = stage.touch(x, y)
    assert row(area, 2).pressed
    finger.move(x, y + 200)
    assert not row(area, 2).pressed
    assert area.offset == pytest.approx(200, abs=2)
    finger.lift()
    stage.settle()
    assert heard == []


def test_an_old_finger_that_rolls_still_taps(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """A few pixels of movement are no drag."""
    area, _, heard = scene
    x, y = middle(row(area, 2))
    stage.touch(x, y).move(x + 8, y + 12).lift()
    stage.settle()
    assert heard == ["open 2"]
    assert area.offset == 0


def test_what_is_out_of_sight_cannot_be_touched(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """Rows below the area do not take touches meant for the pager."""
    area, pager, heard = scene
    stage.tap_at(area.center_x, pager.y + pager.height / 2)
    assert heard == []


def test_scrolling_draws_nothing_anew(stage: Stage, scene: tuple[Any, Any, list[str]]) -> None:
    """Moving the content makes no texture, lays out no text and keeps every row where it was."""
    area, _, _ = scene
    stage.settle()
    kept = len(TEXTURES)
    labels = [found for found in stage.walk(area) if isinstance(found, ShapedLabel)]
    before = [(id(label.laid), label._box.texture, tuple(label.pos)) for label in labels]
    for offset in range(0, 1200, 100):
        area.offset = offset
        stage.frames(1)
    assert [(id(label.laid), label._box.texture, tuple(label.pos)) for label in labels] == before
    assert len(TEXTURES) == kept


def test_an_area_holds_one_child(scene: tuple[Any, Any, list[str]]) -> None:
    """Two would lie upon each other: it says so at once."""
    with pytest.raises(ValueError, match="Column"):
        scene[0].add_widget(Column())


RULE = """
Ground:
    ScrollArea:
        Column:
"""


@pytest.mark.parametrize("built", [True, False])
def test_what_is_moved_into_sight_is_seen(stage: Stage, tmp_path: Path, built: bool) -> None:
    """The last row's colour stands in the picture after paging down, whether a rule built the area or a program."""
    ground = Builder.load_string(RULE) if built else Ground()
    area = ground.children[0] if built else ScrollArea()
    rows = area.content if built else Column()
    for number in range(20):
        rows.add_widget(ListRow(text=str(number)))
    mark = Surface(fill_color=(1, 0, 1, 1), size_hint_y=None, height=100)
    mark.fill = mark.edge = ""
    mark.fill_color = (1, 0, 1, 1)
    rows.add_widget(mark)
    if not built:
        area.add_widget(rows)
        ground.add_widget(area)
    stage.show(ground)
    for _ in range(20):
        area.page(1)
        stage.settle()
    with Image.open(stage.picture(tmp_path / "down.png")) as picture:
        x, y = middle(mark)
        assert picture.getpixel((round(x), round(picture.height - y))) == (255, 0, 255)


def test_two_quick_turns_are_two_pages(stage: Stage, scene: tuple[Any, Any, list[str]], monkeypatch: Any) -> None:
    """A page turned before the last one has come goes on from where that one was going."""
    area, _, _ = scene
    area.page(1)
    one = area.offset
    area.top_up()
    monkeypatch.setattr(LOOK.now, "motion", True)
    area.page(1)
    area.page(1)
    assert area.offset < one
    assert area._bound == pytest.approx(min(2 * one, area.offset_max))
    assert area._bound > one


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
@pytest.mark.parametrize("factor", TEXT_FACTORS)
@pytest.mark.parametrize("share", [1, 0.5])
def test_dots_stay_between_the_two_words(stage: Stage, size: Size, factor: float, share: float) -> None:
    """However many pages, however large the text, across the window or in half of it."""
    stage.resize(size, Theme(motion=False, text_factor=factor))
    ground = Ground()
    pager = Pager(back="ก่อนหน้า", forth="ถัดไป", text="หน้า 1 จาก 12", pages=12, size_hint_x=share)
    ground.add_widget(pager)
    stage.show(ground)
    dots = next(each for each in stage.walk(pager) if isinstance(each, PageDots))
    forth, _, back = pager.children
    assert back.right <= dots.x
    assert dots.right <= forth.x
    assert dots.dot >= 3
