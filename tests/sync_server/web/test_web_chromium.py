"""The pages in a real browser: nothing runs that a citizen typed, nothing is torn, nothing is wider than a phone."""

import re

import gallery
import pytest
from demo_desk import HOSTILE

from shared.invitation import FILE_NAME
from shared.invitation import read as read_invitation


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the file.

    Playwright keeps an event loop in this thread, and Django takes that for an asynchronous program; here it is none.
    """
    with pytest.MonkeyPatch.context() as patch, gallery.chromium() as found:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield found


@pytest.mark.parametrize(("size", "language"), [("phone", "th"), ("desk", "en")])
def test_pages_are_whole(busy, address, browser, size, language):
    """No complaint of the browser (the policy's among them), no torn word, no page wider than its frame."""
    keys = gallery.addresses()
    people = {}
    wrong = {}
    for name, (who, path) in gallery.PAGES.items():
        if who not in people:
            people[who] = gallery.visitor(browser, address, who, size=size, language=language)
        seen = gallery.look(people[who], address + path.format(**keys))
        if seen.complaints or seen.torn or seen.too_wide:
            wrong[name] = (seen.complaints, seen.torn[:5], seen.too_wide)
    assert wrong == {}


def test_a_torn_word_would_be_seen(busy, address, browser):
    """The check above is no idle one: without the rule that keeps words whole it finds torn ones."""
    page = gallery.visitor(browser, address, "palad", size="phone").new_page()
    page.goto(f"{address}/desk/cases/")
    assert page.evaluate(gallery.TORN) == []
    page.evaluate(
        "document.styleSheets[0].insertRule('.th { white-space: normal !important; word-break: break-all }', 0)"
    )
    assert page.evaluate(gallery.TORN) != []


def test_what_a_citizen_typed_is_text(busy, address, browser):
    """Tags, scripts and size codes are seen as typed, on the case and in the record, and nothing of them runs."""
    keys = gallery.addresses()
    clerk = gallery.visitor(browser, address, "palad")
    page = gallery.look(clerk, f"{address}/desk/cases/{keys['hostile']}")
    shown = " ".join(page.text.split())
    for typed in HOSTILE.split()[:6]:
        assert typed in shown
    assert "โดนแล้ว" not in page.title
    assert page.complaints == []


def test_an_injected_script_does_not_run(busy, address, browser):
    """Even markup that got into a page could run nothing: the policy refuses inline script and style."""
    clerk = gallery.visitor(browser, address, "palad")
    page = clerk.new_page()
    page.goto(f"{address}/desk/cases/")
    page.evaluate(
        """() => {
          const markup = '<img src=x onerror="document.title=1"><b id=b style="color:red">x</b>';
          document.body.insertAdjacentHTML('beforeend', markup);
          const script = document.createElement('script');
          script.textContent = 'document.title = 2';
          document.body.append(script);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.title() not in ("1", "2")
    assert page.evaluate("getComputedStyle(document.getElementById('b')).color") != "rgb(255, 0, 0)"


def test_the_desk_works_without_script(busy, address, browser):
    """Signing in, filtering, answering: all of it by links and forms alone."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1366, "height": 860})
    page = context.new_page()
    page.goto(f"{address}/desk/cases/")
    page.fill("[name=username]", "palad")
    page.fill("[name=password]", gallery.PASSWORD)
    page.click("button.main-act")
    page.fill(".filters [name=q]", "ไฟกะพริบ")
    page.click(".filters button")
    page.click("a.open")
    page.fill("#answer-text", "ตอบโดยไม่ใช้สคริปต์")
    page.click(".compose button")
    assert "ตอบโดยไม่ใช้สคริปต์" in page.inner_text(".timeline")
    page.click(".note-strip summary")
    page.fill("#note-text", "จดไว้ก่อน")
    page.click(".note-strip form button")
    assert "ภายใน ไม่ส่งออก" in page.inner_text(".timeline .internal")


def test_what_was_written_when_the_session_ended_is_there_to_copy(busy, address, browser):
    """A browser tells where the form stood, under our own policy too; signing in, in a new tab, leads back there."""
    clerk = gallery.visitor(browser, address, "palad")
    page, case = clerk.new_page(), f"{address}/desk/cases/{gallery.addresses()['smell']}"
    page.goto(case)
    page.fill("#answer-text", "เขียนไว้นานมาก\nสองบรรทัด")
    clerk.clear_cookies(name="sessionid")
    page.click(".compose button")
    assert page.input_value("#unsent-1") == "เขียนไว้นานมาก\nสองบรรทัด"
    assert page.evaluate(gallery.TORN) == []
    with clerk.expect_page() as opened:
        page.click("a.main-act")
    opened.value.fill("[name=username]", "palad")
    opened.value.fill("[name=password]", gallery.PASSWORD)
    opened.value.press("[name=password]", "Enter")
    opened.value.wait_for_url(case)


def test_a_slash_goes_to_the_search_and_a_filter_applies_itself(busy, address, browser):
    """The small help of the script."""
    clerk = gallery.visitor(browser, address, "palad")
    page = clerk.new_page()
    page.goto(f"{address}/desk/cases/")
    page.keyboard.press("/")
    page.keyboard.type("ศาลาริมทาง")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/?q=*")
    assert page.locator("tbody tr").count() == 1
    page.goto(f"{address}/desk/cases/?tab=all")
    page.select_option(".filters [name=category]", "lamp")
    page.wait_for_url("**category=lamp**")
    assert page.locator("tbody tr").count() == 3


def test_a_printed_page_keeps_what_is_said(busy, address, browser):
    """Bar, menu, filters and buttons go; the words of the clocks stay."""
    clerk = gallery.visitor(browser, address, "palad")
    page = clerk.new_page()
    page.goto(f"{address}/desk/cases/?tab=all")
    page.emulate_media(media="print")
    for gone in (".bar", ".side", ".filters", ".tabs", ".clk"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.get_by_text(re.compile(r"เกินมา \d+ วัน")).first.is_visible()


def test_the_invitation_is_saved_as_a_file(busy, address, browser, tmp_path):
    """The page of a code gives it as a file for a stick, from the page itself: the code is asked for nowhere again."""
    page = gallery.visitor(browser, address, "it").new_page()
    page.goto(f"{address}/desk/kiosks/enrol")
    page.fill("[name=name]", "ตู้ 9")
    page.fill("[name=series]", "XY")
    page.click("button.main-act")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_download() as saved:
        page.click("a[download]")
    page.screenshot(path=tmp_path / "code.png", full_page=True)
    assert saved.value.suggested_filename == FILE_NAME
    saved.value.save_as(tmp_path / FILE_NAME)
    invitation = read_invitation((tmp_path / FILE_NAME).read_text("ascii"))
    assert (invitation.url, invitation.code) == (address, page.get_attribute("#code", "data-code"))
    assert [url for url in asked if invitation.code in url and not url.startswith("data:")] == []
