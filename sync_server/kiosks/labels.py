"""What the fleet page says about alarms and states: a plain sentence, what is safe, what to do."""

from dataclasses import dataclass

from sync_server.kiosks.models import AlarmKind
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """One kind of alarm in words; `urgent` ones are clay, the others marigold. `{kiosk}` and `{detail}` are filled
    in.
    """

    title: Text
    safe: Text
    do: Text
    icon: str
    urgent: bool = False


ALARMS: dict[str, AlarmWords] = {
    AlarmKind.FORKED: AlarmWords(
        Text("{kiosk} มีบันทึกแยกสองสาย", "{kiosk} has two lines of records"),
        Text(
            "เครื่องเคยถูกทำสำเนาหรือกู้คืน ระบบเก็บไว้ครบทั้งสองสาย และเปิดสายใหม่ให้แล้ว",
            "The device was once copied or restored. Both lines are kept whole, and it writes a new one.",
        ),
        Text("ดูสองสาย แล้วให้ปลัดยืนยันว่านับสายไหน", "Look at both lines; the clerk decides which ones count."),
        "git-branch",
        urgent=True,
    ),
    AlarmKind.SERVER_RESTORED: AlarmWords(
        Text("เซิร์ฟเวอร์ถูกกู้คืนจากสำเนาเก่า", "The server was restored from an older copy"),
        Text(
            "ตู้ทุกเครื่องยังเก็บบันทึกไว้ และจะส่งส่วนที่ขาดมาเองเมื่อติดต่อได้",
            "Every kiosk still holds its records and sends what is missing at its next contact.",
        ),
        Text("ตรวจว่าทุกตู้ติดต่อแล้ว จึงพิมพ์รายงาน", "See that every kiosk has been in contact before printing a report."),
        "arrow-counter-clockwise",
    ),
    AlarmKind.KIOSK_RESTORED: AlarmWords(
        Text("{kiosk} ถูกกู้คืนหรือทำสำเนา", "{kiosk} was restored or copied"),
        Text("บันทึกเดิมไม่หาย เครื่องเปิดสายใหม่แล้ว", "Nothing earlier is lost; the device opened a new log."),
        Text("ถามผู้ดูแลตู้ว่าเปลี่ยนดิสก์หรือไม่", "Ask who looks after it whether its disk was changed."),
        "device-tablet",
    ),
    AlarmKind.REVOKED_SENT: AlarmWords(
        Text("{kiosk} ที่เพิกถอนแล้วยังส่งข้อมูลมา", "{kiosk} was revoked but still sends"),
        Text("เซิร์ฟเวอร์ไม่รับ และไม่มีอะไรเปลี่ยน", "The server refuses it and nothing changed."),
        Text("ตามหาเครื่อง ถ้าหายให้แจ้งความ", "Find the device. If it was stolen, report it."),
        "prohibit",
        urgent=True,
    ),
    AlarmKind.CODE_SPOILT: AlarmWords(
        Text("มีผู้ลองรหัสลงทะเบียนผิดหลายครั้ง", "Somebody tried a wrong enrolment code several times"),
        Text("รหัสนั้นใช้ไม่ได้แล้ว ไม่มีเครื่องใดเข้ามา", "That code is dead; no device was let in."),
        Text("ถ้าเป็นท่านพิมพ์ผิดเอง ขอรหัสใหม่ได้เลย", "If it was your own typing, just make a new code."),
        "key",
    ),
}

ACTS: dict[str, Text] = {
    "kiosk.code": Text("ขอรหัสลงทะเบียน", "Made an enrolment code"),
    "kiosk.enrol": Text("ลงทะเบียนตู้", "Enrolled"),
    "kiosk.revoke": Text("เพิกถอนตู้", "Revoked"),
    "alarm.clear": Text("รับทราบเหตุ", "Looked at an alarm"),
}
