"""Whoever connects and says nothing, or next to nothing, costs the others nothing and is sent away (G-19, F-N11).

A request whose body never comes is another matter: docs/operations.md says what must stand before the server.
"""

import contextlib
import socket
import time

import pytest

from kiosk.sync.https import Https
from sync_server.serving import HEADERS_TIMEOUT_MS
from tests.line.both import assert_same, rate

IDLE = 500


HALVES = {
    "mute": b"",
    "half a head": b"POST /sync/push HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le",
}


@pytest.mark.parametrize("said", HALVES.values(), ids=HALVES)
def test_five_hundred_idle_connections_hold_up_nobody(office, said):
    """While they hang there a kiosk's touches arrive as ever; after some seconds all of them are shut."""
    began = time.monotonic()
    with contextlib.ExitStack() as held:
        idle = [held.enter_context(socket.create_connection(("127.0.0.1", office.port))) for _ in range(IDLE)]
        for one in idle:
            one.sendall(said)
        took = []
        with office.kiosk("G", Https(office.url)) as kiosk:
            for _ in range(40):
                rate(kiosk)
                started = time.monotonic()
                kiosk.sync.turn()
                took.append(time.monotonic() - started)
                assert kiosk.sync.link.state == "ok"
            assert_same(office, [kiosk])
        assert sorted(took)[-2] < 1.0, took
        for one in idle:
            one.settimeout(max(0.1, began + HEADERS_TIMEOUT_MS / 1000 + 15 - time.monotonic()))
            with contextlib.suppress(ConnectionError):
                while one.recv(4096):  # what may come is an HTTP 408
                    pass
    assert time.monotonic() - began < HEADERS_TIMEOUT_MS / 1000 + 15
