"""Backups: only what a verified copy holds is called backed up; what goes wrong leaves the older backups alone."""

import datetime as dt
import errno
import io
import os
import stat

import msgspec
import pysqlite3
import pytest
from cut_short import DIED, THROUGH, cut_at
from django.conf import settings
from django.db import connection, connections
from fake_kiosk import FakeKiosk

from shared import archive, batch
from shared.archive import ARCHIVE_SUFFIX, MANIFEST_SUFFIX, Stem
from shared.errors import BadSignature, SalaError
from shared.keys import SigningKey
from shared.protocol import Reason, Stored
from shared.records import BODY_BYTES_MAX, Record, commit
from sync_server.backups import actions, vault
from sync_server.backups.actions import back_up
from sync_server.backups.errors import BackupFailed, CopyUnsound, NotTwo, SameDisk
from sync_server.backups.models import Backup
from sync_server.keys import server_keys
from sync_server.organisations.models import AuditRow
from sync_server.records import actions as records
from sync_server.records import queries, review
from sync_server.records.models import Log, RecordRow
from tests.small_disk import fill, small_disk

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="looks into the database file")


@pytest.fixture
def identities(server, tmp_path):
    """Two files that open backups, and their recipients known to the server."""
    files = [tmp_path / "identity-1", tmp_path / "identity-2"]
    vault.keep_recipients(server.data / "keys", [vault.new_identity(file, server.now) for file in files])
    return files


@pytest.fixture
def shelf(tmp_path):
    """Where backups go."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


def made(server, shelf, **how):
    """A backup of the test's server, onto a shelf of the same disk."""
    return back_up(shelf, now=how.pop("now", server.now), same_disk=True, **how)


def told(kiosk: FakeKiosk) -> list[int]:
    """What the server says at the next contact to be backed up, log by log."""
    return [event.backed_up for event in kiosk.push() if isinstance(event, Stored)][: len(kiosk.logs)]


def test_only_what_the_verified_copy_holds_is_backed_up(kiosk, server, identities, shelf):
    """Nothing before the backup, everything in it after, and nothing of what came later."""
    for n in range(4):
        kiosk.ticket(n + 1)
    kiosk.push()
    assert told(kiosk) == [0]
    held = made(server, shelf).manifest
    assert [(x.log, x.seq, x.hash) for x in held.logs] == [(kiosk.lobby.id, 5, kiosk.lobby.head.hash)]
    kiosk.ticket(5)
    kiosk.push()
    assert told(kiosk) == [5]
    assert Log.objects.get().seq == 6
    row = Backup.objects.get()
    assert (row.records, row.backup_id) == (5, held.backup.hex())
    assert AuditRow.objects.filter(act="backup.make", object_id=held.backup.hex()).count() == 1


def append_too_long(kiosk):
    """What an honest program never writes: a signed record whose body is a byte too long."""
    record = kiosk.append_raw("note.long", 1, b"")
    salt, body = bytes(16), bytes(BODY_BYTES_MAX + 1)
    header = msgspec.structs.replace(record.header, commitment=commit(salt, body))
    kiosk.lobby.records[-1] = Record(header, salt, body)


def test_a_body_that_is_too_long_is_refused_and_stops_no_backup(kiosk, server, identities, shelf):
    """One device with a bad program must not take everybody's backups away."""
    tablet = FakeKiosk.enrolled(server, name="แท็บเล็ต", series="B", seed=2)
    tablet.push()
    append_too_long(tablet)
    refusal = tablet.read(tablet.post("push", tablet.envelope()))
    assert (refusal.reason, Log.objects.get().seq) == (Reason.TOO_LARGE, 1)
    kiosk.ticket(1)
    kiosk.push()
    made(server, shelf)
    assert told(kiosk) == [2]


def test_a_body_that_is_too_long_and_held_already_stops_no_backup(kiosk, server, identities, shelf, monkeypatch):
    """It was taken before lengths were looked at, is signed and whole, and goes into the copy like any other."""
    append_too_long(kiosk)
    with monkeypatch.context() as before:
        before.setattr(batch, "BODY_BYTES_MAX", batch.INFLATED_BYTES_MAX)
        kiosk.push()
    assert made(server, shelf).manifest.logs[0].seq == 2
    assert told(kiosk) == [2]
    row = RecordRow.objects.get(seq=2)
    assert all(proof.holds for proof in review.proof(queries.read(row), RecordRow.objects.get(seq=1)))


def test_a_branch_is_backed_up_as_itself(kiosk, server, identities, shelf):
    """Both lines of a forked log are in the manifest, each up to its own end, and each kiosk hears of its own."""
    kiosk.ticket(1)
    kiosk.push()
    twin = kiosk.clone()
    kiosk.ticket(2)
    kiosk.push()
    twin.rate(1)
    twin.rate(2)
    twin.push()
    held = made(server, shelf).manifest
    assert [(x.branch, x.seq, x.hash) for x in held.logs] == [
        (0, 3, kiosk.lobby.head.hash), (1, 4, twin.lobby.head.hash),
    ]  # fmt: skip
    assert held.records == 5
    assert (told(kiosk), told(twin)) == ([3], [4])


def test_a_new_epoch_counts_no_older_backup(kiosk, server, identities, shelf):
    """After a restore nothing is backed up until the next backup of this epoch."""
    kiosk.ticket(1)
    kiosk.push()
    made(server, shelf)
    assert told(kiosk) == [2]
    (settings.DATA_DIR / "anchor.json").unlink()
    records.start(server.office, now=server.now, epoch=b"another epoch, 6")
    assert told(kiosk) == [0]
    made(server, shelf, now=server.now + dt.timedelta(hours=1))
    assert told(kiosk) == [2]


def test_a_backup_of_another_epoch_is_told_to_nobody(kiosk, server):
    """The server began a new epoch between the copy and its end."""
    kiosk.push()
    log = Log.objects.get()
    head = records._head(log)
    assert records.mark_backed_up(server.office, "00" * 16, {log.pk: head}) is False
    assert told(kiosk) == [0]


@pytest.mark.parametrize(("seq", "hash_"), [(2, b"h" * 32), (1, b"h" * 32), (7, b"h" * 32)])
def test_a_record_that_is_not_here_is_never_called_backed_up(kiosk, server, seq, hash_):
    """Another hash, or a number beyond the log: refused, and nothing is told."""
    kiosk.ticket(1)
    kiosk.push()
    log = Log.objects.get()
    epoch = records.current_epoch(server.office).epoch
    with pytest.raises(LookupError):
        records.mark_backed_up(server.office, epoch, {log.pk: records.Head(kiosk.lobby.id, seq, hash_)})
    assert told(kiosk) == [0]


# --- what lies on the shelf ---------------------------------------------------------------------------------------


def test_either_identity_opens_it_with_age_alone(kiosk, server, identities, shelf, tmp_path):
    """Age, zstd and tar are all it takes; inside are the database and every key but the web's, and no identity."""
    import tarfile

    import pyrage
    import zstandard

    kiosk.file("ไฟถนนดับหน้าวัด")
    kiosk.push()
    sealed = made(server, shelf).archive.read_bytes()
    for file in identities:
        identity = pyrage.x25519.Identity.from_str(file.read_text().splitlines()[-1])
        plain = zstandard.ZstdDecompressor().stream_reader(pyrage.decrypt(sealed, [identity])).read()
        (tmp_path / "plain.tar").write_bytes(plain)
        with tarfile.open(tmp_path / "plain.tar") as tar:
            names = tar.getnames()
        assert names[0] in {"sala.sqlite3", "sala.pgdump"}
        assert set(names[1:]) == {
            "keys/receipts.key", "keys/bundle.key", "keys/sealing.key", "keys/backup-recipients",
            "keys/lists/0001.keys",
        }  # fmt: skip
        assert b"AGE-SECRET-KEY" not in plain


def test_nothing_lies_there_in_the_clear(kiosk, server, identities, shelf):
    """Neither a citizen's words nor a key, in no file outside the data folder; and no copy stays inside it."""
    words = "คำที่ต้องไม่รั่วไหล"
    kiosk.file(words)
    kiosk.push()
    made(server, shelf)
    files = [path.read_bytes() for path in shelf.iterdir()]
    assert len(files) == 2
    secret = (server.data / "keys" / "receipts.key").read_text().strip().split(":")[1]
    assert not any(words.encode() in data or bytes.fromhex(secret) in data or secret.encode() in data for data in files)
    assert list((server.data / "backup-work").iterdir()) == []
    assert stat.S_IMODE((server.data / "backup-work").stat().st_mode) == 0o700


def test_a_manifest_is_believed_under_the_server_s_key_alone(kiosk, server, identities, shelf):
    """It reads without a key, and proves itself to one."""
    [path] = [p for p in (kiosk.push(), made(server, shelf)) and shelf.iterdir() if p.suffix == MANIFEST_SUFFIX]
    manifest, check = archive.read_manifest(path.read_bytes())
    check(server_keys().receipt_keys)
    assert manifest.office.hex() == server.office.office_id
    with pytest.raises(BadSignature):
        check([SigningKey(b"x" * 32).public])
    for at in range(0, len(path.read_bytes()), 7):
        spoilt = bytearray(path.read_bytes())
        spoilt[at] ^= 1
        with pytest.raises(SalaError):
            archive.read_manifest(bytes(spoilt))[1](server_keys().receipt_keys)


def test_a_manifest_of_very_many_logs_is_read_as_it_was_written():
    """Beyond the 4 MiB at which one could be written and not read."""
    logs = [archive.HeldLog(n.to_bytes(16, "big"), 0, 1, bytes(32)) for n in range(80_000)]
    manifest = archive.Manifest(
        archive.VERSION, bytes(16), bytes(16), bytes(16), 1, "sqlite", "test", len(logs), 1, bytes(32), logs
    )
    written = archive.write_manifest(manifest, SigningKey(b"x" * 32))
    assert len(written) > 4 * 1024 * 1024
    assert archive.read_manifest(written)[0] == manifest


def test_no_backup_is_made_that_could_not_be_restored(kiosk, server, identities, shelf, monkeypatch):
    """Where its manifest would be longer than a reader takes: nothing lies there, and kiosks are told nothing."""
    kiosk.push()
    monkeypatch.setattr(archive, "MANIFEST_BYTES_MAX", 100)
    with pytest.raises(BackupFailed, match="branches: a manifest"):
        made(server, shelf)
    assert list(shelf.iterdir()) == []
    assert set(told(kiosk)) == {0}


def test_what_is_kept_is_14_days_8_weeks_24_months():
    """Three years of daily backups: the newest of each period, in office time; the newest of all for sure."""
    start = dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)
    stems = [Stem(start + dt.timedelta(days=n), f"{n:08x}") for n in range(1096)]
    kept = archive.to_keep(stems)
    assert stems[-1] in kept
    days = sorted(((stems[-1].made_at - stem.made_at).days for stem in kept), reverse=False)
    assert days[:14] == list(range(14))
    weeks = {stem.made_at.isocalendar()[:2] for stem in kept}
    months = {(stem.made_at.year, stem.made_at.month) for stem in kept}
    assert len([week for week in weeks if week >= stems[-8 * 7].made_at.isocalendar()[:2]]) == 8
    assert len(months) == 24
    assert 14 + 6 + 22 <= len(kept) <= 14 + 8 + 24
    assert archive.to_keep(kept) == kept


@pytest.mark.parametrize(
    "name", ["sala-20261130T120000Z-1a2b3c4d.tar.zst.age", "sala-20261130T120000Z-1a2b3c4d.manifest"]
)
def test_names_tell_when(name):
    """Both files of a backup name the same moment; other names name none."""
    stem = archive.read_stem(name)
    assert stem == Stem(dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC), "1a2b3c4d")
    assert name.startswith(str(stem))
    for other in (name + ".new", "x" + name, name.replace("1130", "1131"), name.replace("-", "/"), "sala.manifest"):
        assert archive.read_stem(other) is None


def test_old_backups_go_and_nothing_else(kiosk, server, identities, shelf):
    """Seventeen days, fourteen stay. What others put there is not touched, nor is a foreign backup."""
    foreign = archive.Manifest(1, b"o" * 16, b"b" * 16, b"e" * 16, 0, "sqlite", "", 0, 0, bytes(32), [])
    strange = shelf / f"sala-20200101T000000Z-00000000{MANIFEST_SUFFIX}"
    strange.write_bytes(archive.write_manifest(foreign, SigningKey(b"x" * 32)))
    (shelf / "notes.txt").write_text("somebody else's")
    dropped = []
    for day in range(17):
        dropped += made(server, shelf, now=server.now + dt.timedelta(days=day)).dropped
    assert len(dropped) == 3
    names = {path.name for path in shelf.iterdir()}
    assert {strange.name, "notes.txt"} <= names
    whole = {stem for name in names if (stem := archive.read_stem(name))} - {archive.read_stem(strange.name)}
    assert len(whole) == 14
    assert names - {strange.name, "notes.txt"} == {
        f"{stem}{suffix}" for stem in whole for suffix in (ARCHIVE_SUFFIX, MANIFEST_SUFFIX)
    }
    assert {str(stem) for stem in whole}.isdisjoint(dropped)


def test_a_clock_set_back_costs_no_backup_that_kiosks_were_told_of(kiosk, server, identities, shelf):
    """Stamped before others of its day, or of more days than are kept: the one just made stays, for it holds most."""
    for day in range(15):
        kiosk.ticket(day + 1)
        kiosk.push()
        made(server, shelf, now=server.now + dt.timedelta(days=day))
    for back in (dt.timedelta(days=14, hours=-1), dt.timedelta(days=3, hours=1), dt.timedelta(hours=1)):
        kiosk.ticket(99)
        kiosk.push()
        last = made(server, shelf, now=server.now + dt.timedelta(days=14) - back)
        assert last.told
        assert last.archive.is_file()
        assert str(archive.read_stem(last.archive.name)) not in last.dropped
    assert told(kiosk) == [last.manifest.records]


@on_sqlite
def test_the_fullest_backup_stays_until_another_holds_as_much(kiosk, server, identities, shelf):
    """A server that was restored from an older one backs up less on the same day: what it lacks lies there still. Its
    own newest stays as well, whatever the clock says.
    """
    kiosk.ticket(1)
    kiosk.push()
    made(server, shelf)
    connections.close_all()
    held = (server.data / "sala.sqlite3").read_bytes()
    kiosk.ticket(2)
    kiosk.push()
    fullest = made(server, shelf, now=server.now + dt.timedelta(hours=1))
    connections.close_all()
    (server.data / "sala.sqlite3").write_bytes(held)
    records.start(server.office, now=server.now, epoch=b"another epoch, 6")
    for hours in (2, -1):
        less = made(server, shelf, now=server.now + dt.timedelta(hours=hours))
        assert less.manifest.records < fullest.manifest.records
        assert less.archive.is_file()
        assert fullest.archive.is_file()
    kiosk.push()
    made(server, shelf, now=server.now + dt.timedelta(hours=3))
    assert not fullest.archive.exists()


# --- refusals -------------------------------------------------------------------------------------------------------


def test_two_must_be_able_to_open_it(server, shelf, tmp_path):
    """None, one, or one twice is refused before anything is copied."""
    keys = server.data / "keys"
    with pytest.raises(NotTwo):
        made(server, shelf)
    one = vault.new_identity(tmp_path / "one", server.now)
    for few in ([one], [one, one]):
        vault.keep_recipients(keys, few)
        with pytest.raises(NotTwo):
            made(server, shelf)
    with pytest.raises(BackupFailed, match="recipient"):
        vault.keep_recipients(keys, ["age1nonsense"])
    assert list(shelf.iterdir()) == []


def test_the_disk_of_the_data_is_no_place_for_backups(server, identities, shelf):
    """Not unless a person says that something carries them away: the folder of a share that is not mounted looks so."""
    with pytest.raises(SameDisk):
        back_up(shelf, now=server.now)
    with pytest.raises(BackupFailed, match="mount the other machine"):
        back_up(shelf / "not-there", now=server.now)
    assert list(shelf.iterdir()) == []


_SPOILS = {
    "a body was changed": "UPDATE records_recordrow SET body = X'00' WHERE seq = 2",
    "a salt was changed": "UPDATE records_recordrow SET salt = zeroblob(16) WHERE seq = 3",
    "a header was changed": "UPDATE records_recordrow SET header = (SELECT header FROM records_recordrow WHERE seq = 1)"
    " WHERE seq = 2",
    "a record is gone": "DELETE FROM records_recordrow WHERE seq = 2",
    "the last record is gone": "DELETE FROM records_recordrow WHERE seq = 4",
    "two records changed places": "UPDATE records_recordrow SET seq = seq + 100 WHERE seq IN (2, 3);"
    "UPDATE records_recordrow SET seq = CASE seq WHEN 102 THEN 3 ELSE 2 END WHERE seq > 100",
    "a kind was changed": "UPDATE records_recordrow SET kind = 'rating.given' WHERE seq = 2",
    "the head was moved": "UPDATE records_log SET head_hash = zeroblob(32)",
    "an act was changed": "DROP TRIGGER audit_no_update; UPDATE organisations_auditrow SET act = 'x' WHERE seq = 1",
    "an act is gone": "DROP TRIGGER audit_no_delete; DELETE FROM organisations_auditrow WHERE seq = 2",
    "a row refers to nothing": "PRAGMA foreign_keys=OFF; UPDATE records_log SET kiosk_id = 999",
}


@on_sqlite
@pytest.mark.parametrize("spoil", _SPOILS)
def test_an_unsound_copy_is_no_backup(kiosk, server, identities, shelf, spoil):
    """The damage is named, the shelf stays as it was, and no kiosk is told that it may let go."""
    for n in range(3):
        kiosk.ticket(n + 1)
    kiosk.push()
    older = made(server, shelf).archive
    before = {path.name: path.read_bytes() for path in shelf.iterdir()}
    kiosk.ticket(4)
    kiosk.push()
    connections.close_all()
    with pysqlite3.connect(server.data / "sala.sqlite3") as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.executescript(_SPOILS[spoil])
    database.close()
    with pytest.raises(CopyUnsound):
        made(server, shelf, now=server.now + dt.timedelta(days=1))
    assert {path.name: path.read_bytes() for path in shelf.iterdir()} == before
    assert older.exists()
    assert Backup.objects.count() == 1
    assert list((server.data / "backup-work").iterdir()) == []


@on_sqlite
def test_noise_in_a_page_is_found(kiosk, server, identities, shelf):
    """A page of the file that no record lies in: SQLite's own check sees it."""
    for n in range(200):
        kiosk.ticket(n + 1)
    kiosk.push()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'records_recordrow' AND sql IS NULL")
        page = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        size = cursor.fetchone()[0]
    connections.close_all()
    with (server.data / "sala.sqlite3").open("r+b") as file:
        file.seek((page - 1) * size + 200)
        file.write(os.urandom(size - 300))
    with pytest.raises(BackupFailed):
        made(server, shelf)
    assert list(shelf.iterdir()) == []


@pytest.mark.parametrize("leave_kib", [0, 4, 8, 16])
def test_a_full_shelf_keeps_the_older_backups(kiosk, server, identities, tmp_path, leave_kib):
    """No room: a sentence, nothing half, nothing told; with room again the next one is made."""
    kiosk.push()
    with small_disk(tmp_path / "small", 2048) as shelf:
        made(server, shelf)
        before = {path.name for path in shelf.iterdir()}
        kiosk.ticket(1)
        kiosk.push()
        other = fill(shelf, leave_bytes=leave_kib * 1024)
        with pytest.raises(BackupFailed, match="No space"):
            made(server, shelf, now=server.now + dt.timedelta(days=1))
        assert {path.name for path in shelf.iterdir()} == before | {other.name}
        assert told(kiosk) == [1]
        other.unlink()
        made(server, shelf, now=server.now + dt.timedelta(days=1))
        assert told(kiosk) == [2]


def test_no_room_for_the_manifest_leaves_no_archive(kiosk, server, identities, tmp_path):
    """The archive just fits and its manifest does not: both or none."""
    kiosk.push()
    with small_disk(tmp_path / "small", 2048) as shelf:
        size = made(server, shelf).archive.stat().st_size
        fill(shelf, leave_bytes=-(-size // 4096) * 4096)
        before = {path.name for path in shelf.iterdir()}
        with pytest.raises(BackupFailed, match="No space"):
            made(server, shelf, now=server.now + dt.timedelta(days=1))
        assert {path.name for path in shelf.iterdir()} == before


@on_sqlite
def test_cut_short_anywhere_it_is_whole_or_not_there(kiosk, server, identities, shelf):
    """Power lost at each sync, rename and unlink: kiosks hear of whole backups only, and the next one clears away."""
    kiosk.push()
    call, now, status, last = 0, server.now, DIED, 0
    while status == DIED:
        call += 1
        now += dt.timedelta(minutes=1)
        kiosk.ticket(call)
        kiosk.push()
        status = cut_at(call, lambda now=now: made(server, shelf, now=now))
        # An older one may have lost its archive while it was let go; the newest is whole.
        if signed := sorted(path for path in shelf.iterdir() if path.name.endswith(MANIFEST_SUFFIX)):
            manifest, check = archive.read_manifest(signed[-1].read_bytes())
            check(server_keys().receipt_keys)
            assert actions.hash_of(actions._archive_of(signed[-1])) == manifest.archive_hash
        [backed_up] = told(kiosk)
        assert backed_up in {0} | {manifest.logs[0].seq for manifest in _manifests(shelf)}
        assert backed_up >= last
        last = backed_up
    assert status == THROUGH
    assert call > 6
    made(server, shelf, now=now + dt.timedelta(minutes=1))
    names = {path.name for path in shelf.iterdir()}
    stems = {archive.read_stem(name) for name in names}
    assert None not in stems
    assert len(names) == 2 * len(stems)


def _manifests(shelf):
    return [
        archive.read_manifest(path.read_bytes())[0] for path in shelf.iterdir() if path.name.endswith(MANIFEST_SUFFIX)
    ]


def test_one_backup_at_a_time(server, identities, shelf):
    """A second one that begins meanwhile ends with a sentence."""
    with actions._working(shelf, same_disk=True), pytest.raises(BackupFailed, match="another"):
        made(server, shelf)
    made(server, shelf)


def test_pushes_go_on_meanwhile(kiosk, server, identities, shelf):
    """A kiosk that sends without a pause neither spoils the copies nor is told more than they hold."""
    import threading

    done = threading.Event()
    failures = []

    def send() -> None:
        try:
            while not done.is_set():
                kiosk.rate(3)
                kiosk.push()
        except Exception as error:  # noqa: BLE001 - looked at below
            failures.append(error)
        finally:
            connections.close_all()

    sender = threading.Thread(target=send)
    sender.start()
    try:
        held = [made(server, shelf, now=server.now + dt.timedelta(hours=n)).manifest for n in range(3)]
    finally:
        done.set()
        sender.join()
    assert failures == []
    seqs = [manifest.logs[0].seq if manifest.logs else 0 for manifest in held]
    assert seqs == sorted(seqs)
    assert seqs[-1] > seqs[0]
    assert told(kiosk) == [seqs[-1]]
    assert all(kiosk.lobby.hash_at(m.logs[0].seq) == m.logs[0].hash for m in held if m.logs)


def test_backups_from_before_a_roll_of_keys_are_still_ours(kiosk, server, identities, shelf):
    """Its manifest was signed with a key that is no longer the present one: known all the same, and let go by plan."""
    from sync_server import keys

    old = made(server, shelf)
    root = keys._one(keys.root_file(), SigningKey)
    keys.roll(["receipts"], [root], now_ms=1)
    path = actions._manifest_of(old.archive)
    _manifest, check = archive.read_manifest(path.read_bytes())
    check(server_keys().receipt_keys)
    with pytest.raises(BadSignature):
        check([server_keys().receipts.public])
    for day in range(1, 17):
        dropped = made(server, shelf, now=server.now + dt.timedelta(days=day)).dropped
        if dropped:
            break
    assert dropped[0] == str(archive.read_stem(path.name))
    assert not path.exists()


@pytest.mark.parametrize(("size", "taken"), [(1, 0), (200_000, 0), (200_000, 1)])
def test_what_the_sink_did_not_take_is_not_called_written(server, tmp_path, size, taken):
    """Age's library drops an error of the very last write; here every one of them comes through."""

    class Full:
        left = taken

        def write(self, data: bytes) -> int:
            self.left -= 1
            if self.left < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return len(data)

    to = [vault.new_identity(tmp_path / name, server.now) for name in ("one", "two")]
    with pytest.raises(OSError, match="No space"):
        vault.seal(io.BytesIO(bytes(size)), Full(), to)
