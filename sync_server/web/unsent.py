"""What somebody wrote in a form that the server could not take: the page that says so gives it back, to be copied.

The text goes from the request into its answer and nowhere else: no address, no session, no log. A page on which the
form itself is not drawn any more shows `written`; one that stands before the form's token was checked, such as "not
found" or "signed out", shows `to_copy`, so that no other site can have its words shown under this office's name.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

#: Fields in which people write at length, named one by one: a password or pass phrase is never given back.
_FIELDS = ("text", "reason")


def written(request: HttpRequest) -> list[str]:
    """What was written at length in the form that was sent."""
    return [text for name in _FIELDS if (text := request.POST.get(name, "").strip())]


def to_copy(request: HttpRequest) -> list[str]:
    """The same, where the form stood on a page of this server."""
    return written(request) if stood_on(request) else []


def stood_on(request: HttpRequest) -> str:
    """The address, without the host, of the page of this server on which the form stood; "" where that is not known."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlsplit(before)._replace(scheme="", netloc="", fragment="").geturl()
