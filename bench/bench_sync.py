"""How fast a backlog reaches the server: a real kiosk's store, its real conversation over loopback HTTP, a real server
process with its default SQLite.

The clock starts when the kiosk begins to ask and stops when it has kept the last signed receipt, which the server gives
only after commit and sync to disk. Reading, decrypting, packing and sealing at the kiosk are in it. Beside it stands
what the same rows cost as one bare `executemany` a batch in the same SQLite mode, without HTTP, seals or chain.
"""

import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pysqlite3

from bench.figure import Figure
from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.clock import Clock
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from kiosk.sync.line import Reply, Unreachable
from kiosk.sync.rim import converse
from shared import kinds
from shared.kinds import CaseFiled, RatingGiven, SlipPrinted, TicketIssued
from shared.records import BOOT_BYTES, At, Quality, Record, encode_header, header_hash

RECORDS = 10_000
BATCH = 500
ONE_BY_ONE = 40


def run() -> list[Figure]:
    """Speed and wire cost of a backlog, of single records, and of a contact without news."""
    with tempfile.TemporaryDirectory(prefix="sala-bench-") as folder, _both_sides(Path(folder)) as (kiosk, url):
        line = _Line(url)
        _append(kiosk, BATCH, seed=2)
        converse(kiosk.world, kiosk.clock, line)  # warms statements, threads and connections on both sides
        _append(kiosk, RECORDS, seed=1)
        records = list(kiosk.world.lobby.after(BATCH + 1, limit_count=RECORDS, limit_bytes=2**40))
        line.sent = 0
        seconds = _timed(kiosk, line)
        sent = line.sent
        single = min(_timed_single(kiosk, line, seed) for seed in range(ONE_BY_ONE))
        idle = _idle_bytes(kiosk, url)
    bare, bare_single = _bare_inserts(records, BATCH), _bare_inserts(records[:ONE_BY_ONE], 1) / ONE_BY_ONE
    bodies = sum(len(record.body or b"") for record in records)
    return [
        Figure("push, 10,000 Thai records, store to receipt (goal 10,000/s)", RECORDS / seconds, "/s", RECORDS / bare),
        Figure("push, bytes a record on the wire (goal 150)", sent / RECORDS, "B", bodies / RECORDS),
        Figure("push of one record, question and receipt", single * 1000, "ms", bare_single * 1000),
        Figure("contact without news, all bytes both ways (goal 1,024)", idle, "B"),
    ]


# --- a busy lobby --------------------------------------------------------------------------------------------------

_PLACES = ("หน้าวัด", "ข้างตลาด", "ปากซอย", "หลังโรงเรียน", "ริมคลอง", "หน้าบ้านผู้ใหญ่บ้าน", "ตรงสะพาน", "ทางเข้าหมู่บ้าน")
_WHAT = (
    "ไฟถนนดับมาสามคืนแล้ว", "ท่อระบายน้ำตันน้ำท่วมเข้าบ้าน", "น้ำประปาขุ่นและมีกลิ่น", "ถนนเป็นหลุมลึก", "กิ่งไม้พาดสายไฟ",
    "ขยะล้นถังไม่มีคนมาเก็บ", "สุนัขจรจัดไล่กัดเด็ก", "เสียงดังตอนกลางคืน", "น้ำไม่ไหลตั้งแต่เมื่อวาน", "ฝาท่อหาย",
)  # fmt: skip
_THEN = (
    "เด็กเดินกลับบ้านมืดมาก", "รถจักรยานยนต์ล้มไปสองคันแล้ว", "ใช้หุงข้าวไม่ได้", "คนแก่เดินลำบาก", "แจ้งไปแล้วยังเงียบอยู่",
    "กลัวจะเกิดอันตราย", "ฝนตกทีไรเป็นทุกที", "ขอให้ช่วยดูแลโดยเร็ว", "ขอบคุณล่วงหน้า",
)  # fmt: skip
_SERVICES = ("land_tax_payment", "elderly_allowance", "street_light_repair", "newborn_support", "building_permit")


def _append(kiosk: Kiosk, count: int, seed: int) -> None:
    """Fill the kiosk's log as a busy lobby does: of ten records five tickets, three ratings, one slip, one request."""
    dice, world = random.Random(seed), kiosk.world
    boot, start_ms = dice.randbytes(BOOT_BYTES), 1_795_000_000_000
    for first in range(0, count, BATCH):
        with world.store.transaction() as tx:
            for i in range(first, min(first + BATCH, count)):
                passed_ms = i * 40_000 + dice.randrange(20_000)
                at = At(start_ms + passed_ms, 420, boot, passed_ms, Quality.GOOD)
                world.lobby.append(tx, _body(i, dice), at=at, edition=3)


def _body(i: int, dice: random.Random) -> kinds.Body:
    day = (date(2026, 11, 2) + timedelta(days=i // 900)).isoformat()
    service = dice.choice(_SERVICES)
    if i % 10 < 5:
        return TicketIssued(day, "A", i % 900 + 1, service, "งานบริการประชาชน", "", dice.choice([None, 0, 1]), "th")
    if i % 10 < 8:
        return RatingGiven(day, dice.choice([5, 5, 5, 4, 4, 3, 1]), "walk-by", service, False)
    if i % 10 == 8:
        return SlipPrinted("ticket", max(1, i - 4), "printed")
    text = " ".join((dice.choice(_WHAT), dice.choice(_PLACES), *dice.sample(_THEN, 2)))
    keys = dice.randbytes(16), dice.randbytes(32)
    where = f"บ้านเลขที่ {dice.randrange(1, 300)} หมู่ {dice.randrange(1, 9)}"
    return CaseFiled(day, *keys, "street_light", text, where, "", f"08{dice.randrange(10**8):08d}", "th")


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


def _bare_inserts(records: Sequence[Record], step: int) -> float:
    """Seconds for the same rows, ready made, `step` a transaction, WAL and synchronous=FULL."""
    rows = [
        (1, r.header.seq, header_hash(r.header), encode_header(r.header), r.header.kind, r.header.schema,
         r.header.edition, r.header.at.wall_ms, r.salt, r.body, "2026-11-25 03:00:00", 0)
        for r in records
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="sala-bench-") as folder:
        connection = pysqlite3.connect(str(Path(folder) / "bare.sqlite3"), isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE row (id INTEGER PRIMARY KEY AUTOINCREMENT, log, seq, hash, header, kind, schema, edition,"
            " wall, salt, body, received, ahead, UNIQUE (log, seq))"
        )
        statement = (
            "INSERT INTO row (log, seq, hash, header, kind, schema, edition, wall, salt, body, received, ahead)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
        )
        started = time.perf_counter()
        for first in range(0, len(rows), step):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows[first : first + step])
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        connection.close()
    return seconds


# --- both sides, for real --------------------------------------------------------------------------------------------


@contextmanager
def _both_sides(folder: Path) -> Iterator[tuple[Kiosk, str]]:
    """A kiosk enrolled at a server of its own, and the server's address."""
    with _server(folder / "server") as url, _kiosk(folder / "kiosk", url) as kiosk:
        yield kiosk, url


@contextmanager
def _server(data: Path) -> Iterator[str]:
    """The fictional office on a free port, in a process of its own."""
    _command(data, "demo-office", "--without-content")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sync_server", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=_environment(data), stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _kiosk(data: Path, url: str) -> Iterator[Kiosk]:
    """A kiosk enrolled there."""
    code = _command(data.parent / "server", "enrol-code", "--series", "A", "--name", "bench").strip()
    clock = Clock(os.urandom(BOOT_BYTES))
    enrol(data, Https(url), code=code, url=url, clock=clock, random=os.urandom)
    with open_kiosk(data, clock=clock) as kiosk:
        yield kiosk


def _command(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "sync_server", *words]
    return subprocess.run(command, env=_environment(data), check=True, capture_output=True, text=True).stdout


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            Https(url).post("sync/push", b"")
        except Unreachable:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")
