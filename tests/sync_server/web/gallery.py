"""Every page of a busy office as a picture: two languages, a desk (1366) and a phone (390).

    python tests/sync_server/web/gallery.py build/gallery/web

Each picture is to be looked at. `look` is also what the tests in Chromium use: it opens a page and tells what the
browser complained about, whether the page is wider than its frame, and which words were torn apart.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from demo.stage import CHROMIUM_FLAGS

HERE = Path(__file__).resolve().parent
PASSWORD = "sala-demo-password"
SIZES = {"desk": (1366, 860), "phone": (390, 844)}

#: name of the picture -> who looks, and at which address; {braces} are filled by `addresses`.
PAGES: dict[str, tuple[str, str]] = {
    "04-sign-in": ("", "/sign-in"),
    "00-today": ("palad", "/desk/"),
    "00-today-admin": ("it", "/desk/"),
    "00-today-reader": ("thongthin", "/desk/"),
    "05-inbox": ("palad", "/desk/cases/?tab=all"),
    "05-inbox-empty": ("palad", "/desk/cases/?q=zzz"),
    "06-case": ("wichai", "/desk/cases/{lamp}"),
    "06-case-left": ("palad", "/desk/cases/{smell}"),
    "06-case-new": ("palad", "/desk/cases/{new}"),
    "06-case-hostile": ("palad", "/desk/cases/{hostile}"),
    "06-case-closed": ("palad", "/desk/cases/{closed}"),
    "08-content": ("palad", "/desk/content/"),
    "08-hall": ("palad", "/desk/content/hall"),
    "08-service": ("palad", "/desk/content/services/sign_tax"),
    "09-fleet": ("it", "/desk/kiosks/"),
    "09-kiosk": ("it", "/desk/kiosks/{kiosk}"),
    "09-enrol": ("it", "/desk/kiosks/enrol"),
    "17-reports": ("nayok", "/desk/reports/"),
    "17-report": ("nayok", "/desk/reports/{year}/{half}"),
    "17-report-waits": ("nayok", "/desk/reports/{year}/{half}/waits/tax?of=served"),
    "20-records": ("palad", "/desk/records/"),
    "20-record": ("palad", "/desk/records/{record}"),
    "20-record-unreadable": ("palad", "/desk/records/{unreadable}"),
    "20-branches": ("palad", "/desk/records/branches"),
    "21-tickets": ("palad", "/desk/queues/tickets"),
    "21-waiting": ("palad", "/desk/queues/waiting"),
    "21-waiting-month": ("somjai", "/desk/queues/waiting?period={month}"),
    "21-waiting-empty": ("palad", "/desk/queues/waiting?first=2020-01-01&last=2020-01-31"),
    "21-outcomes": ("palad", "/desk/queues/outcomes?of=promised"),
    "21-outcomes-odd": ("it", "/desk/queues/outcomes?of=service-odd"),
    "21-ratings": ("palad", "/desk/queues/ratings"),
    "21-ratings-walk-by": ("somjai", "/desk/queues/ratings?place=walk-by"),
    "21-ratings-year": ("palad", "/desk/queues/ratings?period={year}-year"),
    "21-praise": ("palad", "/desk/queues/praise"),
    "21-praise-officer": ("somjai", "/desk/queues/praise"),
    "30-account": ("palad", "/desk/account"),
    "31-office": ("it", "/desk/office/"),
    "31-person": ("it", "/desk/office/people/{somjai}"),
    "31-person-left": ("palad", "/desk/office/people/{left}"),
    "31-add": ("it", "/desk/office/people/add"),
    "31-papers": ("palad", "/desk/office/papers"),
    "31-closed-days": ("palad", "/desk/office/closed-days"),
    "40-not-found": ("palad", "/desk/nothing"),
    "40-not-a-readers": ("thongthin", "/desk/cases/"),
    "40-not-yours": ("somjai", "/desk/kiosks/enrol"),
}

#: Run in a page: the words that stand on two lines.
TORN = """() => [...document.querySelectorAll('.th')].flatMap(span => {
  const torn = [];
  const words = [...span.childNodes].flatMap(node => node.nodeType === 3 ? [node] : []);
  for (const node of words) {
    const range = document.createRange();
    const text = node.textContent.trimEnd();
    if (!text) continue;
    range.setStart(node, 0);
    range.setEnd(node, text.length);
    const tops = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
    if (tops.size > 1) torn.push(text);
  }
  return torn;
})"""


@dataclass
class Looked:
    """What the browser says about one page."""

    status: int
    title: str
    text: str
    complaints: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    too_wide: int = 0
    picture: bytes = b""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def visitor(
    browser: Browser, address: str, username: str, *, size: str = "desk", language: str = "th"
) -> BrowserContext:
    """Somebody at a screen of that size, signed in where a name is given."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="th-TH", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "lang", "value": language, "url": address}])
    if username:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/")
        page.close()
    return context


def look(context: BrowserContext, url: str, *, picture: bool = False) -> Looked:
    """Open a page and say how it is."""
    page: Page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("requestfailed", lambda request: complaints.append(f"not loaded: {request.url}"))
    answer = page.goto(url, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    width = page.viewport_size["width"]
    found = Looked(
        status=answer.status,
        title=page.title(),
        text=page.inner_text("body"),
        complaints=[text for text in complaints if f"status of {answer.status}" not in text],
        torn=page.evaluate(TORN),
        too_wide=max(0, page.evaluate("document.documentElement.scrollWidth") - width),
        picture=page.screenshot(full_page=True) if picture else b"",
    )
    page.close()
    return found


def addresses() -> dict[str, object]:
    """What stands in the braces of `PAGES`: keys of rows of the busy office."""
    from django.utils import timezone

    from shared import thai
    from sync_server.cases.models import Case
    from sync_server.kiosks.models import Kiosk
    from sync_server.organisations.models import Staff
    from sync_server.records.models import RecordRow

    today = thai.service_date(timezone.now())

    def case(start: str) -> int:
        return Case.objects.get(text__startswith=start).pk

    return {
        "lamp": case("ไฟถนน"), "smell": case("กลิ่น"),
        "new": case("ไฟกะพริบ"), "hostile": case("[size=99]"), "closed": case("สุนัข"),
        "year": thai.fiscal_year(today), "half": thai.fiscal_half(today),
        "month": f"m{today:%Y-%m}",
        "somjai": Staff.objects.get(username="somjai").pk, "left": Staff.objects.get(username="anong").pk,
        "kiosk": Kiosk.objects.get(name__startswith="ตู้ 2").kiosk_id,
        "record": RecordRow.objects.filter(kind="case.filed").order_by("pk")[0].pk,
        "unreadable": RecordRow.objects.get(kind="praise.given", schema=9).pk,
    }  # fmt: skip


def _office(data: Path) -> None:
    """Fill an empty data folder with the busy office."""
    os.environ.update(SALA_SERVER_DATA=str(data), DATABASE_URL="", DJANGO_SETTINGS_MODULE="sync_server.settings")
    sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[2])]
    import django

    django.setup()
    import demo_desk
    from django.db import connections
    from django.utils import timezone

    from sync_server.content.actions import publish_sample
    from sync_server.organisations.queries import the_office
    from sync_server.setting_up import make_demo_office

    now = timezone.now()
    make_demo_office(now=now, password=PASSWORD)
    publish_sample(the_office(), now=now)
    demo_desk.populate(the_office(), now)
    connections.close_all()


def main(folder: Path) -> int:
    """Write every picture; end 1 where the browser complained, a page is too wide or a word is torn."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="sala-gallery-") as data:
        _office(Path(data))
        from running import serving

        keys = addresses()
        with serving(Path(data)) as address, chromium() as browser:
            for language in ("th", "en"):
                for size in SIZES:
                    people = {
                        who: visitor(browser, address, who, size=size, language=language) for who, _ in PAGES.values()
                    }
                    for name, (who, path) in PAGES.items():
                        seen = look(people[who], address + path.format(**keys), picture=True)
                        (folder / f"web-{name}-{size}-{language}.png").write_bytes(seen.picture)
                        if seen.complaints or seen.torn or seen.too_wide:
                            wrong += 1
                            print(name, size, language, seen.complaints, seen.torn[:3], seen.too_wide)  # noqa: T201
                    for person in people.values():
                        person.close()
    print(f"{len(PAGES) * 4} pictures in {folder}, {wrong} to mend")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
