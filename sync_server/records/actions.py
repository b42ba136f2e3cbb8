"""Keeping what was received: the one place that writes logs.

    kept = append(opened, kiosk, now=now)        in one transaction; kept.head is what the receipt names

Rules of this file:
1. One log is written by one transaction at a time (a lock on its rows); logs do not wait for each other.
2. A record is inserted under a unique (log, seq) with ON CONFLICT DO NOTHING and then compared: a repeat is no error,
   another record in the same place is never overwritten.
3. A record that came without its body is given it by whoever brings it later, for its hash names no other. That is the
   only change a row ever sees here.
4. Nothing is interpreted here. `followers` are told after the commit, and do what they do in their own time.
5. Positions never go back within an epoch, nor does what is backed up. A database older than its anchor starts a new
   one.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from shared import kinds, protocol
from shared import log as chain
from shared.kinds import LogOpened
from shared.log import Head
from shared.protocol import Append, NotTaken, Opened, Reason
from shared.records import ID_BYTES, NO_HASH, Record, encode_header
from sync_server.kiosks.actions import raise_alarm
from sync_server.kiosks.models import AlarmKind, Kiosk, KioskState
from sync_server.organisations.models import Office
from sync_server.records import anchor
from sync_server.records.models import Cursor, Epoch, Log, RecordRow, SetAside
from sync_server.records.queries import current_epoch, stored_total
from sync_server.records.together import together
from sync_server.records.traffic import traffic

#: Told after each commit that brought records or changed what a citizen may read. The projectors put themselves here;
#: whoever is here must return at once.
followers: list[Callable[[], None]] = []


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the log stands after an append, and whether these records lie on one of several branches. `apart`: they
    come after the last record that their kiosk was trusted for, so they are kept and do not count.
    """

    head: Head
    forked: bool
    new: int
    apart: bool = False


def append(opened: Opened, kiosk: Kiosk, *, now: dt.datetime) -> Kept:
    """Keep the records of a verified batch; commit before anyone is told. What one kiosk brings of another's log lies
    on a branch, and counts once a person has looked.

    Raises `NotTaken`: `GAP` where records are missing before the batch, `MALFORMED` where the kiosk began logs without
    end; then staff are told.
    """
    with traffic:
        try:
            return together(lambda: _append(opened, kiosk, now))
        except _TooManyLogs:
            # After the refusal has undone its own work, or it would undo the alarm.
            together(lambda: _goes_on(AlarmKind.TOO_MANY_LOGS, kiosk, now))
            raise


class _TooManyLogs(NotTaken):
    """The kiosk began all the logs and branches that it may. Of the reasons, one that keeps back this log and no other,
    and behind which a kiosk begins no new one.
    """

    def __init__(self) -> None:
        super().__init__(Reason.MALFORMED)


def _may_begin(kiosk: Kiosk) -> None:
    if Log.objects.filter(kiosk=kiosk).count() >= protocol.LOGS_MAX:
        raise _TooManyLogs


def _append(opened: Opened, kiosk: Kiosk, now: dt.datetime) -> Kept:
    branches = _locked(opened, kiosk, now)
    branch, known = _where_it_fits(opened, branches)
    verdict = protocol.judge(opened, _head(branch), known)
    # A device that was enrolled once more, as another kiosk, brings what its old log lacked on a line of its own:
    # whoever revokes it takes that back.
    if isinstance(verdict, Append) and (not verdict.records or branch.kiosk_id == kiosk.pk):
        kept = _extend(branch, verdict.records, verdict.hashes, verdict.head, kiosk, now)
    else:
        kept = _part(opened, branch, branches, known, kiosk, now)
    filled = _fill(opened, branches)
    if kept.new or filled:
        transaction.on_commit(tell)
    if kept.new and not kiosk.active:
        _goes_on(AlarmKind.REVOKED_SENT, kiosk, now)
    return kept


def _goes_on(kind: AlarmKind, kiosk: Kiosk, now: dt.datetime) -> None:
    """Tell staff of what a kiosk does with every batch: who has looked at it is told again the next day."""
    raise_alarm(kiosk.office, kind, kiosk.kiosk_id, now=now, kiosk=kiosk, rests=dt.timedelta(days=1))


def start(office: Office, *, now: dt.datetime, epoch: bytes) -> Epoch:
    """What a server process does before it answers: compare the database with its anchor.

    A database that holds fewer records than the anchor says, or another epoch, came back from a backup; then `epoch`
    (16 fresh bytes) becomes the new one and an alarm is raised. The very first start mints the first epoch.
    """
    with transaction.atomic():
        _hold(office)
        held, total, said = current_epoch(office), stored_total(office), anchor.read()
        reason = _why_new_epoch(held, total, said)
        current = held if held is not None and reason is None else _mint(office, epoch, reason or "first start", now)
    anchor.write(anchor.Anchor(current.epoch, total))
    return current


def restored(office: Office, reason: str, *, now: dt.datetime, epoch: bytes) -> Epoch:
    """The database just came back from a backup: begin a new epoch (16 fresh bytes), raise the alarm, and write both
    down outside the database.
    """
    with transaction.atomic():
        _hold(office)
        current = _mint(office, epoch, reason, now)
    save_anchor(office)
    return current


def mark_backed_up(office: Office, epoch: str, heads: Mapping[int, Head]) -> bool:
    """The branches (by primary key) lie in a verified backup up to these heads: kiosks are told so at their next
    contact.

    False, with nothing changed, where the backup was made in another epoch than this one. Raises `LookupError` where a
    branch does not hold that very record.
    """
    with transaction.atomic():
        _hold(office)
        held = current_epoch(office)
        if held is None or held.epoch != epoch:
            return False
        for branch in Log.objects.filter(office=office, pk__in=heads):
            head = heads[branch.pk]
            if head.seq and _hashes(branch, head.seq, head.seq).get(head.seq) != head.hash:
                raise LookupError(f"log {branch} does not hold record {head.seq} of the backup")
            if head.seq > branch.backed_up:
                Log.objects.filter(pk=branch.pk).update(backed_up=head.seq)
    return True


def save_anchor(office: Office) -> None:
    """Write down outside the database how much it holds; called by the follower, off the road of ingest."""
    held = current_epoch(office)
    if held is not None:
        anchor.write(anchor.Anchor(held.epoch, stored_total(office)))


def _hold(office: Office) -> None:
    """Lock the office with all its logs. Everywhere a kiosk is locked before its logs and the office last, or two would
    wait for each other; and without their keys, so that rows which only refer to them may be written meanwhile.
    """
    list(Log.objects.select_for_update(no_key=True).filter(office=office).values_list("pk"))
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def _mint(office: Office, epoch: bytes, reason: str, now: dt.datetime) -> Epoch:
    """A new epoch. What earlier backups hold counts no more, since this database may be older than they are."""
    first = current_epoch(office) is None
    current = Epoch.objects.create(office=office, epoch=epoch.hex(), minted_at=now, reason=reason)
    Log.objects.filter(office=office).update(backed_up=0)
    if not first:
        raise_alarm(office, AlarmKind.SERVER_RESTORED, current.epoch, now=now, detail=reason)
    return current


def _why_new_epoch(held: Epoch | None, total: int, said: anchor.Anchor | None) -> str | None:
    if held is None:
        return "first start"
    if said is None:
        return "the anchor beside the database is missing" if total else None
    if said.epoch != held.epoch:
        return "the database is of another epoch than its anchor"
    if said.stored > total:
        return f"the database holds {total} records, its anchor says {said.stored}"
    return None


def tell() -> None:
    """Wake the followers of this process; used with `transaction.on_commit`."""
    for follower in followers:
        follower()


# --- how a batch meets the branches of its log ---------------------------------------------------------------------


def _locked(opened: Opened, kiosk: Kiosk, now: dt.datetime) -> list[Log]:
    """Every branch of the log, locked, branch 0 first; made when this is its first batch."""
    log_id = opened.header.log.hex()
    found = _branches(kiosk, log_id)
    if not found:
        _may_begin(kiosk)
        first = Log(
            office_id=kiosk.office_id, kiosk=kiosk, log_id=log_id, base_hash=NO_HASH, head_hash=NO_HASH, opened_at=now,
            counts_through=_counts_from_the_start(kiosk), parent=_parent(opened),
        )  # fmt: skip
        Log.objects.bulk_create([first], ignore_conflicts=True)
        found = _branches(kiosk, log_id)
    return found


def _parent(opened: Opened) -> str:
    """The log that this one goes on from, by its first record; empty where it says nothing."""
    first = opened.records[0]
    body = kinds.decode(first.header.kind, first.header.schema, first.body or b"")
    return body.parent_log[:ID_BYTES].hex() if isinstance(body, LogOpened) and first.header.seq == 1 else ""


_FIRST_LINE = "SELECT 1 FROM records_log WHERE office_id = %s AND log_id = %s AND branch = 0"
_LINES = "SELECT * FROM records_log WHERE office_id = %s AND log_id = %s ORDER BY branch"


def _branches(kiosk: Kiosk, log_id: str) -> list[Log]:
    where, locking = (kiosk.office_id, log_id), ""
    # SQLite's one lock was taken at BEGIN. Elsewhere a statement that had to wait does not see the branch for which it
    # waited: the first line is locked by one of its own, and what the next one sees is all there is.
    if connection.features.has_select_for_update:
        locking = " FOR NO KEY UPDATE"
        with connection.cursor() as cursor:
            cursor.execute(_FIRST_LINE + locking, where)
    return list(Log.objects.raw(_LINES + locking, where))


def _counts_from_the_start(kiosk: Kiosk) -> int | None:
    """How far a log counts that this kiosk begins now: not at all where it is revoked. Locks the kiosk's row, so that
    a revocation and a new log see each other.
    """
    state = Kiosk.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=kiosk.pk)
    return None if state == KioskState.ENROLLED else 0


def _where_it_fits(opened: Opened, branches: Sequence[Log]) -> tuple[Log, Mapping[int, bytes]]:
    """The branch that holds the record before the batch and shares most of it, and the hashes it holds around there.

    Raises `NotTaken(GAP)` where no branch holds that record.
    """
    first, last = opened.header.first_seq, opened.header.first_seq + len(opened.hashes) - 1
    best: tuple[int, Log, Mapping[int, bytes]] | None = None
    for branch in branches:
        # Of several, another one may hold these very records: they must not lie on two.
        if len(branches) == 1 and first == branch.seq + 1 and opened.header.prev == bytes(branch.head_hash):
            return branch, {branch.seq: bytes(branch.head_hash)}
        known = _hashes(branch, first - 1, last)
        if first != 1 and known.get(first - 1) != opened.header.prev:
            continue
        agreement = _shared(known, first, opened.hashes)
        if best is None or agreement > best[0]:
            best = (agreement, branch, known)
    if best is None:
        raise NotTaken(Reason.GAP)
    return best[1], best[2]


def _shared(known: Mapping[int, bytes], first: int, hashes: Sequence[bytes]) -> int:
    """How many of `hashes`, from the first on, are held as they are."""
    parted = next((i for i, hash_ in enumerate(hashes) if known.get(first + i) != hash_), None)
    return len(hashes) if parted is None else parted


def _hashes(branch: Log, first: int, last: int) -> dict[int, bytes]:
    """The hashes a branch holds for seqs `first` to `last`, those it shares with the branch it left included."""
    held = RecordRow.objects.filter(log=branch, seq__gte=first, seq__lte=last).values_list("seq", "hash")
    known = {seq: bytes(hash_) for seq, hash_ in held}
    if branch.based_on is not None and first <= branch.base_seq:
        known |= _hashes(branch.based_on, first, min(last, branch.base_seq))
    if branch.base_seq and first <= branch.base_seq <= last:
        known[branch.base_seq] = bytes(branch.base_hash)
    return known


def _head(branch: Log) -> Head:
    return Head(bytes.fromhex(branch.log_id), branch.seq, bytes(branch.head_hash))


def _extend(
    branch: Log, records: Sequence[Record], hashes: Sequence[bytes], head: Head, kiosk: Kiosk, now: dt.datetime
) -> Kept:
    """The branch goes on."""
    if records:
        _insert(branch, records, hashes, kiosk, now)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_HEAD, (head.seq, head.hash, connection.ops.adapt_datetimefield_value(now), branch.pk))
    limit = None if kiosk.active else branch.counts_through
    forked = branch.branch > 0 or branch.forked_at is not None
    return Kept(head, forked, len(records), apart=limit is not None and head.seq > limit)


def _part(
    opened: Opened, near: Log, branches: Sequence[Log], known: Mapping[int, bytes], kiosk: Kiosk, now: dt.datetime
) -> Kept:
    """The batch and the log part ways: keep it as a branch of its own, mark the log, raise the alarm."""
    _may_begin(kiosk)
    first, header = opened.header.first_seq, opened.header
    shared = _shared(known, first, opened.hashes)
    branch = Log.objects.create(
        office_id=kiosk.office_id,
        kiosk=kiosk,
        log_id=near.log_id,
        branch=branches[-1].branch + 1,
        based_on=near,
        base_seq=first + shared - 1,
        base_hash=opened.hashes[shared - 1] if shared else header.prev,
        seq=first + len(opened.hashes) - 1,
        head_hash=opened.hashes[-1],
        opened_at=now,
        received_at=now,
        forked_at=now,
        name=near.name,
        parent=near.parent,
        counts_through=first + shared - 1,
    )
    _insert(branch, opened.records[shared:], opened.hashes[shared:], kiosk, now)
    # Of what somebody else brings its own kiosk hears nothing: its line goes on.
    Log.objects.filter(office=kiosk.office_id, log_id=near.log_id, kiosk=kiosk, forked_at=None).update(forked_at=now)
    own = branches[0].kiosk_id == kiosk.pk
    raise_alarm(
        kiosk.office, AlarmKind.FORKED if own else AlarmKind.BROUGHT,
        near.log_id if own else f"{near.log_id} {kiosk.kiosk_id}", now=now, kiosk=kiosk,
        detail=f"from record {branch.base_seq + 1} on" + ("" if own else f", of {branches[0].kiosk.name}"),
    )  # fmt: skip
    head = Head(header.log, branch.seq, opened.hashes[-1])
    return Kept(head, forked=True, new=len(opened.records) - shared, apart=not kiosk.active)


def _fill(opened: Opened, branches: Sequence[Log]) -> int:
    """Give records that are held without their bodies those that the batch brings, and have their logs folded anew;
    returns how many.

    So comes back what a kiosk had let go before the server was restored from an older backup. Nothing is erased on this
    server yet; what one day is has to be passed over here.
    """
    first, last = opened.header.first_seq, opened.header.first_seq + len(opened.hashes) - 1
    near = [branch for branch in branches if branch.seq >= first]
    if not near:
        return 0
    bare = RecordRow.objects.filter(log__in=near, seq__gte=first, seq__lte=last, body=None)
    found = []
    for pk, log_pk, seq, hash_ in bare.values_list("pk", "log", "seq", "hash"):
        record = opened.records[seq - first]
        if record.body is not None and bytes(hash_) == opened.hashes[seq - first]:
            found.append((pk, log_pk, record))
    for pk, _, record in found:
        RecordRow.objects.filter(pk=pk).update(salt=record.salt, body=record.body)
    if found:
        # As after an update that reads more: from the first record on, for what is folded may come again.
        logs = {log_pk for _, log_pk, _ in found}
        Cursor.objects.filter(log__in=logs).delete()
        SetAside.objects.filter(log__in=logs).delete()
    return len(found)


# --- the rows ------------------------------------------------------------------------------------------------------

# Django's bulk_create builds one object and one expression a value; at 500 records a batch that costs more than
# SQLite does.
_COLUMNS = (
    "log_id", "seq", "hash", "header", "kind", "schema", "edition", "wall_ms", "salt", "body", "received_at",
    "clock_ahead_ms",
)  # fmt: skip


def _insert_statement(rows: int) -> str:
    row = f"({', '.join(['%s'] * len(_COLUMNS))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO records_recordrow ({', '.join(_COLUMNS)}) VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608


#: Rows a statement, most first. SQLite lets go of the interpreter while it runs one and has to wait for it afterwards:
#: with a row a statement, a batch would wait 500 times for the threads that open the next ones.
_INSERTS = tuple((rows, _insert_statement(rows)) for rows in (50, 1))

_MOVE_HEAD = "UPDATE records_log SET seq = %s, head_hash = %s, received_at = %s WHERE id = %s"


def _insert(branch: Log, records: Sequence[Record], hashes: Sequence[bytes], kiosk: Kiosk, now: dt.datetime) -> None:
    """Insert rows under unique (log, seq). Where a row was there already it must be the same one, or
    `NotTaken(BROKEN)`.
    """
    ahead, received = kiosk.clock_ahead_ms, connection.ops.adapt_datetimefield_value(now)
    rows = [
        (
            branch.pk, record.header.seq, hash_, encode_header(record.header), record.header.kind, record.header.schema,
            record.header.edition, record.header.at.wall_ms, record.salt, record.body, received, ahead,
        )
        for record, hash_ in zip(records, hashes, strict=True)
    ]  # fmt: skip
    inserted = 0
    with connection.cursor() as cursor:
        for step, statement in _INSERTS:
            whole = len(rows) // step * step
            if whole:
                parts = [[*itertools.chain.from_iterable(rows[at : at + step])] for at in range(0, whole, step)]
                cursor.executemany(statement, parts)
                inserted += cursor.rowcount
                rows = rows[whole:]
    if inserted != len(records):
        held = _hashes(branch, records[0].header.seq, records[-1].header.seq)
        if chain.overlap(held, records[0].header.seq, hashes) is not None:
            raise NotTaken(Reason.BROKEN)
