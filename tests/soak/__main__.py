"""Hours of a kiosk's day in minutes: random citizens at the real screens, the real desk and the real store.

    python -m tests.soak [--hours 8] [--seed 1] [--size 540x960]

Time is told, not waited for: every touch takes the seconds a person would take, every pause ends in the question
whether somebody is there. What may not happen in a day of it: an exception, a line of trouble in the diary, memory that
grows, a typed word that is left in a file. Prints one line for each half hour and ends with 1 if anything did.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.config import pin_hash
from kiosk.paper import PrinterState
from kiosk.ui import harness
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.theme import Theme

PIN = "257025"
CANARY = "kanarienvogel7731"
#: What is still warming up is no growth: screens are built and fonts are read in the first half hour.
WARM_S = 1800
GROWTH_MIB_MAX = 20.0
_REPORT_S = 1800
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Trouble(logging.Handler):
    """What the diary said at WARNING and above, by its first words."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")

    __hash__ = logging.Handler.__hash__


class Day:
    """A kiosk in `folder` and whoever comes to it; `hours` of it are `run`."""

    def __init__(self, folder: Path, *, seed: int, size: tuple[int, int]) -> None:
        from kivy.graphics.opengl import glFinish  # after the harness has prepared Kivy

        from kiosk.ui.front import PREPARE_EVERY_S, TIDY_AFTER_S, Front

        self.dice = random.Random(seed)
        self.folder = folder
        self.stage = harness.Stage(size)
        # A window on a screen shows each picture and is done with it. Without a screen nobody asks for the picture, and
        # the driver keeps the orders of every frame, gigabytes of them, until somebody does.
        self.stage.window.bind(on_flip=lambda *_: glFinish())
        self.stage.resize(size, Theme())
        self.kiosk = SampleKiosk(folder, settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt."),
            "window_width_px": max(size[0], 320), "window_height_px": size[1]})  # fmt: skip
        self.flow = self.kiosk.flow
        self.front = Front(size=size)
        self.flow.on_change = self.front.draw
        self.front.flow = self.flow
        self.stage.show(self.front)
        self.flow.start()
        self.prepare_every_s, self.tidy_after_s = PREPARE_EVERY_S, TIDY_AFTER_S
        self.rest()
        self.touches = self.visits = 0
        self.steps: set[str] = set()

    def run(self, seconds: float) -> None:
        """Let that much of the day pass."""
        hands = self.kiosk.hands
        end_s = hands.mono_s + seconds
        while hands.mono_s < end_s:
            self._act()
            self.steps.add(self.flow.step)
            if self.flow.step == "idle":
                self.visits += 1

    def _act(self) -> None:
        dice = self.dice.random()
        if dice < 0.55:
            self._touch_something()
        elif dice < 0.75:
            self._touch_anywhere()
        elif dice < 0.83:
            self._drag()
        elif dice < 0.90:
            self._type()
        elif dice < 0.93:
            self._world_turns()
        else:
            self._pause(self.dice.choice((5.0, 20.0, 45.0, 65.0, 300.0)))
        self.kiosk.settle()
        self.stage.frames(1)
        self._pause(self.dice.uniform(1.0, 16.0))

    def _pause(self, seconds: float) -> None:
        self.kiosk.pass_s(seconds)
        self.kiosk.settle()
        self.stage.frames(1)
        if seconds >= self.tidy_after_s and not self.front.tidied:
            self.front.tidy()  # by the window's own clock hardly a second has passed

    def _touch_something(self) -> None:
        """What a person does: touch what looks like a button, or a key."""
        spots: list[tuple[float, float]] = []
        for widget in self.stage.walk(self.front):
            if hasattr(widget, "on_release") and not widget.disabled and widget.width > 1:
                spots.append(harness.middle(widget))
            keys = getattr(widget, "spots", ())
            spots += [widget.to_window(key.x + key.width / 2, key.y + key.height / 2) for key in keys]
        if spots:
            self._tap(*self.dice.choice(spots))

    def _touch_anywhere(self) -> None:
        width, height = self.stage.window.size
        corner = self.dice.random() < 0.05
        for _ in range(5 if corner else 1):
            across, up = (0.98, 0.99) if corner else (self.dice.random(), self.dice.random())
            self._tap(across * (width - 1), up * (height - 1))
            self.kiosk.hands.pass_s(0.3)

    def _tap(self, x: float, y: float) -> None:
        self.touches += 1
        self.stage.touch(x, y).lift()

    def _drag(self) -> None:
        width, height = self.stage.window.size
        place = lambda: (self.dice.random() * (width - 1), self.dice.random() * (height - 1))  # noqa: E731 - twice, here
        self.touches += 1
        finger = self.stage.touch(*place())
        for _ in range(4):
            finger.move(*place())
        finger.lift()

    def _type(self) -> None:
        """Somebody plugged in a keyboard, or a scanner."""
        window = self.stage.window
        for code in self.dice.choices((9, 13, 8, 27, 282, 127, 273, 276), k=3):
            window.dispatch("on_key_down", code, 0, "", [])
            window.dispatch("on_key_up", code, 0)
        self.stage.type(self.dice.choice((CANARY, "ไฟดับ ", "5555", "=1+1", "بارڠ")))

    def _world_turns(self) -> None:
        """Paper ends, comes back; a new edition arrives."""
        printer = self.kiosk.printer
        printer.says = self.dice.choice(list(PrinterState))
        printer.outcome = "printed" if printer.says is PrinterState.OK else "failed"
        del printer.tray[:-5]
        if self.dice.random() < 0.1:
            self.kiosk.publish(self.kiosk.world.content.edition + 1)

    def rest(self) -> None:
        """Whoever was there leaves, and nobody comes for two minutes: so that memory is compared at like moments."""
        self.flow.reset()
        self._pause(self.tidy_after_s)
        for _ in range(int(120.0 / self.prepare_every_s)):
            self.front.prepare(0)  # what the window's own clock would do meanwhile: screens built, drawings read
        self.stage.frames(5)
        self._pause(120.0)

    def close(self) -> None:
        """The evening."""
        self.flow.reset()
        self.stage.clear()
        self.kiosk.world.store.close()

    def left_behind(self) -> list[str]:
        """Files in which the typed word stands in the clear."""
        return [
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file()
            and any(word in path.read_bytes() for word in (CANARY.encode(), CANARY.encode("utf-16-le")))
        ]


def resident_mib() -> float:
    """Memory this process holds now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE / 2**20


def main(argv: list[str] | None = None) -> int:
    """Run the day, print what it cost."""
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="540x960", help="the window; smaller draws faster")
    told = parser.parse_args(argv)
    width, height = map(int, told.size.split("x"))
    trouble = Trouble()
    logging.getLogger().addHandler(trouble)
    with tempfile.TemporaryDirectory() as folder:
        day = Day(Path(folder), seed=told.seed, size=(width, height))
        day.run(WARM_S)
        day.rest()
        warm, left_s = resident_mib(), told.hours * 3600
        print(f"warm: {warm:.1f} MiB", flush=True)
        while left_s > 0:
            day.run(min(_REPORT_S, left_s))
            left_s -= _REPORT_S
            day.rest()
            now = resident_mib()
            print(f"{told.hours - max(0, left_s) / 3600:4.1f} h  {now:.1f} MiB ({now - warm:+.1f})  "
                  f"{day.touches} touches, {len(day.steps)} steps seen", flush=True)  # fmt: skip
        records = day.kiosk.world.lobby.counts().captured
        day.close()
        left_behind = day.left_behind()
    grown = now - warm
    print(f"{day.touches} touches, {records} records, grown by {grown:.1f} MiB, trouble: {trouble.lines or 'none'}, "
          f"words left in files: {left_behind or 'none'}")  # fmt: skip
    return int(grown > GROWTH_MIB_MAX or bool(trouble.lines) or bool(left_behind))


if __name__ == "__main__":
    sys.exit(main())
