"""Folding: idempotent, never stuck, and every accepted record accounted for."""

import datetime as dt
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from shared import kinds
from shared.content import STATUSES_PIECE, Statuses, read_piece
from shared.envelope import open_status
from shared.kinds import KINDS, Kind, TicketIssued
from shared.records import At, Quality
from sync_server import projectors
from sync_server.cases import actions as cases
from sync_server.cases.models import Case, CaseEvent
from sync_server.content import queries as content
from sync_server.content.actions import publish_sample
from sync_server.ingest.actions import accept
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk
from sync_server.organisations.actions import Actor
from sync_server.projectors import PROJECTORS, Projector, balances, catch_up, rebuild, replay_readable
from sync_server.queues.models import Rating, Ticket
from sync_server.records import deciding
from sync_server.records.models import Cursor, RecordRow, SetAside, Why
from sync_server.records.traffic import Traffic
from sync_server.setting_up import program


def _balance(server, name: str) -> projectors.Balance:
    return next(balance for balance in balances(server.office) if balance.projector == name)


def _snapshot() -> list:
    """Every derived row, without its primary key."""
    models = (Ticket, Rating, Case)
    return [
        {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if field.name != "id"}
        for model in models
        for row in model.objects.order_by("log", "seq")
    ]


def _busy_day(kiosk) -> None:
    for n in range(8):
        kiosk.ticket(n + 1)
        kiosk.rate(n % 5 + 1, repeat=n == 3)
    kiosk.file()
    kiosk.file("น้ำไม่ไหล")
    kiosk.push()


def test_tickets_ratings_and_cases_come_out_of_the_log(kiosk, server):
    """Each record becomes its row, with the record it came from."""
    _busy_day(kiosk)
    assert catch_up() == len(PROJECTORS) * len(kiosk.lobby.records)
    assert Ticket.objects.count() == 8
    assert Rating.objects.filter(repeat=True).count() == 1
    assert [case.number for case in Case.objects.order_by("n")] == ["ร.0001/2570", "ร.0002/2570"]
    ticket = Ticket.objects.get(number=1)
    assert RecordRow.objects.get(log=ticket.log, seq=ticket.seq).kind == "ticket.issued"


def test_catching_up_again_changes_nothing(kiosk, server):
    """A second run finds nothing to do."""
    _busy_day(kiosk)
    catch_up()
    before = _snapshot()
    assert catch_up() == 0
    assert _snapshot() == before


@pytest.mark.parametrize("name", sorted(PROJECTORS))
def test_a_rebuild_gives_the_same_rows_and_loses_no_staff_work(kiosk, server, staff, name):
    """Folding from record 1 again ends in the same state; numbers and events of cases stay as they were."""
    _busy_day(kiosk)
    catch_up()
    cases.answer(Actor.of(staff("palad")), Case.objects.get(n=1), "ซ่อมแล้ว", now=server.now)
    before, events = _snapshot(), CaseEvent.objects.count()
    call_command("rebuild", name)
    assert _snapshot() == before
    assert CaseEvent.objects.count() == events


def test_a_rebuild_repairs_a_row_that_was_changed_by_hand(kiosk, server):
    """What comes from records is written anew: a doctored text and a missing ticket come back."""
    _busy_day(kiosk)
    catch_up()
    before = _snapshot()
    Case.objects.filter(n=1).update(text="", category="x")
    Ticket.objects.filter(number=3).delete()
    rebuild("queues")
    rebuild("cases")
    assert _snapshot() == before


def test_a_rebuild_without_a_name_rebuilds_all(kiosk, server, capsys):
    """The command tells for each projector what became of the records; a name nobody knows is refused."""
    _busy_day(kiosk)
    call_command("rebuild")
    told = capsys.readouterr().out
    count = len(kiosk.lobby.records)
    assert told.count(f"accepted {count} = projected {count}") == len(PROJECTORS)
    with pytest.raises(CommandError, match="tickets"):
        call_command("rebuild", "tickets")


def test_an_interrupted_fold_begins_again_at_its_cursor(kiosk, server, monkeypatch):
    """Work and cursor move together: a fault in the middle leaves neither, and the next attempt does both once."""
    from django.db import OperationalError

    _busy_day(kiosk)
    real = PROJECTORS["queues"].folds[TicketIssued]

    def fold_then_fail(run):
        real(run)
        raise OperationalError("disk I/O error")

    broken = Projector({**PROJECTORS["queues"].folds, TicketIssued: fold_then_fail}, PROJECTORS["queues"].reset)
    monkeypatch.setitem(PROJECTORS, "queues", broken)
    with pytest.raises(OperationalError):
        catch_up(["queues"])
    assert not Ticket.objects.exists()
    assert not Cursor.objects.exists()
    assert not SetAside.objects.exists()
    monkeypatch.setitem(PROJECTORS, "queues", Projector({**broken.folds, TicketIssued: real}, broken.reset))
    catch_up(["queues"])
    assert Ticket.objects.count() == 8


def test_poison_is_quarantined_alone(kiosk, server):
    """One record whose fold fails is set aside with its reason; those before and behind it are projected."""
    for n in range(4):
        kiosk.ticket(n + 1)
    kiosk.append(TicketIssued("ไม่ใช่วันที่", "A", 5, "x", "x", "", None, "th"))
    for n in range(5, 9):
        kiosk.ticket(n + 1)
    kiosk.push()
    catch_up()
    assert Ticket.objects.count() == 8
    aside = SetAside.objects.order_by("projector").values_list("projector", "seq", "why", "reason")
    assert list(aside) == [(name, 6, Why.QUARANTINED, "ValueError") for name in ("queues", "waiting")]
    balance = _balance(server, "queues")
    assert (balance.accepted, balance.projected, balance.quarantined, balance.behind) == (10, 9, 1, 0)


def test_unknown_kinds_wait_for_an_update_and_are_then_folded(kiosk, server, monkeypatch):
    """An unknown kind is shown as unreadable and holds up nothing; once the table knows it, a replay folds it."""
    body = TicketIssued(kiosk.day, "A", 42, "x", "x", "", None, "th")
    kiosk.append_raw("ticket.issued", 2, kinds.encode(body)[2])
    kiosk.ticket(43)
    kiosk.push()
    catch_up()
    assert list(Ticket.objects.values_list("number", flat=True)) == [43]
    assert {aside.why for aside in SetAside.objects.all()} == {Why.UNREADABLE}
    assert _balance(server, "queues").unreadable == 1
    assert replay_readable() == 0

    row = kinds.BY_NAME["ticket.issued", 1]
    learnt = Kind(row.name, 2, row.body, *(getattr(row, name) for name in Kind.__slots__[3:]))
    monkeypatch.setitem(kinds.BY_NAME, ("ticket.issued", 2), learnt)
    assert replay_readable() == len(PROJECTORS)
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [42, 43]
    assert not SetAside.objects.exists()
    assert all(balance.behind == 0 for balance in balances(server.office))


def test_a_body_that_cannot_be_read_is_unreadable_not_lost(kiosk, server):
    """A known kind with a body out of shape is kept and named."""
    kiosk.append_raw("rating.given", 1, b"\xc0")
    kiosk.rate(4)
    kiosk.push()
    catch_up()
    assert Rating.objects.count() == 1
    assert SetAside.objects.get().why == Why.UNREADABLE
    assert replay_readable() == 0
    assert bytes(RecordRow.objects.get(seq=2).body) == b"\xc0"


def test_erased_records_are_counted_as_erased(kiosk, server):
    """A record whose body is gone is passed over and counted."""
    _busy_day(kiosk)
    RecordRow.objects.filter(seq__in=[2, 3]).update(salt=None, body=None)
    catch_up()
    for balance in balances(server.office):
        assert (balance.erased, balance.behind) == (2, 0)
        assert balance.accepted == balance.projected + balance.unreadable + balance.quarantined + balance.erased


def test_records_after_the_trusted_one_are_not_read(kiosk, server):
    """Of a revoked kiosk, what comes after the last trusted record is kept but not counted."""
    for n in range(6):
        kiosk.ticket(n + 1)
    kiosk.push()
    limits = {kiosk.lobby.id.hex(): 4}
    deciding.revoke(program(server.office), Kiosk.objects.get(), "หาย", now=server.now, through=limits)
    catch_up()
    assert Ticket.objects.count() == 3
    for balance in balances(server.office):
        reads_all = balance.projector in ("logs", "sealed")
        assert (balance.accepted, balance.behind) == (7 if reads_all else 4, 0)


def test_a_record_dated_2105_skips_nothing(kiosk, server):
    """No cursor is a time: a future date is folded like any other and the records behind it too."""
    kiosk.ticket(1)
    future = At(4_260_000_000_000, 420, kiosk.boot, 1, Quality.BAD)
    kiosk.append(TicketIssued("2105-01-01", "A", 2, "x", "x", "", None, "th"), at=future)
    kiosk.append(TicketIssued(kiosk.day, "A", 3, "x", "x", "", None, "th"), at=At(None, 420, b"", 0, Quality.BAD))
    kiosk.ticket(4)
    kiosk.push()
    catch_up()
    times = dict(Ticket.objects.values_list("number", "issued_at"))
    assert set(times) == {1, 2, 3, 4}
    assert times[2] is None
    assert times[3] is None


def test_a_clock_three_hours_ahead_is_corrected(kiosk, server):
    """The kiosk's claim less its clock's error gives the right moment."""
    kiosk.now = server.now + dt.timedelta(hours=3)
    kiosk.ticket(1)
    kiosk.push()
    catch_up()
    assert abs(Ticket.objects.get().issued_at - server.now) < dt.timedelta(seconds=1)


def test_a_log_that_commits_late_is_seen(kiosk, server):
    """Followers read by (log, seq): rows that become visible after newer ones of another log are folded too."""
    from fake_kiosk import FakeKiosk

    other = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    kiosk.ticket(1)
    with transaction.atomic():
        kiosk.push()
        transaction.set_rollback(True)  # this one did not commit yet
    kiosk.logs[kiosk.lobby.id].receipted = None
    other.ticket(2)
    other.push()
    catch_up()
    kiosk.push()
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2]


def test_hostile_text_reaches_no_column_as_it_is_not(kiosk, server):
    """Control characters and direction marks are gone from derived text, markup stays text, and nothing is
    quarantined.
    """
    kiosk.file("ถนน\x00พัง\u202e [size=99] =1+1 <script>alert(1)</script>\nบรรทัดสอง 😀")
    kiosk.append(TicketIssued(kiosk.day, "A\x00BCDEFGHIJ", 1, "s" * 500, "ป้าย\x1b", "", None, "th"))
    kiosk.push()
    catch_up()
    assert Case.objects.get().text == "ถนนพัง [size=99] =1+1 <script>alert(1)</script>\nบรรทัดสอง 😀"
    ticket = Ticket.objects.get()
    assert (ticket.series, ticket.service, ticket.label) == ("ABCDEFGH", "s" * 60, "ป้าย")
    assert not SetAside.objects.exists()


def test_a_log_opened_after_a_copy_raises_one_alarm(kiosk, server):
    """A kiosk whose disk was copied or restored says so in its new log; the fleet page is told once, also after
    rebuilds.
    """
    kiosk.push()
    catch_up()
    assert not Alarm.objects.exists()
    kiosk.open_log("restored", kiosk.lobby.head)
    kiosk.push()
    catch_up()
    rebuild("logs")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.cause, alarm.kiosk) == (
        AlarmKind.KIOSK_RESTORED,
        kiosk.lobby.id.hex(),
        Kiosk.objects.get(),
    )


@pytest.mark.parametrize(
    ("reason", "kind"), [("copied", AlarmKind.KIOSK_COPIED), ("restored", AlarmKind.KIOSK_RESTORED)]
)
def test_a_copy_and_a_restored_image_are_told_apart(kiosk, server, reason, kind):
    """They ask for different things of whoever looks after the kiosk."""
    kiosk.push()
    kiosk.open_log(reason, kiosk.lobby.head)
    kiosk.push()
    catch_up()
    assert [alarm.kind for alarm in Alarm.objects.all()] == [kind]


def test_two_devices_under_one_name_are_told_of(kiosk, server):
    """Both go on from one log, each in a new one of its own: there is a second device, or a disk came back twice."""
    kiosk.push()
    parent = kiosk.lobby.head
    kiosk.open_log("forked", parent)
    kiosk.push()
    catch_up()
    assert not Alarm.objects.filter(kind=AlarmKind.TWO_DEVICES).exists()
    kiosk.open_log("forked", parent)
    kiosk.push()
    catch_up()
    rebuild("logs")
    assert Alarm.objects.get(kind=AlarmKind.TWO_DEVICES).cause == parent.log.hex()


def test_an_answer_is_in_the_next_edition_under_the_citizens_key(kiosk, server, staff):
    """After an answer the follower publishes; the case's status opens with the key of its record, and no other."""
    publish_sample(server.office, now=server.now)
    record = kiosk.file()
    kiosk.push()
    follower = projectors.Follower()
    assert follower._attempt() is True
    before = content.current_edition()
    cases.answer(Actor.of(staff("palad")), Case.objects.get(), "ซ่อมไฟแล้ว", now=server.now)
    assert follower._attempt() is True
    assert content.current_edition() == before + 1
    filed = kinds.decode(record.header.kind, record.header.schema, record.body)
    pieces = content.pieces_of(content.newest(server.office))
    listed = read_piece(Statuses, pieces[STATUSES_PIECE]).statuses
    sealed = {status.id: status.sealed for status in listed}[filed.status_id]
    opened = open_status(sealed, status_id=filed.status_id, state_key=filed.state_key)
    assert "ซ่อมไฟแล้ว".encode() in opened
    assert follower._attempt() is True
    assert content.current_edition() == before + 1


def test_every_kind_is_folded_by_a_projector_or_needs_none():
    """Each kind of the table is in PROJECTORS, or named here with the reason why nothing is derived from it."""
    nothing_derived = {
        "slip.printed": "shown with its record",
        "ticket.joined": "shown with its record: its number is counted by the kiosk that gave it",
        "numbers.reserved": "shown with its record: a number on a strip is no visitor",
    }
    folded = {body for projector in PROJECTORS.values() for body in projector.folds}
    for kind in KINDS:
        assert (kind.body in folded) != (kind.name in nothing_derived), kind.name


def test_the_follower_folds_after_a_commit_and_writes_the_anchor(kiosk, server, monkeypatch):
    """In a server process a push wakes the follower, which catches up, and survives a failing attempt."""
    from sync_server.records import actions as records
    from sync_server.records import anchor

    attempts = []
    follower = projectors.Follower()
    monkeypatch.setattr(records, "followers", [follower.wake])
    records.start(server.office, now=server.now, epoch=bytes(16))
    monkeypatch.setattr(projectors, "catch_up", lambda **_pauses: attempts.append(1) or 1 / 0)
    kiosk.ticket(1)
    kiosk.push()
    assert follower._woken.is_set()
    assert follower._attempt() is False
    monkeypatch.setattr(projectors, "catch_up", catch_up)
    assert follower._attempt() is True
    assert Ticket.objects.count() == 1
    assert anchor.read().stored == 2


def test_reading_for_a_fold_holds_up_no_push(kiosk, server, monkeypatch):
    """While a projector reads and decodes, the database's writer is free: a push made meanwhile is receipted."""
    kiosk.ticket(1)
    kiosk.push()
    kiosk.ticket(2)
    sealed, replies = kiosk.envelope(kiosk.lobby.records[2:]), []
    real = projectors._Runs.take

    def push() -> None:
        replies.append(accept(sealed, now=server.now))
        connection.close()

    def push_meanwhile(runs, row):
        if not replies:
            pusher = threading.Thread(target=push)
            pusher.start()
            pusher.join(timeout=20)
        real(runs, row)

    monkeypatch.setattr(projectors._Runs, "take", push_meanwhile)
    catch_up()
    assert [reply.status for reply in replies] == [200]
    assert Ticket.objects.count() == 2


def test_a_fold_overtaken_by_another_process_is_thrown_away(kiosk, server, monkeypatch):
    """Where the cursor moved between reading and writing, the run is not folded a second time."""
    _busy_day(kiosk)
    real = projectors._Runs.take
    overtaken = []

    def overtake(runs, row):
        if not overtaken:
            overtaken.append(True)
            assert catch_up(["queues"]) == len(kiosk.lobby.records)
        real(runs, row)

    monkeypatch.setattr(projectors._Runs, "take", overtake)
    catch_up(["queues"])
    assert Ticket.objects.count() == 8
    assert _balance(server, "queues").projected == len(kiosk.lobby.records)


def test_the_follower_steps_aside_while_records_arrive():
    """It waits as long as an append is under way, and never longer than its patience."""
    traffic = Traffic()
    assert traffic.quiet_s() > 1000
    traffic.step_aside(0.5, 60)
    with traffic:
        assert traffic.quiet_s() == 0
        started = time.monotonic()
        traffic.step_aside(10, 0.05)
        assert time.monotonic() - started >= 0.05
    assert 0 <= traffic.quiet_s() < 1000
