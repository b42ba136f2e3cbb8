"""How fast a backlog reaches the server: real envelopes over loopback HTTP into a real server process with its
default SQLite.

The clock starts at the first envelope and stops at the last signed receipt, which the server gives only after commit
and sync to disk. Sealing is in it: the kiosk does that while it sends. Beside it stands what the same rows cost as
one bare `executemany` a batch in the same SQLite mode, without HTTP, seals, signatures or chain.
"""

import datetime as dt
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pysqlite3
import requests

from bench.figure import Figure
from shared import batch, envelope, kinds, log, protocol
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.kinds import CaseFiled, RatingGiven, SlipPrinted, TicketIssued
from shared.log import Head
from shared.protocol import KioskSelf
from shared.records import At, Quality, Record, encode_header, header_hash

RECORDS = 10_000
BATCH = 500

_TEXTS = (
    "ไฟถนนหน้าโรงเรียนดับมาสามคืนแล้ว เด็กเดินกลับบ้านมืดมาก ขอให้ช่วยซ่อมโดยเร็ว",
    "ท่อระบายน้ำข้างตลาดตัน ฝนตกทีไรน้ำท่วมเข้าบ้านทุกครั้ง",
    "น้ำประปาหมู่บ้านขุ่นและมีกลิ่นตั้งแต่วันจันทร์ ใช้หุงข้าวไม่ได้",
    "ถนนซอยวัดเป็นหลุมลึก รถจักรยานยนต์ล้มไปสองคันแล้ว",
)


def run() -> list[Figure]:
    """Records a second from first envelope to last receipt, and bytes a record on the wire."""
    with tempfile.TemporaryDirectory(prefix="sala-bench-") as folder, _server(Path(folder)) as url:
        me = _enrol(Path(folder), url)
        records = mixed_records(RECORDS, seed=1)
        _push(me, url, mixed_records(BATCH, seed=2))  # warms threads, statements and connections on both sides
        seconds, wire = _push(me, url, records)
    bare = _bare_inserts(records)
    bodies = sum(len(record.body or b"") for record in records)
    return [
        Figure(
            "push of 10,000 mixed Thai records over HTTP (goal 10,000/s)",
            RECORDS / seconds,
            "records/s",
            RECORDS / bare,
        ),
        Figure("push, bytes a record on the wire (goal 150)", wire / RECORDS, "B", bodies / RECORDS),
    ]


def mixed_records(count: int, seed: int) -> list[Record]:
    """A log of a busy lobby: of ten records five tickets, three ratings, one slip and one request in Thai."""
    dice = random.Random(seed)
    head, boot, records = Head.empty(dice.randbytes(16)), dice.randbytes(8), []
    start_ms = 1_795_000_000_000
    for i in range(count):
        kind, schema, body = kinds.encode(_body(i, dice))
        at = At(
            start_ms + i * 40_000 + dice.randrange(20_000), 420, boot, i * 40_000 + dice.randrange(20_000), Quality.GOOD
        )
        record, head = log.link(head, kind=kind, schema=schema, edition=3, at=at, salt=dice.randbytes(16), body=body)
        records.append(record)
    return records


def _body(i: int, dice: random.Random) -> kinds.Body:
    day = (dt.date(2026, 11, 2) + dt.timedelta(days=i // 900)).isoformat()
    service = dice.choice(["land_tax_payment", "elderly_allowance", "street_light_repair", "newborn_support"])
    if i % 10 < 5:
        return TicketIssued(day, "A", i % 900 + 1, service, "งานบริการประชาชน", "", dice.choice([None, 0, 1]), "th")
    if i % 10 < 8:
        return RatingGiven(day, dice.choice([5, 5, 5, 4, 4, 3, 1]), "walk-by", service, False)
    if i % 10 == 8:
        return SlipPrinted("ticket", max(1, i - 4), "printed")
    text = dice.choice(_TEXTS) + f" (บ้านเลขที่ {dice.randrange(1, 300)})"
    keys = dice.randbytes(16), dice.randbytes(32)
    return CaseFiled(day, *keys, "street_light", text, f"หมู่ {dice.randrange(1, 9)}", "", "", "th")


def _push(me: KioskSelf, url: str, records: Sequence[Record]) -> tuple[float, int]:
    """Send everything in batches, check every receipt; returns seconds and bytes sent."""
    session, dice, wire = requests.Session(), random.Random(3), 0
    session.trust_env = False
    log_id = records[0].header.log
    started = time.perf_counter()
    for first in range(0, len(records), BATCH):
        part = records[first : first + BATCH]
        last = part[-1].header
        sealed = envelope.seal(
            batch.pack(part), office=me.office, kiosk=me.kiosk, log=log_id, first_seq=part[0].header.seq,
            count=len(part), prev=part[0].header.prev, last_hash=header_hash(last), nonce=dice.randbytes(16),
            to=me.seal_to, by=me.key,
        )  # fmt: skip
        wire += len(sealed)
        answer = protocol.read_answer(session.post(f"{url}/sync/push", data=sealed, timeout=60).content, me.answers)
        if not isinstance(answer, protocol.Receipt) or answer.seq != last.seq:
            raise RuntimeError(f"not receipted: {answer}")
    return time.perf_counter() - started, wire


def _bare_inserts(records: Sequence[Record]) -> float:
    """Seconds for the same rows, ready made, one transaction a batch, WAL and synchronous=FULL."""
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
        for first in range(0, len(rows), BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows[first : first + BATCH])
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        connection.close()
    return seconds


# --- a server of its own -------------------------------------------------------------------------------------------


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A demo office on a free port, in a process of its own."""
    _command(folder, "demo-office", "--without-content")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sync_server", "serve", "--port", str(port)],
        env=_environment(folder),
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _enrol(folder: Path, url: str) -> KioskSelf:
    code = _command(folder, "enrol-code", "--series", "A", "--name", "bench").strip()
    key, nonce = SigningKey(os.urandom(32)), os.urandom(16)
    request = protocol.enrol(code, key, nonce=nonce, device="bench", software="bench")
    grant = protocol.read_grant(requests.post(f"{url}/sync/enrol", data=request, timeout=30).content, code, nonce)
    return KioskSelf(grant.office, grant.kiosk, key, VerifyKey(grant.answer_key), SealTo(grant.sealing_key))


def _command(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *words],
        env=_environment(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SALA_SERVER_DATA": str(folder), "DATABASE_URL": ""}


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            requests.post(f"{url}/sync/push", data=b"", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")


if __name__ == "__main__":
    print(json.dumps([figure.as_json() for figure in run()], indent=1))
