"""What the ids of the published content are called: ``{{ case.category|category }}``, ``{{ ticket.service|service }}``.

Records and cases keep ids; the words belong to the content of the day. An id nobody knows any more is shown as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django import template

from sync_server.content.queries import current_edition, published_office, published_services
from sync_server.organisations.queries import the_office
from sync_server.web.language import Text

register = template.Library()


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of one edition and what they are called."""

    categories: Mapping[str, Text]
    services: Mapping[str, Text]


@lru_cache(maxsize=2)
def _names_of(edition: int) -> Names:
    """The names of an edition; read once, for an edition never changes."""
    if not edition:
        return Names({}, {})
    office = the_office()
    shown = published_office(office)
    return Names(
        {each.id: Text(each.name.th, each.name.into("en")) for each in (shown.categories if shown else ())},
        {each.id: Text(each.title.th, each.title.into("en")) for each in published_services(office)},
    )


def names() -> Names:
    """The names of the edition kiosks show now."""
    return _names_of(current_edition())


@register.filter
def category(value: str) -> Text | str:
    """The name of a category of requests."""
    return names().categories.get(value, value)


@register.filter
def service(value: str) -> Text | str:
    """The name of a service."""
    return names().services.get(value, value)
