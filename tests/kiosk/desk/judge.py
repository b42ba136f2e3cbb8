"""An independent checker of a day: reads the records of two kiosks one after another and believes nothing else.

It knows the laws, not the code: one touch is one visitor with one number and one end; counters take one person at a
time, whom they serve, who came first, priority within its bound; times are what the records' own moments say.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from shared import kinds
from shared.kinds import CounterSeen, NumbersReserved, QueueClosed, TicketIssued, TicketJoined, TicketMoved

#: What the issue promises, told here once more: so many priority calls in a row at the most.
RUN_MAX = 2
GROUP = {"sign_tax": "tax", "water_request": "general", "hiv_allowance": "general", "": "general"}


@dataclass
class Person:
    """What the checker knows of a ticket in the host's queue."""

    issued_ms: int
    group: str
    priority: str
    state: str = "waiting"
    counter: str = ""
    sent_to: str = ""
    placed_anew: bool = False
    calls: int = 0
    since_ms: int = 0
    touch: bytes = b""


@dataclass
class Judge:
    """`wrong` says what may not be; `ends` counts how tickets ended."""

    people: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    ends: Counter = field(default_factory=Counter)
    run: dict = field(default_factory=lambda: defaultdict(int))
    walked: set = field(default_factory=set)
    counters: dict = field(default_factory=dict)
    presses: set = field(default_factory=set)
    strips: set = field(default_factory=set)
    closed: list = field(default_factory=list)

    def host(self, at, body) -> None:
        """One more record of the host."""
        match body:
            case TicketIssued():
                key = body.service_date, body.series, body.number
                self.came(key, Person(at.mono_ms, GROUP[body.service], body.priority, since_ms=at.mono_ms))
                on_strip = key in self.strips
                self.people[key].state = "on paper" if on_strip else "waiting"
            case TicketJoined():
                key = body.service_date, body.series, body.number
                issued_ms = at.mono_ms - body.waited_ms
                person = Person(issued_ms, body.group, body.priority, since_ms=issued_ms, touch=body.action)
                twins = [each for each in self.people.values() if each.touch == body.action and each.state != "gone"]
                if twins:
                    self.wrong.append(f"one touch, two in the line: {key}")
                self.came(key, person)
            case NumbersReserved():
                self.strips |= {(body.service_date, body.series, number) for number in range(body.first, body.last + 1)}
            case CounterSeen():
                self.counters[body.counter] = body
            case QueueClosed():
                self.closed.append(at)
            case TicketMoved():
                self.moved(at, body)

    def came(self, key, person) -> None:
        """A number stands in the line."""
        if key in self.people:
            self.wrong.append(f"{key} was given twice")
        self.people[key] = person

    def moved(self, at, body) -> None:
        """A ticket moved."""
        key = body.service_date, body.series, body.number
        person = self.people[key]
        if body.action:
            if body.action in self.presses:
                self.wrong.append(f"one press, two records: {body}")
            self.presses.add(body.action)
        before, passed = person.state, at.mono_ms - person.since_ms
        match body.move:
            case "call":
                self.called(at, body, person)
            case "recall":
                self.mine(body, person, "called")
            case "serve":
                self.mine(body, person, "called", "held")
                self.alone(body, person)
                if before == "called" and body.walked_ms != passed:
                    self.wrong.append(f"walked {passed} ms, told as {body.walked_ms}")
            case "walk_in" if body.on_paper:
                if before not in ("on paper", "waiting", "missed"):
                    self.wrong.append(f"entered from paper while {before}")
            case "walk_in":
                self.walk_in(body, person)
            case "absent":
                self.mine(body, person, "called")
            case "back" | "late":
                person.placed_anew, person.sent_to = True, ""
            case "hold" | "step":
                self.mine(body, person, "called", "serving")
            case "transfer" | "another":
                self.mine(body, person, "serving")
                person.group, person.sent_to = (
                    GROUP.get(body.to_service, body.to_service) if body.to_service else person.group,
                    body.to_counter,
                )
            case "priority":
                person.priority = body.reason.split("/")[1]
            case "finish" if not body.on_paper:
                self.mine(body, person, "serving")
        self.served(body, before, passed)
        after = {
            "call": "called", "recall": "called", "serve": "serving", "walk_in": "serving", "step": "serving",
            "absent": "missed", "back": "waiting", "late": "waiting", "hold": "held", "transfer": "waiting",
            "another": "waiting", "priority": "waiting", "finish": "gone", "leave": "gone", "expire": "gone",
            "close": "gone", "unclaimed": "gone",
        }[body.move]  # fmt: skip
        if before == "gone":
            self.wrong.append(f"it ended, then {body}")
        if after == "gone":
            self.ends[f"{body.move} {before}" if body.move == "close" else body.move] += 1
        if body.move != "priority":
            person.since_ms = at.mono_ms
        person.state = after
        person.counter = body.counter if after in ("called", "serving", "held") else ""

    def served(self, body, before, passed) -> None:
        """What a stretch at a counter took, told by the record that ends it; nothing where it was on paper."""
        ends = body.move in ("finish", "another", "transfer", "hold", "step") and before == "serving"
        expected = passed if ends and not body.on_paper else None
        if body.served_ms != expected:
            self.wrong.append(f"{body.move}: served {expected} ms, told as {body.served_ms}")

    def mine(self, body, person, *states) -> None:
        """Only who called goes on, and only from there."""
        if person.state not in states or person.counter != body.counter:
            self.wrong.append(f"{body} by another, or out of turn: {person}")

    def alone(self, body, person) -> None:
        """A counter has one person, and is open."""
        there = [
            each for each in self.people.values()
            if each is not person and each.counter == body.counter and each.state in ("called", "serving")
        ]  # fmt: skip
        if there:
            self.wrong.append(f"counter {body.counter} took somebody while somebody was there")
        if self.counters[body.counter].state != "open":
            self.wrong.append(f"counter {body.counter} is not open")

    def may_come(self, person, counter) -> bool:
        """Whether this person waits for this counter."""
        if person.state != "waiting":
            return False
        shut = person.sent_to and (
            person.sent_to not in self.counters or self.counters[person.sent_to].state == "closed"
        )
        if person.sent_to and not shut:
            return person.sent_to == counter
        return person.group in self.counters[counter].groups

    def walk_in(self, body, person) -> None:
        """Somebody without a ticket: one between two calls, where anybody waits."""
        self.alone(body, person)
        others = [each for each in self.people.values() if each is not person and self.may_come(each, body.counter)]
        if body.counter in self.walked and others:
            self.wrong.append(f"counter {body.counter} served two without tickets while {len(others)} waited")
        self.walked.add(body.counter)
        person.calls += 1
        if body.waited_ms is not None:
            self.wrong.append("a walk-in waited")

    def called(self, at, body, person) -> None:
        """The laws of calling: whom the counter serves, who came first, nobody starved."""
        self.alone(body, person)
        before = self.run[body.counter]
        if person.state == "waiting":
            self.in_turn(body, person, before)
        elif person.state != "missed":
            self.wrong.append(f"{body} while {person.state}")
        self.run[body.counter] = before + 1 if person.priority else 0
        self.walked.discard(body.counter)
        waited = at.mono_ms - person.issued_ms if not person.calls else None
        if body.waited_ms != waited:
            self.wrong.append(f"{waited} ms of waiting were told as {body.waited_ms}")
        person.calls += 1

    def in_turn(self, body, person, before) -> None:
        """Called as the next."""
        if not self.may_come(person, body.counter):
            self.wrong.append(f"counter {body.counter} called {body.series}{body.number}, whom it does not serve")
        others = [each for each in self.people.values() if each is not person and self.may_come(each, body.counter)]
        alike = [each for each in others if bool(each.priority) == bool(person.priority) and not each.placed_anew]
        if not person.placed_anew and any(each.issued_ms < person.issued_ms for each in alike):
            self.wrong.append(f"{body.series}{body.number} was called before somebody who came earlier")
        if person.priority and before >= RUN_MAX and any(not each.priority for each in others):
            self.wrong.append(f"counter {body.counter} let ordinary people wait {before + 1} times")
        if not person.priority and before < RUN_MAX and any(each.priority for each in others):
            self.wrong.append(f"counter {body.counter} passed over somebody with priority")


def read(world):
    """The records of a kiosk's newest log, with their bodies."""
    seq = 0
    while run := list(world.lobby.after(seq)):
        for record in run:
            yield record.header.at, kinds.decode(record.header.kind, record.header.schema, record.body)
        seq = run[-1].header.seq


def judge(host, guest) -> Judge:
    """Both logs: the host's as it went on, the guest's for who was given what."""
    found = Judge()
    issued = []
    for at, body in read(host):
        assert not isinstance(body, kinds.Unreadable)
        found.host(at, body)
        if isinstance(body, TicketIssued):
            issued.append((body.service_date, body.series, body.number))
    for _, body in read(guest):
        if isinstance(body, TicketIssued):
            issued.append((body.service_date, body.series, body.number))
    found.wrong += [f"{key} was issued by both" for key, count in Counter(issued).items() if count > 1]
    found.wrong += [f"{key} was issued and stands in no line" for key in issued if key not in found.people]
    ghosts = [person for key, person in found.people.items() if key not in set(issued)]
    found.wrong += [f"a number of nobody was left: {ghost}" for ghost in ghosts if ghost.state != "gone"]
    found.wrong += [f"no end: {key} {p}" for key, p in found.people.items() if p.state != "gone"]
    found.ends["visitors"] = len(issued)
    found.ends["ghosts"] = len(ghosts)
    return found
