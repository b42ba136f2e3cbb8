"""A peer in the race: another program in another language or environment, driven by small commands.

Each peer is a program that understands, in this order of words,

    prepare <server folder>                        make the server's data
    serve <server folder> <port>                   answer until a signal comes
    admit <server folder> <device> <url>           make a device
    capture <device>                               keep the touches that come as JSON lines on standard input
    sync <device>                                  print the seconds that one sync took
    held <server folder>                           print the names of the touches held, as a JSON list

Where its packages are installed is the machine's affair; the place is under build/race, in no lock of ours.
"""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from socket import create_connection

from bench.process import free_port
from bench.race.touches import Touch

#: A sync that has not ended by then has failed; both peers try again by themselves for a minute or two.
SYNC_S_MAX = 600


class Failed(Exception):
    """A peer's command ended with an error; the last line it said."""


class Peer:
    """A contestant behind a command line."""

    def __init__(self, name: str, upload: str, program: Sequence[str], folder: Path) -> None:
        self.name = name
        self.upload = upload
        self.server_folder = folder / "server"
        self._program = [*program]
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server, on data that is made where there is none; its address."""
        if not self.server_folder.exists():
            self.server_folder.mkdir(parents=True)
            self._run("prepare", str(self.server_folder))
        port = free_port()
        words = [*self._program, "serve", str(self.server_folder), str(port)]
        self._server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for(port)
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=30)
            self._server = None

    def admit(self, device: Path, url: str) -> None:
        """Make a device."""
        device.mkdir(parents=True)
        self._run("admit", str(self.server_folder), str(device), url)

    def capture(self, device: Path, found: Sequence[Touch]) -> list[str]:
        """Keep touches on a device."""
        lines = "".join(json.dumps(touch.as_json(), ensure_ascii=False) + "\n" for touch in found)
        self._run("capture", str(device), stdin=lines)
        return [touch.name for touch in found]

    def sync(self, device: Path) -> float:
        """One sync."""
        return float(self._run("sync", str(device)).split()[-1])

    def held(self) -> Counter[str]:
        """What the server's application finds."""
        return Counter(json.loads(self._run("held", str(self.server_folder)).splitlines()[-1]))

    def _run(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            [*self._program, *words], input=stdin, capture_output=True, text=True, check=False, timeout=SYNC_S_MAX
        )
        if done.returncode:
            raise Failed((done.stderr.strip().splitlines() or ["no word"])[-1][:200])
        return done.stdout


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with closing(create_connection(("127.0.0.1", port), timeout=1)):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the peer's server did not come up")
