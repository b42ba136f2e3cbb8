"""When the kiosk talks to its server, and what it knows about the line.

One thread. A turn is one conversation, then the content if there is a newer edition, then some housekeeping in the
store. After a good turn it waits for the interval or for something new to send; after a bad one it waits at random
up to a limit that doubles (full jitter), so that a village of kiosks does not return in one second.

The rules of this file:
1. After every turn the timer is set again, whatever was raised. Nothing ends the thread but `close`.
2. One request is in flight at a time, since one thread makes them.
3. A server that names a time to wait (Retry-After, signed or not) is not asked for the same before it.
4. What `link` says is what the last turn saw, never what it hoped.
5. A log that the server declines holds up no other log and no content: until it is tried again, at the rate of any
   refusal, the conversation is about the others.
6. The line is judged by the lobby's conversation. Content that does not come delays no record: it has a patience of its
   own, and a turn before its time is one without it. It begins anew where content came, or more of a piece than lay
   here. Only a certificate that ended fails the turn: it holds for records too.
"""

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kiosk.clock import Clock
from kiosk.desk import contact, rating_codes
from kiosk.desk.health import Link, LinkState
from kiosk.desk.trusting import learn
from kiosk.desk.world import World
from kiosk.store import Logbook, StoreError, check_all
from kiosk.sync import rolling
from kiosk.sync.daily import Daily
from kiosk.sync.fetch import PartCame, fetch
from kiosk.sync.line import CertificateEnded, NotTheServer, TooMuch, Transport, Unreachable
from kiosk.sync.rim import BATCH_BYTES_MAX, Told, converse
from shared.errors import BadSignature, SalaError
from shared.keylist import CHAIN_BYTES_MAX
from shared.protocol import Action, Reason, Refused

logger = logging.getLogger(__name__)

_uniform = random.SystemRandom().uniform

T = TypeVar("T")

#: The first wait after a failure is up to this long, the second up to twice as long, and so on.
RETRY_S_BASE = 2.0
#: A server that has refused for good is asked again now and then: an administrator may have changed their mind.
REFUSED_S = 900.0
#: Touches come in pairs (a ticket, its slip); waiting this long sends both at once.
GATHER_S = 1.0
#: A message is not made smaller than this because of a proxy.
BATCH_BYTES_MIN = 8 * 1024
#: Padded, this much still fits one envelope.
APART_BYTES_MAX = 512 * 1024
CHECKPOINT_PAGES = 500
#: The whole store is looked at once a day, and first when a start is well over.
CHECK_FIRST_S = 600.0
CHECK_EVERY_S = 24 * 3600.0


#: What a failure says of the line; "offline" for any other.
_STATES: dict[type[Unreachable], LinkState] = {NotTheServer: "not_the_server", CertificateEnded: "certificate"}


@dataclass(frozen=True, slots=True)
class Wait:
    """How long until the next turn, and whether a touch may cut it short."""

    seconds: float
    cut_short: bool


@dataclass(frozen=True, slots=True)
class _Declined:
    """Logs that the server declined, why it did the last of them, and when they are tried again."""

    logs: frozenset[bytes]
    reason: Reason
    until_s: float


class Patience:
    """How long to wait after failures, at most `max_s`; `uniform` draws evenly between two numbers."""

    def __init__(self, max_s: float, uniform: Callable[[float, float], float] = _uniform) -> None:
        self._max_s = max_s
        self._uniform = uniform
        self._failures = 0

    def after_success(self) -> None:
        """Begin anew."""
        self._failures = 0

    def after_failure(self, retry_after_s: int = 0) -> float:
        """Seconds to wait: a random part of a limit that doubles, and never less than what the server asked for."""
        limit = min(self._max_s, RETRY_S_BASE * 2.0 ** min(self._failures, 20))
        self._failures += 1
        return retry_after_s + self._uniform(0.0, limit)

    def until(self, turn_s: int) -> float:
        """Seconds until a turn that the server itself gave: it spread the kiosks already, and keeps the place."""
        return turn_s + self._uniform(0.0, RETRY_S_BASE)


class Sync:
    """The loop. `start` begins it, `wake` tells it that something was recorded, `link` says how the line stands."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        transport: Transport | None,
        *,
        patience: Patience | None = None,
        content_patience: Patience | None = None,
        uniform: Callable[[float, float], float] = _uniform,
        on_change: Callable[[], None] = lambda: None,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` None: this kiosk runs alone. `uniform` draws the minute of the daily push. `on_change` is called
        on this thread after each turn and touch. `mono` tells seconds that only rise.
        """
        self._world = world
        self._clock = clock
        self._transport = transport
        self._patience = patience or Patience(world.config.retry_max_s)
        self._content_patience = content_patience or Patience(world.config.retry_max_s)
        self._on_change = on_change
        self._mono = mono
        self._batch_bytes_max = BATCH_BYTES_MAX
        self._apart_bytes_max = APART_BYTES_MAX
        self._apart_from_s = self._content_from_s = self._mono()
        self._declined: _Declined | None = None
        self._daily = Daily(world, uniform)
        self._link = Link("alone" if transport is None else "starting")
        self._next_turn_s: float | None = None
        self._next_check_s = self._mono() + CHECK_FIRST_S
        self._touched = threading.Event()
        self._closing = False
        self._hurry = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; the first turn comes at once."""
        self._thread.start()

    def close(self) -> None:
        """End after the turn that is on; a request in flight is waited for."""
        self._closing = True
        self._touched.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Something was recorded. Cheap, from any thread; while the line is bad it changes nothing."""
        self._touched.set()

    def now(self) -> None:
        """Staff want a try at once, whatever the wait."""
        self._hurry = True
        self._touched.set()

    @property
    def transport(self) -> Transport | None:
        """The way to the server; None where this kiosk runs alone."""
        return self._transport

    @property
    def link(self) -> Link:
        """How the line stands, with the seconds until the next try."""
        due = self._next_turn_s
        left = None if due is None else max(0, round(due - self._mono()))
        heard = contact.instant(self._clock.signed_ms or 0)
        return Link(self._link.state, self._link.reason, left, heard)

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            self._next_turn_s = None
            self._wait(self.turn())

    def _wait(self, wait: Wait) -> None:
        self._next_turn_s = due = self._mono() + wait.seconds
        while not self._closing and not self._hurry and (left := due - self._mono()) > 0:
            if self._touched.wait(left):
                self._touched.clear()
                if wait.cut_short and self._something_waits():
                    self._next_turn_s = due = min(due, self._mono() + GATHER_S)
                self._tell()
        if self._hurry:
            self._hurry = False
            self._content_from_s = self._mono()
            self._declined = None

    def turn(self) -> Wait:
        """One turn; returns how long to wait for the next. Never raises (rule 1)."""
        try:
            wait = self._talk()
        except Unreachable as error:
            logger.info("%s", error)
            if isinstance(error, TooMuch):
                self._batch_bytes_max = max(BATCH_BYTES_MIN, self._batch_bytes_max // 2)
            self._link = Link(_STATES.get(type(error), "offline"), str(error))
            wait = Wait(self._patience.after_failure(error.retry_after_s), cut_short=False)
        except StoreError as error:
            # The disk's trouble, not the line's: `health` tells it.
            logger.error("a turn failed: %s", error)  # noqa: TRY400 - the sentence says it; these are known faults
            wait = Wait(self._patience.after_failure(), cut_short=False)
        except SalaError as error:
            logger.error("a turn failed: %s", error)  # noqa: TRY400 - as above
            self._link = Link("offline", str(error))
            wait = Wait(self._patience.after_failure(), cut_short=False)
        except Exception as error:
            logger.exception("a turn failed in a way nobody foresaw")
            self._link = Link("offline", type(error).__name__)
            wait = Wait(self._patience.after_failure(), cut_short=False)
        self._keep_house()
        return wait

    def _talk(self) -> Wait:
        interval_s = float(self._world.config.sync_every_s)
        if self._transport is None:
            return Wait(interval_s, cut_short=False)
        # First of all: where the server has the new key already and its answer was lost, it takes nothing else.
        rolling.go_on(self._world, self._clock, self._transport)
        if self._declined is not None and self._mono() >= self._declined.until_s:
            self._declined = None
        told = self._converse(self._transport, self._world.lobby, self._batch_bytes_max, self._logs_aside)
        refusal = told.refused
        if refusal is not None and not refusal.of_one_log:
            return self._refused(refusal)
        if refusal is not None:
            until_s = self._mono() + REFUSED_S
            self._declined = _Declined(self._logs_aside | told.declined, refusal.reason, until_s)
        self._link = Link("ok") if self._declined is None else Link("declined", self._declined.reason.value)
        self._batch_bytes_max = min(BATCH_BYTES_MAX, 2 * self._batch_bytes_max)
        self._converse_apart(self._transport)
        content_s = self._bring_content(self._transport, told.edition)
        self._patience.after_success()
        return Wait(GATHER_S if told.again else min(interval_s, content_s), cut_short=True)

    @property
    def _logs_aside(self) -> frozenset[bytes]:
        return frozenset() if self._declined is None else self._declined.logs

    def _converse(
        self, transport: Transport, book: Logbook, batch_bytes_max: int, aside: frozenset[bytes] = frozenset()
    ) -> Told:
        """A conversation; where the server's keys may have changed, a second one under those that count now."""

        def talk() -> Told:
            return converse(
                self._world, self._clock, transport, book=book, batch_bytes_max=batch_bytes_max, aside=aside
            )

        told = self._under_present_keys(transport, talk)
        cannot_open = told.refused is not None and told.refused.reason is Reason.CANNOT_OPEN
        return talk() if cannot_open and self._learn_keys(transport) else told

    def _under_present_keys(self, transport: Transport, act: Callable[[], T]) -> T:
        """Do `act`; where it met a signature of a key we do not know, look for a key list that explains it, and do it
        once more.
        """
        try:
            return act()
        except (NotTheServer, BadSignature):
            if not self._learn_keys(transport):
                raise
            return act()

    def _learn_keys(self, transport: Transport) -> bool:
        """Fetch the office's key lists; true where they lead on. Whoever answers, they prove themselves."""
        try:
            reply = transport.get("sync/keys", bytes_max=CHAIN_BYTES_MAX)
            return reply.status == 200 and learn(self._world, reply.body)
        except (Unreachable, OSError) as error:
            logger.info("no key lists: %s", error)
            return False

    def _is_news(self, transport: Transport, edition: int) -> bool:
        """Whether the edition on offer is to be fetched: a higher one, and a lower one where what is on screen was
        signed with a key that counts no more. The server alone may know of that yet.
        """
        content = self._world.content
        if 0 < edition < content.edition:
            self._learn_keys(transport)
            return edition > content.floor()
        return edition > content.edition

    def _converse_apart(self, transport: Transport) -> None:
        """The confidential log, in a conversation of its own, once a day. Its troubles are not the lobby's: what
        waits there waits for the next turn, and the line is judged by the lobby.
        """
        try:
            if self._mono() < self._apart_from_s or not self._daily.due(self._clock):
                return
            with self._world.apart.open(self._clock.now().service_date) as book:
                told = self._converse(transport, book, self._apart_bytes_max)
                with book.store.transaction() as tx:
                    book.prune(tx)
                # A log that the server declines waits for the next day, whatever of the others went.
                if told.refused is not None and not told.refused.of_one_log:
                    self._apart_from_s = self._mono() + told.refused.retry_after_s
                elif not told.again:
                    self._daily.done(self._clock)
                    self._apart_bytes_max = min(APART_BYTES_MAX, 2 * self._apart_bytes_max)
        except CertificateEnded:
            raise  # holds for everything that would be sent, so staff shall see it
        except Unreachable as error:
            logger.info("the confidential log: %s", error)
            if isinstance(error, TooMuch):
                self._apart_bytes_max = max(BATCH_BYTES_MIN, self._apart_bytes_max // 2)
            self._apart_from_s = self._mono() + error.retry_after_s
        except SalaError as error:
            logger.error("the confidential log: %s", error)  # noqa: TRY400 - as above

    def _bring_content(self, transport: Transport, edition: int) -> float:
        """Turn to the edition on offer if it is time (rule 6); seconds until it wants another turn."""
        if (left_s := self._content_from_s - self._mono()) > 0:
            return left_s
        # Downloads stop first when the disk is filling up.
        if not self._world.store.reserve_held or not self._is_news(transport, edition):
            return math.inf
        wait_s = math.inf
        try:
            self._under_present_keys(transport, lambda: fetch(self._world.content, transport, at_least=edition))
            bundle = self._world.content.bundle
            if bundle is not None:
                learn(self._world, bundle.keys, vouched=True)
        except CertificateEnded:
            raise
        except PartCame as cut:
            # A thin line carries records well and pictures in parts.
            logger.info("%s; the rest of the content follows", cut)
            wait_s = GATHER_S
        except (SalaError, OSError) as error:
            logger.info("no new content: %s", error)
            if isinstance(error, NotTheServer) or not isinstance(error, Unreachable):
                # The edition on screen stays, and staff see why.
                self._world.content.note(f"new content was not taken: {error}")
            retry_after_s = error.retry_after_s if isinstance(error, Unreachable) else 0
            wait_s = self._content_patience.after_failure(retry_after_s)
            self._content_from_s = self._mono() + wait_s
            return wait_s
        self._content_patience.after_success()
        return wait_s

    def _refused(self, refusal: Refused) -> Wait:
        if refusal.action is Action.RETRY:
            self._link = Link("offline", f"the server is busy ({refusal.reason.value})")
            seconds = refusal.retry_after_s
            return Wait(self._patience.until(seconds) if seconds else self._patience.after_failure(), cut_short=False)
        self._link = Link("refused", refusal.reason.value)
        self._patience.after_success()
        return Wait(max(REFUSED_S, refusal.retry_after_s), cut_short=False)

    def _keep_house(self) -> None:
        """Move the write-ahead log on, give up old bodies, look at everything once a day: off the touch path."""
        try:
            self._world.store.checkpoint(pages_min=CHECKPOINT_PAGES)
            with self._world.store.transaction() as tx:
                self._world.lobby.prune(tx)
            if self._mono() >= self._next_check_s:
                self._next_check_s = self._mono() + CHECK_EVERY_S
                check_all(self._world.store)
                rating_codes.drop_old(self._world, self._clock.now().service_date)
        except StoreError as error:
            logger.error("housekeeping: %s", error)  # noqa: TRY400 - as above
        self._tell()

    def _something_waits(self) -> bool:
        """Whether a touch left something to send: the worker also looks things up, and a declined log waits anyway."""
        aside = self._logs_aside
        try:
            return any(view.waiting and view.log not in aside for view in self._world.lobby.logs())
        except StoreError as error:
            logger.error("cannot count what waits: %s", error)  # noqa: TRY400 - as above
            return False

    def _tell(self) -> None:
        try:
            self._on_change()
        except Exception:
            logger.exception("whoever watches the sync failed")
