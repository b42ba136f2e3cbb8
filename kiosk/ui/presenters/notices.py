"""The notices of the day: a list, and one of them large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.desk import notices
from kiosk.ui.presenters.base import View, verb
from kiosk.ui.presenters.tabs import Tab, Tabbed

#: So many titles a page leave the larger part of the screen to the one that is read.
ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice in the list."""

    id: str
    title: str
    until: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class NoticesView(View):
    """The list of the day; `title`, `body` and `days` are those of the one shown large."""

    tabs: tuple[Tab, ...] = ()
    sub: str = ""
    rows: tuple[NoticeRow, ...] = ()
    title: str = ""
    body: str = ""
    days: str = ""
    page: int = 0
    pages: int = 1
    page_text: str = ""


class NoticesPage(Tabbed[NoticesView]):
    """What the office tells everybody today."""

    step = "notices"

    _chosen = ""
    _page = 0

    def present(self) -> NoticesView:
        """The page of the list, and the chosen notice or else the newest."""
        say, told = self.say, notices.current(self.bundle, self.flow.clock.now().service_date)
        if not told:
            return NoticesView(
                say,
                self.tabs(),
                self.dated(say("notices.sub")),
                title=say("notices.none"),
                body=say("notices.none_why"),
            )
        language = say.language
        large = next((notice for notice in told if notice.id == self._chosen), told[0])
        pages = -(-len(told) // ROWS)
        page = min(self._page, pages - 1)
        rows = tuple(
            NoticeRow(
                each.id, each.title.into(language), say("notices.until", day=say.short_day(each.until_day)),
                each is large,
            )
            for each in told[page * ROWS : (page + 1) * ROWS]
        )  # fmt: skip
        return NoticesView(
            say, self.tabs(), self.dated(say("notices.sub")), rows,
            large.title.into(language), large.body.into(language),
            say("notices.days", first=say.short_day(large.from_day), last=say.short_day(large.until_day)),
            page, pages, say("services.page", page=page + 1, pages=pages),
        )  # fmt: skip

    @verb
    def choose(self, notice: str) -> None:
        """Show this one large."""
        self._chosen = notice

    @verb
    def turn(self, pages: int) -> None:
        """Another page of the list."""
        self._page = max(0, min(self._page + pages, self.present().pages - 1))
