"""Enrolment: the right code makes a whole kiosk, any other none, and a break in between costs nothing."""

import os

import pytest

from kiosk import config, identity
from kiosk.bootstrap import open_kiosk
from kiosk.identity import NotEnrolled
from kiosk.store import Logbook, NoStore, Store, WrongKey, files, read_key_file
from kiosk.store.editions import Editions
from kiosk.sync.enrolment import AlreadyEnrolled, CodeRefused, enrol, leave
from kiosk.sync.line import NotTheServer, Reply, Unreachable
from kiosk.sync.rolling import begin
from shared import content, keys, protocol
from shared.content import EDITION_MAX, PieceRef
from shared.errors import ContentRefused, KeyRefused
from shared.keys import SigningKey
from shared.protocol import Intake, Reason, ServerSelf
from tests.kiosk.worlds import (
    ANSWER_KEY,
    BUNDLE_KEY,
    CODE_SALT,
    KIOSK_ID,
    OFFICE_ID,
    SEALING_KEY,
    Hands,
    an_office,
    pieces_of,
    publish,
    signed_edition,
    some_services,
)

SECRET = bytes(range(10))
CODE = keys.enrolment_code(SECRET)
URL = "http://127.0.0.1:8420"
SERVER_MS = 1_773_632_000_000


class Registry:
    """A server that lets one kiosk in; `grant_code` is the code it proves to know."""

    def __init__(self, secret=SECRET):
        self.me = ServerSelf(OFFICE_ID, ANSWER_KEY, {})
        self.secret = secret
        self.lost_answers = 0
        self.public_keys = []

    def post(self, path, body):
        """Answer a request to enrol."""
        assert path == "sync/enrol"
        request = protocol.read_enrol(body)
        self.public_keys.append(request.public_key)
        try:
            protocol.check_enrol(request, SECRET)
        except protocol.NotTaken:
            refusal = Intake(self.me).refuse(body, Reason.WRONG_CODE, epoch=b"e" * 16, server_ms=SERVER_MS)
            return Reply(403, refusal)
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unreachable("cut")
        return Reply(
            200,
            protocol.grant(
                request, self.secret, me=self.me, office_name="อบต.ศาลาทอง", kiosk=KIOSK_ID, kiosk_name="ตู้ 1",
                epoch=b"e" * 16, server_ms=SERVER_MS, series=["A", "B"], bundle_key=BUNDLE_KEY.public,
                seal_to=SEALING_KEY.public, code_salt=CODE_SALT,
            ),
        )  # fmt: skip


def try_enrol(folder, server, code=CODE):
    """Enrol with the machine's random."""
    return enrol(folder, server, code=code, url=URL, clock=Hands().clock(), random=os.urandom)


def test_a_right_code_makes_a_whole_kiosk(tmp_path):
    """After enrolment the kiosk opens: identity, store with its log, settings, tripwire; codes may be typed anyhow."""
    me = try_enrol(tmp_path, Registry(), CODE.lower().replace("-", " ").replace("0", "o"))
    assert (me.office, me.kiosk, me.series) == (OFFICE_ID, KIOSK_ID, ("A", "B"))
    assert identity.load(tmp_path) == me
    assert config.load(tmp_path).server_url == URL
    with open_kiosk(tmp_path) as kiosk:
        assert len(kiosk.world.lobby.logs()) == 1
        assert kiosk.world.lobby.head.seq == 1
        assert kiosk.sync.link.state == "starting"


@pytest.mark.parametrize("code", ["", "short", CODE[:-1], CODE + "1", "UUUU-UUUU-UUUU-UUUU"])
def test_what_cannot_be_a_code_asks_nobody(tmp_path, code):
    """A malformed code is refused before a byte is sent or written."""
    with pytest.raises(KeyRefused):
        try_enrol(tmp_path, Registry(), code)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_code_leaves_no_kiosk(tmp_path):
    """Another code is refused with what to do, and the folder is not enrolled."""
    with pytest.raises(CodeRefused):
        try_enrol(tmp_path, Registry(), keys.enrolment_code(b"0123456789"))
    with pytest.raises(NotEnrolled):
        open_kiosk(tmp_path)


def test_a_server_that_does_not_know_the_code_is_not_believed(tmp_path):
    """A welcome without proof of the code, or a portal's page, makes no kiosk."""
    with pytest.raises(NotTheServer):
        try_enrol(tmp_path, Registry(secret=b"9876543210"))

    class Portal:
        def post(self, _path, _body):
            return Reply(200, b"<html>")

    with pytest.raises(NotTheServer):
        try_enrol(tmp_path, Portal())
    assert not identity.is_enrolled(tmp_path)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(tmp_path):
    """The server may have let this key in already: the next try brings the same one."""
    server = Registry()
    server.lost_answers = 1
    with pytest.raises(Unreachable):
        try_enrol(tmp_path, server)
    try_enrol(tmp_path, server)
    assert len(set(server.public_keys)) == 1


def test_an_enrolled_kiosk_is_not_enrolled_over(tmp_path):
    """A folder that belongs to a kiosk stays its own."""
    me = try_enrol(tmp_path, Registry())
    with pytest.raises(AlreadyEnrolled):
        try_enrol(tmp_path, Registry())
    assert identity.load(tmp_path) == me


def test_a_break_at_any_write_can_be_taken_up_again(tmp_path, monkeypatch):
    """Whatever file fails to be written, the kiosk is not enrolled, and the same code completes it."""
    replace, create = files.replace, files.create
    for fails_at in range(1, 12):
        folder = tmp_path / str(fails_at)
        calls = [0]

        def breaking(write, calls=calls, fails_at=fails_at):
            def wrapped(path, data, *, mode=0o600):
                calls[0] += 1
                if calls[0] == fails_at:
                    raise OSError("the power went")
                write(path, data, mode=mode)

            return wrapped

        monkeypatch.setattr(files, "replace", breaking(replace))
        monkeypatch.setattr(files, "create", breaking(create))
        try:
            try_enrol(folder, Registry())
            whole = True
        except OSError:
            whole = False
        monkeypatch.setattr(files, "replace", replace)
        monkeypatch.setattr(files, "create", create)
        if not whole:
            assert not identity.is_enrolled(folder)
            try_enrol(folder, Registry())
        open_kiosk(folder).close()
        if whole:
            break
    else:
        pytest.fail("enrolment never finished")
    assert fails_at > 3


def test_settings_that_are_there_are_kept(tmp_path):
    """An existing kiosk.toml keeps its lines; an address in it is not replaced."""
    (tmp_path / "kiosk.toml").write_text("# our kiosk\nidle_warn_s = 30\n")
    try_enrol(tmp_path, Registry())
    loaded = config.load(tmp_path)
    assert (loaded.idle_warn_s, loaded.server_url) == (30, URL)
    other = tmp_path / "other"
    other.mkdir()
    (other / "kiosk.toml").write_text('server_url = "https://sala.example"\n')
    try_enrol(other, Registry())
    assert config.load(other).server_url == "https://sala.example"


def test_enrolling_anew_cites_the_old_log(tmp_path):
    """After the identity was moved away, a new enrolment opens a log whose parent is the one before."""
    try_enrol(tmp_path, Registry())
    leave(tmp_path)
    try_enrol(tmp_path, Registry())
    with Store(tmp_path / "store.sala", read_key_file(tmp_path / "store.key")) as store:
        assert len(Logbook(store, "lobby", software="x").logs()) == 2


def test_what_was_left_comes_back_until_another_enrolment_is_done(tmp_path):
    """The identity lies aside: renamed, the kiosk is who it was; after a new enrolment nothing of it is there."""
    before = try_enrol(tmp_path, Registry())
    leave(tmp_path)
    with pytest.raises(NotEnrolled):
        leave(tmp_path)
    for path in tmp_path.glob("*.before"):
        path.rename(path.with_suffix(""))
    assert identity.load(tmp_path) == before
    leave(tmp_path)
    with pytest.raises(CodeRefused):
        try_enrol(tmp_path, Registry(), code=keys.enrolment_code(bytes(10)))
    assert len(list(tmp_path.glob("*.before"))) == 2
    after = try_enrol(tmp_path, Registry())
    assert after.key.public != before.key.public
    assert not list(tmp_path.glob("*.before"))


def test_leaving_that_broke_off_is_finished_at_the_next_start(tmp_path):
    """The power went between the two renames: the kiosk asks for a code, as whoever pressed had wanted."""
    before = try_enrol(tmp_path, Registry())
    (tmp_path / "signing.key").rename(tmp_path / "signing.key.before")
    with pytest.raises(NotEnrolled):
        identity.load(tmp_path)
    assert try_enrol(tmp_path, Registry()).key.public != before.key.public


def test_enrolling_anew_forgets_the_key_that_was_laid_aside(tmp_path):
    """A copy of this device may use that one; and the key of an enrolment is new."""
    try_enrol(tmp_path, Registry())
    begin(tmp_path, os.urandom)
    leave(tmp_path)
    try_enrol(tmp_path, Registry())
    assert not (tmp_path / "signing.key.next").exists()


@pytest.mark.parametrize("number", [1, 3, EDITION_MAX])
def test_enrolling_anew_lets_go_of_content_that_its_keys_did_not_sign(tmp_path, number):
    """A thief of the key before pushed the number to the sky; the office's next edition is taken all the same."""
    thief = SigningKey(bytes(32))
    stolen = Editions(tmp_path / "content", thief.public, OFFICE_ID)
    pieces = pieces_of(an_office(), some_services())
    signed = signed_edition(number, pieces, by=thief)
    stolen.accept(signed)
    for data in pieces.values():
        stolen.put(PieceRef("", content.piece_hash(data), len(data)), data)
    stolen.switch(signed)
    me = try_enrol(tmp_path, Registry())
    editions = Editions(tmp_path / "content", me.bundle_key, me.office)
    assert (editions.edition, editions.faults) == (0, [])
    publish(editions, 2)
    assert editions.edition == 2


def test_what_was_let_go_is_off_the_disk_before_the_identity_is_there(tmp_path, monkeypatch):
    """A power cut afterwards brings no number of a thief back."""
    content_folder, gone_and_synced = tmp_path / "content", []
    content_folder.mkdir()
    (content_folder / "9.manifest").write_bytes(b"nobody's")
    sync = files.sync_folder

    def noted(folder):
        if folder == content_folder:
            gone_and_synced.append(not list(folder.glob("*.manifest")) and not identity.is_enrolled(tmp_path))
        sync(folder)

    monkeypatch.setattr(files, "sync_folder", noted)
    try_enrol(tmp_path, Registry())
    assert gone_and_synced == [True]


def test_enrolling_anew_keeps_content_that_its_keys_signed(tmp_path):
    """The kiosk lost its own key and nothing else: it goes on showing what it showed, and never anything older."""
    editions = Editions(tmp_path / "content", BUNDLE_KEY.public, OFFICE_ID)
    for number in (4, 5):
        publish(editions, number)
    me = try_enrol(tmp_path, Registry())
    editions = Editions(tmp_path / "content", me.bundle_key, me.office)
    assert editions.edition == 5
    with pytest.raises(ContentRefused):
        publish(editions, 4)


@pytest.mark.parametrize(
    ("name", "harm", "error"),
    [
        ("store.key", "gone", WrongKey),
        ("store.key", "other", WrongKey),
        ("signing.key", "gone", WrongKey),
        ("signing.key", "other", WrongKey),
        ("store.sala", "gone", NoStore),
    ],
)
def test_wrong_or_missing_files_are_named_and_never_made_anew(tmp_path, name, harm, error):
    """A kiosk without its own keys or store says so; it opens no empty store and writes nothing over what is there."""
    try_enrol(tmp_path, Registry())
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    (tmp_path / name).unlink()
    if harm == "other":
        line = "sala-store-key-1 " + "ab" * 32 if name == "store.key" else keys.write(keys.SigningKey(b"x" * 32))
        (tmp_path / name).write_text(line)
    with pytest.raises(error):
        open_kiosk(tmp_path)
    if harm == "gone":
        assert not (tmp_path / name).exists()
    (tmp_path / name).write_bytes(kept[name])
    for part in ("store.sala-wal",):
        if part in kept:
            (tmp_path / part).write_bytes(kept[part])
    open_kiosk(tmp_path).close()
