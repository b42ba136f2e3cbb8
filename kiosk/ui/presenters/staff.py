"""The staff corner: behind a hidden gesture and a PIN, the truth about this kiosk's records and parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kiosk.config import pin_fits
from kiosk.desk import health, slips, sounding
from kiosk.desk.health import Health
from kiosk.desk.tracking import TooManyTries
from kiosk.paper import Outcome, PrinterState
from kiosk.speech import Playing
from kiosk.ui.presenters.aloud import VOLUMES
from kiosk.ui.presenters.base import Presenter, View, key, verb
from kiosk.ui.strings import Say, saying
from shared.records import Quality

PIN_DIGITS_MAX: Final = 12
PIN_S: Final = 30
STAFF_S: Final = 120
#: The figures are read anew this often while somebody looks.
REFRESH_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class PinView(View):
    """How many digits were typed, never which."""

    typed: int = 0
    message: str = ""
    busy: bool = False


class Pin(Presenter[PinView]):
    """Asking for the PIN, few times in a minute."""

    step = "pin"
    final = True
    ends_after_s = PIN_S

    _pin = ""
    _wrong = False
    _wait_until_ms = 0

    def enter(self) -> None:
        """A kiosk without a PIN opens at once; so its installer wanted it."""
        self._pin, self._wrong = "", False
        if not self.world.config.staff_pin_hash:
            self._go_on()

    def _go_on(self) -> None:
        """To the figures; where the clock cannot be right, staff say first what day it is."""
        self.flow.follow("opened" if self.flow.clock.now().trusted else "undated")

    def _wait_s(self) -> int:
        return -(-(self._wait_until_ms - self.flow.clock.mono_ms()) // 1000)

    def present(self) -> PinView:
        """Dots, and what came of the last try."""
        message = ""
        if self._wait_s() > 0:
            message = self.say("pin.slow", seconds=self._wait_s())
        elif self._wrong:
            message = self.say("pin.wrong")
        return PinView(self.say, len(self._pin), message, self.flow.busy)

    @key
    def digit(self, digit: str) -> None:
        """One digit more."""
        if len(self._pin) < PIN_DIGITS_MAX:
            self._pin += digit
            self._wrong = False

    @key
    def erase(self) -> None:
        """The last digit goes."""
        self._pin = self._pin[:-1]

    @verb
    def clear(self) -> None:
        """All digits go."""
        self._pin = ""

    @verb
    def open(self) -> None:
        """Try it."""
        if not self._pin:
            return
        moment, pin, kept = self.flow.clock.now(), self._pin, self.world.config.staff_pin_hash
        try:
            self.flow.pin_tries.take(moment)
        except TooManyTries as error:
            self._wait_until_ms = moment.at.mono_ms + error.seconds * 1000
            return
        finally:
            self._pin = ""
        self.work(lambda: pin_fits(kept, pin), self._tried)

    def _tried(self, fits: bool) -> None:
        if fits:
            self._go_on()
        else:
            self._wrong = True


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One part of the device: `level` is "fine", "look" or "act"."""

    icon: str
    name: str
    detail: str
    level: str
    level_text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Something staff can do now: the verb of this page, its sign and its word."""

    action: str
    icon: str
    text: str
    ready: bool = True


#: verb -> its sign; the word is "staff." and the verb.
_TOOLS: Final = {
    "counters": "users-three",
    "export": "usb",
    "try_printer": "printer",
    "try_sound": "speaker-high",
    "clean": "sparkle",
}


@dataclass(frozen=True, slots=True)
class StaffView(View):
    """Captured, stored, backed up; what waits longest; the parts of the device."""

    sub: str = ""
    contact: str = ""
    contact_fine: bool = True
    captured: str = ""
    stored: str = ""
    stored_sub: str = ""
    backed: str = ""
    backed_sub: str = ""
    oldest: str = ""
    oldest_sub: str = ""
    devices: tuple[DeviceRow, ...] = ()
    foot: str = ""
    trial: str = ""
    problems: str = ""
    enrol_again: str = ""
    tools: tuple[Tool, ...] = ()


class Staff(Presenter[StaffView]):
    """The kiosk's own truth: counts from the log and from verified receipts."""

    step = "staff"
    final = True
    ends_after_s = STAFF_S

    _health: Health | None = None
    _asked_ms: int | None = None
    _trial = ""
    _sounding: Playing | None = None

    def enter(self) -> None:
        """Ask at once."""
        self._ask()

    def leave(self) -> None:
        """Be silent."""
        if self._sounding is not None:
            self._sounding.stop()
            self._sounding = None

    def tick(self) -> None:
        """Ask again while somebody looks; say what became of the sound."""
        if self._sounding is not None and self._sounding.over:
            self._sounding = None
            self._trial = "sounded" if self.world.sound.state() == "ready" else "silent"
        if self._asked_ms is None or self.flow.clock.mono_ms() - self._asked_ms >= REFRESH_MS:
            self._ask()

    def _ask(self) -> None:
        world, moment, link = self.world, self.flow.clock.now(), self.flow.link()
        self._asked_ms = moment.at.mono_ms
        self.flow.at_printer(lambda: health.health(world, moment, link), self._told, lambda _error: True)

    def _told(self, told: Health) -> None:
        self._health = told

    def present(self) -> StaffView:
        """The figures as last read; empty until they are."""
        say, told = self.say, self._health
        name = self.world.identity.kiosk_name
        sub = say("staff.sub", name=name, seconds=self.flow.seconds_left())
        if told is None:
            return StaffView(say, sub, tools=self._tools())
        fine = told.link.state == "ok"
        return StaffView(
            say,
            sub,
            self._link(told),
            fine,
            f"{told.captured:,}",
            f"{told.stored:,}",
            say("staff.stored_why", n=f"{told.waiting:,}") if told.waiting else say("staff.stored_all"),
            f"{told.backed_up:,}",
            say("staff.backed_why") if told.backed_up else say("staff.backed_none"),
            self._oldest(told),
            say("staff.oldest_why") if told.waiting else say("staff.oldest_none_why"),
            self._devices(told),
            f"{told.software} · {name}",
            self.say(f"staff.trial_{self._trial}") if self._trial else "",
            " · ".join(say(f"problem.{problem}", reason=told.link.reason or "-") for problem in told.problems),
            say("staff.enrol_again") if "key_unknown" in told.problems else "",
            self._tools(),
        )

    def _tools(self) -> tuple[Tool, ...]:
        busy = {"try_printer": self._trial == "printing", "try_sound": self._sounding is not None}
        lacking = {"try_sound": self.world.sound.state() == "none", "counters": self.world.content.bundle is None}
        return tuple(
            Tool(action, icon, self.say(f"staff.{action}"), not busy.get(action))
            for action, icon in _TOOLS.items()
            if not lacking.get(action)
        )

    def _link(self, told: Health) -> str:
        heard = told.last_heard
        when = f"{self.say.short_day(heard.date())} {self.say.clock(heard)}" if heard else self.say("staff.never")
        return self.say(f"staff.link_{told.link.state}", when=when)

    def _oldest(self, told: Health) -> str:
        say = self.say
        if not told.waiting:
            return say("staff.oldest_none")
        age = say("staff.age_unknown") if told.oldest_waiting is None else age_words(say, told.oldest_waiting)
        return say("staff.oldest", age=age)

    def _devices(self, told: Health) -> tuple[DeviceRow, ...]:
        say = self.say
        levels = {PrinterState.OK: "fine", PrinterState.NONE: "fine", PrinterState.NEAR_END: "look"}
        quality = self.flow.clock.now().at.quality
        clock = {Quality.GOOD: ("clock_good", "fine"), Quality.UNSURE: ("clock_unsure", "look")}
        clock_word, clock_level = clock.get(Quality(quality), ("clock_bad", "act"))
        made = told.edition_made
        edition = (
            say("staff.edition", n=told.edition, day=say.short_day(made.date())) if made else say("staff.edition_none")
        )
        room = {"cannot_record": "act", "disk_nearly_full": "look"}
        storage = next((level for problem, level in room.items() if problem in told.problems), "fine")
        free = say("staff.storage_free", gib=f"{told.free_bytes / 2**30:,.1f}")
        rows = (
            ("printer", "printer", say(f"staff.printer_{told.printer}"), levels.get(told.printer, "act")),
            ("clock", "clock", say(f"staff.{clock_word}"), clock_level),
            (
                "package",
                "content",
                edition,
                "act" if not made else "look" if "content_old" in told.problems else "fine",
            ),
            ("hard-drives", "storage", free, storage),
            ("speaker-high", "sound", *self._sound(told)),
            *([("desktop", "board", *self._board(told))] if self.world.config.lobby_port else []),
        )
        return tuple(
            DeviceRow(icon, say(f"staff.{name}"), detail, level, say(f"staff.{level}"))
            for icon, name, detail, level in rows
        )

    def _sound(self, told: Health) -> tuple[str, str]:
        """What can be heard, and whether somebody should see to it."""
        say = self.say
        if told.sound != "ready":
            return say(f"staff.sound_{told.sound}"), "look" if told.sound == "failed" else "fine"
        for kind in ("none", "placeholder"):
            lacking = [saying(each)("language.name") for each, found in told.voices.items() if found == kind]
            if lacking:
                return say(f"staff.voice_{kind}", languages=", ".join(dict.fromkeys(lacking))), "look"
        return say("staff.voice_recorded"), "fine"

    def _board(self, told: Health) -> tuple[str, str]:
        """The board that most needs somebody: when it was seen, and whether it may sound."""
        if not told.boards:
            return self.say("staff.board_none"), "fine"
        worst = max(told.boards, key=lambda each: (not each.there, each.sound == "muted"))
        age = age_words(self.say, timedelta(milliseconds=worst.since_ms))
        if not worst.there:
            return self.say("staff.board_away", age=age), "look"
        return self.say(f"staff.board_{worst.sound}", age=age), "look" if worst.sound == "muted" else "fine"

    @verb
    def try_printer(self) -> None:
        """Print a slip that shows whether Thai, black and the margins come out well."""
        if self._trial == "printing":
            return
        world, moment, language = self.world, self.flow.clock.now(), self.visit.language
        self._trial = "printing"
        self.flow.at_printer(lambda: slips.print_trial(world, moment, language), self._tried, lambda _error: True)

    def _tried(self, outcome: Outcome) -> None:
        self._trial = outcome
        self._ask()

    @verb
    def try_sound(self) -> None:
        """Play two tones, as loud as citizens hear the kiosk at first."""
        if self._sounding is None and self.world.sound.state() != "none":
            self._sounding = sounding.try_sound(self.world, VOLUMES[0])
            self._trial = "sounding"

    @verb
    def counters(self) -> None:
        """See to the lobby: counters, browsers, PINs, the strip, the end of the day."""
        self.flow.follow("counters")

    @verb
    def export(self) -> None:
        """Write what waits onto a stick."""
        self.flow.follow("export")

    @verb
    def clean(self) -> None:
        """Make the glass dead for a minute."""
        self.flow.follow("clean")

    @verb
    def enrol_again(self) -> None:
        """Ask whether to begin anew with a code."""
        self.flow.follow("enrol_again")

    @verb
    def shut(self) -> None:
        """Ask whether to switch off."""
        self.flow.follow("shut")

    @verb
    def serve(self) -> None:
        """Back to service."""
        self.flow.follow("left")


def age_words(say: Say, age: timedelta) -> str:
    """An age in its largest unit, for a person who wants to know whether to worry."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return say(f"time.{unit}", n=seconds // length)
    return say("time.second", n=seconds)
