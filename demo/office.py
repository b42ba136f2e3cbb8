"""The sample office on this machine: a server on loopback, its demo staff, and a kiosk that belongs to it.

with open_office(Path("build/demo")) as office:
    office.url                      # http://127.0.0.1:port, answering
    office.enrol_kiosk(printer="folder")
    office.kiosk_command()          # what starts the kiosk's window
"""

import contextlib
import http.client
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.stage import Program, free_port, run, wait_until

# Of invented people, on a loopback server whose data is thrown away.
PASSWORD = "sala-demo-only"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo staff: the sign-in name, and what they do there."""

    name: str
    role: str


# Named by `sala-server demo-office`; the demo says who is good for what.
CLERK = Person("palad", "ปลัด: sees and answers every case, publishes, prints the report")
OFFICER = Person("somjai", "เจ้าหน้าที่: receives and answers cases")
ADMINISTRATOR = Person("it", "ผู้ดูแลระบบ: kiosks, people and backups; sees no citizen's case")


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """A running sample office below `folder`. `server` is the process that answers at `url`."""

    folder: Path
    port: int
    server: Program
    lobby_port: int

    @property
    def url(self) -> str:
        """Where staff sign in."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lobby_url(self) -> str:
        """Where the kiosk serves the pages of counters, board and tickets."""
        return f"http://127.0.0.1:{self.lobby_port}"

    @property
    def kiosk_data(self) -> Path:
        """The kiosk's data folder."""
        return self.folder / "kiosk"

    @property
    def slips(self) -> Path:
        """Where the kiosk's printer puts its slips, as pictures."""
        return self.folder / "slips"

    def enrol_kiosk(
        self, size: tuple[int, int], *, name: str = "ตู้ศาลา 1", series: str = "A", sync_every_s: int = 5
    ) -> None:
        """Make a code at the server, write kiosk.toml, and let the kiosk in with it."""
        code = run([*_server(self.folder), "enrol-code", "--series", series, "--name", name]).split()[-1]
        self.kiosk_data.mkdir(parents=True)
        settings: Mapping[str, str | int] = {
            "server_url": self.url,
            "sync_every_s": sync_every_s,
            "retry_max_s": 10,
            "window_width_px": size[0],
            "window_height_px": size[1],
            "printer": "folder",
            "printer_folder": str(self.slips),
            "lobby_port": self.lobby_port,
            "lobby_address": "127.0.0.1",
        }
        lines = [f"{key} = {_toml(value)}\n" for key, value in settings.items()]
        (self.kiosk_data / "kiosk.toml").write_text("".join(lines), "utf-8")
        run([*self._kiosk(), "enrol", "--server", self.url, "--code", code])

    def kiosk_command(self, *verb: str) -> list[str]:
        """`sala-kiosk verb...` over this kiosk's data; `run` opens its window."""
        return [*self._kiosk(), *(verb or ["run"])]

    def observed_kiosk_command(self, socket_path: Path) -> list[str]:
        """The same window, with `demo.window` answering at `socket_path` what it shows."""
        return [sys.executable, "-m", "demo.window", str(socket_path), "--data", str(self.kiosk_data), "run"]

    def _kiosk(self) -> list[str]:
        return [sys.executable, "-m", "kiosk", "--data", str(self.kiosk_data)]


def _server(folder: Path) -> Sequence[str]:
    return [sys.executable, "-m", "sync_server", "--data", str(folder / "server")]


def _toml(value: str | int) -> str:
    return str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextlib.contextmanager
def open_office(folder: Path) -> Iterator[DemoOffice]:
    """Make the office with its staff and content in `folder` and serve it, as long as the block lasts."""
    run([*_server(folder), "demo-office", "--password", PASSWORD])
    port = free_port()
    with start_server(folder, port) as server:
        yield DemoOffice(folder, port, server, free_port())


def start_server(folder: Path, port: int) -> Program:
    """Start the server over its data in `folder`; returns once it answers."""
    server = Program([*_server(folder), "serve", "--port", str(port)], log=folder / "server.log")

    def answers() -> bool:
        server.must_run()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            line.request("GET", "/sign-in")
            return line.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            line.close()

    try:
        wait_until("the server answering", answers, timeout_s=60)
    except BaseException:
        server.stop()
        raise
    return server
