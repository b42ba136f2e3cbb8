"""A copy of the database while the server goes on, under the alias `COPY`, to be looked at and packed.

    file = copy(work)
    with looked_at(file):               # SQLite: the file itself; PostgreSQL: a dump, read back into a scratch database
        verify(COPY)

What was checked is what is kept: SQLite's copy is the very file; PostgreSQL's dump is read back into a scratch database
beside the real one, checked there, and the scratch database is dropped again.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pysqlite3
from django.db import connection, connections
from psycopg import sql

from sync_server.backups.errors import BackupFailed

COPY = "copy"
SQLITE_NAME = "sala.sqlite3"
DUMP_NAME = "sala.pgdump"
#: For looking only: the checks must leave the file as it was copied.
_LOOK = "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"


def copy(work: Path) -> Path:
    """A copy of this moment's database as a file in `work`. Raises `BackupFailed`."""
    if connection.vendor == "sqlite":
        file = work / SQLITE_NAME
        _copy_file(Path(str(_default()["NAME"])), file)
    else:
        file = work / DUMP_NAME
        run_tool("pg_dump", "--format=custom", "--compress=0", f"--file={file}")
    return file


@contextmanager
def looked_at(file: Path) -> Iterator[None]:
    """What a copy or a backup holds, as the database `COPY`, to read from. Raises `BackupFailed`."""
    if file.name == SQLITE_NAME:
        with _alias(file, {"init_command": _LOOK}):
            yield
    else:
        with _scratch() as name:
            restore_dump(file, name)
            with _alias(name, _default().get("OPTIONS", {})):
                yield


def restore_dump(file: Path, database: str) -> None:
    """Read a dump into an empty PostgreSQL database beside the server's own, or into that one itself: all of it or
    nothing. Raises `BackupFailed`.
    """
    run_tool(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        f"--dbname={database}", str(file),
    )  # fmt: skip


def run_tool(name: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on the server's database; the password travels in the environment, where no
    other user sees it. Raises `BackupFailed` with what it said.
    """
    told = _default()
    facts = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{theirs: str(told[ours]) for theirs, ours in facts.items() if told.get(ours)}}
    try:
        done = subprocess.run([name, *words], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BackupFailed(f"{name} is not installed (package postgresql-client)") from None
    if done.returncode:
        raise BackupFailed(f"{name}: {done.stderr.strip()[-600:]}")


def _copy_file(source: Path, target: Path) -> None:
    """SQLite's online copy, in one step: it reads one moment's state and holds up no writer."""
    try:
        with (
            closing(pysqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True)) as old,
            closing(pysqlite3.connect(target)) as new,
        ):
            old.backup(new, pages=-1)
            # Out of WAL, so that the one file is all of it.
            new.execute("PRAGMA journal_mode=DELETE").fetchall()
    except (pysqlite3.Error, OSError) as error:
        raise BackupFailed(f"the database was not copied: {error}") from error


@contextmanager
def _scratch() -> Iterator[str]:
    """An empty database beside the real one; dropped afterwards."""
    told = _default()
    name = f"{told['NAME']}_copy"
    try:
        with psycopg.connect(
            host=str(told["HOST"]), port=str(told["PORT"]), user=str(told["USER"]), password=str(told["PASSWORD"]),
            dbname=str(told["NAME"]), autocommit=True,
        ) as cluster:  # fmt: skip
            drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
            cluster.execute(drop)
            cluster.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield name
            finally:
                cluster.execute(drop)
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupFailed(
            f"the copy cannot be checked, for {told['USER']} may make no database: ALTER ROLE {told['USER']} CREATEDB"
        ) from error
    except psycopg.OperationalError as error:
        raise BackupFailed(f"PostgreSQL: {error}") from error


@contextmanager
def _alias(name: Path | str, options: dict[str, Any]) -> Iterator[None]:
    settings = connections.settings
    settings[COPY] = {**_default(), "NAME": name, "OPTIONS": options, "CONN_MAX_AGE": 0}
    try:
        yield
    finally:
        connections[COPY].close()
        del connections[COPY]
        del settings[COPY]


def _default() -> dict[str, Any]:
    return dict(connections.settings["default"])
