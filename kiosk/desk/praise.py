"""Praise: thanks to a colleague by name, or by counter and hour where the name is not known."""

from dataclasses import dataclass
from typing import Final

from kiosk.clock import Moment
from kiosk.desk.services import shown
from kiosk.desk.world import World
from shared import thai
from shared.kinds import PraiseGiven

WORDS_MAX: Final = 500
#: The hours of a working day, each by its beginning.
HOURS: Final = tuple(str(hour) for hour in range(8, 17))


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a citizen has chosen so far. `person` and `reasons` are ids of the content."""

    person: str = ""
    counter: str = ""
    hour: str = ""
    reasons: tuple[str, ...] = ()
    words: str = ""


def give(world: World, moment: Moment, thanks: Thanks, language: str) -> int:
    """Record praise; returns its seq. Raises `NoContent`, or `CannotRecord` with nothing changed."""
    bundle = shown(world)
    name = next((each.name.th for each in bundle.office.colleagues if each.id == thanks.person), "")
    body = PraiseGiven(
        moment.service_date.isoformat(), thanks.person if name else "", name, thanks.counter, thanks.hour,
        list(thanks.reasons), thai.clean(thanks.words, chars_max=WORDS_MAX, lines=True), language,
    )  # fmt: skip
    with world.store.transaction() as tx:
        world.lobby.append(tx, body, at=moment.at.hour(), edition=bundle.edition)
    return tx.confirmed.records[-1].header.seq
