"""A real kiosk and a real server, and between them a line that is cut, repeated, delayed, dripping, reset (G-18).

Every byte of an exchange is a place to cut. In a usual run one in 50 is; with SALA_EVERY_BYTE=1 each (`make line`).
"""

import os
import random
import time

import pytest

from kiosk.sync.https import TOTAL_S, Https
from kiosk.sync.line import Unreachable
from tests.line.both import assert_same, believed_no_more_than_held, rate
from tests.line.proxy import Fault

STEP = 1 if os.environ.get("SALA_EVERY_BYTE") else 50
pytestmark = pytest.mark.timeout(1800 if STEP == 1 else 300)


@pytest.fixture
def https(line):
    """The kiosk's transport, which gives up soon enough for a test."""
    return Https(line.url, total_s=3.0)


@pytest.fixture
def kiosk(office, https):
    """A kiosk, the same in each test, that has just spoken to its server."""
    with office.kiosk("A", https) as made:
        rate(made)
        made.sync.turn()
        assert made.sync.link.state == "ok"
        https.close()
        yield made


def _bytes_of_a_round(kiosk, line, https):
    """What one record costs: question, envelope, and the answers to them."""
    rate(kiosk)
    kiosk.sync.turn()
    https.close()
    for _ in range(100):
        if len(line.carried) >= 2:
            return line.carried[-1]
        time.sleep(0.02)
    raise AssertionError("the line never saw the connection end")


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_cut_at_any_byte_nothing_is_lost_or_doubled(office, line, https, kiosk, way, reset):
    """One record a round: the line breaks after n bytes, then is whole again; each record is held once."""
    up, down = _bytes_of_a_round(kiosk, line, https)
    assert up > 800
    assert down > 400
    broken = 0
    for at in range(0, up if way == "up" else down, STEP):
        line.plan(Fault(cut_up=at, reset=reset) if way == "up" else Fault(cut_down=at, reset=reset))
        rate(kiosk)
        started = time.monotonic()
        kiosk.sync.turn()
        assert time.monotonic() - started < 10
        broken += kiosk.sync.link.state != "ok"
        believed_no_more_than_held(office, kiosk)
        https.close()
        kiosk.sync.turn()
        assert kiosk.sync.link.state == "ok"
        assert kiosk.world.lobby.counts().waiting == 0
        https.close()
    # Within some bytes of the end an exchange may be over before it is cut.
    assert broken >= (up if way == "up" else down) // STEP - 100 // STEP - 1
    assert_same(office, [kiosk])


def test_whatever_is_said_again_counts_once(office, line, https, kiosk):
    """Whole conversations repeated by the line, also after later ones: the server answers, and holds nothing twice."""
    line.fault = lambda _nth: Fault(replay=2)
    for _ in range(10):
        rate(kiosk, 2)
        kiosk.sync.turn()
        https.close()
    for _ in range(500):
        if line.replayed >= 20:
            break
        time.sleep(0.02)
    assert line.replayed >= 20
    rate(kiosk)
    kiosk.sync.turn()
    assert_same(office, [kiosk])


def test_a_slow_line_is_slow_and_no_more(office, line, https, kiosk):
    """An answer that takes its time, but less than the kiosk's patience, is an answer."""
    line.fault = lambda _nth: Fault(delay_s=0.8)
    rate(kiosk)
    kiosk.sync.turn()
    assert kiosk.sync.link.state == "ok"
    assert_same(office, [kiosk])


@pytest.mark.parametrize("fault", [Fault(byte_s=0.05), Fault(delay_s=60)], ids=["drip", "mute"])
def test_a_line_that_drips_holds_no_thread(office, line, https, kiosk, fault):
    """Given up at the deadline, whatever trickles; nothing is believed of it, and a good line mends it."""
    line.fault = lambda _nth: fault
    rate(kiosk)
    started = time.monotonic()
    kiosk.sync.turn()
    assert 2.5 < time.monotonic() - started < 6
    assert kiosk.sync.link.state == "offline"
    believed_no_more_than_held(office, kiosk)
    line.plan()
    kiosk.sync.turn()
    assert_same(office, [kiosk])


def test_the_kiosks_own_deadline_is_below_a_minute():
    """What the tests above shorten: no thread is held for 60 s by anything that a server or a line may do."""
    assert TOTAL_S <= 50


@pytest.mark.skipif(STEP != 1, reason="takes the kiosk's own 50 s: make line")
def test_a_byte_a_second_is_given_up_in_time(office, line, kiosk):
    """The real deadline against a real drip."""
    line.fault = lambda _nth: Fault(byte_s=1.0)
    with pytest.raises(Unreachable, match="no whole answer within 50 s"):
        Https(line.url).post("sync/position", b"x")


def test_a_random_line_in_the_end_carries_everything(office, line, https, kiosk):
    """Cuts, resets, repeats and delays by the dice; each touch is recorded whatever the line does."""
    dice = random.Random(18)
    menu = (
        lambda: Fault(cut_up=dice.randrange(1200), reset=dice.random() < 0.5),
        lambda: Fault(cut_down=dice.randrange(900), reset=dice.random() < 0.5),
        lambda: Fault(replay=1),
        lambda: Fault(delay_s=dice.uniform(0, 0.2)),
        lambda: Fault(cut_down=0),
    )
    line.fault = lambda _nth: dice.choice(menu)()
    for _ in range(2000 // STEP):
        rate(kiosk, dice.randrange(4))
        kiosk.sync.turn()
        believed_no_more_than_held(office, kiosk)
        if dice.random() < 0.8:
            https.close()
    line.plan()
    https.close()
    kiosk.sync.turn()
    assert_same(office, [kiosk])
