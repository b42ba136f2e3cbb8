"""A sample kiosk for every test of the user interface, in a folder of its own, and a window without a display."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.ui.sample import Lots, SampleKiosk, sample_kiosk

if TYPE_CHECKING:
    from kiosk.ui.harness import Stage


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[SampleKiosk]:
    """A sample kiosk at its attract screen. Its codes are the same each time, so none is by chance a year in a text."""
    with sample_kiosk(tmp_path, random=Lots()) as made:
        made.flow.start()
        yield made


@pytest.fixture(scope="session")
def _the_stage() -> Stage:
    from kiosk.ui.harness import Stage  # presenters are tested without Kivy

    return Stage()


@pytest.fixture
def stage(_the_stage: Stage) -> Iterator[Stage]:
    """The window at 1080x1920 in Thai, empty, motion off."""
    _the_stage.clear()
    _the_stage.resize((1080, 1920))
    yield _the_stage
    _the_stage.clear()
