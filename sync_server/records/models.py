"""The logs as they were received. Nothing in this file is derived, and nothing here is interpreted.

A `Log` row is one *branch* of one kiosk's log: branch 0 is the line the server saw first; when another history of the
same log arrives (a copied disk, a restored image), it is kept whole as branch 1, 2 ... from the place (`base_seq`)
where it leaves the branch it is `based_on`. `counts_through` says how far its records reach the projections: branch 0
to its end, another one not at all until the clerk has looked, a revoked kiosk's as far as it was trusted. Each change
of it is a `Decision`. A `RecordRow` is one record: the header's own bytes, salt and body,
exactly as they were hashed. `Epoch`, `Cursor` and `SetAside` are the server's own bookkeeping about them.
"""

from typing import ClassVar

from django.db import models

from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import Office, Staff


class Log(models.Model):
    """One branch of one log and how far it stands: `seq` and `head_hash` (32 bytes, zeros before the first record)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="logs")
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="logs")
    log_id = models.CharField(max_length=32)
    name = models.CharField(
        max_length=20, blank=True, help_text="lobby or confidential, once its first record was read"
    )
    branch = models.PositiveSmallIntegerField(default=0)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    base_seq = models.PositiveBigIntegerField(default=0, help_text="last record before this branch's own")
    base_hash = models.BinaryField(max_length=32, help_text="hash of that record's header (zeros for none)")
    seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.BinaryField(max_length=32)
    backed_up = models.PositiveBigIntegerField(
        default=0, help_text="last record inside a verified backup made in this epoch"
    )
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    forked_at = models.DateTimeField(null=True, blank=True)
    counts_through = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="last record that counts; empty: all, whatever comes"
    )
    parent = models.CharField(
        max_length=32, blank=True, db_index=True, help_text="the log that its first record says it goes on from"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "log_id", "branch"], name="log_branch_once_per_office"),
            models.CheckConstraint(condition=models.Q(seq__gte=models.F("base_seq")), name="log_not_before_its_base"),
            models.CheckConstraint(condition=models.Q(backed_up__lte=models.F("seq")), name="log_backed_up_is_held"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id[:8]}/{self.branch}"

    @property
    def apart(self) -> int:
        """How many of its own records do not count."""
        return 0 if self.counts_through is None else max(0, self.seq - max(self.counts_through, self.base_seq))


class About(models.TextChoices):
    """What a decision about a line was about."""

    FORK = "fork", "สายที่แยก"
    REVOKED = "revoked", "เพิกถอนตู้"
    QUARANTINE = "quarantine", "บันทึกที่กักไว้"
    REINSTATED = "reinstated", "เลิกเพิกถอนตู้"


class Decision(models.Model):
    """A person's word on how far a line counts: from `before` to `counts_through` (None: all of it), having seen it up
    to `seen_through`. Never changed (triggers refuse it); a later one takes its place.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="decisions")
    log = models.ForeignKey(Log, models.PROTECT, related_name="decisions")
    about = models.CharField(max_length=12, choices=About.choices)
    counts_through = models.PositiveBigIntegerField(null=True)
    before = models.PositiveBigIntegerField(null=True)
    seen_through = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="decisions")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.log} {self.about} {self.counts_through}"


class RecordRow(models.Model):
    """One record. `header` is the hashed bytes; the columns beside it are read out of it for pages and projectors.

    `wall_ms` is what the kiosk's clock said (UTC, milliseconds, None when it could not be read), `clock_ahead_ms` the
    kiosk's clock minus the server's when the record arrived (None when unknown). `salt` and `body` are None once
    erased.
    """

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, models.PROTECT, related_name="rows", db_index=False)
    seq = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)
    header = models.BinaryField()
    kind = models.CharField(max_length=52)
    schema = models.PositiveIntegerField()
    edition = models.PositiveBigIntegerField()
    wall_ms = models.BigIntegerField(null=True)
    salt = models.BinaryField(max_length=16, null=True)
    body = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    clock_ahead_ms = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["log", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["log", "seq"], name="record_once_per_log"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Where a record is looked for that was appended again elsewhere: it kept the time that it claims.
            models.Index(fields=["log", "wall_ms"], name="record_by_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.seq} {self.kind}"


class Epoch(models.Model):
    """A stretch of the server's life in which no position went back. A new one is minted when the database is behind
    its anchor.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="epochs")
    epoch = models.CharField(max_length=32, unique=True)
    minted_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.epoch


class Cursor(models.Model):
    """How far one projector has read one log, and what became of the records up to there.

    `projected` counts records it folded or passed over because they are of a kind it does not fold. Always
    `seq - base_seq = projected + unreadable + quarantined + repeated + erased`.
    """

    projector = models.CharField(max_length=30)
    log = models.ForeignKey(Log, models.PROTECT, related_name="cursors")
    seq = models.PositiveBigIntegerField(default=0)
    projected = models.PositiveBigIntegerField(default=0)
    unreadable = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    repeated = models.PositiveBigIntegerField(default=0)
    erased = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["projector", "log"], name="cursor_once_per_log"),
        ]

    def __str__(self) -> str:
        return f"{self.projector} {self.log} {self.seq}"


class Why(models.TextChoices):
    """Why a record is not in a projection."""

    UNREADABLE = "unreadable", "ยังอ่านไม่ได้ (เวอร์ชันใหม่กว่า)"
    QUARANTINED = "quarantined", "กักไว้ตรวจสอบ"
    REPEATED = "repeated", "นับแล้วจากอีกสมุด"


class SetAside(models.Model):
    """A record that counts, is kept whole and is in no projection: of an unknown kind or schema, failing, or counted
    where the same words lie in another log of its kiosk.
    """

    projector = models.CharField(max_length=30)
    log = models.ForeignKey(Log, models.PROTECT, related_name="set_aside", db_index=False)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=52)
    schema = models.PositiveIntegerField()
    why = models.CharField(max_length=12, choices=Why.choices)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["log", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["projector", "log", "seq"], name="set_aside_once_per_projector"),
        ]

    def __str__(self) -> str:
        return f"{self.projector} {self.log} {self.seq}: {self.reason}"
