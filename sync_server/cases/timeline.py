"""The life of one case as a timeline: what the citizen wrote, what the office told them, what colleagues told each
other.

Four kinds of items that must never be mixed up: `citizen`, `office` (reaches the citizen), `internal` (never leaves
the office) and `system` (one muted line).
"""

import datetime as dt
from dataclasses import dataclass

from sync_server.cases.labels import EVENT_ICONS, EVENTS, RETURN_REASONS
from sync_server.cases.models import Case, EventKind
from sync_server.organisations.models import Staff
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its sort (a class of the style sheet), who or what, when, what was said, and who did a silent act.

    `reason` is the one a citizen chose who returned a case; it was `accepted` unless it came too late to move anything.
    """

    sort: str
    icon: str
    who: str | Text
    at: dt.datetime
    text: str = ""
    by: str = ""
    reason: Text | None = None
    accepted: bool = True


def items(case: Case) -> list[Item]:
    """Everything that happened, oldest first; events and texts of `case` should be prefetched."""
    answers = [
        Item("office", "paper-plane-right-fill", _signed(answer.by), answer.at, answer.text)
        for answer in case.answers.all()
    ]
    notes = [Item("internal", "lock-key-fill", _signed(note.by), note.at, note.text) for note in case.notes.all()]
    returns = [
        Item("citizen", "user-fill", Text("ผู้แจ้ง: ยังไม่แก้", "Citizen: not fixed"), each.at, each.words,
             reason=RETURN_REASONS.get(each.reason), accepted=each.accepted)
        for each in case.returns.all()
    ]  # fmt: skip
    events = [
        Item(
            "system",
            EVENT_ICONS[event.kind],
            EVENTS[event.kind],
            event.at,
            event.detail,
            event.by_name if event.by else "",
        )
        for event in case.events.all()
        if event.kind not in (EventKind.ANSWERED, EventKind.NOTED)
    ]
    return sorted([*returns, *events, *answers, *notes], key=lambda item: item.at)


def _signed(staff: Staff) -> str:
    return " · ".join(filter(None, (staff.position, staff.full_name)))
