"""The pages behind "news and budget": notices, budget, opening hours. Each names the others at its top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.ui.presenters.base import Presenter, V_co, verb
from shared.content import Bundle

#: step -> sign
ICONS: Final = {"notices": "newspaper", "budget": "coins", "hours": "clock"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages: its step, its word, its sign, and whether it is the one on screen."""

    step: str
    text: str
    icon: str
    chosen: bool


def there(bundle: Bundle) -> list[str]:
    """The pages this content has, in their order."""
    found = {"notices": True, "budget": bundle.budget is not None, "hours": bundle.schedule is not None}
    return [step for step, is_there in found.items() if is_there]


class Tabbed(Presenter[V_co]):
    """One of these pages."""

    def tabs(self) -> tuple[Tab, ...]:
        """All of them; none where this is the only one."""
        steps = there(self.bundle)
        if len(steps) < 2:
            return ()
        return tuple(Tab(step, self.say(f"tabs.{step}"), ICONS[step], step == self.step) for step in steps)

    @verb
    def tab(self, step: str) -> None:
        """Another of the pages."""
        if step != self.step:
            self.flow.follow(f"to_{step}")
