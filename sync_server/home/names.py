"""What the ids of the published content are called: named in the settings as ``SALA_NAMES`` for `web.naming`."""

from collections.abc import Iterator
from functools import lru_cache

from shared.content import Dimension, Office, Reason
from sync_server.content.queries import current_edition, published_office, published_services
from sync_server.organisations.queries import the_office
from sync_server.web.language import Text
from sync_server.web.naming import Names


def names() -> Names:
    """The names of the edition kiosks show now."""
    return _names_of(the_office().office_id, current_edition())


@lru_cache(maxsize=4)
def _names_of(_office_id: str, edition: int) -> Names:
    """The names of an edition; read once, for an edition never changes."""
    if not edition:
        return Names({}, {})
    office = the_office()
    shown = published_office(office)
    return Names(
        {each.id: Text(each.name.th, each.name.into("en")) for each in (shown.categories if shown else ())},
        {
            **_groups(shown),
            **{each.id: Text(each.title.th, each.title.into("en")) for each in published_services(office)},
        },
        {each.id: Text(each.name.th, each.name.into("en")) for each in (_feedback(shown) if shown else ())},
    )


def _groups(shown: Office | None) -> dict[str, Text]:
    """The groups of services: who is sent on to a sensitive service is told by its group alone."""
    return {each.id: Text(each.name.th, each.name.into("en")) for each in (shown.series if shown else ())}


def _feedback(shown: Office) -> Iterator[Reason | Dimension]:
    """Everything feedback can name."""
    asked = shown.feedback
    yield from asked.low
    yield from asked.high
    yield from asked.dimensions
    yield from asked.praise
