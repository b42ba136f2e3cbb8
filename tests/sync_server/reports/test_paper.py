"""The paper says what the report says, leaves no cell blank, names one office, and no text of it is interpreted."""

import dataclasses
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import made
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from sync_server.queues.period import Period, Span
from sync_server.reports import docx, docx_template, pdf
from sync_server.reports.paper import FEW, NOTHING, UNMEASURED, WITHHELD, Letterhead, compose
from sync_server.reports.press import press

HEAD = Letterhead(
    "องค์การบริหารส่วนตำบลศาลาทอง", "อบต.ศาลาทอง", "0-0000-0000", "ตย 00000", "นางประไพ ศาลาทอง", "", thai_digits=True
)
PLAIN = dataclasses.replace(HEAD, thai_digits=False)
TODAY = dt.date(2027, 4, 20)

#: What a kiosk's name or a label may hold: markup, templates, formulas, directions, controls, what XML cannot hold.
HOSTILE = "<b>&lt;{{ 7*7 }}{% raw %}]]>=1+1\u202eabc\x0b\x00\ufffe\ud800</w:t> url(file:///etc/passwd) '\"&#x41;"


def texts(value):
    """Every text of a paper that is read by people."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in {"align", "file_name"}:
                yield from texts(getattr(value, field.name))


def rows(section):
    """The words of a table, row by row."""
    return [[cell.text for cell in row] for row in section.table.rows]


def hostile_report():
    """A report whose every name from outside is hostile."""
    report = made.report()
    kiosk = dataclasses.replace(report.kiosks[0], name=HOSTILE)
    name = made.Text(HOSTILE, HOSTILE)
    cases = (dataclasses.replace(report.cases[0], key=HOSTILE, name=name),)
    tickets = (dataclasses.replace(report.tickets[0], name=name), *report.tickets[1:])
    return dataclasses.replace(report, kiosks=(kiosk,), cases=cases, tickets=tickets)


def test_the_tables_carry_the_figures_of_the_report():
    """Numbers stand where their heads say, zero rows and withheld groups are sentences."""
    tickets, waits, ratings, praises, cases, data = compose(made.report(), PLAIN, today=TODAY).sections
    assert rows(tickets)[0] == ["ภาษีและรายได้", "210", "182", "241", "398", "330", "415", "1,776"]
    assert rows(tickets)[3] == ["โยธาและบริการทั่วไป", NOTHING]
    assert rows(waits) == [
        ["ภาษีและรายได้", "1,702", "9.0", "24.0", "1,650", "4.0", "7.0", "1,650", "96.18"],
        ["ใบอนุญาตและทะเบียน", "221", "11.0", "25.0", "4", "-", "-", "4", "-"],
        ["สวัสดิการสังคม", UNMEASURED],
        ["โยธาและบริการทั่วไป", NOTHING],
        ["รวม", "1,923", "9.1", "24.1", "1,654", "4.0", "7.1", "1,654", "96.13"],
    ]
    assert waits.notes[2] == "ไม่นำมาคิดเวลารอ: ทำบนกระดาษช่วงไฟดับ 12\u00a0ราย ระบบปิดคิวก่อนได้เรียก 31\u00a0ราย"
    assert waits.notes[4] == "คิวพิเศษที่เรียกก่อน: ผู้สูงอายุ 240\u00a0ราย นักบวช 6\u00a0ราย เจ้าหน้าที่แก้ไข 3\u00a0ใบ"
    assert rows(ratings)[0] == ["ภาษีและรายได้", "212", "160", "31", "9", "4", "416", "4.36", "0.79", "87.26", "มาก"]
    assert [row[1] for row in rows(ratings)[1:4]] == [WITHHELD, WITHHELD, NOTHING]
    assert rows(praises) == [["กองคลัง", "12"], ["ไม่ระบุชื่อ", "4"], ["รวม", "16"]]
    assert [note for note in ratings.notes if note.startswith("นับแยก")] == [
        f"นับแยก ไม่รวมในตาราง: หน่วยเคลื่อนที่: {WITHHELD}",
        "นับแยก ไม่รวมในตาราง: ผู้กดเองที่ตู้: ผู้ตอบ 164\u00a0คน ค่าเฉลี่ย 4.04 S.D. 1.04 ร้อยละ 80.73 ระดับมาก ผ่านเกณฑ์ร้อยละ 70",
    ]
    assert rows(cases)[0] == ["ไฟทางดับ", "31", "25", "6", "30", "26", "89.66", "3"]
    assert rows(cases)[2] == ["ต้นไม้และที่สาธารณะ", NOTHING]
    assert rows(data)[1] == [
        "ตู้ 3 ศาลาหมู่ 4",
        "11 มี.ค. 2570 11.00 น.".replace(" ", "\u00a0").replace("\u00a011", " 11"),
        "ยังไม่เคย",
        "212",
        "ขาดการติดต่อ",
    ]


def test_the_memo_tells_waits_with_their_n_and_hides_the_few():
    """Median, 90th percentile and n of waits and services, the promise with its n; below five nothing but that."""

    def summary(**changes):
        return compose(made.report(**changes), PLAIN, today=TODAY).summary.rows[1][2].text.replace("\u00a0", " ")

    assert summary() == (
        "รอมัธยฐาน 9.1 นาที ร้อยละ 90 ไม่เกิน 24.1 นาที (n 1,923) ให้บริการมัธยฐาน 4.0 นาที ร้อยละ 90 ไม่เกิน 7.1 นาที (n 1,654) "
        "ทันเวลาที่ประกาศร้อยละ 96.13 จาก 1,654 ครั้ง"
    )
    few = made.Times(9, made.Spread(4), made.Spread(0), made.Spread(1), 1, 1)
    assert summary(waits_all=made.wait_row("", made.Text("รวม", "All"), few)) == FEW
    assert summary(waits_all=made.wait_row("", made.Text("รวม", "All"), made.TIMES["welfare"])) == UNMEASURED


@pytest.mark.parametrize("span", list(Span))
@pytest.mark.parametrize("empty", [False, True])
def test_no_text_is_blank_and_spans_fill_every_row(span, empty):
    """Whatever happened, each cell says something and each row is as wide as its table."""
    report = made.report(period=Period(2570, span))
    count = len(report.period.months)
    tickets = [dataclasses.replace(each, by_month=(each.total,) + (0,) * (count - 1)) for each in report.tickets]
    report = dataclasses.replace(
        report, tickets=tuple(tickets), tickets_all=dataclasses.replace(report.tickets_all, by_month=(0,) * count)
    )
    if empty:
        nothing = made.Behind(0, "/")
        report = dataclasses.replace(
            report, tickets=(), waits=(), priorities=(), ratings=(), cases=(), kiosks=(), data_up_to=None,
            tickets_all=made.TicketRow("", made.Text("รวม", "All"), (0,) * count, 0, nothing),
            waits_all=made.wait_row("", made.Text("รวม", "All"), made.TIMES["general"]),
            ratings_all=made.RatingRow("", made.Text("รวม", "All"), None, False, nothing),
            cases_all=made.CaseRow("", made.Text("รวม", "All"), 0, 0, 0, 0, 0, 0, 0, nothing),
        )  # fmt: skip
    paper = compose(report, HEAD, today=TODAY)
    for table in (paper.summary, *(section.table for section in paper.sections)):
        assert sum(column.width_mm for column in table.columns) <= docx_template.TEXT_WIDTH_MM
        for row in table.rows:
            assert all(cell.text for cell in row)
            assert sum(cell.span for cell in row) == len(table.columns)
    assert (NOTHING in [cell.text for row in paper.summary.rows for cell in row]) == empty


def test_thai_digits_are_everywhere_or_nowhere():
    """With the setting no Arabic digit is left in what people read; without it no Thai one."""
    assert not [text for text in texts(compose(made.report(), HEAD, today=TODAY)) if re.search("[0-9]", text)]
    assert not [text for text in texts(compose(made.report(), PLAIN, today=TODAY)) if re.search("[๐-๙]", text)]


def test_the_only_office_named_is_that_of_the_settings():
    """Another letterhead leaves no trace of the sample office."""
    other = Letterhead("องค์การบริหารส่วนตำบลทดสอบ", "อบต.ทดสอบ", "", "", "", "", thai_digits=True)
    read = "\n".join(texts(compose(made.report(), other, today=TODAY)))
    assert "ศาลาทอง" not in read
    assert read.count("องค์การบริหารส่วนตำบล") == read.count("องค์การบริหารส่วนตำบลทดสอบ")


def test_a_running_period_says_that_its_figures_may_grow():
    """A paper printed before the half is over names its day."""
    running = made.report(made_at=dt.datetime(2027, 3, 1, 3, tzinfo=dt.UTC))
    assert "รอบยังไม่สิ้นสุด" in compose(running, HEAD, today=TODAY).opening[1]
    assert "รอบยังไม่สิ้นสุด" not in compose(made.report(), HEAD, today=TODAY).opening[1]


def test_a_single_answer_prints_a_dash_for_its_deviation():
    """S.D. of one answer is no number (the office may have lowered the line under which it is withheld)."""
    one = dataclasses.replace(made.report().ratings[0], score=made.Score.of((0, 0, 0, 1, 0)))
    assert one.score.sd is None
    line = rows(compose(made.report(ratings=(one,)), PLAIN, today=TODAY).sections[2])[0]
    assert (line[7], line[8], Decimal(line[9])) == ("4.00", "-", Decimal(80))


# --- docx ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def word():
    """The docx of a hostile report: its bytes and its main part."""
    data = docx.render(compose(hostile_report(), HEAD, today=TODAY))
    return data, etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))


def test_the_docx_holds_every_text_of_the_paper(word):
    """Nothing is lost or added on the way into Word: tables and paragraphs say what the paper says."""
    data, _ = word
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    read = "\n".join([*(line.text for line in document.paragraphs), *cells])
    paper = compose(hostile_report(), HEAD, today=TODAY)
    unread = [text for text in texts(paper) if text not in read and text not in {paper.foot, paper.foot_end}]
    assert unread == []
    foot = document.sections[0].footer.paragraphs[0].text
    assert paper.foot in foot
    assert paper.foot_end in foot


def test_hostile_text_stays_text_in_the_docx(word):
    """Markup, tags of the template and formulas are letters; nothing of them became structure."""
    data, root = word
    read = "".join(root.itertext())
    assert "<b>&lt;{{ ๗*๗ }}{% raw %}]]>=๑+๑abc</w:t> url(file:///etc/passwd) '\"&#x๔๑;" in read
    apart = "\n".join(root.itertext())  # two cells side by side are no product
    assert "49" not in apart
    assert "๔๙" not in apart
    clean = etree.fromstring(
        zipfile.ZipFile(io.BytesIO(docx.render(compose(made.report(), HEAD, today=TODAY)))).read("word/document.xml")
    )
    tags = {element.tag for element in root.iter()}
    assert tags == {element.tag for element in clean.iter()}
    assert not [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "vba" in name.lower()]


def test_thai_is_set_in_the_complex_script_slots(word):
    """Each style used sets four font slots and both sizes, bold ones both weights; no run says otherwise."""
    data, root = word
    styles = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/styles.xml"))
    by_id = {style.get(qn("w:styleId")): style for style in styles.iter(qn("w:style"))}
    used = {element.get(qn("w:val")) for element in root.iter(qn("w:pStyle"), qn("w:rStyle"))}
    assert len(used) > 8
    for name in used:
        facts = by_id[name].find(qn("w:rPr"))
        fonts = facts.find(qn("w:rFonts"))
        assert {fonts.get(qn(slot)) for slot in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")} == {docx_template.FONT}
        assert facts.find(qn("w:sz")).get(qn("w:val")) == facts.find(qn("w:szCs")).get(qn("w:val"))
        assert (facts.find(qn("w:b")) is None) == (facts.find(qn("w:bCs")) is None)
    assert {child.tag for run in root.iter(qn("w:r")) for child in run.iterfind(f"{qn('w:rPr')}/*")} == {qn("w:rStyle")}


def test_tables_in_the_docx_repeat_their_heads_and_keep_rows_whole(word):
    """Seven tables, each with a head that repeats, rows that are not cut, and a grid as wide as its cells."""
    _, root = word
    tables = list(root.iter(qn("w:tbl")))
    assert len(tables) == 7
    for table in tables:
        grid = [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]
        lines = list(table.iter(qn("w:tr")))
        assert lines[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        for line in lines:
            assert line.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
            assert sum(int(cell.get(qn("w:val"))) for cell in line.iter(qn("w:gridSpan"))) == len(grid)
            assert sum(int(cell.get(qn("w:w"))) for cell in line.iter(qn("w:tcW"))) == sum(grid)


@pytest.mark.parametrize(("head", "digits"), [(HEAD, "thaiNumbers"), (PLAIN, "decimal")])
def test_page_numbers_follow_the_offices_digits(head, digits):
    """The section says which digits its page numbers have."""
    data = docx.render(compose(made.report(), head, today=TODAY))
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    assert [each.get(qn("w:fmt")) for each in root.iter(qn("w:pgNumType"))] == [digits]


def test_the_packaged_template_is_what_its_script_makes(tmp_path):
    """Nobody edited the template by hand: look and tags are decided in one place."""
    docx_template.make(tmp_path / "paper.docx")
    parts = ("word/document.xml", "word/styles.xml", "word/footer1.xml", "word/header1.xml")
    fresh, packaged = (zipfile.ZipFile(path) for path in (tmp_path / "paper.docx", docx_template.TEMPLATE))
    for part in parts:
        assert fresh.read(part) == packaged.read(part), part


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_the_pdf_is_made_with_the_packaged_font_and_says_the_figures(server):
    """A real PDF of A4 pages, its letters embedded, its figures legible to a machine."""
    data = pdf.render(compose(made.report(), PLAIN, today=TODAY))
    reader = PdfReader(io.BytesIO(data))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("Sarabun" in font for font in fonts)
    read = "".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    assert "1,776" in read
    assert "89.66" in read


def test_hostile_text_stays_text_in_the_pdf(server):
    """Markup is escaped before it is laid out, and the page asks for nothing but its fonts."""
    layout = pdf.layout(compose(hostile_report(), HEAD, today=TODAY))
    assert "<b>&lt;" not in layout
    assert "&lt;b&gt;&amp;lt;{{" in layout.replace("<wbr>", "").replace('</span>\u200b<span class="th">', "")
    assert re.findall(r"url\(([^)]*)\)", re.search(r"<style>(.*?)</style>", layout, re.DOTALL)[1]) == [
        "sala:fonts/Sarabun_400Regular.ttf", "sala:fonts/Sarabun_700Bold.ttf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "https://example.com/a.png", "data:image/png;base64,AAAA", "sala:fonts/../../shared/keys.py",
     "sala:fonts/nothing.ttf", "ftp://example.com/a"],
)  # fmt: skip
def test_the_press_fetches_packaged_fonts_and_nothing_else(address):
    """Any other address ends the paper instead of being asked for."""
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        press(f'<img src="{address}">')


def test_a_press_that_fails_is_told_and_no_half_file_is_handed_on(server, signed_in, monkeypatch):
    """Where no PDF comes out the reader is back on the page with a sentence, and nothing counts as printed."""
    from sync_server.organisations.queries import audit_of

    monkeypatch.setattr(pdf, "layout", lambda _paper: '<img src="file:///etc/passwd">')
    with pytest.raises(pdf.PressFailed, match="may not fetch"):
        pdf.render(compose(made.report(), HEAD, today=TODAY))
    monkeypatch.setattr(pdf, "render", _jammed)
    response = signed_in("palad").get("/desk/reports/2570/1/report.pdf", follow=True)
    assert "พิมพ์ PDF ไม่สำเร็จ" in response.content.decode().replace("<wbr>", "")
    assert response.redirect_chain == [("/desk/reports/2570/1", 302)]
    assert audit_of(server.office, "report", "2570/1") == []


def _jammed(_paper):
    raise pdf.PressFailed("jammed")


def test_papers_are_downloaded_and_leave_a_trace(server, signed_in):
    """Both files come as attachments, and the audit log knows who printed which figures."""
    from sync_server.organisations.queries import audit_of

    client = signed_in("palad")
    for ending, magic in (("pdf", b"%PDF-"), ("docx", b"PK")):
        response = client.get(f"/desk/reports/2570/1/report.{ending}")
        assert response.content.startswith(magic)
        assert response["Content-Disposition"] == f'attachment; filename="sala-report-2570-1.{ending}"'
    assert [row.act for row in audit_of(server.office, "report", "2570/1")] == ["report.print", "report.print"]
