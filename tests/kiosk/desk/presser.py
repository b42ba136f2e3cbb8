"""A kiosk whose queue is pressed at until it is killed: people take numbers, three counters work, each press is told
once it is confirmed.

python -m tests.kiosk.desk.presser FOLDER SEED      prints "ready", then lines of JSON, flushed one by one
"""

import json
import os
import random
import sys
import threading
from pathlib import Path

from kiosk.clock import Clock
from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from kiosk.desk.tickets import Refused
from tests.kiosk.worlds import make_world

COUNTERS = ("1", "2", "3")
#: What a counter does next with somebody, by the state.
NEXT = {"called": ("serve", "serve", "absent", "recall"), "serving": ("finish", "finish", "hold", "step")}


class Presser:
    """The queue and whoever presses at it."""

    def __init__(self, folder: Path) -> None:
        self.world = make_world(folder)
        self.clock = Clock(os.urandom(8))
        self.queue = Queue(self.world)
        self._guard = threading.Lock()

    def tell(self, key, state) -> None:
        """A line for the parent: this was confirmed."""
        with self._guard:
            sys.stdout.write(json.dumps([*key, state]) + "\n")
            sys.stdout.flush()

    def citizens(self, seed: int) -> None:
        """Take numbers for ever."""
        dice = random.Random(seed)
        while True:
            moment = self.queue.dated(self.clock.now())
            service = dice.choice(("sign_tax", "water_request"))
            ticket = take_ticket(self.world, moment, service_id=service, language="th")
            self.tell(ticket.key, "waiting")

    def counter(self, name: str, seed: int) -> None:
        """Call, serve, finish, hold, lose sight of people, for ever; each press twice now and then."""
        dice = random.Random(f"{name} {seed}")
        self.queue.seen(self.clock.now(), name, "open", staff=f"staff{name}", groups=("tax", "general"))
        mine = None
        while True:
            if mine is None:
                mine = next(
                    (t for t in self.queue.look().tickets.values() if t.counter == name and t.state in NEXT), None
                )
            try:
                if mine is None:
                    mine = self.queue.call_next(self.clock.now(), name, action=dice.randbytes(16))
                    if mine is not None:
                        self.tell(mine.key, "called")
                    continue
                move, press = dice.choice(NEXT[mine.state]), dice.randbytes(16)
                after = self.queue.move(self.clock.now(), move, mine.key, name, action=press)
                self.tell(mine.key, after.state if after else "served")
                if dice.random() < 0.2 and after is not None:
                    assert self.queue.move(self.clock.now(), move, mine.key, name, action=press) == after
                mine = after if after is not None and after.state in NEXT else None
            except Refused as refused:
                raise SystemExit(f"{name}: {refused.why}") from refused


def main(folder: Path, seed: int) -> None:
    """Until killed."""
    presser = Presser(folder)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threads = [threading.Thread(target=presser.citizens, args=(seed,), daemon=True)]
    threads += [threading.Thread(target=presser.counter, args=(name, seed), daemon=True) for name in COUNTERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
