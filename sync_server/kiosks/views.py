"""The fleet: how each kiosk is, what needs a person, letting a new one in, shutting one out."""

import datetime as dt
import os
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST

from shared.invitation import FILE_NAME as INVITATION_FILE
from shared.invitation import Invitation
from shared.invitation import write as invitation_text
from sync_server.keys import root_file
from sync_server.kiosks import actions, fleet, queries
from sync_server.kiosks.forms import EnrolForm, RevokeForm
from sync_server.kiosks.labels import ACTS
from sync_server.kiosks.models import Alarm, EnrolmentCode, Kiosk
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.managing import MANAGERS
from sync_server.organisations.models import Office, Role
from sync_server.organisations.queries import audit_of
from sync_server.web.language import Text
from sync_server.web.qr import QrPicture


def fleet_page(request: HttpRequest) -> HttpResponse:
    """Alarms first, then every kiosk. Asked again by the page itself each half minute."""
    staff, now = staff_of(request), timezone.now()
    rows = [fleet.row(kiosk, now) for kiosk in queries.fleet(staff.office)]
    backed_up_at: Callable[[Office], dt.datetime | None] = import_string(settings.SALA_BACKUP_SOURCE)
    context = {
        "rows": rows,
        "cards": fleet.cards(
            rows,
            queries.open_alarms(staff.office),
            now,
            backed_up_at=backed_up_at(staff.office),
            root_here=root_file().exists(),
        ),
        "waiting": sum(row.behind for row in rows if row.kiosk.active),
        "active": sum(row.kiosk.active for row in rows),
        "well": sum(row.status.state == "done" for row in rows),
        "may_manage": staff.role in MANAGERS,
        "now": now,
    }
    return render(request, "kiosks/fleet.html", context)


def kiosk_page(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """One kiosk: what it said, what the server holds, what was done to it."""
    staff, now = staff_of(request), timezone.now()
    kiosk = get_object_or_404(Kiosk.objects.prefetch_related("logs"), office=staff.office, kiosk_id=kiosk_id)
    history = [
        {"words": ACTS.get(row.act, row.act), "who": row.actor_name, "at": row.at, "reason": row.reason}
        for row in audit_of(staff.office, "kiosk", kiosk.kiosk_id)
    ]
    context = {
        "row": fleet.row(kiosk, now),
        "kiosk": kiosk,
        "history": history,
        "form": RevokeForm(),
        "may_manage": staff.role in MANAGERS,
        "may_reinstate": staff.role == Role.CLERK,
        "now": now,
    }
    return render(request, "kiosks/kiosk.html", context)


@allow(*MANAGERS)
def enrol(request: HttpRequest) -> HttpResponse:
    """Ask for the name and letters of a new kiosk; answer with its one-time code, shown this once."""
    form = EnrolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        name, series = form.cleaned_data["name"], form.cleaned_data["series"]
        try:
            code = actions.make_code(actor_of(request), name, series, now=now, random=os.urandom(10))
        except ValueError:
            taken = Text("ตัวอักษรซ้ำกัน หรือตู้อื่นใช้อยู่แล้ว", "A letter is written twice, or another kiosk has it")
            form.add_error("series", str(taken))
        else:
            return _shown_once(request, name, series, code, now)
    return render(request, "kiosks/enrol.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@allow(*MANAGERS)
def enrol_again(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """A one-time code for a kiosk of the fleet that lost its key."""
    kiosk, now = get_object_or_404(Kiosk, office=staff_of(request).office, kiosk_id=kiosk_id), timezone.now()
    try:
        code = actions.make_code_again(actor_of(request), kiosk, now=now, random=os.urandom(10))
    except ValueError:
        revoked = Text("ตู้นี้เพิกถอนแล้ว ให้ปลัดเลิกเพิกถอนก่อน", "This kiosk is revoked; the clerk lets it in first")
        messages.error(request, str(revoked))
        return redirect("kiosks:kiosk", kiosk_id)
    return _shown_once(request, kiosk.name, kiosk.series, code, now)


def _shown_once(request: HttpRequest, name: str, series: str, code: str, now: dt.datetime) -> HttpResponse:
    """The page of a code that was just made."""
    server, ends_at = request.build_absolute_uri("/").rstrip("/"), now + EnrolmentCode.VALID_FOR
    text = invitation_text(Invitation(server, code, int(ends_at.timestamp() * 1000)))
    context = {
        "name": name,
        "code_id": queries.code_of(staff_of(request).office, code).pk,
        "series": series,
        "code": code,
        "groups": _groups(code),
        "ends_at": ends_at,
        "open": True,
        "qr": QrPicture.of(text),
        "invitation": text,
        "file_name": INVITATION_FILE,
        "minutes": int(EnrolmentCode.VALID_FOR.total_seconds() // 60),
        "tries": EnrolmentCode.TRIES_MAX,
        "server": server,
    }
    return render(request, "kiosks/code.html", context)


@allow(*MANAGERS)
def came(request: HttpRequest, code_id: int) -> HttpResponse:
    """Whether the kiosk of a code has come, and its four words; asked again by the page of the code itself."""
    code = get_object_or_404(EnrolmentCode.objects.select_related("kiosk"), office=staff_of(request).office, pk=code_id)
    kiosk = code.kiosk if code.used_at else None
    context = {"code_id": code.pk, "kiosk": kiosk, "open": code.open_at(timezone.now()), "spoilt": code.spoilt}
    return render(request, "kiosks/came.html", context)


@require_POST
@allow(*MANAGERS)
def compared(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """A person saw the same four words on both screens."""
    kiosk = get_object_or_404(Kiosk, office=staff_of(request).office, kiosk_id=kiosk_id)
    actions.note_compared(actor_of(request), kiosk, now=timezone.now())
    messages.success(request, str(Text("บันทึกแล้วว่าคำสี่คำตรงกัน", "Noted: the four words are the same")))
    return redirect("kiosks:kiosk", kiosk_id)


@require_POST
@allow(*MANAGERS)
def clear_alarm(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """A person has looked at an alarm."""
    alarm = get_object_or_404(Alarm, office=staff_of(request).office, pk=alarm_id)
    actions.clear_alarm(actor_of(request), alarm, now=timezone.now())
    messages.success(request, str(Text("รับทราบแล้ว บันทึกชื่อผู้รับทราบไว้", "Noted, with your name")))
    return redirect("kiosks:fleet")


def _groups(code: str) -> list[str]:
    """The code in groups of four, whatever way it was written."""
    bare = code.replace("-", "").replace(" ", "")
    return [bare[at : at + 4] for at in range(0, len(bare), 4)]
