"""The queue, played: staff let a phone in at the kiosk's own screen, call the number from it, and the board shows it.

    lobby = Lobby(office.lobby_url, browser)
    lobby.let_in(window, path)             # staff corner: a PIN for one person, a QR code for one phone
    lobby.sit_down()                       # the phone: who, which counter, PIN
    lobby.call(label)                      # "call next", seen on the board
    lobby.serve()                          # and done

Each raises `NotSeen` when what should have followed did not. Page and board are Chromium windows of their own, since a
phone that is let in and a board on the wall share nothing.
"""

import time
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from demo.stage import NotSeen, Window, wait_until

PHONE, BOARD = (390, 844), (1920, 1080)
#: Of an invented colleague of the sample office.
PERSON, PIN, COUNTER = "sample_a", "482913", "3"
#: How often staff touch the corner, and how far from it.
_CORNER_TOUCHES = 5
_CORNER_PX = 12


class Lobby:
    """The lobby's pages at `url`, seen by one phone and one board in `browser`."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url = url
        self.phone = self._open(browser, PHONE)
        self.board = self._open(browser, BOARD)

    @staticmethod
    def _open(browser: Browser, size: tuple[int, int]) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="th-TH")
        return context.new_page()

    def let_in(self, window: Window, path: Path) -> None:
        """From the idle screen to the staff corner: give a person a PIN, and scan the code for the phone, whose picture
        stays at `path`.
        """
        width, _ = window.screen.size
        for _ in range(_CORNER_TOUCHES):
            window.screen.touch(width - _CORNER_PX, _CORNER_PX)
        window.touch("counters")
        window.touch("pins")
        window.touch(f"person-{PERSON}")
        for _ in range(2):
            window.type(PIN)
            window.touch("enter_pin")
        window.wait_for("ตั้งแล้ว")
        window.touch("done")
        window.touch("pair")

        def code() -> str | None:
            found = [each.text for each in zxingcpp.read_barcodes(Image.open(window.screen.picture(path)))]
            return next((text for text in found if text.startswith(self.url)), None)

        self.phone.goto(wait_until("a QR code for the phone", code))
        window.touch("done")
        window.touch("done")
        window.touch("leave")

    def sit_down(self) -> None:
        """The person with the PIN opens the counter."""
        page = self.phone
        page.wait_for_selector("#pin")
        page.select_option("#person", index=1)
        page.check(f"input[name=counter][value='{COUNTER}']", force=True)
        page.fill("#pin", PIN)
        page.click(".main")
        page.wait_for_selector("#go")
        self.board.goto(f"{self.url}/board")

    def call(self, label: str) -> float:
        """Call whoever is next, who must be `label`; the seconds until the board shows it."""
        self.phone.click("#go")
        begun = time.monotonic()
        self.board.wait_for_selector(f"#number:has-text('{label}')")
        seconds = time.monotonic() - begun
        if COUNTER not in self.board.inner_text("#counter"):
            raise NotSeen(f"the board sends {label} to {self.board.inner_text('#counter')!r}")
        self.phone.wait_for_selector("body[data-phase=called]")
        return seconds

    def serve(self) -> None:
        """The citizen comes, is served, goes."""
        self.phone.click("#go")
        self.phone.wait_for_selector("body[data-phase=serving]")

    def finish(self) -> None:
        """Nobody else waits."""
        self.phone.click("#go")
        self.phone.wait_for_selector("body[data-phase=free]")
