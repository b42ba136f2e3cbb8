"""A server in a folder of its own: `server` gives every test an empty database with the fictional office in it.

Runs on SQLite; on PostgreSQL where `SALA_TEST_DATABASE_URL` names an empty database (`test_on_postgres.py` runs the
core that way). Database and data folder are made once and put back for each test: a file copy, and no migration.
"""

import atexit
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# Before anything of Django is imported: settings read these.
_HOME = Path(tempfile.mkdtemp(prefix="sala-server-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
(_HOME / "data" / "static").mkdir(parents=True)
os.environ["SALA_SERVER_DATA"] = str(_HOME / "data")
os.environ["DATABASE_URL"] = os.environ.get("SALA_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "sync_server.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

ON_POSTGRES = bool(os.environ["DATABASE_URL"])
PASSWORD = "sala-demo-password"
# Long past the sample office's first holidays, a Wednesday, 10:00 in the office.
NOW = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Server:
    """One test's server: its data folder, the office, and the moment at which it was made."""

    data: Path
    office: object
    now: dt.datetime


def _database() -> dict:
    return connections.settings["default"]


class _Postgres:
    """One database for all tests, put back to its first rows before each: a database a test costs a second and 8 MB."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            self._rows = {table: _copied_out(cursor, table) for table in tables}

    def put_back(self) -> None:
        with connection.cursor() as cursor:
            # As a replica: neither foreign keys nor the audit log's guards look at what is put back.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in self._rows))  # noqa: S608
            for table, rows in self._rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN BINARY') as sink:
                    sink.write(rows)
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("ALTER TABLE organisations_auditrow ENABLE TRIGGER USER")


def _copied_out(cursor, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT BINARY') as source:
        return b"".join(bytes(piece) for piece in source)


@pytest.fixture(scope="session")
def _template() -> Iterator[Path]:
    """The data folder and database every test begins with."""
    from sync_server.setting_up import make_demo_office

    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    template = _HOME / "template"
    template.mkdir()
    settings.DATA_DIR = template
    if not ON_POSTGRES:
        _database()["NAME"] = template / "sala.sqlite3"
    make_demo_office(now=NOW, password=PASSWORD)
    connections.close_all()
    yield template
    shutil.rmtree(_HOME)


@pytest.fixture(scope="session")
def _postgres(_template: Path) -> "_Postgres | None":
    return _Postgres() if ON_POSTGRES else None


@pytest.fixture
def server(_template: Path, _postgres: _Postgres | None, tmp_path: Path) -> Iterator[Server]:
    """A fresh server holding the fictional office, its staff (password `PASSWORD`) and nothing else."""
    from sync_server.ingest import actions as ingest
    from sync_server.organisations.queries import the_office

    data = tmp_path / "server"
    shutil.copytree(_template, data)
    settings.DATA_DIR = data
    if _postgres:
        _postgres.put_back()
    else:
        _database()["NAME"] = data / "sala.sqlite3"
    cache.clear()
    ingest.forget_keys()
    yield Server(data, the_office(), NOW)
    connections.close_all()


@pytest.fixture
def client(server: Server):
    """Django's test client on that server."""
    from django.test import Client

    return Client()


@pytest.fixture
def staff(server: Server):
    """`staff("palad")`: one of the fictional office's people."""
    from sync_server.organisations.models import Staff

    return lambda username: Staff.objects.select_related("office", "division").get(username=username)


@pytest.fixture
def signed_in(client, staff):
    """`signed_in("somjai")`: the client, signed in as that person."""

    def sign_in(username: str):
        client.force_login(staff(username), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def kiosk(server: Server):
    """An enrolled kiosk, in memory, that speaks the real protocol to this server."""
    from fake_kiosk import FakeKiosk

    return FakeKiosk.enrolled(server)


@pytest.fixture
def published(server, monkeypatch):
    """A server with an edition of few pieces, small enough to be cut at each of its calls."""
    from sync_server.content.actions import publish, publish_sample
    from sync_server.content.models import Draft
    from sync_server.setting_up import program

    monkeypatch.setattr(settings, "SALA_BUNDLE_SOURCE", "sync_server.content.queries")
    publish_sample(server.office, now=server.now)
    Draft.objects.exclude(name="office").delete()
    publish(program(server.office), now=server.now)
    return server


@pytest.fixture
def place(tmp_path):
    """A USB stick with nothing on it."""
    from kiosk.desk.stick import Stick

    (tmp_path / "stick").mkdir()
    return Stick(tmp_path / "stick", 10**9)
