"""The words of this application's choices, in both languages."""

from sync_server.organisations.models import Role
from sync_server.web.language import Text

ROLES: dict[str, Text] = {
    Role.OFFICER: Text("เจ้าหน้าที่", "Officer"),
    Role.CLERK: Text("ปลัด อบต.", "Clerk"),
    Role.EXECUTIVE: Text("นายก อบต.", "Chief executive"),
    Role.ADMIN: Text("ผู้ดูแลระบบ", "Administrator"),
    Role.READER: Text("ผู้อ่านเรื่องลับ", "Reader of sealed cases"),
}

#: What is done to a member of staff's account, and to the office's own facts.
ACTS: dict[str, Text] = {
    "staff.make": Text("สร้างบัญชี", "Account made"),
    "staff.sign_in": Text("เข้าสู่ระบบ", "Signed in"),
    "staff.password": Text("เปลี่ยนรหัสผ่าน", "Changed the password"),
    "staff.change": Text("เปลี่ยนข้อมูลหรือสถานะ", "Facts or state changed"),
    "staff.give_password": Text("ออกรหัสผ่านใหม่ให้", "Given a new password"),
    "office.make": Text("สร้างหน่วยงาน", "Office made"),
    "office.change": Text("เปลี่ยนข้อมูลบนเอกสาร", "Facts on papers changed"),
    "office.close_day": Text("เพิ่มวันหยุด", "Closed day added"),
    "office.open_day": Text("เอาวันหยุดออก", "Closed day taken out"),
}
