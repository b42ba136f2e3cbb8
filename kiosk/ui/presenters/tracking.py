"""Following a case by its 16 digits: the pad, and how the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from kiosk.desk import returns, tracking
from kiosk.desk.returns import AlreadySaid, NoReason, Returned
from kiosk.desk.tracking import Found, TooManyTries
from kiosk.ui.presenters.base import Presenter, View, key, typing, verb
from kiosk.ui.presenters.complaint import outside_channels
from kiosk.ui.presenters.rating import ReasonChoice
from kiosk.ui.strings import Say
from shared.content import Status
from shared.keys import CODE_DIGITS
from shared.kinds import RETURN_REASONS

STATES: Final = ("received", "in_progress", "answered")

#: What the status of a complaint about a person tells of its subject.
CONFIDENTIAL: Final = "confidential"

#: The sign of each reason why something is not fixed.
_REASON_ICONS: Final = {
    "nobody_came": "hourglass", "no_better": "thumbs-down", "came_back": "arrow-counter-clockwise",
    "not_my_matter": "question", "other": "dots-three",
}  # fmt: skip


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

        def look() -> tuple[Found, bool] | None:
            found = tracking.find(world, code)
            return (found, returns.may_say(world, found)) if found else None

        self.work(look, self._found)

    def _found(self, found: tuple[Found, bool] | None) -> None:
        if found is None:
            self._missing = True
            return
        page = self.flow.presenter_of("status")
        assert isinstance(page, CaseStatus)
        page.found(self.visit.code, *found)
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
    waiting_sub: str = ""
    unhappy: str = ""
    may_return: bool = False
    """Whether one may say now that it is not fixed."""


class CaseStatus(Presenter[StatusView]):
    """How a case stands, and the answer."""

    step = "status"

    _code = ""
    _may_return = False
    _answer_by: date | None = None

    #: What lay under the code.
    case: Found | None = None

    def found(self, code: str, case: Found, may_return: bool) -> None:
        """This lay under the code."""
        self._code, self.case, self._may_return = f"{code[:4]}{code[-4:]}", case, may_return
        self._answer_by = None

    def returned(self, answer_by: date | None) -> None:
        """It was said that this is not fixed, now or (None) before: it cannot be said again."""
        self._may_return, self._answer_by = False, answer_by

    def present(self) -> StatusView:
        """The case."""
        say = self.say
        if self.case is None:
            return StatusView(say)
        status = self.case.status
        made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.bundle.made_ms)
        filed = _day(say, status.filed_on)
        waiting, waiting_sub = self._waiting(status)
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
            waiting,
            waiting_sub,
            "" if self._may_return or not status.answer else self._unhappy(status.subject),
            self._may_return,
        )

    def _waiting(self, status: Status) -> tuple[str, str]:
        """What the citizen waits for, and until when; empty where the office owes nothing."""
        say = self.say
        by = say("status.none_why", day=_day(say, status.answer_by))
        if self._answer_by is not None:
            return say("status.returned"), say("status.none_why", day=say.short_day(self._answer_by))
        if status.round and not self._may_return:
            return say("status.returned"), say("status.returned_why")
        if status.state in STATES[:2] and status.answer:
            return say("status.again_open"), by
        return ("", "") if status.answer or status.state == "closed" else (say("status.none"), by)

    def _unhappy(self, subject: str) -> str:
        """What else one can do who is not content with the answer."""
        if subject != CONFIDENTIAL:
            return self.say("status.unhappy")
        outside = " · ".join(f"{each.name} {each.phone}" for each in outside_channels(self))
        return self.say("status.unhappy_confidential", outside=outside)

    def _subject(self, category: str) -> str:
        """What the case is about: the name of its category, which later editions may know no more."""
        if category == CONFIDENTIAL:
            return self.say("status.confidential")
        names = {each.id: each.name.into(self.say.language) for each in self.bundle.office.categories}
        return names.get(category, category)

    def _stops(self, status: Status) -> tuple[CaseStop, ...]:
        # A closed case has gone through all of them.
        last = STATES.index(status.state) if status.state in STATES else len(STATES)
        finished = status.state in {"answered", "closed"}
        names = (*STATES[:2], "closed" if status.state == "closed" else "answered")
        days = (_day(self.say, status.filed_on), "", _day(self.say, status.answered_on) if finished else "")
        return tuple(
            CaseStop(
                self.say(f"status.step_{name}"),
                days[place],
                "done" if place < last or (place == last and finished) else "now" if place == last else "later",
            )
            for place, name in enumerate(names)
        )

    @verb
    def not_fixed(self) -> None:
        """Say that it is not fixed."""
        self.flow.follow("not_fixed")

    @verb
    def again(self) -> None:
        """Another case."""
        self.flow.follow("again")

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")


@dataclass(frozen=True, slots=True)
class ReturningView(View):
    """Why it is not fixed: a reason, and words if one wishes."""

    subject: str = ""
    reasons: tuple[ReasonChoice, ...] = ()
    words: str = ""
    writing: bool = False
    need: str = ""
    send: str = ""
    busy: bool = False


class Returning(Presenter[ReturningView]):
    """Choose why, and send: the case is taken up again. Nothing is kept before "send"."""

    step = "returning"

    _reason = ""
    _words = ""
    _writing = False
    _asked = False

    @property
    def page(self) -> CaseStatus:
        """The case this is about, where one comes from and returns to."""
        page = self.flow.presenter_of("status")
        assert isinstance(page, CaseStatus)
        return page

    def enter(self) -> None:
        """Another case, or another round, begins anew."""
        self._reason = self._words = ""
        self._writing = self._asked = False

    def present(self) -> ReturningView:
        """As far as it was chosen."""
        say = self.say
        return ReturningView(
            say, self.page.present().subject,
            tuple(
                ReasonChoice(each, say(f"returning.{each}"), _REASON_ICONS[each], each == self._reason)
                for each in RETURN_REASONS
            ),
            self._words, self._writing, say("returning.need") if self._asked and not self._reason else "",
            say("review.sending" if self.flow.busy else "returning.send"), self.flow.busy,
        )  # fmt: skip

    @verb
    def reason(self, reason: str) -> None:
        """This is why."""
        self._reason = reason

    @verb
    def write(self, open_: bool) -> None:
        """Open or close the keyboard."""
        self._writing = open_

    @typing
    def words(self, text: str) -> None:
        """The whole text as typed."""
        self._words = text[: returns.WORDS_MAX]

    @verb
    def send(self) -> None:
        """Record it; without a reason, ask for one."""
        case = self.page.case
        if not self._reason or case is None:
            self._asked, self._writing = True, False
            return
        world, moment, reason, words = self.world, self.flow.clock.now(), self._reason, self._words
        language = self.visit.language
        self.work(lambda: returns.say(world, moment, case, reason, words, language), self._said, self._trouble)

    def _said(self, said: Returned) -> None:
        self._words = ""
        self.page.returned(said.answer_by)
        self.flow.follow("sent")

    def _trouble(self, error: Exception) -> bool:
        self._words = ""
        if not isinstance(error, AlreadySaid | NoReason):
            return False
        self.page.returned(None)
        self.flow.follow("sent")
        return True


def _day(say: Say, iso: str) -> str:
    try:
        return say.short_day(date.fromisoformat(iso))
    except ValueError:
        return ""
