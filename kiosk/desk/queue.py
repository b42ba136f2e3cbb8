"""Tickets: a number for the queue, given once and never again.

The number comes from the store's own counter for service date and series, inside the transaction that records it; it
is never counted from tickets. A series letter belongs to this device alone, so two devices without a network cannot
give one number twice. Who is waiting is told by `kiosk.desk.waiting`; where no counter tells the kiosk whom it serves,
how busy it is, is told here by the numbers of the last hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from kiosk.clock import Moment
from kiosk.desk import rating_codes, services, tally
from kiosk.desk.tickets import Key
from kiosk.desk.world import World
from kiosk.store.store import Transaction
from shared.content import Bundle, Series, Text
from shared.kinds import TicketIssued, TicketMoved
from shared.records import Quality

#: Whom the office serves first; "" is everybody else.
Priority = Literal["", "elderly", "disabled", "pregnant", "infant", "monk", "far"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number that was recorded. `label` is what board and slip say, `public_label` the name of the queue, `seq`
    its record. `rating_code` is for the slip alone: the kiosk keeps it nowhere.
    `link`, `ahead` and `wait_min` are what another kiosk, that keeps the queue, said when it gave the number (see
    `kiosk.desk.waiting.Wait`); empty or None where this one keeps it.
    """

    label: str
    series: str
    number: int
    service_date: date
    public_label: Text
    priority: Priority
    seq: int
    rating_code: str
    link: str = ""
    ahead: int | None = None
    wait_min: tuple[int, int] | None = None

    @property
    def key(self) -> Key:
        """What the lobby's queue finds it by."""
        return self.service_date.isoformat(), self.series, self.number


def take_ticket(
    world: World,
    moment: Moment,
    *,
    service_id: str,
    language: str,
    priority: Priority = "",
    papers_missing: int | None = None,
) -> Ticket:
    """Give the next number for a service. Raises `NoContent`, `NoSuchService`, or `CannotRecord` with nothing changed.

    `papers_missing` counts what the citizen said was not at hand; None when it was never asked. A sensitive service
    leaves only its public label in the record.
    """
    wanted = wants(world, service_id, language=language, priority=priority, papers_missing=papers_missing)
    return give(world, moment, wanted)


def priorities(bundle: Bundle) -> tuple[Priority, ...]:
    """Whom this office serves first, of those that this program has words for; none where it serves all in turn."""
    known: tuple[Priority, ...] = get_args(Priority)
    return tuple(each for each in known if each and each in bundle.office.priorities)


def enquiries(bundle: Bundle) -> Series | None:
    """The group in which one takes a number only to ask; None where the office gives none out for that."""
    return next((group for group in bundle.office.series if group.id == bundle.office.enquiries), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody takes a number for, as the record tells it: `service` is empty where it must not be told."""

    series: str
    service: str
    public_label: Text
    priority: Priority
    papers_missing: int | None
    language: str


def wants(
    world: World, service_id: str, *, language: str, priority: Priority = "", papers_missing: int | None = None
) -> Wanted:
    """A number for a service; an empty one is for whoever only asks. Raises `NoContent`, or `NoSuchService`, also where
    the office gives no number only to ask.
    """
    bundle = services.shown(world)
    if not service_id:
        group = enquiries(bundle)
        if group is None:
            raise services.NoSuchService("enquiries")
        return wants_group(world, group.id, language=language)
    service = services.find(bundle, service_id)
    letter = series_letter(bundle, service.series, world.identity.series)
    named = "" if service.sensitive else service.id
    return Wanted(letter, named, service.public_label, priority, papers_missing, language)


def wants_group(world: World, group_id: str, *, language: str) -> Wanted:
    """A number for a group of services alone, under its own name; for the first where there is none of that id.
    Raises `NoContent`.
    """
    bundle = services.shown(world)
    groups = {group.id: group for group in bundle.office.series}
    group = groups.get(group_id) or next(iter(groups.values()))
    letter = series_letter(bundle, group.id, world.identity.series)
    return Wanted(letter, "", group.name, "", None, language)


def issue(
    world: World, tx: Transaction, moment: Moment, wanted: Wanted, *, key: tuple[str, str, int] | None = None
) -> tuple[str, str, int]:
    """Record the next number of a series, or the one of `key`, that stood on paper or came from another kiosk; inside
    the transaction. What the queue finds it by.
    """
    day, series, number = key or (
        moment.service_date.isoformat(), wanted.series, tx.next_number(moment.service_date, wanted.series)
    )  # fmt: skip
    body = TicketIssued(
        day, series, number, wanted.service, wanted.public_label.th, wanted.priority, wanted.papers_missing,
        wanted.language,
    )  # fmt: skip
    record = world.lobby.append(tx, body, at=moment.at, edition=world.content.edition)
    tally.add(world, record.header.at, body)
    return day, series, number


def give(
    world: World, moment: Moment, wanted: Wanted, *, action: bytes = b"", key: tuple[str, str, int] | None = None
) -> Ticket:
    """Give the next number, or the one of `key`, that another kiosk keeps the queue of; `action` is the touch where
    that kiosk will have to be told of it. Raises `CannotRecord` with nothing changed.
    """
    with world.store.transaction() as tx:
        day, series, number = key = issue(world, tx, moment, wanted, key=key)
        if action:
            taken = TicketMoved(*key, "taken", "", "", "", "", "", action, None, None, None, False)
            world.lobby.append(tx, taken, at=moment.at, edition=world.content.edition)
        rating_code = rating_codes.issue(world, moment.service_date, wanted.service)
    issued = next(each for each in reversed(tx.confirmed.records) if each.header.kind == _TICKET)
    return Ticket(
        label(series, number), series, number, date.fromisoformat(day), wanted.public_label, wanted.priority,
        issued.header.seq, rating_code,
    )  # fmt: skip


def issued_today(world: World, moment: Moment) -> int:
    """How many numbers this kiosk gave on the present service date."""
    return tally.of(world, moment.service_date).tickets


#: How long a number counts as "now": longer than most stay, shorter than half a morning.
BUSY_MINUTES: Final = 60
#: Numbers for each counter in that time: up to the first it is quiet, up to the second there is some waiting.
BUSY_STEPS: Final = (2, 5)
#: So many records are looked through at the most; an hour never has more.
_BUSY_RECORDS_MAX: Final = 512
_BUSY_RUN: Final = 64
_TICKET: Final = "ticket.issued"


@dataclass(frozen=True, slots=True)
class Busy:
    """How busy it is: 1 quiet, 2 some, 3 many; by `tickets` numbers of this kiosk in the last hour."""

    level: Literal[1, 2, 3]
    tickets: int


def busy(world: World, moment: Moment) -> Busy | None:
    """How busy it is by this kiosk's own numbers; None where no clock was trusted, now or when they were taken."""
    if moment.wall is None or not moment.trusted:
        return None
    taken = _taken_since(world, moment.wall - timedelta(minutes=BUSY_MINUTES), moment.wall)
    if taken is None:
        return None
    bundle = world.content.bundle
    counters = max(1, len(bundle.office.counters)) if bundle else 1
    quiet, some = (step * counters for step in BUSY_STEPS)
    return Busy(1 if taken <= quiet else 2 if taken <= some else 3, taken)


def _taken_since(world: World, since: datetime, until: datetime) -> int | None:
    """The numbers given from `since` to `until`, read backwards from the head; None where a time cannot be believed."""
    count, last = 0, world.lobby.head.seq
    lowest = max(0, last - _BUSY_RECORDS_MAX)
    while last > lowest:
        first = max(lowest, last - _BUSY_RUN) + 1
        for record in reversed(list(world.lobby.between(first, last))):
            if record.header.kind != _TICKET:
                continue
            instant = record.header.at.instant()
            if instant is None or instant > until or record.header.at.quality == Quality.BAD:
                return None
            if instant < since:
                return count
            count += 1
        last = first - 1
    return count


def label(series: str, number: int) -> str:
    """The one written form of a ticket number, such as "A027"."""
    return f"{series}{number:03d}"


def series_letter(bundle: Bundle, group: str, letters: tuple[str, ...]) -> str:
    """This device's letter for a group of services, by the group's id.

    The office's groups take the device's letters in order; groups beyond the last letter share it, which costs a longer
    queue under one letter but never a number given twice.
    """
    groups = [group.id for group in bundle.office.series]
    place = groups.index(group) if group in groups else 0
    return letters[min(place, len(letters) - 1)]
