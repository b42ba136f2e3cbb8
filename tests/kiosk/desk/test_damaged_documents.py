"""One damaged document, whichever it is, keeps nobody from a ticket or a rating, and the kiosk from no contact."""

import copy
from contextlib import closing

import apsw
import pytest

from kiosk.desk import asked, contact, pairing, queue, rating_codes, ratings, taking, tally, ticket_link
from kiosk.store import RowDamaged, check_all
from kiosk.sync.daily import Daily
from kiosk.sync.rim import converse
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import Hands, an_office, make_world, pieces_of, publish, some_services


def visit(world, clock):
    """A ticket with its link and code, and two ratings, one by that code."""
    ticket = queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
    assert ticket_link.name(world, ("2026-03-16", "tax", 1))
    day = clock.now().service_date
    with world.store.transaction():
        code = rating_codes.issue(world, day, "sign_tax")
    assert ratings.rate(world, clock.now(), 4, code=code).place == "ticket"
    ratings.rate(world, clock.now(), 5)
    return ticket, code


@pytest.fixture
def prepared(tmp_path):
    """A kiosk's folder, closed, with a document in every table that is begun anew; its clock and its server."""
    clock, server = Hands().clock(), MemoryServer()
    world = make_world(tmp_path, edition=0)
    publish(world.content, 1, pieces_of(an_office(), some_services()))
    visit(world, clock)
    converse(world, clock, server)
    with world.store.transaction():
        code = rating_codes.issue(world, clock.now().service_date, "sign_tax")
    asked.put(world.store, b"n" * 16, contact.read(world.store))
    taking.keep_membership(world, "1", b"k" * 32)
    pairing.offer(world, clock.now())
    world.store.close()
    return tmp_path, clock, server, code


def test_whichever_document_is_damaged_people_are_served(prepared):
    """A bit of each is flipped in turn: the touch that reads it begins it anew, and staff are told."""
    folder, clock, server, code = prepared
    path = folder / "store.sala"
    good = path.read_bytes()
    with closing(apsw.Connection(str(path))) as db:
        places = [place for (place,) in db.execute("SELECT place FROM document").fetchall()]
    assert len(places) >= 9
    left, known = [], []
    for place in places:
        path.write_bytes(good)
        path.with_name(path.name + "-wal").unlink(missing_ok=True)
        with closing(apsw.Connection(str(path))) as db:
            [(data,)] = db.execute("SELECT data FROM document WHERE place = ?", (place,)).fetchall()
            flipped = bytearray(data)
            flipped[len(data) // 2] ^= 1
            db.execute("UPDATE document SET data = ? WHERE place = ?", (bytes(flipped), place))
        world = make_world(folder)
        try:
            visit(world, clock)
            converse(world, clock, copy.deepcopy(server))
            taking.membership(world)
            asked.put(world.store, b"m" * 16, contact.read(world.store))
            assert pairing.seconds_left(world, clock.now()) in (0, pairing.CODE_S)
            pairing.offer(world, clock.now())
            known.append(rating_codes.known(world, clock.now().service_date, code))
            assert contact.read(world.store).server_ms
            assert tally.of(world, clock.now().service_date).tickets == 2
            assert tally.differences(world) == []
            rating_codes.drop_old(world, clock.now().service_date)
            left += check_all(world.store).faults
            assert world.store.faults
        finally:
            world.store.close()
    assert known.count(False) == 2, "the code's own row, and the key of all"
    # A code that nobody has brought, and a membership until somebody joins again.
    assert {fault.split("/")[1].split()[0] for fault in left} == {rating_codes.TABLE, taking.TABLE}


def test_a_damaged_tally_is_folded_again(prepared):
    """Whether a touch or a look finds it: the figures are those of the records, each counted once, and kept."""
    folder, clock, *_ = prepared
    for touch in (True, False):
        world = make_world(folder)
        day = clock.now().service_date
        before = tally.of(world, day)
        place = world.store.table_shelf(tally.TABLE).place(day.toordinal())
        world.store.close()
        with closing(apsw.Connection(str(folder / "store.sala"))) as db:
            db.execute("UPDATE document SET data = zeroblob(60) WHERE place = ?", (place,))
        world = make_world(folder)
        if touch:
            queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
        assert tally.of(world, day).tickets == before.tickets + touch
        assert tally.of(world, day).ratings == before.ratings
        assert any("folded again" in fault for fault in world.store.faults)
        assert tally.differences(world) == []
        assert check_all(world.store).faults == ()
        world.store.close()


def test_a_rating_counts_once_in_a_damaged_tally(prepared):
    """The rating itself finds the damage, behind its own append."""
    folder, clock, *_ = prepared
    world = make_world(folder)
    day = clock.now().service_date
    rated = ratings.rate(world, clock.now(), 2)
    place = world.store.table_shelf(tally.TABLE).place(day.toordinal())
    world.store.fetch("UPDATE document SET data = zeroblob(60) WHERE place = ?", (place,))
    with pytest.raises(RowDamaged):
        world.store.table(tally.TABLE).one(day.toordinal())
    ratings.change(world, clock.now(), rated, 3)
    assert tally.differences(world) == []
    world.store.close()


def test_the_minute_of_the_daily_push_is_drawn_again(tmp_path):
    """It lies in the confidential store; where its document is damaged, the confidential log is pushed all the same."""
    clock, world = Hands().clock(), make_world(tmp_path)
    day = clock.now().service_date
    with world.apart.open(day):
        pass
    Daily(world, lambda low, _: low).due(clock)
    path = world.apart.folder / "store.sala"
    with closing(apsw.Connection(str(path))) as db:
        db.execute("UPDATE document SET data = zeroblob(60) WHERE place > 1")
        assert db.changes() == 1
    for uniform in (lambda low, _: low, lambda _, high: high):
        assert Daily(world, uniform).due(clock) in (True, False)
    with world.apart.open(day) as book:
        assert check_all(book.store).faults == ()
    world.store.close()
