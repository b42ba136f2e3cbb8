"""Whoever stands in the line and is not the office's server (G-20, G-21): nothing is believed, nothing is lost, staff
are told, and no environment of the machine helps them.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading

import pytest
from urllib3.util.ssl_ import create_urllib3_context

from kiosk.desk.health import health
from kiosk.sync.https import Https
from tests.line.both import assert_same, rate
from tests.line.proxy import Fault, Proxy

_HTML = b"<html><title>Welcome</title><form>room number</form></html>"


def _page(status, body=b"", *headers):
    rows = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(rows).encode() + b"\r\n\r\n" + body


def _look(kiosk):
    told = health(kiosk.world, kiosk.clock.now(), kiosk.sync.link)
    return told.link.state, "not_the_server" in told.problems


def _unheard(kiosk):
    """What must not move while a stranger answers."""
    counts = kiosk.world.lobby.counts()
    return counts.stored, counts.backed_up, kiosk.world.content.edition, kiosk.clock.signed_ms


PAGES = {
    "302 to http": (_page("302 Found", b"", "Location: http://portal.example/"), True),
    "301 to another https": (_page("301 Moved", b"", "Location: https://portal.example/sync/position"), True),
    "307 to itself": (_page("307 Temporary Redirect", b"", "Location: /sync/position"), True),
    "200 with a form": (_page("200 OK", _HTML, "Content-Type: text/html"), True),
    "200 with JSON": (_page("200 OK", b'{"ok":true,"stored":999}'), True),
    "200 that claims to be ours": (_page("200 OK", b"SALN" + b"\x01" * 300), True),
    "511": (_page("511 Network Authentication Required", _HTML), True),
    "407": (_page("407 Proxy Authentication Required", _HTML, 'Proxy-Authenticate: Basic realm="x"'), True),
    "401": (_page("401 Unauthorized", _HTML, 'WWW-Authenticate: Basic realm="x"'), True),
    "204, you are online": (_page("204 No Content"), False),
    "502 of a proxy": (_page("502 Bad Gateway", _HTML), False),
    "429 of a proxy": (_page("429 Too Many Requests", _HTML, "Retry-After: 3"), False),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_no_answer(office, line, name):
    """Whatever page comes back: no receipt, edition or time is taken from it; a stranger is called one."""
    page, stranger = PAGES[name]
    with office.kiosk("B", Https(line.url)) as kiosk:
        line.fault = lambda _nth: Fault(page=page)
        rate(kiosk, 2)
        before = _unheard(kiosk)
        wait = kiosk.sync.turn()
        assert _unheard(kiosk) == before
        assert _look(kiosk) == (("not_the_server", True) if stranger else ("offline", False))
        assert wait.seconds >= (3 if "Retry-After" in page.decode("latin-1") else 0)
        line.plan()
        kiosk.sync.turn()
        assert _look(kiosk) == ("ok", False)
        assert_same(office, [kiosk])


# --- under TLS -------------------------------------------------------------------------------------------------------


@pytest.fixture
def secure(office, authorities):
    """The office's web server: TLS outside, the real server behind."""
    with Proxy(office.port, context=authorities("office").context("127.0.0.1")) as made:
        yield made


def _over(url, authority):
    return Https(url, ca_file=str(authority.ca_file))


def test_the_office_behind_its_certificate(office, secure, authorities):
    """The good case, so that the bad ones below fail for their own reason."""
    with office.kiosk("B", _over(secure.url, authorities("office"))) as kiosk:
        rate(kiosk)
        kiosk.sync.turn()
        assert _look(kiosk) == ("ok", False)
        assert_same(office, [kiosk])


def test_the_same_certificate_under_a_later_python(office, secure, authorities, monkeypatch):
    """Python 3.13 looks at more than chain and name; a kiosk that an update brings there goes on."""

    def stricter():
        context = create_urllib3_context()
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr("kiosk.sync.https.create_urllib3_context", stricter)
    with office.kiosk("B", _over(secure.url, authorities("office"))) as kiosk:
        rate(kiosk)
        kiosk.sync.turn()
        assert _look(kiosk) == ("ok", False)


@pytest.mark.parametrize("way", ["up", "down"])
def test_cut_within_tls(office, secure, authorities, way):
    """Handshake and records are cut beneath the encryption: offline, nothing believed, then everything arrives."""
    with Proxy(secure.port) as cutter:
        https = Https(f"https://127.0.0.1:{cutter.port}", ca_file=str(authorities("office").ca_file))
        with office.kiosk("B", https) as kiosk:
            states = set()
            for at in range(0, 2000, 25 if os.environ.get("SALA_EVERY_BYTE") else 250):
                cutter.plan(Fault(cut_up=at) if way == "up" else Fault(cut_down=at))
                rate(kiosk)
                kiosk.sync.turn()
                states.add(kiosk.sync.link.state)
                https.close()
            assert states <= {"offline", "online"}, states
            assert "offline" in states
            cutter.plan()
            kiosk.sync.turn()
            assert_same(office, [kiosk])


def _stranger_tls(office, authorities):
    """A valid-looking man in the middle: right name, whole conversation relayed, an authority we did not name."""
    return Proxy(office.port, context=authorities("stranger").context("127.0.0.1"))


def _other_name(office, authorities):
    """Our own authority, a certificate for another machine of the office."""
    return Proxy(office.port, context=authorities("office").context("files.example.go.th"))


def _stripped(office, _authorities):
    """TLS stripped off: plain HTTP where TLS is due."""
    return Proxy(office.port)


@pytest.mark.parametrize("middle", [_stranger_tls, _other_name, _stripped])
def test_a_line_without_our_certificate_carries_nothing(office, authorities, middle):
    """No byte of a request passes: the certificate is looked at first."""
    with middle(office, authorities) as line:
        url = f"https://127.0.0.1:{line.port}"
        with office.kiosk("B", _over(url, authorities("office"))) as kiosk:
            rate(kiosk)
            before = _unheard(kiosk)
            kiosk.sync.turn()
            assert _unheard(kiosk) == before
            assert _look(kiosk) == ("not_the_server", True)


def test_an_authority_that_betrays_us_changes_nothing_unseen(office, authorities):
    """Whoever has a certificate we believe can read the outer coat, and alter it: each altered answer is refused."""
    with Proxy(office.port, context=authorities("office").context("127.0.0.1")) as line:
        line.fault = lambda _nth: Fault(altered=True)
        with office.kiosk("B", _over(line.url, authorities("office"))) as kiosk:
            rate(kiosk)
            before = _unheard(kiosk)
            kiosk.sync.turn()
            assert _unheard(kiosk) == before
            assert _look(kiosk) == ("not_the_server", True)


def test_a_lying_dns_leads_to_nobody_we_believe(office, secure, authorities, monkeypatch):
    """The office's name leads elsewhere: to a stranger with a certificate of his own, or to the server itself under a
    name that is not on its certificate. Neither is spoken to; led right, all is well.
    """
    named, ours = "sala.example.go.th", authorities("office")
    resolve = socket.getaddrinfo
    with (
        Proxy(office.port, context=authorities("stranger").context(named)) as stranger,
        Proxy(office.port, context=ours.context(named)) as true,
    ):
        for line, state in ((stranger, "not_the_server"), (secure, "not_the_server"), (true, "ok")):
            leads_to = resolve("127.0.0.1", line.port, type=socket.SOCK_STREAM)
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, led=leads_to, **_more: led)
            with office.kiosk("B", _over(f"https://{named}", ours)) as kiosk:
                rate(kiosk)
                kiosk.sync.turn()
                assert _look(kiosk)[0] == state, kiosk.sync.link.reason
                if state == "ok":
                    assert_same(office, [kiosk])


# --- what the machine whispers ----------------------------------------------------------------------------------------

_TURN = """
import sys
from pathlib import Path
from kiosk.bootstrap import open_kiosk
with open_kiosk(Path(sys.argv[1])) as kiosk:
    kiosk.sync.turn()
    counts = kiosk.world.lobby.counts()
    print(kiosk.sync.link.state, counts.stored == counts.captured > 0)
"""


class Trap:
    """A port that notes whoever comes."""

    def __init__(self):
        self.visits = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self):
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(1)
                self.visits.append(visitor.recv(100))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


def test_no_environment_helps_or_hinders(office, secure, authorities, tmp_path):
    """The real program in a hostile environment: proxies, credentials and authorities named there change nothing, where
    the right server answers and where a stranger does.
    """
    stranger = authorities("stranger")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login spy password spied\ndefault login spy password spied\n")
    (tmp_path / ".netrc").chmod(0o600)
    with Trap() as trap, _stranger_tls(office, authorities) as middle:
        proxy = f"http://spy:spied@127.0.0.1:{trap.port}"
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        bundles = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
        env = {
            **os.environ, "HOME": str(tmp_path), "NETRC": str(tmp_path / ".netrc"), "no_proxy": "", "NO_PROXY": "",
            **dict.fromkeys(names, proxy), **dict.fromkeys(bundles, str(stranger.ca_file)),
        }  # fmt: skip
        with office.kiosk("B", Https(office.url)) as kiosk:
            rate(kiosk)
            data = kiosk.world.config.data
        said = []
        settings = (data / "kiosk.toml").read_text()
        for line, authority in ((middle, "office"), (middle, ""), (secure, "office")):
            ca_file = str(authorities(authority).ca_file) if authority else ""
            (data / "kiosk.toml").write_text(f'server_url = "{line.url}"\nca_file = "{ca_file}"\n')
            done = subprocess.run(
                [sys.executable, "-c", _TURN, str(data)], env=env, capture_output=True, text=True, check=False
            )
            said.append(done.stdout.strip() or done.stderr)
        (data / "kiosk.toml").write_text(settings)
    assert said == ["not_the_server False", "not_the_server False", "ok True"]
    assert trap.visits == []
