"""The counter over HTTP: who is let in, what a page is told, what a press does, and that it names nobody."""

import re
from pathlib import Path

import msgspec
import pytest
import requests

from kiosk.desk import duty
from kiosk.desk.queue import Priority
from kiosk.lobby import counter, staff
from kiosk.lobby.throttle import Throttle
from kiosk.lobby.words import WORDS
from tests.kiosk.desk.test_duty import OTHER_PIN, PIN, staffed_office
from tests.kiosk.lobby.conftest import Served, until
from tests.kiosk.worlds import pieces_of, publish, some_services


class Phone:
    """A browser of its own, with its cookies."""

    def __init__(self, lobby) -> None:
        self.lobby, self.session = lobby, requests.Session()

    def get(self, path, **how):
        return self.session.get(self.lobby.url + path, timeout=10, **how)

    def post(self, path, body):
        headers = {"Origin": self.lobby.url}
        return self.session.post(self.lobby.url + path, json=body, headers=headers, timeout=10)

    def pair(self):
        code = self.lobby.offer()
        assert self.post("/pair", {"code": code}).status_code == 200
        return self

    def sit(self, person=0, at="1", pin=PIN, groups=("tax", "general")):
        told = {"person": person, "counter": at, "groups": list(groups), "pin": pin}
        return self.post("/counter/sign-in", told)

    def press(self, move, key="", *, action=None, **how):
        told = {"action": (action or self.lobby.press()).hex(), "move": move, "key": key, **how}
        return self.post("/counter/press", told)

    def state(self):
        """The state as a page that opens now is told."""
        with self.session.get(self.lobby.url + "/counter/events", stream=True, timeout=10) as answer:
            line = next(line for line in answer.iter_lines() if line.startswith(b"data: "))
            return msgspec.json.decode(line[6:])

    def sees(self, holds):
        """The first state for which this holds: the feed looks at a change some milliseconds after it."""
        found = []

        def looked():
            found[:] = [self.state()]
            return holds(found[0])

        until(looked)
        return found[0]


@pytest.fixture
def lobby(tmp_path, monkeypatch):
    """The office with three people, two of whom hold one position; two have PINs."""
    monkeypatch.setattr(staff, "_CODES", Throttle(burst=10, every_s=12.0))
    served = Served(tmp_path)
    publish(served.world.content, 2, pieces_of(staffed_office(), some_services()))
    duty.set_pin(served.world, "a", PIN)
    duty.set_pin(served.world, "b", OTHER_PIN)
    served.start()
    yield served
    served.close()


@pytest.fixture
def phone(lobby):
    """A browser that sits at counter 1."""
    made = Phone(lobby).pair()
    assert made.sit().status_code == 200
    return made


def written(key):
    """A ticket's key as pages carry it."""
    return counter.written(key)


def test_a_stranger_gets_the_code_page_and_nothing_else(lobby):
    """No state, no press, no seat; guessing codes ends soon."""
    stranger = Phone(lobby)
    assert stranger.get("/counter").url.endswith("/pair")
    assert stranger.state() == msgspec.json.decode(msgspec.json.encode(counter.away()))
    assert stranger.press("next").status_code == 401
    assert stranger.sit().status_code == 401
    answers = [stranger.post("/pair", {"code": "00000000"}).status_code for _ in range(12)]
    assert answers == [409] * 10 + [429] * 2


def test_pairing_gives_a_cookie_that_scripts_cannot_read(lobby):
    """HttpOnly, SameSite=Strict, once for a code."""
    code = lobby.offer()
    answer = Phone(lobby).post("/pair", {"code": code})
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert Phone(lobby).post("/pair", {"code": code}).status_code == 409


def test_who_may_sit_is_told_by_position(lobby):
    """The page to sign in has the two with PINs by position, numbered, and no name; a wrong PIN says so."""
    phone = Phone(lobby).pair()
    shown = phone.get("/counter").text
    assert "จัดเก็บรายได้ 1" in shown
    assert "จัดเก็บรายได้ 2" not in shown
    assert phone.sit(pin=OTHER_PIN).json()["why"] == "sign.wrong"
    assert phone.sit(person=2).json()["why"] == "sign.wrong"
    for wrong in ({"person": 7}, {"person": -1}, {"at": "99"}, {"groups": ("none",)}, {"groups": ()}):
        assert phone.sit(**wrong).status_code == 400
    assert phone.sit(person=1, pin=OTHER_PIN).status_code == 200
    assert phone.state()["position"] == "ธุรการ"


def test_an_office_that_names_no_counters_has_ten(lobby, phone):
    """Also once the first of them is open."""
    office = msgspec.structs.replace(staffed_office(), counters=[])
    publish(lobby.world.content, 3, pieces_of(office, some_services()))
    assert counter.counters(lobby.world, lobby.queue.look()) == [str(number) for number in range(1, 11)]
    assert Phone(lobby).pair().sit(person=1, pin=OTHER_PIN, at="4").status_code == 200


def test_wrong_pins_make_everybody_wait(lobby):
    """The sentence says how long."""
    phone = Phone(lobby).pair()
    for _ in range(duty.FREE_TRIES):
        phone.sit(pin="000001")
    told = phone.sit()
    assert (told.status_code, told.json()["say"]) == (429, WORDS["sign.wait"].th.format(seconds=30))


def test_a_visit_from_number_to_done(lobby, phone):
    """Called, served step by step, done; the state says each of it, with ages up to now."""
    key = written(lobby.ticket(papers_missing=1, language="ms"))
    lobby.hands.pass_s(300)
    told = phone.sees(lambda state: state["waiting"])
    [row] = told["waiting"]
    assert (row["label"], row["service"], row["missing"], row["language"]) == ("A001", "รับชำระภาษีป้าย", 1, "ms")
    assert (row["waited_ms"], told["next"]) == (300_000, {"key": key, "why": "longest"})
    assert phone.press("next").json() == {}
    told = phone.sees(lambda state: state["serving"])
    assert (told["serving"]["state"], told["serving"]["served_ms"], told["waiting"]) == ("called", None, [])
    phone.press("serve", key)
    lobby.hands.pass_s(60)
    phone.press("step", key, reason="1")
    lobby.hands.pass_s(30)
    serving = phone.sees(lambda state: state["serving"]["step"] == 1)["serving"]
    assert (serving["served_ms"], serving["step_ms"], serving["promise_ms"]) == (90_000, 30_000, 1_800_000)
    assert serving["steps"] == [{"title": "ยื่นเอกสาร", "promise_ms": 1_800_000}]
    phone.press("finish", key)
    today = phone.sees(lambda state: not state["serving"])["today"]
    assert (today["figures"]["served"], today["figures"]["kept"], today["run"]) == (1, 1, [True])


def test_a_press_that_comes_again_counts_once(lobby, phone):
    """The answer was lost: the same action again is answered as before, whatever the press was."""
    keys = [written(lobby.ticket()) for _ in range(3)]
    for move, key in (("next", ""), ("recall", keys[0]), ("serve", keys[0]), ("finish_next", keys[0])):
        action = lobby.press()
        assert [phone.press(move, key, action=action).status_code for _ in range(3)] == [200] * 3
    line = lobby.queue.look()
    assert [each.state for each in line.tickets.values()] == ["called", "waiting"]
    assert (len(line.gone), line.last_call) == (1, 3)
    action = lobby.press()
    assert [phone.press("finish", keys[1], action=action).status_code for _ in range(3)] == [200] * 3
    action = lobby.press()
    assert [phone.press("walk_in", to_service="sign_tax", action=action).status_code for _ in range(3)] == [200] * 3
    assert len(lobby.queue.look().tickets) == 2


def test_half_of_a_double_press_is_done_once(lobby, phone):
    """Finished, and killed before the next was called: the same press calls the next and finishes nobody twice."""
    first, _ = (written(lobby.ticket()) for _ in range(2))
    phone.press("next")
    phone.press("serve", first)
    action = lobby.press()
    lobby.queue.move(lobby.now(), "finish", ("2026-03-16", "A", 1), "1", action=action)
    assert phone.press("finish_next", first, action=action).status_code == 200
    assert [each.state for each in lobby.queue.look().tickets.values()] == ["called"]


def test_two_counters_press_at_once(lobby, phone):
    """Whoever is second gets another, or a sentence that says where it went."""
    other = Phone(lobby).pair()
    other.sit(person=1, at="2", pin=OTHER_PIN)
    key = written(lobby.ticket())
    assert phone.press("call", key).status_code == 200
    refused = other.press("call", key)
    assert (refused.status_code, refused.json()) == (
        409, {"why": "queue.taken", "counter": "1", "say": WORDS["queue.taken"].th.format(counter="1")},
    )  # fmt: skip
    assert other.press("next").json()["why"] == "queue.nobody"
    assert phone.press("next").json()["why"] == "queue.still_there"


def test_sent_on_and_corrected(lobby, phone):
    """To a counter, to a service, another service after this one; a priority with its reason, in either language."""
    keys = [written(lobby.ticket()) for _ in range(3)]
    assert phone.press("priority", keys[2], priority="elderly").json()["why"] == "queue.no_reason"
    assert phone.press("priority", keys[2], priority="elderly", reason="seen").status_code == 200
    told = phone.sees(lambda state: state["next"]["key"] == keys[2])
    assert told["next"]["why"] == "priority"
    phone.press("next")
    phone.press("serve", keys[2])
    assert phone.press("transfer", keys[2]).json()["why"] == "queue.no_target"
    assert phone.press("transfer", keys[2], to_counter="2").status_code == 200
    phone.press("call", keys[0])
    phone.press("serve", keys[0])
    assert phone.press("another", keys[0], to_service="water_request").status_code == 200
    told = phone.sees(lambda state: not state["serving"] and state["today"]["figures"]["served"] == 1)
    again = next(row for row in told["waiting"] if row["key"] == keys[0])
    assert again["service"] == "ขอสนับสนุนน้ำอุปโภคบริโภค"
    phone.get("/language/ms")
    assert phone.press("call", "2026-03-15/A/1").json()["say"] == WORDS["queue.other_day"].ms


def test_aside_and_back(lobby, phone):
    """Held and missed are listed with their times; who is back stands in the line again."""
    keys = [written(lobby.ticket()) for _ in range(2)]
    phone.press("next")
    phone.press("hold", keys[0])
    phone.press("next")
    phone.press("absent", keys[1])
    lobby.hands.pass_s(600)
    told = phone.sees(lambda state: state["missed"])
    assert [row["key"] for row in told["held"]] == [keys[0]]
    assert [(each["ticket"]["key"], each["left_ms"]) for each in told["missed"]] == [(keys[1], 1_200_000)]
    phone.press("serve", keys[0])
    phone.press("back", keys[1])
    told = phone.sees(lambda state: state["waiting"])
    assert (told["serving"]["state"], [row["key"] for row in told["waiting"]]) == ("serving", [keys[1]])


def test_pausing_calls_nobody(lobby, phone):
    """Paused, said so, opened again."""
    lobby.ticket()
    phone.press("pause")
    assert phone.press("next").json()["why"] == "queue.counter_closed"
    assert phone.sees(lambda state: state["state"] == "pause")
    phone.press("open")
    assert phone.press("next").status_code == 200


def test_without_a_ticket_and_from_paper(lobby, phone):
    """A walk-in is served at once; a number that stands on no strip is refused with a sentence."""
    assert phone.press("walk_in", to_service="sign_tax").status_code == 200
    told = phone.sees(lambda state: state["serving"])
    assert (told["serving"]["state"], told["serving"]["ticket"]["label"]) == ("serving", "A001")
    assert phone.press("walk_in", to_service="none").json()["why"] == "queue.still_there"
    for number in ("A031", "x", "", "31", "A99999999999"):
        assert phone.press("paper", number=number).json()["why"] == "queue.no_strip"


def test_signing_out_is_told_to_every_browser(lobby, phone):
    """Hand-over signs the other one out; signing out closes the counter."""
    other = Phone(lobby).pair()
    other.sit(person=1, pin=OTHER_PIN)
    assert phone.sees(lambda state: not state["signed"])
    assert phone.press("next").json()["why"] == "sign.away"
    assert other.post("/counter/sign-out", {}).status_code == 200
    assert not lobby.queue.look().counters["1"].open
    assert "sign.js" in other.get("/counter").text


@pytest.mark.parametrize("body", [
    {}, {"action": "", "move": "next"}, {"action": "g" * 32, "move": "next"}, {"action": "0" * 32},
    {"action": "0" * 32, "move": "next", "counter": "2"}, {"action": "0" * 32, "move": "call", "key": "A/1"},
    {"action": "0" * 32, "move": "call", "key": "2026-03-16/A/x"}, {"action": "0" * 32, "move": "x" * 65}, [], "next",
])  # fmt: skip
def test_what_no_page_sends_is_refused(phone, body):
    """Whatever JSON comes, a sentence goes back and nothing is recorded."""
    answer = phone.post("/counter/press", body)
    assert (answer.status_code, answer.json()["why"]) == (400, "queue.wrong_request")


def test_a_verb_that_is_none_of_the_counters(lobby, phone):
    """Closing time and the holder's own moves are not pressed here."""
    key = written(lobby.ticket())
    for move in ("late", "expire", "close", "open_sesame", ""):
        assert phone.press(move, key).json()["why"] == "queue.not_yours"


def test_a_full_disk_is_a_sentence(lobby, phone, monkeypatch):
    """Nothing was recorded, and staff are told what to do meanwhile."""
    from kiosk.store import CannotRecord

    def full(*_args, **_how):
        raise CannotRecord

    monkeypatch.setattr(lobby.queue, "call_next", full)
    answer = phone.press("next")
    assert (answer.status_code, answer.json()["why"]) == (503, "queue.cannot_record")


def test_no_page_names_anybody(lobby, phone):
    """Neither names nor ids of staff in anything that the network carries."""
    lobby.ticket()
    phone.press("next")
    other = Phone(lobby).pair()
    told = [
        phone.get(path).text + str(phone.get(path).headers)
        for path in ("/counter", "/pair", "/board", "/pages/counter.js", "/pages/sign.js")
    ]
    told += [str(phone.sees(lambda state: state["serving"])), other.get("/counter").text, other.sit(pin="000001").text]
    for person in lobby.world.content.bundle.office.colleagues:
        for name in (person.name.th, person.name.en):
            assert not [each for each in told if name in each]


def test_every_refusal_has_its_sentence():
    """Each word that the desk refuses with, in Thai and Malay; each priority and each language of a ticket too."""
    desk = Path(duty.__file__).parent
    refusals = {found for path in desk.glob("*.py") for found in re.findall(r'Refused\("([\w.]+)"', path.read_text())}
    assert len(refusals) > 8
    wanted = refusals | {f"counter.priority_{each}" for each in Priority.__args__}
    assert {key for key in wanted if key not in WORDS or not WORDS[key].ms} == set()


def test_every_word_of_the_pages_exists():
    """Sentences that pages and scripts name by their key are in the table."""
    pages = Path(counter.__file__).parent / "pages"
    named = set()
    for path in pages.iterdir():
        if path.suffix in {".html", ".js"}:
            named |= set(re.findall(r"\{\{\s*(\w+\.[\w.]+)", path.read_text("utf-8")))
            named |= set(re.findall(r'say\("(\w+\.[\w.]+)"', path.read_text("utf-8")))
    assert named - set(WORDS) == set()
    assert {
        key for key in WORDS if key.partition(".")[0] in {"counter", "sign", "pair", "queue"} and not WORDS[key].ms
    } <= {"counter.clock"}
