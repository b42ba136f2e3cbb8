"""What earlier versions left on disks opens, goes on and tells the same: for each archive in tests/golden (G-58).

An archive holds a server's folder, a kiosk's and a stick, as a released version left them after a small day, and what
was promised by then. To add one at a release: `python tests/golden/make.py VERSION`.
"""

import json
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pysqlite3
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from demo.stage import run
from kiosk.bootstrap import open_kiosk
from kiosk.desk import queue
from kiosk.desk.stick import Stick
from kiosk.desk.stick_import import Import
from kiosk.desk.tracking import look_up
from kiosk.store import check_all
from kiosk.sync.fetch import fetch
from kiosk.sync.line import Reply
from kiosk.sync.rim import converse
from shared import kinds
from shared.kinds import Unreadable
from sync_server.cases.models import Case
from sync_server.content.actions import publish_statuses
from sync_server.ingest import actions as ingest
from sync_server.ingest.stick import take
from sync_server.organisations.actions import Actor
from sync_server.organisations.queries import the_office
from sync_server.projectors import PROJECTORS, balances, catch_up, rebuild, replay_readable
from sync_server.queues.models import Ticket
from sync_server.records.models import Log, RecordRow, SetAside, Why
from sync_server.sealed import actions as sealed
from sync_server.sealed.models import SealedCase
from sync_server.setting_up import make_server
from tests.golden.make import SURVEY, SurveyTaken, unpacked

ARCHIVES = sorted((Path(__file__).parents[1] / "golden").glob("*.tar.zst"))

pytestmark = pytest.mark.skipif(bool(connection.vendor != "sqlite"), reason="the archives hold SQLite files")


@dataclass(frozen=True)
class Golden:
    """One archive laid out in `root`; `told` is what was promised."""

    root: Path
    told: dict

    def kiosk(self, line=None):
        """The kiosk of that day, as today's program opens it; on a copied folder it opens a new log."""
        return open_kiosk(self.root / "kiosk", transport=line)


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.zst"))
def golden(request, tmp_path, _template):
    """The archive, with its server's database brought to this version as the handbook says."""
    unpacked(request.param, tmp_path)
    settings.DATA_DIR = tmp_path / "server"
    connections.settings["default"]["NAME"] = settings.DATA_DIR / "sala.sqlite3"
    connections.close_all()
    cache.clear()
    ingest.forget_keys()
    call_command("migrate", verbosity=0)
    yield Golden(tmp_path, json.loads((tmp_path / "told.json").read_text("utf-8")))
    connections.close_all()


class Inside:
    """The server of this process as a `Transport`."""

    def __init__(self, client):
        self._client = client

    def post(self, path, body):
        """A question or an envelope."""
        return self._reply(self._client.post(f"/{path}", body, content_type="application/octet-stream"))

    def get(self, path, *, bytes_max, begin=0):
        """A manifest, a piece, or the rest of it."""
        headers = {"Range": f"bytes={begin}-"} if begin else {}
        return self._reply(self._client.get(f"/{path}", headers=headers))

    @staticmethod
    def _reply(response):
        return Reply(response.status_code, response.content)


@pytest.fixture
def line(golden):
    """The way to it."""
    from django.test import Client

    return Inside(Client())


def test_there_is_an_archive_of_a_release():
    """And nobody took one away."""
    assert "0.1.0.tar.zst" in {path.name for path in ARCHIVES}


def test_the_server_tells_the_same_after_the_update(golden):
    """Records verify and fold as they did; the answer stands, and a reader still opens what was sealed to them."""
    catch_up()
    before = list(Ticket.objects.order_by("number").values_list("number", "log__log_id", "seq"))
    assert [number for number, _, _ in before] == golden.told["tickets"][:3]
    for name in PROJECTORS:
        rebuild(name)
    assert list(Ticket.objects.order_by("number").values_list("number", "log__log_id", "seq")) == before
    for balance in balances(the_office()):
        assert balance.behind == 0
        assert balance.quarantined == 0
    case = Case.objects.get(n=1)
    assert case.number == golden.told["number"]
    assert case.answers.get().text == golden.told["answer"]
    one = SealedCase.objects.get()
    reader = one.grants.exclude(key=None).first().key.staff
    opened = sealed.open_case(Actor.of(reader), one, golden.told["password"], now=timezone.now())
    assert opened.text == golden.told["words"]


def test_the_kiosk_holds_what_it_promised_and_goes_on(golden):
    """Every record verifies to the promised heads, the citizen's code opens the answer, and the next number is free."""
    with golden.kiosk() as kiosk:
        world, told = kiosk.world, golden.told
        assert check_all(world.store).faults == ()
        with world.apart.open(kiosk.clock.now().service_date) as apart:
            books = {view.log.hex(): (book, view.log) for book in (world.lobby, apart) for view in book.logs()}
            for log, (seq, hash_) in told["heads"].items():
                book, raw = books[log]
                assert book.hash_at(seq, raw).hex() == hash_
                assert book.check(raw) >= seq
        first = world.lobby.logs()[0]
        found = {}
        for record in world.lobby.between(1, first.head.seq, log=first.log):
            header = record.header
            body = kinds.decode(header.kind, header.schema, record.body)
            assert isinstance(body, Unreadable) == (header.kind == SURVEY.name)
            name = f"{header.kind}/{header.schema}"
            found[name] = found.get(name, 0) + 1
        assert found == told["kinds"]
        assert world.content.edition == told["edition"]
        assert len(world.content.bundle.services) == told["services"]
        assert not world.content.faults
        assert look_up(world, told["code"]).answer == told["answer"]
        now = kiosk.clock.now()
        service = world.content.bundle.services[0].id
        ticket = queue.take_ticket(world, now, service_id=service, language="th")
        if now.service_date.isoformat() == told["service_date"]:
            assert ticket.number > max(told["tickets"])
        assert world.lobby.logs()[-1].head.seq == 2


def test_old_kiosk_and_old_server_go_on_together(golden, line):
    """What waited is sent and receipted, the new log cites the old one, content comes, and the stick adds nothing."""
    with golden.kiosk(line) as kiosk:
        world = kiosk.world
        told = converse(world, kiosk.clock, line)
        assert told.refused is None
        assert world.lobby.counts().waiting == 0
        with world.apart.open(kiosk.clock.now().service_date) as book:
            converse(world, kiosk.clock, line, book=book)
        fetch(world.content, line)
        assert look_up(world, golden.told["code"]).answer == golden.told["answer"]
    for log, (seq, hash_) in golden.told["heads"].items():
        row = Log.objects.get(log_id=log)
        assert (row.seq, bytes(row.head_hash).hex(), row.forked_at) == (seq, hash_, None)
    count = RecordRow.objects.count()
    brought = take(golden.root / "stick", now=timezone.now())
    assert (brought.refused, RecordRow.objects.count()) == ([], count)
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == golden.told["tickets"]


def test_an_old_stick_brings_what_waited(golden):
    """Without the kiosk: the envelopes of that day are taken by today's server."""
    brought = take(golden.root / "stick", now=timezone.now())
    assert (brought.refused, brought.records) == ([], golden.told["waiting"])
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == golden.told["tickets"]


def test_a_kind_of_the_future_is_kept_whole_and_read_after_the_update(golden, monkeypatch):
    """Both sides show it as unreadable and hold every byte; once the table knows it, it is folded."""
    catch_up()
    aside = SetAside.objects.filter(kind=SURVEY.name)
    assert {each.why for each in aside} == {Why.UNREADABLE}
    assert aside.count() == len(PROJECTORS)
    row = RecordRow.objects.get(kind=SURVEY.name)
    kept = bytes(row.body)
    unread = kinds.decode(row.kind, row.schema, kept)
    assert isinstance(unread, Unreadable)
    assert unread.data == kept

    monkeypatch.setitem(kinds.BY_NAME, (SURVEY.name, SURVEY.schema), SURVEY)
    seen = []
    queues = PROJECTORS["queues"]
    monkeypatch.setitem(queues.folds, SurveyTaken, lambda run: seen.extend(each.body for each in run))
    assert replay_readable() == len(PROJECTORS)
    catch_up()
    assert seen == [SurveyTaken(seen[0].service_date, [5, 4, 5])]
    assert not aside.all().exists()
    assert all(balance.behind == 0 for balance in balances(the_office()))


def test_an_old_answer_on_a_stick_moves_the_counts_today(golden):
    """A stick that was answered by that version is believed by today's kiosk, for the questions of that day."""
    if not (golden.root / "back").exists():
        pytest.skip("sticks brought nothing back then")
    with golden.kiosk() as kiosk:
        before = kiosk.world.lobby.counts()
        assert before.waiting > 1
        work = Import(kiosk.world, kiosk.clock, Stick(golden.root / "back", 10**9))
        while not work.step().finished:
            pass
        after = kiosk.world.lobby.counts()
        assert (work.progress.faults, work.progress.stored) == ((), golden.told["waiting"])
        assert (after.captured, after.waiting) == (before.captured, 1), "the log that the copied folder opened"
        assert kiosk.world.content.edition >= golden.told["edition"]


def test_an_old_backup_is_restored_today(golden, tmp_path):
    """Into an empty folder, by the program of today: every promised head that it held is there again."""
    backups = sorted((golden.root / "backup").glob("*.age"))
    if not backups:
        pytest.skip("there were no backups then")
    data = tmp_path / "restored"
    words = ["--data", str(data), "restore", str(backups[-1]), "--identity", str(golden.root / "backup1.key")]
    run([sys.executable, "-m", "sync_server", *words])
    run([sys.executable, "-m", "sync_server", "--data", str(data), "manage", "rebuild"])
    with closing(pysqlite3.connect(data / "sala.sqlite3")) as database:
        heads = dict(database.execute("SELECT log_id, seq FROM records_log").fetchall())
        assert {log: heads[log] for log in heads if log in golden.told["heads"]} == heads
        assert sum(heads.values()) == sum(seq for seq, _ in golden.told["heads"].values()) - golden.told["waiting"]
        assert database.execute("SELECT count(*) FROM records_epoch").fetchone() == (2,)
        assert database.execute("SELECT count(*) FROM queues_ticket").fetchone() == (3,)


def test_an_old_pair_comes_to_key_lists_and_walks_on(golden, line):
    """After the update and `sala-server init` there is a root; a kiosk of that day learns of it, and follows a roll."""
    now = timezone.now()
    office, _ = make_server(name="", name_en="", now=now)
    publish_statuses(office, now=now)
    with golden.kiosk(line) as kiosk:
        kiosk.sync.turn()
        assert (kiosk.sync.link.state, kiosk.world.trust.number) == ("ok", 1)
        call_command("roll_keys", "--root", str(golden.root / "server" / "root.key"))
        ingest.forget_keys()
        kiosk.sync.turn()
        kiosk.sync.turn()
        assert (kiosk.sync.link.state, kiosk.world.trust.number) == ("ok", 2)
        assert kiosk.world.lobby.counts().waiting == 0
        assert look_up(kiosk.world, golden.told["code"]).answer == golden.told["answer"]
