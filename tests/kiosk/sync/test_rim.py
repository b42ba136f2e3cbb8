"""The rim against a server in memory: what breaks, comes again, and never counts twice."""

import contextlib
import random
import shutil

import apsw
import pytest

from kiosk.desk import confidential, contact, health, queue, ratings
from kiosk.desk.complaints import Draft, file
from kiosk.sync.line import NotTheServer, Reply, TooMuch, Unreachable
from kiosk.sync.rim import converse
from shared import envelope, kinds, protocol
from shared.envelope import Label, sign
from shared.keys import SigningKey
from shared.protocol import Intake, KnownKiosk, Reason, ServerSelf
from tests.kiosk.sync.memory_server import MemoryServer, lost
from tests.kiosk.worlds import ANSWER_KEY, KIOSK_ID, KIOSK_KEY, OFFICE_ID, Hands, make_world


@pytest.fixture
def hands():
    """Time that moves when told."""
    return Hands()


@pytest.fixture
def clock(hands):
    """The kiosk's clock."""
    return hands.clock()


@pytest.fixture
def world(tmp_path):
    """A kiosk."""
    made = make_world(tmp_path / "kiosk")
    yield made
    made.store.close()


@pytest.fixture
def server():
    """Its server."""
    return MemoryServer()


def touch(world, clock, times):
    """That many ratings."""
    for _ in range(times):
        ratings.rate(world, clock.now(), 5)


def test_everything_arrives_once_and_counts_move_with_receipts(world, clock, server):
    """What was recorded is held by the server, byte for byte, and an idle conversation is one small round trip."""
    queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
    file(world, clock.now(), Draft("lamp", "ไฟดับ"), "th")
    touch(world, clock, 3)
    told = converse(world, clock, server)
    assert told.records == 6
    [[held]] = server.logs.values()
    assert held.records == list(world.lobby.after(0))
    counts = world.lobby.counts()
    assert (counts.captured, counts.stored, counts.waiting) == (6, 6, 0)

    server.requests.clear()
    server.answers.clear()
    assert converse(world, clock, server).records == 0
    assert len(server.requests) == 1
    assert server.requests[0][1] + server.answers[0] <= 1024


def test_each_answer_is_verified_once(world, clock, server, monkeypatch):
    """A verification is the dearest part of an answer: what was verified is handed on, not read again."""
    touch(world, clock, 4)
    verified, verify = [], envelope.verify_note

    def counting(note, key):
        if note.label is Label.ANSWER:
            verified.append(note)
        return verify(note, key)

    monkeypatch.setattr(envelope, "verify_note", counting)
    converse(world, clock, server)
    assert len(server.answers) == 2
    assert len(verified) == 2


def test_a_lost_answer_is_one_copy(world, clock, server):
    """The answer is lost after the server committed; sent again, there is one copy and one count."""
    touch(world, clock, 4)
    server.weather = lost("push")
    with pytest.raises(Unreachable):
        converse(world, clock, server)
    assert world.lobby.counts().stored == 0
    assert server.count() == 5
    converse(world, clock, server)
    assert server.count() == 5
    assert world.lobby.counts().waiting == 0


def test_a_server_from_an_older_backup_is_sent_everything_again(world, clock, server):
    """After a restore the server gets what it lost, and the restore is remembered for staff."""
    touch(world, clock, 2)
    converse(world, clock, server)
    backup = server.snapshot()
    touch(world, clock, 10)
    converse(world, clock, server)
    server.restore(backup)
    told = converse(world, clock, server)
    assert told.records == 10
    assert server.count() == 13
    heard = contact.read(world.store)
    assert heard.restored_ms > 0
    assert heard.epoch == server.epoch
    assert world.lobby.counts().waiting == 0


def test_a_restored_kiosk_goes_on_in_a_new_log_and_loses_nothing(tmp_path, clock, server):
    """A kiosk that came back from an older image opens a log citing the old one; records of both arrive."""
    folder, image = tmp_path / "kiosk", tmp_path / "image"
    world = make_world(folder)
    touch(world, clock, 2)
    converse(world, clock, server)
    world.store.close()
    shutil.copytree(folder, image)

    world = make_world(folder)
    touch(world, clock, 5)
    converse(world, clock, server)
    world.store.close()
    assert server.count() == 8

    world = make_world(image)
    old = world.lobby.head.log
    touch(world, clock, 7)
    first = converse(world, clock, server)
    assert first.again
    assert world.lobby.head.log != old
    opened = next(iter(world.lobby.after(0)))
    body = kinds.decode(opened.header.kind, opened.header.schema, opened.body)
    assert (body.reason, body.parent_log, body.parent_seq) == ("forked", old, 10)
    touch(world, clock, 1)
    converse(world, clock, server)
    assert server.count() == 8 + 7 + 2
    assert world.lobby.counts().waiting == 0
    assert contact.read(world.store).new_log_reason == "forked"
    # Numbers given by the other branch are not known here, so the next ones are far above.
    assert queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th").number > 100
    converse(world, clock, server)
    logs = len(world.lobby.logs())
    converse(world, clock, server)
    assert len(world.lobby.logs()) == logs
    world.store.close()


def test_a_kiosk_behind_the_server_opens_a_new_log(tmp_path, clock, server):
    """Restored with nothing new, the kiosk learns from the position that the server knows more than its disk."""
    folder, image = tmp_path / "kiosk", tmp_path / "image"
    world = make_world(folder)
    touch(world, clock, 2)
    converse(world, clock, server)
    world.store.close()
    shutil.copytree(folder, image)
    world = make_world(folder)
    touch(world, clock, 5)
    converse(world, clock, server)
    world.store.close()

    world = make_world(image)
    converse(world, clock, server)
    assert contact.read(world.store).new_log_reason == "restored"
    touch(world, clock, 1)
    converse(world, clock, server)
    assert server.count() == 8 + 2
    assert world.lobby.counts().waiting == 0
    world.store.close()


def test_a_gap_is_asked_about_and_filled(world, clock, server):
    """Where the server lost its place between position and push, the kiosk asks again and sends from there."""
    touch(world, clock, 3)
    converse(world, clock, server)
    touch(world, clock, 3)

    def weather(path, genuine):
        if path.endswith("push") and server.logs:
            server.logs.clear()
        return genuine()

    server.weather = weather
    converse(world, clock, server)
    assert server.count() == 7


@pytest.mark.parametrize("told", [True, False])
def test_batches_halve_until_the_server_takes_them(world, clock, server, told):
    """A limit in the signed position is kept before anything is sent; one met only as a signed too_large halves the
    batch. Everything arrives in the end (F-B3).
    """
    for n in range(12):
        text = random.Random(n).randbytes(900).hex()
        case = kinds.CaseFiled("2026-03-16", bytes(16), bytes(32), "lamp", text, "", "", "", "th")
        with world.store.transaction() as tx:
            world.lobby.append(tx, case, at=clock.now().at, edition=1)
    server.envelope_bytes_max = 4 * 1024
    server.told_bytes_max = None if told else 1024 * 1024
    converse(world, clock, server)
    assert server.count() == 13
    sizes = [size for path, size in server.requests if path.endswith("push")]
    assert max(sizes[-2:]) <= 4 * 1024
    assert (max(sizes) <= 4 * 1024) is told


def test_a_small_byte_limit_makes_small_batches(world, clock, server):
    """`batch_bytes_max` bounds what one envelope carries."""
    touch(world, clock, 50)
    converse(world, clock, server, batch_bytes_max=2000)
    assert server.count() == 51
    assert sum(path.endswith("push") for path, _ in server.requests) > 3


def test_busy_changes_nothing(world, clock, server):
    """A signed busy is told with its wish, and nothing moves."""
    touch(world, clock, 3)
    intake = Intake(ServerSelf(OFFICE_ID, ANSWER_KEY, {}))
    bodies = []
    post = server.post

    def busy(path, body):
        bodies.append(body)
        if path.endswith("push"):
            return Reply(
                503, intake.refuse(body, Reason.BUSY, epoch=server.epoch, server_ms=server.server_ms, retry_after_s=7)
            )
        return post(path, body)

    server.post = busy
    told = converse(world, clock, server)
    assert (told.refused.reason, told.refused.retry_after_s) == (Reason.BUSY, 7)
    assert world.lobby.counts().stored == 0


def test_a_server_whose_database_is_away_ends_no_epoch(world, clock, server):
    """Its refusal names no epoch, since it knows none; the kiosk stays in the one it heard of, for sticks too."""
    converse(world, clock, server)
    away = Intake(ServerSelf(bytes(16), ANSWER_KEY, {}))
    server.post = lambda _path, body: Reply(503, away.refuse(body, Reason.BUSY, epoch=bytes(16), server_ms=1))
    assert converse(world, clock, server).refused.reason is Reason.BUSY
    assert contact.read(world.store).epoch == server.epoch


def test_a_refused_kiosk_keeps_everything(world, clock, server):
    """Unknown to the server: told so, nothing stored, nothing lost."""
    server.kiosks = {}
    touch(world, clock, 2)
    told = converse(world, clock, server)
    assert told.refused.reason.value == "unknown_kiosk"
    assert world.lobby.counts().waiting == 3


def test_a_revoked_kiosk_sends_on_and_takes_no_complaints(world, clock, server):
    """Shut out, it hears so, gives away what it has (kept there, counted by nobody), closes both doors of complaint
    and keeps its queue; let in again, all is as before.
    """
    moment = clock.now()
    server.kiosks = {KIOSK_ID: KnownKiosk(KIOSK_ID, KIOSK_KEY.public, revoked=True)}
    touch(world, clock, 2)
    assert converse(world, clock, server).refused is None
    assert (world.lobby.counts().waiting, server.count(), server.levels) == (0, 3, ["quarantined"])
    assert "revoked" in health.health(world, moment, health.Link("ok")).problems
    draft = Draft(category="street_light", text="ไฟดับ", village="m1")
    with pytest.raises(contact.ShutOut):
        file(world, moment, draft, "th")
    assert confidential.routes(world) == []
    touch(world, clock, 1)
    server.kiosks = {KIOSK_ID: KnownKiosk(KIOSK_ID, KIOSK_KEY.public, revoked=False)}
    converse(world, clock, server)
    assert server.levels == ["quarantined", "stored"]
    assert "revoked" not in health.health(world, moment, health.Link("ok")).problems
    assert file(world, moment, draft, "th").code


HTML = b"<html><body>Sign in to the guest network</body></html>"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(302, b""), NotTheServer),
        (Reply(511, HTML), NotTheServer),
        (Reply(200, HTML), NotTheServer),
        (Reply(204, b""), Unreachable),
        (Reply(200, b""), Unreachable),
        (Reply(404, HTML), NotTheServer),
        (Reply(413, HTML), TooMuch),
        (Reply(429, b"", 30), Unreachable),
        (Reply(500, HTML), Unreachable),
        (Reply(502, HTML), Unreachable),
        (Reply(503, b"", 120), Unreachable),
    ],
)
@pytest.mark.parametrize("where", ["position", "push"])
def test_what_is_not_signed_moves_no_count(world, clock, server, reply, error, where):
    """Whatever a portal, proxy or broken server says: no receipt, no count; the next contact succeeds."""
    touch(world, clock, 2)
    server.weather = lambda path, genuine: reply if path.endswith(where) else genuine()
    with pytest.raises(Unreachable) as raised:
        converse(world, clock, server)
    assert type(raised.value) is error
    assert raised.value.retry_after_s == reply.retry_after_s
    assert world.lobby.counts().stored == 0
    assert all(kept.seq == 0 for kept in world.lobby.receipts(world.lobby.head.log))
    server.weather = lambda _path, genuine: genuine()
    converse(world, clock, server)
    assert world.lobby.counts().waiting == 0


def test_another_servers_signature_is_not_believed(world, clock, server):
    """An answer signed by another key, or the answer to another question, changes nothing."""
    touch(world, clock, 2)
    genuine_post = server.post
    old = []

    def forged(path, body):
        reply = genuine_post(path, body)
        note = protocol.read_answer(reply.body, ANSWER_KEY.public)
        old.append(reply)
        return Reply(200, sign(Label.ANSWER, protocol.wire.encode(note), SigningKey(b"X" * 32)))

    server.post = forged
    with pytest.raises(NotTheServer):
        converse(world, clock, server)
    server.post = lambda _path, _body: old[0]
    with pytest.raises(NotTheServer):
        converse(world, clock, server)
    assert world.lobby.counts().stored == 0
    assert clock.signed_ms is None


def test_a_damaged_record_stops_nobody(tmp_path, clock, server):
    """Records behind a damaged one arrive in a new log, with what lies before it in the old one."""
    world = make_world(tmp_path)
    touch(world, clock, 59)
    log = world.lobby.head.log
    world.store.close()
    with contextlib.closing(apsw.Connection(str(tmp_path / "store.sala"))) as db:
        db.execute("UPDATE record SET data = zeroblob(90) WHERE place & 0xffff = 5")
    world = make_world(tmp_path)
    converse(world, clock, server)
    converse(world, clock, server)
    assert world.lobby.head.log != log
    assert len(server.logs[log][0].records) == 4
    ratings_held = [r for [held] in server.logs.values() for r in held.records if r.header.kind == "rating.given"]
    assert len(ratings_held) == 58
    assert world.lobby.counts().waiting == 0
    world.store.close()


def spoil(folder, *seqs, ordinal=1):
    """Records of the lobby's log number `ordinal` that do not open any more; the store is closed."""
    with contextlib.closing(apsw.Connection(str(folder / "store.sala"))) as db:
        for seq in seqs:
            db.execute("UPDATE record SET data = zeroblob(90) WHERE place = ?", ((ordinal << 40) + seq,))


def test_what_lies_behind_damage_does_not_wait_for_a_touch(tmp_path, clock, server):
    """The log that is written to is damaged and nobody comes: the next contact opens a new one by itself."""
    world = make_world(tmp_path)
    touch(world, clock, 5)
    converse(world, clock, server)
    touch(world, clock, 4)
    world.store.close()
    spoil(tmp_path, 7)
    world = make_world(tmp_path)
    converse(world, clock, server)
    converse(world, clock, server)
    held = [r for [line] in server.logs.values() for r in line.records if r.header.kind == "rating.given"]
    assert len(held) == 8
    assert world.lobby.counts().waiting == 0
    world.store.close()


@pytest.mark.parametrize("spoilt", [(6,), (1, 6), (1,), (2, 3, 6), (1, 2, 3, 4, 5, 6)])
@pytest.mark.parametrize("kept", [6, 3, 0])
def test_damage_in_an_old_log_holds_up_no_other(tmp_path, clock, server, spoilt, kept):
    """A log was left behind; some of its records rot, and the server comes back from a backup that holds `kept` of
    them. Whatever it asks about, the log that goes on arrives, and so does each record that can be read or is held.
    """
    world = make_world(tmp_path)
    touch(world, clock, 5)
    old = world.lobby.head.log
    converse(world, clock, server)
    with world.store.transaction() as tx:
        world.lobby.open_new(tx, "copied", at=clock.now().at, edition=1)
    touch(world, clock, 2)
    world.store.close()
    spoil(tmp_path, *spoilt)
    line = server.logs[old][0]
    del line.records[kept:], line.hashes[kept:]
    server.epoch = b"epoch-2 of tests"
    world = make_world(tmp_path)
    for _ in range(3):
        converse(world, clock, server)
    held = [r for [each] in server.logs.values() for r in each.records if r.header.kind == "rating.given"]
    there = set(range(2, 7)) - (set(spoilt) - set(range(1, kept + 1)))
    assert len(held) == len(there) + 2
    assert world.lobby.counts().waiting == 0
    world.store.close()


def test_the_end_of_an_old_log_may_be_gone(tmp_path, clock, server):
    """Rows that a bad page took with it are damage like any other: what is left arrives, the log that goes on too."""
    world = make_world(tmp_path)
    touch(world, clock, 5)
    old = world.lobby.head.log
    with world.store.transaction() as tx:
        world.lobby.open_new(tx, "copied", at=clock.now().at, edition=1)
    touch(world, clock, 2)
    world.store.close()
    with contextlib.closing(apsw.Connection(str(tmp_path / "store.sala"))) as db:
        db.execute("DELETE FROM record WHERE place BETWEEN ? AND ?", ((1 << 40) + 5, (1 << 40) + 6))
    world = make_world(tmp_path)
    converse(world, clock, server)
    converse(world, clock, server)
    assert [len(line.records) for [line] in server.logs.values()] == [4, 3]
    view = world.lobby.logs()[0]
    assert (view.log, view.damaged_seq, world.lobby.counts().waiting) == (old, 5, 0)
    world.store.close()


def test_what_a_server_may_hold_already_is_not_appended_again(tmp_path, clock, server):
    """A receipt is lost, a record before it rots, and the server is too busy to say how far it stands: what lies behind
    the damage waits for a server that says so.
    """
    world = make_world(tmp_path)
    touch(world, clock, 9)
    server.weather = lost("push")
    with pytest.raises(Unreachable):
        converse(world, clock, server)
    world.store.close()
    spoil(tmp_path, 5)
    world = make_world(tmp_path)
    intake, post = Intake(ServerSelf(OFFICE_ID, ANSWER_KEY, {})), server.post

    def busy(_path, body):
        return Reply(503, intake.refuse(body, Reason.BUSY, epoch=server.epoch, server_ms=server.server_ms))

    server.post = busy
    assert converse(world, clock, server).refused.reason is Reason.BUSY
    server.post, server.weather = post, MemoryServer().weather
    for _ in range(2):
        converse(world, clock, server)
    held = [r.header.commitment for lines in server.logs.values() for line in lines for r in line.records]
    assert len(held) == len(set(held)) == 10
    assert world.lobby.counts().waiting == 0
    world.store.close()


def test_a_receipt_for_what_cannot_be_read_again_is_forgotten(tmp_path, clock, server):
    """The server came back with another branch and wants all of ours, whose first record rotted behind its receipt."""
    world = make_world(tmp_path)
    touch(world, clock, 5)
    converse(world, clock, server)
    old = world.lobby.head.log
    world.store.close()
    shutil.copytree(tmp_path, twin_folder := tmp_path.with_name("twin"))
    twin = make_world(twin_folder)
    touch(twin, clock, 1)
    world = make_world(tmp_path)
    touch(world, clock, 2)
    world.store.close()
    spoil(tmp_path, 1)
    del server.logs[old]
    server.epoch = b"epoch-2 of tests"
    converse(twin, clock, server)
    world = make_world(tmp_path)
    for _ in range(3):
        converse(world, clock, server)
    assert world.lobby.counts().waiting == 0
    held = [r for lines in server.logs.values() for each in lines for r in each.records]
    mine = [r for r in held if r.header.log == world.lobby.head.log and r.header.kind == "rating.given"]
    assert len(mine) == 7, "nothing that this kiosk holds is missing"
    twin.store.close()
    world.store.close()


def test_backed_up_is_what_the_server_says_of_its_backups(world, clock, server):
    """`backed_up` moves with a position, not with a receipt."""
    touch(world, clock, 3)
    converse(world, clock, server)
    assert world.lobby.counts().backed_up == 0
    server.backed_up = 3
    converse(world, clock, server)
    assert world.lobby.counts().backed_up == 3


def test_time_is_learned_from_signed_answers(world, hands, server):
    """A kiosk that wakes up in 1970 knows the day after one contact, and remembers it."""
    hands.wall_s = 0
    clock = hands.clock()
    assert not clock.now().trusted
    converse(world, clock, server)
    assert clock.signed_ms == server.server_ms
    assert clock.now().service_date.year == 2026
    assert contact.read(world.store).server_ms > 0


def test_an_idle_conversation_writes_nothing(world, clock, server):
    """Looking again and finding nothing new costs no write to the disk."""
    touch(world, clock, 1)
    converse(world, clock, server)
    pages = world.store.wal_pages
    converse(world, clock, server)
    assert world.store.wal_pages == pages
