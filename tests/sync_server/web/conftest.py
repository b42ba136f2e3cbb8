"""A busy office for the pages: `busy` is the server of the test filled by `demo_desk.populate`.

Filling takes a second or two, so it is done once and its database is copied; `serving` puts a real server process behind it.
"""

import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import demo_desk
import pytest
from django.db import connections

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


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """A real server process over a data folder; gives its address, ends it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    program = subprocess.Popen(
        [sys.executable, "-m", "sync_server", "--data", str(data), "serve", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(150):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{address}/sign-in", timeout=5)
                break
            if program.poll() is not None:
                raise RuntimeError(program.stderr.read().decode())
            time.sleep(0.2)
        else:
            raise RuntimeError("the server did not answer")
        yield address
    finally:
        program.terminate()
        program.wait(20)


@pytest.fixture
def address(busy) -> Iterator[str]:
    """The address of a real server over the busy office."""
    with serving(busy.data) as found:
        yield found
