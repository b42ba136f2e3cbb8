"""A report as an official paper: the memo (บันทึกข้อความ), its tables, and the four blocks to be signed.

    paper = compose(report, Letterhead.of(office), today=today)
    pdf.render(paper)          docx.render(paper)

Both renderers lay out this one value and add no figure of their own, so PDF and docx always say the same. Papers are
Thai. Digits become Thai ones where the office wants it; whatever came from outside (a kiosk's name, a label) loses
characters that act instead of being read. No cell stays blank: what did not happen says so.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from shared import thai
from sync_server.organisations.models import Office
from sync_server.queues.period import Span
from sync_server.queues.score import LEVELS, PASS_PERCENT, SHOWN_FROM
from sync_server.queues.waiting import Spread
from sync_server.reports.report import CaseRow, KioskLine, PraiseRow, RatingRow, Report, TicketRow, WaitRow
from sync_server.web.language import Text

NOTHING = "ไม่มีเหตุในรอบรายงาน"
UNMEASURED = "ไม่มีคิวที่วัดเวลาได้ในรอบรายงาน"
FEW = f"ไม่แสดง เพราะน้อยกว่า {SHOWN_FROM} ราย"
WITHHELD = f"ไม่แสดง เพราะผู้ตอบน้อยกว่า {SHOWN_FROM} คน หรือทำให้คำนวณกลับถึงกลุ่มเล็กได้"

_NBSP = "\u00a0"
_TEXT_CHARS_MAX = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the office's settings put on a paper. Its name stands nowhere else."""

    name: str
    short_name: str
    phone: str
    document_code: str
    clerk_name: str
    executive_name: str
    thai_digits: bool

    @classmethod
    def of(cls, office: Office) -> "Letterhead":
        """The letterhead of an office's settings record."""
        return cls(
            office.name, office.short_name or office.name, office.phone, office.document_code, office.clerk_name,
            office.executive_name, office.thai_digits_on_paper,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, its width in millimetres, and how its cells stand ("left", "center", "right")."""

    head: str
    width_mm: int
    align: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says; `span` counts the columns it takes."""

    text: str
    align: str
    span: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; the spans of a row's cells add up to the number of columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered table with its title and the rules it was counted by."""

    title: str
    table: Table
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A place to sign: a heading with lines for handwriting (none for whoever made the paper), name and position."""

    heading: str
    name: str
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole paper, ready to be laid out."""

    file_name: str
    from_line: str
    number: str
    date: str
    subject: str
    to: str
    opening: tuple[str, ...]
    summary: Table
    summary_note: str
    closing: str
    blocks: tuple[Block, ...]
    appendix_title: str
    sections: tuple[Section, ...]
    foot: str
    foot_end: str
    garuda_size: str
    thai_digits: bool


def compose(report: Report, head: Letterhead, *, today: dt.date) -> Paper:
    """The paper that `report` makes, dated `today`."""
    title = report.period.title.th
    written = Paper(
        file_name=f"sala-report-{report.period.year_be}-{report.period.span.value}",
        from_line=f"สำนักปลัด {head.name} โทรศัพท์ {head.phone or '-'}",
        number=f"{head.document_code}/" if head.document_code else "",
        date=thai.long_date(today),
        subject=f"รายงานผลการให้บริการประชาชน ความพึงพอใจ และเรื่องร้องเรียน {title}",
        to=f"นายก{head.name} - ผ่านปลัด{head.name}",
        opening=(
            (f"ตามที่{head.name}ได้จัดให้มีบัตรคิว การประเมินความพึงพอใจ ณ จุดบริการ และช่องทางรับเรื่องร้องเรียนและคำขอจากประชาชน นั้น"),
            (
                f"ในการนี้ สำนักปลัดได้รวบรวมผลการดำเนินการตั้งแต่วันที่ {thai.long_date(report.period.first)} "
                f"ถึงวันที่ {thai.long_date(report.period.last)} {_how_far(report)}สรุปได้ดังนี้"
            ),
        ),
        summary=_summary(report),
        summary_note=(
            "จำนวน ช่วงเวลา และรายการที่ตัดออกของทุกตัวเลขอยู่ในภาคผนวก "
            f"ตรวจย้อนถึงบันทึกได้ทุกรายการในระบบ รหัสตรวจสอบ {report.check_code}"
        ),
        closing=f"จึงเรียนมาเพื่อโปรดทราบ และพิจารณาให้เผยแพร่บนเว็บไซต์ของ{head.name}ต่อไป",
        blocks=(
            Block("", "", ("ผู้จัดทำ",)),
            Block("ความเห็นของหัวหน้าสำนักปลัด", "", ("หัวหน้าสำนักปลัด",)),
            Block(f"ความเห็นของปลัด {head.short_name}", head.clerk_name, (f"ปลัด{head.name}",)),
            Block(f"ความเห็นของนายก {head.short_name}", head.executive_name, (f"นายก{head.name}",)),
        ),
        appendix_title=f"ภาคผนวก {title}\n{head.name}",
        sections=(_tickets(report), _waits(report), _ratings(report), _praises(report), _cases(report), _data(report)),
        foot=f"ข้อมูลถึง {_moment(report.data_up_to)}",
        foot_end=f"รหัสตรวจสอบ {report.check_code}",
        garuda_size="1.5 ซม.",
        thai_digits=head.thai_digits,
    )
    return _each_text(written, lambda text: _finished(text, digits=head.thai_digits))


# --- the memo's own table --------------------------------------------------------------------------------------------


def _how_far(report: Report) -> str:
    if not report.running:
        return ""
    return f"(รอบยังไม่สิ้นสุด ตัวเลข ณ วันที่ {thai.long_date(thai.service_date(report.made_at))}) "


def _summary(report: Report) -> Table:
    columns = (Column("ข้อ", 12, "center"), Column("รายการ", 52, "left"), Column("ผลการดำเนินการโดยสรุป", 96, "left"))
    lines = (
        ("การให้บริการตามบัตรคิว", _tickets_in_words(report)),
        ("เวลารอและเวลาให้บริการ", _waits_in_words(report)),
        ("ความพึงพอใจ ณ จุดบริการ", _ratings_in_words(report)),
        ("คำชมเจ้าหน้าที่", _praises_in_words(report)),
        ("เรื่องร้องเรียนและคำขอ", _cases_in_words(report)),
        ("ความครบถ้วนของข้อมูล", _data_in_words(report)),
    )
    rows = tuple(
        (Cell(str(i), "center"), Cell(name, "left"), Cell(words, "left")) for i, (name, words) in enumerate(lines, 1)
    )
    return Table(columns, rows)


def _tickets_in_words(report: Report) -> str:
    if not report.tickets_all.total:
        return NOTHING
    most = max(report.tickets, key=lambda row: row.total)
    return f"ออกบัตรคิว {_count(report.tickets_all.total, 'ใบ')} มากที่สุดคือ{most.name.th} {_count(most.total, 'ใบ')}"


def _waits_in_words(report: Report) -> str:
    row = report.waits_all
    if not row.measured:
        return UNMEASURED
    kept = row.times.kept_percent
    told = (
        _spread_in_words("รอ", row.times.waited), _spread_in_words("ให้บริการ", row.times.served),
        "" if kept is None else f"ทันเวลาที่ประกาศร้อยละ {kept} จาก {_count(row.promised.n, 'ครั้ง')}",
    )  # fmt: skip
    return " ".join(each for each in told if each) or FEW


def _spread_in_words(what: str, spread: Spread) -> str:
    if spread.median_min is None:
        return ""
    return f"{what}มัธยฐาน {spread.median_min}{_NBSP}นาที ร้อยละ 90 ไม่เกิน {spread.p90_min}{_NBSP}นาที (n {spread.n:,})"


def _ratings_in_words(report: Report) -> str:
    """Each place for itself: whoever reads one figure over all of them would read a wrong one."""
    rows = [("ผู้รับบริการ", report.ratings_all), *((row.name.th, row) for row in report.ratings_apart)]
    return " ".join(_rating_in_words(row, name) for name, row in rows if row.score or row.withheld) or NOTHING


def _rating_in_words(row: RatingRow, name: str) -> str:
    if row.score is None:
        return f"{name}: {WITHHELD}"
    score = row.score
    passed = "ผ่าน" if score.passes else "ไม่ผ่าน"
    return (
        f"{name}: ผู้ตอบ {_count(score.n, 'คน')} ค่าเฉลี่ย {score.mean} S.D. {_or_dash(score.sd)} ร้อยละ {score.percent} "
        f"ระดับ{score.level} {passed}เกณฑ์ร้อยละ {PASS_PERCENT}"
    )


def _praises_in_words(report: Report) -> str:
    return f"ได้รับคำชม {_count(report.praises_all.n, 'ครั้ง')}" if report.praises_all.n else NOTHING


def _cases_in_words(report: Report) -> str:
    row = report.cases_all
    if not row.received:
        return NOTHING
    told = (
        f"แจ้งผลใน {report.result_days} วัน {row.told_in_time:,} จาก {_count(row.due, 'เรื่อง')} ร้อยละ {row.told_percent}"
        if row.due
        else "ยังไม่มีเรื่องที่ถึงกำหนดแจ้งผล"
    )
    return f"รับ {_count(row.received, 'เรื่อง')} ยุติแล้ว {row.closed:,} อยู่ระหว่างดำเนินการ {row.open:,} {told}"


def _data_in_words(report: Report) -> str:
    if not report.kiosks:
        return "ยังไม่มีตู้บริการในรอบรายงาน"
    silent = f"ขาดการติดต่อ {_count(len(report.silent), 'ตู้')}" if report.silent else "ติดต่อได้ครบทุกตู้"
    return f"ข้อมูลถึง {_moment(report.data_up_to)} ตู้บริการ {_count(len(report.kiosks), 'ตู้')} {silent}"


# --- the appendix ----------------------------------------------------------------------------------------------------


def _tickets(report: Report) -> Section:
    months = report.period.months
    narrow = report.period.span is Span.YEAR
    width = 9 if narrow else 17
    columns = (
        Column("กลุ่มงาน", 160 - width * len(months) - 15, "left"),
        *(Column(thai.MONTHS_SHORT[month.month - 1], width, "right") for month in months),
        Column("รวม", 15, "right"),
    )

    def line(row: TicketRow) -> tuple[Text, Words]:
        return row.name, (*(f"{n:,}" for n in row.by_month), f"{row.total:,}") if row.total else NOTHING

    return Section(
        "ตารางที่ 1 จำนวนบัตรคิวจำแนกตามกลุ่มงานและเดือน (ใบ)",
        _table(columns, [line(row) for row in report.tickets], line(report.tickets_all)),
        (
            f"นับทุกบัตรคิวตามวันที่ให้บริการ {_period_in_words(report)} ไม่มีการตัดรายการออก",
            "บริการที่ต้องรักษาความเป็นส่วนตัวใช้ชื่อกลุ่มงานร่วมกัน บัตรคิวไม่บอกชื่อบริการ",
        ),
    )


def _waits(report: Report) -> Section:
    columns = (
        Column("กลุ่มงาน", 36, "left"),
        Column("รอ n", 16, "right"),
        Column("มัธยฐาน", 16, "right"),
        Column("90% ไม่เกิน", 14, "right"),
        Column("บริการ n", 16, "right"),
        Column("มัธยฐาน", 16, "right"),
        Column("90% ไม่เกิน", 14, "right"),
        Column("เทียบ n", 16, "right"),
        Column("ทันร้อยละ", 16, "right"),
    )

    def line(row: WaitRow) -> tuple[Text, Words]:
        times = row.times
        if not times.asked:
            return row.name, NOTHING
        if not row.measured:
            return row.name, UNMEASURED
        return row.name, tuple(
            cell
            for n, told in (
                (times.waited.n, (times.waited.median_min, times.waited.p90_min)),
                (times.served.n, (times.served.median_min, times.served.p90_min)),
                (times.promised, (times.kept_percent,)),
            )
            for cell in (f"{n:,}", *map(_or_dash, told))
        )

    return Section(
        "ตารางที่ 2 เวลารอและเวลาให้บริการ จำแนกตามกลุ่มงาน (นาที)",
        _table(columns, [line(row) for row in report.waits], line(report.waits_all)),
        (
            (
                f"นับตามวันที่ให้บริการ {_period_in_words(report)} รอ คือตั้งแต่ออกบัตรคิวจนถูกเรียกครั้งแรก "
                f"บริการ คือเวลาที่ช่องบริการรวมกัน น้อยกว่า {SHOWN_FROM} รายไม่แสดงค่า (-)"
            ),
            "ทัน หมายถึงเวลาให้บริการไม่เกินเวลาที่ประกาศไว้ขณะรับบัตรคิว นับเฉพาะบริการที่ประกาศเป็นนาทีหรือชั่วโมง",
            f"ไม่นำมาคิดเวลารอ: {_reasons(report.waits_all.waited.left_out)}",
            f"ไม่นำมาคิดเวลาให้บริการ: {_reasons(report.waits_all.served.left_out)}",
            f"คิวพิเศษที่เรียกก่อน: {_reasons(report.priorities)} เจ้าหน้าที่แก้ไข {_count(report.priorities_corrected, 'ใบ')}",
        ),
    )


def _reasons(rows: tuple[tuple[Text, int], ...]) -> str:
    return " ".join(f"{words.th} {_count(n, 'ราย')}" for words, n in rows) or "ไม่มี"


def _ratings(report: Report) -> Section:
    columns = (
        Column("กลุ่มงาน", 38, "left"),
        *(Column(str(score), 11, "right") for score in (5, 4, 3, 2, 1)),
        Column("n", 12, "right"),
        Column("เฉลี่ย", 12, "right"),
        Column("S.D.", 12, "right"),
        Column("ร้อยละ", 15, "right"),
        Column("ระดับ", 16, "left"),
    )

    def line(row: RatingRow) -> tuple[Text, Words]:
        if row.score is None:
            return row.name, WITHHELD if row.withheld else NOTHING
        score = row.score
        counts = (f"{n:,}" for n in (*score.best_first, score.n))
        return row.name, (*counts, str(score.mean), _or_dash(score.sd), str(score.percent), score.level)

    repeats = sum(n for row in (report.ratings_all, *report.ratings_apart) for _, n in row.behind.left_out)
    levels = " ".join(f"{lowest} ขึ้นไป {word}" for lowest, word in LEVELS)
    share, issued = report.ratings_all.response, report.ratings_all.issued
    rate = "" if share is None else f" อัตราตอบร้อยละ {share} ของบัตรคิว {_count(issued, 'ใบ')}"
    return Section(
        "ตารางที่ 3 ความพึงพอใจของผู้รับบริการ จำแนกตามกลุ่มงาน (คน)",
        _table(columns, [line(row) for row in report.ratings], line(report.ratings_all)),
        (
            f"n คือผู้รับบริการที่ให้คะแนนด้วยรหัสบนบัตรคิว {_period_in_words(report)} ใบละหนึ่งครั้ง{rate}",
            *(
                f"นับแยก ไม่รวมในตาราง: {_rating_in_words(row, row.name.th)}"
                for row in report.ratings_apart
                if row.score or row.withheld
            ),
            f"ตัดออก: กดซ้ำภายในไม่กี่วินาที {repeats:,} ครั้ง กลุ่มที่มีผู้ตอบน้อยกว่า {SHOWN_FROM} คนไม่แสดงค่า",
            "ร้อยละคิดจากค่าเฉลี่ยก่อนปัดเศษ หารด้วย 5 คูณ 100 S.D. หารด้วย N–1 ค่าเฉลี่ยปัดเศษสองตำแหน่งก่อนจัดระดับ",
            f"เกณฑ์ระดับ: {levels}",
        ),
    )


def _praises(report: Report) -> Section:
    columns = (Column("ส่วนราชการ", 130, "left"), Column("คำชม (ครั้ง)", 30, "right"))

    def line(row: PraiseRow) -> tuple[Text, Words]:
        return row.name, (f"{row.n:,}",) if row.n else NOTHING

    return Section(
        "ตารางที่ 4 คำชมเจ้าหน้าที่ จำแนกตามส่วนราชการ (ครั้ง)",
        _table(columns, [line(row) for row in report.praises], line(report.praises_all)),
        (
            f"นับทุกคำชมที่ประชาชนส่งที่ตู้ {_period_in_words(report)} ไม่ว่าข้อความจะเผยแพร่หรือไม่ ตามส่วนราชการปัจจุบันของผู้ได้รับคำชม",
            "ใช้ประกอบมาตรการยกย่องชมเชยบุคลากร ชื่อและข้อความประกาศได้เมื่อเจ้าหน้าที่ผู้นั้นยินยอม",
        ),
    )


def _cases(report: Report) -> Section:
    columns = (
        Column("ประเภท", 40, "left"),
        Column("รับ", 13, "right"),
        Column("ยุติแล้ว", 16, "right"),
        Column("อยู่ระหว่างดำเนินการ", 20, "right"),
        Column(f"ตอบรับใน {report.acknowledge_days} วัน", 17, "right"),
        Column(f"แจ้งผลใน {report.result_days} วัน", 18, "right"),
        Column("ร้อยละ", 15, "right"),
        Column("เกินกำหนด", 21, "right"),
    )

    def line(row: CaseRow) -> tuple[Text, Words]:
        if not row.received:
            return row.name, NOTHING
        counts = (row.received, row.closed, row.open, row.acknowledged_in_time, row.told_in_time)
        return row.name, (*(f"{n:,}" for n in counts), _or_dash(row.told_percent), f"{row.overdue:,}")

    return Section(
        "ตารางที่ 5 เรื่องร้องเรียนและคำขอจำแนกตามประเภท (เรื่อง)",
        _table(columns, [line(row) for row in report.cases], line(report.cases_all)),
        (
            (
                f"นับตามวันที่ยื่น {_period_in_words(report)} ร้อยละคิดจากเรื่องที่แจ้งผลแล้วหรือถึงกำหนดแล้ว "
                f"{_count(report.cases_all.due, 'เรื่อง')} เรื่องที่ยังไม่ถึงกำหนดไม่นำมาคิดร้อยละ"
            ),
            (
                f"แจ้งผล หมายถึงตอบหรือยุติเรื่อง ผู้แจ้งอ่านได้ด้วยรหัสติดตาม กำหนด {report.acknowledge_days} และ "
                f"{report.result_days} วันนับแต่วันยื่น ไม่นับวันแรก วันสุดท้ายที่ตรงกับวันหยุดเลื่อนเป็นวันทำการถัดไป"
            ),
            f"มาถึงเซิร์ฟเวอร์หลังพ้นกำหนดตอบรับ {_count(report.cases_found_late, 'เรื่อง')} ยังนับเวลาจากวันที่ยื่น",
            _returned_in_words(report),
            _confidential_in_words(report),
        ),
    )


def _returned_in_words(report: Report) -> str:
    """How often citizens said that it is not fixed; the sentence stands also where nobody did."""
    if not report.cases_told:
        return "ผู้แจ้งบอกว่ายังไม่แก้ไข: ยังไม่มีเรื่องที่แจ้งผล"
    return (
        f"ผู้แจ้งบอกว่ายังไม่แก้ไขและเปิดเรื่องอีกครั้ง {_count(report.cases_returned, 'เรื่อง')} จากเรื่องที่แจ้งผลแล้ว "
        f"{_count(report.cases_told, 'เรื่อง')} คิดเป็นร้อยละ {_or_dash(report.returned_percent)}"
    )


def _confidential_in_words(report: Report) -> str:
    row = report.confidential
    if not row.received:
        return "เรื่องร้องเรียนเกี่ยวกับบุคคล (เรื่องลับ นับแยก ไม่อยู่ในตาราง) ไม่มีเรื่องร้องเรียน"
    told = f" แจ้งผลใน {report.result_days} วัน {row.told_in_time:,} จาก {_count(row.due, 'เรื่อง')}" if row.due else ""
    return (
        f"เรื่องร้องเรียนเกี่ยวกับบุคคล (เรื่องลับ นับแยก ไม่อยู่ในตาราง) รับ {_count(row.received, 'เรื่อง')} "
        f"ยุติแล้ว {row.closed:,} อยู่ระหว่างดำเนินการ {row.open:,}{told}"
    )


def _data(report: Report) -> Section:
    columns = (
        Column("ตู้บริการ", 42, "left"),
        Column("รับบันทึกล่าสุด", 34, "left"),
        Column("ติดต่อล่าสุด", 34, "left"),
        Column("ค้างส่ง (รายการ)", 22, "right"),
        Column("สถานะ", 28, "left"),
    )
    rows: list[tuple[Cell, ...]] = [_kiosk_row(columns, line) for line in report.kiosks]
    if not rows:
        rows = [(Cell("ยังไม่มีตู้บริการในรอบรายงาน", "center", len(columns)),)]
    not_counted = (
        f"บันทึกที่เก็บไว้ครบแต่ยังไม่นับ {_count(report.not_counted, 'รายการ')}" if report.not_counted else "ไม่มีบันทึกที่ค้างการนับ"
    )
    return Section(
        "ตารางที่ 6 ข้อมูลถึงเมื่อใด",
        Table(columns, tuple(rows)),
        (
            f"ตัวเลขทั้งหมด ณ {_moment(report.made_at)} {not_counted}",
            "รายการที่ตู้ยังค้างส่งจะนับเพิ่มเมื่อส่งถึงเซิร์ฟเวอร์ ตัวเลขในรายงานที่ลงนามแล้วไม่เปลี่ยน",
        ),
    )


def _kiosk_row(columns: Sequence[Column], line: KioskLine) -> tuple[Cell, ...]:
    words = (
        line.name,
        _moment(line.received_at),
        _moment(line.seen_at),
        f"{line.waiting:,}",
        "ขาดการติดต่อ" if line.silent else "ปกติ",
    )
    return tuple(Cell(text, column.align) for text, column in zip(words, columns, strict=True))


#: The words of a row behind its name: one for each column, or one sentence for all of them.
Words = tuple[str, ...] | str


def _table(columns: tuple[Column, ...], lines: Sequence[tuple[Text, Words]], everything: tuple[Text, Words]) -> Table:
    """One row each and the sum in bold; a row that is one sentence spans the table."""
    rows = [_cells(columns, *line, bold=False) for line in lines]
    return Table(columns, (*rows, _cells(columns, *everything, bold=True)))


def _cells(columns: tuple[Column, ...], name: Text, words: Words, *, bold: bool) -> tuple[Cell, ...]:
    first = Cell(name.th, "left", bold=bold)
    if isinstance(words, str):
        return (first, Cell(words, "center", len(columns) - 1, bold))
    return (first, *(Cell(text, column.align, 1, bold) for text, column in zip(words, columns[1:], strict=True)))


# --- words and numbers -----------------------------------------------------------------------------------------------


def _count(n: int, of: str) -> str:
    return f"{n:,}{_NBSP}{of}"


def _or_dash(value: Decimal | None) -> str:
    return "-" if value is None else str(value)


def _moment(value: dt.datetime | None) -> str:
    if value is None:
        return "ยังไม่เคย"
    return f"{thai.short_date(thai.service_date(value))} {thai.time_of_day(value)}"


def _period_in_words(report: Report) -> str:
    return f"{thai.short_date(report.period.first)} ถึง {thai.short_date(report.period.last)}"


def _finished(text: str, *, digits: bool) -> str:
    shown = thai.clean(text, chars_max=_TEXT_CHARS_MAX, lines=True)
    return thai.thai_digits(shown) if digits else shown


#: Words that steer the layout or name the file, and are not read by people.
_NOT_READ = frozenset({"align", "file_name"})


def _each_text(value: T, change: Callable[[str], str]) -> T:
    """`value` with every text in it changed."""
    return dataclasses.replace(value, **dict(_changed(value, change)))  # type: ignore[type-var]


def _changed(value: Any, change: Callable[[str], str]) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        if field.name not in _NOT_READ:
            yield field.name, _change(getattr(value, field.name), change)


def _change(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_change(each, change) for each in value)
    return _each_text(value, change) if dataclasses.is_dataclass(value) else value
