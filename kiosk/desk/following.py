"""Following the lobby's log: how the queue's line comes out of the records, while the kiosk runs and when it starts.

A `Follower` holds a `Line` (kiosk/desk/turns.py) and knows up to which record it was folded. It writes nothing.

    follower = Follower(world)          # folds what lies behind the last closed day
    follower.catch_up()                 # folds what has been appended since; called inside a transaction too

The rules of this file:
1. The same records give the same line, in a running kiosk and in one that starts.
2. A start reads the records since the last closed day began, however many lie before it, and at most `LOOK_BACK`.
3. A damaged record is passed over: whoever stood in it comes to the counter, everybody else is called.
"""

import logging
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from kiosk.desk.turns import Line
from kiosk.desk.world import World
from kiosk.store import RecordDamaged
from shared import kinds
from shared.kinds import CounterSeen, NumbersReserved, QueueClosed, TicketIssued, TicketJoined, TicketMoved
from shared.records import Record

logger = logging.getLogger(__name__)

#: So many records are looked through at a start where no closed day is found: more than a busy week has.
LOOK_BACK: Final = 20_000
_RUN: Final = 500

_Folded = TicketIssued | TicketJoined | TicketMoved | CounterSeen | NumbersReserved | QueueClosed
_KINDS: Final = frozenset(
    {"ticket.issued", "ticket.joined", "ticket.moved", "counter.seen", "numbers.reserved", "queue.closed"}
)


class Follower:
    """A line and the record up to which it was folded. Not thread-safe: its queue's lock guards it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.line = Line()
        self.before = 0
        """The last record of this log before the day of the line."""
        self.seq = 0
        self._log = b""
        self._reconstruct()

    def group_of(self, service_id: str, series: str) -> str:
        """The group of services that a ticket waits in: its service's, the one named in its place, or its letter's.

        Always one that the office has, where it has any: a counter can be asked to serve no other.
        """
        bundle = self.world.content.bundle
        if bundle is None:
            return series
        groups = [group.id for group in bundle.office.series]
        named = next((each.series for each in bundle.services if each.id == service_id), service_id)
        if named in groups:
            return named
        letters = self.world.identity.series
        place = letters.index(series) if series in letters else 0
        return groups[min(place, len(groups) - 1)] if groups else series

    def catch_up(self) -> None:
        """Fold what the logs have behind the last record that was folded."""
        views = self.world.lobby.logs()
        known = next((at for at, view in enumerate(views) if view.log == self._log), 0)
        for view in views[known:]:
            if view.log != self._log:
                self._log, self.seq, self.before = view.log, 0, 0
            for record in _records(self.world, view.log, self.seq):
                self._fold(record)
                self.seq = record.header.seq

    def begin(self, service_date: str) -> None:
        """A new day, of which no record is yet."""
        self.before = self.seq
        self.line.begin(service_date)

    def _fold(self, record: Record) -> None:
        body = _read(record)
        if body is None:
            return
        if isinstance(body, QueueClosed):
            self.line.closed |= body.service_date == self.line.service_date
            return
        group = ""
        if isinstance(body, TicketIssued) and body.series not in self.world.identity.series:
            return  # given by the kiosk that keeps the queue: it waits there
        if isinstance(body, TicketIssued):
            group = self.group_of(body.service, body.series)
        elif isinstance(body, TicketMoved) and body.to_service:
            group = self.group_of(body.to_service, body.series)
        if self.line.begins(record.header.at, body):
            self.before = record.header.seq - 1
        self.line.take(record.header.at, body, group=group)

    def _reconstruct(self) -> None:
        left, closed = LOOK_BACK, False
        for view in reversed(self.world.lobby.logs()):
            self._log = view.log
            self.seq, closed = _start_of(self.world, view.log, view.captured, left)
            self.before = self.seq
            left -= view.captured - self.seq
            if closed or left <= 0:
                break
        self.catch_up()


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
    """The records of a log behind `seq`, without those that are damaged."""
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
