"""Sala in the race: a real kiosk's store and conversation, a real server process."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pysqlite3

from bench.process import Server, serving
from bench.race.touches import Touch
from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.clock import Clock
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from kiosk.sync.rim import converse
from shared.records import BOOT_BYTES, decode_header

_STEP = 500


class Sala:
    """A touch is known by its record's commitment: salted, so that two equal ratings are two."""

    name = "Sala"
    upload = "/sync/push"

    def __init__(self, folder: Path) -> None:
        self.server_folder = folder / "server"
        self._running = ExitStack()
        self._server: Server | None = None
        self._series = iter("ABCDEFGH")

    def start(self) -> str:
        """Start the server; its address."""
        self._server = self._running.enter_context(serving(self.server_folder))
        return self._server.url

    def stop(self) -> None:
        """Stop it."""
        self._running.close()

    def admit(self, device: Path, url: str) -> None:
        """Enrol a kiosk with a code from the server."""
        assert self._server is not None, "the server is running"
        clock, code = _clock(), self._server.code(next(self._series))
        enrol(device, Https(url), code=code, url=url, clock=clock, random=os.urandom)
        with _opened(device):
            pass  # the first start after enrolment opens the logs

    def capture(self, device: Path, found: Sequence[Touch]) -> list[str]:
        """Append to the lobby's log."""
        names = []
        with _opened(device) as kiosk:
            world, now = kiosk.world, kiosk.clock.now()
            for first in range(0, len(found), _STEP):
                with world.store.transaction() as tx:
                    for touch in found[first : first + _STEP]:
                        record = world.lobby.append(tx, touch.body, at=now.at, edition=1)
                        names.append(record.header.commitment.hex())
        return names

    def sync(self, device: Path) -> float:
        """Conversations until nothing new waits, as the sync loop holds them."""
        with _opened(device) as kiosk:
            transport = Https(kiosk.world.config.server_url)
            started = time.perf_counter()
            while converse(kiosk.world, kiosk.clock, transport).again:
                pass
            return time.perf_counter() - started

    def held(self) -> Counter[str]:
        """The records that count, the log's own first ones apart."""
        with closing(pysqlite3.connect(f"file:{self.server_folder / 'sala.sqlite3'}?mode=ro", uri=True)) as database:
            rows = database.execute(
                "SELECT header FROM records_recordrow JOIN records_log ON records_log.id = records_recordrow.log_id"
                " WHERE kind <> 'log.opened' AND records_recordrow.seq <= ifnull(counts_through, records_log.seq)"
            )
            return Counter(decode_header(header).commitment.hex() for (header,) in rows)


def _opened(device: Path) -> Kiosk:
    return open_kiosk(device, clock=_clock())


def _clock() -> Clock:
    return Clock(os.urandom(BOOT_BYTES))
