"""The side menu as a table: one row for each place of the desk, in groups.

A row is shown to its roles, where its application is installed and the address opens to whoever looks. The row being
looked at is the one of the application that answers.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from shared import thai
from sync_server.cases import queries as cases
from sync_server.kiosks import fleet
from sync_server.kiosks import queries as kiosks
from sync_server.organisations.access import opens
from sync_server.organisations.managing import MANAGERS
from sync_server.organisations.models import Role, Staff
from sync_server.queues import queries as queues
from sync_server.sealed import queries as sealed
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Row:
    """One place: its address by name, label, icon, how many things wait there for this person.

    `roles` are those it is for; none named is for everybody. `shown` asks about the person where no role can say it.
    """

    view: str
    label: Text
    icon: str
    waiting: Callable[[Staff], int] | None = None
    alarm: bool = False
    roles: frozenset[str] = frozenset()
    shown: Callable[[Staff], bool] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A row as one reader sees it now."""

    href: str
    label: Text
    icon: str
    count: int
    count_kind: str
    here: bool

    @property
    def icon_here(self) -> str:
        """The filled icon of the place being looked at."""
        return f"{self.icon}-fill"


def _owed(staff: Staff) -> int:
    """How many cases this person knows of that are still to be answered."""
    counts = cases.counts(staff, today=thai.service_date(timezone.now()))
    return counts.received + counts.in_progress


def _kiosks_in_need(staff: Staff) -> int:
    """Alarms nobody has looked at, and kiosks that fell silent."""
    now = timezone.now()
    silent = sum(fleet.status(kiosk, now).state == "late" for kiosk in kiosks.fleet(staff.office))
    return silent + len(kiosks.open_alarms(staff.office))


_SEE_EVERY_CASE = frozenset({Role.CLERK.value, Role.EXECUTIVE.value})

MENU: tuple[tuple[Row, ...], ...] = (
    (
        Row("home:today", Text("งานวันนี้", "Today"), "sun-horizon"),
        Row("cases:inbox", Text("เรื่องที่รับ", "Cases"), "tray", waiting=_owed),
        Row(
            "sealed:index",
            Text("เรื่องลับ", "Sealed cases"),
            "envelope-simple",
            waiting=sealed.open_count,
            shown=sealed.reads_something,
        ),
        Row("queues:tickets", Text("คิวและคะแนน", "Tickets and ratings"), "ticket", waiting=queues.words_waiting),
    ),
    (
        Row("content:index", Text("บริการและเนื้อหา", "Services and content"), "flow-arrow"),
        Row("kiosks:fleet", Text("ตู้และแท็บเล็ต", "Kiosks and tablets"), "devices", waiting=_kiosks_in_need, alarm=True),
    ),
    (
        Row("measures:index", Text("มาตรการ 10 ข้อ", "The ten measures"), "clipboard-text"),
        Row("reports:index", Text("รายงานและแฟ้ม", "Reports"), "file-text", roles=_SEE_EVERY_CASE),
    ),
    (
        Row("records:index", Text("บันทึกทั้งหมด", "All records"), "stack"),
        Row("office:index", Text("หน่วยงาน", "The office"), "buildings", roles=frozenset(MANAGERS)),
    ),
)


def menu_for(staff: Staff, app: str) -> list[list[Item]]:
    """The menu for this reader, the place of the application `app` marked; groups without a row are left out."""
    groups = [[item for row in group if (item := _item(row, staff, app)) is not None] for group in MENU]
    return [group for group in groups if group]


def _item(row: Row, staff: Staff, app: str) -> Item | None:
    if (row.roles and staff.role not in row.roles) or (row.shown and not row.shown(staff)):
        return None
    try:
        href = reverse(row.view)
    except NoReverseMatch:
        return None  # that application is not installed here
    if not opens(staff, href):
        return None
    waiting = row.waiting(staff) if row.waiting else 0
    here = row.view.partition(":")[0] == app
    return Item(href, row.label, row.icon, waiting, "alarm" if row.alarm else "", here)
