"""A lobby that is really served: a store on disk, a port of its own, a clock in the test's hands.

def test_it(lobby):
    lobby.get("/pages/lobby.css"); lobby.post("/counter/press", {...})
    for state in lobby.events("/counter/events"): ...
"""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from kiosk.desk import pairing
from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from kiosk.lobby.serving import Lobby
from tests.kiosk.worlds import Hands, make_world


class Served:
    """A world, its queue and its pages at `url`. `session` keeps what one browser is told to keep."""

    def __init__(self, folder, *, settings=None, world=None) -> None:
        self.world = world or make_world(folder, settings=settings)
        self.hands, self.dice = Hands(), random.Random(7)
        self.clock = self.hands.clock()
        self.queue = Queue(self.world)
        self.session = requests.Session()
        self.lobby = None

    def start(self, port=0):
        """Serve, and wait until somebody answers."""
        self.lobby = Lobby(self.world, self.clock, self.queue, port=port, host="127.0.0.1")
        self.lobby.start()
        until(lambda: self.world.lan.state == "serving")
        self.url = f"http://127.0.0.1:{self.lobby.port}"

    def close(self):
        """End the server, then the store."""
        self.session.close()
        self.lobby.close()
        self.world.store.close()

    def now(self):
        return self.clock.now()

    def press(self) -> bytes:
        """The 16 bytes of a finger."""
        return self.dice.randbytes(16)

    def ticket(self, service="sign_tax", **how):
        """A number from the kiosk's screen; its key."""
        given = take_ticket(self.world, self.now(), service_id=service, language=how.pop("language", "th"), **how)
        return given.service_date.isoformat(), given.series, given.number

    def offer(self):
        """A code that lets one browser in."""
        return pairing.offer(self.world, self.now())

    def get(self, path, **how):
        return self.session.get(self.url + path, timeout=10, **how)

    def post(self, path, body, *, origin=None, **how):
        headers = {"Origin": origin or self.url, **how.pop("headers", {})}
        return self.session.post(self.url + path, json=body, headers=headers, timeout=10, **how)

    @contextmanager
    def events(self, path) -> Iterator[Iterator[dict]]:
        """The states that a page is told, as they come."""
        with self.session.get(self.url + path, stream=True, timeout=10) as answer:
            assert answer.status_code == 200, answer.text
            yield (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: "))


def until(holds, seconds=10.0):
    """Wait for something another thread does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


@pytest.fixture
def lobby(tmp_path):
    """Pages over the fictional office, at half past ten on a Monday."""
    served = Served(tmp_path, settings={"lobby_address": "sala.lan"})
    served.start()
    yield served
    served.close()
