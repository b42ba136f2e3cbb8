"""What the browser may do with our pages: nothing that is not listed here.

The policy starts from ``default-src 'none'``; there is no inline script, no inline style and no other host. Staff
pages are never kept by a browser or a proxy (``no-store``), unless the view says itself how long its answer lives.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_RULES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(_RULES)

HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
)


class HeadersMiddleware:
    """Adds every header of `HEADERS` the answer does not already carry. Stands first, so static files get them
    too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and add them."""
        response = self.get_response(request)
        for name, value in HEADERS:
            response.headers.setdefault(name, value)
        return response
