"""Reads of the logs: where they stand, and the records themselves for the review page."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db.models import F, QuerySet, Sum

from shared import kinds
from shared.kinds import Body, Unreadable
from shared.protocol import Ask, Claim, Stand
from shared.records import NO_HASH, Header, decode_header
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Office, Role, Staff
from sync_server.records.models import Epoch, Log, RecordRow, SetAside

#: The log, and the kinds in it, of which no page may give a hint.
CONFIDENTIAL = "confidential"
SEALED_KINDS = tuple(kind.name for kind in kinds.KINDS if kind.sealed_to == "route")

#: Kinds of which one record is one person's opinion.
SINGLE_ANSWERS = ("rating.given", "rating.changed", "rating.explained", "praise.given")


def current_epoch(office: Office) -> Epoch | None:
    """The epoch the server is in; None before its first start."""
    found = Epoch.objects.raw("SELECT * FROM records_epoch WHERE office_id = %s ORDER BY id DESC LIMIT 1", [office.pk])
    return next(iter(found), None)


def stored_total(office: Office) -> int:
    """How many records are held for this office, all branches together."""
    total = Log.objects.filter(office=office).aggregate(total=Sum(F("seq") - F("base_seq")))["total"]
    return int(total or 0)


def stands(kiosk: Kiosk, ask: Ask) -> list[Stand]:
    """Where the server stands in each log the kiosk asks about (seq 0 where it never saw one, or where it is another
    kiosk's).
    """
    wanted = {claim.log.hex() for claim in ask.logs}
    by_id: dict[str, list[Log]] = {}
    for row in Log.objects.filter(office=kiosk.office_id, kiosk=kiosk, log_id__in=wanted).order_by("branch"):
        by_id.setdefault(row.log_id, []).append(row)
    return [_stand(claim, by_id.get(claim.log.hex(), [])) for claim in ask.logs]


def _stand(claim: Claim, branches: list[Log]) -> Stand:
    if not branches:
        return Stand(claim.log, 0, NO_HASH, "open", 0)
    # A kiosk on another branch is told of its own branch, so that it goes on there.
    branch = next((x for x in branches[1:] if x.seq == claim.seq and bytes(x.head_hash) == claim.hash), branches[0])
    state: Literal["open", "forked"] = "open" if branch.forked_at is None else "forked"
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
    know whose it is.
    """
    rows = RecordRow.objects.filter(log__office=user.office_id).exclude(kind__in=SEALED_KINDS)
    rows = rows.exclude(log__name=CONFIDENTIAL).select_related("log", "log__kiosk")
    if user.role == Role.OFFICER:
        rows = rows.exclude(kind__in=SINGLE_ANSWERS)
    return rows.none() if user.role in (Role.ADMIN, Role.READER) else rows


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
    """Records that are in no projection, with the reason."""
    aside = SetAside.objects.filter(log__office=office).exclude(kind__in=SEALED_KINDS)
    return aside.exclude(log__name=CONFIDENTIAL).select_related("log", "log__kiosk").order_by("-at")


def branches(office: Office) -> QuerySet[Log]:
    """The other sides of forks, uncounted ones first."""
    return (
        Log.objects.filter(office=office, branch__gt=0)
        .select_related("kiosk", "counted_by")
        .order_by("counted", "-opened_at")
    )


def last_received(office: Office) -> dt.datetime | None:
    """When the newest record arrived: the "data up to" of every report."""
    latest = Log.objects.filter(office=office, received_at__isnull=False).order_by("-received_at").first()
    return latest.received_at if latest else None
