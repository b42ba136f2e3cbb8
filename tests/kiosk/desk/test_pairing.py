"""Browsers are let in by a code of the staff screen, once, for two minutes; staff can shut each out again."""

import pytest

from kiosk import lan
from kiosk.config import make
from kiosk.desk import pairing
from tests.kiosk.worlds import Hands, make_world


@pytest.fixture
def world(tmp_path):
    """A kiosk whose pages are at port 8080 of sala.lan."""
    made = make_world(tmp_path, settings={"lobby_port": 8080, "lobby_address": "sala.lan"})
    yield made
    made.store.close()


@pytest.fixture
def hands():
    """Time."""
    return Hands()


def test_a_code_lets_one_browser_in(world, hands):
    """The token opens, and nothing else does; the code is used up."""
    now = hands.clock().now()
    code = pairing.offer(world, now)
    assert (len(code), code.isdigit()) == (8, True)
    token = pairing.redeem(world, now, code, machine="phone")
    browser = pairing.find(world, token)
    assert (browser.machine, browser.since) == ("phone", "2026-03-16")
    assert pairing.redeem(world, now, code, machine="phone") is None
    number, _, secret = token.partition(".")
    for wrong in (
        "",
        ".",
        number,
        f"{number}.",
        f"{number}.{secret[:-1]}",
        f"{int(number) + 1}.{secret}",
        f"x.{secret}",
    ):
        assert pairing.find(world, wrong) is None


def test_a_typed_code_may_have_gaps_and_thai_digits(world, hands):
    """A PC without a camera types what the screen shows."""
    now = hands.clock().now()
    code = pairing.offer(world, now)
    typed = f"{code[:4]} - {code[4:]}".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert pairing.redeem(world, now, typed, machine="computer")


def test_a_code_ends_after_two_minutes(world, hands):
    """Good at 119 seconds, void at 120; a newer code voids the older one."""
    clock = hands.clock()
    code = pairing.offer(world, clock.now())
    assert pairing.seconds_left(world, clock.now()) == 120
    hands.pass_s(119)
    assert pairing.seconds_left(world, clock.now()) == 1
    newer = pairing.offer(world, clock.now())
    assert pairing.redeem(world, clock.now(), code, machine="phone") is None
    hands.pass_s(120)
    assert pairing.redeem(world, clock.now(), newer, machine="phone") is None
    assert pairing.seconds_left(world, clock.now()) == 0


def test_a_code_survives_a_restart_and_no_longer(world, hands):
    """The clock of the new start counts on, by time of day."""
    code = pairing.offer(world, hands.clock().now())
    hands.pass_s(60)
    assert pairing.seconds_left(world, hands.clock(boot=b"boot-id2").now()) == 60
    hands.pass_s(61)
    assert pairing.redeem(world, hands.clock(boot=b"boot-id3").now(), code, machine="phone") is None


def test_guessing_ends_the_offer(world, hands):
    """Twenty wrong codes, and the right one is void too."""
    now = hands.clock().now()
    code = pairing.offer(world, now)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(pairing.TRIES_MAX):
        assert pairing.redeem(world, now, wrong, machine="phone") is None
    assert pairing.redeem(world, now, code, machine="phone") is None


def test_leaving_the_screen_withdraws_the_code(world, hands):
    """Nobody comes later with a photo of it."""
    now = hands.clock().now()
    code = pairing.offer(world, now)
    pairing.withdraw(world)
    pairing.withdraw(world)
    assert pairing.redeem(world, now, code, machine="phone") is None


def test_a_browser_is_shut_out_at_once(world, hands):
    """A phone that was lost opens nothing; the others stay, and no number comes twice."""
    now = hands.clock().now()
    tokens = [pairing.redeem(world, now, pairing.offer(world, now), machine="phone") for _ in range(3)]
    lost = pairing.find(world, tokens[1])
    pairing.unpair(world, lost.number)
    pairing.unpair(world, lost.number)
    assert [pairing.find(world, each) is not None for each in tokens] == [True, False, True]
    again = pairing.find(world, pairing.redeem(world, now, pairing.offer(world, now), machine="tablet"))
    assert again.number > lost.number
    assert [each.machine for each in pairing.paired(world)] == ["phone", "phone", "tablet"]


def test_the_store_keeps_neither_code_nor_token(world, hands):
    """Rows in the clear hold hashes alone."""
    now = hands.clock().now()
    code = pairing.offer(world, now)
    assert code not in str(world.store.table(pairing.OFFER_TABLE).all())
    token = pairing.redeem(world, now, code, machine="phone")
    assert token.partition(".")[2] not in str(world.store.table(pairing.TABLE).all())


def test_there_is_an_end_to_browsers(world, hands, monkeypatch):
    """A store that is full of phones takes no more until one is shut out."""
    monkeypatch.setattr(pairing, "BROWSERS_MAX", 1)
    now = hands.clock().now()
    pairing.redeem(world, now, pairing.offer(world, now), machine="phone")
    with pytest.raises(pairing.TooManyBrowsers):
        pairing.offer(world, now)


def test_the_address_keeps_the_code_out_of_requests(world, tmp_path, monkeypatch):
    """Behind the hash; without a port or a network there is no address."""
    assert pairing.address(world.config, "12345678") == "http://sala.lan:8080/pair#12345678"
    assert pairing.address(make(tmp_path, {}), "12345678") == ""
    monkeypatch.setattr(lan, "own_address", lambda: "")
    assert pairing.address(make(tmp_path, {"lobby_port": 80}), "12345678") == ""
