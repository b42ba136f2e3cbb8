"""What a counter's page shows, as a value: from the queue, the content and a moment; no clock, no network.

    view = look(world, line, moment, seat, "th")     # frozen, the same for every browser of that counter
    msgspec.json.encode(view)                        # one event of `/counter/events`

A page that is told a `View` draws all of it and remembers nothing. Times are milliseconds up to now, so that a browser
counts on from there by a clock that only goes forward.

The rules of this file:
1. No person stands on it: numbers, services, positions, what a ticket says of itself.
2. Who is called next is the queue's to say (`Line.next_for`), the page only shows it; the list is in the same order.
3. A promise is a number of minutes in the content. Days, hours and "at once" have no bar and are never late.
4. The day's figures are those of `kiosk.desk.figures`; what closing time ended is counted apart and measured nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from kiosk.desk import duty, figures
from kiosk.desk.announcing import trouble
from kiosk.desk.counters import MISSED_MIN
from kiosk.desk.figures import Figures
from kiosk.desk.tickets import Key, Waiting, between_ms
from kiosk.desk.turns import PRIORITY_RUN_MAX, Line
from kiosk.lobby.files import build
from shared import thai

if TYPE_CHECKING:
    from kiosk.clock import Moment
    from kiosk.desk.duty import Seat
    from kiosk.desk.tickets import Counter
    from kiosk.desk.world import World
    from shared.content import Bundle, Duration, Service, Text
    from shared.records import At

#: So many rows a page draws; the others are counted.
ROWS_MAX: Final = 60
#: So many of the last ones served stand as a row of small signs.
RUN_MAX: Final = 24

#: What an office has whose content names none.
COUNTERS: Final = tuple(str(number) for number in range(1, 11))
_MINUTE_MS: Final = 60_000

Why = Literal["priority", "longest", "turn", "sent"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket. `waited_ms` since it was taken, `since_ms` since it came into its state; None: no clock can tell.
    `missing` counts papers that were not at hand, None where nobody asked.
    """

    key: str
    label: str
    service: str
    priority: str
    missing: int | None
    language: str
    on_paper: bool
    calls: int
    waited_ms: int | None
    since_ms: int | None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the service; `promise_ms` None where it is no number of minutes."""

    title: str
    promise_ms: int | None


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Whom this counter has called. `served_ms` and `step_ms` are up to now, for the whole and for the present step;
    None while nobody is served, or where no clock can tell. `step` counts those that are behind.
    """

    ticket: Row
    state: Literal["called", "serving"]
    served_ms: int | None
    promise_ms: int | None
    step: int
    step_ms: int | None
    steps: tuple[Step, ...]


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """Whom "call next" calls, and why this one: it goes first, it has waited longest, it is the ordinary ones' turn
    after priority ones, or it was sent to this very counter.
    """

    key: str
    why: Why


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """Called in vain; may come back for `left_ms` more."""

    ticket: Row
    left_ms: int | None


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another counter, to send somebody to."""

    counter: str
    open: bool
    groups: tuple[str, ...]


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """What this counter did today. `run` are the last services that were promised in minutes, whether each was within
    its promise; `closed` tickets were ended by closing time.
    """

    figures: Figures
    run: tuple[bool, ...]
    closed: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. `signed` False is a browser that is signed in nowhere (any more); `state` is the counter's,
    "open", "pause" or "closed"; `ended`: the day is closed; `unseen`: why somebody might not learn that they are
    called. `build` is the edition of the pages.
    """

    build: str
    signed: bool
    counter: str = ""
    position: str = ""
    groups: tuple[str, ...] = ()
    state: str = "closed"
    ended: bool = False
    time: str = ""
    serving: Serving | None = None
    next: Next | None = None
    waiting: tuple[Row, ...] = ()
    waiting_count: int = 0
    held: tuple[Row, ...] = ()
    missed: tuple[Missed, ...] = ()
    others: tuple[Other, ...] = ()
    today: Today | None = None
    unseen: str = ""


def away() -> View:
    """What a browser is told that is signed in nowhere (any more)."""
    return View(build=build(), signed=False)


def look(world: World, line: Line, moment: Moment, seat: Seat, language: str) -> View:
    """The page of this seat at this moment."""
    bundle = world.content.bundle
    line = line.as_of(moment.at, moment.service_date.isoformat())
    maker = _Maker(bundle, moment.at, language)
    there = line.counters.get(seat.counter)
    waiting = line.waiting(seat.groups, seat.counter)
    best = line.next_for(seat.counter, seat.groups)
    if best is not None:
        waiting = [best, *(each for each in waiting if each.key != best.key)]
    mine = [each for each in _placed(line) if each.counter == seat.counter]
    serving = next((each for each in mine if each.state in {"called", "serving"}), None)
    return View(
        build=build(),
        signed=True,
        counter=seat.counter,
        position=position(bundle, seat.staff, language),
        groups=tuple(maker.groups(seat.groups)),
        state=there.state if there is not None else "closed",
        ended=line.closed,
        time=f"{moment.wall.astimezone(thai.OFFICE_ZONE):%H.%M}" if moment.wall and moment.trusted else "",
        serving=maker.serving(serving) if serving else None,
        next=Next(key=written(best.key), why=_why(best, seat, there, waiting)) if best else None,
        waiting=tuple(map(maker.row, waiting[:ROWS_MAX])),
        waiting_count=len(waiting),
        held=tuple(maker.row(each) for each in mine if each.state == "held"),
        missed=tuple(maker.missed(each) for each in _placed(line) if each.state == "missed"),
        others=tuple(maker.others(world, line, seat.counter)),
        today=_today(bundle, line, seat.counter),
        unseen=trouble(world, moment.at.mono_ms),
    )


def position(bundle: Bundle | None, staff: str, language: str) -> str:
    """How the office's network calls a colleague; empty for one the content does not know any more."""
    found = next((each for each in duty.people(bundle) if each.id == staff), None)
    return titled(found, language) if found else ""


def titled(person: duty.Person, language: str) -> str:
    """A position, numbered where several hold it."""
    name = person.position.into(language)
    return f"{name} {person.number}" if person.number else name


def written(key: Key) -> str:
    """A ticket's key as pages carry it: "2026-11-30/A/27"."""
    return f"{key[0]}/{key[1]}/{key[2]}"


def _placed(line: Line) -> list[Waiting]:
    return sorted(
        (each for each in line.tickets.values() if each.day == line.service_date), key=lambda each: each.place
    )


def _why(best: Waiting, seat: Seat, there: Counter | None, waiting: list[Waiting]) -> Why:
    if best.counter == seat.counter:
        return "sent"
    if best.priority:
        return "priority"
    passed = there is not None and there.run >= PRIORITY_RUN_MAX and any(each.priority for each in waiting)
    return "turn" if passed else "longest"


class _Maker:
    """The content's words for tickets, in one language, with ages up to `now`."""

    def __init__(self, bundle: Bundle | None, now: At, language: str) -> None:
        self._now, self._language = now, language
        self._services = {each.id: each for each in bundle.services} if bundle else {}
        self._groups = {each.id: each.name for each in bundle.office.series} if bundle else {}

    def _age_ms(self, since: At) -> int | None:
        return between_ms(since, self._now)

    def _into(self, text: Text) -> str:
        return text.into(self._language)

    def row(self, ticket: Waiting) -> Row:
        return Row(
            key=written(ticket.key),
            label=ticket.label,
            service=self._called(ticket),
            priority=ticket.priority,
            missing=ticket.papers_missing,
            language=ticket.language,
            on_paper=ticket.on_paper,
            calls=ticket.calls,
            waited_ms=None if ticket.on_paper else self._age_ms(ticket.issued),
            since_ms=self._age_ms(ticket.since),
        )

    def _called(self, ticket: Waiting) -> str:
        """What somebody came for: the service, the group where they were sent on to one, or the ticket's own words."""
        service = self._services.get(ticket.service)
        name = service.title if service else self._groups.get(ticket.service)
        return self._into(name) if name else ticket.public_label

    def serving(self, ticket: Waiting) -> Serving:
        service = self._services.get(ticket.service)
        running = self._age_ms(ticket.since) if ticket.state == "serving" else None
        return Serving(
            ticket=self.row(ticket),
            state="serving" if ticket.state == "serving" else "called",
            served_ms=_plus(ticket.served_ms, running),
            promise_ms=_promise_ms(service),
            step=ticket.step,
            step_ms=_plus(ticket.step_ms, running),
            steps=self._steps(service),
        )

    def _steps(self, service: Service | None) -> tuple[Step, ...]:
        steps = service.steps if service else []
        return tuple(Step(title=self._into(each.title), promise_ms=_minutes_ms(each.duration)) for each in steps)

    def missed(self, ticket: Waiting) -> Missed:
        age_ms = self._age_ms(ticket.since)
        left_ms = None if age_ms is None else max(0, MISSED_MIN * _MINUTE_MS - age_ms)
        return Missed(ticket=self.row(ticket), left_ms=left_ms)

    def groups(self, ids: Iterable[str]) -> Iterable[str]:
        return (self._into(self._groups[each]) for each in ids if each in self._groups)

    def others(self, world: World, line: Line, own: str) -> Iterable[Other]:
        for counter in counters(world, line):
            there = line.counters.get(counter)
            is_open = there is not None and there.open
            if counter != own:
                groups = tuple(self.groups(there.groups)) if there is not None and is_open else ()
                yield Other(counter=counter, open=is_open, groups=groups)


def _today(bundle: Bundle | None, line: Line, counter: str) -> Today:
    promised = figures.promises(bundle) if bundle else {}
    done = [each for each in line.done if each.counter == counter]
    return Today(
        figures=figures.of_counter(line, counter, promised),
        run=tuple(
            each.served_ms <= promised[each.service]
            for each in done[-RUN_MAX:]
            if each.service in promised and each.served_ms is not None
        ),
        closed=sum(each.counter == counter and each.end == "unfinished" for each in line.gone.values()),
    )


def counters(world: World, line: Line) -> list[str]:
    """The office's counters by the content, `COUNTERS` where it names none, and any other that was seen today."""
    bundle = world.content.bundle
    named = list((bundle.office.counters if bundle else None) or COUNTERS)
    return [*named, *sorted(set(line.counters) - set(named))]


def _promise_ms(service: Service | None) -> int | None:
    return _minutes_ms(service.promise) if service else None


def _minutes_ms(duration: Duration) -> int | None:
    return duration.value * _MINUTE_MS if duration.unit == "minute" else None


def _plus(before_ms: int | None, now_ms: int | None) -> int | None:
    return None if before_ms is None or now_ms is None else before_ms + now_ms
