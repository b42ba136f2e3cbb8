"""What the server's signed answers change on this kiosk, whichever way they came: over the line or on a stick.

    hearing = Hearing(world, clock, book)
    push = hearing.push()                             # what is said: `shared.protocol`
    answer = read_answer(signed, key)
    events = push.hear(answer)
    hearing.keep(events, answer, signed)

The rules of this file:
1. A count moves only with a verified answer, and the answer is kept beside it, in one transaction.
2. A log that cannot go on ends at once, and a new one that cites it is opened; what waits in the old one is still sent.
3. A damaged record stops its log, never the others: what can be read behind it is appended to the new log.
"""

import logging
from collections.abc import Container
from dataclasses import replace
from typing import Protocol

from kiosk.clock import Moment, possible
from kiosk.desk import asked, contact
from kiosk.desk.world import World
from kiosk.store import Logbook, LogView, OpenReason, RecordDamaged, Transaction, apart
from shared.protocol import (
    Answer,
    EditionOffered,
    Event,
    Limits,
    Local,
    NewLogNeeded,
    Position,
    Push,
    Refusal,
    Refused,
    ServerRestored,
    Stored,
)
from shared.records import At
from shared.thai import service_date

logger = logging.getLogger(__name__)


class Watch(Protocol):
    """What tells the moment: the kiosk's clock, or one reading of it."""

    def now(self) -> Moment:
        """When what is done now happens."""


class Hearing:
    """The kiosk's side of what is said about one logbook.

    `edition` is the newest content the server spoke of; `again` says that something new waits already, such as the
    first record of a new log.
    """

    def __init__(self, world: World, clock: Watch, book: Logbook) -> None:
        self.edition = 0
        self.again = False
        self._world = world
        self._clock = clock
        self._book = book
        #: The logs of which the server has said how far it holds them.
        self._placed: set[bytes] = set()

    def push(self, aside: Container[bytes] = ()) -> Push:
        """A conversation about what waits in this logbook now; of the logs in `aside` nothing is sent."""
        return conversation(self._world, self._book, aside)

    def keep(self, events: list[Event], answer: Answer, signed: bytes, question: asked.Question | None = None) -> None:
        """What an answer changes on the disk, all of it or nothing. `question` is the one it answers, where that was
        days on its way; what was said at once meanwhile is newer, and an answer to a question from before ticket
        numbers skipped ahead, for what it says itself or something else, tells of no day since.
        """
        before = contact.read(self._world.store)
        # By order first: after a wrong year of the server, times tell nothing.
        newest = question is None or before.server_ms == question.heard_ms or before.server_ms <= answer.server_ms
        # A server whose database is away refuses in no epoch.
        epoch = before.epoch if isinstance(answer, Refusal) else answer.epoch
        now = replace(before, epoch=epoch)
        server_ms = answer.server_ms if newest else before.server_ms
        with self._book.store.transaction() as tx:
            if not isinstance(answer, Refusal):
                self._book.know_epoch(tx, answer.epoch)
            if isinstance(answer, Position):
                self._forget_ended_epoch(tx, events, answer.epoch)
            for event in events:
                match event:
                    case Stored(head, backed_up):
                        self._book.record_receipt(
                            tx, log=head.log, seq=head.seq, hash_=head.hash, backed_up=backed_up, epoch=answer.epoch,
                            server_ms=answer.server_ms, signed=signed,
                        )  # fmt: skip
                    # An answer from before the last receipt, in one epoch, was only overtaken.
                    case ServerRestored(log, server_seq, receipted_seq) if (
                        question is None or self._epoch_of(log) != answer.epoch
                    ):
                        logger.warning("server restored: log %s, %d of %d", log.hex()[:8], server_seq, receipted_seq)
                        now = replace(now, restored_ms=answer.server_ms)
                    case NewLogNeeded(log, reason):
                        if not (isinstance(answer, Refusal) and self._in_vain()) and self._open_new(tx, log, reason):
                            now = replace(now, new_log_ms=answer.server_ms, new_log_reason=reason)
                    case EditionOffered(edition):
                        self.edition = edition
                    case Refused():
                        pass
            moment = contact.instant(answer.server_ms) if possible(answer.server_ms) else None
            if moment is not None and (question is None or question.jumps == self._book.store.jumps):
                tx.date_jump(service_date(moment))
            if isinstance(answer, Position):
                self._placed.update(stand.log for stand in answer.stands)
            if isinstance(answer, Position) and newest:
                now = replace(now, revoked=answer.revoked)
            if now != before or abs(server_ms - before.server_ms) >= contact.WRITE_AGAIN_MS:
                contact.write(self._world.store, replace(now, server_ms=server_ms))

    def _epoch_of(self, log: bytes) -> bytes:
        """The server's epoch when it last gave a receipt for one of these logs."""
        return next(view.epoch for view in self._book.logs() if view.log == log)

    def _forget_ended_epoch(self, tx: Transaction, events: list[Event], epoch: bytes) -> None:
        """Where a log parted from the server's, a receipt of an epoch that ended says nothing of this branch: all of it
        is sent again, however it is carried.
        """
        held = {event.head.log for event in events if isinstance(event, Stored)}
        parted = {event.log for event in events if isinstance(event, NewLogNeeded)} - held
        for view in self._book.logs():
            if view.log in parted and view.receipted.seq and view.epoch != epoch:
                self._book.forget_receipt(tx, view.log)

    def end_damaged(self, damage: RecordDamaged) -> None:
        """A record that had to be told of cannot be read: its log ends before it, and a new one goes on."""
        logger.error("%s", damage)
        with self._book.store.transaction() as tx:
            self._book.mark_damaged(tx, damage.log, damage.seq)
            self._end(tx, damage.log)
            if any(x.log == damage.log and x.receipted.seq >= damage.seq for x in self._book.logs()):
                self._book.forget_receipt(tx, damage.log)

    def carry_over(self) -> None:
        """Append what can be read behind a damaged record to the current log, opened now if the damage is in it. Of a
        log whose place the server has not named it may hold more than it told: there nothing is appended twice.
        """
        for view in self._book.logs():
            moved = view.stranded if view.log in self._placed else 0
            while moved:
                with self._book.store.transaction() as tx:
                    self._end(tx, view.log)
                    moved = self._book.carry_over(tx, view.log)
                self.again = True

    def _end(self, tx: Transaction, log: bytes) -> None:
        """A log that cannot go on because of a damaged record."""
        if self._open_new(tx, log, "damaged"):
            contact.note_new_log(self._world.store, "damaged")

    def _in_vain(self) -> bool:
        """Whether the server declines this log from its beginning, as it declined the one before: then any other."""
        *others, last = self._book.logs()
        return bool(others) and others[-1].waiting > 0 and not last.receipted.seq

    def _open_new(self, tx: Transaction, log: bytes, reason: OpenReason) -> bool:
        """Go on in a new log, unless `log` was left behind already: the same news twice opens no second one."""
        if self._book.logs()[-1].log != log:
            return False
        logger.warning("log %s ends (%s); a new one goes on", log.hex()[:8], reason)
        self._book.open_new(tx, reason, at=self._at(), edition=self._world.content.edition)
        self.again = True
        return True

    def _at(self) -> At:
        """When a log is opened: to the moment in the lobby, to the day elsewhere."""
        moment = self._clock.now()
        return moment.at if self._book.name == self._world.lobby.name else apart.at(moment.service_date)


def conversation(world: World, book: Logbook, aside: Container[bytes] = ()) -> Push:
    """A conversation about the current log, and about old ones of which the server lacks something, has no backup yet,
    or has said nothing since it was restored. Of the logs in `aside` nothing is sent.
    """
    *old, current = book.logs()
    epoch = contact.read(world.store).epoch
    unsure = [view for view in old if view.waiting or view.backed_up < view.head.seq or view.epoch != epoch]

    def hash_at(log: bytes, seq: int) -> bytes | None:
        try:
            return book.hash_at(seq, log)
        except RecordDamaged:
            if log == current.log:
                raise
            # The last record of a log that was left: no news, and nothing that another log should wait for.
            return None

    own = Limits(world.limits.batch_records, world.limits.envelope_bytes)
    return Push(world.trust.me(), map(_local, [*unsure, current]), hash_at, own, aside)


def _local(view: LogView) -> Local:
    return Local(view.name, view.head, view.receipted, view.epoch)
