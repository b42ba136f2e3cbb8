"""Rating the service: one touch on one of five faces records it; then a thank-you that asks why, if one wishes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kiosk.desk import ratings
from kiosk.desk.ratings import Rated, Why
from kiosk.ui.presenters.base import Presenter, View, typing, verb
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
    """Five faces. `chosen` is the one touched while it is being recorded, else 0."""

    faces: tuple[FaceChoice, ...] = ()
    chosen: int = 0


class Rating(Presenter[RatingView]):
    """One touch records."""

    step = "rating"

    _chosen = 0

    def enter(self) -> None:
        """A new rating."""
        self._chosen = 0

    def present(self) -> RatingView:
        """The faces."""
        return RatingView(self.say, faces(self.say), self._chosen)

    @verb
    def rate(self, score: int) -> None:
        """Record this score."""
        world, moment = self.world, self.flow.clock.now()
        self._chosen = score
        self.work(lambda: ratings.rate(world, moment, score), self._rated)

    def _rated(self, rated: Rated) -> None:
        page = self.flow.presenter_of("thanks")
        assert isinstance(page, Thanks)
        page.rated(rated)
        self.flow.follow("rated")


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
    """What was recorded, and what may be said about it. `unhappy` offers to report it as a case."""

    score: int = 0
    word: str = ""
    reasons: tuple[ReasonChoice, ...] = ()
    hint: str = ""
    dimensions: tuple[DimensionChoice, ...] = ()
    words: str = ""
    writing: bool = False
    full: bool = False
    unhappy: bool = False
    done_sub: str = ""


class Thanks(Presenter[ThanksView]):
    """Shown only after the rating was read back. All it asks may be left out; what was touched is kept at leaving."""

    step = "thanks"
    final = True
    ends_after_s: int | None = THANKS_S

    _rated: Rated | None = None
    _why = Why()
    _writing = False

    def rated(self, rated: Rated) -> None:
        """This was recorded."""
        self._rated = rated
        self._why = Why()
        self._writing = False

    def present(self) -> ThanksView:
        """Thanks, without pressing for more."""
        say, rated, why = self.say, self._rated, self._why
        if rated is None:
            return ThanksView(say)
        full = len(why.reasons) >= ratings.REASONS_MAX
        return ThanksView(
            say, rated.score, say(f"rating.face{rated.score}"), self._reasons(rated.score),
            say("thanks.enough" if full else "thanks.why_hint", n=ratings.REASONS_MAX), self._dimensions(rated.turn),
            why.words, self._writing, len(why.words) >= ratings.WORDS_MAX, rated.score <= ratings.LOW_MAX,
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
