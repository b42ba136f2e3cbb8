"""The devices that may write logs, the one-time codes that let them in, and the alarms they raise.

A kiosk's identity is its key pair, made on the device; the server knows the public half. What a kiosk last said about
itself (how many records captured, how old the oldest waiting one) is kept beside it for the fleet page and proves
nothing.
"""

import datetime as dt
from typing import ClassVar

from django.db import models

from shared.fourwords import four_words, numbers
from sync_server.organisations.models import Office, Staff


class KioskState(models.TextChoices):
    """Whether a kiosk may write."""

    ENROLLED = "enrolled", "ใช้งาน"
    REVOKED = "revoked", "เพิกถอนแล้ว"


class Kiosk(models.Model):
    """One device. `kiosk_id` is its 16-byte identity in hex, `series` the letters its tickets may bear (such as "A"
    or "AB").
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="kiosks")
    kiosk_id = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    series = models.CharField(max_length=8)
    public_key = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=KioskState.choices, default=KioskState.ENROLLED)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=300, blank=True)
    trusted_through = models.JSONField(
        default=dict, blank=True, help_text="of a revoked kiosk: {log id: last seq believed}"
    )
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="what both screens show as four words after the enrolment"
    )
    compared_at = models.DateTimeField(null=True, blank=True, help_text="when a person said the words are the same")

    # What it last said about itself.
    seen_at = models.DateTimeField(null=True, blank=True)
    clock_ahead_ms = models.BigIntegerField(
        null=True, blank=True, help_text="kiosk clock minus server clock at last contact"
    )
    captured = models.PositiveBigIntegerField(default=0)
    stored = models.PositiveBigIntegerField(default=0)
    oldest_waiting_at = models.DateTimeField(null=True, blank=True)
    software = models.CharField(max_length=40, blank=True)
    edition = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "kiosk_id"], name="kiosk_once_per_office"),
            models.UniqueConstraint(fields=["office", "key_id"], name="kiosk_key_once_per_office"),
            models.CheckConstraint(condition=models.Q(state__in=KioskState.values), name="kiosk_state_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def waiting(self) -> int:
        """How many records it had captured and not yet seen stored, by its own word at the last contact."""
        return max(0, self.captured - self.stored)

    @property
    def words(self) -> tuple[str, ...]:
        """The four words of its enrolment; empty where it was enrolled before there were any."""
        return four_words(bytes.fromhex(self.fingerprint)) if self.fingerprint else ()

    @property
    def word_numbers(self) -> str:
        """The same as numbers, for a console that has no Thai letters."""
        return numbers(bytes.fromhex(self.fingerprint)) if self.fingerprint else ""

    @property
    def active(self) -> bool:
        """Whether it may write."""
        return self.state == KioskState.ENROLLED


class Revocation(models.Model):
    """That a kiosk was shut out, or let in again. Never changed (triggers refuse it); the last one counts."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="revocations")
    revoked = models.BooleanField()
    trusted_through = models.JSONField(default=dict, help_text="{log id: last seq believed}")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="revocations")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.kiosk} {'revoked' if self.revoked else 'reinstated'}"


class EnrolmentCode(models.Model):
    """A code that lets one kiosk in, once, for ten minutes; one that is carried by stick (`by_stick`), for a week.
    `kiosk` is whom it let in; where it was not used yet, whom it lets in once more.

    The code is found by its derived name. `secret`, what both sides prove to know, is kept for that time only: a kiosk
    that never heard the answer may ask again with the same key and is told the same. A code counts on the road it was
    made for and on no other: who guesses over the line spoils none that is under way by stick.
    """

    VALID_FOR: ClassVar[dt.timedelta] = dt.timedelta(minutes=10)
    BY_STICK_FOR: ClassVar[dt.timedelta] = dt.timedelta(days=7)
    TRIES_MAX: ClassVar[int] = 5

    office = models.ForeignKey(Office, models.PROTECT, related_name="enrolment_codes")
    code_name = models.CharField(max_length=32, unique=True)
    secret = models.BinaryField(max_length=10)
    kiosk_name = models.CharField(max_length=80)
    series = models.CharField(max_length=8)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="enrolment_codes")
    made_at = models.DateTimeField()
    by_stick = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, null=True, blank=True, related_name="enrolment_codes")

    def __str__(self) -> str:
        return f"{self.kiosk_name} ({self.series})"

    @property
    def spoilt(self) -> bool:
        """Whether too many wrong tries, a newer code, or a kiosk that came back with its letters, ended it."""
        return self.tries >= self.TRIES_MAX

    @classmethod
    def valid_for(cls, by_stick: bool) -> dt.timedelta:
        """How long a code of this road lives."""
        return cls.BY_STICK_FOR if by_stick else cls.VALID_FOR

    def alive_at(self, now: dt.datetime) -> bool:
        """Whether this code may still be spoken about: neither spoilt by wrong tries nor late."""
        return self.tries < self.TRIES_MAX and self.made_at <= now < self.made_at + self.valid_for(self.by_stick)

    def open_at(self, now: dt.datetime) -> bool:
        """Whether this code still lets a kiosk in."""
        return self.used_at is None and self.alive_at(now)


class AlarmKind(models.TextChoices):
    """What staff must look at. The sentence for each is on the fleet page."""

    FORKED = "forked", "บันทึกแยกเป็นสองสาย"
    SERVER_RESTORED = "server_restored", "เซิร์ฟเวอร์ถูกกู้คืนจากสำเนาเก่า"
    KIOSK_RESTORED = "kiosk_restored", "ตู้ถูกกู้คืนจากสำเนาเก่า"
    KIOSK_COPIED = "kiosk_copied", "แฟ้มของตู้ถูกคัดลอก"
    BROUGHT = "brought", "ตู้นำบันทึกของตู้อื่นมา"
    TWO_DEVICES = "two_devices", "สองเครื่องใช้ตัวตนเดียวกัน"
    GAP = "gap", "บันทึกช่วงกลางยังมาไม่ถึง"
    REVOKED_SENT = "revoked_sent", "ตู้ที่ถูกเพิกถอนส่งข้อมูลมา"
    TOO_MANY_LOGS = "too_many_logs", "ตู้เปิดสมุดบันทึกมากเกินไป"
    CODE_SPOILT = "code_spoilt", "มีผู้ลองรหัสลงทะเบียนผิดหลายครั้ง"


class Alarm(models.Model):
    """One thing a person must look at; raised once for one cause until it is cleared by a person."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="alarms")
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, null=True, blank=True, related_name="alarms")
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    cause = models.CharField(
        max_length=120, help_text="what the alarm is about (a log id, an epoch): raised once for each"
    )
    detail = models.CharField(max_length=500, blank=True)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="cleared_alarms")

    class Meta:
        ordering: ClassVar[list[str]] = ["-raised_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "kind", "cause"], name="alarm_once_per_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"
