"""Two kiosks of one lobby, both real: numbers from the host while it is reached, own ones at once while it is not, and
whatever is cut in between, one visitor is one ticket that is called once.
"""

import random
import socket
import threading
from dataclasses import replace

import msgspec
import pytest
import requests

from kiosk import host as wire
from kiosk.desk import pairing, taking
from kiosk.desk.counters import Queue
from kiosk.desk.tickets import Refused
from kiosk.devices import host as lan
from kiosk.devices.host import LanHost, NotJoined
from kiosk.lobby import guests
from kiosk.lobby.throttle import Throttle
from shared import keys
from shared.kinds import TicketIssued, TicketJoined, TicketMoved
from tests.kiosk.desk.lobbies import bodies, look
from tests.kiosk.lobby.conftest import Served
from tests.kiosk.worlds import an_identity, an_office, make_world, pieces_of, publish, some_services

#: What a relay does to a request: lets it through; does not deliver it; delivers it and loses the answer, whole or in
#: part; is not there at all.
CUTS = ("none", "refuse", "swallow", "lose", "half")


class Relay:
    """A stretch of cable between guest and host, with a knife."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cut = "none"
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the guest finds the host, as it believes."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Pull the cable out."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def host_is_at(self, port: int) -> None:
        """The host was started again."""
        self._port = port

    def deliver(self, request: bytes) -> bytes:
        """Bring a request to the host, and its answer back."""
        ours = request.replace(f"127.0.0.1:{self.port}".encode(), f"127.0.0.1:{self._port}".encode())
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as line:
            line.sendall(ours)
            answer = b""
            while part := line.recv(4096):
                answer += part
        return answer

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                if self.cut == "refuse":
                    continue
                request = _request(line)
                self.requests.append(request)
                if self.cut == "swallow":
                    continue
                try:
                    answer = self.deliver(request)
                except OSError:
                    continue  # the host is switched off
                if self.cut == "none":
                    line.sendall(answer)
                elif self.cut == "half":
                    line.sendall(answer[: len(answer) // 2])


def _request(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(4096)
    head, _, body = got.partition(b"\r\n\r\n")
    [length] = [int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")]
    while len(body) < length:
        body += line.recv(4096)
    return head + b"\r\n\r\n" + body


class Guest:
    """A second kiosk: a store of its own, letters of its own, a cable to the host."""

    def __init__(self, folder, host: Served) -> None:
        self._folder = folder
        self.relay = Relay(host.lobby.port)
        self.hands, self.dice = host.hands, random.Random(11)
        self._identity = an_identity(series=("C", "D"), key=keys.SigningKey(b"G" * 32), kiosk=b"g" * 16)
        self.mono = [0.0]
        self.world = None
        self.boots = 0
        self.start()
        code = pairing.offer(host.world, host.now())
        taking.keep_membership(self.world, *pairing.token_key(lan.join(self.relay.url, code)))
        self.restart()

    def start(self) -> None:
        self.boots += 1
        self.clock = self.hands.clock(boot=b"guest%03d" % self.boots)
        world = make_world(self._folder, settings={"host_kiosk": self.relay.url}, identity=self._identity)
        member = taking.membership(world)
        self.world = replace(
            world, host=LanHost(self.relay.url, *member, mono=lambda: self.mono[0]) if member else None
        )
        self.queue = Queue(self.world)

    def restart(self) -> None:
        self.world.store.close()
        self.start()

    def close(self) -> None:
        self.relay.close()
        self.world.store.close()

    def take(self, service="sign_tax", action=None, **how):
        """A touch; the ticket."""
        action = action or self.dice.randbytes(16)
        return taking.take(self.queue, self.clock.now(), action=action, service_id=service, language="th", **how)

    def tell(self):
        return taking.tell(self.queue, self.clock.now())

    def later(self):
        """So much later that a touch asks the host again."""
        self.mono[0] += lan.AWAY_S + 1


@pytest.fixture
def host(tmp_path, monkeypatch):
    """The kiosk that keeps the queue, with counter 1 open."""
    monkeypatch.setattr(guests, "_JOINS", Throttle(burst=10, every_s=6.0))
    served = Served(tmp_path / "host", settings={"lobby_port": 8080, "lobby_address": "127.0.0.1"})
    served.start()
    served.queue.seen(served.now(), "1", "open", staff="staff1", groups=("tax", "general"))
    yield served
    served.close()


@pytest.fixture
def guest(tmp_path, host):
    """A second one that has joined it."""
    made = Guest(tmp_path / "guest", host)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def folders(tmp_path):
    """A folder for each kiosk."""
    (tmp_path / "host").mkdir()
    (tmp_path / "guest").mkdir()


def waiting(served):
    """Who waits at the host, in order."""
    return [each.label for each in served.queue.follow().waiting()]


def visitors(*worlds):
    """How many people both logs tell of: each number issued once, by one kiosk."""
    found = [body for world in worlds for body in bodies(world)]
    issued = [(b.service_date, b.series, b.number) for b in found if isinstance(b, TicketIssued)]
    assert len(set(issued)) == len(issued)
    return len(issued)


# --- one lobby ----------------------------------------------------------------------------------------------------


def test_the_host_gives_the_number_while_it_is_reached(host, guest):
    """One series for the lobby, the host's link on the slip, how many stand before it; the guest has issued it."""
    host.ticket()
    ticket = guest.take(priority="", papers_missing=1)
    assert (ticket.label, ticket.ahead) == ("A002", 1)
    assert bodies(guest.world)[ticket.seq - 1] == TicketIssued(*ticket.key, "sign_tax", "งานจัดเก็บรายได้", "", 1, "th")
    assert ticket.link.startswith("http://127.0.0.1:8080/t/A002-")
    assert len(ticket.rating_code) == 8
    assert guest.take("water_request", priority="monk").label == "B001"
    assert waiting(host) == ["A001", "A002", "B001"]
    assert host.queue.line.tickets[ticket.key].papers_missing == 1
    assert guest.queue.follow().tickets == {}
    assert visitors(host.world, guest.world) == 3
    assert look(Queue(host.world).follow()) == look(host.queue.follow())


def test_the_same_touch_gives_the_same_number(host, guest):
    """Asked again because the answer was lost, even after the host was started anew: one ticket (F-J7)."""
    touch = guest.dice.randbytes(16)
    first = guest.take(action=touch)
    host.queue = Queue(host.world)
    assert host.queue.give(host.now(), wire.Ask(touch, "sign_tax", "th", "", None)) == first.key
    assert visitors(host.world, guest.world) == 1


def test_a_host_that_is_away_costs_the_touch_nothing(host, guest):
    """An own number at once; and the next touch does not even ask."""
    guest.relay.cut = "refuse"
    assert guest.take().label == "C001"
    guest.relay.cut = "none"
    guest.relay.requests.clear()
    assert guest.take().label == "C002"
    assert guest.relay.requests == []
    guest.later()
    assert guest.take().label == "A001"
    assert visitors(host.world, guest.world) == 3


def test_what_was_given_alone_is_called_at_the_hosts_counters(host, guest):
    """Told once the host is back: everybody stands where they came, by the time that each kiosk measured."""
    first = host.ticket()
    host.hands.pass_s(60)
    guest.relay.cut = "refuse"
    alone = guest.take("sign_tax", priority="")
    host.hands.pass_s(60)
    last = host.ticket()
    guest.relay.cut = "none"
    assert guest.tell() == 1
    assert waiting(host) == ["A001", "C001", "A002"]
    assert guest.queue.follow().tickets == {}
    assert guest.tell() == 0
    called = [host.queue.call_next(host.now(), "1", action=host.press()).key]
    host.queue.move(host.now(), "finish", first, "1", action=host.press())
    second = host.queue.call_next(host.now(), "1", action=host.press())
    called.append(second.key)
    assert called == [first, alone.key]
    assert second.waited_ms == 60_000
    assert [call.label for call in host.queue.line.calls] == ["A001", "C001"]
    assert last in host.queue.line.tickets
    assert look(Queue(host.world).follow()) == look(host.queue.follow())
    assert visitors(host.world, guest.world) == 3


def test_a_sensitive_service_stays_untold_on_the_way(host, guest):
    """The host hears the group alone, from a kiosk that was cut off as from its own screen."""
    guest.relay.cut = "refuse"
    guest.take("hiv_allowance")
    guest.relay.cut = "none"
    guest.tell()
    [ticket] = host.queue.follow().waiting()
    assert (ticket.label, ticket.group, ticket.service) == ("D001", "general", "")
    assert "hiv" not in str(bodies(host.world)) + str(bodies(guest.world)) + str(guest.relay.requests)


def test_what_the_host_cannot_give_is_given_here(host, guest):
    """A service that the host does not show yet: the number is the guest's, still called at the host, and nobody takes
    the host for absent.
    """
    publish(host.world.content, 2, pieces_of(an_office(), some_services()[1:]))
    assert guest.take("sign_tax").label == "C001"
    host.hands.pass_s(1)
    assert guest.take("water_request").label == "B001"
    assert guest.tell() == 1
    assert [(each.label, each.group) for each in host.queue.follow().waiting()] == [
        ("C001", "tax"),
        ("B001", "general"),
    ]


# --- cuts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut", "tell_cut", "restart"),
    [
        *((cut, tell_cut, "nobody") for cut in CUTS for tell_cut in CUTS),
        *(("lose", tell_cut, restart) for tell_cut in CUTS for restart in ("guest", "host")),
    ],
)
def test_one_visitor_is_one_ticket_whatever_is_cut(host, guest, cut, tell_cut, restart):
    """The request, the answer, the telling, its answer: cut each, restart either; everybody is called exactly once."""
    expected = []
    host.ticket()
    for _ in range(2):
        guest.relay.cut = cut
        expected.append(guest.take().label)
        guest.later()
        host.hands.pass_s(30)
    guest.relay.cut = tell_cut
    guest.tell()
    if restart == "guest":
        guest.restart()
    if restart == "host":
        host.queue = Queue(host.world)
        host.lobby.close()
        host.start()
        guest.relay.host_is_at(host.lobby.port)
    guest.relay.cut = "none"
    guest.later()
    guest.tell()
    assert guest.tell() == 0
    assert waiting(host) == ["A001", *expected]
    assert visitors(host.world, guest.world) == 3
    assert guest.queue.follow().tickets == {}
    assert look(Queue(host.world).follow()) == look(host.queue.follow())
    called = []
    while (ticket := host.queue.call_next(host.now(), "1", action=host.press())) is not None:
        called.append(ticket.label)
        host.queue.move(host.now(), "finish", ticket.key, "1", action=host.press())
    assert called == ["A001", *expected]


def test_what_is_told_together_stands_by_when_it_was_taken(host, guest):
    """The letters are told one after the other; places follow the touches."""
    del guest
    first = host.ticket()
    host.hands.pass_s(40)
    second = host.ticket()
    host.hands.pass_s(60)
    told = [
        TicketJoined("2026-03-16", series, 1, "", group, "x", "", None, "th", touch * 16, waited_ms)
        for series, group, touch, waited_ms in (("C", "tax", b"c", 30_000), ("D", "general", b"d", 90_000))
    ]
    host.queue.join(host.now(), told)
    told = TicketJoined("2026-03-16", "C", 2, "", "tax", "x", "", None, "th", b"e" * 16, 80_000)
    host.queue.join(host.now(), [told])
    assert first[2] < second[2]
    assert waiting(host) == ["A001", "D001", "C002", "A002", "C001"]


def test_a_request_that_comes_too_late_makes_no_ghost(host, guest):
    """It lay in a cable until the guest had given its own number and told it: the touch is known by then."""
    guest.relay.cut = "swallow"
    alone = guest.take()
    late = guest.relay.requests[-1]
    guest.relay.cut = "none"
    guest.later()
    guest.tell()
    answer = guest.relay.deliver(late)
    assert f'"number":{alone.number}'.encode() in answer
    assert f'"series":"{alone.series}"'.encode() in answer
    assert waiting(host) == ["C001"]


def test_a_ghost_that_was_called_frees_its_counter(host, guest):
    """A number that nobody holds stands at counter 1 when the guest tells: it is unclaimed, and the person is next."""
    guest.relay.cut = "lose"
    alone = guest.take()
    ghost = host.queue.call_next(host.now(), "1", action=host.press())
    assert ghost.label == "A001"
    guest.relay.cut = "none"
    guest.later()
    guest.tell()
    assert host.queue.line.gone[ghost.key].end == "unclaimed"
    assert host.queue.call_next(host.now(), "1", action=host.press()).key == alone.key


def test_what_is_told_days_later_ends_as_not_served(host, guest):
    """The host was away until the next morning: nobody stands in the lobby any more, and each has an outcome."""
    guest.relay.cut = "refuse"
    alone = guest.take()
    host.hands.pass_s(23 * 3600)
    guest.later()
    fresh = guest.take()
    guest.relay.cut = "none"
    host.queue.seen(host.now(), "1", "open", groups=("tax",))
    assert guest.tell() == 2
    assert (alone.key[0], fresh.key[0]) == ("2026-03-16", "2026-03-17")
    assert waiting(host) == [fresh.label]
    closed = [b for b in bodies(host.world) if isinstance(b, TicketMoved) and b.move == "close"]
    assert [(b.service_date, b.series, b.number) for b in closed] == [alone.key]
    assert guest.tell() == 0
    assert visitors(host.world, guest.world) == 2


def test_more_than_fits_one_telling_comes_in_turns(host, guest):
    """A morning without the host: the oldest first, so many at once."""
    guest.relay.cut = "refuse"
    for _ in range(wire.TOLD_MAX + 5):
        guest.take()
    guest.relay.cut = "none"
    assert [guest.tell(), guest.tell(), guest.tell()] == [wire.TOLD_MAX, 5, 0]
    assert len(waiting(host)) == wire.TOLD_MAX + 5
    assert [b.action for b in bodies(host.world) if isinstance(b, TicketJoined)] == [
        b.action for b in bodies(guest.world) if isinstance(b, TicketMoved) and b.move == "taken"
    ]


# --- who is who ---------------------------------------------------------------------------------------------------


def test_only_a_kiosk_that_was_let_in_gets_numbers(host, guest):
    """No hash, a wrong one, one over other bytes, a browser's token, a kiosk that was shut out: refused, unrecorded."""
    body = msgspec.json.encode(wire.Ask(b"t" * 16, "sign_tax", "th", "", None))
    number, key = taking.membership(guest.world)
    before = host.world.lobby.head
    code = pairing.offer(host.world, host.now())
    browser, browser_key = pairing.token_key(pairing.redeem(host.world, host.now(), code, machine="phone"))
    for who, mac in (
        ("", ""),
        (number, ""),
        (number, "0" * 64),
        (number, wire.request_mac(key, wire.ASK_PATH, body + b" ")),
        (number, wire.request_mac(key, wire.TELL_PATH, body)),
        (browser, wire.request_mac(browser_key, wire.ASK_PATH, body)),
        ("9" * 30, wire.request_mac(key, wire.ASK_PATH, body)),
    ):
        headers = {wire.GUEST_HEADER: who, wire.MAC_HEADER: mac, "Origin": host.url}
        answer = requests.post(host.url + wire.ASK_PATH, body, headers=headers, timeout=10)
        assert answer.status_code == 403
    assert host.world.lobby.head == before
    pairing.unpair(host.world, int(number))
    assert guest.take().label == "C001"


def test_a_false_host_gives_no_number(host, guest):
    """Whatever else answers at the host's address is not believed: the number is the guest's own."""
    guest.world.host._key = b"x" * 32
    assert guest.take().label == "C001"
    true_key = taking.membership(guest.world)[1]
    guest.world.host._key = true_key
    guest.later()
    honest = lan.post

    def forged(*what, **how):
        status, told, answer = honest(*what, **how)
        return status, told, answer.replace(b'"number":1', b'"number":7')

    lan.post, kept = forged, lan.post
    try:
        assert guest.take().label == "C002"
    finally:
        lan.post = kept


def test_a_code_lets_one_kiosk_in(host):
    """As for a browser: once, two minutes long, and not for a guess."""
    code = pairing.offer(host.world, host.now())
    with pytest.raises(NotJoined, match="403"):
        lan.join(host.url, "00000000" if code != "00000000" else "11111111")
    token = lan.join(host.url, code)
    assert pairing.kiosk_key(host.world, token.split(".")[0]) == pairing.token_key(token)[1]
    assert pairing.find(host.world, token) is None, "it is no browser"
    with pytest.raises(NotJoined, match="403"):
        lan.join(host.url, code)
    with pytest.raises(NotJoined):
        lan.join("http://127.0.0.1:9", code)


def test_numbers_of_the_hosts_own_series_are_nobody_elses(host, guest):
    """Two kiosks that were given one letter by mistake: the host takes nothing in under it."""
    told = TicketJoined("2026-03-16", "A", 1, "", "tax", "x", "", None, "th", b"t" * 16, 0)
    with pytest.raises(Refused):
        host.queue.join(host.now(), [told])
    assert waiting(host) == []
    del guest


@pytest.mark.parametrize(
    "told", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"x", b"HTTP/1.1 200 OK\r\n" * 9]
)
def test_a_host_that_drips_is_given_up_in_time(told):
    """A byte now and then does not hold a citizen: the deadline is for all of it."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        line, _ = listener.accept()
        with line:
            line.sendall(told)
            while not done.wait(0.01):
                try:
                    line.sendall(b"x: y\r\n" if told.startswith(b"HTTP") and b"length" not in told else b"")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    seconds = iter(range(1_000_000))
    with pytest.raises((OSError, lan.h11.RemoteProtocolError)):
        lan.post(
            f"http://127.0.0.1:{listener.getsockname()[1]}",
            "/kiosk/ticket",
            [],
            b"{}",
            mono=lambda: next(seconds) * 0.2,
        )
    done.set()
    thread.join(10)
    listener.close()


def test_a_guest_closes_nobodys_ticket(guest):
    """Yesterday's untold number waits for the host: only who keeps the queue says how it ended."""
    guest.relay.cut = "refuse"
    guest.take()
    guest.hands.pass_s(24 * 3600)
    guest.later()
    guest.take()
    guest.restart()
    assert [type(b) for b in bodies(guest.world)].count(TicketIssued) == 2
    assert all(b.move == "taken" for b in bodies(guest.world) if isinstance(b, TicketMoved))
