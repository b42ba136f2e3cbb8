"""A loop that does not turn gives no sign of life, whatever else in the program still runs."""

import socket
import threading
import time

from kiosk.heartbeat import EVERY_S, Heartbeat
from kiosk.ui.app import TICK_S, beat_with_the_loop


def test_a_blocked_loop_falls_silent(stage, tmp_path):
    """While the loop turns there are signs; blocked for two of them there is none, though a thread works on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.bind(str(tmp_path / "notify"))
        seconds = [0.0]
        beating = beat_with_the_loop(Heartbeat(str(tmp_path / "notify"), mono=lambda: seconds[0]))

        def turn():
            """Let the loop turn for a little longer than one tick."""
            end = time.monotonic() + TICK_S * 2
            while time.monotonic() < end:
                stage.frames(1)

        turn()
        assert door.recv(64, socket.MSG_DONTWAIT) == b"WATCHDOG=1"

        seconds[0] += 2 * EVERY_S
        worked = threading.Event()
        threading.Timer(TICK_S * 2, worked.set).start()
        worked.wait()  # the drawing thread stands still here
        door.settimeout(0.01)
        try:
            silent = not door.recv(64)
        except TimeoutError:
            silent = True
        assert silent

        turn()
        assert door.recv(64, socket.MSG_DONTWAIT) == b"WATCHDOG=1"
        beating.cancel()
