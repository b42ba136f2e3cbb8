"""The budget as a citizen reads it: what was planned and spent, by quarter and in all, of one area or of everything."""

from dataclasses import dataclass
from datetime import date

from shared.content import Budget, BudgetArea

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Quarter:
    """Baht planned for a quarter, and spent in it; None where there is no data yet. `runs` while it is not over."""

    plan: int
    actual: int | None
    runs: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """Plan against actual in baht: of the year, and of the quarters that have begun."""

    quarters: tuple[Quarter, ...]
    plan: int
    actual: int

    @property
    def percent(self) -> int:
        """Spent of the year's plan, rounded down: 100 only when all of it is spent."""
        return 100 * self.actual // self.plan if self.plan else 0


def of(budget: Budget, area_id: str = "") -> Sum:
    """The sum of one area, or of all of them."""
    areas = [area for area in budget.areas if area.id == area_id] or budget.areas
    quarters = tuple(_quarter(budget, areas, at) for at in range(QUARTERS))
    return Sum(quarters, sum(sum(area.plan) for area in areas), sum(sum(area.actual) for area in areas))


def _quarter(budget: Budget, areas: list[BudgetArea], at: int) -> Quarter:
    spent = [area.actual[at] for area in areas if at < len(area.actual)]
    return Quarter(sum(area.plan[at] for area in areas), sum(spent) if spent else None, _runs(budget, at))


def _runs(budget: Budget, at: int) -> bool:
    """Whether the data end within this quarter."""
    first, following = (_begins(budget.year_ends.year, quarter) for quarter in (at, at + 1))
    return first <= budget.data_until and budget.data_until.toordinal() + 1 < following.toordinal()


def _begins(year: int, quarter: int) -> date:
    """The first day of a quarter (from 0) of the fiscal year that ends in `year`."""
    month = 10 + 3 * quarter
    return date(year - 1 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
