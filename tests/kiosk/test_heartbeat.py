"""The sign of life: one datagram a second at most, and never a reason to stop."""

import socket

import pytest

from kiosk.heartbeat import Heartbeat


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """What stands for systemd: a datagram socket, and its name as NOTIFY_SOCKET tells it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        path = str(tmp_path / "notify")
        door.bind(path if request.param == "path" else "\0" + path)
        door.setblocking(False)
        yield door, path if request.param == "path" else "@" + path


def heard(door):
    """Everything that was said since."""
    words = []
    while True:
        try:
            words.append(door.recv(64))
        except BlockingIOError:
            return words


def test_it_beats_once_a_second_however_often_it_is_asked(manager):
    """Ten turns of the loop in a second are one sign."""
    door, name = manager
    seconds = [0.0]
    heart = Heartbeat(name, mono=lambda: seconds[0])
    heart.ready()
    for _ in range(30):
        heart.beat()
        seconds[0] += 0.1
    assert heard(door) == [b"READY=1", *[b"WATCHDOG=1"] * 3]


def test_without_a_manager_nothing_is_sent_and_nothing_breaks(tmp_path):
    """Neither the absence of a name nor of a listener disturbs the screen."""
    for name in ("", str(tmp_path / "nobody")):
        heart = Heartbeat(name)
        heart.ready()
        heart.beat()
