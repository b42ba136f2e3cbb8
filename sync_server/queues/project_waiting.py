"""Folds what became of tickets, and when counters were open, out of the logs. Pure: emptied and refilled by a rebuild.

A projector of its own ("waiting"): after an update it begins at record 1 by itself. Each record is a row (`Moved`,
`Presence`); the `Outcome` of a ticket is then made anew from all its rows, whichever kiosk's log they came by. So it
does not matter which log arrives first, and a record costs the few rows of its own ticket, not those of the day.
"""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from shared import thai
from shared.content import Service
from shared.kinds import CounterSeen, QueueClosed, TicketIssued, TicketMoved
from shared.times import limit_ms
from sync_server.organisations.models import Office
from sync_server.queues.models import CounterState, Moved, Outcome, Presence
from sync_server.queues.outcomes import ISSUED, Happened, Part, holders_of, issue_of, parts_of, total_ms
from sync_server.records.models import Log
from sync_server.records.seen import Seen

_clean = functools.lru_cache(maxsize=1024)(thai.clean)

#: A ticket of an office: service date, series, number.
Key = tuple[dt.date, str, int]

#: Within one service date nothing takes longer; a larger claim is no measurement.
_DAY_MS = 24 * 3_600_000


def issues(run: Sequence[Seen[TicketIssued]]) -> None:
    """One row for each `ticket.issued`, and the outcome of its ticket."""
    _fold(run[0].log, [_issued(seen) for seen in run])


def moves(run: Sequence[Seen[TicketMoved]]) -> None:
    """One row for each `ticket.moved`, and the outcome of its ticket."""
    _fold(run[0].log, [_moved(seen) for seen in run])


def presences(run: Sequence[Seen[CounterSeen]]) -> None:
    """One row for each `counter.seen`."""
    _see(run, lambda body: (_clean(body.counter, chars_max=20), body.state))


def closings(run: Sequence[Seen[QueueClosed]]) -> None:
    """One row for each `queue.closed`: no counter of that day is open any more."""
    _see(run, lambda _body: ("", CounterState.DAY_CLOSED.value))


def withdraw(log: Log, after: int) -> None:
    """Take back what records of `log` after that seq said: they do not count any more."""
    _in_turn(log.office_id)
    gone = Moved.objects.filter(log=log, seq__gt=after)
    keys = set(gone.values_list("service_date", "series", "number"))
    gone.delete()
    Presence.objects.filter(log=log, seq__gt=after).delete()
    _settle(log.office_id, keys)


def reset() -> None:
    """Forget everything folded so far."""
    for model in (Outcome, Moved, Presence):
        model.objects.all().delete()


def _fold(log: Log, rows: Sequence[Moved]) -> None:
    _in_turn(log.office_id)
    Moved.objects.bulk_create(rows, ignore_conflicts=True)
    _settle(log.office_id, {(row.service_date, row.series, row.number) for row in rows})


def _in_turn(office_pk: int) -> None:
    """Two processes that fold two logs about the same ticket come one after the other: each sees all rows before its
    own. What only refers to the office is not held up.
    """
    Office.objects.select_for_update(no_key=True).get(pk=office_pk)


def _issued(seen: Seen[TicketIssued]) -> Moved:
    body = seen.body
    return _row(
        seen, move=ISSUED, service=_clean(body.service, chars_max=60), label=_clean(body.public_label, chars_max=80),
        reason=_clean(body.priority, chars_max=60), action=f"{seen.at.boot.hex()}{seen.at.mono_ms:016x}",
    )  # fmt: skip


def _moved(seen: Seen[TicketMoved]) -> Moved:
    body = seen.body
    return _row(
        seen, move=_clean(body.move, chars_max=20), service=_clean(body.to_service, chars_max=60),
        reason=_clean(body.reason, chars_max=60), counter=_clean(body.counter, chars_max=20),
        action=body.action.hex(), waited_ms=_ms(body.waited_ms), walked_ms=_ms(body.walked_ms),
        served_ms=_ms(body.served_ms), on_paper=body.on_paper,
    )  # fmt: skip


def _row(seen: Seen[TicketIssued] | Seen[TicketMoved], **more: object) -> Moved:
    return Moved(
        office_id=seen.log.office_id,
        log=seen.log,
        seq=seen.seq,
        service_date=dt.date.fromisoformat(seen.body.service_date),
        series=_clean(seen.body.series, chars_max=8),
        number=seen.body.number,
        at=seen.occurred_at(),
        edition=seen.edition,
        **more,
    )


def _ms(claimed: int | None) -> int | None:
    return claimed if claimed is not None and 0 <= claimed <= _DAY_MS else None


def _see(run: Sequence[Seen[CounterSeen]] | Sequence[Seen[QueueClosed]], what: Callable[..., tuple[str, str]]) -> None:
    rows = []
    for seen in run:
        counter, state = what(seen.body)
        rows.append(
            Presence(
                office_id=seen.log.office_id, log=seen.log, seq=seen.seq, counter=counter, state=state,
                service_date=dt.date.fromisoformat(seen.body.service_date), at=seen.occurred_at(),
            )
        )  # fmt: skip
    Presence.objects.bulk_create(rows, ignore_conflicts=True)


# --- the outcomes of some tickets, made anew -------------------------------------------------------------------------

_FIELDS = tuple(name for name in Happened._fields if name != "log")


def as_happened(row: Moved) -> Happened:
    """A row as the rules of `outcomes` read it."""
    return Happened((row.log.log_id, row.log.branch), *(getattr(row, name) for name in _FIELDS))


def _settle(office_pk: int, keys: Collection[Key]) -> None:
    found: list[tuple[Key, int, list[Happened], list[Part], dict[tuple[str, int], int]]] = []
    for day, series, numbers in _together(keys):
        happened: dict[int, list[Happened]] = defaultdict(list)
        logs: dict[tuple[str, int], int] = {}
        of_these = {"office": office_pk, "service_date": day, "series": series, "number__in": numbers}
        rows = Moved.objects.filter(**of_these).values_list("number", "log", "log__log_id", "log__branch", *_FIELDS)
        for number, log_pk, log_id, branch, *fields in rows:
            logs[log_id, branch] = log_pk
            happened[number].append(Happened((log_id, branch), *fields))
        Outcome.objects.filter(**of_these).delete()
        found += [
            ((day, series, number), holder, of_one, parts_of(of_one), logs)
            for number, rows in happened.items()
            for holder, of_one in enumerate(holders_of(rows), 1)
        ]
    promised = _promised({(part.edition, part.service) for *_, parts, _ in found for part in parts if part.service})
    Outcome.objects.bulk_create(outcome for each in found for outcome in _outcomes(office_pk, *each, promised))


def _together(keys: Collection[Key]) -> Iterator[tuple[dt.date, str, list[int]]]:
    """The numbers of each series of a day: one question instead of one for each ticket."""
    groups: dict[tuple[dt.date, str], list[int]] = defaultdict(list)
    for day, series, number in keys:
        groups[day, series].append(number)
    for (day, series), numbers in groups.items():
        yield day, series, numbers


def _outcomes(
    office_pk: int,
    key: Key,
    holder: int,
    rows: Sequence[Happened],
    parts: Sequence[Part],
    logs: Mapping[tuple[str, int], int],
    promised: Mapping[tuple[int, str], Service],
) -> Iterator[Outcome]:
    issue = issue_of(rows)
    source = issue or rows[0]
    day, series, number = key
    at = issue.at if issue else None
    hour = at.astimezone(thai.OFFICE_ZONE).hour if at and thai.service_date(at) == day else None
    for nth, part in enumerate(parts, 1):
        service = promised.get((part.edition, part.service))
        yield Outcome(
            office_id=office_pk, log_id=logs[source.log], seq=source.seq, service_date=day, series=series,
            number=number, holder=holder, nth=nth, last=nth == len(parts), issued=issue is not None,
            service=part.service, label=part.label, priority=issue.reason if issue else "", served_as=part.priority,
            hour=hour, counter=part.counter, calls=part.calls, transfers=part.transfers, walked_in=part.walked_in,
            on_paper=part.on_paper, end=part.end,
            waited_ms=part.waited_ms, walked_ms=part.walked_ms, served_ms=part.served_ms,
            promise_ms=limit_ms(service.promise) if service else None, steps_kept=_steps_kept(part, service),
        )  # fmt: skip


def _promised(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Service]:
    """The services as the editions told them that were on screen. An edition never changes, so asking later gives the
    same.
    """
    source: Callable[[int, Collection[str]], Mapping[str, Service]] = import_string(settings.SALA_SERVICES_SOURCE)
    by_edition: dict[int, set[str]] = defaultdict(set)
    for edition, service in wanted:
        by_edition[edition].add(service)
    return {
        (edition, id_): service for edition, ids in by_edition.items() for id_, service in source(edition, ids).items()
    }


def _steps_kept(part: Part, service: Service | None) -> list[bool]:
    """Whether each step took no longer than it says, where staff noted every step of the procedure and each is a matter
    of minutes or hours; else empty.
    """
    limits = [limit_ms(step.duration) for step in service.steps] if service and part.end == "served" else []
    took = [total_ms(step) for step in part.steps_ms]
    if len(limits) != len(took):
        return []
    kept = [ms <= limit for ms, limit in zip(took, limits, strict=True) if ms is not None and limit is not None]
    return kept if len(kept) == len(limits) else []
