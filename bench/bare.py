"""What the same rows cost as bare INSERTs in the same SQLite mode: no http, no seal, no chain, no index but the key's.

seconds, processor_s = inserts(records, 500)
"""

import time
from collections.abc import Sequence
from contextlib import closing

import pysqlite3

from bench.process import workplace
from shared.records import Record, encode_header, header_hash


def inserts(records: Sequence[Record], step: int) -> tuple[float, float]:
    """Seconds, and processor seconds, for these records, ready made, `step` a transaction, WAL and synchronous=FULL."""
    rows = [
        (1, r.header.seq, header_hash(r.header), encode_header(r.header), r.header.kind, r.header.schema,
         r.header.edition, r.header.at.wall_ms, r.salt, r.body, "2026-11-25 03:00:00", 0)
        for r in records
    ]  # fmt: skip
    statement = (
        "INSERT INTO row (log, seq, hash, header, kind, schema, edition, wall, salt, body, received, ahead)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
    )
    with workplace() as folder, closing(pysqlite3.connect(str(folder / "bare.sqlite3"), isolation_level=None)) as db:
        db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE row (id INTEGER PRIMARY KEY AUTOINCREMENT, log, seq, hash, header, kind, schema, edition,"
            " wall, salt, body, received, ahead, UNIQUE (log, seq))"
        )
        started, processor = time.perf_counter(), time.process_time()
        for first in range(0, len(rows), step):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(statement, rows[first : first + step])
            db.execute("COMMIT")
        return time.perf_counter() - started, time.process_time() - processor
