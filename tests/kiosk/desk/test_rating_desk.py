"""Ratings at the desk: codes that work once and lead to no ticket, corrections, repeats and bursts."""

import sqlite3
from datetime import date, timedelta

import pytest

from kiosk.desk import praise, queue, rating_codes, ratings, tally
from kiosk.desk.ratings import Why
from kiosk.store.errors import DiskFull
from kiosk.store.logbook import PRUNE_AFTER_MS
from shared import kinds
from shared.records import At
from tests.kiosk.worlds import Hands, make_world

DAY = date(2026, 3, 16)


def records(world):
    """What the lobby log holds: times and bodies, without the record that opened it."""
    return [(r.header.at, kinds.decode(r.header.kind, r.header.schema, r.body)) for r in world.lobby.after(0)][1:]


def ticket(world, clock, service_id="sign_tax"):
    """A ticket just taken."""
    return queue.take_ticket(world, clock.now(), service_id=service_id, language="th")


def test_the_code_of_a_slip_makes_one_rating_of_a_visit_and_then_none(world):
    """With the code the rating is of a ticket and its service, the next one with it a passer-by's; Thai digits and
    spaces are the same code.
    """
    hands = Hands()
    clock = hands.clock()
    code = ticket(world, clock).rating_code
    assert (len(code), code.isdigit()) == (8, True)
    typed = f"{code[:4]} {code[4:]}".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert rating_codes.known(world, DAY, typed)
    hands.pass_s(600)
    rated = ratings.rate(world, clock.now(), 4, code=typed)
    assert (rated.place, rated.service, rated.repeat) == ("ticket", "sign_tax", False)
    assert not rating_codes.known(world, DAY, typed)
    hands.pass_s(600)
    again = ratings.rate(world, clock.now(), 1, code=typed)
    assert (again.place, again.service, again.repeat) == ("walk-by", "", False)
    given = [body for _, body in records(world) if isinstance(body, kinds.RatingGiven)]
    assert given == [
        kinds.RatingGiven("2026-03-16", 4, "ticket", "sign_tax", False),
        kinds.RatingGiven("2026-03-16", 1, "walk-by", "", False),
    ]


@pytest.mark.parametrize("typed", ["", "1", "1234567", "123456789", "abcdefgh", "1234-567๑๒", "๑" * 40, "²" * 8])
def test_what_is_no_code_is_simply_not_known(world, typed):
    """Nothing that can be typed is more than unknown."""
    ticket(world, Hands().clock())
    assert not rating_codes.known(world, DAY, typed)


def test_a_code_is_good_for_thirty_days_and_to_the_sunday_after(world):
    """All codes of a week end together; those that ended are dropped, and no others."""
    hands = Hands()
    monday = ticket(world, hands.clock()).rating_code
    hands.pass_s(4 * 86_400)
    friday = ticket(world, hands.clock()).rating_code
    # 30 days after Monday 16 March is Wednesday 15 April, after Friday Sunday 19 April.
    last = date(2026, 4, 19)
    assert all(rating_codes.known(world, last, code) for code in (monday, friday))
    rating_codes.drop_old(world, last)
    assert len(world.store.table(rating_codes.TABLE)) == 2
    assert not any(rating_codes.known(world, last + timedelta(days=1), code) for code in (monday, friday))
    hands.pass_s(10 * 86_400)
    later = ticket(world, hands.clock()).rating_code
    rating_codes.drop_old(world, last + timedelta(days=1))
    assert len(world.store.table(rating_codes.TABLE)) == 1
    assert rating_codes.known(world, last + timedelta(days=1), later)


def test_nothing_kept_leads_from_a_code_to_its_ticket(world, tmp_path):
    """The rows hold the service and a week and lie in no order of issue; no record tells code, ticket or minute of a
    rating; the code stands in no file.
    """
    hands = Hands()
    clock = hands.clock()
    codes = []
    for _ in range(40):
        codes.append(ticket(world, clock).rating_code)
        hands.pass_s(60)
    assert len(set(codes)) == 40
    kept = list(world.store.table(rating_codes.TABLE))
    assert {tuple(sorted(each.items())) for each in kept} == {(("service", "sign_tax"), ("until", 739725))}
    rows = [rating_codes._row(rating_codes._key(world), code) for code in codes]
    assert sorted(rows) == [each.doc_id for each in kept]
    # Forty draws lie in an order of their own; by chance they would rise once in 10^47 times.
    assert rows != sorted(rows)
    rated = ratings.rate(world, clock.now(), 5, code=codes[7])
    at, body = records(world)[-1]
    assert body == kinds.RatingGiven("2026-03-16", 5, "ticket", "sign_tax", False)
    assert at == At(1_773_633_600_000, 420, b"", 0, 1)
    ratings.explain(world, clock.now(), rated, Why(reasons=("slow",)), "th")
    praise.give(world, clock.now(), praise.Thanks(counter="2"), "th")
    assert all(at.wall_ms % 3_600_000 == 0 and not at.boot for at, _ in records(world)[-2:])
    world.store.checkpoint(truncate=True)
    written = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert not any(code.encode() in written for code in codes)
    assert all(code not in repr(each) for each in records(world) for code in codes)


def test_a_sensitive_service_is_not_told_by_its_code_either(world):
    """Where the ticket's record names no service, neither do the code's row and the rating."""
    clock = Hands().clock()
    code = ticket(world, clock, "hiv_allowance").rating_code
    assert [each["service"] for each in world.store.table(rating_codes.TABLE)] == [""]
    rated = ratings.rate(world, clock.now(), 5, code=code)
    assert (rated.place, rated.service) == ("ticket", "")


def test_a_rating_that_cannot_be_recorded_leaves_its_code_good(world, monkeypatch):
    """The code is used up with the record or not at all."""
    clock = Hands().clock()
    code = ticket(world, clock).rating_code

    def full(*_args, **_kwargs):
        raise DiskFull("no room")

    with monkeypatch.context() as broken:
        broken.setattr(tally, "add", full)
        with pytest.raises(DiskFull):
            ratings.rate(world, clock.now(), 5, code=code)
    assert rating_codes.known(world, DAY, code)
    assert ratings.rate(world, clock.now(), 5, code=code).place == "ticket"


def test_another_face_corrects_by_a_record_of_its_own(world):
    """The first record stays as it was; the tally moves, and `verify` folds the same; a change can change again."""
    hands = Hands()
    clock = hands.clock()
    first = ratings.rate(world, clock.now(), 1)
    hands.pass_s(3)
    second = ratings.change(world, clock.now(), first, 4)
    third = ratings.change(world, clock.now(), second, 5)
    assert (third.score, third.turn, third.repeat) == (5, first.turn, False)
    assert [body for _, body in records(world)] == [
        kinds.RatingGiven("2026-03-16", 1, "walk-by", "", False),
        kinds.RatingChanged("2026-03-16", first.log, first.seq, 1, 4, "walk-by", "", False, first.commitment),
        kinds.RatingChanged("2026-03-16", first.log, second.seq, 4, 5, "walk-by", "", False, second.commitment),
    ]
    assert [record.header.commitment for record in world.lobby.between(2, 4)] == [
        first.commitment, second.commitment, third.commitment,
    ]  # fmt: skip
    assert tally.of(world, DAY).ratings == (0, 0, 0, 0, 1)
    assert tally.recount(world.lobby.after(0)) == {DAY: tally.of(world, DAY)}
    assert tally.differences(world) == []
    ratings.explain(world, clock.now(), third, Why(words="ดี"), "th")
    assert (records(world)[-1][1].of_seq, records(world)[-1][1].score) == (third.seq, 5)
    with pytest.raises(ValueError, match="0"):
        ratings.change(world, clock.now(), third, 0)


def test_a_changed_repeat_still_does_not_count(world):
    """What was left out of the mean stays out of it, whatever face it gets."""
    hands = Hands()
    clock = hands.clock()
    ratings.rate(world, clock.now(), 5)
    hands.pass_s(2)
    repeat = ratings.rate(world, clock.now(), 1)
    assert ratings.change(world, clock.now(), repeat, 2).repeat
    assert tally.of(world, DAY).ratings == (0, 0, 0, 0, 1)


def test_a_change_after_midnight_moves_the_day_of_the_rating(world):
    """A change is counted where its rating was."""
    hands = Hands()
    clock = hands.clock()
    rated = ratings.rate(world, clock.now(), 3)
    hands.pass_s(86_400)
    ratings.change(world, clock.now(), rated, 4)
    assert tally.of(world, DAY).ratings == (0, 0, 0, 1, 0)
    assert tally.of(world, DAY + timedelta(days=1)).ratings == (0, 0, 0, 0, 0)


def test_a_burst_of_passers_by_is_kept_and_marked_and_visits_are_never_a_repeat(world):
    """From the sixth of a run on they are marked; a pause ends the run; a code speaks for a person, however fast."""
    hands = Hands()
    clock = hands.clock()
    marked = []
    for _ in range(8):
        marked.append(ratings.rate(world, clock.now(), 5).repeat)
        hands.pass_s(12)
    assert marked == [False] * 5 + [True] * 3
    code = ticket(world, clock).rating_code
    hands.pass_s(1)
    assert not ratings.rate(world, clock.now(), 4, code=code).repeat
    hands.pass_s(4)
    assert ratings.rate(world, clock.now(), 1).repeat
    hands.pass_s(20)
    assert not ratings.rate(world, clock.now(), 5).repeat
    assert tally.of(world, DAY).ratings == (0, 0, 0, 1, 6)


def test_dimensions_come_round_evenly_and_go_on_after_a_restart(tmp_path):
    """Over twenty ratings each of four is asked ten times, also where the kiosk was started again in between."""
    hands = Hands()
    asked = []
    for start in range(2):
        world = make_world(tmp_path)
        clock = hands.clock(boot=b"boot-id%d" % start)
        for _ in range(10):
            hands.pass_s(60)
            turn = ratings.rate(world, clock.now(), 5).turn
            asked.append(turn * ratings.ASKED % 4)
        world.store.close()
    assert asked in ([0, 2] * 10, [2, 0] * 10)


def test_the_file_of_an_old_kiosk_still_tells_its_last_rating(world):
    """A tally that was written before runs were counted is read as before."""
    hands = Hands()
    clock = hands.clock()
    ratings.rate(world, clock.now(), 5)
    table = world.store.table(tally.TABLE)
    old = dict(table.one(DAY.toordinal()))
    del old["last_rating"]["run"]
    table.update({"last_rating": old["last_rating"]}, doc_ids=[DAY.toordinal()])
    hands.pass_s(2)
    assert ratings.rate(world, clock.now(), 5).repeat


def test_row_numbers_tell_nothing_without_the_key(world, tmp_path):
    """Whoever reads the bare file finds numbers, and no code gives them back without the store's own key."""
    clock = Hands().clock()
    code = ticket(world, clock).rating_code
    world.store.checkpoint(truncate=True)
    file = next(each for each in tmp_path.rglob("*") if each.is_file() and each.read_bytes()[:6] == b"SQLite")
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as bare:
        places = {place % 2**40 for (place,) in bare.execute("SELECT place FROM document")}
    assert rating_codes._row(rating_codes._key(world), code) in places
    assert rating_codes._row(b"", code) not in places


def test_bodies_given_up_under_a_wrong_clock_leave_no_false_alarm(world):
    """A header of 1970 does not tell which day's tally its body was counted in; `verify` leaves such days out, and
    still sees a tally that is wrong on a day it can fold.
    """
    hands = Hands()
    clock = hands.clock()
    ratings.rate(world, clock.now(), 5)
    clock.learn(round(hands.wall_s * 1000) + 10 * 24 * 3600 * 1000)
    hands.wall_s = 0.0
    hands.pass_s(3600)
    for _ in range(3):
        ratings.rate(world, clock.now(), 4)
    last = world.lobby.head
    for server_ms in (0, PRUNE_AFTER_MS):
        with world.store.transaction() as tx:
            world.lobby.record_receipt(
                tx, log=last.log, seq=last.seq, hash_=last.hash, backed_up=last.seq, epoch=b"e", server_ms=server_ms,
                signed=b"",
            )  # fmt: skip
    with world.store.transaction() as tx:
        assert world.lobby.prune(tx) == last.seq
    assert tally.differences(world) == []
    hands.wall_s = Hands().wall_s + 40 * 24 * 3600
    clock = hands.clock()
    ratings.rate(world, clock.now(), 2)
    assert tally.differences(world) == []
    hands.pass_s(24 * 3600)
    ratings.rate(world, clock.now(), 3)
    world.store.table(tally.TABLE).update({"tickets": 7}, doc_ids=[clock.now().service_date.toordinal()])
    assert len(tally.differences(world)) == 1
