"""What staff do with the kiosk itself, from the staff corner: say what time it is, wipe its glass, switch it off, let
it be enrolled again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, ClassVar, Final

from kiosk.ui.presenters.base import Presenter, View, key, verb
from shared import thai
from shared.errors import Malformed

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Ending

CLEANING_S: Final = 60
SURE_S: Final = 30
DATING_S: Final = 120
#: DDMMYYYYhhmm
DATE_DIGITS: Final = 12
#: A year from here on is one of the Buddhist era.
_BUDDHIST_FROM: Final = 2400


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
class SureView(View):
    """A question before something that ends the service; `why` says what that does here."""

    icon: str = ""
    title: str = ""
    sub: str = ""
    question: str = ""
    why: str = ""
    do: str = ""


class Sure(Presenter[SureView]):
    """Asking once more; without an answer the kiosk goes on serving."""

    final = True
    ends_after_s = SURE_S
    ending: ClassVar[Ending]

    @verb
    def stay(self) -> None:
        """Go on serving."""
        self.flow.follow("stay")

    @verb
    def go_on(self) -> None:
        """End: everything that was touched is finished and the store is closed first."""
        self.flow.follow("stay")
        self.flow.on_end(self.ending)

    def _until(self) -> str:
        return self.say("shutting.sub", seconds=self.flow.seconds_left())


class Shutting(Sure):
    """Before the kiosk is switched off."""

    step = "shutting"
    ending = "off"

    def present(self) -> SureView:
        """What will happen."""
        say, does = self.say, "power" if self.world.config.shut_down_command else "program"
        return SureView(
            say, "power", say("shutting.title"), self._until(), say("shutting.question"), say(f"shutting.{does}"),
            say("shutting.off"),
        )  # fmt: skip


class Leaving(Sure):
    """Before the kiosk gives up who it is, to be enrolled again: the server does not know its key."""

    step = "leaving"
    ending = "enrol again"

    def present(self) -> SureView:
        """What will happen, and what is needed then."""
        say = self.say
        return SureView(
            say, "key", say("staff.enrol_again"), self._until(), say("leaving.question"), say("leaving.why"),
            say("staff.enrol_again"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateView(View):
    """What was typed as "18/03/2570 10:24" so far, and which moment that is, once it is one."""

    typed: str = ""
    moment: str = ""
    message: str = ""
    complete: bool = False


class Dating(Presenter[DateView]):
    """Asking staff for date and time where the device's cannot be right, so that tickets bear the right day."""

    step = "date"
    final = True
    ends_after_s = DATING_S

    _digits = ""
    _refused = False

    def enter(self) -> None:
        """Begin anew."""
        self._digits, self._refused = "", False

    def present(self) -> DateView:
        """What is typed, and the day it names in words, for staff to confirm."""
        say, moment = self.say, read_moment(self._digits)
        words = say("date.is_it", day=f"{say.weekday(moment.date())} {say.long_day(moment.date())}",
                    time=say.clock(moment)) if moment else ""  # fmt: skip
        wrong = self._refused or (len(self._digits) == DATE_DIGITS and moment is None)
        return DateView(say, _spaced(self._digits), words, say("date.refused") if wrong else "", moment is not None)

    @key
    def digit(self, digit: str) -> None:
        """One digit more."""
        if len(self._digits) < DATE_DIGITS:
            self._digits += digit
            self._refused = False

    @key
    def erase(self) -> None:
        """The last digit goes."""
        self._digits = self._digits[:-1]

    @verb
    def later(self) -> None:
        """On to the figures; tickets go on bearing the last day that was believable, and no time."""
        self.flow.follow("done")

    @verb
    def confirm(self) -> None:
        """Take it, unless it cannot be."""
        moment = read_moment(self._digits)
        if moment is None:
            return
        self.flow.clock.set_by_staff(moment)
        if self.flow.clock.now().trusted:
            self.flow.follow("done")
        else:
            self._digits, self._refused = "", True


def read_moment(digits: str) -> datetime | None:
    """DDMMYYYYhhmm in the office's time, the year in the Buddhist or the common era; None where that is no moment."""
    if len(digits) != DATE_DIGITS:
        return None
    day, month, year, hour, minute = (int(digits[a:b]) for a, b in ((0, 2), (2, 4), (4, 8), (8, 10), (10, 12)))
    try:
        of_day = thai.date_from_be(year, month, day) if year >= _BUDDHIST_FROM else date(year, month, day)
        return datetime.combine(of_day, time(hour, minute), thai.OFFICE_ZONE)
    except (ValueError, Malformed):
        return None


def _spaced(digits: str) -> str:
    """Digits with what stands between them: "18/03/2570 10:24"."""
    signs = {2: "/", 4: "/", 8: " ", 10: ":"}
    return "".join(signs.get(at, "") + digit for at, digit in enumerate(digits))
