"""A kiosk as the fleet page shows it: how it is, in words, from what it last said and what the server holds.

Pure: rows and `now` in, views out. What a kiosk says about itself (captured, stored) proves nothing; what the server
holds does.
"""

import datetime as dt
from dataclasses import dataclass

from sync_server.kiosks.labels import ALARMS, AlarmWords
from sync_server.kiosks.models import Alarm, Kiosk
from sync_server.web.language import Text

#: Without a word for this long, an office kiosk is called silent. One night and a morning: closing time is no alarm.
SILENT_AFTER = dt.timedelta(hours=26)
#: A clock this far off is said; below it, the way there and back explains the difference.
CLOCK_OFF_S = 5
#: A clock this far off is more than a drift: dates on slips and deadlines are wrong.
CLOCK_ALARM_S = 15 * 60
#: Backups are made daily; one that was left out may be a holiday of the other machine, two are not.
BACKUP_OLD_AFTER = dt.timedelta(hours=50)


@dataclass(frozen=True, slots=True)
class Status:
    """A state as icon and word; `state` is a colour name of the style sheet."""

    state: str
    icon: str
    words: Text


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One kiosk of the table."""

    kiosk: Kiosk
    status: Status
    clock: Status
    lines: Status
    held: int
    backed_up: int

    @property
    def backup(self) -> Text:
        """How much of what is held lies in a verified backup."""
        if self.backed_up == 0:
            return Text("ยังไม่สำรอง", "no backup yet")
        if self.backed_up >= self.held:
            return Text("สำรองแล้วทั้งหมด", "all backed up")
        return Text("สำรองแล้ว {n}", "{n} backed up").format(n=f"{self.backed_up:,}")

    @property
    def behind(self) -> int:
        """How many records it had captured and the server does not hold, by its last word."""
        return max(0, self.kiosk.captured - self.held)


@dataclass(frozen=True, slots=True)
class AlarmCard:
    """One card on top of the page; `alarm` is None for what is computed (a silent kiosk, a clock far off)."""

    words: AlarmWords
    title: Text
    kiosk: Kiosk | None
    alarm: Alarm | None


def status(kiosk: Kiosk, now: dt.datetime) -> Status:
    """How the kiosk is, from its last contact."""
    if not kiosk.active:
        return Status("plain", "prohibit", Text("เพิกถอนแล้ว", "Revoked"))
    if kiosk.seen_at is None:
        return Status("near", "hourglass", Text("ยังไม่เคยติดต่อ", "No contact yet"))
    if now - kiosk.seen_at > SILENT_AFTER:
        days = max(1, (now - kiosk.seen_at).days)
        return Status("late", "warning-circle-fill", Text("เงียบ {n} วัน", "Silent {n} d").format(n=days))
    return Status("done", "check-circle-fill", Text("ปกติ", "Well"))


def clock(kiosk: Kiosk) -> Status:
    """How far the kiosk's clock was from the server's at its last contact."""
    if kiosk.clock_ahead_ms is None:
        return Status("plain", "question", Text("ไม่ทราบ", "Unknown"))
    seconds = round(kiosk.clock_ahead_ms / 1000)
    if abs(seconds) < CLOCK_OFF_S:
        return Status("done", "check-circle-fill", Text("ตรง", "Correct"))
    ahead = Text("เร็ว {n}", "{n} fast") if seconds > 0 else Text("ช้า {n}", "{n} slow")
    return Status("near", "warning-fill", ahead.format(n=_span(abs(seconds))))


def row(kiosk: Kiosk, now: dt.datetime) -> FleetRow:
    """The kiosk's row; `kiosk.logs` should be prefetched."""
    # What a kiosk says about itself leaves the confidential log out; so does this, or the difference would tell.
    logs = [log for log in kiosk.logs.all() if log.name != "confidential"]
    apart = sum(log.apart for log in logs)
    if any(log.branch > 0 for log in logs):
        lines = Status("near", "git-branch", Text("แยกสองสาย", "Two lines"))
    elif apart:
        lines = Status("near", "hourglass", Text("กักไว้ {n} รายการ", "{n} kept apart").format(n=apart))
    else:
        lines = Status("done", "check-circle-fill", Text("สายเดียว", "One line"))
    held, backed_up = (sum(getattr(log, name) for log in logs if log.branch == 0) for name in ("seq", "backed_up"))
    return FleetRow(kiosk, status(kiosk, now), clock(kiosk), lines, held, backed_up)


def cards(
    rows: list[FleetRow],
    alarms: list[Alarm],
    now: dt.datetime,
    *,
    backed_up_at: dt.datetime | None,
    root_here: bool = False,
) -> list[AlarmCard]:
    """The alarms nobody has looked at, the kiosks that fell silent or whose clock is far off, a backup that was not
    made (the newest one of this epoch is of `backed_up_at`), and the office root while it lies on the server.
    """
    shown = [
        AlarmCard(ALARMS[alarm.kind], ALARMS[alarm.kind].title.format(kiosk=_name(alarm)), alarm.kiosk, alarm)
        for alarm in alarms
    ]
    late = [_silent(row_, now) for row_ in rows if row_.status.state == "late"]
    clocks = [_clock_off(row_) for row_ in rows if _is_far_off(row_.kiosk)]
    root = [_ROOT_HERE] if root_here else []
    return [*late, *shown, *clocks, *_backup(rows, backed_up_at, now), *root]


_ROOT_TITLE = Text("กุญแจรากของหน่วยงานยังอยู่ในเซิร์ฟเวอร์", "The office root still lies on the server")
_ROOT_HERE = AlarmCard(
    AlarmWords(
        _ROOT_TITLE,
        Text(
            "ทุกอย่างทำงานปกติ แต่ใครคัดลอกเซิร์ฟเวอร์ไปได้ จะปลอมเป็นหน่วยงานต่อตู้ได้ตลอดไป",
            "Everything works. But whoever copies this server could speak to the kiosks in its name for ever.",
        ),
        Text(
            "ให้ผู้ดูแลระบบย้ายไฟล์ root.key ลงแท่ง USB สองอัน เก็บใส่ตู้เซฟ แล้วลบจากเครื่องนี้",
            "Let the administrator move root.key to two sticks, lock them away, and delete it here.",
        ),
        "key",
    ),
    _ROOT_TITLE,
    None,
    None,
)


def _is_far_off(kiosk: Kiosk) -> bool:
    ahead_ms = kiosk.clock_ahead_ms
    return kiosk.active and ahead_ms is not None and abs(ahead_ms) >= CLOCK_ALARM_S * 1000


def _clock_off(row_: FleetRow) -> AlarmCard:
    """It goes away by itself once the clock is right."""
    safe = Text(
        "ลำดับและเลขคิวไม่ขึ้นกับนาฬิกา เซิร์ฟเวอร์เก็บทั้งเวลาที่ตู้บอกและเวลาที่รับ แต่วันที่บนบัตรคิวและใบรับเรื่องอาจผิด",
        "Order and numbers do not depend on it, and both times are kept. Dates on slips may be wrong.",
    )
    do = Text(
        "ที่ตู้ แตะมุมขวาบนห้าครั้ง แล้วตั้งวันเวลาใหม่ ถ้าเพี้ยนอีก เปลี่ยนถ่านนาฬิกาในเครื่อง",
        "At the kiosk touch the upper right corner five times and set it. If it comes back, change its battery.",
    )
    title = Text("นาฬิกาของ {kiosk} เพี้ยนมาก: {how}", "The clock of {kiosk} is far off: {how}")
    said = title.format(kiosk=row_.kiosk.name, how=row_.clock.words)
    return AlarmCard(AlarmWords(said, safe, do, "clock"), said, row_.kiosk, None)


def _backup(rows: list[FleetRow], made_at: dt.datetime | None, now: dt.datetime) -> list[AlarmCard]:
    """One card where there is something to lose and no backup of these days."""
    if not any(row_.held for row_ in rows) or (made_at is not None and now - made_at <= BACKUP_OLD_AFTER):
        return []
    if made_at is None:
        title = Text("เซิร์ฟเวอร์นี้ยังไม่มีการสำรองข้อมูล", "This server has no backup yet")
    else:
        title = Text("สำรองข้อมูลล่าสุดเมื่อ {n} วันก่อน", "Days since the newest backup: {n}").format(n=(now - made_at).days)
    safe = Text(
        "ตู้ยังเก็บบันทึกทุกรายการที่ยังไม่สำรองไว้ ไม่หาย แต่สิ่งที่เจ้าหน้าที่พิมพ์มีอยู่ในเครื่องนี้ที่เดียว",
        "Kiosks keep every record that is in no backup. What staff typed is on this one machine.",
    )
    do = Text(
        "ให้ผู้ดูแลระบบดูว่า sala-server backup ไม่ทำงานเพราะอะไร",
        "Let the administrator see why sala-server backup did not run.",
    )
    return [AlarmCard(AlarmWords(title, safe, do, "hard-drives"), title, None, None)]


def _silent(row_: FleetRow, now: dt.datetime) -> AlarmCard:
    kiosk = row_.kiosk
    days = max(1, (now - kiosk.seen_at).days) if kiosk.seen_at else 0
    waiting = kiosk.waiting
    safe = (
        Text(
            "ข้อมูล {n} รายการยังอยู่ในตู้ ไม่หาย ประชาชนยังใช้ได้ แต่ตัวเลขในรายงานยังไม่รวมตู้นี้",
            "Records still in the kiosk, safe: {n}. Citizens can use it, but figures do not count them yet.",
        ).format(n=waiting)
        if waiting
        else Text(
            "ครั้งสุดท้ายที่ติดต่อ ไม่มีรายการค้าง ประชาชนยังใช้ตู้ได้ตามปกติ",
            "Nothing was waiting at its last contact. Citizens can go on using it.",
        )
    )
    do = Text(
        "ตรวจไฟ สาย และเราเตอร์ที่ตู้ หรือนำแท่ง USB ไปรับบันทึก",
        "Check power, cable and router, or fetch its records by USB stick.",
    )
    title = Text("{kiosk} เงียบมา {n} วัน", "{kiosk} has been silent for {n} d").format(kiosk=kiosk.name, n=days)
    return AlarmCard(AlarmWords(title, safe, do, "plugs", urgent=True), title, kiosk, None)


def _name(alarm: Alarm) -> str | Text:
    return alarm.kiosk.name if alarm.kiosk else Text("เครื่องหนึ่ง", "A device")


def _span(seconds: int) -> Text:
    if seconds < 120:
        return Text("{n} วินาที", "{n} s").format(n=seconds)
    if seconds < 7200:
        return Text("{n} นาที", "{n} min").format(n=seconds // 60)
    if seconds < 172_800:
        return Text("{n} ชั่วโมง", "{n} h").format(n=seconds // 3600)
    return Text("{n} วัน", "{n} d").format(n=seconds // 86_400)
