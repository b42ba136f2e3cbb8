"""What the crash tests share."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.explorer import folder


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is such a thing: these tests bring their own disk."""
    with tempfile.TemporaryDirectory(dir=folder()) as name:
        yield Path(name)
