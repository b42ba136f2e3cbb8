"""One window without a display for all tests of screens, and a sample kiosk drawn in it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kiosk.desk import complaints, confidential, tracking
from kiosk.ui import harness
from kiosk.ui.sample import SampleKiosk, sample_kiosk
from kiosk.ui.screens import examples
from shared.keys import code_keys


class Shown:
    """A sample kiosk in the window: touch by the name of an action, as a citizen would by its place."""

    def __init__(self, stage: harness.Stage, kiosk: SampleKiosk) -> None:
        from kiosk.ui.front import Front

        self.stage, self.kiosk, self.flow = stage, kiosk, kiosk.flow
        self.front = Front(size=stage.window.size)
        self.flow.on_change = self.front.draw
        self.front.flow = self.flow
        stage.show(self.front)
        self.flow.start()
        self.settle()

    @property
    def screen(self) -> Any:
        """The page on screen."""
        return self.front._screen

    def settle(self) -> None:
        """Let the desk finish and the layouts come to rest; the flow hears again."""
        self.kiosk.settle()
        self.stage.frames(3)
        self.kiosk.hands.pass_s(0.5)

    def begin(self) -> None:
        """Touch the attract screen, and stand at the start page."""
        self.tap(0.5, 0.6)
        self.settle()

    def tap(self, across: float, up: float) -> None:
        """Touch a place, in shares of the window."""
        width, height = self.stage.window.size
        self.stage.tap_at(width * across, height * up)

    def touch(self, *actions: str) -> None:
        """Touch what has these actions, one after another, with a real finger."""
        for action in actions:
            self.stage.tap(self.stage.by_action(action, self.front))
            self.settle()

    def key(self, action: str) -> Any:
        """The widget with this action."""
        return self.stage.by_action(action, self.front)


SETTINGS = {
    "window_width_px": 1080, "window_height_px": 1920, "lobby_port": 8080, "lobby_address": "192.168.1.10",
}  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def _a_code_is_worked_out_once() -> Iterator[None]:
    """What a code opens takes a fifth of a second on purpose, and these tests ask the same over and over."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(code_keys)
        for module in (complaints, confidential, tracking, examples):
            patch.setattr(module, "code_keys", once)
        yield


@pytest.fixture(scope="session")
def stage() -> harness.Stage:
    """The one window of this process."""
    return harness.Stage()


@pytest.fixture
def shown(stage: harness.Stage, tmp_path: Path) -> Iterator[Shown]:
    """A sample kiosk on the portrait panel, at half its size: drawing by software is most of a test's time."""
    stage.resize((540, 960))
    with sample_kiosk(tmp_path, settings=SETTINGS) as kiosk:
        yield Shown(stage, kiosk)
        stage.clear()
