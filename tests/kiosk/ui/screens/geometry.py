"""What is wrong with a page as it stands in the window: words cut or over each other, targets small, close or outside.

    faults = faults_of(stage, page)        # one sentence each; none is what must be

Sizes are those of the window; `targets` gives every place that a finger can touch, as it is seen.
"""

from __future__ import annotations

import itertools
from typing import Any

from kiosk.ui.theme import BETWEEN_MM, LANDSCAPE, PORTRAIT, TARGET_MM
from kiosk.ui.widgets import ShapedLabel
from kiosk.ui.widgets.scroll import ScrollArea
from kiosk.ui.widgets.touch import Touchable

Box = tuple[float, float, float, float]

#: The least side of a target in pixels, by the window.
LEAST_PX = {PORTRAIT: 96, LANDSCAPE: 66}

#: Of a lobby panel: 1080x1920 on 27 inches.
PANEL_DPI = 81.6


def seen(widget: Any) -> Box | None:
    """What is visible of a widget: left, bottom, right, top in the window; None for nothing."""
    left, bottom = widget.to_window(widget.x, widget.y)
    right, top = left + widget.width, bottom + widget.height
    above = widget.parent
    while above is not None and above is not above.parent:
        if above.opacity == 0:
            return None
        if isinstance(above, ScrollArea):
            low, base = above.to_window(above.x, above.y)
            left, right = max(left, low), min(right, low + above.width)
            bottom, top = max(bottom, base), min(top, base + above.height)
        above = above.parent
    return (left, bottom, right, top) if left < right - 1 and bottom < top - 1 else None


def ink(label: Any) -> Any:
    """Where a label's letters stand in its own coordinates, as a widget-like box."""

    class Letters:
        x, y = label._box.pos
        width, height = label.texture_size
        parent, opacity = label.parent, label.opacity
        to_window = label.to_window

    # The texture bleeds a little past the letters on both sides.
    Letters.x += (label._box.size[0] - Letters.width) / 2
    Letters.y += (label._box.size[1] - Letters.height) / 2
    return Letters


def overlap(one: Box, other: Box, *, slack: float) -> bool:
    """Whether two boxes share more than `slack` pixels both ways."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > slack and high > slack


def targets(stage: Any, root: Any) -> list[tuple[Any, Box]]:
    """Everything that can be touched now, with what is seen of it."""
    return [
        (each, box)
        for each in stage.walk(root)
        if isinstance(each, Touchable) and not each.disabled and each.width > 1 and (box := seen(each)) is not None
    ]


def words(stage: Any, root: Any) -> list[tuple[Any, Box]]:
    """Every label with something to read, and where its letters stand."""
    labels = [each for each in stage.walk(root) if isinstance(each, ShapedLabel) and each.text.strip() and each.opacity]
    return [(each, box) for each in labels if (box := seen(ink(each))) is not None]


def is_whole(widget: Any, box: Box) -> bool:
    """Whether nothing of the widget is scrolled out of sight."""
    return box[2] - box[0] >= widget.width - 1 and box[3] - box[1] >= widget.height - 1


def hears(widget: Any, box: Box) -> Box:
    """Where a target hears a finger: what is seen of it, without its guard."""
    guard = widget.guard
    return box[0] + guard, box[1] + guard, box[2] - guard, box[3] - guard


def between(one: Box, other: Box) -> float:
    """Pixels between two boxes, along the way that keeps them apart; less than nothing where they overlap."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])


def finger_faults(stage: Any, root: Any, dpi: float = PANEL_DPI) -> list[str]:
    """Targets of less than 20 mm, or nearer than 5 mm to another, on a panel of `dpi`."""
    heard = [(each, hears(each, box), is_whole(each, box)) for each, box in targets(stage, root)]
    faults = []
    for each, box, whole in heard:
        side = min(box[2] - box[0], box[3] - box[1]) * 25.4 / dpi
        if whole and side < TARGET_MM - 0.1:
            faults.append(f"{each.action!r} has {side:.1f} mm")
    for (one, box, _), (other, other_box, _) in itertools.combinations(heard, 2):
        apart = between(box, other_box) * 25.4 / dpi
        if apart < BETWEEN_MM - 0.1:
            faults.append(f"{apart:.1f} mm between {one.action!r} and {other.action!r}")
    return faults


def faults_of(stage: Any, root: Any, *, may_be_cut: bool = False, layered: bool = False) -> list[str]:
    """What is wrong with the page; `may_be_cut` where a text ends in an ellipsis by design, `layered` where one thing
    lies over another by design.
    """
    wide, high = stage.window.size
    faults = []

    def outside(box: Box) -> bool:
        return box[0] < -1 or box[1] < -1 or box[2] > wide + 1 or box[3] > high + 1

    read = words(stage, root)
    for label, box in read:
        if label.cut_short and not may_be_cut:
            faults.append(f"cut short: {label.text[:40]!r}")
        if label.torn:
            faults.append(f"torn: {label.text[:40]!r}")
        if label.texture_size[0] > label.width + 2 and label.fit in ("none", "height"):
            faults.append(f"wider than its place: {label.text[:40]!r} {label.texture_size[0]} > {label.width:.0f}")
        if outside(box):
            faults.append(f"outside the window: {label.text[:40]!r} {[round(side) for side in box]}")
    touched = targets(stage, root)
    for each, box in touched:
        if is_whole(each, box) and min(each.width, each.height) < LEAST_PX[wide, high] - 0.5:
            faults.append(f"too small: {each.action!r} {each.width:.0f} x {each.height:.0f}")
        if outside(box):
            faults.append(f"target outside: {each.action!r}")
    if layered:
        return faults
    for (one, box), (other, other_box) in itertools.combinations(read, 2):
        # Thai lines are set with air: a few pixels of their boxes may share, letters never.
        slack = 0.22 * min(one.type.px, other.type.px) + 3
        if overlap(box, other_box, slack=slack):
            faults.append(f"over each other: {one.text[:30]!r} and {other.text[:30]!r}")
    for (one, box), (other, other_box) in itertools.combinations(touched, 2):
        if overlap(box, other_box, slack=2):
            faults.append(f"targets over each other: {one.action!r} and {other.action!r}")
    return faults
