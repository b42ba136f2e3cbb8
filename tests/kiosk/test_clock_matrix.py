"""Twelve clocks through a whole day at the desk (G-10): numbers, order and sync do not care, and nothing raises.

Each clock is a table of what the machine claims, stage by stage: before the first contact, at it, and after it. What a
right watch would show goes on evenly beside it, at the server.
"""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.clock import BUILT
from kiosk.desk import complaints, confidential, health, hours, notices, praise, queue, ratings, stick
from kiosk.desk.services import shown
from kiosk.desk.stick import Export, Stick
from kiosk.sync.line import Unreachable
from kiosk.sync.loop import Patience, Sync
from shared import log as chain
from shared import thai
from shared.log import Head
from shared.records import Quality
from tests.kiosk.desk.test_confidential import a_draft, an_office_with_routes
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import Hands, make_world, pieces_of, publish, some_services

#: Wednesday 30 September 2026, 23:40 in the office: the last minutes of the fiscal year 2569.
EVENING = datetime(2026, 9, 30, 16, 40, tzinfo=UTC)
STAGES, OFFLINE, STAGE_S = 8, 3, 600
FILING = (0, 2, 6)


def _steady(claim):
    """A clock that is off by as much all day."""
    return [claim + timedelta(seconds=STAGE_S * stage) for stage in range(STAGES)]


def _jump(at, to):
    """Right until stage `at`, then going on from `to`."""
    return [*_steady(EVENING)[:at], *(to + timedelta(seconds=STAGE_S * n) for n in range(STAGES - at))]


RAISES, NOT_A_NUMBER = OverflowError("timestamp out of range for platform time_t"), float("nan")
MIDNIGHT = EVENING + timedelta(minutes=20)

CLOCKS = {
    "right": _steady(EVENING),
    "1970": _steady(datetime(1970, 1, 1, 7, tzinfo=UTC)),
    "2000": _steady(datetime(2000, 1, 1, tzinfo=UTC)),
    "20 years back": _steady(EVENING - timedelta(days=7305)),
    "20 years on": _steady(EVENING + timedelta(days=7305)),
    "2069": _steady(EVENING.replace(year=2069)),
    "2569, which raises": [RAISES] * STAGES,
    "not a number": [NOT_A_NUMBER] * STAGES,
    "back over the year's end, offline": _jump(2, MIDNIGHT - timedelta(minutes=90)),
    "back over the year's end, after contact": _jump(6, MIDNIGHT - timedelta(minutes=90)),
    "the battery dies": _jump(2, datetime(1970, 1, 1, tzinfo=UTC)),
    "wrong at first, then right": [*_steady(datetime(2069, 1, 1, tzinfo=UTC))[:2], *_steady(EVENING)[2:]],
}


class Day:
    """A kiosk with this clock, and the server with a right one."""

    def __init__(self, folder, claims):
        self.world = make_world(folder)
        publish(self.world.content, 2, pieces_of(an_office_with_routes(), some_services()))
        self.hands, self.server, self.claims, self.stage = Hands(EVENING), MemoryServer(), claims, 0
        self.clock = self.hands.clock(wall=self._claim)
        self.sync = Sync(self.world, self.clock, self.server, patience=Patience(300), uniform=lambda low, _high: low)
        self.tickets, self.moments = [], []

    def _claim(self):
        claim = self.claims[self.stage]
        if isinstance(claim, Exception):
            raise claim
        return claim.timestamp() if isinstance(claim, datetime) else claim

    def go_on(self):
        """Ten minutes pass by a right watch; until `OFFLINE` the server cannot be reached."""
        self.hands.pass_s(STAGE_S)
        self.server.server_ms = round(self.hands.wall_s * 1000)
        self.server.weather = _away if self.stage < OFFLINE else lambda _path, genuine: genuine()

    def flows(self):
        """What people do within one stage."""
        world, now = self.world, self.clock.now
        self.moments.append(now())
        for _ in range(2):
            taken = queue.take_ticket(world, now(), service_id="sign_tax", language="th")
            self.tickets.append((taken.service_date, taken.label))
        rated = ratings.rate(world, now(), 5)
        ratings.change(world, now(), rated, 4)
        if self.stage in FILING:  # a code costs a fifth of a second, on purpose
            complaints.file(world, now(), complaints.Draft("lamp", "ไฟดับ", "m3", "หน้าวัด", "", ""), "th")
            confidential.file(world, now(), a_draft(), "th")
        praise.give(world, now(), praise.Thanks(counter="2"), "th")
        bundle, day = shown(world), now().service_date
        hours.now(bundle, now())
        hours.specials(bundle, day, 7)
        notices.current(bundle, day)
        health.health(world, now(), self.sync.link)
        self.sync.turn()


def _away(_path, _genuine):
    raise Unreachable("no line")


@pytest.mark.parametrize("name", CLOCKS)
def test_a_day_under_any_clock(tmp_path, name):
    """No call raises; no number is given twice and they rise; the chain holds; all of both logs arrives, in its order;
    staff are told of a bad clock; after one contact the kiosk knows the hour.
    """
    day = Day(tmp_path / "kiosk", CLOCKS[name])
    world = day.world
    for stage in range(STAGES):
        day.stage = stage
        day.go_on()
        day.flows()
        if stage >= OFFLINE:
            assert day.sync.link.state == "ok"
            assert abs(day.clock.guess().timestamp() - day.hands.wall_s) < 60
            right = datetime.fromtimestamp(day.hands.wall_s, UTC)
            assert day.clock.now().service_date == thai.service_date(right)
        trusted = day.clock.now().trusted
        told = health.health(world, day.clock.now(), day.sync.link).problems
        assert ("clock" in told) is not trusted

    assert len(set(day.tickets)) == len(day.tickets) == 2 * STAGES
    assert {date.year for date, _ in day.tickets} <= {BUILT.year, EVENING.year}
    for date in {date for date, _ in day.tickets}:
        labels = [label for its_date, label in day.tickets if its_date == date]
        assert labels == sorted(labels)
        assert labels == [f"A{n:03}" for n in range(1, len(labels) + 1)]

    log = world.lobby.logs()[-1].log
    kept = list(world.lobby.after(0, limit_count=10_000, limit_bytes=2**30))
    assert chain.verify(Head.empty(log), kept).seq == len(kept) == 1 + 5 * STAGES + len(FILING)
    assert day.server.logs[log][0].records == kept
    assert world.lobby.counts().waiting == 0

    # The confidential log travels once in an office day, whatever the day is believed to be.
    day.hands.pass_s(49 * 3600)
    day.server.server_ms = round(day.hands.wall_s * 1000)
    day.sync.turn()
    with world.apart.open(day.clock.now().service_date) as book:
        assert (book.counts().captured, book.counts().waiting) == (1 + len(FILING), 0)
    assert all(len(branches) == 1 for branches in day.server.logs.values())
    _by_stick_too(day, tmp_path / "stick")
    world.store.close()


def _by_stick_too(day, place):
    place.mkdir()
    ratings.rate(day.world, day.clock.now(), 3)
    export = Export(day.world, day.clock.now(), Stick(place, 10**9))
    while not export.step().finished:
        pass
    assert list(place.rglob(f"*{stick.layout.SUFFIX}"))


@pytest.mark.parametrize("name", CLOCKS)
def test_what_a_clock_claims_is_kept_as_it_was_and_marked(tmp_path, name):
    """A record keeps the machine's own claim, true or not, and how far it was believed; nothing is made up for it."""
    day = Day(tmp_path, CLOCKS[name])
    for stage in range(OFFLINE):
        day.stage = stage
        day.go_on()
        claim = CLOCKS[name][stage]
        queue.take_ticket(day.world, day.clock.now(), service_id="sign_tax", language="th")
        kept = list(day.world.lobby.after(0))[-1].header.at
        if isinstance(claim, datetime):
            assert kept.wall_ms == round(claim.timestamp() * 1000)
            plausible = abs(claim - EVENING) < timedelta(days=365) and claim >= EVENING
            assert (kept.quality == Quality.UNSURE) is plausible
        else:
            assert (kept.wall_ms, kept.quality) == (None, Quality.BAD)
        assert kept.mono_ms == STAGE_S * 1000 * (stage + 1)
    day.world.store.close()
