"""A day of a lobby as records, and what is true of it: tickets that live by the kiosk's own table of moves.

    truths = lobby_day.play(dice, host, "2026-11-25", issuers=[host, other], tickets=40)

Each ticket is issued into the log of one kiosk and moved in that of the host, as where a second kiosk takes numbers.
What is true is told from the stretches of time that the ticket spent in each state, not from the records' fields.
"""

import datetime as dt
import random
from dataclasses import dataclass, field

from kiosk.desk.tickets import CLOSED_AS, MOVES
from shared.kinds import CounterSeen, QueueClosed, TicketIssued, TicketMoved
from shared.records import At, Quality

SERVICES = ("land_tax_payment", "sign_tax", "elderly_allowance", "commercial_registration", "street_light_repair")
#: How often each move happens where it may.
WEIGHTS = {
    "call": 60, "recall": 3, "serve": 40, "absent": 4, "back": 8, "hold": 3, "transfer": 3, "another": 2, "priority": 2,
    "late": 1, "finish": 40, "step": 12, "walk_in": 2, "leave": 2, "expire": 6,
}  # fmt: skip
MIN_MS = 60_000
COUNTERS = ("1", "2", "3", "4")


@dataclass
class Stretch:
    """A ticket was in `state` from `begin` to `end` (ms of the day), in its `part`-th service."""

    state: str
    begin: int
    end: int
    part: int
    then: str


@dataclass
class Truth:
    """What is true of a ticket. `services` are those its holder was here for, `ends` how each of them ended."""

    series: str
    number: int
    day: str
    issued_ms: int
    services: list[str]
    priority: str
    served_as: str = ""
    ends: list[str] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    on_paper: bool = False
    unclocked: int | None = None
    """The part in which a clock failed."""

    def waited_ms(self):
        """Until the first call; nothing where they walked in before it."""
        first = next((each for each in self.stretches if each.then in ("call", "walk_in")), None)
        return None if first is None or first.then == "walk_in" or self.on_paper else first.end - self.issued_ms

    def walked_ms(self, part):
        """From the last call before the counter to the counter."""
        walks = [each for each in self._of(part) if (each.state, each.then) == ("called", "serve")]
        return walks[0].end - walks[0].begin if walks and not self.on_paper else None

    def served_ms(self, part):
        """At counters, together."""
        there = [each.end - each.begin for each in self._of(part) if each.state == "serving"]
        return sum(there) if there and not self.on_paper and self.unclocked != part else None

    def walked_in(self, part):
        """Whether they came to a counter without having been called."""
        return any(each.then == "walk_in" for each in self._of(part))

    def _of(self, part):
        return [each for each in self.stretches if each.part == part]


def at(day: str, ms: int, boot: bytes) -> At:
    """A moment of an office's day, `ms` after its midnight, by a good clock."""
    midnight = dt.datetime.fromisoformat(f"{day}T00:00:00+07:00")
    return At(int(midnight.timestamp() * 1000) + ms, 420, boot, ms, Quality.GOOD)


def play(dice: random.Random, host, day: str, *, issuers=(), tickets: int, odd: float = 0.03) -> list[Truth]:
    """Append a day to the logs of the host and the issuers (each with its own letter); `odd` is the share of tickets
    that were finished at once or forgotten.
    """
    issuers = issuers or [host]
    events, truths = [], []
    for n in range(tickets):
        issuer = issuers[n % len(issuers)]
        truth, happened = _live(dice, "ABCDEFGH"[n % len(issuers)], n // len(issuers) + 1, day, odd)
        truths.append(truth)
        first, *moved = happened
        events.append((first[0], issuer, first[1]))
        events += [(ms, host, body) for ms, body in moved]
    for counter in COUNTERS:
        begin = (8 * 60 + 20 + int(counter) * 3) * MIN_MS
        for ms, state in ((begin, "open"), (12 * 60 * MIN_MS, "pause"), (13 * 60 * MIN_MS, "open")):
            if state != "pause" or counter in "12":
                events.append((ms, host, CounterSeen(day, counter, state, "somebody", ["tax"])))
    for ms, kiosk, body in sorted(events, key=lambda each: each[0]):
        kiosk.append(body, at=at(day, ms, kiosk.boot))
    end_ms = max(ms for ms, _, _ in events) + MIN_MS
    host.append(QueueClosed(day, len(host.lobby.records)), at=at(day, end_ms, host.boot))
    return truths


def _live(dice, series, number, day, odd):
    """One ticket from its issue to its end."""
    begin = int(dice.triangular(8.5, 15.5, 10) * 60 * MIN_MS)
    service, priority = dice.choice(SERVICES), dice.choice(("", "", "", "elderly", "disabled"))
    truth = Truth(series, number, day, begin, [service], priority, priority, on_paper=dice.random() < 0.04)
    body = TicketIssued(day, series, number, service, "งานจัดเก็บรายได้", priority, None, "th")
    events, state, since, counter = [(begin, body)], "waiting", begin, ""
    slip = dice.random() < odd
    while True:
        legal = [move for move in WEIGHTS if state in MOVES[move].frm]
        # Who was called is served first, mostly: a "done" without a "begin" measures nothing.
        weights = [3 if (state, each) == ("called", "finish") else WEIGHTS[each] for each in legal]
        move = dice.choices(legal, weights)[0]
        took = _took(dice, state, begin, slip=slip)
        if len(events) > 14 or dice.random() < 0.03:
            move = "close"
        now, row = max(since + took, events[-1][0] + 1), MOVES[move]
        if move not in ("late", "expire", "close"):
            counter = dice.choice(COUNTERS) if move == "call" else counter or dice.choice(COUNTERS)
        to_service, reason = "", ""
        if move == "another" or (move == "transfer" and dice.random() < 0.3):
            to_service = dice.choice([each for each in SERVICES if each != truth.services[-1]])
        if move == "priority":
            was, truth.served_as = truth.served_as, dice.choice(("", "elderly", "pregnant"))
            reason = f"{was}/{truth.served_as}/seen"
        part = len(truth.services) - 1
        if move == "priority":
            # It stays where it waits: the stretch goes on.
            stretch = None
        else:
            stretch = Stretch(state, since, now, part, move)
            truth.stretches.append(stretch)
        clocked = not truth.on_paper and not (state == "serving" and dice.random() < 0.02)
        if not clocked and not truth.on_paper:
            truth.unclocked = part
        events.append((now, _moved(truth, stretch, move, counter, to_service, reason, state, dice, clocked)))
        if to_service:
            truth.ends.append("served" if move == "another" else "sent_on")
            truth.services.append(to_service)
        if row.to is None:
            truth.ends.append(CLOSED_AS[state] if move == "close" else row.end)
            if state == "serving" and move == "close":
                truth.unclocked = part
            return truth, events
        if stretch is not None:
            state, since = row.to, now


def _moved(truth, stretch, move, counter, to_service, reason, state, dice, clocked):
    took = stretch.end - stretch.begin if stretch is not None and clocked else None
    calls = sum(each.then in ("call", "walk_in") for each in truth.stretches)
    held = move in ("late", "expire", "close")
    return TicketMoved(
        truth.day, truth.series, truth.number, move, "" if held else counter, "" if held else "somebody",
        "", to_service, state if move == "close" else reason, dice.randbytes(16) if MOVES[move].by else b"",
        stretch.end - truth.issued_ms if move == "call" and calls == 1 and clocked else None,
        took if move == "serve" and state == "called" else None,
        took if move in ("finish", "another", "transfer", "hold", "step") and state == "serving" else None,
        truth.on_paper,
    )  # fmt: skip


def _took(dice, state, begin, *, slip):
    """How long a ticket stays in a state, in ms."""
    if state == "serving":
        if slip:
            return dice.choice((900, 3_000, 5 * 60 * MIN_MS))
        return int(dice.triangular(1, 14, 4) * MIN_MS)
    if state == "waiting":
        busy = 1.8 if 9 <= begin // (60 * MIN_MS) <= 11 else 1
        return int(dice.triangular(0.5, 24, 6) * busy * MIN_MS)
    return int(dice.triangular(0.1, 2, 0.4) * MIN_MS)
