"""The logbook: a kiosk's records under one name ("lobby", "confidential"), over as many logs as it took.

A name has one current log. A new one is opened at enrolment, after a copied or restored disk, when the server answers
*forked*, and when a record is found damaged; its first record, `log.opened`, cites the log before it. Old logs stay
readable and can still be pushed. Receipts are kept for ever; bodies are given up only behind a verified backup, 35
days later.

    lobby = Logbook(store, "lobby", software="sala-kiosk 0.1.0")
    with store.transaction() as tx:
        lobby.open_new(tx, "enrolled", at=at, edition=1)
    with store.transaction() as tx:
        record = lobby.append(tx, RatingGiven(...), at=at, edition=1)
    for record in lobby.after(0):
        ...

The rules of this file:
1. Records are written only behind the head, and only `shared.log.link` makes them.
2. A damaged record never stops the kiosk: the next `append` opens a new log first, in the same transaction.
3. What the server holds is what its signed answers said, never what was sent. A new epoch of the server begins from
   what it says.
4. `prune` takes bodies and salts; headers and receipts stay. It takes none without the signed answer that lets it go,
   in the epoch the server is in now.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from kiosk.store.errors import NoLog, RecordDamaged, RowDamaged
from kiosk.store.rows import ID_LIMIT
from kiosk.store.store import Shelf, Store, Transaction
from shared import kinds, wire
from shared.errors import Fork, Gap, SalaError, TooLarge
from shared.log import Head, link, verify
from shared.records import (
    BODY_BYTES_MAX,
    ID_BYTES,
    NO_HASH,
    RECORD_BYTES_MAX,
    SALT_BYTES,
    At,
    Record,
    decode_record,
    encode_record,
    erase,
    header_hash,
)

#: Bodies stay this long behind a verified backup, between two times that the server signed.
PRUNE_AFTER_MS = 35 * 24 * 3600 * 1000

#: One read for the wire: as many records as one envelope takes, and about as many bytes.
READ_COUNT_MAX = 500
READ_BYTES_MAX = 1024 * 1024

#: This many records at a log's end are verified when its head is first read.
TAIL_COUNT = 32

_encode = msgspec.msgpack.Encoder().encode
_decode_count = msgspec.msgpack.Decoder(int).decode

#: Receipts are looked through this many at a time.
_PROOF_STEP = 200

_DAY_MS = 24 * 3600 * 1000
_HOUR_MS = 3600 * 1000
#: A server is silent for a season and not for longer; what its clock leaps beyond that, it was wrong.
_LEAP_MS = 100 * _DAY_MS
_LOGS_CELL = "logs"
_SERVER_TIME_CELL, _LEAP_CELL = "server_ms", "server_leapt_ms"
_EPOCH_CELL = "epoch"

OpenReason = Literal["enrolled", "copied", "restored", "forked", "damaged"]


class _Log(msgspec.Struct, frozen=True, array_like=True):
    """One log as the store remembers it.

    Once it has ended, `tail_*` name its last readable record. `damaged_seq` is the first record that the server does
    not hold and that cannot be read, else the first that cannot be read, 0 for none. `carried_first` to `carried_seq`
    were appended again elsewhere (0 in logs of older programs: from behind `damaged_seq` on).
    """

    ordinal: int
    log: bytes
    name: str
    ended: bool = False
    tail_seq: int = 0
    tail_hash: bytes = NO_HASH
    damaged_seq: int = 0
    carried_seq: int = 0
    carried_first: int = 0


class _Aging(msgspec.Struct, frozen=True, array_like=True):
    """Bodies up to `seq` lay in a verified backup at `server_ms`; `since_ms` is when this step was begun."""

    since_ms: int
    server_ms: int
    seq: int


class _Standing(msgspec.Struct, frozen=True, array_like=True):
    """What the server said about one log, and how far its bodies were given up."""

    epoch: bytes = b""
    stored_seq: int = 0
    stored_hash: bytes = NO_HASH
    backed_up: int = 0
    receipts: int = 0
    pruned: int = 0
    aging: tuple[_Aging, ...] = ()


class KeptReceipt(msgspec.Struct, frozen=True, array_like=True):
    """A signed answer of the server as it came, with what it says about one log."""

    seq: int
    hash: bytes
    backed_up: int
    epoch: bytes
    server_ms: int
    signed: bytes


_decode_logs = msgspec.msgpack.Decoder(tuple[_Log, ...]).decode
_decode_standing = msgspec.msgpack.Decoder(_Standing).decode
_decode_receipt = msgspec.msgpack.Decoder(KeptReceipt).decode


@dataclass(frozen=True, slots=True)
class LogView:
    """One log of a logbook: how far it goes, and how far the server has it.

    `head` is the last record that can be pushed; `damaged_seq` names the first one that cannot be read (0: none).
    `stranded` counts the records behind that one which the server will never take from this log: see
    `Logbook.carry_over`. `captured` is the number of its last readable record. `epoch` is the server's when it last
    gave a receipt for this log; empty before the first.
    """

    log: bytes
    name: str
    ended: bool
    head: Head
    receipted: Head
    backed_up: int
    damaged_seq: int
    stranded: int
    captured: int
    epoch: bytes

    @property
    def waiting(self) -> int:
        """Records that the server has not said to hold."""
        return max(0, self.head.seq - self.receipted.seq) + self.stranded


@dataclass(frozen=True, slots=True)
class Counts:
    """What the staff screen tells about a logbook: numbers of records over all its logs, and since when one waits."""

    captured: int
    stored: int
    backed_up: int
    waiting: int
    waiting_since: At | None


class Logbook:
    """The records under one name. Any number of these may be made for one store and name; they hold no state of
    their own.
    """

    def __init__(
        self, store: Store, name: str, *, software: str, body_bytes_max: Callable[[], int] = lambda: BODY_BYTES_MAX
    ) -> None:
        """`body_bytes_max` tells how long a body may be just now: the office may take less than the format does."""
        self._store = store
        self._body_bytes_max = body_bytes_max
        self._software = software
        self.name = name

    @property
    def store(self) -> Store:
        """Where it lies: whoever appends opens the transaction there."""
        return self._store

    # ---- writing ---------------------------------------------------------------------------------------------------

    def append(self, tx: Transaction, body: kinds.Body, *, at: At, edition: int, salt: bytes | None = None) -> Record:
        """Append what happened; it is a fact once `tx` ends without error.

        `salt` is 16 random bytes, drawn from the store's source when left out. Raises `NoLog` before enrolment, and
        `Malformed` or `TooLarge` for a body that could not be read back.
        """
        kind, schema, data = kinds.encode(body)
        if len(data) > (most := self._body_bytes_max()):
            raise TooLarge(f"a body of {len(data)} bytes; this office takes {most}")
        return self._append(tx, kind, schema, data, at, edition, salt)

    def open_new(self, tx: Transaction, reason: OpenReason, *, at: At, edition: int) -> Record:
        """End the current log, if there is one, and open the next; its first record cites the head of the last.

        Where the store may have come back from a copy, ticket numbers skip ahead, since some may be on paper already.
        """
        if reason in {"copied", "restored", "forked"}:
            tx.jump_numbers()
        known = list(_known(self._store))
        current = _current(known, self.name)
        parent = Head(b"", 0, b"")
        if current is not None:
            ended = self._end(current)
            parent = self._view(ended).head
            known[ended.ordinal - 1] = ended
        opened = _Log(len(known) + 1, tx.random(ID_BYTES), self.name)
        known.append(opened)
        tx.put_cell(_LOGS_CELL, _encode(known))
        tx.heads[opened.log] = Head.empty(opened.log)
        body = kinds.LogOpened(self.name, reason, parent.log, parent.seq, parent.hash, self._software)
        kind, schema, data = kinds.encode(body)
        return self._append(tx, kind, schema, data, at, edition, None)

    def carry_over(self, tx: Transaction, log: bytes, *, limit: int = READ_COUNT_MAX) -> int:
        """Append the next `limit` stranded records of a damaged log to the current one, with the times they had.

        Call it once the server has said how far it stands in `log` (`record_receipt`), and again until it returns 0:
        the number of records that were looked at. What cannot be read is left out and noted among the store's faults.
        """
        entry = self._entry(log)
        if not entry.ended or not self._view(entry).stranded:
            return 0
        shelf = self._shelf(entry)
        first, last = _next_to_carry(entry, limit)
        for seq, sealed in self._store.load_run(shelf, first, last):
            try:
                record = _read(shelf, entry, seq, sealed)
            except RecordDamaged as error:
                self._store.note(str(error))
                continue
            header = record.header
            if record.body is not None and header.kind != "log.opened":
                self._append(tx, header.kind, header.schema, record.body, header.at, header.edition, record.salt)
        known = list(_known(self._store))
        known[entry.ordinal - 1] = msgspec.structs.replace(
            entry,
            carried_first=min(first, entry.carried_first or entry.damaged_seq + 1),
            carried_seq=max(last, entry.carried_seq),
        )
        tx.put_cell(_LOGS_CELL, _encode(known))
        return last - first + 1

    def mark_damaged(self, tx: Transaction, log: bytes, seq: int) -> None:
        """Remember that record `seq` of a log cannot be read: the log ends, and the next `append` opens a new one.

        Of several, the first that the server does not hold is the one that stops the log.
        """
        entry = self._entry(log)
        stored_seq = self._standing(entry).stored_seq

        def weight(damaged_seq: int) -> tuple[bool, int]:
            return damaged_seq <= stored_seq, damaged_seq

        if not entry.damaged_seq or weight(seq) < weight(entry.damaged_seq):
            known = list(_known(self._store))
            known[entry.ordinal - 1] = msgspec.structs.replace(entry, damaged_seq=seq)
            tx.put_cell(_LOGS_CELL, _encode(known))

    def forget_receipt(self, tx: Transaction, log: bytes) -> None:
        """What the server said of this log holds no longer, since it wants again what it once had: a record that cannot
        be read any more, so that what lies behind it is stranded, or a branch that it lost. Receipts themselves stay.
        """
        entry = self._entry(log)
        old = self._standing(entry)
        self._put_standing(tx, entry, _Standing(epoch=old.epoch, receipts=old.receipts, pruned=old.pruned))

    def record_receipt(
        self,
        tx: Transaction,
        *,
        log: bytes,
        seq: int,
        hash_: bytes,
        backed_up: int,
        epoch: bytes,
        server_ms: int,
        signed: bytes,
    ) -> None:
        """Keep what a verified answer of the server says: it holds `log` up to `seq`, and in a verified backup up to
        `backed_up`.

        `signed` is the answer as it came. Within one epoch neither number ever goes back; a new epoch begins from
        what it says. An answer that says nothing new is not written. Raises `Gap` or `Fork` for a record that this
        log does not have.
        """
        entry = self._entry(log)
        mine = self.hash_at(seq, log)
        if mine is None:
            raise Gap(f"the server names record {seq}, which this log does not have")
        if mine != hash_:
            raise Fork(f"the server holds another record {seq}")
        old = self._standing(entry)
        told_ms = self._server_ms()
        same_epoch = epoch == old.epoch
        news = not same_epoch or seq > old.stored_seq or backed_up > old.backed_up
        self.know_epoch(tx, epoch)
        if not news and abs(server_ms - told_ms) < _HOUR_MS:
            return
        self._tell_time(tx, told_ms, server_ms)
        if not news:
            return
        stored = Head(log, seq, hash_)
        backed = min(backed_up, seq)
        aging: tuple[_Aging, ...] = ()
        if same_epoch:
            stored = max(stored, Head(log, old.stored_seq, old.stored_hash), key=lambda head: head.seq)
            backed = max(backed, old.backed_up)
            aging = old.aging
        if backed > (old.backed_up if same_epoch else 0):
            aging = _aged(aging, server_ms, backed)
        number = old.receipts + 1
        tx.put(
            self._store.shelf("receipt", log.hex(), entry.ordinal),
            number,
            _encode(KeptReceipt(seq, hash_, backed_up, epoch, server_ms, signed)),
        )
        self._put_standing(tx, entry, _Standing(epoch, stored.seq, stored.hash, backed, number, old.pruned, aging))

    def _tell_time(self, tx: Transaction, told_ms: int, server_ms: int) -> None:
        tx.put_cell(_SERVER_TIME_CELL, _encode(server_ms))
        if told_ms and abs(server_ms - told_ms) > _LEAP_MS:
            tx.put_cell(_LEAP_CELL, _encode(server_ms))

    def keep_receipts(self, tx: Transaction) -> None:
        """Where a salvage lost what the server said of a log, it says so again; the receipts that lie there stay."""
        for entry in self._mine():
            last = self._store.load_last(self._store.shelf("receipt", entry.log.hex(), entry.ordinal))
            if last is not None and not self._standing(entry).receipts:
                self._put_standing(tx, entry, _Standing(receipts=last[0]))

    def know_epoch(self, tx: Transaction, epoch: bytes) -> None:
        """A verified answer was given in `epoch`: what the server promised in another one lets go of nothing more."""
        if epoch != self._epoch():
            tx.put_cell(_EPOCH_CELL, epoch)

    def prune(self, tx: Transaction, *, limit: int = READ_COUNT_MAX) -> int:
        """Give up the bodies that have lain in a verified backup for 35 days; returns how many records were looked at.

        The days lie between two times that the server signed; the kiosk's clock has no say. Where the server's own
        leapt, one of the two was wrong, and the days begin anew. A log of which the server
        has said nothing since it was restored waits, and so does one whose receipt cannot be read any more.
        `log.opened` keeps its body.
        """
        now_ms, epoch = self._server_ms(), self._epoch()
        from_ms = self._store.count_cell(_LEAP_CELL)
        looked_at = 0
        for entry in self._mine():
            standing = self._standing(entry)
            if standing.epoch != epoch:
                continue
            ripe = [step for step in standing.aging if max(step.server_ms, from_ms) + PRUNE_AFTER_MS <= now_ms]
            until = max((step.seq for step in ripe), default=0)
            last = min(until, standing.pruned + limit - looked_at)
            if last <= standing.pruned or not self._proved(entry, epoch, until):
                continue
            shelf = self._shelf(entry)
            for seq, sealed in self._store.load_run(shelf, standing.pruned + 1, last):
                try:
                    record = _read(shelf, entry, seq, sealed)
                except RecordDamaged as error:
                    self._store.note(str(error))
                    continue
                if record.body is not None and record.header.kind != "log.opened":
                    tx.put(shelf, seq, encode_record(erase(record)))
            looked_at += last - standing.pruned
            aging = tuple(step for step in standing.aging if step.seq > last)
            self._put_standing(tx, entry, msgspec.structs.replace(standing, pruned=last, aging=aging))
        return looked_at

    # ---- reading ---------------------------------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """The head of the current log; raises `NoLog` before enrolment."""
        with self._store.lock:
            return self._view(self._now()).head

    def logs(self) -> tuple[LogView, ...]:
        """All logs of this name, oldest first; the last is the current one."""
        with self._store.lock:
            return tuple(map(self._view, self._mine()))

    def after(
        self,
        seq: int,
        *,
        log: bytes | None = None,
        limit_count: int = READ_COUNT_MAX,
        limit_bytes: int = READ_BYTES_MAX,
    ) -> Iterator[Record]:
        """The records behind `seq` of a log (the current one if none is named), as far as the limits go; at least one
        if there is one.

        `limit_bytes` counts records as they are kept. Raises `RecordDamaged` when it comes to a record that cannot be
        read: those before it have been given by then.
        """
        entry = self._now() if log is None else self._entry(log)
        shelf = self._shelf(entry)
        run = self._store.load_run(shelf, seq + 1, ID_LIMIT, limit_count)
        total = 0
        for expected, (found, sealed) in enumerate(run, seq + 1):
            total += len(sealed)
            if total > limit_bytes and expected > seq + 1:
                return
            if found != expected:
                raise RecordDamaged(entry.log, expected, "it is missing")
            yield _read(shelf, entry, found, sealed)
        if len(run) < limit_count and seq + len(run) < entry.tail_seq:
            raise RecordDamaged(entry.log, seq + len(run) + 1, "it is missing")

    def between(self, first: int, last: int, *, log: bytes | None = None) -> Iterator[Record]:
        """Records `first` to `last` of a log, both included; raises `RecordDamaged` as `after` does."""
        for record in self.after(first - 1, log=log, limit_count=last - first + 1, limit_bytes=2**63):
            if record.header.seq > last:
                return
            yield record

    def hash_at(self, seq: int, log: bytes | None = None) -> bytes | None:
        """The hash of the header of record `seq`; None behind the log's end or for a log that is not ours.

        A damaged record's hash is told by the one behind it, or by the server's receipt for it.
        """
        try:
            entry = self._now() if log is None else self._entry(log)
        except NoLog:
            return None
        if seq == 0:
            return NO_HASH
        shelf = self._shelf(entry)
        run = self._store.load_run(shelf, seq, seq + 1)
        for found, sealed in run:
            try:
                record = _read(shelf, entry, found, sealed)
            except RecordDamaged:
                continue
            return header_hash(record.header) if found == seq else record.header.prev
        if not run:
            return None
        standing = self._standing(entry)
        if standing.stored_seq == seq:
            return standing.stored_hash
        raise RecordDamaged(entry.log, seq, "neither it nor the one behind it can be read")

    def receipts(self, log: bytes) -> list[KeptReceipt]:
        """All receipts that were kept for a log, oldest first."""
        entry = self._entry(log)
        shelf = self._store.shelf("receipt", log.hex(), entry.ordinal)
        return [
            _decode_receipt(shelf.cipher.open(number, sealed))
            for number, sealed in self._store.load_run(shelf, 1, ID_LIMIT)
        ]

    def counts(self) -> Counts:
        """Captured, stored, backed up, waiting: what may be told to people."""
        views = self.logs()
        waiting_since = None
        for view in views:
            if view.waiting:
                waiting_since = self._time_of(view)
                break
        return Counts(
            captured=sum(view.captured for view in views),
            stored=sum(view.receipted.seq for view in views),
            backed_up=sum(view.backed_up for view in views),
            waiting=sum(view.waiting for view in views),
            waiting_since=waiting_since,
        )

    def check(self, log: bytes, *, last: int = ID_LIMIT, step: int = 1000) -> int:
        """Verify a log's chain from its first record to `last` or its end; returns how many records hold.

        Reads `step` records at a time, so that touches go on in between. Raises `RecordDamaged` for the first that does
        not hold.
        """
        entry = self._entry(log)
        shelf = self._shelf(entry)
        head = Head.empty(log)
        while run := self._store.load_run(shelf, head.seq + 1, last, step):
            for seq, sealed in run:
                if seq != head.seq + 1:
                    raise RecordDamaged(log, head.seq + 1, "it is missing")
                head = _follow(shelf, head, log, seq, sealed)
        if head.seq < min(last, entry.tail_seq):
            raise RecordDamaged(log, head.seq + 1, "it is missing")
        return head.seq

    def shelf(self, log: bytes) -> Shelf:
        """Where the records of a log lie, for this package."""
        return self._shelf(self._entry(log))

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _append(
        self, tx: Transaction, kind: str, schema: int, data: bytes, at: At, edition: int, salt: bytes | None
    ) -> Record:
        entry = self._now()
        head, damaged_seq = self._tail(entry)
        if damaged_seq or entry.damaged_seq:
            self.open_new(tx, "damaged", at=at, edition=edition)
            entry = self._now()
            head = tx.heads[entry.log]
        record, after = link(
            head, kind=kind, schema=schema, edition=edition, at=at, salt=salt or tx.random(SALT_BYTES), body=data
        )
        tx.add_record(self._shelf(entry), record, head, after)
        return record

    def _tail(self, entry: _Log) -> tuple[Head, int]:
        """As `_examine`, but a sound end is read only once."""
        with self._store.lock:  # nobody may append between the reading and the remembering
            head = self._store.head(entry.log)
            if head is not None:
                return head, 0
            head, damaged_seq = self._examine(entry)
            if not damaged_seq:
                self._store.know_head(head)
            return head, damaged_seq

    def _examine(self, entry: _Log) -> tuple[Head, int]:
        """The last readable record of a log, and the first damaged one among its last `TAIL_COUNT` (0: none)."""
        shelf = self._shelf(entry)
        last = self._store.load_last(shelf)
        if last is None:
            return Head.empty(entry.log), 0
        tail, damaged_seq = Head.empty(entry.log), 0
        first = max(1, last[0] - TAIL_COUNT + 1)
        before = tail if first == 1 else None
        found = dict(self._store.load_run(shelf, first, last[0]))
        for seq in range(first, last[0] + 1):
            try:
                if seq not in found:
                    raise RecordDamaged(entry.log, seq, "it is missing")  # noqa: TRY301 - handled as any damage
                tail = before = _follow(shelf, before, entry.log, seq, found[seq])
            except RecordDamaged as error:
                self._store.note(str(error))
                damaged_seq = damaged_seq or seq
                before = None
        return tail, damaged_seq

    def _end(self, entry: _Log) -> _Log:
        """The entry of a log that goes on no more."""
        if entry.ended:
            return entry
        tail, found_seq = self._tail(entry)
        return msgspec.structs.replace(
            entry, ended=True, tail_seq=tail.seq, tail_hash=tail.hash, damaged_seq=entry.damaged_seq or found_seq
        )

    def _view(self, entry: _Log) -> LogView:
        standing = self._standing(entry)
        receipted = Head(entry.log, standing.stored_seq, standing.stored_hash)
        damaged_seq = entry.damaged_seq
        if entry.ended:
            tail = Head(entry.log, entry.tail_seq, entry.tail_hash)
        else:
            tail, found_seq = self._tail(entry)
            damaged_seq = damaged_seq or found_seq
        head, stranded = tail, 0
        if receipted.seq < damaged_seq:
            head = self._before(damaged_seq, receipted)
            behind, before = tail.seq - max(damaged_seq, entry.carried_seq), entry.carried_first - 1 - damaged_seq
            stranded = max(0, behind) + max(0, before)
        return LogView(
            entry.log,
            entry.name,
            entry.ended,
            head,
            receipted,
            standing.backed_up,
            damaged_seq,
            stranded,
            tail.seq,
            standing.epoch,
        )

    def _before(self, seq: int, receipted: Head) -> Head:
        """The last record before `seq` that can be told of; the server's receipt knows its own by itself."""
        for earlier in range(seq - 1, receipted.seq, -1):
            try:
                return Head(receipted.log, earlier, self.hash_at(earlier, receipted.log) or NO_HASH)
            except RecordDamaged as damage:
                self._store.note(str(damage))
        return receipted

    def _time_of(self, view: LogView) -> At | None:
        """When the oldest waiting record of a log was captured; None where that one cannot be read."""
        first = view.receipted.seq + 1 if view.head.seq > view.receipted.seq else view.damaged_seq + 1
        try:
            return next((record.header.at for record in self.after(first - 1, log=view.log, limit_count=1)), None)
        except RecordDamaged as damage:
            self._store.note(str(damage))
            return None

    def _mine(self) -> list[_Log]:
        return [entry for entry in _known(self._store) if entry.name == self.name]

    def _now(self) -> _Log:
        entry = _current(_known(self._store), self.name)
        if entry is None:
            raise NoLog(f"no log is open under the name {self.name}")
        return entry

    def _entry(self, log: bytes) -> _Log:
        for entry in _known(self._store):
            if entry.log == log:
                return entry
        raise NoLog(f"log {log.hex()[:8]} is not in this store")

    def _shelf(self, entry: _Log) -> Shelf:
        return self._store.shelf("record", entry.log.hex(), entry.ordinal)

    def _standing(self, entry: _Log) -> _Standing:
        data = self._store.cell(f"standing/{entry.ordinal}")
        return _Standing() if data is None else _decode_standing(data)

    def _put_standing(self, tx: Transaction, entry: _Log, standing: _Standing) -> None:
        tx.put_cell(f"standing/{entry.ordinal}", _encode(standing))

    def _proved(self, entry: _Log, epoch: bytes, seq: int) -> bool:
        """Whether a kept answer of this epoch says that everything up to `seq` lies in a verified backup."""
        shelf = self._store.shelf("receipt", entry.log.hex(), entry.ordinal)
        last = self._standing(entry).receipts
        while last > 0:  # the newest first: the answer that is looked for is rarely far back
            run = self._store.load_run(shelf, max(1, last - _PROOF_STEP + 1), last)
            for number, sealed in reversed(list(run)):
                try:
                    kept = _decode_receipt(shelf.cipher.open(number, sealed))
                except RowDamaged as error:
                    self._store.note(str(error))
                    continue
                if kept.epoch == epoch and kept.backed_up >= seq:
                    return True
            last -= _PROOF_STEP
        return False

    def _epoch(self) -> bytes:
        """The epoch that the server named last; empty before its first answer."""
        return self._store.cell(_EPOCH_CELL) or b""

    def _server_ms(self) -> int:
        """The time that the server signed last."""
        data = self._store.cell(_SERVER_TIME_CELL)
        return 0 if data is None else _decode_count(data)


def log_names(store: Store) -> list[str]:
    """The names under which logs were opened in a store."""
    return sorted({entry.name for entry in _known(store)})


def _known(store: Store) -> tuple[_Log, ...]:
    data = store.cell(_LOGS_CELL)
    return () if data is None else _decode_logs(data)


def _current(known: Sequence[_Log], name: str) -> _Log | None:
    return next((entry for entry in reversed(known) if entry.name == name), None)


def _read(shelf: Shelf, entry: _Log, seq: int, sealed: bytes) -> Record:
    """The record in a row, whole in itself; raises `RecordDamaged`, which names it."""
    try:
        record = decode_record(shelf.cipher.open(seq, sealed))
    except SalaError as error:
        raise RecordDamaged(entry.log, seq, str(error)) from error
    if (record.header.log, record.header.seq) != (entry.log, seq):
        raise RecordDamaged(entry.log, seq, "another record lies in its place")
    return record


def _follow(shelf: Shelf, head: Head | None, log: bytes, seq: int, sealed: bytes) -> Head:
    """The head after the record in a row, which must follow `head` (any head if None); raises `RecordDamaged`."""
    try:
        record = wire.decode(Record, shelf.cipher.open(seq, sealed), bytes_max=RECORD_BYTES_MAX)
        return verify(head or Head(log, seq - 1, record.header.prev), (record,))
    except SalaError as error:
        raise RecordDamaged(log, seq, str(error)) from error


def _next_to_carry(entry: _Log, limit: int) -> tuple[int, int]:
    """The first and last of the next records behind the damaged one that were not appended elsewhere yet.

    Where a record before those that were carried proved damaged later, what lies between comes first, from its end.
    """
    if entry.damaged_seq + 1 < entry.carried_first:
        return max(entry.damaged_seq + 1, entry.carried_first - limit), entry.carried_first - 1
    first = max(entry.damaged_seq, entry.carried_seq) + 1
    return first, min(entry.tail_seq, first + limit - 1)


def _aged(aging: tuple[_Aging, ...], server_ms: int, seq: int) -> tuple[_Aging, ...]:
    """The steps of backed-up records with one more: at most one a day, so that the list stays short.

    Within a day the last step moves on, which lets a body stay a day longer and never shorter.
    """
    if aging and 0 <= server_ms - aging[-1].since_ms < _DAY_MS:
        return (*aging[:-1], _Aging(aging[-1].since_ms, server_ms, seq))
    return (*aging, _Aging(server_ms, server_ms, seq))
