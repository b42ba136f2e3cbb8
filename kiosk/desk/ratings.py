"""Ratings: one touch on one of five faces, and why, if somebody wishes to say.

The touch is recorded at once. What is said about it follows as one record of its own when the citizen leaves, by
whichever way: so nothing that was touched is lost, and nothing is counted twice.
"""

from dataclasses import dataclass
from typing import Final, Literal

from kiosk.clock import Moment
from kiosk.desk import tally
from kiosk.desk.world import World
from shared import thai
from shared.content import Bundle, Dimension, Reason
from shared.kinds import RatingExplained, RatingGiven

#: A second touch this soon is a child or a trembling hand: kept, marked, and left out of the mean.
REPEAT_MS = 5_000

#: With the score and two dimensions, three reasons make six touches, and six is what one may ask of a passer-by.
REASONS_MAX: Final = 3
ASKED: Final = 2
WORDS_MAX: Final = 500

#: Up to this score the reasons are those for being unhappy.
LOW_MAX: Final = 2

Place = Literal["walk-by", "ticket", "outreach"]


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was recorded; `repeat` says that it came within seconds of the one before.

    `turn` goes up by one from rating to rating of a day, and from day to day: it says which dimensions to ask about.
    """

    log: bytes
    seq: int
    score: int
    repeat: bool
    turn: int


@dataclass(frozen=True, slots=True)
class Why:
    """What was touched about a rating so far: ids of reasons, scores by dimension, words."""

    reasons: tuple[str, ...] = ()
    dimensions: tuple[tuple[str, int], ...] = ()
    words: str = ""


def rate(world: World, moment: Moment, score: int, *, service_id: str = "", place: Place = "walk-by") -> Rated:
    """Record a score from 1 to 5 (best). Raises `CannotRecord` with nothing changed."""
    if not 1 <= score <= 5:
        raise ValueError(f"a score of {score}")
    before = tally.of(world, moment.service_date)
    last = before.last_rating
    repeat = last is not None and last.boot == moment.at.boot and moment.at.mono_ms - last.mono_ms < REPEAT_MS
    bundle = world.content.bundle
    body = RatingGiven(moment.service_date.isoformat(), score, place, service_id, repeat)
    with world.store.transaction() as tx:
        record = world.lobby.append(tx, body, at=moment.at, edition=bundle.edition if bundle else 0)
        tally.add(world, record.header.at, body)
    kept = tx.confirmed.records[-1].header
    return Rated(kept.log, kept.seq, score, repeat, moment.service_date.toordinal() + sum(before.ratings))


def explain(world: World, moment: Moment, rated: Rated, why: Why, language: str) -> bool:
    """Record why, once for a rating; nothing where nothing was said, and then False. Raises `CannotRecord`."""
    words = thai.clean(why.words, chars_max=WORDS_MAX, lines=True)
    if not (why.reasons or why.dimensions or words):
        return False
    bundle = world.content.bundle
    body = RatingExplained(
        moment.service_date.isoformat(), rated.log, rated.seq, rated.score, rated.repeat, list(why.reasons),
        list(why.dimensions), words, language,
    )  # fmt: skip
    with world.store.transaction() as tx:
        world.lobby.append(tx, body, at=moment.at, edition=bundle.edition if bundle else 0)
    return True


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
