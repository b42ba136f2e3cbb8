"""Programs of different age meet, each for real: an old kiosk and today's server, today's kiosk and an old server, and
a kiosk of tomorrow; nothing is lost, and an update of either side needs nothing done to the other (G-58).

An old program is what its release packed (`tests/golden/make.py`), run under today's libraries over what it left on
disks. Servers are updated first, so the server of tomorrow is today's, seen by the kiosks of the releases.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from demo.stage import Program, free_port, wait_until
from kiosk.sync.https import Https
from kiosk.sync.line import Unreachable
from tests.golden.make import unpacked

GOLDEN = Path(__file__).parents[1] / "golden"
TODAY = Path(__file__).parents[2]
#: A fleet is at most two releases behind: older ones are tried no more.
RELEASES = sorted(path.name.removesuffix(".tar.zst") for path in (GOLDEN / "programs").iterdir())[-2:]

pytestmark = pytest.mark.timeout(300)


@dataclass
class Meeting:
    """The disks of a release in `root`, its program, and today's."""

    root: Path
    old: Path
    port: int = field(default_factory=free_port)

    def server(self, program, *words):
        """One command of the server; what it printed."""
        command = [sys.executable, "-m", "sync_server", *words]
        return subprocess.run(command, cwd=program, env=self.env(program), check=True, stdout=-1, text=True).stdout

    def env(self, program):
        """Where that program finds itself and its data."""
        return {
            **os.environ, "PYTHONPATH": str(program), "SALA_SERVER_DATA": str(self.root / "server"), "DATABASE_URL": "",
        }  # fmt: skip

    def serving(self, program):
        """The server as it runs."""
        command = [sys.executable, "-m", "sync_server", "serve", "--port", str(self.port)]
        # Program starts everything in today's folder, which must not be found before the old one.
        there = ["env", f"--chdir={program}", *command]
        running = Program(there, log=self.root / "server.log", env=self.env(program))

        def answers():
            running.must_run()
            try:
                return Https(f"http://127.0.0.1:{self.port}").post("sync/push", b"").status
            except Unreachable:
                return None

        wait_until("the server", answers, 60)
        return running

    def kiosk(self, program, *more):
        """A day of the kiosk; what it told."""
        drive = program / "drive.py" if program == self.old else GOLDEN / "drive.py"
        command = [sys.executable, str(drive), str(self.root / "kiosk"), f"http://127.0.0.1:{self.port}", *more]
        done = subprocess.run(command, cwd=program, env=self.env(program), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def asked(self, expression):
        """What today's server holds, after all of it was folded."""
        code = f"{_FOLDED}; print({expression})"
        return self.server(TODAY, "manage", "shell", "--no-imports", "-c", code).splitlines()[-1]

    def has_all_of(self, told):
        """Whether the server's logs end where the kiosk's do, nothing forked or kept apart."""
        held = json.loads(self.asked("json.dumps({x.log_id: x.seq for x in Log.objects.filter(branch=0)})"))
        assert {log: held[log] for log in told["heads"]} == told["heads"]
        assert self.asked("Log.objects.exclude(forked_at=None).count()") == "0"


_FOLDED = (
    "import json; from sync_server import projectors; projectors.replay_readable(); projectors.catch_up(); "
    "from sync_server.records.models import Log, RecordRow, SetAside; "
    "from sync_server.queues.models import Ticket"
)


@pytest.fixture(params=RELEASES)
def meeting(request, tmp_path):
    """A release and today."""
    root = unpacked(GOLDEN / f"{request.param}.tar.zst", tmp_path)
    return Meeting(root, unpacked(GOLDEN / "programs" / f"{request.param}.tar.zst", tmp_path / "program"))


def test_an_old_kiosk_and_todays_server(meeting):
    """After the server's update an old kiosk sends all it has, and shows what today's server publishes."""
    meeting.server(TODAY, "migrate")
    meeting.server(TODAY, "manage", "shell", "--no-imports", "-c", _PUBLISH)
    with meeting.serving(TODAY):
        told = meeting.kiosk(meeting.old)
    before = json.loads((meeting.root / "told.json").read_text("utf-8"))
    assert (told["state"], told["waiting"], told["faults"]) == ("ok", 0, [])
    assert told["edition"] > before["edition"]
    meeting.has_all_of(told)


def test_todays_kiosk_and_an_old_server(meeting):
    """A kiosk that was updated first loses nothing: what the old server cannot read it keeps, and reads it later."""
    with meeting.serving(meeting.old):
        told = meeting.kiosk(TODAY)
        assert (told["state"], told["waiting"], told["faults"]) == ("ok", 0, [])
    meeting.server(TODAY, "migrate")
    meeting.has_all_of(told)
    day = json.loads((meeting.root / "told.json").read_text("utf-8"))
    assert int(meeting.asked("Ticket.objects.count()")) == len(day["tickets"]) + 1
    assert meeting.asked("SetAside.objects.exclude(kind='survey.taken').count()") == "0"


def test_a_kiosk_of_tomorrow_and_todays_server(meeting):
    """A kind and a schema that nobody here knows yet are receipted, kept whole, and hold up nothing behind them."""
    meeting.server(TODAY, "migrate")
    with meeting.serving(TODAY):
        told = meeting.kiosk(TODAY, "future")
        assert (told["state"], told["waiting"], told["faults"]) == ("ok", 0, [])
        again = meeting.kiosk(TODAY)
        assert (again["state"], again["waiting"]) == ("ok", 0)
    meeting.has_all_of(again)
    unread = "sorted(set(SetAside.objects.filter(schema=99).values_list('kind', flat=True)))"
    assert meeting.asked(unread) == "['slip.printed']"
    assert int(meeting.asked("RecordRow.objects.filter(kind='survey.taken').count()")) == 2


_PUBLISH = """
from django.utils import timezone
from sync_server.content.actions import publish_sample
from sync_server.organisations.queries import the_office
publish_sample(the_office(), now=timezone.now())
"""
