"""The draft, the pieces, the editions.

A `Draft` row is one piece as it would be published next; importing a folder rewrites the draft and nothing else. A
`Piece` is bytes that were published, named by their SHA-256 and never changed: an edition that repeats a piece adds no
row. An `Edition` is a signed manifest with its number, never changed and never deleted (triggers refuse it).
"""

from typing import ClassVar

from django.db import models

from sync_server.organisations.models import Office, Staff


class Draft(models.Model):
    """One piece of the next edition: `name` and `data` as `shared.content` writes them."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="draft")
    name = models.CharField(max_length=120)
    data = models.BinaryField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "name"], name="draft_piece_once_per_office"),
        ]

    def __str__(self) -> str:
        return self.name


class Piece(models.Model):
    """Published bytes by their hash (hex). `since` is the number of the edition that first held them."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="pieces")
    hash = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    data = models.BinaryField()
    since = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "hash"], name="piece_once_per_office"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:8]}"


class Why(models.TextChoices):
    """What made an edition: staff pressed publish, or a citizen was answered."""

    CONTENT = "content", "เผยแพร่เนื้อหา"
    STATUSES = "statuses", "ส่งผลเรื่องให้ประชาชน"


class Edition(models.Model):
    """Edition `number` of the office's content: the signed manifest that lists its pieces."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="editions")
    number = models.PositiveBigIntegerField()
    manifest = models.BinaryField()
    why = models.CharField(max_length=10, choices=Why.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="editions")
    made_by_name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "number"], name="edition_once_per_office"),
            models.CheckConstraint(condition=models.Q(why__in=Why.values), name="edition_why_known"),
        ]

    def __str__(self) -> str:
        return str(self.number)
