"""A new key for the kiosk itself: whatever is cut, kiosk and server end with one key that both know."""

import dataclasses
import os
import shutil

import pytest

from kiosk import identity
from kiosk.desk import ratings
from kiosk.store import WrongKey, files
from kiosk.sync import rolling
from kiosk.sync.line import Reply, Unreachable
from kiosk.sync.loop import Patience, Sync
from shared import keys, protocol
from shared.errors import SalaError
from shared.keys import SigningKey
from shared.protocol import Intake, KnownKiosk, NotTaken, Reason, ServerSelf
from tests.kiosk.sync.memory_server import MemoryServer, lost
from tests.kiosk.worlds import ANSWER_KEY, KIOSK_ID, KIOSK_KEY, OFFICE_ID, Hands, an_identity, make_world

NEW = SigningKey(b"n" * 32)


@pytest.fixture
def server():
    """A server that knows the kiosk by its first key."""
    return MemoryServer()


@pytest.fixture
def world(tmp_path):
    """A kiosk on the disk, identity and all."""
    made = make_world(tmp_path)
    identity.save(tmp_path, an_identity())
    yield made
    made.store.close()


def turn(world, server):
    """One turn of the loop; how the line then stands."""
    sync = Sync(world, Hands().clock(), server, patience=Patience(300, lambda _low, high: high))
    sync.turn()
    return sync.link.state


def on_disk(world):
    """The key that the next start will find."""
    return identity.load(world.config.data).key.public


def one_key(world, server):
    """The key both sides hold; fails where they differ or anything lies about."""
    assert on_disk(world) == world.trust.me().key.public == server.kiosks[KIOSK_ID].key
    assert not (world.config.data / identity.NEXT_KEY_NAME).exists()
    return on_disk(world)


def test_a_turn_takes_the_new_key_and_sends_under_it(world, server):
    """Laid aside, named to the server, used: records go on, and the next start has the new one."""
    ratings.rate(world, Hands().clock().now(), 5)
    rolling.begin(world.config.data, os.urandom)
    assert turn(world, server) == "ok"
    new = one_key(world, server)
    assert new != KIOSK_KEY.public
    assert world.lobby.counts().waiting == 0
    assert turn(world, server) == "ok"
    assert [path for path, _ in server.requests].count("sync/roll") == 1


def test_a_lost_answer_is_asked_for_again(world, server):
    """The server has the new key, the kiosk does not know: the same wish is answered the same way."""
    rolling.begin(world.config.data, os.urandom)
    server.weather = lost("sync/roll")
    turn(world, server)
    assert server.kiosks[KIOSK_ID].key != on_disk(world)
    assert turn(world, server) == "ok"
    one_key(world, server)


def test_a_line_that_is_down_leaves_the_old_key_in_use(world, server):
    """No answer, a portal, a server that knows no such wish: the kiosk works on and tries with each turn."""
    rolling.begin(world.config.data, os.urandom)
    for reply in (Reply(404, b"not found"), Reply(200, b"<html>"), None):

        def weather(path, genuine, reply=reply):
            if path != "sync/roll":
                return genuine()
            if reply is None:
                raise Unreachable("down")
            return reply

        server.weather = weather
        assert turn(world, server) == "ok"
        assert on_disk(world) == KIOSK_KEY.public
    server.weather = lambda _path, genuine: genuine()
    assert turn(world, server) == "ok"
    one_key(world, server)


def test_why_the_server_does_not_take_the_new_key_is_told(world, server, caplog):
    """A refusal is an answer to this very wish, and its reason stands in the diary."""
    rolling.begin(world.config.data, os.urandom)
    server.kiosks[KIOSK_ID] = dataclasses.replace(server.kiosks[KIOSK_ID], revoked=True)
    assert not rolling.go_on(world, Hands().clock(), server)
    assert "does not take the new key: revoked" in caplog.text
    assert on_disk(world) == KIOSK_KEY.public


def test_beginning_twice_makes_one_key(world):
    """The server may have heard of the first."""
    rolling.begin(world.config.data, os.urandom)
    path = world.config.data / identity.NEXT_KEY_NAME
    first = path.read_bytes()
    rolling.begin(world.config.data, os.urandom)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("call", range(15))
def test_cut_at_any_write_kiosk_and_server_find_one_key(tmp_path, server, monkeypatch, call):
    """The process dies before its n-th call that changes a file; the next start, and one turn, mend everything."""
    folder = tmp_path / "kiosk"
    world = make_world(folder)
    identity.save(folder, an_identity())
    left = [call]

    class Cut(BaseException):
        pass

    def cutting(real):
        def call_(*args, **kwargs):
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return real(*args, **kwargs)

        return call_

    for owner, name in (
        (files, "write_new"), (files, "sync_folder"), (type(folder), "replace"), (type(folder), "unlink"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, cutting(getattr(owner, name)))
    try:
        rolling.begin(folder, os.urandom)
        rolling.go_on(world, Hands().clock(), server)
    except Cut:
        pass
    monkeypatch.undo()
    world.store.close()
    assert identity.load(folder).key.public in (KIOSK_KEY.public, server.kiosks[KIOSK_ID].key)
    again = make_world(folder, identity=identity.load(folder))
    rolling.begin(folder, os.urandom)
    assert turn(again, server) == "ok"
    assert one_key(again, server) != KIOSK_KEY.public
    again.store.close()


def test_a_real_start_takes_up_a_turn_that_was_cut(world, server):
    """identity.json names the new key, which still lies under its other name."""
    folder = world.config.data
    rolling.begin(folder, os.urandom)
    rolling.go_on(world, Hands().clock(), server)
    new = one_key(world, server)
    world.store.close()
    shutil.move(folder / identity.KEY_NAME, folder / identity.NEXT_KEY_NAME)
    (folder / identity.KEY_NAME).write_text(keys.write(KIOSK_KEY))
    assert identity.load(folder).key.public == new
    assert not (folder / identity.NEXT_KEY_NAME).exists()
    (folder / identity.KEY_NAME).write_text(keys.write(SigningKey(b"?" * 32)))
    with pytest.raises(WrongKey):
        identity.load(folder)


# --- what the server takes -------------------------------------------------------------------------------------------

SERVER = ServerSelf(OFFICE_ID, ANSWER_KEY, {})
ME = protocol.KioskSelf(OFFICE_ID, KIOSK_ID, KIOSK_KEY, ANSWER_KEY.public, None)


def taken(data, *, key=KIOSK_KEY.public, revoked=False):
    """The wish, as a server that knows `key` reads it."""
    return Intake(SERVER).roll(data, lambda _id: KnownKiosk(KIOSK_ID, key, revoked))


def test_a_wish_is_signed_by_both_keys():
    """The present one vouches, the new one shows that its holder asks; asked again, the new one is enough."""
    wish = protocol.roll(ME, NEW, nonce=bytes(16))
    assert taken(wish).new_key == taken(wish, key=NEW.public).new_key == NEW.public.raw


def test_a_kiosk_that_was_shut_out_meanwhile_hears_of_its_new_key():
    """Else it would sign with a key that counts no more, and what it recorded would never arrive."""
    assert taken(protocol.roll(ME, NEW, nonce=bytes(16)), key=NEW.public, revoked=True).new_key == NEW.public.raw


def test_no_other_wish_is_taken():
    """A stranger's, a stolen old key's after the roll, another's key named as one's own, a revoked kiosk's."""
    stranger = SigningKey(b"?" * 32)
    theirs = protocol.KioskSelf(OFFICE_ID, KIOSK_ID, stranger, ANSWER_KEY.public, None)
    with pytest.raises(SalaError):
        taken(protocol.roll(theirs, NEW, nonce=bytes(16)))
    with pytest.raises(SalaError):
        taken(protocol.roll(ME, stranger, nonce=bytes(16)), key=NEW.public)
    wish = protocol.roll(ME, NEW, nonce=bytes(16))
    with pytest.raises(SalaError):
        taken(wish.replace(NEW.public.raw, stranger.public.raw))
    with pytest.raises(NotTaken) as caught:
        taken(wish, revoked=True)
    assert caught.value.reason is Reason.REVOKED
    other = protocol.KioskSelf(b"x" * 16, KIOSK_ID, KIOSK_KEY, ANSWER_KEY.public, None)
    with pytest.raises(NotTaken):
        taken(protocol.roll(other, NEW, nonce=bytes(16)))
