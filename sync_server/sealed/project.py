"""Opens a sealed case for each `complaint.filed`, with its number, its deadlines, and a grant for each key.

Nothing in here can open anything: what is read is what the kiosk left legible. Folded again, a record changes only
what it says itself; number, state, grants and events stay.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from shared import envelope, thai
from shared.kinds import ComplaintFiled
from sync_server.cases.clocks import Limits, reached_by
from sync_server.organisations.models import Office
from sync_server.records import actions as records
from sync_server.records.seen import Seen
from sync_server.sealed.models import Act, Grant, ReaderKey, SealedCase, SealedEvent, SealedNumber

# The clock runs from the day on the citizen's slip, unless that day cannot be true.
_FILED_AGE_MAX = dt.timedelta(days=2 * 365)


def complaints(run: Sequence[Seen[ComplaintFiled]]) -> None:
    """One `SealedCase` for each record of the run, all of one log. Complaints are few: one at a time."""
    for seen in run:
        facts = _facts(seen)
        case = SealedCase.objects.filter(log=seen.log, seq=seen.seq).first()
        if case is None:
            case = SealedCase(office=seen.log.office, log=seen.log, seq=seen.seq, **facts)
            _number(case)
            case.save()
            SealedEvent.objects.create(case=case, act=Act.RECEIVED, on=case.received_on)
        else:
            SealedCase.objects.filter(pk=case.pk).update(**facts)
        _grant(case, seen.body.sealed)


def follow_closed_days(office: Office, days: Collection[dt.date], **_signal: object) -> None:
    """Date anew the cases that a change of these closed days can move, as a rebuild would."""
    limits = Limits(office)
    for case in SealedCase.objects.filter(reached_by(days, "acknowledge_by", "result_by"), office=office):
        owed = limits.owed(case.filed_on, case.received_on)
        if any(getattr(case, name) != value for name, value in owed.items()):
            SealedCase.objects.filter(pk=case.pk).update(**owed)
    transaction.on_commit(records.tell)


def reset() -> None:
    """Nothing to forget: numbers, grants and what readers did must outlive a rebuild, and the rest is written anew."""


def _facts(seen: Seen[ComplaintFiled]) -> dict[str, object]:
    body, office = seen.body, seen.log.office
    received_on = thai.service_date(seen.received_at)
    claimed = dt.date.fromisoformat(body.filed_on)
    filed_on = claimed if received_on - _FILED_AGE_MAX <= claimed <= received_on else received_on
    return {
        "route": thai.clean(body.route, chars_max=40),
        "category": body.category,
        "size": len(body.sealed),
        "status_id": body.status_id.hex(),
        "state_key": body.state_key,
        "filed_on": filed_on,
        "received_on": received_on,
        **Limits(office).owed(filed_on, received_on),
    }


def _number(case: SealedCase) -> None:
    """The next number of the fiscal year, from one locked counter row."""
    year = thai.fiscal_year(case.filed_on)
    SealedNumber.objects.bulk_create([SealedNumber(office=case.office, year=year)], ignore_conflicts=True)
    counter = SealedNumber.objects.select_for_update().get(office=case.office, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    case.year, case.n, case.number = year, counter.last, f"ล.{counter.last:04d}/{year}"


def _grant(case: SealedCase, sealed: bytes) -> None:
    ids = [key_id.hex() for key_id in envelope.readers_of(sealed)]
    held = {key.key_id: key for key in ReaderKey.objects.filter(office=case.office, key_id__in=ids)}
    grants = [Grant(case=case, sealed_to=key_id, key=held.get(key_id)) for key_id in ids]
    Grant.objects.bulk_create(grants, ignore_conflicts=True)
