"""What is done about sealed cases, and the keys of their readers.

    name_reader(actor, "council_chair", chair, now=now)                    a seat; the key is its holder's to make
    make_reader_key(actor, "a long pass phrase", now=now, random=os.urandom)
    open_case(actor, case, "a long pass phrase", now=now)                  the words, for one answer, kept nowhere
    answer(actor, case, "...", now=now)      close(actor, case, "...", now=now)      recuse(actor, case, now=now)

Each act is one transaction with an event for the other readers and an audit row, which hold days, numbers and hashes
and never a word of a complaint. What does not fit raises `NotNow`, whose sentence is for the screen.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator

from django.db import transaction

from shared import complaint, envelope, kinds, thai
from shared.complaint import Complaint
from shared.errors import CannotOpen, SalaError
from shared.keys import PASSPHRASE_CHARS_MIN, ReadingKey
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.models import AuditRow, Staff
from sync_server.records import actions as records
from sync_server.records.models import Log, RecordRow
from sync_server.records.queries import CONFIDENTIAL
from sync_server.sealed.models import Act, Grant, ReaderKey, RecoveryKey, SealedCase, SealedEvent, SealedState

TEXT_CHARS_MAX = 4000
REASON_CHARS_MAX = 500

_SEED_BYTES = 96
#: Wrong pass phrases in a quarter of an hour, after which a person waits.
_WRONG_MAX = 5
_WRONG_WITHIN = dt.timedelta(minutes=15)


class NotNow(Exception):
    """This act does not fit as things stand; the text says so to the member of staff."""


# --- keys ------------------------------------------------------------------------------------------------------------


def name_reader(actor: Actor, reader: str, staff: Staff, *, now: dt.datetime) -> ReaderKey:
    """Give `staff` the seat of position `reader`; whoever sat there reads what was sealed to them and nothing newer."""
    day = thai.service_date(now)
    with transaction.atomic():
        if ReaderKey.objects.filter(staff=staff, ended_on=None).exclude(reader=reader).exists():
            raise NotNow("คนหนึ่งเป็นผู้อ่านได้ตำแหน่งเดียว")
        held = ReaderKey.objects.filter(office=actor.office, reader=reader, ended_on=None).first()
        if held is not None and held.staff_id == staff.pk:
            return held
        if held is not None:
            held.ended_on = day
            held.save(update_fields=["ended_on"])
        seat = ReaderKey.objects.create(office=actor.office, reader=reader, staff=staff, named_on=day)
        record_act(actor, "reader.name", "reader", reader, at=now, after={"staff": staff.username})
    return seat


def make_reader_key(actor: Actor, passphrase: str, *, now: dt.datetime, random: Callable[[int], bytes]) -> ReaderKey:
    """Make the key of the actor's own seat; `passphrase` is kept nowhere. The next edition tells it to the kiosks."""
    if len(passphrase.strip()) < PASSPHRASE_CHARS_MIN:
        raise NotNow("วลีรหัสต้องมีอย่างน้อย 12 ตัวอักษร")
    private, salt = ReadingKey(random(_SEED_BYTES)), random(16)
    wrapped = envelope.wrap_reading_key(private, passphrase, salt=salt, nonce=random(12))
    with transaction.atomic():
        seat = ReaderKey.objects.select_for_update().filter(staff=_staff(actor), ended_on=None).first()
        if seat is None:
            raise NotNow("ท่านไม่ได้เป็นผู้อ่านของเส้นทางใด")
        if seat.key_id:
            raise NotNow("กุญแจนี้ทำไว้แล้ว")
        seat.key_id, seat.public = private.public.id.hex(), private.public.raw
        seat.salt, seat.wrapped, seat.made_on = salt, wrapped, thai.service_date(now)
        seat.save()
        record_act(actor, "reader.key", "reader", seat.reader, at=now, after={"key": seat.key_id})
    return seat


def keep_recovery_key(actor: Actor, public: bytes, key_id: bytes, *, now: dt.datetime) -> RecoveryKey:
    """Take the public half of an offline key; kiosks seal to the newest one once an edition tells it."""
    with transaction.atomic():
        kept = RecoveryKey.objects.create(
            office=actor.office, key_id=key_id.hex(), public=public, made_on=thai.service_date(now)
        )
        record_act(actor, "reader.recovery", "reader", "recovery", at=now, after={"key": kept.key_id})
    return kept


# --- cases -----------------------------------------------------------------------------------------------------------


def open_case(actor: Actor, case: SealedCase, passphrase: str, *, now: dt.datetime) -> Complaint:
    """The words of a case, decrypted in memory for the caller to show once. The first opening acknowledges the case."""
    _, mine = _grant(actor, case)
    _not_too_often(actor, now)
    try:
        key = envelope.unwrap_reading_key(
            bytes(mine.wrapped), passphrase, salt=bytes(mine.salt), public_id=bytes.fromhex(mine.key_id)
        )
    except CannotOpen:
        with transaction.atomic():
            record_act(actor, "sealed.wrong_phrase", "reader", mine.reader, at=now)
        raise NotNow("วลีรหัสไม่ถูกต้อง") from None
    words = _read(case, key)
    with transaction.atomic():
        held = SealedCase.objects.select_for_update().get(pk=case.pk)
        if held.state == SealedState.RECEIVED:
            held.state, held.acknowledged_on = SealedState.IN_PROGRESS, thai.service_date(now)
            held.save(update_fields=["state", "acknowledged_on"])
            transaction.on_commit(records.tell)
        _event(actor, held, Act.OPENED, now)
    return words


def answer(actor: Actor, case: SealedCase, text: str, *, now: dt.datetime) -> SealedEvent:
    """Tell the citizen something; whoever has the code reads it once the next edition is out."""
    return _told(actor, case, Act.ANSWERED, SealedState.ANSWERED, _text(text, TEXT_CHARS_MAX, "เขียนคำตอบก่อน"), now)


def close(actor: Actor, case: SealedCase, reason: str, *, now: dt.datetime) -> SealedEvent:
    """End it, for a reason that the citizen reads by code."""
    return _told(actor, case, Act.CLOSED, SealedState.CLOSED, _text(reason, REASON_CHARS_MAX, "ต้องระบุเหตุผล"), now)


def recuse(actor: Actor, case: SealedCase, *, now: dt.datetime) -> None:
    """Step down from a case for good. Refused where fewer than two readers would remain."""
    with transaction.atomic():
        SealedCase.objects.select_for_update().get(pk=case.pk)
        grant, _ = _grant(actor, case)
        standing = Grant.objects.filter(case=case, recused_on=None, key__staff__is_active=True)
        if standing.count() - 1 < envelope.READERS_MIN:
            raise NotNow("ถอนตัวไม่ได้ เพราะจะเหลือผู้อ่านน้อยกว่าสองคน")
        grant.recused_on = thai.service_date(now)
        grant.save(update_fields=["recused_on"])
        _event(actor, case, Act.RECUSED, now)


# --- inside ----------------------------------------------------------------------------------------------------------


def _grant(actor: Actor, case: SealedCase) -> tuple[Grant, ReaderKey]:
    """The actor's own grant on the case, with its key; raises `SealedCase.DoesNotExist` where none stands."""
    grants = Grant.objects.select_related("key").filter(case=case, key__staff=_staff(actor), recused_on=None)
    grant = grants.first()
    if grant is None or grant.key is None:
        raise SealedCase.DoesNotExist
    return grant, grant.key


def _not_too_often(actor: Actor, now: dt.datetime) -> None:
    wrong = AuditRow.objects.filter(
        office=actor.office, actor=actor.staff, act="sealed.wrong_phrase", at__gt=now - _WRONG_WITHIN
    )
    if wrong.count() >= _WRONG_MAX:
        raise NotNow("ลองวลีรหัสผิดหลายครั้ง รอ 15 นาทีแล้วลองใหม่")


def _read(case: SealedCase, key: ReadingKey) -> Complaint:
    row = RecordRow.objects.filter(log=case.log_id, seq=case.seq).first()
    body = None if row is None or row.body is None else kinds.decode(row.kind, row.schema, bytes(row.body))
    if not isinstance(body, kinds.ComplaintFiled):
        raise NotNow("เนื้อหาถูกลบแล้ว")
    for log_id in _written_in(case):
        try:
            opened = envelope.open_routed(body.sealed, reader=key, log=log_id, route=body.route)
            return complaint.decode(opened)
        except CannotOpen:
            continue
        except SalaError as error:
            raise NotNow("เนื้อหาอ่านไม่ได้ด้วยโปรแกรมรุ่นนี้") from error
    raise NotNow("เนื้อหาเปิดไม่ได้ด้วยกุญแจนี้")


def _written_in(case: SealedCase) -> Iterator[bytes]:
    """The ids of the logs that a complaint may be bound to: that in which it lies, then all others. Words that a kiosk
    carried over from a damaged log are bound to that one. It may be of the kiosk that the device was before; or it
    broke before anything of it came, and then only the log that goes on cites it.
    """
    yield bytes.fromhex(case.log.log_id)
    logs = Log.objects.filter(office=case.office_id, name__in=("", CONFIDENTIAL))
    for log_id in logs.values_list("log_id", flat=True):
        yield bytes.fromhex(log_id)
    for row in RecordRow.objects.filter(log__in=logs, seq=1, kind="log.opened", body__isnull=False):
        opened = kinds.decode(row.kind, row.schema, bytes(row.body or b""))
        if isinstance(opened, kinds.LogOpened) and opened.parent_log:
            yield opened.parent_log


def _told(actor: Actor, case: SealedCase, act: Act, state: SealedState, text: str, now: dt.datetime) -> SealedEvent:
    day = thai.service_date(now)
    with transaction.atomic():
        held = SealedCase.objects.select_for_update().get(pk=case.pk)
        _grant(actor, held)
        if held.state == SealedState.CLOSED:
            raise NotNow("เรื่องนี้ยุติแล้ว")
        held.state = state
        held.acknowledged_on = held.acknowledged_on or day
        if act is Act.ANSWERED:
            held.answered_on = held.answered_on or day
        else:
            held.closed_on = day
        held.save()
        transaction.on_commit(records.tell)
        return _event(actor, held, act, now, text)


def _event(actor: Actor, case: SealedCase, act: Act, now: dt.datetime, text: str = "") -> SealedEvent:
    after = {"text_sha256": hashlib.sha256(text.encode()).hexdigest()} if text else None
    record_act(actor, f"sealed.{act.value}", "sealed", case.number, at=now, after=after)
    return SealedEvent.objects.create(case=case, act=act, on=thai.service_date(now), by=actor.staff, text=text)


def _staff(actor: Actor) -> Staff:
    if actor.staff is None or not actor.staff.is_active:
        raise NotNow("ต้องเข้าสู่ระบบก่อน")
    return actor.staff


def _text(text: str, chars_max: int, when_empty: str) -> str:
    kept = thai.clean(text, chars_max=chars_max, lines=True)
    if not thai.fold(kept):
        raise NotNow(when_empty)
    return kept
