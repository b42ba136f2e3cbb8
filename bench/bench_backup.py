"""How long a backup of 100,000 records takes, and its restore into an empty folder: the real commands, every record
verified. Beside the first stands SQLite's own copy of the same file, which looks at nothing.
"""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pysqlite3

from bench.crowd import Member, push_at_once
from bench.figure import Figure
from bench.process import command, serving, workplace

RECORDS = 100_000
KIOSKS = 4


def run() -> list[Figure]:
    """Seconds of each command, its start included, and the archive's size beside the database's."""
    with workplace() as folder:
        data, shelf = folder / "server", folder / "shelf"
        shelf.mkdir()
        with serving(data) as server:
            crowd = [Member(server.url, server.code("ABCD"[n]), seed=n) for n in range(KIOSKS)]
            push_at_once(crowd, [member.envelopes(RECORDS // KIOSKS // 500) for member in crowd])
            server.wait_until_folded()
        for n in (1, 2):
            command(data, "backup-key", str(folder / f"identity-{n}"))
        backup_s = _timed(data, "backup", "--to", str(shelf), "--same-disk")
        bare_s = _bare_copy(data / "sala.sqlite3", folder / "bare.sqlite3")
        [archive] = shelf.glob("*.age")
        restore_s = _timed(folder / "new", "restore", str(archive), "--identity", str(folder / "identity-1"))
        database_bytes = (folder / "bare.sqlite3").stat().st_size
        return [
            Figure(f"backup of {RECORDS:,} records, verified, encrypted, read back", backup_s, "s", bare_s),
            Figure(f"restore of {RECORDS:,} records, verified", restore_s, "s", backup_s),
            Figure(
                "the archive's size beside the database's", archive.stat().st_size / 1e6, "MB", database_bytes / 1e6
            ),
        ]


def _timed(data: Path, *words: str) -> float:
    begun = time.perf_counter()
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-m", "sync_server", *words], env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun


def _bare_copy(source: Path, target: Path) -> float:
    begun = time.perf_counter()
    with closing(pysqlite3.connect(source)) as old, closing(pysqlite3.connect(target)) as new:
        old.backup(new, pages=-1)
    return time.perf_counter() - begun
