"""Both ends of the line for real: a server process with its own database, and kiosks with real stores.

with an_office(folder) as office, office.kiosk("A", Https(line.url)) as kiosk:
    rate(kiosk, 3)
    kiosk.sync.turn()
    assert_same(office, [kiosk])
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pysqlite3

from demo.office import PASSWORD, start_server
from demo.stage import Program, free_port, run
from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.clock import Clock
from kiosk.desk import ratings
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from shared.records import BOOT_BYTES, header_hash


@dataclass
class Office:
    """A server over its data in `folder`; `server` is its process."""

    folder: Path
    port: int
    server: Program

    @property
    def url(self) -> str:
        """Where it answers, without a line between."""
        return f"http://127.0.0.1:{self.port}"

    def code(self, series: str) -> str:
        """A one-time code for a new kiosk."""
        return command(self.folder, "enrol-code", "--series", series, "--name", f"ตู้ {series}").split()[-1]

    def restart(self) -> None:
        """Begin again after `server.kill()`."""
        self.server = start_server(self.folder, self.port)

    @contextlib.contextmanager
    def kiosk(self, series: str, line: Https) -> Iterator[Kiosk]:
        """A kiosk enrolled straight at the server, which then speaks over `line`. Its loop is not started: call
        `sync.turn`.
        """
        data = self.folder / f"kiosk-{series}"
        if not data.exists():
            clock = Clock(os.urandom(BOOT_BYTES))
            enrol(data, Https(self.url), code=self.code(series), url=self.url, clock=clock, random=os.urandom)
        with open_kiosk(data, transport=line) as kiosk:
            yield kiosk
        line.close()

    def held(self) -> dict[bytes, list[bytes]]:
        """What the server holds of each log: the hash of each header, in order. One row for each seq, or it raises."""
        rows = (
            "SELECT l.log_id, r.seq, r.hash FROM records_recordrow r JOIN records_log l ON l.id = r.log_id"
            " WHERE l.branch = 0 ORDER BY l.log_id, r.seq"
        )
        with closing(pysqlite3.connect(str(self.folder / "server" / "sala.sqlite3"), timeout=30)) as database:
            logs: dict[bytes, list[bytes]] = {}
            for name, seq, hash_ in database.execute(rows):
                held = logs.setdefault(bytes.fromhex(name), [])
                assert seq == len(held) + 1, f"log {name[:8]}: record {seq} where {len(held) + 1} was due"
                held.append(bytes(hash_))
            assert database.execute("SELECT count(*) FROM records_log WHERE branch > 0").fetchone() == (0,)
            return logs


def command(folder: Path, *words: str) -> str:
    """`sala-server` over that folder's data, to its end."""
    return run([sys.executable, "-m", "sync_server", "--data", str(folder / "server"), *words])


@contextlib.contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    """The fictional office without content, served as long as the block lasts. Its staff sign in with `PASSWORD`."""
    command(folder, "demo-office", "--without-content", "--password", PASSWORD)
    port = free_port()
    office = Office(folder, port, start_server(folder, port))
    try:
        yield office
    finally:
        office.server.stop()


def rate(kiosk: Kiosk, times: int = 1) -> None:
    """So many touches of a face, each recorded before this returns."""
    for _ in range(times):
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)


def hashes(kiosk: Kiosk) -> dict[bytes, list[bytes]]:
    """The kiosk's own lobby logs: the hash of each header, in order."""
    book = kiosk.world.lobby
    return {
        view.log: [header_hash(one.header) for one in book.after(0, log=view.log, limit_count=10**6, limit_bytes=2**40)]
        for view in book.logs()
    }


def assert_same(office: Office, kiosks: Sequence[Kiosk]) -> None:
    """Nothing lost, nothing twice: the server holds of these kiosks' logs exactly what they recorded, and each kiosk
    knows it.
    """
    expected: dict[bytes, list[bytes]] = {}
    for kiosk in kiosks:
        expected |= hashes(kiosk)
        counts = kiosk.world.lobby.counts()
        assert (counts.waiting, counts.stored) == (0, counts.captured)
    held = office.held()
    assert {log: held.get(log) for log in expected} == expected


def believed_no_more_than_held(office: Office, kiosk: Kiosk) -> None:
    """Whatever happened on the way, the kiosk counts nothing as stored that the server does not hold."""
    held = office.held()
    stored = kiosk.world.lobby.counts().stored
    assert stored <= sum(len(held.get(view.log, [])) for view in kiosk.world.lobby.logs())
