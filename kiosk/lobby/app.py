"""The lobby's pages put together: routes, files, the gate before them.

A page is a module with a list of `ROUTES`; `application` is what the server runs, and what tests may call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from kiosk.lobby import files, guests, staff, ticket, wall
from kiosk.lobby.guard import Guard

if TYPE_CHECKING:
    from starlette.routing import Route
    from starlette.types import ASGIApp

    from kiosk.lobby.hall import Hall

ROUTES: tuple[Route, ...] = (*files.ROUTES, *staff.ROUTES, *ticket.ROUTES, *wall.ROUTES, *guests.ROUTES)


def application(hall: Hall) -> ASGIApp:
    """The pages over one hall, its feed running for as long as they do."""

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        feeding = asyncio.create_task(hall.feed.run())
        try:
            yield
        finally:
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding

    app = Starlette(routes=list(ROUTES), lifespan=life)
    app.state.hall = hall
    name = hall.world.config.lobby_address
    return Guard(app, names=frozenset({name.lower()} if name else ()))
