"""A ticket of the queue as a value: its states, what may happen to it, and how long it was between two moments.

What may follow what is one table, `MOVES`; a record of kind `ticket.moved` names one of its rows. Who is next, and how
records become a queue, is `kiosk.desk.turns`.

    MOVES["serve"].frm                      # from which states
    raise Refused("queue.taken", "3")       # a press that changes nothing; the word is a sentence of the lobby's pages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from shared.records import At, Quality

#: Where a ticket stands: places compare like numbers of sections, and between any two there is always one more.
Place = tuple[int, ...]
State = Literal["waiting", "called", "serving", "held", "missed"]
#: Service date, series, number: no two tickets share them.
Key = tuple[str, str, int]
#: Who presses: staff at a counter, or whoever holds the ticket.
Caller = Literal["counter", "holder"]
End = Literal["served", "left", "no_show", "not_served", "unfinished", "handed", "unclaimed"]

#: Ends of a number that nobody holds a page of: it never reached anybody, or another kiosk's queue has it now.
NOBODYS: Final[frozenset[End]] = frozenset({"handed", "unclaimed"})

#: Why staff correct what somebody chose by touch.
CORRECTIONS: Final = ("asked", "seen", "mistake")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from which states, to which state or end, and who may press it. What nobody presses
    happens inside another act: closing time, a walk-in.
    """

    frm: frozenset[State]
    to: State | None
    end: End | None = None
    by: tuple[Caller, ...] = ("counter",)


_ANY: Final[frozenset[State]] = frozenset({"waiting", "called", "serving", "held", "missed"})
MOVES: Final[Mapping[str, Move]] = MappingProxyType({
    "call": Move(frozenset({"waiting", "missed"}), "called"),
    "recall": Move(frozenset({"called"}), "called"),
    "serve": Move(frozenset({"called", "held"}), "serving"),
    "absent": Move(frozenset({"called"}), "missed"),
    "back": Move(frozenset({"missed"}), "waiting"),
    "step": Move(frozenset({"serving"}), "serving"),
    "hold": Move(frozenset({"called", "serving"}), "held"),
    "transfer": Move(frozenset({"called", "serving", "held"}), "waiting"),
    "another": Move(frozenset({"serving"}), "waiting"),
    "priority": Move(frozenset({"waiting"}), "waiting"),
    "late": Move(frozenset({"waiting"}), "waiting", by=("holder",)),
    "finish": Move(frozenset({"called", "serving"}), None, "served"),
    "leave": Move(frozenset({"waiting", "missed", "called", "held"}), None, "left", by=("counter", "holder")),
    "taken": Move(frozenset({"waiting"}), "waiting", by=()),
    "handed": Move(frozenset({"waiting"}), None, "handed", by=()),
    "unclaimed": Move(_ANY, None, "unclaimed", by=()),
    "walk_in": Move(frozenset({"waiting", "missed"}), "serving", by=()),
    "expire": Move(frozenset({"missed"}), None, "no_show", by=()),
    "close": Move(_ANY, None, "not_served", by=()),
})  # fmt: skip
#: What closing makes of each state.
CLOSED_AS: Final[Mapping[State, End]] = MappingProxyType({
    "waiting": "not_served", "missed": "no_show", "called": "no_show", "serving": "unfinished", "held": "unfinished",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that is still in the house. `place` orders it among the others; `counter` is where it was called or,
    while it waits, the only one that shall call it ("" for any); `since` is when it came into its state. `day` is the
    line's date when it came, later than its own where the clock had fallen back.

    `step` counts the steps of the service that are behind; `served_ms` is the time at counters for this service before
    `since`, `step_ms` that of the step it is at. None where no clock could tell.
    """

    day: str
    service_date: str
    series: str
    number: int
    group: str
    service: str
    public_label: str
    priority: str
    papers_missing: int | None
    language: str
    place: Place
    issued: At
    since: At
    state: State = "waiting"
    counter: str = ""
    calls: int = 0
    waited_ms: int | None = None
    walked_ms: int | None = None
    on_paper: bool = False
    action: bytes = b""
    """The touch at a second kiosk by which it was taken."""
    step: int = 0
    served_ms: int | None = 0
    step_ms: int | None = 0

    @property
    def label(self) -> str:
        """What board and slip say, such as "A027"."""
        return f"{self.series}{self.number:03d}"

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.service_date, self.series, self.number


@dataclass(frozen=True, slots=True)
class Correction:
    """What staff made of a priority, and why: the `reason` of a "priority" move, such as "monk/elderly/seen"."""

    was: str
    now: str
    why: str

    def __str__(self) -> str:
        return f"{self.was}/{self.now}/{self.why}"

    @staticmethod
    def read(reason: str) -> Correction:
        """What a record says."""
        was, _, rest = reason.partition("/")
        now, _, why = rest.partition("/")
        return Correction(was, now, why)


@dataclass(frozen=True, slots=True)
class Call:
    """A ticket on the board: `id` counts the calls of the day, recalls too, so that none is missed or said twice."""

    id: int
    label: str
    counter: str
    at: At
    language: str


@dataclass(slots=True)
class Counter:
    """A staffed window as it was last seen: what it serves, who sits there, its priority calls in a row, and whether
    it served somebody without a ticket since it last called.
    """

    state: str = "closed"
    staff: str = ""
    groups: tuple[str, ...] = ()
    run: int = 0
    walked_in: bool = False

    @property
    def open(self) -> bool:
        """Whether it calls people."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Gone:
    """A ticket that is done with: how it ended, at which counter and for which service, `served_ms` at counters."""

    label: str
    end: End
    counter: str = ""
    service: str = ""
    served_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One service that was given at a counter, for the day's figures; `served_ms` is None where it was not measured."""

    counter: str
    staff: str
    service: str
    served_ms: int | None
    on_paper: bool


class Refused(Exception):
    """The press changes nothing; `why` is a word of the strings, `counter` who was quicker."""

    def __init__(self, why: str, counter: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.counter = counter


def between_ms(first: At, then: At) -> int | None:
    """Milliseconds from one moment to another; None where no clock can tell."""
    if first.boot and first.boot == then.boot:
        return max(0, then.mono_ms - first.mono_ms)
    if first.wall_ms is None or then.wall_ms is None or Quality.BAD in (first.quality, then.quality):
        return None
    return then.wall_ms - first.wall_ms if then.wall_ms >= first.wall_ms else None
