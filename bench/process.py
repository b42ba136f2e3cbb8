"""The server as it runs in an office, for a bench to talk to: a process of its own, default SQLite, on loopback.

with serving(folder) as server:
    server.url, server.code("A"), server.processor_s()
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysqlite3

from kiosk.sync.https import Https
from kiosk.sync.line import Unreachable

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder on this checkout's own disk: /tmp may be memory, where a sync costs nothing."""
    build = Path("build")
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as folder:
        yield Path(folder).absolute()


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `data` is its folder, `pid` the process that was started."""

    url: str
    data: Path
    pid: int

    def code(self, series: str) -> str:
        """A fresh code to enrol a kiosk with."""
        return command(self.data, "enrol-code", "--series", series, "--name", f"bench {series}").strip()

    def processor_s(self) -> float:
        """Processor seconds that the server and its worker have used so far, in all their threads."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii").split()
        return sum(_processor_s(pid) for pid in (str(self.pid), *children))

    def wait_until_folded(self) -> None:
        """Return once every record that is stored has been through every projector."""
        behind = "SELECT count(*) FROM records_log l JOIN records_cursor c ON c.log_id = l.id WHERE c.seq < l.seq"
        with closing(pysqlite3.connect(f"file:{self.data / 'sala.sqlite3'}?mode=ro", uri=True)) as database:
            while database.execute(behind).fetchone()[0]:
                time.sleep(0.5)


def _processor_s(pid: str) -> float:
    # The name, in parentheses, may hold anything; user and system time are the 12th and 13th field behind it.
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """The fictional office on a free port, in a process of its own; made where `data` does not exist yet."""
    if not data.exists():
        command(data, "demo-office", "--without-content")
    port = free_port()
    words = [sys.executable, "-m", "sync_server", "serve", "--port", str(port)]
    process = subprocess.Popen(words, env=_environment(data), stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield Server(url, data, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    """A port of loopback on which nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(data: Path, *words: str) -> str:
    """What a `sala-server` command printed; raises where it failed."""
    line = [sys.executable, "-m", "sync_server", *words]
    return subprocess.run(line, env=_environment(data), check=True, capture_output=True, text=True).stdout


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            Https(url).post("sync/push", b"")
        except Unreachable:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")
