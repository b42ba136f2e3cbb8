"""What every page gets: the office, the languages, and below /desk/ the menu and how fresh the data is."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from sync_server.home.menu import menu_for
from sync_server.organisations.access import DESK, opens, staff_of
from sync_server.organisations.models import Office
from sync_server.records.queries import last_received
from sync_server.web.language import LANGUAGES, current
from sync_server.web.naming import names

SEARCH = "/desk/cases/"
#: Older than this, the data is said to be old: a night and a morning without any kiosk.
STALE_AFTER = dt.timedelta(hours=26)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the base templates."""
    common: dict[str, Any] = {
        "LANGUAGE_CODE": current(),
        "languages": LANGUAGES,
        "language_url": reverse("web:language"),
    }
    if not (request.path.startswith(DESK) and request.user.is_authenticated):
        return {**common, "office": Office.objects.order_by("pk").first()}
    staff = staff_of(request)
    fresh_at = last_received(staff.office)
    return {
        **common,
        "office": staff.office,
        "names": SimpleLazyObject(names),
        "menu": menu_for(staff, request.resolver_match.app_name if request.resolver_match else ""),
        "fresh_at": fresh_at,
        "stale": fresh_at is not None and timezone.now() - fresh_at > STALE_AFTER,
        "search_url": SEARCH if opens(staff, SEARCH) else "",
        "profile_url": reverse("organisations:account"),
        "sign_out_url": reverse("organisations:sign-out"),
    }
