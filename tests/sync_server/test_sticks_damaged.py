"""Sticks that rotted, were cut off or were made up: whatever lies there, both sides take what is true and nothing else.

The damage is the fuzzer's; `SALA_STICKS=1000` tries more, `SALA_SEED` others.
"""

import dataclasses
import os
import random
import shutil
import time

import pytest
from test_stick_both_ways import at_the_kiosk, rate, world  # noqa: F401 - `world` is a fixture

from kiosk.desk.stick import Stick
from kiosk.desk.stick_import import Import
from kiosk.store.editions import Editions
from shared import stick as layout
from sync_server.content import queries as content_queries
from sync_server.ingest.stick import give, take
from sync_server.keys import server_keys
from sync_server.records.models import Log, RecordRow
from tests.fuzz.fuzzer import damaged
from tests.fuzz.targets import Target
from tests.kiosk.worlds import Hands, make_world

STICKS = int(os.environ.get("SALA_STICKS", "100"))
SEED = int(os.environ.get("SALA_SEED", "20270318"))
SECONDS = 5


def spoil(dice, folder):
    """Damage some files and their names as sticks get damaged, by chance or by intent; returns what was done."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    everything = [path.read_bytes() for path in files]
    done = []
    for path in dice.sample(files, dice.randint(1, len(files))):
        how = dice.choice(("bytes", "bytes", "bytes", "empty", "gone", "swap", "name", "folder", "link", "twice"))
        done.append(f"{how} {path.relative_to(folder)}")
        if how == "bytes":
            path.write_bytes(damaged(dice, Target("", (path.read_bytes() or b"x",), len), everything))
        elif how == "empty":
            path.write_bytes(b"")
        elif how == "swap":
            path.write_bytes(dice.choice(everything))
        elif how == "name":
            path.rename(path.with_name(dice.choice((path.name.upper(), path.name + ".new", "x" * 200, path.name[1:]))))
        elif how == "twice":
            shutil.copy(path, path.with_name(layout.file_name(dice.randbytes(16), 1, dice.randrange(1, 900))))
        else:
            path.unlink()
            if how == "folder":
                path.mkdir()
            elif how == "link":
                path.symlink_to(dice.choice(("/etc/passwd", "/dev/zero", "..", str(path))))
    return done


@pytest.fixture
def both(world, place, published, tmp_path):  # noqa: F811
    """A stick on its way out and the same on its way back, as they should be, and the kiosk's folder in between."""
    rate(world, 1000)
    at_the_kiosk(world, place)
    shutil.copytree(place.folder, tmp_path / "out")
    world.store.close()
    shutil.copytree(tmp_path / "kiosk", tmp_path / "asked")
    return tmp_path / "out", place.folder


def hashes():
    """Every record the server holds."""
    return {bytes(hash_) for hash_ in RecordRow.objects.values_list("hash", flat=True)}


def test_a_damaged_stick_brings_the_server_true_records_or_none(both, server, tmp_path):
    """Never one that the kiosk did not write, never one twice; and the honest stick brings the rest."""
    out, _ = both
    dice = random.Random(SEED)
    for number in range(STICKS):
        stick = tmp_path / f"stick{number}"
        shutil.copytree(out, stick)
        done = spoil(dice, stick)
        began = time.process_time()
        take(stick, now=server.now)
        give(stick, now=server.now)
        assert time.process_time() - began < SECONDS, done
        shutil.rmtree(stick)
        for log in Log.objects.all():
            assert log.forked_at is None, (SEED, number, done)
            assert RecordRow.objects.filter(log=log).count() == log.seq, (SEED, number, done)
    before = hashes()
    assert take(out, now=server.now).refused == []
    assert before <= hashes()
    assert RecordRow.objects.count() == 1001


def test_a_damaged_stick_brings_the_kiosk_true_answers_or_none(both, world, server, tmp_path):  # noqa: F811
    """Counts move to what the server holds or stay, the screen shows the server's edition or what it showed."""
    _, back = both
    take(back, now=server.now)
    give(back, now=server.now)
    own, dice, told = server_keys(), random.Random(SEED + 1), set()
    for number in range(STICKS):
        stick, data = tmp_path / "stick now", tmp_path / f"kiosk{number}"
        shutil.copytree(back, stick)
        shutil.copytree(tmp_path / "asked", data)
        done = spoil(dice, stick)
        fresh = make_world(data, identity=world.identity, edition=0)
        fresh = dataclasses.replace(fresh, content=Editions(data / "shown", own.bundle.public, world.identity.office))
        began = time.process_time()
        work = Import(fresh, Hands().clock(), Stick(stick, 10**9))
        while not work.step().finished:
            pass
        assert time.process_time() - began < SECONDS, done
        counts = fresh.lobby.counts()
        assert counts.captured == 1001, (SEED, number, done)
        assert counts.stored in (0, 1001), (SEED, number, done)
        assert fresh.content.edition in (0, content_queries.current_edition()), (SEED, number, done)
        assert fresh.lobby.check(fresh.lobby.head.log) == 1001
        told.add((counts.stored, fresh.content.edition))
        fresh.store.close()
        shutil.rmtree(stick)
        shutil.rmtree(data)
    assert len(told) > 1, "some damage lets something through, and some does not"
