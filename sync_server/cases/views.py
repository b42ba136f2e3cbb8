"""The desk's cases: the inbox, one case, and what staff do with it.

Each act has its own address and its own form. An act that does not fit leaves what was typed on the page and says why
(422), to be copied where a colleague was quicker and the form is not there any more; one that is done leads back to the
case, or to the inbox where the case is no longer this person's to see.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shared import thai
from sync_server.cases import actions, inbox, queries, timeline
from sync_server.cases.clocks import clocks
from sync_server.cases.forms import AnswerForm, AssignForm, CloseForm, NoteForm, ReopenForm
from sync_server.cases.labels import refusal
from sync_server.cases.models import WORKERS, Case, CaseState
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.models import Role, Staff
from sync_server.organisations.queries import divisions
from sync_server.records import queries as records
from sync_server.web.language import Text
from sync_server.web.naming import category, names
from sync_server.web.paging import Filter, FilterBar, page, read
from sync_server.web.unsent import written


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The inbox: tabs, filters, search and pages, all in the address."""
    staff, today = staff_of(request), thai.service_date(timezone.now())
    bar = read(request, _filters(staff))
    chosen = request.GET.get("tab", "")
    if chosen not in inbox.TABS:
        # A search looks everywhere; the page otherwise opens on what is owed.
        chosen = "all" if bar.any_set else inbox.FIRST_TAB
    found = queries.find(staff, _narrowing(bar, staff), today=today)
    listed = page(request, inbox.in_tab(found, chosen, staff, today))
    limits = clocks(staff.office)
    counts = queries.counts(staff, today=today)
    context = {
        "bar": bar,
        "tabs": inbox.tabs(found, chosen, staff, today),
        "tab": chosen,
        "page": listed,
        "rows": [inbox.row(case, limits, today) for case in listed.rows],
        "limits": list(limits.values()),
        "closed": staff.role == Role.ADMIN,
        "counts": counts,
        "owed": counts.received + counts.in_progress,
    }
    return render(request, "cases/inbox.html", context)


@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case."""
    return _page(request, _find(staff_of(request), case_id))


@require_POST
@allow(*WORKERS)
def acknowledge(request: HttpRequest, case_id: int) -> HttpResponse:
    """The office has seen it."""
    return _act(
        request, case_id, None,
        lambda found, now: actions.acknowledge(actor_of(request), found, now=now),
        Text("ตอบรับเรื่องแล้ว", "Acknowledged"),
    )  # fmt: skip


@require_POST
@allow(*WORKERS)
def answer(request: HttpRequest, case_id: int) -> HttpResponse:
    """Tell the citizen."""
    form = AnswerForm(request.POST)
    return _act(
        request, case_id, form,
        lambda found, now: actions.answer(actor_of(request), found, form.cleaned_data["text"], now=now),
        Text(
            "ส่งคำตอบแล้ว ผู้แจ้งจะเห็นเมื่อใช้รหัสหลังเผยแพร่ครั้งถัดไป",
            "Answer sent: the citizen reads it by code once the next edition is out",
        ),
    )  # fmt: skip


@require_POST
@allow(*WORKERS)
def note(request: HttpRequest, case_id: int) -> HttpResponse:
    """Tell colleagues."""
    form = NoteForm(request.POST)
    return _act(
        request, case_id, form,
        lambda found, now: actions.note(actor_of(request), found, form.cleaned_data["text"], now=now),
        Text("บันทึกภายในแล้ว ไม่ถึงผู้แจ้ง", "Noted for colleagues; it does not reach the citizen"),
    )  # fmt: skip


@require_POST
@allow(*WORKERS)
def assign(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give it to a division or a colleague."""
    staff = staff_of(request)
    form = AssignForm(divisions(staff.office), queries.workers(staff.office), request.POST)
    return _act(
        request, case_id, form,
        lambda found, now: actions.assign(
            actor_of(request), found, now=now, **{"division": found.division, "staff": found.worker, **form.changes()}
        ),
        Text("มอบหมายแล้ว", "Given"),
    )  # fmt: skip


@require_POST
@allow(*WORKERS)
def close(request: HttpRequest, case_id: int) -> HttpResponse:
    """End it, with a reason."""
    form = CloseForm(request.POST)
    return _act(
        request, case_id, form,
        lambda found, now: actions.close(actor_of(request), found, form.sentence(), now=now),
        Text("ปิดเรื่องแล้ว", "Closed"),
    )  # fmt: skip


@require_POST
@allow(*WORKERS)
def reopen(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take a closed case up again."""
    form = ReopenForm(request.POST)
    return _act(
        request, case_id, form,
        lambda found, now: actions.reopen(actor_of(request), found, form.cleaned_data["reason"], now=now),
        Text("เปิดเรื่องอีกครั้งแล้ว", "Reopened"),
    )  # fmt: skip


# ---------------------------------------------------------------- helpers


def _find(staff: Staff, case_id: int) -> Case:
    """The case, or "not found": what is not this person's to see does not exist for them."""
    try:
        return queries.one(staff, case_id)
    except Case.DoesNotExist:
        raise Http404 from None


def _act(
    request: HttpRequest, case_id: int, form: forms.Form | None, act: Callable[[Case, dt.datetime], object], done: Text
) -> HttpResponse:
    """Check the form, do it, go back; or show the page again with what was typed."""
    staff = staff_of(request)
    found = _find(staff, case_id)
    if form is not None and not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        act(found, timezone.now())
    except actions.NotNow as error:
        if form is None:
            messages.warning(request, str(refusal(error)))
            return redirect("cases:case", case_id)
        form.add_error(None, str(refusal(error)))
        return _page(request, _find(staff, case_id), form, status=422)
    messages.success(request, str(done))
    still_mine = queries.visible_to(staff).filter(pk=case_id).exists()
    return redirect("cases:case", case_id) if still_mine else redirect("cases:inbox")


#: The forms that are not drawn on the page of a case that is open, and of one that is not.
_NOT_WHERE: dict[bool, tuple[type[forms.Form], ...]] = {True: (ReopenForm,), False: (AnswerForm, AssignForm, CloseForm)}


def _page(request: HttpRequest, found: Case, wrong: forms.Form | None = None, status: int = 200) -> HttpResponse:
    """The page of a case; `wrong` is the form that was refused and keeps what was typed in it."""
    staff, today = staff_of(request), thai.service_date(timezone.now())
    people, parts = queries.workers(staff.office), divisions(staff.office)
    given = {"division": found.division_id, "staff": found.worker}
    fresh: dict[str, forms.Form] = {
        "answer": AnswerForm(),
        "note": NoteForm(),
        "assign": AssignForm(parts, people, initial=given),
        "close": CloseForm(),
        "reopen": ReopenForm(),
    }
    open_ = found.state != CaseState.CLOSED
    if wrong is not None:
        fresh = {name: wrong if type(form) is type(wrong) else form for name, form in fresh.items()}
    context: dict[str, Any] = {
        "case": found,
        "row": inbox.row(found, clocks(staff.office), today),
        "items": timeline.items(found),
        "forms": fresh,
        "wrong": wrong,
        "may_act": staff.role in WORKERS,
        "open": open_,
        "unsent": written(request) if isinstance(wrong, _NOT_WHERE[open_]) else [],
        "returned": any(each.accepted and each.round == found.round - 1 for each in found.returns.all()),
        "fresh": found.state == CaseState.RECEIVED,
        "record": records.visible_to(staff).filter(log=found.log_id, seq=found.seq).first(),
    }
    return render(request, "cases/case.html", context, status=status)


def _filters(staff: Staff) -> tuple[Filter, ...]:
    known = names()
    return (
        Filter("q", Text("ค้นในเรื่องหรือเลขรับ", "Search text or number")),
        Filter("category", Text("ทุกประเภท", "All kinds"), "select",
               [(each, category(each, known)) for each in queries.categories(staff)]),
        Filter("division", Text("ทุกส่วนราชการ", "All divisions"), "select",
               [(each.code, Text(each.name, each.name_en or each.name)) for each in divisions(staff.office)]),
        Filter("first", Text("ยื่นตั้งแต่", "Filed from"), "date"),
        Filter("last", Text("ถึง", "until"), "date"),
    )  # fmt: skip


def _narrowing(bar: FilterBar, staff: Staff) -> queries.Filters:
    by_code = {each.code: each for each in divisions(staff.office)}
    return queries.Filters(
        category=bar["category"],
        division=by_code.get(bar["division"]),
        first=dt.date.fromisoformat(bar["first"]) if bar["first"] else None,
        last=dt.date.fromisoformat(bar["last"]) if bar["last"] else None,
        text=bar["q"],
    )
