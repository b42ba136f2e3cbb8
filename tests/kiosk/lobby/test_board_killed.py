"""kill -9 of a kiosk that a board hangs on: grey, then back by itself with the same queue, and it says so."""

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.bootstrap import open_kiosk
from tests.kiosk.lobby.looking import chromium
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.worlds import an_office, pieces_of, publish, some_services

ROOT = Path(__file__).parents[3]
#: A busy machine is slow; how long a start takes is a figure of the bench.
START_S = 90


@pytest.fixture
def folder(tmp_path):
    """The data folder of an enrolled kiosk that serves its pages."""
    data = tmp_path / "data"
    try_enrol(data, Registry())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (data / "kiosk.toml").write_text(f'lobby_port = {port}\nsound_player = ["none"]\n')
    with open_kiosk(data) as kiosk:
        publish(kiosk.world.content, 1, pieces_of(an_office(), some_services()))
    return data


class Alone:
    """The kiosk's process."""

    def __init__(self, folder) -> None:
        command = [sys.executable, "-m", "tests.kiosk.lobby.served_alone", str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, bufsize=1
        )
        assert self.told() == "ready"

    def told(self):
        """Its next word."""
        assert select.select([self.process.stdout], [], [], START_S)[0], "it was not back in time"
        return self.process.stdout.readline().strip()

    def call(self):
        """Somebody comes and is called; the number."""
        self.process.stdin.write("\n")
        return self.told()

    def kill(self):
        """As a power cut does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)


def test_a_board_outlives_its_kiosk(folder):
    """Two kills: each time the board goes grey, and comes back with the last call, the notice, and what comes next."""
    port = (folder / "kiosk.toml").read_text().split()[2]
    kiosk = Alone(folder)
    with chromium() as launch:
        page = launch().new_page(viewport={"width": 1920, "height": 1080})
        page.clock.install()
        page.goto(f"http://127.0.0.1:{port}/board")
        for _ in range(2):
            last = kiosk.call()
            number(page, last)
            kiosk.kill()
            page.clock.run_for(16_000)
            page.wait_for_selector("body.stale")
            kiosk = Alone(folder)
            for _ in range(20):
                page.clock.run_for(3_000)
                page.wait_for_timeout(500)
                if page.evaluate("document.body.className") == "":
                    break
            number(page, last)
            assert page.inner_text("#again-th") == f"เริ่มใหม่ ต่อจาก {last}"
        assert kiosk.call() == "A003"
        number(page, "A003")
    kiosk.kill()


def number(page, label):
    """Wait until the large panel says this."""
    page.wait_for_selector(f"#number:text-is('{label}')")
