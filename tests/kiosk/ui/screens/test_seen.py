"""What is drawn can be read: contrast measured on the picture of every screen, and no state told by colour alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.config import pin_hash
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.examples import FIRST, PIN, WAYS, picture
from kiosk.ui.theme import Theme, contrast_ratio
from kiosk.ui.widgets.choice import CheckRow, PersonCard, ReasonCard
from kiosk.ui.widgets.face import SmallFace
from kiosk.ui.widgets.pill import Chip
from kiosk.ui.widgets.surface import Ground
from tests.kiosk.ui.screens.geometry import ink, seen, words

#: Half the panel: drawing by software is most of this test's time, and colours do not depend on size.
SMALL = (540, 960)
#: What WCAG 2 asks of writing, and of large writing.
LEAST, LEAST_LARGE = 4.5, 3.0
#: Two colours of the picture that are nearer than this are one: edges are soft.
NEAR = 40


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory):
    """One sample kiosk for all pictures."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    made = SampleKiosk(folder, settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")})
    made.flow.start()
    yield made
    made.world.store.close()


def near(one, other):
    """Whether two colours of a picture are the same to the eye."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) < NEAR


def ground_under(drawn, box, colour):
    """The colour that most of a label's place has and its letters have not; None where it is all one colour."""
    left, bottom, right, top = (round(side) for side in box)
    part = drawn.crop((max(0, left), SMALL[1] - top, min(SMALL[0], right), SMALL[1] - bottom))
    written = tuple(round(each * 255) for each in colour[:3])
    for _count, found in sorted(part.getcolors(part.width * part.height), reverse=True):
        if not near(found, written):
            return (*(each / 255 for each in found), 1.0)
    return None


@pytest.mark.parametrize("contrast", [False, True], ids=["house", "high"])
@pytest.mark.parametrize("name", [name for name in FIRST if name != "warning"])
def test_every_word_stands_out(stage, kiosk, tmp_path, name, contrast):
    """4.5 to 1 between letters and what they really stand on; 3 to 1 where letters are as large as a hand is wide."""
    if contrast and not WAYS[name]:
        pytest.skip("a visit begins with the house's own look")
    stage.resize(SMALL, Theme(motion=False, contrast=contrast))
    page = stage.show(picture(name, kiosk, "th", contrast=contrast))
    stage.frames(2)
    drawn = Image.open(stage.picture(tmp_path / "page.png"))
    faint = []
    for label, box in words(stage, page):
        # Dots where a figure is to come are no writing; they are as an empty circle is (`test_theme`).
        if label.color[3] < 1 or seen(ink(label)) is None or not any(each.isalnum() for each in label.text):
            continue
        ground = ground_under(drawn, box, label.color)
        ratio = contrast_ratio(tuple(label.color), ground) if ground else 1.0
        if ratio < (LEAST_LARGE if label.type.px >= 100 else LEAST):
            faint.append(f"{label.text[:30]!r} ({label.tone}) {ratio:.1f}")
    assert faint == []


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda: Chip(text="ทุกเรื่อง", icon="house"), "selected"),
        (lambda: CheckRow(text="บัตรประจำตัวประชาชน"), "chosen"),
        (lambda: ReasonCard(text="พูดจาดี", icon="smiley"), "chosen"),
        (lambda: PersonCard(text="สมมติ หนึ่ง", sub="นักวิชาการ", avatar=1), "chosen"),
        (lambda: SmallFace(text="พอใจ", score=4), "chosen"),
    ],
    ids=["chip", "paper", "reason", "person", "face"],
)
@pytest.mark.parametrize("contrast", [False, True], ids=["house", "high"])
def test_a_choice_is_seen_without_colour(stage, tmp_path, make, state, contrast):
    """In shades of grey, chosen and not chosen differ by a shape: a check, a border, a filled ground."""
    pictures = []
    for chosen in (False, True):
        stage.resize(SMALL, Theme(motion=False, contrast=contrast))
        widget = make()
        setattr(widget, state, chosen)
        page = Ground()
        page.add_widget(widget)
        stage.show(page)
        stage.frames(2)
        box = [round(side) for side in seen(widget)]
        grey = Image.open(stage.picture(tmp_path / f"{chosen}.png")).convert("L")
        pictures.append(grey.crop((box[0], SMALL[1] - box[3], box[2], SMALL[1] - box[1])))
    changed = ImageChops.difference(*pictures).point(lambda value: 255 * (value > 60))
    assert changed.histogram()[255] > 60
