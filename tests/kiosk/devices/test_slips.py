"""Slips as dots: Thai in its right shape, everything legible, nothing beside the paper."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import uharfbuzz as hb
import zxingcpp
from PIL import Image, ImageChops, features

from kiosk import words
from kiosk.config import make
from kiosk.devices import line
from kiosk.devices import slip as drawing
from kiosk.devices.printer import FolderPrinter, NoPrinter, from_config
from kiosk.paper import CaseSlip, FormSlip, GuideSlip, PaperLine, PrinterState, StepLine, StripSlip, TicketSlip
from kiosk.ui.sample import sample_content

GOLDEN = Path(__file__).parent / "golden" / "hard-words.png"
HARD_WORDS = ["ที่", "น้ำ", "ผู้ใหญ่", "ฐานันดร", "กตัญญู"]

LONG_PAPER = "บัตรประชาชนและสำเนาทะเบียนบ้านของเจ้าของที่ดินผู้ชำระภาษี"
DAY = date(2027, 3, 16)
TICKET = TicketSlip(
    "อบต.ศาลาทอง", "A036", "งานจัดเก็บรายได้", "elderly", DAY, "10.32\u00a0น.",
    (PaperLine("หนังสือแจ้งการประเมิน", at_hand=True), PaperLine(LONG_PAPER, at_hand=False)), "ตู้ 1 · 212", "th",
)  # fmt: skip
CASE = CaseSlip(
    "อบต.ศาลาทอง", "4821093755167204", DAY, date(2027, 3, 23), date(2027, 3, 31), "B39F 21C8 604A",
    "https://sala.example.go.th/track", "th",
)  # fmt: skip


def differing(a, b):
    """The share of dots that differ."""
    changed = ImageChops.logical_xor(a.convert("1"), b.convert("1"))
    return changed.histogram()[255] / (a.width * a.height)


def test_hard_words_keep_their_shape():
    """Tone marks stand above their vowels and descenders give way: the dots are those that a person approved."""
    drawn = drawing.draw_words(HARD_WORDS, width_dots=384)
    approved = Image.open(GOLDEN)
    assert drawn.size == approved.size
    assert differing(drawn, approved) < 0.002


JAWI_PAPERS = (
    PaperLine("نوتيس تقسيرن چوکاي تانه دان باڠونن", at_hand=True),
    PaperLine("بورڠ چوکاي ڤاڤن تندا (ภ.ป.1)", at_hand=False),
)
JAWI_TICKET = replace(
    TICKET,
    office="ڤجابت مقيم سالا توڠ",
    public_label="کوتيڤن حاصيل",
    time="10:32",
    papers=JAWI_PAPERS,
    language="ms-Arab",
)
JAWI_CASE = replace(CASE, office="ڤجابت مقيم سالا توڠ", language="ms-Arab")


GUIDE = GuideSlip(
    "อบต.ศาลาทอง", "ขออนุญาตก่อสร้าง ดัดแปลง รื้อถอน หรือเคลื่อนย้ายอาคาร", "30 วัน", "ใบอนุญาตฉบับละ 20 บาท",
    "วันจันทร์ถึงวันศุกร์ 08.30–16.30 น.", "0-0000-0000 #13",
    (StepLine("ยื่นคำขอ (แบบ ข.1)", "1 วัน", "เจ้าพนักงานธุรการ กองช่าง"), StepLine("ตรวจสถานที่", "14 วัน", "นายช่างโยธา")),
    (PaperLine(LONG_PAPER, at_hand=False), PaperLine("หนังสือยินยอม", at_hand=None, optional=True)),
    ("คำขออนุญาตก่อสร้าง (แบบ ข.1)",), "https://salathong.example/services/building_permit", "1 ต.ค. 2569", "ตู้ 1 · 212",
    "th",
)  # fmt: skip
FORM = FormSlip(
    "อบต.ศาลาทอง", "ยื่นแบบและชำระภาษีป้าย", "แบบแสดงรายการภาษีป้าย (ภ.ป.1)",
    ("ชื่อเจ้าของและที่ตั้งร้าน", "ความกว้างและความยาวเป็นเซนติเมตร"), "https://salathong.example/forms/phor_por_1.pdf",
    "0-0000-0000", "ตู้ 1 · 212", "th",
)  # fmt: skip
STRIP = StripSlip(
    "อบต.ศาลาทอง", "งานจัดเก็บรายได้ · งานทะเบียนพาณิชย์", tuple(f"A{number:03d}" for number in range(981, 1001)), DAY,
    "ตู้ 1 · 212", "th",
)  # fmt: skip


WAITING = replace(TICKET, ahead=112, minutes=(15, 30), link="http://192.168.1.10:8080/t/A036-k3f9xq")


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize(
    "slip",
    [TICKET, CASE, JAWI_TICKET, JAWI_CASE, GUIDE, FORM, replace(GUIDE, language="ms-Arab"), STRIP,
     replace(STRIP, language="ms-Arab"), WAITING, replace(WAITING, language="ms-Arab")],
)  # fmt: skip
def test_a_slip_is_black_and_white_and_keeps_its_margin(slip, width):
    """Every dot is black or white, and none lies in the margin, however long a paper's name is."""
    image = drawing.render(slip, width_dots=width)
    assert (image.mode, image.width) == ("1", width)
    left, _, right, bottom = ImageChops.invert(image.convert("L")).getbbox()
    margin = 12 * width // 384
    # A letter may lean two dots out of its own box.
    assert left >= margin - 2
    assert right <= width - margin + 1
    assert bottom < image.height


@pytest.mark.parametrize("width", [384, 576])
def test_the_qr_code_reads_and_holds_no_code(width):
    """A scanner reads the address from the printed dots, and the citizen's code is not in it."""
    [found] = zxingcpp.read_barcodes(drawing.render(CASE, width_dots=width).convert("L"))
    assert found.text == CASE.track_url
    assert CASE.code not in found.text


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_telephone_reads_the_page_of_a_ticket(width, language):
    """The code on the slip holds the address and nothing beside it."""
    image = drawing.render(replace(WAITING, language=language), width_dots=width).convert("L")
    assert [each.text for each in zxingcpp.read_barcodes(image)] == [WAITING.link]


def test_a_slip_says_of_waiting_what_is_known_and_no_more():
    """Each line costs paper: the number alone, people before it, a range as well."""
    known = [TICKET, replace(TICKET, ahead=6), replace(TICKET, ahead=6, minutes=(15, 30))]
    heights = [drawing.render(each, width_dots=384).height for each in known]
    assert heights == sorted(set(heights))


def test_lines_end_between_words():
    """Wrapping loses no letter and cuts no word."""
    lines = drawing._wrap(LONG_PAPER, 300, drawing.line.font(24, "regular").getlength)
    assert len(lines) > 1
    assert "".join(lines) == LONG_PAPER
    assert any(line.endswith("และ") or line.startswith("สำเนา") for line in lines)


def test_without_raqm_nothing_is_drawn(monkeypatch, tmp_path):
    """Where Pillow cannot shape, the start fails with a remedy; no slip comes out with clipped marks."""
    monkeypatch.setattr(features, "check", lambda _name: False)
    with pytest.raises(drawing.CannotDraw):
        FolderPrinter(tmp_path, 384)
    with pytest.raises(drawing.CannotDraw):
        drawing.render(TICKET, width_dots=384)


def test_the_folder_printer_writes_slips_in_order(tmp_path):
    """Each slip is one whole picture with the next number; a vanished folder is out of paper, not a crash."""
    printer = from_config(make(tmp_path, {"printer": "folder"}))
    assert printer.print(TICKET) == "printed"
    assert printer.print(CASE) == "printed"
    slips = sorted((tmp_path / "slips").iterdir())
    assert [path.name for path in slips] == ["slip-00001.png", "slip-00002.png"]
    assert Image.open(slips[0]).size == drawing.render(TICKET, width_dots=384).size
    for path in slips:
        path.unlink()
    (tmp_path / "slips").rmdir()
    assert printer.state() is PrinterState.OUT
    assert printer.print(TICKET) == "failed"


def test_no_printer_promises_no_paper():
    """Without a printer the outcome is "shown"."""
    assert NoPrinter().print(TICKET) == "shown"
    assert NoPrinter().state() is PrinterState.NONE


def ink(image, box):
    """How many dots are black in a box given as shares of width and height."""
    left, top, right, bottom = box
    part = image.crop(
        (round(left * image.width), round(top * image.height), round(right * image.width), round(bottom * image.height))
    )
    return part.convert("L").histogram()[0]


def test_a_slip_in_jawi_begins_at_the_right():
    """Boxes, discs and the QR code stand at the right edge, where its reader begins; in Thai at the left."""
    for slip, right in ((CASE, False), (JAWI_CASE, True)):
        image = drawing.render(slip, width_dots=384)
        [found] = zxingcpp.read_barcodes(image.convert("L"))
        assert (found.position.top_left.x > image.width / 2) is right
        # The discs of the three steps, beside empty paper on the other side.
        heavy, light = (0.86, 0.97), (0.03, 0.14)
        at, off = (heavy, light) if right else (light, heavy)
        steps = (found.position.top_left.y - 320) / image.height, (found.position.top_left.y - 60) / image.height
        assert ink(image, (at[0], steps[0], at[1], steps[1])) > ink(image, (off[0], steps[0], off[1], steps[1]))


@pytest.mark.parametrize("letters", ["چ", "ڠ", "ڤ", "ݢ", "ڽ", "ۏ", "ٴ"])
def test_malay_letters_join_on_paper(letters):
    """Each of the letters that Arabic lacks is drawn, and in the midst of a word otherwise than alone."""
    joined, alone = line.length(f"س{letters}س", 24, "regular"), line.length(f"س {letters} س", 24, "regular")
    assert 0 < joined < alone
    missing = line.font(24, "regular", jawi=True).getmask("\U0001f9ff").getbbox()
    assert line.font(24, "regular", jawi=True).getmask(letters).getbbox() != missing


def test_a_line_runs_from_right_to_left_with_numbers_and_thai_in_their_own_way():
    """What stands within Jawi keeps its order; a number stays whole; two of them are not one."""
    order = [part for part, _ in line._visual("دري 08.30 هيڠݢ 16.30 (ภ.ป.1)")]
    assert [part.strip() for part in order] == [")", "ภ.ป.1", "(", "16.30", "هيڠݢ", "08.30", "دري"]
    for number in ("0-0000-0000", "08.30–16.30", "25%", "+66"):
        assert number in [part for part, rtl in line._visual(f"تيليفون {number} سهاج") if not rtl]
    assert line._visual("หมู่ 3 Sala") == [("หมู่ 3 Sala", False)]
    assert [part for part, rtl in line._visual("نومبور Sala Thong 3") if not rtl] == ["Sala Thong 3"]


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("slip", [GUIDE, FORM])
def test_what_is_taken_home_leads_on_by_its_code(slip, width):
    """A telephone reads the address off the paper; without one there is no code at all."""
    picture = drawing.render(slip, width_dots=width).convert("L")
    assert [read.text for read in zxingcpp.read_barcodes(picture)] == [slip.link]
    plain = drawing.render(replace(slip, link=""), width_dots=width).convert("L")
    assert zxingcpp.read_barcodes(plain) == []
    assert plain.height < picture.height


def test_every_letter_of_every_sentence_is_in_the_font_that_draws_it():
    """Also a comma alone between a number and the end of a line: no slip shows the sign of a missing letter."""
    has = {rtl: set(hb.Face((line.FONTS / line.FILES["regular"][rtl]).read_bytes()).unicodes) for rtl in (False, True)}
    office = sample_content()
    said = [text for row in words.table().values() for text in row.values()]
    said += [text for row in office.malay for text in (row.th, row.ms, row.jawi)]
    missing = {
        char
        for text in [*said, "جمعة 08.30–16.30،", "بورڠ ภ.ป.1، ภ.ป.3؟"]
        for part, rtl in line._visual(text.replace("\n", " "))
        for char in part
        if ord(char) not in has[rtl]
    }
    assert missing == set()


def test_a_jawi_comma_behind_a_number_is_drawn_in_the_jawi_font():
    """It has no direction of its own, and Sarabun has no such sign."""
    comma = line.font(24, "regular", jawi=True).getlength("،", direction="rtl")
    assert line.length("جمعة 16.30،", 24, "regular") == line.length("جمعة 16.30", 24, "regular") + comma


@pytest.mark.parametrize("language", ["th", "en", "ms", "ms-Arab"])
def test_the_code_for_rating_stands_on_the_slip_and_only_where_there_is_one(monkeypatch, language):
    """In two groups of four with what it is for; a slip without a code does not speak of rating."""
    drawn = []
    text = drawing._Roll.text

    def heard(roll, line, *how, **more):
        drawn.append(line)
        text(roll, line, *how, **more)

    monkeypatch.setattr(drawing._Roll, "text", heard)
    drawing.render(replace(TICKET, rating_code="48271930", language=language), width_dots=384)
    assert "4827 1930" in drawn
    assert drawn.index(words.sentence("slip.rate", language)) < drawn.index("4827 1930")
    drawn.clear()
    drawing.render(replace(TICKET, language=language), width_dots=384)
    assert words.sentence("slip.rate", language) not in drawn
