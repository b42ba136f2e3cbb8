"""What people do at the kiosk and at the desk, each as one function that returns what was seen.

Citizens' acts go through `stage.Window` (real touches), those of staff through a Chromium page. Every function raises
`NotSeen` when what should have followed did not. The end-to-end tests use them too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from demo.office import PASSWORD, Person
from demo.stage import NotSeen, Window, wait_until

TICKET = re.compile(r"[A-Z]\d{3}")
_CODE_GROUP = re.compile(r"\d{4}")
_CODE_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """What a citizen reports; `category` and `village` are ids of the sample office."""

    text: str
    category: str = "lamp"
    village: str = "3"


def no_picture(_name: str) -> None:
    """Look, but keep no picture."""


# --- at the kiosk --------------------------------------------------------------------------------------------------


def begin(window: Window, language: str = "th") -> None:
    """Touch the idle screen, and choose a language on the start page."""
    window.touch("start")
    window.touch(f"language-{language}")


def take_ticket(window: Window, service: str, picture: Callable[[str], object] = no_picture) -> str:
    """From the start page: find the service, see its steps, take a number. Returns its label, such as "A001"."""
    window.touch("services")
    wait_until("the list of services", lambda: _action(window, "service-"))
    picture("services")
    while not _action(window, f"service-{service}"):
        window.touch("next")
    window.touch(f"service-{service}")
    wait_until("the steps of the service", lambda: _action(window, "take"))
    picture("service")
    window.touch("take")
    label = wait_until("a ticket", lambda: next(filter(TICKET.fullmatch, window.texts()), None))
    picture("ticket")
    window.touch("done")
    return label


def file_request(window: Window, request: Request, picture: Callable[[str], object] = no_picture) -> str:
    """From the start page: report something in a citizen's own words. Returns the 16 digits of the code."""
    window.touch("problem")
    wait_until("the doors", lambda: _action(window, "general"))
    picture("doors")
    window.touch("general")
    wait_until("the categories", lambda: _action(window, "category-"))
    picture("category")
    window.touch(f"category-{request.category}")
    window.touch(f"village-{request.village}")
    picture("where")
    window.touch("next")
    window.type(request.text)
    window.wait_for(request.text)
    picture("write")
    window.touch("next")
    wait_until("the contact page", lambda: _action(window, "notice"))
    picture("contact")
    window.touch("next")
    window.wait_for(request.text)
    picture("review")
    window.touch("next")
    code = wait_until("the code", lambda: _code(window))
    picture("recorded")
    return code


def print_slip(window: Window, slips: Path) -> Path:
    """On the page with the code: print it. Returns the slip's picture."""
    before = set(slips.glob("slip-*.png"))
    window.touch("print")
    (slip,) = wait_until("a slip in the printer's tray", lambda: set(slips.glob("slip-*.png")) - before)
    return slip


def rate(window: Window, score: int, picture: Callable[[str], object] = no_picture) -> None:
    """From the start page: one touch on one of the five faces."""
    window.touch("rate")
    wait_until("the faces", lambda: _action(window, "face-"))
    picture("rating")
    window.touch(f"face-{score}")
    wait_until("the thanks", lambda: not _action(window, "face-") and _action(window, "done"))
    picture("thanks")
    window.touch("done")


def read_answer(window: Window, code: str, picture: Callable[[str], object] = no_picture) -> list[str]:
    """From the start page: type the code and see what the office says. Returns the texts of that page."""
    window.touch("track")
    window.type(code)
    picture("track")
    window.touch("find")
    wait_until("the case's state", lambda: _action(window, "again") or _action(window, "not-fixed"))
    texts = window.texts()
    picture("status")
    return texts


def _action(window: Window, start: str) -> bool:
    return any(row.action.startswith(start) for row in window.touchables())


def _code(window: Window) -> str | None:
    groups = [text for text in window.texts() if _CODE_GROUP.fullmatch(text)]
    return "".join(groups[:_CODE_GROUPS]) if len(groups) >= _CODE_GROUPS else None


# --- at the desk ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """The staff's pages in a browser."""

    page: Page
    url: str

    def sign_in(self, person: Person) -> None:
        """Sign in as one of the demo staff."""
        self.page.goto(f"{self.url}/sign-in")
        self.page.fill("[name=username]", person.name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("form p.send button").click()
        self.page.wait_for_url("**/desk/**")

    def open_case(self, text: str) -> None:
        """In the inbox, find the case that says `text`, and open it. Raises `NotSeen` when it is not there once."""
        inbox = f"{self.url}/desk/cases/"

        def listed() -> int:
            self.page.goto(inbox)
            return self.page.locator("a.open", has_text=text).count()

        count = wait_until(f"the case {text!r} in the inbox", listed)
        if count != 1:
            raise NotSeen(f"the case {text!r} stands {count} times in the inbox")
        self.page.locator("a.open", has_text=text).click()
        self.page.locator("#answer-text").wait_for()

    def answer_case(self, answer: str) -> None:
        """On a case's page: acknowledge it, and answer the citizen."""
        self.page.locator("form[action$='/acknowledge'] button").click()
        self.page.locator("#answer-text").fill(answer)
        self.page.locator("form[action$='/answer'] button").click()
        self.page.locator(".timeline .said", has_text=answer).wait_for()

    def count(self, path: str, text: str) -> int:
        """How many rows of the list at `path` name `text`."""
        self.page.goto(self.url + path)
        return self.page.locator("tbody tr", has_text=text).count()
