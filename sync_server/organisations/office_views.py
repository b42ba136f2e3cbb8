"""The office itself: who signs in, what stands on its papers, when it is closed."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from shared import thai
from sync_server.organisations import managing, queries
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.forms import AddForm, ClosedDayForm, PapersForm, StaffForm
from sync_server.organisations.labels import ACTS, ROLES
from sync_server.organisations.managing import MANAGERS, NobodyLeft
from sync_server.organisations.models import Office, Staff
from sync_server.web.language import Text

#: Closed days that the first page shows; all of them have a page of their own.
_NEXT_DAYS = 4


@allow(*MANAGERS)
def index(request: HttpRequest) -> HttpResponse:
    """Who signs in, and beside it what stands on papers and the next closed days."""
    office, today = staff_of(request).office, thai.service_date(timezone.now())
    people = queries.people(office)
    active = sum(each.is_active for each in people)
    context = {
        "people": [{"staff": each, "role": ROLES[each.role]} for each in people],
        "active": active,
        "left": len(people) - active,
        "blank": PapersForm.blank(office),
        "days": queries.holidays(office, since=today)[:_NEXT_DAYS],
    }
    return render(request, "organisations/office.html", context)


@allow(*MANAGERS)
def add(request: HttpRequest) -> HttpResponse:
    """A new person; answered with their first password, shown this once."""
    office = staff_of(request).office
    form = AddForm(queries.divisions(office), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        username = facts.pop("username")
        try:
            made, password = managing.add_staff(actor_of(request), username=username, facts=facts, now=timezone.now())
        except (ValidationError, IntegrityError):
            taken = Text("มีคนใช้ชื่อนี้แล้ว ใช้ชื่ออื่น", "Somebody has this name; take another")
            form.add_error("username", str(taken))
        else:
            return _shown_once(request, made, password)
    return render(request, "organisations/add.html", {"form": form}, status=422 if form.errors else 200)


@allow(*MANAGERS)
def person(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One person: their facts to change, and what was done to their account."""
    held = _of(request, staff_id)
    divisions = queries.divisions(held.office)
    form = StaffForm(divisions, request.POST) if request.method == "POST" else StaffForm(divisions, initial=held)
    if request.method == "POST" and form.is_valid() and _changed(request, held, form.changes()):
        messages.success(request, str(Text("บันทึกแล้ว", "Saved")))
        return redirect("office:person", held.pk)
    # As it is kept: a change that was refused has touched the object.
    kept = _of(request, staff_id)
    history = _history(kept.office, "staff", kept.username)
    context = {"form": form, "person": kept, "role": ROLES[kept.role], "history": history}
    return render(request, "organisations/person.html", context, status=422 if form.errors else 200)


@require_POST
@allow(*MANAGERS)
def give_password(request: HttpRequest, staff_id: int) -> HttpResponse:
    """A new password for who forgot theirs, shown this once."""
    held = _of(request, staff_id)
    if held == request.user:
        return redirect("organisations:account")
    if not held.is_active:
        messages.error(request, str(Text("คนนี้ออกแล้ว ให้กลับเข้ามาก่อน", "This person has left; let them back in first")))
        return redirect("office:person", held.pk)
    return _shown_once(request, held, managing.give_password(actor_of(request), held, now=timezone.now()))


@require_POST
@allow(*MANAGERS)
def leave(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Somebody left: they are out at once, and what they did stays theirs."""
    held = _of(request, staff_id)
    if held == request.user:
        messages.error(request, str(Text("ให้คนอื่นที่ดูแลบัญชีกดแทน", "Ask somebody else who looks after accounts")))
    elif _changed(request, held, {"is_active": False}):
        messages.success(
            request, str(Text("{name} เข้าสู่ระบบไม่ได้แล้ว", "{name} can no longer sign in").format(name=held.full_name))
        )
    return redirect("office:person", held.pk)


@require_POST
@allow(*MANAGERS)
def let_back(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Somebody came back: with a new password, for nobody remembers who may know the old one."""
    held = _of(request, staff_id)
    if held.is_active:
        return redirect("office:person", held.pk)
    # In this order: whatever happens in between, the old password opens nothing.
    password = managing.give_password(actor_of(request), held, now=timezone.now())
    _changed(request, held, {"is_active": True})
    return _shown_once(request, held, password)


@allow(*MANAGERS)
def papers(request: HttpRequest) -> HttpResponse:
    """What stands on the office's papers and slips."""
    office = staff_of(request).office
    form = PapersForm(request.POST) if request.method == "POST" else PapersForm(initial=office)
    if request.method == "POST" and form.is_valid():
        managing.change_office(actor_of(request), form.changes(), now=timezone.now())
        messages.success(request, str(Text("บันทึกแล้ว", "Saved")))
        return redirect("office:papers")
    context = {"form": form, "history": _history(office, "office", office.office_id)}
    return render(request, "organisations/papers.html", context, status=422 if form.errors else 200)


@allow(*MANAGERS)
def closed_days(request: HttpRequest) -> HttpResponse:
    """The days on which the office is closed beside Saturdays and Sundays, from the fiscal year's first on."""
    office, today = staff_of(request).office, thai.service_date(timezone.now())
    form = ClosedDayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        day, name = form.cleaned_data["day"], form.cleaned_data["name"]
        if managing.close_day(actor_of(request), day, name, now=timezone.now()):
            messages.success(request, str(Text("เพิ่มวันหยุดแล้ว", "Closed day added")))
            return redirect("office:closed-days")
        form.add_error("day", str(Text("วันนี้อยู่ในรายการแล้ว", "This day is on the list already")))
    year = thai.fiscal_year(today)
    rows = queries.holidays(office, since=thai.fiscal_period(year)[0])
    context = {"form": form, "rows": rows, "year": year, "today": today}
    return render(request, "organisations/closed_days.html", context, status=422 if form.errors else 200)


@require_POST
@allow(*MANAGERS)
def open_day(request: HttpRequest, day: str) -> HttpResponse:
    """A day that is no closed day after all."""
    try:
        found = dt.date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    managing.open_day(actor_of(request), found, now=timezone.now())
    messages.success(request, str(Text("เอาออกจากวันหยุดแล้ว", "No longer a closed day")))
    return redirect("office:closed-days")


def _of(request: HttpRequest, staff_id: int) -> Staff:
    return get_object_or_404(
        Staff.objects.select_related("office", "division"), office=staff_of(request).office, pk=staff_id
    )


def _history(office: Office, kind: str, object_id: str) -> list[dict[str, object]]:
    """What was done to one object, as the page shows it."""
    return [
        {"words": ACTS.get(row.act, row.act), "who": row.actor_name, "at": row.at}
        for row in queries.audit_of(office, kind, object_id)
    ]


def _changed(request: HttpRequest, held: Staff, changes: dict[str, object]) -> bool:
    """Whether it could be; if not, the reader is told why."""
    try:
        managing.change_staff(actor_of(request), held, changes, now=timezone.now())
    except NobodyLeft:
        last = Text(
            "ยังเปลี่ยนไม่ได้ ต้องมีผู้ดูแลระบบหรือปลัดที่เข้าสู่ระบบได้อย่างน้อยหนึ่งคน เพิ่มคนใหม่ก่อน",
            "Not changed: at least one administrator or clerk must be able to sign in. Add another first.",
        )
        messages.error(request, str(last))
        return False
    return True


def _shown_once(request: HttpRequest, person: Staff, password: str) -> HttpResponse:
    """The page of a password that was just made; it is kept nowhere."""
    context = {"person": person, "password": password, "address": request.build_absolute_uri("/sign-in")}
    return render(request, "organisations/given.html", context)
