"""Ratings: one touch on one of five faces."""

from dataclasses import dataclass
from typing import Literal

from kiosk.clock import Moment
from kiosk.desk import tally
from kiosk.desk.world import World
from shared.kinds import RatingGiven

#: A second touch this soon is a child or a trembling hand: kept, marked, and left out of the mean.
REPEAT_MS = 5_000

Place = Literal["walk-by", "ticket", "outreach"]


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was recorded; `repeat` says that it came within seconds of the one before."""

    seq: int
    repeat: bool


def rate(world: World, moment: Moment, score: int, *, service_id: str = "", place: Place = "walk-by") -> Rated:
    """Record a score from 1 to 5 (best). Raises `CannotRecord` with nothing changed."""
    if not 1 <= score <= 5:
        raise ValueError(f"a score of {score}")
    last = tally.of(world, moment.service_date).last_rating
    repeat = last is not None and last.boot == moment.at.boot and moment.at.mono_ms - last.mono_ms < REPEAT_MS
    bundle = world.content.bundle
    body = RatingGiven(moment.service_date.isoformat(), score, place, service_id, repeat)
    with world.store.transaction() as tx:
        record = world.lobby.append(tx, body, at=moment.at, edition=bundle.edition if bundle else 0)
        tally.add(world, record.header.at, body)
    return Rated(tx.confirmed.records[-1].header.seq, repeat)
