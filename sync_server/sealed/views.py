"""The desk's sealed cases: a list, a closed envelope, and its words for as long as one answer of the server is shown.

Whoever may not know of a case gets "not found", as for a number that was never given. Opening is a POST whose answer
*is* the opened page: nothing is put aside for a next one, so going back or loading again shows the envelope closed.
"""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shared import thai
from shared.complaint import Complaint
from sync_server.cases.clocks import ACKNOWLEDGE, RESULT, clocks
from sync_server.organisations.access import actor_of, staff_of
from sync_server.organisations.models import Staff
from sync_server.sealed import actions, queries
from sync_server.sealed.actions import NotNow
from sync_server.sealed.labels import ABOUT, ACTS, CATEGORIES, STATES, StateWords, refusal
from sync_server.sealed.models import SealedCase, SealedEvent, SealedState
from sync_server.web.clocks import ClockView, clock
from sync_server.web.language import Text
from sync_server.web.unsent import written

#: An opened page closes itself after this long: it sends what was typed, and gets it back beside the closed envelope.
SHOWN_S = 300
#: And after this long where no script runs: that order is the answer's own, and can send nothing along.
SHOWN_S_MAX = SHOWN_S + 10


@dataclass(frozen=True, slots=True)
class Row:
    """A case with its words and clocks."""

    case: SealedCase
    category: Text
    state: StateWords
    acknowledge: ClockView
    result: ClockView


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, on which day."""

    event: SealedEvent
    icon: str
    words: Text


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The cases this person's key opens."""
    staff = staff_of(request)
    rows = [_row(case, staff) for case in queries.visible_to(staff)]
    return render(request, "sealed/index.html", {"rows": rows, "seat": queries.key_of(staff)})


@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case, sealed."""
    return _page(request, _find(staff_of(request), case_id))


@sensitive_variables("phrase", "words")
@sensitive_post_parameters("phrase")
@require_POST
def open_(request: HttpRequest, case_id: int) -> HttpResponse:
    """The words, in this one answer."""
    found = _find(staff_of(request), case_id)
    phrase = request.POST.get("phrase", "")
    try:
        words = actions.open_case(actor_of(request), found, phrase, now=timezone.now())
    except NotNow as error:
        return _page(request, found, wrong=refusal(error), status=422)
    page = _page(request, _find(staff_of(request), case_id), words=words)
    page.headers["Refresh"] = f"{SHOWN_S_MAX}; url={reverse('sealed:case', args=[case_id])}"
    return page


@require_POST
def seal(request: HttpRequest, case_id: int) -> HttpResponse:
    """The page without the words, and with what was typed on it and is not sent."""
    found = _find(staff_of(request), case_id)
    return _page(request, found) if written(request) else redirect("sealed:case", case_id)


@sensitive_post_parameters("phrase")
@require_POST
def answer(request: HttpRequest, case_id: int) -> HttpResponse:
    """Tell the citizen."""
    text = request.POST.get("text", "")
    return _act(
        request, case_id, lambda found, now: actions.answer(actor_of(request), found, text, now=now),
        Text("ส่งคำตอบแล้ว ผู้ร้องจะเห็นเมื่อใช้รหัส", "Answer sent: the citizen reads it by code"),
    )  # fmt: skip


@sensitive_post_parameters("phrase")
@require_POST
def close(request: HttpRequest, case_id: int) -> HttpResponse:
    """End it."""
    reason = request.POST.get("reason", "")
    return _act(
        request, case_id, lambda found, now: actions.close(actor_of(request), found, reason, now=now),
        Text("ยุติเรื่องแล้ว", "Closed"),
    )  # fmt: skip


@require_POST
def recuse(request: HttpRequest, case_id: int) -> HttpResponse:
    """Step down: the case is gone from this person's desk."""
    found = _find(staff_of(request), case_id)
    try:
        actions.recuse(actor_of(request), found, now=timezone.now())
    except NotNow as error:
        return _page(request, found, refused=refusal(error), status=422)
    messages.success(request, str(Text("ถอนตัวแล้ว", "You stepped down")))
    return redirect("sealed:index")


@sensitive_variables("phrase")
@sensitive_post_parameters("phrase", "again")
@require_http_methods(["GET", "POST"])
def key(request: HttpRequest) -> HttpResponse:
    """Make the key of one's own seat."""
    seat, wrong = queries.key_of(staff_of(request)), None
    if request.method == "POST":
        phrase = request.POST.get("phrase", "")
        try:
            if phrase != request.POST.get("again", ""):
                raise NotNow("วลีรหัสสองช่องไม่ตรงกัน")  # noqa: TRY301 - one sentence, shown like the others
            actions.make_reader_key(actor_of(request), phrase, now=timezone.now(), random=os.urandom)
        except NotNow as error:
            wrong = refusal(error)
        else:
            done = Text("ทำกุญแจแล้ว ใช้ได้เมื่อเผยแพร่ครั้งถัดไป", "The key is made; it counts once the next edition is out")
            messages.success(request, str(done))
            return redirect("sealed:index")
    return render(request, "sealed/key.html", {"seat": seat, "wrong": wrong}, status=422 if wrong else 200)


# ---------------------------------------------------------------- helpers

#: What is typed about an opened case. They are in one form, so that each of its buttons brings all of it.
_BOXES = frozenset({"text", "reason"})


def _find(staff: Staff, case_id: int) -> SealedCase:
    try:
        return queries.one(staff, case_id)
    except SealedCase.DoesNotExist:
        raise Http404 from None


def _act(
    request: HttpRequest, case_id: int, act: Callable[[SealedCase, dt.datetime], object], done: Text
) -> HttpResponse:
    found = _find(staff_of(request), case_id)
    try:
        act(found, timezone.now())
    except NotNow as error:
        return _page(request, found, refused=refusal(error), status=422)
    messages.success(request, str(done))
    return redirect("sealed:case", case_id)


@sensitive_variables("words")
def _page(
    request: HttpRequest,
    found: SealedCase,
    *,
    words: Complaint | None = None,
    wrong: Text | None = None,
    refused: Text | None = None,
    status: int = 200,
) -> HttpResponse:
    staff = staff_of(request)
    open_ = found.state != SealedState.CLOSED
    context = {
        "case": found,
        "row": _row(found, staff),
        "words_of": words,
        "about": ABOUT[words.about] if words else None,
        "wrong": wrong,
        "refused": refused,
        # Answering comes from reading: the boxes are on the opened page, and wherever that led.
        "writes": words is not None or not _BOXES.isdisjoint(request.POST),
        "open": open_,
        # Another reader closed it meanwhile: the boxes are gone, what was typed is not.
        "unsent": [] if open_ else written(request),
        "readers": queries.readers(found),
        "lines": [Line(event, *ACTS[event.act]) for event in queries.events(found)],
        "told": queries.answers(found),
        "shown_s": SHOWN_S,
    }
    return render(request, "sealed/case.html", context, status=status)


def _row(found: SealedCase, staff: Staff) -> Row:
    limits, today = clocks(staff.office), thai.service_date(timezone.now())
    told_on = found.answered_on or found.closed_on
    return Row(
        found,
        CATEGORIES[found.category],
        STATES[found.state],
        clock(
            start=found.filed_on, due=found.acknowledge_by, days=limits[ACKNOWLEDGE].days, today=today,
            done=found.acknowledged_on, verb=Text("เปิด", "Opened"),
        ),
        clock(
            start=found.filed_on, due=found.result_by, days=limits[RESULT].days, today=today, done=told_on,
            verb=Text("แจ้งผล", "Answered"),
        ),
    )  # fmt: skip
