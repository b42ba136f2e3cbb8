"""Writes of the office itself: who signs in, what stands on its papers, when it is closed.

    person, password = add_staff(by, username="somjai", facts={...}, now=now)     the password is nowhere else
    change_staff(by, person, {"role": Role.CLERK, "is_active": True}, now=now)
    password = give_password(by, person, now=now)                                 ends that person's sessions
    change_office(by, {"clerk_name": "..."}, now=now)
    close_day(by, day, name, now=now)
    open_day(by, day, now=now)

People are never deleted: who leaves is made inactive, and what they did keeps its author. Whoever looks after people
cannot shut the door behind everybody: one of them stays (`NobodyLeft`).
"""

import datetime as dt
import secrets
from collections.abc import Mapping

from axes.utils import reset
from django.db import transaction
from django.dispatch import Signal

from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import Holiday, Office, Role, Staff
from sync_server.organisations.queries import closed_days

#: Who looks after people, papers, closed days and kiosks.
MANAGERS = (Role.ADMIN, Role.CLERK)

#: Neither 0 and o nor 1, l and i: a given password is read from a screen and typed once.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_GROUP = 3, 4  # 59 bits


#: Days were closed or opened: `office` and `days`, in the transaction that did it.
closed_days_changed = Signal()


class NobodyLeft(Exception):
    """After this nobody could sign in who looks after people."""


def add_staff(
    actor: Actor, *, username: str, facts: Mapping[str, object], now: dt.datetime, password: str | None = None
) -> tuple[Staff, str]:
    """A new member of staff and the password they sign in with.

    Without `password` one is made, and they must choose their own at the first sign-in. `facts` are fields of `Staff`.
    Raises `ValidationError` where a fact does not fit or the name is taken.
    """
    chosen = password or _password()
    with transaction.atomic():
        staff = Staff.objects.create_user(
            username, chosen, office=actor.office, password_given=password is None, **facts
        )
        record_act(actor, "staff.make", "staff", staff.username, at=now, after={"role": staff.role})
    return staff, chosen


def change_staff(actor: Actor, staff: Staff, changes: Mapping[str, object], *, now: dt.datetime) -> None:
    """Give `staff` other facts; those that are as they were are left out of the audit log, and none changed is no act.

    Raises `NobodyLeft`, and changes nothing then.
    """
    with transaction.atomic():
        # One change after another: two people who look after others must not make each other leave at one moment.
        Office.objects.select_for_update(no_key=True).get(pk=actor.office.pk)
        staff.refresh_from_db(fields=list(changes))
        before, after = _assigned(staff, changes)
        if not after:
            return
        staff.save(update_fields=list(after))
        if not Staff.objects.filter(office=actor.office, is_active=True, role__in=MANAGERS).exists():
            raise NobodyLeft(staff.username)
        record_act(actor, "staff.change", "staff", staff.username, at=now, before=before, after=after)


def give_password(actor: Actor, staff: Staff, *, now: dt.datetime) -> str:
    """A new password for somebody who lost theirs, to be changed by them at once; ends their sessions, and their
    waiting after wrong tries.
    """
    password = _password()
    with transaction.atomic():
        staff.set_password(password)
        staff.password_given = True
        staff.save(update_fields=["password", "password_given"])
        record_act(actor, "staff.give_password", "staff", staff.username, at=now)
    reset(username=staff.username)
    return password


def change_office(actor: Actor, changes: Mapping[str, object], *, now: dt.datetime) -> None:
    """Set what stands on the office's papers; none changed is no act."""
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=actor.office.pk)
        before, after = _assigned(office, changes)
        if after:
            office.save(update_fields=list(after))
            record_act(actor, "office.change", "office", office.office_id, at=now, before=before, after=after)


def add_closed_days(office: Office, names: Mapping[dt.date, str]) -> set[dt.date]:
    """The days of `names` that were not known as closed and are so now; for a transaction of the caller's."""
    new = set(names) - closed_days(office)
    rows = [Holiday(office=office, day=day, name=names[day]) for day in new]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    if new:
        closed_days_changed.send(Holiday, office=office, days=new)
    return new


def close_day(actor: Actor, day: dt.date, name: str, *, now: dt.datetime) -> bool:
    """The office is closed on `day`; False where it is known already."""
    with transaction.atomic():
        made = bool(add_closed_days(actor.office, {day: name}))
        if made:
            record_act(actor, "office.close_day", "office", actor.office.office_id, at=now, after={str(day): name})
    return made


def open_day(actor: Actor, day: dt.date, *, now: dt.datetime) -> None:
    """The office is open on `day` after all."""
    with transaction.atomic():
        held = Holiday.objects.filter(office=actor.office, day=day).first()
        if held is not None:
            held.delete()
            closed_days_changed.send(Holiday, office=actor.office, days={day})
            before = {str(day): held.name}
            record_act(actor, "office.open_day", "office", actor.office.office_id, at=now, before=before)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))


def _assigned(row: Office | Staff, changes: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Set the fields that differ; what they were and are, as short words for the audit log."""
    before, after = {}, {}
    for name, value in changes.items():
        held = getattr(row, name)
        if held != value:
            before[name], after[name] = _short(held), _short(value)
            setattr(row, name, value)
    return before, after


def _short(value: object) -> str:
    return "" if value is None else str(value)
