"""Content on the kiosk's disk: never back, never half, never blank (I7, F-H2, F-H3)."""

import pytest

from kiosk.store.editions import Editions
from kiosk.sync.fetch import fetch
from kiosk.sync.line import CutShort, NotTheServer, Reply, Unreachable
from shared import content
from shared.errors import ContentRefused
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import BUNDLE_KEY, OFFICE_ID, an_office, pieces_of, publish, signed_edition, some_services

PIECES = pieces_of(an_office(), some_services())


def open_editions(folder):
    """The editions in `folder` as a start would find them."""
    return Editions(folder, BUNDLE_KEY.public, OFFICE_ID)


def test_an_edition_survives_a_restart(tmp_path):
    """What is on the screen is there again after a restart; before the first there is none."""
    editions = open_editions(tmp_path)
    assert (editions.bundle, editions.edition) == (None, 0)
    publish(editions, 1, PIECES)
    assert open_editions(tmp_path).bundle == editions.bundle


def test_a_fetch_brings_only_what_is_lacking_and_goes_on_where_it_broke(tmp_path):
    """A fetch that breaks off keeps its pieces; the next one asks for the others only, and unchanged pieces never
    again.
    """
    server = MemoryServer()
    server.publish(1, PIECES)
    editions = open_editions(tmp_path)
    left = [2]

    def weather(path, genuine):
        if "piece" in path:
            left[0] -= 1
            if left[0] < 0:
                raise Unreachable("cut")
        return genuine()

    server.weather = weather
    with pytest.raises(Unreachable):
        fetch(editions, server)
    assert editions.bundle is None
    server.weather = lambda _path, genuine: genuine()
    assert fetch(editions, server) == len(PIECES) - 2
    changed = pieces_of(an_office(), some_services()[:2])
    server.publish(2, changed)
    assert fetch(editions, server) == 0
    assert editions.edition == 2
    assert len(list((tmp_path / "pieces").iterdir())) == len(PIECES)


def test_garbage_is_bounded(tmp_path):
    """Pieces that neither this edition nor the one before names are gone after the switch."""
    editions = open_editions(tmp_path)
    for edition in range(1, 6):
        office = an_office()
        publish(editions, edition, {**PIECES, f"extra/{edition}": b"%d" % edition, "office": content.piece(office)})
    names = {path.name for path in (tmp_path / "pieces").iterdir()}
    assert content.piece_hash(b"5").hex() in names
    assert content.piece_hash(b"4").hex() in names
    assert content.piece_hash(b"3").hex() not in names
    assert sorted(path.name for path in tmp_path.glob("*.manifest")) == ["4.manifest", "5.manifest"]


@pytest.mark.parametrize("reply", [Reply(200, b"other"), Reply(404, b""), Reply(302, b"")])
def test_a_wrong_piece_is_not_kept(tmp_path, reply):
    """A piece that is not the signed one is not believed, whatever the status."""
    server = MemoryServer()
    server.publish(1, PIECES)
    server.weather = lambda path, genuine: reply if "piece" in path else genuine()
    editions = open_editions(tmp_path)
    with pytest.raises(NotTheServer):
        fetch(editions, server)
    assert list((tmp_path / "pieces").iterdir()) == []


class ThinLine:
    """A line that breaks after `bytes_through` bytes of pieces, again and again; `came` counts all that got through."""

    def __init__(self, server: MemoryServer, bytes_through: int) -> None:
        self._server = server
        self._bytes_through = bytes_through
        self.left = bytes_through
        self.came = 0

    def get(self, path, *, bytes_max, begin=0):
        """As the server answers, as far as the line lets through."""
        reply = self._server.get(path, bytes_max=bytes_max, begin=begin)
        if "piece" not in path:
            return reply
        part = reply.body[: self.left]
        self.left -= len(part)
        self.came += len(part)
        if len(part) < len(reply.body):
            self.left = self._bytes_through
            raise CutShort("cut", Reply(reply.status, part))
        return reply


def _fetch_at_last(editions, line):
    for _ in range(10_000):
        try:
            return fetch(editions, line)
        except CutShort:
            continue
    raise AssertionError("it never came through")


@pytest.mark.parametrize("bytes_through", [1, 7, 64, 1000])
def test_a_piece_is_resumed_at_the_byte_where_it_broke_off(tmp_path, bytes_through):
    """However little comes through at once, every byte comes once, and a restart in between changes nothing."""
    server = MemoryServer()
    pieces = {"office": PIECES["office"], "big": bytes(range(251))}
    server.publish(1, pieces)
    line = ThinLine(server, bytes_through)
    with pytest.raises(CutShort):
        fetch(open_editions(tmp_path), line)
    editions = open_editions(tmp_path)
    _fetch_at_last(editions, line)
    assert editions.edition == 1
    assert line.came == sum(map(len, pieces.values()))
    assert not list((tmp_path / "pieces").glob("*.begun"))


def test_a_server_that_begins_anew_is_heard_too(tmp_path):
    """A proxy that knows no ranges sends all of it (200): that is no second half."""
    server = MemoryServer()
    server.publish(1, {**PIECES, "big": b"0123456789" * 100})
    editions = open_editions(tmp_path)
    with pytest.raises(CutShort):
        fetch(editions, ThinLine(server, 20))
    genuine = server.get
    server.get = lambda path, *, bytes_max, begin=0: genuine(path, bytes_max=bytes_max)
    fetch(editions, server)
    assert editions.edition == 1


def test_a_wrong_beginning_is_forgotten(tmp_path):
    """Bytes of a portal that broke off are no beginning for long: the whole is not what was signed, and all of it is
    fetched anew.
    """
    server = MemoryServer()
    server.publish(1, PIECES)
    editions = open_editions(tmp_path)

    def portal(path, genuine):
        if "piece" in path:
            raise CutShort("cut", Reply(200, b"<html>"))
        return genuine()

    server.weather = portal
    with pytest.raises(CutShort):
        fetch(editions, server)
    assert len(list((tmp_path / "pieces").glob("*.begun"))) == 1
    server.weather = lambda _path, genuine: genuine()
    with pytest.raises(NotTheServer):
        fetch(editions, server)
    fetch(editions, server)
    assert editions.edition == 1


def test_a_piece_that_changed_meanwhile_is_not_mixed(tmp_path):
    """What had come of an edition that was replaced goes into no piece of the next one, and goes away."""
    server = MemoryServer()
    server.publish(1, {"office": PIECES["office"], "big": b"a" * 1000})
    editions = open_editions(tmp_path)
    line = ThinLine(server, 400)
    with pytest.raises(CutShort):
        fetch(editions, line)
    server.publish(2, {"office": PIECES["office"], "big": b"a" * 500 + b"b" * 500})
    _fetch_at_last(editions, line)
    assert editions.edition == 2
    assert len(list((tmp_path / "pieces").iterdir())) == 2


@pytest.mark.parametrize("status", [302, 404, 503])
def test_an_answer_of_another_status_is_no_beginning(tmp_path, status):
    """Only what claims to be the piece is kept."""
    server = MemoryServer()
    server.publish(1, PIECES)

    def weather(path, genuine):
        if "piece" in path:
            raise CutShort("cut", Reply(status, b"Service"))
        return genuine()

    server.weather = weather
    with pytest.raises(Unreachable):
        fetch(open_editions(tmp_path), server)
    assert list((tmp_path / "pieces").iterdir()) == []


@pytest.mark.parametrize("rotten", [b"9 1\n", b"1 9\n", b"q 1\n", b"", b"\xff", b"1 1 2"])
def test_a_rotten_pointer_keeps_no_edition_away(tmp_path, rotten):
    """It is told apart from a true one; the edition that lies there is shown, and the next one taken."""
    publish(open_editions(tmp_path), 1, PIECES)
    (tmp_path / "current").write_bytes(rotten)
    editions = open_editions(tmp_path)
    assert editions.edition == 1
    assert editions.faults
    publish(editions, 2, PIECES)
    assert (open_editions(tmp_path).edition, open_editions(tmp_path).faults) == (2, [])


def test_a_pointer_of_an_earlier_version_is_read(tmp_path):
    """It held the number once."""
    for edition in (1, 2):
        publish(open_editions(tmp_path), edition, PIECES)
    (tmp_path / "current").write_bytes(b"2\n")
    editions = open_editions(tmp_path)
    assert (editions.edition, editions.faults) == (2, [])
    with pytest.raises(ContentRefused):
        editions.accept(signed_edition(1, PIECES))


def test_rot_gives_way_to_the_edition_before_and_is_fetched_again(tmp_path):
    """A flipped piece: the previous edition is shown, staff are told, and the same edition may be fetched again."""
    editions = open_editions(tmp_path)
    publish(editions, 1, PIECES)
    changed = pieces_of(an_office(), some_services()[:1])
    changed["extra"] = b"new in 2"
    publish(editions, 2, changed)
    path = tmp_path / "pieces" / content.piece_hash(b"new in 2").hex()
    path.write_bytes(b"new im 2")
    editions = open_editions(tmp_path)
    assert editions.edition == 1
    assert editions.faults
    with pytest.raises(ContentRefused):
        editions.accept(signed_edition(1, PIECES))
    server = MemoryServer()
    server.publish(2, changed)
    assert fetch(editions, server) == 1
    assert (editions.edition, editions.faults) == (2, [])
