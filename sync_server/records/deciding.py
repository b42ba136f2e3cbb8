"""How far a line of a log counts, decided by people: forks, revoked kiosks, and the way back.

    revoke(actor, kiosk, reason, now=now, through={log id: seq})      what it sends later is kept and counts nowhere
    take_in(actor, log, reason, now=now)                              this line counts after all, as far as it goes
    keep_apart(actor, log, reason, now=now)                           looked at, and it does not count
    reinstate(actor, kiosk, reason, now=now)                          the kiosk may write again; all of it counts

Rules of this file:
1. A decision is a record of its own (`Decision`, `Revocation`), never changed; a later one takes its place. What counts
   now (`Log.counts_through`) is what the decisions say, and the projections follow it both ways.
2. No decision deletes, refuses or hides a record: what does not count is kept whole and shown.
3. Complaints about people reach their readers whatever is decided here: revoking a kiosk must be no way to make a
   complaint vanish (docs/decisions/0029).
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Min

from sync_server.kiosks import actions as kiosks
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.actions import Actor, record_act
from sync_server.records.actions import tell
from sync_server.records.models import About, Decision, Log

#: Set by `counts_through` where a line counts to its end, whatever comes.
ALL = None


class NotDecided(Exception):
    """This cannot be decided like that; nothing was changed."""


def revoke(
    actor: Actor, kiosk: Kiosk, reason: str, *, now: dt.datetime, through: Mapping[str, int] | None = None
) -> None:
    """Shut a kiosk out: of each of its logs, records after the seq that `through` names (by the log's id in hex) do not
    count; of a log it does not name, those that have not come yet. Raises `NotDecided` where it is revoked already.
    """
    named = through or {}
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        if not locked.active:
            raise NotDecided("this kiosk is revoked already")
        trusted = {}
        for log in Log.objects.select_for_update(no_key=True).filter(kiosk=locked):
            limit = max(log.base_seq, min(log.seq, named.get(log.log_id, log.seq)))
            if log.branch == 0:
                trusted[log.log_id] = limit
            if log.counts_through is ALL or log.counts_through > limit:
                _decide(actor, log, About.REVOKED, limit, reason, now)
        kiosks.revoke(actor, locked, reason, now=now, trusted_through=trusted)


def reinstate(actor: Actor, kiosk: Kiosk, reason: str, *, now: dt.datetime) -> None:
    """The kiosk may write again, and everything that its revocation kept apart counts; of forks what a person decided
    last holds, whether the kiosk was revoked then or not.

    Raises `NotDecided` where it is not revoked, or where one of its letters was given to another kiosk since.
    """
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        limited = list(Log.objects.select_for_update(no_key=True).filter(kiosk=locked).exclude(counts_through=ALL))
        try:
            kiosks.reinstate(actor, locked, reason, now=now)
        except ValueError as error:
            raise NotDecided(str(error)) from error
        for log in limited:
            back = _but_for_revocation(log)
            if back != log.counts_through:
                _decide(actor, log, About.REINSTATED, back, reason, now)


def take_in(actor: Actor, log: Log, reason: str, *, now: dt.datetime) -> None:
    """A person has looked: this line counts. All of it, whatever comes; of a revoked kiosk, as far as it was seen."""
    with transaction.atomic():
        locked = Log.objects.select_for_update(no_key=True, of=("self",)).select_related("kiosk").get(pk=log.pk)
        through = ALL if locked.kiosk.active else locked.seq
        _decide(actor, locked, _about(locked), through, reason, now)
        record_act(actor, "log.take_in", "log", str(locked), at=now, reason=reason, after={"through": through})


def keep_apart(actor: Actor, log: Log, reason: str, *, now: dt.datetime) -> None:
    """A person has looked: this line does not count from where it parted, or from where its kiosk was trusted no
    longer.
    """
    with transaction.atomic():
        locked = Log.objects.select_for_update(no_key=True, of=("self",)).select_related("kiosk").get(pk=log.pk)
        _decide(actor, locked, _about(locked), _own_part(locked), reason, now)
        record_act(actor, "log.keep_apart", "log", str(locked), at=now, reason=reason)


def _about(log: Log) -> About:
    return About.FORK if log.forked_at is not None else About.QUARANTINE


def _but_for_revocation(log: Log) -> int | None:
    """How far a line counts by what was decided of its fork alone."""
    looked = Decision.objects.filter(log=log, about=About.FORK).order_by("-pk").first()
    if looked is None:
        return log.base_seq if log.branch else ALL
    # Of a revoked kiosk, what was taken in is what was there to be seen.
    if looked.counts_through is ALL or looked.counts_through >= looked.seen_through:
        return ALL
    return log.base_seq if log.branch else _parted(log)


def _parted(log: Log) -> int | None:
    """The last record before the first branch of the same kiosk that left this line. What another one brought puts
    nothing of it in doubt.
    """
    least: int | None = log.branches.filter(kiosk=log.kiosk_id).aggregate(least=Min("base_seq"))["least"]
    return least


def _own_part(log: Log) -> int:
    """The last record of a line that is in no doubt."""
    if log.branch:
        return log.base_seq
    revoked = None if log.kiosk.active else log.kiosk.trusted_through.get(log.log_id, 0)
    doubts = [seq for seq in (revoked, _parted(log)) if seq is not None]
    if not doubts:
        raise NotDecided("nothing about this line is in doubt")
    return min(doubts)


def _decide(actor: Actor, log: Log, about: About, through: int | None, reason: str, now: dt.datetime) -> None:
    Decision.objects.create(
        office=actor.office, log=log, about=about, counts_through=through, before=log.counts_through,
        seen_through=log.seq, reason=reason[:500], by=actor.staff, by_name=actor.name, at=now,
    )  # fmt: skip
    log.counts_through = through
    log.save(update_fields=["counts_through"])
    transaction.on_commit(tell)
