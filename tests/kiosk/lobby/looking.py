"""The lobby's pages as people see them: the sample office served on a port, and a Chromium before it.

with sala(folder) as lobby, chromium() as browser:
    lobby.call("1", "tax"); page = browser.new_page(); page.goto(lobby.url + "/board")
"""

import contextlib
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, sync_playwright

from demo.stage import CHROMIUM_FLAGS
from kiosk.clock import Clock
from kiosk.desk.counters import Queue
from kiosk.ui.sample import EveryWord, SampleKiosk
from tests.kiosk.lobby.conftest import Served

#: A service of each group of the sample office.
SERVICES = {
    "tax": "sign_tax",
    "permit": "building_permit",
    "welfare": "elderly_allowance",
    "general": "street_light_repair",
}


@contextlib.contextmanager
def chromium() -> Iterator[Callable[..., Browser]]:
    """Starts the system's Chromium without a window, as often as one is asked for, each with flags of its own."""
    with sync_playwright() as driver:
        opened: list[Browser] = []

        def launch(*flags: str) -> Browser:
            opened.append(driver.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, *flags]))
            return opened[-1]

        yield launch
        for browser in opened:
            browser.close()


class Sala(Served):
    """The sample office, its time moved by hand."""

    def __init__(self, folder, **settings) -> None:
        self.kiosk = SampleKiosk(folder, settings=settings)
        super().__init__(folder, world=self.kiosk.world)
        self.hands, self.clock = self.kiosk.hands, self.kiosk.clock
        self.sound = self.kiosk.sound

    def speaks(self) -> None:
        """Give it a voice in Thai and in Malay."""
        self.kiosk.voices.update(th=EveryWord(), ms=EveryWord())

    def open(self, counter, *groups):
        """A counter opens for these groups."""
        self.queue.seen(self.now(), counter, "open", staff=f"staff{counter}", groups=groups or tuple(SERVICES))

    def take(self, group, count=1, **how):
        """Numbers from the kiosk's screen; their keys."""
        return [self.ticket(SERVICES[group], **how) for _ in range(count)]

    def call(self, counter):
        """The counter calls whoever is next; its key."""
        called = self.queue.call_next(self.now(), counter, action=self.press())
        assert called is not None
        return called.key

    def move(self, move, key, counter=""):
        """One press."""
        return self.queue.move(self.now(), move, key, counter, action=self.press())

    def restart(self):
        """The kiosk is killed and comes back on the same port."""
        port = self.lobby.port
        self.lobby.close()
        self.again(port)

    def again(self, port):
        """It comes back: another start of its clock, the queue from the records alone."""
        self.hands.mono_s += 5
        self.clock = Clock(b"sample-2", wall=lambda: self.hands.wall_s, mono=lambda: self.hands.mono_s)
        self.queue = Queue(self.world)
        self.start(port)

    def morning(self) -> None:
        """Half a morning: some were served, some did not come, some wait."""
        for counter, groups in (("1", ("tax",)), ("2", ("permit", "general")), ("3", ("tax", "welfare"))):
            self.open(counter, *groups)
        self.take("tax", 14), self.take("permit", 7), self.take("welfare", 4), self.take("general", 1)
        for at in range(8):
            for counter in ("1", "2", "3")[: 3 if at % 2 else 1]:
                key = self.call(counter)
                self.hands.pass_s(70)
                missed = (at, counter) in {(1, "2"), (3, "3"), (4, "1")}
                self.move(*(("absent", key) if missed else ("serve", key)), counter)
                if not missed:
                    self.hands.pass_s(100)
                    self.move("finish", key, counter)
        self.call("2"), self.call("3")


@contextlib.contextmanager
def sala(folder, **settings) -> Iterator[Sala]:
    """The sample office, served until the block ends."""
    served = Sala(folder, **settings)
    served.start()
    try:
        yield served
    finally:
        served.close()
