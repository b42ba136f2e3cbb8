"""A kiosk that never has a line, and a server: records out by stick, answers and content back by the same stick."""

import dataclasses
import datetime as dt
import errno
import os
import resource
import shutil
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from fake_kiosk import FakeKiosk

from kiosk.desk import contact
from kiosk.desk.stick import Export, Stick
from kiosk.desk.stick_import import Brought, Import
from kiosk.identity import Identity
from kiosk.store.editions import Editions
from shared import envelope, keys, protocol
from shared import stick as layout
from shared.kinds import RatingGiven
from shared.log import Head
from shared.records import At, Quality, header_hash
from sync_server import keys as server_key_files
from sync_server.content import queries as content_queries
from sync_server.content.actions import publish as publish_draft
from sync_server.ingest import plugged
from sync_server.ingest.stick import REFUSED_MAX, NoStick, give, take
from sync_server.keys import server_keys
from sync_server.kiosks.actions import revoke
from sync_server.kiosks.models import Kiosk
from sync_server.records import actions as records
from sync_server.records.models import RecordRow
from sync_server.setting_up import program
from tests.kiosk.desk.test_stick import Pulled
from tests.kiosk.worlds import CODE_SALT, Hands, make_world

AT = At(1_773_632_000_000, 420, b"boot-id1", 0, Quality.GOOD)


@pytest.fixture
def world(published, server, tmp_path):
    """A kiosk as it runs, enrolled at this server; it never has a line."""
    me, own = FakeKiosk.enrolled(server).me, server_keys()
    identity = Identity(
        me.office, "อบต.ศาลาทอง", me.kiosk, "ตู้ 1", ("A",), me.key, me.answers, own.bundle.public,
        own.sealing[0].public, CODE_SALT, own.lists[-1],
    )  # fmt: skip
    made = make_world(tmp_path / "kiosk", identity=identity, edition=0)
    yield dataclasses.replace(made, content=Editions(tmp_path / "shown", own.bundle.public, me.office))
    made.store.close()


def rate(world, times):
    """That many ratings, a few hundred in a transaction."""
    for _ in range(0, times, 500):
        with world.store.transaction() as tx:
            for _ in range(min(500, times)):
                world.lobby.append(tx, RatingGiven("2026-03-16", 4, "walk-by", "", False), at=AT, edition=1)


def at_the_kiosk(world, place):
    """What the staff corner does with a stick: take what it brings, then write what waits."""
    brought = Import(world, Hands().clock(), place)
    while not brought.step().finished:
        pass
    written = Export(world, Hands().clock().now(), place)
    while not written.step().finished:
        pass
    return brought.progress, written.progress


def publish(server):
    """One more edition: the office's phone has changed."""
    server.office.phone = f"073-{content_queries.current_edition():06d}"
    server.office.save(update_fields=["phone"])
    publish_draft(program(server.office), now=server.now)


def test_ten_thousand_records_out_receipts_and_an_edition_back_and_never_a_line(world, server, place):
    """All is held and every count says so; the kiosk shows what the office published; once more changes nothing."""
    rate(world, 10_000)
    _, written = at_the_kiosk(world, place)
    assert written.done == 10_001
    call_command("import_stick", str(place.folder))
    assert RecordRow.objects.count() == 10_001
    brought, written = at_the_kiosk(world, place)
    assert (brought.stored, brought.faults, written.total) == (10_001, (), 0)
    assert brought.edition == world.content.edition == content_queries.current_edition() > 0
    assert brought.heard == server_time(place)
    assert list(place.folder.rglob("*.sala")) == []

    first = world.content.edition
    publish(server)
    before = world.lobby.counts()
    call_command("import_stick", str(place.folder))
    brought, _ = at_the_kiosk(world, place)
    assert (brought.stored, brought.edition, brought.total) == (0, first + 1, 1)
    assert world.content.bundle.office.phone.startswith("073-")
    assert world.lobby.counts() == before
    held = [*RecordRow.objects.values_list("pk", flat=True)]

    call_command("import_stick", str(place.folder))
    call_command("import_stick", str(place.folder))
    assert at_the_kiosk(world, place)[0].stored == 0
    again = Import(world, Hands().clock(), place)
    while not again.step().finished:
        pass
    assert again.progress == Brought(finished=True)
    assert (world.lobby.counts(), [*RecordRow.objects.values_list("pk", flat=True)]) == (before, held)


def server_time(place):
    """When the server wrote its answer."""
    [path] = place.folder.rglob("lobby.told")
    answer = protocol.read_answer(path.read_bytes(), server_keys().receipts.public)
    return dt.datetime.fromtimestamp(answer.server_ms / 1000, dt.UTC)


def test_an_old_stick_does_not_pass_for_a_kiosk_that_is_alive(world, server, place):
    """The fleet page takes a stick's word on a kiosk once: read again a week later it says nothing new."""
    rate(world, 5)
    at_the_kiosk(world, place)
    take(place.folder, now=server.now)
    give(place.folder, now=server.now)
    kiosk = Kiosk.objects.get(kiosk_id=world.identity.kiosk.hex())
    assert (kiosk.seen_at, kiosk.captured, kiosk.clock_ahead_ms) == (server.now, 6, None)
    later = server.now + dt.timedelta(days=7)
    assert give(place.folder, now=later).answers == 1
    kiosk.refresh_from_db()
    assert kiosk.seen_at == server.now


def test_what_an_office_allows_for_a_thin_line_is_no_limit_for_a_stick(world, server, place, monkeypatch):
    """The kiosk packs a stick's files as large as they may be, and cannot be asked to send smaller ones."""
    from django.conf import settings

    rate(world, 1000)
    at_the_kiosk(world, place)
    monkeypatch.setattr(settings, "SALA_ENVELOPE_BYTES_MAX", 2000)
    assert take(place.folder, now=server.now).refused == []
    assert RecordRow.objects.count() == 1001


def test_questions_on_a_stick_stand_in_no_line(server, place):
    """Four kiosks of which much is lacking ask on one stick: all are answered, none is sent away for a while."""
    for number in range(4):
        kiosk = FakeKiosk.enrolled(server, series="BCDE"[number], seed=number)
        local = protocol.Local("lobby", Head(b"%016d" % number, 10_000, b"h" * 32), Head.empty(b"%016d" % number), b"")
        ask = protocol.Push(kiosk.me, [local], lambda _log, _seq: None).ask(bytes(16), 0, kiosk.health())
        folder = place.folder / "sala" / kiosk.me.kiosk.hex()
        folder.mkdir(parents=True)
        (folder / "lobby.ask").write_bytes(ask)
    told = give(place.folder, now=server.now)
    assert (told.answers, told.failed) == (4, [])


def test_a_revoked_kiosk_is_told_so_on_the_stick(world, server, place):
    """Staff at the kiosk hear it where it stands."""
    rate(world, 1)
    at_the_kiosk(world, place)
    kiosk = Kiosk.objects.get(kiosk_id=world.identity.kiosk.hex())
    revoke(program(server.office), kiosk, "หาย", now=server.now)
    take(place.folder, now=server.now)
    give(place.folder, now=server.now)
    brought, _ = at_the_kiosk(world, place)
    assert (brought.faults, contact.read(world.store).revoked) == (("revoked",), True)


def test_a_stick_prepared_at_the_server_brings_content_without_being_asked(world, server, place):
    """A stick that no kiosk wrote on yet; a place that is none is said to be none."""
    call_command("export_stick", str(place.folder))
    assert at_the_kiosk(world, place)[0].edition == content_queries.current_edition()
    with pytest.raises(CommandError) as ended:
        call_command("export_stick", str(place.folder / "missing"))
    assert ended.value.returncode == 2
    with pytest.raises(NoStick):
        give(place.folder / "missing", now=server.now)


def test_the_key_lists_lie_on_the_stick_as_the_line_gives_them(server, client, place):
    """A kiosk without a line walks from list to list by the same bytes."""
    give(place.folder, now=server.now)
    chain = (place.folder / "sala" / layout.KEYS).read_bytes()
    assert chain == server_keys().chain == client.get("/sync/keys").content


def test_keys_that_rolled_meanwhile_are_learnt_from_the_stick(world, server, place):
    """The question went out under the old keys; the answer, the edition and the next envelopes are under the new."""
    rate(world, 3)
    at_the_kiosk(world, place)
    root = keys.parse((server.data / "root.key").read_text("ascii"))
    server_key_files.roll(["receipts", "bundle", "sealing"], [root], now_ms=1_795_580_000_000)
    publish(server)
    call_command("import_stick", str(place.folder))
    brought, _ = at_the_kiosk(world, place)
    assert (brought.stored, brought.edition, brought.faults) == (4, content_queries.current_edition(), ())
    rate(world, 1)
    at_the_kiosk(world, place)
    assert take(place.folder, now=server.now).refused == []
    assert world.trust.number == 2
    assert {path.name for path in (server.data / "keys" / "rolled").iterdir()} >= {"0002-sealing.key"}


def test_pieces_that_no_edition_names_leave_the_stick_and_nothing_else_does(published, server, place):
    """What an older edition had goes once the new one lies there whole; what a person keeps on the stick stays."""
    own = place.folder / "holiday.jpg"
    own.write_bytes(b"mine")
    give(place.folder, now=server.now)
    kept = place.folder / "sala" / "content" / "note.txt"
    kept.write_bytes(b"mine too")
    before = set(place.folder.rglob("*.piece"))
    publish(server)
    give(place.folder, now=server.now)
    after = set(place.folder.rglob("*.piece"))
    assert (len(before - after), len(after - before)) == (1, 1)
    assert (own.read_bytes(), kept.read_bytes()) == (b"mine", b"mine too")


def test_a_piece_that_rotted_is_written_anew_and_whole_ones_are_not(published, server, place):
    """A second export writes only what is lacking."""
    give(place.folder, now=server.now)
    pieces = sorted(place.folder.rglob("*.piece"))
    times = {path: path.stat().st_mtime_ns for path in pieces}
    good = pieces[0].read_bytes()
    pieces[0].write_bytes(good[:-1])
    assert give(place.folder, now=server.now).failed == []
    assert pieces[0].read_bytes() == good
    assert {path for path in pieces if path.stat().st_mtime_ns != times[path]} == {pieces[0]}


def test_pulled_out_at_every_call_while_the_server_writes(world, server, tmp_path, monkeypatch):
    """Whatever was being written: what has a name is whole, and plugged in again the server goes on (G-22)."""
    whole = set()
    for at in range(1, 2000):
        place = Stick(tmp_path / f"stick-{at}", 10**9)
        place.folder.mkdir()
        asked(world, place)
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, place.folder, at=at)
            try:
                told = give(place.folder, now=server.now)
            except NoStick:
                told = None
        if not pulled.gone:
            break
        assert told is None or told.failed, at
        for path in place.folder.rglob("*"):
            if path.suffix in (".told", ".piece", ".manifest"):
                whole.add(path.suffix)
                assert_whole(path)
        # What lies there now does no harm to the kiosk, and the next try completes it.
        shown = Editions(tmp_path / f"shown-{at}", server_keys().bundle.public, world.identity.office)
        bring(dataclasses.replace(world, content=shown), place)
        assert shown.edition in (0, content_queries.current_edition())
        assert give(place.folder, now=server.now).failed == []
        bring(dataclasses.replace(world, content=shown), place)
        assert shown.edition == content_queries.current_edition()
    assert not pulled.gone
    assert at > 40
    assert whole == {".told", ".piece", ".manifest"}


def asked(world, place):
    """The kiosk's questions lie on the stick, and nothing else."""
    export = Export(world, Hands().clock().now(), place)
    while not export.step().finished:
        pass


def bring(world, place):
    """A whole import at the kiosk."""
    work = Import(world, Hands().clock(), place)
    while not work.step().finished:
        pass
    return work.progress


def assert_whole(path):
    """What has the name of a finished file is what the server signed."""
    data, own = path.read_bytes(), server_keys()
    if path.suffix == ".told":
        protocol.read_answer(data, own.receipts.public)
    elif path.suffix == ".piece":
        assert layout.piece_name(content_queries.content.piece_hash(data)) == path.name
    else:
        assert data == content_queries.current_manifest()


def test_pulled_out_at_every_call_while_the_server_reads(world, server, tmp_path, monkeypatch):
    """Each file was taken whole or not at all; plugged in again, the rest is taken and nothing twice (G-22)."""
    from kiosk.desk import stick as at_kiosk

    monkeypatch.setattr(at_kiosk.batch, "COUNT_MAX", 5)
    rate(world, 19)
    place = Stick(tmp_path / "stick", 10**9)
    place.folder.mkdir()
    asked(world, place)
    counts = []
    for at in range(1, 500):
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, place.folder, at=at)
            try:
                told = take(place.folder, now=server.now)
            except NoStick:
                told = None
        assert told is None or told.refused or not pulled.gone
        counts.append(RecordRow.objects.count())
        if not pulled.gone:
            break
    assert counts == sorted(counts)
    assert {0, 5, 10, 15, 20} == set(counts)


def test_a_full_stick_is_told_and_a_second_one_takes_it(world, server, tmp_path):
    """No room: named, nothing half, and what was taken in before stays taken."""
    from tests.small_disk import small_disk

    with small_disk(tmp_path / "mounted", 24) as folder:
        place = Stick(folder, 0)
        asked(world, place)
        told = give(folder, now=server.now)
        assert (told.answers, told.edition) == (1, 0)
        assert [reason for _, reason in told.failed] == [os.strerror(errno.ENOSPC)]
        for path in folder.rglob("*.piece"):
            assert_whole(path)
        with pytest.raises(CommandError) as ended:
            call_command("import_stick", str(folder))
        assert ended.value.returncode == 1
        assert RecordRow.objects.count() == 1


TRAPS = [
    os.mkfifo,
    lambda path: path.symlink_to("/etc/passwd"),
    lambda path: path.symlink_to(path),
    lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.write_bytes(b"?"),
]


@pytest.mark.parametrize("make", TRAPS, ids=["pipe", "link", "loop", "endless", "junk"])
def test_traps_in_place_of_questions_answers_and_content_do_nothing(world, server, place, make):
    """Nothing is followed or waited for, and each name that the server writes is its own file afterwards (G-23)."""
    mine = place.folder / "sala" / world.identity.kiosk.hex()
    content = place.folder / "sala" / "content"
    mine.mkdir(parents=True)
    content.mkdir()
    asked(world, place)
    make(mine / "confidential.ask")
    for path in (mine / "lobby.told", mine / "lobby.told.new", content / layout.MANIFEST):
        make(path)
    make(content / (layout.MANIFEST + ".new"))
    before = Path("/etc/passwd").read_bytes()
    told = give(place.folder, now=server.now)
    assert (told.answers, told.edition) == (1, content_queries.current_edition())
    assert [name.rpartition("/")[2] for name, _ in told.failed] == ["confidential.ask"]
    for path in (mine / "lobby.told", content / layout.MANIFEST):
        assert path.is_file()
        assert not path.is_symlink()
        assert_whole(path)
    assert Path("/etc/passwd").read_bytes() == before


@pytest.mark.parametrize("name", ["sala", "sala/content", "sala/kiosk"])
def test_a_link_in_place_of_a_folder_leads_nowhere(world, server, place, tmp_path, name):
    """Nothing is written outside the stick."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lobby.ask").write_bytes(b"?")
    link = place.folder / name.replace("kiosk", world.identity.kiosk.hex())
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    (elsewhere / layout.MANIFEST).write_bytes(b"?")
    told = give(place.folder, now=server.now)
    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == {
        "lobby.ask": b"?", layout.MANIFEST: b"?"
    }  # fmt: skip
    assert bool(told.failed) == (name != "sala/kiosk")


def test_another_kiosk_cannot_have_its_question_answered_here(world, server, place):
    """A question in the folder of another kiosk gets no answer there, and junk gets none at all."""
    asked(world, place)
    mine = place.folder / "sala" / world.identity.kiosk.hex()
    theirs = mine.with_name("f" * 32)
    mine.rename(theirs)
    told = give(place.folder, now=server.now)
    assert (told.answers, list(theirs.glob("*.told"))) == (0, [])
    (theirs / "lobby.ask").write_bytes(b"SALN" + bytes(200))
    assert give(place.folder, now=server.now).answers == 0


def test_a_stick_of_ten_thousand_junk_files_ends_soon(world, server, place):
    """1 MiB each, in the folders of a hundred kiosks; 4 GiB ones between them: 10 s, 64 MiB, no record (G-23)."""
    asked(world, place)
    mine = place.folder / "sala" / world.identity.kiosk.hex()
    log, me = world.lobby.head.log, world.identity
    spoilt = bytearray(
        envelope.seal(
            os.urandom(1_000_000), office=me.office, kiosk=me.kiosk, log=log, first_seq=2, count=1, prev=b"p" * 32,
            last_hash=b"h" * 32, nonce=b"n" * 16, to=me.sealing_key, by=me.key,
        )
    )  # fmt: skip
    spoilt[-1] ^= 1
    source = place.folder / "source"
    source.write_bytes(spoilt)
    for number in range(100):
        folder = mine if number == 0 else mine.with_name(f"{number:032x}")
        folder.mkdir(exist_ok=True)
        for seq in range(2, 103):
            path = folder / layout.file_name(log, seq, seq)
            if seq % 10 == 0:
                path.touch()
                os.truncate(path, 4 * 1024**3)
            else:
                path.hardlink_to(source)
        (folder / "AUX").mkdir()
    started, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = take(place.folder, now=server.now)
    given = give(place.folder, now=server.now)
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 64 * 1024
    assert (told.records, given.answers) == (1, 1)
    # In its own folder a hundred are tried behind the good one; strangers' folders are named and not read.
    assert len(told.refused) == 99 + REFUSED_MAX + 1
    assert [reason for _, reason in told.refused].count("unknown_kiosk") == 99


def test_a_file_of_just_the_size_is_read_and_one_more_byte_is_not(tmp_path):
    """The cap is exact."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert plugged.read(path, 100) == b"x" * 100
    with pytest.raises(OSError, match="at most 99"):
        plugged.read(path, 99)


def files_of_the_database(source, target):
    """Put the database that lies in one folder in place of the one in the other."""
    connections.close_all()
    for path in target.glob("sala.sqlite3*"):
        path.unlink()
    for path in source.glob("sala.sqlite3*"):
        shutil.copy(path, target)


def test_a_fork_beside_a_restored_server_comes_together_by_stick(world, server, place, tmp_path):
    """The server came back from before the place where a copy of the kiosk parted, and the copy brought its branch
    first: by the second walk the server holds both, and the kiosk knows it.
    """
    rate(world, 5)
    copied, other = tmp_path / "copied", Stick(tmp_path / "other", 10**9)
    other.folder.mkdir()
    world.store.checkpoint()
    shutil.copytree(tmp_path / "kiosk", copied)
    rate(world, 5)
    at_the_kiosk(world, place)
    (tmp_path / "before").mkdir()
    files_of_the_database(server.data, tmp_path / "before")
    call_command("import_stick", str(place.folder))
    assert at_the_kiosk(world, place)[0].stored == 11
    files_of_the_database(tmp_path / "before", server.data)
    records.restored(server.office, "restored in a test", now=server.now, epoch=os.urandom(16))

    copy = make_world(copied, identity=world.identity, edition=0)
    rate(copy, 8)
    at_the_kiosk(copy, other)
    call_command("import_stick", str(other.folder))
    copy.store.close()
    rate(world, 3)
    refused = []
    for _ in range(3):
        at_the_kiosk(world, place)
        refused.append(len(take(place.folder, now=server.now).refused))
        give(place.folder, now=server.now)
    brought, written = at_the_kiosk(world, place)
    assert (world.lobby.counts().waiting, written.total, brought.faults) == (0, 0, ())
    assert refused == [1, 0, 0]
    held = {bytes(hash_) for hash_ in RecordRow.objects.values_list("hash", flat=True)}
    mine = [record for view in world.lobby.logs() for record in world.lobby.after(0, log=view.log)]
    assert {header_hash(record.header) for record in mine} <= held
