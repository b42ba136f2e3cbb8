"""What became of a ticket: from what happened to it, one `Part` for each service its holder was here for. No database.

    for rows in holders_of(happened):           # what is known of one number of one day, in any order
        parts = parts_of(rows)                  # of one ticket

The rules of this file:
1. The result is a function of the set of records: neither the order in which logs arrived nor a record that came twice
   (a press has 16 random bytes, an issue the moment of its kiosk's own clock) changes it. Within a log the kiosk's
   order holds; logs follow each other by the moment of their first record about this ticket.
2. Times are those the kiosk measured, added up over the stretches at counters. One stretch that no clock could tell
   makes the sum None; what was done on paper has no times.
3. Once a ticket is done with, nothing more happens to it.
4. A number that was given out twice (by a copied device, by one that replaces another) is two tickets: somebody held
   each. What a log tells is of the one that it issued; what another log tells, of the one issued last before that.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: What stands as the move of a row that says that the ticket was issued.
ISSUED: Final = "issued"

#: How a move ends a ticket, as `MOVES` of the kiosk's queue has it; closing says in which state it found the ticket, or
#: "no_counter" on a day on which none was open: nobody knows then how the visit ended.
ENDS: Final = {"finish": "served", "leave": "left", "expire": "no_show", "unclaimed": "unclaimed"}
CLOSED_AS: Final = {
    "waiting": "not_served", "missed": "no_show", "called": "no_show", "serving": "unfinished", "held": "unfinished",
}  # fmt: skip
#: Moves that end a stretch at a counter, and those that change no figure: a ticket that is "handed" to the kiosk that
#: keeps the queue goes on in that one's log.
_STRETCHED: Final = frozenset({"step", "finish", "another", "transfer", "hold", "leave", "close"})
UNCOUNTED: Final = frozenset({"absent", "back", "late", "taken", "handed"})


class Happened(NamedTuple):
    """One record about a ticket, as `Moved` keeps it; `log` is whatever tells logs apart and orders them for ever.
    `action` tells the press, or the issue, from every other one.
    """

    log: tuple[str, int]
    seq: int
    move: str
    at: dt.datetime | None
    edition: int
    service: str
    label: str
    reason: str
    counter: str
    action: str
    waited_ms: int | None
    walked_ms: int | None
    served_ms: int | None
    on_paper: bool


@dataclass(slots=True)
class Part:
    """One service that a ticket's holder was here for: `edition` is the content they were promised it by.

    `priority` is what they were called by in the end. `end` is "" while they are in the house, "sent_on" where they
    were sent to another service instead. `steps_ms` has for each step that staff noted, and for what came after the
    last, the stretches of time at counters; a stretch is None where a clock could not tell.
    """

    service: str
    label: str = ""
    edition: int = 0
    waited_ms: int | None = None
    walked_ms: int | None = None
    steps_ms: list[list[int | None]] = field(default_factory=lambda: [[]])
    calls: int = 0
    transfers: int = 0
    priority: str = ""
    counter: str = ""
    walked_in: bool = False
    on_paper: bool = False
    end: str = ""

    @property
    def served_ms(self) -> int | None:
        """The time at counters together; None where there was none, or not all of it could be told."""
        return total_ms([ms for step in self.steps_ms for ms in step])


def total_ms(stretches: Sequence[int | None]) -> int | None:
    """These stretches together; None where there is none, or where one of them could not be told."""
    told = [ms for ms in stretches if ms is not None]
    return sum(told) if told and len(told) == len(stretches) else None


def holders_of(happened: Iterable[Happened]) -> list[list[Happened]]:
    """The records of one number of one day, apart for each time it was given out, and in the order of rule 1; at least
    one list.
    """
    rows = in_order(happened)
    issues: dict[str, Happened] = {}
    for row in rows:
        if row.move == ISSUED:
            issues.setdefault(row.action, row)
    if len(issues) < 2:
        return [rows]
    given = sorted(issues.values(), key=lambda row: (row.at or _NEVER, row.log, row.seq))
    holder = {issue.action: nth for nth, issue in enumerate(given)}
    own: dict[tuple[str, int], int] = {}
    held: list[list[Happened]] = [[] for _ in given]
    for row in rows:
        if row.move == ISSUED:
            own[row.log] = holder[row.action]
        before = bisect_right(given, row.at or _NEVER, key=lambda issue: issue.at or _NEVER)
        held[own.get(row.log, max(0, before - 1))].append(row)
    return held


def parts_of(happened: Iterable[Happened]) -> list[Part]:
    """The parts of one ticket, first to last; at least one."""
    rows = in_order(happened)
    issue = issue_of(rows)
    part = Part(issue.service, issue.label, issue.edition, priority=issue.reason) if issue else Part("")
    parts, seen, serving = [part], set[str](), False
    for row in rows:
        if row.move == ISSUED or row.action in seen:
            continue
        if row.action:
            seen.add(row.action)
        part.on_paper |= row.on_paper
        part.counter = row.counter or part.counter
        if row.move in _STRETCHED and (serving or row.served_ms is not None):
            part.steps_ms[-1].append(row.served_ms)
        serving = row.move in ("serve", "walk_in", "step") or (serving and row.move not in _STRETCHED)
        match row.move:
            case "call" | "recall":
                # Who came to a counter before any call waited for none.
                if not part.calls and len(parts) == 1 and not part.walked_in:
                    part.waited_ms = row.waited_ms
                part.calls += 1
            case "serve":
                part.walked_ms = row.walked_ms if part.walked_ms is None else part.walked_ms
            case "walk_in":
                part.walked_in = True
            case "step":
                part.steps_ms.append([])
            case "priority":
                part.priority = corrected_to(row.reason)
            case "transfer" if row.service in ("", part.service):
                part.transfers += 1
            case "transfer" | "another":
                part.end = "sent_on" if row.move == "transfer" else "served"
                service = row.service or part.service
                label = part.label if service == part.service else ""
                part = Part(service, label, row.edition, priority=part.priority, on_paper=part.on_paper)
                parts.append(part)
            case "close":
                part.end = CLOSED_AS.get(row.reason, "unknown")
            case move if move in ENDS:
                part.end = ENDS[move]
        if part.end:
            break
    return parts


def corrected_to(reason: str) -> str:
    """The priority that staff left a ticket, as the kiosk writes a correction: "what it was/what it is/why"."""
    return reason.partition("/")[2].partition("/")[0]


def in_order(happened: Iterable[Happened]) -> list[Happened]:
    """The records of one ticket in the order of rule 1."""
    rows = list(happened)
    begins: dict[tuple[str, int], dt.datetime] = {}
    for row in rows:
        at = row.at or _NEVER
        begins[row.log] = min(at, begins.get(row.log, _NEVER))
    return sorted(rows, key=lambda row: (begins[row.log], row.log, row.seq))


def issue_of(rows: Sequence[Happened]) -> Happened | None:
    """The record by which the ticket was issued, the first where a log was carried over; None where it is not here."""
    return next((row for row in rows if row.move == ISSUED), None)


_NEVER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)
