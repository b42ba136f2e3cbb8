"""The deadlines of a case, as rows the office can edit. What is here is only what a new office begins with, with its
source.
"""

import datetime as dt

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


def last_day(office: Office, code: str, start: dt.date) -> dt.date:
    """The last day of the clock `code`, counted from the day after `start`."""
    clock = clocks(office)[code]
    return thai.deadline(start, clock.days, closed_days(office), working=clock.working, roll=clock.roll)
