"""Not fixed: a citizen returns what was answered or closed, once in a round; the case is taken up anew."""

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from fake_kiosk import FakeKiosk

from shared import kinds
from shared.kinds import CaseReturned
from sync_server.cases import actions, inbox, queries, timeline
from sync_server.cases.clocks import clocks
from sync_server.cases.models import Case, CaseState, EventKind, Return
from sync_server.cases.queries import Due, Filters
from sync_server.organisations.actions import Actor
from sync_server.organisations.managing import close_day, open_day
from sync_server.projectors import PROJECTORS, balances, catch_up, rebuild
from sync_server.records.models import SetAside, Why

TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def clerk(staff) -> Actor:
    """The ปลัด at work."""
    return Actor.of(staff("palad"), "127.0.0.1")


@pytest.fixture
def case(kiosk) -> Case:
    """A case, filed three weeks ago."""
    kiosk.file("ไฟดับหน้าวัด", filed_on="2026-11-03")
    kiosk.push()
    catch_up()
    return Case.objects.get()


def say(kiosk, case, *, round_=1, reason="no_better", words="ยังดับอยู่", said_on="2026-11-25") -> Case:
    """The holder of the code says so at this kiosk, and the record arrives."""
    kiosk.append(CaseReturned(said_on, bytes.fromhex(case.status_id), round_, reason, words, "th"))
    kiosk.push()
    catch_up()
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("end", ["answered", "closed"])
def test_a_return_takes_the_case_up_again_with_a_new_deadline(kiosk, case, clerk, server, end):
    """Answered or closed: in progress again, owed anew from the day it was said, and told so to the citizen (F-L7)."""
    (actions.answer if end == "answered" else actions.close)(clerk, case, "ซ่อมแล้ว", now=server.now)
    case.refresh_from_db()
    assert queries.status_of(case).round == 1
    assert queries.deadline(case, TODAY).due is Due.DONE
    case = say(kiosk, case)
    assert (case.state, case.closed_at, case.round) == (CaseState.IN_PROGRESS, None, 2)
    owed = queries.deadline(case, TODAY)
    assert (owed.what, owed.by, owed.due) == ("result", dt.date(2026, 12, 11), Due.IN_TIME)  # the 10th is closed
    status = queries.status_of(case)
    assert (status.state, status.answer_by, status.round) == ("in_progress", "2026-12-11", 0)
    assert case.events.filter(kind=EventKind.REOPENED, by=None, by_name="ผู้แจ้ง").count() == 1


def test_it_is_late_again_when_that_day_has_passed(kiosk, case, clerk, server):
    """The list's rule and the page's rule agree on a returned case, and an answer settles it."""
    actions.answer(clerk, case, "ซ่อมแล้ว", now=server.now)
    case = say(kiosk, case)
    later = dt.date(2026, 12, 14)
    assert queries.deadline(case, later).due is Due.LATE
    assert list(queries.find(clerk.staff, Filters(late=True), today=later)) == [case]
    assert queries.counts(clerk.staff, today=later).late == 1
    assert queries.counts(clerk.staff, today=dt.date(2026, 12, 9)).soon == 1
    actions.answer(clerk, case, "มาดูใหม่แล้ว", now=server.now)
    case.refresh_from_db()
    assert queries.deadline(case, later).due is Due.DONE
    assert queries.counts(clerk.staff, today=later).late == 0
    assert queries.status_of(case).round == 2


@pytest.mark.parametrize(("who", "since", "until"), [("citizen", "24", "2026-12-09"), ("staff", "25", "2026-12-11")])
def test_its_row_has_the_clock_of_the_answer_owed_again(kiosk, case, clerk, server, who, since, until):
    """In every list the second clock runs from the day it was taken up to the new last day, until it is answered."""
    actions.close(clerk, case, "ซ่อมแล้ว", now=server.now)
    if who == "citizen":
        say(kiosk, case, said_on=f"2026-11-{since}")
    else:
        actions.reopen(clerk, case, "ยังไม่เสร็จ", now=server.now)
    last = dt.date.fromisoformat(until)

    def row(today: dt.date) -> inbox.CaseRow:
        (listed,) = inbox.in_tab(queries.find(clerk.staff, Filters(), today=today), "all", clerk.staff, today)
        return inbox.row(listed, clocks(server.office), today)

    early, late = row(dt.date(2026, 11, 27)), row(last + dt.timedelta(days=5))
    assert (early.result.used, early.answer_by) == (str(27 - int(since)), last)
    assert (early.result.state, late.result.state, late.result.words.en) == ("run", "late", "5 days late")
    actions.answer(clerk, case, "มาดูใหม่แล้ว", now=server.now)
    answered = row(last + dt.timedelta(days=5))
    assert (answered.result.words.en, answered.answer_by) == ("Answered 7 days late", case.result_by)


def test_rows_of_cases_taken_up_again_cost_no_query_each(kiosk, clerk, server):
    """However many there are in a list."""
    for n in range(4):
        kiosk.file(f"เรื่องที่ {n}")
    kiosk.push()
    catch_up()
    for each in Case.objects.all():
        actions.close(clerk, each, "ซ่อมแล้ว", now=server.now)
        actions.reopen(clerk, each, "ยังไม่เสร็จ", now=server.now)
    limits = clocks(server.office)
    with CaptureQueriesContext(connection) as asked:
        rows = [inbox.row(each, limits, TODAY) for each in inbox.in_tab(Case.objects.all(), "open", clerk.staff, TODAY)]
    assert (len(rows), len(asked)) == (4, 1)


@pytest.mark.parametrize("who", ["citizen", "staff"])
def test_a_day_closed_later_moves_the_answer_owed_again(kiosk, case, clerk, server, who):
    """Counted from the day it was taken up, by a citizen's word or by staff; opened again, it moves back."""
    actions.close(clerk, case, "ซ่อมแล้ว", now=server.now)
    case = say(kiosk, case) if who == "citizen" else actions.reopen(clerk, case, "ยังไม่เสร็จ", now=server.now)
    closed = dt.date(2026, 12, 11)
    assert case.again_by == closed
    close_day(clerk, closed, "วันหยุดพิเศษ", now=server.now)
    case.refresh_from_db()
    assert (case.again_by, queries.status_of(case).answer_by) == (dt.date(2026, 12, 14), "2026-12-14")
    open_day(clerk, closed, now=server.now)
    case.refresh_from_db()
    assert case.again_by == closed


def test_it_counts_once_in_a_round_whatever_kiosks_say(kiosk, case, clerk, server):
    """A second word about the same answer is kept and shown, and moves nothing; after the next answer it counts."""
    other = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    actions.close(clerk, case, "เสร็จ", now=server.now)
    case = say(kiosk, case)
    case = say(other, case, words="อีกตู้หนึ่ง")
    assert (case.round, case.state) == (2, CaseState.IN_PROGRESS)
    actions.close(clerk, case, "เสร็จจริง", now=server.now)
    case = say(other, case, words="คำเก่าที่มาช้า")  # still speaks of round 1
    assert case.state == CaseState.CLOSED
    case = say(kiosk, case, round_=2)
    assert (case.round, case.state) == (3, CaseState.IN_PROGRESS)
    assert list(Return.objects.values_list("round", "accepted")) == [(1, True), (1, False), (1, False), (2, True)]


def test_a_case_that_is_open_cannot_be_returned(kiosk, case):
    """Before an answer there is nothing to return; the word is kept, the deadline stays the first one."""
    case = say(kiosk, case)
    assert (case.state, case.round, case.again_by) == (CaseState.RECEIVED, 1, None)
    assert not Return.objects.get().accepted


def test_a_rebuild_moves_nothing_twice(kiosk, case, clerk, server):
    """Folded again from record one: the same rounds, states, events and deadlines (ADR 0006)."""
    actions.close(clerk, case, "เสร็จ", now=server.now)
    case = say(kiosk, case)
    actions.answer(clerk, case, "มาดูใหม่แล้ว", now=server.now)
    case.refresh_from_db()
    facts = ("state", "round", "again_by", "answered_at", "closed_at", "changed_at", "result_by")
    before = [getattr(case, name) for name in facts]
    events = case.events.count()
    rebuild("cases")
    case.refresh_from_db()
    assert [getattr(case, name) for name in facts] == before
    assert (case.events.count(), Return.objects.count()) == (events, 1)
    assert not SetAside.objects.exists()
    assert all(balance.behind == 0 for balance in balances(server.office))


def test_a_return_of_nothing_is_set_aside_and_holds_up_nothing(kiosk, case):
    """A status id no case has: a person looks at it, the records behind it are folded."""
    kiosk.append(CaseReturned("2026-11-25", b"n" * 16, 1, "other", "", "th"))
    kiosk.file("เรื่องต่อไป")
    kiosk.push()
    catch_up()
    assert SetAside.objects.get(projector="cases").why == Why.QUARANTINED
    assert Case.objects.count() == 2


def _said_of(filed, round_=1) -> CaseReturned:
    """What whoever holds the code of that record says."""
    status_id = kinds.decode("case.filed", 1, filed.body).status_id
    return CaseReturned("2026-11-25", status_id, round_, "no_better", "ยังดับอยู่", "th")


def test_what_another_kiosk_says_first_waits_for_the_case(kiosk, server, caplog):
    """After a restore kiosks come in any order: a word stands set aside until its case is there, and is then taken in
    like any other, by itself.
    """
    other = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    other.append(_said_of(kiosk.file("ไฟดับ")))
    other.append(CaseReturned("2026-11-25", b"n" * 16, 1, "other", "", "th"))
    other.push()
    catch_up()
    assert SetAside.objects.filter(projector="cases").count() == 2
    caplog.clear()
    catch_up()
    assert not caplog.records  # what waits is not tried in vain
    kiosk.push()
    catch_up()
    said = Return.objects.get()
    assert (said.case, said.words, said.accepted) == (Case.objects.get(), "ยังดับอยู่", False)
    assert SetAside.objects.get(projector="cases").seq == 3
    balance = next(one for one in balances(server.office) if one.projector == "cases")
    assert (balance.quarantined, balance.behind) == (1, 0)


def test_a_word_that_fails_again_is_named_anew_and_left(kiosk, server, monkeypatch):
    """Its case is there, and it does not read all the same: set aside for a person, and not tried at each turn."""
    other = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    other.append(_said_of(kiosk.file("ไฟดับ")))
    other.push()
    catch_up()
    tried = []

    def fails(run):
        tried.append(run)
        raise ValueError("no such day")

    real = PROJECTORS["cases"]
    broken = dataclasses.replace(real, folds={**real.folds, CaseReturned: fails})
    monkeypatch.setitem(PROJECTORS, "cases", broken)
    kiosk.push()
    catch_up()
    catch_up()
    assert len(tried) == 1
    assert SetAside.objects.get(projector="cases").reason == "ValueError"
    balance = next(one for one in balances(server.office) if one.projector == "cases")
    assert (balance.quarantined, balance.behind) == (1, 0)


def test_in_one_log_a_case_is_there_before_what_is_said_of_it(kiosk, case):
    """Read in one run, as after a restore: a word of an older case comes first, then a new case and a word of it."""
    kiosk.append(CaseReturned("2026-11-25", bytes.fromhex(case.status_id), 1, "no_better", "เก่า", "th"))
    kiosk.append(_said_of(kiosk.file("เรื่องใหม่")))
    kiosk.push()
    catch_up()
    assert sorted(Return.objects.values_list("words", flat=True)) == ["ยังดับอยู่", "เก่า"]
    assert not SetAside.objects.exists()


def test_staff_who_reopen_owe_an_answer_again_as_well(case, clerk, server):
    """A reopened case is not forgotten: it has a round and a deadline of its own."""
    actions.close(clerk, case, "เสร็จ", now=server.now)
    actions.reopen(clerk, case, "ยังไม่เสร็จ", now=server.now)
    case.refresh_from_db()
    assert (case.round, queries.deadline(case, TODAY).by) == (2, dt.date(2026, 12, 11))


def test_the_timeline_shows_reason_and_words_as_the_citizens(kiosk, case, clerk, server):
    """What the citizen chose and wrote stands as theirs, between answer and reopening."""
    actions.answer(clerk, case, "ซ่อมแล้ว", now=server.now)
    say(kiosk, case, reason="came_back", words="ดับอีกคืนวานนี้")
    items = timeline.items(queries.one(clerk.staff, case.pk))
    (told,) = [item for item in items if item.sort == "citizen"]
    assert (told.text, told.reason.th, told.accepted) == ("ดับอีกคืนวานนี้", "ดีขึ้น แล้วเป็นอีก", True)
    assert any(item.sort == "system" and "เปิดเรื่องอีกครั้ง" in item.who.th for item in items)


def test_words_of_a_return_are_never_told_to_anybody_outside(kiosk, case, clerk, server):
    """The bundle holds the office's answers, not what the citizen wrote back."""
    actions.answer(clerk, case, "ซ่อมแล้ว", now=server.now)
    say(kiosk, case, words="คำของผู้แจ้งห้ามออก")
    assert "คำของผู้แจ้งห้ามออก" not in str(list(queries.statuses_for_bundle(server.office, now=server.now)))
