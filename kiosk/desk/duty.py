"""Who is on duty at which counter: a PIN for each person, and the seat that a paired browser signed in to.

A colleague of the content who has a PIN may sign in. On pages of the office's network they are named by position alone,
numbered where several hold one; the id that goes into records is that of the content.

    set_pin(world, "sample_a", "482913")                      # on the staff screen
    sign_in(queue, moment, browser, Seat("sample_a", "3", ("tax",)), "482913")
    seats(queue, moment)[browser.number].counter              # "3"
    sign_out(queue, moment, browser.number)

The rules of this file:
1. A try is written down before the PIN is looked at, for the person and for the browser: pulling the plug forgets none.
   After `FREE_TRIES` wrong ones each further one costs a wait that doubles, up to `WAIT_S_MAX`.
2. One counter, one person: whoever signs in at a counter takes it over, with whom is being served; another person's
   browsers there are signed out.
3. A seat is one service date's, by the queue's own day as long as that lives. Nobody is signed in the next morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from tinydb import where
from tinydb.table import Document

from kiosk.config import pin_fits, pin_hash
from kiosk.desk import pairing
from kiosk.desk.tickets import between_ms
from shared import thai
from shared.records import At

if TYPE_CHECKING:
    from kiosk.clock import Moment
    from kiosk.desk.counters import Queue
    from kiosk.desk.pairing import Browser
    from kiosk.desk.world import World
    from kiosk.store.rows import RowTable
    from shared.content import Bundle, Text

PIN_TABLE: Final = "pins"
SEAT_TABLE: Final = "seats"
TRY_TABLE: Final = "pin_tries"

PIN_DIGITS_MIN: Final = 6
PIN_DIGITS_MAX: Final = 12
FREE_TRIES: Final = 4
WAIT_S: Final = 30
WAIT_S_MAX: Final = 900
_SALT_BYTES: Final = 16
_RUNS: Final = "01234567890123456789", "98765432109876543210"


class WeakPin(Exception):
    """The PIN is too short, too long, no number, or one that everybody tries first."""


class WrongPin(Exception):
    """Not this person's PIN, or nobody who has one."""


class WaitFirst(Exception):
    """Too many wrong PINs, for this person or from this browser: not tried before `seconds` are over."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague as the office's network may name them: `id` is the content's, `number` tells those apart who hold the
    same position (0 where one holds it alone).
    """

    id: str
    position: Text
    number: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at which counter and which groups of services they call."""

    staff: str
    counter: str
    groups: tuple[str, ...]


# --- people ------------------------------------------------------------------------------------------------------


def people(bundle: Bundle | None) -> tuple[Person, ...]:
    """Everybody of the content, by position."""
    colleagues = bundle.office.colleagues if bundle else ()
    positions = [each.position.th for each in colleagues]
    return tuple(
        Person(each.id, each.position, positions[: at + 1].count(position) if positions.count(position) > 1 else 0)
        for at, (each, position) in enumerate(zip(colleagues, positions, strict=True))
    )


def with_pin(world: World) -> frozenset[str]:
    """Ids of those who may sign in."""
    return frozenset(str(row["staff"]) for row in world.store.table(PIN_TABLE))


def set_pin(world: World, staff: str, pin: str) -> None:
    """Give a colleague a PIN, a new one where they have one; what was tried wrongly is forgotten. Raises `WeakPin`, or
    `CannotRecord`.
    """
    digits = thai.ascii_digits(pin)
    if not (digits.isascii() and digits.isdigit() and PIN_DIGITS_MIN <= len(digits) <= PIN_DIGITS_MAX):
        raise WeakPin
    if len(set(digits)) == 1 or any(digits in run for run in _RUNS):
        raise WeakPin
    kept = pin_hash(digits, world.random(_SALT_BYTES))
    with world.store.transaction():
        world.store.table(PIN_TABLE).upsert({"staff": staff, "hash": kept}, where("staff") == staff)
        world.store.table(TRY_TABLE).remove(where("of") == _of_person(staff))


def clear_pin(world: World, staff: str) -> None:
    """This colleague signs in no more."""
    world.store.table(PIN_TABLE).remove(where("staff") == staff)


def check_pin(world: World, moment: Moment, staff: str, pin: str, browser: int) -> None:
    """Return where this is the person's PIN. Raises `WrongPin`, `WaitFirst`, or `CannotRecord`. Takes some tens of
    milliseconds.
    """
    tried = [_of_person(staff), f"browser/{browser}"]
    with world.store.transaction():
        tries = world.store.table(TRY_TABLE)
        wait_s = max(_wait_s(tries, moment, of) for of in tried)
        if not wait_s:
            for of in tried:
                _count(tries, moment, of)
    if wait_s:
        raise WaitFirst(wait_s)
    kept = next((str(row["hash"]) for row in world.store.table(PIN_TABLE) if row["staff"] == staff), "")
    if not (kept and pin_fits(kept, thai.ascii_digits(pin))):
        raise WrongPin
    tries.remove(where("of").one_of(tried))


def _of_person(staff: str) -> str:
    return f"staff/{staff}"


def _find(tries: RowTable, of: str) -> Document | None:
    return next((row for row in tries if row["of"] == of), None)


def _wait_s(tries: RowTable, moment: Moment, of: str) -> int:
    """How long until the next try is taken; 0 where it is now."""
    found = _find(tries, of)
    if found is None or found["wrong"] < FREE_TRIES:
        return 0
    age_ms = between_ms(At(*found["at"]), moment.at)
    if age_ms is None:
        # No clock can tell, as after a restart with a dead battery: the wait begins again now, so that it ends.
        tries.update({"at": msgspec.structs.astuple(moment.at)}, doc_ids=[found.doc_id])
        age_ms = 0
    doublings = min(int(found["wrong"]) - FREE_TRIES, 10)
    return max(0, min(WAIT_S << doublings, WAIT_S_MAX) - age_ms // 1000)


def _count(tries: RowTable, moment: Moment, of: str) -> None:
    found = _find(tries, of)
    wrong = int(found["wrong"]) + 1 if found else 1
    tries.upsert({"of": of, "wrong": wrong, "at": msgspec.structs.astuple(moment.at)}, where("of") == of)


# --- seats -------------------------------------------------------------------------------------------------------


def seats(queue: Queue, moment: Moment) -> dict[int, Seat]:
    """Number of a browser -> where it is signed in now."""
    return _seats_of(queue.world, _day(queue, moment))


def _day(queue: Queue, moment: Moment) -> str:
    return queue.dated(moment).service_date.isoformat()


def _seats_of(world: World, day: str) -> dict[int, Seat]:
    known = {browser.number for browser in pairing.paired(world)}
    rows = world.store.table(SEAT_TABLE)
    return {row.doc_id: _seat(row) for row in rows if row["day"] == day and row.doc_id in known}


def sign_in(queue: Queue, moment: Moment, browser: Browser, seat: Seat, pin: str) -> None:
    """Sit down: the counter opens for these groups. Raises as `check_pin` does."""
    world, today = queue.world, _day(queue, moment)
    check_pin(world, moment, seat.staff, pin, browser.number)
    before = _seats_of(world, today)
    with world.store.transaction():
        table = world.store.table(SEAT_TABLE)
        table.remove(doc_ids=[
            number for number, other in before.items() if other.counter == seat.counter and other.staff != seat.staff
        ])  # fmt: skip
        row: dict[str, Any] = {"staff": seat.staff, "counter": seat.counter, "groups": list(seat.groups), "day": today}
        table.upsert(Document(row, browser.number))
    mine = before.get(browser.number)
    if mine is not None and mine.counter != seat.counter:
        _close_unless_kept(queue, moment, mine)
    queue.seen(moment, seat.counter, "open", staff=seat.staff, groups=seat.groups)


def sign_out(queue: Queue, moment: Moment, number: int) -> None:
    """Stand up: the counter closes, unless the same person is signed in there with another browser too."""
    seat = seats(queue, moment).get(number)
    if queue.world.store.table(SEAT_TABLE).one(number) is not None:
        queue.world.store.table(SEAT_TABLE).remove(doc_ids=[number])
    if seat is not None:
        _close_unless_kept(queue, moment, seat)


def shut_out(queue: Queue, moment: Moment, number: int) -> None:
    """Sign a browser out and unpair it, as staff do on the kiosk with a phone that was lost."""
    sign_out(queue, moment, number)
    pairing.unpair(queue.world, number)


def _close_unless_kept(queue: Queue, moment: Moment, left: Seat) -> None:
    there = seats(queue, moment).values()
    if all(each.counter != left.counter for each in there):
        queue.seen(moment, left.counter, "closed", staff=left.staff)


def _seat(row: Document) -> Seat:
    return Seat(str(row["staff"]), str(row["counter"]), tuple(row["groups"]))
