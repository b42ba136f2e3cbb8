"""Today: what waits for the reader, and whether the kiosks are well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sync_server.organisations.access import staff_of


def today(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    staff = staff_of(request)
    return render(request, "home/today.html", {"staff": staff, "now": timezone.now()})
