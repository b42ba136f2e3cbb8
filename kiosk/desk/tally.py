"""The day's tally: the one derived document of the lobby log, one row for each service date.

It is a fold: `fold` takes the tally so far and one record's time and body, and nothing else. The live path writes it
in the transaction of the record; `verify` folds the log again and finds the same. Nobody writes a tally without a
record.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import msgspec
from tinydb.table import Document

from kiosk.clock import TOLERANCE_MS
from kiosk.desk.world import World
from kiosk.store import CannotRecord, RecordDamaged, RowDamaged
from shared import kinds, thai
from shared.kinds import Body, CaseFiled, RatingChanged, RatingChangedFirst, RatingGiven, TicketIssued
from shared.records import At, Quality, Record

logger = logging.getLogger(__name__)

TABLE = "tallies"

Scores = tuple[int, int, int, int, int]

#: Ratings that follow each other faster than this are a run.
RUN_MS = 20_000

#: Two clocks that are both believed may be this far apart.
_TOLERANCE = timedelta(milliseconds=TOLERANCE_MS)


@dataclass(frozen=True, slots=True)
class LastRating:
    """When the last rating was touched, by the monotonic clock of one start of the program; `run` counts how many of
    passers-by have come one right after the other.
    """

    boot: bytes
    mono_ms: int
    run: int = 0

    def since_ms(self, at: At) -> int | None:
        """How long ago it was; None where the program has been started since."""
        return at.mono_ms - self.mono_ms if at.boot == self.boot else None


@dataclass(frozen=True, slots=True)
class Tally:
    """What was recorded on one service date. `ratings` counts scores 1 to 5 in order, repeats left out.

    `last_rating` knows the moment, of which a record tells only the hour: it is no figure, and no log folds to it.
    """

    tickets: int = 0
    cases: int = 0
    ratings: Scores = (0, 0, 0, 0, 0)
    last_rating: LastRating | None = field(default=None, compare=False)


def day_of(body: Body) -> date | None:
    """The service date that a record counts under; None for those that count under none."""
    match body:
        case TicketIssued(service_date=day) | RatingGiven(service_date=day) | CaseFiled(filed_on=day):
            return date.fromisoformat(day)
        case RatingChanged(service_date=day) | RatingChangedFirst(service_date=day):
            return date.fromisoformat(day)
        case _:
            return None


def fold(tally: Tally, at: At, body: Body) -> Tally:
    """The tally after one more record."""
    match body:
        case TicketIssued():
            return replace(tally, tickets=tally.tickets + 1)
        case CaseFiled():
            return replace(tally, cases=tally.cases + 1)
        case RatingGiven():
            ratings = tally.ratings if body.repeat else _counted(tally.ratings, body.score, 1)
            return replace(tally, ratings=ratings, last_rating=_after(tally.last_rating, at, body))
        case RatingChanged(repeat=False) | RatingChangedFirst(repeat=False):
            return replace(tally, ratings=_counted(_counted(tally.ratings, body.was, -1), body.score, 1))
        case _:
            return tally


def _counted(scores: Scores, score: int, n: int) -> Scores:
    one, two, three, four, five = (count + (n if at == score else 0) for at, count in enumerate(scores, 1))
    return one, two, three, four, five


def _after(last: LastRating | None, at: At, body: RatingGiven) -> LastRating:
    since_ms = last.since_ms(at) if last is not None else None
    run = last.run if last is not None and since_ms is not None and since_ms < RUN_MS else 0
    # Whoever has a slip's code is somebody else each time.
    return LastRating(at.boot, at.mono_ms, run + (body.place != "ticket"))


def of(world: World, day: date) -> Tally:
    """The tally of a service date; an empty one where nothing was recorded. A damaged one is folded again first."""
    try:
        return _kept(world, day)
    except RowDamaged:
        return _mend(world, day)


def add(world: World, at: At, body: Body) -> None:
    """Take one more record into its day's tally; called behind its append, inside that transaction.

    `at` is when it was touched; the record itself may tell less.
    """
    day = day_of(body)
    if day is None:
        return
    try:
        world.store.table(TABLE).upsert(_document(day, fold(_kept(world, day), at, body)))
    except RowDamaged:
        _mend(world, day)  # the new record is in the log already


def _kept(world: World, day: date) -> Tally:
    document = world.store.table(TABLE).one(day.toordinal())
    return Tally() if document is None else _read(dict(document))


def _mend(world: World, day: date) -> Tally:
    """Fold a day's tally again from what can be read of its records, and keep it where there is room."""
    world.store.note(f"the tally of {day} was damaged and is folded again from its records")
    # When the last rating was touched is in no record.
    tally = replace(recount(_records(world, whole=False)).get(day, Tally()), last_rating=None)
    try:
        world.store.table(TABLE).upsert(_document(day, tally))
    except CannotRecord as error:
        logger.warning("a tally is to be folded again each time: %s", error)
    return tally


def recount(records: Iterable[Record]) -> dict[date, Tally]:
    """The tallies that these records give, for `verify`. Records without a body are passed over."""
    tallies: dict[date, Tally] = {}
    for record in records:
        header = record.header
        body = None if record.body is None else kinds.decode(header.kind, header.schema, record.body)
        if body is None or isinstance(body, kinds.Unreadable):
            continue
        if (day := day_of(body)) is not None:
            tallies[day] = fold(tallies.get(day, Tally()), header.at, body)
    return tallies


def differences(world: World) -> list[str]:
    """Where a tally is not what the log folds to, for `verify`: a sentence for each.

    Days of which a body was given up cannot be folded any more and are left out; so is everything where a record is
    damaged, which `check_all` names.
    """
    try:
        counted = recount(_records(world))
        last_erased = _last_erased(world)
    except RecordDamaged:
        return []
    days = set(counted) | {date.fromordinal(document.doc_id) for document in world.store.table(TABLE)}
    return [
        f"the tally of {day} is not what its records say"
        for day in sorted(days)
        if day > last_erased and of(world, day) != counted.get(day, Tally())
    ]


def _records(world: World, *, whole: bool = True) -> Iterator[Record]:
    """All records of the lobby's logs, some hundred at a time so that touches go on in between; where it need not be
    the `whole`, without those that are damaged.
    """
    for view in world.lobby.logs():
        seq = 0
        while True:
            before = seq
            try:
                for record in world.lobby.after(seq, log=view.log):
                    yield record
                    seq = record.header.seq
            except RecordDamaged as damage:
                if whole:
                    raise
                seq = damage.seq
            if seq == before:
                break


def _last_erased(world: World) -> date:
    """No body that was given up was of a later day.

    A header tells the moment, not the service date. Where its clock was not believed, the day was not later than that
    of the next one that was; where none followed, it may have been any.
    """
    last, open_end = date.min, False
    for record in _records(world):
        at = record.header.at
        open_end |= record.body is None
        if open_end and at.quality != Quality.BAD and (instant := at.instant()) is not None:
            last, open_end = max(last, thai.service_date(instant + _TOLERANCE)), False
    return date.max if open_end else last


def _document(day: date, tally: Tally) -> Document:
    return Document(msgspec.to_builtins(tally, builtin_types=(bytes,)), day.toordinal())


def _read(kept: dict[str, Any]) -> Tally:
    last = kept["last_rating"]
    a, b, c, d, e = kept["ratings"]
    return Tally(kept["tickets"], kept["cases"], (a, b, c, d, e), LastRating(**last) if last else None)
