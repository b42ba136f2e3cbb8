"""A report made by hand: what `queries.build` would give for an office in its third year, without a database."""

import datetime as dt

from sync_server.queues.period import Period, Span
from sync_server.queues.score import Score
from sync_server.queues.waiting import Spread, Times
from sync_server.reports.report import (
    Behind,
    CaseRow,
    ConfidentialRow,
    KioskLine,
    PraiseRow,
    RatingRow,
    Report,
    TicketRow,
    WaitRow,
)
from sync_server.web.language import Text

NOW = dt.datetime(2027, 4, 6, 3, 0, tzinfo=dt.UTC)
GROUPS = (
    ("tax", Text("ภาษีและรายได้", "Taxes and revenue"), (210, 182, 241, 398, 330, 415), (4, 9, 31, 160, 212)),
    ("permit", Text("ใบอนุญาตและทะเบียน", "Permits and registrations"), (41, 38, 22, 47, 52, 30), (0, 1, 6, 22, 19)),
    ("welfare", Text("สวัสดิการสังคม", "Social welfare"), (120, 96, 31, 44, 60, 71), (0, 0, 1, 1, 1)),
    ("general", Text("โยธาและบริการทั่วไป", "Public works and general services"), (0,) * 6, (0,) * 5),
)


#: By group: how often asked for; waits, walks and services as n, median and 90th percentile in ms; promised, kept.
TIMES = {
    "tax": Times(
        1776, Spread(1702, 540_000, 1_440_000), Spread(1690, 30_000, 66_000), Spread(1650, 240_000, 420_000), 1650, 1587
    ),
    "permit": Times(230, Spread(221, 660_000, 1_500_000), Spread(4), Spread(4), 4, 3),
    "welfare": Times(422, Spread(0), Spread(0), Spread(0), 0, 0),
    "general": Times(0, Spread(0), Spread(0), Spread(0), 0, 0),
}
ALL_TIMES = Times(
    2428, Spread(1923, 546_000, 1_446_000), Spread(1694, 30_000, 66_000), Spread(1654, 240_000, 426_000), 1654, 1590
)


def wait_row(key, name, times, *left_out):
    """A row of waits whose rows lie where the times are."""
    behind = [Behind(n, "/desk/queues/outcomes", left_out) for n in (times.waited.n, times.served.n, times.promised)]
    return WaitRow(key, name, times, *behind)


def report(**changes):
    """A half-year with full, small and empty groups; `changes` replace fields of the `Report`."""
    tickets = tuple(
        TicketRow(key, name, months, sum(months), Behind(sum(months), f"/desk/reports/2570/1/tickets/{key}"))
        for key, name, months, _ in GROUPS
    )
    together = tuple(map(sum, zip(*(months for _, _, months, _ in GROUPS), strict=True)))
    ratings = tuple(
        RatingRow(
            key, name, None if key in {"welfare", "permit"} else Score.of(counts), key in {"welfare", "permit"},
            Behind(sum(counts), f"/desk/reports/2570/1/ratings/{key}"),
        )
        for key, name, _, counts in GROUPS
    )  # fmt: skip
    every = tuple(map(sum, zip(*(counts for *_, counts in GROUPS), strict=True)))
    cases = (
        CaseRow(
            "lamp", Text("ไฟทางดับ", "Street lamp"), 31, 25, 6, 30, 26, 29, 3, Behind(31, "/desk/cases/?category=lamp")
        ),
        CaseRow("road", Text("ถนนและทางเดิน", "Road and path"), 12, 7, 5, 12, 8, 9, 1, Behind(12, "/desk/cases/")),
        CaseRow("tree", Text("ต้นไม้และที่สาธารณะ", "Trees"), 0, 0, 0, 0, 0, 0, 0, Behind(0, "/desk/cases/")),
    )
    facts = {
        "period": Period(2570, Span.FIRST),
        "made_at": NOW,
        "data_up_to": dt.datetime(2027, 4, 6, 2, 31, tzinfo=dt.UTC),
        "kiosks": (
            KioskLine("ตู้ 1 โถงบริการ", dt.datetime(2027, 4, 6, 2, 31, tzinfo=dt.UTC), NOW, 0, silent=False),
            KioskLine("ตู้ 3 ศาลาหมู่ 4", dt.datetime(2027, 3, 11, 4, 0, tzinfo=dt.UTC), None, 212, silent=True),
        ),
        "not_counted": 0,
        "tickets": tickets,
        "tickets_all": TicketRow("", Text("รวม", "All"), together, sum(together), Behind(sum(together), "/desk/")),
        "waits": tuple(wait_row(key, name, TIMES[key]) for key, name, *_ in GROUPS),
        "waits_all": wait_row(
            "", Text("รวม", "All"), ALL_TIMES, (Text("ทำบนกระดาษช่วงไฟดับ", "On paper"), 12),
            (Text("ระบบปิดคิวก่อนได้เรียก", "Closed"), 31),
        ),
        "priorities": ((Text("ผู้สูงอายุ", "Elderly"), 240), (Text("นักบวช", "Clergy"), 6)),
        "priorities_corrected": 3,
        "ratings": ratings,
        "ratings_all": RatingRow(
            "", Text("รวม", "All"), Score.of(every), False,
            Behind(sum(every), "/desk/queues/ratings", ((Text("กดซ้ำ", "Repeats"), 17),)), 2471,
        ),
        "ratings_apart": (
            RatingRow("outreach", Text("หน่วยเคลื่อนที่", "Outreach"), None, True, Behind(3, "/desk/queues/ratings")),
            RatingRow(
                "walk-by", Text("ผู้กดเองที่ตู้", "Passers-by"), Score.of((9, 4, 20, 70, 61)), False,
                Behind(164, "/desk/queues/ratings", ((Text("กดซ้ำ", "Repeats"), 5),)),
            ),
        ),
        "praises": (
            PraiseRow("treasury", Text("กองคลัง", "Finance"), 12, Behind(12, "/desk/queues/praise")),
            PraiseRow("nobody", Text("ไม่ระบุชื่อ", "Nobody by name"), 4, Behind(4, "/desk/queues/praise")),
        ),
        "praises_all": PraiseRow("", Text("รวม", "All"), 16, Behind(16, "/desk/queues/praise")),
        "cases": cases,
        "cases_all": CaseRow("", Text("รวม", "All"), 43, 32, 11, 42, 34, 38, 4, Behind(43, "/desk/cases/")),
        "cases_found_late": 1,
        "cases_told": 36,
        "cases_returned": 2,
        "acknowledge_days": 7,
        "result_days": 15,
        "confidential": ConfidentialRow(3, 1, 2, 1, 2),
    }  # fmt: skip
    return Report(**{**facts, **changes})
