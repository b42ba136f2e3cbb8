"""When the kiosk cannot do its work: it says so, says what was lost, and where to go. No false thanks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.ui.presenters.base import Presenter, View, verb
from shared.errors import SalaError

CANNOT_S: Final = 45

#: What was being recorded at a step, for the sentence that says what was lost; of others it says nothing in particular.
_LOST: Final = {
    "services": "ticket", "service": "ticket", "review": "case", "check": "case", "returning": "return",
    "rating": "rating", "thanks": "change", "praise": "praise",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CannotView(View):
    """Nothing was recorded. `staff` is a line for whoever looks after the kiosk."""

    lost: str = ""
    phone: str = ""
    hours: str = ""
    staff: str = ""


class Cannot(Presenter[CannotView]):
    """The kiosk cannot record; reading goes on."""

    step = "cannot"
    final = True
    ends_after_s = CANNOT_S

    _lost = "ticket"

    def enter(self) -> None:
        """Remember which step could not record."""
        self._lost = _LOST.get(self.flow.came_from, "act")

    def present(self) -> CannotView:
        """What was lost, and where to go."""
        say, office = self.say, self.bundle.office
        chrome = self.flow.chrome
        return CannotView(
            say, say(f"cannot.lost_{self._lost}"), say("cannot.phone", phone=office.phone),
            office.hours.into(say.language),
            say("cannot.staff", code=f"{self.world.identity.kiosk_name} · K-{self._lost}", when=chrome.clock or "-"),
        )  # fmt: skip

    @verb
    def services(self) -> None:
        """Read about services."""
        self.flow.follow("services")

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")


@dataclass(frozen=True, slots=True)
class ClosedView(View):
    """The kiosk is not open: why, for staff, and what to do about it."""

    reason: str = ""
    remedy: str = ""
    detail: str = ""


class Closed(Presenter[ClosedView]):
    """No content yet: opens by itself as soon as there is some."""

    step = "closed"

    def present(self) -> ClosedView:
        """Why, and what to do."""
        return ClosedView(self.say, self.say("closed.no_content"), self.say("closed.no_content_do"))


#: Names of errors that stop the start -> the table's words for them; whatever else it is, the store stays untouched.
_STOPPED: Final = {"WrongKey": "wrong_key"}


def stopped(error: SalaError, view: ClosedView) -> ClosedView:
    """The screen of a kiosk that could not start because of `error`; nothing was made anew over what is there."""
    say = view.say
    name = _STOPPED.get(type(error).__name__, "damaged")
    return ClosedView(say, say(f"closed.{name}"), say(f"closed.{name}_do"), f"{type(error).__name__}: {error}")
