"""A sample kiosk for every test of the user interface, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.ui.sample import SampleKiosk, sample_kiosk


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[SampleKiosk]:
    """A sample kiosk that stands at its attract screen."""
    with sample_kiosk(tmp_path) as made:
        made.flow.start()
        yield made
