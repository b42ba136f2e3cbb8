"""The drill: a server dies between two backups and comes back on an empty machine, with real programs on both sides.

A real kiosk (its own store, its own https transport, without a window) pushes to a real server process. Backup, more
pushes, the server and its disk are gone, restore, start, and the kiosk sends the rest again by itself.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pysqlite3
import pytest

from demo.office import start_server
from demo.stage import ROOT, free_port, run, wait_until
from kiosk.bootstrap import open_kiosk
from kiosk.clock import Clock
from kiosk.desk import complaints, contact, queue, ratings
from kiosk.store import check_all
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from kiosk.sync.rim import converse

#: What the records were folded to, less when they arrived; the last says that nothing waits to be folded.
_FOLDED = (
    "SELECT service_date, series, number, service, label FROM queues_ticket",
    "SELECT service_date, score, count(*) FROM queues_rating GROUP BY 1, 2",
    "SELECT number, category, text, filed_on, acknowledge_by, result_by, state, status_id FROM cases_case",
    "SELECT name, branch, seq, base_seq FROM records_log",
    "SELECT projector, sum(seq), sum(projected), sum(unreadable + quarantined) FROM records_cursor GROUP BY 1",
)


class Office:
    """A server's data folder and database, what asks them, and the process that answers."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url, self.port = folder, database_url, free_port()
        self.data = folder / "server"
        self.server = None

    def command(self, *words: str) -> str:
        return run([sys.executable, "-m", "sync_server", "--data", str(self.data), *words])

    def ask(self, sql: str) -> list[tuple]:
        with contextlib.ExitStack() as stack:
            if self.database_url:
                database = stack.enter_context(psycopg.connect(self.database_url))
            else:
                database = stack.enter_context(contextlib.closing(pysqlite3.connect(self.data / "sala.sqlite3")))
            return [tuple(map(str, row)) for row in database.execute(sql).fetchall()]

    def start(self) -> None:
        self.server = start_server(self.folder, self.port)

    def destroy(self) -> None:
        """As in a fire: no shutdown, no disk."""
        self.server.kill()
        shutil.rmtree(self.data)
        if self.database_url:
            name = urlsplit(self.database_url).path[1:]
            with psycopg.connect(self.database_url.replace(f"/{name}", "/postgres"), autocommit=True) as cluster:
                cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
                cluster.execute(f"CREATE DATABASE {name}")

    def folded(self) -> list[list[tuple]]:
        """The projections, once the follower has passed every record."""

        def caught_up() -> bool:
            held = self.ask("SELECT sum(seq - base_seq) FROM records_log")
            passed = self.ask("SELECT sum(seq) FROM records_cursor GROUP BY projector")
            return len(passed) > 0 and set(passed) == set(held)

        wait_until("every record folded", caught_up, timeout_s=60)
        return [sorted(self.ask(sql)) for sql in _FOLDED]


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, tmp_path, monkeypatch):
    """The sample office on either database, serving, and two people who can open its backups."""
    url = ""
    if request.param == "postgresql":
        url = urlsplit(request.getfixturevalue("postgres_url"))._replace(path="/sala_drill").geturl()
        with psycopg.connect(url.replace("/sala_drill", "/postgres"), autocommit=True) as cluster:
            cluster.execute("CREATE DATABASE sala_drill")
    monkeypatch.setenv("DATABASE_URL", url)
    made = Office(tmp_path, url)
    made.command("demo-office", "--password", "sala-demo-only")
    for n in (1, 2):
        made.command("backup-key", str(tmp_path / f"identity-{n}"))
    made.start()
    yield made
    made.server.kill()


def _enrolled(office: Office, name: str, series: str) -> Path:
    data = office.folder / name
    code = office.command("enrol-code", "--series", series, "--name", name).split()[-1]
    url = f"http://127.0.0.1:{office.port}"
    enrol(data, Https(url), code=code, url=url, clock=Clock(os.urandom(8)), random=os.urandom)
    return data


def _day_at(kiosk, tickets: int, words: str) -> None:
    """What citizens do, and one turn of the sync loop."""
    world, clock = kiosk.world, kiosk.clock
    for n in range(tickets):
        queue.take_ticket(world, clock.now(), service_id="land_tax_payment", language="th")
        ratings.rate(world, clock.now(), 1 + n % 5)
    category = world.content.bundle.office.categories[0].id
    complaints.file(world, clock.now(), complaints.Draft(category, words), "th")
    kiosk.sync.turn()


def _contact(kiosk) -> None:
    """Turns until the server was reached: the first may find only the end of a connection to the dead one."""
    for _ in range(3):
        kiosk.sync.turn()
        if kiosk.sync.link.state == "ok":
            return
    pytest.fail(f"no contact: {kiosk.sync.link}")


def _push_apart(kiosk) -> None:
    """The confidential log's own conversation, which else comes once a day."""
    with kiosk.world.apart.open(kiosk.clock.now().service_date) as book:
        converse(kiosk.world, kiosk.clock, kiosk.sync._transport, book=book)


@pytest.mark.timeout(600)
def test_destroyed_and_restored_it_is_as_if_unhurt(office, tmp_path):
    """Only what the backup held was ever called backed up; after the restore the projections are the same."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    folders = [_enrolled(office, "ตู้ 1", "A"), _enrolled(office, "ตู้ 2", "B")]
    with open_kiosk(folders[0]) as one, open_kiosk(folders[1]) as two:
        for kiosk in (one, two):
            kiosk.sync.turn()
            _day_at(kiosk, 3, "ไฟถนนดับ")
            _push_apart(kiosk)
            counts = kiosk.world.lobby.counts()
            assert (counts.stored, counts.backed_up) == (counts.captured, 0)
        said = office.command("backup", "--to", str(shelf), "--same-disk")
        assert "verified and read back" in said
        held = []
        for kiosk in (one, two):
            kiosk.sync.turn()
            held.append(kiosk.world.lobby.counts().backed_up)
            assert held[-1] == kiosk.world.lobby.counts().captured > 0

        # A day more, in no backup.
        for kiosk in (one, two):
            _day_at(kiosk, 5, "น้ำท่วมถนนหน้าโรงเรียน")
            _push_apart(kiosk)
            assert kiosk.world.lobby.counts().waiting == 0
        assert [kiosk.world.lobby.counts().backed_up for kiosk in (one, two)] == held
        before = office.folded()

        office.destroy()
        two.sync.turn()
        assert two.sync.link.state != "ok"

        [archive] = shelf.glob("*.age")
        said = office.command("restore", str(archive), "--identity", str(tmp_path / "identity-2"))
        assert [said.count(f"sends again at its next contact: {name}") for name in ("ตู้ 1", "ตู้ 2")] == [1, 1]
        office.start()
        for kiosk in (one, two):
            _contact(kiosk)
            _push_apart(kiosk)
            counts = kiosk.world.lobby.counts()
            assert contact.read(kiosk.world.store).restored_ms > 0
            assert (counts.waiting, counts.backed_up) == (0, 0), "what older backups promised is void"
        assert office.folded() == before
        assert len(before[0]) == 16

        # Promised anew by the next backup; the kiosks' own chains are whole.
        office.command("backup", "--to", str(shelf), "--same-disk")
        for kiosk in (one, two):
            kiosk.sync.turn()
            assert kiosk.world.lobby.counts().backed_up == kiosk.world.lobby.counts().captured
            assert check_all(kiosk.world.store).faults == ()

        # A machine that holds a server is no place for a restore.
        words = ["--data", str(office.data), "restore", str(archive), "--identity", str(tmp_path / "identity-1")]
        done = subprocess.run(
            [sys.executable, "-m", "sync_server", *words], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode == 2
        assert "is not empty" in done.stderr
