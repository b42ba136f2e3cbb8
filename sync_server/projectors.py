"""Which function folds which kind of record, and how far each has come.

    PROJECTORS["cases"].folds[CaseFiled]          what happens when a case was filed: one look answers

A projector reads every log by (log, seq) as far as it counts, in transactions of its own that move its cursor together
with what it wrote. Where a person decides that less of a log counts, it takes back what it folded of the rest. What
it cannot read is kept and named (`SetAside`): unknown kinds until an update knows them, failing records for a person to
look at. So is a record whose words came before in another log of the same device: what lies behind damage is appended
again there, and may arrive from both. None of them holds up the records behind it. At any time, for each projector:

    records it has passed = projected + unreadable + quarantined + repeated + erased

`catch_up()` does the work and may be called by anyone; in a server process `follow()` keeps a thread that does it
after each commit.
"""

import datetime as dt
import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from shared import kinds
from shared.kinds import (
    Body,
    CaseFiled,
    CaseReturned,
    ComplaintFiled,
    CounterSeen,
    LogOpened,
    PraiseGiven,
    QueueClosed,
    RatingChanged,
    RatingChangedFirst,
    RatingExplained,
    RatingExplainedFirst,
    RatingGiven,
    TicketIssued,
    TicketMoved,
    Unreadable,
)
from shared.records import decode_header
from sync_server.cases import project as cases
from sync_server.content.actions import publish_statuses
from sync_server.organisations.models import Office
from sync_server.organisations.queries import the_office
from sync_server.queues import project as queues
from sync_server.queues import project_waiting as waiting
from sync_server.records import actions as records
from sync_server.records import project as logs
from sync_server.records import queries as logs_of
from sync_server.records.models import Cursor, Log, RecordRow, SetAside, Why
from sync_server.records.seen import Fold, Seen
from sync_server.records.traffic import traffic
from sync_server.sealed import project as sealed

logger = logging.getLogger(__name__)

Pick = Callable[[Sequence[Seen[Body]]], Sequence[Seen[Body]]]


@dataclass(frozen=True, slots=True)
class Projector:
    """One set of derived tables: what folds into it, how it forgets all that it folded, and how it takes back what it
    folded of a log after a seq. Without a `withdraw` it folds every record, whether it counts or not.

    Of a chunk, `folds` go in their own order: what others build on stands first. `awaits` are for what builds on a
    record of another log: such a fold raises `LookupError` where that has not come yet, and what it was called with is
    tried again once it is among those that `awaits` picks out.
    """

    folds: Mapping[type[Body], Fold]
    reset: Callable[[], None]
    withdraw: Callable[[Log, int], None] | None = None
    awaits: Mapping[type[Body], Pick] = field(default_factory=dict)


PROJECTORS: dict[str, Projector] = {
    "logs": Projector({LogOpened: cast("Fold", logs.openings)}, logs.reset),
    "queues": Projector(
        {
            TicketIssued: cast("Fold", queues.tickets),
            RatingGiven: cast("Fold", queues.ratings),
            RatingChanged: cast("Fold", queues.rating_changes),
            RatingChangedFirst: cast("Fold", queues.rating_changes_by_place),
            RatingExplained: cast("Fold", queues.explanations),
            RatingExplainedFirst: cast("Fold", queues.explanations),
            PraiseGiven: cast("Fold", queues.praises),
        },
        queues.reset,
        queues.withdraw,
    ),
    "waiting": Projector(
        {
            TicketIssued: cast("Fold", waiting.issues),
            TicketMoved: cast("Fold", waiting.moves),
            CounterSeen: cast("Fold", waiting.presences),
            QueueClosed: cast("Fold", waiting.closings),
        },
        waiting.reset,
        waiting.withdraw,
    ),
    "cases": Projector(
        {CaseFiled: cast("Fold", cases.cases), CaseReturned: cast("Fold", cases.returns)},
        cases.reset,
        cases.withdraw,
        awaits={CaseReturned: cast("Pick", cases.of_cases_here)},
    ),
    # No decision about a kiosk or a line keeps a complaint from its readers.
    "sealed": Projector({ComplaintFiled: cast("Fold", sealed.complaints)}, sealed.reset),
}

# One transaction's worth: long enough to be bulk work, short enough that ingest never waits long for SQLite's one
# writer.
_CHUNK = 500

# The reason that an update may do away with; a body out of shape stays so, and asks for a rebuild if it ever reads.
_UNKNOWN = "unknown kind or schema"
# The one that a record of another log may do away with.
_MISSING = LookupError.__name__


def catch_up(names: Sequence[str] | None = None, *, before_each: Callable[[], None] | None = None) -> int:
    """Fold everything that is stored and not yet folded, for the named projectors or for all.

    `before_each` is called before each transaction, by whoever wants to pause there. Returns how many records were
    passed.
    """
    passed = 0
    for name in names or list(PROJECTORS):
        # Folding one log may make another one's records count, or count no more: that one is read again.
        found = 1
        while found:
            found = sum(_even_out(name, *line, before_each) for line in _unlike(name))
            passed += found
        _fold_awaited(name)
    return passed


def _even_out(name: str, log_pk: int, reached: int, through: int, before_each: Callable[[], None] | None) -> int:
    """Fold what is left of a log; how many records were passed."""
    if reached > through:
        _take_back(name, log_pk, through)
    passed, count = 0, 1
    while count:
        if before_each is not None:
            before_each()
        count = _fold_chunk(name, log_pk)
        passed += count
    return passed


def rebuild(name: str) -> int:
    """Forget what a projector folded and fold every log again from record 1; returns how many records were passed."""
    with transaction.atomic():
        PROJECTORS[name].reset()
        Cursor.objects.filter(projector=name).delete()
        SetAside.objects.filter(projector=name).delete()
    return catch_up([name])


def replay_readable() -> int:
    """After an update: fold the logs again that held records of a kind this program has learnt; returns how many
    logs.
    """
    aside = (
        SetAside.objects.filter(why=Why.UNREADABLE, reason=_UNKNOWN)
        .values_list("projector", "log_id", "kind", "schema")
        .distinct()
    )
    again = {(name, log_pk) for name, log_pk, kind, schema in aside if (kind, schema) in kinds.BY_NAME}
    for name, log_pk in again:
        with transaction.atomic():
            Cursor.objects.filter(projector=name, log_id=log_pk).delete()
            SetAside.objects.filter(projector=name, log_id=log_pk).delete()
    return len(again)


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of the records of an office in one projector. `accepted` counts stored ones that count, `behind`
    those not passed yet.
    """

    projector: str
    accepted: int
    projected: int
    unreadable: int
    quarantined: int
    repeated: int
    erased: int

    @property
    def behind(self) -> int:
        """How many stored records this projector has not passed yet."""
        passed = self.projected + self.unreadable + self.quarantined + self.repeated + self.erased
        return self.accepted - passed


def balances(office: Office) -> list[Balance]:
    """For each projector: accepted = projected + unreadable + quarantined + repeated + erased, once it has caught up
    (`behind` is 0).
    """
    found = []
    for name in PROJECTORS:
        accepted = sum(through - base for _, base, through in _lines(name, office))
        sums = Cursor.objects.filter(projector=name, log__office=office).aggregate(
            projected=Sum("projected", default=0),
            unreadable=Sum("unreadable", default=0),
            quarantined=Sum("quarantined", default=0),
            repeated=Sum("repeated", default=0),
            erased=Sum("erased", default=0),
        )
        found.append(Balance(name, accepted, **sums))
    return found


# --- one step ------------------------------------------------------------------------------------------------------


def _lines(name: str, office: Office | None = None) -> list[tuple[int, int, int]]:
    """Each log's key, the record before its own first, and the last one that this projector is to read."""
    logs = Log.objects.filter(seq__gt=F("base_seq"), **({"office": office} if office else {}))
    every = PROJECTORS[name].withdraw is None
    return [
        (pk, base, seq if every or through is None else max(base, min(seq, through)))
        for pk, base, seq, through in logs.values_list("pk", "base_seq", "seq", "counts_through")
    ]


def _unlike(name: str) -> list[tuple[int, int, int]]:
    """The logs of which this projector has read more or less than counts: key, how far it read, how far they count."""
    done = dict(Cursor.objects.filter(projector=name).values_list("log_id", "seq"))
    lines = ((pk, done.get(pk, base), through) for pk, base, through in _lines(name))
    return [line for line in lines if line[1] != line[2]]


def _take_back(name: str, log_pk: int, through: int) -> None:
    """Take back what was folded of a log after `through`, and read it again from its first record: folds may be
    repeated, and it happens once in years. So are its device's other logs: what counted here and counts no more may
    lie there too.
    """
    withdraw = PROJECTORS[name].withdraw
    assert withdraw is not None, "what reads every record never reads too many"
    log = Log.objects.get(pk=log_pk)
    with transaction.atomic():
        withdraw(log, through)
        _read_again(name, [log_pk, *logs_of.kin(log)])


def _read_again(name: str, log_pks: Sequence[int]) -> None:
    Cursor.objects.filter(projector=name, log__in=log_pks).delete()
    SetAside.objects.filter(projector=name, log__in=log_pks).delete()


def _fold_chunk(name: str, log_pk: int) -> int:
    """Fold the next run of one log; work and cursor in one transaction. Returns how many records were passed.

    Reading and decoding come before the transaction, so that SQLite's one writer is held for the writing alone.
    """
    log = Log.objects.select_related("office", "kiosk").get(pk=log_pk)
    counts = PROJECTORS[name].withdraw is not None and log.counts_through is not None
    through = log.counts_through if counts else log.seq
    done = Cursor.objects.filter(projector=name, log=log).values_list("seq", flat=True).first()
    after = log.base_seq if done is None else done
    held = RecordRow.objects.filter(log=log, seq__gt=after, seq__lte=through).order_by("seq").values_list(*_Row._fields)
    rows = [_Row(*values) for values in held[:_CHUNK]]
    if not rows:
        return 0
    runs = _Runs(name, log, _twins(name, log, rows))
    for row in rows:
        runs.take(row)
    with transaction.atomic():
        if runs.erased and _given_since(log, rows):
            return len(rows)
        Cursor.objects.bulk_create([Cursor(projector=name, log=log, seq=log.base_seq)], ignore_conflicts=True)
        cursor = Cursor.objects.select_for_update().get(projector=name, log=log)
        # Where the cursor moved since it was read, another process has folded this run, or a rebuild has begun.
        if cursor.seq == after:
            _fold_runs(cursor, runs, rows[-1].seq, len(rows))
    return len(rows)


def _given_since(log: Log, rows: Sequence["_Row"]) -> bool:
    """Whether a body came meanwhile that was missing when these rows were read: then they are to be read anew. Locks
    the log as whoever brings one does, so that one of the two sees the other.
    """
    Log.objects.select_for_update(no_key=True).get(pk=log.pk)
    bare = [row.seq for row in rows if row.body is None]
    return RecordRow.objects.filter(log=log, seq__in=bare).exclude(body=None).exists()


def _fold_runs(cursor: Cursor, runs: "_Runs", last_seq: int, count: int) -> None:
    for twin in runs.overtaken:
        _overtake(cursor.projector, twin)
    aside = runs.aside + _fold_all(cursor.projector, runs.by_body)
    SetAside.objects.bulk_create(aside, ignore_conflicts=True)
    why = Counter(item.why for item in aside)
    cursor.seq = last_seq
    cursor.unreadable += why[Why.UNREADABLE]
    cursor.quarantined += why[Why.QUARANTINED]
    cursor.repeated += why[Why.REPEATED]
    cursor.erased += runs.erased
    cursor.projected += count - len(aside) - runs.erased
    cursor.save()


class _Row(NamedTuple):
    """The columns of a `RecordRow` that folding needs; building 10,000 model objects would cost as much as the
    folding.
    """

    id: int
    seq: int
    kind: str
    schema: int
    header: bytes
    wall_ms: int | None
    salt: bytes | None
    body: bytes | None
    received_at: dt.datetime
    clock_ahead_ms: int | None


class _Twin(NamedTuple):
    """Where the words of a record lie once more."""

    id: int
    log_id: int
    seq: int


def _twins(name: str, log: Log, rows: Sequence[_Row]) -> dict[int, list[_Twin]]:
    """For each record whose words lie and count in another log of the same device, too, by number: where.

    A kiosk that cannot read a record appends those behind it to a new log, each with its own salt and time; a stick
    that was written before may bring them in the old one as well.
    """
    kin = logs_of.kin(log)
    salts = {bytes(row.salt): row.seq for row in rows if row.salt is not None}
    if not kin or not salts:
        return {}
    known = {row.wall_ms for row in rows if row.wall_ms is not None}
    when = Q(wall_ms__in=known) | Q(wall_ms=None) if any(row.wall_ms is None for row in rows) else Q(wall_ms__in=known)
    held = RecordRow.objects.filter(when, log__in=kin, salt__in=list(salts))
    if PROJECTORS[name].withdraw is not None:
        held = held.filter(Q(log__counts_through=None) | Q(seq__lte=F("log__counts_through")))
    found: dict[int, list[_Twin]] = {}
    for salt, *place in held.values_list("salt", *_Twin._fields):
        found.setdefault(salts[bytes(salt)], []).append(_Twin(*place))
    return found


def _overtake(name: str, twin: _Twin) -> None:
    """What came before `twin` with the same words counts now, as it did not when that was folded: take it back."""
    withdraw = PROJECTORS[name].withdraw
    there = {"projector": name, "log": twin.log_id}
    folded = Cursor.objects.filter(**there, seq__gte=twin.seq).exists()
    if withdraw is not None and folded and not SetAside.objects.filter(**there, seq=twin.seq).exists():
        withdraw(Log.objects.get(pk=twin.log_id), twin.seq - 1)
        _read_again(name, [twin.log_id])


class _Runs:
    """Sorts a chunk of rows into what this projector folds, by body, and what it sets aside. Of words that lie in two
    logs those that came first are folded; `overtaken` are the others.
    """

    def __init__(self, name: str, log: Log, twins: Mapping[int, Sequence[_Twin]]) -> None:
        self.by_body: dict[type[Body], list[Seen[Body]]] = {}
        self.aside: list[SetAside] = []
        self.overtaken: list[_Twin] = []
        self.erased = 0
        self._name = name
        self._log = log
        self._twins = twins
        self._wanted = PROJECTORS[name].folds

    def take(self, row: _Row) -> None:
        """Put one row where it belongs."""
        kind = kinds.BY_NAME.get((row.kind, row.schema))
        if kind is None:
            self._set_aside(row, Why.UNREADABLE, _UNKNOWN)
        elif row.body is None:
            self.erased += 1
        elif kind.log == "lobby" and self._log.name == logs_of.CONFIDENTIAL:
            # Of that log no page gives a hint, so nothing that counts may stand in it but complaints.
            self._set_aside(row, Why.QUARANTINED, "a record of the lobby in the confidential log")
        elif kind.body in self._wanted:
            twins = self._twins.get(row.seq, ())
            first = min(twins, default=None)
            if first is not None and first.id < row.id:
                self._set_aside(row, Why.REPEATED, f"record {first.seq} of log {first.log_id} came before")
                return
            self.overtaken += twins
            body = kinds.decode(row.kind, row.schema, bytes(row.body))
            if isinstance(body, Unreadable):
                self._set_aside(row, Why.UNREADABLE, body.reason)
                return
            header = decode_header(bytes(row.header))
            seen = Seen(
                self._log, row.seq, header.at, row.received_at, row.clock_ahead_ms, header.edition, header.commitment,
                body,
            )  # fmt: skip
            self.by_body.setdefault(kind.body, []).append(seen)

    def _set_aside(self, row: _Row, why: Why, reason: str) -> None:
        self.aside.append(_aside(self._name, self._log, row.seq, (row.kind, row.schema), why, reason))


def _fold_all(name: str, by_body: Mapping[type[Body], list[Seen[Body]]]) -> list[SetAside]:
    """Fold each run; where one fails, halve it until the record at fault stands alone, and set that aside."""
    aside: list[SetAside] = []
    for body, fold in PROJECTORS[name].folds.items():
        if body in by_body:
            aside += _fold_run(name, fold, by_body[body])
    return aside


def _fold_awaited(name: str) -> None:
    """Fold what was set aside because what it builds on had not come, and has since."""
    projector = PROJECTORS[name]
    if not projector.awaits:
        return
    waiting = SetAside.objects.filter(projector=name, why=Why.QUARANTINED, reason=_MISSING)
    for log in Log.objects.select_related("office", "kiosk").filter(pk__in=waiting.values("log")):
        seqs = waiting.filter(log=log).values("seq")
        held = RecordRow.objects.filter(log=log, seq__in=seqs).order_by("seq").values_list(*_Row._fields)
        rows = [_Row(*values) for values in held]
        runs = _Runs(name, log, _twins(name, log, rows))
        for row in rows:
            runs.take(row)
        for body, pick in projector.awaits.items():
            for seen in pick(runs.by_body.get(body, [])):
                _fold_late(name, projector.folds[body], seen)


def _fold_late(name: str, fold: Fold, seen: Seen[Body]) -> None:
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().filter(projector=name, log=seen.log).first()
        gone, _ = SetAside.objects.filter(projector=name, log=seen.log, seq=seen.seq, reason=_MISSING).delete()
        # Another process was faster, or a rebuild has begun.
        if cursor is None or not gone:
            return
        again = _fold_run(name, fold, [seen])
        SetAside.objects.bulk_create(again)
        cursor.quarantined -= 1 - len(again)
        cursor.projected += 1 - len(again)
        cursor.save()


# A lost connection, a lock or a full disk ends this attempt, and the next one begins at the cursor.
_NOT_THE_RECORDS_FAULT = (OperationalError, InterfaceError)


def _fold_run(name: str, fold: Fold, run: Sequence[Seen[Body]]) -> list[SetAside]:
    try:
        with transaction.atomic():
            fold(run)
    except Exception as error:
        if isinstance(error, _NOT_THE_RECORDS_FAULT):
            raise
        if len(run) == 1:
            logger.exception("%s: record %s of log %s is set aside", name, run[0].seq, run[0].log)
            kind = kinds.kind_of(run[0].body)
            return [
                _aside(name, run[0].log, run[0].seq, (kind.name, kind.schema), Why.QUARANTINED, type(error).__name__)
            ]
        middle = len(run) // 2
        return _fold_run(name, fold, run[:middle]) + _fold_run(name, fold, run[middle:])
    return []


def _aside(name: str, log: Log, seq: int, kind: tuple[str, int], why: Why, reason: str) -> SetAside:
    return SetAside(
        projector=name, log=log, seq=seq, kind=kind[0], schema=kind[1], why=why, reason=reason[:300], at=timezone.now()
    )


# --- the follower of a server process ------------------------------------------------------------------------------

# A burst of pushes is let through before its records are interpreted, but never for longer than the second figure;
# in the middle of a long fold, shorter ones: it must get on under steady traffic as well.
_QUIET_S, _PATIENCE_S = 0.3, 5.0
_PAUSE_QUIET_S, _PAUSE_PATIENCE_S = 0.1, 0.5
# After a failed attempt (the database was away) the next one comes by itself. So does a look now and then: what another
# process brought, such as the command that takes a stick, wakes nobody here.
_AGAIN_S, _LOOK_S = 5.0, 60.0


class Follower(threading.Thread):
    """Catches up after each commit, in a thread of its own, so that ingest never waits for an interpretation.

    On the way it writes the anchor, and publishes what citizens may read about their cases since the last edition.
    """

    def __init__(self) -> None:
        super().__init__(name="projectors", daemon=True)
        self._woken = threading.Event()

    def wake(self) -> None:
        """There is something new. Returns at once."""
        self._woken.set()

    def run(self) -> None:
        """Wait, let the burst pass, fold, again. No exception ends this loop: the next attempt always comes."""
        patience: float | None = None
        self._woken.set()
        while True:
            self._woken.wait(patience)
            traffic.step_aside(_QUIET_S, _PATIENCE_S)
            # Before the work, so that what comes in meanwhile wakes again.
            self._woken.clear()
            patience = _LOOK_S if self._attempt() else _AGAIN_S

    def _attempt(self) -> bool:
        try:
            close_old_connections()
            office = the_office()
            records.save_anchor(office)
            catch_up(before_each=lambda: traffic.step_aside(_PAUSE_QUIET_S, _PAUSE_PATIENCE_S))
            publish_statuses(office, now=timezone.now())
        except Exception:
            logger.exception("the projectors could not catch up; they try again in %s s", _AGAIN_S)
            return False
        return True


def follow() -> Follower:
    """Start the follower of this process and have it woken after each commit that brings records."""
    follower = Follower()
    records.followers.append(follower.wake)
    follower.start()
    return follower
