"""A paper as docx: the packaged template (see `docx_template`) filled by docxtpl.

The template's own code runs in a sandbox, and every text is escaped: what a citizen or a kiosk wrote stays text.
Characters that XML cannot hold were taken out when the paper was composed.
"""

import io
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from sync_server.reports.docx_template import TEMPLATE
from sync_server.reports.paper import Cell, Column, Paper, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_TWIPS_A_MM = 1440 / 25.4
#: Above this many columns a table takes the smaller letters.
_COLUMNS_MAX = 9
#: What stands for a line to write on.
_DOTS = "." * 60


def render(paper: Paper) -> bytes:
    """The docx of `paper`."""
    template = DocxTemplate(TEMPLATE)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    template.render({"paper": _filled(paper)}, jinja_env=environment, autoescape=True)
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()


def _filled(paper: Paper) -> dict[str, Any]:
    """The paper as the template reads it."""
    texts = {name: getattr(paper, name) for name in ("from_line", "number", "date", "subject", "to", "opening",
             "summary_note", "closing", "blocks", "appendix_title", "foot", "foot_end")}  # fmt: skip
    return {
        **texts,
        "garuda_place": f"ตราครุฑ {paper.garuda_size}",
        "page_digits": "thaiNumbers" if paper.thai_digits else "decimal",
        "dots": _DOTS,
        "summary": _table(paper.summary),
        "sections": [
            {"title": each.title, "table": _table(each.table), "notes": each.notes} for each in paper.sections
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    # The ids that Word gives to the styles of docx_template; a wide table is set smaller.
    plain, bold = ("Salasmall", "Salasmallbold") if len(table.columns) > _COLUMNS_MAX else ("Salacell", "Salacellbold")
    heads = [Cell(column.head, "center", bold=True) for column in table.columns]
    return {
        "columns": _cells(table, tuple(heads), plain, bold),
        "rows": [_cells(table, row, plain, bold) for row in table.rows],
    }


def _cells(table: Table, row: tuple[Cell, ...], plain: str, bold: str) -> list[dict[str, Any]]:
    cells = []
    at = 0
    for cell in row:
        width = sum(map(_twips, table.columns[at : at + cell.span]))
        style = bold if cell.bold else plain
        cells.append({"text": cell.text, "span": cell.span, "align": cell.align, "width": width, "style": style})
        at += cell.span
    return cells


def _twips(column: Column) -> int:
    return round(column.width_mm * _TWIPS_A_MM)
