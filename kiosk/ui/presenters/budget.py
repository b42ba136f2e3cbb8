"""The budget: plan against actual of the fiscal year, by quarter as bars, of one area of work or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.desk import budget
from kiosk.ui.presenters.base import View, verb
from kiosk.ui.presenters.tabs import Tab, Tabbed
from kiosk.ui.strings import Say
from shared import thai
from shared.content import Budget, BudgetArea

#: From here on amounts are told in millions, with two decimals.
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Bars:
    """One quarter: its months, plan and actual in words, and as shares of the highest bar (actual -1: no data yet).

    `note` says that the quarter still runs, or has not begun.
    """

    name: str
    months: str
    plan: str
    actual: str
    plan_share: float
    actual_share: float
    note: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area in the list: what it is, what people have of it, spent of the year's plan."""

    id: str
    name: str
    benefit: str
    picture: str
    percent: str
    share: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class BudgetView(View):
    """The page of the budget. `title` names what the bars are of; `share` is spent of the year's plan, 0 to 1."""

    tabs: tuple[Tab, ...] = ()
    title: str = ""
    sub: str = ""
    unit: str = ""
    """Of which year the bars are, and in what."""
    percent: str = ""
    share: float = 0
    spent: str = ""
    plan: str = ""
    benefit: str = ""
    quarters: tuple[Bars, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    document: str = ""
    page: int = 0
    pages: int = 1
    page_text: str = ""


def baht(say: Say, amount: int) -> str:
    """An amount in few letters: "4.95 million baht", "882,000 baht"."""
    if amount >= MILLION:
        return say("budget.million", n=_millions(amount))
    return say("budget.baht", n=f"{amount:,}")


def _millions(amount: int) -> str:
    """Millions with two decimals, halves up, in whole numbers: 4_946_400 -> "4.95"."""
    hundredths = (amount * 100 + MILLION // 2) // MILLION
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


class BudgetPage(Tabbed[BudgetView]):
    """Plan against actual."""

    step = "budget"

    _area = ""
    _page = 0
    _rows = 8

    def present(self) -> BudgetView:
        """The chosen area, or all of them; without a budget (the content may just have changed) an empty page."""
        say, told = self.say, self.bundle.budget
        if told is None:
            return BudgetView(say, tabs=self.tabs())
        language = say.language
        chosen = next((area for area in told.areas if area.id == self._area), None)
        of = budget.of(told, chosen.id if chosen else "")
        year = say("budget.year", year=thai.fiscal_year(told.year_ends), ce=told.year_ends.year)
        highest = max((*(each.plan for each in of.quarters), *(each.actual or 0 for each in of.quarters), 1))
        everything = AreaRow("", say("budget.everything"), "", "", *self._spent(budget.of(told)), chosen is None)
        rows = (everything, *(self._row(told, area, area is chosen) for area in told.areas))
        pages = -(-len(rows) // self._rows)
        page = min(self._page, pages - 1)
        return BudgetView(
            say,
            self.tabs(),
            chosen.name.into(language) if chosen else say("budget.everything"),
            self.dated(say("budget.until", day=say.long_day(told.data_until))),
            f"{year} · {say('budget.unit')}",
            *self._spent(of),
            baht(say, of.actual),
            say("budget.of_plan", plan=baht(say, of.plan)),
            chosen.benefit.into(language) if chosen else "",
            tuple(self._bars(at, each, highest) for at, each in enumerate(of.quarters)),
            rows[page * self._rows : (page + 1) * self._rows],
            say("budget.document", document=told.document.into(language), who=told.approved_by,
                day=say.short_day(told.approved_on)),
            page, pages, say("services.page", page=page + 1, pages=pages),
        )  # fmt: skip

    def fit(self, rows: int) -> None:
        """The screen has room for this many rows."""
        if rows > 0 and rows != self._rows:
            first = self._page * self._rows
            self._rows = rows
            self._page = first // rows
            self.flow.show()

    def _row(self, told: Budget, area: BudgetArea, chosen: bool) -> AreaRow:
        language = self.say.language
        spent = self._spent(budget.of(told, area.id))
        return AreaRow(area.id, area.name.into(language), area.benefit.into(language), area.picture, *spent, chosen)

    def _spent(self, of: budget.Sum) -> tuple[str, float]:
        """Spent of the year's plan: in words, and as a share."""
        return self.say("budget.percent", n=of.percent), min(1.0, of.actual / of.plan) if of.plan else 0.0

    def _bars(self, at: int, quarter: budget.Quarter, highest: int) -> Bars:
        say = self.say
        first, last = (9 + 3 * at) % 12 + 1, (11 + 3 * at) % 12 + 1
        months = f"{say(f'calendar.short_{first}')}–{say(f'calendar.short_{last}')}"
        waits = quarter.actual is None
        note = say("budget.not_yet") if waits else say("budget.runs") if quarter.runs else ""
        return Bars(
            say("budget.quarter", n=at + 1), months, _millions(quarter.plan),
            "" if quarter.actual is None else _millions(quarter.actual), quarter.plan / highest,
            -1.0 if quarter.actual is None else quarter.actual / highest, note,
        )  # fmt: skip

    @verb
    def choose(self, area: str) -> None:
        """Show one area; "" shows all of them."""
        self._area = area

    @verb
    def turn(self, pages: int) -> None:
        """Another page of the list."""
        self._page = max(0, min(self._page + pages, self.present().pages - 1))
