"""Ratings: one touch on one of five faces, and why, if somebody wishes to say.

The touch is recorded at once. Whoever touches another face then corrects it by a record of its own; what was recorded
stays. What is said about it follows as one more record when the citizen leaves, by whichever way: so nothing that was
touched is lost, and nothing is counted twice. All of these tell the hour and no minute, so that nobody finds by the
counter's clock who it was.

A rating is a passer-by's, or that of somebody served outside on a device set to `outreach`, or, with the code on a
ticket's slip (`desk.rating_codes`), that of a visit; the three are counted apart to the end.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from kiosk.clock import Moment
from kiosk.desk import rating_codes, tally
from kiosk.desk.tally import LastRating
from kiosk.desk.world import World
from shared import thai
from shared.content import Bundle, Dimension, Reason
from shared.kinds import RatingChanged, RatingExplained, RatingGiven
from shared.records import At

#: A second touch this soon is a child or a trembling hand: kept, marked, and left out of the mean.
REPEAT_MS = 5_000

#: After so many passers-by one right after the other (`tally.RUN_MS`), the next ones are a burst, and marked like it.
RUN_MAX: Final = 5

#: With the score and two dimensions, three reasons make six touches, and six is what one may ask of a passer-by.
REASONS_MAX: Final = 3
ASKED: Final = 2
WORDS_MAX: Final = 500

#: Up to this score the reasons are those for being unhappy.
LOW_MAX: Final = 2

Place = Literal["walk-by", "ticket", "outreach"]


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was recorded on `day`, or its last change, as record `seq` of `log` with this commitment; `repeat`
    says that it came within seconds of the one before, or in a burst.

    `place` is "ticket" where a slip's code was used up by it, and `service` then what that was given for. `turn` goes
    up by one from rating to rating of a day, and from day to day: it says which dimensions to ask about.
    """

    log: bytes
    seq: int
    commitment: bytes
    day: date
    score: int
    place: Place
    service: str
    repeat: bool
    turn: int


@dataclass(frozen=True, slots=True)
class Why:
    """What was touched about a rating so far: ids of reasons, scores by dimension, words."""

    reasons: tuple[str, ...] = ()
    dimensions: tuple[tuple[str, int], ...] = ()
    words: str = ""


def rate(world: World, moment: Moment, score: int, *, code: str = "") -> Rated:
    """Record a score from 1 to 5 (best). Raises `CannotRecord` with nothing changed, the code still good.

    A `code` that is good is used up by it; with one that is not (any more), this is a rating as without: on a device
    that staff take along that of somebody served outside, else a passer-by's.
    """
    _check(score)
    before = tally.of(world, moment.service_date)
    with world.store.transaction() as tx:
        service = rating_codes.redeem(world, moment.service_date, code) if code else None
        where: Place = "ticket" if service is not None else "outreach" if world.config.outreach else "walk-by"
        repeat = where != "ticket" and _too_soon(before.last_rating, moment.at)
        body = RatingGiven(moment.service_date.isoformat(), score, where, service or "", repeat)
        world.lobby.append(tx, body, at=moment.at.hour(), edition=_edition(world))
        tally.add(world, moment.at, body)
    kept = tx.confirmed.records[-1].header
    turn = moment.service_date.toordinal() + sum(before.ratings)
    day = moment.service_date
    return Rated(kept.log, kept.seq, kept.commitment, day, score, where, body.service, repeat, turn)


def change(world: World, moment: Moment, rated: Rated, score: int) -> Rated:
    """Put another score in the place of one that was just recorded. Raises `CannotRecord` with nothing changed."""
    _check(score)
    body = RatingChanged(
        rated.day.isoformat(), rated.log, rated.seq, rated.score, score, rated.place, rated.service, rated.repeat,
        rated.commitment,
    )  # fmt: skip
    with world.store.transaction() as tx:
        world.lobby.append(tx, body, at=moment.at.hour(), edition=_edition(world))
        tally.add(world, moment.at, body)
    kept = tx.confirmed.records[-1].header
    return replace(rated, log=kept.log, seq=kept.seq, commitment=kept.commitment, score=score)


def explain(world: World, moment: Moment, rated: Rated, why: Why, language: str) -> bool:
    """Record why, once for a rating; nothing where nothing was said, and then False. Raises `CannotRecord`."""
    words = thai.clean(why.words, chars_max=WORDS_MAX, lines=True)
    if not (why.reasons or why.dimensions or words):
        return False
    body = RatingExplained(
        rated.day.isoformat(), rated.log, rated.seq, rated.score, rated.repeat, list(why.reasons),
        list(why.dimensions), words, language, rated.place,
    )  # fmt: skip
    with world.store.transaction() as tx:
        world.lobby.append(tx, body, at=moment.at.hour(), edition=_edition(world))
    return True


def _check(score: int) -> None:
    if not 1 <= score <= 5:
        raise ValueError(f"a score of {score}")


def _edition(world: World) -> int:
    bundle = world.content.bundle
    return bundle.edition if bundle else 0


def _too_soon(last: LastRating | None, at: At) -> bool:
    since_ms = None if last is None else last.since_ms(at)
    if last is None or since_ms is None:
        return False
    return since_ms < REPEAT_MS or (since_ms < tally.RUN_MS and last.run >= RUN_MAX)


def reasons(bundle: Bundle, score: int) -> tuple[Reason, ...]:
    """The reasons to offer for a score."""
    feedback = bundle.office.feedback
    return feedback.low if score <= LOW_MAX else feedback.high


def asked(bundle: Bundle, turn: int) -> tuple[Dimension, ...]:
    """The dimensions whose turn it is: two, and the next two for the rating after."""
    every = bundle.office.feedback.dimensions
    if len(every) <= ASKED:
        return every
    first = turn * ASKED % len(every)
    return tuple(every[(first + step) % len(every)] for step in range(ASKED))
