"""The loop: a timer is always set, patience grows, nothing shortens what a server asked for."""

import itertools
import threading
from types import SimpleNamespace

import pytest

from kiosk.desk import ratings
from kiosk.desk.health import Link, health
from kiosk.store import DiskFailed, apart
from kiosk.sync import loop
from kiosk.sync.line import CertificateEnded, CutShort, NotTheServer, Reply, TooMuch, Unreachable
from kiosk.sync.loop import Patience, Sync
from kiosk.worker import Worker
from shared.kinds import ComplaintFiled
from shared.protocol import Intake, Reason, ServerSelf
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import (
    ANSWER_KEY,
    OFFICE_ID,
    Hands,
    an_office,
    make_world,
    pieces_of,
    some_services,
)


@pytest.fixture
def world(tmp_path):
    """A kiosk that looks at its server every five seconds."""
    made = make_world(tmp_path, settings={"sync_every_s": 5})
    yield made
    made.store.close()


def highest(_low, high):
    """The unluckiest draw."""
    return high


def a_sync(world, transport):
    """A loop without a thread, always unlucky."""
    return Sync(world, Hands().clock(), transport, patience=Patience(300, highest))


def a_complaint(clock):
    """What somebody filed about a person, as it is kept."""
    day = clock.now().service_date.isoformat()
    return ComplaintFiled(day, bytes(16), bytes(32), "conduct", "unit", b"sealed")


def test_patience_doubles_to_a_cap_and_begins_anew():
    """The limit of the wait doubles up to its cap; a success resets it; Retry-After comes on top."""
    patience = Patience(300, highest)
    waits = [patience.after_failure() for _ in range(10)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 300
    patience.after_success()
    assert patience.after_failure(retry_after_s=30) == 32
    assert Patience(300, lambda low, _high: low).after_failure(retry_after_s=30) == 30


@pytest.mark.parametrize(
    ("error", "state", "at_least_s"),
    [
        (Unreachable("cut"), "offline", 0),
        (Unreachable("busy", retry_after_s=77), "offline", 77),
        (NotTheServer("portal"), "not_the_server", 0),
        (TooMuch("413"), "offline", 0),
        (DiskFailed("disk"), "starting", 0),
        (RuntimeError("nobody foresaw this"), "offline", 0),
        (MemoryError(), "offline", 0),
    ],
)
def test_whatever_is_raised_the_timer_is_set_and_the_truth_told(world, error, state, at_least_s):
    """After any exception there is a wait that a touch cannot shorten, and the next good turn is well again (L2)."""
    server = MemoryServer()

    def weather(_path, _genuine):
        raise error

    server.weather = weather
    sync = a_sync(world, server)
    wait = sync.turn()
    assert at_least_s < wait.seconds <= at_least_s + loop.RETRY_S_BASE
    assert not wait.cut_short
    assert sync.link.state == state
    server.weather = lambda _path, genuine: genuine()
    wait = sync.turn()
    assert (sync.link.state, wait.seconds, wait.cut_short) == ("ok", 5, True)
    assert world.lobby.counts().waiting == 0


def test_a_turn_that_the_server_gave_is_kept_to(world):
    """A signed "busy, in 40 s" is obeyed and hardly exceeded, however often it comes: the server spread the kiosks
    itself. Without a time of its own the wait is that of any failure.
    """
    server = MemoryServer()
    intake = Intake(ServerSelf(OFFICE_ID, ANSWER_KEY, {}))
    asked = []

    def busy(path, body):
        asked.append(path)
        return Reply(
            429, intake.refuse(body, Reason.BUSY, epoch=b"e" * 16, server_ms=server.server_ms, retry_after_s=seconds)
        )

    sync = a_sync(world, SimpleNamespace(post=busy))
    seconds = 40
    for _ in range(6):
        wait = sync.turn()
        assert 40 <= wait.seconds <= 40 + loop.RETRY_S_BASE
        assert not wait.cut_short
    assert asked == ["sync/position"] * 6
    seconds = 0
    assert [sync.turn().seconds for _ in range(3)] == [2, 4, 8]
    assert world.lobby.counts().waiting > 0


def test_a_proxys_413_makes_smaller_messages(world):
    """After an unsigned 413 the next push carries half as much, until it gets through."""
    server = MemoryServer()
    clock = Hands().clock()
    for _ in range(300):
        ratings.rate(world, clock.now(), 5)
    limit = 4000

    def weather(path, genuine):
        size = server.requests[-1][1]
        return Reply(413, b"<html>") if path.endswith("push") and size > limit else genuine()

    server.weather = weather
    sync = a_sync(world, server)
    for _ in range(12):
        sync.turn()
    assert world.lobby.counts().waiting == 0
    assert sync.link.state == "ok"


def test_a_refused_kiosk_says_so_and_asks_again_much_later(world):
    """A final refusal is told with its reason and does not hammer the server."""
    server = MemoryServer()
    server.kiosks = {}
    sync = a_sync(world, server)
    wait = sync.turn()
    assert (sync.link.state, sync.link.reason) == ("refused", "unknown_kiosk")
    assert wait.seconds >= loop.REFUSED_S


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("unknown_kiosk", "key_unknown"),
        ("bad_signature", "key_unknown"),
        ("unknown_version", "server_old"),
        ("wrong_office", "refused"),
    ],
)
def test_staff_read_what_to_do_about_a_refusal(world, reason, problem):
    """One sentence for each: enrol it again, update the server, or the server's own word."""
    problems = health(world, Hands().clock().now(), Link("refused", reason)).problems
    assert {"key_unknown", "server_old", "refused"} & set(problems) == {problem}


def test_staff_read_that_all_but_one_log_is_taken(world):
    """Not that the kiosk is refused, while its tickets go."""
    problems = health(world, Hands().clock().now(), Link("declined", "broken")).problems
    assert {"declined", "refused"} & set(problems) == {"declined"}


def test_a_log_that_the_server_declines_silences_nothing_else(world):
    """What comes after goes on in a new log, content and the confidential log travel, staff see the refusal, and the
    declined log is tried again at a slow rate, as long as it takes; when the server is mended it arrives.
    """
    server, hands = MemoryServer(), Hands()
    clock = hands.clock()
    sync = Sync(
        world, clock, server, patience=Patience(300, highest), uniform=lambda _low, _high: 0.0,
        mono=lambda: hands.mono_s,
    )  # fmt: skip
    sync.turn()
    first = world.lobby.head.log
    server.declined = {first: Reason.BROKEN}
    server.publish(3, pieces_of(an_office(), some_services()))
    for turn in range(4):
        ratings.rate(world, clock.now(), 5)
        with world.apart.open(clock.now().service_date) as book, book.store.transaction() as tx:
            book.append(tx, a_complaint(clock), at=apart.at(clock.now().service_date), edition=0)
        hands.pass_s(25 * 3600)
        server.server_ms = round(hands.wall_s * 1000)
        server.requests.clear()
        wait = sync.turn()
        assert (sync.link.state, sync.link.reason) == ("declined", "broken")
        # At first there is a new log to tell of.
        assert (wait.seconds, wait.cut_short) == (5.0 if turn else loop.GATHER_S, True)
        assert world.content.edition == 3
        with world.apart.open(clock.now().service_date) as book:
            assert book.counts().waiting == 0
            assert len(server.logs[book.head.log][0].hashes) == book.head.seq
        assert len(world.lobby.logs()) == 2
        if turn:
            assert world.lobby.logs()[-1].waiting == 0
            # The declined one, the new one, the confidential one.
            assert [path for path, _ in server.requests].count("sync/push") == 3
    hands.pass_s(loop.REFUSED_S)
    server.declined = {}
    sync.turn()
    assert (world.lobby.counts().waiting, sync.link.state) == (0, "ok")


def test_a_server_that_declines_every_log_is_given_one_new_one(world):
    """Each log would be no better than the last; the kiosk does not fill up with them."""
    server, hands = MemoryServer(), Hands()
    sync = Sync(world, hands.clock(), server, mono=lambda: hands.mono_s)
    for _ in range(5):
        server.declined = {view.log: Reason.BROKEN for view in world.lobby.logs()}
        ratings.rate(world, hands.clock().now(), 5)
        sync.turn()
        hands.pass_s(loop.REFUSED_S)
    assert len(world.lobby.logs()) == 2
    server.declined = {}
    sync.turn()
    assert world.lobby.counts().waiting == 0


def test_a_declined_log_delays_no_other(world):
    """Until it is tried again nothing of it is sent, and what is recorded meanwhile goes with each turn. A touch that
    left something in another log asks for a turn, what waits in the declined one does not. Staff see the refusal all
    the while, and who wants a try at once gets one of everything.
    """
    server, hands = MemoryServer(), Hands()
    sync = Sync(world, hands.clock(), server, mono=lambda: hands.mono_s)
    sync.turn()
    first = world.lobby.head.log
    server.declined = {first: Reason.BROKEN}
    ratings.rate(world, hands.clock().now(), 5)
    assert sync.turn() == loop.Wait(loop.GATHER_S, cut_short=True)

    def pushed():
        return sum(path == "sync/push" for path, _ in server.requests)

    sync.turn()
    begun = hands.mono_s
    while hands.mono_s + 60 < begun + loop.REFUSED_S:
        hands.pass_s(60)
        assert not sync._something_waits()
        ratings.rate(world, hands.clock().now(), 5)
        assert sync._something_waits()
        before = pushed()
        assert sync.turn() == loop.Wait(5.0, cut_short=True)
        assert pushed() == before + 1
        assert world.lobby.logs()[-1].waiting == 0
        assert (sync.link.state, sync.link.reason) == ("declined", "broken")
    sync.now()
    sync._wait(loop.Wait(300.0, cut_short=True))
    before = pushed()
    sync.turn()
    assert pushed() == before + 1
    assert world.lobby.logs()[0].waiting == 1
    server.declined = {}
    hands.pass_s(loop.REFUSED_S)
    sync.turn()
    assert (world.lobby.counts().waiting, sync.link.state) == (0, "ok")


def test_what_is_carried_over_from_a_declined_log_is_sent_at_once(world):
    """A damaged record in a log that is declined: what could be read behind it follows within the second, in the log
    that goes on.
    """
    server, hands = MemoryServer(), Hands()
    sync = Sync(world, hands.clock(), server, mono=lambda: hands.mono_s)
    sync.turn()
    first = world.lobby.head.log
    server.declined = {first: Reason.BROKEN}
    for _ in range(4):
        ratings.rate(world, hands.clock().now(), 5)
    sync.turn()
    sync.turn()
    with world.store.transaction() as tx:
        world.lobby.mark_damaged(tx, first, 3)
    hands.pass_s(loop.REFUSED_S)
    assert sync.turn() == loop.Wait(loop.GATHER_S, cut_short=True)
    sync.turn()
    assert world.lobby.logs()[-1].waiting == 0
    assert world.lobby.logs()[-1].head.seq > 1


@pytest.mark.parametrize("newer", ["question", "envelope"])
def test_a_server_that_is_too_old_says_so_and_nothing_is_lost(world, newer):
    """A kiosk that was updated first: the refusal is believed, staff read what to do, an update takes everything."""
    server = MemoryServer()
    path = {"question": "sync/position", "envelope": "sync/push"}[newer]
    later = SimpleNamespace(
        post=lambda to, body: server.post(to, body[:4] + b"\x02" + body[5:] if to == path else body)
    )
    ratings.rate(world, Hands().clock().now(), 5)
    waiting = world.lobby.counts().waiting
    sync = a_sync(world, later)
    wait = sync.turn()
    assert (sync.link.state, sync.link.reason) == ("refused", "unknown_version")
    assert wait.seconds >= loop.REFUSED_S
    told = health(world, Hands().clock().now(), sync.link)
    assert "server_old" in told.problems
    assert "refused" not in told.problems
    assert (world.lobby.counts().waiting, server.count()) == (waiting, 0)
    path = "nowhere: the server was updated"
    sync.turn()
    assert (world.lobby.counts().waiting, server.count(), sync.link.state) == (0, waiting, "ok")


def test_a_line_too_thin_for_a_picture_is_not_offline(world):
    """Records go in each turn, content comes part by part in the turns after, and the screen says that all is well."""
    server = MemoryServer()
    server.publish(3, {**pieces_of(an_office(), some_services()), "other": b"y" * 3000})

    class Thin:
        post = staticmethod(server.post)

        def get(self, path, *, bytes_max, begin=0):
            reply = server.get(path, bytes_max=bytes_max, begin=begin)
            if len(reply.body) > 1000 and "piece" in path:
                raise CutShort("cut", Reply(reply.status, reply.body[:1000]))
            return reply

    sync = a_sync(world, Thin())
    turns = 0
    while world.content.edition < 3:
        ratings.rate(world, Hands().clock().now(), 5)
        wait = sync.turn()
        turns += 1
        assert turns < 50
        assert (sync.link.state, world.lobby.counts().waiting) == ("ok", 0)
        assert wait.cut_short
        assert wait.seconds == loop.GATHER_S or world.content.edition == 3
    assert turns >= 3


class Breaking:
    """A line that carries questions and records, and breaks within each answer to the paths that hold `within`, after
    `came` bytes.
    """

    def __init__(self, server, within, came):
        self._server, self._within, self._came = server, within, came
        self.post = server.post

    def get(self, path, *, bytes_max, begin=0):
        reply = self._server.get(path, bytes_max=bytes_max, begin=begin)
        if self._within in path:
            raise CutShort("cut", Reply(reply.status, reply.body[: self._came]))
        return reply


@pytest.mark.parametrize(
    ("within", "came", "progress"),
    [("manifest", 40, 0), ("piece", 0, 0), ("piece", 40, 1)],
    ids=["a part of the manifest", "nothing of a piece", "always the same part of a piece"],
)
def test_content_that_does_not_come_waits_longer_and_delays_no_record(world, within, came, progress):
    """The manifest is not kept, and a piece whose beginning does not grow is none the nearer: the server is asked for
    content ever more rarely, records leave with each touch, and the line is what the conversation saw.
    """
    server, hands = MemoryServer(), Hands()
    server.publish(3, {**pieces_of(an_office(), some_services()), "other": b"y" * 3000})
    server.ranges = False
    sync = Sync(
        world, hands.clock(), Breaking(server, within, came), patience=Patience(300, highest),
        content_patience=Patience(300, highest), mono=lambda: hands.mono_s,
    )  # fmt: skip
    asked = []
    for _ in range(120):
        ratings.rate(world, hands.clock().now(), 5)
        server.requests.clear()
        wait = sync.turn()
        assert (sync.link.state, world.lobby.counts().waiting, wait.cut_short) == ("ok", 0, True)
        if any(path == "sync/manifest" for path, _ in server.requests):
            asked.append(hands.mono_s)
        assert 0 < wait.seconds <= 5
        hands.pass_s(wait.seconds)
    gaps = [round(later - sooner) for sooner, later in itertools.pairwise(asked)]
    assert gaps[progress : progress + 5] == [2, 4, 8, 16, 32]
    assert world.content.faults == []


def test_staff_who_want_a_try_at_once_get_the_content_too(world):
    """What was to wait is fetched with the next turn, once somebody mended the line."""
    server = MemoryServer()
    server.publish(3, {**pieces_of(an_office(), some_services()), "other": b"y" * 3000})
    line = Breaking(server, "manifest", 40)
    sync = Sync(world, Hands().clock(), line, content_patience=Patience(300, lambda _low, _high: 300.0))
    sync.turn()
    line._within = "nothing"
    sync.turn()
    assert world.content.edition != 3
    sync.now()
    sync._wait(loop.Wait(300.0, cut_short=True))
    sync.turn()
    assert world.content.edition == 3


def test_a_stranger_on_the_way_of_the_content_is_told_and_stops_no_record(world):
    """Something answers for the server where content is asked for: staff read it, records go."""
    server = MemoryServer()
    server.publish(3, {**pieces_of(an_office(), some_services()), "other": b"y" * 3000})
    server.weather = lambda path, genuine: Reply(200, b"<html>") if "piece" in path else genuine()
    sync = a_sync(world, server)
    for _ in range(2):
        ratings.rate(world, Hands().clock().now(), 5)
        assert sync.turn().cut_short
        assert (sync.link.state, world.lobby.counts().waiting, len(world.content.faults)) == ("ok", 0, 1)


def test_a_certificate_that_ended_is_tried_ever_more_rarely(world):
    """The question passes it and the content does not: that turn failed, and the next failure waits longer."""
    server = MemoryServer()
    server.publish(3, pieces_of(an_office(), some_services()))
    sync = a_sync(world, server)
    sync.turn()
    server.publish(4, pieces_of(an_office(), some_services()[:2]))

    def weather(path, genuine):
        if path != "sync/position":
            raise CertificateEnded("ended")
        return genuine()

    server.weather = weather
    assert [sync.turn().seconds for _ in range(3)] == [2, 4, 8]
    assert sync.link.state == "certificate"


def test_new_content_comes_with_a_turn(world):
    """An edition on offer is on the screen after the turn; a refused one leaves the old one and a word for staff."""
    server, hands = MemoryServer(), Hands()
    server.publish(3, pieces_of(an_office(), some_services()[:2]))
    sync = Sync(world, hands.clock(), server, mono=lambda: hands.mono_s)
    sync.turn()
    assert world.content.edition == 3
    server.publish(4, {"office": b"{}"})
    sync.turn()
    assert (world.content.edition, sync.link.state) == (3, "ok")
    assert world.content.faults
    hands.pass_s(loop.RETRY_S_BASE)
    server.publish(5, pieces_of(an_office(), some_services()))
    sync.turn()
    assert (world.content.edition, world.content.faults) == (5, [])


def test_the_whole_store_is_looked_at_once_a_day(world, monkeypatch):
    """The slow check comes when its time has come, once, and not with every turn."""
    looked = []
    monkeypatch.setattr(loop, "check_all", looked.append)
    monkeypatch.setattr(loop, "CHECK_FIRST_S", 0.0)
    sync = Sync(world, Hands().clock(), None)
    sync.turn()
    sync.turn()
    assert looked == [world.store]


def test_without_a_server_the_kiosk_is_alone(world):
    """No address: no request, and the store is still kept in order."""
    sync = Sync(world, Hands().clock(), None)
    assert sync.turn().seconds == 5
    assert sync.link.state == "alone"


def test_a_touch_wakes_the_thread_and_is_stored(world):
    """With the thread running, a touch through the worker reaches the server without waiting for the interval."""
    server = MemoryServer()
    clock = Hands().clock()
    stored = threading.Event()
    sync = Sync(world, clock, server, on_change=lambda: world.lobby.counts().stored >= 2 and stored.set())
    worker = Worker(after=sync.wake)
    sync.start()
    worker.submit(lambda: ratings.rate(world, clock.now(), 5), lambda _result: None)
    assert stored.wait(30)
    worker.close()
    sync.close()
    assert server.count() == 2
