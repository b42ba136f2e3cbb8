"""The SQLite that Django runs on: new enough, durable, and only there."""

import sqlite3

import pysqlite3.dbapi2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from shared.protocol import Reason
from sync_server.records.models import Log
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


def test_what_goes_to_a_file_without_a_name_is_not_stored(kiosk, server):
    """Somebody puts another database in place under a running server: busy, no receipt, until it is restarted."""
    kiosk.push()
    path = server.data / "sala.sqlite3"
    with pysqlite3.dbapi2.connect(path) as database:
        database.execute("VACUUM INTO ?", (str(path.with_suffix(".older")),))
    database.close()
    kiosk.ticket(1)
    path.rename(path.with_suffix(".away"))
    assert kiosk.read(kiosk.post("push", kiosk.envelope())).reason is Reason.BUSY
    path.with_suffix(".older").rename(path)
    assert kiosk.read(kiosk.post("push", kiosk.envelope())).reason is Reason.BUSY
    connections.close_all()
    for name in ("sala.sqlite3-wal", "sala.sqlite3-shm"):
        (server.data / name).unlink(missing_ok=True)
    kiosk.push()
    assert Log.objects.get().seq == 2
