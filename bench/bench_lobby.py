"""A busy lobby: how long from a counter's press to the board, and whether the kiosk's window notices any of it.

A day's 600 visitors are pressed into about a minute: a kiosk in a process of its own gives out numbers, ten counters
call, serve and finish them over HTTP as their pages do, and a board listens. Then frames of a kiosk's window are timed
in turns: alone, and with 500 phones that have their ticket's page open, while somebody takes a number every other
second. At last a citizen touches from screen to screen, alone and beside ten counters that call somebody every five
seconds, ten times as often as on such a day. All of it on this machine's own disk and loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from bench.figure import Figure
from bench.process import workplace

VISITORS = int(os.environ.get("SALA_VISITORS", "600"))
SECONDS = 60.0
COUNTERS = [str(number) for number in range(1, 11)]
PHONES = 500
#: Turns of the window, each alone and with phones; frames in each.
TURNS = 5
FRAMES = 150
SIZE = (1280, 800)


def run() -> list[Figure]:
    """From press to board, then the window with and without phones."""
    with workplace() as folder:
        took, seen = _day(folder)
    if len(set(seen)) != VISITORS or len(seen) != VISITORS:
        raise RuntimeError(f"{len(seen)} calls of {len(set(seen))} numbers on the board, of {VISITORS}")
    alone, busy, touched_alone, touched_busy = _window()
    return [
        Figure(
            f"press at a counter to the board, p99, ten counters, {VISITORS} visitors in {SECONDS:.0f} s (goal 500)",
            statistics.quantiles(took, n=100)[-1],
            "ms",
        ),
        Figure("the same, median", statistics.median(took), "ms"),
        Figure(f"a frame of the window, p95, with {PHONES} phones listening (goal 1.2x)", busy, "ms", baseline=alone),
        Figure(
            "touch to screen, p95, beside ten counters and a board (goal 1.2x)",
            touched_busy,
            "ms",
            baseline=touched_alone,
        ),
    ]


# --- the day -------------------------------------------------------------------------------------------------------


def _day(folder: Path) -> tuple[list[float], list[str]]:
    """Milliseconds from press to board, one for each call, and the labels on the board in their order."""
    with _child("serve", str(folder)) as (kiosk, told):
        board = _Board(told["url"])
        calls: dict[str, list[float]] = {each: [] for each in COUNTERS}
        threads = [
            threading.Thread(target=_counter, args=(told["url"], token, calls[each], board))
            for each, token in told["browsers"].items()
        ]
        for thread in threads:
            thread.start()
        assert kiosk.stdin is not None
        kiosk.stdin.write("go\n")
        kiosk.stdin.flush()
        for thread in threads:
            thread.join()
        until = time.monotonic() + 10
        while len(board.calls) < VISITORS and time.monotonic() < until:
            time.sleep(0.05)
        board.close()
    took = []
    for each, pressed in calls.items():
        shown = [at for at, counter, _ in board.calls.values() if counter == each]
        took += [1000 * (then - at) for at, then in zip(pressed, shown, strict=True)]
    return took, [label for _, _, label in board.calls.values()]


class _Board:
    """Listens as a board does, and notes when each call was first told."""

    def __init__(self, url: str) -> None:
        self.calls: dict[int, tuple[float, str, str]] = {}
        self._answer = requests.get(url + "/board/events", stream=True, timeout=30)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(requests.RequestException, AttributeError, ValueError):
            for line in self._answer.iter_lines(chunk_size=64):
                at = time.perf_counter()
                if line.startswith(b"data: "):
                    for call in json.loads(line[6:])["calls"]:
                        self.calls.setdefault(call["id"], (at, call["counter"], call["label"]))

    def close(self) -> None:
        """Stop listening."""
        self._answer.close()


def _counter(url: str, token: str, pressed: list[float], board: _Board) -> None:
    """One counter's day: next, serve, finish, until everybody was called."""
    session = _session(url, token)
    while len(board.calls) < VISITORS:
        at = time.perf_counter()
        if _press(session, url, "next") != 200:
            time.sleep(0.2)
            continue
        pressed.append(at)
        key = _serving(session, url)
        for move in ("serve", "finish"):
            if _press(session, url, move, key) != 200:
                raise RuntimeError(f"the counter could not {move} {key}")
            time.sleep(0.2)


def _session(url: str, token: str) -> requests.Session:
    """A browser that was let in."""
    session = requests.Session()
    session.cookies.set("sala_browser", token)
    session.headers["Origin"] = url
    return session


def _press(session: requests.Session, url: str, move: str, key: str = "") -> int:
    told = {"action": os.urandom(16).hex(), "move": move, "key": key}
    return session.post(url + "/counter/press", json=told, timeout=30).status_code


def _serving(session: requests.Session, url: str) -> str:
    """Whom the counter's page shows after its call."""
    with session.get(url + "/counter/events", stream=True, timeout=30) as answer:
        for line in answer.iter_lines(chunk_size=64):
            if line.startswith(b"data: ") and (serving := json.loads(line[6:])["serving"]):
                return str(serving["ticket"]["key"])
    raise RuntimeError("the counter's page was told of nobody")


def serve(folder: Path) -> None:
    """The kiosk: says where it is and who may press, gives out its numbers once told to go, ends with its input."""
    from kiosk.desk.queue import take_ticket

    with _lobby(folder) as (world, queue, lobby, clock):
        browsers = {each: _seated(queue, clock, each) for each in COUNTERS}
        print(json.dumps({"url": f"http://127.0.0.1:{lobby.port}", "browsers": browsers}), flush=True)
        sys.stdin.readline()
        services = [each.id for each in world.content.bundle.services if not each.sensitive]
        begun = time.monotonic()
        for number in range(VISITORS):
            time.sleep(max(0.0, begun + number * SECONDS / VISITORS - time.monotonic()))
            take_ticket(world, clock.now(), service_id=services[number % len(services)], language="th")
        sys.stdin.readline()


def _seated(queue: Any, clock: Any, counter: str) -> str:
    """The token of a browser that sits at this counter."""
    from kiosk.desk import duty, pairing

    world = queue.world
    token = pairing.redeem(world, clock.now(), pairing.offer(world, clock.now()), machine="computer")
    browser = pairing.find(world, token or "")
    assert browser is not None
    duty.set_pin(world, "sample_a", "482913")
    groups = tuple(each.id for each in world.content.bundle.office.series)
    duty.sign_in(queue, clock.now(), browser, duty.Seat("sample_a", counter, groups), "482913")
    return str(token)


# --- the window ----------------------------------------------------------------------------------------------------


def _window() -> tuple[float, float, float, float]:
    """The 95th percentile, over all turns, of a frame in ms alone and with phones listening, and of a touch alone and
    beside ten counters.
    """
    from bench.bench_ui import _display

    found: list[list[float]] = [[], [], [], []]
    alone, busy, touched_alone, touched_busy = found
    with (
        _display() as environment,
        workplace() as folder,
        _child("window", str(folder), env=environment) as (kiosk, told),
    ):
        for _ in range(TURNS):
            alone += _turn(kiosk)
            with _phones(told["port"], told["tickets"]):
                time.sleep(2)
                busy += _turn(kiosk)
        _turn(kiosk, "touch")  # the first time on each screen its words are shaped
        for _ in range(TURNS):
            touched_alone += _turn(kiosk, "touch")
            with _staffed(told["url"], told["browsers"]):
                touched_busy += _turn(kiosk, "touch")
    first, second, third, fourth = (statistics.quantiles(each, n=20)[-1] for each in found)
    return first, second, third, fourth


@contextlib.contextmanager
def _staffed(url: str, browsers: dict[str, str]) -> Iterator[None]:
    """A counter for each of the browsers, and a board: somebody is called about every five seconds."""
    ended = threading.Event()
    board = _Board(url)

    def counter(token: str, seed: int) -> None:
        dice, session = random.Random(seed), _session(url, token)
        ended.wait(dice.uniform(0.0, 32.0))
        while not ended.is_set():
            if _press(session, url, "next") == 200:
                key = _serving(session, url)
                for move in ("serve", "finish"):
                    ended.wait(dice.uniform(8.0, 24.0))
                    _press(session, url, move, key)
            ended.wait(dice.uniform(8.0, 24.0))

    threads = [threading.Thread(target=counter, args=(token, at)) for at, token in enumerate(browsers.values())]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        board.close()


def _turn(kiosk: subprocess.Popen[str], what: str = "frames") -> list[float]:
    assert kiosk.stdin is not None
    assert kiosk.stdout is not None
    kiosk.stdin.write(what + "\n")
    kiosk.stdin.flush()
    found: list[float] = json.loads(kiosk.stdout.readline())
    return found


@contextlib.contextmanager
def _phones(port: int, tickets: list[str]) -> Iterator[None]:
    """`PHONES` connections, each with a ticket's page open, read by one thread."""
    chosen = selectors.DefaultSelector()
    lines = []
    for at in range(PHONES):
        line = socket.create_connection(("127.0.0.1", port), timeout=30)
        name = tickets[at % len(tickets)]
        line.sendall(f"GET /t/{name}/th/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        if not line.recv(4096).startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"phone {at} was not let in")
        line.setblocking(False)
        chosen.register(line, selectors.EVENT_READ)
        lines.append(line)
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            for key, _ in chosen.select(0.2):
                key.fileobj.recv(65536)  # type: ignore[union-attr]

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield
    finally:
        ended.set()
        reading.join()
        for line in lines:
            line.close()


def window(folder: Path) -> None:
    """The kiosk with its window: times a turn of frames or of touches for each line of input, in ms."""
    from kiosk.ui import kivy_env

    kivy_env.prepare(SIZE)
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from bench import bench_ui
    from kiosk.desk import ticket_link
    from kiosk.desk.counters import Queue
    from kiosk.desk.queue import take_ticket
    from kiosk.lobby import ticket
    from kiosk.lobby.serving import Lobby
    from kiosk.lobby.throttle import Throttle
    from kiosk.ui.front import Front
    from kiosk.ui.sample import sample_kiosk
    from kiosk.ui.screens.examples import WAYS

    # All phones of the bench are one address; in an office each has its own.
    ticket._LOOKS = Throttle(burst=PHONES * TURNS * 2, every_s=0.001)  # type: ignore[misc] # noqa: SLF001
    EventLoop.ensure_window()
    EventLoop.status = "started"
    flips: list[float] = []
    Window.bind(on_flip=lambda *_: flips.append(time.perf_counter()))
    with sample_kiosk(folder) as kiosk:
        queue = Queue(kiosk.world)
        keys = []
        for _ in range(300):
            given = take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")
            keys.append((given.service_date.isoformat(), given.series, given.number))
        lobby = Lobby(kiosk.world, kiosk.clock, queue, port=0, host="127.0.0.1")
        lobby.start()
        _until_served(kiosk.world)
        front = Front(size=SIZE)
        Window.add_widget(front)
        kiosk.flow.on_change = front.draw
        front.serve(kiosk.flow)
        for _ in range(170):
            front.prepare(0)
        tickets = [ticket_link.name(kiosk.world, key) for key in keys]
        browsers = {each: _seated(queue, kiosk.clock, each) for each in COUNTERS}
        url = f"http://127.0.0.1:{lobby.port}"
        print(json.dumps({"port": lobby.port, "url": url, "browsers": browsers, "tickets": tickets[:100]}), flush=True)
        for line in sys.stdin:
            if line.strip() == "touch":
                ways = [WAYS[name] for name in ("ticket", "thanks", "recorded")]
                took = [bench_ui._changes(kiosk, way, front.draw, flips, EventLoop) for way in ways]  # noqa: SLF001
                print(json.dumps([1000 * each for way in took for each in way]), flush=True)
                continue
            frames: list[float] = []
            until = time.monotonic()
            for _ in range(FRAMES):
                front.canvas.ask_update()
                frames.append(1000 * bench_ui._one_frame(flips, EventLoop))  # noqa: SLF001
                if time.monotonic() > until:
                    until += 2
                    take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")
            print(json.dumps(frames), flush=True)
        lobby.close()


# --- processes -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _lobby(folder: Path) -> Iterator[tuple[Any, Any, Any, Any]]:
    """The sample office, served, by this machine's own clock."""
    from kiosk.clock import Clock
    from kiosk.desk.counters import Queue
    from kiosk.lobby.serving import Lobby
    from kiosk.ui.sample import sample_kiosk

    with sample_kiosk(folder) as kiosk:
        clock, queue = Clock(os.urandom(8)), Queue(kiosk.world)
        lobby = Lobby(kiosk.world, clock, queue, port=0, host="127.0.0.1")
        lobby.start()
        _until_served(kiosk.world)
        try:
            yield kiosk.world, queue, lobby, clock
        finally:
            lobby.close()


def _until_served(world: Any) -> None:
    while world.lan.state != "serving":
        time.sleep(0.01)


@contextlib.contextmanager
def _child(
    *arguments: str, env: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """This module as a process of its own, and the first line it says; it ends with its input."""
    command = [sys.executable, "-m", "bench.bench_lobby", *arguments]
    child = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        while not (line := child.stdout.readline()).startswith("{"):
            if not line:
                raise RuntimeError("the kiosk of the bench ended before it answered")
        yield child, json.loads(line)
    finally:
        child.stdin.close()
        try:
            child.wait(60)
        except subprocess.TimeoutExpired:
            child.kill()
            raise


if __name__ == "__main__":
    {"serve": serve, "window": window}[sys.argv[1]](Path(sys.argv[2]))
