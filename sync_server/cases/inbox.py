"""The inbox: its tabs as a table, the order of its rows, and a case as one row with two clocks.

Tabs narrow what `queries.find` gives; they never widen it, so what a person may not know of is in no tab and no
count.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, When

from shared import thai
from sync_server.cases.clocks import ACKNOWLEDGE, RESULT
from sync_server.cases.labels import STATES, StateWords
from sync_server.cases.models import Case, CaseState, Clock
from sync_server.cases.queries import WITH_NOBODY, with_moments
from sync_server.organisations.models import Staff
from sync_server.web.clocks import ClockView, clock
from sync_server.web.language import Text
from sync_server.web.words import beginning

TITLE_CHARS = 60

_OPEN = Q(state__in=(CaseState.RECEIVED, CaseState.IN_PROGRESS))


def _mine(staff: Staff) -> Q:
    own = Q(assigned_to=staff)
    return own | Q(division=staff.division_id) & WITH_NOBODY if staff.division_id else own


def _late(today: dt.date) -> Q:
    acknowledge = Q(acknowledged_at=None, acknowledge_by__lt=today)
    result = Q(acknowledged_at__isnull=False, result_by__lt=today)
    first = Q(again_by=None, answered_at=None) & (acknowledge | result)
    return _OPEN & (first | Q(again_by__lt=today))


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its words and which of the visible cases it holds."""

    words: Text
    holds: Callable[[Staff, dt.date], Q]
    alarm: bool = False


TABS: dict[str, Tab] = {
    "open": Tab(Text("ใกล้ครบก่อน", "Nearest due"), lambda _staff, _today: _OPEN),
    "mine": Tab(Text("ของฉัน", "Mine"), lambda staff, _today: _OPEN & _mine(staff)),
    "late": Tab(Text("เกินกำหนด", "Late"), lambda _staff, today: _late(today), alarm=True),
    "unassigned": Tab(
        Text("ยังไม่มอบหมาย", "Given to nobody"), lambda _staff, _today: _OPEN & Q(division=None) & WITH_NOBODY
    ),
    "answered": Tab(Text("แจ้งผลแล้ว", "Answered"), lambda _staff, _today: Q(state=CaseState.ANSWERED)),
    "closed": Tab(Text("ยุติแล้ว", "Closed"), lambda _staff, _today: Q(state=CaseState.CLOSED)),
    "all": Tab(Text("ทั้งหมด", "All"), lambda _staff, _today: Q()),
}
FIRST_TAB = "open"


@dataclass(frozen=True, slots=True)
class TabView:
    """A tab as it stands: its key, words, number of cases, and whether it is the one being read."""

    key: str
    words: Text
    count: int
    alarm: bool
    here: bool


def tabs(cases: QuerySet[Case], chosen: str, staff: Staff, today: dt.date) -> list[TabView]:
    """Every tab with its count."""
    views = []
    for key, tab in TABS.items():
        count = cases.filter(tab.holds(staff, today)).count()
        views.append(TabView(key, tab.words, count, tab.alarm and count > 0, key == chosen))
    return views


def in_tab(cases: QuerySet[Case], chosen: str, staff: Staff, today: dt.date) -> QuerySet[Case]:
    """The cases of a tab: what is owed soonest first where something is owed, else newest first."""
    held = with_moments(cases.filter(TABS[chosen].holds(staff, today))).select_related("kiosk")
    if chosen in ("answered", "closed", "all"):
        return held.order_by("-filed_on", "-n")
    owed = Choose(
        When(again_by__isnull=False, then=F("again_by")),
        When(acknowledged_at=None, then=F("acknowledge_by")),
        default=F("result_by"),
    )
    return held.annotate(owed=owed).order_by("owed", "filed_on", "n")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what its row and its head show; `answer_by` is the last day of the second clock."""

    case: Case
    title: str
    state: StateWords
    acknowledge: ClockView
    result: ClockView
    answer_by: dt.date


def row(case: Case, clocks: Mapping[str, Clock], today: dt.date) -> CaseRow:
    """The case, of `queries.with_moments`, as a row of the inbox. Where an answer is owed again, that is the second
    clock: what was told before is no longer what the reader has to do.
    """
    start, due, told = case.filed_on, case.result_by, case.told_at
    if case.owes_again and case.again_by and case.taken_up_on:
        start, due, told = case.taken_up_on, case.again_by, None
    return CaseRow(
        case,
        title(case),
        STATES[case.state],
        clock(
            start=case.filed_on, due=case.acknowledge_by, days=clocks[ACKNOWLEDGE].days, today=today,
            done=_day(case.heard_at), verb=Text("ตอบ", "Replied"),
        ),
        clock(
            start=start, due=due, days=clocks[RESULT].days, today=today,
            done=_day(told), verb=Text("แจ้งผล", "Answered"),
        ),
        due,
    )  # fmt: skip


def title(case: Case) -> str:
    """How a case begins, in the citizen's own words; nothing once its text was erased."""
    return beginning(case.text, TITLE_CHARS)


def _day(instant: dt.datetime | None) -> dt.date | None:
    return None if instant is None else thai.service_date(instant)
