"""What staff do with the kiosk itself, from the staff corner: wipe its glass, switch it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.ui.presenters.base import Presenter, View, verb

CLEANING_S: Final = 60
SHUTTING_S: Final = 30


@dataclass(frozen=True, slots=True)
class CleaningView(View):
    """How many seconds the glass stays dead."""

    seconds: int = CLEANING_S


class Cleaning(Presenter[CleaningView]):
    """The glass may be wiped: no verb is heard, and the kiosk serves again by itself."""

    step = "cleaning"
    final = True
    #: Wiping touches the glass all the time, so the end is counted from the beginning; this only keeps the question
    #: away whether somebody is there.
    ends_after_s = 2 * CLEANING_S

    _until_ms = 0

    def enter(self) -> None:
        """Begin to count."""
        self._until_ms = self.flow.clock.mono_ms() + CLEANING_S * 1000

    def tick(self) -> None:
        """At the end, serve again: the staff corner is not left open to whoever comes by."""
        if self.flow.clock.mono_ms() >= self._until_ms:
            self.flow.follow("done")

    def present(self) -> CleaningView:
        """The seconds that are left."""
        return CleaningView(self.say, max(0, -(-(self._until_ms - self.flow.clock.mono_ms()) // 1000)))


@dataclass(frozen=True, slots=True)
class ShuttingView(View):
    """Whether the kiosk shall be switched off; `why` says what that does here."""

    why: str = ""
    sub: str = ""


class Shutting(Presenter[ShuttingView]):
    """Asking once more before the kiosk is switched off."""

    step = "shutting"
    final = True
    ends_after_s = SHUTTING_S

    def present(self) -> ShuttingView:
        """What will happen."""
        does = "power" if self.world.config.shut_down_command else "program"
        return ShuttingView(
            self.say, self.say(f"shutting.{does}"), self.say("shutting.sub", seconds=self.flow.seconds_left())
        )

    @verb
    def stay(self) -> None:
        """Go on serving."""
        self.flow.follow("stay")

    @verb
    def shut_down(self) -> None:
        """End: everything that was touched is finished and the store is closed first."""
        self.flow.follow("stay")
        self.flow.on_shut_down()
