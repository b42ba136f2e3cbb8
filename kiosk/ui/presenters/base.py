"""What every presenter is: plain Python between a screen and the desk.

A presenter answers for one step of a visit. It makes one frozen `View`, all the screen needs, and has a method, marked
`@verb`, for each thing a citizen can touch. It keeps no copy of what is shown: the view is computed from the visit and
its own few fields whenever it is asked for, so re-presenting is always right and always free.

    class Doors(Presenter[DoorsView]):
        step = "doors"
        def present(self) -> DoorsView: ...
        @verb
        def general(self) -> None:
            self.flow.follow("general")

The rules of this file:
1. A verb is heard only while its step is on screen, the desk is not at work for it, and it is no echo (`Flow.hears`).
2. What writes or takes time goes through `work`: it runs off the drawing thread and comes back on it.
3. What a citizen typed lives in the `Visit` or in a presenter; both are thrown away together when the visit ends.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, Generic, ParamSpec, TypeVar

from kiosk.desk import health
from kiosk.desk.services import NoSuchService
from kiosk.desk.visit import Visit
from kiosk.ui.strings import THAI, Say

if TYPE_CHECKING:
    from kiosk.desk.world import World
    from kiosk.ui.presenters.flow import Flow
    from shared.content import Bundle, Colleague

#: The same verb again within this time is the second event of one touch, or a trembling hand.
ECHO_MS: Final = 300
#: Keys are struck faster than buttons; two events of one touch come closer than this.
KEY_ECHO_MS: Final = 60


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows, whole. `say` holds the words of the visit's language for what never changes."""

    say: Say = THAI


V_co = TypeVar("V_co", bound=View, covariant=True)
T = TypeVar("T")
P = ParamSpec("P")
Self_ = TypeVar("Self_", bound="Presenter[Any]")


class Presenter(Generic[V_co]):
    """One step of a visit; see the module. Subclasses name their `step` and compute `present`."""

    step: ClassVar[str]
    #: Where one cannot come back to: after it, "back" leads to the start page.
    final: ClassVar[bool] = False
    #: After this many seconds without a touch the visit ends by itself, without asking whether one is still there.
    ends_after_s: int | None = None

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def world(self) -> World:
        """What desk functions reach."""
        return self.flow.world

    @property
    def visit(self) -> Visit:
        """What this citizen chose and typed so far."""
        return self.flow.visit

    @property
    def say(self) -> Say:
        """The words of the visit's language."""
        return self.flow.say

    @property
    def bundle(self) -> Bundle:
        """The content on screen. The flow shows no step that needs it before there is some."""
        return self.flow.bundle

    def photo_of(self, colleague: Colleague) -> bytes:
        """The picture of a colleague who consents to it today; nothing where nobody knows which day it is."""
        moment = self.flow.clock.now()
        return self.bundle.photo_of(colleague, moment.service_date) if moment.trusted else b""

    def dated(self, line: str) -> str:
        """A line of a header; where the content is old its day stands there instead, so that nobody is misled."""
        made = health.old_since(self.world, self.flow.clock.now())
        return self.say("content.as_of", day=self.say.short_day(made.date())) if made else line

    def enter(self) -> None:
        """The step has just come on screen."""

    def leave(self) -> None:
        """Another step comes, or the visit ends: by whichever way, this is said once."""

    def back(self) -> bool:
        """Take a step back on this page; False where there is none, and the step before comes."""
        return False

    def tick(self) -> None:
        """A second or less has passed."""

    def present(self) -> V_co:
        """The view as things stand."""
        raise AssertionError(f"{type(self).__name__} presents nothing")  # a broken program, not an outcome

    def work(
        self, fn: Callable[[], T], then: Callable[[T], None], trouble: Callable[[Exception], bool] | None = None
    ) -> None:
        """Run `fn` at the desk, off the drawing thread, then `then` with its value; no verb is heard meanwhile.

        An error first goes to `trouble`, which answers whether it dealt with it; else the citizen is told that nothing
        was recorded.
        """
        self.flow.work(fn, then, trouble)


def verb(method: Callable[Concatenate[Self_, P], None]) -> Callable[Concatenate[Self_, P], None]:
    """Mark what a citizen can do by touch; see rule 1."""
    return _heard(method, ECHO_MS)


def key(method: Callable[Concatenate[Self_, P], None]) -> Callable[Concatenate[Self_, P], None]:
    """Mark what is struck like a key, often and fast."""
    return _heard(method, KEY_ECHO_MS)


def typing(method: Callable[Concatenate[Self_, P], None]) -> Callable[Concatenate[Self_, P], None]:
    """Mark what takes the whole of a typed text: each call replaces the last, so an echo does no harm."""
    return _heard(method, 0)


def _heard(method: Callable[Concatenate[Self_, P], None], echo_ms: int) -> Callable[Concatenate[Self_, P], None]:
    def touch(self: Self_, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if self.flow.hears(self, (method.__name__, args), echo_ms):
            # Where a newer edition took away what was touched, what is shown next says what there is.
            with contextlib.suppress(NoSuchService):
                method(self, *args, **kwargs)
            self.flow.show()

    functools.update_wrapper(touch, method)
    return touch
