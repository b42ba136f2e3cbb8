"""What every page of the lobby may reach, in one frozen value: `hall(request)` in a route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from kiosk.clock import Clock
    from kiosk.desk.counters import Queue
    from kiosk.desk.world import World
    from kiosk.lobby.feed import Feed


@dataclass(frozen=True, slots=True)
class Hall:
    """`queue` is where presses go, off the event loop (`run_in_threadpool`); `feed` is where pages look."""

    world: World
    clock: Clock
    queue: Queue
    feed: Feed


def hall(request: HTTPConnection) -> Hall:
    """The hall that this request came to."""
    return cast("Hall", request.app.state.hall)
