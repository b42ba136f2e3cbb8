"""Complaints about people, apart from cases: other tables, other numbers, other readers.

A `SealedCase` holds what the kiosk left legible: a day, a sort, a route, a coarse size. Its words stay in the record,
sealed; no column here was ever read out of them. A `Grant` says that the words were sealed to one reader's key: who has
none that still stands does not know of the case, whatever role they come to hold. Days, never times: neither filing nor
reading can be laid beside a camera's recording.

A `ReaderKey` begins as a seat (this person reads as this position); its holder then makes the key, whose private half
lies here under a pass phrase that is kept nowhere. `RecoveryKey` is the public half of the key that lies offline.
"""

from typing import ClassVar

from django.db import models

from sync_server.organisations.models import Office, Staff
from sync_server.records.models import Log


class ReaderKey(models.Model):
    """The key with which `staff` reads as position `reader` of the content's routes. `public` is empty before it is
    made.

    Never given to somebody else: a successor gets a seat and a key of their own, and opens nothing older.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="reader_keys")
    reader = models.SlugField(max_length=40)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="reader_keys")
    key_id = models.CharField(max_length=32, blank=True, db_index=True)
    public = models.BinaryField(default=bytes)
    salt = models.BinaryField(max_length=16, default=bytes)
    wrapped = models.BinaryField(default=bytes)
    named_on = models.DateField()
    made_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["office", "reader"], condition=models.Q(ended_on=None), name="one_holder_of_a_reader"
            ),
            models.UniqueConstraint(fields=["staff"], condition=models.Q(ended_on=None), name="one_reader_a_person"),
        ]

    def __str__(self) -> str:
        return self.reader


class RecoveryKey(models.Model):
    """The public half of an offline key; the newest is the one kiosks seal to."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="recovery_keys")
    key_id = models.CharField(max_length=32, db_index=True)
    public = models.BinaryField()
    made_on = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.key_id[:8]


class SealedNumber(models.Model):
    """The last number given to a sealed case in a fiscal year (พ.ศ.)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="sealed_numbers")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "year"], name="sealed_counter_once_per_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class SealedState(models.TextChoices):
    """Where a sealed case stands."""

    RECEIVED = "received", "รับใหม่"
    IN_PROGRESS = "in_progress", "กำลังดำเนินการ"
    ANSWERED = "answered", "แจ้งผลแล้ว"
    CLOSED = "closed", "ยุติเรื่อง"


class SealedCase(models.Model):
    """One complaint about somebody, without a word of it. `size` is the padded length of what was sealed, in bytes."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="sealed_cases")
    log = models.ForeignKey(Log, models.PROTECT, related_name="sealed_cases")
    seq = models.PositiveBigIntegerField()
    year = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()
    number = models.CharField(max_length=20)

    route = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    status_id = models.CharField(max_length=32, db_index=True)
    state_key = models.BinaryField(max_length=32)

    filed_on = models.DateField()
    received_on = models.DateField()
    found_late = models.BooleanField(default=False)
    acknowledge_by = models.DateField()
    result_by = models.DateField()

    state = models.CharField(max_length=12, choices=SealedState.choices, default=SealedState.RECEIVED)
    acknowledged_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-filed_on", "-n"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="sealed_case_once_per_record"),
            models.UniqueConstraint(fields=["office", "year", "n"], name="sealed_number_once_per_year"),
            models.CheckConstraint(condition=models.Q(state__in=SealedState.values), name="sealed_state_known"),
        ]

    def __str__(self) -> str:
        return self.number


class Grant(models.Model):
    """The words of `case` were sealed to this key. `key` is None for a key this server does not hold (recovery).

    `recused_on` is set once, by the reader, and never taken back.
    """

    case = models.ForeignKey(SealedCase, models.PROTECT, related_name="grants")
    sealed_to = models.CharField(max_length=32, help_text="id of that key")
    key = models.ForeignKey(ReaderKey, models.PROTECT, null=True, related_name="grants")
    recused_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "sealed_to"], name="grant_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.sealed_to[:8]}"


class Act(models.TextChoices):
    """What can happen to a sealed case."""

    RECEIVED = "received", "เข้าระบบ"
    OPENED = "opened", "เปิดอ่าน"
    ANSWERED = "answered", "ตอบผู้ร้อง"
    CLOSED = "closed", "ยุติเรื่อง"
    RECUSED = "recused", "ถอนตัว"


class SealedEvent(models.Model):
    """Who did what on which day; shown to the readers of the case, to nobody else. `text` is an answer or a reason."""

    case = models.ForeignKey(SealedCase, models.PROTECT, related_name="events")
    act = models.CharField(max_length=12, choices=Act.choices)
    on = models.DateField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="sealed_events")
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"
