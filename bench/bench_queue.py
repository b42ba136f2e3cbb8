"""What it costs a kiosk to stand there again with its queue in the middle of a day: few records before it, or many.

The day is a busy one: 600 tickets taken, called, served and finished, counters opened and closed, after a closed day of
the same size. What lies before it are other days, all closed. The baseline is the same start with few of them.
"""

import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.figure import Figure
from kiosk.desk.counters import Queue
from kiosk.desk.world import World
from shared.kinds import CounterSeen, QueueClosed, RatingGiven, TicketIssued, TicketMoved
from shared.records import At, Quality
from tests.kiosk.worlds import make_world

FEW = 1_000
MANY = int(os.environ.get("SALA_RECORDS", "1_000_000"))
TICKETS = 600
STARTS = 5
_STEP = 5_000
_MONDAY = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)


def run() -> list[Figure]:
    """Measure in memory's own folder where there is one: the disk's part of a start is the store's bench."""
    shm = Path("/dev/shm")  # noqa: S108 - of this machine, not of anybody
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as name:
        world = make_world(Path(name))
        _fill(world, FEW)
        days = _two_days(world)
        few_ms, few_records = _start_ms(world), world.lobby.head.seq
        world.store.close()
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as name:
        world = make_world(Path(name))
        _fill(world, MANY)
        _two_days(world)
        many_ms, many_records = _start_ms(world), world.lobby.head.seq
        world.store.close()
    return [
        Figure(
            f"the queue after a start with {many_records - days:,} records before its day, over "
            f"{few_records - days:,} (goal <= 1.2x)", many_ms, "ms", baseline=few_ms,
        )
    ]  # fmt: skip


def _start_ms(world: World) -> float:
    took = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        line = Queue(world).line
        took.append((time.perf_counter() - begun) * 1000)
        assert len(line.gone) == TICKETS, len(line.gone)
    return statistics.median(took)


def _at(day: datetime, second: int) -> At:
    when = day + timedelta(seconds=second)
    return At(round(when.timestamp() * 1000), 420, b"boot-id1", second * 1000, Quality.UNSURE)


def _fill(world: World, count: int) -> None:
    """Closed days, and ratings between them."""
    for first in range(0, count, _STEP):
        with world.store.transaction() as tx:
            day = date(2020, 1, 1) + timedelta(days=first // _STEP)
            for at in range(first, min(first + _STEP, count) - 1):
                body = RatingGiven(day.isoformat(), 5, "walk-by", "", repeat=False)
                world.lobby.append(tx, body, at=_at(_MONDAY, at % 30_000), edition=1)
            closed = QueueClosed(day.isoformat(), max(0, first))
            world.lobby.append(tx, closed, at=_at(_MONDAY, 0), edition=1)


def _two_days(world: World) -> int:
    """A closed day, and one that is not; how many records the second has."""
    before = 0
    for closed, day in ((True, _MONDAY - timedelta(days=1)), (False, _MONDAY)):
        before = world.lobby.head.seq
        on = day.date().isoformat()
        with world.store.transaction() as tx:
            world.lobby.append(tx, CounterSeen(on, "1", "open", "a", ["tax"]), at=_at(day, 0), edition=1)
            for n in range(1, TICKETS + 1):
                issued = TicketIssued(on, "A", n, "sign_tax", "งาน", "", None, "th")
                world.lobby.append(tx, issued, at=_at(day, n * 40), edition=1)
                for later, move in enumerate(("call", "serve", "finish")):
                    body = TicketMoved(on, "A", n, move, "1", "a", "", "", "", os.urandom(16), 1000, 1000, 1000, False)
                    world.lobby.append(tx, body, at=_at(day, n * 40 + later * 10), edition=1)
            if closed:
                world.lobby.append(tx, QueueClosed(on, before), at=_at(day, 30_000), edition=1)
    return world.lobby.head.seq - before
