"""How fast a backlog reaches the server: a real kiosk's store, its real conversation over loopback HTTP, a real server
process with its default SQLite.

The clock starts when the kiosk begins to ask and stops when it has kept the last signed receipt, which the server gives
only after commit and sync to disk. Reading, decrypting, packing and sealing at the kiosk are in it. Beside it stands
what the same rows cost as one bare `executemany` a batch in the same SQLite mode, without HTTP, seals or chain.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import zstandard

from bench import bare, lobby
from bench.figure import Figure
from bench.process import Server, serving, workplace
from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.clock import Clock
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from kiosk.sync.line import Reply
from kiosk.sync.rim import converse
from shared.records import BOOT_BYTES, Record

RECORDS = 10_000
BATCH = 500
ROUNDS = 3
ONE_BY_ONE = 40


def run() -> list[Figure]:
    """Speed and wire cost of a backlog, of single records, and of a contact without news."""
    with workplace() as folder, _both_sides(folder) as (kiosk, url):
        line = _Line(url)
        _append(kiosk, BATCH, seed=2)
        converse(kiosk.world, kiosk.clock, line)  # warms statements, threads and connections on both sides
        rounds = []
        for seed in range(ROUNDS):
            _append(kiosk, RECORDS, seed)
            line.sent = 0
            rounds.append((_timed(kiosk, line), line.sent))
        last = kiosk.world.lobby.head.seq
        records = list(kiosk.world.lobby.between(last - RECORDS + 1, last))
        single = min(_timed_single(kiosk, line, seed) for seed in range(ONE_BY_ONE))
        idle = _idle_bytes(kiosk, url)
    seconds, sent = min(rounds)
    bare_s = min(bare.inserts(records, BATCH)[0] for _ in range(ROUNDS))
    bare_single_s = bare.inserts(records[:ONE_BY_ONE], 1)[0] / ONE_BY_ONE
    return [
        Figure("backlog of 10,000 Thai records, store to receipt (goal 2)", seconds, "s", bare_s),
        Figure("bytes a record on the wire (goal 120)", sent / RECORDS, "B", _thrifty(records)),
        Figure("push of one record, question and receipt", single * 1000, "ms", bare_single_s * 1000),
        Figure("contact without news, all bytes both ways (goal 1,024)", idle, "B"),
    ]


def _thrifty(records: Sequence[Record]) -> float:
    """Bytes a record that the promise allows: 1.15 times what zstd at its highest level makes of the bare bodies, a
    batch at a time, and 40 for the proof. A ratio above 1 breaks it.
    """
    packer = zstandard.ZstdCompressor(level=19)
    bodies = [record.body or b"" for record in records]
    batches = (b"".join(bodies[first : first + BATCH]) for first in range(0, len(bodies), BATCH))
    return 1.15 * sum(len(packer.compress(batch)) for batch in batches) / len(records) + 40


def _append(kiosk: Kiosk, count: int, seed: int) -> None:
    """Fill the kiosk's log as a busy lobby does."""
    dice, world = random.Random(seed), kiosk.world
    boot = dice.randbytes(BOOT_BYTES)
    for first in range(0, count, BATCH):
        with world.store.transaction() as tx:
            for i in range(first, min(first + BATCH, count)):
                world.lobby.append(tx, lobby.body(i, dice), at=lobby.at(i, dice, boot), edition=3)


# --- what is measured ----------------------------------------------------------------------------------------------


class _Line:
    """The kiosk's own transport, counting the bytes of the bodies it sends."""

    def __init__(self, url: str) -> None:
        self._https = Https(url)
        self.sent = 0

    def post(self, path: str, body: bytes) -> Reply:
        """Send and count."""
        self.sent += len(body)
        return self._https.post(path, body)

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """Fetch as usual."""
        return self._https.get(path, bytes_max=bytes_max, begin=begin)


def _timed(kiosk: Kiosk, line: _Line) -> float:
    started = time.perf_counter()
    converse(kiosk.world, kiosk.clock, line)
    seconds = time.perf_counter() - started
    if kiosk.world.lobby.counts().waiting:
        raise RuntimeError("the server did not take everything")
    return seconds


def _timed_single(kiosk: Kiosk, line: _Line, seed: int) -> float:
    _append(kiosk, 1, seed)
    return _timed(kiosk, line)


def _idle_bytes(kiosk: Kiosk, url: str) -> int:
    """Bytes of one contact with nothing new, requests and answers with all their headers, counted on the way."""
    with _counting_relay(url) as (relay, counted):
        converse(kiosk.world, kiosk.clock, Https(relay))
        return sum(counted)


@contextmanager
def _counting_relay(url: str) -> Iterator[tuple[str, list[int]]]:
    """A relay on loopback for one connection; the list gets the size of each piece that passes."""
    counted: list[int] = []
    host, port = url.removeprefix("http://").split(":")
    with socket.create_server(("127.0.0.1", 0)) as door:

        def copy(source: socket.socket, sink: socket.socket) -> None:
            while piece := source.recv(65536):
                counted.append(len(piece))
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

        def serve() -> None:
            near, _ = door.accept()
            with near, socket.create_connection((host, int(port))) as far:
                back = threading.Thread(target=copy, args=(far, near), daemon=True)
                back.start()
                copy(near, far)
                back.join()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", counted


# --- both sides, for real --------------------------------------------------------------------------------------------


@contextmanager
def _both_sides(folder: Path) -> Iterator[tuple[Kiosk, str]]:
    """A kiosk enrolled at a server of its own, and the server's address."""
    with serving(folder / "server") as server, _kiosk(folder / "kiosk", server) as kiosk:
        yield kiosk, server.url


@contextmanager
def _kiosk(data: Path, server: Server) -> Iterator[Kiosk]:
    """A kiosk enrolled there."""
    clock, url = Clock(os.urandom(BOOT_BYTES)), server.url
    enrol(data, Https(url), code=server.code("A"), url=url, clock=clock, random=os.urandom)
    with open_kiosk(data, clock=clock) as kiosk:
        yield kiosk
