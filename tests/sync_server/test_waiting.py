"""What became of tickets, and the figures of it: as it happened, in whatever order the logs of several kiosks come."""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import lobby_day
import msgspec
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from fake_kiosk import FakeKiosk, direct

from kiosk.desk.tickets import CLOSED_AS, MOVES, Correction
from shared.content import SERVICE_PREFIX, Duration, Service, piece, read_piece
from shared.kinds import CounterSeen, QueueClosed, TicketIssued, TicketMoved
from sync_server import projectors
from sync_server.kiosks.models import Kiosk
from sync_server.projectors import catch_up, rebuild
from sync_server.queues import outcomes as rules
from sync_server.queues import waiting
from sync_server.queues.models import Moved, Outcome, Presence
from sync_server.records import deciding
from sync_server.records.models import Cursor, Log
from sync_server.setting_up import program
from tests.kiosk.desk.day import Day
from tests.kiosk.desk.judge import judge, read

DAY = dt.date(2026, 11, 25)
#: The day that `tests.kiosk.desk.day` plays.
PLAYED = dt.date(2026, 3, 16)
#: In the evening of that day: everything of it has happened.
EVENING = dt.datetime(2026, 11, 25, 16, 0, tzinfo=dt.UTC)


@pytest.fixture
def lobby(server):
    """A host and a second kiosk of the published sample office, each with its letter."""
    from sync_server.content.actions import publish_sample

    publish_sample(server.office, now=server.now)
    host, other = (
        FakeKiosk.enrolled(server, name=name, series=series, seed=seed)
        for name, series, seed in (("ตู้ 1", "A", 1), ("ตู้ 2", "B", 2))
    )
    for kiosk in (host, other):
        kiosk.now, kiosk.post = EVENING, direct(EVENING)
    return host, other


def rows(model, but=()):
    """All rows of a table, without their keys and without the columns of `but`."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", *but)]
    return sorted(repr([(name, getattr(row, name)) for name in names]) for row in model.objects.all())


def tables():
    """All that the projector writes."""
    return [rows(model) for model in (Outcome, Moved, Presence)]


def settle(*kiosks):
    """Push and fold."""
    for kiosk in kiosks:
        kiosk.push()
    catch_up()


def test_what_became_of_tickets_is_what_happened(lobby):
    """Of 120 tickets with every move of the kiosk's table: waits, walks, times at counters, ends, services, hours."""
    host, other = lobby
    truths = lobby_day.play(random.Random(3), host, DAY.isoformat(), issuers=[host, other], tickets=120, odd=0.1)
    settle(host, other)
    found = {(row.series, row.number, row.nth): row for row in Outcome.objects.all()}
    assert len(found) == sum(len(truth.services) for truth in truths)
    for truth in truths:
        for part, (service, end) in enumerate(zip(truth.services, truth.ends, strict=True)):
            row = found[truth.series, truth.number, part + 1]
            told = (row.service, row.end, row.waited_ms, row.walked_ms, row.served_ms)
            waited = truth.waited_ms() if part == 0 else None
            assert told == (service, end, waited, truth.walked_ms(part), truth.served_ms(part)), truth
            assert (row.issued, row.last) == (True, part == len(truth.services) - 1)
            assert (row.priority, row.hour) == (truth.priority, truth.issued_ms // 3_600_000)
            assert (row.on_paper, row.walked_in) == (truth.on_paper, truth.walked_in(part))
        assert row.served_as == truth.served_as, "of the last service"
    assert {"served", "sent_on", "left", "no_show", "not_served", "unfinished"} == {row.end for row in found.values()}


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_arrival_and_no_replay_changes_a_table(lobby, monkeypatch, seed):
    """Logs in any order and in pieces of any size, some folded again: always the tables of one fold from record 1."""
    host, other = lobby
    dice = random.Random(seed)
    lobby_day.play(dice, host, DAY.isoformat(), issuers=[other, host], tickets=30)
    settle(host, other)
    expected = tables()
    projectors.PROJECTORS["waiting"].reset()
    projectors.Cursor.objects.filter(projector="waiting").delete()
    logs = list(Log.objects.values_list("pk", flat=True))
    while logs:
        log = dice.choice(logs)
        monkeypatch.setattr(projectors, "_CHUNK", dice.choice((1, 7, 40)))
        if not projectors._fold_chunk("waiting", log):
            logs.remove(log)
        elif dice.random() < 0.05:
            projectors.Cursor.objects.filter(projector="waiting", log=log).update(seq=0)
    assert tables() == expected
    rebuild("waiting")
    assert tables() == expected


def test_a_ticket_of_another_kiosk_counts_once_its_issue_has_come(lobby, server):
    """Moved by the host, issued by a second kiosk: without the issue it is pending and in no figure; with it, whichever
    came first, in all of them.
    """
    host, other = lobby
    lobby_day.play(random.Random(5), host, DAY.isoformat(), issuers=[other], tickets=12)
    settle(host)
    told = waiting.figures(server.office, DAY, DAY)
    assert (told.tickets, told.pending, told.all.waited.n) == (0, 12, 0)
    settle(other)
    told = waiting.figures(server.office, DAY, DAY)
    assert (told.tickets, told.pending) == (12, 0)
    assert told.all.waited.n > 5


def test_records_that_do_not_count_are_taken_back(lobby, server):
    """What a revoked kiosk wrote after its last trusted record moves no ticket; with it, all is as before."""
    host, other = lobby
    lobby_day.play(random.Random(6), host, DAY.isoformat(), issuers=[other], tickets=20)
    settle(host, other)
    whole, through = tables(), 60
    clerk = program(server.office)
    kiosk = Kiosk.objects.get(name="ตู้ 1")
    deciding.revoke(clerk, kiosk, "หาย", now=server.now, through={host.lobby.id.hex(): through})
    catch_up()
    assert not Moved.objects.filter(log__log_id=host.lobby.id.hex(), seq__gt=through).exists()
    short = tables()
    assert short != whole
    rebuild("waiting")
    assert tables() == short


def test_a_log_that_was_carried_over_counts_once(lobby):
    """A kiosk that went on in a new log brings the same presses twice; each counts once."""
    host, _other = lobby
    lobby_day.play(random.Random(7), host, DAY.isoformat(), tickets=25)
    settle(host)
    carried, before = list(host.lobby.records), rows(Outcome, but=("log_id", "seq"))
    host.open_log("damaged", host.lobby.head)
    for record in carried[1:]:
        header = record.header
        host.append_raw(header.kind, header.schema, record.body, at=header.at)
    settle(host)
    assert Log.objects.count() == 2
    assert rows(Outcome, but=("log_id", "seq")) == before


def told_of(number):
    """What became of each holder of a number of host A, as (holder, minutes waited, minutes served, end)."""
    rows = Outcome.objects.filter(series="A", number=number, issued=True).order_by("holder", "nth")
    return [(row.holder, *((ms or 0) // MIN_MS for ms in (row.waited_ms, row.served_ms)), row.end) for row in rows]


def test_a_number_that_a_copied_device_gave_too_is_two_tickets(lobby, server):
    """Both lines count: each visitor has a wait, a time and an end, though both held one number."""
    host, _other = lobby
    one(host, 1, "sign_tax", [4])
    settle(host)
    twin = host.clone()
    one(host, 2, "sign_tax", [5])
    one(twin, 2, "sign_tax", [7], hour=10, waited_min=20, ends="leave")
    settle(host, twin)
    assert told_of(2) == [(1, 10, 5, "served")]
    deciding.take_in(program(server.office), Log.objects.get(branch=1), "มีสองเครื่องจริง", now=server.now)
    catch_up()
    both = [(1, 10, 5, "served"), (2, 20, 7, "left")]
    assert (told_of(1), told_of(2)) == ([(1, 10, 4, "served")], both)
    assert waiting.figures(server.office, DAY, DAY).tickets == 3
    deciding.keep_apart(program(server.office), Log.objects.get(branch=1), "เครื่องทดลอง", now=server.now)
    catch_up()
    assert told_of(2) == both[:1]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_a_number_given_again_is_moved_in_the_hosts_queue_by_when_it_was_given(lobby, server, order):
    """Two devices give one number of a letter, the second after the first was served, and a third keeps the queue: what
    it tells is of the one that was given last before that, whichever log comes first.
    """
    host, other = lobby
    again = FakeKiosk.enrolled(server, name="ตู้ 3", series="C", seed=3)
    again.now, again.post = host.now, host.post
    day = DAY.isoformat()
    for issuer, hour, served in ((other, 9, 6), (again, 14, 3)):
        ms = at_clock(hour)
        issuer.append(TicketIssued(day, "A", 1, "sign_tax", "", "", None, "th"), at=lobby_day.at(day, ms, issuer.boot))
        moves = ((8, "call", 8, None), (9, "serve", None, None), (9, "finish", None, served))
        for minutes, move, waited, took in moves:
            body = TicketMoved(
                day, "A", 1, move, "1", "somebody", "", "", "", host.random.randbytes(16),
                waited and waited * MIN_MS, None, took and took * MIN_MS, False,
            )  # fmt: skip
            host.append(body, at=lobby_day.at(day, ms + minutes * MIN_MS, host.boot))
    for n in order:
        settle((host, other, again)[n])
    assert told_of(1) == [(1, 8, 6, "served"), (2, 8, 3, "served")]
    before = tables()
    rebuild("waiting")
    assert tables() == before


def records_of(world):
    """The records of a kiosk's lobby log behind its opening, as they stand there."""
    seq = 1
    while run := list(world.lobby.after(seq)):
        yield from run
        seq = run[-1].header.seq


@pytest.mark.parametrize("first", ["host", "guest"])
def test_a_day_of_two_real_kiosks_is_told_as_its_judge_saw_it(lobby, server, tmp_path, first):
    """The kiosk's own seeded day (a cable that breaks, a plug that is pulled, paper, walk-ins), whichever log comes
    first: every visitor once, with the end and the wait that the independent judge read out of the records.
    """
    day = Day(tmp_path, seed=4, visitors=150)
    try:
        day.play()
        judged = judge(day.host, day.guest)
        kiosks = {"host": lobby[0], "guest": lobby[1]}
        for name, kiosk in kiosks.items():
            for record in records_of(getattr(day, name)):
                kiosk.append_raw(record.header.kind, record.header.schema, record.body, at=record.header.at)
        calls = [body for _, body in read(day.host) if getattr(body, "move", "") in ("call", "walk_in")]
    finally:
        day.close()
    for name in (first, *kiosks.keys() - {first}):
        settle(kiosks[name])
    assert judged.wrong == []
    told, ends = waiting.figures(server.office, PLAYED, PLAYED), judged.ends
    ghosts = Counter(Outcome.objects.filter(issued=False).values_list("end", flat=True))
    assert (told.tickets, ghosts.total()) == (ends["visitors"], ends["ghosts"])
    assert (ghosts["unclaimed"], told.pending) == (ends["unclaimed"], ghosts.total() - ghosts["unclaimed"])
    closed = {state: ends[f"close {state}"] for state in CLOSED_AS}
    assert told.ends + ghosts == +Counter({
        "served": ends["finish"], "left": ends["leave"], "not_served": closed["waiting"],
        "no_show": ends["expire"] + closed["missed"] + closed["called"],
        "unfinished": closed["serving"] + closed["held"], "unclaimed": ends["unclaimed"],
    })  # fmt: skip
    issued = set(Outcome.objects.filter(issued=True).values_list("series", "number"))
    begun = {(body.series, body.number): body.waited_ms for body in reversed(calls)}
    waits = sorted(ms for key, ms in begun.items() if key in issued and ms is not None)
    assert told.all.waited.n == len(waits) > 100
    assert (told.all.waited.median_ms, told.all.waited.p90_ms) == (reached(waits, 50), reached(waits, 90))
    assert 5 < waiting.duty(server.office, PLAYED, PLAYED)[10] <= 10


def test_the_moves_of_the_kiosk_are_known_here():
    """Each move of the kiosk's table has its meaning for figures, and ends a ticket as it does there."""
    assert dict(CLOSED_AS) == rules.CLOSED_AS
    ends = {move: row.end for move, row in MOVES.items() if row.to is None and move != "close"}
    # What a second kiosk handed to the one that keeps the queue ends in that one's log.
    assert ends == rules.ENDS | {"handed": "handed"}
    told = {"call", "recall", "serve", "walk_in", "step", "hold", "transfer", "another", "priority", "close"}
    assert rules.corrected_to(str(Correction("monk", "elderly", "seen"))) == "elderly"
    assert set(MOVES) == told | set(rules.ENDS) | rules.UNCOUNTED


# --- promises ---------------------------------------------------------------------------------------------------------

MIN_MS = 60_000


def at_clock(hour, minute=0):
    """Milliseconds of the day."""
    return (hour * 60 + minute) * MIN_MS


def one(kiosk, number, service, served_min, *, hour=9, ends="finish", to_service="", between="transfer", waited_min=10):
    """A ticket that was served, its times at counters one after another; `ends` is the last move, `between` the one
    that stands between two of them.
    """
    day, begin = DAY.isoformat(), at_clock(hour, number % 20)
    kiosk.append(TicketIssued(day, "A", number, service, "", "", None, "th"), at=lobby_day.at(day, begin, kiosk.boot))
    ms = begin + waited_min * MIN_MS

    def say(move, *, waited=None, walked=None, served=None, to=""):
        press = kiosk.random.randbytes(16)
        body = TicketMoved(
            day, "A", number, move, "1", "somebody", "", to, "", press, waited, walked, served, False
        )  # fmt: skip
        kiosk.append(body, at=lobby_day.at(day, ms, kiosk.boot))

    say("call", waited=waited_min * MIN_MS)
    say("serve", walked=30_000)
    for n, took in enumerate(served_min, 1):
        last = n == len(served_min)
        say(ends if last else between, served=int(took * MIN_MS), to=to_service if last else "")
        if not last and between == "transfer":
            say("serve")


def revised(server, service_id, **changes):
    """Publish this service with other facts; the number of the edition."""
    from sync_server.content.actions import publish
    from sync_server.content.models import Draft

    row = Draft.objects.get(name__startswith=SERVICE_PREFIX, name__endswith=f"-{service_id}")
    row.data = piece(msgspec.structs.replace(read_piece(Service, bytes(row.data)), **changes))
    row.save()
    return publish(program(server.office), now=server.now).number


def promises():
    """Number, promise in minutes and verdict of each outcome."""
    rows = waiting.outcomes(Outcome.objects.first().office, DAY, DAY)
    return [(row.number, row.promise_ms and row.promise_ms // MIN_MS, row.promise) for row in rows]


def test_the_promise_is_that_of_the_edition_on_screen(lobby, server):
    """Five minutes promised, then ten: each ticket is held to what its own citizen read, whatever is published later;
    a promise of days, of a label, or of an edition this server never made is no matter of minutes.
    """
    host, _other = lobby
    one(host, 1, "land_tax_payment", [4])
    one(host, 2, "land_tax_payment", [5])
    one(host, 3, "land_tax_payment", [8])
    host.edition = revised(server, "land_tax_payment", promise=Duration(value=10, unit="minute"))
    one(host, 4, "land_tax_payment", [8])
    one(host, 5, "street_light_repair", [8])
    one(host, 6, "", [8])
    host.edition = 99
    one(host, 7, "land_tax_payment", [8])
    settle(host)
    told = [(1, 5, "kept"), (2, 5, "kept"), (3, 5, "broken"), (4, 10, "kept"), (5, None, "none"), (6, None, "none")]
    assert promises() == [*told, (7, None, "none")]
    revised(server, "land_tax_payment", promise=Duration(value=1, unit="minute"))
    rebuild("waiting")
    assert promises() == [*told, (7, None, "none")]


def test_a_second_service_is_held_to_its_own_promise(lobby, server):
    """Who was sent on before anything was done broke no promise; the time at two counters counts together."""
    host, _other = lobby
    one(host, 1, "land_tax_payment", [4], ends="another", to_service="elderly_allowance")
    one(host, 2, "land_tax_payment", [20], ends="transfer", to_service="elderly_allowance")
    one(host, 3, "land_tax_payment", [3, 3])
    settle(host)
    rows = waiting.outcomes(server.office, DAY, DAY)
    assert [(row.number, row.nth, row.service, row.end, row.promise) for row in rows] == [
        (1, 1, "land_tax_payment", "served", "kept"), (1, 2, "elderly_allowance", "", ""),
        (2, 1, "land_tax_payment", "sent_on", ""), (2, 2, "elderly_allowance", "", ""),
        (3, 1, "land_tax_payment", "served", "broken"),
    ]  # fmt: skip


def test_steps_are_told_where_staff_noted_all_of_them(lobby, server):
    """Steps of 20 and 10 minutes: each by itself, from five people on, also over two counters; who was served in one go
    tells none.
    """
    host, _other = lobby
    for number, took in enumerate(([19, 9], [21, 9], [20, 10], [5, 11], [30]), 1):
        one(host, number, "elderly_allowance", took, between="step")
    settle(host)
    assert [row.steps_kept for row in waiting.outcomes(server.office, DAY, DAY)] == [
        [True, True], [False, True], [True, True], [True, False], []
    ]  # fmt: skip
    assert waiting.figures(server.office, DAY, DAY).services[0].steps_kept == ()
    one(host, 6, "elderly_allowance", [1, 1], between="step")
    one(host, 7, "elderly_allowance", [1, 1], between="transfer")
    settle(host)
    assert waiting.figures(server.office, DAY, DAY).services[0].steps_kept == ((4, 5), (4, 5))


# --- figures ----------------------------------------------------------------------------------------------------------


def reached(values, share):
    """The least of the values that at least `share` per cent of them do not exceed, by counting."""
    return min(v for v in values if 100 * sum(each <= v for each in values) >= share * len(values))


def test_figures_are_those_of_paper_and_pencil(lobby, server):
    """Of 300 tickets over three days: n, median and 90th percentile of waits, walks and services, promises, ends and
    what was left out, by service and by hour, are those counted from what happened.
    """
    host, other = lobby
    dice, days = random.Random(11), [DAY - dt.timedelta(days=ago) for ago in (2, 1, 0)]
    truths = [
        truth
        for day in days
        for truth in lobby_day.play(dice, host, day.isoformat(), issuers=[host, other], tickets=100, odd=0.1)
    ]
    settle(host, other)
    told = waiting.figures(server.office, days[0], days[-1])
    minutes = {"land_tax_payment": 5, "sign_tax": 5, "elderly_allowance": 30, "commercial_registration": 60}

    def check(spread, values):
        assert spread.n == len(values)
        if len(values) < 5:
            assert (spread.median_ms, spread.p90_ms) == (None, None)
        else:
            assert (spread.median_ms, spread.p90_ms) == (reached(values, 50), reached(values, 90))

    parts = [(truth, n, service) for truth in truths for n, service in enumerate(truth.services)]
    waited = [(truth.services[0], truth.issued_ms // 3_600_000, ms) for truth in truths if (ms := truth.waited_ms())]
    walked = [(service, ms) for truth, n, service in parts if (ms := truth.walked_ms(n)) is not None]
    finished = [(truth, n, service) for truth, n, service in parts if truth.ends[n] == "served"]
    measured = [(service, truth.served_ms(n)) for truth, n, service in finished if truth.served_ms(n) is not None]
    served = [(service, ms) for service, ms in measured if 5_000 <= ms <= 4 * 3_600_000]
    promised = [(service, ms <= minutes[service] * MIN_MS) for service, ms in served if service in minutes]

    assert told.tickets == len(truths)
    for service in [*lobby_day.SERVICES, None]:
        times = told.all if service is None else next(x.times for x in told.services if x.service == service)
        check(times.waited, [ms for of, _, ms in waited if service in (of, None)])
        check(times.walked, [ms for of, ms in walked if service in (of, None)])
        check(times.served, [ms for of, ms in served if service in (of, None)])
        assert times.promised == sum(service in (of, None) for of, _ in promised)
        assert times.kept == sum(kept and service in (of, None) for of, kept in promised)
        assert times.asked == sum(service in (of, None) for _, _, of in parts)
    for hour in told.hours:
        check(hour.waited, [ms for _, then, ms in waited if then == hour.hour])
    assert sum(hour.waited.n for hour in told.hours) == len(waited)
    assert told.ends == Counter(truth.ends[-1] for truth in truths)
    assert told.priorities == Counter(truth.served_as for truth in truths if truth.served_as)
    assert told.corrected == sum(truth.served_as != truth.priority for truth in truths)
    left_out = dict(told.left_out)
    assert left_out["service-odd"] == len(measured) - len(served) > 5
    assert left_out["service-sent_on"] == sum(truth.ends[n] == "sent_on" for truth, n, _ in parts if not truth.on_paper)
    assert left_out["wait-paper"] == sum(truth.on_paper for truth in truths)


def test_each_figure_opens_the_rows_it_counted_and_nobody_is_left_out_unsaid(lobby, server):
    """Every ticket is waited for or left out for one reason, every service measured or left out for one; the rows of
    `COUNTED` are as many as the figures say.
    """
    host, other = lobby
    lobby_day.play(random.Random(12), host, DAY.isoformat(), issuers=[host, other], tickets=150, odd=0.1)
    settle(host, other)
    told = waiting.figures(server.office, DAY, DAY)
    n = {name: waiting.outcomes(server.office, DAY, DAY).filter(**of).count() for name, of in waiting.COUNTED.items()}
    assert n["tickets"] == told.tickets == n["waited"] + sum(n[name] for name in n if name.startswith("wait-"))
    assert n["asked"] == told.all.asked == n["served"] + sum(n[name] for name in n if name.startswith("service-"))
    times = told.all
    assert (times.waited.n, times.walked.n, times.served.n) == (n["waited"], n["walked"], n["served"])
    assert (times.promised, times.kept) == (n["promised"], n["kept"])
    assert n["promised"] == n["kept"] + n["broken"]
    assert {name: n[name] for name, _ in told.left_out} == dict(told.left_out)


def test_counters_on_duty_are_averaged_over_open_days(lobby, server):
    """Pauses are no duty; a day that nobody closed ends with the last press at the counter, never at night."""
    host, _other = lobby
    first, second = DAY - dt.timedelta(days=1), DAY

    def seen(day, hour, minute, counter, state):
        body = CounterSeen(day.isoformat(), counter, state, "somebody", [])
        host.append(body, at=lobby_day.at(day.isoformat(), at_clock(hour, minute), host.boot))

    seen(first, 9, 0, "1", "open")
    seen(first, 9, 30, "2", "open")
    seen(first, 10, 0, "2", "pause")
    seen(first, 10, 30, "2", "open")
    seen(first, 11, 0, "1", "closed")
    host.append(QueueClosed(first.isoformat(), 1), at=lobby_day.at(first.isoformat(), at_clock(11, 30), host.boot))
    seen(second, 9, 0, "1", "open")
    one(host, 1, "sign_tax", [3], hour=9, waited_min=29)
    one(host, 2, "sign_tax", [3], hour=9, waited_min=28)
    host.append(QueueClosed(second.isoformat(), 1), at=lobby_day.at("2026-11-26", at_clock(8), host.boot))
    later = EVENING + dt.timedelta(days=1)
    host.now, host.post = later, direct(later)
    settle(host)
    # 9 h: 60 + 30 of the first day, 30 of the second; 10 h: 60 + 30; 11 h: 30.
    assert waiting.duty(server.office, first, second) == {
        9: Decimal("1.0"), 10: Decimal("0.8"), 11: Decimal("0.3")
    }  # fmt: skip
    assert waiting.duty(server.office, first, first) == {9: Decimal("1.5"), 10: Decimal("1.5"), 11: Decimal("0.5")}
    assert waiting.duty(server.office, first - dt.timedelta(days=9), first - dt.timedelta(days=8)) == {}


def test_no_table_keeps_who_pressed(lobby, server):
    """Figures are about services and hours: neither the rows nor what is told of them names a member of staff."""
    host, _other = lobby
    lobby_day.play(random.Random(13), host, DAY.isoformat(), tickets=10)
    settle(host)
    assert Moved.objects.exclude(counter="").exists()
    assert "somebody" not in repr((tables(), waiting.figures(server.office, DAY, DAY)))


# --- cost -------------------------------------------------------------------------------------------------------------


def test_neither_a_fold_nor_a_figure_grows_with_history(lobby, server):
    """A day behind twenty others is folded with as many queries as the first one, and both folds and figures find
    their rows by an index.
    """
    host, _other = lobby

    def fold(day):
        with CaptureQueriesContext(connection) as asked:
            lobby_day.play(random.Random(1), host, day.isoformat(), tickets=15)
            host.push()
            catch_up(["waiting"])
        return sum("queues_" in query["sql"] for query in asked)

    cost = [fold(DAY - dt.timedelta(days=ago)) for ago in range(20, -1, -1)]
    assert cost[-1] == cost[0], cost
    assert Outcome.objects.count() > 20 * 15
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
    of_a_ticket = {"office": server.office, "service_date": DAY, "series": "A", "number__in": [1, 2]}
    for rows, index in (
        (waiting.outcomes(server.office, DAY, DAY).order_by(), "outcome_once_per_service"),
        (Outcome.objects.filter(**of_a_ticket), "outcome_once_per_service"),
        (Moved.objects.filter(**of_a_ticket), "move_by_ticket"),
        (Presence.objects.filter(office=server.office, service_date__range=(DAY, DAY)), "presence_by_day"),
    ):
        assert index in rows.explain() or (connection.vendor == "sqlite" and "sqlite_autoindex" in rows.explain())


def test_an_update_folds_the_waits_that_an_older_version_had_folded_anew(lobby):
    """What the version before holders had written is let go, and comes back from record 1 by itself."""
    host, other = lobby
    lobby_day.play(random.Random(5), host, DAY.isoformat(), issuers=[host, other], tickets=20, odd=0.1)
    settle(host, other)
    before = tables()
    call_command("migrate", "queues", "0007", verbosity=0)
    call_command("migrate", "queues", verbosity=0)
    assert tables() == [[], [], []]
    assert not Cursor.objects.filter(projector="waiting").exists()
    catch_up()
    assert tables() == before
    assert all(before)
