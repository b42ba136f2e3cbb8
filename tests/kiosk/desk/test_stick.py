"""By stick: what waits lies on it sealed and whole, wherever it is pulled out; the kiosk's own counts never move."""

import errno
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.config import make
from kiosk.desk import confidential, ratings, stick
from kiosk.desk.stick import Export, Stick, StickFailed
from kiosk.sync.rim import converse
from shared import stick as layout
from shared.envelope import ENVELOPE_BYTES_MAX, read_header
from shared.protocol import read_answer
from tests.kiosk.desk.test_confidential import CANARY, a_draft, an_office_with_routes
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import ANSWER_KEY, KIOSK_ID, Hands, make_world, pieces_of, publish, some_services
from tests.small_disk import fill, small_disk


@pytest.fixture
def world(tmp_path):
    """A kiosk with records of both logs waiting: small batches, several files."""
    made = make_world(tmp_path / "kiosk")
    publish(made.content, 2, pieces_of(an_office_with_routes(), some_services()))
    clock = Hands().clock()
    for _ in range(23):
        ratings.rate(made, clock.now(), 4)
    confidential.file(made, clock.now(), a_draft(), "th")
    yield made
    made.store.close()


@pytest.fixture
def small(monkeypatch):
    """Files of at most ten records."""
    monkeypatch.setattr(stick.batch, "COUNT_MAX", 10)


def now():
    """A moment in the office."""
    return Hands().clock().now()


def plugged_in(folder):
    """A stick with nothing on it."""
    folder.mkdir(exist_ok=True)
    return Stick(folder, 10**9)


def carry(world, place):
    """A whole export; the progress at its end."""
    export = Export(world, now(), place)
    while not export.step().finished:
        pass
    return export.progress


def whole_files(place):
    """What a reader would take, in its order."""
    return sorted(path for path in place.folder.rglob("*") if layout.read_name(path.name))


def brought(place, server):
    """The server takes what lies there; how many records it holds then."""
    for path in whole_files(place):
        answer = server.post("sync/push", path.read_bytes()).body
        assert type(read_answer(answer, ANSWER_KEY.public)).__name__ == "Receipt", path.name
    return server.count()


def test_all_that_waits_is_carried_and_nothing_in_the_clear(world, tmp_path, small):
    """Both logs arrive whole; no word of anybody can be read on the stick, and no count of the kiosk has moved."""
    before, server, place = world.lobby.counts(), MemoryServer(), plugged_in(tmp_path / "stick")
    told = carry(world, place)
    # 23 ratings behind log.opened; a complaint behind its own.
    assert (told.done, told.total, told.left_out, told.finished) == (26, 26, 0, True)
    assert told.oldest == timedelta(0)
    assert [layout.read_name(path.name).last for path in whole_files(place)].count(24) == 1
    assert brought(place, server) == 26
    assert world.lobby.counts() == before
    written = b"".join(path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    for word in (CANARY, "rating.given", "ตู้ 1"):
        assert word.encode() not in written


def test_behind_a_receipt_nothing_travels_again(world, tmp_path):
    """What the server has said it holds is not carried; a new touch is, alone."""
    server, place = MemoryServer(), plugged_in(tmp_path / "stick")
    clock = Hands().clock()
    converse(world, clock, server)
    with world.apart.open(now().service_date) as book:
        converse(world, clock, server, book=book)
    assert carry(world, place).total == 0
    assert whole_files(place) == []
    ratings.rate(world, clock.now(), 1)
    assert carry(world, place).done == 1
    [path] = whole_files(place)
    assert read_header(path.read_bytes()).first_seq == 25


def test_a_second_try_writes_nothing_twice_and_goes_on(world, tmp_path, small):
    """Files that lie there whole stay as they are, byte for byte; only what is new is added."""
    place = plugged_in(tmp_path / "stick")
    export = Export(world, now(), place)
    export.step()
    first = {path: path.stat().st_mtime_ns for path in whole_files(place)}
    assert len(first) == 1
    assert carry(world, place).done == 26
    after = {path: path.stat().st_mtime_ns for path in whole_files(place)}
    assert first.items() <= after.items()
    ratings.rate(world, now(), 5)
    assert carry(world, place).done == 27
    assert after.items() <= {path: path.stat().st_mtime_ns for path in whole_files(place)}.items()
    assert brought(place, MemoryServer()) == 27


def test_a_file_that_rotted_is_written_anew(world, tmp_path, small):
    """What does not verify any more is no copy."""
    place = plugged_in(tmp_path / "stick")
    carry(world, place)
    spoilt = whole_files(place)[1]
    data = bytearray(spoilt.read_bytes())
    data[-1] ^= 1
    spoilt.write_bytes(data)
    carry(world, place)
    assert brought(place, MemoryServer()) == 26


class Pulled:
    """A stick that is gone at the `at`-th call that reaches it: half of a write is there, and what was renamed without
    its folder being synced may be as before.
    """

    CALLS = ("open", "write", "fsync", "replace", "mkdir", "read", "unlink", "scandir", "stat")

    def __init__(self, monkeypatch, root, *, at, forgets=False):
        self.root, self.at, self.forgets, self.count = str(root), at, forgets, 0
        self.gone = False
        self._handles, self._unsynced = set(), []
        self._real = {name: getattr(os, name) for name in (*self.CALLS, "close")}
        for name in self.CALLS:
            monkeypatch.setattr(os, name, lambda *args, _name=name, **more: self._call(_name, *args, **more))
        monkeypatch.setattr(os, "close", self._close)

    def _call(self, name, *args, **more):
        mine = args[0] in self._handles if isinstance(args[0], int) else str(args[0]).startswith(self.root)
        if not mine:
            return self._real[name](*args, **more)
        self.count += 1
        if self.gone or self.count == self.at:
            self._pull(name, args)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        done = self._real[name](*args, **more)
        if name == "open":
            self._handles.add(done)
        elif name == "replace":
            self._unsynced.append(args[:2])
        elif name == "fsync":
            self._unsynced = []
        return done

    def _pull(self, name, args):
        if self.gone:
            return
        self.gone = True
        if name == "write":
            self._real["write"](args[0], bytes(args[1])[: len(args[1]) // 2])
        if self.forgets:
            for aside, path in reversed(self._unsynced):
                self._real["replace"](path, aside)

    def _close(self, handle):
        self._handles.discard(handle)
        return self._real["close"](handle)


@pytest.mark.parametrize("forgets", [False, True])
def test_pulled_out_at_every_call_it_holds_whole_files_and_a_second_try_finishes(
    world, tmp_path, small, monkeypatch, forgets
):
    """Whatever was being done: what has a file's name is whole, the kiosk is as it was, nothing is lost or doubled."""
    before, held, why = world.lobby.counts(), set(), set()
    for at in range(1, 1000):
        place = plugged_in(tmp_path / f"stick-{at}")
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, place.folder, at=at, forgets=forgets)
            try:
                carry(world, place)
            except StickFailed as failed:
                why.add(failed.why)
        if not pulled.gone:
            break
        server = MemoryServer()
        held.add(brought(place, server))
        assert world.lobby.counts() == before
        assert carry(world, place).done == 26
        assert brought(place, server) == 26
    assert (pulled.gone, why) == (False, {"gone"})
    # Between nothing and everything it was pulled out after each file.
    assert at > 40
    assert held >= {0, 10, 20, 24, 26}


def test_names_are_such_as_every_stick_takes(world, tmp_path):
    """FAT32 knows no colon, no trailing dot, no device names, and 4 GiB a file."""
    place = plugged_in(tmp_path / "stick")
    carry(world, place)
    for path in place.folder.rglob("*"):
        assert re.fullmatch(r"[a-z0-9-]{1,80}(\.sala|\.ask)?", path.name)
        assert not path.is_file() or path.stat().st_size <= ENVELOPE_BYTES_MAX


@pytest.fixture
def small_stick(tmp_path):
    """A stick of 12 KiB."""
    with small_disk(tmp_path / "mounted", 12) as folder:
        yield folder


def test_a_full_stick_says_so_and_holds_whole_files(world, small_stick, small, tmp_path):
    """No room left is told as such; what lies there is whole, and another stick takes the rest with it."""
    [place] = stick.sticks(make(tmp_path, {"stick_folders": [str(small_stick)]}), mounts="")
    assert place == Stick(small_stick, 12 * 1024)
    fill(small_stick, leave_bytes=4096)
    with pytest.raises(StickFailed) as failed:
        carry(world, place)
    assert failed.value.why == "full"
    assert brought(place, MemoryServer()) < 26
    assert carry(world, plugged_in(tmp_path / "other")).done == 26


def test_only_what_can_be_carried_away_is_a_stick(tmp_path, small_stick):
    """A folder of the kiosk's own disk is none, nor one that is missing; what is mounted below /media is."""
    (tmp_path / "empty").mkdir()
    settings = make(tmp_path, {"stick_folders": ["empty", "missing"]})
    assert stick.sticks(settings, mounts="") == ()
    told = f"36 1 8:17 / {small_stick} rw - vfat a rw\n37 1 8:18 / /media/sala/KING\\040STON rw - vfat b rw"
    assert stick.sticks(settings, mounts=told) == ()
    assert list(stick._mounted(told)) == [Path("/media/sala/KING STON")]
    assert [each.folder for each in stick.sticks(make(tmp_path, {"stick_folders": [str(small_stick)]}))] == [
        small_stick
    ]


def test_a_link_on_the_stick_leads_nowhere(world, tmp_path, small):
    """A prepared stick cannot make the kiosk write or read elsewhere."""
    place = plugged_in(tmp_path / "stick")
    carry(world, place)
    first, second, *_ = whole_files(place)
    victim = tmp_path / "victim"
    victim.write_bytes(b"as it was")
    first.unlink()
    first.with_name(first.name + ".new").symlink_to(victim)
    second.unlink()
    second.symlink_to(victim)
    os.mkfifo(second.with_name(second.name + ".new"))
    assert carry(world, place).done == 26
    assert victim.read_bytes() == b"as it was"
    assert brought(place, MemoryServer()) == 26


@pytest.mark.parametrize("name", ["sala", f"sala/{KIOSK_ID.hex()}"])
def test_a_folder_that_is_a_link_is_not_gone_through(world, tmp_path, name):
    """A link in place of a folder would have the kiosk write elsewhere: this stick is no good."""
    place, elsewhere = plugged_in(tmp_path / "stick"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (place.folder / name).parent.mkdir(exist_ok=True)
    (place.folder / name).symlink_to(elsewhere)
    with pytest.raises(StickFailed):
        carry(world, place)
    assert list(elsewhere.iterdir()) == []


def test_what_a_receipt_covers_leaves_the_stick_and_nothing_else(world, tmp_path, small):
    """Room is made only where the server has said that it holds the records; files of others stay."""
    place, server, clock = plugged_in(tmp_path / "stick"), MemoryServer(), Hands().clock()
    carry(world, place)
    other = place.folder / "sala" / ("f" * 32)
    other.mkdir()
    shutil.copy(whole_files(place)[0], other)
    converse(world, clock, server)
    ratings.rate(world, clock.now(), 2)
    carry(world, place)
    mine = [path for path in whole_files(place) if path.parent != other]
    logs = {view.log.hex()[:16] for view in world.lobby.logs()}
    assert [layout.read_name(path.name).first for path in mine if path.name[:16] in logs] == [25]
    assert len([path for path in mine if path.name[:16] not in logs]) == 1
    assert len(list(other.iterdir())) == 1
