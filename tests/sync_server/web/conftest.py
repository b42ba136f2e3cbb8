"""A busy office for the pages: `busy` is the server of the test filled by `demo_desk.populate`.

Filling takes a second or two, so it is done once and its database is copied; `address` puts a real server behind it.
"""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import demo_desk
import gallery
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from running import serving

_filled: dict[str, Path] = {}


def _now() -> dt.datetime:
    """The moment the office is looked at: pages ask the real clock, so it is filled up to the real now."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def busy(server, tmp_path_factory):
    """The server of the test, with three kiosks, a dozen cases and the sample content."""
    from django.conf import settings

    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the pages are looked at on SQLite")
    if "data" not in _filled:
        from sync_server.content.actions import publish_sample

        now = _now()
        publish_sample(server.office, now=now)
        demo_desk.populate(server.office, now)
        connections.close_all()
        kept = tmp_path_factory.mktemp("busy") / "data"
        shutil.copytree(server.data, kept)
        _filled["data"] = kept
        return server
    connections.close_all()
    for path in server.data.glob("sala.sqlite3*"):
        path.unlink()
    for path in _filled["data"].iterdir():
        if path.is_file():
            shutil.copy(path, server.data)
        else:
            shutil.copytree(path, server.data / path.name, dirs_exist_ok=True)
    return server


@dataclass
class _Running:
    """The server process that the tests of one file share."""

    stack: contextlib.ExitStack
    address: str = ""


@pytest.fixture(scope="module")
def _running() -> Iterator[_Running]:
    with contextlib.ExitStack() as stack:
        yield _Running(stack)


@pytest.fixture
def address(busy, _running: _Running, tmp_path_factory) -> str:
    """The address of a real server over a copy of the busy office, one for the whole file."""
    from sync_server.organisations.models import Staff

    if not _running.address:
        # Passwords of the tests are hashed the quick way, which a real server rightly does not know.
        Staff.objects.update(password=PBKDF2PasswordHasher().encode(gallery.PASSWORD, "salt", iterations=1))
        connections.close_all()
        data = tmp_path_factory.mktemp("served") / "data"
        shutil.copytree(busy.data, data)
        _running.address = _running.stack.enter_context(serving(data))
    return _running.address
