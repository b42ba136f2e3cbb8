"""Runs the application behind its door (`sync_server.door`) under granian, in one worker process.

One process because SQLite has one writer anyway, and because the projectors' thread lives in it. Over PostgreSQL
start this program several times behind one proxy. Static files are served by WhiteNoise, from the same process.
"""

import functools
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels

from shared.envelope import ENVELOPE_BYTES_MAX
from sync_server.door import Door

# A peer that has not finished its request line and headers by then is dropped: idle connections cost nothing after
# this.
HEADERS_TIMEOUT_MS = 10_000


def serve(host: str, port: int, threads: int, pid_file: Path | None = None) -> None:
    """Answer until a signal comes. `threads` requests are worked on at one time."""
    Granian(
        "sync_server.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=1,
        runtime_mode=RuntimeModes.mt,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TIMEOUT_MS),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        process_name=None,
        pid_file=pid_file,
    ).serve(target_loader=functools.partial(_behind_door, threads), wrap_loader=False)


def _behind_door(threads: int) -> Door:
    """In the worker process: importing the application starts it (`sync_server.wsgi`)."""
    from django.conf import settings

    from sync_server.wsgi import application

    # One byte more than the largest that anything takes: that one is told too long by whoever takes it.
    longest = max(ENVELOPE_BYTES_MAX, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return Door(
        application, threads=threads, body_bytes_max=longest + 1, secure=settings.SECURE, proxies=settings.PROXIES
    )
