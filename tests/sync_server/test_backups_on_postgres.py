"""Backups of a PostgreSQL server: the same tests over a dump that is read back, and the right they need.

The whole way, to the restored server and the kiosks that send again, is in tests/e2e/test_drill.py.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from demo.stage import run

HERE = Path(__file__).parent


def _database(postgres_url: str, name: str, user: str = "postgres") -> str:
    parts = urlsplit(postgres_url)
    return parts._replace(netloc=f"{user}@{parts.hostname}:{parts.port}", path=f"/{name}").geturl()


def test_backups_hold_on_postgresql(postgres_url):
    """What a backup holds, what kiosks hear of it, branches, epochs, full shelves and pushes meanwhile, from a dump."""
    with psycopg.connect(postgres_url, autocommit=True) as cluster:
        cluster.execute("CREATE DATABASE sala_backups")
    url = _database(postgres_url, "sala_backups")
    chosen = "only_what or branch or new_epoch or with_age or in_the_clear or manifest or meanwhile or another_epoch"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", chosen, HERE / "test_backups.py"],
        env={**os.environ, "SALA_TEST_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    with psycopg.connect(postgres_url) as cluster:
        left = cluster.execute("SELECT datname FROM pg_database WHERE datname LIKE 'sala_backups_%'").fetchall()
    assert left == [], "the scratch database is dropped again"


def test_who_may_make_no_database_is_told_what_is_missing(postgres_url, tmp_path, monkeypatch):
    """The dump cannot be read back and looked at: no backup, and the sentence that mends it."""
    with psycopg.connect(postgres_url, autocommit=True) as cluster:
        cluster.execute("CREATE ROLE sala_plain LOGIN")
        cluster.execute("CREATE DATABASE sala_plain OWNER sala_plain")
    monkeypatch.setenv("DATABASE_URL", _database(postgres_url, "sala_plain", "sala_plain"))
    server = [sys.executable, "-m", "sync_server", "--data", str(tmp_path / "data")]
    run([*server, "demo-office", "--without-content"])
    for n in (1, 2):
        run([*server, "backup-key", str(tmp_path / f"identity-{n}")])
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    words = [*server, "backup", "--to", str(shelf), "--same-disk"]
    refused = subprocess.run(words, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "ALTER ROLE sala_plain CREATEDB" in refused.stderr
    assert list(shelf.iterdir()) == []
    with psycopg.connect(postgres_url, autocommit=True) as cluster:
        cluster.execute("ALTER ROLE sala_plain CREATEDB")
    assert "verified and read back" in run(words)


@pytest.mark.parametrize("missing", ["pg_dump", "pg_restore"])
def test_a_missing_program_is_named(missing):
    """Without PostgreSQL's own programs there is no backup, and the package is named."""
    from sync_server.backups import copying
    from sync_server.backups.errors import BackupFailed

    with pytest.raises(BackupFailed, match="postgresql-client"):
        copying.run_tool(f"{missing}-not-there")
