"""The review page: every record as it arrived, what became of it and whether its chain holds; and the lines that
parted.
"""

import datetime as dt

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from shared.kinds import Unreadable
from sync_server.kiosks.queries import fleet
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.models import Role, Staff
from sync_server.records import actions, queries, review
from sync_server.records.labels import ICONS, KINDS, STATES, UNKNOWN_ICON
from sync_server.records.models import Log, RecordRow, SetAside, Why
from sync_server.web.language import Text
from sync_server.web.paging import Filter, page, read

#: States one can ask for: each is a condition in the database. "Counted" is the rest and needs no button.
_ASKED_STATES = (Why.UNREADABLE, Why.QUARANTINED, Why.UNTRUSTED, "erased", "branch")


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
        "aside": queries.set_aside(staff.office).count(),
        "branches": queries.branches(staff.office).count(),
        "last_received": queries.last_received(staff.office),
    }
    return render(request, "records/index.html", context)


def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: its body field by field, when it was claimed and received, and its proof."""
    staff = staff_of(request)
    row = get_object_or_404(queries.visible_to(staff), pk=record_id)
    reading = queries.read(row)
    neighbours = queries.visible_to(staff).filter(log=row.log_id)
    previous = neighbours.filter(seq=row.seq - 1).first()
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
        "proof": review.proof(reading, previous),
        "hashes": {
            "own": bytes(row.hash).hex(),
            "prev": reading.header.prev.hex(),
            "commitment": reading.header.commitment.hex(),
        },
        "previous": previous,
        "following": neighbours.filter(seq=row.seq + 1).first(),
        "case": row.log.cases.filter(seq=row.seq).first(),
    }
    return render(request, "records/record.html", context)


def branches(request: HttpRequest) -> HttpResponse:
    """Lines that parted from their log, each kept whole; the clerk says which ones count."""
    staff = staff_of(request)
    context = {"branches": queries.branches(staff.office), "may_count": staff.role == Role.CLERK}
    return render(request, "records/branches.html", context)


@require_POST
@allow(Role.CLERK)
def count_branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """The clerk has looked: this line counts as well."""
    branch = get_object_or_404(Log, office=staff_of(request).office, pk=branch_id, branch__gt=0)
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.warning(request, str(Text("ยังไม่ได้ยืนยัน ต้องมีเหตุผล", "Not confirmed: a reason is needed")))
    else:
        actions.count_branch(actor_of(request), branch, reason, now=timezone.now())
        messages.success(request, str(Text("นับสายนี้แล้ว", "This line counts now")))
    return redirect("records:branches")


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
    if state == "branch":
        return rows.filter(log__counted=False)
    if state:
        return rows.filter(Exists(SetAside.objects.filter(log=OuterRef("log"), seq=OuterRef("seq"), why=state)))
    return rows


def _day(value: str) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
