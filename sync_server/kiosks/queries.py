"""Reads about kiosks: who a key belongs to, and what the fleet page shows."""

from shared import keys
from shared.keys import VerifyKey
from shared.protocol import KnownKiosk
from sync_server.kiosks.models import Alarm, AlarmKind, EnrolmentCode, Kiosk
from sync_server.organisations.models import Office


def find(office: Office, kiosk_id: bytes) -> Kiosk | None:
    """The kiosk of this identity (16 bytes), or None."""
    found = Kiosk.objects.raw(
        "SELECT * FROM kiosks_kiosk WHERE office_id = %s AND kiosk_id = %s", [office.pk, kiosk_id.hex()]
    )
    return next(iter(found), None)


def by_key(office: Office, public_key: bytes) -> Kiosk:
    """The kiosk that signs with this key; raises `Kiosk.DoesNotExist`."""
    return Kiosk.objects.get(office=office, key_id=keys.key_id(public_key).hex())


def known(kiosk: Kiosk) -> KnownKiosk:
    """The kiosk as the protocol sees it."""
    return KnownKiosk(bytes.fromhex(kiosk.kiosk_id), VerifyKey(bytes(kiosk.public_key)), not kiosk.active)


def code_of(office: Office, code: str) -> EnrolmentCode:
    """The row behind an enrolment code that was just made."""
    name = keys.enrolment_name(keys.enrolment_secret(code)).hex()
    return EnrolmentCode.objects.get(office=office, code_name=name)


def fleet(office: Office) -> list[Kiosk]:
    """Every kiosk, active ones first."""
    return list(Kiosk.objects.filter(office=office).order_by("state", "name"))


def is_alarmed(office: Office, kind: AlarmKind, cause: str) -> bool:
    """Whether an alarm of this kind stands open whose cause begins like this."""
    return Alarm.objects.filter(office=office, kind=kind, cause__startswith=cause, cleared_at=None).exists()


def open_alarms(office: Office) -> list[Alarm]:
    """What nobody has looked at yet, newest first."""
    return list(Alarm.objects.filter(office=office, cleared_at=None).select_related("kiosk"))
