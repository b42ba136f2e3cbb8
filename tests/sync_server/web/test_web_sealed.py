"""The desk's sealed cases: closed until a pass phrase opens them, for one page, for their readers alone."""

import re
import shutil

import gallery
import pytest
from sealing import PHRASE, TEXT, complain, keep_recovery, seat

from sync_server.sealed.models import SealedCase

HOSTILE = "<script>document.title='โดนแล้ว'</script> [b]{{ 7*7 }}[/b] " + "ก" * 90


@pytest.fixture
def three(server):
    """Three readers with keys."""
    keep_recovery(server)
    people = {"council_chair": "wichai", "district_liaison": "somjai", "auditor": "it"}
    return [seat(server, username, reader, seed=i) for i, (reader, username) in enumerate(people.items())]


@pytest.fixture
def case(three, kiosk):
    """A complaint about the chief, received."""
    complain(kiosk, three)
    return SealedCase.objects.get()


ADDRESSES = ("", "/open", "/seal", "/answer", "/close", "/recuse")


@pytest.mark.parametrize("username", ["nayok", "palad"])
def test_for_everybody_else_there_is_no_such_case(case, signed_in, staff, username):
    """Page, opening, answering, closing, stepping down: the answer is that of a number never given (F-L2)."""
    from sync_server.organisations.models import Role, Staff

    Staff.objects.filter(username=username).update(role=Role.CLERK)
    client = signed_in(username)
    for tail in ADDRESSES:
        ask = client.post if tail else client.get
        real = ask(f"/desk/sealed/{case.pk}{tail}")
        never = ask(f"/desk/sealed/99999{tail}")
        assert (real.status_code, never.status_code) == (404, 404)
        assert re.sub(r"\d+", "", real.content.decode()) == re.sub(r"\d+", "", never.content.decode())
    assert case.number not in client.get("/desk/sealed/").content.decode()
    for path in ("/desk/", "/desk/cases/?tab=all", "/desk/cases/?q=" + case.number, "/desk/records/"):
        page = client.get(path).content.decode()
        assert case.number not in page.replace(f'value="{case.number}"', "")
        assert "เรื่องลับ</span>" not in page
    assert SealedCase.objects.get().state == "received"


def test_the_menu_leads_readers_there_with_a_count(case, signed_in):
    """A reader's menu has the place and how many wait; nobody else's has."""
    row = 'href="/desk/sealed/"'
    assert row in signed_in("wichai").get("/desk/").content.decode()
    assert row not in signed_in("palad").get("/desk/").content.decode()


def test_the_words_are_in_one_answer_and_in_no_other(case, signed_in):
    """Closed, wrong phrase, opened, loaded again: only the opened page has them, and it closes itself."""
    client = signed_in("wichai")
    page = f"/desk/sealed/{case.pk}"
    assert "CANARY" not in client.get(page).content.decode()
    wrong = client.post(f"{page}/open", {"phrase": "not this one at all"})
    assert (wrong.status_code, "CANARY" in wrong.content.decode()) == (422, False)
    opened = client.post(f"{page}/open", {"phrase": PHRASE})
    assert "CANARY-5519" in opened.content.decode()
    assert PHRASE not in opened.content.decode()
    # The script closes it after 300 s; this is for a browser without one.
    assert opened.headers["Refresh"] == f"310; url={page}"
    assert "no-store" in opened.headers["Cache-Control"]
    assert "CANARY" not in client.get(page).content.decode()


def test_an_answer_that_does_not_fit_stays_on_the_page(case, signed_in):
    """An empty answer is refused with a sentence; a good one goes and is shown to the readers."""
    client = signed_in("wichai")
    page = f"/desk/sealed/{case.pk}"
    assert client.post(f"{page}/answer", {"text": " "}).status_code == 422
    assert client.post(f"{page}/answer", {"text": "รับเรื่องแล้ว"}).status_code == 302
    assert "รับเรื่องแล้ว" in re.sub("<wbr>|<[^>]*>", "", signed_in("somjai").get(page).content.decode())
    assert client.post(f"{page}/recuse").status_code == 302
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("tail", "text", "reason", "status"),
    [("seal", "กกก", "ขขข", 200), ("open", "กกก", "ขขข", 422), ("answer", " ", "ขขข", 422), ("close", "กกก", " ", 422)],
)
def test_what_was_typed_stays_through_sealing_wrong_phrases_and_refusals(case, signed_in, tail, text, reason, status):
    """Both boxes, in the answer to the request that brought them; a page asked for anew has neither text nor boxes."""
    client, page = signed_in("wichai"), f"/desk/sealed/{case.pk}"
    answer = client.post(f"{page}/{tail}", {"text": text, "reason": reason, "phrase": "not this one at all"})
    shown = answer.content.decode()
    assert (answer.status_code, re.findall("(?s)<textarea[^>]*>(.*?)</textarea>", shown)) == (status, [text, reason])
    assert "CANARY" not in shown
    assert "not this one at all" not in shown
    assert "<textarea" not in client.get(page).content.decode()


def test_what_was_typed_is_in_its_box_when_the_case_is_opened_again(case, signed_in):
    """So a reader goes on where the page closed."""
    page = f"/desk/sealed/{case.pk}"
    opened = signed_in("wichai").post(f"{page}/open", {"phrase": PHRASE, "text": "ได้ตรวจ", "reason": ""})
    assert "CANARY-5519" in opened.content.decode()
    assert ">ได้ตรวจ</textarea>" in opened.content.decode()


def test_sealing_with_nothing_typed_leads_to_the_sealed_page(case, signed_in):
    """Loading that again sends nothing twice."""
    page = f"/desk/sealed/{case.pk}"
    sealed = signed_in("wichai").post(f"{page}/seal", {"text": " ", "reason": ""})
    assert (sealed.status_code, sealed.headers.get("Location")) == (302, page)


def test_a_named_reader_makes_a_key_on_the_desk(server, signed_in, staff):
    """The two phrases must agree; afterwards the page says when it was made."""
    from sync_server.organisations.actions import Actor
    from sync_server.sealed import actions, queries

    client = signed_in("wichai")
    assert client.get("/desk/sealed/key").status_code == 200
    actions.name_reader(Actor(server.office, "test"), "auditor", staff("wichai"), now=server.now)
    assert "/desk/sealed/key" in client.get("/desk/sealed/").content.decode()
    assert client.post("/desk/sealed/key", {"phrase": PHRASE, "again": PHRASE + "x"}).status_code == 422
    assert client.post("/desk/sealed/key", {"phrase": PHRASE, "again": PHRASE}).status_code == 302
    assert queries.key_of(staff("wichai")).key_id


def test_the_content_page_says_which_routes_are_held_back(server, signed_in):
    """Whoever publishes is told that complaints cannot be taken yet, and about whom."""
    from sync_server.content.actions import publish_sample

    publish_sample(server.office, now=server.now)
    said = re.sub("<wbr>|<[^>]*>", "", signed_in("palad").get("/desk/content/").content.decode())
    assert "เส้นทางร้องเรียนที่ยังเปิดรับไม่ได้" in said
    assert "ปลัด อบต." in said


@pytest.mark.parametrize(("size", "language"), [("phone", "th"), ("desk", "en"), ("desk", "th")])
def test_pages_are_whole_in_a_browser(three, kiosk, server, tmp_path, size, language):
    """List, envelope, opened page and key page: nothing torn, nothing too wide, nothing runs that was typed."""
    from django.conf import settings
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from django.db import connections
    from running import serving

    from sync_server.organisations.models import Staff

    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the pages are looked at on SQLite")
    complain(kiosk, three)
    complain(kiosk, three[:2], category="corruption", text=HOSTILE + TEXT)
    hostile = SealedCase.objects.order_by("-pk")[0].pk
    Staff.objects.update(password=PBKDF2PasswordHasher().encode(gallery.PASSWORD, "salt", iterations=1))
    connections.close_all()
    data = tmp_path / "served"
    shutil.copytree(server.data, data)
    wrong = {}
    with pytest.MonkeyPatch.context() as patch, serving(data) as address, gallery.chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        reader = gallery.visitor(browser, address, "wichai", size=size, language=language)
        for name, path in {"list": "", "key": "key", "sealed": hostile}.items():
            seen = gallery.look(reader, f"{address}/desk/sealed/{path}", picture=True)
            (tmp_path / f"{size}-{language}-{name}.png").write_bytes(seen.picture)
            if seen.complaints or seen.torn or seen.too_wide:
                wrong[name] = (seen.complaints, seen.torn[:5], seen.too_wide)
        page = reader.new_page()
        page.goto(f"{address}/desk/sealed/{hostile}")
        page.fill("#phrase", PHRASE)
        page.press("#phrase", "Enter")
        page.wait_for_selector(".unsealed")
        assert "CANARY-5519" in page.inner_text("body")
        assert "โดนแล้ว" not in page.title()
        page.wait_for_timeout(800)
        assert re.match("0[45]:", page.inner_text("[data-left]"))
        page.screenshot(path=tmp_path / f"{size}-{language}-open.png", full_page=True)
        width = page.viewport_size["width"]
        if page.evaluate("document.documentElement.scrollWidth") > width or page.evaluate(gallery.TORN):
            wrong["open"] = page.evaluate(gallery.TORN)
        page.reload()
        page.goto(f"{address}/desk/sealed/{hostile}")
        assert "CANARY" not in page.inner_text("body")
        typed = "ได้ตรวจสอบแล้ว\nยังเขียนไม่จบ"
        page.clock.install()
        page.fill("#phrase", PHRASE)
        page.press("#phrase", "Enter")
        page.fill("#answer-text", typed)
        page.clock.fast_forward("04:50")
        assert page.is_visible(".unsealed")
        page.clock.fast_forward("00:11")
        page.wait_for_selector(".envelope")
        assert "CANARY" not in page.content()
        assert page.input_value("#answer-text") == typed
        assert "ยังเขียน" not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, window.name])")
        page.screenshot(path=tmp_path / f"{size}-{language}-closed.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > width or page.evaluate(gallery.TORN):
            wrong["closed"] = page.evaluate(gallery.TORN)
        page.fill("#phrase", PHRASE)
        page.press("#phrase", "Enter")
        page.wait_for_selector(".unsealed")
        assert page.input_value("#answer-text") == typed
        page.click("[data-seal]")
        page.wait_for_selector(".envelope")
        assert page.input_value("#answer-text") == typed
        page.click(".compose .main-act")
        page.wait_for_selector(".toast, .toasts")
        assert page.locator("#answer-text").count() == 0
        assert "ยังเขียนไม่จบ" in page.inner_text("body")
    assert wrong == {}
