"""The visit that plays itself: every step is done as a person would and then seen to have happened.

    play(Path("build/demo"))        # prints a line a step; raises `NotSeen` at the first that did not happen

Left in the folder: a picture of each screen and page, the slips, the report as PDF, docx and picture, and what the
programs wrote.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from docx import Document
from playwright.sync_api import Page
from pypdf import PdfReader

from demo import visit
from demo.lobby import Lobby
from demo.office import CLERK, DemoOffice, open_office
from demo.stage import ROOT, NotSeen, Program, Screen, Window, browser, run, virtual_screen, wait_until
from demo.visit import Desk, Request

PORTRAIT = (1080, 1920)
SERVICE = "land_tax_payment"
REQUEST = Request("ไฟทางดับหน้าวัดศาลาทอง มืดมาก กลัวล้ม")
ANSWER = "ช่างเปลี่ยนหลอดไฟแล้วเมื่อเช้านี้ ขอบคุณที่แจ้ง"
FACE = 5


class Album:
    """Numbered pictures in the order in which they were taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def path(self, name: str) -> Path:
        """Where the next picture goes."""
        self._count += 1
        return self._folder / f"{self._count:02d}-{name}.png"

    def of_screen(self, screen: Screen) -> Callable[[str], Path]:
        """Takes pictures of the kiosk."""
        return lambda name: screen.picture(self.path(f"kiosk-{name}"))

    def of_page(self, page: Page) -> Callable[[str], Path]:
        """Takes pictures of the desk, whole pages."""

        def take(name: str) -> Path:
            path = self.path(f"desk-{name}")
            page.screenshot(path=path, full_page=True)
            return path

        return take


def play(folder: Path) -> None:
    """Play the whole visit with its data and pictures below `folder`. Raises `NotSeen`."""
    album = Album(folder)
    with open_office(folder) as office, tempfile.TemporaryDirectory() as door, virtual_screen(PORTRAIT) as screen:
        office.enrol_kiosk(PORTRAIT, name="ตู้ศาลา 1")
        _seen(f"the office's server answers at {office.url}, and a kiosk is enrolled with it")
        socket = Path(door) / "window"
        command = office.observed_kiosk_command(socket)
        with Program(command, log=folder / "kiosk.log", env=screen.env) as kiosk, browser() as page:
            window = Window(screen, socket)
            desk = Desk(page, office.url)
            try:
                label, code = _citizen(window, office, album.of_screen(screen))
                _lobby(window, office, page, label, album)
                _stored(office)
                _staff(desk, label, album.of_page(page))
                _answered(window, code, album.of_screen(screen))
                _report(desk, folder, album.of_page(page))
            except NotSeen:
                if kiosk.running():
                    screen.picture(folder / "where-it-stopped.png")
                kiosk.must_run()
                raise
        run(office.kiosk_command("verify"))
        _seen("after closing, every record, document and piece of content of the kiosk verifies")
    print(f"\nPictures, slips and report: {os.path.relpath(folder, ROOT)}/", flush=True)


def _seen(what: str) -> None:
    print(f"✓ {what}", flush=True)


#: What the kiosk says while nobody is there, to the next citizen in Thai whatever the last one chose.
IDLE = "แตะเพื่อเริ่ม"
#: What the start page asks in the languages that a citizen may choose.
_QUESTIONS = {"en": "How can we help you today?", "ms": "Boleh kami bantu?", "ms-Arab": "بوليه کامي بنتو؟"}


def _citizen(window: Window, office: DemoOffice, picture: Callable[[str], Path]) -> tuple[str, str]:
    """Ticket, request and rating, each a visit of its own; returns the ticket's label and the request's code."""
    window.wait_for(IDLE)
    picture("idle")
    for language, question in _QUESTIONS.items():
        visit.begin(window, language)
        window.wait_for(question)
        picture(f"home-{language}")
        window.touch("finish")
        window.wait_for(IDLE)
    _seen("the kiosk's window opens, speaks English, Malay and Jawi when asked, and Thai again to the next citizen")

    visit.begin(window)
    picture("home")
    label = visit.take_ticket(window, SERVICE, picture)
    wait_until("the ticket's slip", lambda: list(office.slips.glob("slip-*.png")))
    _seen(f"a citizen reads the steps of a service and takes ticket {label}; its slip is printed")

    visit.begin(window)
    code = visit.file_request(window, REQUEST, picture)
    visit.print_slip(window, office.slips)
    window.touch("done")
    window.wait_for(IDLE)
    left = [text for text in window.texts() if code[:4] in text or REQUEST.text in text]
    if left:
        raise NotSeen(f"the visit was not forgotten: {left}")
    _seen("another reports a dark street lamp in Thai, gets a code of 16 digits and a slip; the screen forgets both")

    visit.begin(window)
    visit.rate(window, FACE, picture)
    _seen("a third rates with one touch")
    return label, code


def _lobby(window: Window, office: DemoOffice, page: Page, label: str, album: Album) -> None:
    """Whoever took the number is called, served and done with, by a phone and a board of the lobby."""
    assert page.context.browser is not None
    lobby = Lobby(office.lobby_url, page.context.browser)
    lobby.let_in(window, album.path("kiosk-pair"))
    lobby.sit_down()
    took_s = lobby.call(label)
    lobby.board.screenshot(path=album.path("board"))
    lobby.phone.screenshot(path=album.path("counter-phone"))
    lobby.serve()
    lobby.phone.screenshot(path=album.path("counter-phone-serving"))
    lobby.finish()
    window.wait_for(IDLE)
    _seen(f"a phone let in at the kiosk calls {label}: on the board after {took_s * 1000:.0f} ms, then served and done")


def _stored(office: DemoOffice) -> None:
    """The server's signed receipts cover everything that was captured."""

    def told() -> int | None:
        # Exit code 1 only means that something needs a person, such as a nearly full disk.
        done = subprocess.run(office.kiosk_command("status", "--json"), check=False, capture_output=True, cwd=ROOT)
        if not done.stdout:
            raise NotSeen(done.stderr.decode())
        health = json.loads(done.stdout)
        captured: int = health["captured"]
        return captured if captured and health["stored"] == captured else None

    captured = wait_until("every record stored at the server, by its receipts", told, timeout_s=60)
    _seen(f"the kiosk holds signed receipts for all {captured} of its records")


def _staff(desk: Desk, label: str, picture: Callable[[str], Path]) -> None:
    """Each thing stands once on the desk; the case is answered there."""
    desk.sign_in(CLERK)
    picture("today")
    for name, path, text in (
        ("tickets", "/desk/queues/tickets", label),
        ("outcomes", "/desk/queues/outcomes", label),
        ("ratings", "/desk/records/?kind=rating.given", "ตู้ศาลา 1"),
    ):
        count = wait_until(f"{text} at {path}", lambda path=path, text=text: desk.count(path, text))  # type: ignore[misc]
        if count != 1:
            raise NotSeen(f"{text} stands {count} times at {path}")
        picture(name)
    desk.open_case(REQUEST.text)
    picture("case")
    desk.answer_case(ANSWER)
    picture("case-answered")
    _seen(f"at the desk the clerk sees ticket {label}, the rating and the case, each once, and answers the case")


def _answered(window: Window, code: str, picture: Callable[[str], Path]) -> None:
    """The answer comes to the kiosk with the next edition, and only the code shows it."""
    for attempt in range(_LOOKS):
        visit.begin(window)
        texts = visit.read_answer(window, code)
        if any(ANSWER in text for text in texts):
            picture("answer")
            window.touch("done")
            _seen(f"the citizen types the code and reads the answer ({attempt + 1}. look)")
            return
        window.touch("done")
        time.sleep(_BETWEEN_LOOKS_S)
    raise NotSeen(f"the answer was not at the kiosk after {_LOOKS} looks")


_LOOKS = 6
_BETWEEN_LOOKS_S = 5


def _report(desk: Desk, folder: Path, picture: Callable[[str], Path]) -> None:
    """The running half counts one ticket, one case; its papers say so too."""
    page = desk.page
    page.goto(f"{desk.url}/desk/reports/")
    picture("reports")
    page.goto(desk.url + str(page.locator("a[href^='/desk/reports/2']").first.get_attribute("href")))
    picture("half-year")
    tickets = page.locator("table", has_text="บัตรคิวตามกลุ่มงานและเดือน").locator("tfoot td").last.inner_text()
    cases = page.locator("table", has_text="เรื่องร้องเรียนและคำขอตามประเภท").locator("tfoot td").nth(1).inner_text()
    if (tickets.strip(), cases.strip()) != ("1", "1"):
        raise NotSeen(f"the half-year counts {tickets} tickets and {cases} cases, not one of each")
    for ending in ("pdf", "docx"):
        answer = page.request.get(f"{page.url}/report.{ending}")
        if not answer.ok:
            raise NotSeen(f"report.{ending}: {answer.status}")
        (folder / f"report.{ending}").write_bytes(answer.body())
    pdf = "".join(sheet.extract_text() for sheet in PdfReader(folder / "report.pdf").pages)
    docx = "\n".join(paragraph.text for paragraph in Document(str(folder / "report.docx")).paragraphs)
    for name, text in {"report.pdf": pdf, "report.docx": docx}.items():
        if "บันทึกข้อความ" not in text:
            raise NotSeen(f"{name} is not the memorandum it should be: {text[:200]!r}")
    run(["pdftoppm", "-r", "60", "-png", folder / "report.pdf", folder / "report"])
    _seen("the half-year summary counts one ticket and one case; it is saved as PDF and docx")
