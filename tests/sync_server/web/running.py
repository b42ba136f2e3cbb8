"""A real server process over a data folder, for whoever looks at pages through a browser."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path


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
                urllib.request.urlopen(f"{address}/sign-in", timeout=5)  # noqa: S310 - our own address
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
