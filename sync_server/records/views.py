"""The review page: every record as it arrived, what became of it and whether its chain holds; and the lines that
parted.
"""

import datetime as dt

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from shared.kinds import Unreadable
from sync_server.kiosks.forms import RevokeForm
from sync_server.kiosks.models import Kiosk
from sync_server.kiosks.queries import fleet
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.managing import MANAGERS
from sync_server.organisations.models import Role, Staff
from sync_server.records import deciding, queries, review
from sync_server.records.labels import ICONS, KINDS, STATES, UNKNOWN_ICON
from sync_server.records.models import Log, RecordRow, SetAside, Why
from sync_server.web.language import Text
from sync_server.web.paging import Filter, page, read

#: States one can ask for: each is a condition in the database. "Counted" is the rest and needs no button.
_ASKED_STATES = (Why.UNREADABLE, Why.QUARANTINED, "untrusted", "erased", "branch")


def index(request: HttpRequest) -> HttpResponse:
    """All records, newest first, by kind, kiosk, day of arrival and state."""
    staff = staff_of(request)
    bar = read(request, _filters(staff))
    rows = queries.find(
        staff, kind=bar["kind"], kiosk_id=bar["kiosk"], first=_day(bar["first"]), last=_day(bar["last"])
    )
    found = page(request, _in_state(rows, bar["state"]))
    context = {
        "bar": bar,
        "page": found,
        "lines": review.lines(found.rows),
        "closed": staff.role == Role.ADMIN,
        "aside": queries.set_aside(staff.office).count() + queries.apart(staff.office),
        "branches": len(queries.doubtful_lines(staff.office)),
        "last_received": queries.last_received(staff.office),
    }
    return render(request, "records/index.html", context)


def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: its body field by field, when it was claimed and received, and its proof."""
    staff = staff_of(request)
    row = get_object_or_404(queries.visible_to(staff), pk=record_id)
    reading = queries.read(row)
    neighbours = queries.visible_to(staff).filter(log=row.log_id)
    state = review.states_of([row])[row.pk]
    context = {
        "row": row,
        "header": reading.header,
        "unreadable": reading.body if isinstance(reading.body, Unreadable) else None,
        "title": KINDS.get(row.kind, row.kind),
        "icon_name": ICONS.get(row.kind, UNKNOWN_ICON),
        "state": STATES[state],
        "aside": SetAside.objects.filter(log=row.log_id, seq=row.seq).first(),
        "fields": review.fields(reading),
        "claimed_at": review.claimed_at(row),
        "quality": review.quality(reading),
        "proof": review.proof(reading, row.log.rows.filter(seq=row.seq - 1).first()),
        "hashes": {
            "own": bytes(row.hash).hex(),
            "prev": reading.header.prev.hex(),
            "commitment": reading.header.commitment.hex(),
        },
        "previous": neighbours.filter(seq=row.seq - 1).first(),
        "following": neighbours.filter(seq=row.seq + 1).first(),
        "case": queries.case_of(staff, row),
    }
    return render(request, "records/record.html", context)


def branches(request: HttpRequest) -> HttpResponse:
    """Lines in doubt, each kept whole: parted from their log, or sent by a revoked kiosk. The clerk decides."""
    staff = staff_of(request)
    lines = queries.doubtful_lines(staff.office)
    context = {
        "lines": lines,
        "open": sum(line.open for line in lines),
        "apart": sum(line.apart for line in lines),
        "may_decide": staff.role == Role.CLERK,
    }
    return render(request, "records/branches.html", context)


@require_POST
@allow(Role.CLERK)
def decide(request: HttpRequest, log_id: int) -> HttpResponse:
    """The clerk has looked at a line: it counts, or it does not. A later decision takes the place of this one."""
    log = get_object_or_404(Log.objects.exclude(name=queries.CONFIDENTIAL), office=staff_of(request).office, pk=log_id)
    reason = request.POST.get("reason", "").strip()[:500]
    act = {"count": deciding.take_in, "apart": deciding.keep_apart}.get(request.POST.get("as", ""))
    if act is None or not reason:
        messages.warning(request, str(Text("ยังไม่ได้ยืนยัน ต้องมีเหตุผล", "Not confirmed: a reason is needed")))
        return redirect("records:branches")
    try:
        act(actor_of(request), log, reason, now=timezone.now())
    except deciding.NotDecided:
        nothing = Text("สายนี้ไม่มีข้อสงสัย ไม่มีอะไรต้องยืนยัน", "Nothing about this line is in doubt")
        messages.warning(request, str(nothing))
    else:
        counts = act is deciding.take_in
        apart = Text("เก็บสายนี้แยกไว้ ไม่นับ", "Kept apart, not counted")
        messages.success(request, str(Text("นับสายนี้แล้ว", "This line counts now") if counts else apart))
    return redirect("records:branches")


@require_POST
@allow(*MANAGERS)
def revoke(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """Shut a kiosk out, each of its logs trusted through a record; what comes later is kept apart."""
    kiosk = get_object_or_404(Kiosk, office=staff_of(request).office, kiosk_id=kiosk_id)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(Text("ยังไม่ได้เพิกถอน ต้องมีเหตุผล", "Not revoked: a reason is needed")))
        return redirect("kiosks:kiosk", kiosk_id)
    through = {}
    for log in kiosk.logs.filter(branch=0).exclude(name=queries.CONFIDENTIAL):
        named = request.POST.get(f"through-{log.pk}", "")
        if named.isascii() and named.isdigit():
            through[log.log_id] = int(named)
    try:
        deciding.revoke(actor_of(request), kiosk, form.cleaned_data["reason"], now=timezone.now(), through=through)
    except deciding.NotDecided:
        messages.warning(request, str(Text("เครื่องนี้เพิกถอนไว้แล้ว", "This device is revoked already")))
    else:
        messages.success(request, str(Text("เพิกถอน {name} แล้ว", "{name} is revoked").format(name=kiosk.name)))
    return redirect("kiosks:kiosk", kiosk_id)


@require_POST
@allow(Role.CLERK)
def reinstate(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """Let a revoked kiosk write again; what its revocation kept apart counts."""
    kiosk = get_object_or_404(Kiosk, office=staff_of(request).office, kiosk_id=kiosk_id)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(Text("ยังไม่ได้เลิกเพิกถอน ต้องมีเหตุผล", "Still revoked: a reason is needed")))
        return redirect("kiosks:kiosk", kiosk_id)
    try:
        deciding.reinstate(actor_of(request), kiosk, form.cleaned_data["reason"], now=timezone.now())
    except deciding.NotDecided:
        taken = Text(
            "เลิกเพิกถอนไม่ได้ เครื่องอื่นใช้ตัวอักษรนำหน้าบัตรคิวของเครื่องนี้อยู่ หรือเครื่องนี้ไม่ได้เพิกถอน",
            "Not possible: another kiosk has its ticket letters now, or it is not revoked",
        )
        messages.warning(request, str(taken))
    else:
        back = Text("{name} ใช้งานได้อีกครั้ง บันทึกที่กักไว้นับแล้ว", "{name} may write again; what was kept apart counts")
        messages.success(request, str(back.format(name=kiosk.name)))
    return redirect("kiosks:kiosk", kiosk_id)


def _filters(staff: Staff) -> tuple[Filter, ...]:
    unknown = queries.set_aside(staff.office).order_by().exclude(kind__in=KINDS).values_list("kind", flat=True)
    kinds: list[tuple[str, str | Text]] = [*KINDS.items(), *((kind, kind) for kind in sorted(set(unknown)))]
    return (
        Filter("kind", Text("ทุกชนิด", "All kinds"), "select", kinds),
        Filter(
            "kiosk",
            Text("ทุกตู้", "All kiosks"),
            "select",
            [(kiosk.kiosk_id, kiosk.name) for kiosk in fleet(staff.office)],
        ),
        Filter(
            "state", Text("ทุกสถานะ", "All states"), "select", [(str(key), STATES[key].words) for key in _ASKED_STATES]
        ),
        Filter("first", Text("รับตั้งแต่", "Received from"), "date"),
        Filter("last", Text("ถึง", "until"), "date"),
    )


def _in_state(rows: QuerySet[RecordRow], state: str) -> QuerySet[RecordRow]:
    if state == "erased":
        return rows.filter(body=None)
    if state in ("branch", "untrusted"):
        return rows.filter(seq__gt=F("log__counts_through"), log__forked_at__isnull=state == "untrusted")
    if state:
        return rows.filter(Exists(SetAside.objects.filter(log=OuterRef("log"), seq=OuterRef("seq"), why=state)))
    return rows


def _day(value: str) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
