"""The rules around the line: no ticket at all, paper, wrong clocks, closing time, and what a day at a counter was."""

from datetime import UTC, date, datetime

import pytest

from kiosk.desk import figures, strip
from kiosk.desk.counters import MISSED_MIN, Queue
from kiosk.desk.queue import take_ticket
from kiosk.desk.tickets import MOVES, Refused
from kiosk.desk.turns import ALIVE_MIN, PRIORITY_RUN_MAX
from shared.content import SpecialDay, Text
from shared.kinds import CounterSeen, QueueClosed, TicketIssued
from tests.kiosk.desk.lobbies import BOTH, Lobby, bodies, look, moves, with_hours
from tests.kiosk.worlds import make_world, publish

DAY = "2026-03-16"


# --- who may press what -------------------------------------------------------------------------------------------


def test_each_move_is_pressed_by_those_who_may(lobby):
    """A phone with a ticket's page moves no queue; nobody presses what only happens by itself."""
    key = lobby.ticket()
    lobby.open("1")
    for move, row in MOVES.items():
        for caller, counter in (("counter", "1"), ("holder", "")):
            if caller not in row.by:
                with pytest.raises(Refused, match=r"queue\.not_yours"):
                    lobby.move(move, key, counter)
    assert {move for move, row in MOVES.items() if "holder" in row.by} == {"late", "leave"}
    assert {move for move, row in MOVES.items() if not row.by} == {
        "walk_in", "expire", "close", "taken", "handed", "unclaimed",
    }  # fmt: skip
    with pytest.raises(Refused, match=r"queue\.not_yours"):
        lobby.move("burn", key, "1")
    assert moves(lobby.world) == []


def test_call_this_one_is_bound_like_call_the_next(lobby):
    """A named ticket, too, comes to a counter that is open, has nobody, and was not told to wait for another one."""
    one, two = lobby.ticket(), lobby.ticket()
    with pytest.raises(Refused, match=r"queue\.counter_closed"):
        lobby.move("call", one, "1")
    lobby.open("1")
    lobby.open("2")
    lobby.move("call", two, "1")
    with pytest.raises(Refused, match=r"queue\.still_there"):
        lobby.move("call", one, "1")
    lobby.move("transfer", two, "1", to_counter="2")
    with pytest.raises(Refused, match=r"queue\.taken") as refused:
        lobby.move("call", two, "1")
    assert refused.value.counter == "2"


def test_held_and_taken_up_again_only_where_nobody_stands(lobby):
    """Whoever comes back with the copy waits until the person in front of the counter has gone."""
    one, two = lobby.ticket(), lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("hold", one, "1")
    lobby.call("1")
    with pytest.raises(Refused, match=r"queue\.still_there"):
        lobby.move("serve", one, "1")
    lobby.move("finish", two, "1")
    assert lobby.move("serve", one, "1").state == "serving"


def test_sent_to_a_counter_that_shut_is_anybodys(lobby):
    """Nobody waits for a window behind which nobody sits; a pause is no end."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.open("2")
    lobby.call("1")
    lobby.move("transfer", key, "1", to_counter="2")
    lobby.queue.seen(lobby.now(), "2", "pause")
    assert lobby.call("1") is None
    lobby.queue.seen(lobby.now(), "2", "closed")
    assert lobby.call("1").key == key


def test_sent_on_means_sent_somewhere(lobby):
    """To a counter or a service that there is; of a sensitive service only its group is told."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    for how in ({}, {"to_counter": "99"}, {"to_service": "no_such"}):
        with pytest.raises(Refused, match=r"queue\.no_target"):
            lobby.move("transfer", key, "1", **how)
    lobby.move("transfer", key, "1", to_service="hiv_allowance")
    assert moves(lobby.world)[-1].to_service == "general"
    assert lobby.queue.line.tickets[key].group == "general"
    assert "hiv" not in str(bodies(lobby.world))


def test_a_second_service_in_one_visit_keeps_the_first_ones_time(lobby):
    """Another: what was done counts for the counter that did it, and the person keeps the place."""
    key = lobby.ticket("sign_tax")
    lobby.hands.pass_s(60)
    behind = lobby.ticket("water_request")
    lobby.open("1", "tax")
    lobby.open("2", "general")
    lobby.call("1")
    lobby.move("serve", key, "1")
    lobby.hands.pass_s(300)
    lobby.move("another", key, "1", to_service="water_request")
    assert [each.key for each in lobby.queue.line.waiting(("general",))] == [key, behind]
    lobby.serve("2", 120)
    assert [(each.counter, each.service, each.served_ms) for each in lobby.queue.line.done] == [
        ("1", "sign_tax", 300_000),
        ("2", "water_request", 120_000),
    ]


# --- without a ticket ---------------------------------------------------------------------------------------------


def test_a_walk_in_gets_a_number_and_waits_for_nothing(lobby):
    """Somebody without a ticket is served at once, with a number like everybody's; no board says so, no wait counts."""
    lobby.open("3")
    press = lobby.press()
    walk = lobby.queue.walk_in(lobby.now(), "3", action=press, service_id="water_request", language="ms")
    assert walk == lobby.queue.walk_in(lobby.now(), "3", action=press)
    assert (walk.label, walk.state, walk.counter, walk.language) == ("B001", "serving", "3", "ms")
    assert not lobby.queue.line.calls
    lobby.hands.pass_s(90)
    lobby.move("finish", walk.key, "3")
    came, done = moves(lobby.world)
    assert (came.move, came.waited_ms, came.walked_ms, done.served_ms) == ("walk_in", None, None, 90_000)
    assert [type(body) for body in bodies(lobby.world)].count(TicketIssued) == 1
    assert lobby.ticket("water_request")[2] == 2
    assert look(Queue(lobby.world).follow()) == look(lobby.queue.follow())


def test_a_walk_in_who_is_sent_on_has_waited_for_no_first_call(lobby):
    """The second counter calls by the board like anybody; what was waited for is not told as a first wait."""
    lobby.open("1")
    lobby.open("2", "tax")
    walk = lobby.queue.walk_in(lobby.now(), "1", action=lobby.press(), service_id="water_request")
    lobby.hands.pass_s(60)
    lobby.move("another", walk.key, "1", to_service="sign_tax")
    lobby.hands.pass_s(60)
    assert lobby.call("2").key == walk.key
    assert [body.waited_ms for body in moves(lobby.world)] == [None, None, None]
    assert [call.label for call in lobby.queue.line.calls] == [walk.label]


def test_a_walk_in_of_no_named_service_waits_under_the_counters_group(lobby):
    """Whoever only asks is counted for the group that the counter serves."""
    lobby.open("1", "general")
    walk = lobby.queue.walk_in(lobby.now(), "1", action=lobby.press())
    assert (walk.series, walk.service, walk.group) == ("B", "", "general")
    with pytest.raises(Refused, match=r"queue\.still_there"):
        lobby.queue.walk_in(lobby.now(), "1", action=lobby.press())
    lobby.open("2")
    with pytest.raises(Refused, match=r"queue\.no_target"):
        lobby.queue.walk_in(lobby.now(), "2", action=lobby.press(), service_id="no_such")


def test_walk_ins_cost_the_line_one_turn_at_most(lobby):
    """Friends of the house do not come one after another while people wait; and no walk-in lends priority a new run."""
    lobby.open("1")
    ordinary = lobby.ticket()
    for _ in range(6):
        lobby.ticket(priority="monk")
    called = []
    while ordinary not in called:
        walk = lobby.queue.walk_in(lobby.now(), "1", action=lobby.press())
        lobby.move("finish", walk.key, "1")
        with pytest.raises(Refused, match=r"queue\.line_first"):
            lobby.queue.walk_in(lobby.now(), "1", action=lobby.press())
        called.append(lobby.serve("1"))
    assert len(called) == PRIORITY_RUN_MAX + 1
    while lobby.queue.line.next_for("1", BOTH):
        lobby.serve("1")
    for _ in range(2):
        walk = lobby.queue.walk_in(lobby.now(), "1", action=lobby.press())
        lobby.move("finish", walk.key, "1")


# --- on paper -----------------------------------------------------------------------------------------------------


def paper(lobby, key, counter="1", **how):
    """Enter what paper carried."""
    lobby.queue.enter_paper(lobby.now(), counter, key, action=how.pop("action", None) or lobby.press(), **how)


def test_what_paper_carried_is_entered_once_and_measures_nothing(lobby):
    """Numbers of the strip: served, marked, no time told, nobody called out; twice is refused, other numbers are."""
    ready = strip.take_strip(lobby.world, lobby.now(), "A", 3)
    lobby.open("1")
    keys = [(DAY, "A", number) for number in range(ready.first, ready.last + 1)]
    press = lobby.press()
    paper(lobby, keys[0], action=press, service_id="sign_tax")
    paper(lobby, keys[0], action=press, service_id="sign_tax")
    paper(lobby, keys[1])
    with pytest.raises(Refused, match=r"queue\.gone"):
        paper(lobby, keys[0])
    with pytest.raises(Refused, match=r"queue\.no_strip"):
        paper(lobby, (DAY, "A", 4))
    with pytest.raises(Refused, match=r"queue\.counter_closed"):
        paper(lobby, keys[2], "9")
    found = moves(lobby.world)
    assert [(body.number, body.move) for body in found] == [
        (1, "walk_in"),
        (1, "finish"),
        (2, "walk_in"),
        (2, "finish"),
    ]
    assert all(body.on_paper and body.waited_ms is body.served_ms is None for body in found)
    issued = [body for body in bodies(lobby.world) if isinstance(body, TicketIssued)]
    assert [(body.number, body.service) for body in issued] == [(1, "sign_tax"), (2, "")]
    assert not lobby.queue.line.calls
    assert lobby.queue.line.gone[keys[0]].end == "served"
    assert lobby.ticket()[2] == 4
    assert look(Queue(lobby.world).follow()) == look(lobby.queue.follow())


def test_a_strip_of_yesterday_is_entered_today(lobby):
    """The power came back after closing time: the numbers bear their day, and the day that is goes on."""
    strip.take_strip(lobby.world, lobby.now(), "A", 2)
    lobby.open("1")
    lobby.queue.close(lobby.now())
    lobby.hands.pass_s(22 * 3600)
    lobby.restart()
    lobby.open("1")
    waiting = lobby.ticket()
    paper(lobby, (DAY, "A", 2))
    assert lobby.queue.line.service_date == "2026-03-17"
    assert [each.key for each in lobby.queue.line.waiting()] == [waiting]
    with pytest.raises(Refused, match=r"queue\.gone"):
        paper(lobby, (DAY, "A", 2))
    assert look(Queue(lobby.world).follow()) == look(lobby.queue.follow())


def test_a_ticket_from_before_the_power_cut_is_entered_like_the_strip(lobby):
    """Printed by the kiosk, served by candle light: it ends as served and tells no time."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.hands.pass_s(3000)
    paper(lobby, key)
    assert lobby.queue.line.gone[key].end == "served"
    assert [(body.on_paper, body.waited_ms, body.served_ms) for body in moves(lobby.world)] == [(True, None, None)] * 2
    taken = lobby.ticket()
    lobby.call("1")
    with pytest.raises(Refused, match=r"queue\.not_now"):
        paper(lobby, taken)


# --- clocks -------------------------------------------------------------------------------------------------------


def test_f_j4_numbers_go_on_whatever_the_clock_says_while_people_wait(lobby):
    """A clock that jumps a day, a year, or back, with the power or without: no label twice among those in the room."""
    labels = []

    def take(count=3):
        for _ in range(count):
            lobby.hands.pass_s(20)
            key = lobby.ticket()
            labels.append(lobby.queue.follow().tickets[key].label)

    take()
    lobby.open("1")
    right = lobby.hands.wall_s
    for wrong_s in (24 * 3600, -24 * 3600, 300 * 24 * 3600):
        lobby.hands.wall_s = right + wrong_s
        take()
    lobby.hands.wall_s = right - 24 * 3600
    lobby.restart(b"boot-id2")  # came back from a power cut, yesterday
    take()
    lobby.restart(b"boot-id3", wall=lambda: 0.0)  # came back from a power cut, in 1970
    take()
    lobby.restart(b"boot-id4", wall=lambda: float("inf"))
    take()
    assert labels == [f"A{number:03d}" for number in range(1, len(labels) + 1)]
    assert [each.label for each in lobby.queue.follow().waiting()] == labels
    assert lobby.queue.turn(lobby.now()) is False


def test_f_d3_an_hour_in_another_year_does_not_hold_the_days_behind_it(lobby):
    """The clock was in 2031 over the first number, then put right: the next day is a day like any other."""
    right = lobby.hands.wall_s
    lobby.hands.wall_s = datetime(2031, 5, 5, tzinfo=UTC).timestamp()
    lobby.ticket()
    lobby.hands.wall_s = right
    lobby.restart()
    lobby.open("1")
    assert lobby.serve("1")[0] == "2031-05-05"
    lobby.ticket()
    lobby.hands.pass_s(22 * 3600)
    key = lobby.ticket()
    assert key == ("2026-03-17", "A", 1)
    lobby.open("1")
    assert [each.key for each in lobby.queue.line.waiting()] == [key]
    assert lobby.queue.line.service_date == "2026-03-17"


def test_f_j1_f_j10_a_night_ends_the_day_in_a_running_kiosk_and_in_one_that_starts(lobby):
    """Nobody pressed for hours and the date is another: numbers begin anew, whoever was left is closed."""
    for restart in (False, True):
        left = lobby.ticket()
        lobby.open("1")
        lobby.hands.pass_s(24 * 3600)
        if restart:
            lobby.restart()
        key = lobby.ticket()
        assert key[2] == 1
        assert key[0] > left[0]
        assert lobby.queue.turn(lobby.now()) is True
        assert moves(lobby.world)[-1].move == "close"
        assert set(lobby.queue.line.tickets) == {key}
        assert look(Queue(lobby.world).follow()) == look(lobby.queue.follow())
        lobby.open("1")
        lobby.serve("1")


def test_a_queue_that_lives_over_midnight_keeps_its_day(lobby):
    """An evening at the temple fair: numbers go on after midnight until nobody has pressed for two hours."""
    lobby.hands.pass_s(13.4 * 3600)  # 23:56
    lobby.ticket()
    lobby.hands.pass_s(600)
    assert lobby.ticket() == (DAY, "A", 2)
    lobby.hands.pass_s(ALIVE_MIN * 60 + 1)
    assert lobby.ticket() == ("2026-03-17", "A", 1)


def test_a_restored_image_gives_no_number_of_the_day_again(lobby, tmp_path):
    """The store of an hour ago is put back: numbers skip what it may have given since."""
    for _ in range(3):
        lobby.ticket()
    given = 0
    for path in tmp_path.iterdir():
        if path.is_file():
            (tmp_path / f"{path.name}.kept").write_bytes(path.read_bytes())
    for _ in range(5):
        given = lobby.ticket()[2]
    lobby.world.store.close()
    for path in tmp_path.glob("*.kept"):
        path.rename(path.with_suffix(""))
    again = make_world(tmp_path)
    with again.store.transaction() as tx:
        again.lobby.open_new(tx, "restored", at=lobby.now().at, edition=1)
        tx.jump_numbers()
    lobby.world = again
    lobby.restart()
    assert lobby.ticket()[2] > given
    again.store.close()


# --- closing time -------------------------------------------------------------------------------------------------


def test_missed_tickets_expire_by_themselves(lobby):
    """Grace runs out without anybody's press, and an idle turn writes nothing."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    lobby.move("absent", key, "1")
    before = lobby.world.lobby.head
    assert lobby.queue.turn(lobby.now()) is False
    assert lobby.world.lobby.head == before
    lobby.hands.pass_s(MISSED_MIN * 60 + 1)
    assert lobby.queue.turn(lobby.now()) is True
    assert lobby.queue.line.gone[key].end == "no_show"


@pytest.fixture
def evening(world):
    """A lobby of an office with hours, at half past ten; three wait, and counter 1 is open."""
    publish(world.content, 2, with_hours())
    lobby = Lobby(world)
    for _ in range(3):
        lobby.ticket()
    lobby.open("1")
    return lobby


def until(lobby, hour, minute):
    """Let time go on until then."""
    lobby.hands.pass_s((hour * 60 + minute - 10 * 60 - 32) * 60 - (lobby.hands.mono_s - 1000))


def test_f_j8_closing_time_comes_half_an_hour_after_the_door_is_shut(evening):
    """Not at lunch, not while staff still press, then for everybody, counters too; once, and nobody is deleted."""
    until(evening, 12, 45)
    assert evening.queue.turn(evening.now()) is False
    until(evening, 16, 45)
    evening.serve("1")
    until(evening, 17, 1)
    assert evening.queue.turn(evening.now()) is False
    until(evening, 17, 17)
    assert evening.queue.turn(evening.now()) is True
    assert [gone.end for gone in evening.queue.line.gone.values()] == ["served", "not_served", "not_served"]
    *_, counter, closed = bodies(evening.world)
    assert counter == CounterSeen(DAY, "1", "closed", "staff1", list(BOTH))
    assert closed == QueueClosed(DAY, 1)
    assert evening.queue.turn(evening.now()) is False
    assert look(Queue(evening.world).follow()) == look(evening.queue.follow())


def test_the_next_morning_is_a_new_day_after_closing_time(evening):
    """Closed in the evening, nothing is left to close; numbers and figures begin anew."""
    until(evening, 17, 30)
    evening.queue.turn(evening.now())
    evening.hands.pass_s(15 * 3600)
    assert evening.ticket() == ("2026-03-17", "A", 1)
    evening.open("1")
    assert [type(body) for body in bodies(evening.world)].count(QueueClosed) == 1
    assert evening.queue.line.done == []


def test_a_clock_that_is_wrong_closes_nobodys_queue(evening):
    """A believed clock at 18 o'clock while people are served; and one that nobody believes, whatever it says."""
    right = evening.hands.wall_s
    evening.hands.wall_s += 7.5 * 3600
    assert evening.queue.turn(evening.now()) is False
    evening.hands.wall_s = right
    evening.restart(wall=lambda: 0.0)
    evening.hands.pass_s(9 * 3600)
    assert evening.now().trusted is False
    assert evening.queue.turn(evening.now()) is False
    assert len(evening.queue.line.waiting()) == 3
    assert evening.queue.close(evening.now()) is True


def test_a_day_without_hours_is_closed_at_night_only(tmp_path):
    """A Monday off by a special day: whoever came for something else is not sent home at any hour."""
    world = make_world(tmp_path)
    off = SpecialDay(day=date(2026, 3, 16), name=Text(th="วันหยุด"), spans=[])
    publish(world.content, 2, with_hours(special=[off]))
    lobby = Lobby(world)
    lobby.ticket()
    lobby.open("1")
    lobby.hands.pass_s(12 * 3600)
    assert lobby.queue.turn(lobby.now()) is False
    lobby.hands.pass_s(3 * 3600)
    assert lobby.queue.turn(lobby.now()) is True
    world.store.close()


def test_how_long_after_is_the_offices_choice(tmp_path):
    """`queue_close_after_min` is minutes of stillness behind a shut door."""
    world = make_world(tmp_path, settings={"queue_close_after_min": 5})
    publish(world.content, 2, with_hours())
    lobby = Lobby(world)
    lobby.ticket()
    until(lobby, 16, 34)
    assert lobby.queue.turn(lobby.now()) is False
    until(lobby, 16, 36)
    assert lobby.queue.turn(lobby.now()) is True
    world.store.close()


def test_a_day_on_which_nobody_came_is_not_closed(evening):
    """Closing time of a working day without a single touch leaves no record."""
    until(evening, 17, 30)
    evening.queue.turn(evening.now())
    evening.hands.pass_s(24 * 3600)
    before = evening.world.lobby.head
    assert evening.queue.turn(evening.now()) is False
    assert evening.world.lobby.head == before


def test_f_j2_numbers_count_through_all_hours_of_a_day(lobby):
    """From half past ten to half past ten, a number an hour: the date turns at the office's midnight, and only then."""
    taken = []
    for _ in range(25):
        ticket = take_ticket(lobby.world, lobby.now(), service_id="sign_tax", language="th")
        taken.append((ticket.service_date.isoformat(), ticket.number))
        lobby.hands.pass_s(3600)
    assert taken == [("2026-03-16", n) for n in range(1, 15)] + [("2026-03-17", n) for n in range(1, 12)]


def test_f_j6_a_label_is_what_it_was_wherever_the_ticket_goes(lobby):
    """Sent to another group, another counter, a second service: board and slip say the same number."""
    key = lobby.ticket("water_request")
    lobby.open("1")
    lobby.open("2")
    labels = set()
    for how in ({"to_service": "sign_tax"}, {"to_counter": "2"}):
        lobby.call("1")
        lobby.move("serve", key, "1")
        labels.add(lobby.move("transfer", key, "1", **how).label)
    labels.add(lobby.call("2").label)
    assert labels == {"B001"} == {call.label for call in lobby.queue.line.calls}


def test_f_j9_whoever_is_missed_recalled_and_passed_over_is_told_by_records(lobby):
    """Absent, recalled, back, gone at last: each is a record, and the number ends as a no-show, not as nothing."""
    key = lobby.ticket()
    lobby.open("1")
    lobby.call("1")
    for move in ("recall", "absent", "back"):
        lobby.move(move, key, "1")
    lobby.call("1")
    lobby.move("absent", key, "1")
    lobby.hands.pass_s(MISSED_MIN * 60 + 1)
    lobby.queue.turn(lobby.now())
    assert [body.move for body in moves(lobby.world)] == [
        "call", "recall", "absent", "back", "call", "absent", "expire",
    ]  # fmt: skip
    assert lobby.queue.line.gone[key].end == "no_show"


def test_closed_by_hand_and_taken_up_again(evening):
    """Staff close at noon; whoever comes in the afternoon waits like anybody, and figures of the morning stand."""
    evening.serve("1")
    evening.queue.close(evening.now())
    evening.restart()
    assert len(evening.queue.line.done) == 1
    assert evening.queue.line.counters["1"].open is False
    key = evening.ticket()
    assert key == (DAY, "A", 4)
    evening.open("1")
    assert evening.call("1").key == key
    assert look(Queue(evening.world).follow()) == look(evening.queue.follow())


def test_tickets_of_a_day_without_counters_are_not_called_unserved(lobby):
    """An office that called by hand: the record says that no counter of this system was open."""
    lobby.ticket()
    lobby.hands.pass_s(24 * 3600)
    lobby.ticket()
    lobby.open("1")
    assert moves(lobby.world)[0].reason == "no_counter"
    lobby.hands.pass_s(24 * 3600)
    lobby.open("1")
    assert moves(lobby.world)[1].reason == "waiting"


# --- the day of a counter -----------------------------------------------------------------------------------------


def test_a_counters_day_counts_what_was_measured_and_says_what_was_not(lobby):
    """Median and p90 of what was pressed as it happened, pauses of a held person left out; the promise beside it."""
    strip.take_strip(lobby.world, lobby.now(), "A", 1)
    lobby.open("1")
    lobby.open("2")
    paper(lobby, (DAY, "A", 1))
    for seconds in (60, 120, 180, 240, 3000):
        lobby.ticket()
        lobby.serve("1", seconds)
    lobby.ticket()
    lobby.serve("1", 2)  # pressed through
    held = lobby.ticket("water_request")
    lobby.call("1")
    lobby.move("serve", held, "1")
    lobby.hands.pass_s(100)
    lobby.move("hold", held, "1")
    lobby.hands.pass_s(5000)
    lobby.move("serve", held, "1")
    lobby.hands.pass_s(50)
    lobby.move("finish", held, "1")
    promised = figures.promises(lobby.world.content.bundle)
    assert promised["sign_tax"] == 30 * 60_000
    found = figures.of_counter(lobby.queue.line, "1", promised)
    assert found == figures.Figures(served=8, not_measured=2, median_ms=150_000, p90_ms=3_000_000, promised=6, kept=5)
    assert figures.of_counter(lobby.queue.line, "2", promised) == figures.Figures(0, 0, None, None, 0, 0)


def test_a_ticket_that_bypassed_the_queue_is_dated_by_its_own_clock(lobby):
    """Whatever takes a number without asking the queue for its day still waits in it."""
    lobby.ticket()
    lobby.hands.wall_s += 24 * 3600
    ticket = take_ticket(lobby.world, lobby.now(), service_id="sign_tax", language="th")
    assert ticket.service_date == date(2026, 3, 17)
    assert len(lobby.queue.follow().waiting()) == 2
