"""A seeded day at ten counters and two kiosks, played on the real queue: everything that people and staff do.

played = Day(folder, seed=1, visitors=600)
played.play()                       # until the office's hours close the queue
judge(played.host, played.guest)    # tests/kiosk/desk/judge.py reads the two logs and believes nothing else
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kiosk.desk import strip, taking
from kiosk.desk.counters import Queue
from kiosk.desk.tickets import Refused
from kiosk.host import Ask, Given
from shared import keys
from tests.kiosk.desk.lobbies import with_hours
from tests.kiosk.worlds import Hands, an_identity, make_world, publish

#: Half past four in the office: its hours end.
SHUT = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
HOURS = 8.0
#: Which groups each counter serves: some all, some one.
SKILLS = {
    str(at): ("tax", "general") if at % 3 == 0 else ("tax",) if at % 3 == 1 else ("general",) for at in range(1, 11)
}
SERVICES = {"sign_tax": "tax", "water_request": "general", "hiv_allowance": "general"}
PAPER = 6


class Cable:
    """The host as the guest reaches it, by a cable that is good, cut, or loses answers."""

    def __init__(self, day: "Day") -> None:
        self._day = day
        self.state = "good"

    @property
    def away(self) -> bool:
        """Whether it is not reached."""
        return self.state == "cut"

    def ask(self, ask: Ask) -> Given | None:
        """A number of the host, where request and answer get through."""
        if self.state == "cut":
            return None
        key = self._day.queue.give(self._day.now(), ask)
        return Given(*key, "", None, None) if self.state == "good" else None

    def tell(self, told) -> bool:
        """Numbers of the guest, taken in; whether it heard so."""
        if self.state == "cut":
            return False
        self._day.queue.join(self._day.now(), told)
        return self.state == "good"


class Day:
    """One day; `host` and `guest` are its two worlds, `queue` the host's."""

    def __init__(self, folder, *, seed: int, visitors: int, hours: float = HOURS) -> None:
        self.dice, self.hands = random.Random(seed), Hands(SHUT - timedelta(hours=hours))
        self.visitors, self.hours = visitors, hours
        self.clock = self.hands.clock()
        for name in ("host", "guest"):
            (folder / name).mkdir()
        self.host = make_world(folder / "host")
        publish(self.host.content, 2, with_hours())
        self.queue = Queue(self.host)
        self.cable = Cable(self)
        self._guest_clock = self.hands.clock(boot=b"guest-01")
        other = an_identity(series=("C", "D"), key=keys.SigningKey(b"G" * 32), kiosk=b"g" * 16)
        settings = {"host_kiosk": "http://127.0.0.1:8080"}
        self.guest = replace(make_world(folder / "guest", settings=settings, identity=other), host=self.cable)
        self._guests = Queue(self.guest)
        self.at_counter: dict[str, tuple[str, str, int]] = {}
        self.refused: list[str] = []

    def close(self) -> None:
        """Let both stores go."""
        self.host.store.close()
        self.guest.store.close()

    def now(self):
        """The host's moment."""
        return self.clock.now()

    def press(self) -> bytes:
        """A finger."""
        return self.dice.randbytes(16)

    def play(self) -> None:
        """The day: people come in a rush at nine and at one, counters pause, power fails, the cable breaks."""
        dice, end = self.dice, self.hours * 3600.0
        arrivals = sorted(
            dice.gauss(end / 8, end / 12) % end if dice.random() < 0.6 else dice.uniform(0, end)
            for _ in range(self.visitors)
        )
        free_at = dict.fromkeys(SKILLS, 0.0)
        for counter in SKILLS:
            self.seen(counter, "open")
        paper = strip.take_strip(self.host, self.now(), "A", PAPER)
        papers = [("2026-03-16", "A", number) for number in range(paper.first, paper.last + 1)]
        started = self.hands.mono_s
        while (passed := self.hands.mono_s - started) < end:
            due = min([arrivals[0] if arrivals else end, *free_at.values()])
            self.hands.pass_s(max(0.5, due - passed))
            now_s = self.hands.mono_s - started
            if dice.random() < 0.02:
                self.cable.state = dice.choice(("good", "good", "cut", "lossy"))
            while arrivals and arrivals[0] <= now_s:
                arrivals.pop(0)
                self.arrive()
            for counter, then in free_at.items():
                if then <= now_s:
                    free_at[counter] = now_s + self.turn_of(counter)
            if dice.random() < 0.1:
                taking.tell(self._guests, self._guest_clock.now())
                self.queue.turn(self.now())
            if dice.random() < 0.01:
                self.queue = Queue(self.host)  # somebody pulled the plug
                for key in papers[:2]:
                    counter = dice.choice([name for name, at in self.queue.line.counters.items() if at.open])
                    self.queue.enter_paper(self.now(), counter, key, action=self.press(), service_id="sign_tax")
                papers = papers[2:]
            if dice.random() < 0.005:
                self._guests = Queue(self.guest)
        self.cable.state = "good"
        while taking.tell(self._guests, self._guest_clock.now()):
            pass
        for _ in range(40):
            self.hands.pass_s(60)
            self.queue.turn(self.now())

    def seen(self, counter: str, state) -> None:
        """A counter says how it is."""
        self.queue.seen(self.now(), counter, state, staff=f"staff{counter}", groups=SKILLS[counter])

    def arrive(self) -> None:
        """Somebody takes a number at one of the two kiosks; a few say at once that they will be late, or leave."""
        dice = self.dice
        world = self._guests if dice.random() < 0.3 else self.queue
        clock = self._guest_clock if world is self._guests else self.clock
        priority = dice.choice(("elderly", "disabled", "pregnant", "monk", "infant")) if dice.random() < 0.4 else ""
        ticket = taking.take(
            world, clock.now(), action=self.press(), service_id=dice.choice(list(SERVICES)),
            language=dice.choice(("th", "ms")), priority=priority,
        )  # fmt: skip
        if ticket.key in self.queue.follow().tickets and dice.random() < 0.05:
            self.queue.move(self.now(), dice.choice(("late", "late", "leave")), ticket.key, action=self.press())

    def turn_of(self, counter: str) -> float:
        """One thing a counter does; how many seconds until it does the next."""
        key = self.at_counter.get(counter)
        ticket = self.queue.follow().tickets.get(key) if key else None
        if ticket is None or ticket.counter != counter or ticket.state not in ("called", "serving"):
            self.at_counter.pop(counter, None)
            return self.free(counter)
        if self.dice.random() < 0.05:
            self.refuse(lambda: self.queue.call_next(self.now(), counter, action=self.press()))
        return self.called(counter, key) if ticket.state == "called" else self.serving(counter, ticket)

    def free(self, counter: str) -> float:
        """Nobody stands there: pause, look after who was missed or held, serve somebody without a ticket, or call."""
        dice, line = self.dice, self.queue.line
        state = line.counters[counter].state
        if state != "open":
            self.seen(counter, "open")
            return 1.0
        if dice.random() < 0.02:
            self.seen(counter, dice.choice(("pause", "pause", "closed")))
            return dice.uniform(120, 1800)
        missed = [each for each in line.tickets.values() if each.state == "missed"]
        if missed and dice.random() < 0.05:
            move = dice.choice(("back", "back", "call", "leave"))
            chosen = dice.choice(missed).key
            after = self.queue.move(self.now(), move, chosen, counter, action=self.press())
            if after is not None and after.state == "called":
                self.at_counter[counter] = chosen
            return 5.0
        held = [each for each in line.tickets.values() if each.state == "held" and each.counter == counter]
        if held and dice.random() < 0.5:
            self.at_counter[counter] = held[0].key
            self.queue.move(self.now(), "serve", held[0].key, counter, action=self.press())
            return dice.expovariate(1 / 120) + 20
        if dice.random() < 0.05:
            return self.walk_in(counter)
        waiting = line.waiting(SKILLS[counter], counter)
        if waiting and dice.random() < 0.05:
            self.queue.move(
                self.now(), "priority", dice.choice(waiting).key, counter, priority=dice.choice(("", "elderly")),
                reason="seen", action=self.press(),
            )  # fmt: skip
        action = self.press()
        called = self.queue.call_next(self.now(), counter, action=action)
        if called is None:
            return 30.0
        if dice.random() < 0.1:
            assert self.queue.call_next(self.now(), counter, action=action).key == called.key  # hit twice
        if dice.random() < 0.1:
            other = str(int(counter) % 10 + 1)
            self.refuse(lambda: self.queue.move(self.now(), "call", called.key, other, action=self.press()))
        self.at_counter[counter] = called.key
        return dice.uniform(10, 60)

    def walk_in(self, counter: str) -> float:
        """Somebody without a ticket stands there."""
        try:
            walk = self.queue.walk_in(self.now(), counter, action=self.press(), service_id="water_request")
        except Refused as refused:
            self.refused.append(refused.why)
            return 1.0
        self.at_counter[counter] = walk.key
        return self.dice.expovariate(1 / 120) + 10

    def called(self, counter: str, key) -> float:
        """The person comes, or not."""
        if self.dice.random() < 0.08:
            self.queue.move(self.now(), "recall", key, counter, action=self.press())
            self.queue.move(self.now(), "absent", key, counter, action=self.press())
            return 5.0
        self.queue.move(self.now(), "serve", key, counter, action=self.press())
        return self.dice.expovariate(1 / 240) + 20

    def serving(self, counter: str, ticket) -> float:
        """Done, or sent on, held, a second matter, the next step."""
        chance, key = self.dice.random(), ticket.key
        other = "sign_tax" if ticket.group == "general" else "water_request"
        if chance < 0.05:
            self.queue.move(self.now(), "transfer", key, counter, to_service=other, action=self.press())
        elif chance < 0.07:
            to = self.dice.choice([name for name in SKILLS if name != counter])
            self.queue.move(self.now(), "transfer", key, counter, to_counter=to, action=self.press())
        elif chance < 0.1:
            self.queue.move(self.now(), "another", key, counter, to_service=other, action=self.press())
        elif chance < 0.13:
            self.queue.move(self.now(), "hold", key, counter, action=self.press())
        elif chance < 0.2:
            self.queue.move(self.now(), "step", key, counter, reason="1", action=self.press())
            return self.dice.uniform(10, 120)
        else:
            self.queue.move(self.now(), "finish", key, counter, action=self.press())
        return 5.0

    def refuse(self, press: Callable[[], object]) -> None:
        """A press that must not go through: who is somebody else's, or one more while somebody is there."""
        try:
            press()
        except Refused as refused:
            self.refused.append(refused.why)
        else:
            self.refused.append("went through")
