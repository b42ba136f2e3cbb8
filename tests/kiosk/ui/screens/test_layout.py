"""Every screen holds together: no word cut, nothing over anything else, every target large enough and in the window."""

import itertools
from pathlib import Path

import pytest

from kiosk.config import pin_hash
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.examples import PIN, WAYS, picture
from kiosk.ui.theme import LANDSCAPE, PORTRAIT, Theme
from kiosk.ui.widgets import LOOK, ShapedLabel
from kiosk.ui.widgets.scroll import ScrollArea
from kiosk.ui.widgets.touch import Touchable

#: Where a long text is meant to end in an ellipsis: the notice on the attract screen and examples of categories.
MAY_BE_CUT = {"idle", "category"}

LOOKS = [
    pytest.param(PORTRAIT, "th", 1.0, False, id="panel-th"),
    pytest.param(PORTRAIT, "en", 1.0, False, id="panel-en"),
    pytest.param(LANDSCAPE, "th", 1.0, False, id="tablet-th"),
    pytest.param(LANDSCAPE, "en", 1.0, False, id="tablet-en"),
    pytest.param(PORTRAIT, "th", 1.25, True, id="panel-th-large-contrast"),
    pytest.param(PORTRAIT, "th", 1.5, False, id="panel-th-largest"),
    pytest.param(LANDSCAPE, "th", 1.15, True, id="tablet-th-largest-contrast"),
]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory):
    """One sample kiosk for all pictures."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    made = SampleKiosk(folder, settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")})
    made.flow.start()
    yield made
    made.world.store.close()


def seen(widget, window):
    """What is visible of a widget: left, bottom, right, top in the window; None for nothing."""
    left, bottom = widget.to_window(widget.x, widget.y)
    box = [left, bottom, left + widget.width, bottom + widget.height]
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        if parent.opacity == 0:
            return None
        if isinstance(parent, ScrollArea):
            low, base = parent.to_window(parent.x, parent.y)
            box = [
                max(box[0], low),
                max(box[1], base),
                min(box[2], low + parent.width),
                min(box[3], base + parent.height),
            ]
        parent = parent.parent
    return box if box[0] < box[2] - 1 and box[1] < box[3] - 1 else None


def ink(label):
    """Where a label's letters stand in its own coordinates, as a widget-like box."""

    class Box:
        x, y = label._box.pos
        width, height = label.texture_size
        parent, opacity = label.parent, label.opacity
        to_window = label.to_window

    # The texture bleeds a little past the letters on both sides.
    Box.x += (label._box.size[0] - Box.width) / 2
    Box.y += (label._box.size[1] - Box.height) / 2
    return Box


def overlap(one, other, *, slack):
    """Whether two boxes share more than `slack` pixels both ways."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > slack and high > slack


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize(("size", "lang", "factor", "contrast"), LOOKS)
def test_a_screen_holds_together(stage, kiosk, name, size, lang, factor, contrast):
    """Words whole and apart, targets large, apart and inside, in every language, size and look."""
    stage.resize(size, Theme(motion=False, contrast=contrast, text_factor=factor), lang)
    if (factor, contrast) != (1.0, False) and not WAYS[name]:
        pytest.skip("a visit begins with the house's own look")
    root = stage.show(picture(name, kiosk, lang, text_factor=factor, contrast=contrast))
    stage.frames(2)
    faults = []
    widgets = list(stage.walk(root))
    labels = [each for each in widgets if isinstance(each, ShapedLabel) and each.text.strip() and each.opacity]
    words = [(each, box) for each in labels if (box := seen(ink(each), size)) is not None]
    for label, box in words:
        if label.cut_short and name.split("-")[0] not in MAY_BE_CUT:
            faults.append(f"cut short: {label.text[:40]!r}")
        if label.texture_size[0] > label.width + 2 and label.fit in ("none", "height"):
            faults.append(f"wider than its place: {label.text[:40]!r} {label.texture_size[0]} > {label.width:.0f}")
        if box[0] < -1 or box[1] < -1 or box[2] > size[0] + 1 or box[3] > size[1] + 1:
            faults.append(f"outside the window: {label.text[:40]!r} {[round(side) for side in box]}")
    if name != "warning":
        for (one, box), (other, other_box) in itertools.combinations(words, 2):
            # Thai lines are set with air: a few pixels of their boxes may share, letters never.
            slack = 0.22 * min(one.type.px, other.type.px) + 3
            if overlap(box, other_box, slack=slack):
                faults.append(f"over each other: {one.text[:30]!r} and {other.text[:30]!r}")
    touchables = [
        (each, box)
        for each in widgets
        if isinstance(each, Touchable) and not each.disabled and each.width > 1 and (box := seen(each, size))
    ]
    least = 96 if size == PORTRAIT else 66
    for each, box in touchables:
        whole = (
            seen(each, size) is not None and box[2] - box[0] >= each.width - 1 and box[3] - box[1] >= each.height - 1
        )
        if whole and min(each.width, each.height) < least - 0.5:
            faults.append(f"too small: {each.action!r} {each.width:.0f} x {each.height:.0f}")
        if box[0] < -1 or box[1] < -1 or box[2] > size[0] + 1 or box[3] > size[1] + 1:
            faults.append(f"target outside: {each.action!r}")
    if name != "warning":
        for (one, box), (other, other_box) in itertools.combinations(touchables, 2):
            if overlap(box, other_box, slack=2):
                faults.append(f"targets over each other: {one.action!r} and {other.action!r}")
    assert faults == []
    assert LOOK.wide == (size == LANDSCAPE)


def test_every_step_has_a_picture():
    """No screen is forgotten by the gallery."""
    from kiosk.ui.screens import SCREENS

    assert set(SCREENS) <= {name.split("-")[0] for name in WAYS}
