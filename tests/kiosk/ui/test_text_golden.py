"""The hard words look as they did when a reader of Thai and Jawi last looked at them.

Pictures are compared with a tolerance, because another HarfBuzz may round an edge differently; a mark in another place
or a letter in another form is far outside it. After a wanted change, look at the new pictures and commit them:

    python tests/kiosk/ui/test_text_golden.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kiosk.ui.shaping import lay_out, rasterise

GOLDEN = Path(__file__).parent / "golden"
DIFFERENCE_MAX = 2.0
"""Mean difference a pixel, of 255. One tone mark out of place in a short word makes 4 and more."""

CASES: dict[str, tuple[str, dict[str, object]]] = {
    "thai-marks": ("น้ำ ก๊ำ ปั๊ม", {}),
    "thai-tails": ("ญู ฐุ ฎีกา กตัญญู", {}),
    "thai-tall": ("ปี่ ฝ้าย ฟื้น ป๋า", {"weight": "bold"}),
    "thai-looped": ("เจ้าหน้าที่ให้คนรู้จักแซงคิว", {"family": "looped"}),
    "thai-figures": ("๑๒/๒๕๖๙ เวลา ๐๘.๓๐ น. ฿600", {"weight": "semibold"}),
    "jawi-letters": ("چاوڠ ڤرنه ݢمبر ڽالا ۏ", {"lang": "ms-Arab"}),
    "jawi-figures": ("باير 600 نومبر 12/2569 (OTP)", {"lang": "ms-Arab"}),
    "wrapped": (
        "องค์การบริหารส่วนตำบลศาลาทองเปิดรับลงทะเบียนเบี้ยยังชีพผู้สูงอายุประจำปีงบประมาณ 12/2569 ที่ศูนย์บริการร่วม",
        {"width": 420},
    ),
    "unknown": ("ก😀ก [size=99999]", {}),
    "heading": ("ขออนุญาตก่อสร้าง ดัดแปลง รื้อถอน หรือเคลื่อนย้ายอาคาร", {"weight": "bold", "width": 600, "balance": True}),
    "number": ("A027", {"weight": "extrabold"}),
}


def draw(name: str) -> Image.Image:
    """The case as black writing on white."""
    text, how = CASES[name]
    picture = rasterise(lay_out(text, 36, **how))  # type: ignore[arg-type]
    whole = Image.frombytes("LA", (picture.stride, picture.height), picture.pixels)
    ink = whole.crop((0, 0, picture.width, picture.height)).getchannel("A").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return ImageChops.invert(ink)


@pytest.mark.parametrize("name", CASES)
def test_looks_as_it_did(name: str) -> None:
    """The picture is that of the golden file, within the tolerance."""
    with Image.open(GOLDEN / f"{name}.png") as golden:
        drawn = draw(name)
        assert drawn.size == golden.size
        difference = ImageStat.Stat(ImageChops.difference(drawn, golden)).mean[0]
    assert difference <= DIFFERENCE_MAX


def test_the_tolerance_sees_a_misplaced_mark() -> None:
    """The same letters with the tone mark on the wrong word are told apart."""
    right, wrong = (rasterise(lay_out(text, 36)) for text in ("น้ำ ก๊ำ ปั๊ม", "นำ้ กำ๊ ปัม๊"))
    assert right.pixels != wrong.pixels
    first = draw("thai-marks")
    text, how = CASES["thai-marks"]
    CASES["_"] = (text.replace("น้ำ", "นำ้"), how)
    try:
        other = draw("_").resize(first.size)
    finally:
        del CASES["_"]
    assert ImageStat.Stat(ImageChops.difference(first, other)).mean[0] > DIFFERENCE_MAX


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        draw(case).save(GOLDEN / f"{case}.png", optimize=True)
