"""Reads of the logs: where they stand, and the records themselves for the review page."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.module_loading import import_string

from shared import kinds
from shared.kinds import Body, Unreadable
from shared.protocol import Ask, Claim, Stand, StandState
from shared.records import NO_HASH, Header, decode_header
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Office, Role, Staff
from sync_server.records.models import About, Decision, Epoch, Log, RecordRow, SetAside, Why

#: The log, and the kinds in it, of which no page may give a hint.
CONFIDENTIAL = "confidential"
SEALED_KINDS = tuple(kind.name for kind in kinds.KINDS if kind.sealed_to == "route")

#: How the kinds begin of which a record belongs to a case, also of those that only a newer kiosk knows.
_OF_A_CASE = "case."

#: Kinds of which one record is one person's opinion.
SINGLE_ANSWERS = ("rating.given", "rating.changed", "rating.explained", "praise.given")


def current_epoch(office: Office) -> Epoch | None:
    """The epoch the server is in; None before its first start."""
    found = Epoch.objects.raw("SELECT * FROM records_epoch WHERE office_id = %s ORDER BY id DESC LIMIT 1", [office.pk])
    return next(iter(found), None)


def restored_since(office: Office, moment: dt.datetime) -> bool:
    """Whether this server came back from a backup after `moment`."""
    first = Epoch.objects.filter(office=office).order_by("pk").first()
    later = Epoch.objects.filter(office=office, minted_at__gte=moment)
    return first is not None and later.exclude(pk=first.pk).exists()


def stored_total(office: Office) -> int:
    """How many records are held for this office, all branches together."""
    total = Log.objects.filter(office=office).aggregate(total=Sum(F("seq") - F("base_seq")))["total"]
    return int(total or 0)


def kin(log: Log) -> list[int]:
    """The keys of all lines of the other logs of the same device: those that go on from this log, and those that it
    goes on from.
    """
    logs = Log.objects.filter(office=log.office_id)
    if not log.parent and not logs.filter(parent=log.log_id).exists():
        return []
    found: set[str] = set()
    edge = {log.log_id}
    while edge:
        found |= edge
        near = logs.filter(Q(parent__in=edge) | Q(log_id__in=edge)).values_list("log_id", "parent")
        edge = {each for pair in near for each in pair if each} - found
    return list(logs.filter(log_id__in=found - {log.log_id}).values_list("pk", flat=True))


def stands(kiosk: Kiosk, ask: Ask) -> list[Stand]:
    """Where the server stands in each log the kiosk asks about (seq 0 where it never saw one). It may be another
    kiosk's: this device was that kiosk, before it was enrolled once more.
    """
    wanted = {claim.log.hex() for claim in ask.logs}
    by_id: dict[str, list[Log]] = {}
    for row in Log.objects.filter(office=kiosk.office_id, log_id__in=wanted).order_by("branch"):
        by_id.setdefault(row.log_id, []).append(row)
    return [_stand(kiosk, claim, by_id.get(claim.log.hex(), [])) for claim in ask.logs]


def _stand(kiosk: Kiosk, claim: Claim, branches: list[Log]) -> Stand:
    if not branches:
        return Stand(claim.log, 0, NO_HASH, "open" if kiosk.active else "revoked", 0)
    # A kiosk on another branch is told of its own branch, so that it goes on there.
    branch = next((x for x in branches[1:] if x.seq == claim.seq and bytes(x.head_hash) == claim.hash), branches[0])
    state: StandState = "revoked" if not kiosk.active else "open" if branch.forked_at is None else "forked"
    return Stand(claim.log, branch.seq, bytes(branch.head_hash), state, branch.backed_up)


@dataclass(frozen=True, slots=True)
class Reading:
    """One record as the review page shows it: the row, its header, and what the body says (None where erased)."""

    row: RecordRow
    header: Header
    body: Body | Unreadable | None

    @property
    def title_th(self) -> str:
        """The kind in Thai, or its bare name when this program does not know it."""
        row = kinds.BY_NAME.get((self.row.kind, self.row.schema))
        return row.title_th if row else self.row.kind


def visible_to(user: Staff) -> QuerySet[RecordRow]:
    """The records a member of staff may open: those of the own office, and none for the administrator (logs are not
    system data) and for readers of sealed cases. Complaints about people are nobody's to browse: the list would tell
    the one they are about. A single rating or praise is for those who answer for the figures: at the counter one would
    know whose it is. What an officer may not know as a case they do not read as a record either; while nobody can say
    which case it belongs to, it is none of theirs.
    """
    rows = RecordRow.objects.filter(log__office=user.office_id).exclude(kind__in=SEALED_KINDS)
    rows = rows.exclude(log__name=CONFIDENTIAL).select_related("log", "log__kiosk")
    if user.role == Role.OFFICER:
        cases, place = cases_for(user), {"log": OuterRef("log"), "seq": OuterRef("seq")}
        known = Exists(cases.filter(**place)) | Exists(cases.filter(**_returned_by(place)))
        rows = rows.exclude(kind__in=SINGLE_ANSWERS).filter(~Q(kind__startswith=_OF_A_CASE) | known)
    return rows.none() if user.role in (Role.ADMIN, Role.READER) else rows


def cases_for(user: Staff) -> QuerySet[Any]:
    """The cases that a member of staff may know of."""
    source: Callable[[Staff], QuerySet[Any]] = import_string(settings.SALA_CASES_SOURCE)
    return source(user)


def case_of(user: Staff, row: RecordRow) -> Any:
    """The case that a record opened or took up again, where this member of staff may know of it."""
    cases, place = cases_for(user), {"log": row.log_id, "seq": row.seq}
    return cases.filter(**place).first() or cases.filter(**_returned_by(place)).first()


def _returned_by(place: dict[str, Any]) -> dict[str, Any]:
    """The place of a record, as that of a citizen's word about an earlier case."""
    return {f"returns__{name}": value for name, value in place.items()}


def keys(user: Staff, places: Q) -> dict[tuple[int, int], int]:
    """By log and seq, the keys of those records at `places` that a member of staff may open."""
    return {(log, seq): pk for log, seq, pk in visible_to(user).filter(places).values_list("log_id", "seq", "pk")}


def find(
    user: Staff, *, kind: str = "", kiosk_id: str = "", first: dt.date | None = None, last: dt.date | None = None
) -> QuerySet[RecordRow]:
    """Records by kind, kiosk (hex id) and day of arrival, newest first."""
    rows = visible_to(user).order_by("-pk")
    if kind:
        rows = rows.filter(kind=kind)
    if kiosk_id:
        rows = rows.filter(log__kiosk__kiosk_id=kiosk_id)
    if first:
        rows = rows.filter(received_at__date__gte=first)
    if last:
        rows = rows.filter(received_at__date__lte=last)
    return rows


def read(row: RecordRow) -> Reading:
    """What a record says. Never raises: what cannot be read is `Unreadable` with the reason."""
    body = None if row.body is None else kinds.decode(row.kind, row.schema, bytes(row.body))
    return Reading(row, decode_header(bytes(row.header)), body)


def kinds_received(office: Office) -> list[str]:
    """The kinds that are there, for the filter."""
    return sorted(RecordRow.objects.filter(log__office=office).values_list("kind", flat=True).distinct())


def set_aside(office: Office) -> QuerySet[SetAside]:
    """Records of which a projection lacks something, with the reason."""
    aside = SetAside.objects.filter(log__office=office).exclude(kind__in=SEALED_KINDS).exclude(why=Why.REPEATED)
    return aside.exclude(log__name=CONFIDENTIAL).select_related("log", "log__kiosk").order_by("-at")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log that a person has to look at, or has looked at: of a fork, of a revoked kiosk, or brought by
    another kiosk than the log's own.

    `doubtful_from` is its first record in doubt; `apart` how many records do not count; `open` says that some of them
    came since anybody decided.
    """

    log: Log
    doubtful_from: int
    decisions: list[Decision]

    @property
    def apart(self) -> int:
        """How many records do not count."""
        return self.log.apart

    @property
    def brought_of(self) -> Kiosk | None:
        """Whose records this kiosk brought; None where they are its own."""
        first = self.log
        while first.based_on is not None:
            first = first.based_on
        return None if first.kiosk_id == self.log.kiosk_id else first.kiosk

    @property
    def last(self) -> Decision | None:
        """What was decided last by somebody who looked at the line itself."""
        looked = [each for each in self.decisions if each.about in (About.FORK, About.QUARANTINE)]
        return looked[-1] if looked else None

    @property
    def open(self) -> bool:
        """Whether records do not count that nobody has decided about."""
        return self.apart > 0 and (self.last is None or self.last.seen_through < self.log.seq)


def doubtful_lines(office: Office) -> list[Line]:
    """Every line in doubt, those that wait for a decision first. Confidential logs are none of them: nothing about them
    is decided here, and the list would tell that somebody complained.
    """
    logs = (
        Log.objects.filter(office=office)
        .exclude(name=CONFIDENTIAL)
        .filter(Q(forked_at__isnull=False) | Q(counts_through__isnull=False) | Q(decisions__isnull=False))
        .select_related("kiosk", "based_on__kiosk")
        .prefetch_related("decisions", "branches")
        .distinct()
    )
    lines = [Line(log, _doubtful_from(log), list(log.decisions.all())) for log in logs]
    return sorted(lines, key=lambda line: (not line.open, line.log.kiosk.name, line.log.log_id, line.log.branch))


def _doubtful_from(log: Log) -> int:
    if log.branch:
        return log.base_seq + 1
    parted = [branch.base_seq for branch in log.branches.all()]
    limits = [each.counts_through for each in log.decisions.all() if each.counts_through is not None]
    limit = [] if log.counts_through is None else [log.counts_through]
    return min([*parted, *limits, *limit], default=0) + 1


def apart(office: Office) -> int:
    """How many records are kept and do not count, for all to see but those of confidential logs."""
    return sum(log.apart for log in Log.objects.filter(office=office).exclude(name=CONFIDENTIAL))


def last_received(office: Office) -> dt.datetime | None:
    """When the newest record arrived: the "data up to" of every report."""
    latest = Log.objects.filter(office=office, received_at__isnull=False).order_by("-received_at").first()
    return latest.received_at if latest else None
