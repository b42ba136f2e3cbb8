"""Restoring into an empty machine: all of it or nothing, a new epoch, and kiosks that send again what it lacks."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pysqlite3
import pytest
from cut_short import DIED, cut_at
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from shared import archive
from shared.archive import ARCHIVE_SUFFIX, MANIFEST_SUFFIX, Manifest
from shared.keys import SigningKey
from shared.protocol import ServerRestored, Stored
from sync_server.backups import packing, vault
from sync_server.backups.actions import back_up
from sync_server.backups.errors import CopyUnsound, NewerBackup, NotEmpty, NotWhole, RestoreRefused, WrongIdentity
from sync_server.backups.restoring import restore
from sync_server.cases.models import Case
from sync_server.ingest import actions as ingest
from sync_server.keys import server_keys
from sync_server.kiosks.models import Alarm, AlarmKind
from sync_server.organisations.models import AuditRow
from sync_server.organisations.queries import the_office, verify_audit
from sync_server.projectors import balances, catch_up
from sync_server.queues.models import Rating, Ticket
from sync_server.records import actions as records
from sync_server.records import anchor
from sync_server.records.models import Epoch, Log
from sync_server.setting_up import make_server
from sync_server.starting import check_ready
from tests.small_disk import small_disk


@pytest.fixture
def identities(server, tmp_path):
    """Two files that open backups, and their recipients known to the server."""
    files = [tmp_path / "identity-1", tmp_path / "identity-2"]
    vault.keep_recipients(server.data / "keys", [vault.new_identity(file, server.now) for file in files])
    return files


@pytest.fixture
def made(kiosk, server, identities, tmp_path):
    """A backup that holds some tickets, a rating and a case; the kiosk goes on afterwards."""
    for n in range(4):
        kiosk.ticket(n + 1)
    kiosk.rate(4)
    kiosk.file()
    kiosk.push()
    catch_up()
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    return back_up(shelf, now=server.now, same_disk=True)


@contextmanager
def machine(folder):
    """Another server's data folder in place of this one's; this one's comes back afterwards."""
    before = settings.DATA_DIR
    _stand_at(folder)
    try:
        yield folder
    finally:
        _stand_at(before)


def _stand_at(folder):
    connections.close_all()
    settings.DATA_DIR = folder
    settings.DATABASES["default"]["NAME"] = connections.settings["default"]["NAME"] = folder / "sala.sqlite3"
    ingest.forget_keys()


@pytest.fixture
def empty(tmp_path):
    """An empty machine, as `sala-server` itself leaves it before a command runs."""
    folder = tmp_path / "empty"
    (folder / "static").mkdir(parents=True)
    with machine(folder):
        yield folder


def _nothing_in(folder) -> bool:
    return {path.name for path in folder.iterdir()} == {"static"}


def _folded() -> dict[str, list]:
    """What the records were folded to, less when they arrived."""
    return {
        "tickets": sorted(Ticket.objects.values_list("service_date", "series", "number", "service")),
        "ratings": sorted(Rating.objects.values_list("service_date", "score")),
        "cases": sorted(Case.objects.values_list("number", "category", "text", "filed_on")),
        "balance": [(b.projector, b.accepted, b.projected, b.behind) for b in balances(the_office())],
    }


def test_the_command_restores_and_the_kiosk_sends_again(kiosk, server, made, identities, tmp_path):
    """Destroyed after more was pushed: restored by the command, the kiosk sends the rest, and all is as it was."""
    kiosk.ticket(5)
    kiosk.file("น้ำท่วมถนน")
    kiosk.rate(2)
    kiosk.push()
    catch_up()
    before, epoch = _folded(), Epoch.objects.order_by("-pk").first().epoch
    connections.close_all()
    shutil.rmtree(server.data)

    new = tmp_path / "new-machine"
    words = ["--data", str(new), "restore", str(made.archive), "--identity", str(identities[1])]
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "DATABASE_URL": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "restored: 7 records" in done.stdout
    assert "sends again at its next contact: ตู้ 1 (7 records held" in done.stdout
    assert "warning: The backup is" in done.stdout or (dt.datetime.now(dt.UTC) - server.now).days <= 35

    with machine(new):
        check_ready()
        now = Epoch.objects.order_by("-pk").first()
        assert now.epoch != epoch
        assert now.reason.startswith("restored from sala-")
        assert anchor.read() == anchor.Anchor(now.epoch, 7)
        assert Alarm.objects.filter(kind=AlarmKind.SERVER_RESTORED, cause=now.epoch).count() == 1
        assert AuditRow.objects.filter(act="backup.restore").count() == 1
        assert list(verify_audit(the_office())) == []
        assert records.start(the_office(), now=server.now, epoch=b"not to be used.").epoch == now.epoch
        assert (new / "keys" / "web.key").exists()
        assert not (new / "restoring").exists()
        assert Log.objects.get().backed_up == 0, "what the old epoch called backed up is void until it is repeated"

        heard = kiosk.push()
        assert ServerRestored(kiosk.lobby.id, 7, 10) in heard
        assert next(event.backed_up for event in heard if isinstance(event, Stored)) == 0
        catch_up()
        assert _folded() == before
        back_up(made.archive.parent, now=server.now + dt.timedelta(days=1), same_disk=True)
        assert [event.backed_up for event in kiosk.push() if isinstance(event, Stored)] == [10]


@pytest.mark.parametrize("there", ["keys/receipts.key", "sala.sqlite3", "anchor.json", "anything"])
def test_a_machine_that_holds_something_is_refused(made, identities, empty, there):
    """Nothing is written over, whatever it is; it is named, and it stays."""
    path = empty / there
    path.parent.mkdir(exist_ok=True)
    path.write_text("somebody's")
    with pytest.raises(NotEmpty, match=there.split("/", maxsplit=1)[0]):
        restore(made.archive, identities[0], now=made.manifest.made_at)
    assert path.read_text() == "somebody's"
    assert not (empty / "restoring").exists()


def test_a_wrong_identity_is_told_from_a_bad_file(made, server, tmp_path, empty):
    """Somebody else's identity, no identity, no file: each has its own sentence, and the machine stays empty."""
    vault.new_identity(tmp_path / "strangers", server.now)
    (tmp_path / "nonsense").write_text("AGE-SECRET-KEY-NONSENSE")
    (tmp_path / "nothing").write_text("# created: today\n")
    for name, kind in {
        "strangers": WrongIdentity, "nonsense": RestoreRefused, "nothing": RestoreRefused, "not-there": RestoreRefused,
    }.items():  # fmt: skip
        with pytest.raises(kind):
            restore(made.archive, tmp_path / name, now=server.now)
        assert _nothing_in(empty)


def _flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("where", [0.0, 0.01, 0.3, 0.999])
def test_a_flipped_byte_is_refused(made, identities, server, empty, where):
    """Anywhere in the archive, before anything is unpacked."""
    _flipped(made.archive, int(where * made.archive.stat().st_size))
    with pytest.raises(NotWhole):
        restore(made.archive, identities[0], now=server.now)
    assert _nothing_in(empty)


def test_a_spoilt_manifest_is_refused(made, identities, server, empty):
    """Each byte of it counts; so does its being there, and lying beside its own archive."""
    path = made.archive.with_name(made.archive.name.replace(ARCHIVE_SUFFIX, MANIFEST_SUFFIX))
    whole = path.read_bytes()
    for at in range(0, len(whole), 31):
        _flipped(path, at)
        with pytest.raises((RestoreRefused, CopyUnsound)):
            restore(made.archive, identities[0], now=server.now)
        assert _nothing_in(empty)
        path.write_bytes(whole)
    path.write_bytes(whole[:-5])
    with pytest.raises(NotWhole):
        restore(made.archive, identities[0], now=server.now)
    path.unlink()
    with pytest.raises(NotWhole, match="two files"):
        restore(made.archive, identities[0], now=server.now)
    with pytest.raises(RestoreRefused, match="no archive"):
        restore(path, identities[0], now=server.now)
    assert _nothing_in(empty)


@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_half_a_file_is_refused(made, identities, server, empty, part):
    """A copy that broke off."""
    with made.archive.open("r+b") as file:
        file.truncate(int(part * made.archive.stat().st_size))
    with pytest.raises(NotWhole):
        restore(made.archive, identities[0], now=server.now)
    assert _nothing_in(empty)


def _forged(made, server, shelf, identities, database, *, key=None, **changed):
    """A backup put together by hand, its manifest signed by the server (or `key`)."""
    keys = server.data / "keys"
    target = shelf / f"sala-20261201T000000Z-00000000{ARCHIVE_SUFFIX}"
    with (shelf / "packed").open("w+b") as packed:
        packing.pack(database, keys, packed)
        packed.seek(0)
        with target.open("wb") as file:
            sealed = vault.seal(packed, file, vault.recipients(keys))
    facts = {name: getattr(made.manifest, name) for name in made.manifest.__struct_fields__}
    manifest = Manifest(**{**facts, "archive_bytes": sealed.bytes, "archive_hash": sealed.digest, **changed})
    target.with_name(target.name.replace(ARCHIVE_SUFFIX, MANIFEST_SUFFIX)).write_bytes(
        archive.write_manifest(manifest, key or server_keys().receipts)
    )
    return target


def test_a_database_that_its_manifest_does_not_describe_is_refused(made, kiosk, server, identities, tmp_path):
    """Two records fewer than the manifest says, another office, or another key's signature."""
    connections.close_all()
    plain = tmp_path / "copy" / "sala.sqlite3"
    plain.parent.mkdir()
    with pysqlite3.connect(server.data / "sala.sqlite3") as database:
        database.execute("VACUUM INTO ?", (str(plain),))
    shelf = tmp_path / "forged"
    shelf.mkdir()
    cases = [
        _forged(made, server, _new(shelf / "a"), identities, plain, records=6),
        _forged(made, server, _new(shelf / "b"), identities, plain, logs=made.manifest.logs[:-1]),
        _forged(made, server, _new(shelf / "c"), identities, plain, office=b"o" * 16),
        _forged(made, server, _new(shelf / "d"), identities, plain, key=SigningKey(b"x" * 32)),
    ]
    honest = _forged(made, server, _new(shelf / "e"), identities, plain)
    with pysqlite3.connect(plain) as database:
        database.execute(
            "INSERT INTO django_migrations(app, name, applied) VALUES ('records', '9999_later', '2027-01-01')"
        )
    database.close()
    newer = _forged(made, server, _new(shelf / "f"), identities, plain)
    new = tmp_path / "target"
    (new / "static").mkdir(parents=True)
    with machine(new):
        for case in cases:
            with pytest.raises((NotWhole, CopyUnsound), match=r"manifest describes|not signed"):
                restore(case, identities[0], now=server.now)
            assert _nothing_in(new)
        with pytest.raises(NewerBackup, match="9999_later"):
            restore(newer, identities[0], now=server.now)
        assert _nothing_in(new)
        restore(honest, identities[0], now=server.now)


def _new(folder):
    folder.mkdir()
    return folder


def test_old_and_older_ones_come_with_a_warning(made, identities, server, empty):
    """Older than the kiosks keep bodies, or not the newest on the shelf."""
    later = made.archive.with_name(f"sala-20991231T000000Z-ffffffff{MANIFEST_SUFFIX}")
    later.write_bytes(b"whatever")
    told = restore(made.archive, identities[0], now=server.now + dt.timedelta(days=40))
    assert len(told.warnings) == 2
    assert "40 days old" in told.warnings[0]
    assert "20991231" in told.warnings[1]
    assert [(kiosk.name, kiosk.held) for kiosk in told.kiosks] == [("ตู้ 1", 7)]


def test_a_fresh_backup_comes_without_one(made, identities, server, empty):
    """Nothing to warn of."""
    assert restore(made.archive, identities[0], now=server.now + dt.timedelta(days=34)).warnings == []


def test_a_full_disk_leaves_the_machine_empty(made, identities, server, tmp_path):
    """The restore ends with the system's own word; with more room the same command does it."""
    with small_disk(tmp_path / "small", 512) as folder, machine(folder):
        (folder / "static").mkdir()
        with pytest.raises(OSError, match="No space"):
            restore(made.archive, identities[0], now=server.now)
        assert _nothing_in(folder)
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
        assert restore(made.archive, identities[0], now=server.now).manifest.records == 7


@pytest.mark.timeout(280)
def test_cut_short_anywhere_it_is_begun_again(made, identities, server, empty):
    """Power lost at each step: no server starts, and no `init` makes another office, until the command ended well."""
    call, status = 0, DIED
    while status == DIED:
        call += 1
        status = cut_at(call, lambda: restore(made.archive, identities[0], now=server.now))
        if status == DIED and (empty / "restoring").exists():
            with pytest.raises(ImproperlyConfigured, match="restore"):
                check_ready()
            with pytest.raises(ImproperlyConfigured, match="restore"):
                make_server(name="อบต.อื่น", name_en="", now=server.now)
            connections.close_all()
        elif status == DIED:
            break
    assert call > 8
    if status == DIED:
        # Everything was in place and the new epoch not yet begun: the next start sees that by itself.
        records.start(the_office(), now=server.now, epoch=b"minted at start.")
    assert Epoch.objects.count() == 2
    assert Log.objects.get().backed_up == 0
    assert Log.objects.get().seq == 7
