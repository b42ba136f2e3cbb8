"""The groups of services a report counts by: the office's own ticket series, as its published content names them.

A ticket of a sensitive service carries only its public label; such a label belongs to one group, so the ticket is
counted there without telling which service it was for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared import content
from shared.content import Service
from sync_server.web.language import Text

#: Tickets and ratings of services that the present content does not know.
OTHER = "other"
#: Ratings given without a service: somebody passing by.
NONE = "none"

OUTSIDE: Mapping[str, Text] = {
    OTHER: Text("บริการที่ไม่มีในเนื้อหาปัจจุบัน", "Services no longer in the content"),
    NONE: Text("ไม่ระบุบริการ", "No service named"),
}


@dataclass(frozen=True, slots=True)
class Groups:
    """Names of the groups in the office's order, and which service or public label belongs where."""

    names: Mapping[str, Text]
    by_service: Mapping[str, str]
    by_label: Mapping[str, str]

    @classmethod
    def of(cls, office: content.Office | None, services: Sequence[Service]) -> "Groups":
        """The groups of an office's content; none before the first edition."""
        series = office.series if office else []
        labels = {
            text: service.series
            for service in services
            if service.sensitive
            for text in (service.public_label.th, service.public_label.en, service.public_label.ms)
            if text
        }
        return cls(
            {each.id: Text(each.name.th, each.name.en or each.name.th) for each in series},
            {service.id: service.series for service in services},
            labels,
        )

    def group(self, service: str, label: str = "") -> str:
        """The group of a ticket (service and label) or of a rating (service alone); a ticket that was sent on to a
        sensitive service names the group itself.
        """
        if not service and not label:
            return NONE
        if service in self.names:
            return service
        return self.by_service.get(service) or self.by_label.get(label) or OTHER

    def name(self, key: str) -> Text:
        """What a report calls it."""
        return self.names.get(key) or OUTSIDE[key]

    def ordered(self, present: set[str]) -> list[str]:
        """Every group of the office in its order, then those outside of it that are `present`."""
        return [*self.names, *(key for key in OUTSIDE if key in present)]
