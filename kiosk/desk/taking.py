"""Taking a number at this screen: from the kiosk that keeps the lobby's queue, or from this one's own series.

One kiosk of a lobby keeps the queue, the host. A second one, or a tablet, asks it for each number and waits
`host.ANSWER_S` at the most; if no answer came, the number is its own, of a letter that no other device has. What it
gave alone it tells the host later, and then both logs agree on who does what: this one gave it, that one calls it.

    ticket = take(queue, moment, action=touch, service_id="sign_tax", language="th")
    tell(queue, moment)                  # every few seconds, at a guest

The rules of this file:
1. One touch is one visitor, and one `ticket.issued`, in the log of the kiosk where it was touched, whoever gave the
   number. In the host's log the number has joined its queue, and there alone is told what becomes of it.
2. A number that the host gave although its answer came too late is nobody's: what this kiosk tells bears the touch, and
   the host ends its own number of that touch as unclaimed. No figure ever counted it.
3. Nothing is told twice: the host keeps how far it heard each series, so what is told again changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tinydb.table import Document

from kiosk.clock import Moment
from kiosk.desk import queue as numbers
from kiosk.desk.counters import Queue
from kiosk.desk.queue import Priority, Ticket
from kiosk.desk.tickets import between_ms
from kiosk.desk.world import World
from kiosk.host import TOLD_MAX, Ask
from shared.kinds import TicketJoined

#: So many random bytes tell one touch from every other.
TOUCH_BYTES: Final = 16

TABLE: Final = "host_kiosk"
_ROW: Final = 1


def take(
    queue: Queue,
    moment: Moment,
    *,
    action: bytes,
    service_id: str,
    language: str,
    priority: Priority = "",
    papers_missing: int | None = None,
) -> Ticket:
    """Give a number for a service; an empty one is for whoever only asks. `action` is the touch. Raises as
    `queue.take_ticket` does.
    """
    world = queue.world
    wanted = numbers.wants(world, service_id, language=language, priority=priority, papers_missing=papers_missing)
    if world.host is not None:
        given = world.host.ask(Ask(action, service_id, language, priority, papers_missing))
        if given is not None:
            key = given.service_date, given.series, given.number
            ticket = numbers.give(world, moment, wanted, key=key)
            return replace(ticket, link=given.link, ahead=given.ahead, wait_min=given.wait_min)
    alone = action if world.config.host_kiosk else b""
    return numbers.give(world, queue.dated(moment), wanted, action=alone)


def tell(queue: Queue, moment: Moment) -> int:
    """Tell the host which numbers this kiosk gave alone, the oldest first; how many it has now. Where there are none,
    a host that was away is asked whether it is back.
    """
    host = queue.world.host
    if host is None:
        return 0
    told = _untold(queue, moment)
    if not (told or host.away) or not host.tell(told):
        return 0
    queue.hand_over(moment, [(each.service_date, each.series, each.number) for each in told])
    return len(told)


def _untold(queue: Queue, moment: Moment) -> list[TicketJoined]:
    waiting = [each for each in queue.look().tickets.values() if each.action and each.state == "waiting"]
    return [
        TicketJoined(
            *each.key, each.service, each.group, each.public_label, each.priority, each.papers_missing, each.language,
            each.action, between_ms(each.issued, moment.at),
        )
        for each in sorted(waiting, key=lambda each: each.key)[:TOLD_MAX]
    ]  # fmt: skip


# --- how this kiosk proves itself to its host ---------------------------------------------------------------------


def keep_membership(world: World, number: str, key: bytes) -> None:
    """Keep what the host gave for its code."""
    world.store.table(TABLE).upsert(Document({"number": number, "key": key}, _ROW))


def membership(world: World) -> tuple[str, bytes] | None:
    """Number and key at the host; None before this kiosk was let in."""
    row = world.store.table(TABLE).sound(_ROW)
    return None if row is None else (str(row["number"]), bytes(row["key"]))
