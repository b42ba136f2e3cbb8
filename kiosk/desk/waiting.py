"""How long one waits: people before a ticket, a range of minutes, and how the hall stands, from the lobby's queue.

Nothing is said where nobody at a counter has told the kiosk today whom they serve: the kiosk would count everybody who
took a number as still waiting. A range is shown only where the queue can tell one (`turns.Line.range_min`).

    wait_of(world, queue.look(), ("2026-11-30", "A", 27))     # Wait(ahead=4, minutes=(10, 20), ...)
    hall(queue.look(), clock.now())                            # Hall(level=2, waiting=6, minutes=(10, 20))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kiosk.clock import Moment
from kiosk.desk import ticket_link
from kiosk.desk.queue import Ticket
from kiosk.desk.tickets import Key
from kiosk.desk.turns import Line
from kiosk.desk.world import World

#: People waiting for each open counter: up to the first it is quiet, up to the second there is some waiting.
HALL_STEPS: Final = (1, 4)
#: Whether the lobby's pages answer, or are about to.
_ANSWERS: Final = frozenset({"starting", "serving"})


@dataclass(frozen=True, slots=True)
class Wait:
    """How one ticket stands. `ahead` is None where it does not wait or nothing can be said, `minutes` where no range
    can; `counter` is where it is called to; `link` the address of its page, empty where none is served.
    """

    ahead: int | None = None
    minutes: tuple[int, int] | None = None
    counter: str = ""
    link: str = ""


#: Of a ticket whose queue cannot be told.
NOTHING_KNOWN: Final = Wait()


@dataclass(frozen=True, slots=True)
class Hall:
    """How busy it is: 1 quiet, 2 some, 3 many; how many wait, and how long somebody who came now would."""

    level: Literal[1, 2, 3]
    waiting: int
    minutes: tuple[int, int] | None


def of_ticket(world: World, line: Line, ticket: Ticket) -> Wait:
    """How a number that was just given stands: in `line`, or as the kiosk that gave it said. Raises as `wait_of`."""
    if world.config.host_kiosk:
        return Wait(ticket.ahead, ticket.wait_min, link=ticket.link)
    return wait_of(world, line, ticket.key)


def wait_of(world: World, line: Line, key: Key) -> Wait:
    """How this ticket stands in `line`, which this kiosk keeps. Raises `CannotRecord` where its page's address needs a
    key that cannot be kept.
    """
    there = line.tickets.get(key)
    link = ticket_link.link(world, key) if there is not None and world.lan.state in _ANSWERS else None
    if there is None or not line.counters:
        return Wait(link=link or "")
    called = there.counter if there.state in ("called", "serving") else ""
    return Wait(line.ahead_of(key), line.estimate_min(key), called, link or "")


def hall(line: Line, moment: Moment) -> Hall | None:
    """How the hall stands now; None where no counter was seen on the queue's day. The range spans every group that is
    called now, and is None where it can be told for none of them.
    """
    if not line.counters or not line.belongs(moment.at, moment.service_date.isoformat()):
        return None
    people = line.waiting()
    counters = [each for each in line.counters.values() if each.open]
    groups = sorted({group for each in counters for group in each.groups})
    told = [line.range_min(group, sum(each.group == group for each in people)) for group in groups]
    ranges = [each for each in told if each is not None]
    quiet, some = (step * max(1, len(counters)) for step in HALL_STEPS)
    return Hall(
        1 if len(people) <= quiet else 2 if len(people) <= some else 3,
        len(people),
        (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None,
    )
