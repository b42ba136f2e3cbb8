"""Whose turn it is: the queue as a value, who is called next, and what each record makes of it. No clock, no disk.

A `Line` is what the records of a service date say: `take` folds one record after another into it, so after a crash the
same records give the same queue. `kiosk.desk.counters.Queue` appends the records and holds the line of today.

    line = Line("2026-11-30")
    line.take(at, TicketIssued(...), group="tax")
    best = line.next_for("1", ("tax",))
    line.take(at, TicketMoved(..., move="call", counter="1"))

The rules of this file:
1. What may follow what is one table, `kiosk.desk.tickets.MOVES`.
2. Places are the order in which tickets came, never a time of day. Whoever is sent on keeps the place; whoever comes
   back after being called in vain stands behind the next few; whoever another kiosk gave a number to while it was cut
   off stands where they would have stood, by how long ago that was.
3. People served first go first, but a counter that called `PRIORITY_RUN_MAX` of them in a row calls somebody else next,
   if anybody else waits. So whoever has p others of no priority before them is called after at most
   (p + 1) * (PRIORITY_RUN_MAX + 1) calls of one counter, however many priority tickets keep coming.
4. Somebody served without a ticket costs whoever waits one turn at most: after each, the counter calls from the line.
5. A queue that lives is of one day: while somebody pressed within `ALIVE_MIN`, no clock that jumps ends it.
6. Durations are measured by the monotonic clock; across a restart by believed times of day; else they are None, and
   count nowhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from kiosk.desk.tickets import (
    CLOSED_AS,
    MOVES,
    Call,
    Correction,
    Counter,
    Done,
    Gone,
    Key,
    Place,
    Refused,
    State,
    Waiting,
    between_ms,
)
from shared.kinds import CounterSeen, NumbersReserved, TicketIssued, TicketJoined, TicketMoved
from shared.records import At, Quality

#: What a line is folded from.
Folded = TicketIssued | TicketJoined | TicketMoved | CounterSeen | NumbersReserved
#: Where nobody pressed and nobody took a number for so long, the queue may be another day's.
ALIVE_MIN: Final = 120
#: After so many priority calls in a row a counter calls an ordinary ticket.
PRIORITY_RUN_MAX: Final = 2
#: Whoever was called in vain and is back, or said they would be late, stands behind so many.
BEHIND: Final = {"back": 2, "late": 5}
#: The board names the last calls, and the estimate looks at no more of them.
CALLS_KEPT: Final = 21
#: A press that comes again within so many presses is the same press.
ACTIONS_KEPT: Final = 256
#: Under so many intervals between calls nothing is promised.
INTERVALS_MIN: Final = 5


@dataclass(slots=True)
class Line:
    """The queue of one service date. `take` is the only thing that changes it."""

    service_date: str = ""
    tickets: dict[Key, Waiting] = field(default_factory=dict)
    gone: dict[Key, Gone] = field(default_factory=dict)
    counters: dict[str, Counter] = field(default_factory=dict)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    last_call: int = 0
    rhythm: dict[str, deque[At]] = field(default_factory=dict)
    actions: dict[bytes, Key] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    strips: set[Key] = field(default_factory=set)
    """Numbers on paper that nobody entered; kept over one night, since they are entered when there is time."""
    staffed: set[str] = field(default_factory=set)
    """The days of which somebody is left and on which a counter was open."""
    taken: int = 0
    closed: bool = False
    last: At | None = None
    """When somebody last pressed or took a number."""
    recorded: str = ""
    """The last day that has a record: where none follows, as after a press in vain, a day was none."""

    # --- reading ------------------------------------------------------------------------------------------------------

    def copy(self) -> Line:
        """The same line as it is now, to be read at leisure: what is folded later is not in it."""
        return replace(
            self,
            tickets=dict(self.tickets), gone=dict(self.gone), actions=dict(self.actions), calls=self.calls.copy(),
            counters={counter: replace(seen) for counter, seen in self.counters.items()},
            rhythm={group: ats.copy() for group, ats in self.rhythm.items()},
            done=list(self.done), strips=set(self.strips), staffed=set(self.staffed),
        )  # fmt: skip

    def waiting(self, groups: Iterable[str] | None = None, counter: str = "") -> list[Waiting]:
        """Who waits, in the order of their places: for these groups (None: for any), and for this counter if one is
        named. List and next are this one query.
        """
        wanted = None if groups is None else frozenset(groups)
        return sorted(
            (
                each
                for each in self.tickets.values()
                if each.state == "waiting"
                and each.day == self.service_date
                and (wanted is None or each.group in wanted or (counter and each.counter == counter))
                and (not counter or each.counter in ("", counter) or self._shut(each.counter))
            ),
            key=lambda each: each.place,
        )

    def _shut(self, counter: str) -> bool:
        """Whether nobody sits there any more: whoever was sent to it is anybody's."""
        seen = self.counters.get(counter)
        return seen is None or seen.state == "closed"

    def next_for(self, counter: str, groups: Iterable[str]) -> Waiting | None:
        """Who should come now, or None where nobody waits for this counter."""
        found = self.waiting(groups, counter)
        first = next((each for each in found if each.priority), None)
        other = next((each for each in found if not each.priority), None)
        seen = self.counters.get(counter)
        if first is None or (other is not None and seen is not None and seen.run >= PRIORITY_RUN_MAX):
            return other
        return first

    def ahead_of(self, key: Key) -> int | None:
        """How many of the same group stand before this ticket; None where it does not wait."""
        return self.places().get(key)

    def places(self) -> dict[Key, int]:
        """The same for every ticket that waits, at the cost of one."""
        waiting = self.waiting()
        before: dict[tuple[str, bool], int] = {}
        for each in waiting:
            if each.priority:  # all of them stand before every other of their group
                before[each.group, False] = before.get((each.group, False), 0) + 1
        found = {}
        for each in waiting:
            kind = each.group, bool(each.priority)
            found[each.key] = before.get(kind, 0)
            before[kind] = found[each.key] + 1
        return found

    def estimate_min(self, key: Key) -> tuple[int, int] | None:
        """From how many to how many minutes this ticket still waits, in steps of five; None where too little is
        known.
        """
        ahead, ticket = self.ahead_of(key), self.tickets.get(key)
        return None if ahead is None or ticket is None else self.range_min(ticket.group, ahead)

    def range_min(self, group: str, ahead: int) -> tuple[int, int] | None:
        """From how many to how many minutes somebody of this group waits who has `ahead` before them; None where too
        little is known, or where no counter that is open calls the group.

        What the last calls of the group lay apart, from the quicker quarter to the slower one, times who is ahead.
        """
        ats = self.rhythm.get(group, deque())
        apart = sorted(
            ms for one, two in zip(ats, list(ats)[1:], strict=False) if (ms := between_ms(one, two)) is not None
        )
        called = any(each.open and group in each.groups for each in self.counters.values())
        if len(apart) < INTERVALS_MIN or not called:
            return None
        quick, slow = apart[len(apart) // 4], apart[len(apart) * 3 // 4]
        step_ms = 5 * 60_000
        low, high = (ahead + 1) * quick // step_ms * 5, -(-(ahead + 1) * slow // step_ms) * 5
        return low, max(high, low + 5)

    # --- deciding -----------------------------------------------------------------------------------------------------

    def check(self, move: str, key: Key, counter: str = "") -> Waiting:
        """The ticket, if this move may happen to it now; whoever names no counter holds the ticket. Raises `Refused`
        with what to say.
        """
        row = MOVES.get(move)
        if row is None or ("counter" if counter else "holder") not in row.by:
            raise Refused("queue.not_yours")
        ticket = self.ticket(key)
        if ticket.state not in row.frm:
            if move in ("call", "serve") and ticket.counter and ticket.counter != counter:
                raise Refused("queue.taken", ticket.counter)
            raise Refused("queue.not_now", ticket.counter)
        if counter and ticket.state in ("called", "serving") and ticket.counter != counter:
            raise Refused("queue.taken", ticket.counter)
        sent_to = ticket.counter if ticket.state == "waiting" else ""
        if move == "call" and sent_to not in ("", counter) and not self._shut(sent_to):
            raise Refused("queue.taken", sent_to)
        if move == "call" or (move == "serve" and ticket.state == "held"):
            self.free(counter)
        return ticket

    def ticket(self, key: Key) -> Waiting:
        """The ticket of today's line. Raises `Refused` where it is done with, of another day, or was never given."""
        if key in self.gone:
            raise Refused("queue.gone")
        ticket = self.tickets.get(key)
        if ticket is None or ticket.day != self.service_date:
            raise Refused("queue.other_day" if key[0] != self.service_date else "queue.unknown")
        return ticket

    def on_strip(self, key: Key) -> bool:
        """Whether this number stands on paper and was not entered yet."""
        return key in self.strips

    def of_paper(self, series: str, number: int) -> Key:
        """Which ticket is meant by a number that is read off paper: one of this day that stands on a strip or waits, or
        else one of the strip of the day before.
        """
        own = self.service_date, series, number
        if own in self.strips or own in self.tickets:
            return own
        return max((key for key in self.strips if key[1:] == own[1:]), default=own)

    def free(self, counter: str) -> Counter:
        """The counter, if it may take somebody now. Raises `Refused` where it is not open or has somebody."""
        seen = self.counters.get(counter)
        if seen is None or not seen.open:
            raise Refused("queue.counter_closed")
        if any(each.counter == counter and each.state in ("called", "serving") for each in self.tickets.values()):
            raise Refused("queue.still_there", counter)
        return seen

    def belongs(self, at: At, service_date: str) -> bool:
        """Whether what happens at this moment, dated so by the clock, is of this line's day.

        A clock may jump over midnight at ten in the morning, or come back from a power cut in another year: while the
        queue lives it stays the day that it is, and so numbers go on instead of beginning anew among people who hold
        them.
        """
        if service_date == self.service_date:
            return True
        if not self.service_date or self.closed or self.last is None:
            return False
        gap_ms = between_ms(self.last, at)
        if gap_ms is None:
            return at.quality == Quality.BAD or service_date < self.service_date
        return gap_ms < ALIVE_MIN * 60_000

    def day_at(self, at: At, service_date: str) -> str:
        """The service date of what happens at this moment, dated so by the clock: the line's own while it lives."""
        return self.service_date if self.belongs(at, service_date) else service_date

    def as_of(self, at: At, service_date: str) -> Line:
        """What there is to see at this moment: the line while it is its day, and else that nobody came yet."""
        return self if self.belongs(at, service_date) else Line(service_date)

    # --- folding ------------------------------------------------------------------------------------------------------

    def take(self, at: At, body: Folded, *, group: str = "") -> None:
        """Fold one record in; `group` is where a new ticket waits, or one that is sent on to another service.

        A date that does not belong to the line begins a new day: whoever is left of the one before waits for closing
        only. A ticket that bears another date although it belongs came while the clock was wrong, and waits like any
        other.
        """
        if self.begins(at, body):
            self.begin(body.service_date)
        self.taken += 1
        if not (isinstance(body, TicketMoved) and body.move in ("expire", "close")):
            self.last = at
        match body:
            case TicketIssued():
                ticket = Waiting(
                    self.service_date, body.service_date, body.series, body.number, group, body.service,
                    body.public_label, body.priority, body.papers_missing, body.language, (self.taken,), at,
                    at,
                )  # fmt: skip
                if ticket.key not in self.gone:
                    self.tickets.setdefault(ticket.key, ticket)  # carried over to a new log, a record comes twice
                    self.closed = False
                self.strips.discard(ticket.key)
            case TicketJoined():
                self._join(at, body, group or body.group)
            case CounterSeen():
                seen = self.counters.setdefault(body.counter, Counter())
                seen.state, seen.staff, seen.groups = body.state, body.staff, tuple(body.groups)
                self.staffed.add(self.service_date)
            case NumbersReserved():
                self.strips.update(
                    (body.service_date, body.series, number) for number in range(body.first, body.last + 1)
                )
            case TicketMoved():
                self._move(at, body, group)
        self.recorded = self.service_date

    def begins(self, at: At, body: Folded) -> bool:
        """Whether this record is the first of another day: numbers taken, or a counter opened. A number of a strip, or
        of a kiosk that was cut off, bears its own day, and comes on any.
        """
        if isinstance(body, TicketJoined) and body.service_date < self.service_date:
            return False
        if isinstance(body, TicketIssued) and self.on_strip((body.service_date, body.series, body.number)):
            return False
        return not isinstance(body, TicketMoved) and not self.belongs(at, body.service_date)

    def begin(self, service_date: str) -> None:
        """A new day: nothing of the old one but who is left of it, and its numbers on paper."""
        self.strips = {key for key in self.strips if key[0] == self.recorded}
        self.service_date, self.last_call, self.taken, self.closed = service_date, 0, 0, False
        for each in (self.gone, self.counters, self.calls, self.rhythm, self.actions, self.done):
            each.clear()
        self.staffed &= {each.day for each in self.tickets.values()}

    def left_over(self, today: str) -> list[Waiting]:
        """Who is left of other days than `today`, in the order they came."""
        return sorted(
            (each for each in self.tickets.values() if each.day != today), key=lambda each: (each.day, each.place)
        )

    def _join(self, at: At, body: TicketJoined, group: str) -> None:
        """A ticket that another kiosk gave a while ago: its place is before everybody who came after it."""
        issued = _earlier(at, body.waited_ms or 0)
        later = [
            each.place
            for each in self.tickets.values()
            if each.day == self.service_date and (between_ms(issued, each.issued) or 0) > 0
        ]
        place = self._place_before(min(later, default=None))
        ticket = Waiting(
            self.service_date, body.service_date, body.series, body.number, group, body.service, body.public_label,
            body.priority, body.papers_missing, body.language, place, issued, issued, action=body.action,
        )  # fmt: skip
        if ticket.key not in self.gone and ticket.key not in self.tickets:
            self.tickets[ticket.key] = ticket
            self.closed = False
        self._pressed(body.action, ticket.key)

    def _pressed(self, action: bytes, key: Key) -> None:
        self.actions[action] = key
        while len(self.actions) > ACTIONS_KEPT:
            del self.actions[next(iter(self.actions))]

    def _move(self, at: At, body: TicketMoved, group: str) -> None:
        if body.action:
            if body.action in self.actions:
                return
            self._pressed(body.action, (body.service_date, body.series, body.number))
        key = body.service_date, body.series, body.number
        ticket = self.tickets.get(key)
        move = MOVES.get(body.move)
        if ticket is None or move is None:
            return  # of another device, or of a later version: nothing here to move
        if body.move in ("finish", "another"):
            served_ms = _sum(ticket.served_ms, body.served_ms) if ticket.state == "serving" else None
            self.done.append(Done(body.counter, body.staff, ticket.service, served_ms, body.on_paper))
        if move.to is None:
            if ticket.day == self.service_date:
                end = CLOSED_AS[ticket.state] if body.move == "close" else move.end
                served_ms = _sum(ticket.served_ms, body.served_ms) if ticket.state == "serving" else None
                self.gone[key] = Gone(ticket.label, end or "served", body.counter, ticket.service, served_ms)
            del self.tickets[key]
            return
        self.tickets[key] = self._moved(at, body, ticket, move.to, group)

    def _moved(self, at: At, body: TicketMoved, ticket: Waiting, to: State, group: str) -> Waiting:
        after = replace(ticket, state=to, since=at, on_paper=ticket.on_paper or body.on_paper)
        if ticket.state == "serving":
            served_ms, step_ms = (_sum(before, body.served_ms) for before in (ticket.served_ms, ticket.step_ms))
            after = replace(after, served_ms=served_ms, step_ms=step_ms)
        match body.move:
            case "call" | "recall":
                if not body.on_paper:
                    self._called(at, body.counter, ticket, again=body.move == "recall")
                waited = ticket.waited_ms if ticket.calls else body.waited_ms
                return replace(after, counter=body.counter, calls=ticket.calls + 1, waited_ms=waited)
            case "taken":
                return replace(after, since=ticket.since, action=body.action)
            case "walk_in":
                if not body.on_paper:
                    self.counters.setdefault(body.counter, Counter()).walked_in = True
                return replace(after, counter=body.counter, calls=ticket.calls + 1)
            case "serve":
                walked = body.walked_ms if ticket.walked_ms is None else ticket.walked_ms
                return replace(after, counter=body.counter, walked_ms=walked)
            case "step":
                return replace(after, step=ticket.step + 1, step_ms=0)
            case "back" | "late":
                return replace(after, counter="", place=self._behind(BEHIND[body.move], ticket))
            case "transfer" | "another":
                after = replace(after, counter=body.to_counter)
                if not body.to_service:
                    return after
                return replace(
                    after, group=group or ticket.group, service=body.to_service, step=0, step_ms=0, served_ms=0
                )
            case "priority":
                return replace(after, priority=Correction.read(body.reason).now, since=ticket.since)
            case _:
                return after

    def _called(self, at: At, counter: str, ticket: Waiting, *, again: bool) -> None:
        self.last_call += 1
        self.calls.append(Call(self.last_call, ticket.label, counter, at, ticket.language))
        if again:
            return
        self.rhythm.setdefault(ticket.group, deque(maxlen=CALLS_KEPT)).append(at)
        seen = self.counters.setdefault(counter, Counter())
        seen.run, seen.walked_in = seen.run + 1 if ticket.priority else 0, False

    def _behind(self, count: int, ticket: Waiting) -> Place:
        """The place right behind the next `count` of the same group, or the own one where that is further back."""
        before = [each for each in self.waiting((ticket.group,)) if each.key != ticket.key]
        if ticket.state == "waiting":
            before = [each for each in before if each.place > ticket.place]
        if not before:
            return ticket.place
        last = before[min(count, len(before)) - 1].place
        after = min((each.place for each in self.tickets.values() if each.place > last), default=None)
        return max(ticket.place, self._place_before(after))

    def _place_before(self, place: Place | None) -> Place:
        """A free place right before this one; the last of all for None."""
        if place is None:
            return (self.taken,)
        last = max((each.place for each in self.tickets.values() if each.place < place), default=())
        return (*last, place[len(last)] - 1 if place[: len(last)] == last else self.taken)


def _earlier(at: At, ms: int) -> At:
    return msgspec.structs.replace(at, mono_ms=at.mono_ms - ms, wall_ms=None if at.wall_ms is None else at.wall_ms - ms)


def _sum(before_ms: int | None, now_ms: int | None) -> int | None:
    return None if before_ms is None or now_ms is None else before_ms + now_ms
