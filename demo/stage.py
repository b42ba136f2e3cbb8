"""Everything needed to drive the real programs as people do: a screen, a finger, a browser, processes.

Used by `python -m demo` and by the end-to-end tests. Nothing here replaces a part of Sala: the kiosk is the real
program in a real X window, touched through the X server; the server is the real process; pages are read in Chromium.

    with virtual_screen((1080, 1920)) as screen:
        kiosk = Program([python, "-m", "demo.window", socket, "run", config], log=folder / "kiosk.log", env=screen.env)
        window = Window(screen, socket)
        window.touch("home.ticket")
        window.wait_for("A001")
        screen.picture(folder / "ticket.png")
        kiosk.stop()

Waiting is always for something that can be seen, up to `timeout_s`; `NotSeen` says what was not, and what there was.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from PIL import ImageGrab
from playwright.sync_api import Page, sync_playwright

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]

PATIENCE_S = 20.0
_POLL_S = 0.05
_LOOK_S = 0.4  # nobody touches what they have not looked at; a screen takes no touch in its first moment
_PRESS_S = 0.06  # a finger's touch lasts longer than a frame
_STILL_S = 0.4  # a screen that has not changed for so long has slid in; software drawing on a busy machine is slow
_STILL_S_MAX = 5.0


class NotSeen(Exception):
    """What should have appeared did not; the message says what there was."""


def wait_until(what: str, look: Callable[[], T | None], timeout_s: float = PATIENCE_S) -> T:
    """Ask `look` until it gives something true, and return that. Raises `NotSeen` naming `what` after `timeout_s`."""
    end = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise NotSeen(f"not seen within {timeout_s:.0f} s: {what}")
        time.sleep(_POLL_S)


# --- processes -----------------------------------------------------------------------------------------------------


class Program:
    """A program started at the project's root, its output in a file. Its environment is ours with `env` over it."""

    def __init__(self, command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def must_run(self) -> None:
        """Raise `NotSeen` with the last lines it wrote if it has ended."""
        if not self.running():
            raise NotSeen(f"{self.log.stem} ended with {self._process.returncode}:\n{self.last_words()}")

    def last_words(self, lines: int = 25) -> str:
        """The end of what it wrote."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self, timeout_s: float = 15.0) -> int:
        """Ask it to end and wait; kill it if it does not listen. Returns the exit code."""
        if self.running():
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.wait()

    def kill(self) -> None:
        """End it as a power cut would: no handler runs."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed. Raises `NotSeen` with its words when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )
    if done.returncode:
        raise NotSeen(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- a screen and a finger -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Screen:
    """An X display of `size` pixels, width first."""

    display: str
    size: tuple[int, int]

    @property
    def env(self) -> dict[str, str]:
        """What a program needs to open its window here, drawn in software wherever it runs."""
        return {"DISPLAY": self.display, "LIBGL_ALWAYS_SOFTWARE": "1", "WAYLAND_DISPLAY": "", "SDL_VIDEODRIVER": "x11"}

    def picture(self, path: Path) -> Path:
        """Write what is on the screen as PNG, once it stands still (or has not for some seconds)."""
        end = time.monotonic() + _STILL_S_MAX
        last = ImageGrab.grab(xdisplay=self.display)
        while True:
            time.sleep(_STILL_S)
            now = ImageGrab.grab(xdisplay=self.display)
            if now.tobytes() == last.tobytes() or time.monotonic() > end:
                now.save(path)
                return path
            last = now

    def touch(self, x: float, y: float) -> None:
        """One finger down and up at (x, y) from the top left."""
        self._xdotool("mousemove", round(x), round(y), "mousedown", 1, "sleep", _PRESS_S, "mouseup", 1)

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        """One finger from `start` to `end`, slowly enough not to throw the list."""
        words: list[object] = ["mousemove", round(start[0]), round(start[1]), "mousedown", 1]
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step / steps
            y = start[1] + (end[1] - start[1]) * step / steps
            words += ["mousemove", round(x), round(y), "sleep", 0.02]
        self._xdotool(*words, "sleep", 0.25, "mouseup", 1)

    def _xdotool(self, *words: object) -> None:
        run(["xdotool", *map(str, words)], env={"DISPLAY": self.display})


@contextlib.contextmanager
def virtual_screen(size: tuple[int, int]) -> Iterator[Screen]:
    """A screen in memory, as long as the block lasts."""
    read, write = os.pipe()
    try:
        process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{size[0]}x{size[1]}x24",
                "-nolisten",
                "tcp",
                "-dpi",
                "96",
            ],
            pass_fds=[write],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    finally:
        os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()  # Xvfb writes it once it takes clients; nothing comes if it cannot start
        if not number:
            raise NotSeen("Xvfb did not start")
        yield Screen(f":{number}", size)
    finally:
        process.terminate()
        process.wait()


# --- the kiosk's window --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that can be touched, as `demo.window` reports it: pixels from the top left of the window."""

    action: str
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def center(self) -> tuple[float, float]:
        """Where a finger aims."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Window:
    """The kiosk's window: what it shows, asked through `demo.window`, and touches, made through the X server."""

    def __init__(self, screen: Screen, socket_path: Path) -> None:
        self.screen = screen
        self._socket = socket_path

    def texts(self) -> list[str]:
        """Every text now on the screen, in no order. Empty while the program is not there yet."""
        return [str(text) for text in self._ask().get("texts", [])]

    def touchables(self) -> list[Seen]:
        """Everything that could be touched now."""
        return [Seen(**row) for row in self._ask().get("touchables", [])]

    def caught_up(self, left: int, top: int, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the program has heard that the pointer is there, and so of every event that came before."""
        try:
            wait_until(f"the pointer at {left}, {top}", lambda: self._ask().get("pointer") == [left, top], timeout_s)
        except NotSeen as missed:
            raise NotSeen(f"{missed}; it was last heard of at {self._ask().get('pointer')}") from None

    def wait_for(self, text: str, timeout_s: float = PATIENCE_S) -> str:
        """Wait until some text on the screen contains `text`; returns the whole of it."""
        try:
            return wait_until(text, lambda: next((seen for seen in self.texts() if text in seen), None), timeout_s)
        except NotSeen as missed:
            raise NotSeen(f"{missed}; on the screen: {self.texts()}") from None

    def touch(self, target: str, timeout_s: float = PATIENCE_S) -> Seen:
        """Touch what has the action `target`, or else what shows the text `target`. Returns what was touched."""

        def find() -> Seen | None:
            rows = self.touchables()
            exact = [row for row in rows if target in {row.action, row.text}]
            return next(iter(exact or [row for row in rows if target in row.text]), None)

        try:
            wait_until(f"something to touch: {target}", find, timeout_s)
            time.sleep(_LOOK_S)
            found = wait_until(f"something to touch: {target}", find, timeout_s)
        except NotSeen as missed:
            rows = [(row.action, row.text) for row in self.touchables()]
            raise NotSeen(f"{missed}; on the screen: {rows}") from None
        self.screen.touch(*found.center)
        return found

    def type(self, text: str) -> None:
        """Strike the keys of the keyboard on the screen, shift and space among them.

        Raises `NotSeen` for a sign it lacks.
        """

        def board() -> dict[str, Seen] | None:
            rows = [row for row in self.touchables() if row.action.startswith("key-")]
            return {row.action.removeprefix("key-"): row for row in rows} or None

        wait_until("a keyboard", board)
        time.sleep(_LOOK_S)
        keys = wait_until("a keyboard", board)
        shifted = {row.text: row for row in keys.values() if row.text}
        for sign in text:
            if sign == " ":
                strokes = [keys["space"]]
            elif sign in keys:
                strokes = [keys[sign]]
            elif sign in shifted:
                strokes = [keys["shift"], shifted[sign]]
            else:
                raise NotSeen(f"no key for {sign!r} on the keyboard; there are {''.join(keys)}")
            for stroke in strokes:
                self.screen.touch(*stroke.center)
                self.texts()  # a frame passes, as between two keys of a person who looks at the screen

    def _ask(self) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE_S)
                line.connect(str(self._socket))
                with line.makefile("rb") as answer:
                    found: dict[str, Any] = json.loads(answer.readline() or b"{}")
                    return found
        except (FileNotFoundError, ConnectionError):
            return {}


# --- the browser ---------------------------------------------------------------------------------------------------

#: How the system's Chromium is started without a window.
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Its sandbox refuses to run as root, which is who runs containers and CI; it is shown our own pages only.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


@contextlib.contextmanager
def browser(size: tuple[int, int] = (1280, 900)) -> Iterator[Page]:
    """One page of the system's Chromium, with a profile of its own, as long as the block lasts."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise NotSeen("there is no Chromium here; ./sala setup installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        try:
            context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="th-TH")
            context.set_default_timeout(PATIENCE_S * 1000)
            yield context.new_page()
        finally:
            chromium.close()
