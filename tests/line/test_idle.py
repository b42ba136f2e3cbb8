"""Whoever connects and is slow, in whatever way, costs the others nothing and is sent away (G-19, F-N11)."""

import contextlib
import socket
import statistics
import threading
import time

import pytest
import requests

from kiosk.sync.https import Https
from sync_server.door import STALL_S
from sync_server.serving import HEADERS_TIMEOUT_MS
from tests.line.both import assert_same, rate

IDLE = 500
SLOW = 200
_PUSH = b"POST /sync/push HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"

HALVES = {
    "mute": (IDLE, b""),
    "half a head": (IDLE, b"POST /sync/push HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le"),
    "no body": (SLOW, _PUSH),
    "half a body": (SLOW, _PUSH + b"x" * 50_000),
    "half a form": (
        SLOW,
        (
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 2000\r\n\r\nusername=somchai&pass"
        ),
    ),
}


@pytest.fixture(scope="module")
def quiet(office):
    """What contacts and pages take while nobody stalls, on this machine at this hour."""
    return _times(office)


@pytest.mark.parametrize(("count", "said"), HALVES.values(), ids=HALVES)
def test_connections_that_stall_hold_up_nobody(office, quiet, count, said):
    """While hundreds hang there a kiosk's touches arrive as ever, and pages come; after some seconds all are shut."""
    patience_s = max(HEADERS_TIMEOUT_MS / 1000, STALL_S) + 15
    with contextlib.ExitStack() as held:
        idle = _connected(office, count, held)
        began = time.monotonic()
        for one in idle:
            one.sendall(said)
        _contacts_are_quick(office, quiet)
        for one in idle:
            one.settimeout(max(0.1, began + patience_s - time.monotonic()))
            with contextlib.suppress(ConnectionError):
                while one.recv(4096):  # what may come is an HTTP 408
                    pass
    assert time.monotonic() - began < patience_s


def test_bodies_that_drip_hold_up_nobody(office, quiet):
    """A byte from each of two hundred, again and again: none of them is slow enough to be sent away yet."""
    done = threading.Event()

    def drip():
        while not done.wait(0.5):
            for one in dripping:
                one.sendall(b"x")

    with contextlib.ExitStack() as held:
        dripping = _connected(office, SLOW, held)
        for one in dripping:
            one.sendall(_PUSH)
        dripper = threading.Thread(target=drip)
        dripper.start()
        try:
            _contacts_are_quick(office, quiet)
        finally:
            done.set()
            dripper.join()


def _connected(office, count, held):
    return [held.enter_context(socket.create_connection(("127.0.0.1", office.port))) for _ in range(count)]


def _contacts_are_quick(office, quiet):
    """Forty contacts of a kiosk, each with something to say, and as many pages of staff: none but one waits as long as
    it takes to send the stalled away, and most take about what they take in `quiet`.
    """
    for busy, alone in zip(_times(office), quiet, strict=True):
        assert sorted(busy)[-2] < STALL_S / 2, busy
        assert statistics.median(busy) < 10 * statistics.median(alone), (busy, alone)


def _times(office):
    contacts, pages = [], []
    with office.kiosk("G", Https(office.url)) as kiosk:
        for _ in range(40):
            rate(kiosk)
            started = time.monotonic()
            kiosk.sync.turn()
            contacts.append(time.monotonic() - started)
            assert kiosk.sync.link.state == "ok"
            started = time.monotonic()
            assert requests.get(f"{office.url}/sign-in", timeout=10).status_code == 200
            pages.append(time.monotonic() - started)
        assert_same(office, [kiosk])
    return contacts, pages
