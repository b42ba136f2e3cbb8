"""The kiosk's window: how soon it is there, how fast a screen changes, how smoothly it scrolls.

Everything is drawn by software under Xvfb at both sizes, so the figures are a floor: a machine with a graphics card is
faster. Each measurement is a process of its own, because Kivy has one window a process. Baselines are the bare toolkit
in the same place: an empty window, and one frame of the same screen in which nothing changed.

The sample office and the real presenters, screens and store are measured; the desk's own time (a commit, a code that
is hardened against guessing) is not part of a screen change.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure

#: Width, height, and what is promised in ms: a touch to the changed picture (p95), the longest frame while scrolling.
SIZES = {"portrait 1080x1920": (1080, 1920, 150, 60), "landscape 1280x800": (1280, 800, 100, 30)}
STARTS = 5
ROUNDS = 4
#: Twelve times five looks: of twenty, the slowest one alone would be the figure.
LOOK_ROUNDS = 12
#: Visits that citizens make: what is made ready for them, and, from "outside" on, what is built as they come to it.
VISITS = ("recorded", "ticket", "thanks", "outside", "kept", "track-missing")
#: Drawn while scrolling, each with the list moved on by at least a pixel.
FRAMES = 60
START_TIMEOUT_S = 60.0

_BARE = """
import sys, time
from kiosk.ui import kivy_env
kivy_env.prepare((int(sys.argv[1]), int(sys.argv[2])))
from kivy.base import runTouchApp, stopTouchApp
from kivy.core.window import Window
from kivy.uix.widget import Widget
Window.bind(on_flip=lambda *_: (print("first picture", file=sys.stderr, flush=True), stopTouchApp()))
runTouchApp(Widget())
"""


def run() -> list[Figure]:
    """Start, change and scroll at both sizes."""
    figures: list[Figure] = []
    with _display() as environment:
        for name, (width, height, change_goal_ms, scroll_goal_ms) in SIZES.items():
            for bare in (False, True):
                _start(environment, width, height, bare=bare)
            kiosk_s = statistics.median(_start(environment, width, height, bare=False) for _ in range(STARTS))
            bare_s = statistics.median(_start(environment, width, height, bare=True) for _ in range(STARTS))
            figures.append(Figure(f"cold start to the first picture, {name} (goal 2)", kiosk_s, "s", bare_s))
            told = _inside(environment, width, height)
            figures += [
                Figure(
                    f"screen change p95, {name} (goal {change_goal_ms})",
                    told["change_p95_ms"],
                    "ms",
                    told["frame_ms"],
                ),
                Figure(
                    f"another language, text size or contrast p95, {name} (goal {change_goal_ms})",
                    told["look_p95_ms"],
                    "ms",
                    told["frame_ms"],
                ),
                Figure(
                    f"longest frame while scrolling, {name} (goal {scroll_goal_ms})",
                    told["scroll_max_ms"],
                    "ms",
                    told["frame_ms"],
                ),
            ]
    return figures


# --- processes ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _display() -> Iterator[dict[str, str]]:
    """A virtual screen large enough for both windows; the environment that names it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1920x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        # As installed: compiled modules are kept, and the first start of each kind is not counted.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "DISPLAY": f":{number}", "PYTHONUTF8": "1"}
    finally:
        server.terminate()
        server.wait()


def _start(environment: dict[str, str], width: int, height: int, *, bare: bool) -> float:
    """Seconds from the start of a process to its first picture."""
    with tempfile.TemporaryDirectory() as folder:
        if bare:
            command = [sys.executable, "-c", _BARE, str(width), str(height)]
        else:
            _enrolled(Path(folder), width, height)
            command = [sys.executable, "-m", "kiosk", "run", "--data", folder]
        begun = time.perf_counter()
        child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        assert child.stderr is not None
        try:
            for line in child.stderr:
                if "first picture" in line:
                    return time.perf_counter() - begun
                if time.perf_counter() - begun > START_TIMEOUT_S:
                    break
            raise RuntimeError("the window never showed a picture")
        finally:
            child.terminate()
            child.wait()


def _enrolled(folder: Path, width: int, height: int) -> None:
    """A data folder as enrolment leaves it, with the sample content fetched."""
    from kiosk import identity
    from kiosk.store import make_key_file
    from kiosk.store.tripwire import Tripwire
    from kiosk.ui.sample import STORE_KEY, sample_kiosk

    (folder / "kiosk.toml").write_text(f"window_width_px = {width}\nwindow_height_px = {height}\n")
    with sample_kiosk(folder) as kiosk:
        identity.save(folder, kiosk.world.identity)
    make_key_file(folder / identity.STORE_KEY_NAME, STORE_KEY)
    Tripwire(folder / identity.TRIPWIRE_NAME).arm(os.urandom)


def _inside(environment: dict[str, str], width: int, height: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.bench_ui", str(width), str(height)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- inside the window -------------------------------------------------------------------------------------------


def measure(width: int, height: int) -> dict[str, float]:
    """Milliseconds of screen changes, scrolled frames and a plain frame, in this process's window."""
    from kiosk.ui import kivy_env

    kivy_env.prepare((width, height))
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from kiosk.ui.front import Front
    from kiosk.ui.sample import sample_kiosk
    from kiosk.ui.screens.examples import WAYS, walk

    EventLoop.ensure_window()
    EventLoop.status = "started"
    flips: list[float] = []
    Window.bind(on_flip=lambda *_: flips.append(time.perf_counter()))
    with tempfile.TemporaryDirectory() as folder, sample_kiosk(Path(folder)) as kiosk:
        front = Front(size=(width, height))
        Window.add_widget(front)
        kiosk.flow.on_change = front.draw
        front.serve(kiosk.flow)
        # What a quiet minute does by itself: every screen built, every drawing read.
        for _ in range(190):
            front.prepare(0)
        _frames(EventLoop, 10)
        changes: list[float] = []
        for name in [name for name in VISITS for _ in range(ROUNDS)]:
            front.tidy()  # the pause between two citizens
            changes += _changes(kiosk, WAYS[name], front.draw, flips, EventLoop)
        looks: list[float] = []
        for _ in range(LOOK_ROUNDS):
            looks += _looks(kiosk, front, flips, EventLoop)
        walk(kiosk, "service-long", "th")
        kiosk.flow.on_change = front.draw
        kiosk.flow.show()
        _frames(EventLoop, 30)
        scrolled = _scroll(front, flips, EventLoop)
        plain = _plain(front, flips, EventLoop)
    return {
        "change_p95_ms": 1000 * statistics.quantiles(changes, n=20)[-1],
        "look_p95_ms": 1000 * statistics.quantiles(looks, n=20)[-1],
        "scroll_max_ms": 1000 * max(scrolled),
        "frame_ms": 1000 * statistics.median(plain),
    }


def _changes(
    kiosk: Any, way: tuple[tuple[Any, ...], ...], draw: Callable[[Any], None], flips: list[float], loop: Any
) -> list[float]:
    """Seconds from "another step" to its first picture, at each step of a visit."""
    found: list[float] = []
    begun: list[float] = []
    step = ""

    def drawing(flow: Any) -> None:
        nonlocal step
        if flow.step != step:
            step = flow.step
            begun[:] = [time.perf_counter()]
        draw(flow)

    kiosk.flow.reset()
    _frames(loop, 20)
    kiosk.flow.on_change = drawing
    step = kiosk.flow.step
    for verb, *arguments in way:
        begun.clear()
        kiosk.do(verb, *arguments)
        if begun:
            flips.clear()
            while not flips:
                loop.idle()
            found.append(flips[0] - begun[0])
        _frames(loop, 20)
    return found


def _looks(kiosk: Any, front: Any, flips: list[float], loop: Any) -> list[float]:
    """Seconds from the touch that asks for another look of the start page to its first picture, every page having been
    made ready in the look before.
    """
    kiosk.flow.on_change = front.draw
    kiosk.flow.reset()
    while not front.tidied:
        front.tidy()
    for _ in range(190):
        front.prepare(0)
    kiosk.do("begin")
    _frames(loop, 20)
    found = []
    for verb, *arguments in (("speak", "ms"), ("larger",), ("contrast",), ("larger",), ("speak", "ms-Arab")):
        kiosk.hands.pass_s(1)
        asked = getattr(kiosk.presenter if verb == "speak" else kiosk.flow, verb)
        flips.clear()
        begun = time.perf_counter()
        asked(*arguments)
        kiosk.settle()
        while not flips:
            loop.idle()
        found.append(flips[0] - begun)
        _frames(loop, 20)
    return found


def _scroll(front: Any, flips: list[float], loop: Any) -> list[float]:
    """Seconds of each frame while the steps of a service move under a finger, from the first to the last of them."""
    from kiosk.ui.widgets.scroll import ScrollArea

    areas = [each for each in front.walk(restrict=True) if isinstance(each, ScrollArea)]
    area = max(areas, key=lambda each: each.offset_max)
    if area.offset_max < FRAMES:
        raise RuntimeError(f"nothing to scroll: the longest list goes {area.offset_max:.0f} pixels beyond its opening")
    found = []
    for step in range(1, FRAMES + 1):
        area.offset = step * area.offset_max / FRAMES
        found.append(_one_frame(flips, loop))
    return found


def _plain(front: Any, flips: list[float], loop: Any) -> list[float]:
    found = []
    for _ in range(20):
        front.canvas.ask_update()
        found.append(_one_frame(flips, loop))
    return found


def _one_frame(flips: list[float], loop: Any) -> float:
    flips.clear()
    begun = time.perf_counter()
    for _ in range(5):
        loop.idle()
        if flips:
            return flips[-1] - begun
    raise RuntimeError("the window drew no frame although the picture had changed")


def _frames(loop: Any, count: int) -> None:
    for _ in range(count):
        loop.idle()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
