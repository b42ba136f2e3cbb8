"""Folds tickets, ratings and their reasons out of the logs. Pure: emptied and refilled by a rebuild, a row a record."""

import datetime as dt
import functools
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from shared import thai
from shared.kinds import (
    PraiseGiven,
    RatingChanged,
    RatingChangedFirst,
    RatingExplained,
    RatingExplainedFirst,
    RatingGiven,
    TicketIssued,
)
from sync_server.queues.models import Explanation, Praise, Rating, Ticket
from sync_server.records.models import Log
from sync_server.records.seen import Seen

# A lobby says the same few services, labels and languages all day long.
_clean = functools.lru_cache(maxsize=1024)(thai.clean)


def tickets(run: Sequence[Seen[TicketIssued]]) -> None:
    """One `Ticket` for each `ticket.issued`."""
    Ticket.objects.bulk_create([_ticket(seen) for seen in run], ignore_conflicts=True)


def ratings(run: Sequence[Seen[RatingGiven]]) -> None:
    """One `Rating` for each `rating.given`."""
    _settle(run[0].log, _added([_rating(seen) for seen in run]))


def rating_changes(run: Sequence[Seen[RatingChanged]]) -> None:
    """One `Rating` for each `rating.changed`; the one it cites counts no more, wherever it lies."""
    log = run[0].log
    rows = _added([_rating(seen) for seen in run])
    _of_day(log, rows).filter(commitment__in=[row.of_commitment for row in rows]).update(superseded=True)
    _settle(log, rows)


def rating_changes_by_place(run: Sequence[Seen[RatingChangedFirst]]) -> None:
    """The same of those that cite a place alone."""
    log = run[0].log
    rows = _added([_rating(seen) for seen in run])
    for log_id in {seen.body.of_log.hex() for seen in run}:
        cited = [seen.body.of_seq for seen in run if seen.body.of_log.hex() == log_id]
        for found in _cited(log, log_id, cited):
            found.update(superseded=True)
    _settle(log, rows)


def _added(rows: Sequence[Rating]) -> Sequence[Rating]:
    Rating.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _of_day(log: Log, rows: Sequence[Rating]) -> QuerySet[Rating]:
    """Everything that was rated on the days of these ratings: a change bears the day of what it cites."""
    return Rating.objects.filter(office=log.office_id, service_date__in={row.service_date for row in rows})


def _settle(log: Log, rows: Sequence[Rating]) -> None:
    """Mark those of these ratings of the log that a change cites: of two kinds in one run either may be folded first,
    and of two logs either may come first.
    """
    told = _of_day(log, rows).filter(of_commitment__in=[row.commitment for row in rows])
    by_words = {bytes(each) for each in told.values_list("of_commitment", flat=True)}
    seqs = [row.seq for row in rows if bytes(row.commitment) in by_words]
    kiosks = Log.objects.filter(office=log.office_id, log_id=log.log_id).values("kiosk")
    by_place = Rating.objects.filter(
        kiosk__in=kiosks, of_log=log.log_id, of_seq__in=[row.seq for row in rows], of_commitment=b""
    ).select_related("log")
    seqs += [change.of_seq for change in by_place if change.of_seq is not None and _may_be_of(change, log)]
    if seqs:
        Rating.objects.filter(log=log, seq__in=seqs).update(superseded=True)


def _cited(log: Log, of_log: str, of_seqs: Sequence[int]) -> Iterator[QuerySet[Rating]]:
    """The ratings that a line cites by log and seq. Lines of one log have other records under one number: of its own
    log it cites what is its own, or, from before it parted, that of the line it left.
    """
    if of_log != log.log_id:
        yield Rating.objects.filter(kiosk=log.kiosk_id, log__log_id=of_log, seq__in=of_seqs)
        return
    for line in _lineage(log):
        own = [seq for seq in of_seqs if seq > line.base_seq]
        of_seqs = [seq for seq in of_seqs if seq <= line.base_seq]
        if own:
            yield Rating.objects.filter(log=line, seq__in=own)


def _may_be_of(change: Rating, log: Log) -> bool:
    """Whether what this change cites by a seq of this log is of this very line."""
    seq = change.of_seq or 0
    if change.log.log_id != log.log_id:
        return change.kiosk_id == log.kiosk_id
    return next((line for line in _lineage(change.log) if seq > line.base_seq), None) == log


def _lineage(log: Log) -> Iterator[Log]:
    """The line, the one that it left, and so on; the last one has left none, and its base is 0."""
    line: Log | None = log
    while line is not None:
        yield line
        line = line.based_on


def explanations(run: Sequence[Seen[RatingExplained | RatingExplainedFirst]]) -> None:
    """One `Explanation` for each `rating.explained`, of either schema."""
    Explanation.objects.bulk_create([_explanation(seen) for seen in run], ignore_conflicts=True)


def praises(run: Sequence[Seen[PraiseGiven]]) -> None:
    """One `Praise` for each `praise.given`."""
    Praise.objects.bulk_create([_praise(seen) for seen in run], ignore_conflicts=True)


def withdraw(log: Log, after: int) -> None:
    """Take back what records of `log` after that seq said: they do not count any more."""
    gone = list(Rating.objects.filter(log=log, seq__gt=after).exclude(of_seq=None))
    for model in (Ticket, Rating, Explanation, Praise):
        model.objects.filter(log=log, seq__gt=after).delete()
    words = [change.of_commitment for change in gone if change.of_commitment]
    freed = [_of_day(log, gone).filter(commitment__in=words)]
    for change in gone:
        if not change.of_commitment:
            freed += _cited(log, change.of_log, [change.of_seq or 0])
    for rows in freed:
        rows.update(superseded=False)
        for rating in rows.select_related("log"):
            _settle(rating.log, [rating])


def reset() -> None:
    """Forget everything folded so far."""
    Ticket.objects.all().delete()
    Rating.objects.all().delete()
    Explanation.objects.all().delete()
    Praise.objects.all().delete()


def _ticket(seen: Seen[TicketIssued]) -> Ticket:
    body = seen.body
    return Ticket(
        office_id=seen.log.office_id,
        kiosk_id=seen.log.kiosk_id,
        log=seen.log,
        seq=seen.seq,
        service_date=dt.date.fromisoformat(body.service_date),
        series=_clean(body.series, chars_max=8),
        number=body.number,
        service=_clean(body.service, chars_max=60),
        label=_clean(body.public_label, chars_max=80),
        priority=_clean(body.priority, chars_max=30),
        language=_clean(body.language, chars_max=10),
        papers_missing=body.papers_missing,
        issued_at=seen.occurred_at(),
    )


def _rating(seen: Seen[RatingGiven] | Seen[RatingChanged] | Seen[RatingChangedFirst]) -> Rating:
    body = seen.body
    return Rating(
        office_id=seen.log.office_id,
        kiosk_id=seen.log.kiosk_id,
        log=seen.log,
        seq=seen.seq,
        service_date=dt.date.fromisoformat(body.service_date),
        score=body.score,
        place=body.place,
        service=_clean(body.service, chars_max=60),
        repeat=body.repeat,
        commitment=seen.commitment,
        of_log="" if isinstance(body, RatingGiven) else body.of_log.hex(),
        of_seq=None if isinstance(body, RatingGiven) else body.of_seq,
        of_commitment=body.of_commitment if isinstance(body, RatingChanged) else b"",
    )


def _explanation(seen: Seen[RatingExplained | RatingExplainedFirst]) -> Explanation:
    body = seen.body
    return Explanation(
        office_id=seen.log.office_id,
        log=seen.log,
        seq=seen.seq,
        service_date=dt.date.fromisoformat(body.service_date),
        score=body.score,
        repeat=body.repeat,
        place="walk-by" if isinstance(body, RatingExplainedFirst) else body.place,
        # A reason counts once however often it stands there; so does a dimension, by its last face.
        reasons=list(dict.fromkeys(_clean(reason, chars_max=60) for reason in body.reasons)),
        dimensions=[
            list(pair) for pair in {_clean(id_, chars_max=60): score for id_, score in body.dimensions}.items()
        ],
        words=thai.clean(body.words, chars_max=2000, lines=True),
    )


def _praise(seen: Seen[PraiseGiven]) -> Praise:
    body = seen.body
    return Praise(
        office_id=seen.log.office_id,
        kiosk_id=seen.log.kiosk_id,
        log=seen.log,
        seq=seen.seq,
        service_date=dt.date.fromisoformat(body.service_date),
        person=_clean(body.person, chars_max=60),
        person_name=_clean(body.person_name, chars_max=120),
        counter=_clean(body.counter, chars_max=20),
        hour=_clean(body.hour, chars_max=2),
        reasons=list(dict.fromkeys(_clean(reason, chars_max=60) for reason in body.reasons)),
        words=thai.clean(body.words, chars_max=2000, lines=True),
    )
