"""The counter in a real Chromium: a ticket's whole walk by thumb and by key, a lost answer, a kiosk that dies and comes
back, two counters at once; on a phone and on a desk, in Thai and in Malay.
"""

from pathlib import Path

import pytest

from kiosk.desk import duty
from kiosk.desk.boards import AWAY_MS
from kiosk.lobby.words import WORDS
from tests.kiosk.lobby.desk_page import PICTURES, PIN, SIZES, Desk
from tests.kiosk.lobby.looking import chromium, sala

OTHER_PIN = "771204"


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the file."""
    with chromium() as launch:
        yield launch()


@pytest.fixture
def lobby(tmp_path):
    """The sample office; two of its people have a PIN."""
    with sala(tmp_path) as served:
        duty.set_pin(served.world, "sample_a", PIN)
        duty.set_pin(served.world, "sample_b", OTHER_PIN)
        yield served


@pytest.fixture
def desk(browser, lobby):
    """Makes browsers at counters, and closes them."""
    made = []

    def make(size="desk", language="th", **how):
        made.append(Desk(browser, lobby, size, language))
        return made[-1].sit(**how)

    yield make
    for each in made:
        each.context.close()


@pytest.mark.parametrize("language", ["th", "ms"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_tickets_walk_by_thumb(lobby, desk, size, language):
    """Called, recalled, served, step by step, sent on; absent and back; held and gone on with; done, and the next."""
    lobby.open("1", "welfare")
    lobby.take("tax", 2, papers_missing=1, language="ms")
    lobby.hands.pass_s(600)
    lobby.take("welfare", 1, priority="elderly")
    lobby.take("tax", 2, papers_missing=0)
    at = desk(size, language)
    assert WORDS["counter.do_next"].into(language).format(label="C001") in at.page.inner_text("#go")
    at.picture("1-free")
    at.click("#go")
    at.phase("called", "C001")
    assert at.cut() == []
    at.picture("2-called")
    at.click("#verbs .recall")
    at.holds("state.serving.ticket.calls === 2")
    at.click("#go")
    at.phase("serving")
    at.click("#verbs .transfer")
    at.picture("3-transfer")
    at.click("#choices button >> nth=0")
    at.phase("free")
    at.click("#go")
    at.phase("called", "A001")
    at.click("#verbs .absent")
    at.phase("free")
    at.click("#go")
    at.phase("called", "A002")
    at.click("#go")
    at.phase("serving")
    lobby.hands.pass_s(222)
    at.click("#step")
    at.holds("state.serving.step === 1 && document.querySelector('#clock').textContent > '03:41'")
    assert at.cut() == []
    at.picture("4-serving")
    at.click("#verbs .hold")
    at.phase("free")
    if size == "phone":
        at.click("#tabs [data-tab=waiting]")
        at.picture("5-waiting")
        at.click("#tabs [data-tab=aside]")
    at.picture("6-aside")
    at.click("#missed button")
    at.holds("state.missed.length === 0")
    at.click("#held button")
    if size == "phone":
        at.click("#tabs [data-tab=serve]")
    at.phase("serving", "A002")
    at.click("#go")
    at.phase("called", "A003")
    if size == "phone":
        at.click("#tabs [data-tab=today]")
    at.page.wait_for_selector("#run .kept")
    at.picture("7-today")
    assert at.complaints == []


def test_the_keyboard_alone(lobby, desk):
    """Enter, letters and figures do what thumbs do; focus is seen; a dialog is answered and left by keys."""
    lobby.take("tax", 4)
    at = desk()
    at.key("2")
    at.phase("called", "A002")
    at.key("r")
    at.holds("state.serving.ticket.calls === 2")
    at.key("Enter")
    at.phase("serving")
    at.key("s")
    at.holds("state.serving.step === 1")
    at.key("t")
    at.page.wait_for_selector("dialog[open]")
    at.page.keyboard.press("Escape")
    at.page.wait_for_selector("dialog:not([open])", state="attached")
    at.key("Enter")
    at.phase("called", "A001")
    at.key("n")
    at.phase("free")
    at.key("v")
    at.page.wait_for_selector("dialog[open]")
    at.picture("8-priority")
    at.page.keyboard.press("Tab")
    at.page.keyboard.press("Enter")
    at.holds("state.waiting[0].priority === 'elderly'")
    at.key("w")
    at.page.keyboard.press("Enter")
    at.phase("serving", "A005")
    at.key("f")
    at.phase("free")
    at.key("p")
    at.holds("state.state === 'pause'")
    at.picture("9-paused")
    at.key("p")
    at.holds("state.state === 'open'")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(12):
        at.page.keyboard.press("Tab")
        assert at.page.evaluate(f"document.activeElement === document.body || {outline} !== 'none'")
    assert at.complaints == []


def test_every_button_has_a_name(lobby, desk):
    """What a screen reader says of each control; states and refusals are told."""
    lobby.take("tax", 2)
    at = desk("phone")
    at.click("#go")
    at.phase("called")
    nameless = at.page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select')]
          .filter(each => !(each.innerText || each.getAttribute('aria-label') || each.textContent).trim()).length"""
    )
    assert nameless == 0
    at.holds("document.querySelector('#heard').textContent.startsWith('A001')")
    assert at.page.get_attribute("#said", "role") == "alert"


def test_two_counters_press_at_once(lobby, desk):
    """Both pages show A001; the second press is told who has it, and sees the next."""
    lobby.take("tax", 1)
    one, two = desk("phone"), desk("desk", counter="1", person=2, pin=OTHER_PIN)
    two.context.set_offline(False)
    two.page.route("**/counter/press", lambda route: (one.click("#go"), one.phase("called"), route.continue_()))
    two.key("1")
    two.page.wait_for_selector("#said:not([hidden])")
    assert two.page.inner_text("#said") == WORDS["queue.taken"].th.format(counter="3")
    two.page.wait_for_selector("#no-rows:not([hidden])")
    assert lobby.queue.look().last_call == 1


def test_a_lost_answer_is_one_press(lobby, desk):
    """The kiosk took it, the answer never came: the page asks again under the same action, and one person is called."""
    lobby.take("tax", 3)
    at = desk("phone")
    asked = []

    def lose(route):
        asked.append(route.request.post_data_json["action"])
        if len(asked) < 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    at.page.route("**/counter/press", lose)
    at.page.click("#go")
    at.page.wait_for_selector("#sending:not([hidden])")
    assert at.page.is_disabled("#go")
    at.phase("called", "A001")
    at.page.wait_for_selector("#sending", state="hidden")
    assert (len(asked), len(set(asked)), lobby.queue.look().last_call) == (3, 1, 1)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_kiosk_dies_and_comes_back(lobby, desk, size):
    """Said at once, nothing can be pressed; afterwards the whole state is there again, without a touch."""
    lobby.take("tax", 2)
    at = desk(size)
    at.click("#go")
    at.phase("called", "A001")
    port = lobby.lobby.port
    lobby.lobby.close()
    at.page.wait_for_selector("#lost:not([hidden])")
    at.picture("10-lost")
    assert at.page.eval_on_selector_all("main button:not(#see-all)", "all => all.every(each => each.disabled)")
    at.page.keyboard.press("Enter")
    key = next(iter(lobby.queue.look().tickets))
    lobby.queue.move(lobby.now(), "serve", key, "3", action=lobby.press())
    lobby.start(port)
    at.phase("serving", "A001")
    assert at.page.is_hidden("#lost")
    assert lobby.queue.look().last_call == 1


def test_hand_over_while_somebody_is_served(lobby, desk):
    """Another person sits down with their own PIN; whoever is served stays, with the running clock."""
    lobby.take("tax", 1)
    at = desk("phone")
    at.click("#go")
    at.phase("called")
    at.click("#go")
    at.phase("serving")
    lobby.hands.pass_s(120)
    at.click("#leave")
    at.page.click("#choices button >> nth=0")
    at.page.wait_for_selector("#pin")
    at.page.check("input[value='3']", force=True)
    assert at.page.is_visible("#over")
    at.picture("11-hand-over")
    at.answer(person=2, pin=OTHER_PIN)
    at.phase("serving", "A001")
    assert at.page.inner_text("#clock") >= "02:00"
    assert lobby.queue.look().counters["3"].staff == "sample_b"


def test_a_wrong_pin_and_a_wrong_code_are_sentences(browser, lobby):
    """In the page's language, beside the field; the PIN is gone from it."""
    at = Desk(browser, lobby, "phone", "ms")
    at.page.goto(lobby.url + "/counter")
    at.page.fill("#code", "12345678")
    at.page.click(".main")
    at.page.wait_for_selector(f"#said:text-is('{WORDS['pair.wrong'].ms}')")
    at.page.fill("#code", lobby.offer())
    at.page.click(".main")
    at.page.wait_for_selector("#pin")
    assert "#" not in at.page.url
    at.page.select_option("#person", index=1)
    at.page.check("input[value='1']", force=True)
    at.page.fill("#pin", "000001")
    at.page.click(".main")
    at.page.wait_for_selector(f"#said:text-is('{WORDS['sign.wrong'].ms}')")
    assert at.page.input_value("#pin") == ""
    assert [each["name"] for each in at.context.cookies() if each["httpOnly"]] == ["sala_browser"]
    assert at.page.evaluate("document.cookie").startswith("sala_language")
    at.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_staff_learn_that_a_board_went_dark(lobby, desk, size):
    """Seen and well: not a word. Muted, or not heard of for a while: what to do, above the work."""
    lobby.world.boards.tell("192.168.1.20", "off", lobby.clock.mono_ms())
    there = desk(size)
    assert not there.page.is_visible("#unseen")
    lobby.hands.pass_s(AWAY_MS / 1000 + 1)
    there.page.wait_for_selector("#unseen:not([hidden])")
    assert there.page.inner_text("#unseen") == WORDS["counter.unseen_away"].th
    assert there.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        there.page.screenshot(path=Path(PICTURES) / f"counter-board-away-{size}.png")
    lobby.world.boards.tell("192.168.1.20", "off", lobby.clock.mono_ms())
    lobby.hands.pass_s(5)
    there.page.wait_for_selector("#unseen", state="hidden")
