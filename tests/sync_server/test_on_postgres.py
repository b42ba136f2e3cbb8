"""The server's core again, on PostgreSQL: the same tests in a process whose DATABASE_URL names a real cluster."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

HERE = Path(__file__).parent
CORE = (
    "test_ingest", "test_keeping", "test_projectors", "test_deciding", "test_cases", "test_returns", "test_enrolment",
    "test_audit", "test_waiting",
)  # fmt: skip

# Refused before any database is asked, arithmetic, or long and mostly at kiosks: once, on SQLite, is enough.
SAME = (
    "any_flipped or any_bytes or what_does_not_fit or series_are or goes_from_in_time or real_kiosks or rebuild_would"
)


def test_the_core_holds_on_postgresql(postgres_url):
    """Ingest, forks, crowds, projections, cases, enrolment and audit log behave on PostgreSQL as on SQLite."""
    with psycopg.connect(postgres_url, autocommit=True) as cluster:
        cluster.execute("CREATE DATABASE sala_core")
    files = [f"{HERE / name}.py" for name in CORE]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", f"not ({SAME})", *files],
        env={**os.environ, "SALA_TEST_DATABASE_URL": urlsplit(postgres_url)._replace(path="/sala_core").geturl()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    # The one that copies a database file, and no other: the rest did run on PostgreSQL.
    assert "1 skipped" in done.stdout
