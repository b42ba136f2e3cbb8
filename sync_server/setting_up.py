"""The first minutes of a server: keys, tables, the office record, and for trying out the fictional office with its
staff.

Everything here may be run again: what is there already is left as it is.
"""

import datetime as dt
import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from shared.keys import ReadingKey
from sync_server import keys
from sync_server.cases.clocks import clocks
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.managing import add_closed_days, add_staff
from sync_server.organisations.models import Division, Office, Role, Staff
from sync_server.records import actions as records
from sync_server.restoring import refuse_half_restored
from sync_server.sealed import actions as sealed
from sync_server.sealed.models import RecoveryKey

_SEED_BYTES = 96

SAMPLE = Path(__file__).resolve().parent.parent / "assets" / "office-sample"


def make_server(*, name: str, name_en: str, now: dt.datetime) -> tuple[Office, list[str]]:
    """Make keys, tables, the office and the first epoch, as far as they are missing.

    Returns the office and the names of the key files made. Raises `ImproperlyConfigured` in the middle of a restore.
    """
    refuse_half_restored()
    made = keys.make(settings.DATA_DIR / "keys")
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        office = Office.objects.order_by("pk").first()
        if office is None:
            office = Office.objects.create(
                office_id=os.urandom(16).hex(),
                name=name,
                name_en=name_en,
                short_name=_short(name),
                status_salt=os.urandom(16),
            )
            record_act(program(office), "office.make", "office", office.office_id, at=now, after={"name": name})
        clocks(office)
    root = keys.make_root(bytes.fromhex(office.office_id), now_ms=int(now.timestamp() * 1000))
    if root is not None:
        made.append(f"../{root.name}")
    records.start(office, now=now, epoch=os.urandom(16))
    return office, made


#: What everybody calls an office of this kind.
_IN_FULL, _IN_SHORT = "องค์การบริหารส่วนตำบล", "อบต."


def _short(name: str) -> str:
    """The name as people say it; empty where it is no subdistrict office's, and staff enter it."""
    return name.replace(_IN_FULL, _IN_SHORT, 1) if name.startswith(_IN_FULL) else ""


def program(office: Office) -> Actor:
    """The actor for what the program does by itself or at the command line."""
    return Actor(office, "sala-server")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A member of staff and the password that is shown this once (None where they were there already)."""

    staff: Staff
    password: str | None


@dataclass(frozen=True, slots=True)
class _Person:
    username: str
    full_name: str
    position: str
    role: Role
    division: str


# People of an office that does not exist.
_PEOPLE = (
    _Person("somjai", "นางสาวสมใจ ศาลาทอง", "เจ้าพนักงานธุรการ", Role.OFFICER, "palad"),
    _Person("wichai", "นายวิชัย ศาลาทอง", "นายช่างโยธา", Role.OFFICER, "works"),
    _Person("palad", "นางประไพ ศาลาทอง", "ปลัดองค์การบริหารส่วนตำบล", Role.CLERK, "palad"),
    _Person("nayok", "นายมานะ ศาลาทอง", "นายกองค์การบริหารส่วนตำบล", Role.EXECUTIVE, ""),
    _Person("it", "นายไอที ศาลาทอง", "ผู้ดูแลระบบ", Role.ADMIN, "palad"),
)


def make_demo_office(*, now: dt.datetime, password: str | None = None) -> list[SignIn]:
    """The fictional office of `assets/office-sample` with a few of its people.

    Every new person gets `password`, or one made up for them; it is in the returned list and nowhere else.
    """
    sample = _sample()
    office, _made = make_server(name=sample["name"]["th"], name_en=sample["name"].get("en", ""), now=now)
    with transaction.atomic():
        _describe(office, sample)
        return [_person(office, person, password, now) for person in _PEOPLE]


#: Who reads complaints about people in the fictional office; the last three come from outside its divisions.
_READERS = {
    "clerk": "palad",
    "chief": "nayok",
    "council_chair": "prathan",
    "district_liaison": "thongthin",
    "auditor": "truat",
}
_OUTSIDE = (
    _Person("prathan", "นายประธาน ศาลาทอง", "ประธานสภาองค์การบริหารส่วนตำบล", Role.READER, ""),
    _Person("thongthin", "นางสาวท้องถิ่น ศาลาทอง", "ท้องถิ่นอำเภอ", Role.READER, ""),
    _Person("truat", "นางตรวจ ศาลาทอง", "ผู้ตรวจสอบภายใน", Role.READER, ""),
)


def make_demo_readers(office: Office, phrase: str, *, now: dt.datetime, password: str | None = None) -> list[SignIn]:
    """A reader with a key for each position of the fictional office's routes, all under `phrase`; returns the people
    that came for it.

    The private half of its recovery key is thrown away: nobody in this office exists.
    """
    came = [_person(office, person, password, now) for person in _OUTSIDE]
    if not RecoveryKey.objects.filter(office=office).exists():
        recovery = ReadingKey(os.urandom(_SEED_BYTES)).public
        sealed.keep_recovery_key(program(office), recovery.raw, recovery.id, now=now)
    for reader, username in _READERS.items():
        staff = Staff.objects.select_related("office").get(office=office, username=username)
        seat = sealed.name_reader(program(office), reader, staff, now=now)
        if not seat.key_id:
            sealed.make_reader_key(Actor.of(staff), phrase, now=now, random=os.urandom)
    return came


def _sample() -> dict[str, Any]:
    return tomllib.loads((SAMPLE / "office.toml").read_text("utf-8"))


def _describe(office: Office, sample: dict[str, Any]) -> None:
    office.short_name = sample["short_name"]["th"]
    office.district = sample["district"]["th"]
    office.province = sample["province"]["th"]
    office.phone = sample["phone"]
    office.document_code = sample["memo_number_prefix"].rstrip("/")
    office.clerk_name = next(person.full_name for person in _PEOPLE if person.role == Role.CLERK)
    office.executive_name = next(person.full_name for person in _PEOPLE if person.role == Role.EXECUTIVE)
    office.save()
    for position, row in enumerate(sample["divisions"]):
        names = {"name": row["name"]["th"], "name_en": row["name"].get("en", ""), "position": position}
        Division.objects.update_or_create(office=office, code=row["id"], defaults=names)
    add_closed_days(office, {row["day"]: row["name"] for row in sample["holidays"]})


def _person(office: Office, person: _Person, password: str | None, now: dt.datetime) -> SignIn:
    held = Staff.objects.filter(username=person.username).first()
    if held is not None:
        return SignIn(held, None)
    facts = {
        "full_name": person.full_name,
        "position": person.position,
        "role": person.role,
        "division": Division.objects.filter(office=office, code=person.division).first(),
    }
    # Whoever tries the demo wants to look around, not to choose eight passwords.
    chosen = password or secrets.token_hex(5)
    made, _same = add_staff(program(office), username=person.username, facts=facts, now=now, password=chosen)
    return SignIn(made, chosen)
