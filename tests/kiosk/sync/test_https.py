"""The transport against servers that misbehave on a real socket: one family of failures, and no endless wait."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time

import pytest
import requests
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.config import ConfigError
from kiosk.desk import ratings
from kiosk.desk.health import health
from kiosk.sync.https import ANSWER_BYTES_MAX, Https
from kiosk.sync.line import CertificateEnded, CutShort, NotTheServer, Unreachable, unbelieved
from kiosk.sync.loop import Patience, Sync
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import Hands, make_world


@contextlib.contextmanager
def serving(behave, context=None):
    """A server on loopback that reads one request a connection and then does what `behave(socket, request)` does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        ending = threading.Event()
        threads = []

        def one(sock):
            with contextlib.suppress(OSError):
                sock.settimeout(20)
                with context.wrap_socket(sock, server_side=True) if context else sock as line:
                    behave(line, _request(line))

        def loop():
            while not ending.is_set():
                with contextlib.suppress(TimeoutError):
                    threads.append(threading.Thread(target=one, args=[listener.accept()[0]]))
                    threads[-1].start()

        server = threading.Thread(target=loop)
        server.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ending.set()
            server.join()
            for thread in threads:
                thread.join()


def _request(line):
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := line.recv(65536)):
            raise ConnectionError("closed before it asked")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(row.split(b":")[1]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += line.recv(65536)
    return head.decode("latin-1"), body


def answer(body=b"", status="200 OK", headers=""):
    """A plain HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n".encode() + body


def saying(data):
    """A server that says `data` and closes."""
    return lambda line, _request: line.sendall(data)


def test_bytes_go_and_come_with_their_status():
    """Body, status and Retry-After arrive as they were sent; a path lies below the server's address."""
    seen = []

    def behave(line, request):
        seen.append(request)
        line.sendall(answer(b"\x00\xff", "503 Busy", "Retry-After: 17\r\n"))

    with serving(behave) as url:
        reply = Https(url + "/sala/").post("sync/push", b"body")
    assert (reply.status, reply.body, reply.retry_after_s) == (503, b"\x00\xff", 17)
    head, body = seen[0]
    assert head.startswith("POST /sala/sync/push HTTP/1.1")
    assert body == b"body"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("120", 120), ("99999", 3600), ("-5", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("๕", 0)],
)
def test_retry_after_is_seconds_within_bounds(value, seconds):
    """Only whole seconds count, and an hour is the most."""
    with serving(saying(answer(status="429 Slow", headers=f"Retry-After: {value}\r\n"))) as url:
        assert Https(url).get("x", bytes_max=10).retry_after_s == seconds


@pytest.mark.parametrize("length", [0, 1, 8191, 100_000])
def test_what_came_before_the_line_broke_is_in_hand(length):
    """Down to the byte, so that a fetch goes on from there."""
    whole = answer(b"x" * 200_000, "206 Partial Content")
    head = whole.index(b"\r\n\r\n") + 4
    with serving(saying(whole[: head + length])) as url, pytest.raises(CutShort) as caught:
        Https(url).get("piece", bytes_max=200_000, begin=5)
    assert (caught.value.came.status, caught.value.came.body) == (206, b"x" * length)


def test_what_came_within_the_time_is_in_hand():
    """A server that drips, and will close after the answer: the time ends it, and what came by then is a beginning."""

    def drip(line, _request):
        line.sendall(answer(b"x" * 100)[:-100])
        for _ in range(100):
            line.sendall(b"x")
            time.sleep(0.1)  # ten seconds in all

    with serving(drip) as url:
        began = time.monotonic()
        with pytest.raises(CutShort) as caught:
            Https(url, total_s=0.5).get("piece", bytes_max=100)
        assert time.monotonic() - began < 5
    assert 1 <= len(caught.value.came.body) <= 10


def test_the_rest_is_asked_for_by_its_first_byte():
    """And the whole without a word about bytes."""
    seen = []

    def behave(line, request):
        seen.append(request[0])
        line.sendall(answer(b"rest", "206 Partial Content"))

    with serving(behave) as url:
        line = Https(url)
        assert line.get("piece", bytes_max=10, begin=4096).body == b"rest"
        line.get("piece", bytes_max=10)
    assert "Range: bytes=4096-\r\n" in seen[0] + "\r\n"
    assert "Range" not in seen[1]


def test_a_redirect_is_an_answer_and_not_followed():
    """302 comes back as it is; nothing is sent to where it points."""
    seen = []

    def behave(line, request):
        seen.append(request[0])
        line.sendall(answer(status="302 Found", headers="Location: /elsewhere\r\n"))

    with serving(behave) as url:
        assert Https(url).post("sync/position", b"").status == 302
    assert len(seen) == 1


def test_an_endless_answer_is_cut(tmp_path):
    """More bytes than agreed end the request, whatever length was announced; compressed bytes stay as they are."""
    with serving(saying(answer(b"x" * (ANSWER_BYTES_MAX + 1)))) as url, pytest.raises(NotTheServer):
        Https(url).post("x", b"")
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"y" * 200_000
    with serving(saying(endless)) as url, pytest.raises(NotTheServer):
        Https(url).get("x", bytes_max=100)
    zipped = answer(b"\x1f\x8b no gzip", headers="Content-Encoding: gzip\r\n")
    with serving(saying(zipped)) as url:
        assert Https(url).get("x", bytes_max=100).body == b"\x1f\x8b no gzip"


@pytest.mark.parametrize("cut", [0, 5, 20, 59, 60, 67])
def test_a_connection_cut_anywhere_gives_no_answer(cut):
    """Cut at any byte, the request ends in the one family of errors; within the head, in an answer without a body."""
    whole = answer(b"0123456789")
    assert cut < len(whole)
    with serving(saying(whole[:cut])) as url:
        try:
            reply = Https(url).post("x", b"")
        except Unreachable:
            return
    assert reply.body == b""
    assert type(unbelieved(reply)) is Unreachable


JUNK = [
    b"SSH-2.0-OpenSSH_9\r\n",
    b"\x00" * 100,
    b"HTTP/1.1 abc\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
]


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_not_http_is_unreachable(junk):
    """Bytes that are no HTTP answer end in the one family of errors, or in a reply that nothing will believe."""
    with serving(saying(junk)) as url, contextlib.suppress(Unreachable):
        assert Https(url).post("x", b"").body == b""


@pytest.mark.parametrize("slow", ["head", "body", "mute"])
def test_a_server_that_drips_is_given_up(slow):
    """One byte at a time, in the head or in the body, does not hold the thread beyond the deadline."""

    def behave(line, _request):
        data = answer(b"x" * 5000)
        head = data.index(b"\r\n\r\n") + 4
        sent = head if slow == "body" else 5
        line.sendall(data[:sent])
        if slow == "mute":
            line.recv(1)  # until the other side gives up
            return
        for at in range(sent, sent + 40):
            line.sendall(data[at : at + 1])
            time.sleep(0.05)

    with serving(behave) as url, pytest.raises(Unreachable):
        Https(url, total_s=0.4).post("x", b"")


def test_nothing_of_the_environment_is_used(monkeypatch, tmp_path):
    """Proxy variables, .netrc and certificate variables change nothing and give nothing away (G-21)."""
    seen = []

    def behave(line, request):
        seen.append(request[0])
        line.sendall(answer(b"ok"))

    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent")
    with serving(behave) as url:
        assert Https(url).post("x", b"").body == b"ok"
    assert "authorization" not in seen[0].lower()
    assert "cookie" not in seen[0].lower()


def test_nobody_there_is_unreachable():
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        Https(f"http://127.0.0.1:{port}").post("x", b"")


@pytest.mark.parametrize(
    "url", ["http://sala.example.go.th", "http://10.0.0.1", "ftp://x", "sala", "https://", "http://127.0.0.1.evil"]
)
def test_plain_http_is_for_this_machine_only(url):
    """Whatever is not https, or http to loopback, is refused before a byte is sent."""
    with pytest.raises(ConfigError):
        Https(url)


def certificate(folder, name, begins_in=dt.timedelta(days=-1), ends_in=dt.timedelta(days=1)):
    """A self-signed certificate for 127.0.0.1 and the context of a server that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now + begins_in).not_valid_after(now + ends_in)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / f"{name}.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / f"{name}.key"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context


def test_only_the_named_authority_is_believed(tmp_path):
    """The office's own certificate is taken where it is named, and a foreign one is "not the server"."""
    own, context = certificate(tmp_path, "office")
    other, _ = certificate(tmp_path, "stranger")
    with serving(saying(answer(b"ok")), context) as url:
        assert Https(url, ca_file=str(own)).post("x", b"").body == b"ok"
        for ca_file in ("", str(other)):
            with pytest.raises(NotTheServer):
                Https(url, ca_file=ca_file).post("x", b"")


def test_records_go_only_over_a_certificate_that_has_not_ended(tmp_path):
    """Judged by the kiosk's guess, and before each request: the question goes all the same, over the same connection
    too, and a guess far too early (a dead clock) stops nothing.
    """
    own, context = certificate(tmp_path, "office")
    now = dt.datetime.now(dt.UTC)
    guess = [now - dt.timedelta(days=3650)]
    heard = []

    def behave(line, request):
        heard.append(request[0].split(" ")[1])
        line.sendall(answer(b"ok"))
        while True:
            try:
                heard.append(_request(line)[0].split(" ")[1])
            except ConnectionError:
                return
            line.sendall(answer(b"ok"))

    with serving(behave, context) as url:
        line = Https(url, ca_file=str(own), now=lambda: guess[0])
        assert line.post("sync/push", b"").body == b"ok"
        guess[0] = now + dt.timedelta(days=2)
        assert line.post("sync/position", b"").body == b"ok"
        with pytest.raises(CertificateEnded, match="ended"):
            line.post("sync/push", b"records")
        with pytest.raises(CertificateEnded):
            line.get("sync/manifest", bytes_max=9)
        guess[0] = now
        assert line.get("sync/manifest", bytes_max=9).body == b"ok"
        line.close()
    assert heard == ["/sync/push", "/sync/position", "/sync/manifest"]


def test_a_certificate_not_yet_valid_by_the_machines_clock_is_taken(tmp_path):
    """What every certificate is to a machine in 1970: OpenSSL would refuse it, the line does not."""
    own, context = certificate(tmp_path, "office", begins_in=dt.timedelta(days=3), ends_in=dt.timedelta(days=9))
    with serving(saying(answer(b"ok")), context) as url:
        assert Https(url, ca_file=str(own)).post("sync/push", b"").body == b"ok"


WRONG_CLOCKS = {
    "1970": dt.datetime(1970, 1, 1, 7, tzinfo=dt.UTC),
    "2000": dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    "seven years ahead": dt.datetime.now(dt.UTC) + dt.timedelta(days=7 * 365),
    "2069": dt.datetime(2069, 6, 1, tzinfo=dt.UTC),
    "2569": None,
}


@contextlib.contextmanager
def a_real_line(tmp_path, memory, ends_in=dt.timedelta(days=1)):
    """The memory server behind real TLS; what reaches it stands in `memory.requests`."""
    own, context = certificate(tmp_path, "office", ends_in=ends_in)

    def behave(line, request):
        head, body = request
        reply = memory.post(head.split(" ")[1].removeprefix("/"), body)
        line.sendall(answer(reply.body, f"{reply.status} X"))

    with serving(behave, context) as url:
        yield url, str(own)


def _now_ms():
    return int(time.time() * 1000)


@pytest.mark.parametrize("name", WRONG_CLOCKS)
def test_a_wrong_clock_shuts_no_line(tmp_path, name):
    """Whatever year the kiosk believes in, its records arrive over real TLS, and afterwards it knows the day (F-D4)."""
    claim = WRONG_CLOCKS[name]

    def raising():
        raise OverflowError("timestamp out of range for platform time_t")

    hands = Hands(claim or dt.datetime.now(dt.UTC))
    clock = hands.clock(wall=raising if claim is None else None)
    memory = MemoryServer()
    memory.server_ms = _now_ms()
    world = make_world(tmp_path)
    ratings.rate(world, clock.now(), 5)
    with a_real_line(tmp_path, memory) as (url, ca_file):
        sync = Sync(world, clock, Https(url, ca_file=ca_file, now=clock.guess), patience=Patience(300))
        sync.turn()
        assert (sync.link.state, world.lobby.counts().stored) == ("ok", 2)
    assert abs(clock.guess().timestamp() * 1000 - memory.server_ms) < 60_000
    world.store.close()


def test_a_certificate_that_has_really_ended_stops_records_and_is_told(tmp_path):
    """The server's own signed time says so: the question is answered, no envelope leaves, staff read why; a new
    certificate, and all is well.
    """
    hands = Hands(dt.datetime.now(dt.UTC) - dt.timedelta(days=400))
    clock, memory, world = hands.clock(), MemoryServer(), make_world(tmp_path)
    memory.server_ms = _now_ms()
    ratings.rate(world, clock.now(), 5)
    for ends_in, state, stored in ((dt.timedelta(hours=-1), "certificate", 0), (dt.timedelta(days=1), "ok", 2)):
        memory.requests.clear()
        with a_real_line(tmp_path, memory, ends_in) as (url, ca_file):
            sync = Sync(world, clock, Https(url, ca_file=ca_file, now=clock.guess), patience=Patience(300))
            sync.turn()
            assert (sync.link.state, world.lobby.counts().stored) == (state, stored)
            assert ("certificate" in health(world, clock.now(), sync.link).problems) is (stored == 0)
        assert memory.requests[0][0] == "sync/position"
        assert any(path == "sync/push" for path, _ in memory.requests) is (stored > 0)
    world.store.close()


def test_an_hour_of_a_wrong_clock_at_the_server_is_forgiven(tmp_path):
    """Its signed time lay four years ahead, so its certificate seemed to have ended; the next right answer mends it."""
    clock, memory, world = Hands(dt.datetime.now(dt.UTC)).clock(), MemoryServer(), make_world(tmp_path)
    ratings.rate(world, clock.now(), 5)
    with a_real_line(tmp_path, memory) as (url, ca_file):
        sync = Sync(world, clock, Https(url, ca_file=ca_file, now=clock.guess), patience=Patience(300))
        for server_ms, state in ((_now_ms() + 4 * 365 * 86_400_000, "certificate"), (_now_ms(), "ok")):
            memory.server_ms = server_ms
            sync.turn()
            assert sync.link.state == state
    assert world.lobby.counts().stored == 2
    world.store.close()


def test_the_name_on_a_certificate_counts(tmp_path):
    """A certificate for another name is not the server's, also where its authority is believed."""
    own, context = certificate(tmp_path, "office")
    with serving(saying(answer(b"ok")), context) as url, pytest.raises(NotTheServer):
        Https(url.replace("127.0.0.1", "localhost"), ca_file=str(own)).post("x", b"")


def test_a_dripping_tls_server_is_given_up(tmp_path):
    """The deadline reaches through TLS as well."""
    own, context = certificate(tmp_path, "office")

    def behave(line, _request):
        for byte in answer(b"x" * 4000)[:60]:
            line.sendall(bytes([byte]))
            time.sleep(0.05)

    with serving(behave, context) as url, pytest.raises(Unreachable):
        Https(url, ca_file=str(own), total_s=0.5).post("x", b"")


def test_the_whole_road_over_a_socket(tmp_path):
    """A kiosk's touch reaches a server over real HTTP, and a portal in between changes nothing."""
    memory = MemoryServer()
    portal = [True]

    def behave(line, request):
        head, body = request
        path = head.split(" ")[1].removeprefix("/")
        if portal[0]:
            line.sendall(answer(b"<html>please sign in</html>", headers="Content-Type: text/html\r\n"))
            return
        reply = memory.post(path, body)
        line.sendall(answer(reply.body, f"{reply.status} X"))

    world = make_world(tmp_path)
    clock = Hands().clock()
    ratings.rate(world, clock.now(), 5)
    with serving(behave) as url:
        sync = Sync(world, clock, Https(url), patience=Patience(300))
        sync.turn()
        assert (sync.link.state, world.lobby.counts().stored) == ("not_the_server", 0)
        portal[0] = False
        sync.turn()
        assert (sync.link.state, world.lobby.counts().stored) == ("ok", 2)
    world.store.close()


def _refused(inner):
    """How requests tells of what went wrong within TLS, without and with urllib3's last try around it."""
    within = urllib3.exceptions.SSLError(inner)
    tried = urllib3.exceptions.MaxRetryError(urllib3.HTTPSConnectionPool("127.0.0.1"), "/", within)
    return [requests.exceptions.SSLError(within), requests.exceptions.SSLError(tried)]


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), Unreachable),
        (ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed (EOF)"), Unreachable),
        (ssl.SSLSyscallError(5, "Some I/O error occurred"), Unreachable),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), NotTheServer),
        (ssl.SSLError(1, "wrong version number"), NotTheServer),
    ],
)
@pytest.mark.parametrize("shape", [0, 1])
def test_the_end_of_a_line_is_no_stranger(inner, told, shape, monkeypatch):
    """Wherever within TLS it ended; a wrong certificate, or no TLS at all, is one."""

    def ask(*_args, **_more):
        raise _refused(inner)[shape]

    https = Https("https://127.0.0.1")
    monkeypatch.setattr(requests.Session, "request", ask)
    with pytest.raises(Unreachable) as raised:
        https.post("sync/position", b"")
    assert type(raised.value) is told
