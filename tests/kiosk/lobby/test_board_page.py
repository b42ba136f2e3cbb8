"""The board in a real Chromium: each call shown and sounded once, whatever reloads, restarts or falls silent."""

import os
from pathlib import Path

import msgspec
import pytest

from kiosk.desk.announcing import Heard
from kiosk.lobby.board import MISSED_MAX, look
from tests.kiosk.lobby.conftest import until
from tests.kiosk.lobby.looking import chromium, sala

#: Where to keep a picture of each look, to be looked at; nowhere by default.
PICTURES = os.environ.get("SALA_PICTURES")
SIZES = {"tv": (1920, 1080), "old": (1366, 768), "large": (3840, 2160), "upright": (1080, 1920)}


@pytest.fixture(scope="module")
def launch():
    """Starts a Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def browser(launch):
    """One for the file; it may sound without being touched, as docs/operations.md says to start it."""
    return launch("--autoplay-policy=no-user-gesture-required")


@pytest.fixture
def lobby(tmp_path):
    """The sample office, counters open."""
    with sala(tmp_path) as served:
        for counter in "123":
            served.open(counter)
        yield served


def board(browser, lobby, size="tv", **how):
    """The board on a wall, its clock ours. `page.shown` collects what the large panel said, `page.asked` what it asked
    the kiosk for, `page.complaints` what the browser complained of.
    """
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, **how).new_page()
    page.asked, page.complaints, page.shown = [], [], []
    page.on("request", lambda request: page.asked.append(request.url.removeprefix(lobby.url)))
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.expose_function("showed", lambda what: page.shown.append(str(what)))
    page.add_init_script(
        """document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
             const said = id => document.getElementById(id).textContent;
             if (document.getElementById('panel').className === 'new') showed(said('number') + '>' + said('counter'));
           }).observe(document.getElementById('panel'), { attributes: true, attributeFilter: ['class'] }));"""
    )
    page.clock.install()
    page.goto(lobby.url + "/board")
    page.wait_for_selector("body:not(.waiting)")
    return page


def picture(page, name):
    """Keep a look, where somebody wants to see it."""
    if PICTURES:
        page.wait_for_timeout(600)
        page.screenshot(path=Path(PICTURES) / f"board-{name}.png")


def stop_clock(page):
    """A busy machine takes its time: the board's stands half a second from now, until it is told to go on."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.5)


def number(page, label):
    """Wait until the large panel says this."""
    page.wait_for_selector(f"#number:text-is('{label}')")


def cut(page):
    """Texts that reach out of the screen or of their own box."""
    page.evaluate("() => document.fonts.ready")
    return page.evaluate(
        """() => [...document.querySelectorAll('#stage :is(p, h1, h2, li, b, span, #fresh)')]
             .filter(each => each.offsetParent && each.textContent.trim() && (() => {
               const at = each.getBoundingClientRect();
               return at.left < 0 || at.top < 0 || at.right > innerWidth + 1 || at.bottom > innerHeight + 1
                 || (getComputedStyle(each).display !== 'inline'
                     && (each.scrollWidth > each.clientWidth + 2
                         || each.id === 'fresh' && each.scrollHeight > each.clientHeight + 2));
             })()).map(each => each.textContent.trim())"""
    )


def sounds(page):
    """The calls whose sound was asked for, in order."""
    return [each.removeprefix("/board/sound/").removesuffix(".wav") for each in page.asked if "/board/sound/" in each]


@pytest.mark.parametrize("size", SIZES)
def test_everything_fits_on_every_screen(browser, lobby, size):
    """Nothing is cut off and nothing runs over another; the browser complains of nothing, the policy included."""
    lobby.morning()
    page = board(browser, lobby, size)
    number(page, "A013")
    assert cut(page) == []
    over = page.evaluate(
        """() => { const box = id => document.getElementById(id).getBoundingClientRect();
             return [box('number').bottom - box('plate').top, box('plate').bottom - box('panel').bottom]; }"""
    )
    assert max(over) <= slack_px(page), over
    assert page.complaints == []
    picture(page, size)


@pytest.mark.parametrize("groups", [5, 7])
def test_a_large_office_fits_too(browser, lobby, groups):
    """More groups than the sample has, letters of other kiosks, long numbers, many who did not come."""
    lobby.morning()
    seen = board_of(lobby)
    replace = msgspec.structs.replace
    cells = [replace(each, letters=(*each.letters, "M")) for each in (*seen.groups, *seen.groups)][:groups]
    seen = replace(
        seen,
        groups=tuple(cells),
        calls=(*seen.calls[:-1], replace(seen.calls[-1], label="AB1234", counter="12")),
        missed=tuple(f"A{at:03d}" for at in range(1, MISSED_MAX + 1)),
        missed_more=12,
    )
    event = b"data: " + msgspec.json.encode(seen) + b"\n\n"
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.route("**/board/events", lambda route: route.fulfill(content_type="text/event-stream", body=event))
    page.goto(lobby.url + "/board")
    number(page, "AB1234")
    assert cut(page) == []
    picture(page, f"large-office-{groups}")


def board_of(lobby):
    """What the kiosk tells now."""
    return look(lobby.world, lobby.queue.look(), lobby.now(), Heard("ok"))


def slack_px(page):
    """The digits end above the line of their box: a hundredth of the screen."""
    return page.viewport_size["height"] / 100


def test_a_burst_is_shown_one_after_another_and_none_is_lost(browser, lobby):
    """The first of the day, three within a moment, and a recall: each stands for some seconds, in order."""
    page = board(browser, lobby)
    assert page.inner_text("#calm-title-th") == "ยินดีต้อนรับ"
    lobby.take("tax", 3)
    keys = [lobby.call(counter) for counter in "123"]
    lobby.move("recall", keys[0], "1")
    page.wait_for_selector("#call:not([hidden])")
    number(page, "A001")
    stop_clock(page)
    assert page.shown == ["A001>1"], "each stands for some seconds"
    for _ in range(4):
        page.clock.run_for(3600)
        page.wait_for_timeout(150)
    assert page.shown == ["A001>1", "A002>2", "A003>3", "A001>1"]
    assert [page.inner_text(f"#earlier li:nth-child({at}) > b") for at in (1, 2)] == ["A003", "A002"]
    assert "A001" not in page.inner_text("#earlier")


def test_a_killed_kiosk_turns_the_board_grey_and_its_return_brings_everything(browser, lobby):
    """After fifteen seconds of silence no estimate and the time of the data; back on the same port the whole state is
    read again: what was called meanwhile, that it began anew, nothing twice, and no reload.
    """
    lobby.morning()
    page = board(browser, lobby)
    number(page, "A013")
    page.evaluate("window.same = true")
    assert "ประมาณ 5–15 นาที" in page.inner_text("#groups")
    port = lobby.lobby.port
    stop_clock(page)
    lobby.lobby.close()
    page.clock.run_for(8_000)
    assert page.evaluate("document.body.className") == ""
    page.clock.run_for(8_000)
    page.wait_for_selector("body.stale")
    assert "นาที" not in page.inner_text("#groups")
    assert "ข้อมูลเมื่อ" in page.inner_text("#fresh")
    assert "11.04" in page.inner_text("#fresh")
    assert "จอยังไม่ได้รับข้อมูลใหม่" in page.inner_text("#panel")
    picture(page, "stale")
    lobby.take("tax", 1)
    lobby.call("1")
    lobby.again(port)
    for _ in range(20):
        page.clock.run_for(3_000)
        page.wait_for_timeout(500)
        if page.evaluate("document.body.className") == "":
            break
    page.clock.resume()
    number(page, "A014")
    assert page.inner_text("#again-th") == "เริ่มใหม่ ต่อจาก A014"
    assert page.shown[-1:] == ["A014>1"]
    assert page.shown.count("A014>1") == 1
    assert page.evaluate("window.same")
    picture(page, "again")


def test_a_reload_shows_what_is_so_and_nothing_again(browser, lobby):
    """What was called during it is shown all the same."""
    page = board(browser, lobby)
    lobby.take("tax", 3)
    lobby.call("1")
    number(page, "A001")
    page.goto("about:blank")
    lobby.call("2")
    page.goto(lobby.url + "/board")
    number(page, "A002")
    page.reload()
    number(page, "A002")
    page.wait_for_timeout(300)
    assert page.shown == ["A001>1", "A002>2"]


def test_the_clock_of_the_television_may_be_anything(browser, lobby):
    """It jumps by years, back and forth: the board is no staler for it, and shows the kiosk's time."""
    page = board(browser, lobby)
    for when in ("1971-01-01T00:00:00", "2043-05-05T05:05:05", "2027-03-18T10:24:00"):
        page.clock.set_system_time(when)
        page.wait_for_timeout(700)
        assert page.evaluate("document.body.className") == ""
        assert page.inner_text("#time b") == "10.24"


def test_a_year_of_calls_leaves_the_page_as_large_as_it_was(browser, lobby):
    """Nothing grows: as many elements after two hundred calls as after ten."""
    page = board(browser, lobby)
    sizes = []
    for count in (10, 100, 100):
        for key in lobby.take("tax", count):
            assert lobby.call("1") == key
            lobby.move("finish", key, "1")
        last = lobby.queue.look().calls[-1].label
        for _ in range(2 * count):
            page.clock.run_for(3_600)
            page.wait_for_timeout(10)
            if page.inner_text("#number") == last:
                break
        assert page.inner_text("#number") == last
        sizes.append(page.evaluate("document.getElementsByTagName('*').length"))
    assert len(set(sizes)) == 1, sizes


@pytest.fixture
def sounding(tmp_path):
    """An office whose board speaks; its kiosk has no loudspeaker."""
    with sala(tmp_path, call_speaker="board") as served:
        served.speaks()
        served.sound.says = "none"
        for counter in "123":
            served.open(counter)
        yield served


def test_a_board_that_may_sound_says_each_call_once_in_order(browser, sounding):
    """A chime when it opens; then call after call, none over another; after a restart nothing of before."""
    page = board(browser, sounding)
    until(lambda: [each.sound for each in sounding.world.boards.seen(sounding.clock.mono_ms())] == ["ok"])
    assert sounds(page) == ["chime"]
    sounding.take("tax", 3)
    for counter in "12":
        sounding.call(counter)
    until(lambda: sounds_now(page) == ["chime", "1"])
    page.wait_for_timeout(500)
    assert sounds(page) == ["chime", "1"], "the second waits until the first is over"
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert sounds(page) == ["chime", "1", "2"]
    sounding.restart()
    page.clock.run_for(60_000)
    page.wait_for_timeout(3500)
    sounding.call("3")
    until(lambda: sounds_now(page) == ["chime", "1", "2", "3"])


def sounds_now(page):
    """As `sounds`, after what the browser has to tell was heard."""
    page.wait_for_timeout(50)
    return sounds(page)


def test_a_refused_board_shows_and_tells_it_until_it_is_touched(launch, sounding):
    """A browser without the flag: a mute sign, staff are told, the call is shown all the same; one touch is enough."""
    page = board(launch(), sounding)
    until(lambda: [each.sound for each in sounding.world.boards.seen(sounding.clock.mono_ms())] == ["muted"])
    page.wait_for_selector("#sound.bad .i-speaker-slash")
    assert "จอถูกปิดเสียง" in page.inner_text("#sound")
    assert cut(page) == []
    picture(page, "muted")
    sounding.take("tax")
    sounding.call("1")
    number(page, "A001")
    page.mouse.click(300, 300)
    until(lambda: (page.wait_for_timeout(50), sounding.world.boards.sounds(sounding.clock.mono_ms()))[1])
    sounding.hands.pass_s(5)
    page.wait_for_selector("#sound:not(.bad) .i-speaker-high")
