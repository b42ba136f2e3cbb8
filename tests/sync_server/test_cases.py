"""Cases: numbers, deadlines, what staff do, who may see what, and what the citizen is told."""

import datetime as dt
import json
import random

import pytest

from shared.content import Status
from sync_server.cases import actions, inbox, queries
from sync_server.cases.actions import NotNow
from sync_server.cases.clocks import ACKNOWLEDGE, RESULT, clocks
from sync_server.cases.models import Answer, Case, CaseEvent, CaseState, Clock, EventKind, Note
from sync_server.cases.queries import Due, Filters
from sync_server.content.actions import publish_sample
from sync_server.organisations.actions import Actor
from sync_server.organisations.managing import change_staff, close_day, open_day
from sync_server.organisations.models import AuditRow, Division, Holiday, Role
from sync_server.projectors import catch_up, rebuild

TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def filed(kiosk):
    """`filed("text", filed_on=...)`: a case as it stands after the kiosk's push."""

    def one(text: str = "ไฟถนนดับหน้าวัด", **facts) -> Case:
        kiosk.file(text, **facts)
        kiosk.push()
        catch_up()
        return Case.objects.order_by("-pk")[0]

    return one


@pytest.fixture
def clerk(staff) -> Actor:
    """The ปลัด at work."""
    return Actor.of(staff("palad"), "127.0.0.1")


# --- opening -------------------------------------------------------------------------------------------------------


def test_numbers_run_within_the_fiscal_year_of_filing(filed):
    """Cases are numbered 1, 2, 3 in the year they were filed in; 30 September and 1 October are two years."""
    numbers = [filed(filed_on=day).number for day in ("2026-09-30", "2026-10-01", "2026-09-30", "2026-10-02")]
    assert numbers == ["ร.0001/2569", "ร.0001/2570", "ร.0002/2569", "ร.0002/2570"]


def test_deadlines_are_seven_and_fifteen_days_from_filing(filed):
    """The first day is not counted, and a last day without office hours moves to the next working day."""
    case = filed(filed_on="2026-11-25")
    assert (case.acknowledge_by, case.result_by) == (dt.date(2026, 12, 2), dt.date(2026, 12, 11))  # the 10th is closed


def test_the_offices_own_table_of_closed_days_rules(filed, server):
    """A day the office closes moves the deadline; a rebuild applies it to cases that are there."""
    case = filed()
    Holiday.objects.create(office=server.office, day=case.acknowledge_by, name="วันหยุดพิเศษ")
    rebuild("cases")
    case.refresh_from_db()
    assert case.acknowledge_by == dt.date(2026, 12, 3)


@pytest.mark.parametrize("clock", [{}, {"working": True}, {"working": True, "roll": False}])
def test_a_closed_day_moves_what_is_there_as_a_rebuild_would(filed, clerk, server, clock):
    """Whatever days are closed and opened after cases came, each date is what a fold from record one gives."""
    clocks(server.office)
    Clock.objects.update(**clock)
    for day in ("2026-10-02", "2026-11-09", "2026-11-17", "2026-11-20", "2026-11-24", "2026-11-25"):
        filed(filed_on=day)
    actions.answer(clerk, Case.objects.first(), "เสร็จ", now=server.now)

    def dates() -> list[tuple]:
        return list(Case.objects.order_by("pk").values_list("acknowledge_by", "result_by", "found_late"))

    chance, seen, days = random.Random(5), {str(dates())}, [dt.date(2026, 11, 15) + dt.timedelta(n) for n in range(32)]
    for day in chance.choices(days, k=16):
        closed = Holiday.objects.filter(day=day).exists()
        open_day(clerk, day, now=server.now) if closed else close_day(clerk, day, "พิเศษ", now=server.now)
        live = dates()
        seen.add(str(live))
        rebuild("cases")
        assert live == dates(), day
    assert len(seen) > 3


def test_a_closed_day_that_an_import_brings_moves_what_is_there(filed, clerk, server):
    """The folder's days reach the cases like those of the desk."""
    publish_sample(server.office, now=server.now)
    case, day = filed(), dt.date(2026, 12, 10)
    open_day(clerk, day, now=server.now)
    assert Case.objects.get(pk=case.pk).result_by == day
    publish_sample(server.office, now=server.now)
    assert Case.objects.get(pk=case.pk).result_by == dt.date(2026, 12, 11)


def test_the_offices_own_clock_rules(filed, server):
    """Limits are rows with a source; the office may promise less."""
    clocks(server.office)
    Clock.objects.filter(code=RESULT).update(days=3, working=True)
    assert filed().result_by == dt.date(2026, 11, 30)
    assert all(clock.basis for clock in clocks(server.office).values())
    assert {ACKNOWLEDGE, RESULT} <= set(clocks(server.office))


def test_a_case_that_comes_late_keeps_its_day_and_is_flagged(filed):
    """The clock runs from the day the citizen filed, also when the record came on a stick a month later."""
    case = filed(filed_on="2026-10-20")
    assert (case.filed_on, case.found_late, case.acknowledge_by) == (dt.date(2026, 10, 20), True, dt.date(2026, 10, 27))


@pytest.mark.parametrize("day", ["2069-11-25", "1970-01-01", "2026-11-26"])
def test_a_day_that_cannot_be_true_gives_way_to_the_day_of_arrival(filed, day):
    """A kiosk clock in 1970 or 2069 moves no case into another fiscal year."""
    assert filed(filed_on=day).filed_on == TODAY


# --- acting --------------------------------------------------------------------------------------------------------


def test_each_act_moves_the_case_and_leaves_event_and_audit_row(filed, clerk, staff, server):
    """Acknowledge, assign, answer, note, close: states, events and audit rows in order."""
    case = filed()
    actions.acknowledge(clerk, case, now=server.now)
    actions.assign(clerk, case, now=server.now, staff=staff("wichai"))
    actions.note(clerk, case, "โทรถามช่างแล้ว", now=server.now)
    actions.answer(clerk, case, "เปลี่ยนหลอดแล้ว", now=server.now)
    actions.close(clerk, case, "ซ่อมเสร็จ", now=server.now)
    case.refresh_from_db()
    assert (case.state, case.assigned_to, case.division.code) == (CaseState.CLOSED, staff("wichai"), "works")
    assert [event.kind for event in case.events.all()] == [
        EventKind.RECEIVED, EventKind.ACKNOWLEDGED, EventKind.ASSIGNED, EventKind.NOTED, EventKind.ANSWERED,
        EventKind.CLOSED,
    ]  # fmt: skip
    acts = list(AuditRow.objects.filter(object_kind="case").order_by("seq").values_list("act", flat=True))
    assert acts == ["case.acknowledged", "case.assigned", "case.note", "case.answered", "case.closed"]


def test_answering_acknowledges(filed, clerk, server):
    """Whoever was answered was also acknowledged; the first answer's time stays."""
    case = filed()
    actions.answer(clerk, case, "หนึ่ง", now=server.now)
    actions.answer(clerk, case, "สอง", now=server.now + dt.timedelta(days=1))
    case.refresh_from_db()
    assert (case.acknowledged_at, case.answered_at) == (server.now, server.now)
    assert case.changed_at == server.now + dt.timedelta(days=1)


WRONG = {
    "acknowledging twice": lambda a, c, s: [actions.acknowledge(a, c, now=s.now) for _ in range(2)],
    "closing without a reason": lambda a, c, s: actions.close(a, c, " \u200b\n", now=s.now),
    "an empty answer": lambda a, c, s: actions.answer(a, c, "\u202e", now=s.now),
    "an empty note": lambda a, c, s: actions.note(a, c, "", now=s.now),
    "assigning to nobody": lambda a, c, s: actions.assign(a, c, now=s.now),
    "reopening an open case": lambda a, c, s: actions.reopen(a, c, "x", now=s.now),
    "answering a closed case": lambda a, c, s: (
        actions.close(a, c, "x", now=s.now),
        actions.answer(a, c, "y", now=s.now),
    ),
    "the program answering": lambda a, c, s: actions.answer(Actor(a.office, "sala-server"), c, "y", now=s.now),
}


@pytest.mark.parametrize("case_name", WRONG)
def test_what_does_not_fit_is_refused_in_words_and_changes_nothing(filed, clerk, server, case_name):
    """An act out of place raises a sentence for the screen; no answer, note or event is left behind."""
    case = filed()
    with pytest.raises(NotNow, match=r"\w"):
        WRONG[case_name](clerk, case, server)
    assert not Answer.objects.exists()
    assert not Note.objects.exists()
    assert not CaseEvent.objects.filter(kind=EventKind.REOPENED).exists()


def test_a_closed_case_can_be_taken_up_again(filed, clerk, server):
    """Reopening needs a reason and puts the case back to work."""
    case = filed()
    actions.close(clerk, case, "ซ้ำ", now=server.now)
    actions.reopen(clerk, case, "ยังไม่แก้ไข", now=server.now)
    case.refresh_from_db()
    assert (case.state, case.closed_at) == (CaseState.IN_PROGRESS, None)


def test_the_audit_log_holds_no_citizens_or_answers_text(filed, clerk, server):
    """Audit rows tell the act and the states; of texts only a digest."""
    case = filed("ความลับของผู้ร้อง")
    actions.answer(clerk, case, "คำตอบลับ", now=server.now)
    actions.note(clerk, case, "บันทึกลับ", now=server.now)
    rows = json.dumps(list(AuditRow.objects.values()), default=str, ensure_ascii=False)
    assert "case.answered" in rows
    assert not any(text in rows for text in ("ความลับของผู้ร้อง", "คำตอบลับ", "บันทึกลับ"))


# --- seeing --------------------------------------------------------------------------------------------------------


def test_each_role_sees_what_is_its_own(filed, clerk, staff, server):
    """Clerk and executive see all; officers their own, their division's and nobody's; the administrator none."""
    unassigned, works, hers = filed(), filed(), filed()
    actions.assign(clerk, works, now=server.now, division=Division.objects.get(code="works"))
    actions.assign(clerk, hers, now=server.now, staff=staff("somjai"))
    seen = {
        who: set(queries.visible_to(staff(who)).values_list("pk", flat=True))
        for who in ("palad", "nayok", "wichai", "somjai", "it")
    }
    everything = {unassigned.pk, works.pk, hers.pk}
    assert seen == {
        "palad": everything,
        "nayok": everything,
        "wichai": {unassigned.pk, works.pk},
        "somjai": {unassigned.pk, hers.pk},
        "it": set(),
    }


GONE = {
    "left": {"is_active": False},
    "now looks after the machine": {"role": Role.ADMIN},
    "now reads sealed cases": {"role": Role.READER},
    "now signs and answers nothing": {"role": Role.EXECUTIVE},
}


@pytest.mark.parametrize("how", GONE)
def test_a_case_does_not_stay_with_who_no_longer_answers_it(filed, clerk, staff, server, how):
    """It is its division's again, or nobody's, in every list; closing and history keep the name."""
    hers, parts = filed(), filed()
    actions.assign(clerk, hers, now=server.now, staff=staff("somjai"), division=Division.objects.get(code="works"))
    actions.assign(clerk, parts, now=server.now, staff=staff("somjai"))
    # As rows from before divisions were taken from the colleague.
    Case.objects.filter(pk=parts.pk).update(division=None)
    office = Case.objects.filter(office=server.office)

    def held() -> dict[str, set[int]]:
        mine, seen = inbox.TABS["mine"].holds(staff("wichai"), TODAY), queries.visible_to(staff("wichai"))
        free = inbox.TABS["unassigned"].holds(staff("wichai"), TODAY)
        return {name: {row.pk for row in rows} for name, rows in
                {"mine": office.filter(mine), "seen": seen, "free": office.filter(free)}.items()}  # fmt: skip

    assert held() == {"mine": set(), "seen": {hers.pk}, "free": set()}
    change_staff(clerk, staff("somjai"), GONE[how], now=server.now)
    assert held() == {"mine": {hers.pk}, "seen": {hers.pk, parts.pk}, "free": {parts.pk}}
    assert [Case.objects.get(pk=case.pk).worker for case in (hers, parts)] == [None, None]
    assert Case.objects.get(pk=hers.pk).assigned_to == staff("somjai")


@pytest.mark.parametrize("how", GONE)
def test_a_case_is_given_only_to_who_can_answer_it(filed, clerk, staff, server, how):
    """The list offers nobody else, and the act refuses them."""
    case = filed()
    assert staff("somjai") in queries.workers(server.office)
    change_staff(clerk, staff("somjai"), GONE[how], now=server.now)
    assert staff("somjai") not in queries.workers(server.office)
    with pytest.raises(NotNow):
        actions.assign(clerk, case, now=server.now, staff=staff("somjai"))
    assert Case.objects.get(pk=case.pk).assigned_to is None


def test_what_one_may_not_see_does_not_exist(filed, clerk, staff, server):
    """List, count, search and detail all leave it out."""
    case = filed()
    actions.assign(clerk, case, now=server.now, division=Division.objects.get(code="works"))
    outsider = staff("somjai")
    assert not queries.find(outsider, Filters(text="ไฟ"), today=TODAY).exists()
    assert queries.counts(outsider, today=TODAY).all == 0
    assert queries.categories(outsider) == []
    with pytest.raises(Case.DoesNotExist):
        queries.one(outsider, case.pk)
    assert queries.one(staff("wichai"), case.pk).number == case.number


def test_the_search_forgives_tone_marks_and_thai_digits(filed, staff):
    """A search finds a text typed without its tone marks, and a number typed in Thai digits."""
    filed("น้ำท่วมบ้านเลขที่ ๑๒")
    clerk = staff("palad")
    for typed in ("นำทวม", "๑๒", "12", "ร.0001/2570", "0001"):
        assert queries.find(clerk, Filters(text=typed), today=TODAY).count() == 1, typed
    assert not queries.find(clerk, Filters(text="ไฟดับ"), today=TODAY).exists()


def test_filters_narrow_and_combine(filed, clerk, staff, server):
    """State, division, period and lateness narrow a list; together they narrow further."""
    old, new = filed(filed_on="2026-10-20"), filed()
    actions.acknowledge(clerk, new, now=server.now)

    def found(**facts):
        return [case.pk for case in queries.find(staff("palad"), Filters(**facts), today=TODAY)]

    assert found(state="in_progress") == [new.pk]
    assert found(late=True) == [old.pk]
    assert found(first=dt.date(2026, 11, 1)) == [new.pk]
    assert found(last=dt.date(2026, 11, 1), late=True) == [old.pk]
    assert found(category="nothing") == []


DEADLINES = [
    (dt.date(2026, 11, 25), "acknowledge", Due.IN_TIME),
    (dt.date(2026, 11, 29), "acknowledge", Due.SOON),
    (dt.date(2026, 12, 2), "acknowledge", Due.SOON),
    (dt.date(2026, 12, 3), "acknowledge", Due.LATE),
]


@pytest.mark.parametrize(("today", "what", "due"), DEADLINES)
def test_a_deadline_goes_from_in_time_over_soon_to_late(filed, today, what, due):
    """The last day itself is in time."""
    found = queries.deadline(filed(), today)
    assert (found.what, found.due) == (what, due)


def test_after_acknowledging_the_result_is_owed_and_after_answering_nothing(filed, clerk, server):
    """What is owed follows the case, and the counts of late cases follow the same rule."""
    case = filed(filed_on="2026-11-05")
    assert queries.counts(clerk.staff, today=TODAY).late == 1
    case = actions.acknowledge(clerk, case, now=server.now)
    assert queries.deadline(case, TODAY).what == "result"
    actions.answer(clerk, case, "แล้วเสร็จ", now=server.now)
    case.refresh_from_db()
    assert queries.deadline(case, TODAY).due is Due.DONE
    assert queries.counts(clerk.staff, today=TODAY).late == 0


def test_list_and_deadline_agree_on_who_is_late(filed, clerk, server):
    """The database's rule and the page's rule are one rule."""
    for n, day in enumerate(("2026-11-01", "2026-11-10", "2026-11-17", "2026-11-18", "2026-11-24")):
        case = filed(filed_on=day)
        if n % 2:
            actions.acknowledge(clerk, case, now=server.now)
    late = {case.pk for case in queries.find(clerk.staff, Filters(late=True), today=TODAY)}
    assert late == {case.pk for case in Case.objects.all() if queries.deadline(case, TODAY).due is Due.LATE}
    assert late


# --- telling the citizen -------------------------------------------------------------------------------------------


def test_the_bundle_gets_answers_and_never_a_note(filed, clerk, server, kiosk):
    """Status, deadlines and answers reach the bundle under the citizen's id and key; internal notes never do."""
    case = filed("ไฟดับ")
    actions.note(clerk, case, "บันทึกภายในห้ามออก", now=server.now)
    actions.answer(clerk, case, "เปลี่ยนหลอดแล้ว", now=server.now)
    told = list(queries.statuses_for_bundle(server.office, now=server.now))
    assert [(one.status_id.hex(), one.state_key) for one in told] == [(case.status_id, bytes(case.state_key))]
    assert told[0].status == Status(
        "answered", "street_light", "2026-11-25", "2026-12-11", "เปลี่ยนหลอดแล้ว", "2026-11-25",
        "ปลัดองค์การบริหารส่วนตำบล สำนักปลัด", "ร.0001/2570", 1,
    )  # fmt: skip
    assert "บันทึกภายในห้ามออก" not in str(told)


def test_a_closed_case_leaves_the_bundle_after_a_year(filed, clerk, server):
    """The bundle does not grow for ever."""
    case = filed()
    actions.close(clerk, case, "เสร็จ", now=server.now)
    assert len(list(queries.statuses_for_bundle(server.office, now=server.now + dt.timedelta(days=364)))) == 1
    assert not list(queries.statuses_for_bundle(server.office, now=server.now + dt.timedelta(days=366)))
