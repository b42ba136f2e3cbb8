"""The state of a list lives in its address: filters, tab and page are query parameters, so a view can be sent to a
colleague.

`Filter` names one parameter and what it may be; `read` takes only those out of a request and forgets the rest, so
nothing a visitor types into an address ever becomes part of a query by itself.

    FILTERS = (Filter("q"), Filter("state", choices=STATES), Filter("kiosk", choices=kiosks))
    chosen = read(request, FILTERS)          # {"q": "ไฟ", "state": "", "kiosk": "3"}
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sync_server.web.language import Text

M = TypeVar("M", bound=Model)

ROWS_A_PAGE = 25
QUERY_CHARS_MAX = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """One control of a filter bar.

    `choices` are (value, words) of a select; none means a text field, `kind` "date" a day. `title` is what stands in
    the control while it is not set ("ทุกช่องทาง").
    """

    name: str
    title: Text
    kind: str = "text"
    choices: Sequence[tuple[str, str | Text]] = ()

    def accept(self, value: str) -> str:
        """`value` where this filter may hold it, else nothing."""
        value = value.strip().replace("\x00", "")[:QUERY_CHARS_MAX]
        if self.kind == "date":
            try:
                return dt.date.fromisoformat(value).isoformat()
            except ValueError:
                return ""
        if self.kind == "select":
            return value if value in {known for known, _ in self.choices} else ""
        return value


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The controls of one list with what is set in them; given to the template ``web/parts/filters.html``."""

    filters: tuple[Filter, ...]
    chosen: Mapping[str, str]

    @property
    def any_set(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.chosen.values())

    def __getitem__(self, name: str) -> str:
        return self.chosen[name]

    def controls(self) -> Iterable[tuple[Filter, str]]:
        """Each filter with its value, in order."""
        return [(filter_, self.chosen[filter_.name]) for filter_ in self.filters]


def read(request: HttpRequest, filters: Iterable[Filter]) -> FilterBar:
    """What of `filters` the address sets; anything else in the address is not looked at."""
    known = tuple(filters)
    return FilterBar(known, {filter_.name: filter_.accept(request.GET.get(filter_.name, "")) for filter_ in known})


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page of a list: its rows, and where it stands among all of them (numbers from 1)."""

    rows: Sequence[M]
    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def before(self) -> int | None:
        """Number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """Number of the next page, None on the last."""
        return self.number + 1 if self.number < self.pages else None


def page(request: HttpRequest, rows: QuerySet[M], rows_a_page: int = ROWS_A_PAGE) -> Page[M]:
    """The page the address asks for; a number that is none or too high gives the nearest there is."""
    found = Paginator(rows, rows_a_page).get_page(request.GET.get("page"))
    return Page(
        list(found.object_list),
        found.number,
        found.paginator.num_pages,
        found.start_index(),
        found.end_index(),
        found.paginator.count,
    )
