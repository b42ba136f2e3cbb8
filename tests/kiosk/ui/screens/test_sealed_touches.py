"""Real fingers at the second door, in every language; and what was typed at either door is in no file afterwards."""

import gc
import logging

import msgspec
import pytest

from kiosk.ui.screens.examples import CODE
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import Keyboard
from shared import complaint, content, envelope, kinds
from shared.content import SealedStatus, Status
from shared.keys import ReadingKey, code_keys
from tests.kiosk.ui.held import everything

CANARY = "นกขมิ้นเหลืองอ่อนค่ำนี้จะนอนไหน 7731"
NAME = "พยานตัวอย่างที่หนึ่ง"

CLOSED = Status("closed", "lamp", "2027-03-11", "2027-03-26", "เปลี่ยนหลอดแล้ว", "2027-03-16", "กองช่าง", "ร.12/2570", 1)

#: What fingers strike in a language whose keyboard they meet; elsewhere the text comes as a whole.
STRUCK = {"th": "ไฟดับ", "en": "unjust"}


def field(shown, action):
    """The input with this action."""
    inputs = (each for each in shown.stage.walk(shown.screen) if isinstance(each, ShapedInput))
    return next(each for each in inputs if each.action == action)


def begin(shown, language):
    """Touch the attract screen, then the language."""
    shown.begin()
    if language != "th":
        shown.touch(f"language-{language}")


def kept(shown):
    """The records of the confidential log, without the one that opened it."""
    with shown.kiosk.world.apart.open(shown.kiosk.clock.now().service_date) as book:
        return list(book.after(1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_about_a_division_is_filed_by_touch(shown, language):
    """By pictures, chips and keys from the door to the code; it opens with a reader's key; the slip has the code."""
    begin(shown, language)
    shown.touch("problem", "person", "category-unit", "one-treasury", "two-2", "next", "category-unfair")
    assert shown.flow.step == "tell"
    if language in STRUCK:
        keyboard = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))
        shown.stage.strike(keyboard, STRUCK[language])
    else:
        field(shown, "input-story").insert(CANARY)
    shown.settle()
    shown.touch("next", "one-yesterday", "next", "notice", "next", "next")
    assert shown.flow.step == "kept"
    code = "".join(shown.flow.view.groups)
    seen = shown.stage.texts(shown.screen)
    assert all(code[at : at + 4] in seen for at in range(0, 16, 4))
    assert shown.flow.say("kept.kept") in seen
    (record,) = kept(shown)
    body = kinds.decode(record.header.kind, record.header.schema, record.body)
    key = ReadingKey(b"\x03" * 96)  # the third reader of the sample, who is on this route
    words = complaint.decode(envelope.open_routed(body.sealed, reader=key, log=record.header.log, route=body.route))
    assert (words.text, words.unit, words.counter) == (STRUCK.get(language, CANARY), "กองคลัง", "2")
    assert (words.when, words.language) == (shown.flow.say("when.yesterday"), language)
    shown.touch("print")
    assert shown.kiosk.printer.tray[0].code == code
    shown.touch("done")
    assert shown.flow.step == "idle"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_paper_is_as_large_a_button_as_paper(shown, language):
    """Two equal answers, side by side."""
    begin(shown, language)
    shown.touch("problem", "person", "category-clerk", "category-conduct")
    field(shown, "input-story").insert(CANARY)
    shown.settle()
    shown.touch("next", "next", "next", "next")
    yes, no = shown.key("print"), shown.key("done")
    assert (round(yes.width), yes.top) == (round(no.width), no.top)
    assert yes.fill == no.fill


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bodies_outside_are_one_touch_from_the_doors(shown, language):
    """Whoever does not trust this kiosk finds the numbers, and nothing is recorded of it."""
    begin(shown, language)
    before = shown.kiosk.world.lobby.head
    shown.touch("problem", "outside")
    assert {"1567", "1111", "1205"} <= set(shown.stage.texts(shown.screen))
    shown.touch("done")
    assert (shown.flow.step, shown.kiosk.world.lobby.head) == ("idle", before)
    assert not shown.kiosk.world.apart.exists


def look(shown, status):
    """Publish this status under the sample's code, and type the code."""
    under = code_keys(CODE, shown.kiosk.world.identity.code_salt)
    sealed = envelope.seal_status(
        content.write_status(status), status_id=under.status_id, state_key=under.state_key, nonce=bytes(12)
    )
    shown.kiosk.publish(42, SealedStatus(id=under.status_id, sealed=sealed))
    shown.touch("track")
    keyboard = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))
    for digit in CODE:
        shown.stage.strike(keyboard, digit)
        shown.kiosk.hands.pass_s(0.5)
    shown.touch("find")
    assert shown.flow.step == "status"


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_fixed_is_said_by_touch(shown, language):
    """Code, no, a reason, send: recorded, and the page says so in the reader's language."""
    begin(shown, language)
    look(shown, CLOSED)
    fixed, not_fixed = shown.key("done"), shown.key("not-fixed")
    assert (round(fixed.width), fixed.top, fixed.height) == (round(not_fixed.width), not_fixed.top, not_fixed.height)
    shown.touch("not-fixed", "reason-no_better", "send")
    assert shown.flow.step == "status"
    assert shown.flow.say("status.returned") in shown.stage.texts(shown.screen)
    last = list(shown.kiosk.world.lobby.after(0))[-1]
    assert kinds.decode(last.header.kind, last.header.schema, last.body).reason == "no_better"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sealed_case_is_followed_without_a_word_of_what_it_is(shown, language):
    """State, days and answer; not its sort, not its subject, no question that would need words."""
    begin(shown, language)
    look(shown, msgspec.structs.replace(CLOSED, subject="confidential", round=0))
    seen = shown.stage.texts(shown.screen)
    assert shown.flow.say("status.confidential") in seen
    assert "confidential" not in seen
    assert shown.flow.say("status.fixed_question") not in seen


def type_everywhere(shown, *actions):
    """Type the canary into each of these inputs of the page."""
    for action in actions:
        shown.touch(action)
        field(shown, action).insert(CANARY)
        shown.settle()


def at_the_first_door(shown):
    """A request with the canary in text, place and contact, up to its code."""
    shown.touch("problem", "general", "category-lamp")
    type_everywhere(shown, "input-place")
    shown.touch("next")
    type_everywhere(shown, "input-story")
    shown.touch("next")
    type_everywhere(shown, "input-name")
    shown.touch("next", "next")
    assert shown.flow.step == "recorded"


def at_the_second_door(shown):
    """A complaint with the canary in each of its entries, up to its code."""
    shown.touch("problem", "person", "category-person")
    type_everywhere(shown, "input-first")
    shown.touch("next", "category-corruption")
    type_everywhere(shown, "input-story")
    shown.touch("next")
    type_everywhere(shown, "input-first", "input-second")
    shown.touch("next")
    type_everywhere(shown, "input-name")
    shown.touch("next", "next")
    assert shown.flow.step == "kept"


def holders(folder, *words):
    """The files below `folder` that hold one of these words in the clear, in UTF-8 or UTF-16."""
    forms = [word.encode(coding) for word in words for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    return [path for path in folder.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms)]


@pytest.mark.parametrize("door", [at_the_first_door, at_the_second_door], ids=["first", "second"])
def test_a_canary_typed_at_either_door_is_in_no_file_of_the_kiosk(shown, door, tmp_path, caplog):
    """Stores, write-ahead logs, free pages, content, diary: neither words nor code, nor after the reset (F-G2)."""
    caplog.set_level(logging.DEBUG)
    shown.begin()
    door(shown)
    code = "".join(shown.flow.view.groups)
    marks = (CANARY, CANARY[:12], "ขมิ้นเหลือง", code, " ".join(shown.flow.view.groups))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "store.sala" for path in files)
    (tmp_path / "planted").write_bytes(b"\x00" + CANARY.encode("utf-16-le"))
    assert holders(tmp_path, *marks) == [tmp_path / "planted"]
    (tmp_path / "planted").unlink()
    shown.touch("print", "done")
    shown.kiosk.pass_s(60)
    shown.settle()
    assert shown.flow.step == "idle"
    assert holders(tmp_path, *marks) == []
    said = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert [mark for mark in marks if mark in said] == []


def holding(part):
    """The kinds of things in this process that hold a text with `part` in it."""
    found = []
    for each in everything():
        try:
            inner = gc.get_referents(each)
        except ReferenceError:
            continue
        found += [type(each).__name__ for text in inner if type(text) is str and text is not part and part in text]
    return found


def test_no_widget_and_no_cache_holds_a_word_of_a_complaint_afterwards(shown):
    """After the visit the typed words are in no input, view, texture cache or undo of the whole process (G-51)."""
    word = "นกกระจิบ" + str(7731 * 2)
    shown.begin()
    shown.touch("problem", "person", "category-person", "input-first")
    field(shown, "input-first").insert(word)
    shown.settle()
    shown.touch("next", "category-unfair")
    field(shown, "input-story").insert(word)
    shown.settle()
    shown.touch("next", "next", "next")
    assert shown.flow.step == "check"
    assert holding(word[:-1]) != []
    shown.kiosk.pass_s(61)
    shown.settle()
    assert shown.flow.step == "idle"
    del word
    assert holding("กระจิบ" + str(7731 * 2)[:-1]) == []


def test_the_second_door_leaves_a_date_and_no_time_behind(shown, tmp_path, caplog):
    """No record in the lobby's log, no line in the diary, and file times that tell the day alone (F-L4)."""
    caplog.set_level(logging.DEBUG)
    before = shown.kiosk.world.lobby.head
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    shown.begin()
    at_the_second_door(shown)
    shown.touch("print", "done")
    assert shown.kiosk.world.lobby.head == before
    assert [record for record in caplog.records if record.name.startswith(("kiosk", "shared"))] == []
    for record in kept(shown):
        at = record.header.at
        assert (at.boot, at.mono_ms) == (b"\x00" * len(at.boot), 0)
        assert at.wall_ms % (24 * 3600 * 1000) == 17 * 3600 * 1000  # midnight in the office
    apart = shown.kiosk.world.apart.folder
    changed = {
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent != apart and stamps.get(path) != path.stat().st_mtime_ns
    }
    assert changed == set()


def test_the_second_door_looks_like_the_first_from_two_metres(shown):
    """Same header sign, same stops, same grounds: the plum stays at the door."""
    from kiosk.ui.widgets.header import RoofHeader

    looks = []
    for first, then in (("general", "category-lamp"), ("person", "category-clerk")):
        shown.begin()
        shown.touch("problem", first)
        roof = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, RoofHeader))
        looks.append((roof.icon, len(shown.flow.view.form), type(shown.screen).__name__))
        shown.touch(then)
        plum = [each for each in shown.stage.walk(shown.screen) if "plum" in str(getattr(each, "tone", ""))]
        plum += [each for each in shown.stage.walk(shown.screen) if "plum" in str(getattr(each, "panel", ""))]
        assert plum == []
        shown.flow.reset()
        shown.settle()
    assert looks[0] == looks[1]
