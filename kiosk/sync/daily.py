"""When the confidential log travels: once a day, at a minute drawn at random the day before.

Whoever watches the line, or holds the server's diary beside the lobby's camera, learns on which day there was
something and no more. The drawn moment is kept in the confidential store, so that a restart draws no second one; a
kiosk that was switched off then sends when it is next on.

    daily = Daily(world)
    if daily.due(clock):
        converse(..., book=...)
        daily.done(clock)
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from tinydb.table import Document

from kiosk.clock import Clock
from kiosk.desk.world import World
from shared import thai

TABLE = "daily"
_ROW = 1
_DAY_MIN = 24 * 60


class Daily:
    """The next moment, kept across restarts. `uniform` draws evenly between two numbers."""

    def __init__(self, world: World, uniform: Callable[[float, float], float]) -> None:
        self._world = world
        self._uniform = uniform
        self._next: datetime | None = None

    def due(self, clock: Clock) -> bool:
        """Whether the moment has come; draws the very first one, within a day from now. Raises `CannotRecord`."""
        now = clock.guess()
        if self._next is None:
            self._next = self._read(clock) or self._keep(clock, now + self._within_a_day())
        # A moment further off than one day and its minute was drawn by a clock that was wrong.
        return now >= self._next or self._next - now > timedelta(days=2)

    def done(self, clock: Clock) -> None:
        """It travelled: the next moment lies in the coming day. Raises `CannotRecord`."""
        tomorrow = thai.day_start(thai.service_date(clock.guess()) + timedelta(days=1))
        self._next = self._keep(clock, tomorrow + self._within_a_day())

    def _within_a_day(self) -> timedelta:
        return timedelta(minutes=int(self._uniform(0, _DAY_MIN)))

    def _read(self, clock: Clock) -> datetime | None:
        if not self._world.apart.exists:
            return None
        with self._world.apart.open(clock.now().service_date) as book:
            kept = book.store.table(TABLE).sound(_ROW)
        return None if kept is None else datetime.fromisoformat(kept["next"])

    def _keep(self, clock: Clock, moment: datetime) -> datetime:
        with self._world.apart.open(clock.now().service_date) as book:
            book.store.table(TABLE).upsert(Document({"next": moment.isoformat()}, _ROW))
        return moment
