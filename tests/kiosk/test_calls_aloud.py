"""A whole kiosk with a player of its own calls people aloud, and a board of another program sees it."""

import json
import socket
import time

import pytest
import requests

from kiosk.bootstrap import open_kiosk
from kiosk.desk.announcing import announce, clips_of_calls
from kiosk.desk.queue import take_ticket
from kiosk.devices.voices import read_wav
from kiosk.speech import number_clips
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.tones import pack, tone
from tests.kiosk.worlds import Hands, an_office, pieces_of, publish, some_services


@pytest.fixture
def folder(tmp_path):
    """The data folder of an enrolled kiosk with a voice, pages at a free port, and a player that keeps what it gets."""
    data = tmp_path / "data"
    try_enrol(data, Registry())
    words = dict.fromkeys([*clips_of_calls("th"), *number_clips("th")])
    pack(data / "voices" / "th-office", ["th"], {word: tone(0.01 + at / 5000) for at, word in enumerate(words)})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    player = 'exec 9>>"$0/lock"; flock -n 9 || echo over >> "$0/torn"; cat "$1" > "$0/$(date +%s%N).wav"; sleep 0.1'
    heard = tmp_path / "heard"
    heard.mkdir()
    command = json.dumps(["sh", "-c", player, str(heard)])
    (data / "kiosk.toml").write_text(
        f'lobby_port = {port}\ncall_languages = ["th"]\ncall_volume = 1\nsound_player = {command}\n'
    )
    with open_kiosk(data) as kiosk:
        publish(kiosk.world.content, 1, pieces_of(an_office(), some_services()))
    return data


def soundings(folder, count):
    """What was played so far, once there are so many."""
    heard = folder.parent / "heard"
    deadline = time.monotonic() + 20
    while len(list(heard.glob("*.wav"))) < count:
        assert time.monotonic() < deadline, "nobody spoke"
        time.sleep(0.02)
    time.sleep(0.3)
    assert not (heard / "torn").exists(), "one was begun before the other was over"
    return [read_wav(path.read_bytes()) for path in sorted(heard.glob("*.wav"))]


def calls(kiosk, clock, count, first):
    """So many people come to counter 3 and are called at once, one after another."""
    kiosk.queue.seen(clock.now(), "3", "open", staff="a", groups=("tax",))
    for at in range(first, first + count):
        take_ticket(kiosk.world, clock.now(), service_id="sign_tax", language="th")
        key = kiosk.queue.call_next(clock.now(), "3", action=bytes([at]) * 16).key
        kiosk.queue.move(clock.now(), "finish", key, "3", action=bytes([at + 100]) * 16)


def test_calls_are_said_by_the_machine_whole_in_order_and_not_again_after_a_restart(folder):
    """Three calls at once: three files for the player, each the announcement, none over another; the next start says
    only what is new, and the board tells both starts' calls.
    """
    clock = Hands().clock()
    with open_kiosk(folder, clock=clock) as kiosk:
        kiosk.start()
        calls(kiosk, clock, 3, 1)
        line = kiosk.queue.look()
        assert soundings(folder, 3) == [announce(kiosk.world, call).samples for call in line.calls]
    again = Hands().clock(boot=b"boot-id2")
    with open_kiosk(folder, clock=again) as kiosk:
        kiosk.start()
        calls(kiosk, again, 1, 50)
        line = kiosk.queue.look()
        assert soundings(folder, 4)[3:] == [announce(kiosk.world, line.calls[-1]).samples]
        assert board(kiosk)["again"][0] == "เริ่มใหม่ ต่อจาก A003"
        assert [call["label"] for call in board(kiosk)["calls"]] == ["A001", "A002", "A003", "A004"]


def board(kiosk):
    """What a board is told, over the line."""
    deadline = time.monotonic() + 20
    while kiosk.world.lan.state != "serving":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    address = f"http://127.0.0.1:{kiosk.world.config.lobby_port}/board/events"
    while True:
        with requests.get(address, stream=True, timeout=10) as answer:
            told = next(line for line in answer.iter_lines() if line.startswith(b"data: "))
        state = json.loads(told.removeprefix(b"data: "))
        if len(state["calls"]) == len(kiosk.queue.look().calls):
            return state
        assert time.monotonic() < deadline
