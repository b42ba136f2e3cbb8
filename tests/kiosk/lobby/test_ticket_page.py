"""The ticket on a real Chromium of a phone's size: live, in three languages, and whole without a script."""

import os
from pathlib import Path

import pytest

from kiosk.desk import ticket_link
from kiosk.lobby import ticket
from kiosk.lobby.throttle import Throttle
from tests.kiosk.lobby.conftest import until
from tests.kiosk.lobby.looking import chromium, sala

#: Where to keep a picture of each look, to be looked at; nowhere by default.
PICTURES = os.environ.get("SALA_PICTURES")


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the file."""
    with chromium() as launch:
        yield launch()


@pytest.fixture
def lobby(tmp_path, monkeypatch):
    """The sample office in the middle of a morning."""
    monkeypatch.setattr(ticket, "_LATES", Throttle(burst=3, every_s=600.0))
    monkeypatch.setattr(ticket, "_LOOKS", Throttle(burst=120, every_s=0.5))
    with sala(tmp_path) as served:
        served.morning()
        yield served


def phone(browser, lobby, key, language="", *, width=390, script=True):
    """The ticket's page on a phone; `page.complaints` is what the browser says against it."""
    until(lambda: key in lobby.lobby.feed.seen.line.tickets)
    context = browser.new_context(
        viewport={"width": width, "height": 844}, device_scale_factor=2, java_script_enabled=script, has_touch=True
    )
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    if script:
        page.clock.install()
    page.goto(f"{lobby.url}/t/{ticket_link.name(lobby.world, key)}{language and '/' + language}")
    return page


def picture(page, name):
    """Keep a look, where somebody wants to see it."""
    if PICTURES:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(PICTURES) / f"ticket-{name}.png", full_page=True)


def call_until(lobby, key):
    """Counters 1 and 3 go on until this ticket is called; by whom."""
    while True:
        for counter in "31":
            for each in lobby.queue.look().tickets.values():
                if each.counter == counter and each.state == "called":
                    lobby.move("finish", each.key, counter)
            if lobby.call(counter) == key:
                return counter


@pytest.mark.parametrize("language", ["th", "ms", "en"])
@pytest.mark.parametrize("width", [320, 390])
def test_each_state_fits_a_phone(browser, lobby, language, width):
    """Nothing is wider than the screen in any state or language, and the browser complains of nothing."""
    key = lobby.take("tax", 3)[2]
    page = phone(browser, lobby, key, language, width=width)

    def look(state):
        page.wait_for_selector(f"body[data-state={state}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, f"{state}-{language}-{width}")

    look("waiting")
    counter = call_until(lobby, key)
    look("called")
    for move, state in (("absent", "missed"), ("back", "waiting")):
        lobby.move(move, key, counter)
        look(state)
    counter = call_until(lobby, key)
    for move, state in (("serve", "serving"), ("hold", "held"), ("serve", "serving"), ("finish", "gone")):
        lobby.move(move, key, counter)
        look(state)
    assert page.complaints == []


def test_the_call_is_seen_at_a_glance_and_in_the_tab(browser, lobby):
    """Counter large, the title says so: whoever reads something else meanwhile sees it."""
    key = lobby.take("tax")[0]
    page = phone(browser, lobby, key)
    assert page.title() == "A015 · กำลังรอคิว"
    counter = call_until(lobby, key)
    page.wait_for_selector("body[data-state=called]")
    assert page.inner_text("#counter") == counter
    assert page.title() == f"★ {counter} · A015 · ถึงคิวแล้ว เชิญที่ช่องบริการ"
    size = page.evaluate("parseFloat(getComputedStyle(document.getElementById('counter')).fontSize)")
    assert size > 100
    lobby.move("serve", key, counter)
    page.wait_for_selector("body[data-state=serving]")
    assert "★" not in page.title()


def test_late_is_pressed_once_and_says_what_happened(browser, lobby):
    """The people ahead are more, the button can be pressed again only for another press."""
    keys = lobby.take("tax", 8)
    page = phone(browser, lobby, keys[0], "en")
    page.wait_for_selector("#ahead:text-is('1')")
    page.click("#late button")
    page.wait_for_selector("#done")
    page.wait_for_selector("#ahead:text-is('6')")
    moved = [each for each in lobby.queue.look().actions.values() if each == keys[0]]
    assert len(moved) == 1
    picture(page, "late")


def test_without_a_script_the_page_loads_itself_and_the_form_works(browser, lobby):
    """A plain form on a plain page: the browser names its own origin, and the guard lets it in."""
    keys = lobby.take("tax", 8)
    page = phone(browser, lobby, keys[0], script=False)
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "20"
    assert page.inner_text("#ahead") == "1"
    page.click("#late button")
    page.wait_for_url("**#done")
    assert page.locator("#done").is_visible()
    assert page.inner_text("#ahead") == "6"
    page.click("nav a[lang=en]")
    assert page.inner_text("#title") == "Waiting"


def test_a_phone_that_left_the_wifi_says_so_and_comes_back(browser, lobby):
    """After silence no number of people ahead and no button; back, everything is read again."""
    key = lobby.take("tax")[0]
    page = phone(browser, lobby, key, "ms")
    page.wait_for_selector("#late button")
    port = lobby.lobby.port
    lobby.lobby.close()
    page.clock.run_for(16_000)
    page.wait_for_selector("body.stale")
    assert page.is_visible("text=Wi-Fi pejabat?")
    assert not page.is_visible("#ahead")
    assert not page.is_visible("#late button")
    picture(page, "stale")
    lobby.again(port)
    for _ in range(10):
        page.clock.run_for(5_000)
        page.wait_for_timeout(500)
        if page.evaluate("document.body.className") == "":
            break
    assert page.is_visible("#ahead")


def test_an_old_slip_gets_a_page_that_helps(browser, lobby):
    """In the language asked for, with the others a touch away."""
    key = lobby.take("tax")[0]
    page = phone(browser, lobby, key)
    page.goto(f"{lobby.url}/t/A001-aaaaaa/en")
    assert page.is_visible("text=No such number")
    picture(page, "none")
    page.click("nav a[lang=ms]")
    assert page.is_visible("text=Nombor tidak ditemui")
