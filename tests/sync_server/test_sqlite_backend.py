"""The SQLite that Django runs on: new enough, durable, and only there."""

import sqlite3

import pysqlite3.dbapi2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from sync_server.sqlite.base import SQLITE_VERSION_MIN, refuse_old

pytestmark = pytest.mark.skipif("connection.vendor != 'sqlite'")


def test_django_runs_on_the_shipped_sqlite(server):
    """Connection, cursor and features all come from pysqlite3; the process's own sqlite3 is left alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        version = tuple(map(int, cursor.fetchone()[0].split(".")))
    assert version == pysqlite3.dbapi2.sqlite_version_info >= SQLITE_VERSION_MIN
    assert isinstance(connection.connection, pysqlite3.dbapi2.Connection)
    assert not isinstance(connection.connection, sqlite3.Connection)
    assert sqlite3.dbapi2.Connection is sqlite3.Connection


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2), (3, 7, 0)])
def test_an_old_sqlite_is_refused_in_a_sentence(version):
    """Versions with the WAL race do not start, and the sentence says what to do."""
    with pytest.raises(ImproperlyConfigured, match=r"3\.51\.3 or newer.*Install"):
        refuse_old(version)
    refuse_old((3, 51, 3))


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "secure_delete": 1}


@pytest.mark.parametrize("name", PRAGMAS)
def test_connections_are_durable_and_strict(server, name):
    """Every connection has WAL, synchronous=FULL and the guards."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        assert cursor.fetchone()[0] == PRAGMAS[name]
