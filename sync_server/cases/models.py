"""Cases: what staff do about what citizens filed.

A `Case` is opened by the projector from a `case.filed` record and keeps (log, seq), the record it came from. Its
number, and all that staff did (`CaseEvent`, `Answer`, `Note`), are facts of the server, not of a log: a rebuild folds
the records again over the same rows and touches none of them. `Answer` is written to the citizen and travels in the
bundle; `Note` is internal and lies in a table of its own, so that no query for answers can ever return one. A `Return`
is a citizen's word that something is not fixed, from a record of its own. `Clock` holds the deadlines as data, with
their source.
"""

import datetime as dt
from typing import ClassVar

from django.db import models

from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Division, Office, Role, Staff
from sync_server.records.models import Log

#: Who answers cases.
WORKERS = (Role.OFFICER, Role.CLERK)


class Clock(models.Model):
    """A limit in days: within how many days of receipt something must happen, on what basis, and who checked that.

    `roll` moves a last day without office hours to the next working day; the first day is never counted.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="clocks")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField()
    working = models.BooleanField(default=False)
    roll = models.BooleanField(default=True)
    basis = models.CharField(max_length=200)
    checked_by = models.CharField(max_length=120, blank=True)
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["days"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "code"], name="clock_once_per_office"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.days}"


class CaseNumber(models.Model):
    """The last case number given in a fiscal year (พ.ศ.): a counter row, so that no number is ever counted out or
    given twice.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="case_numbers")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "year"], name="case_counter_once_per_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class CaseState(models.TextChoices):
    """Where a case stands, in the words the citizen and the report use."""

    RECEIVED = "received", "รับเรื่องแล้ว"
    IN_PROGRESS = "in_progress", "กำลังดำเนินการ"
    ANSWERED = "answered", "แจ้งผลแล้ว"
    CLOSED = "closed", "ยุติเรื่อง"


class Case(models.Model):
    """One thing a citizen filed and what became of it.

    `year` and `n` give the number "ร.0001/2570" (running within the fiscal year of `filed_on`, พ.ศ.). `status_id`
    (hex) and `state_key` come from the citizen's code. `found_late` marks a case that reached the server after its
    acknowledge date: the clock still runs from the day it was filed. `round` counts how often it was taken up;
    `again_by` is the day by which the office answers once more since then. Text, place and contact are empty once the
    record was erased.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="cases")
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="cases")
    log = models.ForeignKey(Log, models.PROTECT, related_name="cases")
    seq = models.PositiveBigIntegerField()
    year = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()
    number = models.CharField(max_length=20)

    category = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    search = models.TextField(blank=True, help_text="folded text, place and number; never shown")
    status_id = models.CharField(max_length=32, db_index=True)
    state_key = models.BinaryField(max_length=32)

    filed_on = models.DateField()
    received_at = models.DateTimeField()
    found_late = models.BooleanField(default=False)
    acknowledge_by = models.DateField()
    result_by = models.DateField()

    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.RECEIVED)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="cases")
    assigned_to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="cases")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(help_text="last change the citizen may see")
    round = models.PositiveSmallIntegerField(default=1, help_text="how often it was taken up, 1 at first")
    apart = models.BooleanField(default=False, help_text="its record does not count")
    again_by = models.DateField(null=True, blank=True, help_text="last day of the answer owed since then")

    #: When the citizen could first see that it is known, and what became of it; on rows of `queries.with_moments`.
    heard_at: dt.datetime | None
    told_at: dt.datetime | None
    #: The day from which the answer owed again is counted; of the same rows.
    taken_up_on: dt.date | None

    class Meta:
        ordering: ClassVar[list[str]] = ["-filed_on", "-n"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="case_once_per_record"),
            models.UniqueConstraint(fields=["office", "year", "n"], name="case_number_once_per_year"),
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="case_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "state", "result_by"], name="case_by_deadline"),
            models.Index(fields=["office", "filed_on"], name="case_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owes_again(self) -> bool:
        """Whether it was taken up again and not answered since: an answer is owed by `again_by`."""
        return self.again_by is not None and self.state in (CaseState.RECEIVED, CaseState.IN_PROGRESS)

    @property
    def worker(self) -> Staff | None:
        """The colleague who works on it; None where nobody was named, or who was named left or answers no cases any
        more (as a condition: `queries.WITH_NOBODY`).
        """
        named = self.assigned_to
        return named if named is not None and works_on_cases(named) else None


def works_on_cases(staff: Staff) -> bool:
    """Whether a case can be given to them."""
    return staff.is_active and staff.role in WORKERS


class EventKind(models.TextChoices):
    """What can happen to a case."""

    RECEIVED = "received", "รับเรื่องเข้าระบบ"
    ACKNOWLEDGED = "acknowledged", "แจ้งรับเรื่อง"
    ASSIGNED = "assigned", "มอบหมาย"
    ANSWERED = "answered", "ตอบผู้ร้อง"
    NOTED = "noted", "บันทึกภายใน"
    CLOSED = "closed", "ยุติเรื่อง"
    REOPENED = "reopened", "เปิดเรื่องอีกครั้ง"


class CaseEvent(models.Model):
    """One step in a case's life: who did what, when. `detail` is short and internal (to whom, for which reason)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="case_events")
    by_name = models.CharField(max_length=120)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Return(models.Model):
    """A citizen's word, by code, that what was answered or closed is not fixed.

    `accepted` where it found the case answered or closed in the very round it speaks of, and so took it up again: at
    most one in a round. Any other is kept and shown, and moves nothing. `words` is empty once the record was erased.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="returns")
    log = models.ForeignKey(Log, models.PROTECT, related_name="returns")
    seq = models.PositiveBigIntegerField()
    said_on = models.DateField()
    at = models.DateTimeField(help_text="when it reached the server")
    round = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    accepted = models.BooleanField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="return_once_per_record"),
            models.UniqueConstraint(
                fields=["case", "round"], condition=models.Q(accepted=True), name="return_once_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}"


class Answer(models.Model):
    """What the office told the citizen. Only the holder of the code reads it, through the bundle."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="answers")
    text = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"


class Note(models.Model):
    """What staff tell each other about a case. Never leaves the office: not on a slip, not in a bundle, not in a
    report.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="notes")
    text = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"
