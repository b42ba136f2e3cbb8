"""By stick into the real server: what a real kiosk wrote there is held once, and a prepared stick does nothing."""

import datetime as dt
import os
import resource
import shutil

import pytest
from django.core.management import CommandError, call_command
from fake_kiosk import FakeKiosk

from kiosk.desk.stick import Export, Stick
from kiosk.identity import Identity
from shared import stick as layout
from shared.kinds import RatingGiven
from shared.records import At, Quality
from sync_server.ingest.stick import FILES_MAX, REFUSED_MAX, NoStick, take
from sync_server.keys import server_keys
from sync_server.kiosks.models import Alarm, AlarmKind
from sync_server.records.models import Log, RecordRow
from tests.kiosk.worlds import BUNDLE_KEY, CODE_SALT, Hands, make_world

AT = At(1_773_632_000_000, 420, b"boot-id1", 0, Quality.GOOD)


@pytest.fixture
def real_kiosk(server, tmp_path):
    """A kiosk as it runs, enrolled at this server; it never has a line."""
    me = FakeKiosk.enrolled(server).me
    identity = Identity(
        me.office, "อบต.ศาลาทอง", me.kiosk, "ตู้ 1", ("A",), me.key, me.answers, BUNDLE_KEY.public,
        server_keys().sealing[0].public, CODE_SALT,
    )  # fmt: skip
    world = make_world(tmp_path / "kiosk", identity=identity)
    yield world
    world.store.close()


def rate(world, times):
    """That many ratings, a few hundred in a transaction."""
    for _ in range(0, times, 500):
        with world.store.transaction() as tx:
            for _ in range(min(500, times)):
                world.lobby.append(tx, RatingGiven("2026-03-16", 4, "walk-by", "", False), at=AT, edition=1)


def export(world, folder):
    """Everything that waits, onto a stick."""
    folder.mkdir(exist_ok=True)
    work = Export(world, Hands().clock().now(), Stick(folder, 10**9))
    while not work.step().finished:
        pass
    return work.progress


def test_ten_thousand_records_arrive_by_stick_once(real_kiosk, server, tmp_path):
    """Nothing lost, nothing twice: also when the stick is taken a second time, and when a second stick overlaps."""
    rate(real_kiosk, 10_000)
    stick, other = tmp_path / "stick", tmp_path / "other"
    assert export(real_kiosk, stick).done == 10_001
    told = take(stick, now=server.now)
    assert (told.records, told.refused) == (10_001, [])
    assert take(stick, now=server.now).records == 10_001
    rate(real_kiosk, 500)
    export(real_kiosk, other)
    assert take(other, now=server.now).refused == []
    assert list(RecordRow.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 10_502))
    [log] = Log.objects.all()
    assert (log.seq, bytes(log.head_hash)) == (10_501, real_kiosk.lobby.head.hash)


def test_a_gap_stays_on_the_stick_until_what_is_missing_came(real_kiosk, server, tmp_path):
    """Two sticks in the wrong order: the later one is told to wait and loses nothing."""
    rate(real_kiosk, 500)
    first, second = tmp_path / "first", tmp_path / "second"
    export(real_kiosk, first)
    rate(real_kiosk, 500)
    shutil.copytree(first, second)
    export(real_kiosk, second)
    for path in second.rglob("*.sala"):
        if layout.read_name(path.name).first == 1:
            path.unlink()
    before = len(list(second.rglob("*.sala")))
    told = take(second, now=server.now)
    assert {reason for _, reason in told.refused} == {"gap"}
    assert len(list(second.rglob("*.sala"))) == before
    waiting = Alarm.objects.filter(kind=AlarmKind.GAP, cleared_at=None)
    assert waiting.count() == 1
    assert take(first, now=server.now).refused == []
    assert take(second, now=server.now).refused == []
    assert RecordRow.objects.count() == 1001
    assert waiting.count() == 0


def test_one_spoilt_file_is_named_and_holds_up_no_other_kiosk(real_kiosk, server, tmp_path):
    """A file that rotted is refused by name; the command ends with 1 and says so (F-B7)."""
    rate(real_kiosk, 10)
    stick = tmp_path / "stick"
    export(real_kiosk, stick)
    [good] = stick.rglob("*.sala")
    folder = stick / layout.TOP / layout.folder_name(b"x" * 16)
    folder.mkdir()
    data = bytearray(good.read_bytes())
    data[-1] ^= 1
    (folder / good.name).write_bytes(good.read_bytes())
    spoilt = good.with_name(layout.file_name(real_kiosk.lobby.head.log, 2, 11))
    spoilt.write_bytes(data)
    with pytest.raises(CommandError) as ended:
        call_command("import_stick", str(stick))
    assert ended.value.returncode == 1
    assert RecordRow.objects.count() == 11
    assert sorted(take(stick, now=server.now).refused, key=lambda each: each[1]) == [
        (f"{good.parent.name[:8]}/{spoilt.name}", "bad_signature"),
        (folder.name[:8], "unknown_kiosk"),
    ]


def test_an_envelope_that_was_renamed_is_named(real_kiosk, server, tmp_path):
    """A copy that some desk wrote beside it holds up nothing; where it is all that is left, somebody hears of it and
    can give it its name back.
    """
    stick = tmp_path / "stick"
    rate(real_kiosk, 10)
    export(real_kiosk, stick)
    [good] = stick.rglob("*.sala")
    renamed = good.with_name(f"{good.stem} (1){good.suffix.upper()}")
    good.rename(renamed)
    renamed.with_name("._" + good.name).write_bytes(b"a desk's own")
    told = take(stick, now=server.now)
    assert (told.records, told.refused) == (
        0, [(f"{good.parent.name[:8]}/{renamed.name}", "not a name that a kiosk gives")],
    )  # fmt: skip
    renamed.rename(good)
    assert take(stick, now=server.now).records == 11


def test_a_prepared_stick_is_passed_over(server, tmp_path):
    """Links, pipes, folders, huge files, strange names and ten thousand of them: nothing is followed, waited for or
    kept (G-23).
    """
    folder = tmp_path / layout.TOP / layout.folder_name(FakeKiosk.enrolled(server).me.kiosk)
    folder.mkdir(parents=True)
    secret = tmp_path / "secret"
    secret.write_bytes(b"not yours")
    names = [layout.file_name(b"L" * 16, n, n) for n in range(1, FILES_MAX + 10)]
    (folder / names[0]).symlink_to(secret)
    os.mkfifo(folder / names[1])
    (folder / names[2]).mkdir()
    with (folder / names[3]).open("wb") as huge:
        huge.truncate(4 * 1024**3)
    for name in names[4:]:
        (folder / name).touch()
    for odd in ("AUX", "..sala", "a" * 200, "\u202egnp.sala", "-rf.sala"):
        (folder / odd).write_bytes(b"?")
    (tmp_path / layout.TOP / ("y" * 32)).symlink_to(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = take(tmp_path, now=server.now)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert told.records == 0
    misnamed = [name.partition("/")[2] for name, reason in told.refused if reason == "not a name that a kiosk gives"]
    assert misnamed == ["-rf.sala", r"'\u202egnp.sala'"]
    assert [reason for _, reason in told.refused[2:6]] == [
        "a link, no regular file", "no regular file", "no regular file",
        "a file of 4294967296 bytes; at most 1048576",
    ]  # fmt: skip
    assert len(told.refused) == 2 + REFUSED_MAX + 1
    assert told.refused[-1][1] == "too much on this stick is no good: not looked at"
    assert RecordRow.objects.count() == 0


def test_a_place_without_a_stick_is_said_to_be_none(server, tmp_path):
    """A wrong folder ends with a sentence and status 2."""
    with pytest.raises(NoStick):
        take(tmp_path, now=dt.datetime.now(dt.UTC))
    with pytest.raises(CommandError) as ended:
        call_command("import_stick", str(tmp_path))
    assert ended.value.returncode == 2
