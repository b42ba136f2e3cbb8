"""Letting kiosks in and shutting them out.

    code = make_code(actor, "ตู้ 1", "A", now=now, random=os.urandom(10))     shown once to the administrator
    code = make_code_again(actor, kiosk, now=now, random=os.urandom(10))      for a kiosk that lost its key
    admitted = admit(request, now=now, kiosk_id=os.urandom(16))             inside `ingest`, when the kiosk asks

Both sides prove to know the code; it travels neither way. A code works once, for ten minutes (by stick: a week), and
five wrong tries spoil it.

A ticket letter is one active kiosk's, and a key is one kiosk's. That is looked at where a letter or key is taken, when
a code is used, a key rolled and when a kiosk comes back, and not only when the code is made. Locked are, in this order,
a kiosk, the codes and the office.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from shared import keys, protocol
from shared.protocol import Enrol, Health, NotTaken, Reason
from sync_server.kiosks.models import Alarm, AlarmKind, EnrolmentCode, Kiosk, KioskState, Revocation
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import Office


@dataclass(frozen=True, slots=True)
class Admitted:
    """A kiosk that was let in, and the secret its welcome is proved with."""

    kiosk: Kiosk
    secret: bytes


def make_code(
    actor: Actor, kiosk_name: str, series: str, *, now: dt.datetime, random: bytes, by_stick: bool = False
) -> str:
    """A new enrolment code for a kiosk of this name and these series letters; `random` is 10 fresh bytes. `by_stick`:
    for a kiosk without a line, whose request a person carries here.

    The code is returned once and kept nowhere as such; an earlier open code for any of these letters is spoilt.
    Raises `ValueError` where `series` is not 1 to 8 letters A-Z that no other active kiosk has: two devices must
    never give one number twice.
    """
    if not (1 <= len(series) <= 8 and series.isascii() and series.isalpha() and series.isupper()):
        raise ValueError("series letters are A to Z, one to eight of them")
    if len(set(series)) < len(series):
        raise ValueError("a series letter is written twice")
    code = EnrolmentCode(kiosk_name=kiosk_name, series=series, by_stick=by_stick)
    return _make(actor, code, now, random)


def make_code_again(actor: Actor, kiosk: Kiosk, *, now: dt.datetime, random: bytes, by_stick: bool = False) -> str:
    """A code that lets a kiosk of the fleet in once more, as who it is: its name, its letters and its logs go on under
    the key that it makes then, and the one before opens nothing any more.

    For a device whose key was lost, or is older than the one the server knows. Raises `ValueError` where the kiosk is
    revoked: whoever has it would be let in by this.
    """
    if not kiosk.active:
        raise ValueError("a revoked kiosk is let in again by the clerk first")
    code = EnrolmentCode(kiosk_name=kiosk.name, series=kiosk.series, by_stick=by_stick, kiosk=kiosk)
    return _make(actor, code, now, random)


def _make(actor: Actor, row: EnrolmentCode, now: dt.datetime, random: bytes) -> str:
    row.office, row.made_by, row.made_at = actor.office, actor.staff, now
    row.code_name, row.secret = keys.enrolment_name(random).hex(), random
    with transaction.atomic():
        _spoil_codes(actor.office, row.series)
        if row.kiosk is None:
            _refuse_taken(actor.office, row.series)
        row.save()
        after = {"kiosk": row.kiosk_name, "series": row.series} | ({"by_stick": True} if row.by_stick else {})
        record_act(actor, "kiosk.code", "enrolment_code", str(row.pk), at=now, after=after)
    return keys.enrolment_code(random)


def admit(office: Office, request: Enrol, *, now: dt.datetime, kiosk_id: bytes, by_stick: bool = False) -> Admitted:
    """Let the kiosk behind a verified request in, or raise `NotTaken(WRONG_CODE)`.

    The same kiosk asking again (its answer was lost) is given the same identity while the code lives. A request under
    no known code counts as a wrong try against every open code, for that is what guessing looks like; on a stick it is
    more likely an old one, read again. A right code is no wrong try, also where its kiosk was revoked or its letters
    were given to another one since it was made.
    """
    with transaction.atomic():
        # Before the codes, as where it comes back: whether it is active then holds to the end.
        whose = Kiosk.objects.filter(office=office, enrolment_codes__code_name=request.code_name.hex())
        list(whose.select_for_update(no_key=True, of=("self",)))
        live = list(
            EnrolmentCode.objects.select_for_update()
            .filter(office=office, by_stick=by_stick, made_at__gt=now - EnrolmentCode.valid_for(by_stick))
            .order_by("pk")
        )
        code = next((x for x in live if x.code_name == request.code_name.hex() and x.alive_at(now)), None)
        known = code is not None and _knows(request, bytes(code.secret))
        if code is None or not known:
            _count_wrong_try([code] if code else [] if by_stick else live, office, now)
        elif code.used_at is None:
            _lock(office)
            if not _key_taken(code, request) and _has_place(code):
                return Admitted(_enrol(code, request, now, kiosk_id), bytes(code.secret))
        elif code.kiosk is not None and code.kiosk.active and bytes(code.kiosk.public_key) == request.public_key:
            return Admitted(code.kiosk, bytes(code.secret))
    # Outside the block above: the count of wrong tries must outlive the refusal.
    raise NotTaken(Reason.WRONG_CODE)


def roll_key(kiosk: Kiosk, public_key: bytes, *, now: dt.datetime) -> None:
    """From now on the key of `kiosk`, as it was read when its wish was verified, is this one and no other; asked
    again, it changes nothing. Raises `NotTaken`: `REVOKED` for one shut out since, `BAD_SIGNATURE` where it was
    given another key since, or for a key that is another kiosk's.
    """
    key_id = keys.key_id(public_key).hex()
    with transaction.atomic():
        held = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        if held.key_id == key_id:
            return
        if not held.active:
            raise NotTaken(Reason.REVOKED)
        if held.key_id != kiosk.key_id:
            raise NotTaken(Reason.BAD_SIGNATURE)
        _lock(held.office)
        if Kiosk.objects.filter(office=held.office_id, key_id=key_id).exists():
            raise NotTaken(Reason.BAD_SIGNATURE)
        before, held.public_key, held.key_id = held.key_id, public_key, key_id
        held.save(update_fields=["public_key", "key_id"])
        actor = Actor(held.office, held.name)
        record_act(actor, "kiosk.roll", "kiosk", held.kiosk_id, at=now, before={"key": before}, after={"key": key_id})


def note_fingerprint(kiosk: Kiosk, fingerprint: bytes) -> None:
    """Keep what the kiosk will show as four words, for a person to compare."""
    Kiosk.objects.filter(pk=kiosk.pk).update(fingerprint=fingerprint.hex())


def note_compared(actor: Actor, kiosk: Kiosk, *, now: dt.datetime) -> None:
    """A person saw the same four words on both screens."""
    with transaction.atomic():
        if Kiosk.objects.filter(pk=kiosk.pk, compared_at=None).exclude(fingerprint="").update(compared_at=now):
            record_act(actor, "kiosk.compared", "kiosk", kiosk.kiosk_id, at=now, after={"words": kiosk.fingerprint})


def forget_codes(now: dt.datetime) -> int:
    """Blank the secrets of codes that are late; returns how many rows were touched."""
    return sum(
        EnrolmentCode.objects.filter(by_stick=by_stick, made_at__lte=now - EnrolmentCode.valid_for(by_stick))
        .exclude(secret=b"")
        .update(secret=b"")
        for by_stick in (False, True)
    )


def revoke(
    actor: Actor, kiosk: Kiosk, reason: str, *, now: dt.datetime, trusted_through: Mapping[str, int] | None = None
) -> None:
    """Note that a kiosk is shut out. What that does to its logs is `records.deciding.revoke`, which calls this.

    `trusted_through` names, for each log (hex), the last seq still believed.
    """
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        before = locked.state
        locked.state = KioskState.REVOKED
        locked.revoked_at = now
        locked.revoked_reason = reason
        locked.trusted_through = dict(trusted_through or {})
        locked.save(update_fields=["state", "revoked_at", "revoked_reason", "trusted_through"])
        _note_revocation(actor, locked, reason, now, revoked=True)
        record_act(
            actor, "kiosk.revoke", "kiosk", locked.kiosk_id, at=now, reason=reason,
            before={"state": before}, after={"state": locked.state},
        )  # fmt: skip


def reinstate(actor: Actor, kiosk: Kiosk, reason: str, *, now: dt.datetime) -> None:
    """Note that a revoked kiosk may write again; called by `records.deciding.reinstate`.

    Open codes for its letters are spoilt, its own as well: one from before it was lost may be lost with it. Raises
    `ValueError` where it is not revoked, or where another kiosk has one of its letters now.
    """
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        if locked.active:
            raise ValueError("this kiosk is not revoked")
        _spoil_codes(kiosk.office, locked.series)
        _refuse_taken(kiosk.office, locked.series)
        locked.state, locked.revoked_at, locked.revoked_reason, locked.trusted_through = (
            KioskState.ENROLLED, None, "", {},
        )  # fmt: skip
        locked.save(update_fields=["state", "revoked_at", "revoked_reason", "trusted_through"])
        _note_revocation(actor, locked, reason, now, revoked=False)
        record_act(actor, "kiosk.reinstate", "kiosk", locked.kiosk_id, at=now, reason=reason)


def _note_revocation(actor: Actor, kiosk: Kiosk, reason: str, now: dt.datetime, *, revoked: bool) -> None:
    Revocation.objects.create(
        kiosk=kiosk, revoked=revoked, trusted_through=kiosk.trusted_through, reason=reason[:300], by=actor.staff,
        by_name=actor.name, at=now,
    )  # fmt: skip


def _spoil_codes(office: Office, series: str) -> None:
    """End every open code that could give one of these letters to a kiosk."""
    for code in EnrolmentCode.objects.select_for_update().filter(office=office, used_at=None).order_by("pk"):
        if set(code.series) & set(series):
            code.tries = EnrolmentCode.TRIES_MAX
            code.save(update_fields=["tries"])


def _lock(office: Office) -> None:
    """Whatever of the office is seen to be free from here on stays so until the transaction that takes it has ended."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def _taken(office: Office, series: str) -> list[str]:
    """Those of the letters that an active kiosk has, to be asked under the office's lock."""
    active = Kiosk.objects.filter(office=office, state=KioskState.ENROLLED)
    return sorted(set(series) & {letter for kiosk in active for letter in kiosk.series})


def _refuse_taken(office: Office, series: str) -> None:
    _lock(office)
    if taken := _taken(office, series):
        raise ValueError(f"series {', '.join(taken)} belongs to another kiosk")


def note_health(kiosk: Kiosk, health: Health, edition: int, *, now: dt.datetime) -> None:
    """Keep what a kiosk said about itself at this contact."""
    now_ms = int(now.timestamp() * 1000)
    oldest_ms = health.oldest_waiting_ms
    Kiosk.objects.filter(pk=kiosk.pk).update(
        seen_at=now,
        clock_ahead_ms=None if health.wall_ms is None else _bounded(health.wall_ms - now_ms),
        captured=_bounded(health.captured, least=0),
        stored=_bounded(health.stored, least=0),
        oldest_waiting_at=None
        if oldest_ms is None
        else now - dt.timedelta(milliseconds=min(max(oldest_ms, 0), _CENTURY_MS)),
        software=health.software[:40].replace("\0", ""),
        edition=_bounded(edition, least=0),
    )


def raise_alarm(
    office: Office, kind: AlarmKind, cause: str, *, now: dt.datetime, kiosk: Kiosk | None = None, detail: str = "",
    rests: dt.timedelta = dt.timedelta(),
) -> None:  # fmt: skip
    """Put something before the staff, once for each cause; again where it happens `now`, longer than `rests` after
    somebody looked at it.
    """
    with transaction.atomic():
        alarms = Alarm.objects.filter(office=office, kind=kind, cause=cause, cleared_at__lt=now - rests)
        if not alarms.update(cleared_at=None, cleared_by=None, raised_at=now, detail=detail):
            alarm = Alarm(office=office, kiosk=kiosk, kind=kind, cause=cause, detail=detail, raised_at=now)
            Alarm.objects.bulk_create([alarm], ignore_conflicts=True)


def end_alarm(office: Office, kind: AlarmKind, cause: str, *, now: dt.datetime) -> None:
    """What an alarm was about is over by itself: nobody has to look."""
    Alarm.objects.filter(office=office, kind=kind, cause=cause, cleared_at=None).update(cleared_at=now)


def clear_alarm(actor: Actor, alarm: Alarm, *, now: dt.datetime) -> None:
    """A person has looked at it."""
    with transaction.atomic():
        changed = Alarm.objects.filter(pk=alarm.pk, cleared_at=None).update(cleared_at=now, cleared_by=actor.staff)
        if changed:
            record_act(
                actor, "alarm.clear", "alarm", str(alarm.pk), at=now, after={"kind": alarm.kind, "cause": alarm.cause}
            )


_CENTURY_MS = 100 * 366 * 24 * 3600 * 1000
_COLUMN_MAX = 2**63 - 1


def _bounded(value: int, *, least: int = -_COLUMN_MAX) -> int:
    """What a kiosk claims, cut to what a column holds."""
    return max(least, min(value, _COLUMN_MAX))


def _knows(request: Enrol, secret: bytes) -> bool:
    try:
        protocol.check_enrol(request, secret)
    except NotTaken:
        return False
    return True


def _has_place(code: EnrolmentCode) -> bool:
    """Whether the fleet still has a place for whom this code lets in: its kiosk was not revoked, or its letters are no
    other kiosk's by now.
    """
    return code.kiosk.active if code.kiosk is not None else not _taken(code.office, code.series)


def _key_taken(code: EnrolmentCode, request: Enrol) -> bool:
    """Whether the key is that of a kiosk which this code is not for."""
    holder = Kiosk.objects.filter(office=code.office_id, key_id=keys.key_id(request.public_key).hex()).first()
    return holder is not None and holder.pk != code.kiosk_id


def _count_wrong_try(codes: list[EnrolmentCode], office: Office, now: dt.datetime) -> None:
    open_ids = [code.pk for code in codes if code.open_at(now)]
    EnrolmentCode.objects.filter(pk__in=open_ids).update(tries=F("tries") + 1)
    for spoilt in EnrolmentCode.objects.filter(pk__in=open_ids, tries__gte=EnrolmentCode.TRIES_MAX):
        raise_alarm(office, AlarmKind.CODE_SPOILT, f"code {spoilt.pk}", now=now, detail=spoilt.kiosk_name)


def _enrol(code: EnrolmentCode, request: Enrol, now: dt.datetime, kiosk_id: bytes) -> Kiosk:
    again, key_id = code.kiosk is not None, keys.key_id(request.public_key).hex()
    kiosk = code.kiosk or Kiosk(
        office=code.office, kiosk_id=kiosk_id.hex(), name=code.kiosk_name, series=code.series, enrolled_at=now
    )
    before = {"key": kiosk.key_id} if again else None
    kiosk.public_key, kiosk.key_id, kiosk.compared_at = request.public_key, key_id, None
    kiosk.software = request.software[:40].replace("\0", "")
    kiosk.save()
    code.used_at, code.kiosk = now, kiosk
    code.save(update_fields=["used_at", "kiosk"])
    actor = Actor(code.office, code.made_by.full_name if code.made_by else "sala-server", code.made_by)
    record_act(
        actor, "kiosk.enrol_again" if again else "kiosk.enrol", "kiosk", kiosk.kiosk_id, at=now, before=before,
        after={"name": kiosk.name, "series": kiosk.series, "key": kiosk.key_id},
    )  # fmt: skip
    return kiosk
