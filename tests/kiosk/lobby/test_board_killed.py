"""kill -9 of a kiosk that a board and two counters hang on: grey, then back by themselves with the same queue."""

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.bootstrap import open_kiosk
from kiosk.desk import duty
from shared.content import Colleague, Text
from tests.kiosk.lobby.desk_page import PIN, SIZES, Desk
from tests.kiosk.lobby.looking import chromium
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.worlds import an_office, pieces_of, publish, some_services

ROOT = Path(__file__).parents[3]
#: A busy machine is slow; how long a start takes is a figure of the bench.
START_S = 90
STAFF = ("a", "b")


def office_with_staff():
    """Two people who may sit at a counter."""
    people = [
        Colleague(id=each, name=Text(th=each), position=Text(th="นักวิชาการ"), division="treasury", picture="avatar-1")
        for each in STAFF
    ]
    return msgspec.structs.replace(an_office(), colleagues=people)


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
        publish(kiosk.world.content, 1, pieces_of(office_with_staff(), some_services()))
        for person in STAFF:
            duty.set_pin(kiosk.world, person, PIN)
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

    def ask(self, word):
        """What it answers to a word of `served_alone`."""
        self.process.stdin.write(word + "\n")
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
            last = kiosk.ask("call")
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
        assert kiosk.ask("call") == "A003"
        number(page, "A003")
    kiosk.kill()


class Office:
    """Where the kiosk's pages are, whichever process serves them."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{(folder / 'kiosk.toml').read_text().split()[2]}"
        self.kiosk = Alone(folder)

    def offer(self):
        """A code that lets one browser in."""
        return self.kiosk.ask("offer")

    def again(self):
        """A power cut, and the next start."""
        self.kiosk.kill()
        self.kiosk = Alone(self.folder)


def test_counters_outlive_their_kiosk(folder):
    """Killed while somebody stands there and killed in the middle of a press: who sat still sits, nobody is called
    twice, and nobody is passed over.
    """
    office = Office(folder)
    for _ in range(3):
        office.kiosk.ask("take")
    with chromium() as launch:
        browser = launch()
        phone, desk = (Desk(browser, office, size) for size in SIZES)
        phone.sit(counter="1", person=1)
        desk.sit(counter="2", person=2)
        phone.click("#go")
        phone.phase("called", "A001")
        office.kiosk.kill()
        for at in (phone, desk):
            at.page.wait_for_selector("#lost:not([hidden])")
            assert at.page.eval_on_selector_all("main button:not(#see-all)", "all => all.every(each => each.disabled)")
        office.kiosk = Alone(folder)
        phone.phase("called", "A001")
        desk.ready()
        desk.page.click("#go")
        office.again()
        desk.ready()
        if desk.page.get_attribute("body", "data-phase") == "free":  # the press never came, and the page gave up on it
            desk.click("#go")
        desk.phase("called", "A002")
        phone.click("#go")
        phone.phase("serving", "A001")
        assert office.kiosk.ask("line") == "A001 serving 1, A002 called 2, A003 waiting"
        assert [at.complaints for at in (phone, desk) if any("Error" in said for said in at.complaints)] == []
    office.kiosk.kill()


def number(page, label):
    """Wait until the large panel says this."""
    page.wait_for_selector(f"#number:text-is('{label}')")
