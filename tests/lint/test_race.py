"""The race judges by what servers hold: who loses or doubles is found out, and nobody else is blamed."""

import threading
from collections import Counter
from http.client import HTTPConnection, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.race.__main__ import Run, page
from bench.race.disasters import DISASTERS, FEW, MANY, Outcome, play
from bench.race.relay import Relay


class _Folders:
    """The plainest sync there is: a device is a file of names, a server a folder of such files, without any line.

    `keep` says what a server makes of a file that comes: with "add" it takes each line once, with "append" all of
    them again each time, with "skip" as many lines less as it has already seen of that device.
    """

    name = "folders"
    upload = "/"

    def __init__(self, folder: Path, keep: str) -> None:
        self.server_folder = folder / "server"
        self.keep = keep

    def start(self):
        self.server_folder.mkdir(exist_ok=True)
        return "http://127.0.0.1:9"

    def stop(self):
        pass

    def admit(self, device, url):
        device.mkdir()

    def capture(self, device, found):
        names = [touch.name for touch in found]
        with (device / "kept").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in names)
        return names

    def sync(self, device):
        mine, theirs = (device / "kept").read_text("utf-8").split(), self._held(self.server_folder)
        new = {
            "add": [name for name in mine if name not in theirs],
            "append": mine,
            "skip": mine[len(theirs) :],
        }[self.keep]
        with (self.server_folder / "held").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in new)
        return 0.1

    def held(self):
        return Counter(self._held(self.server_folder))

    def _held(self, folder):
        return (folder / "held").read_text("utf-8").split() if (folder / "held").exists() else []


@pytest.mark.parametrize(
    ("keep", "lost", "doubled"), [("add", 0, 0), ("skip", FEW, 0), ("append", 0, 4 * MANY + 2 * FEW)]
)
def test_what_a_restored_device_loses_or_doubles_is_counted(tmp_path, keep, lost, doubled):
    """Five syncs of a device that went back to its image: by name nothing is lost, by place seven are, blindly many
    are doubled.
    """
    disaster = DISASTERS["a device is restored from an older image"]
    outcome = play(_Folders(tmp_path, keep), tmp_path, disaster)
    assert (outcome.confirmed, outcome.lost, outcome.doubled) == (MANY + 2 * FEW, lost, doubled)
    assert outcome.trouble == ""


def test_the_relay_loses_the_answer_it_was_told_to_lose_and_no_other():
    """The server has done its work; the device hears nothing, once."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *words):
            pass

    def post(path):
        line = HTTPConnection(relay.url.removeprefix("http://"), timeout=10)
        line.request("POST", path, b"x" * 100_000)
        return line.getresponse().read()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Relay(f"http://127.0.0.1:{server.server_address[1]}") as relay:
            relay.lose_answer("/upload")
            assert post("/question") == b"ok"
            with pytest.raises((RemoteDisconnected, ConnectionResetError)):
                post("/upload")
            assert post("/upload") == b"ok"
            assert relay.lost == 1
            assert relay.passed > 300_000
        server.shutdown()
    assert [path for path, _ in seen] == ["/question", "/upload", "/upload"]


def test_the_page_names_who_was_not_there():
    """Skipped is not won: a contestant that is not installed stands on the page as such."""
    outcome = Outcome(10, 3, 0, "Failed: it `broke`")
    runs = {"Sala": Run("1", 1000.0, 40.0, dict.fromkeys(DISASTERS, outcome))}
    written = page(runs, 30_000.0, 2.0)
    assert "Not installed here, so not raced: Morango, PouchDB." in written
    assert "| 3 / 0 of 10 |" in written
    assert "| 30.0x |" in written
    assert "`Failed: it broke`" in written
