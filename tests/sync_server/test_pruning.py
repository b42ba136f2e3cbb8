"""A real kiosk and the server's own code, months in a second: when a kiosk lets bodies go, and what still works then.

Time is in the test's hands on both sides: the server signs `now`, the kiosk's clock goes along.
"""

import datetime as dt
import os

import pysqlite3
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from sealing import PHRASE

from kiosk.bootstrap import open_kiosk
from kiosk.clock import Clock
from kiosk.desk import complaints, confidential, queue, ratings, tally, tracking
from kiosk.desk.stick import Export, Stick
from kiosk.store import check_all, salvage
from kiosk.store.backup import backup as copy_of_the_store
from kiosk.store.sqlite import wal_path
from kiosk.sync.enrolment import enrol, leave
from kiosk.sync.line import Reply
from sync_server.backups import vault
from sync_server.backups.actions import back_up
from sync_server.content.actions import publish_sample, publish_statuses
from sync_server.ingest import actions as ingest
from sync_server.ingest.stick import take
from sync_server.kiosks.actions import make_code
from sync_server.organisations.actions import Actor
from sync_server.organisations.models import Staff
from sync_server.organisations.queries import the_office
from sync_server.projectors import balances, catch_up
from sync_server.records import actions as records
from sync_server.records.models import Log, RecordRow
from sync_server.sealed.actions import open_case
from sync_server.sealed.models import SealedCase
from sync_server.setting_up import make_demo_readers, program

DAY = dt.timedelta(days=1)


class Days:
    """The line to the server of the test, and the one time that both sides have."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def post(self, path: str, body: bytes) -> Reply:
        act = {"enrol": ingest.enrol, "position": ingest.position, "push": ingest.accept}[path.removeprefix("sync/")]
        reply = act(body, now=self.now)
        return Reply(reply.status, reply.body)

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        answer = Client().get(f"/{path}")
        return Reply(answer.status_code, answer.content)

    def seconds(self) -> float:
        return self.now.timestamp()

    def clock(self) -> Clock:
        start = self.seconds()
        return Clock(os.urandom(8), wall=self.seconds, mono=lambda: self.seconds() - start + 9)


@pytest.fixture
def days(server):
    """Both sides' time; the sample office's content is published."""
    publish_sample(server.office, now=server.now)
    keys = server.data / "keys"
    vault.keep_recipients(keys, [vault.new_identity(server.data.parent / f"identity-{n}", server.now) for n in (1, 2)])
    records.start(server.office, now=server.now, epoch=os.urandom(16))
    return Days(server.now)


@pytest.fixture
def data(days, server, tmp_path):
    """The folder of an enrolled kiosk."""
    folder = tmp_path / "kiosk"
    code = make_code(program(server.office), "ตู้ 1", "A", now=days.now, random=os.urandom(10))
    enrol(folder, days, code=code, url="http://127.0.0.1:1", clock=days.clock(), random=os.urandom)
    return folder


@pytest.fixture
def kiosk(days, data):
    """It, with its content on screen."""
    with open_kiosk(data, clock=days.clock(), transport=days) as opened:
        opened.sync.turn()
        yield opened


@pytest.fixture
def shelf(tmp_path):
    """Where backups go."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


def live(kiosk, days, *, for_days: float) -> None:
    """A turn a day."""
    until = days.now + for_days * DAY
    while days.now < until:
        days.now = min(days.now + DAY, until)
        kiosk.sync.turn()
        assert kiosk.sync.link.state == "ok"


def touches(kiosk, count: int) -> None:
    """Tickets and ratings, and one request; all of it pushed."""
    world, clock = kiosk.world, kiosk.clock
    for n in range(count):
        queue.take_ticket(world, clock.now(), service_id="land_tax_payment", language="th")
        ratings.rate(world, clock.now(), 1 + n % 5)
    kiosk.sync.turn()


def bodies(kiosk) -> list[int]:
    """The seqs that still have a body, `log.opened` apart."""
    return [r.header.seq for r in kiosk.world.lobby.after(0) if r.body is not None and r.header.seq > 1]


def test_bodies_go_35_days_after_a_verified_backup_and_no_earlier(kiosk, days, shelf, tmp_path, data):
    """Days without a backup let nothing go; then the backed up ones go on the day, and all else goes on working."""
    world, first_day = kiosk.world, kiosk.clock.now().service_date
    touches(kiosk, 4)
    category = world.content.bundle.office.categories[0].id
    filed = complaints.file(world, kiosk.clock.now(), complaints.Draft(category, "ไฟถนนดับ"), "th")
    kiosk.sync.turn()
    live(kiosk, days, for_days=50)
    old = bodies(kiosk)
    assert len(old) == world.lobby.head.seq - 1, "fifty days, and in no backup"

    back_up(shelf, now=days.now, same_disk=True)
    live(kiosk, days, for_days=1)
    assert world.lobby.counts().backed_up == world.lobby.counts().captured
    told = days.now
    touches(kiosk, 2)
    young = [seq for seq in bodies(kiosk) if seq not in old]
    live(kiosk, days, for_days=34)
    assert days.now - told == 34 * DAY
    assert bodies(kiosk) == old + young, "a day short"
    live(kiosk, days, for_days=1)
    assert bodies(kiosk) == young, "what came after the backup stays, however old it gets"
    live(kiosk, days, for_days=40)
    assert bodies(kiosk) == young

    # What reads bodies: the check of everything, the day's tally, a citizen's code, a stick, a copy, a salvage.
    catch_up()
    publish_statuses(the_office(), now=days.now)
    live(kiosk, days, for_days=1)
    assert check_all(world.store).faults == ()
    assert tally.differences(world) == []
    day = tally.of(world, first_day)
    assert (day.tickets, day.cases, sum(day.ratings)) == (4, 1, 1), "of quick ratings one after the other, one counts"
    assert RecordRow.objects.filter(body=None).count() == 0, "the server holds what the kiosk let go"
    assert tracking.look_up(world, filed.code) is not None
    assert queue.take_ticket(world, kiosk.clock.now(), service_id="land_tax_payment", language="th").number == 1
    stick = tmp_path / "stick"
    stick.mkdir()
    export = Export(world, kiosk.clock.now(), Stick(stick, 10**9))
    while not export.step().finished:
        pass
    assert export.progress.left_out == 0
    assert take(stick, now=days.now).refused == []
    assert copy_of_the_store(world.store, tmp_path / "copy.sala").faults == ()


def test_a_new_epoch_begins_the_35_days_anew(kiosk, days, server, shelf):
    """Restored on day 34: what the old epoch promised is void; the next backup promises anew, 35 days from then."""
    touches(kiosk, 3)
    back_up(shelf, now=days.now, same_disk=True)
    live(kiosk, days, for_days=34)
    all_of_them = bodies(kiosk)
    records.restored(server.office, "restored in a test", now=days.now, epoch=os.urandom(16))
    live(kiosk, days, for_days=10)
    assert kiosk.world.lobby.counts().backed_up == 0
    assert bodies(kiosk) == all_of_them
    back_up(shelf, now=days.now, same_disk=True)
    live(kiosk, days, for_days=35.5)
    assert bodies(kiosk) == all_of_them
    live(kiosk, days, for_days=1)
    assert bodies(kiosk) == []


def test_headers_go_to_a_server_that_came_back_from_before(kiosk, days, server, shelf, tmp_path):
    """Restored from before what the kiosk let go: the chain is whole again, those bodies are gone, nothing stops."""
    kiosk.sync.turn()
    connections.close_all()
    ancient = tmp_path / "ancient.sqlite3"
    _vacuum(server.data / "sala.sqlite3", ancient)
    touches(kiosk, 3)
    back_up(shelf, now=days.now, same_disk=True)
    live(kiosk, days, for_days=37)
    assert bodies(kiosk) == []
    touches(kiosk, 2)
    head = kiosk.world.lobby.head

    connections.close_all()
    for path in server.data.glob("sala.sqlite3*"):
        path.unlink()
    ancient.rename(settings.DATABASES["default"]["NAME"])
    records.start(the_office(), now=days.now, epoch=os.urandom(16))
    live(kiosk, days, for_days=1)
    log = Log.objects.exclude(name="confidential").get(log_id=head.log.hex())
    assert (log.seq, bytes(log.head_hash), log.forked_at) == (head.seq, head.hash, None)
    assert kiosk.world.lobby.counts().waiting == 0
    catch_up()
    gone = RecordRow.objects.filter(log=log, body=None).count()
    assert gone > 0
    for balance in balances(the_office()):
        assert (balance.behind, balance.erased, balance.quarantined) == (0, gone, 0)
    # Such a copy can be backed up like any other.
    assert back_up(shelf, now=days.now, same_disk=True).told


def _vacuum(source, target) -> None:
    with pysqlite3.connect(source) as database:
        database.execute("VACUUM INTO ?", (str(target),))
    database.close()


def test_a_damaged_store_with_pruned_records_is_salvaged(days, data, shelf):
    """The pages that can be read are taken over, headers without bodies among them, and the chain verifies."""
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        touches(kiosk, 5)
        back_up(shelf, now=days.now, same_disk=True)
        live(kiosk, days, for_days=37)
        assert bodies(kiosk) == []
        head, key = kiosk.world.lobby.head, kiosk.world.store._key
        kiosk.world.store.checkpoint(truncate=True)
        path = kiosk.world.store.path
    wal_path(path).unlink(missing_ok=True)
    salvage(path, key)
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        assert kiosk.world.lobby.check(head.log) == head.seq
        touches(kiosk, 1)
        assert kiosk.world.lobby.counts().waiting == 0


def test_a_kiosk_enrolled_after_the_backup_is_enrolled_anew_and_loses_nothing(days, server, data, tmp_path):
    """The restored server never heard of it: refused, its records kept; with a new code its old log arrives whole."""
    before = tmp_path / "before"
    connections.close_all()
    _vacuum(server.data / "sala.sqlite3", before)
    with pysqlite3.connect(before) as database:
        database.execute("UPDATE kiosks_enrolmentcode SET kiosk_id = NULL")
        database.execute("DELETE FROM kiosks_kiosk")
    database.close()
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        touches(kiosk, 3)
        old = kiosk.world.lobby.head
    connections.close_all()
    for path in server.data.glob("sala.sqlite3*"):
        path.unlink()
    before.rename(settings.DATABASES["default"]["NAME"])
    records.start(the_office(), now=days.now, epoch=os.urandom(16))
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        assert kiosk.sync.link.state == "refused"
        assert bodies(kiosk)
    leave(data)
    code = make_code(program(the_office()), "ตู้ 1", "A", now=days.now, random=os.urandom(10))
    enrol(data, days, code=code, url="http://127.0.0.1:1", clock=days.clock(), random=os.urandom)
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        assert kiosk.world.lobby.counts().waiting == 0
    log = Log.objects.get(log_id=old.log.hex())
    assert (log.seq, bytes(log.head_hash)) == (old.seq, old.hash)


def test_the_confidential_log_gives_up_its_bodies_by_the_same_rule(days, server, data, shelf):
    """Sealed as they are: 35 days after a backup the kiosk no longer has them, and a reader opens the server's."""
    make_demo_readers(server.office, PHRASE, now=days.now)
    publish_sample(server.office, now=days.now)
    with open_kiosk(data, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        world = kiosk.world
        route = next(route for route in confidential.routes(world) if "council_chair" in route.readers)
        words = "เรียกเงินห้าร้อยบาท"
        draft = confidential.Draft(route=route.id, category="unfair", text=words)
        confidential.file(world, kiosk.clock.now(), draft, "th")
        live(kiosk, days, for_days=2)  # it travels once a day
        back_up(shelf, now=days.now, same_disk=True)
        live(kiosk, days, for_days=35)
        assert _kept_apart(kiosk) == [1, 2], "told after the backup, so not yet 35 days ago"
        live(kiosk, days, for_days=3)
        assert _kept_apart(kiosk) == [1]
        with world.apart.open(kiosk.clock.now().service_date) as book:
            assert book.check(book.head.log) == 2
    catch_up()
    reader = Staff.objects.select_related("office").get(username="prathan")
    assert open_case(Actor.of(reader), SealedCase.objects.get(), PHRASE, now=days.now).text == words


def _kept_apart(kiosk) -> list[int]:
    with kiosk.world.apart.open(kiosk.clock.now().service_date) as book:
        return [record.header.seq for record in book.after(0) if record.body is not None]
