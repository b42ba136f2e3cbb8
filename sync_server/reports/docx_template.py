"""Makes the packaged docx template ``templates/reports/paper.docx``, which `docx` fills.

    python -m sync_server.reports.docx_template

The template is a plain Word file with the tags of docxtpl in it: an office's IT person can open it and see where each
text comes from, and every look is decided here. Thai lives in the complex-script slots of a Word file: a run without
``w:cs``, ``w:szCs`` and ``w:bCs`` is shown in another font, in ten points, never bold. So all four font slots and both
sizes are set in the styles and nowhere else, and no run has formatting of its own.
"""

import sys
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

TEMPLATE: Final = Path(__file__).parent / "templates" / "reports" / "paper.docx"

#: The national font of government papers; Word takes the reader's own copy. Sizes in points.
FONT: Final = "TH Sarabun PSK"
BODY_PT: Final = 16
#: The text between the margins: A4, 3 cm left and 2 cm right.
TEXT_WIDTH_MM: Final = 160

_DOTS: Final = WD_TAB_LEADER.DOTS
_SLOTS: Final = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")


def make(path: Path) -> None:
    """Write the template to `path`."""
    document = Document()
    _page(document)
    _styles(document)
    _feet(document)
    _memo(document)
    _blocks(document)
    _appendix(document)
    document.core_properties.author = ""
    document.core_properties.title = "{{ paper.subject }}"
    document.save(str(path))


# --- page and styles -------------------------------------------------------------------------------------------------


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.top_margin, section.bottom_margin = Mm(15), Mm(20)
    section.different_first_page_header_footer = True
    # Word reads the children of a section in one order only: page numbers stand before the columns.
    digits = _element("w:pgNumType", {"w:fmt": "{{ paper.page_digits }}"})
    section._sectPr.find(qn("w:cols")).addprevious(digits)  # noqa: SLF001 - see _page_number


_LEFT, _CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER

#: name -> size in points, bold, alignment, space before in points, kept on one page with what follows
_STYLES: Final = (
    ("Sala title", 29, True, _CENTER, 0, False),
    ("Sala field", 16, False, _LEFT, 0, False),
    ("Sala hand", 16, False, _LEFT, 0, True),
    ("Sala say", 16, False, WD_ALIGN_PARAGRAPH.THAI_JUSTIFY, 6, False),
    ("Sala heading", 16, True, _LEFT, 14, True),
    ("Sala appendix", 18, True, _CENTER, 0, True),
    # A table stays on one page with its notes as long as a page can hold it.
    ("Sala cell", 14, False, _LEFT, 0, True),
    ("Sala cell bold", 14, True, _LEFT, 0, True),
    ("Sala small", 12, False, _LEFT, 0, True),
    ("Sala small bold", 12, True, _LEFT, 0, True),
    ("Sala note", 13, False, _LEFT, 2, False),
    ("Sala sign", 16, False, _CENTER, 0, True),
    ("Sala position", 16, False, _CENTER, 0, False),
    ("Sala foot", 12, False, _LEFT, 0, False),
)


def _styles(document: Any) -> None:
    _fonts(document.styles["Normal"], BODY_PT, bold=False)
    for name, size, bold, alignment, before, kept in _STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _fonts(style, size, bold=bold)
        layout = style.paragraph_format
        layout.alignment = alignment
        layout.space_before, layout.space_after = Pt(before), Pt(0)
        layout.line_spacing = 1.0
        layout.keep_with_next = kept
    title = document.styles["Sala title"].paragraph_format
    title.line_spacing_rule, title.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(35)
    say = document.styles["Sala say"].paragraph_format
    say.first_line_indent, say.space_after = Mm(25), Pt(4)
    _fonts(document.styles.add_style("Sala label", WD_STYLE_TYPE.CHARACTER), 20, bold=True)
    for name, leader in (("Sala field", _DOTS), ("Sala hand", _DOTS), ("Sala foot", WD_TAB_LEADER.SPACES)):
        stops = document.styles[name].paragraph_format.tab_stops
        stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT, leader)
    for name in ("Sala sign", "Sala position"):
        document.styles[name].paragraph_format.left_indent = Mm(66)


def _fonts(style: ParagraphStyle | Any, size_pt: int, *, bold: bool) -> None:
    """Set every slot a Thai letter may be drawn from: four fonts, two sizes, two weights, and the language."""
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    fonts = _element("w:rFonts", dict.fromkeys(_SLOTS, FONT))
    properties.append(fonts)
    if bold:
        properties.append(_element("w:b"))
        properties.append(_element("w:bCs"))
    properties.append(_element("w:sz", {"w:val": str(size_pt * 2)}))
    properties.append(_element("w:szCs", {"w:val": str(size_pt * 2)}))
    properties.append(_element("w:lang", {"w:val": "th-TH", "w:eastAsia": "th-TH", "w:bidi": "th-TH"}))


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    made = OxmlElement(name)
    for key, value in (attributes or {}).items():
        made.set(qn(key), value)
    return made


# --- parts -----------------------------------------------------------------------------------------------------------


def _feet(document: Any) -> None:
    section = document.sections[0]
    for foot in (section.footer, section.first_page_footer):
        line = foot.paragraphs[0]
        line.style = document.styles["Sala foot"]
        line.add_run("{{ paper.foot }}\t{{ paper.foot_end }} หน้า ")
        _page_number(line)
    head = section.header.paragraphs[0]
    head.style = document.styles["Sala foot"]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run("- ")
    _page_number(head)
    head.add_run(" -")


def _page_number(line: Paragraph) -> None:
    """A PAGE field; whether its digits are Thai is said once, for the section."""
    field = _element("w:fldSimple", {"w:instr": "PAGE"})
    run = _element("w:r")
    text = _element("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    line._p.append(field)  # noqa: SLF001 - python-docx has no fields; its elements are its documented way in


def _say(document: Any, text: str, style: str) -> Paragraph:
    line: Paragraph = document.add_paragraph(style=style)
    line.add_run(text)
    return line


def _tag(document: Any, tag: str) -> None:
    """A line of its own that docxtpl takes out: the beginning or end of a loop or condition."""
    _say(document, f"{{%p {tag} %}}", "Sala cell")


def _memo(document: Any) -> None:
    _say(document, "{{ paper.garuda_place }}", "Sala note")
    _say(document, "บันทึกข้อความ", "Sala title")
    _field(document, ("ส่วนราชการ", "{{ paper.from_line }}"))
    halves = _field(document, ("ที่", "{{ paper.number }}"), ("วันที่", "{{ paper.date }}"))
    halves.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM / 2), WD_TAB_ALIGNMENT.LEFT, _DOTS)
    subject = _field(document, ("เรื่อง", "{{ paper.subject }}")).paragraph_format
    subject.left_indent, subject.first_line_indent = Mm(13), Mm(-13)
    _say(document, "เรียน  {{ paper.to }}", "Sala field").paragraph_format.space_before = Pt(6)
    _tag(document, "for words in paper.opening")
    _say(document, "{{ words }}", "Sala say")
    _tag(document, "endfor")
    _table(document, "paper.summary")
    _say(document, "{{ paper.summary_note }}", "Sala note")


def _field(document: Any, *parts: tuple[str, str]) -> Paragraph:
    """A line of labels, each with its text and dots up to the next label or the margin."""
    line: Paragraph = document.add_paragraph(style="Sala field")
    for label, text in parts:
        line.add_run(label, style="Sala label")
        line.add_run(f" {text}\t")
    return line


def _blocks(document: Any) -> None:
    _say(document, "{{ paper.closing }}", "Sala say").paragraph_format.keep_with_next = True
    _tag(document, "for block in paper.blocks")
    _tag(document, "if block.heading")
    _say(document, "{{ block.heading }}", "Sala heading")
    for _ in range(3):
        _say(document, "\t", "Sala hand")
    _tag(document, "endif")
    _say(document, "(ลงชื่อ){{ paper.dots }}", "Sala sign").paragraph_format.space_before = Pt(18)
    _say(document, "({% if block.name %}{{ block.name }}{% else %}{{ paper.dots }}{% endif %})", "Sala sign")
    _tag(document, "if not block.heading")
    _say(document, "ตำแหน่ง{{ paper.dots }}", "Sala sign")
    _tag(document, "endif")
    _tag(document, "for position in block.positions")
    _say(document, "{{ position }}", "Sala position")
    _tag(document, "endfor")
    _tag(document, "endfor")


def _appendix(document: Any) -> None:
    title = _say(document, "{{ paper.appendix_title }}", "Sala appendix")
    title.paragraph_format.page_break_before = True
    _tag(document, "for section in paper.sections")
    _say(document, "{{ section.title }}", "Sala heading")
    _table(document, "section.table")
    _tag(document, "for note in section.notes")
    _say(document, "{{ note }}", "Sala note")
    _tag(document, "endfor")
    _tag(document, "endfor")


def _table(document: Any, name: str) -> None:
    """A table whose columns, widths, spans and looks are all filled in; heads repeat, no row is cut in two."""
    table = document.add_table(rows=4, cols=3)
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    grid = table._tbl.tblGrid  # noqa: SLF001 - see _page_number
    for old in list(grid)[1:]:
        grid.remove(old)
    grid.text, grid[0].tail = f"{{% for column in {name}.columns %}}", "{% endfor %}"
    grid[0].set(qn("w:w"), "{{ column.width }}")
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(_margins())  # noqa: SLF001
    _loop_cells(table.rows[0], "column", f"{name}.columns", "column.text")
    _loop_cells(table.rows[2], "cell", "row", "cell.text")
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001
    table.rows[1].cells[0].paragraphs[0].add_run(f"{{%tr for row in {name}.rows %}}")
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")


def _loop_cells(row: Any, each: str, of: str, text: str) -> None:
    """Make a row's middle cell the pattern of as many cells as `of` holds."""
    first, pattern, last = row.cells
    first.paragraphs[0].add_run(f"{{%tc for {each} in {of} %}}")
    last.paragraphs[0].add_run("{%tc endfor %}")
    line = pattern.paragraphs[0]
    line.add_run(f"{{{{ {text} }}}}")
    layout = line._p.get_or_add_pPr()  # noqa: SLF001
    layout.append(_element("w:pStyle", {"w:val": f"{{{{ {each}.style }}}}"}))
    layout.append(_element("w:jc", {"w:val": f"{{{{ {each}.align }}}}"}))
    facts = pattern._tc.get_or_add_tcPr()  # noqa: SLF001
    for old in list(facts):
        facts.remove(old)
    facts.append(_element("w:tcW", {"w:w": f"{{{{ {each}.width }}}}", "w:type": "dxa"}))
    facts.append(_element("w:gridSpan", {"w:val": f"{{{{ {each}.span }}}}"}))
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001


def _margins() -> Any:
    """Narrow margins inside the cells: eleven columns of figures stand side by side."""
    margins = _element("w:tblCellMar")
    for side, twips in (("w:top", 20), ("w:left", 45), ("w:bottom", 20), ("w:right", 45)):
        margins.append(_element(side, {"w:w": str(twips), "w:type": "dxa"}))
    return margins


def main() -> int:
    """Make the packaged template anew."""
    make(TEMPLATE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
