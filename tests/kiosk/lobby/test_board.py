"""The board as a value and as its routes: what it says, when it says that it cannot tell, and what it never says."""

import wave
from datetime import timedelta
from io import BytesIO

import msgspec
import pytest

from kiosk.desk.announcing import Heard, announce
from kiosk.desk.boards import AWAY_MS
from kiosk.desk.sounding import chime
from kiosk.devices.voices import read_wav
from kiosk.lobby import board, wall
from kiosk.lobby.throttle import Throttle
from shared.kinds import TicketJoined
from tests.kiosk.lobby.conftest import until
from tests.kiosk.lobby.looking import SERVICES, sala

OK = Heard("ok")


@pytest.fixture
def lobby(tmp_path):
    """The sample office, open since the morning, nobody there yet."""
    with sala(tmp_path) as served:
        yield served


def look(lobby):
    """The board now."""
    return board.look(lobby.world, lobby.queue.look(), lobby.now(), OK)


def test_a_call_is_said_in_both_languages_with_its_counter(lobby):
    """The number, where to go, and the very words of the loudspeaker."""
    lobby.open("3")
    lobby.take("tax", 27)
    for _ in range(27):
        lobby.move("finish", lobby.call("3"), "3")
    shown = look(lobby).calls[-1]
    assert (shown.id, shown.label, shown.counter) == (27, "A027", "3")
    assert shown.say[0] == "ขอเชิญหมายเลข เอ ศูนย์ สอง เจ็ด ที่ช่องบริการ สาม ค่ะ"
    assert shown.say[1] == "Nombor A sifar dua tujuh sila ke kaunter tiga"
    assert shown.age_ms == 0


def test_groups_tell_who_waits_and_a_range_only_where_one_is_known(lobby):
    """Each group of the office in its order, with its letter; no range before enough was called."""
    lobby.morning()
    seen = look(lobby)
    assert [group.letters for group in seen.groups] == [("A",), ("B",), ("C",), ("D",)]
    assert [group.waiting for group in seen.groups] == [1, 2, 4, 1]
    assert [group.known for group in seen.groups] == [True, False, False, False]
    assert seen.groups[0].wait == ("ประมาณ 5–15 นาที", "kira-kira 5–15 minit")
    assert seen.groups[1].wait[0] == "ยังบอกเวลาไม่ได้"
    assert seen.groups[0].name == ("ภาษีและรายได้", "Cukai dan hasil")
    for counter in ("1", "3"):
        lobby.queue.seen(lobby.now(), counter, "pause")
    assert not look(lobby).groups[0].known, "nobody calls this group now"


def test_a_number_of_another_kiosk_stands_beside_ours(lobby):
    """Its letter in the cell of its group, its people in the count, its call like any other."""
    lobby.open("1")
    lobby.take("general")
    day, wants = lobby.now().service_date.isoformat(), (SERVICES["general"], "general", "โยธา")
    told = TicketJoined(day, "M", 8, *wants, "", None, "th", b"m" * 16, 60_000)
    lobby.queue.join(lobby.now(), [told])
    cell = look(lobby).groups[3]
    assert (cell.letters, cell.waiting) == (("D", "M"), 2)
    lobby.call("1")
    assert look(lobby).calls[-1].label == "M008", "it came a minute before ours"
    assert "เอ็ม" in look(lobby).calls[-1].say[0]


def test_who_did_not_come_is_named_up_to_a_number(lobby):
    """In the order of their places; the rest is counted."""
    lobby.open("1")
    keys = lobby.take("tax", board.MISSED_MAX + 2)
    for _ in keys:
        lobby.move("absent", lobby.call("1"), "1")
    seen = look(lobby)
    assert seen.missed == tuple(f"A{at:03d}" for at in range(1, board.MISSED_MAX + 1))
    assert seen.missed_more == 2
    lobby.move("back", keys[0], "1")
    assert look(lobby).missed[0] == "A002"


def test_after_a_restart_the_board_says_so_until_somebody_is_called(lobby):
    """The last number before it; for some minutes even when calls go on at once; the same calls with the same ids."""
    lobby.morning()
    before = look(lobby)
    assert before.again == ("", "")
    lobby.restart()
    after = look(lobby)
    assert after.again[0] == f"เริ่มใหม่ ต่อจาก {before.calls[-1].label}"
    assert [(call.id, call.label) for call in after.calls] == [(call.id, call.label) for call in before.calls]
    lobby.call("1")
    assert look(lobby).again == after.again
    lobby.hands.pass_s(board.RESTART_TOLD_MS / 1000 + 1)
    assert look(lobby).again == ("", "")


def test_before_opening_and_after_closing_it_is_calm(lobby):
    """Hours instead of numbers; nothing of yesterday; whoever is still there after closing time is still called."""
    lobby.morning()
    lobby.hands.pass_s(timedelta(hours=6).total_seconds())
    assert (look(lobby).phase, look(lobby).calm) == ("open", None), "it is past closing time, and people wait"
    lobby.queue.close(lobby.now())
    closed = look(lobby)
    assert (closed.phase, closed.calls) == ("closed", ())
    assert closed.calm.line == (
        "เปิดอีกครั้ง วันศุกร์ที่ 19\u00a0มีนาคม\u00a02570 เวลา 08.30 น.",
        "Dibuka semula 19\u00a0Mac\u00a02027, pukul 08.30",
    )
    lobby.hands.pass_s(timedelta(hours=14).total_seconds())
    morning = look(lobby)
    assert (morning.phase, morning.calm.line[0]) == ("before", "เปิดเวลา 08.30 น.")
    lobby.hands.pass_s(timedelta(hours=2).total_seconds())
    opened = look(lobby)
    assert (opened.phase, opened.calls, opened.missed, opened.day) == ("open", (), (), "2027-03-19")
    assert opened.calm.title == ("ยินดีต้อนรับ", "Selamat datang")


def test_no_time_is_shown_that_nobody_trusts(lobby):
    """A clock in 1970 takes the time of day from the board, and nothing else."""
    lobby.morning()
    assert (look(lobby).time, look(lobby).at[:5]) == ("11.04", "11.04")
    lobby.hands.wall_s = 0.0
    seen = look(lobby)
    assert (seen.time, seen.at, seen.date) == ("", "", ("", ""))
    assert seen.calls[-1].label == "A013"


def test_nothing_of_a_person_reaches_the_board(lobby):
    """No service, no language, no priority, no staff: numbers, counters, counts."""
    lobby.open("1")
    lobby.take("welfare", 1, priority="disabled", papers_missing=2, language="ms")
    lobby.call("1")
    told = msgspec.json.encode(look(lobby)).decode()
    for word in ("disabled", "staff1", SERVICES["welfare"], "priority", "papers", "language"):
        assert word not in told


def test_a_press_reaches_the_board_with_the_whole_state(lobby):
    """Over the line: every event is everything, and a new one comes with each press."""
    lobby.open("1")
    lobby.take("tax", 2)
    with lobby.events("/board/events") as events:
        assert next(events)["calls"] == []
        lobby.call("1")
        told = next(event for event in events if event["calls"])
    assert told["calls"][0]["label"] == "A001"
    assert told["groups"][0]["waiting"] == 1
    assert told["build"] in lobby.get("/board").text


def test_a_board_says_how_it_is_and_staff_read_it(lobby):
    """Seen, its sound, and away again after a while."""
    assert lobby.world.boards.seen(lobby.clock.mono_ms()) == []
    assert lobby.post("/board/seen", {"sound": "muted"}).status_code == 204
    (seen,) = lobby.world.boards.seen(lobby.clock.mono_ms())
    assert (seen.sound, seen.there) == ("muted", True)
    lobby.hands.pass_s(AWAY_MS / 1000 + 1)
    assert not lobby.world.boards.seen(lobby.clock.mono_ms())[0].there


@pytest.mark.parametrize("body", [{"sound": "loud"}, {}, {"sound": "ok", "name": "x"}, ["ok"], None])
def test_a_board_says_nothing_else(lobby, body):
    """What is no board's word changes nothing."""
    assert lobby.post("/board/seen", body).status_code == 400
    assert lobby.world.boards.seen(lobby.clock.mono_ms()) == []


def test_the_sound_of_a_call_is_the_announcement_as_one_file(lobby):
    """The very samples that the kiosk's loudspeaker gets; the chime; and nothing for a call that was not."""
    lobby.open("1")
    lobby.take("tax")
    lobby.call("1")
    until(lambda: lobby.lobby.feed.seen.line.calls)
    assert lobby.get("/board/sound/1.wav").status_code == 404, "nobody has a voice yet"
    lobby.speaks()
    answer = lobby.get("/board/sound/1.wav")
    assert answer.headers["content-type"] == "audio/wav"
    assert read_wav(answer.content) == announce(lobby.world, lobby.queue.look().calls[0]).samples
    with wave.open(BytesIO(answer.content)) as file:
        # Chime and 7 + 7 Thai, 6 Malay words of 0.6 s ... twice: longer than ten seconds, shorter than half a minute.
        assert 10 < file.getnframes() / file.getframerate() < 30
    assert read_wav(lobby.get("/board/sound/chime.wav").content) == chime()
    assert {lobby.get(f"/board/sound/{name}.wav").status_code for name in ("2", "0", "x", "-1")} == {404}


def test_nobody_makes_the_kiosk_join_sounds_without_end(lobby, monkeypatch):
    """One device gets as many as a board needs."""
    monkeypatch.setattr(wall, "_SOUNDS", Throttle(burst=3, every_s=3600))
    assert [lobby.get("/board/sound/chime.wav").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
