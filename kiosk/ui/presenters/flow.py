"""The way through a visit: which step follows which verb, who is on screen, and when everything is forgotten.

`STEPS` is the whole map. A presenter says what happened (`flow.follow("taken")`) and never where that leads. The window
listens: after every change `on_change(flow)` is called, and it draws `flow.step`, `flow.view`, `flow.chrome` and, over
them, `flow.warning`.

    flow = Flow(world, clock, worker, on_main=on_main, on_change=window.draw)
    flow.start()
    flow.touched()      # at every touch, before it is dealt with
    flow.tick()         # some times a second

The rules of this file:
1. Whoever comes to "idle" leaves nothing: the visit and all its presenters are thrown away, and what the desk still
   answers to it is dropped.
2. One touch is one verb. A verb is not heard while the desk is at work, not as the echo of another event of the same
   touch, and not in the first moment of a new step, where a late echo would hit what nobody has seen yet.
3. Only the monotonic clock counts seconds here; a wall clock may jump.
4. A newer edition may come at any moment, from another thread. A page whose content is gone leads to one that has some.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar

from kiosk.desk import stick
from kiosk.desk.counters import Queue
from kiosk.desk.health import Link
from kiosk.desk.services import NoSuchService
from kiosk.desk.tracking import Throttle
from kiosk.desk.visit import Language, Visit
from kiosk.store.errors import CannotRecord
from kiosk.ui.presenters.aloud import VOLUMES, Aloud, Reading
from kiosk.ui.presenters.base import Presenter, View
from kiosk.ui.strings import THAI, Say, saying
from kiosk.ui.theme import TEXT_FACTORS
from kiosk.words import JAWI, approved
from kiosk.worker import Done, Result

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.desk.world import World
    from shared.content import Bundle

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: step -> what happened there -> the step that follows.
STEPS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "idle": {"started": "home"},
    "home": {"services": "services", "problem": "doors", "track": "track", "rate": "rating", "notices": "notices",
             "ask": "ask", "praise": "praise", "way": "way", "hours": "hours", "finished": "idle"},
    "praise": {"sent": "praised"},
    "praised": {"done": "idle"},
    "ask": {"chosen": "write"},
    "notices": {"to_budget": "budget", "to_hours": "hours"},
    "budget": {"to_notices": "notices", "to_hours": "hours"},
    "hours": {"to_notices": "notices", "to_budget": "budget"},
    "way": {},
    "services": {"chosen": "service", "taken": "ticket"},
    "service": {"taken": "ticket", "form": "form", "gone": "services"},
    "form": {"gone": "services"},
    "ticket": {"done": "idle"},
    "doors": {"general": "category", "person": "whom", "outside": "outside", "track": "track"},
    "outside": {"done": "idle"},
    "category": {"next": "where", "changed": "review", "cancelled": "home"},
    "where": {"next": "write", "changed": "review", "cancelled": "home"},
    "write": {"next": "contact", "changed": "review", "cancelled": "home"},
    "contact": {"next": "review", "changed": "review", "cancelled": "home"},
    "review": {
        "category": "category", "where": "where", "write": "write", "contact": "contact",
        "sent": "recorded", "cancelled": "home",
    },
    "recorded": {"done": "idle"},
    "whom": {"which": "which", "next": "sort", "changed": "check", "cancelled": "home"},
    "which": {"next": "sort", "changed": "check", "cancelled": "home"},
    "sort": {"next": "tell", "changed": "check", "cancelled": "home"},
    "tell": {"next": "when", "changed": "check", "cancelled": "home"},
    "when": {"next": "reach", "changed": "check", "cancelled": "home"},
    "reach": {"next": "check", "changed": "check", "cancelled": "home"},
    "check": {
        "whom": "whom", "which": "which", "sort": "sort", "tell": "tell", "when": "when", "reach": "reach",
        "sent": "kept", "cancelled": "home", "outside": "outside",
    },
    "kept": {"done": "idle"},
    "rating": {"rated": "thanks", "code": "slip_code"},
    "slip_code": {"known": "rating", "without": "rating"},
    "thanks": {"tell": "doors", "done": "idle"},
    "track": {"found": "status"},
    "status": {"again": "track", "done": "idle", "not_fixed": "returning"},
    "returning": {"sent": "status"},
    "pin": {"opened": "staff", "undated": "date"},
    "date": {"done": "staff"},
    "staff": {
        "left": "idle", "clean": "cleaning", "shut": "shutting", "export": "stick", "counters": "counters",
        "enrol_again": "leaving",
    },
    "counters": {"pair": "pair", "pins": "pins", "strip": "strip", "close": "close", "done": "staff"},
    "pair": {"done": "counters"},
    "pins": {"chosen": "set_pin", "done": "counters"},
    "set_pin": {"kept": "pins"},
    "strip": {"done": "counters"},
    "close": {"done": "counters"},
    "stick": {"done": "staff"},
    "cleaning": {"done": "idle"},
    "shutting": {"stay": "idle"},
    "leaving": {"stay": "idle"},
    "cannot": {"services": "services", "done": "idle"},
    "closed": {"opened": "idle"},
})  # fmt: skip

#: What may happen anywhere.
ANYWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {"home": "home", "erased": "idle", "staff": "pin", "cannot": "cannot", "no_content": "closed"}
)


class Desk(Protocol):
    """Who runs desk functions away from the drawing thread: `kiosk.worker.Worker`, or a tame one in tests."""

    def submit(self, fn: Callable[[], T], done: Callable[[Result[T]], None]) -> None:
        """Run `fn`, then `done` with what became of it."""


#: Steps that need no content: they work on a kiosk that is not open yet.
WITHOUT_CONTENT: Final = frozenset({"closed", "pin", "date", "staff", "stick", "cleaning", "shutting", "leaving"})

#: Why staff end the service: to switch the machine off, or to enrol the kiosk again.
Ending = Literal["off", "enrol again"]

#: A new step hears nothing for this long.
STEP_DEAF_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Chrome:
    """What surrounds every screen: time and day (empty where the clock is not trusted), and the chosen look."""

    say: Say = THAI
    clock: str = ""
    day: str = ""
    text_factor: float = 1.0
    contrast: bool = False
    largest: bool = False
    """Whether text cannot grow further, and the next touch makes it normal again."""
    low: bool = False
    """Whether all that is touched stands in the lower half."""
    can_read: bool = False
    """Whether there is a voice for this language and something to hear it with."""
    unheard: bool = False
    """Whether the last reading could not be heard."""
    reading: int = -1
    """The part of the screen that is being read, or -1."""
    silent: frozenset[int] = frozenset()
    """Parts of the reading that nobody recorded."""
    volume: int = 1
    can_go_back: bool = False


@dataclass(frozen=True, slots=True)
class StillThere:
    """The question whether somebody is still there: `share` of the time to answer that is left, from 1 to 0."""

    say: Say
    seconds: int
    share: float


class Flow:
    """One kiosk's visits, one after another. All calls come from one thread."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        worker: Desk,
        *,
        presenters: Mapping[str, type[Presenter[View]]],
        on_main: Callable[[Callable[[Result[Any]], None]], Callable[[Result[Any]], None]] = lambda fn: fn,
        on_change: Callable[[Flow], None] = lambda _flow: None,
        link: Callable[[], Link] = lambda: Link("alone"),
        on_end: Callable[[Ending], None] = lambda _ending: None,
        sticks: Callable[[], tuple[stick.Stick, ...]] | None = None,
        queue: Queue | None = None,
        printing: Desk | None = None,
    ) -> None:
        """`on_main` wraps a function so that it runs on the drawing thread from whichever thread it is called.

        `link` tells how the line to the server stands; `on_end` is called when staff end the service; `sticks` tells
        which sticks are plugged in, where that is not this machine's to say; `queue` is the lobby's, one of its own
        where none is given; `printing` works beside `worker` where the printer must hold up nothing else.
        """
        self.world = world
        self.clock = clock
        self.worker = worker
        self.printing = printing or worker
        self.link = link
        self.on_end = on_end
        self.sticks = sticks or (lambda: stick.sticks(world.config))
        self.queue = queue or Queue(world)
        self.visit = Visit()
        self.aloud = Aloud(world, clock)
        #: One count of tries for the whole kiosk: ending a visit is no way round it.
        self.tries, self.pin_tries, self.slip_tries = Throttle(), Throttle(), Throttle()
        self.forward = True
        self.came_from = ""
        self._classes = presenters
        self._on_main = on_main
        self.on_change = on_change
        self._presenters: dict[str, Presenter[View]] = {}
        self._path: list[str] = []
        self._busy = False
        self._visit_number = 0
        self._last_verb: tuple[str, object, int] | None = None
        self._touched_ms = 0
        self._entered_ms = -STEP_DEAF_MS
        self._step = "idle"
        self._view: View = View()
        self._chrome = Chrome()
        self._warning: StillThere | None = None
        #: Of which edition, and which keys it has approved in Jawi.
        self._approved: tuple[int, frozenset[str]] = (0, frozenset())

    # --- what is on screen ---------------------------------------------------------------------------------------

    @property
    def step(self) -> str:
        """The name of the step on screen."""
        return self._step

    @property
    def view(self) -> View:
        """Its view, as last shown."""
        return self._view

    @property
    def chrome(self) -> Chrome:
        """What surrounds it."""
        return self._chrome

    @property
    def warning(self) -> StillThere | None:
        """The question whether somebody is still there, while it is asked."""
        return self._warning

    @property
    def busy(self) -> bool:
        """Whether the desk is at work for this visit."""
        return self._busy

    @property
    def say(self) -> Say:
        """The words of the visit's language."""
        return self.saying(self.visit.language)

    def saying(self, language: str) -> Say:
        """The words of a language; Jawi as far as the edition on screen has it approved."""
        bundle = self.world.content.bundle
        if language != JAWI or bundle is None:
            return saying(language)
        if self._approved[0] != bundle.edition:
            self._approved = bundle.edition, approved(bundle.words)
        return saying(language, self._approved[1])

    @property
    def bundle(self) -> Bundle:
        """The content; only steps of a kiosk with content ask for it."""
        bundle = self.world.content.bundle
        assert bundle is not None, "a step was shown that needs content"
        return bundle

    @property
    def presenter(self) -> Presenter[View]:
        """The presenter of the step on screen; made at the first visit of its step."""
        return self.presenter_of(self._step)

    def presenter_of(self, step: str) -> Presenter[View]:
        """The presenter of a step in this visit."""
        found = self._presenters.get(step)
        if found is None:
            found = self._presenters[step] = self._classes[step](self)
        return found

    def foreseen(self, step: str, language: Language) -> tuple[View, Chrome]:
        """What `step` would show, just entered, to whoever chose `language`."""
        chosen, self.visit.language = self.visit.language, language
        try:
            return self._classes[step](self).present(), self._make_chrome()
        finally:
            self.visit.language = chosen

    # --- going on ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the first screen: "idle", or why there is none."""
        self._go("idle")
        self.show()

    def follow(self, happened: str) -> None:
        """Go where the map leads from here."""
        target = STEPS[self._step].get(happened) or ANYWHERE[happened]
        # A step asked for by its own name is a detour, from which "back" returns; else we do not go round in circles.
        self._go(target, detour=happened == target)

    def back(self) -> None:
        """To what was before on this page, to the step before, or to the start page."""
        if self.hears(self.presenter, ("back", ()), STEP_DEAF_MS):
            if not self.presenter.back():
                del self._path[-1:]
                self._enter(self._path[-1] if self._path else "home", forward=False)
            self.show()

    def home(self) -> None:
        """To the start page; what was typed stays until the visit ends."""
        if self.hears(self.presenter, ("home", ()), STEP_DEAF_MS):
            self.follow("home")
            self.show()

    def finish(self) -> None:
        """End the visit at once."""
        if self.hears(self.presenter, ("finish", ()), STEP_DEAF_MS):
            self.reset()

    def staff(self) -> None:
        """Whoever looks after the kiosk asks for the staff corner. The visit before is over."""
        self._forget()
        self.follow("staff")
        self.show()

    def reset(self) -> None:
        """Forget everything of this visit and wait for the next citizen."""
        self._go("idle")
        self.show()

    def keep(self) -> None:
        """Somebody is still there."""
        self._touched_ms = self.clock.mono_ms()
        self._entered_ms = self._touched_ms
        self.show()

    # --- choices about the look ----------------------------------------------------------------------------------

    def larger(self) -> None:
        """The next larger text, and after the largest the normal one."""
        if self.hears(self.presenter, ("larger", ()), STEP_DEAF_MS):
            larger = [factor for factor in TEXT_FACTORS if factor > self.visit.text_scale]
            self.visit.text_scale = larger[0] if larger else TEXT_FACTORS[0]
            self.show()

    def contrast(self) -> None:
        """High contrast, or the house's own colours again."""
        if self.hears(self.presenter, ("contrast", ()), STEP_DEAF_MS):
            self.visit.contrast = "normal" if self.visit.contrast == "high" else "high"
            self.show()

    def low(self) -> None:
        """Bring all that is touched into the lower half of the screen, or let it stand where there is room again."""
        if self.hears(self.presenter, ("low", ()), STEP_DEAF_MS):
            self.visit.low = not self.visit.low
            self.show()

    # --- reading aloud -------------------------------------------------------------------------------------------

    def read(self, texts: tuple[str, ...]) -> None:
        """Read these parts of the screen; texts that somebody typed or was told alone are none of them."""
        if self.hears(self.presenter, ("read", ()), STEP_DEAF_MS):
            self.speak(texts)

    def speak(self, texts: tuple[str, ...], gap_s: float = 0.0) -> None:
        """Say these texts, unless the citizen has gone on when the clips are found; `gap_s`: see `Aloud.prepare`."""
        language, asked_ms = self.visit.language, self._entered_ms

        def begin(reading: Reading) -> None:
            if self._entered_ms == asked_ms and self._warning is None:
                self.aloud.begin(reading, self.visit.volume)

        self.aside(lambda: self.aloud.prepare(texts, language, gap_s), begin, _unread)

    def hush(self) -> None:
        """Stop reading."""
        if self.hears(self.presenter, ("hush", ()), STEP_DEAF_MS):
            self.show()

    def louder(self) -> None:
        """The next louder volume, and after the loudest the quietest; reading goes on."""
        if self.hears(self.presenter, ("louder", ()), STEP_DEAF_MS):
            self.visit.volume = (self.visit.volume + 1) % len(VOLUMES)
            self.aloud.louder(self.visit.volume)
            self.show()

    # --- one touch, one verb -------------------------------------------------------------------------------------

    def hears(self, presenter: Presenter[Any], what: tuple[str, object], echo_ms: int) -> bool:
        """Whether this touch counts (rule 2), and remember it."""
        now_ms = self.clock.mono_ms()
        if presenter is not self.presenter or self._busy or self._warning is not None:
            return False
        if echo_ms and now_ms - self._entered_ms < STEP_DEAF_MS:
            return False
        if echo_ms and self._last_verb is not None:
            step, before, at_ms = self._last_verb
            if (step, before) == (self._step, what) and now_ms - at_ms < echo_ms:
                return False
        self._last_verb = (self._step, what, now_ms) if echo_ms else None
        if what[0] != "louder":
            self.aloud.stop()  # whoever acts has heard enough, and what is read may change
        return True

    def touched(self) -> None:
        """Somebody touched the screen, anywhere."""
        self._touched_ms = self.clock.mono_ms()

    def work(
        self, fn: Callable[[], T], then: Callable[[T], None], trouble: Callable[[Exception], bool] | None = None
    ) -> None:
        """See `Presenter.work`."""
        self._busy = True
        self._submit(self.worker, fn, then, trouble, frees=True)

    def aside(self, fn: Callable[[], T], then: Callable[[T], None], trouble: Callable[[Exception], bool]) -> None:
        """Like `work`, for what the citizen need not wait for: verbs are heard meanwhile. `trouble` must deal with any
        error.
        """
        self._submit(self.worker, fn, then, trouble, frees=False)

    def at_printer(self, fn: Callable[[], T], then: Callable[[T], None], trouble: Callable[[Exception], bool]) -> None:
        """Like `aside`, for what asks the printer or waits for its paper: a slow one holds up no number and no
        complaint.
        """
        self._submit(self.printing, fn, then, trouble, frees=False)

    def hand_over(self, fn: Callable[[], object]) -> None:
        """Leave something with the desk that outlives the visit: nobody waits for it, and nobody is told."""

        def finished(result: Result[object]) -> None:
            if not isinstance(result, Done):
                logger.error("what a citizen left was not recorded: %s", type(result.error).__name__)

        self.worker.submit(fn, finished)

    def _submit(
        self,
        worker: Desk,
        fn: Callable[[], T],
        then: Callable[[T], None],
        trouble: Callable[[Exception], bool] | None,
        *,
        frees: bool,
    ) -> None:
        visit_number = self._visit_number

        def finished(result: Result[T]) -> None:
            if visit_number != self._visit_number:
                logger.warning("an answer came after its visit had ended; it is kept in the log and not shown")
                return
            if frees:
                self._busy = False
            if isinstance(result, Done):
                then(result.value)
            elif trouble is None or not trouble(result.error):
                self._say_cannot(result.error)
            self.show()

        worker.submit(fn, self._on_main(finished))

    def _say_cannot(self, error: Exception) -> None:
        if isinstance(error, CannotRecord):
            logger.error("%s: %s", type(error).__name__, error.remedy)
        else:
            # The diary gets the type alone: an error's words may hold what somebody typed.
            logger.error("the desk failed with %s", type(error).__name__)
        self.follow("cannot")

    # --- time ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let time pass: clocks, countdowns, the question whether somebody is there, the end of the visit."""
        if self._step == "closed":
            if self.world.content.bundle is not None:
                self.follow("opened")
        elif self._step != "idle" and not self._busy:
            self._watch()
        self.aloud.tick()
        if self.aloud.on:
            self._touched_ms = self.clock.mono_ms()  # who listens is there
        self.presenter.tick()
        self.show()

    def idle_s(self) -> float:
        """Seconds since the last touch or step."""
        return (self.clock.mono_ms() - max(self._touched_ms, self._entered_ms)) / 1000

    def seconds_left(self) -> int | None:
        """Until this step ends the visit by itself; None where it does not."""
        limit_s = self.presenter.ends_after_s
        return None if limit_s is None else max(0, limit_s - int(self.idle_s()))

    def _watch(self) -> None:
        idle_s = self.idle_s()
        left_s = self.seconds_left()
        config = self.world.config
        if left_s is not None:
            self._warning = None
            if left_s == 0:
                self._go("idle")
        elif idle_s >= config.idle_reset_s:
            self._go("idle")
        elif idle_s >= config.idle_warn_s:
            rest_s = config.idle_reset_s - idle_s
            self._warning = StillThere(self.say, int(rest_s) + 1, rest_s / (config.idle_reset_s - config.idle_warn_s))
        else:
            self._warning = None

    # --- showing -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Present again; whoever listens is told once."""
        if self.world.content.bundle is None and self._step not in WITHOUT_CONTENT:
            self._go("closed")
        if self._warning is not None and self.idle_s() < self.world.config.idle_warn_s:
            self._warning = None
        try:
            self._view = self.presenter.present()
        except NoSuchService:
            # A newer edition came meanwhile, and what this page was about is offered no more.
            self.follow("gone")
            self._view = self.presenter.present()
        self._chrome = self._make_chrome()
        self.on_change(self)

    def _make_chrome(self) -> Chrome:
        moment = self.clock.now()
        say = self.say
        chrome = Chrome(say, text_factor=self.visit.text_scale,
            largest=self.visit.text_scale >= TEXT_FACTORS[-1], contrast=self.visit.contrast == "high",
                        low=self.visit.low, can_read=self.aloud.possible(self.visit.language),
                        unheard=self.aloud.failed, reading=self.aloud.now, silent=self.aloud.silent,
                        volume=self.visit.volume, can_go_back=len(self._path) > 1)  # fmt: skip
        if not moment.trusted or moment.wall is None:
            return chrome
        day = moment.service_date
        return replace(chrome, clock=say.clock(moment.wall), day=f"{say.weekday(day)} {say.long_day(day)}")

    def _go(self, step: str, *, detour: bool = False) -> None:
        if step == "idle":
            self._forget()
        elif step == "home" or self._classes[self._step].final:
            self._path = []
        elif step in self._path and not detour:
            del self._path[self._path.index(step) :]
        self._enter(step, forward=True)

    def _enter(self, step: str, *, forward: bool) -> None:
        self._leave()
        self.came_from, self._step = self._step, step
        self.forward = forward
        if step != "idle" and (not self._path or self._path[-1] != step):
            self._path.append(step)
        self._warning = None
        self._entered_ms = self.clock.mono_ms()
        self.presenter.enter()

    def _leave(self) -> None:
        self.aloud.stop()
        presenter = self._presenters.get(self._step)
        if presenter is not None:
            presenter.leave()

    def _forget(self) -> None:
        self._leave()
        self._visit_number += 1
        self.visit.forget()
        self.visit = Visit()
        self._presenters = {}
        self._path = []
        self._busy = False
        self._last_verb = None
        self._view = View()
        self._warning = None


def _unread(error: Exception) -> bool:
    """A screen that cannot be read aloud can still be read: nobody is sent away for it."""
    logger.error("the screen was not read: %s", type(error).__name__)
    return True
