"""Back by stick: only fresh, signed answers move a count, only a whole edition comes on screen, whatever lies there."""

import contextlib
import copy
import errno
import os
import resource
import shutil
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from kiosk.desk import confidential, contact, ratings, stick
from kiosk.desk.stick import Export, Stick, StickFailed
from kiosk.desk.stick_import import Brought, Import
from kiosk.desk.trusting import learn
from kiosk.store import DiskFull, Logbook
from kiosk.store.store import NUMBER_JUMP
from kiosk.sync.line import Unreachable
from kiosk.sync.rim import converse
from shared import content, keylist, kinds
from shared import stick as layout
from shared.envelope import read_header
from shared.keys import SigningKey
from shared.records import header_hash
from tests.kiosk.desk.test_confidential import a_draft, an_office_with_routes
from tests.kiosk.desk.test_stick import Pulled, plugged_in, whole_files
from tests.kiosk.sync.memory_server import SERVER_MS, MemoryServer
from tests.kiosk.sync.test_key_rolls import enrolled
from tests.kiosk.worlds import (
    BUNDLE_KEY,
    KIOSK_ID,
    SEALING_KEY,
    Hands,
    a_service,
    make_world,
    pieces_of,
    publish,
    signed_edition,
    some_services,
)
from tests.small_disk import small_disk

NEWS = pieces_of(an_office_with_routes(), [a_service("well", "ขอเจาะบ่อบาดาล", series="general")])


@pytest.fixture
def world(tmp_path):
    """A kiosk with edition 2 on screen and 26 records of both logs waiting."""
    made = make_world(tmp_path / "kiosk")
    publish(made.content, 2, pieces_of(an_office_with_routes(), some_services()))
    for _ in range(23):
        ratings.rate(made, now(), 4)
    confidential.file(made, now(), a_draft(), "th")
    yield made
    made.store.close()


@pytest.fixture
def server():
    """A server with edition 3 to give."""
    made = MemoryServer()
    made.publish(3, NEWS)
    return made


@pytest.fixture
def place(tmp_path):
    """A stick with nothing on it."""
    return plugged_in(tmp_path / "stick")


def now():
    """A moment in the office."""
    return Hands().clock().now()


def carry(world, place):
    """A whole export."""
    export = Export(world, now(), place)
    while not export.step().finished:
        pass
    return export.progress


def serve(server, place):
    """What the server does with a stick: take, answer, write the content."""
    for folder in [path for path in (place.folder / "sala").iterdir() if layout.is_folder(path.name)]:
        for path in sorted(path for path in folder.iterdir() if layout.read_name(path.name)):
            server.post("sync/push", path.read_bytes())
        for path in folder.glob("*.ask"):
            path.with_suffix(".told").write_bytes(server.post("sync/position", path.read_bytes()).body)
    write_content(place, server.manifest, NEWS)


def write_content(place, manifest, pieces):
    """An edition on the stick."""
    folder = place.folder / "sala" / "content"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / layout.MANIFEST).write_bytes(manifest)
    for data in pieces.values():
        (folder / layout.piece_name(content.piece_hash(data))).write_bytes(data)


def bring(world, place, clock=None):
    """A whole import."""
    work = Import(world, clock or Hands().clock(), place)
    while not work.step().finished:
        pass
    return work.progress


def standing(world):
    """Everything an import may change: counts of both logs, the edition, whether a new log was opened."""
    with world.apart.open(now().service_date) as book:
        return world.lobby.counts(), book.counts(), world.content.edition, len(world.lobby.logs()), len(book.logs())


def answer_of(place, book="lobby"):
    """Where the answer about a logbook lies."""
    return place.folder / "sala" / KIOSK_ID.hex() / f"{book}.told"


def test_answers_move_the_counts_and_the_edition_comes_on_screen(world, place, server):
    """Out, to the server, and back: every record is confirmed, the content is the new one, and nothing waits."""
    carry(world, place)
    serve(server, place)
    told = bring(world, place)
    assert (told.stored, told.edition, told.faults, told.done) == (26, 3, (), told.total)
    assert told.heard.timestamp() * 1000 > SERVER_MS
    lobby, apart, edition, *_ = standing(world)
    assert (lobby.waiting, apart.waiting, edition) == (0, 0, 3)
    assert Export(world, now(), place).progress.total == 0


def test_a_second_import_changes_nothing(world, place, server):
    """The same answers heard again are no news, and neither is the edition."""
    carry(world, place)
    serve(server, place)
    bring(world, place)
    before = standing(world)
    assert bring(world, place) == Brought(finished=True)
    assert standing(world) == before


def test_an_old_answer_brings_no_old_server_back(world, tmp_path, server):
    """The server was restored since the first stick was answered, and the second told of it: the first is no news."""
    first, second = plugged_in(tmp_path / "first"), plugged_in(tmp_path / "second")
    empty = server.snapshot()
    carry(world, first)
    carry(world, second)
    serve(server, first)
    server.restore(empty)
    for path in second.folder.rglob("*.ask"):
        path.with_suffix(".told").write_bytes(server.post("sync/position", path.read_bytes()).body)
    assert bring(world, second).heard is not None
    before = standing(world)
    assert before[0].waiting == 24
    assert bring(world, first).heard is None
    assert standing(world)[:2] == before[:2]


def test_a_stick_answered_before_the_line_told_of_a_restore_is_no_news(world, place, server):
    """What the line said later counts, though the question on the stick was never answered until now."""
    clock, empty = Hands().clock(), server.snapshot()
    converse(world, clock, server)
    carry(world, place)
    serve(server, place)
    server.restore(empty)

    def cut(path, genuine):
        if path == "sync/push":
            raise Unreachable("the line was cut")
        return genuine()

    server.weather = cut
    with pytest.raises(Unreachable):
        converse(world, clock, server)
    before = standing(world)
    assert before[0].stored == 0
    assert bring(world, place).heard is None
    assert standing(world)[:2] == before[:2]


def test_a_restored_server_is_told_of_by_stick(world, place, server):
    """An answer from behind a receipt sends everything again on the same stick."""
    empty = server.snapshot()
    converse(world, Hands().clock(), server)
    server.restore(empty)
    carry(world, place)
    serve(server, place)
    bring(world, place)
    assert standing(world)[0].waiting == 24
    assert contact.read(world.store).restored_ms
    carry(world, place)
    serve(server, place)
    bring(world, place)
    assert standing(world)[0].waiting == 0


def test_an_overtaken_answer_restores_no_server(world, place, server):
    """The line came between question and answer: the answer stands behind its receipts, and nobody is told of a backup.
    The restore that a stick does tell of, in `test_a_restored_server_is_told_of_by_stick`, is told.
    """
    carry(world, place)
    serve(server, place)
    ratings.rate(world, now(), 4)
    converse(world, Hands().clock(), server)
    before = standing(world)
    assert bring(world, place).heard is not None
    assert (standing(world)[0], contact.read(world.store).restored_ms) == (before[0], 0)


def test_a_wrong_year_of_the_server_lasts_until_the_next_stick(world, place, server):
    """Nothing was heard since the question was written: its answer is the newest there is, whatever date it has."""
    clock, years_ms = Hands().clock(), 5 * 365 * 24 * 3600 * 1000
    server.server_ms += years_ms
    server.kiosks[KIOSK_ID] = replace(server.kiosks[KIOSK_ID], revoked=True)
    carry(world, place)
    serve(server, place)
    bring(world, place, clock)
    heard = contact.read(world.store)
    assert heard.server_ms > SERVER_MS + years_ms
    assert (heard.revoked, clock.now().trusted) == (True, False)
    server.server_ms -= years_ms
    server.kiosks[KIOSK_ID] = replace(server.kiosks[KIOSK_ID], revoked=False)
    carry(world, place)
    serve(server, place)
    bring(world, place, clock)
    heard = contact.read(world.store)
    assert SERVER_MS < heard.server_ms < SERVER_MS + years_ms
    assert (heard.revoked, clock.now().trusted) == (False, True)


def test_what_the_line_said_since_is_not_taken_back_by_a_stick(world, place, server):
    """The question is older than what was heard: neither the time nor the standing of this kiosk goes back."""
    carry(world, place)
    serve(server, place)
    server.server_ms += 24 * 3600 * 1000
    server.kiosks[KIOSK_ID] = replace(server.kiosks[KIOSK_ID], revoked=True)
    converse(world, Hands().clock(), server)
    before = contact.read(world.store)
    assert bring(world, place).heard is not None
    assert contact.read(world.store) == before
    assert before.revoked


def test_a_fork_heard_by_stick_opens_a_new_log(world, place, server, tmp_path):
    """A copied kiosk that has no line learns of it all the same."""
    copy = tmp_path / "copy"
    world.store.checkpoint()
    shutil.copytree(tmp_path / "kiosk", copy)
    other = make_world(copy)
    ratings.rate(other, now(), 1)
    converse(other, Hands().clock(), server)
    other.store.close()
    ratings.rate(world, now(), 5)
    carry(world, place)
    serve(server, place)
    bring(world, place)
    assert len(world.lobby.logs()) == 2


def resealed(place, server):
    """How many files of the kiosk lie on the stick for each sealing key."""
    found = [read_header(path.read_bytes()).server_key for path in whole_files(place)]
    return found.count(SEALING_KEY.public.id), found.count(server.sealing_key.public.id)


@pytest.mark.parametrize("more", [0, 3])
@pytest.mark.parametrize("count_max", [500, 4])
def test_what_a_lost_key_sealed_is_sealed_again_on_the_same_stick(
    tmp_path, place, server, more, count_max, monkeypatch
):
    """The list that the stick brings names another sealing key: nothing stays there that the server cannot open, under
    the old name or beside it.
    """
    world = make_world(tmp_path / "rolling", identity=enrolled(server))
    for _ in range(8):
        ratings.rate(world, now(), 4)
    carry(world, place)
    before = world.lobby.counts()
    server.roll("sealing", forget_sealing=True)
    serve(server, place)
    assert server.count() == 0
    (place.folder / "sala" / layout.KEYS).write_bytes(keylist.write_chain(server.lists))
    assert bring(world, place).stored == 0
    for _ in range(more):
        ratings.rate(world, now(), 4)
    monkeypatch.setattr(stick.batch, "COUNT_MAX", count_max)
    assert carry(world, place).done == 9 + more
    old, new = resealed(place, server)
    assert (old, new > 0) == (0, True)
    serve(server, place)
    assert bring(world, place).stored == server.count() == before.waiting + more
    world.store.close()


def test_a_file_that_an_earlier_key_sealed_stays_until_it_lies_there_anew(tmp_path, place, server, monkeypatch):
    """Keys roll without being lost, too: pulled out at any call, what the stick held for the server it still holds."""
    world = make_world(tmp_path / "rolling", identity=enrolled(server))
    for _ in range(8):
        ratings.rate(world, now(), 4)
    carry(world, place)
    server.roll("sealing")
    assert learn(world, keylist.write_chain(server.lists))
    ratings.rate(world, now(), 4)
    shutil.copytree(place.folder, tmp_path / "as it was")
    for at in range(1, 500):
        shutil.rmtree(place.folder)
        shutil.copytree(tmp_path / "as it was", place.folder)
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, place.folder, at=at)
            with contextlib.suppress(StickFailed):
                carry(world, place)
        held = copy.deepcopy(server)
        serve(held, place)
        assert held.count() >= 9
        if not pulled.gone:
            break
        carry(world, place)
        assert resealed(place, server) == (0, 1)
    assert (held.count(), resealed(place, server)) == (10, (0, 1))
    world.store.close()


def test_a_fork_beside_a_restored_server_comes_together_by_stick(world, place, server, tmp_path):
    """The server fell behind the place where a copy parted, and the copy came first: no receipt says anything of this
    branch any more, so all of it goes on the next stick.
    """
    clock, copied = Hands().clock(), tmp_path / "copy"
    converse(world, clock, server)
    backup = server.snapshot()
    for _ in range(2):
        ratings.rate(world, now(), 4)
    world.store.checkpoint()
    shutil.copytree(tmp_path / "kiosk", copied)
    for _ in range(2):
        ratings.rate(world, now(), 4)
    converse(world, clock, server)
    server.restore(backup)
    other = make_world(copied)
    for _ in range(5):
        ratings.rate(other, now(), 1)
    converse(other, clock, server)
    other.store.close()
    ratings.rate(world, now(), 5)
    for _ in range(3):
        carry(world, place)
        serve(server, place)
        bring(world, place)
    lobby, apart, *_ = standing(world)
    assert (lobby.waiting, apart.waiting) == (0, 0)
    mine = {header_hash(record.header) for view in world.lobby.logs() for record in world.lobby.after(0, log=view.log)}
    held = {hash_ for branches in server.logs.values() for branch in branches for hash_ in branch.hashes}
    assert mine <= held


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[: len(data) // 2],
        lambda _data: b"<html>please sign in</html>",
        lambda _data: b"",
        lambda data: data * 5000,
    ],
    ids=["flipped", "cut", "page", "empty", "long"],
)
@pytest.mark.parametrize("what", ["answer", "manifest", "piece"])
def test_what_is_damaged_is_told_and_holds_up_nothing_else(world, place, server, what, spoil):
    """An answer, the manifest, a piece is no good: the others are taken, and a good stick mends it."""
    carry(world, place)
    serve(server, place)
    manifest = content_at(place, layout.MANIFEST)
    path = {"answer": answer_of(place), "manifest": manifest, "piece": a_new_piece(place)}[what]
    good = path.read_bytes()
    path.write_bytes(spoil(good))
    told = bring(world, place)
    assert told.faults == ("damaged",)
    assert (told.stored, told.edition) == ((2, 3) if what == "answer" else (26, 0))
    path.write_bytes(good)
    told = bring(world, place)
    assert told.faults == ()
    assert (told.stored, told.edition) == ((24, 0) if what == "answer" else (0, 3))


def content_at(place, name):
    """A file of the content on the stick."""
    return place.folder / "sala" / "content" / name


def a_new_piece(place):
    """A piece that the kiosk has not."""
    [data] = [data for name, data in NEWS.items() if name.startswith("service/")]
    return content_at(place, layout.piece_name(content.piece_hash(data)))


def test_answers_for_others_are_not_believed(world, place, server):
    """Another kiosk's answer, a receipt, another server's: nothing moves."""
    carry(world, place)
    serve(server, place)
    before = standing(world)
    good = answer_of(place).read_bytes()
    apart = answer_of(place, "confidential")
    apart.unlink()
    [path] = [each for each in answer_of(place).parent.iterdir() if each.name.endswith("-0000000024.sala")]
    receipt = server.post("sync/push", path.read_bytes()).body
    shutil.rmtree(place.folder / "sala" / "content")
    apart.write_bytes(good)  # the lobby's answer, where the confidential one should lie
    answer_of(place).write_bytes(receipt)
    bring(world, place)
    assert standing(world) == before


@pytest.mark.parametrize("edition", [1, 2])
def test_content_never_goes_back_and_never_has_two_faces(world, place, edition):
    """An older edition is passed over; another content under the number on screen is refused."""
    pieces = pieces_of(an_office_with_routes(), some_services()[:2])
    (place.folder / "sala").mkdir()
    write_content(place, signed_edition(edition, pieces), pieces)
    told = bring(world, place)
    assert (told.edition, world.content.edition, told.faults) == (0, 2, ("damaged",) if edition == 2 else ())


def test_content_of_another_signer_is_refused(world, place):
    """A bundle that the office did not sign."""
    (place.folder / "sala").mkdir()
    write_content(place, signed_edition(9, NEWS, by=SigningKey(b"q" * 32)), NEWS)
    assert bring(world, place).faults == ("damaged",)
    write_content(place, signed_edition(9, NEWS, office=b"another office..", by=BUNDLE_KEY), NEWS)
    assert bring(world, place).faults == ("damaged",)
    assert world.content.edition == 2


def test_pulled_out_at_every_call_nothing_is_half_done(world, place, server, monkeypatch):
    """Gone at each call that reaches it: the kiosk is as it was, staff are told, and a second try takes it all."""
    carry(world, place)
    serve(server, place)
    before, calls = standing(world), 0
    for at in range(1, 500):
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, place.folder, at=at)
            if pulled_out(world, place):
                assert standing(world) == before
                calls += 1
        if not pulled.gone:
            break
    # Opened, and read to the end: both answers, the manifest, and each piece that was lacking.
    assert calls == at - 1 >= 8
    assert (standing(world)[0].waiting, world.content.edition) == (0, 3)


def pulled_out(world, place):
    """Whether an import ended because the stick was gone."""
    try:
        bring(world, place)
    except StickFailed as failed:
        return failed.why == "gone"
    return False


@pytest.fixture
def damaged(world, tmp_path):
    """The same kiosk with so much in both logs that a spoilt record 5 is not among those that are looked at first."""
    with world.apart.open(now().service_date) as apart:
        for book, times in ((world.lobby, 20), (apart, 43)):
            [last] = list(book.after(book.head.seq - 1))
            body = kinds.decode(last.header.kind, last.header.schema, last.body)
            with book.store.transaction() as tx:
                for _ in range(times):
                    book.append(tx, body, at=last.header.at, edition=2)
    world.store.close()
    for folder in (tmp_path / "kiosk", tmp_path / "kiosk" / "confidential"):
        with contextlib.closing(apsw.Connection(str(folder / "store.sala"))) as db:
            db.execute("UPDATE record SET data = zeroblob(90) WHERE place & 0xffff = 5")
    again = make_world(tmp_path / "kiosk")
    yield again
    again.store.close()


def test_a_damaged_record_strands_none_that_can_be_read(damaged, place, server):
    """Without a line, too: what lies before it goes with the first stick, what lies behind it with the next, of both
    logs; what is told as left out is what cannot come.
    """
    told = carry(damaged, place)
    # Of 44 and 45 records the first four; the others wait in logs that ended.
    assert (told.done, told.total, told.left_out) == (8, 89, 81)
    told = carry(damaged, place)
    # Nothing came back yet: the same again, with the first record of two new logs.
    assert (told.done, told.total, told.left_out) == (10, 10, 79)
    serve(server, place)
    assert server.count() == 10
    bring(damaged, place)
    told = carry(damaged, place)
    assert (told.done, told.total, told.left_out) == (79, 79, 0)
    serve(server, place)
    bring(damaged, place)
    lobby, apart, *_ = standing(damaged)
    assert (lobby.waiting, apart.waiting, server.count()) == (0, 0, 89)


def test_a_disk_that_takes_nothing_keeps_no_records_from_the_stick(damaged, place, server, monkeypatch):
    """Where the log cannot be ended just now, what lies before the damage is carried all the same."""

    def full(*_args):
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Logbook, "mark_damaged", full)
        told = carry(damaged, place)
    assert (told.done, told.total, told.left_out, told.finished) == (8, 89, 81, True)
    assert [len(damaged.lobby.logs()), standing(damaged)[-1]] == [1, 1]
    carry(damaged, place)
    assert [len(damaged.lobby.logs()), standing(damaged)[-1]] == [2, 2]


@pytest.fixture
def hostile(place):
    """Everything a prepared stick may have where the kiosk looks."""
    mine = place.folder / "sala" / KIOSK_ID.hex()
    mine.mkdir(parents=True)
    folder = place.folder / "sala" / "content"
    folder.mkdir()
    for number in range(10_000):
        (mine / f"{'0' * 16}-{number:010d}-{number:010d}.sala").touch()
    for odd in ("AUX", "..sala", "a" * 200, "\u202egnp.sala", "-rf.sala"):
        (mine / odd).write_bytes(b"?")
    deep = folder
    for _ in range(100):
        deep = deep / "d"
        deep.mkdir()
    return mine, folder


def huge(path):
    """4 GiB that take no room."""
    with path.open("wb") as file:
        file.truncate(4 * 1024**3)


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        huge,
        Path.mkdir,
        lambda path: path.symlink_to("/etc/passwd"),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/dev/zero"),
    ],
    ids=["pipe", "huge", "folder", "link", "loop", "endless"],
)
def test_a_prepared_stick_is_passed_over(world, place, hostile, make):
    """Whatever lies where an answer or the content should: ended in 10 s and 64 MiB, nothing changed, export goes on
    (G-23).
    """
    mine, folder = hostile
    for path in (mine / "lobby.told", mine / "confidential.told", folder / layout.MANIFEST):
        make(path)
    # A folder in the way of a new file is the one thing that cannot be put aside.
    traps = [] if make in (huge, Path.mkdir) else ["lobby.ask.new", "confidential.ask.new", "lobby.ask"]
    for name in traps:
        make(mine / name)
    before, started = standing(world), time.monotonic()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert bring(world, place).faults == ("damaged",)
    assert standing(world) == before
    carry(world, place)
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 64 * 1024


def test_pieces_that_are_no_files_are_not_waited_for(world, place, server):
    """A signed manifest beside pipes and links: no edition, and no harm."""
    write_content(place, server.manifest, NEWS)
    path = a_new_piece(place)
    path.unlink()
    os.mkfifo(path)
    assert bring(world, place).faults == ("damaged",)
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert bring(world, place).faults == ("damaged",)
    assert world.content.edition == 2


def test_a_full_kiosk_keeps_its_edition_and_says_so(tmp_path, server, monkeypatch):
    """The kiosk's own disk has no room: the answers are heard, the content stays as it is."""
    with small_disk(tmp_path / "small", 4096) as folder:
        world = make_world(folder / "kiosk")
        place = plugged_in(tmp_path / "stick")
        carry(world, place)
        serve(server, place)
        real = os.fsync

        def full(handle):
            if "content" in str(Path(f"/proc/self/fd/{handle}").readlink()):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(handle)

        monkeypatch.setattr(os, "fsync", full)
        told = bring(world, place)
        monkeypatch.undo()
        assert (told.faults, told.edition, world.content.edition) == (("no_room",), 0, 1)
        assert world.lobby.counts().waiting == 0
        assert bring(world, place).edition == 3
        world.store.close()


def test_the_two_roads_may_meet(world, place, server):
    """While the line brings an edition, the stick brings another: the higher one stays, whole."""
    write_content(place, server.manifest, NEWS)
    work = Import(world, Hands().clock(), place)
    work.step()
    pieces = pieces_of(an_office_with_routes(), some_services()[:2])
    publish(world.content, 4, pieces)
    while not work.step().finished:
        pass
    assert world.content.edition == 4


def test_what_was_asked_long_ago_is_forgotten(world, tmp_path, server):
    """More sticks than anybody carries: the oldest question is no longer open, the newest is."""
    first = plugged_in(tmp_path / "0")
    carry(world, first)
    for number in range(1, 34):
        last = Stick(tmp_path / str(number), 10**9)
        last.folder.mkdir()
        carry(world, last)
    serve(server, first)
    assert bring(world, first).heard is None
    serve(server, last)
    assert bring(world, last).heard is not None


def test_a_server_that_does_not_know_the_kiosk_is_told_of(world, place, server):
    """Restored from before the enrolment: its signed refusal reaches staff at the kiosk, and changes no count."""
    carry(world, place)
    server.kiosks.clear()
    serve(server, place)
    before = standing(world)
    told = bring(world, place)
    assert (told.faults, told.stored, told.edition) == (("refused",), 0, 3)
    assert standing(world)[:2] == before[:2]


def test_what_came_before_it_was_pulled_out_is_not_read_again(world, place):
    """A slow stick and a large edition: each visit brings it further."""
    pieces = pieces_of(
        an_office_with_routes(), [a_service(f"new_{n}", f"บริการใหม่ {n}", series="general") for n in range(3)]
    )
    (place.folder / "sala").mkdir()
    write_content(place, signed_edition(3, pieces), pieces)
    first = Import(world, Hands().clock(), place)
    assert first.step().total == 3
    assert first.step().done == 1
    again = Import(world, Hands().clock(), place)
    assert again.step().total == 2
    while not again.step().finished:
        pass
    assert again.progress.edition == 3


def numbers_skip_until_the_next_stick_is_home(world, server, place):
    """On a day that is still to come, and on the one after it no more."""
    days = [now().service_date + timedelta(days=n) for n in (1, 2)]
    with world.store.transaction() as tx:
        assert tx.next_number(days[0], "A") == NUMBER_JUMP + 1
    carry(world, place)
    serve(server, place)
    bring(world, place)
    with world.store.transaction() as tx:
        assert tx.next_number(days[1], "A") == 1


def test_an_answer_to_a_question_from_before_a_restore_tells_of_no_day_since(world, server, place):
    """The stick was on its way when an older disk came back: ticket numbers skip until a later one is home."""
    carry(world, place)
    serve(server, place)
    with world.store.transaction() as tx:
        world.lobby.open_new(tx, "restored", at=now().at, edition=1)
    bring(world, place)
    numbers_skip_until_the_next_stick_is_home(world, server, place)


def test_the_answer_that_tells_of_a_restore_tells_of_no_day_since(world, server, place, tmp_path):
    """It is as old as the stick: numbers may have been given on the days after it, which the older disk knows nothing
    of.
    """
    carry(world, place)
    world.store.checkpoint()
    shutil.copytree(tmp_path / "kiosk", tmp_path / "image")
    ratings.rate(world, now(), 5)
    converse(world, Hands().clock(), server)
    serve(server, place)
    put_back = make_world(tmp_path / "image")
    ratings.rate(put_back, now(), 1)
    bring(put_back, place)
    assert len(put_back.lobby.logs()) == 2
    numbers_skip_until_the_next_stick_is_home(put_back, server, place)
    put_back.store.close()
