"""A device that is enrolled once more, with what it recorded before: as who it was, or as another kiosk."""

import os
import shutil

import pytest
from sealing import PHRASE
from test_pruning import DAY, Days, touches

from kiosk.bootstrap import open_kiosk
from kiosk.desk import confidential, ratings
from kiosk.sync.enrolment import enrol, leave
from sync_server.content.actions import publish_sample
from sync_server.kiosks.actions import make_code, make_code_again
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk
from sync_server.projectors import catch_up
from sync_server.records import actions as records
from sync_server.records import deciding
from sync_server.records.models import Log, RecordRow
from sync_server.sealed.models import SealedCase
from sync_server.setting_up import make_demo_readers, program


@pytest.fixture
def days(server):
    """Both sides' time; the sample office's content is published, with readers of sealed complaints."""
    make_demo_readers(server.office, PHRASE, now=server.now)
    publish_sample(server.office, now=server.now)
    records.start(server.office, now=server.now, epoch=os.urandom(16))
    return Days(server.now)


def _enrol(folder, days, code):
    return enrol(folder, days, code=code, url="http://127.0.0.1:1", clock=days.clock(), random=os.urandom)


def _complain(kiosk):
    route = next(route for route in confidential.routes(kiosk.world) if "council_chair" in route.readers)
    draft = confidential.Draft(route=route.id, category="unfair", text="เรียกเงินห้าร้อยบาท")
    confidential.file(kiosk.world, kiosk.clock.now(), draft, "th")


@pytest.fixture
def data(days, server, tmp_path):
    """A kiosk that sent some records, kept some and a complaint about a person to itself, and lost its key."""
    folder = tmp_path / "kiosk"
    _enrol(folder, days, make_code(program(server.office), "ตู้ 1", "A", now=days.now, random=os.urandom(10)))
    with open_kiosk(folder, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        touches(kiosk, 3)
        _complain(kiosk)
        kiosk.sync.turn()
        ratings.rate(kiosk.world, kiosk.clock.now(), 4)
        _complain(kiosk)
        assert kiosk.world.lobby.counts().waiting > 0
    (folder / "signing.key").unlink()
    leave(folder)
    return folder


def _days_of_contacts(folder, days):
    """Contacts until what travels once a day has travelled; nothing waits afterwards."""
    with open_kiosk(folder, clock=days.clock(), transport=days) as kiosk:
        for _ in range(3):
            days.now += DAY
            kiosk.sync.turn()
            assert kiosk.sync.link.state == "ok"
        assert kiosk.world.lobby.counts().waiting == 0
        with kiosk.world.apart.open(kiosk.clock.now().service_date) as book:
            assert book.counts().waiting == 0
        return kiosk.world.identity


def test_under_its_own_name_everything_goes_on(days, server, data):
    """One kiosk on the server, its letters kept, every record in the line that counts, and no alarm."""
    before = Kiosk.objects.get()
    _enrol(data, days, make_code_again(program(server.office), before, now=days.now, random=os.urandom(10)))
    me = _days_of_contacts(data, days)
    kiosk = Kiosk.objects.get()
    assert (me.kiosk.hex(), me.series, me.kiosk_name) == (before.kiosk_id, ("A",), "ตู้ 1")
    assert bytes(kiosk.public_key) == me.key.public.raw != bytes(before.public_key)
    assert not Log.objects.exclude(counts_through=None).exists()
    assert not Alarm.objects.exists()
    catch_up()
    assert SealedCase.objects.count() == 2


def test_as_another_kiosk_nothing_is_stuck_and_the_clerk_counts_what_it_brought(days, server, data):
    """Its old logs are the first kiosk's. What they lacked lies beside them, staff are told, a word counts it; what it
    writes from now on is its own. Complaints reach their readers either way.
    """
    _enrol(data, days, make_code(program(server.office), "ตู้ 2", "B", now=days.now, random=os.urandom(10)))
    me = _days_of_contacts(data, days)
    catch_up()
    old, new = Kiosk.objects.get(name="ตู้ 1"), Kiosk.objects.get(name="ตู้ 2")
    assert me.kiosk.hex() == new.kiosk_id
    assert set(Log.objects.filter(kiosk=new, branch=0).values_list("name", "counts_through")) == {
        ("lobby", None), ("confidential", None),
    }  # fmt: skip
    brought = Log.objects.get(kiosk=new, name="lobby", branch=1)
    assert brought.apart > 0
    assert Log.objects.get(log_id=brought.log_id, branch=0).kiosk == old
    assert not Alarm.objects.exclude(kind=AlarmKind.BROUGHT).exists()
    assert "ตู้ 1" in Alarm.objects.get(cause=f"{brought.log_id} {new.kiosk_id}").detail
    assert SealedCase.objects.count() == 2
    assert RecordRow.objects.count() == RecordRow.objects.values("hash").distinct().count()
    deciding.take_in(program(server.office), brought, "เครื่องเดิม ลงทะเบียนใหม่", now=days.now)
    assert not any(log.apart for log in Log.objects.filter(name="lobby"))


def test_under_its_own_name_the_key_before_opens_nothing(days, server, data):
    """A copy of the device that was left running with the old key is refused, and keeps what it has."""
    copy = data.with_name("copy")
    first = Kiosk.objects.get()
    _enrol(data, days, make_code_again(program(server.office), first, now=days.now, random=os.urandom(10)))
    shutil.copytree(data, copy)
    leave(data)
    _enrol(data, days, make_code_again(program(server.office), first, now=days.now, random=os.urandom(10)))
    with open_kiosk(copy, clock=days.clock(), transport=days) as kiosk:
        kiosk.sync.turn()
        assert (kiosk.sync.link.state, kiosk.sync.link.reason) == ("refused", "bad_signature")
        assert kiosk.world.lobby.counts().waiting > 0
    _days_of_contacts(data, days)
