"""The look is legible, large enough to touch, and the same on every screen of the same shape."""

from __future__ import annotations

from dataclasses import fields

import pytest

from kiosk.ui.theme import (
    CONTRAST,
    HOUSE,
    LANDSCAPE,
    LEGIBLE,
    PORTRAIT,
    TEXT_FACTORS,
    Palette,
    Theme,
    Type,
    contrast_ratio,
    metrics,
    rgba,
)

PALETTES = {"house": HOUSE, "contrast": CONTRAST}


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize(("writing", "ground"), LEGIBLE)
def test_writing_is_legible(palette: str, writing: str, ground: str) -> None:
    """Every pair of colours the widgets write with has a contrast of 4.5 to 1 and more."""
    found = contrast_ratio(getattr(PALETTES[palette], writing), getattr(PALETTES[palette], ground))
    assert found >= 4.5, f"{writing} on {ground}: {found:.2f}"


def test_high_contrast_is_high() -> None:
    """The contrast theme goes well beyond: 7 to 1 for text and for what can be touched."""
    assert contrast_ratio(CONTRAST.ink, CONTRAST.paper) >= 15
    assert contrast_ratio(CONTRAST.touch_line, CONTRAST.paper) >= 7


@pytest.mark.parametrize("palette", PALETTES)
def test_an_empty_circle_can_be_seen(palette: str) -> None:
    """What is no text but must be found, an outline, has 3 to 1."""
    assert contrast_ratio(PALETTES[palette].outline, PALETTES[palette].card) >= 3


def test_black_on_white_is_21_to_1() -> None:
    """The measure itself is that of WCAG."""
    assert contrast_ratio(rgba("#000000"), rgba("#FFFFFF")) == pytest.approx(21)
    assert contrast_ratio(rgba("#777777"), rgba("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


def test_touch_targets() -> None:
    """At 1080x1920 everything to touch is 96 pixels and more; on the tablet 84."""
    names = (
        "touch",
        "foot",
        "primary",
        "secondary",
        "chip",
        "check",
        "reason",
        "row_h",
        "main_tile",
        "tile_h",
        "tile_small",
    )
    for size, least in ((PORTRAIT, 96), (LANDSCAPE, 84)):
        sizes = metrics(size)
        assert {name: getattr(sizes, name) for name in names if getattr(sizes, name) < least} == {}


@pytest.mark.parametrize(("size", "least"), [(PORTRAIT, 28), (LANDSCAPE, 20)])
def test_no_writing_is_too_small(size: tuple[int, int], least: int) -> None:
    """No style goes below the least size an old eye reads."""
    sizes = metrics(size)
    for field in fields(sizes):
        value = getattr(sizes, field.name)
        if isinstance(value, Type):
            assert value.px >= least, field.name


@pytest.mark.parametrize("factor", TEXT_FACTORS)
def test_larger_text_enlarges_the_writing_and_nothing_else(factor: float) -> None:
    """The citizen's text size multiplies type; margins and targets stay."""
    plain, large = metrics(PORTRAIT), Theme(text_factor=factor).metrics(PORTRAIT)
    assert large.body.px == pytest.approx(plain.body.px * factor)
    assert large.number.px == plain.number.px
    assert large.touch == plain.touch


def test_another_window_is_scaled_to_fit() -> None:
    """A panel of half the pixels gets half the sizes; a wide one gets the tablet's table."""
    assert metrics((540, 960)).body.px == pytest.approx(metrics(PORTRAIT).body.px / 2)
    assert metrics((1920, 1200)).margin == pytest.approx(metrics(LANDSCAPE).margin * 1.5)


@pytest.mark.parametrize("dpi", [81.6, 96, 141, 188])
def test_targets_fit_a_finger_on_a_panel_of_any_fineness(dpi: float) -> None:
    """20 mm without its guards, and 5 mm to the next, at the dots an inch that the settings name."""
    sizes = metrics(PORTRAIT, dpi=dpi)
    for name in ("touch", "foot", "primary", "secondary", "chip", "check", "reason", "row_h"):
        assert (getattr(sizes, name) - 2 * sizes.guard) * 25.4 / dpi >= 20, name
    assert (sizes.gap + 2 * sizes.guard) * 25.4 / dpi >= 5
    assert 2 * sizes.guard_foot * 25.4 / 81.6 >= 5


def test_the_lobby_panel_is_what_the_table_is_made_for() -> None:
    """On 27 inches nothing grows; a tablet is held in the hand and keeps its table."""
    assert metrics(PORTRAIT, dpi=81.6) == metrics(PORTRAIT)
    assert metrics(LANDSCAPE, dpi=216) == metrics(LANDSCAPE)


def test_both_palettes_name_the_same_colours() -> None:
    """No colour is missing from a palette, and each is four numbers from 0 to 1."""
    for palette in PALETTES.values():
        for field in fields(Palette):
            value = getattr(palette, field.name)
            for colour in value if field.name == "faces" else (value,):
                assert len(colour) == 4
                assert all(0 <= part <= 1 for part in colour)
