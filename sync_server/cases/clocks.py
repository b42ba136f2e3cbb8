"""The deadlines of a case, as rows the office can edit. What is here is only what a new office begins with, with its
source.

    limits = Limits(office)                        reads clocks and closed days once
    limits.last_day(RESULT, filed_on)
    limits.owed(filed_on, received_on)             what a case's row keeps of it

A case's dates are what the table of closed days says today, never what it said when the case came: `reached_by` finds
the rows that a day can move, for whoever keeps such rows to date them anew on `closed_days_changed`.
"""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from shared import thai
from sync_server.cases.models import Clock
from sync_server.organisations.models import Office
from sync_server.organisations.queries import closed_days

ACKNOWLEDGE = "case.acknowledge"
RESULT = "case.result"

_FIRST = (
    {
        "code": ACKNOWLEDGE,
        "title": "แจ้งรับเรื่อง",
        "days": 7,
        "basis": "คำมั่นของหน่วยงาน: แจ้งผู้ร้องภายใน 7 วันนับแต่วันที่ได้รับเรื่อง",
    },
    {
        "code": RESULT,
        "title": "แจ้งผลหรือความคืบหน้า",
        "days": 15,
        "basis": "LPA 3.1, 3.2: แจ้งผลหรือความคืบหน้าภายใน 15 วัน",
    },
)


def clocks(office: Office) -> dict[str, Clock]:
    """The office's clocks by code; those a case needs are made on first use and are the office's to change from then
    on.
    """
    held = {clock.code: clock for clock in Clock.objects.filter(office=office)}
    lacking = [Clock(office=office, **row) for row in _FIRST if row["code"] not in held]
    if lacking:
        Clock.objects.bulk_create(lacking, ignore_conflicts=True)
        held = {clock.code: clock for clock in Clock.objects.filter(office=office)}
    return held


class Limits:
    """The office's clocks and closed days, read once."""

    def __init__(self, office: Office) -> None:
        self._clocks = clocks(office)
        self._closed = closed_days(office)

    def last_day(self, code: str, start: dt.date) -> dt.date:
        """The last day of the clock `code`, counted from the day after `start`."""
        clock = self._clocks[code]
        return thai.deadline(start, clock.days, self._closed, working=clock.working, roll=clock.roll)

    def owed(self, filed_on: dt.date, received_on: dt.date) -> dict[str, object]:
        """The columns of a case that follow from its days: both last days, and whether the first was past already when
        the case reached the server.
        """
        acknowledge_by = self.last_day(ACKNOWLEDGE, filed_on)
        return {
            "acknowledge_by": acknowledge_by,
            "result_by": self.last_day(RESULT, filed_on),
            "found_late": received_on > acknowledge_by,
        }


def reached_by(days: Collection[dt.date], *ends: str) -> Q:
    """Rows of which a last day (a column of `ends`) may move when one of `days` is closed or opened."""
    reached = Q()
    for end in ends:
        reached |= Q(**{f"{end}__gte": min(days)})
    return reached & Q(filed_on__lt=max(days))
