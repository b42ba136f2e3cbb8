"""A log is called what its own first record says: no device hides what it, or another one, sends."""

from fake_kiosk import FakeKiosk, FakeLog

from shared.kinds import LogOpened
from sync_server.projectors import balances, catch_up
from sync_server.queues.models import Rating
from sync_server.records import queries
from sync_server.records.models import Log


def names():
    """The lines there are: of which kiosk, and what each is called."""
    return [(log.kiosk.name, log.branch, log.name) for log in Log.objects.order_by("pk")]


def test_a_later_opening_renames_nothing(kiosk, server, staff):
    """A stolen tablet says in the middle of its log that it is the confidential one: the clerk sees every record."""
    kiosk.append(LogOpened("confidential", "enrolled", b"", 0, b"", "0.1"))
    kiosk.rate(1)
    kiosk.push()
    catch_up()
    assert names() == [("ตู้ 1", 0, "lobby")]
    assert queries.find(staff("palad")).count() == 3


def test_nobody_renames_a_neighbours_log(kiosk, server, staff):
    """A tablet that knows the id of its neighbour's log brings a first record of its own for it."""
    kiosk.rate(5)
    kiosk.push()
    catch_up()
    tablet = FakeKiosk.enrolled(server, name="แท็บเล็ต", series="B", seed=2)
    tablet.logs = {kiosk.lobby.id: FakeLog("lobby", kiosk.lobby.id)}
    tablet.append(LogOpened("confidential", "enrolled", b"", 0, b"", "0.1"))
    tablet.post("push", tablet.envelope())
    catch_up()
    assert names() == [("ตู้ 1", 0, "lobby"), ("แท็บเล็ต", 1, "confidential")]
    assert queries.find(staff("palad")).count() == 2


def test_in_a_log_that_calls_itself_confidential_no_rating_counts(kiosk, server):
    """From its first record on: what pages do not show, figures do not hold."""
    liar = FakeKiosk.enrolled(server, name="แท็บเล็ต", series="B", seed=2)
    liar.logs = {bytes(16): FakeLog("confidential", bytes(16))}
    liar.append(LogOpened("confidential", "enrolled", b"", 0, b"", "0.1"))
    liar.push()
    catch_up()
    liar.rate(1)
    liar.push()
    kiosk.rate(5)
    kiosk.push()
    catch_up()
    assert [rating.score for rating in Rating.objects.all()] == [5]
    assert {balance.behind for balance in balances(server.office)} == {0}
