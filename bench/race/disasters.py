"""The disasters, each played on a fresh server with fresh devices, the same way for every contestant.

    outcome = play(contestant, folder, DISASTERS["an answer is dropped"])
    outcome.lost, outcome.doubled

After each disaster every device may sync three times more. What a citizen saw confirmed and no server then holds is
*lost*; what a server then counts more than once is *doubled*.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.race.relay import Relay
from bench.race.touches import Contestant, Touch, poison, touches

MANY = 500
FEW = 7
CONTACTS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the touches that devices confirmed. `trouble` is the last error a device met, "" for none."""

    confirmed: int
    lost: int
    doubled: int
    trouble: str


@dataclass(slots=True)
class Course:
    """One contestant on one course. `confirmed` counts what its devices kept, by name."""

    contestant: Contestant
    folder: Path
    relay: Relay
    touches: Iterator[Touch]
    confirmed: Counter[str] = field(default_factory=Counter)
    trouble: str = ""

    def start(self) -> None:
        """Start the server, at whatever address; devices reach it through the relay."""
        self.relay.to = self.contestant.start()

    def device(self, name: str) -> Path:
        """A new device that was admitted."""
        path = self.folder / name
        self.contestant.admit(path, self.relay.url)
        return path

    def capture(self, device: Path, count: int) -> None:
        """The next touches, confirmed on this device."""
        self.confirmed.update(self.contestant.capture(device, [next(self.touches) for _ in range(count)]))

    def sync(self, *devices: Path, contacts: int = 1) -> None:
        """Each device syncs, so many times; what breaks off is noted, and the next contact comes all the same."""
        for _ in range(contacts):
            for device in devices:
                try:
                    self.contestant.sync(device)
                except Exception as error:  # noqa: BLE001 - how a contestant fails is what is looked at
                    self.trouble = f"{type(error).__name__}: {error}"


def _dropped(course: Course) -> None:
    device = course.device("device")
    course.capture(device, MANY)
    course.relay.lose_answer(course.contestant.upload)
    course.sync(device)
    if not course.relay.lost:
        raise RuntimeError("no answer was lost")


def _server_restored(course: Course) -> None:
    device, backup = course.device("device"), course.folder / "backup"
    course.capture(device, MANY)
    course.sync(device)
    course.contestant.stop()
    shutil.copytree(course.contestant.server_folder, backup)
    course.start()
    course.capture(device, MANY)
    course.sync(device)
    course.contestant.stop()
    shutil.rmtree(course.contestant.server_folder)
    shutil.copytree(backup, course.contestant.server_folder)
    course.start()
    course.capture(device, FEW)


def _device_restored(course: Course) -> None:
    device, image = course.device("device"), course.folder / "image"
    course.capture(device, MANY)
    course.sync(device)
    shutil.copytree(device, image)
    course.capture(device, FEW)
    course.sync(device)
    shutil.rmtree(device)
    shutil.copytree(image, device)
    course.capture(device, FEW)


def _poisoned(course: Course) -> None:
    device = course.device("device")
    course.capture(device, MANY // 2)
    course.contestant.capture(device, [poison()])  # what becomes of itself is each server's affair
    course.capture(device, MANY // 2)


def _copied(course: Course) -> None:
    device, twin = course.device("device"), course.folder / "twin"
    course.capture(device, MANY)
    course.sync(device)
    shutil.copytree(device, twin)
    course.capture(device, FEW)
    course.capture(twin, FEW)
    course.sync(device, twin)


DISASTERS: dict[str, Callable[[Course], None]] = {
    "an answer is dropped": _dropped,
    "the server is restored from an older backup": _server_restored,
    "a device is restored from an older image": _device_restored,
    "one record is poison": _poisoned,
    "a device is copied to another machine, both go on": _copied,
}


def play(contestant: Contestant, folder: Path, disaster: Callable[[Course], None]) -> Outcome:
    """One disaster for one contestant, and three contacts after it."""
    with Relay("") as relay:
        course = Course(contestant, folder, relay, touches())
        course.start()
        try:
            disaster(course)
            devices = [path for name in ("device", "twin") if (path := folder / name).exists()]
            course.sync(*devices, contacts=CONTACTS)
            held = contestant.held()
        finally:
            contestant.stop()
    confirmed = course.confirmed
    return Outcome(
        confirmed.total(),
        sum(1 for name in confirmed if not held[name]),
        sum(held[name] - 1 for name in confirmed if held[name] > 1),
        course.trouble,
    )
