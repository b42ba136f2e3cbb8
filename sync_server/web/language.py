"""Two languages side by side, written where they are used.

Thai is the language of the office and comes first; English stands beside it in the same line, so neither can be
forgotten and no catalogue can drift from the page. In templates that is ``{% t "เรื่องที่รับ" "Cases" %}``, in Python
``Text("เรื่องที่รับ", "Cases")``. A reader chooses once, in the bar; the choice is a cookie and never depends on what
the browser asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import lazy

COOKIE = "lang"
LANGUAGES: tuple[tuple[str, str], ...] = (("th", "ไทย"), ("en", "English"))
CODES = frozenset(code for code, _ in LANGUAGES)


def current() -> str:
    """The language of this request, "th" or "en"."""
    return "en" if translation.get_language() == "en" else "th"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `str()` gives the one being read. Fields in braces are filled by `format`."""

    th: str
    en: str

    def __str__(self) -> str:
        return self.en if current() == "en" else self.th

    def format(self, **values: object) -> "Text":
        """The same sentence with its fields filled; a value may itself be a `Text`."""
        return Text(
            self.th.format(**{name: value.th if isinstance(value, Text) else value for name, value in values.items()}),
            self.en.format(**{name: value.en if isinstance(value, Text) else value for name, value in values.items()}),
        )


def lazy_text(th: str, en: str) -> str:
    """A `Text` for Django's own places (labels, messages of fields), chosen when it is shown."""
    return lazy(lambda: str(Text(th, en)), str)()


class LanguageMiddleware:
    """Speaks the language of the reader's cookie, else Thai."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        chosen = request.COOKIES.get(COOKIE, "th")
        with translation.override(chosen if chosen in CODES else "th"):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", current())
            return response
