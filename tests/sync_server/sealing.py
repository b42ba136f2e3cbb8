"""Readers with keys and complaints sealed to them, for tests of sealed cases."""

import datetime as dt
import random

from fake_kiosk import FakeKiosk, FakeLog

from shared import complaint, envelope
from shared.complaint import Complaint
from shared.keys import ReaderKey as PublicKey
from shared.keys import ReadingKey
from shared.kinds import ComplaintFiled, LogOpened
from shared.records import At

PHRASE = "ฝนตกที่ศาลา สิบสองวัน"
TEXT = "เรียกเงินห้าร้อยบาท CANARY-5519"
RECOVERY = ReadingKey(b"r" * 96)


def seat(server, username: str, reader: str, *, phrase: str = PHRASE, seed: int = 1):
    """Name a member of staff as a reader and make the key."""
    from sync_server.organisations.actions import Actor
    from sync_server.organisations.models import Staff
    from sync_server.sealed import actions

    staff = Staff.objects.select_related("office").get(username=username)
    actions.name_reader(Actor(server.office, "test"), reader, staff, now=server.now)
    return actions.make_reader_key(Actor.of(staff), phrase, now=server.now, random=random.Random(seed).randbytes)


def keep_recovery(server) -> None:
    """The office's recovery key."""
    from sync_server.organisations.actions import Actor
    from sync_server.sealed import actions

    actor = Actor(server.office, "test")
    actions.keep_recovery_key(actor, RECOVERY.public.raw, RECOVERY.public.id, now=server.now)


def complain(kiosk: FakeKiosk, keys, *, route: str = "chief", category: str = "unfair", text: str = TEXT, day=None):
    """One complaint on the kiosk's confidential log, sealed to `keys` (rows) and recovery; push and project it."""
    from sync_server.projectors import catch_up

    if "confidential" not in {log.name for log in kiosk.logs.values()}:
        log = FakeLog("confidential", kiosk.random.randbytes(16))
        kiosk.logs[log.id] = log
        kiosk.append(LogOpened("confidential", "enrolled", b"", 0, b"", "0.1"))
    day = day or (kiosk.now + dt.timedelta(hours=7)).date()
    words = Complaint(
        version=1, about="chief", text=text, unit="works", counter="2", person="", when="เมื่อวาน", place="ช่อง 2",
        contact_name="", contact_phone="", language="th",
    )  # fmt: skip
    readers = [*(PublicKey(bytes(key.public)) for key in keys), RECOVERY.public]
    sealed = envelope.seal_to_route(
        complaint.encode(words), readers=readers, log=kiosk.lobby.id, route=route, key=kiosk.random.randbytes(32)
    )
    ids = kiosk.random.randbytes(16), kiosk.random.randbytes(32)
    record = kiosk.append(ComplaintFiled(day.isoformat(), *ids, category, route, sealed), at=At.day(day, 420))
    kiosk.push()
    catch_up()
    return record
