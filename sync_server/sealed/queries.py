"""Reads of sealed cases. Every list, page and count goes through `visible_to`: for whoever has no grant, or has stepped
down, there is no such case, whatever their role.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from shared.content import Status
from sync_server.organisations.models import Office, Staff
from sync_server.sealed.models import Act, Grant, ReaderKey, RecoveryKey, SealedCase, SealedEvent, SealedState

#: What a status tells about the subject: nothing. The kiosk has words for it.
NEUTRAL_SUBJECT = "confidential"


def visible_to(user: Staff) -> QuerySet[SealedCase]:
    """The sealed cases whose words this person's own key opens. Roles have no say, and nobody sees all."""
    mine = Grant.objects.filter(key__staff=user.pk, key__office=user.office_id, recused_on=None)
    return SealedCase.objects.filter(office=user.office_id, pk__in=mine.values("case"))


def one(user: Staff, pk: int) -> SealedCase:
    """A visible case. Raises `SealedCase.DoesNotExist`, also where it only is not for this person."""
    return visible_to(user).select_related("log").get(pk=pk)


def open_count(user: Staff) -> int:
    """How many cases wait for this reader, for the menu."""
    return visible_to(user).filter(state__in=(SealedState.RECEIVED, SealedState.IN_PROGRESS)).count()


def reads_something(user: Staff) -> bool:
    """Whether this person has a seat or a case, and so a place for sealed cases in the menu."""
    return ReaderKey.objects.filter(staff=user.pk).exists()


def key_of(user: Staff) -> ReaderKey | None:
    """The seat this person holds now, with or without a key."""
    return ReaderKey.objects.filter(staff=user.pk, ended_on=None).first()


def readers(case: SealedCase) -> list[Grant]:
    """Whom the words were sealed to, the recovery key last."""
    return sorted(case.grants.select_related("key__staff"), key=lambda grant: (grant.key is None, grant.pk))


def events(case: SealedCase) -> list[SealedEvent]:
    """Who did what on which day, newest first."""
    return list(case.events.select_related("by").order_by("-pk"))


def answers(case: SealedCase) -> list[SealedEvent]:
    """What the citizen was told, oldest first."""
    return [event for event in case.events.all() if event.act in (Act.ANSWERED, Act.CLOSED) and event.text]


def reader_keys(office: Office) -> tuple[dict[str, bytes], bytes]:
    """Public keys by reader id, and the recovery key (empty for none): what an edition is published with."""
    held = ReaderKey.objects.filter(office=office, ended_on=None, staff__is_active=True).exclude(key_id="")
    recovery = RecoveryKey.objects.filter(office=office).first()
    return {key.reader: bytes(key.public) for key in held}, bytes(recovery.public) if recovery else b""


# --- what goes back to the citizen -----------------------------------------------------------------------------------

# As with other cases: a closed one can be asked about for a year.
_TELL_CLOSED_FOR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SealedStatusFacts:
    """One case as the bundle needs it (`content.pieces.Told`)."""

    status_id: bytes
    state_key: bytes
    status: Status


def statuses_for_bundle(office: Office, *, now: dt.datetime) -> Iterator[SealedStatusFacts]:
    """The status of every sealed case that a citizen may still ask about, in a stable order: no word of the complaint,
    no category, no name of a reader.
    """
    cases = SealedCase.objects.filter(office=office).exclude(closed_on__lt=(now - _TELL_CLOSED_FOR).date())
    for case in cases.prefetch_related("events").order_by("status_id", "pk"):
        yield SealedStatusFacts(bytes.fromhex(case.status_id), bytes(case.state_key), status_of(case))


def status_of(case: SealedCase) -> Status:
    """What the citizen is told. Dates are ISO."""
    told = answers(case)
    return Status(
        state=case.state,  # type: ignore[arg-type]
        subject=NEUTRAL_SUBJECT,
        filed_on=case.filed_on.isoformat(),
        answer_by=case.result_by.isoformat(),
        answer="\n\n".join(event.text for event in told),
        answered_on=told[-1].on.isoformat() if told else "",
        answered_by="",
        number=case.number,
    )


# --- numbers for the report ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """Sealed cases filed in a period, as numbers only. `due` are those whose result is owed by now or was given."""

    received: int
    closed: int
    told_in_time: int
    due: int

    @property
    def open(self) -> int:
        """Not closed yet."""
        return self.received - self.closed


def figures(office: Office, first: dt.date, last: dt.date, *, today: dt.date) -> Figures:
    """The counts of a period. No list stands behind them: nobody may be led from a number to a case."""
    cases = SealedCase.objects.filter(office=office, filed_on__range=(first, last))
    found = cases.annotate(told_on=Coalesce("answered_on", "closed_on")).aggregate(
        received=Count("pk"),
        closed=Count("pk", filter=Q(state=SealedState.CLOSED)),
        told_in_time=Count("pk", filter=Q(told_on__lte=F("result_by"))),
        due=Count("pk", filter=Q(told_on__isnull=False) | Q(result_by__lt=today)),
    )
    return Figures(**found)
