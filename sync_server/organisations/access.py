"""Who may open which page.

Everything below ``/desk/`` is for signed-in staff: `StaffOnlyMiddleware` refuses the rest before a view is asked, so
a page that forgets to say anything is closed, not open. Whoever wrote for longer than a session lasts is given back
what they wrote. To a reader of sealed cases, often from outside the office, it refuses whatever `opens` does not name.
`allow` narrows a page to some roles. What a member of staff sees *on* a page is another question: every list, count and
search goes through its query's `visible_to(user)`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from axes.helpers import get_client_ip_address
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from sync_server.organisations.actions import Actor
from sync_server.organisations.models import Role, Staff
from sync_server.web.unsent import stood_on, to_copy

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

DESK = "/desk/"
ACCOUNT = "/desk/account"
SEALED = "/desk/sealed/"
SIGN_IN = "/sign-in"
#: A session nobody works in ends after this many minutes (and after eight hours in any case: SESSION_COOKIE_AGE).
IDLE_MIN = 30


class StaffOnlyMiddleware:
    """Sends whoever is not signed in from any page of the desk to the sign-in page, and refuses readers all but theirs.
    Stands after authentication.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass on."""
        if not request.path.startswith(DESK):
            return self.get_response(request)
        # A page that refreshes itself is nobody at work, and a swap must not paste the sign-in page into a list.
        by_itself = bool(request.headers.get("HX-Request"))
        if request.user.is_authenticated and _idle(request):
            logout(request)
        if not request.user.is_authenticated:
            if by_itself:
                return HttpResponse(status=401, headers={"HX-Redirect": f"{SIGN_IN}?{urlencode({'next': DESK})}"})
            return _sign_in_first(request)
        if staff_of(request).password_given and request.path != ACCOUNT:
            # Somebody else knows this password: whatever is done under it might be theirs.
            return HttpResponse(status=401, headers={"HX-Redirect": ACCOUNT}) if by_itself else redirect(ACCOUNT)
        if not opens(staff_of(request), request.path):
            raise PermissionDenied
        if not by_itself:
            _seen(request)
        return self.get_response(request)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and from there back to the page, or to the one on which the form stood: the address of an act
    cannot be opened, nor that of a page that came back with a refusal.
    """
    if request.method != "POST":
        return redirect_to_login(request.get_full_path(), SIGN_IN)
    page = stood_on(request)
    back = redirect_to_login(page if page.startswith(DESK) and page != request.path else DESK, SIGN_IN)
    if to_copy(request):
        return render(request, "organisations/ended.html", {"sign_in": back.url}, status=401)
    return back


def opens(staff: Staff, path: str) -> bool:
    """Whether an address of the desk is for them at all: to readers the first page, their account, sealed cases."""
    return staff.role != Role.READER or path in (DESK, ACCOUNT) or path.startswith(SEALED)


_SEEN = "seen_min"


def _minute() -> int:
    return int(timezone.now().timestamp() // 60)


def _idle(request: HttpRequest) -> bool:
    """Whether nobody has worked in this session for too long."""
    seen = request.session.get(_SEEN)
    return isinstance(seen, int) and _minute() - seen > IDLE_MIN


def _seen(request: HttpRequest) -> None:
    """Somebody works here; written once a minute at most, so reading pages does not write to the database."""
    if request.session.get(_SEEN) != _minute():
        request.session[_SEEN] = _minute()


def staff_of(request: HttpRequest) -> Staff:
    """The member of staff behind a request below ``/desk/``."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, for the audit log: the signed-in member of staff and the address they came from."""
    return Actor.of(staff_of(request), get_client_ip_address(request) or "")


def allow(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Only staff of these roles may open the view; others get 403."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if staff_of(request).role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
