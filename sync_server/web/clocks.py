"""A deadline as people see it: cells used, and one short sentence.

The rule (which days count, when a limit ends) belongs to the case; this file only turns a start, a last day and today
into a `ClockView` for ``{% clock %}``. One cell is one calendar day, the first day is not counted.
"""

import datetime as dt
from dataclasses import dataclass

from sync_server.web.language import Text

ICONS = {
    "run": "clock",
    "near": "warning-fill",
    "late": "warning-circle-fill",
    "done": "check-circle-fill",
    "none": "minus",
}
NEAR_DAYS = 1


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock bar: `days` cells of which `used` are filled ("full": all of them), its state and its words."""

    days: int
    used: str
    state: str
    words: Text

    @property
    def icon(self) -> str:
        """The icon that goes with the state."""
        return ICONS[self.state]


NO_CLOCK = ClockView(0, "0", "none", Text("ไม่มีกำหนด", "No limit"))


def clock(*, start: dt.date, due: dt.date, days: int, today: dt.date, done: dt.date | None, verb: Text) -> ClockView:
    """The view of one limit of `days` that began on `start` and ends on `due`; `verb` says what was done ("ตอบ",
    "Answered").
    """
    if done is not None:
        used = max(0, (done - start).days)
        if done > due:
            late = (done - due).days
            words = Text("{verb} ช้า {n} วัน", "{verb} " + _days(late) + " late").format(verb=verb, n=late)
            return ClockView(days, "full", "late", words)
        words = Text("{verb} วันที่ {day}", "{verb} on day {day}").format(verb=verb, day=used)
        if used == 0:
            words = Text("{verb} วันแรก", "{verb} the same day").format(verb=verb)
        return ClockView(days, _cells(max(used, 1), days), "done", words)
    used, left = max(0, (today - start).days), (due - today).days
    if left < 0:
        return ClockView(days, "full", "late", Text("เกินมา {n} วัน", _days(-left) + " late").format(n=-left))
    if left == 0:
        return ClockView(days, "full", "near", Text("ครบวันนี้", "Due today"))
    words = Text("เหลือ {n} วัน", _days(left) + " left").format(n=left)
    return ClockView(days, _cells(used, days), "near" if left <= NEAR_DAYS else "run", words)


def _days(count: int) -> str:
    """In English, with {n} for the number."""
    return "{n} day" if count == 1 else "{n} days"


def _cells(used: int, days: int) -> str:
    return "full" if used >= days else str(used)
