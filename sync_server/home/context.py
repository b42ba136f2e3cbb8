"""What every page gets: the office, the languages, and below /desk/ the menu and how fresh the data is."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from sync_server.home.menu import menu_for
from sync_server.organisations.access import DESK, staff_of
from sync_server.organisations.models import Office
from sync_server.web.language import LANGUAGES, current


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
    return {
        **common,
        "office": staff.office,
        "menu": menu_for(staff, request.path),
        "search_url": "/desk/cases/",
        "profile_url": reverse("organisations:account"),
        "sign_out_url": reverse("organisations:sign-out"),
    }
