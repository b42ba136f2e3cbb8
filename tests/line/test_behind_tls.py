"""The server as an office runs it: a web server with the office's certificate before it, and people who come through
that with browsers. What a kiosk does there is `test_not_the_server`'s.
"""

import html
import re
import ssl
from http import HTTPStatus
from urllib.parse import unquote

import pytest
import requests
from requests.adapters import HTTPAdapter

from demo.office import PASSWORD
from kiosk.clock import Clock
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from shared import invitation
from tests.line.both import an_office
from tests.line.proxy import Proxy


@pytest.fixture(scope="module")
def behind(tmp_path_factory, authorities):
    """Such a server, as the handbook sets it up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALA_HOSTS", "127.0.0.1")
        patch.setenv("SALA_SECURE", "1")
        patch.setenv("SALA_PROXIES", "1")
        with (
            an_office(tmp_path_factory.mktemp("behind")) as office,
            Proxy(office.port, context=authorities("office").context("127.0.0.1")) as before,
        ):
            yield before


class _AsBrowsers(HTTPAdapter):
    """Takes an authority that was made by hand, without key identifiers: browsers do, Python 3.13 does not."""

    def init_poolmanager(self, *args, **more):
        context = ssl.create_default_context()
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return super().init_poolmanager(*args, ssl_context=context, **more)


@pytest.fixture
def browser(authorities):
    """Believes the office's certificate, and says with each form where it was, as browsers do."""
    with requests.Session() as session:
        session.verify = str(authorities("office").ca_file)
        session.trust_env = False
        session.mount("https://", _AsBrowsers())
        yield session


def send(browser, url, path, *, origin=None, sender="10.0.0.1", **fields):
    """Fill in the form of a page and send it, from the page unless `origin` is another; the web server says who did."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(f"{url}{path}").text)[1]
    return browser.post(
        f"{url}{path}",
        data={"csrfmiddlewaretoken": token, **fields},
        headers={"Origin": origin or url, "X-Forwarded-For": f"192.0.2.1, {sender}"},
        allow_redirects=False,
    )


def test_staff_sign_in_through_tls(behind, browser):
    """The form is taken, its cookies travel over TLS alone, and browsers are told to come by TLS ever after."""
    answer = send(browser, behind.url, "/sign-in", username="it", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.FOUND, "/desk/")
    assert all(cookie.secure for cookie in browser.cookies)
    desk = browser.get(f"{behind.url}/desk/kiosks/")
    assert desk.status_code == HTTPStatus.OK
    assert desk.headers["strict-transport-security"].startswith("max-age=")


def test_whoever_guesses_locks_out_nobody_else(behind, browser):
    """Passwords for many names, tried from one address: the others sign in as ever."""
    tried = [
        send(browser, behind.url, "/sign-in", sender="10.0.0.66", username=f"nobody{n}", password="x" * 12).status_code
        for n in range(26)
    ]
    assert (tried[0], tried[-1]) == (HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS)
    answer = send(browser, behind.url, "/sign-in", sender="10.0.0.2", username="palad", password=PASSWORD)
    assert answer.status_code == HTTPStatus.FOUND


def test_a_form_from_elsewhere_is_refused(behind, browser):
    """Another site's page cannot send it, nor one of the same name that came without TLS."""
    for origin in ("https://evil.example", behind.url.replace("https", "http"), "null"):
        answer = send(browser, behind.url, "/sign-in", origin=origin, username="it", password=PASSWORD)
        assert answer.status_code == HTTPStatus.FORBIDDEN, origin


def test_a_kiosk_is_enrolled_by_what_its_page_says(behind, browser, authorities, tmp_path):
    """The QR code and the stick's file name the server by the address at which people reach it."""
    send(browser, behind.url, "/sign-in", username="it", password=PASSWORD)
    page = send(browser, behind.url, "/desk/kiosks/enrol", name="ตู้ 9", series="Q").text
    said = invitation.read(unquote(html.unescape(re.search(r'href="data:text/plain,([^"]+)"', page)[1])))
    assert said.url == behind.url
    line = Https(said.url, ca_file=str(authorities("office").ca_file))
    enrolled = enrol(tmp_path / "kiosk", line, code=said.code, url=said.url, clock=Clock(bytes(8)), random=bytes)
    line.close()
    assert enrolled.series == ("Q",)
