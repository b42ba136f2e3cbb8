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
        Text("{kiosk} ถูกกู้คืนจากสำเนาเก่า", "{kiosk} was restored from an older copy"),
        Text(
            "เซิร์ฟเวอร์มีบันทึกมากกว่าที่เครื่องจำได้ ไม่มีอะไรหาย เครื่องเปิดสมุดใหม่และทำงานต่อแล้ว",
            "The server holds more than the device remembers. Nothing is lost; it goes on in a new log.",
        ),
        Text("ถามผู้ดูแลตู้ว่ากู้คืนดิสก์เมื่อใด", "Ask who looks after it when its disk was restored."),
        "arrow-counter-clockwise",
    ),
    AlarmKind.KIOSK_COPIED: AlarmWords(
        Text("แฟ้มของ {kiosk} ถูกย้ายหรือคัดลอก", "The files of {kiosk} were moved or copied"),
        Text(
            "เครื่องสังเกตเองตอนเปิด ไม่มีอะไรหาย และเขียนสมุดใหม่แยกจากเดิมแล้ว",
            "It noticed at its start. Nothing is lost; it writes a new log apart from the old one.",
        ),
        Text(
            "ถ้าเปลี่ยนดิสก์หรือเครื่อง รับทราบได้เลย ถ้าไม่มีใครทำ ตามหาเครื่องที่มีสำเนา",
            "If its disk or machine was changed, note it. If nobody did, look for the device with the copy.",
        ),
        "copy",
    ),
    AlarmKind.BROUGHT: AlarmWords(
        Text("{kiosk} นำบันทึกของอีกตู้มาด้วย", "{kiosk} brought records of another kiosk"),
        Text(
            "เก็บไว้ครบแต่กักไว้ ยังไม่นับในตัวเลขใด บันทึกของตู้นั้นเองไม่เปลี่ยน",
            "They are kept whole and apart, in no figure. That kiosk's own records are as they were.",
        ),
        Text(
            "ถ้าเป็นเครื่องเดียวกันที่ลงทะเบียนใหม่ ให้ปลัดดูสายที่กักไว้แล้วรับเข้านับ ถ้าไม่ใช่ ตรวจว่าใครใช้ตู้ที่นำมา",
            "If it is the same device, enrolled again, the clerk looks and counts them. If not, see who uses it.",
        ),
        "devices",
    ),
    AlarmKind.TWO_DEVICES: AlarmWords(
        Text("มีสองเครื่องใช้ชื่อ {kiosk} พร้อมกัน", "Two devices write as {kiosk}"),
        Text(
            "บันทึกของทั้งสองเครื่องเก็บไว้ครบ แต่บัตรคิวอาจได้เลขซ้ำ",
            "The records of both are kept whole, but ticket numbers may come up twice.",
        ),
        Text(
            "ปิดเครื่องที่เป็นสำเนา แล้วลงทะเบียนใหม่เป็นอีกตู้ ถ้าเครื่องเดียวถูกกู้คืนสองครั้ง รับทราบได้เลย",
            "Switch the copy off and enrol it as a kiosk of its own. If one device was restored twice, just note it.",
        ),
        "devices",
        urgent=True,
    ),
    AlarmKind.GAP: AlarmWords(
        Text("บันทึกของ {kiosk} บนแท่ง USB ขาดช่วง", "Records of {kiosk} on a stick begin too late"),
        Text(
            "ส่วนที่มาถึงแล้วไม่เสีย ส่วนที่รออยู่ยังอยู่บนแท่งและในตู้",
            "What is here is whole; the rest still lies on the stick and in the kiosk.",
        ),
        Text(
            "หาแท่งก่อนหน้าแล้วรับเข้าก่อน หรือให้ตู้ลงแท่งใหม่อีกครั้ง",
            "Take in the stick before it, or have the kiosk write a new one.",
        ),
        "dots-three",
    ),
    AlarmKind.REVOKED_SENT: AlarmWords(
        Text("{kiosk} ที่เพิกถอนแล้วยังส่งข้อมูลมา", "{kiosk} was revoked but still sends"),
        Text(
            "เซิร์ฟเวอร์เก็บไว้ครบแต่กักไว้ ยังไม่นับในตัวเลขใด อาจเป็นบันทึกจริงของประชาชน",
            "They are kept whole and apart, in no figure. They may be true records of citizens.",
        ),
        Text(
            "ตามหาเครื่อง แล้วให้ปลัดดูสายที่กักไว้ว่ารับเข้านับหรือเก็บแยก",
            "Find the device; the clerk looks at what is kept apart and decides.",
        ),
        "prohibit",
        urgent=True,
    ),
    AlarmKind.TOO_MANY_LOGS: AlarmWords(
        Text("{kiosk} เปิดสมุดบันทึกมากเกินไป", "{kiosk} opened too many logs"),
        Text(
            "สมุดที่มีแล้วยังรับต่อ สมุดใหม่ของเครื่องนี้ไม่รับ เครื่องปกติเปิดเพียงไม่กี่เล่ม",
            "Those that are here go on; a new one of this device is not taken. A sound device opens a handful.",
        ),
        Text(
            "ตรวจว่าใครใช้เครื่องนี้ ถ้าไม่แน่ใจให้เพิกถอน แล้วลงทะเบียนเป็นตู้ใหม่",
            "See who uses it. If in doubt revoke it, and enrol the device as a new kiosk.",
        ),
        "stack",
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
    "kiosk.enrol_again": Text("ลงทะเบียนใหม่ในชื่อเดิม", "Enrolled again as itself"),
    "kiosk.revoke": Text("เพิกถอนตู้", "Revoked"),
    "kiosk.reinstate": Text("เลิกเพิกถอน", "Let in again"),
    "kiosk.compared": Text("เทียบคำสี่คำแล้ว ตรงกัน", "Compared the four words: the same"),
    "kiosk.roll": Text("ตู้เปลี่ยนกุญแจของตัวเอง", "Took a new key of its own"),
    "alarm.clear": Text("รับทราบเหตุ", "Looked at an alarm"),
}
