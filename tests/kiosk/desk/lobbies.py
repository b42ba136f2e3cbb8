"""A queue with its clock, for tests: people take numbers, counters press, time passes when told."""

import random
from datetime import date, time

from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from shared import content, kinds
from shared.content import Schedule, Span, WeekHours
from shared.kinds import TicketMoved
from tests.kiosk.worlds import Hands, an_office, pieces_of, some_services

BOTH = ("tax", "general")


class Lobby:
    """One queue with its clock; `press` makes the 16 bytes of a finger."""

    def __init__(self, world) -> None:
        self.world, self.hands, self.dice = world, Hands(), random.Random(7)
        self.clock = self.hands.clock()
        self.queue = Queue(world)

    def press(self) -> bytes:
        """A finger."""
        return self.dice.randbytes(16)

    def now(self):
        """The moment."""
        return self.clock.now()

    def restart(self, boot=b"boot-id2", **how):
        """The same store after the power came back; the clock is another start's."""
        self.clock = self.hands.clock(boot=boot, **how)
        self.queue = Queue(self.world)

    def ticket(self, service="sign_tax", priority=""):
        """A number, taken as the screen takes it; its key."""
        moment = self.queue.dated(self.now())
        ticket = take_ticket(self.world, moment, service_id=service, language="th", priority=priority)
        return ticket.service_date.isoformat(), ticket.series, ticket.number

    def open(self, counter, *groups):
        """A counter opens for these groups, or for both."""
        self.queue.seen(self.now(), counter, "open", staff=f"staff{counter}", groups=groups or BOTH)

    def call(self, counter, action=None):
        """Call the next."""
        return self.queue.call_next(self.now(), counter, action=action or self.press())

    def move(self, move, key, counter="", **how):
        """Any other press."""
        return self.queue.move(self.now(), move, key, counter, action=how.pop("action", None) or self.press(), **how)

    def serve(self, counter, seconds=60.0):
        """Call the next, serve and finish; the key."""
        key = self.call(counter).key
        self.move("serve", key, counter)
        self.hands.pass_s(seconds)
        self.move("finish", key, counter)
        return key


def moves(world):
    """What the log says of tickets, in order."""
    return [body for body in bodies(world) if isinstance(body, TicketMoved)]


def bodies(world):
    """All that the log says, in order."""
    found, seq = [], 0
    while run := list(world.lobby.after(seq)):
        found += [kinds.decode(record.header.kind, record.header.schema, record.body) for record in run]
        seq = run[-1].header.seq
    return found


def look(line):
    """All that a line says, to compare two of them."""
    return (
        line.service_date, line.tickets, line.gone, line.counters, list(line.calls), line.last_call,
        {group: list(ats) for group, ats in line.rhythm.items()}, line.actions, line.done, line.strips,
        line.staffed & {each.day for each in line.tickets.values()}, line.closed, line.last,
    )  # fmt: skip


def with_hours(**changes):
    """The pieces of an edition whose office is open on weekdays from 8:30 to 12 and from 13 to 16:30."""
    spans = [Span(opens=time(8, 30), closes=time(12)), Span(opens=time(13), closes=time(16, 30))]
    schedule = Schedule(
        week=[WeekHours(days=["mon", "tue", "wed", "thu", "fri"], spans=spans)],
        approved_by="ปลัด",
        approved_on=date(2026, 1, 5),
        **changes,
    )
    return {**pieces_of(an_office(), some_services()), content.SCHEDULE_PIECE: content.piece(schedule)}
