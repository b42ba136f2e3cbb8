"""Runs the WSGI application under granian, in one worker process.

One process because SQLite has one writer anyway, and because the projectors' thread lives in it. Over PostgreSQL
start this program several times behind one proxy. Static files are served by WhiteNoise, from the same process.
"""

from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels

# A peer that has not finished its request line and headers by then is dropped: idle connections cost nothing after
# this.
HEADERS_TIMEOUT_MS = 10_000


def serve(host: str, port: int, threads: int, pid_file: Path | None = None) -> None:
    """Answer until a signal comes. `threads` requests are worked on at one time."""
    Granian(
        "sync_server.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        runtime_mode=RuntimeModes.mt,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TIMEOUT_MS),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        process_name=None,
        pid_file=pid_file,
    ).serve()
