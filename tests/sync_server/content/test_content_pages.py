"""The desk's content pages: everybody reads them, clerk and administrator publish, an empty server explains itself."""

import re
from itertools import pairwise

import pytest

SERVICES = "/desk/content/"


@pytest.fixture
def published(server):
    """The sample office, published."""
    from sync_server.content.actions import publish_sample

    return publish_sample(server.office, now=server.now)


def test_an_empty_server_says_how_content_comes_in(signed_in):
    """The page explains itself before the first import."""
    page = signed_in("somjai").get(SERVICES).content.decode()
    assert "import_office" in page


def test_the_list_names_every_service_with_who_checked_it(signed_in, published):
    """Eighteen services, each with its promise and its checker."""
    page = signed_in("somjai").get(SERVICES).content.decode()
    assert page.count('class="link"') == 18
    assert "ผู้อำนวยการกองคลัง" in page.replace("<wbr>", "")
    assert "3\u00a0วันทำการ" in page


def test_every_service_has_its_page_in_both_languages(signed_in, published, server):
    """Each page shows the six facts; in English it shows the English text."""
    from sync_server.content.queries import published_services

    client = signed_in("somjai")
    for service in published_services(server.office):
        page = client.get(f"{SERVICES}services/{service.id}")
        assert page.status_code == 200
        assert service.fee.th in page.content.decode().replace("<wbr>", "").replace("&#x27;", "'")
    client.cookies["lang"] = "en"
    assert "Hand in form Phor Por 1" in client.get(f"{SERVICES}services/sign_tax").content.decode()
    assert client.get(f"{SERVICES}services/no_such_service").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("palad", 302), ("it", 302), ("somjai", 403), ("nayok", 403)])
def test_clerk_and_administrator_publish(signed_in, server, who, status):
    """Others read; the button is not theirs and its address refuses them."""
    from sync_server.content.actions import SAMPLE, import_draft
    from sync_server.content.importer import read_source
    from sync_server.content.queries import current_edition
    from sync_server.organisations.actions import Actor

    import_draft(Actor(server.office, "test"), read_source(SAMPLE), now=server.now)
    client = signed_in(who)
    assert ("desk/content/publish" in client.get(SERVICES).content.decode()) == (status == 302)
    assert client.post(f"{SERVICES}publish").status_code == status
    assert current_edition() == (status == 302)


def test_publishing_twice_says_that_nothing_changed(signed_in, published):
    """The second press makes no edition and says so."""
    from sync_server.content.queries import current_edition

    page = signed_in("palad").post(f"{SERVICES}publish", follow=True).content.decode().replace("<wbr>", "")
    assert "ไม่มีอะไรเปลี่ยน" in page
    assert current_edition() == 1


def test_nobody_reads_the_desk_without_signing_in(client, published):
    """The pages lead to the sign-in page."""
    for address in (SERVICES, f"{SERVICES}services/sign_tax"):
        assert client.get(address)["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("service_id", "words"),
    [
        ("sign_tax", "5 นาที"),
        ("commercial_registration", "60 นาที"),
        ("living_support", "12 วัน 1 ชั่วโมง"),
        ("health_hazard_licence", "29 วัน 1 ชั่วโมง"),
        ("street_light_repair", "3 วันทำการ"),
        ("disaster_help", "ในทันที"),
    ],
)
def test_the_steps_together_are_told_in_units_people_count_in(server, service_id, words):
    """Minutes stay minutes, days stay days, and what mixes them is told in both."""
    from sync_server.content.actions import SAMPLE
    from sync_server.content.importer import read_source
    from sync_server.content.labels import together

    service = next(each for each in read_source(SAMPLE).services if each.id == service_id)
    assert together(service).th.replace("\u00a0", " ") == words


def test_a_time_bar_is_as_wide_as_its_steps_are_long():
    """Segments follow each other, none vanishes, and a step of a day is wider than one of a minute."""
    from sync_server.content.actions import SAMPLE
    from sync_server.content.importer import read_source
    from sync_server.content.views import time_bar

    services = read_source(SAMPLE).services
    for service in services:
        bar = list(time_bar(service))
        assert [segment.number for segment in bar] == list(range(1, len(service.steps) + 1))
        assert all(a.x + a.width < b.x for a, b in pairwise(bar))
        assert bar[-1].x + bar[-1].width <= 1000
    widths = {service.id: [segment.width for segment in time_bar(service)] for service in services}
    assert widths["health_hazard_licence"][0] < widths["health_hazard_licence"][3] < widths["health_hazard_licence"][1]
    assert len(set(widths["disaster_help"])) == 1


def test_what_hangs_in_the_hall_has_its_page(signed_in, published, server):
    """Budget, hours and trips, plan, what was said and the EIT, each with who approved it, in both languages."""
    client = signed_in("somjai")
    page = client.get(f"{SERVICES}hall").content.decode().replace("<wbr>", "")
    for words in (
        "8,400,000", "ถนน ทางระบายน้ำ ไฟทาง", "08.30–16.30", "ศาลาประชาคมหมู่ 6", "12.00–15.00", "คำสั่งที่ ตย 00/2570",
        "ติดโคมไฟเพิ่ม 14 ต้น", "23 คน", "https://example.com/eit", "กองช่าง", "ไม่ถึง 5 คน", "อนุมัติโดย ผู้อำนวยการกองคลัง",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("10,800,000") == 1
    client.cookies["lang"] = "en"
    assert "Two counters now serve" in client.get(f"{SERVICES}hall").content.decode()


def test_who_publishes_sees_where_another_office_is_named(signed_in, server, tmp_path):
    """As after copying from a neighbour; of the office's own content there is nothing to see."""
    import shutil

    from sync_server.content.actions import SAMPLE, import_draft
    from sync_server.content.importer import read_source
    from sync_server.organisations.actions import Actor

    def page():
        return client.get(SERVICES).content.decode().replace("<wbr>", "")

    client = signed_in("palad")
    folder = tmp_path / "office"
    shutil.copytree(SAMPLE, folder)
    import_draft(Actor(server.office, "test"), read_source(folder), now=server.now)
    assert "เอ่ยชื่อหน่วยงานอื่น" not in page()
    service = folder / "services" / "sign_tax.toml"
    service.write_text(service.read_text("utf-8").replace("อบต.ศาลาทอง", "อบต.ศาลาเงิน"), "utf-8")
    import_draft(Actor(server.office, "test"), read_source(folder), now=server.now)
    assert "เอ่ยชื่อหน่วยงานอื่น" in page()
    assert '<li><span class="th">ศูนย์บริการร่วม อบต.ศาลาเงิน</span></li>' in page()


def test_an_office_that_is_called_differently_now_is_called_nothing_else_in_other_languages(server):
    """Its Malay and English names were those of the name it had."""
    from sync_server.content.actions import SAMPLE, import_draft
    from sync_server.content.importer import read_source
    from sync_server.content.queries import draft_office
    from sync_server.organisations.actions import Actor
    from sync_server.organisations.models import Office

    import_draft(Actor(server.office, "test"), read_source(SAMPLE), now=server.now)
    told = draft_office(server.office)
    assert told.name.ms
    assert told.short_name.en
    Office.objects.update(name="เทศบาลตำบลศาลาทอง", name_en="", short_name="ทต.ศาลาทอง")
    told = draft_office(Office.objects.get())
    assert (told.name.th, told.name.en, told.name.ms, told.name.ms_arab) == ("เทศบาลตำบลศาลาทอง", "", "", "")
    assert (told.short_name.th, told.short_name.into("ms-Arab")) == ("ทต.ศาลาทอง", "ทต.ศาลาทอง")


def test_an_office_without_a_hall_is_told_how_to_have_one(signed_in, server, tmp_path):
    """Each part that is absent names its file."""
    import shutil

    from shared import source
    from sync_server.content.actions import SAMPLE, import_draft
    from sync_server.content.importer import read_source
    from sync_server.organisations.actions import Actor

    client = signed_in("somjai")
    assert client.get(f"{SERVICES}hall").status_code == 404
    folder = tmp_path / "office"
    shutil.copytree(SAMPLE, folder)
    for name in source.HALL_FILES:
        (folder / name).unlink()
    import_draft(Actor(server.office, "test"), read_source(folder), now=server.now)
    page = client.get(f"{SERVICES}hall").content.decode().replace("<wbr>", "")
    assert all(name in page for name in source.HALL_FILES)


def test_who_publishes_sees_whose_face_is_shown_and_by_which_consent(signed_in, published, server, tmp_path):
    """Name and days, and whether it holds today; nobody where drawings stand."""
    import shutil

    from PIL import Image

    from sync_server.content.actions import SAMPLE, import_draft
    from sync_server.content.importer import read_source
    from sync_server.organisations.actions import Actor

    def page():
        written = re.sub("<[^>]+>", "", client.get(f"{SERVICES}hall").content.decode())
        return " ".join(written.split())

    client = signed_in("palad")
    assert "ตู้แสดงภาพวาดแทน" in page()
    folder = tmp_path / "office"
    shutil.copytree(SAMPLE, folder)
    (folder / "staff").mkdir()
    Image.new("RGB", (300, 300)).save(folder / "staff" / "a.png")
    office = folder / "office.toml"
    photo = 'photo = { file = "a.png", consent_on = 2020-10-01, consent_until = 2021-09-30 }'
    office.write_text(office.read_text("utf-8").replace('"avatar-1"', f'"avatar-1"\n{photo}', 1), "utf-8")
    import_draft(Actor(server.office, "test"), read_source(folder), now=server.now)
    assert "อามีนะห์ ตัวอย่าง" in page()
    assert "ยินยอม 1 ต.ค. 2563 ถึง 30 ก.ย. 2564 · วันนี้ไม่แสดง" in page()


def test_a_service_shows_its_forms_and_what_people_call_it(signed_in, published, server):
    """Staff see the very picture that the kiosk shows, what the form asks for, its link, the keywords, who is named."""
    client = signed_in("somjai")
    page = client.get(f"{SERVICES}services/sign_tax").content.decode().replace("<wbr>", "")
    for words in (
        "แบบแสดงรายการภาษีป้าย (ภ.ป.1)", "ชนิดและข้อความบนป้าย", "https://salathong.example/forms/phor_por_1.pdf",
        "ป้ายร้าน ป้ายโฆษณา", "อามีนะห์ ตัวอย่าง", f"{SERVICES}forms/sign_tax.png",
    ):  # fmt: skip
        assert words in page, words
    picture = client.get(f"{SERVICES}forms/sign_tax.png")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")
    for nothing in ("forms/other.png", "forms/..%2Foffice", "services/../forms/x"):
        assert client.get(f"{SERVICES}{nothing}").status_code == 404
    server_client = type(client)()
    assert server_client.get(f"{SERVICES}forms/sign_tax.png").status_code in (302, 403)
