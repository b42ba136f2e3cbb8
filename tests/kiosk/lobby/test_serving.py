"""The lobby's server: who is let in, what it survives, how fast a change is told."""

import json
import socket
import threading
import time

import pytest
import requests
from starlette.routing import Route

from kiosk.desk import health
from kiosk.desk.health import Link
from kiosk.lobby import app, serving
from kiosk.lobby.feed import Stream
from kiosk.lobby.hall import hall
from tests.kiosk.lobby.conftest import Served, until


def _numbers(seen):
    # The padding fills the buffers of a reader that does not read in reasonable time.
    labels = [each.label for each in seen.line.waiting()]
    return {"waiting": labels, "mono_ms": seen.moment.at.mono_ms, "padding": "x" * 16_384}


async def _events(request):
    return Stream(hall(request).feed, "numbers", _numbers)


async def _echo(request):
    from starlette.responses import Response

    return Response(await request.body())


@pytest.fixture
def lobby(tmp_path, monkeypatch):
    """Pages with two routes more: the numbers that wait as events, and an echo."""
    monkeypatch.setattr(
        app, "ROUTES", (*app.ROUTES, Route("/events", _events), Route("/echo", _echo, methods=["POST"]))
    )
    served = Served(tmp_path, settings={"lobby_address": "sala.lan"})
    served.start()
    yield served
    served.close()


def _until_told(states, labels):
    """Read on until the page knows of these; a stream that says nothing ends the test by its own timeout."""
    while next(states)["waiting"] != labels:
        pass


def _raw(lobby, sent: bytes, *, seconds=5.0) -> bytes:
    """What a raw request is answered, until the other side ends it."""
    with socket.create_connection(("127.0.0.1", lobby.lobby.port), timeout=seconds) as line:
        line.sendall(sent)
        found = b""
        while part := line.recv(4096):
            found += part
    return found


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "sala.lan", "[::1]:{port}"]
)
def test_another_host_is_refused(lobby, host):
    """A name that was bound anew to this address gets nothing, nor does a wrong port (F-N12)."""
    answer = lobby.get("/pages/lobby.css", headers={"Host": host.format(port=lobby.lobby.port)})
    assert answer.status_code in {400, 421}
    assert "Sarabun" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "sala.lan", "SALA.LAN"])
def test_our_own_hosts_are_let_in(lobby, host):
    """The address, localhost, and the name that the settings give."""
    answer = lobby.get("/pages/lobby.css", headers={"Host": f"{host}:{lobby.lobby.port}"})
    assert (answer.status_code, "Sarabun" in answer.text) == (200, True)


def test_two_hosts_are_none(lobby):
    """A request that names two hosts is not taken at all."""
    told = _raw(lobby, b"GET /pages/lobby.css HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\nConnection: close\r\n\r\n")
    assert told.split(b"\r\n")[0].split()[1] in {b"400", b"421"}


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://localhost:{port}"]
)
def test_a_post_from_another_page_is_refused(lobby, origin):
    """Only a page of this very host may send anything (F-N12)."""
    answer = lobby.post("/echo", {}, origin=origin.format(port=lobby.lobby.port))
    assert answer.status_code == 403
    assert lobby.post("/echo", {"a": 1}).json() == {"a": 1}


def test_a_post_without_origin_is_refused(lobby):
    """A form of an old browser, a program that forgot: not taken."""
    assert requests.post(lobby.url + "/echo", data=b"{}", timeout=5).status_code == 403


def test_answers_forbid_what_is_foreign(lobby):
    """Every answer, refusals too, says where scripts may come from and that nobody keeps it."""
    for answer in (lobby.get("/pages/none"), lobby.post("/echo", {}), lobby.post("/echo", {}, origin="http://a")):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'none'")
        assert (answer.headers["cache-control"], answer.headers["x-frame-options"]) == ("no-store", "DENY")
        assert "server" not in answer.headers


def test_a_body_is_small_and_comes_at_once(lobby, monkeypatch):
    """Too much is refused, and so is a body that never comes; nobody else waits."""
    assert lobby.post("/echo", {"a": "x" * 20_000}).status_code == 413
    monkeypatch.setattr("kiosk.lobby.guard.BODY_S", 0.3)
    host = f"127.0.0.1:{lobby.lobby.port}".encode()
    half = b"POST /echo HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nContent-Length: 10\r\n\r\n{" % (host, host)
    assert _raw(lobby, half, seconds=20).split()[1] == b"413"


def test_half_a_request_holds_nothing(lobby, monkeypatch):
    """Silence, half a head, a byte now and then: shut after the deadline, while others are answered (F-N11)."""
    monkeypatch.setattr(serving, "REQUEST_S", 0.5)
    began = time.monotonic()
    assert _raw(lobby, b"") == b""
    assert _raw(lobby, b"GET /pages/lobby.css HTTP/1.1\r\nHost: ") == b""
    with socket.create_connection(("127.0.0.1", lobby.lobby.port), timeout=5) as line:
        with pytest.raises(OSError):  # noqa: PT012 - whichever byte meets the closed line
            for byte in b"GET / HTTP/1.1\r\nX: " + b"y" * 100:
                line.sendall(bytes([byte]))
                time.sleep(0.05)
        assert lobby.get("/pages/lobby.css").status_code == 200
    assert time.monotonic() - began < 10


def test_garbage_is_answered_and_nothing_falls(lobby):
    """Whatever bytes come, the next page is served."""
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", lobby.lobby.port), timeout=5) as line:
            line.sendall(lobby.dice.randbytes(lobby.dice.randrange(1, 3000)) + b"\r\n\r\n")
    for path in ("/pages/../../store.py", "/pages/%2e%2e%2fapp.py", "/%00", "/pages/" + "x" * 3000, "/t/\U0001f600"):
        assert lobby.get(path).status_code == 404
    assert lobby.get("/pages/lobby.css").status_code == 200


def test_too_many_connections_leave_the_kiosk_its_files(lobby, monkeypatch):
    """Beyond the limit a connection is shut at once; those that are open go on."""
    monkeypatch.setattr(serving, "CONNECTIONS_MAX", 20)
    with lobby.events("/events") as states:
        next(states)
        lines = [socket.create_connection(("127.0.0.1", lobby.lobby.port), timeout=5) for _ in range(30)]
        try:
            shut = sum(line.recv(1) == b"" for line in lines[20:])
        except ConnectionResetError:
            shut = 1
        assert shut >= 1
        lobby.ticket()
        _until_told(states, ["A001"])
        for line in lines:
            line.close()


def test_one_device_cannot_take_all_connections(lobby, monkeypatch):
    """Its own are shut beyond its share; another device is served all the while."""
    monkeypatch.setattr(serving, "DEVICE_MAX", 10)
    monkeypatch.setattr(serving, "_OWN", frozenset({"127.0.0.1"}))
    there = ("127.0.0.1", lobby.lobby.port)
    lines = [socket.create_connection(there, timeout=2, source_address=("127.0.0.2", 0)) for _ in range(20)]
    try:
        assert lobby.get("/pages/lobby.css").status_code == 200
        assert sum(map(_is_shut, lines)) == 10
    finally:
        for line in lines:
            line.close()


def _is_shut(line) -> bool:
    line.settimeout(0.3)
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def test_each_change_is_told_whole(lobby):
    """A touch at the kiosk wakes every page that listens, with all that it has to know."""
    with lobby.events("/events") as one, lobby.events("/events") as two:
        assert next(one)["waiting"] == next(two)["waiting"] == []
        lobby.ticket()
        _until_told(one, ["A001"])
        _until_told(two, ["A001"])
        lobby.ticket()
        lobby.ticket("water_request")
        _until_told(one, ["A001", "A002", "B001"])


def test_silence_is_broken_by_beats(lobby, monkeypatch):
    """Without any change the state comes again, with its ages gone on."""
    monkeypatch.setattr("kiosk.lobby.feed.BEAT_S", 0.1)
    with lobby.events("/events") as states:
        first = next(states)["mono_ms"]
        lobby.hands.pass_s(5)
        later = next(state["mono_ms"] for state in states if state["mono_ms"] != first)
        assert later == first + 5000


def test_who_does_not_read_is_let_go(lobby, monkeypatch):
    """A reader that stopped reading costs one buffer, then its connection; the others are told."""
    monkeypatch.setattr(serving, "STALLED_S", 0.5)
    monkeypatch.setattr("kiosk.lobby.feed.BEAT_S", 0.001)
    lobby.ticket()
    with socket.create_connection(("127.0.0.1", lobby.lobby.port), timeout=5) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{lobby.lobby.port}\r\n\r\n".encode())
        server = lobby.lobby._server
        until(lambda: len(server.server_state.connections) == 1)
        until(lambda: not server.server_state.connections, 60)
    monkeypatch.setattr("kiosk.lobby.feed.BEAT_S", 4.0)
    with lobby.events("/events") as states:
        _until_told(states, ["A001"])


def test_a_taken_port_stops_no_kiosk(tmp_path, monkeypatch, caplog):
    """Said in the diary once and on the staff corner; served as soon as the port is free."""
    monkeypatch.setattr(serving, "RETRY_S", 0.05)
    served = Served(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        lobby = serving.Lobby(served.world, served.clock, served.queue, port=port, host="127.0.0.1")
        lobby.start()
        until(lambda: served.world.lan.state == "port_taken")
        told = health.health(served.world, served.now(), Link("alone"))
        assert (told.lobby, "lobby" in told.problems) == ("port_taken", True)
        served.ticket()
        time.sleep(0.3)
    until(lambda: served.world.lan.state == "serving")
    assert "lobby" not in health.health(served.world, served.now(), Link("alone")).problems
    assert sum("cannot serve the lobby's pages" in line for line in caplog.messages) == 1
    assert requests.get(f"http://127.0.0.1:{port}/pages/lobby.css", timeout=5).status_code == 200
    lobby.close()
    assert served.world.lan.state == "off"
    served.world.store.close()


def test_a_server_that_ended_is_started_again(lobby, monkeypatch):
    """At the same port, by itself; who comes back is told of every change, as before."""
    monkeypatch.setattr(serving, "RETRY_S", 0.05)
    with lobby.events("/events") as states:
        next(states)
        ended = lobby.lobby._server
        ended.should_exit = True
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(states)
    port = lobby.lobby.port
    until(lambda: lobby.lobby._server is not ended and lobby.world.lan.state == "serving")
    assert lobby.lobby.port == port
    with lobby.events("/events") as states:
        next(states)
        lobby.ticket()
        _until_told(states, ["A001"])


def test_closing_lets_everybody_go(lobby):
    """Open streams end at once, so that shutting down a kiosk waits for nobody."""
    ended = threading.Event()

    def listen():
        with lobby.events("/events") as states:
            list(states)
        ended.set()

    thread = threading.Thread(target=listen)
    thread.start()
    until(lambda: lobby.lobby.feed._waiters)
    began = time.monotonic()
    lobby.lobby.close()
    assert ended.wait(5)
    thread.join()
    assert time.monotonic() - began < 3
    lobby.lobby.close()


def test_a_store_that_cannot_be_read_stops_no_stream(lobby, monkeypatch):
    """A damaged disk is said in the diary; whoever listens keeps what was told last, and is told anew afterwards."""
    from kiosk.store import StoreDamaged

    def broken():
        raise dice.pop()

    dice = [StoreDamaged("a page of the disk is gone"), RuntimeError("nobody thought of this")] * 50

    good = lobby.lobby.feed._look
    monkeypatch.setattr("kiosk.lobby.feed._RETRY_S", 0.05)
    with lobby.events("/events") as states:
        next(states)
        lobby.lobby.feed._look = broken
        lobby.ticket()
        time.sleep(0.2)
        lobby.lobby.feed._look = good
        _until_told(states, ["A001"])


def test_files_are_asked_for_once(lobby):
    """A browser that has a file already is told so; every icon has its rule."""
    first = lobby.get("/pages/icons.css")
    assert ".i-megaphone::before" in first.text
    again = lobby.get("/pages/icons.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert json.dumps(first.headers["content-type"]) == '"text/css; charset=utf-8"'
