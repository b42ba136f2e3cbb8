"""Rating the service: one touch on one of five faces records it; then a thank-you that asks why, if one wishes.

Whoever holds a ticket's slip may type its code first (`SlipCode`): the rating is then one of somebody who was served.
The code lives here until it is used up or the visit ends. On the thank-you another face may be put in the place of the
one that was touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kiosk.desk import rating_codes, ratings
from kiosk.desk.ratings import Rated, Why
from kiosk.desk.tracking import TooManyTries
from kiosk.ui.presenters.base import Presenter, View, key, typing, verb
from kiosk.ui.strings import Say

SCORES: Final = (1, 2, 3, 4, 5)
#: Long enough to think about the next touch; each begins it anew.
THANKS_S: Final = 30


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """One face with its word; 5 is the best."""

    score: int
    word: str


def faces(say: Say) -> tuple[FaceChoice, ...]:
    """The five faces from worst to best."""
    return tuple(FaceChoice(score, say(f"rating.face{score}")) for score in SCORES)


@dataclass(frozen=True, slots=True)
class RatingView(View):
    """Five faces. `chosen` is the one touched while it is being recorded, else 0; `visit` says that a slip's code was
    typed and is good.
    """

    faces: tuple[FaceChoice, ...] = ()
    chosen: int = 0
    visit: bool = False


class Rating(Presenter[RatingView]):
    """One touch records."""

    step = "rating"

    _chosen = 0
    _code = ""

    def enter(self) -> None:
        """A new rating."""
        self._chosen = 0

    def with_code(self, code: str) -> None:
        """The next rating is of the visit that this code was given for."""
        self._code = code

    def present(self) -> RatingView:
        """The faces."""
        return RatingView(self.say, faces(self.say), self._chosen, bool(self._code))

    @verb
    def code(self) -> None:
        """Type the code of a ticket's slip."""
        self.flow.follow("code")

    @verb
    def rate(self, score: int) -> None:
        """Record this score."""
        world, moment, code = self.world, self.flow.clock.now(), self._code
        self._chosen = score
        self.work(lambda: ratings.rate(world, moment, score, code=code), self._rated)

    def _rated(self, rated: Rated) -> None:
        self._code = ""
        page = self.flow.presenter_of("thanks")
        assert isinstance(page, Thanks)
        page.rated(rated)
        self.flow.follow("rated")


@dataclass(frozen=True, slots=True)
class SlipCodeView(View):
    """The digits typed so far in two groups. `refused` says that these were tried and are not good."""

    groups: tuple[str, ...] = ("", "")
    left: str = ""
    complete: bool = False
    message: str = ""
    message_sub: str = ""
    refused: bool = False
    busy: bool = False


class SlipCode(Presenter[SlipCodeView]):
    """Typing the code of a slip. It is used up by the rating, not here: whoever leaves keeps it."""

    step = "slip_code"

    _typed = ""
    _refused = False
    _wait_until_ms = 0

    def enter(self) -> None:
        """An empty pad."""
        self._typed, self._refused = "", False

    def _wait_s(self) -> int:
        return -(-(self._wait_until_ms - self.flow.clock.mono_ms()) // 1000)

    def present(self) -> SlipCodeView:
        """The code as typed, and what came of the last try."""
        say, code = self.say, self._typed
        message, sub = "", ""
        if self._wait_s() > 0:
            message, sub = say("track.slow", seconds=self._wait_s()), say("slip_code.slow_why")
        elif self._refused:
            message, sub = say("slip_code.refused"), say("slip_code.refused_why")
        left = rating_codes.DIGITS - len(code)
        return SlipCodeView(
            say, (code[:4], code[4:]), say("track.left", n=left) if left else "", left == 0 and self._wait_s() <= 0,
            message, sub, self._refused, self.flow.busy,
        )  # fmt: skip

    @key
    def digit(self, digit: str) -> None:
        """One digit more."""
        if len(self._typed) < rating_codes.DIGITS and digit in "0123456789":
            self._typed += digit
            self._refused = False

    @key
    def erase(self) -> None:
        """The last digit goes."""
        self._typed = self._typed[:-1]
        self._refused = False

    @verb
    def clear(self) -> None:
        """All digits go."""
        self._typed, self._refused = "", False

    @verb
    def use(self) -> None:
        """Look whether this code is good; few tries are taken in a minute."""
        world, moment, code = self.world, self.flow.clock.now(), self._typed
        if len(code) != rating_codes.DIGITS:
            return
        try:
            self.flow.slip_tries.take(moment)
        except TooManyTries as error:
            self._wait_until_ms = moment.at.mono_ms + error.seconds * 1000
            return
        self.work(lambda: rating_codes.known(world, moment.service_date, code), self._looked_up)

    def _looked_up(self, known: bool) -> None:
        if not known:
            self._refused = True
            return
        page = self.flow.presenter_of("rating")
        assert isinstance(page, Rating)
        page.with_code(self._typed)
        self._typed = ""
        self.flow.follow("known")

    @verb
    def without(self) -> None:
        """Rate without a code."""
        self.flow.follow("without")


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """One reason with its sign."""

    id: str
    word: str
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DimensionChoice:
    """One side of the service; `score` is 0 until its face was touched."""

    id: str
    word: str
    hint: str
    icon: str
    faces: tuple[FaceChoice, ...]
    score: int


@dataclass(frozen=True, slots=True)
class ThanksView(View):
    """What was recorded, and what may be said about it. `telling` offers to report it as a case; `changing` shows the
    `faces` again, the recorded one `chosen`.
    """

    score: int = 0
    word: str = ""
    recorded: str = ""
    changing: bool = False
    faces: tuple[FaceChoice, ...] = ()
    chosen: int = 0
    reasons: tuple[ReasonChoice, ...] = ()
    hint: str = ""
    dimensions: tuple[DimensionChoice, ...] = ()
    words: str = ""
    writing: bool = False
    full: bool = False
    telling: bool = False
    done_sub: str = ""


class Thanks(Presenter[ThanksView]):
    """Shown only after the rating was read back. All it asks may be left out; what was touched is kept at leaving."""

    step = "thanks"
    final = True
    ends_after_s: int | None = THANKS_S

    _rated: Rated | None = None
    _why = Why()
    _writing = False
    _changing = False

    def rated(self, rated: Rated) -> None:
        """This was recorded."""
        self._rated = rated
        self._why = Why()
        self._writing = self._changing = False

    def present(self) -> ThanksView:
        """Thanks, without pressing for more."""
        say, rated, why = self.say, self._rated, self._why
        if rated is None:
            return ThanksView(say)
        full = len(why.reasons) >= ratings.REASONS_MAX
        return ThanksView(
            say, rated.score, say(f"rating.face{rated.score}"),
            say("thanks.recorded_visit" if rated.place == "ticket" else "thanks.recorded"), self._changing,
            faces(say) if self._changing else (), rated.score, self._reasons(rated.score),
            say("thanks.enough" if full else "thanks.why_hint", n=ratings.REASONS_MAX), self._dimensions(rated.turn),
            why.words, self._writing, len(why.words) >= ratings.WORDS_MAX,
            rated.score <= ratings.LOW_MAX and not (self._writing or self._changing),
            "" if self._writing else say("thanks.done_why", seconds=self.flow.seconds_left()),
        )  # fmt: skip

    def _reasons(self, score: int) -> tuple[ReasonChoice, ...]:
        language, chosen = self.say.language, self._why.reasons
        return tuple(
            ReasonChoice(each.id, each.name.into(language), each.icon, each.id in chosen)
            for each in ratings.reasons(self.bundle, score)
        )

    def _dimensions(self, turn: int) -> tuple[DimensionChoice, ...]:
        language, scores = self.say.language, dict(self._why.dimensions)
        five = faces(self.say)
        return tuple(
            DimensionChoice(
                each.id, each.name.into(language), each.hint.into(language), each.icon, five, scores.get(each.id, 0)
            )
            for each in ratings.asked(self.bundle, turn)
        )

    def back(self) -> bool:
        """To the faces, which stand on this page too: on the one before, another touch would be another rating."""
        self._change(not self._changing)
        return True

    @verb
    def change(self, open_: bool) -> None:
        """Show the faces again, or leave the rating as it is."""
        self._change(open_)

    def _change(self, open_: bool) -> None:
        self._changing = open_
        self._writing = False

    @verb
    def rate(self, score: int) -> None:
        """Put this score in the place of the recorded one; the same one is none."""
        rated = self._rated
        if rated is None or not self._changing or score == rated.score:
            self._changing = False
            return
        world, moment = self.world, self.flow.clock.now()
        self.work(lambda: ratings.change(world, moment, rated, score), self._changed)

    def _changed(self, rated: Rated) -> None:
        """A reason that is not offered for the new score is no reason any more."""
        self._rated, self._changing = rated, False
        offered = {each.id for each in ratings.reasons(self.bundle, rated.score)}
        self._why = replace(self._why, reasons=tuple(each for each in self._why.reasons if each in offered))

    @verb
    def reason(self, reason: str) -> None:
        """This is why; touched again, it is not. More than the most are not taken."""
        chosen = self._why.reasons
        if reason in chosen:
            chosen = tuple(each for each in chosen if each != reason)
        elif len(chosen) < ratings.REASONS_MAX:
            chosen = (*chosen, reason)
        self._why = replace(self._why, reasons=chosen)

    @verb
    def dimension(self, dimension: str, score: int) -> None:
        """This side of the service was so; another face replaces it."""
        others = tuple(pair for pair in self._why.dimensions if pair[0] != dimension)
        self._why = replace(self._why, dimensions=(*others, (dimension, score)))

    @verb
    def write(self, open_: bool) -> None:
        """Open or close the keyboard. Who writes is given the time of every other page."""
        self._writing = open_
        self.ends_after_s = None if open_ else THANKS_S

    @typing
    def words(self, text: str) -> None:
        """The whole text as typed."""
        self._why = replace(self._why, words=text[: ratings.WORDS_MAX])

    def leave(self) -> None:
        """Hand over what was touched, once."""
        rated, why = self._rated, self._why
        self._rated, self._why = None, Why()
        if rated is None or why == Why():
            return
        world, moment, language = self.world, self.flow.clock.now(), self.visit.language
        self.flow.hand_over(lambda: ratings.explain(world, moment, rated, why, language))

    @verb
    def tell(self) -> None:
        """Report it as a case."""
        self.flow.follow("tell")

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")
