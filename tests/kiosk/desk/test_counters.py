"""Counters at one queue: presses meet one after another, records are the only memory, a day ends for everybody."""

import os
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from kiosk.desk.counters import MISSED_MIN, Queue
from kiosk.desk.queue import take_ticket
from kiosk.desk.tickets import Correction, Refused
from kiosk.desk.turns import PRIORITY_RUN_MAX
from shared import kinds
from shared.kinds import QueueClosed
from tests.kiosk.desk.lobbies import BOTH, look, moves
from tests.kiosk.worlds import Hands

#: `make threads` plays the 10,000.
TICKETS = int(os.environ.get("SALA_TICKETS", "300"))


def test_one_visit_from_number_to_done(lobby):
    """Issued, called, at the counter, done; the times are those of the clock."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.hands.pass_s(300)
    assert lobby.call("1").key == key
    lobby.hands.pass_s(40)
    assert lobby.move("serve", key, "1").state == "serving"
    lobby.hands.pass_s(600)
    assert lobby.move("finish", key, "1") is None
    call, serve, finish = moves(lobby.world)
    assert (call.waited_ms, serve.walked_ms, finish.served_ms) == (300_000, 40_000, 600_000)
    assert (call.counter, call.staff, call.number) == ("1", "staff1", key[2])
    assert lobby.queue.line.gone[key].end == "served"


def test_the_same_press_again_is_the_same_press(lobby):
    """A finger that trembles, a browser that asks twice: one record, one answer."""
    keys = [lobby.ticket(), lobby.ticket()]
    lobby.open("1")
    press = lobby.press()
    assert lobby.call("1", press) == lobby.call("1", press)
    assert [each.state for each in map(lobby.queue.line.tickets.get, keys)] == ["called", "waiting"]
    assert len(moves(lobby.world)) == 1
    again = Queue(lobby.world)
    assert again.call_next(lobby.now(), "1", action=press).key == keys[0]
    assert len(moves(lobby.world)) == 1


def test_the_press_that_ended_a_ticket_comes_again(lobby):
    """The answer to "done" was lost: asked again, it is done, and not refused as over."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("serve", key, "1")
    press = lobby.press()
    moment = lobby.now()
    assert not lobby.queue.pressed(press)
    for _ in range(2):
        assert lobby.queue.move(moment, "finish", key, "1", action=press) is None
        assert lobby.queue.pressed(press)
    assert [each.move for each in moves(lobby.world)].count("finish") == 1


def test_a_counter_has_one_person_at_a_time_and_never_anothers(lobby):
    """Who is there must be done with first; nobody takes over what another counter called."""
    one, two = lobby.ticket(), lobby.ticket()
    lobby.open("1")
    lobby.open("2")
    lobby.call("1")
    with pytest.raises(Refused, match=r"queue\.still_there"):
        lobby.call("1")
    for move in ("serve", "finish", "absent", "call"):
        with pytest.raises(Refused, match=r"queue\.taken") as refused:
            lobby.move(move, one, "2")
        assert refused.value.counter == "1"
    assert lobby.call("2").key == two
    with pytest.raises(Refused, match=r"queue\.counter_closed"):
        lobby.call("9")


def test_nobody_waits_for_what_a_counter_does_not_do(lobby):
    """Skills: a counter calls its own groups, and whoever was sent to it alone."""
    lobby.ticket("sign_tax")
    water = lobby.ticket("water_request")
    lobby.open("1", "general")
    lobby.open("2", "tax")
    assert lobby.call("1").key == water
    assert lobby.queue.line.next_for("1", ("general",)) is None
    lobby.move("serve", water, "1")
    lobby.move("transfer", water, "1", to_counter="2")
    assert lobby.call("1") is None
    assert lobby.queue.line.waiting(("tax",), "2")[1].key == water


def test_whoever_is_sent_on_keeps_the_place(lobby):
    """A transfer costs nobody their turn, and the time waited stays theirs."""
    first = lobby.ticket("water_request")
    lobby.hands.pass_s(60)
    later = [lobby.ticket("sign_tax") for _ in range(3)]
    lobby.open("1", "general")
    lobby.open("2", "tax")
    lobby.call("1")
    lobby.move("serve", first, "1")
    lobby.hands.pass_s(120)
    lobby.move("transfer", first, "1", to_service="sign_tax")
    waiting = lobby.queue.line.waiting(("tax",))
    assert [each.key for each in waiting] == [first, *later]
    assert lobby.call("2").waited_ms == 60_000
    assert moves(lobby.world)[2].served_ms == 120_000


def test_called_in_vain_then_back_stands_behind_the_next_two(lobby):
    """Missed, not lost: back in line near the front."""
    keys = [lobby.ticket() for _ in range(5)]
    lobby.open("1")
    lobby.call("1")
    lobby.move("recall", keys[0], "1")
    lobby.move("absent", keys[0], "1")
    assert lobby.queue.line.tickets[keys[0]].state == "missed"
    lobby.move("back", keys[0], "1")
    assert [each.key for each in lobby.queue.line.waiting()] == [keys[1], keys[2], keys[0], keys[3], keys[4]]
    assert lobby.queue.line.last_call == 2


def test_missed_for_too_long_is_a_no_show(lobby):
    """The grace is minutes long; then the number is done with, and says so."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("absent", key, "1")
    assert lobby.queue.expire(lobby.now()) == 0
    lobby.hands.pass_s(MISSED_MIN * 60 + 1)
    assert lobby.queue.expire(lobby.now()) == 1
    assert lobby.queue.line.gone[key].end == "no_show"
    with pytest.raises(Refused, match=r"queue\.gone"):
        lobby.move("back", key, "1")


def test_late_lets_five_go_first(lobby):
    """Whoever says so loses five places, not the turn."""
    keys = [lobby.ticket() for _ in range(8)]
    lobby.move("late", keys[1])
    assert [each.key[2] for each in lobby.queue.line.waiting()] == [1, 3, 4, 5, 6, 7, 2, 8]
    lobby.move("late", keys[7])
    assert lobby.queue.line.waiting()[-1].key == keys[7]


def test_priority_cannot_starve_anybody(lobby):
    """However many priority tickets come, an ordinary one is called within the bound."""
    ordinary = [lobby.ticket() for _ in range(3)]
    lobby.open("1")
    called = []
    while not all(key in called for key in ordinary):
        lobby.ticket(priority="elderly")
        lobby.ticket(priority="monk")
        ticket = lobby.call("1")
        called.append(ticket.key)
        lobby.move("finish", ticket.key, "1")
    for before, key in enumerate(ordinary):
        assert called.index(key) + 1 <= (before + 1) * (PRIORITY_RUN_MAX + 1)


def test_staff_correct_a_priority_with_a_reason(lobby):
    """Chosen by touch without proof, put right by a press; the place stays."""
    one, two = lobby.ticket(), lobby.ticket()
    lobby.open("1")
    lobby.move("priority", two, "1", priority="elderly", reason="seen")
    assert lobby.queue.line.next_for("1", BOTH).key == two
    lobby.move("priority", two, "1", priority="", reason="mistake")
    assert lobby.queue.line.next_for("1", BOTH).key == one
    assert [body.reason for body in moves(lobby.world)] == ["/elderly/seen", "elderly//mistake"]
    assert Correction.read(moves(lobby.world)[1].reason) == Correction("elderly", "", "mistake")
    for wrong in ({"priority": "king", "reason": "seen"}, {"priority": "monk"}):
        with pytest.raises(Refused, match=r"queue\.no_reason"):
            lobby.move("priority", two, "1", **wrong)


def test_closing_time_has_an_outcome_for_everybody(lobby):
    """Waiting, called, missed, at the counter: each ends in its own way, and the record says that the day is done."""
    keys = [lobby.ticket() for _ in range(5)]
    for counter in "123":
        lobby.open(counter)
        lobby.call(counter)
    lobby.move("serve", keys[0], "1")
    lobby.move("absent", keys[1], "2")
    assert lobby.queue.close(lobby.now()) is True
    assert lobby.queue.close(lobby.now()) is False
    ends = [lobby.queue.line.gone[key].end for key in keys]
    assert ends == ["unfinished", "no_show", "no_show", "not_served", "not_served"]
    last = list(lobby.world.lobby.after(0))[-1]
    assert kinds.decode("queue.closed", 1, last.body) == QueueClosed("2026-03-16", 1)
    with pytest.raises(Refused, match=r"queue\.gone"):
        lobby.move("call", keys[4], "1")


def test_the_next_day_starts_empty_and_closes_what_was_left(lobby):
    """Nobody waits over night; yesterday's button is refused with a sentence; call numbers begin anew."""
    old = lobby.ticket()
    lobby.hands.pass_s(24 * 3600)
    new = lobby.ticket()
    lobby.open("1")
    assert [each.key for each in lobby.queue.line.waiting()] == [new]
    assert moves(lobby.world)[-1].move == "close"
    with pytest.raises(Refused, match=r"queue\.other_day"):
        lobby.move("call", old, "1")
    assert lobby.call("1").key == new
    assert look(Queue(lobby.world).follow()) == look(lobby.queue.line)


def test_a_ticket_dated_by_a_wrong_clock_waits_like_any_other(lobby, world):
    """The clock fell back a day: the number bears the wrong date, the person is served."""
    lobby.ticket()
    lobby.open("1")
    wrong = take_ticket(
        world,
        Hands(datetime(2026, 3, 15, 3, 0, tzinfo=UTC)).clock(boot=b"boot-id2").now(),
        service_id="sign_tax",
        language="th",
    )
    assert [each.label for each in lobby.queue.follow().waiting()] == ["A001", wrong.label]


def test_who_stands_before_whom(lobby):
    """For each that waits: those of the same group who go first and came before, or go first at all."""
    lobby.open("1")
    for at in range(30):
        lobby.ticket(("sign_tax", "water_request")[at % 3 == 0], priority="elderly" if at % 4 == 1 else "")
    for _ in range(5):
        lobby.move("finish", lobby.call("1").key, "1")
    line = lobby.queue.line
    lobby.move("late", line.waiting()[2].key)
    waiting = line.waiting()
    assert {bool(each.priority) for each in waiting} == {True, False}

    def before(mine, other):
        first = bool(other.priority) - bool(mine.priority)
        return other.group == mine.group and (first > 0 or (first == 0 and other.place < mine.place))

    assert line.places() == {mine.key: sum(before(mine, other) for other in waiting) for mine in waiting}
    assert line.ahead_of(lobby.call("1").key) is None


def test_an_estimate_is_a_range_and_silent_where_too_little_is_known(lobby):
    """Five intervals at least; then from the quicker to the slower quarter, in steps of five minutes."""
    keys = [lobby.ticket() for _ in range(12)]
    lobby.open("1")
    line = lobby.queue.line
    for at in range(6):
        assert line.estimate_min(keys[11]) is None
        lobby.call("1")
        lobby.hands.pass_s(240 if at % 2 else 480)
        lobby.move("finish", keys[at], "1")
    assert line.ahead_of(keys[8]) == 2
    assert line.estimate_min(keys[8]) == (10, 25)
    assert line.estimate_min(keys[0]) is None
    assert line.range_min("tax", 2) == (10, 25)
    assert line.range_min("general", 2) is None
    lobby.queue.seen(lobby.now(), "1", "pause")
    assert line.range_min("tax", 2) is None, "nobody calls this group now"


def test_threads_that_issue_and_call_against_each_other(lobby):
    """Fifty threads at one store: every number once, nobody called twice, nobody forgotten (F-J3, F-J5)."""
    citizens, counters = 25, [str(at) for at in range(1, 26)]
    for counter in counters:
        lobby.open(counter)
    issued, called, guard = [], [], threading.Lock()
    wanted = TICKETS // citizens * citizens

    def citizen():
        for _ in range(wanted // citizens):
            ticket = take_ticket(lobby.world, lobby.now(), service_id="sign_tax", language="th")
            with guard:
                issued.append(ticket.label)

    def counter(name):
        dice = random.Random(name)
        while True:
            ticket = lobby.queue.call_next(lobby.now(), name, action=dice.randbytes(16))
            if ticket is None:
                with guard:
                    if len(called) == wanted:
                        return
                time.sleep(0.002)
                continue
            with guard:
                called.append(ticket.label)
            lobby.queue.move(lobby.now(), "finish", ticket.key, name, action=dice.randbytes(16))

    threads = [threading.Thread(target=citizen) for _ in range(citizens)]
    threads += [threading.Thread(target=counter, args=(name,)) for name in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(issued)) == len(issued) == wanted
    assert sorted(called) == sorted(issued)
    seen = Counter((body.move, body.number) for body in moves(lobby.world))
    assert set(seen.values()) == {1}
    assert len(seen) == 2 * wanted
    assert not lobby.queue.line.tickets


@pytest.mark.parametrize("seed", range(5))
def test_a_restart_at_any_press_gives_the_same_queue(lobby, seed):
    """Fold the same records, get the same line: whatever was pressed before."""
    dice = random.Random(seed)
    for counter in ("1", "2"):
        lobby.open(counter, *(BOTH if counter == "1" else ("tax",)))
    for _ in range(60):
        lobby.hands.pass_s(dice.uniform(1, 200))
        tickets = list(lobby.queue.follow().tickets.values())
        try:
            match dice.randrange(5):
                case 0 | 1:
                    lobby.ticket(
                        dice.choice(("sign_tax", "water_request", "hiv_allowance")), dice.choice(("", "", "monk"))
                    )
                case 2:
                    lobby.call(dice.choice("12"))
                case _ if tickets:
                    move = dice.choice(
                        ("recall", "serve", "absent", "back", "hold", "transfer", "another", "late", "finish", "leave")
                    )
                    chosen = dice.choice(tickets)
                    lobby.move(move, chosen.key, chosen.counter, to_counter=dice.choice(("", "2")))
        except Refused:
            pass
        again = Queue(lobby.world)
        assert look(again.follow()) == look(lobby.queue.follow())


def test_a_damaged_record_costs_its_own_ticket_and_no_other(lobby):
    """The queue goes on without what cannot be read, in the running kiosk and in one that starts."""
    one, two, three = (lobby.ticket() for _ in range(3))
    lobby.open("1")
    lobby.call("1")
    lobby.move("finish", one, "1")
    book = lobby.world.lobby
    place = book._shelf(book._now()).place(3)
    with lobby.world.store.lock:
        lobby.world.store._db.execute("UPDATE record SET data = zeroblob(length(data)) WHERE place = ?", (place,))
    again = Queue(lobby.world)
    assert two not in again.line.tickets
    called = again.call_next(lobby.now(), "1", action=lobby.press())
    assert called is not None
    assert called.key == three


def test_a_record_carried_over_to_a_new_log_counts_once(lobby):
    """Behind damage the kiosk appends anew what it can read: nobody is back in line, no call is said twice."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    before = look(lobby.queue.line)
    issued, _, called = [kinds.decode(r.header.kind, r.header.schema, r.body) for r in lobby.world.lobby.after(1)]
    with lobby.world.store.transaction() as tx:
        lobby.world.lobby.open_new(tx, "damaged", at=lobby.now().at, edition=1)
        for body in (issued, called):
            lobby.world.lobby.append(tx, body, at=lobby.now().at, edition=1)
    after = look(lobby.queue.follow())
    assert after == before
    lobby.move("finish", key, "1")
    with lobby.world.store.transaction() as tx:
        lobby.world.lobby.append(tx, issued, at=lobby.now().at, edition=1)
    assert lobby.queue.follow().tickets == {}


def test_steps_and_pieces_add_up(lobby):
    """Each piece of serving is its own record's; the ticket knows the whole, the step it is at, and a hold between."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("serve", key, "1")
    lobby.hands.pass_s(60)
    lobby.move("step", key, "1", reason="1")
    lobby.hands.pass_s(30)
    lobby.move("hold", key, "1")
    lobby.hands.pass_s(900)
    lobby.move("serve", key, "1")
    lobby.hands.pass_s(15)
    ticket = lobby.move("step", key, "1", reason="2")
    assert (ticket.step, ticket.step_ms, ticket.served_ms) == (2, 0, 105_000)
    lobby.hands.pass_s(5)
    lobby.move("finish", key, "1")
    assert [move.served_ms for move in moves(lobby.world)] == [None, None, 60_000, 30_000, None, 15_000, 5_000]
    gone = lobby.queue.line.gone[key]
    assert (gone.end, gone.counter, gone.service, gone.served_ms) == ("served", "1", "sign_tax", 110_000)
    assert look(Queue(lobby.world).line) == look(lobby.queue.line)


def test_another_service_begins_anew(lobby):
    """What the first service took is not the second one's; finished without serving is not measured."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("serve", key, "1")
    lobby.hands.pass_s(60)
    again = lobby.move("another", key, "1", to_service="water_request")
    assert (again.step, again.served_ms, again.step_ms) == (0, 0, 0)
    lobby.call("1")
    lobby.move("finish", key, "1")
    assert lobby.queue.line.gone[key].served_ms is None
