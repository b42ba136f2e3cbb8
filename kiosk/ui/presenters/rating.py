"""Rating the service: one touch on one of five faces records it, and a thank-you that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.desk import ratings
from kiosk.desk.ratings import Rated
from kiosk.ui.presenters.base import Presenter, View, verb
from kiosk.ui.strings import Say

SCORES: Final = (1, 2, 3, 4, 5)
THANKS_S: Final = 20


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

    def _rated(self, _rated: Rated) -> None:
        page = self.flow.presenter_of("thanks")
        assert isinstance(page, Thanks)
        page.score = self._chosen
        self.flow.follow("rated")


@dataclass(frozen=True, slots=True)
class ThanksView(View):
    """What was recorded, and a word that fits it. `unhappy` offers to tell more."""

    score: int = 0
    word: str = ""
    title: str = ""
    sub: str = ""
    unhappy: bool = False
    done_sub: str = ""


class Thanks(Presenter[ThanksView]):
    """Shown only after the rating was read back."""

    step = "thanks"
    final = True
    ends_after_s = THANKS_S

    score = 0

    def present(self) -> ThanksView:
        """Thanks, without pressing for more."""
        say = self.say
        if not self.score:
            return ThanksView(say)
        tone = {1: "low", 2: "low", 3: "middle"}.get(self.score, "high")
        return ThanksView(
            say, self.score, say(f"rating.face{self.score}"), say(f"thanks.{tone}"), say(f"thanks.{tone}_why"),
            tone == "low", say("thanks.done_why", seconds=self.flow.seconds_left()),
        )  # fmt: skip

    @verb
    def tell(self) -> None:
        """Tell more."""
        self.flow.follow("tell")

    @verb
    def other(self) -> None:
        """Do something else."""
        self.flow.follow("other")

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")
