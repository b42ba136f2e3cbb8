"""Signing in, signing out, one's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from sync_server.organisations.access import actor_of, staff_of
from sync_server.organisations.actions import record_act
from sync_server.organisations.forms import PasswordForm, SignInForm
from sync_server.organisations.labels import ACTS, ROLES
from sync_server.organisations.queries import audit_of
from sync_server.web.language import Text

HISTORY_ROWS = 10


class SignIn(LoginView):
    """Name and password; the session gets a new key, and a wrong pair is counted by the throttle."""

    template_name = "organisations/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Keep who signed in, from where and when, with the session's beginning."""
        with transaction.atomic():
            response = super().form_valid(form)
            record_act(
                actor_of(self.request), "staff.sign_in", "staff", form.get_user().get_username(), at=timezone.now()
            )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the time, for a machine whose clock is wrong."""
        return super().get_context_data(now=timezone.now(), **kwargs)


class SignOut(LogoutView):
    """Ends the session (POST only) and returns to the sign-in page."""

    next_page = "/sign-in"


def locked(
    request: HttpRequest, _credentials: dict[str, Any] | None = None, *_args: object, **_kwargs: object
) -> HttpResponse:
    """What the throttle answers while a name or an address rests: the same page for a name that exists and one that
    does not.
    """
    return render(request, "organisations/locked.html", status=429)


def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, and my password."""
    staff = staff_of(request)
    form = PasswordForm(staff, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            staff.set_password(form.cleaned_data["new"])
            staff.password_given = False
            staff.save(update_fields=["password", "password_given"])
            record_act(actor_of(request), "staff.password", "staff", staff.username, at=timezone.now())
        update_session_auth_hash(request, staff)
        messages.success(request, str(Text("เปลี่ยนรหัสผ่านแล้ว", "Password changed")))
        return redirect("organisations:account")
    history = [
        {"words": ACTS.get(row.act, row.act), "at": row.at, "ip": row.ip}
        for row in audit_of(staff.office, "staff", staff.username)[:HISTORY_ROWS]
    ]
    context = {"form": form, "role": ROLES[staff.role], "history": history}
    return render(request, "organisations/account.html", context, status=422 if form.errors else 200)
