"""Draw the sample office's forms, filled in for people who do not exist: `../office-sample/forms/NAME.png`.

    python assets/art/forms.py

Each form is one entry of `FORMS`: rows of fields, each with its printed words and what was written into it. What is
drawn shows how such a form is filled in; it is no official form and says so. Needs `resvg-py` as `build.py` does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import resvg_py
from PIL import Image, ImageFont

HERE = Path(__file__).resolve().parent
FONTS = HERE.parent / "fonts"
TARGET = HERE.parent / "office-sample" / "forms"

WIDTH, HEIGHT, MARGIN = 1000, 1414, 72
INK, INK2, LINE, PEN = "#1D2B2F", "#52646A", "#B9B2A3", "#1C4FA0"
WATER, MARIGOLD, CLAY = "#0E4F53", "#F2A51A", "#B5402B"
PRINTED, WRITTEN, SMALL = 25, 30, 21
ROW = 58

_MEASURE = ImageFont.truetype(str(FONTS / "Sarabun_400Regular.ttf"), 100, layout_engine=ImageFont.Layout.RAQM)


@dataclass(frozen=True)
class Field:
    """A printed label, what was written, its share of the row; `note` counts the hint that belongs to it (0: none)."""

    label: str
    written: str = ""
    share: float = 1.0
    note: int = 0


@dataclass(frozen=True)
class Choice:
    """Boxes to tick: words and whether ticked."""

    label: str
    boxes: tuple[tuple[str, bool], ...]
    note: int = 0


@dataclass(frozen=True)
class Form:
    """One form: what it is, for whom, its rows by section, who signs, and the hints that stand below."""

    code: str
    title: str
    sections: tuple[tuple[str, tuple[tuple[Field, ...] | Choice, ...]], ...]
    signed: str
    hints: tuple[str, ...]


def _person(name: str, age: str) -> tuple[tuple[Field, ...], ...]:
    return (
        (Field("ข้าพเจ้า", name, 0.72, 1), Field("อายุ", f"{age} ปี", 0.28)),
        (Field("เลขประจำตัวประชาชน", "0-0000-00000-00-0", 0.62), Field("โทร", "0-0000-0000", 0.38)),
        (Field("บ้านเลขที่", "00", 0.25), Field("หมู่ที่", "3", 0.2), Field("ตำบล", "ศาลาทอง", 0.55)),
        (Field("อำเภอ", "ตัวอย่าง", 0.5), Field("จังหวัด", "ตัวอย่าง", 0.5)),
    )


FORMS = {
    "sign_tax": Form(
        "ภ.ป.1", "แบบแสดงรายการภาษีป้าย",
        (
            ("เจ้าของป้าย", (
                (Field("ชื่อ", "นายตัวอย่าง ใจดี", 0.6, 1), Field("โทร", "0-0000-0000", 0.4)),
                (Field("ชื่อร้าน", "ร้านตัวอย่างการค้า"),),
                (Field("ที่ตั้ง", "00 หมู่ 3 ต.ศาลาทอง อ.ตัวอย่าง จ.ตัวอย่าง"),),
            )),
            ("ป้ายที่ 1", (
                Choice("ชนิด", (("อักษรไทยล้วน", True), ("ไทยปนต่างชาติหรือภาพ", False), ("ไม่มีอักษรไทย", False)), 2),
                (Field("ข้อความบนป้าย", "ร้านตัวอย่างการค้า"),),
                (Field("กว้าง", "200 ซม.", 0.36, 3), Field("ยาว", "60 ซม.", 0.34), Field("จำนวน", "1", 0.3)),
                (Field("ติดตั้งที่", "หน้าร้าน ริมถนนสายหลัก", 0.64), Field("เมื่อ", "1 ม.ค. 2570", 0.36)),
            )),
            ("ป้ายที่ 2 (ถ้ามี)", (
                (Field("ข้อความบนป้าย"),),
                (Field("กว้าง", "", 0.36), Field("ยาว", "", 0.34), Field("จำนวน", "", 0.3)),
            )),
        ),
        "นายตัวอย่าง ใจดี",
        ("ชื่อตรงกับบัตรประจำตัวประชาชน", "เลือกเพียงชนิดเดียวต่อป้าย", "วัดเป็นเซนติเมตร วัดที่ขอบป้าย"),
    ),
    "elderly_allowance": Form(
        "แบบคำขอ", "คำขอขึ้นทะเบียนรับเงินเบี้ยยังชีพผู้สูงอายุ",
        (
            ("ผู้ขอขึ้นทะเบียน", (
                *_person("นางตัวอย่าง ใจเย็น", "60"),
                (Field("เกิดวันที่", "1 ตุลาคม 2509", 0.6, 2), Field("สัญชาติ", "ไทย", 0.4)),
            )),
            ("ขอรับเงินโดยวิธี", (
                Choice("", (("โอนเข้าบัญชีของผู้สูงอายุ", True), ("รับเงินสดด้วยตนเอง", False))),
                (Field("ธนาคาร", "ธนาคารตัวอย่าง", 0.5), Field("เลขที่บัญชี", "000-0-00000-0", 0.5, 3)),
            )),
            ("เอกสารที่แนบ", (
                Choice("", (("บัตรประชาชน", True), ("ทะเบียนบ้าน", True), ("สมุดบัญชี", True))),
            )),
            ("กรณีมอบอำนาจ", (
                (Field("ชื่อผู้รับมอบอำนาจ", "", 0.6), Field("เกี่ยวข้องเป็น", "", 0.4)),
            )),
        ),
        "นางตัวอย่าง ใจเย็น",
        ("ชื่อตรงกับบัตรประจำตัวประชาชน", "วัน เดือน ปีเกิด ตามบัตร", "ชื่อบัญชีต้องเป็นชื่อผู้ขอ"),
    ),
    "building_permit": Form(
        "แบบ ข.1", "คำขออนุญาตก่อสร้างอาคาร",
        (
            ("ผู้ขออนุญาต", (
                (Field("ข้าพเจ้า", "นายตัวอย่าง ใจดี", 0.62, 1), Field("โทร", "0-0000-0000", 0.38)),
                (Field("อยู่ที่", "00 หมู่ 3 ต.ศาลาทอง อ.ตัวอย่าง จ.ตัวอย่าง"),),
                Choice("เป็น", (("เจ้าของอาคาร", True), ("ตัวแทนเจ้าของอาคาร", False))),
            )),
            ("ขออนุญาต", (
                Choice("", (("ก่อสร้าง", True), ("ดัดแปลง", False), ("รื้อถอน", False), ("เคลื่อนย้าย", False)), 2),
                (Field("ที่ดินโฉนดเลขที่", "00000", 0.5, 3), Field("หมู่ที่", "3", 0.5)),
                (Field("เป็นที่ดินของ", "นายตัวอย่าง ใจดี"),),
            )),
            ("อาคาร", (
                (Field("ชนิด", "บ้านตึกชั้นเดียว", 0.6), Field("จำนวน", "1 หลัง", 0.4)),
                (Field("เพื่อใช้เป็น", "ที่อยู่อาศัย", 0.6), Field("ที่จอดรถ", "1 คัน", 0.4)),
                (Field("แล้วเสร็จใน", "180 วัน", 0.5), Field("แบบแปลน", "3 ชุด", 0.5)),
            )),
        ),
        "นายตัวอย่าง ใจดี",
        ("ชื่อตรงกับบัตรประจำตัวประชาชน", "เลือกอย่างเดียว", "ดูเลขที่มุมบนของโฉนด"),
    ),
    "commercial_registration": Form(
        "แบบ ทพ.", "คำขอจดทะเบียนพาณิชย์",
        (
            ("ขอจดทะเบียน", (
                Choice("", (("ตั้งใหม่", True), ("เปลี่ยนแปลง", False), ("เลิก", False)), 1),
            )),
            ("ผู้ประกอบพาณิชยกิจ", (
                (Field("ชื่อ", "นายตัวอย่าง ใจดี", 0.62), Field("อายุ", "40 ปี", 0.38)),
                (Field("เลขประจำตัวประชาชน", "0-0000-00000-00-0"),),
                (Field("อยู่ที่", "00 หมู่ 3 ต.ศาลาทอง อ.ตัวอย่าง จ.ตัวอย่าง"),),
            )),
            ("กิจการ", (
                (Field("ชื่อที่ใช้ (ไทย)", "ร้านตัวอย่างการค้า", 1, 2),),
                (Field("ขายหรือทำอะไร", "ขายของชำ และขายออนไลน์", 1, 3),),
                (Field("ทุน", "50,000 บาท", 0.5), Field("เริ่มเมื่อ", "1 มี.ค. 2570", 0.5)),
                (Field("ที่ตั้งร้าน", "00 หมู่ 3 ต.ศาลาทอง อ.ตัวอย่าง จ.ตัวอย่าง"),),
                (Field("เว็บไซต์หรือเพจ", "ร้านตัวอย่าง"),),
            )),
        ),
        "นายตัวอย่าง ใจดี",
        ("เลือกอย่างเดียว", "ชื่อที่เขียนบนป้ายร้าน", "เขียนสิ่งที่ขายจริงทุกอย่าง"),
    ),
}  # fmt: skip


class _Page:
    """SVG that grows from the top down."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = 0.0

    def box(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0) -> None:
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}"/>')

    def text(
        self, x: float, y: float, words: str, size: float, *, fill: str = INK, weight: int = 400, anchor: str = "start",
        family: str = "Sarabun", more: str = "",
    ) -> None:  # fmt: skip
        self.parts.append(
            f'<text x="{x}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
            f'text-anchor="{anchor}" {more}>{escape(words)}</text>'
        )

    def dots(self, x: float, y: float, to: float) -> None:
        self.parts.append(
            f'<path d="M{x},{y} H{to}" stroke="{LINE}" stroke-width="2" stroke-dasharray="2 5" stroke-linecap="round"/>'
        )

    def disc(self, x: float, y: float, number: int) -> None:
        self.parts.append(f'<circle cx="{x}" cy="{y}" r="16" fill="{MARIGOLD}"/>')
        self.text(x, y + 7.5, str(number), 22, weight=700, anchor="middle")


def _width(words: str, size: float) -> float:
    return _MEASURE.getlength(words) * size / 100


def _written(page: _Page, x: float, y: float, words: str) -> None:
    page.text(x, y - 4, words, WRITTEN, fill=PEN, weight=600, family="Noto Sans Thai Looped")


def _fields(page: _Page, row: tuple[Field, ...]) -> None:
    x, room = float(MARGIN), WIDTH - 2 * MARGIN
    for field in row:
        end = x + room * field.share - (14 if field.share < 1 else 0)
        page.text(x, page.y, field.label, PRINTED)
        start = x + _width(field.label, PRINTED) + 12
        page.dots(start, page.y + 6, end)
        if field.written:
            _written(page, start + 12, page.y, field.written)
        if field.note:
            page.disc(end - 18, page.y - 12, field.note)
        x += room * field.share


def _choice(page: _Page, row: Choice) -> None:
    x = float(MARGIN)
    if row.label:
        page.text(x, page.y, row.label, PRINTED)
        x += _width(row.label, PRINTED) + 20
    for words, ticked in row.boxes:
        page.parts.append(
            f'<rect x="{x}" y="{page.y - 23}" width="26" height="26" rx="5" fill="#FFFFFF" '
            f'stroke="{INK2}" stroke-width="2"/>'
        )
        if ticked:
            page.parts.append(
                f'<path d="M{x + 5},{page.y - 11} l8,9 L{x + 27},{page.y - 28}" fill="none" stroke="{PEN}" '
                'stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>'
            )
        page.text(x + 36, page.y, words, PRINTED)
        x += 36 + _width(words, PRINTED) + 30
    if row.note:
        page.disc(min(x + 4, WIDTH - MARGIN - 18), page.y - 10, row.note)


def _signature(page: _Page, signed: str) -> None:
    x = 560
    page.text(x, page.y, "ลงชื่อ", PRINTED)
    page.dots(x + 70, page.y + 6, WIDTH - MARGIN)
    page.parts.append(
        f'<path d="M{x + 120},{page.y - 4} c20,-44 34,-40 26,-8 c-6,26 18,10 30,-12 '
        "c10,-20 20,-14 10,6 c-8,20 22,8 34,-8 "
        f'c12,-16 22,-10 14,4 c-6,14 30,8 62,-14" fill="none" stroke="{PEN}" stroke-width="4" stroke-linecap="round"/>'
    )
    page.text((x + 70 + WIDTH - MARGIN) / 2, page.y + 48, f"( {signed} )", PRINTED, anchor="middle")


def draw(form: Form) -> str:
    """The form as SVG."""
    page = _Page()
    page.box(0, 0, WIDTH, HEIGHT, "#FFFFFF")
    for y in (470, 900, 1290):
        page.text(
            WIDTH / 2, y, "ตัวอย่าง", 190, fill=CLAY, weight=700, anchor="middle",
            more=f'fill-opacity="0.06" transform="rotate(-24 {WIDTH / 2} {y})"',
        )  # fmt: skip
    page.box(0, 0, WIDTH, 64, "#F8E6E1")
    page.text(WIDTH / 2, 42, "ตัวอย่างการกรอก · บุคคลและข้อมูลนี้ไม่มีจริง", 27, fill=CLAY, weight=700, anchor="middle")
    page.text(WIDTH - MARGIN, 118, form.code, 26, weight=700, anchor="end")
    page.text(WIDTH / 2, 178, form.title, 38, weight=700, anchor="middle")
    office = "องค์การบริหารส่วนตำบลศาลาทอง อำเภอตัวอย่าง จังหวัดตัวอย่าง"
    page.text(WIDTH / 2, 222, office, 24, fill=INK2, anchor="middle")
    page.y = 282
    page.text(540, page.y, "วันที่", PRINTED)
    page.dots(596, page.y + 6, WIDTH - MARGIN)
    _written(page, 616, page.y, "18 มีนาคม 2570")
    page.y += 30
    for title, rows in form.sections:
        page.box(MARGIN - 14, page.y, WIDTH - 2 * MARGIN + 28, 42, "#E3EFEE", radius=8)
        page.text(MARGIN, page.y + 30, title, 24, fill=WATER, weight=700)
        page.y += 42 + ROW * 0.82
        for row in rows:
            if isinstance(row, Choice):
                _choice(page, row)
            else:
                _fields(page, row)
            page.y += ROW
        page.y -= ROW * 0.45
    page.y = max(page.y + 74, HEIGHT - 300)
    _signature(page, form.signed)
    top = HEIGHT - 192
    page.box(MARGIN - 14, top, WIDTH - 2 * MARGIN + 28, 138, "#FBF7EF", radius=12)
    for at, hint in enumerate(form.hints):
        page.disc(MARGIN + 14, top + 28 + 40 * at, at + 1)
        page.text(MARGIN + 46, top + 36 + 40 * at, hint, 24)
    page.text(WIDTH / 2, HEIGHT - 20, "แบบย่อเพื่อดูวิธีกรอกเท่านั้น ใช้แบบจริงที่ช่องบริการหรือจากรหัส QR", SMALL, fill=INK2,
              anchor="middle")  # fmt: skip
    inside = "\n".join(page.parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">\n{inside}\n</svg>\n'


def main() -> None:
    """Draw every form, and drop pictures of forms that are gone."""
    TARGET.mkdir(exist_ok=True)
    fonts = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    for name, form in FORMS.items():
        drawn = resvg_py.svg_to_bytes(svg_string=draw(form), font_files=fonts, skip_system_fonts=True)
        # A few colours: a page of a form is paper and two inks.
        picture = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
        picture.save(TARGET / f"{name}.png", optimize=True)
    for old in TARGET.glob("*.png"):
        if old.stem not in FORMS:
            old.unlink()


if __name__ == "__main__":
    main()
