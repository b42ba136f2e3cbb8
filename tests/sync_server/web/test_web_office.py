"""The office itself on the desk: people who come, leave, forget; what stands on papers; closed days."""

import datetime as dt
import html
import re

import gallery
import pytest
from django.test import Client
from gallery import PASSWORD

NEW = {"full_name": "นางอนงค์ ตัวอย่าง", "username": "anong", "position": "นักวิชาการ", "role": "officer", "division": ""}


def given(answer) -> str:
    """The password that a page shows once."""
    return re.search(r'id="password"[^>]*>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})<', answer.content.decode())[1]


def signed(username: str, password: str) -> Client:
    """Somebody at another machine."""
    client = Client()
    assert client.post("/sign-in", {"username": username, "password": password}).status_code == 302
    return client


def of(username: str):
    """One of the office's people, as the database has them."""
    from sync_server.organisations.models import Staff

    return Staff.objects.get(username=username)


def acts(kind: str, object_id: str) -> list[str]:
    """What the audit log has of an object, oldest first."""
    from sync_server.organisations.queries import audit_of, the_office

    return [row.act for row in reversed(audit_of(the_office(), kind, object_id))]


def text(answer) -> str:
    """The words of a page, without tags."""
    return re.sub("<[^>]*>", "", answer.content.decode())


def test_a_new_person_chooses_a_password_before_anything_else(signed_in):
    """Whoever gave the first one knows it: nothing can be done under it."""
    password = given(signed_in("it").post("/desk/office/people/add", NEW))
    anong = signed("anong", password)
    for path in ("/desk/", "/desk/cases/", "/desk/records/", "/desk/nothing"):
        assert (anong.get(path).status_code, anong.get(path)["Location"]) == (302, "/desk/account"), path
    refreshed = anong.get("/desk/", headers={"HX-Request": "true"})
    assert (refreshed.status_code, refreshed["HX-Redirect"]) == (401, "/desk/account")
    assert "ตั้งรหัสผ่านของคุณเองก่อน" in text(anong.get("/desk/account"))
    own = "ศาลาริมน้ำเย็นสบาย"
    assert anong.post("/desk/account", {"old": password, "new": own}).status_code == 302
    assert anong.get("/desk/").status_code == 200
    assert acts("staff", "anong") == ["staff.make", "staff.sign_in", "staff.password"]


def test_the_password_given_may_not_be_kept(signed_in):
    """Choosing the same again would leave it known to two."""
    password = given(signed_in("it").post("/desk/office/people/add", NEW))
    anong = signed("anong", password)
    assert anong.post("/desk/account", {"old": password, "new": password}).status_code == 422
    assert of("anong").password_given


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "somjai"),
        ("username", "Anong"),
        ("username", "ก"),
        ("username", "a"),
        ("full_name", ""),
        ("role", "king"),
    ],
)
def test_a_person_who_does_not_fit_is_not_made(signed_in, field, value):
    """A name somebody has, one that not every keyboard types, an unknown role: told at the field, nothing made."""
    from sync_server.organisations.models import Staff

    before = Staff.objects.count()
    answer = signed_in("it").post("/desk/office/people/add", {**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}-wrong"' in answer.content.decode()
    assert Staff.objects.count() == before


def test_who_leaves_is_out_at_once(signed_in, staff):
    """Their open session too; what they did keeps their name, and they come back with a new password only."""
    somjai, it = signed("somjai", PASSWORD), signed_in("it")
    page = f"/desk/office/people/{staff('somjai').pk}"
    assert it.post(f"{page}/leave").status_code == 302
    assert somjai.get("/desk/")["Location"].startswith("/sign-in")
    assert "นางสาวสมใจ" in text(it.get("/desk/office/"))
    assert it.post(f"{page}/password")["Location"] == page  # not while they are away
    password = given(it.post(f"{page}/return"))
    assert Client().post("/sign-in", {"username": "somjai", "password": PASSWORD}).status_code == 200
    assert signed("somjai", password).get("/desk/")["Location"] == "/desk/account"
    assert acts("staff", "somjai")[-4:] == ["staff.change", "staff.give_password", "staff.change", "staff.sign_in"]


def test_a_forgotten_password_ends_sessions_and_waiting(signed_in, staff):
    """Five wrong tries and then a new password: they come in at once, and whoever had the old one is out."""
    somjai, other = signed("somjai", PASSWORD), Client(REMOTE_ADDR="10.0.0.9")
    for _each in range(5):
        other.post("/sign-in", {"username": "somjai", "password": "wrong-wrong"})
    assert Client().post("/sign-in", {"username": "somjai", "password": PASSWORD}).status_code == 429
    password = given(signed_in("it").post(f"/desk/office/people/{staff('somjai').pk}/password"))
    assert somjai.get("/desk/")["Location"].startswith("/sign-in")
    assert other.post("/sign-in", {"username": "somjai", "password": password}).status_code == 302


def test_one_who_looks_after_people_stays(signed_in, staff):
    """The last of them can neither be made something else nor be closed, however it is tried."""
    it, palad = staff("it"), staff("palad")
    client = signed_in("it")
    facts = {"full_name": palad.full_name, "position": "", "division": "", "role": "officer"}
    assert client.post(f"/desk/office/people/{palad.pk}", facts).status_code == 302  # the administrator is left
    answer = client.post(f"/desk/office/people/{it.pk}", {**facts, "full_name": it.full_name})
    assert "ต้องมีผู้ดูแลระบบหรือปลัด" in text(answer)
    client.post(f"/desk/office/people/{it.pk}/leave")
    assert (of("it").role, of("it").is_active) == ("admin", True)
    assert acts("staff", "it") == ["staff.make"]


def test_nobody_closes_their_own_account(signed_in, staff):
    """Nor gets a password given by themselves: that is what one's own page is for."""
    client, page = signed_in("palad"), f"/desk/office/people/{staff('palad').pk}"
    client.post(f"{page}/leave")
    assert client.post(f"{page}/password")["Location"] == "/desk/account"
    assert of("palad").is_active
    assert not of("palad").password_given


def test_a_change_is_kept_with_what_was(signed_in, staff):
    """Only what differs; the same again is no act."""
    from sync_server.organisations.models import AuditRow

    somjai = staff("somjai")
    facts = {
        "full_name": somjai.full_name, "position": somjai.position, "role": "clerk", "division": somjai.division.pk,
    }  # fmt: skip
    for _twice in range(2):
        signed_in("it").post(f"/desk/office/people/{somjai.pk}", facts)
    row = AuditRow.objects.get(act="staff.change")
    assert (row.object_id, row.before, row.after) == ("somjai", '{"role": "officer"}', '{"role": "clerk"}')


def shown(page) -> dict[str, str]:
    """What a browser sends back of a form that nobody touched."""
    sent = {}
    for form in re.findall(r"(?s)<form method=\"post\" novalidate>(.*?)</form>", page.content.decode()):
        for tag in re.findall(r"<input[^>]*>", form):
            sent[re.search(r'name="([^"]*)"', tag)[1]] = html.unescape(
                (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]
            )
        for name, choices in re.findall(r'(?s)<select name="(\w+)"[^>]*>(.*?)</select>', form):
            sent[name] = (re.search(r'<option value="([^"]*)" selected', choices) or ["", ""])[1]
    return sent


def test_a_page_left_open_gives_no_role_back(signed_in, staff):
    """What a colleague changed meanwhile stays, also after a refusal; what was changed here is kept."""
    somjai = staff("somjai")
    page = f"/desk/office/people/{somjai.pk}"
    client = signed_in("it")
    sent = {**shown(client.get(page)), "position": "หัวหน้าสำนักปลัด"}
    type(somjai).objects.filter(pk=somjai.pk).update(role="reader", division=None)
    refused = client.post(page, {**sent, "full_name": ""})
    assert refused.status_code == 422
    assert client.post(page, {**shown(refused), "full_name": sent["full_name"]}).status_code == 302
    held = of("somjai")
    assert (held.role, held.division, held.position) == ("reader", None, "หัวหน้าสำนักปลัด")
    assert acts("staff", "somjai")[-1] == "staff.change"
    assert client.post(page, {**shown(client.get(page)), "position": "", "role": "clerk"}).status_code == 302
    held = of("somjai")
    assert (held.role, held.position, held.full_name) == ("clerk", "", somjai.full_name)


def test_a_change_is_compared_with_what_is_kept(server, staff):
    """Not with what was read before somebody else wrote: the audit log says what it was at that moment."""
    from sync_server.organisations import managing
    from sync_server.organisations.models import AuditRow
    from sync_server.setting_up import program

    held = staff("somjai")
    type(held).objects.filter(pk=held.pk).update(position="หัวหน้า")
    managing.change_staff(program(server.office), held, {"position": "เจ้าพนักงานธุรการ"}, now=server.now)
    assert of("somjai").position == "เจ้าพนักงานธุรการ"
    assert AuditRow.objects.get(act="staff.change").before == '{"position": "หัวหน้า"}'


def test_papers_left_open_give_no_name_back(server, signed_in):
    """Nor the digits."""
    from sync_server.organisations.models import Office

    client = signed_in("palad")
    sent = {**shown(client.get("/desk/office/papers")), "phone": "0-0000-0009"}
    Office.objects.update(executive_name="นายใหม่ ตัวอย่าง", thai_digits_on_paper=False)
    assert client.post("/desk/office/papers", sent).status_code == 302
    office = Office.objects.get()
    assert (office.executive_name, office.thai_digits_on_paper) == ("นายใหม่ ตัวอย่าง", False)
    assert office.phone == "0-0000-0009"


def test_papers_bear_what_was_entered(server, signed_in):
    """The next report has the new name of the clerk, in the digits that were chosen; kiosks get the telephone."""
    from sync_server.organisations.queries import the_office
    from sync_server.reports.paper import Letterhead

    client = signed_in("palad")
    page = client.get("/desk/office/papers").content.decode()
    fields = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page))
    sent = {**fields, "clerk_name": "นางใหม่ ตัวอย่าง", "phone": "0-0000-0009", "thai_digits_on_paper": "False"}
    assert client.post("/desk/office/papers", sent).status_code == 302
    head = Letterhead.of(the_office())
    assert (head.clerk_name, head.phone, head.thai_digits) == ("นางใหม่ ตัวอย่าง", "0-0000-0009", False)
    assert (head.name, head.executive_name) == (server.office.name, server.office.executive_name)
    assert acts("office", server.office.office_id)[-1] == "office.change"
    assert client.post("/desk/office/papers", {**sent, "name": " "}).status_code == 422


def test_what_papers_lack_is_told(server, signed_in):
    """On the first page, until it is there."""
    from sync_server.organisations.models import Office

    assert "รายงานยังขาด" not in text(signed_in("it").get("/desk/office/"))
    Office.objects.update(executive_name="")
    assert "รายงานยังขาด: ชื่อนายก" in text(signed_in("it").get("/desk/office/"))


def test_a_closed_day_moves_deadlines_and_reaches_kiosks(server, signed_in):
    """A day the cabinet named late is skipped by deadlines and told by the next edition; taken out, no more."""
    from sync_server.content.actions import publish_sample
    from sync_server.content.queries import draft_office
    from sync_server.organisations.queries import closed_days

    publish_sample(server.office, now=server.now)
    client, day = signed_in("palad"), dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)
    told = set(draft_office(server.office).holidays)
    assert client.post("/desk/office/closed-days", {"day": str(day), "name": "วันหยุดพิเศษ"}).status_code == 302
    assert closed_days(server.office) == told | {day}
    assert draft_office(server.office).holidays == sorted(told | {day})
    assert client.post("/desk/office/closed-days", {"day": str(day), "name": "อีกครั้ง"}).status_code == 422
    assert client.post(f"/desk/office/closed-days/{day}/open").status_code == 302
    assert set(draft_office(server.office).holidays) == closed_days(server.office) == told
    assert acts("office", server.office.office_id)[-2:] == ["office.close_day", "office.open_day"]


def test_the_page_of_closed_days_says_what_a_day_does_to_cases_that_are_here(server, signed_in, kiosk):
    """What it says is what happens (decision 0053): a last day moves, and so does a limit in working days over it."""
    from sync_server.cases.clocks import ACKNOWLEDGE, clocks
    from sync_server.cases.models import Case, Clock
    from sync_server.projectors import catch_up

    clocks(server.office)
    Clock.objects.filter(code=ACKNOWLEDGE).update(working=True)
    kiosk.file("ไฟดับ", filed_on="2026-11-25")
    kiosk.push()
    catch_up()
    client, case = signed_in("palad"), Case.objects.get()
    assert (case.acknowledge_by, case.result_by) == (dt.date(2026, 12, 4), dt.date(2026, 12, 11))
    for day, within in (("2026-12-11", dt.date(2026, 12, 4)), ("2026-12-01", dt.date(2026, 12, 8))):
        client.post("/desk/office/closed-days", {"day": day, "name": "วันหยุดพิเศษ"})
        case.refresh_from_db()
        assert (case.acknowledge_by, case.result_by) == (within, dt.date(2026, 12, 14))
    assert "รวมเรื่องที่รับไว้แล้ว" in text(client.get("/desk/office/closed-days"))
    client.post("/language", {"language": "en"})
    assert "also of cases that are here already" in text(client.get("/desk/office/closed-days"))


@pytest.mark.parametrize("day", ["2569-12-07", "0001-01-01", "31/12/2026x", "", "2026-02-30"])
def test_a_day_that_is_a_slip_is_refused(server, signed_in, day):
    """A Buddhist-era year, no day at all: told at the field."""
    from sync_server.organisations.models import Holiday

    before = Holiday.objects.count()
    answer = signed_in("palad").post("/desk/office/closed-days", {"day": day, "name": "วันหยุด"})
    assert answer.status_code == 422
    assert 'id="id_day-wrong"' in answer.content.decode()
    assert Holiday.objects.count() == before
    assert signed_in("palad").post("/desk/office/closed-days/2569-13-01/open").status_code == 404


def test_the_first_page_says_what_is_left_to_begin(server, signed_in):
    """Step by step until nothing is, to whoever sets the office up; an officer sees none of it."""
    from fake_kiosk import FakeKiosk

    from sync_server.backups.models import Backup
    from sync_server.content.actions import publish_sample
    from sync_server.home import beginning
    from sync_server.kiosks import queries as kiosks
    from sync_server.organisations.models import Office, Staff
    from sync_server.records.queries import current_epoch

    def backed_up() -> None:
        Backup.objects.create(
            office=server.office, backup_id="0" * 32, epoch=current_epoch(server.office).epoch, made_at=server.now,
            records=0, archive_bytes=1, folder="/mnt", file_name="sala.age",
        )  # fmt: skip

    clerk_name = server.office.clerk_name
    Staff.objects.filter(username="palad").update(is_active=False)
    Office.objects.update(clerk_name="")
    done = (
        lambda: Staff.objects.filter(username="palad").update(is_active=True),
        lambda: Office.objects.update(clerk_name=clerk_name),
        lambda: publish_sample(server.office, now=server.now),
        lambda: FakeKiosk.enrolled(server),
        backed_up,
    )
    for number, do in enumerate(done):
        steps = beginning.steps(Office.objects.get(), kiosks.fleet(server.office))
        assert [step.done for step in steps] == [i < number for i in range(len(done))]
        assert f"เริ่มใช้งาน เหลืออีก {len(done) - number} ข้อ" in text(signed_in("it").get("/desk/"))
        assert "เริ่มใช้งาน" not in text(signed_in("somjai").get("/desk/"))
        do()
    assert "เริ่มใช้งาน" not in text(signed_in("it").get("/desk/"))


def test_a_reader_is_led_to_what_is_sealed_to_them(signed_in, staff):
    """Not to the administrator's work."""
    from sync_server.organisations.models import Role, Staff

    Staff.objects.filter(username="somjai").update(role=Role.READER)
    page = text(signed_in("somjai").get("/desk/"))
    assert "เรื่องที่ผนึกถึงคุณอยู่ที่หน้าเรื่องลับ" in page
    assert "งานของผู้ดูแลระบบ" not in page


def test_a_long_name_stays_in_its_place(busy, request):
    """An office that entered no short name: its mark is whole, and its name ends before the search begins."""
    from sync_server.organisations.models import Office

    Office.objects.update(short_name="", name="องค์การบริหารส่วนตำบลที่มีชื่อยาวกว่าชื่อใดในอำเภอ")
    address = request.getfixturevalue("address")
    with gallery.chromium() as browser:
        page = gallery.visitor(browser, address, "it").new_page()
        page.goto(f"{address}/desk/")
        mark, name, find = (page.locator(f".bar {part}").bounding_box() for part in (".mark", ".home span", ".find"))
    assert mark["width"] == 46
    assert mark["x"] + mark["width"] < name["x"]
    assert name["x"] + name["width"] < find["x"]
