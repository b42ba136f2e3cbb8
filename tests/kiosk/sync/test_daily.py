"""The confidential log travels once a day, at a drawn minute, padded, and is mentioned at no other time."""

from datetime import timedelta

import msgspec
import pytest

from kiosk.desk import confidential, ratings
from kiosk.store import apart
from kiosk.sync.daily import Daily
from kiosk.sync.line import Reply, Unreachable
from kiosk.sync.loop import Patience, Sync
from shared import batch, thai
from shared.envelope import HEADER_BYTES, SEAL_OVERHEAD_BYTES, SIGNATURE_BYTES
from shared.protocol import Intake, Reason, ServerSelf
from tests.kiosk.desk.test_confidential import a_draft, an_office_with_routes
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import ANSWER_KEY, OFFICE_ID, Hands, make_world, pieces_of, publish, some_services

PADDED = [HEADER_BYTES + SIGNATURE_BYTES + SEAL_OVERHEAD_BYTES + step for step in batch.PADDED_STEPS]
NOON_MIN = 12 * 60


@pytest.fixture
def world(tmp_path):
    """A kiosk whose content has routes."""
    made = make_world(tmp_path)
    publish(made.content, 2, pieces_of(an_office_with_routes(), some_services()))
    yield made
    made.store.close()


class Days:
    """A kiosk's loop turned by hand; the drawn minute is always noon (or, at first, half a day from now)."""

    def __init__(self, world):
        self.world, self.hands, self.server = world, Hands(), MemoryServer()
        self.clock = self.hands.clock()
        self.sync = self.restarted()

    def restarted(self):
        """The loop after a start of the program."""
        self.sync = Sync(
            self.world, self.clock, self.server, patience=Patience(lambda low, _high: low),
            uniform=lambda _low, _high: NOON_MIN,
        )  # fmt: skip
        return self.sync

    def turn(self, hours=0.0):
        """Let time go on (the server's as well) and turn once; returns the log names asked about, in order."""
        self.hands.pass_s(hours * 3600)
        self.server.server_ms = round(self.hands.wall_s * 1000)
        known = len(self.server.asked)
        self.sync.turn()
        return [claim.name for ask in self.server.asked[known:] for claim in ask.logs]

    def file(self):
        """Somebody complains."""
        confidential.file(self.world, self.clock.now(), a_draft(), "th")


def test_a_complaint_waits_for_the_drawn_minute_and_wakes_nobody(world):
    """Filing neither wakes the line nor is asked about; at the drawn minute it goes, in a conversation of its own."""
    days = Days(world)
    assert days.turn() == ["lobby"]
    days.file()
    assert not days.sync._something_waits()
    assert days.turn(11) == ["lobby"]
    figures = days.server.asked[-1].health
    assert figures.captured == world.lobby.counts().captured
    assert days.turn(2) == ["lobby", "confidential"]
    assert [len(ask.logs) for ask in days.server.asked[-2:]] == [1, 1]
    with world.apart.open(days.clock.now().service_date) as book:
        assert (book.counts().waiting, book.counts().stored) == (0, 2)


def test_it_is_mentioned_once_a_day_whatever_happens(world):
    """Over some days the confidential log is asked about once a day, with complaints and without."""
    days = Days(world)
    days.turn()
    days.turn(13)
    for _ in range(3):
        days.file()
        asked = [days.turn(1) for _ in range(24)]
        assert sum("confidential" in names for names in asked) == 1


def test_what_travels_has_one_of_few_lengths(world):
    """One complaint or three: the envelope on the wire has the same length."""
    days = Days(world)
    days.turn()
    sizes = []
    for count in (1, 3):
        for _ in range(count):
            days.file()
        days.turn(25)
        sizes.append([size for path, size in days.server.requests if path == "sync/push"][-1])
    assert sizes == [PADDED[0], PADDED[0]]


def test_the_lobby_is_not_padded(world):
    """Tickets and ratings travel as small as they are."""
    days = Days(world)
    ratings.rate(world, days.clock.now(), 5)
    days.turn()
    assert next(size for path, size in days.server.requests if path == "sync/push") < PADDED[0] / 4


def test_a_restart_draws_no_second_minute_and_a_missed_one_is_made_up(world):
    """The drawn moment outlives the program; a kiosk that was off then sends when it is next on, once."""
    days = Days(world)
    days.turn()
    days.file()
    days.restarted()
    assert days.turn(1) == ["lobby"]
    days.restarted()
    assert days.turn(20) == ["lobby", "confidential"]
    days.restarted()
    assert days.turn() == ["lobby"]


def test_a_broken_line_leaves_it_for_the_next_turn(world):
    """A failure in the confidential conversation neither stops the lobby nor is taken for a push."""
    days = Days(world)
    days.turn()
    days.file()

    def second_fails(path, genuine):
        reply = genuine()
        if days.server.asked and days.server.asked[-1].logs[0].name == "confidential":
            raise Unreachable("cut")
        return reply

    days.server.weather = second_fails
    assert days.turn(13) == ["lobby", "confidential"]
    assert days.sync.link.state == "ok"
    days.server.weather = lambda _path, genuine: genuine()
    assert days.turn(0.1) == ["lobby", "confidential"]
    assert days.turn(0.1) == ["lobby"]


def test_a_moment_drawn_by_a_wrong_clock_holds_nothing_up(world):
    """After an hour in a far year the drawn moment is not waited for."""
    days = Days(world)
    daily = Daily(world, lambda _low, _high: NOON_MIN)
    assert not daily.due(days.clock)
    far = Hands(days.clock.guess() + timedelta(days=400)).clock()
    daily.done(far)
    assert Daily(world, lambda _low, _high: NOON_MIN).due(days.clock)


def test_a_fork_of_the_confidential_log_opens_a_new_one_dated_to_the_day(world):
    """A copied disk: both branches stay, the new log cites the old one, and its first record has no time either."""
    days = Days(world)
    days.turn()
    days.file()
    days.turn(13)
    log = next(claim.log for claim in days.server.asked[-1].logs)
    branch = days.server.logs[log][0]
    branch.hashes[-1] = b"x" * 32
    days.turn(24)
    day = days.clock.now().service_date
    with world.apart.open(day) as book:
        old, new = book.logs()
        opened = next(iter(book.after(0)))
    assert (old.log, old.ended, new.ended) == (log, True, False)
    assert opened.header.at == apart.at(day)
    assert msgspec.structs.asdict(opened.header.at)["boot"] == b""
    assert world.apart.folder.stat().st_mtime == thai.day_start(day).timestamp()


def test_a_proxy_that_takes_only_small_messages_gets_small_ones(world):
    """After a long time without a line the complaints are many: they arrive in parts, each padded (F-B3)."""
    days = Days(world)
    days.turn()
    for _ in range(40):
        days.file()
    post = days.server.post

    def small(path, body):
        return Reply(413, b"<html>too large") if len(body) > 100_000 else post(path, body)

    days.server.post = small
    for _ in range(5):
        days.turn(13)
    with world.apart.open(days.clock.now().service_date) as book:
        assert (book.counts().waiting, book.counts().stored) == (0, 41)
    assert max(size for path, size in days.server.requests if path == "sync/push") == PADDED[1]


@pytest.mark.parametrize("signed", [True, False])
def test_a_server_that_names_a_time_is_not_asked_for_complaints_before(world, signed):
    """Rule 3 of the loop holds for this conversation too, while the lobby's goes on."""
    days = Days(world)
    days.turn()
    days.file()
    intake, post = Intake(ServerSelf(OFFICE_ID, ANSWER_KEY, {})), days.server.post

    def busy(path, body):
        reply = post(path, body)
        if days.server.asked[-1].logs[0].name != "confidential":
            return reply
        if not signed:
            raise Unreachable("a proxy is busy", retry_after_s=1800)
        refused = intake.refuse(
            body, Reason.BUSY, epoch=days.server.epoch, server_ms=days.server.server_ms, retry_after_s=1800
        )
        return Reply(429, refused)

    days.server.post = busy
    assert [days.turn(13), days.turn(0.1), days.turn(0.1)] == [["lobby", "confidential"], ["lobby"], ["lobby"]]
    days.server.post, days.sync._apart_from_s = post, 0.0
    assert days.turn(0.1) == ["lobby", "confidential"]


def test_a_days_exchange_opens_the_confidential_store_once(world, monkeypatch):
    """Opening checks and writes the file: what travels, what is given up and the next minute share one opening."""
    days = Days(world)
    days.turn()
    opened, open_store = [], world.apart._open_store
    monkeypatch.setattr(world.apart, "_open_store", lambda day: opened.append(day) or open_store(day))
    assert days.turn(13) == ["lobby", "confidential"]
    assert len(opened) == 1


def test_a_log_that_the_server_declines_is_mentioned_no_more_often(world):
    """Once when it is declined, once more when the new log has something to send; then it waits for the next day."""
    days = Days(world)
    days.turn()
    days.file()
    with world.apart.open(days.clock.now().service_date) as book:
        first = book.head.log
    days.server.declined = {first: Reason.BROKEN}
    asked = [days.turn(*hours) for hours in [(13,), *[(0.1,)] * 5]]
    assert asked == [["lobby", "confidential"], ["lobby", "confidential", "confidential"], *[["lobby"]] * 4]
    assert days.sync.link.state == "ok"
    with world.apart.open(days.clock.now().service_date) as book:
        assert [view.waiting for view in book.logs()] == [2, 0]
    days.server.declined = {}
    assert days.turn(24) == ["lobby", "confidential", "confidential"]
    with world.apart.open(days.clock.now().service_date) as book:
        assert book.counts().waiting == 0
