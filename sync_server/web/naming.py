"""What the ids in records and cases are called: categories of requests, services.

Records keep ids; the words belong to the content of the day, and content stands beside the applications that show
them. So the settings say where the names come from (``SALA_NAMES``), and nobody imports anybody. An id nobody knows
any more is shown as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of one edition and what they are called."""

    categories: Mapping[str, Text]
    services: Mapping[str, Text]
    feedback: Mapping[str, Text] = field(default_factory=dict)


def names() -> Names:
    """The names of the day; every page has them as ``names``, read when it first asks."""
    return cast("Names", import_string(settings.SALA_NAMES)())


def category(category_id: str, known: Names) -> Text | str:
    """The name of a category of requests."""
    return known.categories.get(category_id, category_id)


def service(service_id: str, known: Names) -> Text | str:
    """The name of a service."""
    return known.services.get(service_id, service_id)


def feedback(id_: str, known: Names) -> Text | str:
    """The name of a reason or dimension of feedback."""
    return known.feedback.get(id_, id_)
