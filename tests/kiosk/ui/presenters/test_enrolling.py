"""An installer with nothing but the touchscreen: the code, the four words, and an answer; nothing is kept before it."""

import pytest

from kiosk import config, identity
from kiosk.bootstrap import Entry, open_kiosk
from kiosk.desk.inviting import Lying, look
from kiosk.sync.line import NotTheServer, Unreachable
from kiosk.ui.presenters.enrolling import HTTPS, SEEN_MS, Enrolling
from kiosk.ui.sample import SteppedWorker
from kiosk.ui.strings import saying
from shared import keys, protocol
from shared import stick as layout
from shared.fourwords import four_words, numbers
from shared.invitation import FILE_NAME, Invitation, write
from tests.kiosk.sync.test_enrolment_of_a_kiosk import CODE, SERVER_MS, URL, Registry
from tests.kiosk.worlds import Hands
from tests.small_disk import small_disk

SAY = saying("th")


class Desk:
    """An installer before a kiosk in `folder`, whose server is `server`."""

    def __init__(self, folder, server=None, *, server_url=""):
        self.folder, self.server, self.hands = folder, server or Registry(), Hands()
        self.asked, self.lying, self.started = [], Lying(), 0
        self.worker, clock = SteppedWorker(), self.hands.clock()
        self.entry = Entry(config.Config(data=folder), clock, connect=self.connect)
        self.entry.look = lambda: self.lying
        self.page = Enrolling(
            self.entry, self.worker, clock, say=SAY, server_url=server_url, on_enrolled=self.start,
        )  # fmt: skip

    def connect(self, url):
        """The line to an address."""
        self.asked.append(url)
        return self.server

    def start(self):
        """The kiosk may begin."""
        self.started += 1

    def does(self, verb, *words):
        """A touch, and what follows from it."""
        getattr(self.page, verb)(*words)
        self.worker.settle()
        return self.page.view

    def enters(self, url=URL, code=CODE):
        """Type both, and ask."""
        self.does("address", url)
        self.does("code", code)
        return self.does("act", "ask")


@pytest.fixture
def desk(tmp_path):
    """A new kiosk."""
    return Desk(tmp_path / "kiosk")


def test_words_first_then_a_kiosk(desk):
    """The right code shows the four words the server has; only "the same" makes a kiosk of it."""
    assert (desk.page.view.address, desk.page.view.field, desk.page.view.ready) == (HTTPS, "address", False)
    view = desk.enters()
    assert (view.state, view.first, view.second) == ("words", "same", "differ")
    assert "ตู้ 1" in view.name
    assert not identity.is_enrolled(desk.folder)
    desk.hands.pass_s(2)
    assert desk.does("act", "same").state == "starting"
    assert desk.started == 1
    me = identity.load(desk.folder)
    assert view.words == four_words(me.fingerprint)
    assert view.numbers == numbers(me.fingerprint).replace(" ", "\u00a0"), "they could break, or change places in Jawi"
    assert config.load(desk.folder).server_url == URL
    with open_kiosk(desk.folder, transport=desk.server) as kiosk:
        assert kiosk.world.lobby.counts().captured == 1


def test_words_that_differ_keep_nothing(desk):
    """Neither identity nor address stays, nor the key that somebody saw; the next code begins anew."""
    desk.enters()
    desk.hands.pass_s(2)
    view = desk.does("act", "differ")
    assert (view.state, view.words, view.code) == ("differed", (), "")
    assert list(desk.folder.iterdir()) == []
    assert desk.does("act", "same").state == "differed"
    assert desk.does("act", "again").state == "type"
    assert desk.enters().state == "words"
    assert len(set(desk.server.public_keys)) == 2


@pytest.mark.parametrize("answer", ["same", "differ"])
def test_a_finger_on_its_way_judges_nothing(desk, answer):
    """What comes before anybody can have read the words is no answer."""
    desk.enters()
    desk.hands.pass_s(SEEN_MS / 1000 - 0.1)
    assert desk.does("act", answer).state == "words"
    assert not identity.is_enrolled(desk.folder)
    desk.hands.pass_s(0.2)
    assert desk.does("act", answer).state != "words"


@pytest.mark.parametrize(
    ("code", "error", "why"),
    [
        (keys.enrolment_code(bytes(10)), None, "code"),
        ("ABCD", None, "form"),
        (CODE, Unreachable("cut"), "line"),
        (CODE, NotTheServer("a sign-in page"), "server"),
        (CODE, OSError("no room"), "other"),
    ],
)
def test_each_refusal_says_what_to_do(desk, monkeypatch, code, error, why):
    """In words of its own; the fields keep what was typed, and another try may follow at once."""
    if error is not None:
        monkeypatch.setattr(desk.server, "post", lambda *_: (_ for _ in ()).throw(error))
    view = desk.enters(code=code)
    assert (view.state, view.busy, view.code, view.address) == ("type", False, code, URL)
    assert view.message == SAY(f"enrol.why_{why}")
    assert view.message_sub.startswith(SAY(f"enrol.why_{why}_do", why="").strip())
    monkeypatch.undo()
    assert desk.enters().state == "words"


def test_an_address_that_cannot_be_one_is_said(tmp_path):
    """http:// is for this very machine; the real line refuses it before anything is sent."""
    worker, clock = SteppedWorker(), Hands().clock()
    page = Enrolling(Entry(config.Config(data=tmp_path / "kiosk"), clock), worker, clock, say=SAY)
    page.address("http://192.168.1.9")
    page.code(CODE)
    page.ask()
    worker.settle()
    assert page.view.message == SAY("enrol.why_address")


def test_while_the_server_is_asked_nothing_else_is_begun(desk):
    """One request, however often one presses."""
    desk.does("address", URL)
    desk.does("code", CODE)
    for _ in range(3):
        desk.page.act("ask")
    assert desk.page.view.busy
    desk.worker.settle()
    assert (desk.page.view.busy, len(desk.server.public_keys)) == (False, 1)


@pytest.mark.parametrize("field", ["address", "code"])
def test_a_scanner_types_it_all(desk, field):
    """Into whichever field stands open, behind what is there already; its Enter asks."""
    text = write(Invitation(URL, CODE, SERVER_MS))
    desk.does("focus", field)
    desk.does(field, (HTTPS if field == "address" else "") + text)
    assert desk.does("enter").state == "words"
    assert desk.asked == [URL]


def test_another_qr_code_is_not_taken_for_one(desk):
    """Half of one is said to be none, and nothing is asked."""
    desk.does("code", "SALA-ENROL/1 https://sala.example.go.th")
    view = desk.does("enter")
    assert (view.state, view.code, view.message, desk.asked) == ("type", "", SAY("enrol.why_qr"), [])


def test_enter_goes_from_the_address_to_the_code(desk):
    """As in any form; with a code it asks."""
    desk.does("address", URL)
    assert desk.does("enter").field == "code"
    desk.does("code", CODE)
    assert desk.does("enter").state == "words"


def test_the_settings_name_the_server(tmp_path):
    """Then it is shown and cannot be changed, not by a scan either."""
    desk = Desk(tmp_path / "kiosk", server_url=URL)
    assert (desk.page.view.fixed, desk.page.view.field) == (True, "code")
    desk.does("address", "https://other.example")
    desk.does("focus", "address")
    assert (desk.page.view.address, desk.page.view.field) == (URL, "code")
    desk.does("code", write(Invitation("https://other.example", CODE, SERVER_MS)))
    assert desk.does("enter").state == "words"
    assert desk.asked == [URL]


def test_a_code_comes_on_a_stick(desk):
    """It is filled in once, when the stick is plugged in; the installer presses, and may type over it."""
    desk.does("tick")
    assert desk.page.view.second == ""
    desk.lying = Lying(desk.folder.with_name("stick"), Invitation(URL, CODE, SERVER_MS))
    view = desk.does("tick")
    assert (view.address, view.code, view.message) == (URL, CODE, SAY("enrol.read"))
    assert view.second == "by_stick"
    desk.does("code", "typed instead")
    assert desk.does("tick").code == "typed instead"
    desk.does("code", CODE)
    assert desk.does("act", "ask").state == "words"


def test_without_a_line_the_stick_goes_and_comes(tmp_path):
    """The request is put on it; brought back with the server's answer, the words stand there, and then the kiosk."""
    desk, stick = Desk(tmp_path / "kiosk"), tmp_path / "stick"
    stick.mkdir()
    desk.lying = Lying(stick)
    desk.does("tick")
    desk.does("code", CODE)
    assert desk.does("act", "by_stick").state == "carry"
    assert desk.does("act", "carry_on").state == "carry"
    [asked] = (stick / layout.TOP / layout.ENROL).glob(f"*{layout.ASK}")
    told = asked.with_suffix(layout.TOLD)
    told.write_bytes(desk.server.post("sync/enrol", asked.read_bytes()).body)
    assert protocol.read_enrol(asked.read_bytes()).public_key == desk.server.public_keys[-1]
    view = desk.does("act", "carry_on")
    assert view.state == "words"
    assert told.exists()
    desk.hands.pass_s(2)
    assert desk.does("act", "same").state == "starting"
    assert view.words == four_words(identity.load(desk.folder).fingerprint)
    assert config.load(desk.folder).server_url == ""
    assert not told.exists()
    assert not asked.exists()


def test_what_a_stick_brings_is_looked_for(tmp_path):
    """An invitation on a real small disk; a link, another text and an empty stick are none."""
    home = tmp_path / "kiosk"
    home.mkdir()
    with small_disk(tmp_path / "stick", 64) as stick:
        settings = config.Config(data=home, stick_folders=(str(stick),))
        assert look(settings, mounts="") == Lying(stick)
        invitation = Invitation("https://sala.example.go.th", CODE, SERVER_MS)
        file = stick / FILE_NAME
        file.write_text(write(invitation) + "\n")
        assert look(settings, mounts="") == Lying(stick, invitation)
        for spoilt in (b"1234", b"\xff" * 10, b"x" * 5000):
            file.write_bytes(spoilt)
            assert look(settings, mounts="") == Lying(stick)
        file.unlink()
        (home / "elsewhere").write_text(write(invitation))
        file.symlink_to(home / "elsewhere")
        assert look(settings, mounts="") == Lying(stick)
    assert look(config.Config(data=home), mounts="") == Lying()
