"""A ticket on a phone: the value, the routes, and what a stranger gets."""

import re
import time
from datetime import timedelta

import msgspec
import pytest

from kiosk.desk import ticket_link
from kiosk.lobby import ticket
from kiosk.lobby.throttle import DEVICES_MAX, Throttle
from kiosk.lobby.words import WORDS
from tests.kiosk.lobby.conftest import until
from tests.kiosk.lobby.looking import SERVICES, sala


@pytest.fixture
def lobby(tmp_path, monkeypatch):
    """The sample office, its counter open; nobody has guessed yet."""
    monkeypatch.setattr(ticket, "_LOOKS", Throttle(burst=120, every_s=0.5))
    monkeypatch.setattr(ticket, "_GUESSES", Throttle(burst=20, every_s=15.0))
    monkeypatch.setattr(ticket, "_LATES", Throttle(burst=3, every_s=600.0))
    with sala(tmp_path) as served:
        served.open("3")
        yield served


def look(lobby, key, language="th"):
    """The page's value now."""
    line = lobby.queue.look()
    return ticket.look(lobby.world, line, lobby.now(), key, language, line.places())


def address(lobby, key, language=""):
    """Where a phone finds the ticket, once the pages know it."""
    until(lambda: key in {*lobby.lobby.feed.seen.line.tickets, *lobby.lobby.feed.seen.line.gone})
    return f"/t/{ticket_link.name(lobby.world, key)}" + (f"/{language}" if language else "")


def test_a_ticket_goes_through_its_states(lobby):
    """Waiting with people ahead, next, called, served here, held, missed, back, done."""
    first, key = lobby.take("tax", 2)
    assert (look(lobby, key).title, look(lobby, key).ahead) == ("กำลังรอคิว", "1")
    lobby.call("3")
    assert (look(lobby, key).title, look(lobby, key).ahead) == ("ใกล้ถึงคิวของคุณแล้ว", "0")
    lobby.move("finish", first, "3")
    lobby.call("3")
    seen = look(lobby, key, "en")
    assert (seen.state, seen.counter, seen.calls, seen.title) == ("called", "3", 1, "Your turn. Please go to counter")
    lobby.move("recall", key, "3")
    assert look(lobby, key).calls == 2
    lobby.move("absent", key, "3")
    assert look(lobby, key, "ms").title == "Anda dipanggil tetapi tiada"
    lobby.move("back", key, "3")
    assert look(lobby, key).state == "waiting"
    lobby.call("3")
    lobby.move("serve", key, "3")
    assert look(lobby, key).line == "ที่ช่องบริการ 3"
    lobby.move("hold", key, "3")
    assert look(lobby, key).state == "held"
    lobby.move("serve", key, "3")
    lobby.move("finish", key, "3")
    assert (look(lobby, key).state, look(lobby, key, "en").title) == ("gone", "Served")


def test_closing_time_has_a_sentence_for_everybody(lobby):
    """Whoever waited, was being served, or did not come."""
    waits, served, missed = lobby.take("tax", 3)[::-1]
    for key in (missed, served):
        assert lobby.call("3") == key
        lobby.move("absent" if key == missed else "serve", key, "3")
    lobby.queue.close(lobby.now())
    titles = [look(lobby, key, "en").title for key in (waits, served, missed)]
    assert titles == ["Closed before your turn", "Closed before it was finished", "This number has run out"]


def test_a_range_is_told_where_it_is_known(lobby):
    """In the page's language; else that it is not."""
    lobby.morning()
    keys = lobby.take("tax", 3)
    assert look(lobby, keys[2]).wait == "10–25 นาที"
    assert look(lobby, keys[2], "en").wait == "10–25 min"
    assert look(lobby, lobby.take("general")[0], "ms").wait == "belum diketahui"


def test_the_page_is_whole_without_a_script(lobby):
    """Number, state, people ahead, a form; loads itself anew; in the ticket's language, others a touch away."""
    lobby.take("tax")
    (key,) = lobby.take("tax", language="ms")
    page = lobby.get(address(lobby, key))
    assert page.status_code == 200
    for part in (
        '<html lang="ms">',
        "A002",
        "Sedang menunggu",
        "Cukai dan hasil",
        '<noscript><meta http-equiv="refresh"',
    ):
        assert part in page.text
    assert re.search(r'<dd id="ahead">1</dd>', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert "Waiting" in lobby.get(address(lobby, key, "en")).text
    assert "{" not in re.sub(r"<style.*?</style>", "", page.text), "a brace was left open"


def test_no_person_and_no_service_is_on_the_page(lobby):
    """The group only, as on the board."""
    (key,) = lobby.take("welfare", priority="disabled", papers_missing=2)
    text = lobby.get(address(lobby, key)).text + msgspec.json.encode(look(lobby, key)).decode()
    for word in ("disabled", SERVICES["welfare"], "เบี้ยยังชีพผู้สูงอายุ", "staff3", key[0]):
        assert word not in text


def test_late_is_one_press_and_one_record(lobby):
    """By script and by plain form: behind five others; the same press again changes nothing more."""
    keys = lobby.take("tax", 8)
    place = address(lobby, keys[0])
    action = re.search(r'name="action" value="([0-9a-f]{32})"', lobby.get(place).text)[1]
    form = {"Origin": lobby.url, "Content-Type": "application/x-www-form-urlencoded"}
    before = lobby.world.lobby.head.seq
    for _ in range(2):
        answer = lobby.session.post(
            f"{lobby.url}{place}/th/late", data=f"action={action}", headers=form, allow_redirects=False, timeout=10
        )
        assert (answer.status_code, answer.headers["location"]) == (303, f"{place}/th#done")
    assert lobby.world.lobby.head.seq == before + 1
    assert lobby.queue.look().ahead_of(keys[0]) == 5
    answer = lobby.session.post(
        f"{lobby.url}{address(lobby, keys[1])}/th/late",
        data=f"action={'ab' * 16}", headers={**form, "Accept": "application/json"}, timeout=10,
    )  # fmt: skip
    assert answer.status_code == 200
    assert len(answer.json()["action"]) == 32


def test_the_page_after_a_press_shows_the_press(lobby, monkeypatch):
    """However long the pages take to hear of it: who pressed is answered when they have."""
    keys = lobby.take("tax", 8)
    place = address(lobby, keys[0], "th")
    feed = lobby.lobby.feed
    look_at_once = feed._look

    def look_slowly():
        seen = look_at_once()
        time.sleep(0.3)
        return seen

    monkeypatch.setattr(feed, "_look", look_slowly)
    lobby.take("tax")  # a look that began before the press does not do
    answer = lobby.session.post(
        f"{lobby.url}{place}/late", data=f"action={'ac' * 16}", timeout=10,
        headers={"Origin": lobby.url, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert re.search(r'<dd id="ahead">5</dd>', answer.text)


def test_a_press_is_answered_though_the_pages_hear_of_nothing(lobby, monkeypatch):
    """It is recorded, and says so."""
    keys = lobby.take("tax", 8)
    place = address(lobby, keys[0], "th")
    monkeypatch.setattr("kiosk.lobby.feed._RENEWED_S", 0.1)
    monkeypatch.setattr(lobby.lobby.feed, "_look", lambda: 1 / 0)
    answer = lobby.session.post(
        f"{lobby.url}{place}/late", data=f"action={'ad' * 16}", timeout=10, allow_redirects=False,
        headers={"Origin": lobby.url, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.headers["location"].endswith("#done")
    assert lobby.queue.look().ahead_of(keys[0]) == 5


def test_late_is_refused_where_it_cannot_be(lobby):
    """Called already; no number of a press; from another page; too often."""
    keys = lobby.take("tax", 9)
    lobby.call("3")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}

    def press(key, body, origin=None):
        made = lobby.session.post(
            f"{lobby.url}{address(lobby, key)}/th/late", data=body, timeout=10,
            headers={**headers, "Origin": origin or lobby.url},
        )  # fmt: skip
        return made.status_code

    before = lobby.world.lobby.head.seq
    assert press(keys[0], f"action={'aa' * 16}") == 409
    assert {press(keys[1], body) for body in ("", "action=zz", "action=aa", "x" * 900, "action=é")} == {409}
    assert press(keys[1], f"action={'bb' * 16}", "http://evil.example") == 403
    assert lobby.world.lobby.head.seq == before
    assert [press(keys[2], f"action={at:032x}") for at in range(5)] == [200, 200, 200, 409, 409]
    assert lobby.world.lobby.head.seq == before + 3


def test_wrong_and_old_addresses_get_one_clear_page(lobby):
    """However a name is wrong; also yesterday's slip; and none of it comes back as HTML."""
    (key,) = lobby.take("tax")
    name = ticket_link.name(lobby.world, key)
    wrong = ["A001-000000", "A999-abcdef", "A001", "%3Cscript%3E", "A001-" + name[-6:][::-1]]
    for each in wrong:
        answer = lobby.get(f"/t/{each}/en")
        assert (answer.status_code, "No such number" in answer.text, "<script>" in answer.text) == (404, True, False)
        assert lobby.get(f"/t/{each}/en/events").status_code == 404
    lobby.hands.pass_s(timedelta(days=1).total_seconds())
    lobby.queue.close(lobby.now())
    lobby.take("tax")
    until(lambda: lobby.lobby.feed.seen.line.service_date == "2027-03-19")
    assert lobby.get(f"/t/{name}", headers={"Accept-Language": "ms-MY,en"}).status_code == 404
    assert "Nombor tidak ditemui" in lobby.get(f"/t/{name}", headers={"Accept-Language": "ms-MY,en"}).text


def test_a_device_that_guesses_is_slowed_down_and_its_right_name_too(lobby, monkeypatch):
    """So a right guess cannot be told from a wrong one; after a while it may go on."""
    now = [0.0]
    monkeypatch.setattr(ticket, "_GUESSES", Throttle(burst=3, every_s=15.0, mono=lambda: now[0]))
    (key,) = lobby.take("tax")
    place = address(lobby, key, "en")
    assert lobby.get(place).status_code == 200
    assert [lobby.get(f"/t/A001-{at:06d}/en").status_code for at in range(4)] == [404, 404, 404, 429]
    answer = lobby.get(place)
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)
    now[0] = 16.0
    assert lobby.get(place).status_code == 200


def test_a_phone_cannot_flood_the_kiosk(lobby, monkeypatch):
    """Beyond what the phones behind one router need, it is told to wait, whatever it asks for."""
    monkeypatch.setattr(ticket, "_LOOKS", Throttle(burst=5, every_s=3600.0))
    (key,) = lobby.take("tax")
    place = address(lobby, key, "en")
    assert [lobby.get(place).status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert lobby.get(place + "/events").status_code == 429


def test_events_are_whole_and_follow_each_press(lobby):
    """Over the line, in the language of the address."""
    lobby.take("tax")
    (key,) = lobby.take("tax")
    with lobby.events(address(lobby, key, "en") + "/events") as events:
        assert next(events)["ahead"] == "1"
        lobby.move("finish", lobby.call("3"), "3")
        lobby.call("3")
        told = next(event for event in events if event["state"] == "called")
    assert (told["label"], told["counter"], told["title"]) == ("A002", "3", "Your turn. Please go to counter")


def test_a_throttle_forgets_the_oldest_device_and_never_grows():
    """A network full of made-up addresses costs no memory."""
    now = [0.0]
    tries = Throttle(burst=2, every_s=10.0, mono=lambda: now[0])
    assert [tries.take("a") for _ in range(3)] == [True, True, False]
    now[0] = 10.0
    assert [tries.take("a") for _ in range(2)] == [True, False]
    for at in range(DEVICES_MAX):
        assert tries.take(str(at))
    assert tries.left("a") == 2
    assert len(tries._full_at) == DEVICES_MAX


def test_every_sentence_of_the_ticket_is_there_in_three_languages():
    """A visitor's page has no Thai hole in its English."""
    lacking = [key for key, text in WORDS.items() if key.startswith("ticket.") and not (text.ms and text.en)]
    assert lacking == []
    open_braces = re.compile(r"\{\w+\}")
    for key, text in WORDS.items():
        if key.startswith("ticket."):
            assert sorted(open_braces.findall(text.th)) == sorted(open_braces.findall(text.ms)), key
            assert sorted(open_braces.findall(text.th)) == sorted(open_braces.findall(text.en)), key
