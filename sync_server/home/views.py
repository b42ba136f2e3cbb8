"""Today: what waits for the reader, how the day goes, and whether the kiosks are well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shared import thai
from sync_server.backups import queries as backups
from sync_server.cases import inbox
from sync_server.cases import queries as cases
from sync_server.cases.clocks import clocks
from sync_server.home.beginning import steps
from sync_server.kiosks import fleet
from sync_server.kiosks import queries as kiosks
from sync_server.organisations.access import staff_of
from sync_server.organisations.managing import MANAGERS
from sync_server.organisations.models import Role
from sync_server.queues import queries as queues
from sync_server.queues.labels import PLACES

NEXT_CASES = 6


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The first page after signing in; a reader's leads to sealed cases and tells nothing of the office's day."""
    staff, now = staff_of(request), timezone.now()
    day = thai.service_date(now)
    if staff.role == Role.READER:
        return render(request, "home/reader.html", {"day": day, "weekday": thai.weekday(day)})
    devices = kiosks.fleet(staff.office)
    rows = [fleet.row(kiosk, now) for kiosk in devices]
    limits = clocks(staff.office)
    counts = cases.counts(staff, today=day)
    owed = inbox.in_tab(cases.visible_to(staff), "open", staff, day).select_related("division", "assigned_to")
    context = {
        "begin": [step for step in steps(staff.office, devices) if not step.done] if staff.role in MANAGERS else [],
        "day": day,
        "weekday": thai.weekday(day),
        "now": now,
        "works_on_cases": staff.role != Role.ADMIN,
        "counts": counts,
        "owed": counts.received + counts.in_progress,
        "next": [inbox.row(case, limits, day) for case in owed[:NEXT_CASES]],
        "limits": list(limits.values()),
        "tickets": queues.tickets(staff.office, day, day).count(),
        "ratings": next((each for each in queues.by_source(staff.office, day, day) if each.score), None),
        "places": PLACES,
        "kiosks": rows,
        "cards": fleet.cards(
            rows, kiosks.open_alarms(staff.office), now, backed_up_at=backups.newest_made_at(staff.office)
        ),
    }
    return render(request, "home/today.html", context)
