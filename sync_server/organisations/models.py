"""Who the office is, who works there, and what each of them did.

`Office` holds every setting printed on a paper or shown on a page; each table of every application points to an
office, so the same schema serves one office or many. `Staff` are deactivated, never deleted: what they did keeps its
author. `AuditRow` is append-only (triggers refuse UPDATE and DELETE) and chained by hash, so a row removed or changed
by hand is found by `queries.verify_audit`.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models

from sync_server.web.language import lazy_text

#: What somebody signs in with: typed on any keyboard, the same in any program.
USERNAME = RegexValidator(
    r"\A[a-z][a-z0-9._-]{1,39}\Z",
    lazy_text("ใช้ a-z ตัวเลข จุด หรือขีด เริ่มด้วยตัวอักษร", "a to z, digits, dots or dashes; begins with a letter"),
)


class Office(models.Model):
    """One subdistrict office. `office_id` is the 16-byte identity in hex that stands in every envelope."""

    office_id = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=80, blank=True)
    subdistrict = models.CharField(max_length=80, blank=True)
    district = models.CharField(max_length=80, blank=True)
    province = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    document_code = models.CharField(max_length=20, blank=True, help_text="ที่ ... of outgoing papers, such as ยล 71101")
    clerk_name = models.CharField(max_length=120, blank=True)
    executive_name = models.CharField(max_length=120, blank=True)
    thai_digits_on_paper = models.BooleanField(default=True)
    opens_at = models.TimeField(default="08:30")
    closes_at = models.TimeField(default="16:30")
    status_salt = models.BinaryField(
        max_length=16, default=bytes, help_text="salt of the key a citizen's code gives; travels in the bundle"
    )

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A part of the office (สำนักปลัด, กองคลัง ...). `code` is the name content and records use for it."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="divisions")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "code"], name="division_code_once_per_office"),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day the office is closed besides Saturday and Sunday; the office edits this table, for cabinet days come
    late.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "day"], name="holiday_once_per_office"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Role(models.TextChoices):
    """What a member of staff may do. `clerk` is the ปลัด, who answers for all cases; `executive` is the นายก, who
    reads and signs; `reader`, often from outside the office, reads complaints about people and nothing else.
    """

    OFFICER = "officer", "เจ้าหน้าที่"
    CLERK = "clerk", "ปลัด"
    EXECUTIVE = "executive", "นายก"
    ADMIN = "admin", "ผู้ดูแลระบบ"
    READER = "reader", "ผู้อ่านเรื่องลับ"


class StaffManager(BaseUserManager["Staff"]):
    """Creates staff with a hashed password; `**facts` are fields of `Staff`."""

    def create_user(self, username: str, password: str | None = None, **facts: Any) -> "Staff":
        """A new member of staff; raises `ValidationError` where a fact does not fit."""
        staff = self.model(username=self.model.normalize_username(username), **facts)
        staff.set_password(password)
        staff.full_clean(exclude=["password"])
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """A member of staff who can sign in. `password_given`: the password is known to whoever gave it, and is changed
    before anything else is opened.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="staff")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="staff")
    username = models.CharField(max_length=60, unique=True, validators=[USERNAME])
    full_name = models.CharField(max_length=120)
    position = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    password_given = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    objects = StaffManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["full_name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_role_known"),
        ]

    def __str__(self) -> str:
        return self.full_name


class AuditRow(models.Model):
    """One act: who did what to which object, with the hash of the row before. Never holds a citizen's text.

    `before` and `after` are short JSON texts of the fields that changed (or hashes of them where the content is
    private).
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="audit")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="acts")
    actor_name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, blank=True)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["-seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "seq"], name="audit_seq_once_per_office"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "object_kind", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.act} {self.object_kind} {self.object_id}"
