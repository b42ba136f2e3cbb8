"""Serving the queue: what a counter, a ticket's holder and closing time can do. Each press is one record.

`Queue` holds today's `Line` (kiosk/desk/turns.py) in memory and nothing on disk: it follows the lobby's log as a
projector does, so a restarted kiosk folds the same records to the same queue, and state can never disagree with record.
One kiosk is the master of a lobby; whoever presses where, the presses meet here one after another.

    queue = Queue(world)
    queue.seen(moment, "1", "open", staff="somchai", groups=("tax",))
    called = queue.call_next(moment, "1", action=press)          # None: nobody waits for this counter
    queue.move(moment, "serve", called.key, "1", action=press)   # raises Refused with a sentence's key

The rules of this file:
1. Decide and append inside one transaction: two counters never get one person.
2. A press carries 16 random bytes; the same press again gives the same answer and no second record.
3. A service date is closed once, by the clock's day or by staff, with an outcome for everybody who is left; the next
   day's first act closes what a day before has left open.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Final, Literal

from kiosk.clock import Moment
from kiosk.desk.turns import MOVES, Key, Line, Refused, Waiting, between_ms
from kiosk.desk.world import World
from kiosk.store import RecordDamaged
from kiosk.store.store import Transaction
from shared import kinds
from shared.kinds import CounterSeen, QueueClosed, TicketIssued, TicketMoved
from shared.records import Record

logger = logging.getLogger(__name__)

#: So many records are looked through at a start where no closed day is found: more than a busy week has.
LOOK_BACK: Final = 20_000
_RUN: Final = 500
#: Whoever was called in vain is listed as missed for so long, then the number is done with.
MISSED_MIN: Final = 30

_Folded = TicketIssued | TicketMoved | CounterSeen | QueueClosed


class Queue:
    """The queue of one kiosk's lobby. Thread-safe."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.line = Line()
        self._lock = threading.RLock()
        self._log = b""
        self._seq = 0
        self._before = 0
        """The last record of this log before the day of the line."""
        self._reconstruct()

    # --- reading --------------------------------------------------------------------------------------------------

    def group_of(self, service_id: str, series: str) -> str:
        """The group of services that a ticket waits in: its service's, or that of its letter where none is named."""
        bundle = self.world.content.bundle
        if bundle is None:
            return series
        service = next((each for each in bundle.services if each.id == service_id), None)
        if service is not None:
            return service.series
        groups, letters = [group.id for group in bundle.office.series], self.world.identity.series
        place = letters.index(series) if series in letters else 0
        return groups[min(place, len(groups) - 1)] if groups else series

    def follow(self) -> Line:
        """The line with every record of the log in it; it changes with the next press, so look at it at once."""
        with self._lock:
            self._catch_up()
            return self.line

    def look(self) -> Line:
        """A copy of the line with every record of the log in it, for a reader on another thread."""
        with self._lock:
            return self.follow().copy()

    # --- acting ---------------------------------------------------------------------------------------------------

    def seen(
        self,
        moment: Moment,
        counter: str,
        state: Literal["open", "pause", "closed"],
        *,
        staff: str = "",
        groups: Iterable[str] = (),
    ) -> None:
        """A counter opens, pauses or closes."""
        with self._acting(moment) as tx:
            self._append(tx, moment, CounterSeen(self.line.service_date, counter, state, staff, list(groups)))

    def call_next(self, moment: Moment, counter: str, *, action: bytes) -> Waiting | None:
        """Call whoever should come to this counter now; None where nobody waits for it. Raises `Refused` where the
        counter is not open or still has somebody.
        """
        with self._acting(moment) as tx:
            ticket = self._pressed(action) or self._best(counter)
            if ticket is not None and action not in self.line.actions:
                self._append(tx, moment, self._body(moment, "call", ticket, counter, action))
        return self.line.tickets.get(ticket.key) if ticket else None

    def move(
        self,
        moment: Moment,
        move: str,
        key: Key,
        counter: str = "",
        *,
        action: bytes,
        to_counter: str = "",
        to_service: str = "",
        reason: str = "",
        on_paper: bool = False,
    ) -> Waiting | None:
        """Do `move` (a row of `turns.MOVES`) to a ticket; the ticket as it is now, None when it is done with. Raises
        `Refused`, also for a ticket of another day.
        """
        with self._acting(moment) as tx:
            if self._pressed(action) is None:
                ticket = self.line.check(move, key, counter if MOVES[move].by == "counter" else "")
                body = self._body(
                    moment, move, ticket, counter, action, to_counter=to_counter, to_service=to_service, reason=reason,
                    on_paper=on_paper,
                )  # fmt: skip
                self._append(tx, moment, body)
        return self.line.tickets.get(key)

    def expire(self, moment: Moment) -> int:
        """End what was missed for longer than `MISSED_MIN`; how many."""
        with self._acting(moment) as tx:
            old = [
                each
                for each in self.line.tickets.values()
                if each.state == "missed" and (between_ms(each.since, moment.at) or 0) > MISSED_MIN * 60_000
            ]
            for ticket in old:
                self._append(tx, moment, self._body(moment, "expire", ticket, "", b""))
        return len(old)

    def close(self, moment: Moment) -> bool:
        """Closing time: everybody who is left gets an outcome; False where the day is closed already."""
        with self._acting(moment) as tx:
            left = sorted(self.line.tickets.values(), key=lambda each: each.place)
            if self.line.closed and not left:
                return False
            self._close(tx, moment, left, self._seq)
        return True

    # --- inside a transaction -------------------------------------------------------------------------------------

    @contextmanager
    def _acting(self, moment: Moment) -> Iterator[Transaction]:
        """One press: everything before it is folded, and so is what it appends once that is on the disk.

        Whoever is left of a day before is closed first, in a commit of its own.
        """
        today = moment.service_date.isoformat()
        with self._lock:
            self._catch_up()
            if self.line.left_over(today):
                with self.world.store.transaction() as tx:
                    self._catch_up()
                    self._close(tx, moment, self.line.left_over(today), self._before)
                self._catch_up()
            with self.world.store.transaction() as tx:
                self._catch_up()
                if self.line.service_date < today:
                    self._before = self._seq
                    self.line.begin(today)
                yield tx
            self._catch_up()

    def _best(self, counter: str) -> Waiting | None:
        there = self.line.counters.get(counter)
        if there is None or not there.open:
            raise Refused("queue.counter_closed")
        if any(each.counter == counter and each.state in ("called", "serving") for each in self.line.tickets.values()):
            raise Refused("queue.still_there", counter)
        return self.line.next_for(counter, there.groups)

    def _close(self, tx: Transaction, moment: Moment, left: Sequence[Waiting], behind: int) -> None:
        for ticket in left:
            self._append(tx, moment, self._body(moment, "close", ticket, ticket.counter, b"", reason=ticket.state))
        self._append(tx, moment, QueueClosed(left[-1].day if left else self.line.service_date, behind))

    def _pressed(self, action: bytes) -> Waiting | None:
        """What this press did when it came before. Raises `Refused` where the ticket is done with since."""
        key = self.line.actions.get(action)
        if key is None:
            return None
        if key in self.line.tickets:
            return self.line.tickets[key]
        raise Refused("queue.gone")

    def _body(
        self,
        moment: Moment,
        move: str,
        ticket: Waiting,
        counter: str,
        action: bytes,
        *,
        to_counter: str = "",
        to_service: str = "",
        reason: str = "",
        on_paper: bool = False,
    ) -> TicketMoved:
        at, known = moment.at, not (on_paper or ticket.on_paper)
        there = self.line.counters.get(counter)
        since = between_ms(ticket.since, at) if known else None
        leaves = move in ("finish", "another", "transfer", "hold", "step")
        return TicketMoved(
            *ticket.key, move, counter, there.staff if there else "",
            to_counter, to_service, reason, action,
            waited_ms=between_ms(ticket.issued, at) if known and move == "call" and not ticket.calls else None,
            walked_ms=since if move == "serve" and ticket.state == "called" else None,
            served_ms=since if leaves and ticket.state == "serving" else None,
            on_paper=on_paper,
        )  # fmt: skip

    def _append(self, tx: Transaction, moment: Moment, body: kinds.Body) -> None:
        bundle = self.world.content.bundle
        self.world.lobby.append(tx, body, at=moment.at, edition=bundle.edition if bundle else 0)

    # --- following the log ----------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Fold what the logs have behind the last record that was folded."""
        views = self.world.lobby.logs()
        known = next((at for at, view in enumerate(views) if view.log == self._log), 0)
        for view in views[known:]:
            if view.log != self._log:
                self._log, self._seq, self._before = view.log, 0, 0
            for record in _records(self.world, view.log, self._seq):
                self._fold(record)
                self._seq = record.header.seq

    def _fold(self, record: Record) -> None:
        body = _read(record)
        if body is None:
            return
        if isinstance(body, QueueClosed):
            self.line.closed |= body.service_date == self.line.service_date
            return
        group = ""
        if isinstance(body, TicketIssued):
            group = self.group_of(body.service, body.series)
        elif isinstance(body, TicketMoved) and body.to_service:
            group = self.group_of(body.to_service, body.series)
        if body.service_date > self.line.service_date:
            self._before = record.header.seq - 1
        self.line.take(record.header.at, body, group=group)

    def _reconstruct(self) -> None:
        """Fold what lies behind the last closed day, and at most `LOOK_BACK` records."""
        left, closed = LOOK_BACK, False
        for view in reversed(self.world.lobby.logs()):
            self._log = view.log
            self._seq, closed = _start_of(self.world, view.log, view.captured, left)
            left -= view.captured - self._seq
            if closed or left <= 0:
                break
        self._catch_up()


def _start_of(world: World, log: bytes, last: int, limit: int) -> tuple[int, bool]:
    """Behind which record of a log the folding begins, and whether a closed day stands there."""
    lowest = max(0, last - limit)
    while last > lowest:
        first = max(lowest, last - _RUN) + 1
        run = takewhile(lambda record: record.header.seq <= last, _records(world, log, first - 1))  # noqa: B023 - now
        for record in reversed(list(run)):
            body = _read(record)
            if isinstance(body, QueueClosed):
                return body.behind, True
        last = first - 1
    return lowest, False


def _records(world: World, log: bytes, seq: int) -> Iterator[Record]:
    """The records of a log behind `seq`. One that is damaged is passed over: whoever stood in it comes to the counter,
    everybody else is called.
    """
    while True:
        before = seq
        try:
            for record in world.lobby.after(seq, log=log, limit_count=_RUN):
                seq = record.header.seq
                yield record
        except RecordDamaged as damage:
            logger.warning("the queue goes on without it: %s", damage)
            seq = damage.seq
        if seq == before:
            return


def _read(record: Record) -> _Folded | None:
    if record.header.kind not in _KINDS or record.body is None:
        return None
    body = kinds.decode(record.header.kind, record.header.schema, record.body)
    return body if isinstance(body, _Folded) else None


_KINDS: Final = frozenset({"ticket.issued", "ticket.moved", "counter.seen", "queue.closed"})
