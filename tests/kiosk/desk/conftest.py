"""What most tests of the desk begin with; a file that needs another office makes its own."""

import pytest

from tests.kiosk.desk.lobbies import Lobby
from tests.kiosk.worlds import make_world


@pytest.fixture
def world(tmp_path):
    """A kiosk with an open log and the sample content on its screen."""
    made = make_world(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def lobby(world):
    """A queue at half past ten."""
    return Lobby(world)
