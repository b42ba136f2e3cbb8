"""Answers to kiosks carry no headers for browsers.

A kiosk believes signed bytes and nothing else; a content security policy and its sisters would be two thirds of what
an idle contact costs on a thin line.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_KIOSKS = "/sync/"
_KEPT = frozenset({"content-type", "content-length", "cache-control", "retry-after", "allow", "content-range"})


class BareAnswers:
    """Stands before every other middleware, so that it sees what they added."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then keep only what a kiosk or a proxy on the way has a use for."""
        response = self.get_response(request)
        if request.path.startswith(_KIOSKS):
            for name in [name for name in response.headers if name.lower() not in _KEPT]:
                del response.headers[name]
        return response
