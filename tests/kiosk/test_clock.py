"""The clock: never raises, never trusts what cannot be, learns only what it is told (F-D1 to F-D8, F-J10)."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import BUILT, Clock
from kiosk.desk import queue
from shared.records import NO_HASH, VERSION, Header, Quality, decode_header, encode_header
from tests.kiosk.worlds import MONDAY, Hands, make_world

SERVER_MS = int(MONDAY.timestamp() * 1000)


def raising():
    """What `time.time` does in the year 2569 on some machines."""
    raise OverflowError("timestamp out of range for platform time_t")


WRONG = {
    "1970": datetime(1970, 1, 1, tzinfo=UTC),
    "2000": datetime(2000, 1, 1, tzinfo=UTC),
    "20 years back": MONDAY - timedelta(days=7305),
    "20 years on": MONDAY + timedelta(days=7305),
    "2069": datetime(2069, 3, 16, tzinfo=UTC),
    "2569": datetime(2569, 3, 16, tzinfo=UTC),
}


@pytest.mark.parametrize("claim", WRONG.values(), ids=WRONG.keys())
def test_an_impossible_claim_is_bad_and_dates_nothing(claim):
    """With a claim that cannot be, the quality is BAD and the service date a believable day."""
    moment = Hands(claim).clock(signed_ms=SERVER_MS).now()
    assert moment.at.quality == Quality.BAD
    assert not moment.trusted
    assert moment.service_date == date(2026, 3, 16)


def test_a_raising_clock_is_no_claim():
    """Where the machine's clock raises, there is no wall time, and the moment still counts."""
    moment = Hands().clock(wall=raising, signed_ms=SERVER_MS).now()
    assert moment.wall is None
    assert moment.at.wall_ms is None
    assert moment.at.quality == Quality.BAD


def test_an_unconfirmed_claim_is_unsure_and_a_confirmed_one_good():
    """Plausible is UNSURE until a signed answer confirms it."""
    hands = Hands()
    clock = hands.clock()
    assert clock.now().at.quality == Quality.UNSURE
    clock.learn(SERVER_MS + 60_000)
    assert clock.now().at.quality == Quality.GOOD
    hands.wall_s += 3 * 3600
    assert clock.now().at.quality == Quality.BAD
    assert clock.now().service_date == date(2026, 3, 16)


def test_going_back_over_midnight_is_bad_until_confirmed():
    """A clock set back is not followed to yesterday; the signed time settles it."""
    hands = Hands()
    clock = hands.clock()
    clock.now()
    hands.wall_s -= 24 * 3600
    moment = clock.now()
    assert (moment.at.quality, moment.service_date) == (Quality.BAD, date(2026, 3, 16))
    clock.learn(int(hands.wall_s * 1000))
    assert clock.now().at.quality == Quality.GOOD
    assert clock.now().service_date == date(2026, 3, 15)


def test_an_hour_in_2069_is_forgiven_at_the_next_contact():
    """A server that was itself wrong for an hour leaves no lasting mark (F-D3)."""
    hands = Hands()
    clock = hands.clock()
    clock.learn(int(datetime(2049, 3, 16, tzinfo=UTC).timestamp() * 1000))
    assert not clock.now().trusted
    clock.learn(SERVER_MS)
    assert clock.now().at.quality == Quality.GOOD


def test_a_signed_time_that_was_long_on_its_way_is_a_floor_and_no_more():
    """As a start takes the one that is kept, downwards too; what was learned at once since then outranks it."""
    day_ms = 24 * 3600 * 1000
    clock = Hands().clock(signed_ms=SERVER_MS + 2000 * day_ms)
    assert clock.now().at.quality == Quality.BAD
    clock.remember(SERVER_MS - 3 * day_ms)
    assert clock.now().at.quality == Quality.UNSURE
    clock.remember(2**62)
    assert clock.signed_ms == SERVER_MS - 3 * day_ms
    clock.learn(SERVER_MS)
    clock.remember(SERVER_MS + 2000 * day_ms)
    assert (clock.now().at.quality, clock.signed_ms) == (Quality.GOOD, SERVER_MS)


@pytest.mark.parametrize("server_ms", [0, -1, int(BUILT.timestamp() * 1000) - 1, 2**62])
def test_a_time_no_server_can_mean_teaches_nothing(server_ms):
    """Absurd signed times are passed over."""
    clock = Hands().clock()
    clock.learn(server_ms)
    assert clock.signed_ms is None


@given(wall=st.floats(allow_nan=True, allow_infinity=True), signed=st.none() | st.integers(0, 2**52))
def test_no_clock_makes_it_raise_and_every_moment_can_be_recorded(wall, signed):
    """Whatever the machine claims, there is a moment, and its `at` fits into a header that reads back."""
    moment = Hands().clock(wall=lambda: wall, signed_ms=signed).now()
    header = Header(VERSION, bytes(16), 1, NO_HASH, "rating.given", 1, 0, moment.at, bytes(32))
    assert decode_header(encode_header(header)) == header
    assert isinstance(moment.service_date, date)


@pytest.mark.parametrize("hour", range(24))
def test_the_service_date_is_the_offices_day(hour):
    """At every hour of the office's day the service date is that day (F-J1, F-J2)."""
    start = datetime(2026, 12, 30, 17, tzinfo=UTC)
    assert Hands(start + timedelta(hours=hour, minutes=1)).clock().now().service_date == date(2026, 12, 31)


def test_no_number_is_given_twice_whatever_the_clock_does(tmp_path):
    """Tickets under jumping clocks and across restarts are all different (I9)."""
    world = make_world(tmp_path)
    hands = Hands()
    seen = []
    for claim in [MONDAY, *WRONG.values(), MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=1)]:
        hands.wall_s = claim.timestamp()
        for clock in (hands.clock(), hands.clock(wall=raising, signed_ms=SERVER_MS)):
            ticket = queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
            seen.append((ticket.service_date, ticket.label))
    assert len(set(seen)) == len(seen)
    world.store.close()


def test_the_guess_is_the_newest_that_can_be_believed():
    """A dead clock guesses the newest signed time gone on; a live one itself."""
    hands = Hands(WRONG["1970"])
    clock = hands.clock()
    clock.learn(SERVER_MS)
    hands.pass_s(60)
    assert clock.guess() == MONDAY + timedelta(seconds=60)
    assert Hands().clock().guess() == MONDAY


def test_a_real_clock_runs():
    """On this machine the clock reads a moment now."""
    moment = Clock(b"boot-id1").now()
    assert moment.at.mono_ms >= 0


def test_a_tablet_that_slept_over_night_knows_what_time_it_is(monkeypatch):
    """Asleep, Linux stops the plain monotonic clock; the one that counts the night judges a right claim right."""
    awake, wall = 1000.0, datetime(2026, 3, 16, 10, tzinfo=UTC).timestamp()
    slept = 0.0
    monkeypatch.setattr(time, "clock_gettime", lambda which: awake + (slept if which == time.CLOCK_BOOTTIME else 0))
    monkeypatch.setattr(time, "monotonic", lambda: awake)
    clock = Clock(b"boot one", wall=lambda: wall + slept)
    clock.learn(round(wall * 1000))
    slept = 15.5 * 3600
    moment = clock.now()
    assert (moment.trusted, moment.service_date) == (True, date(2026, 3, 17))
