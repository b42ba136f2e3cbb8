"""The one address of the frame itself: choosing the language."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sync_server.web.language import CODES, COOKIE

_YEAR_S = 365 * 24 * 3600


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in a cookie and goes back to the page it was chosen on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/desk/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("language", "")
    if chosen in CODES:
        response.set_cookie(
            COOKIE, chosen, max_age=_YEAR_S, httponly=True, samesite="Strict", secure=request.is_secure()
        )
    return response
