"""New keys for the server, and the losses of the table of keys, each played through with the real commands.

Stolen or lost, for each of root, signing and sealing key: what the office does, and what a kiosk then believes.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from fake_kiosk import FakeKiosk

from shared import content, keylist, keys, protocol
from shared.errors import BadSignature
from shared.keys import SigningKey
from shared.protocol import KioskSelf, NotTaken, Reason, Receipt, Refusal
from sync_server import keys as own
from sync_server.__main__ import main
from sync_server.content import queries
from sync_server.content.actions import publish_sample
from sync_server.ingest import actions as ingest
from sync_server.kiosks.actions import make_code_again, roll_key
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.models import AuditRow
from sync_server.records import deciding
from sync_server.setting_up import program


@pytest.fixture
def root(server, tmp_path):
    """The office root, taken off the server as it should be."""
    safe = tmp_path / "safe"
    safe.mkdir()
    return shutil.move(own.root_file(), safe / "root.key")


def roll(root, *roles, **more):
    """`sala-server roll-keys`; returns the list that came of it."""
    call_command("roll_keys", *roles, root=[root], **more)
    return newest()


def newest():
    """The list this server goes by."""
    return keylist.first(own.server_keys().lists[-1], office=None)


def walked(start, office_id):
    """Where a kiosk that holds `start` ends, shown what the server serves."""
    return keylist.follow(start, keylist.read_chain(own.server_keys().chain), office=bytes.fromhex(office_id))


def who(kiosk, held):
    """The kiosk, with the keys of its list."""
    me = kiosk.me
    return KioskSelf(me.office, me.kiosk, me.key, held.answers, held.sealing)


def test_a_new_office_has_a_root_and_a_first_list(server, client):
    """List 1 names the keys the server works with, the root signed it, and kiosks can fetch it and are given it."""
    held = newest()
    present = own.server_keys()
    assert (held.list.number, held.list.office.hex()) == (1, server.office.office_id)
    assert (held.answers, held.bundles, held.sealing) == (
        present.receipts.public, present.bundle.public, present.sealing[0].public,
    )  # fmt: skip
    assert keys.parse(own.root_file().read_text("ascii")).public == held.roots[0]
    assert own.root_file().stat().st_mode & 0o077 == 0
    answer = client.get("/sync/keys")
    assert keylist.read_chain(answer.content) == list(present.lists)


def test_keys_and_the_folder_they_lie_in_are_on_the_disk(server, tmp_path, monkeypatch):
    """A machine that loses its power right after the first kiosk was enrolled still is the server that enrolled it."""
    monkeypatch.setattr(settings, "DATA_DIR", data := tmp_path / "var" / "new")
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path / "static")
    synced = set()
    fsync = os.fsync

    def noted(handle):
        synced.add(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    assert main(["manage", "check"]) == 0
    assert {tmp_path, tmp_path / "var"} <= synced
    assert data.stat().st_mode & 0o777 == 0o700
    # Whoever runs the server must get to it, also where somebody else made the folders above.
    (beside := tmp_path / "beside").mkdir()
    assert data.parent.stat().st_mode == beside.stat().st_mode
    synced.clear()
    own.make(data / "keys")
    assert {data, data / "keys"} < synced
    synced.clear()
    own.make_root(b"o" * 16, now_ms=1)
    assert {data, data / "keys", data / "keys" / "lists"} < synced


def test_a_roll_changes_what_is_named_and_nothing_else(server, root):
    """One key new, the two others as they were; audited; the root is needed and stays where it is."""
    before = newest()
    after = roll(root, "sealing")
    assert after.list.number == 2
    assert (after.answers, after.bundles) == (before.answers, before.bundles)
    assert after.sealing != before.sealing
    assert AuditRow.objects.get(act="keys.roll").after == '{"keys": ["sealing"]}'
    assert (root.parent / "0002.keys").read_bytes() == after.signed


def test_what_was_sealed_before_still_opens_after_two_rolls(server, root):
    """A stick that lay in a drawer: envelopes to a key two lists ago are taken (F-G2)."""
    kiosk = FakeKiosk.enrolled(server)
    kiosk.ticket(1)
    old = kiosk.envelope()
    roll(root, "sealing")
    roll(root, "sealing")
    assert isinstance(kiosk.read(ingest.accept(old, now=server.now).body), Receipt)


def test_a_kiosk_that_was_away_walks_to_the_newest_keys(server, root):
    """After five rolls in its absence it follows the chain, believes answers again and seals to the new key."""
    held = newest()
    kiosk = FakeKiosk.enrolled(server)
    for roles in (["sealing"], ["receipts", "bundle"], ["sealing"], ["receipts"], ["sealing", "bundle"]):
        roll(root, *roles)
    with pytest.raises(BadSignature):
        kiosk.push()
    held = walked(held, server.office.office_id)
    assert held.list.number == 6
    kiosk.me = who(kiosk, held)
    kiosk.ticket(1)
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head
    assert protocol.Intake(ingest._server_self(server.office.office_id, own.server_keys())).open(
        kiosk.envelope(), lambda _: protocol.KnownKiosk(kiosk.me.kiosk, kiosk.me.key.public, revoked=False)
    )


def test_a_roll_is_told_by_the_next_edition(server, root):
    """The edition after a roll is signed by the new key and carries the chain; earlier editions stay readable."""
    first = publish_sample(server.office, now=server.now)
    after = roll(root)
    edition = queries.newest(server.office)
    assert edition.number == first.number + 1
    read = content.read_manifest(
        bytes(edition.manifest), after.bundles, office=after.list.office, at_least=edition.number
    )
    assert "keys" in {ref.name for ref in read.pieces}
    assert keylist.read_chain(queries.pieces_of(edition)["keys"]) == list(own.server_keys().lists)
    assert queries.manifest_of(first).edition == first.number


# --- the table of losses -------------------------------------------------------------------------------------------


def test_drill_signing_keys_stolen(server, root):
    """The thief's answers and editions are believed until the root's next list, and by nobody who has it."""
    thief = own.server_keys()
    held = newest()
    roll(root, "receipts", "bundle")
    held = walked(held, server.office.office_id)
    assert thief.receipts.public != held.answers
    forged = content.make_manifest({}, office=held.list.office, edition=99, made_ms=1, by=thief.bundle)
    with pytest.raises(BadSignature):
        content.read_manifest(forged, held.bundles, office=held.list.office, at_least=1)
    kiosk = FakeKiosk.enrolled(server)
    answer = protocol.Intake(protocol.ServerSelf(held.list.office, thief.receipts, {})).refuse(
        kiosk.envelope(), Reason.BUSY, epoch=bytes(16), server_ms=1
    )
    with pytest.raises(BadSignature):
        protocol.read_answer(answer, held.answers)


def test_drill_a_thief_of_the_server_cannot_make_a_list(server, root):
    """Whoever has every key of the server, and not the root, gets no kiosk to take another step."""
    held, stolen = newest(), own.server_keys()
    with pytest.raises(own.NotRolled, match="roots"):
        own.roll(["bundle"], [stolen.bundle, stolen.receipts], now_ms=1)
    assert own.server_keys() == stolen
    assert walked(held, server.office.office_id) == held


def test_drill_sealing_key_lost(server, root):
    """What was sealed to it is refused and stays on the kiosk; after the roll the kiosk seals it again."""
    kiosk = FakeKiosk.enrolled(server)
    kiosk.ticket(1)
    held = newest()
    (server.data / "keys" / "sealing.key").unlink()
    after = roll(root, "sealing")
    answer = kiosk.read(ingest.accept(kiosk.envelope(), now=server.now).body)
    assert (type(answer), answer.reason) == (Refusal, Reason.CANNOT_OPEN)
    kiosk.me = who(kiosk, walked(held, server.office.office_id))
    assert kiosk.me.seal_to == after.sealing
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head


def test_drill_all_keys_of_the_server_lost(server, root):
    """The whole folder is gone; the root's stick has the root and the newest list: no kiosk is visited."""
    kiosk = FakeKiosk.enrolled(server)
    held = newest()
    roll(root, "sealing")
    web = (server.data / "keys" / "web.key").read_bytes()
    shutil.rmtree(server.data / "keys")
    (server.data / "keys" / "lists").mkdir(parents=True)
    (server.data / "keys" / "web.key").write_bytes(web)
    shutil.copy(root.parent / "0002.keys", server.data / "keys" / "lists")
    assert roll(root).list.number == 3
    # The kiosk still stands at list 1, which nobody has any more: list 2 and 3 carry it on.
    kiosk.me = who(kiosk, walked(held, server.office.office_id))
    kiosk.ticket(1)
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head


@pytest.mark.parametrize("has_newest", [True, False])
def test_drill_restored_from_before_a_roll(server, root, tmp_path, has_newest):
    """The backup has list 1, kiosks stand at list 2 and believe nothing. The newest list from the root's stick and a
    roll, or two rolls where that list is gone too, carry them on.
    """
    kiosk = FakeKiosk.enrolled(server)
    held, folder = newest(), server.data / "keys"
    backup = shutil.copytree(folder, tmp_path / "backup")
    roll(root, "receipts", "sealing", "bundle")
    at_two = walked(held, server.office.office_id)
    kiosk.me = who(kiosk, at_two)
    kiosk.ticket(1)
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    own._read.cache_clear()
    refused = ingest.accept(kiosk.envelope(), now=server.now).body
    with pytest.raises(BadSignature):
        protocol.read_answer(refused, at_two.answers)
    assert walked(at_two, server.office.office_id) == at_two
    if has_newest:
        shutil.copy(root.parent / "0002.keys", folder / "lists")
    else:
        roll(root, "sealing")
    assert roll(root).list.number == 3
    kiosk.me = who(kiosk, walked(at_two, server.office.office_id))
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head


def test_drill_the_root_is_replaced_and_the_old_one_ends(server, root, tmp_path):
    """With the old root at hand a new one takes over; kiosks follow, and the old root moves nothing any more."""
    held = newest()
    second = tmp_path / "second.key"
    after = roll(root, new_root=second)
    assert after.roots == (keys.parse(second.read_text("ascii")).public,)
    with pytest.raises(CommandError, match="roots"):
        roll(root, "bundle")
    assert roll(second, "bundle").list.number == 3
    assert walked(held, server.office.office_id).list.number == 3


def test_drill_the_root_is_lost(server, root):
    """Without it nothing can be rolled, and nothing stops: the one loss that asks for a visit to each kiosk."""
    stranger = root.parent / "stranger.key"
    stranger.write_text(keys.write(SigningKey(bytes(32))))
    with pytest.raises(CommandError, match="roots"):
        roll(stranger, "receipts")
    stranger.write_text("nothing")
    with pytest.raises(CommandError, match="no key file"):
        roll(stranger)
    kiosk = FakeKiosk.enrolled(server)
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head


def test_drill_every_kiosk_is_visited_after_the_root_was_lost(server, root, tmp_path):
    """A new root for the same keys: whoever was visited walks on with it, the others go on until the next roll."""
    roll(root, "sealing", "receipts")
    visited, other = FakeKiosk.enrolled(server), FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    before, new_root = newest(), tmp_path / "new.key"
    call_command("roll_keys", root_is_lost=new_root)
    held = newest()
    assert (held.list.number, held.answers, held.bundles) == (before.list.number + 1, before.answers, before.bundles)
    assert held.roots == (keys.parse(new_root.read_text("ascii")).public,)
    assert (tmp_path / own.list_name(held.list.number)).read_bytes() == held.signed
    with pytest.raises(CommandError, match="roots"):
        roll(root, "bundle")
    assert walked(before, server.office.office_id) == before
    code = make_code_again(
        program(server.office), Kiosk.objects.get(series="A"), now=server.now, random=bytes(range(10))
    )
    key = SigningKey(bytes(range(32)))
    asked = protocol.enrol(code, key, nonce=bytes(16), device="t", software="0")
    grant = protocol.read_grant(ingest.enrol(asked, now=server.now).body, code, bytes(16))
    pinned = keylist.first(grant.key_list, office=grant.office)
    assert pinned == held
    roll(new_root)
    visited.me = KioskSelf(grant.office, grant.kiosk, key, *_believed(walked(pinned, server.office.office_id)))
    visited.ticket(1)
    visited.push()
    assert visited.lobby.receipted == visited.lobby.head
    refused = ingest.accept(other.envelope(), now=server.now).body
    with pytest.raises(BadSignature):
        protocol.read_answer(refused, walked(before, server.office.office_id).answers)


def _believed(held):
    return held.answers, held.sealing


def test_a_new_root_for_a_lost_one_is_made_alone(server, root, tmp_path):
    """No other key with it, never over a file, and not without a list: nothing is changed then."""
    before, taken = own.server_keys().lists, tmp_path / "taken.key"
    taken.write_text("something")
    for more, said in (({"new_root": tmp_path / "x"}, "enrol every kiosk"), ({}, "nothing was made")):
        with pytest.raises(CommandError, match=said):
            call_command("roll_keys", root_is_lost=taken, **more)
    with pytest.raises(CommandError, match="enrol every kiosk"):
        call_command("roll_keys", "bundle", root_is_lost=tmp_path / "new.key")
    assert own.server_keys().lists == before
    shutil.rmtree(server.data / "keys" / "lists")
    with pytest.raises(CommandError, match="no key list"):
        call_command("roll_keys", root_is_lost=tmp_path / "new.key")
    assert not (tmp_path / "new.key").exists()


def test_a_roll_that_broke_off_changed_nothing_and_is_run_again(server, root, monkeypatch):
    """Cut after the private keys and before the list: the old keys are the present ones; the next run goes through."""
    before = own.server_keys()

    def cut(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(own, "_put_list", cut)
    with pytest.raises(KeyboardInterrupt):
        roll(root)
    monkeypatch.undo()
    assert own.server_keys() == before
    after = roll(root)
    assert after.list.number == 2
    assert own.server_keys().receipts.public == after.answers


@pytest.mark.parametrize("new_root", ["root.key", "missing/root.key"])
def test_a_new_root_goes_over_nothing(server, root, new_root):
    """An existing file, or a folder that is not there: refused before anything was made."""
    with pytest.raises(CommandError, match="nothing was made"):
        roll(root, new_root=root.parent / new_root)
    assert newest().list.number == 1


# --- a kiosk's own key -----------------------------------------------------------------------------------------------


def test_a_kiosk_rolls_its_own_key(server, client):
    """Over the real address: the row has the new key, the audit log both, and the old key is worth nothing."""
    kiosk = FakeKiosk.enrolled(server)
    kiosk.ticket(1)
    kiosk.push()
    old, new = kiosk.me, SigningKey(b"n" * 32)
    wish = protocol.roll(old, new, nonce=bytes(16))
    for _ in range(2):  # the answer was lost: the same wish again
        answer = client.post("/sync/roll", wish, content_type="application/octet-stream")
        assert kiosk.read(answer.content).key == new.public.id
    assert bytes(Kiosk.objects.get().public_key) == new.public.raw
    assert AuditRow.objects.get(act="kiosk.roll").after == f'{{"key": "{new.public.id.hex()}"}}'
    kiosk.ticket(2)
    assert kiosk.read(ingest.accept(kiosk.envelope(), now=server.now).body).reason is Reason.BAD_SIGNATURE
    kiosk.me = KioskSelf(old.office, old.kiosk, new, old.answers, old.seal_to)
    kiosk.push()
    assert kiosk.lobby.receipted == kiosk.lobby.head
    back = protocol.roll(old, SigningKey(b"m" * 32), nonce=bytes(16))
    assert kiosk.read(ingest.roll(back, now=server.now).body).reason is Reason.BAD_SIGNATURE


def test_a_key_is_one_kiosks(server):
    """Nobody takes over another kiosk's key, and a revoked one takes none."""
    one, two = FakeKiosk.enrolled(server), FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    wish = protocol.roll(one.me, two.me.key, nonce=bytes(16))
    assert one.read(ingest.roll(wish, now=server.now).body).reason is Reason.BAD_SIGNATURE
    deciding.revoke(program(server.office), Kiosk.objects.get(name="ตู้ 1"), "หาย", now=server.now)
    wish = protocol.roll(one.me, SigningKey(b"n" * 32), nonce=bytes(16))
    assert one.read(ingest.roll(wish, now=server.now).body).reason is Reason.REVOKED


@pytest.mark.parametrize("since", ["revoked", "enrolled again"])
def test_a_wish_is_looked_at_again_where_it_is_kept(server, since):
    """Shut out, or enrolled again, between the reading of a wish and its keeping: the old key vouches for none."""
    FakeKiosk.enrolled(server)
    read = Kiosk.objects.get()
    if since == "revoked":
        deciding.revoke(program(server.office), Kiosk.objects.get(), "หาย", now=server.now)
        reason = Reason.REVOKED
    else:
        roll_key(Kiosk.objects.get(), SigningKey(b"m" * 32).public.raw, now=server.now)
        reason = Reason.BAD_SIGNATURE
    before = Kiosk.objects.get().public_key
    with pytest.raises(NotTaken) as refused:
        roll_key(read, SigningKey(b"n" * 32).public.raw, now=server.now)
    assert refused.value.reason is reason
    assert Kiosk.objects.get().public_key == before
