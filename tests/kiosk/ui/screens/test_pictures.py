"""The gallery: every screen, in every language, window and text size, holds together and looks as it was approved.

What holds together is measured (`geometry`): no word cut, nothing over anything else, every target large enough.

What was approved lies in `pictures/`: one sheet a screen and window, small and grey, a column a language and a row a
text size. A picture is compared by the mean of its blocks, so that another machine's way of smoothing an edge is no
difference and a word that is gone or has moved is one. After a change that was meant, look at the sheets that
`make pictures` draws anew, and commit them with it.
"""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.ui.gallery import SIZES
from kiosk.ui.sample import Lots, sample_kiosk
from kiosk.ui.screens.examples import FIRST, SETTINGS, WAYS, picture
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.theme import PORTRAIT, TEXT_FACTORS, Theme
from tests.kiosk.ui.screens.geometry import faults_of, finger_faults

APPROVED = Path(__file__).with_name("pictures")
#: A sheet is a fifth of the size, and a block is 6 x 6 of its pixels: about a letter of the smallest writing.
SMALLER, BLOCK = 5, 6
#: How far the mean of a block may be from the approved one, of 255.
TOLERANCE = 14
KIOSK = {**SETTINGS, "languages": list(LANGUAGES)}


def sizes_of(name):
    """The text sizes a screen is drawn in: all of them, but a state of a screen, and what a visit begins with or comes
    to by staff, in the first alone.
    """
    return TEXT_FACTORS if WAYS[name] and name in FIRST else TEXT_FACTORS[:1]


#: Where a long text is meant to end in an ellipsis: the notice on the attract screen and examples of categories.
MAY_BE_CUT = {"idle", "category"}


def draw(stage, name, size, folder):
    """The sheet of a screen, each visit on a kiosk of its own, and what does not hold together on it."""
    faults = []
    width, height = (side // SMALLER for side in size)
    sheet = Image.new("L", (width * len(LANGUAGES), height * len(sizes_of(name))))
    for row, factor in enumerate(sizes_of(name)):
        for column, lang in enumerate(LANGUAGES):
            stage.resize(size, Theme(motion=False, text_factor=factor), lang)
            at = folder / f"{row}{column}"
            at.mkdir(parents=True)
            with sample_kiosk(at, settings=KIOSK, random=Lots()) as kiosk:
                kiosk.flow.start()
                root = stage.show(picture(name, kiosk, lang, text_factor=factor), draws=False)
                may_be_cut = name.split("-")[0] in MAY_BE_CUT
                found = faults_of(stage, root, may_be_cut=may_be_cut, layered=name == "warning")
                if size == PORTRAIT and name != "warning":
                    found += finger_faults(stage, root)
                faults += [f"{lang} at {factor}: {fault}" for fault in found]
                sheet.paste(stage.image().convert("L").reduce(SMALLER), (column * width, row * height))
                stage.discard(root)
    return sheet, faults


def difference(one, other):
    """How far the two are apart in the block where they differ most, of 255; everything where sizes differ."""
    if one.size != other.size:
        return 255
    return ImageChops.difference(one.reduce(BLOCK), other.reduce(BLOCK)).getextrema()[1]


def apart(drawn, kept):
    """How far a sheet is from the one that is kept; everything where there is none."""
    return difference(drawn, Image.open(kept).convert("L")) if kept.exists() else 255


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("name", WAYS)
def test_a_screen_holds_together_and_looks_as_approved(stage, name, shape, tmp_path):
    """Words whole and apart, targets large, apart and inside; no block of the picture beyond the tolerance."""
    drawn, faults = draw(stage, name, SIZES[shape], tmp_path)
    kept = APPROVED / f"{name}-{shape}.webp"
    if os.environ.get("SALA_PICTURES") == "draw" and apart(drawn, kept) > TOLERANCE / 2:
        kept.parent.mkdir(exist_ok=True)
        drawn.save(kept, quality=45, method=6)
    now = tmp_path / f"{name}-{shape}.png"
    drawn.save(now)
    assert faults == []
    assert apart(drawn, kept) <= TOLERANCE, f"look at {now} beside {kept}"


def test_no_picture_is_kept_of_a_screen_that_is_gone():
    """The folder holds the sheets of today's screens and nothing else."""
    assert {path.name for path in APPROVED.iterdir()} == {f"{name}-{shape}.webp" for name in WAYS for shape in SIZES}


def test_a_missing_word_is_a_difference(stage, tmp_path):
    """What must be noticed is noticed: one word of the foot bar painted over, in one picture of the sheet."""
    drawn, _ = draw(stage, "home", SIZES["portrait"], tmp_path)
    spoilt = drawn.copy()
    spoilt.paste(255, (20, drawn.height - 16, 80, drawn.height - 4))
    assert difference(drawn, spoilt) > TOLERANCE
