"""A real server process over a data folder, for whoever looks at pages through a browser."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

#: A loaded machine starts slowly; longer than this is a fault.
START_S_MAX = 90


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """A real server process over a data folder; gives its address, ends it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as diary:
        program = subprocess.Popen(
            [sys.executable, "-m", "sync_server", "--data", str(data), "serve", "--port", str(port)],
            env=environment, stdout=diary, stderr=diary, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        try:
            _wait(address, program, diary)
            yield address
        finally:
            program.terminate()
            program.wait(20)


def _wait(address: str, program: subprocess.Popen, diary: IO[bytes]) -> None:
    """Until it answers; a server that ended, or does not answer in time, is told with its diary."""
    give_up = time.monotonic() + START_S_MAX
    while time.monotonic() < give_up and program.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/sign-in", timeout=10)  # noqa: S310 - our own address
            return
        time.sleep(0.2)
    diary.seek(0)
    raise RuntimeError(f"the server did not answer: {diary.read().decode(errors='replace')}")
