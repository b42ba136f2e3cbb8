"""The strip: numbers on paper for a power cut, which no screen ever gives out.

While there is power, staff print the next numbers of a series; when it is gone they tear them off and hand them out.
The series goes on behind the strip from the moment it is asked for, so a number on paper is never also on a screen,
whatever becomes of the print: what did not come out is a gap, and the next strip has other numbers. No number of a
strip is a visitor until somebody who held it is entered.

    strip = take_strip(world, moment, "A")            # A041 to A060; the screen goes on with A061
    slips.print_only(world, moment, slips.strip_slip(world, strip, "th"), mono_ms=clock.mono_ms)
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kiosk.clock import Moment
from kiosk.desk import queue
from kiosk.desk.world import World
from shared.content import Bundle, Series
from shared.kinds import NumbersReserved

#: So many numbers are on a strip: an hour of an ordinary morning, and half a metre of paper.
STRIP_NUMBERS: Final = 20


@dataclass(frozen=True, slots=True)
class Strip:
    """Numbers that were set aside; `seq` is their record."""

    service_date: date
    series: str
    first: int
    last: int
    seq: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Each of them, as board and slip write it."""
        return tuple(queue.label(self.series, number) for number in range(self.first, self.last + 1))


def take_strip(world: World, moment: Moment, series: str, count: int = STRIP_NUMBERS) -> Strip:
    """Set aside the next `count` numbers of one of this kiosk's series. Raises `ValueError` for a series that is
    another device's, `CannotRecord` with nothing set aside.
    """
    if series not in world.identity.series or count < 1:
        raise ValueError(f"{count} numbers of series {series!r}")
    with world.store.transaction() as tx:
        first = tx.next_number(moment.service_date, series)
        last = first + count - 1
        tx.raise_mark(moment.service_date, series, last)
        body = NumbersReserved(moment.service_date.isoformat(), series, first, last)
        world.lobby.append(tx, body, at=moment.at, edition=world.content.edition)
    return Strip(moment.service_date, series, first, last, tx.confirmed.records[-1].header.seq)


def groups_of(bundle: Bundle, letters: tuple[str, ...]) -> dict[str, tuple[Series, ...]]:
    """The groups of services that wait under each of a device's letters; letters that stand for none are left out."""
    found: dict[str, tuple[Series, ...]] = {}
    for group in bundle.office.series:
        letter = queue.series_letter(bundle, group.id, letters)
        found[letter] = (*found.get(letter, ()), group)
    return found
