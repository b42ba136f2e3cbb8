"""A browser at a counter: let in by a code of the kiosk, its person signed in, pressed by thumb and by key."""

import os
from pathlib import Path

from tests.kiosk.lobby.conftest import until

PICTURES = os.environ.get("SALA_PICTURES")
SIZES = {"phone": (390, 844), "desk": (1366, 768)}
PIN = "482913"


class Desk:
    """A browser that is let in and sits at a counter."""

    def __init__(self, browser, lobby, size, language="th") -> None:
        self.lobby, self.size, self.language = lobby, size, language
        width, height = SIZES[size]
        phone = size == "phone"
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone, reduced_motion="reduce"
        )
        self.context.add_cookies([{"name": "sala_language", "value": language, "url": lobby.url}])
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sit(self, counter="3", person=1, pin=PIN):
        """From the QR code of the staff screen to the open counter."""
        page = self.page
        page.goto(f"{self.lobby.url}/pair#{self.lobby.offer()}")
        page.wait_for_selector("#pin")
        return self.answer(counter, person, pin)

    def answer(self, counter="3", person=1, pin=PIN):
        """Who sits here."""
        page = self.page
        page.select_option("#person", index=person)
        page.check(f"input[value='{counter}']", force=True)
        page.fill("#pin", pin)
        page.click(".main")
        page.wait_for_selector("#go")
        self.ready()
        return self

    def ready(self):
        """The kiosk is heard, and nothing is on its way. Before the script runs, `state` is the element named so."""
        self.holds("typeof busy !== 'undefined' && state && !busy && !lost()")

    def holds(self, expression):
        """Wait until the page says so. Asked from outside: the page itself may evaluate nothing."""
        until(lambda: self.page.evaluate(f"Boolean({expression})") or self.page.wait_for_timeout(20))

    def phase(self, phase, label=""):
        """Wait for what the counter is at."""
        self.page.wait_for_selector(f"body[data-phase={phase}]")
        if label:
            self.page.wait_for_selector(f"#label:text-is('{label}')")
        self.ready()

    def click(self, selector):
        """A thumb."""
        self.ready()
        self.page.click(selector)

    def key(self, key):
        """A key."""
        self.ready()
        self.page.keyboard.press(key)

    def picture(self, name):
        """Keep a look, where somebody wants to see it."""
        if PICTURES:
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=Path(PICTURES) / f"counter-{self.size}-{self.language}-{name}.png")

    def cut(self):
        """Words that are cut off or lie outside the page, among those that must be whole."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(
                'header *, #serve *, #verbs *, #tabs *, dialog[open] h2, #rows .flag *')]
              .filter(each => each.children.length === 0 && each.textContent.trim() && each.offsetParent
                && getComputedStyle(each).textOverflow !== 'ellipsis' && !each.closest('.unseen'))
              .filter(each => { const at = each.getBoundingClientRect();
                const box = each.closest('#serve, header, #tabs, dialog, #rows .flags').getBoundingClientRect();
                return at.left < box.left - 1 || at.right > box.right + 1 || each.scrollWidth > each.clientWidth + 2
                  && getComputedStyle(each).display !== 'inline'; })
              .map(each => each.textContent)"""
        )
