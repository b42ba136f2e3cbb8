"""New keys of the server, at the kiosk: found by itself, believed for the root's sake, kept through any cut."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import identity
from kiosk.desk import ratings
from kiosk.desk.trusting import learn
from kiosk.store import files
from kiosk.store.editions import Editions
from kiosk.sync.fetch import fetch
from kiosk.sync.line import Reply
from kiosk.sync.loop import Patience, Sync
from kiosk.trust import CHAIN_NAME, Trust
from shared import keylist
from shared.errors import BadSignature, ContentRefused
from shared.keys import SigningKey
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import (
    BUNDLE_KEY,
    OFFICE_ID,
    Hands,
    an_identity,
    an_office,
    make_world,
    pieces_of,
    signed_edition,
    some_services,
)

PIECES = pieces_of(an_office(), some_services())
STRANGER = SigningKey(b"?" * 32)


def enrolled(server):
    """A kiosk's identity that pins the server's first list."""
    return identity.Identity(*_fields(an_identity()), key_list=server.first_list())


def _fields(me):
    return [getattr(me, name) for name in identity.Identity.__dataclass_fields__ if name != "key_list"]


@pytest.fixture
def server():
    """A server with an edition."""
    made = MemoryServer()
    made.publish(1, PIECES)
    return made


@pytest.fixture
def world(tmp_path, server):
    """A kiosk that knows list 1, with nothing on its screen yet."""
    made = make_world(tmp_path, identity=enrolled(server), edition=0)
    yield made
    made.store.close()


def turn(world, server):
    """One turn of the loop; how the line then stands."""
    sync = Sync(world, Hands().clock(), server, patience=Patience(300, lambda _low, high: high))
    sync.turn()
    return sync.link.state


def waiting(world):
    """How many records have no receipt."""
    return world.lobby.counts().waiting


def test_a_year_of_rolls_is_walked_in_one_turn(world, server):
    """Every key changed while the kiosk was away: one turn finds the lists, sends what waits, shows the new edition."""
    for roles in (["sealing"], ["answers", "bundles"], ["sealing"], ["answers"], ["bundles", "sealing"]):
        server.roll(*roles)
    server.publish(7, PIECES)
    assert turn(world, server) == "ok"
    assert (world.trust.number, waiting(world), world.content.edition) == (6, 0, 7)
    assert world.trust.me().seal_to == server.sealing_key.public


def test_what_was_learnt_outlives_a_restart(tmp_path, server):
    """The lists that were followed are on the disk; the edition signed by an earlier key is still shown."""
    me = enrolled(server)
    world = make_world(tmp_path, identity=me, edition=0)
    turn(world, server)
    assert world.content.edition == 1
    server.roll("answers", "bundles", "sealing")
    turn(world, server)
    world.store.close()
    again = make_world(tmp_path, identity=me, edition=0)
    assert (again.trust.number, again.content.edition, again.content.faults) == (2, 1, [])
    assert again.trust.me() == world.trust.me()
    again.store.close()


def test_a_key_that_the_edition_tells_of_is_sealed_to_from_then_on(world, server):
    """A new sealing key makes no answer unbelievable: the kiosk hears of it by the edition alone."""
    turn(world, server)
    server.roll("sealing")
    server.publish(2, PIECES)
    turn(world, server)
    assert ("sync/keys", 0) not in server.requests
    assert world.trust.me().seal_to == server.sealing_key.public


def test_a_server_that_lost_its_sealing_key_is_sealed_to_anew(world, server):
    """It cannot open what was sent; the kiosk learns the new key and sends the same again, in the same turn."""
    server.roll("sealing", forget_sealing=True)
    assert turn(world, server) == "ok"
    assert waiting(world) == 0


@pytest.mark.parametrize("chain", ["forged", "portal", "none"])
def test_a_stranger_with_key_lists_is_still_not_the_server(world, server, chain):
    """Answers under an unknown key, and lists that the root did not sign, a page, or none: nothing is believed."""
    server.root = STRANGER
    server.roll("answers", "bundles")
    answers = {"portal": Reply(200, b"<html>"), "none": Reply(404, b"")}
    server.weather = lambda path, genuine: answers.get(chain, genuine()) if path == "sync/keys" else genuine()
    assert turn(world, server) == "not_the_server"
    assert (world.trust.number, waiting(world)) == (1, 1)


def test_a_kiosk_from_before_there_were_lists_takes_its_first_from_an_edition(tmp_path, server):
    """Its first list must come in an edition that its enrolled key signed; then it walks like any other."""
    server.first_list()
    server.publish(2, PIECES)
    world = make_world(tmp_path, edition=0)
    assert learn(world, keylist.write_chain(server.lists)) is False
    turn(world, server)
    assert world.trust.number == 1
    server.roll("answers", "bundles")
    server.publish(3, PIECES)
    turn(world, server)
    assert (world.trust.number, world.content.edition) == (2, 3)
    world.store.close()
    assert Trust(tmp_path, an_identity()).number == 2


def test_lists_on_a_stick_do_as_well(world, server):
    """The same bytes by another way, the first time and once more."""
    server.roll("answers")
    chain = keylist.write_chain(server.lists)
    assert learn(world, chain) is True
    assert learn(world, chain) is False
    assert learn(world, b"rubbish") is False
    assert world.trust.answers == server.answer_key.public


@pytest.mark.parametrize("rolled", [["bundles"], ["answers", "bundles"]])
def test_an_edition_pushed_to_the_sky_binds_nobody_after_the_roll(world, server, rolled):
    """With a stolen key somebody published a number no office reaches; the root's next list undoes it (F-H3)."""
    turn(world, server)
    server.publish(2**40, PIECES)
    turn(world, server)
    assert world.content.edition == 2**40
    server.roll(*rolled)
    server.publish(2, PIECES)
    turn(world, server)
    assert world.content.edition == 2
    assert Editions(world.config.data / "content", world.trust.bundles, OFFICE_ID).edition == 2
    server.publish(1, PIECES)
    with pytest.raises(ContentRefused):
        fetch(world.content, server)


def test_a_lower_edition_under_the_same_key_is_not_fetched(world, server):
    """A server that came back from an older backup offers less than the screen shows: that stays."""
    turn(world, server)
    server.publish(7, PIECES)
    turn(world, server)
    server.publish(6, PIECES)
    turn(world, server)
    assert world.content.edition == 7
    assert world.content.faults == []


def test_after_the_roll_the_old_key_signs_nothing_any_more(world, server):
    """A thief's edition of a higher number is refused, and what is on screen stays."""
    turn(world, server)
    server.roll("bundles")
    learn(world, keylist.write_chain(server.lists))
    with pytest.raises(BadSignature):
        world.content.accept(signed_edition(9, PIECES, by=BUNDLE_KEY))
    assert world.content.edition == 1


def test_a_damaged_file_of_lists_leads_back_to_the_enrolment_and_on_again(tmp_path, server):
    """The file proves itself; without it the pinned list counts until the next chain comes."""
    me = enrolled(server)
    server.roll("answers")
    trust = Trust(tmp_path, me)
    assert trust.learn(keylist.write_chain(server.lists))
    kept = (tmp_path / CHAIN_NAME).read_bytes()
    for at in range(0, len(kept), 7):
        (tmp_path / CHAIN_NAME).write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
        assert Trust(tmp_path, me).number in (1, 2)
        assert Trust(tmp_path, me).answers in (me.answer_key, server.answer_key.public)
    (tmp_path / CHAIN_NAME).write_bytes(b"")
    damaged = Trust(tmp_path, me)
    assert damaged.number == 1
    assert damaged.learn(keylist.write_chain(server.lists))


@pytest.mark.parametrize("passed_over", ["damaged", "a stranger's"])
def test_a_list_that_is_passed_over_is_not_kept(tmp_path, server, passed_over):
    """On a bad line list 1 comes damaged, or somebody sends one of their own for it: the newer ones lead on all the
    same, and the next start finds nothing that it would have to believe.
    """
    me = enrolled(server)
    server.roll("answers", "bundles")
    server.roll("sealing")
    first = bytearray(server.lists[0])
    first[-1] ^= 1
    other = MemoryServer()
    other.root = STRANGER
    bad = bytes(first) if passed_over == "damaged" else other.first_list()
    trust = Trust(tmp_path, me)
    assert trust.learn(keylist.write_chain([bad, *server.lists[1:]]))
    again = Trust(tmp_path, me)
    assert again.number == trust.number == 3
    assert again.earlier_bundles == trust.earlier_bundles == [BUNDLE_KEY.public]
    assert bad not in keylist.read_chain((tmp_path / CHAIN_NAME).read_bytes())


@given(st.data())
def test_whatever_chain_comes_the_next_start_believes_the_same(data):
    """Lists damaged, doubled, left out, in any order, a stranger's among them: what was reached is reached again."""
    server, other = MemoryServer(), MemoryServer()
    me, other.root = enrolled(server), STRANGER
    other.first_list()
    for each in (server, other):
        each.roll("answers", "bundles")
        each.roll("sealing")
    chain = data.draw(st.lists(st.sampled_from([*server.lists, *other.lists]), max_size=6))
    for number in data.draw(st.lists(st.integers(0, len(chain) - 1), max_size=2)) if chain else ():
        spoilt = bytearray(chain[number])
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        chain[number] = bytes(spoilt)
    with tempfile.TemporaryDirectory() as folder:
        trust = Trust(Path(folder), me)
        led_on = trust.learn(keylist.write_chain(chain))
        again = Trust(Path(folder), me)
        assert led_on == (trust.number > 1)
        assert (again.number, again.answers, again.bundles) == (trust.number, trust.answers, trust.bundles)
        assert again.earlier_bundles == trust.earlier_bundles
        assert again.me().seal_to == trust.me().seal_to


def test_a_disk_that_fails_leaves_the_list_to_be_learnt_again(tmp_path, server, monkeypatch):
    """What was not kept does not count either: a restart would not know it."""
    trust = Trust(tmp_path, enrolled(server))
    server.roll("answers")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "replace", full)
    with pytest.raises(OSError, match="space"):
        trust.learn(keylist.write_chain(server.lists))
    assert trust.number == 1
    monkeypatch.undo()
    assert trust.learn(keylist.write_chain(server.lists))
    assert trust.number == 2


def test_a_rating_goes_on_through_it_all(world, server):
    """Rolls at every turn, records between: all arrive, none twice."""
    for n, roles in enumerate((["answers"], ["sealing"], ["bundles"], ["answers", "sealing", "bundles"])):
        ratings.rate(world, Hands().clock().now(), 1 + n)
        server.roll(*roles)
        server.publish(2 + n, PIECES)
        assert turn(world, server) == "ok"
    assert (waiting(world), world.content.edition) == (0, 5)
    assert server.count() == world.lobby.head.seq == 5
