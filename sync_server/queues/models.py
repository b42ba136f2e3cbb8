"""Tickets, ratings, what was said about ratings, and praise, as statistics: one row for each record that says so; and
what became of tickets.

All tables but that of decisions are pure projections: `manage rebuild queues waiting` empties and refills them. Each
row keeps (log, seq), the record it came from, so that every figure leads back to its records.
"""

from typing import ClassVar

from django.db import models

from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Office, Staff
from sync_server.records.models import Log


class Ticket(models.Model):
    """A queue number that a kiosk gave out.

    `issued_at` is the kiosk's claim, corrected by the difference its clock showed when the record arrived; None when
    it had no clock.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="tickets", db_index=False)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="tickets", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="tickets", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    series = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    service = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=80, blank=True)
    priority = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=10, blank=True)
    papers_missing = models.PositiveSmallIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="ticket_once_per_record"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date", "series", "number"], name="ticket_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.series}{self.number}"


class Rating(models.Model):
    """One touch on one of the five faces, or the change of one; 5 is the best. `repeat` ones are kept and left out of
    means; so is a `superseded` one, whose citizen touched another face: the row that cites it stands in its place, by
    the `commitment` of its record or, from older kiosks, by its place alone (`of_log`, `of_seq`).
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="ratings", db_index=False)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="ratings", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="ratings", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    score = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=20)
    service = models.CharField(max_length=60, blank=True)
    repeat = models.BooleanField(default=False)
    superseded = models.BooleanField(default=False)
    commitment = models.BinaryField(max_length=32)
    of_log = models.CharField(max_length=32, blank=True)
    of_seq = models.PositiveBigIntegerField(null=True)
    of_commitment = models.BinaryField(max_length=32, blank=True, default=b"")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="rating_once_per_record"),
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="rating_one_to_five"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date"], name="rating_by_day"),
            models.Index(
                fields=["kiosk", "of_log", "of_seq"], name="rating_by_cited", condition=models.Q(of_seq__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.score}"


class Explanation(models.Model):
    """Why somebody rated so: reasons (ids), scores by dimension ([id, score] pairs), words.

    `score` and `repeat` are those of the rating it cites; the two rows are never joined, so that a rating's own row
    does not lead to words.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="explanations", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="explanations", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    score = models.PositiveSmallIntegerField()
    repeat = models.BooleanField(default=False)
    place = models.CharField(max_length=20, default="walk-by")
    reasons = models.JSONField(default=list)
    dimensions = models.JSONField(default=list)
    words = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="explanation_once_per_record"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date"], name="explanation_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.score}"


class WordsState(models.TextChoices):
    """What the office decided about words that somebody wrote with a rating or a praise."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class WordsDecision(models.Model):
    """Whether the words of a rating or a praise may be shown: decided by a person, and kept through every rebuild.

    It names the record and holds no word of it. Without a decision the words wait, and only who decides reads them.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="words_decisions", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="words_decisions", db_index=False)
    seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=WordsState.choices)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="words_decisions")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="words_decided_once"),
            models.CheckConstraint(condition=models.Q(state__in=WordsState.values), name="words_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office"], name="words_decision_by_office"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.seq} {self.state}"


class Praise(models.Model):
    """Thanks to a colleague, by id and name as they were then, or by counter and hour."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="praises", db_index=False)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="praises", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="praises", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    person = models.CharField(max_length=60, blank=True)
    person_name = models.CharField(max_length=120, blank=True)
    counter = models.CharField(max_length=20, blank=True)
    hour = models.CharField(max_length=2, blank=True)
    reasons = models.JSONField(default=list)
    words = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="praise_once_per_record"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date"], name="praise_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.person}"


class Moved(models.Model):
    """One thing that happened to a ticket: that it was issued ("issued"), or a move of the kiosk's queue.

    `service` is the one it was issued for or sent on to, `reason` the priority it was issued with, or why it was moved.
    `at` and the times are None where no clock could tell. The staff who pressed are not kept: no figure is about them.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="moves", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="moves", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    series = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    move = models.CharField(max_length=20)
    at = models.DateTimeField(null=True)
    edition = models.PositiveBigIntegerField()
    service = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    counter = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=32, blank=True)
    waited_ms = models.PositiveIntegerField(null=True)
    walked_ms = models.PositiveIntegerField(null=True)
    served_ms = models.PositiveIntegerField(null=True)
    on_paper = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="move_once_per_record"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date", "series", "number"], name="move_by_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.series}{self.number} {self.move}"


class Outcome(models.Model):
    """What became of a ticket at the `nth` service its holder was here for (1 for most); made of all its `Moved` rows.
    `holder` is 1 but where the number was given out again on that day, as by a copied device.

    (log, seq) is the record that issued it, or the first one about it while that has not come (`issued` is False, and
    it counts nowhere). `priority` is the one it was issued with, `served_as` the one that staff left it. `hour` is the
    hour of the office's day in which it was issued. Only the first service has a `waited_ms`: what somebody waited for
    a second one is not measured. `promise_ms` is what the edition on screen then promised, None where that is no matter
    of minutes or hours; `steps_kept` says for each step whether it kept its own, where staff noted all of
    them. `walked_in` marks who was served without waiting for a call.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="outcomes", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="outcomes", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    series = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    holder = models.PositiveSmallIntegerField(default=1)
    nth = models.PositiveSmallIntegerField()
    last = models.BooleanField()
    issued = models.BooleanField()
    service = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=80, blank=True)
    priority = models.CharField(max_length=60, blank=True)
    served_as = models.CharField(max_length=60, blank=True)
    hour = models.PositiveSmallIntegerField(null=True)
    counter = models.CharField(max_length=20, blank=True)
    calls = models.PositiveSmallIntegerField()
    transfers = models.PositiveSmallIntegerField()
    walked_in = models.BooleanField()
    on_paper = models.BooleanField()
    end = models.CharField(max_length=10, blank=True)
    waited_ms = models.PositiveBigIntegerField(null=True)
    walked_ms = models.PositiveBigIntegerField(null=True)
    served_ms = models.PositiveBigIntegerField(null=True)
    promise_ms = models.PositiveBigIntegerField(null=True)
    steps_kept = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["office", "service_date", "series", "number", "holder", "nth"], name="outcome_once_per_service"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.series}{self.number} {self.end}"


class CounterState(models.TextChoices):
    """What a counter did, or that the queue of the day was closed, and every counter with it."""

    OPEN = "open"
    PAUSE = "pause"
    CLOSED = "closed"
    DAY_CLOSED = "day closed"


class Presence(models.Model):
    """A counter opened, paused or closed at `at` (None: no clock could tell); who sat there is not kept."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="presences", db_index=False)
    log = models.ForeignKey(Log, models.PROTECT, related_name="presences", db_index=False)
    seq = models.PositiveBigIntegerField()
    service_date = models.DateField()
    counter = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=CounterState.choices)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="presence_once_per_record"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "service_date"], name="presence_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service_date} {self.counter} {self.state}"
