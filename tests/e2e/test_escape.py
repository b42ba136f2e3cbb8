"""No way out: whatever keys, buttons and touches come, the same kiosk stands there, and no typed word lies in a file.

The real program in a real X window, hit through the X server. The random part takes minutes and is a chore: `make
escape` does it with 100,000 events; SALA_EVENTS and SALA_SEED choose how many, and which. The window is asked again and
again whether it has taken what was sent: a queue of old events would go on touching after the last one was sent.
"""

import os
import random
import socket
import string
import sys

import pytest

from demo.stage import NotSeen, Program, Window, run, virtual_screen, wait_until
from kiosk.bootstrap import open_kiosk
from kiosk.config import pin_hash
from tests.e2e.strokes import hands as hands_at
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.worlds import an_office, pieces_of, publish, some_services

SIZE = (540, 960)
EVENTS = int(os.environ.get("SALA_EVENTS", "0"))
SEED = int(os.environ.get("SALA_SEED", "7"))
#: So many events are sent before the window is asked whether it has taken them.
BURST = 50
LONG_PRESS_S = 60 if EVENTS > 10_000 else 5
CANARY = "kanarienvogel7731"
#: A slow machine may give the field the keyboard only after the first letters.
CANARY_END = "vogel7731"
WAYS_OUT = [
    "F1", "Escape", "alt+F4", "ctrl+e", "F11", "super", "super+l", "ctrl+q", "ctrl+w", "ctrl+c", "ctrl+x", "ctrl+v",
    "shift+Insert", "ctrl+z", "alt+Tab", "alt+space", "ctrl+alt+t", "ctrl+shift+i", "Menu", "Print", "F2", "F5", "F10",
    "F12", "shift+F10", "ctrl+alt+Delete", "ctrl+alt+BackSpace", "XF86Back", "XF86HomePage", "Tab", "Return",
    "BackSpace",
]  # fmt: skip
pytestmark = pytest.mark.timeout(300 + EVENTS // 10)


@pytest.fixture
def data(tmp_path):
    """A kiosk's data folder: enrolled, with content, without a server, impatient."""
    folder = tmp_path / "kiosk"
    folder.mkdir()
    (folder / "kiosk.toml").write_text(
        f'server_url = ""\nfullscreen = true\nwindow_width_px = {SIZE[0]}\nwindow_height_px = {SIZE[1]}\n'
        f'idle_warn_s = 15\nidle_reset_s = 20\nstaff_pin_hash = "{pin_hash("80417725", b"s" * 16)}"\n',
        "utf-8",
    )
    try_enrol(folder, Registry())
    with open_kiosk(folder) as kiosk:
        publish(kiosk.world.content, 1, pieces_of(an_office(), some_services()))
    return folder


def xdotool(screen, *words):
    """Many events in one go."""
    run(["xdotool", *map(str, words)], env={"DISPLAY": screen.display})


def windows(screen):
    """The ids of all windows that can be seen, the root among them."""
    return run(["xdotool", "search", "--onlyvisible", "--class", ".*"], env={"DISPLAY": screen.display}).split()


def some_events(rng, hands, count):
    """`count` random events: taps anywhere with any button, drags, keys that might lead out, typed signs."""

    def place():
        return rng.randrange(SIZE[0]), rng.randrange(SIZE[1])

    for _ in range(count):
        dice = rng.random()
        if dice < 0.45:
            hands.move(*place())
            hands.click(rng.choice((1, 1, 1, 1, 2, 3, 4, 5)))
        elif dice < 0.55:
            hands.move(*place())
            hands.button(1, down=True)
            hands.move(*place())
            hands.button(1, down=False)
        elif dice < 0.8:
            while not hands.key(rng.choice(WAYS_OUT)):
                pass  # this display's keyboard has no such key; the first part of the test brings its own
        else:
            hands.key(rng.choice(string.ascii_lowercase + string.digits))
    hands.flush()


def take_all(rng, hands, window):
    """Wait until the window has taken every event that was sent."""
    left, top = rng.randrange(SIZE[0]), rng.randrange(SIZE[1])
    hands.move(left, top)
    hands.flush()
    window.caught_up(left, top, timeout_s=120)


def stands(running, log):
    """The same process, and nothing in its diary that speaks of a broken program."""
    running.must_run()
    assert "Traceback" not in log.read_text("utf-8", "replace"), running.last_words()


@pytest.mark.skipif(not EVENTS, reason="minutes long: make escape, or SALA_EVENTS=2000")
def test_nothing_leads_out_and_no_word_stays(data, tmp_path):
    """Keys, pastes, many buttons, a long press, typing, random events: the start page comes back, words are nowhere."""
    log, rng = tmp_path / "kiosk.log", random.Random(SEED)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, virtual_screen(SIZE) as screen:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        window = Window(screen, tmp_path / "door")
        command = [sys.executable, "-m", "demo.window", str(tmp_path / "door"), "--data", str(data), "run"]
        env = {**screen.env, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        with Program(command, log=log, env=env) as running:
            window.touch("start", timeout_s=60)
            assert {manager.recv(64), manager.recv(64)} == {b"READY=1", b"WATCHDOG=1"}
            alone = windows(screen)
            # Without a window manager nobody else gives it the keyboard.
            xdotool(screen, "windowfocus", alone[-1])
            # A keyboard at the kiosk does type where a citizen would, which is why its words must go.
            for way in (("services", "search"), ("problem", "general", "category-lamp", "next")):
                for action in way:
                    window.touch(action)
                xdotool(screen, "type", "--delay", 15, CANARY)
                window.wait_for(CANARY_END, 8)
                xdotool(screen, "key", "ctrl+a", "key", "ctrl+c", "key", "ctrl+x", "key", "ctrl+v")
                stands(running, log)
                window.touch("start", timeout_s=30)

            for key in WAYS_OUT:
                xdotool(screen, "key", key)
            xdotool(screen, *(word for button in range(1, 10) for word in ("mousedown", button)))
            xdotool(screen, "sleep", LONG_PRESS_S, *(word for button in range(1, 10) for word in ("mouseup", button)))
            stands(running, log)
            with hands_at(screen) as hands:
                for done in range(0, EVENTS, BURST):
                    some_events(rng, hands, min(BURST, EVENTS - done))
                    take_all(rng, hands, window)
                    stands(running, log)
                # The window manager's own "close" is an order that a full-screen kiosk does not take.
                for each in windows(screen):
                    hands.ask_to_close(int(each))
                take_all(rng, hands, window)
            stands(running, log)
            assert windows(screen) == alone
            window.touch("start", timeout_s=90)
            wait_until("the start page", lambda: any(row.action == "services" for row in window.touchables()))
            stands(running, log)
        searched = [path for path in [log, *data.rglob("*")] if path.is_file()]
        assert data / "store.sala" in searched
        found = [path for path in searched if CANARY_END.encode() in path.read_bytes()]
        assert found == []


@pytest.mark.parametrize(
    ("program", "status", "said"),
    [("touch", 0, ""), ("false", 1, "it ended with 1"), ("no-such-program", 1, "No such file or directory")],
)
def test_staff_shut_it_down_and_only_they(data, tmp_path, program, status, said):
    """Behind the PIN two touches end the program; everything is closed before the command that cuts the power runs.
    Where the machine is not switched off the status says so, for whatever starts kiosks to start it again.
    """
    log, ended = tmp_path / "kiosk.log", tmp_path / "power-off"
    settings = (data / "kiosk.toml").read_text("utf-8")
    (data / "kiosk.toml").write_text(f'{settings}shut_down_command = ["{program}", "{ended}"]\n', "utf-8")
    with virtual_screen(SIZE) as screen:
        window = Window(screen, tmp_path / "door")
        command = [sys.executable, "-m", "demo.window", str(tmp_path / "door"), "--data", str(data), "run"]
        with Program(command, log=log, env=screen.env) as running:
            window.touch("start", timeout_s=60)
            for _ in range(5):
                screen.touch(SIZE[0] - 12, 12)
            for digit in "80417725":
                window.touch(f"key-{digit}")
            for action in ("open", "shut", "go_on"):
                assert not ended.exists()
                window.touch(action)
            try:
                wait_until("the end of the program", lambda: not running.running())
            except NotSeen as missed:
                raise NotSeen(f"{missed}\n{running.last_words()}") from None
            assert running.stop() == status
            assert ended.exists() == (status == 0)
            assert said in log.read_text("utf-8")
            assert ("did not switch the machine off" in log.read_text("utf-8")) == (status != 0)
    run([sys.executable, "-m", "kiosk", "--data", str(data), "verify"])
