"""Everything that whoever owns the line, the stick or another key may try with the content, after TUF's list.

To add one: a function that spoils the `Repository`, under its name in `ATTACKS`. Each is played against a kiosk that
shows edition 2: it must be refused by one of our errors in about a second, change nothing on the screen, now and after
a restart, and leave the kiosk able to take the next honest edition.
"""

import gzip
import time
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from kiosk.desk.health import Link, health, old_since
from kiosk.store.editions import Editions
from kiosk.sync.fetch import fetch
from kiosk.sync.line import NotTheServer, Reply, Unreachable
from shared import content, envelope, keys, wire
from shared.content import Manifest, PieceRef, piece_hash
from shared.envelope import Label
from shared.errors import BadSignature, ContentRefused, SalaError
from tests.kiosk.worlds import (
    ANSWER_KEY,
    BUNDLE_KEY,
    MONDAY,
    OFFICE_ID,
    Hands,
    an_office,
    make_world,
    pieces_of,
    some_services,
)

HOUR_MS = 3_600_000
#: A refusal is cheap: of the processor's time, whatever else the machine does.
REFUSED_WITHIN_S = 1.0


class Repository:
    """A server's content in memory with a clock of its own, and the line to it: a `Transport`.

    What is put into `manifest`, `pieces` (by hash) and `replies` (by path, instead of the genuine answer) is served.
    """

    def __init__(self) -> None:
        self.now_ms = int(MONDAY.timestamp() * 1000)
        self.edition = 0
        self.named: dict[str, bytes] = {}
        self.pieces: dict[bytes, bytes] = {}
        self.manifest = b""
        self.replies: dict[str, Reply] = {}
        self.history: dict[int, bytes] = {}

    def publish(self, **changed: bytes) -> None:
        """The next honest edition, an hour later."""
        self.now_ms += HOUR_MS
        self.edition += 1
        self.named = {**(self.named or pieces_of(an_office(), some_services())), **changed}
        self.pieces |= {piece_hash(data): data for data in self.named.values()}
        self.manifest = self.history[self.edition] = self.sign(self.listed())

    def listed(self) -> Manifest:
        """What the newest edition says."""
        refs = [PieceRef(name, piece_hash(data), len(data)) for name, data in sorted(self.named.items())]
        return Manifest(1, OFFICE_ID, self.edition, self.now_ms, refs)

    def sign(self, manifest: object, *, by: keys.SigningKey = BUNDLE_KEY, label: Label = Label.MANIFEST) -> bytes:
        """A note of any value, true or not."""
        return envelope.sign(label, wire.encode(manifest), by)

    def post(self, path: str, body: bytes) -> Reply:
        """Nothing is asked of content."""
        raise AssertionError(f"{path} got {len(body)} bytes")

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """A manifest or a piece, as far as `bytes_max` lets through."""
        if path in self.replies:
            reply = self.replies[path]
        elif path == "sync/manifest":
            reply = Reply(200, self.manifest)
        else:
            data = self.pieces.get(bytes.fromhex(path.removeprefix("sync/piece/")))
            reply = Reply(404, b"") if data is None else Reply(206 if begin else 200, data[begin:])
        if len(reply.body) > bytes_max:
            raise NotTheServer(f"an answer of more than {bytes_max} bytes")
        return reply

    # --- ways to spoil it

    def lie(self, **fields: object) -> None:
        """Sign the newest edition with other facts: what a stolen bundle key could do."""
        self.manifest = self.sign(msgspec.structs.replace(self.listed(), **fields))

    def serve(self, name: str, reply: Reply) -> None:
        """Answer for a piece with something else."""
        self.replies[f"sync/piece/{piece_hash(self.named[name]).hex()}"] = reply

    def lie_about(self, name: str, **fields: object) -> None:
        """Sign something else about one piece."""
        refs = self.listed().pieces
        self.lie(pieces=[msgspec.structs.replace(ref, **fields) if ref.name == name else ref for ref in refs])


Attack = Callable[[Repository], None]


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _manifest(change: Callable[[Repository], bytes]) -> Attack:
    """An attack on the signed list: it is served as `change` makes it."""

    def attack(repository: Repository) -> None:
        repository.manifest = change(repository)

    return attack


def _signed(**fields: object) -> Attack:
    """An attack with the true key: the list says other things."""
    return lambda repository: repository.lie(**fields)


def _raw(value: Callable[[Manifest], object]) -> Attack:
    """An attack with the true key: what is signed is no list of pieces."""
    return _manifest(lambda repository: repository.sign(value(repository.listed())))


def _about(name: str, **fields: object) -> Attack:
    return lambda repository: repository.lie_about(name, **fields)


def _served(name: str, change: Callable[[bytes], bytes], status: int = 200) -> Attack:
    """An attack on the way: a piece is other bytes than were signed."""
    return lambda repository: repository.serve(name, Reply(status, change(repository.named[name])))


def _published(**pieces: bytes) -> Attack:
    """An attack with the true key and whole pieces: an edition that no kiosk must turn to."""
    return lambda repository: repository.publish(**pieces)


def _note(payload: Callable[[Repository], bytes]) -> Attack:
    return _manifest(lambda repository: envelope.sign(Label.MANIFEST, payload(repository), BUNDLE_KEY))


def _swap(repository: Repository) -> None:
    """Each of two pieces under the other's name."""
    office, notices = repository.named["office"], repository.named["notices"]
    refs = [ref for ref in repository.listed().pieces if ref.name not in ("office", "notices")]
    refs += [
        PieceRef("office", piece_hash(notices), len(notices)),
        PieceRef("notices", piece_hash(office), len(office)),
    ]
    repository.lie(pieces=refs)


def _blank_edition_2(repository: Repository) -> None:
    """Another content under the number that is on the screen."""
    repository.named |= {"extra": b"put in between"}
    repository.pieces[piece_hash(b"put in between")] = b"put in between"
    repository.lie(edition=2)


def _piece_of_edition_2(repository: Repository) -> None:
    old = pieces_of(an_office(), some_services())["office"]
    repository.serve("office", Reply(200, old))


def _unknown_places(manifest: Manifest) -> object:
    return [*msgspec.to_builtins(manifest), "a field that nobody knows"]


NOTICES = b'{"notices":[]}'
OTHER = keys.SigningKey(b"z" * 32)

ATTACKS: dict[str, tuple[Attack, type[Exception]]] = {
    # who signed
    "unsigned": (_manifest(lambda r: wire.encode(r.listed())), SalaError),
    "signature of zeros": (_manifest(lambda r: r.manifest[:22] + bytes(64) + r.manifest[86:]), BadSignature),
    "another key": (_manifest(lambda r: r.sign(r.listed(), by=OTHER)), BadSignature),
    "another key under the true key's id": (
        _manifest(lambda r: r.manifest[:22] + r.sign(r.listed(), by=OTHER)[22:]), BadSignature),
    "the server's other key": (_manifest(lambda r: r.sign(r.listed(), by=ANSWER_KEY)), BadSignature),
    "signed for another purpose": (_manifest(lambda r: r.sign(r.listed(), label=Label.ANSWER)), SalaError),
    "signed for another purpose, relabelled": (
        _manifest(lambda r: r.manifest[:5] + bytes([Label.MANIFEST]) + r.sign(r.listed(), label=Label.ANSWER)[6:]),
        BadSignature,
    ),
    "a signature counted twice": (
        _manifest(lambda r: r.manifest[:22] + r.manifest[22:86] * 2 + r.manifest[86:]), BadSignature),
    "a bit of the list": (_manifest(lambda r: _flipped(r.manifest, 120)), BadSignature),
    "a bit of the signature": (_manifest(lambda r: _flipped(r.manifest, 30)), BadSignature),
    "a note of a later version": (_manifest(lambda r: r.manifest[:4] + b"\x09" + r.manifest[5:]), SalaError),
    # back, aside, far ahead
    "rolled back to an older edition": (_manifest(lambda r: r.history[1]), ContentRefused),
    "an older edition than the server names": (_manifest(lambda r: r.history[2]), ContentRefused),
    "edition nought": (_signed(edition=0), ContentRefused),
    "an edition below nought": (_signed(edition=-1), ContentRefused),
    "the same number with other content": (_blank_edition_2, ContentRefused),
    "an edition that no record can cite": (_signed(edition=2**63), ContentRefused),
    "the highest number there is": (_signed(edition=2**64 - 1), ContentRefused),
    "made after the last year of calendars": (_signed(made_ms=253_402_300_800_000), ContentRefused),
    "made before there was a clock": (_signed(made_ms=-1), ContentRefused),
    # of somebody else, mixed, incomplete
    "another office": (_signed(office=b"x" * 16), ContentRefused),
    "no office": (_signed(office=b""), ContentRefused),
    "one piece rolled back": (_piece_of_edition_2, NotTheServer),
    "two pieces under each other's name": (_swap, ContentRefused),
    "a piece that is not there": (lambda r: r.pieces.pop(piece_hash(r.named["office"])), NotTheServer),
    "a piece that is empty": (_served("office", lambda _data: b""), NotTheServer),
    "an edition without its office": (
        lambda r: r.lie(pieces=[ref for ref in r.listed().pieces if ref.name != "office"]), ContentRefused),
    "an edition of nothing": (_signed(pieces=[]), ContentRefused),
    # lies about pieces
    "another hash": (_about("office", hash=bytes(32)), NotTheServer),
    "a hash cut short": (_about("office", hash=bytes(31)), ContentRefused),
    "a size too small": (_about("office", size=10), NotTheServer),
    "a size too large": (_about("office", size=10_000), NotTheServer),
    "a size below nought": (_about("office", size=-1), ContentRefused),
    "a size of exabytes": (_about("office", size=2**62), ContentRefused),
    "two pieces of one name": (lambda r: r.lie(pieces=r.listed().pieces * 2), ContentRefused),
    "one piece in two sizes": (
        lambda r: r.lie(pieces=[*r.listed().pieces, PieceRef("again", piece_hash(r.named["office"]), 7)]), SalaError),
    "more pieces than an office has": (
        _signed(pieces=[PieceRef(f"p{i}", bytes([i % 256]) * 32, 1) for i in range(2001)]), ContentRefused),
    "more bytes than a disk should give": (
        lambda r: r.lie(pieces=[
            PieceRef(f"p{i}", bytes([i]) * 32, content.PIECE_BYTES_MAX)
            for i in range(content.EDITION_BYTES_MAX // content.PIECE_BYTES_MAX + 1)
        ]), ContentRefused),
    # endless, cut, from a portal
    "a list without end": (_manifest(lambda r: r.manifest + bytes(content.MANIFEST_BYTES_MAX)), SalaError),
    "a piece without end": (_served("office", lambda data: data + bytes(content.PIECE_BYTES_MAX)), NotTheServer),
    "a piece with one byte more": (_served("office", lambda data: data + b"\n"), NotTheServer),
    "a piece cut short": (_served("office", lambda data: data[:-1]), NotTheServer),
    "a piece that is packed": (_served("office", gzip.compress), NotTheServer),
    "a bomb for a piece": (_served("office", lambda _data: gzip.compress(bytes(64 * 1024 * 1024))), NotTheServer),
    "a portal's page for the list": (
        lambda r: r.replies.update({"sync/manifest": Reply(200, b"<html>Please log in</html>")}), SalaError),
    "a portal's page for a piece": (_served("office", lambda _data: b"<html>"), NotTheServer),
    "sent on to somewhere else": (
        lambda r: r.replies.update({"sync/manifest": Reply(302, b"")}), NotTheServer),
    "nothing at all": (_manifest(lambda _r: b""), SalaError),
    "only the head of a list": (_manifest(lambda r: r.manifest[:86]), SalaError),
    # the written form of the list
    "a field that nobody knows": (_raw(_unknown_places), SalaError),
    "a field left out": (_raw(lambda m: msgspec.to_builtins(m)[:-1]), SalaError),
    "a list of a later version": (_signed(version=2), ContentRefused),
    "names in place of an order": (_raw(lambda m: {name: getattr(m, name) for name in m.__struct_fields__}), SalaError),
    "the same list in longer bytes": (
        _note(lambda r: b"\xdc\x00\x05" + wire.encode(r.listed())[1:]), SalaError),
    "bytes behind the list": (_note(lambda r: wire.encode(r.listed()) + b"\xc0"), SalaError),
    "a list nested a hundred thousand deep": (_note(lambda _r: b"\x91" * 100_000 + b"\xc0"), SalaError),
    "a list that claims 4 GiB": (_note(lambda _r: b"\xdd\xff\xff\xff\xff"), SalaError),
    # what stands in a piece
    "text that is no UTF-8": (_published(notices=b'{"notices":["\xff\xfe"]}'), ContentRefused),
    "half a character": (_published(notices=b'{"notices":["\\ud800"]}'), ContentRefused),
    "a number that is none": (_published(notices=b'{"notices":NaN}'), ContentRefused),
    "a name that stands twice": (_published(notices=b'{"notices":[],"notices":[]}'), ContentRefused),
    "a name that stands twice, deep inside": (
        lambda r: r.publish(office=r.named["office"].replace(b'"th":', b'"th": "x", "th":', 1)), ContentRefused),
    "brackets without end": (_published(notices=b'{"notices":' + b"[" * 1_000_000), ContentRefused),
    "an object nested without end": (_published(notices=b'{"x":' * 100_000 + b"1" + b"}" * 100_000), ContentRefused),
    "a mark before the text": (_published(notices=b"\xef\xbb\xbf" + NOTICES), ContentRefused),
    "something else than was named": (_published(office=NOTICES), ContentRefused),
    "blank where a citizen reads": (
        lambda r: r.publish(office=r.named["office"].replace("กองคลัง".encode(), b"")), ContentRefused),
    "a picture that is none": (_published(**{"form/sample.png": b"GIF89a"}), ContentRefused),
    "a picture as wide as a street": (
        _published(**{"form/sample.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xff\xff\0\0\0\1" + bytes(9)}),
        ContentRefused,
    ),
}  # fmt: skip


@pytest.fixture
def kiosk(tmp_path):
    """A kiosk's content with edition 2 on the screen, the repository that has edition 3, and a way to start again."""

    def start():
        return Editions(tmp_path / "content", BUNDLE_KEY.public, OFFICE_ID)

    editions, repository = start(), Repository()
    for n in range(2):
        repository.publish(extra=b"%d" % n)
        fetch(editions, repository)
    repository.publish(office=content.piece(msgspec.structs.replace(an_office(), phone="0-1111-1111")), extra=b"3")
    return editions, repository, start


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_changes_what_is_on_the_screen(kiosk, name):
    """Refused by name, nothing changed, and the next honest edition is taken as if nothing had been."""
    editions, repository, start = kiosk
    attack, error = ATTACKS[name]
    shown = editions.bundle
    attack(repository)
    began = time.process_time()
    with pytest.raises(error) as caught:
        fetch(editions, repository, at_least=3)
    assert time.process_time() - began < REFUSED_WITHIN_S
    assert isinstance(caught.value, SalaError)
    assert editions.bundle is shown
    again = start()
    assert again.bundle == shown
    honest = Repository()
    honest.edition = 9
    honest.publish()
    fetch(again, honest, at_least=10)
    assert start().edition == 10


def test_there_are_no_fewer_attacks_than_were_written_down():
    """The list only grows."""
    assert len(ATTACKS) >= 60


def test_the_honest_edition_is_taken(kiosk):
    """Else the refusals would prove nothing."""
    editions, repository, start = kiosk
    assert fetch(editions, repository, at_least=3) == 2
    assert start().bundle == editions.bundle
    assert editions.bundle.office.phone == "0-1111-1111"


def test_a_name_is_no_path(kiosk, tmp_path):
    """What a piece is called never becomes a place on the disk."""
    editions, repository, _ = kiosk
    before = {path for path in tmp_path.rglob("*") if path.parent.name != "pieces"}
    names = ("../../outside", "/etc/passwd", "a\0b", "..", "x" * 4000)
    repository.publish(**dict.fromkeys(names, b"kept under its hash"))
    fetch(editions, repository)
    after = {path for path in tmp_path.rglob("*") if path.parent.name != "pieces"}
    assert {path.name for path in after - before} == {"4.manifest"}


def test_a_wiped_kiosk_is_not_shown_an_older_edition(kiosk, tmp_path):
    """Without anything to compare with, the server's signed answer is what an edition is held to."""
    _, repository, _ = kiosk
    wiped = Editions(tmp_path / "wiped", BUNDLE_KEY.public, OFFICE_ID)
    repository.manifest = repository.history[1]
    with pytest.raises(ContentRefused):
        fetch(wiped, repository, at_least=3)
    assert wiped.edition == 0


def test_pieces_of_two_editions_never_meet(kiosk):
    """The list is cut off and a newer one comes in between: what is switched to is one of them, whole."""
    editions, repository, _ = kiosk
    genuine = repository.get

    def between(path, **limits):
        if "piece" in path and repository.edition == 3:
            repository.publish(office=content.piece(msgspec.structs.replace(an_office(), phone="0-2222-2222")))
        return genuine(path, **limits)

    repository.get = between
    fetch(editions, repository)
    assert (editions.edition, editions.bundle.office.phone) == (3, "0-1111-1111")
    fetch(editions, repository)
    assert (editions.edition, editions.bundle.office.phone) == (4, "0-2222-2222")


def test_a_frozen_line_shows_old_content_with_its_age_never_a_blank_screen(tmp_path):
    """Whoever holds back new editions can only let the old one grow old, and the kiosk says so."""
    hands = Hands()
    world = make_world(tmp_path, edition=0)
    repository = Repository()
    repository.publish()
    fetch(world.content, repository)
    hands.pass_s(timedelta(days=400).total_seconds())
    clock = hands.clock(signed_ms=int(hands.wall_s * 1000))
    assert fetch(world.content, repository) == 0
    moment = clock.now()
    made = old_since(world, moment)
    assert made is not None
    assert moment.wall - made > timedelta(days=399)
    told = health(world, moment, Link("ok"))
    assert told.edition_made == made
    assert world.content.bundle.services
    world.store.close()


def test_rot_in_the_list_is_mended_by_fetching_the_same_edition_again(kiosk, tmp_path):
    """A list that no longer verifies is no content that could be contradicted."""
    editions, repository, start = kiosk
    fetch(editions, repository)
    path = tmp_path / "content" / "3.manifest"
    path.write_bytes(_flipped(path.read_bytes(), 100))
    again = start()
    assert again.edition == 2
    assert again.faults
    fetch(again, repository, at_least=3)
    assert (again.edition, again.faults, start().edition) == (3, [], 3)


def test_every_cut_of_the_list_is_refused(kiosk):
    """At each byte."""
    editions, repository, _ = kiosk
    whole = repository.manifest
    for end in range(len(whole)):
        repository.manifest = whole[:end]
        with pytest.raises(SalaError):
            fetch(editions, repository)
    repository.manifest = whole
    fetch(editions, repository)
    assert editions.edition == 3


def test_a_line_that_is_cut_keeps_what_came(kiosk):
    """A cut after any piece: the screen stays, and the pieces that came are not fetched again."""
    editions, repository, start = kiosk
    genuine, asked = repository.get, []

    def cut(path, **limits):
        asked.append(path)
        if sum("piece" in each for each in asked) == 2:
            raise Unreachable("cut")
        return genuine(path, **limits)

    repository.get = cut
    with pytest.raises(Unreachable):
        fetch(editions, repository)
    assert start().edition == 2
    repository.get = genuine
    assert fetch(start(), repository) == 1
