"""The lobby in the staff corner: who sits where, which browsers are let in, PINs, the strip, the end of the day.

`Counters` is the page that leads to the others; each is a step of its own and comes back to it. Nothing here is kept:
what is shown is read anew from queue and store every other second while somebody looks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from kiosk.desk import duty, pairing, slips, strip
from kiosk.desk.announcing import Heard, heard
from kiosk.desk.boards import Seen
from kiosk.desk.duty import Person, Seat, WeakPin
from kiosk.desk.pairing import Browser, TooManyBrowsers
from kiosk.desk.strip import STRIP_NUMBERS, Strip
from kiosk.desk.turns import Line
from kiosk.lan import pages_at
from kiosk.paper import HAS_PAPER, Outcome, PrinterState
from kiosk.ui.presenters.base import Presenter, V_co, View, key, verb
from kiosk.ui.presenters.staff import REFRESH_MS, STAFF_S
from kiosk.ui.strings import Say

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Flow

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Rows that fit on a page of people.
PEOPLE_ROWS: Final = 5

_MACHINES: Final = {"phone": "device-mobile", "tablet": "device-mobile", "computer": "desktop"}
_LAN_KINDS: Final = {
    "serving": "done",
    "starting": "sand",
    "off": "quiet",
    "port_taken": "refused",
    "failed": "refused",
}
_HEARD_KINDS: Final = {"ok": "done", "ready": "done", "none": "sand"}


class Looking(Presenter[V_co]):
    """A page of the staff corner that is read anew while somebody looks."""

    final = True
    ends_after_s = STAFF_S

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self._asked_ms = 0

    def enter(self) -> None:
        """Look at once."""
        self.look()

    def tick(self) -> None:
        """Look again."""
        if self.flow.clock.mono_ms() - self._asked_ms >= REFRESH_MS:
            self.look()

    def look(self) -> None:
        """Read anew what the page shows."""
        self._asked_ms = self.flow.clock.mono_ms()

    def read(self, fn: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `fn` at the desk while verbs are heard; what cannot be read stays as it was last."""
        self.flow.aside(fn, then, self._unread)

    def _unread(self, error: Exception) -> bool:
        logger.warning("the staff page could not be read anew: %s", type(error).__name__)
        return True

    def position(self, staff: str) -> str:
        """A person by position, numbered where several hold it; never a name."""
        return next((position_of(self.say, each) for each in duty.people(self.bundle) if each.id == staff), staff)

    @verb
    def done(self) -> None:
        """Back."""
        self.flow.follow("done")


def position_of(say: Say, person: Person) -> str:
    """A person's position, with a number where several hold it."""
    return f"{person.position.into(say.language)} {person.number or ''}".rstrip()


# --- the page that leads to the others ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LobbyFact:
    """One thing about the lobby's pages; `kind` is a banner's."""

    icon: str
    kind: str
    text: str
    sub: str


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter: who sits there, whom they serve now; `level` is a pill's kind."""

    name: str
    detail: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class LobbyTool:
    """A page that is led to: its step, its sign, its word."""

    step: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class CountersView(View):
    """How the lobby stands."""

    sub: str = ""
    facts: tuple[LobbyFact, ...] = ()
    rows: tuple[CounterRow, ...] = ()
    none: str = ""
    tools: tuple[LobbyTool, ...] = ()


_TOOLS: Final = {"pair": "qr-code", "pins": "lock-key", "strip": "scissors", "close": "flag"}
_STATE_KINDS: Final = {"open": "done", "pause": "sand", "closed": "quiet"}


class Counters(Looking[CountersView]):
    """The lobby as it stands now."""

    step = "counters"

    _line: Line | None = None
    _boards: tuple[Seen, ...] = ()
    _heard: Heard | None = None

    def look(self) -> None:
        """The queue, the boards, and how calls are heard."""
        super().look()
        world, queue, mono_ms = self.world, self.flow.queue, self._asked_ms
        self.read(lambda: (queue.look(), tuple(world.boards.seen(mono_ms)), heard(world, mono_ms)), self._seen)

    def _seen(self, found: tuple[Line, tuple[Seen, ...], Heard]) -> None:
        self._line, self._boards, self._heard = found

    def present(self) -> CountersView:
        """As last read."""
        say = self.say
        rows = self._rows()
        return CountersView(
            say,
            say("counters.sub", seconds=self.flow.seconds_left()),
            self._facts(),
            rows,
            "" if rows else say("counters.nobody"),
            tuple(LobbyTool(step, icon, say(f"counters.{step}")) for step, icon in _TOOLS.items()),
        )

    def _facts(self) -> tuple[LobbyFact, ...]:
        say, state = self.say, self.world.lan.state
        address = pages_at(self.world.config)
        facts = [
            LobbyFact(
                "globe-simple", _LAN_KINDS[state], say(f"counters.lan_{state}"),
                say("counters.lan_where", address=address) if state == "serving" and address else
                say("counters.lan_unplugged") if state == "serving" else say(f"counters.lan_{state}_why"),
            )
        ]  # fmt: skip
        if state == "serving":
            there = [each for each in self._boards if each.there]
            sub = " · ".join(say(f"counters.board_{each.sound}", seconds=each.since_ms // 1000) for each in there)
            fine = "done" if there and all(each.sound != "muted" for each in there) else "sand"
            text = say("counters.boards", n=len(there)) if there else say("counters.boards_none")
            facts.append(LobbyFact("desktop", fine, text, sub or say("counters.boards_none_why")))
        if self._heard is not None:
            state_words = say(f"counters.heard_{self._heard.state}")
            kind = _HEARD_KINDS.get(self._heard.state, "refused")
            facts.append(LobbyFact("speaker-high", kind, state_words, ""))
        return tuple(facts)

    def _rows(self) -> tuple[CounterRow, ...]:
        line, say, moment = self._line, self.say, self.flow.clock.now()
        if line is None or not line.belongs(moment.at, moment.service_date.isoformat()):
            return ()
        groups = {group.id: group.name.into(say.language) for group in self.bundle.office.series}
        rows = []
        for name, counter in sorted(line.counters.items(), key=lambda each: (len(each[0]), each[0])):
            now = [each.label for each in line.tickets.values()
                   if each.counter == name and each.state in ("called", "serving")]  # fmt: skip
            serves = " · ".join(groups.get(group, group) for group in counter.groups)
            parts = [self.position(counter.staff) if counter.staff else "", serves if counter.open else "", *now]
            rows.append(
                CounterRow(
                    say("counters.counter", name=name), " · ".join(filter(None, parts)),
                    say(f"counters.{counter.state}"), _STATE_KINDS.get(counter.state, "quiet"),
                )
            )  # fmt: skip
        return tuple(rows)

    @verb
    def go(self, step: str) -> None:
        """To one of the pages."""
        self.flow.follow(step)


# --- letting a browser in ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A browser that is let in: `number` names it, `armed` when one more touch shuts it out."""

    number: int
    icon: str
    text: str
    sub: str
    act: str
    armed: bool


@dataclass(frozen=True, slots=True)
class PairingView(View):
    """`state` is "off" (no pages are served), "code", "late" (the code is no good any more), "paired" (a browser came
    in by it) or "full".
    """

    state: str = "off"
    text: str = ""
    why: str = ""
    link: str = ""
    """What the QR code says; it is good for one browser."""
    code: str = ""
    where: str = ""
    left: str = ""
    rows: tuple[BrowserRow, ...] = ()


class Pairing(Looking[PairingView]):
    """One code for one browser, and all that are let in."""

    step = "pair"

    _code = ""
    _left_s = 0
    _browsers: tuple[Browser, ...] = ()
    _seats: Mapping[int, Seat] = MappingProxyType({})
    _before = 0
    _state = "off"
    _armed = 0

    def enter(self) -> None:
        """Show a code at once, where anybody could use it."""
        self._armed, self._state, self._code = 0, "off", ""
        super().enter()
        self._offer()

    def leave(self) -> None:
        """The code on the screen is void with it."""
        if self._code:
            world, self._code = self.world, ""
            self.flow.hand_over(lambda: pairing.withdraw(world))

    def tick(self) -> None:
        """Count the seconds of the code; it is used the moment somebody scans it."""
        if self._state == "code" and self.flow.clock.mono_ms() - self._asked_ms >= 1_000:
            self.look()
        else:
            super().tick()

    def look(self) -> None:
        """The code's time, and who is in."""
        super().look()
        world, moment, queue = self.world, self.flow.clock.now(), self.flow.queue
        self.read(
            lambda: (pairing.seconds_left(world, moment), pairing.paired(world), duty.seats(queue, moment)), self._seen
        )

    def _seen(self, found: tuple[int, tuple[Browser, ...], Mapping[int, Seat]]) -> None:
        self._left_s, self._browsers, self._seats = found
        newest = max((each.number for each in self._browsers), default=0)
        if self._state == "code" and not self._left_s:
            self._state, self._code = "paired" if newest > self._before else "late", ""
        elif self._state != "code":
            self._before = newest

    def _offer(self) -> None:
        if not pages_at(self.world.config) or self.world.lan.state not in ("starting", "serving"):
            return
        world, moment = self.world, self.flow.clock.now()

        def offer() -> tuple[str, int]:
            there = max((each.number for each in pairing.paired(world)), default=0)
            return pairing.offer(world, moment), there

        self.work(offer, self._offered, self._refused)

    def _offered(self, made: tuple[str, int]) -> None:
        self._code, self._before = made
        self._state, self._left_s = "code", pairing.CODE_S

    def _refused(self, error: Exception) -> bool:
        if isinstance(error, TooManyBrowsers):
            self._state = "full"
            return True
        return False

    def present(self) -> PairingView:
        """As last read."""
        say, state = self.say, self._state
        code = f"{self._code[:4]}\u00a0{self._code[4:]}" if self._code else ""
        return PairingView(
            say,
            state,
            say(f"pair.{state}"),
            say(f"pair.{state}_why"),
            pairing.address(self.world.config, self._code) if self._code else "",
            code,
            say("pair.type", address=f"{pages_at(self.world.config)}/pair".removeprefix("http://")) if code else "",
            say("pair.left", seconds=self._left_s) if state == "code" else "",
            self._rows(),
        )

    def _rows(self) -> tuple[BrowserRow, ...]:
        say = self.say
        return tuple(
            BrowserRow(
                each.number, _MACHINES.get(each.machine, "desktop"),
                say("pair.browser", machine=say(f"pair.{each.machine}"), n=each.number),
                self._where(each),
                say("pair.sure" if each.number == self._armed else "pair.unpair"), each.number == self._armed,
            )
            for each in reversed(self._browsers)
        )  # fmt: skip

    def _where(self, browser: Browser) -> str:
        """Where it is signed in, or else since when it is let in."""
        seat = self._seats.get(browser.number)
        if seat is None:
            return self.say("pair.since", day=self.say.short_day(date.fromisoformat(browser.since)))
        return " · ".join((self.say("counters.counter", name=seat.counter), self.position(seat.staff)))

    @verb
    def another(self) -> None:
        """A new code; the one before is void."""
        self._offer()

    @verb
    def unpair(self, number: int) -> None:
        """Shut a browser out: at the second touch, since its holder stands at a counter."""
        if number != self._armed:
            self._armed = number
            return
        self._armed = 0
        queue, moment = self.flow.queue, self.flow.clock.now()
        self.work(lambda: duty.shut_out(queue, moment, number), lambda _nothing: self.look())


# --- PINs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A colleague by position, and whether they have a PIN."""

    id: str
    text: str
    sub: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class PinsView(View):
    """One page of the office's people. Pages count from 0."""

    rows: tuple[PersonRow, ...] = ()
    page: int = 0
    pages: int = 1
    message: str = ""


class Pins(Looking[PinsView]):
    """Who may sign in at a counter."""

    step = "pins"

    _with: frozenset[str] = frozenset()
    _page = 0

    def look(self) -> None:
        """Who has a PIN."""
        super().look()
        world = self.world
        self.read(lambda: duty.with_pin(world), self._seen)

    def _seen(self, found: frozenset[str]) -> None:
        self._with = found

    def present(self) -> PinsView:
        """This page."""
        say = self.say
        bundle = self.bundle
        people = duty.people(bundle)
        names = {each.id: each.name.into(say.language) for each in bundle.office.colleagues}
        pages = max(1, -(-len(people) // PEOPLE_ROWS))
        page = min(self._page, pages - 1)
        shown = people[page * PEOPLE_ROWS : (page + 1) * PEOPLE_ROWS]
        return PinsView(
            say,
            tuple(
                PersonRow(
                    each.id, position_of(say, each), names[each.id],
                    say("pins.set" if each.id in self._with else "pins.unset"),
                    "done" if each.id in self._with else "quiet",
                )
                for each in shown
            ),
            page,
            pages,
            "" if people else say("pins.nobody"),
        )  # fmt: skip

    @verb
    def turn(self, by: int) -> None:
        """Another page."""
        self._page = min(max(0, self._page + by), self.present().pages - 1)

    @verb
    def choose(self, staff: str) -> None:
        """Give this colleague a PIN, another one, or none."""
        page = self.flow.presenter_of("set_pin")
        assert isinstance(page, SetPin)
        page.of(staff, has_one=staff in self._with)
        self.flow.follow("chosen")


@dataclass(frozen=True, slots=True)
class SetPinView(View):
    """How many digits were typed, never which. `again` while they are typed the second time."""

    who: str = ""
    typed: int = 0
    question: str = ""
    message: str = ""
    again: bool = False
    ready: bool = False
    can_remove: bool = False
    remove: str = ""
    busy: bool = False


class SetPin(Presenter[SetPinView]):
    """A PIN for one person, typed twice by that person."""

    step = "set_pin"
    final = True
    ends_after_s = STAFF_S

    _staff = ""
    _has_one = False
    _pin = ""
    _first = ""
    _message = ""
    _armed = False

    def of(self, staff: str, *, has_one: bool) -> None:
        """Whose it is."""
        self._staff, self._has_one = staff, has_one

    def enter(self) -> None:
        """Begin anew."""
        self._forget()

    def leave(self) -> None:
        """Keep no digit."""
        self._forget()

    def _forget(self, message: str = "") -> None:
        self._pin, self._first, self._message, self._armed = "", "", message, False

    def present(self) -> SetPinView:
        """Dots, and what came of the last try."""
        say = self.say
        people = {each.id: each for each in duty.people(self.bundle)}
        person = people.get(self._staff)
        return SetPinView(
            say,
            position_of(say, person) if person else "",
            len(self._pin),
            say("set_pin.again" if self._first else "set_pin.first", least=duty.PIN_DIGITS_MIN),
            say(f"set_pin.{self._message}", least=duty.PIN_DIGITS_MIN) if self._message else "",
            bool(self._first),
            len(self._pin) >= duty.PIN_DIGITS_MIN,
            self._has_one,
            say("set_pin.sure" if self._armed else "set_pin.remove"),
            self.flow.busy,
        )

    @key
    def digit(self, digit: str) -> None:
        """One digit more."""
        if len(self._pin) < duty.PIN_DIGITS_MAX:
            self._pin, self._message, self._armed = self._pin + digit, "", False

    @key
    def erase(self) -> None:
        """The last digit goes."""
        self._pin = self._pin[:-1]

    @verb
    def clear(self) -> None:
        """Begin anew."""
        self._forget()

    @verb
    def enter_pin(self) -> None:
        """The first time, remember; the second time, keep it if both are the same."""
        if len(self._pin) < duty.PIN_DIGITS_MIN:
            return
        if not self._first:
            self._first, self._pin = self._pin, ""
            return
        first, second = self._first, self._pin
        if first != second:
            self._forget("differs")
            return
        self._forget()
        world, staff = self.world, self._staff
        self.work(lambda: duty.set_pin(world, staff, first), lambda _nothing: self.flow.follow("kept"), self._weak)

    def _weak(self, error: Exception) -> bool:
        if isinstance(error, WeakPin):
            self._message = "weak"
            return True
        return False

    @verb
    def remove(self) -> None:
        """No PIN any more: at the second touch."""
        if not self._armed:
            self._armed = True
            return
        world, staff = self.world, self._staff
        self.work(lambda: duty.clear_pin(world, staff), lambda _nothing: self.flow.follow("kept"))

    @verb
    def done(self) -> None:
        """Back, with everything as it was."""
        self.flow.follow("kept")


# --- the strip ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StripRow:
    """A letter and the queues that wait under it."""

    letter: str
    name: str


@dataclass(frozen=True, slots=True)
class StripView(View):
    """`state` is "choose", "ask", "printing", or what became of the paper: "printed", "failed", "shown"."""

    state: str = "choose"
    icon: str = "scissors"
    text: str = ""
    why: str = ""
    numbers: str = ""
    paper: str = ""
    """What is wrong with the printer, before anything is set aside."""
    rows: tuple[StripRow, ...] = ()
    busy: bool = False


_STRIP_ICONS: Final = {"printing": "printer", "printed": "check-circle", "failed": "warning", "shown": "pencil-simple"}


class StripPage(Presenter[StripView]):
    """Twenty numbers on paper for a power cut: which queue, once more, and what became of it."""

    step = "strip"
    final = True
    ends_after_s = STAFF_S

    _state = "choose"
    _letter = ""
    _taken: Strip | None = None
    _printer: PrinterState | None = None

    def enter(self) -> None:
        """Ask the printer before numbers are set aside for paper."""
        self._state, self._taken, self._printer = "choose", None, None
        self.flow.at_printer(self.world.printer.state, self._says, lambda _error: True)

    def _says(self, state: PrinterState) -> None:
        self._printer = state

    def present(self) -> StripView:
        """As things stand."""
        say, state = self.say, self._state
        groups = strip.groups_of(self.bundle, self.world.identity.series)
        lacks = self._printer is not None and self._printer not in HAS_PAPER
        return StripView(
            say,
            state,
            _STRIP_ICONS.get(state, "scissors"),
            say(f"strip.{state}", n=STRIP_NUMBERS, letter=self._letter),
            say(f"strip.{state}_why", n=STRIP_NUMBERS),
            f"{self._taken.labels[0]}\u2013{self._taken.labels[-1]}" if self._taken else "",
            say(f"staff.printer_{self._printer}") if lacks and state in ("choose", "ask") else "",
            tuple(
                StripRow(letter, " · ".join(group.name.into(say.language) for group in under))
                for letter, under in groups.items()
            )
            if state == "choose"
            else (),
            self.flow.busy,
        )

    @verb
    def choose(self, letter: str) -> None:
        """A strip of this series."""
        if self._state == "choose" and letter in self.world.identity.series:
            self._letter, self._state = letter, "ask"

    @verb
    def print(self) -> None:
        """Set the numbers aside, then print them."""
        if self._state != "ask":
            return
        world, moment, letter, queue = self.world, self.flow.clock.now(), self._letter, self.flow.queue
        self.work(lambda: strip.take_strip(world, queue.dated(moment), letter), self._reserved)

    def _reserved(self, taken: Strip) -> None:
        self._taken, self._state = taken, "printing"
        world, clock, moment, language = self.world, self.flow.clock, self.flow.clock.now(), self.visit.language

        def print_it() -> Outcome:
            return slips.print_only(world, moment, slips.strip_slip(world, taken, language), mono_ms=clock.mono_ms)

        self.flow.at_printer(print_it, self._became, self._lost)

    def _became(self, outcome: Outcome) -> None:
        self._state = outcome

    def _lost(self, error: Exception) -> bool:
        # The numbers are set aside all the same: what did not come out is a gap.
        logger.error("the strip was not printed: %s", type(error).__name__)
        self._state = "failed"
        return True

    @verb
    def done(self) -> None:
        """Back."""
        self.flow.follow("done")


# --- the end of the day ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClosingView(View):
    """`state` is "ask", "sure" or "closed"; `rows` say what becomes of whom."""

    state: str = "ask"
    text: str = ""
    why: str = ""
    rows: tuple[str, ...] = ()
    busy: bool = False


#: What is said of people in these states, in this order.
_LEFT: Final = (("waiting", ("waiting",)), ("missed", ("missed", "called")), ("there", ("serving", "held")))


class Closing(Looking[ClosingView]):
    """Ending the queue of today by hand; asked twice, since whoever waits is sent home by it."""

    step = "close"

    _line: Line | None = None
    _state = "ask"

    def enter(self) -> None:
        """Ask for the first time."""
        self._state = "ask"
        super().enter()

    def look(self) -> None:
        """Who is still there."""
        super().look()
        self.read(self.flow.queue.look, self._seen)

    def _seen(self, line: Line) -> None:
        self._line = line

    def present(self) -> ClosingView:
        """What would become of whom."""
        say, line, state = self.say, self._line, self._state
        counts = {
            word: sum(each.state in states for each in line.tickets.values()) if line else 0 for word, states in _LEFT
        }
        rows = tuple(say(f"close.{word}", n=n) for word, n in counts.items() if n)
        return ClosingView(
            say, state, say(f"close.{state}"), say(f"close.{state}_why"),
            () if state == "closed" else rows or (say("close.nobody"),), self.flow.busy,
        )  # fmt: skip

    @verb
    def go_on(self) -> None:
        """Ask once more; the second time, close."""
        if self._state == "ask":
            self._state = "sure"
        elif self._state == "sure":
            queue, moment = self.flow.queue, self.flow.clock.now()
            self.work(lambda: queue.close(moment), self._closed)

    def _closed(self, _was_open: bool) -> None:
        self._state = "closed"
        self.look()
