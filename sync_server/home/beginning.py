"""What a server still lacks before the office can rely on it, for whoever sets it up: five steps, each with its place.

The first page shows them to the administrator and the clerk until all are done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync_server.backups import queries as backups
from sync_server.content import queries as content
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.forms import PapersForm
from sync_server.organisations.models import Office, Role
from sync_server.organisations.queries import people
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, once; `view` names the page where it is done, empty where that is the machine itself."""

    done: bool
    words: Text
    how: Text
    view: str = ""


def steps(office: Office, fleet: Sequence[Kiosk]) -> list[Step]:
    """All of them in order, done or not; `fleet` are the office's kiosks."""
    return [
        Step(
            any(each.is_active and each.role == Role.CLERK for each in people(office)),
            Text("เพิ่มปลัดและเจ้าหน้าที่", "Add the clerk and the officers"),
            Text("แต่ละคนมีชื่อผู้ใช้ของตัวเอง", "Each with a sign-in of their own"),
            "office:index",
        ),
        Step(
            not PapersForm.blank(office),
            Text("กรอกข้อมูลบนเอกสาร", "Enter what stands on papers"),
            Text("ผู้ลงนาม โทรศัพท์ เลขที่หนังสือ", "Who signs, the telephone, the number"),
            "office:papers",
        ),
        Step(
            content.newest(office) is not None,
            Text("เผยแพร่บริการและเนื้อหา", "Publish services and content"),
            Text(
                "นำโฟลเดอร์เข้าด้วย sala-server manage import_office",
                "Bring the folder in with sala-server manage import_office",
            ),
            "content:index",
        ),
        Step(
            any(each.active for each in fleet),
            Text("ลงทะเบียนตู้", "Enrol a kiosk"),
            Text("ใช้เวลาประมาณสองนาที", "It takes about two minutes"),
            "kiosks:fleet",
        ),
        Step(
            backups.newest(office) is not None,
            Text("สำรองข้อมูลครั้งแรก", "Make the first backup"),
            Text(
                "ที่เครื่องเซิร์ฟเวอร์ sala-server backup-key สองครั้ง แล้ว sala-server backup",
                "On the server: sala-server backup-key twice, then sala-server backup",
            ),
        ),
    ]
