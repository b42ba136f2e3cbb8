"""Programs that exist to be killed: they start as fast as a process forks, and say on a pipe what they promised.

    with Nursery("server", data, port) as server:
        server.start()                 # the real server, in a process group of its own
        server.kill()                  # kill -9 to all of the group

    with Nursery("kiosk", data, url) as kiosk:
        kiosk.start()                  # records touches and pushes them without a pause
        kiosk.promised                 # how many records some touch was told are recorded

A program of ours takes a second to import what it is made of, and a test that kills it fifty times has not that long.
So a process imports everything once and then forks; what runs after the fork is the program's own entry.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """A process that forks the program whenever it is told to."""

    def __init__(self, program: str, data: Path, *words: object) -> None:
        command = [sys.executable, "-m", "tests.line.programs", program, *map(str, words)]
        env = {**os.environ, "SALA_SERVER_DATA": str(data), "SALA_KIOSK_DATA": str(data), "DATABASE_URL": ""}
        log = (data / "killed.log").open("ab")
        self._mother = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
        )
        log.close()
        self.promised = 0
        self._pid = 0
        self._born = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._mother.stdout is not None
        for line in self._mother.stdout:
            word, number = line.split()
            if word == "born":
                self._pid = int(number)
                self._born.set()
            else:
                self.promised = max(self.promised, int(number))

    def start(self) -> None:
        """Fork the program; returns once it has a process."""
        assert self._mother.stdin is not None
        self._born.clear()
        self._mother.stdin.write("start\n")
        if not self._born.wait(60):
            raise RuntimeError("no program was started; see killed.log")

    def kill(self) -> None:
        """End the program and whatever it started as a power cut would; returns once nothing of it runs."""
        os.killpg(self._pid, signal.SIGKILL)
        while _alive(self._pid):
            time.sleep(0.001)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid and _alive(self._pid):
            self.kill()
        assert self._mother.stdin is not None
        self._mother.stdin.close()
        self._mother.wait(timeout=20)


def _alive(group: int) -> bool:
    """Whether anything of a process group still runs; the dead that nobody has buried yet do not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = stat.read_text("ascii", "replace").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False


# --- in the process that forks ---------------------------------------------------------------------------------------


def _server(port: str) -> None:
    from sync_server.serving import serve

    serve("127.0.0.1", int(port), 4)


def _kiosk(url: str) -> None:
    from kiosk.bootstrap import open_kiosk
    from kiosk.desk import ratings
    from kiosk.sync.https import Https

    dice = random.Random(os.getpid())
    data = Path(os.environ["SALA_KIOSK_DATA"])
    with open_kiosk(data, transport=Https(url, total_s=5.0)) as kiosk:
        while True:
            for _ in range(dice.randrange(20)):
                ratings.rate(kiosk.world, kiosk.clock.now(), dice.randrange(1, 6))
            os.write(1, f"promised {kiosk.world.lobby.counts().captured}\n".encode())
            kiosk.sync.turn()
            time.sleep(0.01)


def _import_server() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "sync_server.settings"
    import django

    django.setup()
    import sync_server.ingest.views
    import sync_server.serving
    import sync_server.starting
    import sync_server.urls  # noqa: F401


def _import_kiosk() -> None:
    import kiosk.bootstrap
    import kiosk.sync.https  # noqa: F401


_PROGRAMS = {"server": (_import_server, _server), "kiosk": (_import_kiosk, _kiosk)}


def main(name: str, *words: str) -> None:
    """Import, then fork for each line that comes in."""
    prepare, run = _PROGRAMS[name]
    prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead bury themselves
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            run(*words)
            os._exit(0)
        os.write(1, f"born {pid}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
