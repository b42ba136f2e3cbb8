"""Serving the queue: what a counter, a ticket's holder and closing time can do. Each press is one record.

`Queue` holds today's `Line` (kiosk/desk/turns.py) in memory and nothing on disk: it follows the lobby's log as a
projector does (kiosk/desk/following.py), so a restarted kiosk folds the same records to the same queue, and state can
never disagree with record. One kiosk is the master of a lobby; whoever presses where, the presses meet here one after
another.

    queue = Queue(world)
    queue.seen(moment, "1", "open", staff="somchai", groups=("tax",))
    called = queue.call_next(moment, "1", action=press)          # None: nobody waits for this counter
    queue.move(moment, "serve", called.key, "1", action=press)   # raises Refused with a sentence's key
    queue.turn(moment)                                           # every few seconds: grace, closing time, midnight

The rules of this file:
1. Decide and append inside one transaction: two counters never get one person.
2. A press carries 16 random bytes; the same press again gives the same answer and no second record.
3. A service date is closed once, by the clock or by staff, with an outcome for everybody who is left; the next day's
   first act closes what a day before has left open.
4. The clock closes nothing that lives: closing time comes by a clock that is believed, and after nobody has pressed
   for as long as the office has been shut.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Final, Literal, get_args

from kiosk.clock import Moment
from kiosk.desk import hours, queue, services
from kiosk.desk.following import Follower
from kiosk.desk.queue import Priority, Wanted
from kiosk.desk.tickets import CORRECTIONS, Correction, Key, Refused, Waiting, between_ms
from kiosk.desk.turns import Line
from kiosk.desk.world import World
from kiosk.host import Ask
from kiosk.store.store import Transaction
from shared import kinds
from shared.kinds import CounterSeen, QueueClosed, TicketJoined, TicketMoved

#: A number that another kiosk gave so long ago, on another day, is nobody's who still waits.
STALE_H: Final = 12
#: Whoever was called in vain is listed as missed for so long, then the number is done with.
MISSED_MIN: Final = 30


class Queue:
    """The queue of one kiosk's lobby. Thread-safe."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.RLock()
        self._log = Follower(world)

    # --- reading --------------------------------------------------------------------------------------------------

    @property
    def line(self) -> Line:
        """The line as it was folded last."""
        return self._log.line

    def follow(self) -> Line:
        """The line with every record of the log in it; it changes with the next press, so look at it at once."""
        with self._lock:
            self._log.catch_up()
            return self.line

    def look(self) -> Line:
        """A copy of the line with every record of the log in it, for a reader on another thread."""
        with self._lock:
            return self.follow().copy()

    def dated(self, moment: Moment) -> Moment:
        """The moment with the service date under which a number is taken and a seat is held now: the line's while it
        lives.
        """
        with self._lock:
            self._log.catch_up()
            return replace(moment, service_date=date.fromisoformat(self._day(moment)))

    def pressed(self, action: bytes) -> bool:
        """Whether this press came before: its answer was lost, what it did was not."""
        return action in self.follow().actions

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
            ticket = self._pressed(action) or self.line.next_for(counter, self.line.free(counter).groups)
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
        priority: str = "",
        reason: str = "",
    ) -> Waiting | None:
        """Do `move` (a row of `tickets.MOVES`) to a ticket; the ticket as it is now, None when it is done with. Whoever
        names no counter holds the ticket. Raises `Refused`, also for a ticket of another day.

        "transfer" and "another" name a counter or a service to go to; "priority" names the right one, and a reason of
        `tickets.CORRECTIONS`.
        """
        with self._acting(moment) as tx:
            if action not in self.line.actions:
                ticket = self.line.check(move, key, counter)
                if move in ("transfer", "another"):
                    to_service = self._target(to_counter, to_service)
                if move == "priority":
                    reason = _correction(ticket, priority, reason)
                body = self._body(
                    moment, move, ticket, counter, action, to_counter=to_counter, to_service=to_service, reason=reason
                )
                self._append(tx, moment, body)
        return self.line.tickets.get(key)

    def walk_in(
        self, moment: Moment, counter: str, *, action: bytes, service_id: str = "", language: str = "th"
    ) -> Waiting:
        """Serve somebody who has no ticket: a number is given and is at this counter at once. It has waited for
        nothing. Raises `Refused` where somebody waits and the counter's last was a walk-in too.
        """
        with self._acting(moment) as tx:
            ticket = self._pressed(action)
            if ticket is not None:
                return ticket
            there = self.line.free(counter)
            if there.walked_in and self.line.next_for(counter, there.groups):
                raise Refused("queue.line_first")
            wanted = self._wanted(service_id, there.groups, language)
            today = date.fromisoformat(self.line.service_date)
            key = queue.issue(self.world, tx, replace(moment, service_date=today), wanted)
            self._append(tx, moment, _unmeasured(key, "walk_in", counter, there.staff, action))
        return self.line.tickets[key]

    def enter_paper(self, moment: Moment, counter: str, key: Key, *, action: bytes, service_id: str = "") -> None:
        """Enter afterwards that this counter served a number while there was no power: one of a strip, or a ticket that
        still waits here. No time is measured. Raises `Refused` for a number that stands on no strip or was entered.
        """
        with self._acting(moment) as tx:
            if action in self.line.actions:
                return
            there = self.line.counters.get(counter)
            if there is None or not there.open:
                raise Refused("queue.counter_closed")
            if key in self.line.tickets:
                if self.line.ticket(key).state not in ("waiting", "missed"):
                    raise Refused("queue.not_now", self.line.ticket(key).counter)
            else:
                if key in self.line.gone:
                    raise Refused("queue.gone")
                if not self.line.on_strip(key):
                    raise Refused("queue.no_strip")
                wanted = replace(self._wanted(service_id, there.groups, "th"), series=key[1])
                queue.issue(self.world, tx, moment, wanted, key=key)
            for move, press in (("walk_in", action), ("finish", b"")):
                self._append(tx, moment, _unmeasured(key, move, counter, there.staff, press, on_paper=True))

    # --- other kiosks ---------------------------------------------------------------------------------------------

    def give(self, moment: Moment, ask: Ask) -> Key:
        """The number for a touch at another kiosk, which records the visitor; the same touch again gives the same
        number. Raises `NoContent` or `NoSuchService`.
        """
        with self._acting(moment) as tx:
            known = self._touched(ask.action)
            if known is not None:
                return known
            priority: Priority = next((each for each in get_args(Priority) if each == ask.priority), "")
            wanted = queue.wants(
                self.world, ask.service, language=ask.language, priority=priority, papers_missing=ask.papers_missing
            )
            today = self.line.service_date
            key = today, wanted.series, tx.next_number(date.fromisoformat(today), wanted.series)
            group = self._log.group_of(wanted.service, wanted.series)
            body = TicketJoined(
                *key, wanted.service, group, wanted.public_label.th, wanted.priority, wanted.papers_missing,
                wanted.language, ask.action, 0,
            )  # fmt: skip
            self._append(tx, moment, body)
        return key

    def join(self, moment: Moment, told: Sequence[TicketJoined]) -> None:
        """Take in numbers that another kiosk gave alone, in their order. What was told before changes nothing; a number
        given here for the same touch is unclaimed; one of days ago ends as not served. Raises `Refused` for a number
        of this kiosk's own series, with nothing taken in.
        """
        with self._acting(moment) as tx:
            for each in told:
                if each.series in self.world.identity.series:
                    raise Refused("queue.not_yours")
                key, day = (each.service_date, each.series, each.number), date.fromisoformat(each.service_date)
                if each.number <= tx.mark(day, each.series):
                    continue
                tx.raise_mark(day, each.series, each.number)
                ghost = self._touched(each.action)
                if ghost in self.line.tickets:
                    self._append(tx, moment, _unmeasured(ghost, "unclaimed", "", "", b""))
                self._append(tx, moment, each)
                stale = each.waited_ms is None or each.waited_ms > STALE_H * 3_600_000
                if stale and each.service_date != self.line.service_date:
                    self._append(tx, moment, _unmeasured(key, "close", "", "", b"", reason="waiting"))

    def hand_over(self, moment: Moment, keys: Sequence[Key]) -> None:
        """The host has these numbers of this kiosk now: it calls them, and here they are done with."""
        if keys:
            with self._acting(moment) as tx:
                for key in keys:
                    if key in self.line.tickets:
                        self._append(tx, moment, _unmeasured(key, "handed", "", "", b""))

    def _touched(self, action: bytes) -> Key | None:
        """The number that was given for a touch, however long ago."""
        known = self.line.actions.get(action)
        return known or next((each.key for each in self.line.tickets.values() if each.action == action), None)

    # --- by themselves --------------------------------------------------------------------------------------------

    def turn(self, moment: Moment) -> bool:
        """What happens without a press: grace runs out, closing time comes, a day ends. Call it every few seconds;
        True where something happened.
        """
        with self._lock:
            self._log.catch_up()
            if self.line.left_over(self._day(moment)):
                with self._acting(moment):
                    pass
                return True
            if self._closing_time(moment):
                return self.close(moment)
            return self.expire(moment) > 0

    def expire(self, moment: Moment) -> int:
        """End what was missed for longer than `MISSED_MIN`; how many."""
        with self._lock:
            self._log.catch_up()
            old = [
                each
                for each in self.line.tickets.values()
                if each.state == "missed" and (between_ms(each.since, moment.at) or 0) > MISSED_MIN * 60_000
            ]
            if old:
                with self._acting(moment) as tx:
                    for ticket in old:
                        self._append(tx, moment, self._body(moment, "expire", ticket, "", b""))
        return len(old)

    def close(self, moment: Moment) -> bool:
        """Closing time: everybody who is left gets an outcome, and every counter is closed; False where the day is
        closed already.
        """
        with self._acting(moment) as tx:
            left = sorted(self.line.tickets.values(), key=lambda each: each.place)
            if self.line.closed and not left:
                return False
            self._close(tx, moment, left)
        return True

    def _closing_time(self, moment: Moment) -> bool:
        line, bundle = self.line, self.world.content.bundle
        if line.closed or not line.taken or line.last is None or bundle is None:
            return False
        shut_min = hours.shut_for_min(bundle, moment, date.fromisoformat(line.service_date))
        still_ms = between_ms(line.last, moment.at)
        after_min = self.world.config.queue_close_after_min
        return shut_min is not None and still_ms is not None and min(shut_min, still_ms / 60_000) >= after_min

    # --- inside a transaction -------------------------------------------------------------------------------------

    @contextmanager
    def _acting(self, moment: Moment) -> Iterator[Transaction]:
        """One press: everything before it is folded, and so is what it appends once that is on the disk.

        Whoever is left of a day before is closed first, in a commit of its own.
        """
        with self._lock:
            self._log.catch_up()
            today = self._day(moment)
            if self.line.left_over(today) and not self.world.config.host_kiosk:
                with self.world.store.transaction() as tx:
                    self._log.catch_up()
                    self._close(tx, moment, self.line.left_over(today))
                self._log.catch_up()
            with self.world.store.transaction() as tx:
                self._log.catch_up()
                if self.line.service_date != today:
                    self._log.begin(today)
                yield tx
            self._log.catch_up()

    def _day(self, moment: Moment) -> str:
        return self.line.day_at(moment.at, moment.service_date.isoformat())

    def _close(self, tx: Transaction, moment: Moment, left: Sequence[Waiting]) -> None:
        """Ends for whoever is left, and for counters that nobody closed; the folding of a start begins before this
        line's day, so that a day that was closed early still has its figures.
        """
        line = self.line
        for ticket in left:
            reason = ticket.state if ticket.day in line.staffed else "no_counter"
            self._append(tx, moment, self._body(moment, "close", ticket, ticket.counter, b"", reason=reason))
        day = left[-1].day if left else line.service_date
        if day == line.service_date:
            for name, seen in line.counters.items():
                if seen.state != "closed":
                    self._append(tx, moment, CounterSeen(day, name, "closed", seen.staff, list(seen.groups)))
        self._append(tx, moment, QueueClosed(day, self._log.before))

    def _target(self, to_counter: str, to_service: str) -> str:
        """Where somebody is sent on to, as the record names it: a sensitive service is told by its group alone."""
        bundle = services.shown(self.world)
        if to_counter and to_counter not in (*bundle.office.counters, *self.line.counters):
            raise Refused("queue.no_target")
        if not to_service:
            if not to_counter:
                raise Refused("queue.no_target")
            return ""
        if to_service in (group.id for group in bundle.office.series):
            return to_service
        try:
            service = services.find(bundle, to_service)
        except services.NoSuchService as error:
            raise Refused("queue.no_target") from error
        return service.series if service.sensitive else service.id

    def _wanted(self, service_id: str, groups: Sequence[str], language: str) -> Wanted:
        """What somebody without a ticket wants: a service, or only the counter's own group."""
        if service_id:
            try:
                return queue.wants(self.world, service_id, language=language)
            except services.NoSuchService as error:
                raise Refused("queue.no_target") from error
        return queue.wants_group(self.world, groups[0] if groups else "", language=language)

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
    ) -> TicketMoved:
        at, known = moment.at, not ticket.on_paper
        there = self.line.counters.get(counter)
        since = between_ms(ticket.since, at) if known else None
        leaves = move in ("finish", "another", "transfer", "hold", "step")
        return TicketMoved(
            *ticket.key, move, counter, there.staff if there else "",
            to_counter, to_service, reason, action,
            waited_ms=between_ms(ticket.issued, at) if known and move == "call" and not ticket.calls else None,
            walked_ms=since if move == "serve" and ticket.state == "called" else None,
            served_ms=since if leaves and ticket.state == "serving" else None,
            on_paper=False,
        )  # fmt: skip

    def _append(self, tx: Transaction, moment: Moment, body: kinds.Body) -> None:
        bundle = self.world.content.bundle
        self.world.lobby.append(tx, body, at=moment.at, edition=bundle.edition if bundle else 0)


def _unmeasured(
    key: Key, move: str, counter: str, staff: str, action: bytes, *, on_paper: bool = False, reason: str = ""
) -> TicketMoved:
    """A move that sends nobody on and measures nothing."""
    return TicketMoved(*key, move, counter, staff, "", "", reason, action, None, None, None, on_paper)


def _correction(ticket: Waiting, priority: str, why: str) -> str:
    if priority not in get_args(Priority) or why not in CORRECTIONS:
        raise Refused("queue.no_reason")
    return str(Correction(ticket.priority, priority, why))
