"""Following a case by its 16 digits: the pad, and how the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from kiosk.desk import tracking
from kiosk.desk.tracking import TooManyTries
from kiosk.ui.presenters.base import Presenter, View, key, verb
from kiosk.ui.strings import Say
from shared.content import Status
from shared.keys import CODE_DIGITS

STATES: Final = ("received", "in_progress", "answered")


@dataclass(frozen=True, slots=True)
class TrackView(View):
    """The digits typed so far in four groups, `·` for those to come."""

    groups: tuple[str, ...] = ("", "", "", "")
    left: str = ""
    complete: bool = False
    message: str = ""
    message_sub: str = ""
    busy: bool = False


class Track(Presenter[TrackView]):
    """Typing the code."""

    step = "track"

    _missing = False
    _wait_until_ms = 0

    def enter(self) -> None:
        """An empty pad: the code of whoever looked before is gone."""
        self.visit.code = ""
        self._missing = False

    def _wait_s(self) -> int:
        return -(-(self._wait_until_ms - self.flow.clock.mono_ms()) // 1000)

    def present(self) -> TrackView:
        """The code as typed, and what came of the last try."""
        say, code = self.say, self.visit.code
        groups = tuple(code[start : start + 4] for start in range(0, CODE_DIGITS, 4))
        message, sub = "", ""
        if self._wait_s() > 0:
            message, sub = say("track.slow", seconds=self._wait_s()), say("track.slow_why")
        elif self._missing:
            message, sub = say("track.missing"), say("track.missing_why")
        left = CODE_DIGITS - len(code)
        return TrackView(
            say, groups, say("track.left", n=left) if left else "", left == 0 and self._wait_s() <= 0, message, sub,
            self.flow.busy,
        )  # fmt: skip

    @key
    def digit(self, digit: str) -> None:
        """One digit more."""
        if len(self.visit.code) < CODE_DIGITS and digit in "0123456789":
            self.visit.code += digit
            self._missing = False

    @key
    def erase(self) -> None:
        """The last digit goes."""
        self.visit.code = self.visit.code[:-1]
        self._missing = False

    @verb
    def clear(self) -> None:
        """All digits go."""
        self.visit.code = ""
        self._missing = False

    @verb
    def find(self) -> None:
        """Look it up. A miss takes as long as a hit, and few tries are allowed in a minute."""
        world, moment, code = self.world, self.flow.clock.now(), self.visit.code
        if len(code) != CODE_DIGITS:
            return
        try:
            self.flow.tries.take(moment)
        except TooManyTries as error:
            self._wait_until_ms = moment.at.mono_ms + error.seconds * 1000
            return
        self.work(lambda: tracking.look_up(world, code), self._found)

    def _found(self, status: Status | None) -> None:
        if status is None:
            self._missing = True
            return
        page = self.flow.presenter_of("status")
        assert isinstance(page, CaseStatus)
        page.found(self.visit.code, status)
        self.visit.code = ""
        self.flow.follow("found")


@dataclass(frozen=True, slots=True)
class CaseStop:
    """One state of a case: "done", "now" or "later", with its day where that is known."""

    word: str
    day: str
    state: str


@dataclass(frozen=True, slots=True)
class StatusView(View):
    """How a case stands. `state` is the word of the table; the code is masked but for its ends."""

    data: str = ""
    code: tuple[str, ...] = ()
    state: str = "received"
    state_text: str = ""
    subject: str = ""
    filed: str = ""
    stops: tuple[CaseStop, ...] = ()
    answer: str = ""
    answer_by: str = ""
    answer_day: str = ""
    waiting: str = ""


class CaseStatus(Presenter[StatusView]):
    """How a case stands, and the answer."""

    step = "status"

    _code = ""
    _status: Status | None = None

    def found(self, code: str, status: Status) -> None:
        """This lay under the code."""
        self._code, self._status = f"{code[:4]}{code[-4:]}", status

    def present(self) -> StatusView:
        """The case."""
        say, status = self.say, self._status
        if status is None:
            return StatusView(say)
        made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.bundle.made_ms)
        filed = _day(say, status.filed_on)
        answered = bool(status.answer)
        return StatusView(
            say,
            say("status.data", when=f"{say.short_day(made.date())} {say.clock(made)}"),
            (self._code[:4], "••••", "••••", self._code[4:]),
            status.state,
            say(f"status.{status.state}"),
            self._subject(status.subject),
            say("status.filed", day=filed, number=status.number)
            if status.number
            else say("status.filed_only", day=filed),
            self._stops(status),
            status.answer,
            say("status.answer", who=status.answered_by) if status.answered_by else say("status.answer_office"),
            _day(say, status.answered_on),
            "" if answered else say("status.none_why", day=_day(say, status.answer_by)),
        )

    def _subject(self, category: str) -> str:
        """What the case is about: the name of its category, which later editions may know no more."""
        names = {each.id: each.name.into(self.say.language) for each in self.bundle.office.categories}
        return names.get(category, category)

    def _stops(self, status: Status) -> tuple[CaseStop, ...]:
        # A closed case has gone through all of them.
        last = STATES.index(status.state) if status.state in STATES else len(STATES)
        finished = status.state in {"answered", "closed"}
        names = (*STATES[:2], "closed" if status.state == "closed" else "answered")
        days = (_day(self.say, status.filed_on), "", _day(self.say, status.answered_on))
        return tuple(
            CaseStop(
                self.say(f"status.step_{name}"),
                days[place],
                "done" if place < last or (place == last and finished) else "now" if place == last else "later",
            )
            for place, name in enumerate(names)
        )

    @verb
    def again(self) -> None:
        """Another case."""
        self.flow.follow("again")

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")


def _day(say: Say, iso: str) -> str:
    try:
        return say.short_day(date.fromisoformat(iso))
    except ValueError:
        return ""
