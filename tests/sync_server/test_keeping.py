"""Forks, restores and crowds: what is kept when two histories of one log meet, or the server itself went back in
time.
"""

import shutil
import threading
import time

import pytest
from django.conf import settings
from django.db import connection, connections
from fake_kiosk import FakeKiosk, direct

from shared import protocol
from shared.protocol import NewLogNeeded, Reason, Receipt, ServerRestored, Stored
from shared.records import Record, erase
from sync_server import projectors
from sync_server.cases.models import Case
from sync_server.ingest import actions as ingest
from sync_server.kiosks.models import Alarm, AlarmKind
from sync_server.projectors import balances, catch_up
from sync_server.queues.models import Ticket
from sync_server.records import actions, anchor, deciding, queries
from sync_server.records.models import Log, RecordRow
from sync_server.setting_up import program

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="copies the database file")


def _forked(kiosk: FakeKiosk) -> FakeKiosk:
    """Kiosk and twin share two records, then each goes its own way and pushes."""
    kiosk.ticket(1)
    kiosk.push()
    twin = kiosk.clone()
    kiosk.ticket(2)
    kiosk.ticket(3)
    kiosk.push()
    twin.rate(1)
    return twin


# --- forks ---------------------------------------------------------------------------------------------------------


def test_both_sides_of_a_fork_are_kept_whole(kiosk):
    """A copied disk's records are stored beside the others, nothing is overwritten, and one alarm is raised."""
    twin = _forked(kiosk)
    heard = twin.push()
    assert any(isinstance(event, NewLogNeeded) and event.reason in {"forked", "restored"} for event in heard)
    main, branch = Log.objects.order_by("branch")
    assert (main.seq, bytes(main.head_hash)) == (4, kiosk.lobby.head.hash)
    assert (branch.base_seq, branch.seq, bytes(branch.head_hash)) == (2, 3, twin.lobby.head.hash)
    assert RecordRow.objects.count() == 5
    assert Alarm.objects.filter(kind=AlarmKind.FORKED).count() == 1


def test_the_receipt_of_a_branch_names_the_branchs_head(kiosk):
    """A receipt tells which branch it is for, by its head hash, and that the log is forked."""
    twin = _forked(kiosk)
    answer = twin.read(twin.post("push", twin.envelope(twin.lobby.records[2:])))
    assert isinstance(answer, Receipt)
    assert (answer.seq, answer.hash, answer.forked) == (3, twin.lobby.head.hash, True)


def test_a_branch_sent_again_is_kept_once_and_goes_on(kiosk):
    """Resending a branch's batch makes no third branch; what follows it is appended to it."""
    twin = _forked(kiosk)
    for _ in range(2):
        twin.post("push", twin.envelope(twin.lobby.records[2:]))
    twin.file()
    answer = twin.read(twin.post("push", twin.envelope(twin.lobby.records[3:])))
    assert (answer.seq, answer.hash) == (4, twin.lobby.head.hash)
    assert Log.objects.count() == 2
    assert RecordRow.objects.count() == 6


def test_a_batch_that_begins_in_the_shared_part_stores_only_what_is_its_own(kiosk):
    """Where the copied device sends from record 1, the branch begins where the two histories part."""
    twin = _forked(kiosk)
    answer = twin.read(twin.post("push", twin.envelope()))
    assert (answer.seq, answer.hash, answer.forked) == (3, twin.lobby.head.hash, True)
    branch = Log.objects.get(branch=1)
    assert (branch.base_seq, bytes(branch.base_hash)) == (2, twin.lobby.hash_at(2))
    assert list(RecordRow.objects.filter(log=branch).values_list("seq", flat=True)) == [3]


def test_a_kiosk_on_a_branch_is_told_of_its_own_branch(kiosk):
    """Asking again, the copied device hears its own head, so it neither sends again nor loses its place."""
    twin = _forked(kiosk)
    twin.push()
    assert Stored(twin.lobby.head, 0) in twin.push()
    assert Stored(kiosk.lobby.head, 0) in kiosk.push()


def test_the_first_side_is_told_of_the_fork_and_still_taken(kiosk):
    """The side the server saw first learns at its next contact that it must go on in a new log; nothing of it is
    lost.
    """
    _forked(kiosk).push()
    kiosk.ticket(4)
    heard = kiosk.push()
    assert any(isinstance(event, NewLogNeeded) and event.reason == "forked" for event in heard)
    assert bytes(Log.objects.get(branch=0).head_hash) == kiosk.lobby.head.hash
    kiosk.open_log("forked", kiosk.lobby.head)
    kiosk.ticket(5)
    kiosk.push()
    assert Log.objects.filter(branch=0).count() == 2


def test_a_branch_counts_once_the_clerk_has_looked(kiosk, server, staff):
    """Until then its records are in no projection; afterwards they are, once, and the audit log says who decided."""
    twin = _forked(kiosk)
    twin.ticket(77)
    twin.push()
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2, 3]
    branch = queries.doubtful_lines(server.office)[0].log
    deciding.take_in(program(server.office), branch, "ดูแล้ว", now=server.now)
    catch_up()
    catch_up()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2, 3, 77]
    assert all(balance.behind == 0 for balance in balances(server.office))


def test_a_branch_whose_beginning_is_unknown_waits_for_it(kiosk, server):
    """Records that follow one this server never saw are a gap, not a branch in mid-air; with their beginning they are
    kept, once.
    """
    kiosk.ticket(1)
    kiosk.push()
    twin = kiosk.clone()
    kiosk.ticket(2)
    kiosk.push()
    # What the twin wrote as number 3 went to a server that is gone; here only number 4 arrives.
    twin.rate(3)
    twin.rate(4)
    late = twin.envelope(twin.lobby.records[3:])
    kiosk.ticket(3)
    kiosk.push()
    assert twin.read(twin.post("push", late)).reason is Reason.GAP
    assert Log.objects.count() == 1
    twin.push()
    answer = twin.read(twin.post("push", late))
    assert (answer.seq, answer.hash) == (4, twin.lobby.head.hash)
    assert Log.objects.count() == 2
    assert RecordRow.objects.filter(log__branch=1).count() == 2


def test_a_third_history_that_leaves_the_second_is_stored_without_doubles(kiosk):
    """A branch of a branch stores only what is its own."""
    twin = _forked(kiosk)
    twin.rate(2)
    twin.push()
    third = twin.clone()
    twin.rate(3)
    twin.push()
    third.rate(4)
    third.post("push", third.envelope(third.lobby.records[4:]))
    branch = Log.objects.get(branch=2)
    assert (branch.based_on.branch, branch.base_seq, branch.seq) == (1, 4, 5)
    assert RecordRow.objects.filter(log=branch).count() == 1


# --- bodies that come later ----------------------------------------------------------------------------------------


def _bare(kiosk: FakeKiosk, *seqs: int) -> list[Record]:
    """The kiosk lets the bodies of these records go; returns all of its records as they were."""
    whole = list(kiosk.lobby.records)
    kiosk.lobby.records = [erase(one) if one.header.seq in seqs else one for one in whole]
    return whole


def test_a_body_that_comes_later_is_kept_and_counts(kiosk, server):
    """After a restore a kiosk that let bodies go sends headers; a stick in a drawer has the words still."""
    kiosk.ticket(1)
    kiosk.file("ไฟดับ")
    stick = kiosk.envelope()
    whole = _bare(kiosk, 2, 3)
    kiosk.push()
    catch_up()
    assert not Case.objects.exists()
    told = []
    actions.followers.append(lambda: told.append(True))
    try:
        answer = kiosk.read(kiosk.post("push", stick))
    finally:
        actions.followers.pop()
    assert (answer.seq, answer.hash, told) == (3, kiosk.lobby.head.hash, [True])
    assert [(row.salt, row.body) for row in RecordRow.objects.all()] == [(one.salt, one.body) for one in whole]
    catch_up()
    assert (Ticket.objects.count(), Case.objects.get().text) == (1, "ไฟดับ")
    assert {(balance.erased, balance.behind) for balance in balances(server.office)} == {(0, 0)}


def test_a_body_that_is_held_is_never_let_go_or_changed(kiosk):
    """Headers alone, sent again, take nothing away; and what fits another hash fits no row."""
    kiosk.file("ไฟดับ")
    twin = kiosk.clone()
    twin.lobby.records.pop()
    twin.file("อีกเรื่องหนึ่ง")
    other = twin.envelope()
    kiosk.push()
    whole = _bare(kiosk, 2)
    kiosk.post("push", kiosk.envelope())
    assert bytes(RecordRow.objects.get(seq=2).body) == whole[1].body
    RecordRow.objects.filter(seq=2).update(salt=None, body=None)
    assert isinstance(twin.read(twin.post("push", other)), Receipt)
    assert RecordRow.objects.get(seq=2, log__branch=0).body is None


def test_a_body_of_the_part_that_branches_share_is_kept_once(kiosk):
    """It lies on the line that it came on first, whichever brings it, together with what is new."""
    kiosk.file("ไฟดับ")
    whole = _bare(kiosk, 2)
    kiosk.push()
    twin = kiosk.clone()
    kiosk.ticket(1)
    kiosk.push()
    twin.rate(1)
    twin.push()
    twin.rate(2)
    twin.post("push", twin.envelope([*whole, *twin.lobby.records[2:]]))
    assert bytes(RecordRow.objects.get(seq=2).body) == whole[1].body
    catch_up()
    assert Case.objects.get().text == "ไฟดับ"


def test_a_body_that_comes_while_its_log_is_read_is_read_anew(kiosk, server, monkeypatch):
    """The rows were read without it, it comes, and the fold begins: nothing of it is passed over."""
    kiosk.file("ไฟดับ")
    stick = kiosk.envelope()
    _bare(kiosk, 2)
    kiosk.push()
    real, brought = projectors._Runs.take, []

    def bring() -> None:
        brought.append(ingest.accept(stick, now=server.now).status)
        connections.close_all()

    def bring_meanwhile(runs, row):
        if not brought:
            bringer = threading.Thread(target=bring)
            bringer.start()
            bringer.join(timeout=20)
        real(runs, row)

    monkeypatch.setattr(projectors._Runs, "take", bring_meanwhile)
    catch_up(["cases"])
    assert (brought, Case.objects.get().text) == ([200], "ไฟดับ")


# --- restores ------------------------------------------------------------------------------------------------------


def _started(server) -> str:
    import os

    return actions.start(server.office, now=server.now, epoch=os.urandom(16)).epoch


def test_a_start_on_the_same_database_keeps_the_epoch(kiosk, server):
    """Restarting mints nothing and alarms nobody."""
    before = _started(server)
    kiosk.ticket(1)
    kiosk.push()
    actions.save_anchor(server.office)
    assert _started(server) == before
    assert not Alarm.objects.exists()


@on_sqlite
def test_an_older_database_is_noticed_and_filled_again(kiosk, server):
    """After a restore: a new epoch, one alarm, positions further back, and after one contact everything is there
    once.
    """
    _started(server)
    kiosk.ticket(1)
    kiosk.push()
    actions.save_anchor(server.office)
    connections.close_all()
    older = server.data / "older.sqlite3"
    shutil.copy(settings.DATABASES["default"]["NAME"], older)
    for n in range(10):
        kiosk.ticket(n + 2)
    kiosk.push()
    actions.save_anchor(server.office)
    connections.close_all()
    for leftover in server.data.glob("sala.sqlite3*"):
        leftover.unlink()
    shutil.copy(older, settings.DATABASES["default"]["NAME"])

    epoch = _started(server)
    assert Alarm.objects.filter(kind=AlarmKind.SERVER_RESTORED).count() == 1
    heard = kiosk.push()
    assert ServerRestored(kiosk.lobby.id, 2, 12) in heard
    assert Log.objects.get().seq == 12
    catch_up()
    assert list(Ticket.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 12))
    assert _started(server) == epoch
    assert Alarm.objects.filter(kind=AlarmKind.SERVER_RESTORED).count() == 1


@pytest.mark.parametrize("anchor_text", ["", "{", '{"epoch": "00", "stored": 1}', None])
def test_a_missing_or_foreign_anchor_means_a_new_epoch(kiosk, server, anchor_text):
    """A database with records but without its own anchor was put there from somewhere else."""
    before = _started(server)
    kiosk.push()
    path = settings.DATA_DIR / "anchor.json"
    if anchor_text is None:
        path.unlink()
    else:
        path.write_text(anchor_text)
    assert _started(server) != before
    assert anchor.read().stored == 1


# --- crowds --------------------------------------------------------------------------------------------------------


def _at_once(count: int, act) -> list:
    """`act` in `count` threads that begin together; their results, exceptions included."""
    gate, results = threading.Barrier(count), []

    def one() -> None:
        gate.wait()
        try:
            results.append(act())
        except Exception as error:  # noqa: BLE001
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_equal_pushes_at_once_give_one_copy_and_twenty_receipts(kiosk, server):
    """Concurrent resends of a first batch: one copy of each record, twenty receipts for one head, no refusal."""
    for n in range(9):
        kiosk.ticket(n + 1)
    sealed = kiosk.envelope()
    replies = _at_once(20, lambda: ingest.accept(sealed, now=server.now))
    assert {reply.status for reply in replies} == {200}
    heads = {(answer.seq, answer.hash) for answer in (kiosk.read(reply.body) for reply in replies)}
    assert heads == {(10, kiosk.lobby.head.hash)}
    assert RecordRow.objects.count() == 10
    assert Log.objects.count() == 1


def test_many_kiosks_at_once_do_not_mix(server):
    """Logs are independent: pushes of different kiosks at the same time all arrive, each whole."""
    fleet = [
        FakeKiosk.enrolled(server, name=f"ตู้ {letter}", series=letter, seed=ord(letter), post=direct(server.now))
        for letter in "ABCDEF"
    ]
    sealed = []
    for device in fleet:
        for n in range(20):
            device.ticket(n + 1)
        sealed.append(device.envelope())
    waiting = iter(sealed)
    lock = threading.Lock()

    def push_next():
        with lock:
            mine = next(waiting)
        return ingest.accept(mine, now=server.now)

    replies = _at_once(len(fleet), push_next)
    assert [reply.status for reply in replies] == [200] * len(fleet)
    assert list(Log.objects.values_list("seq", flat=True)) == [21] * len(fleet)


def test_two_histories_pushed_at_once_are_both_kept(kiosk, server):
    """The race of a kiosk and its clone ends in two branches, never in an overwritten record."""
    kiosk.push()
    twin = kiosk.clone()
    kiosk.ticket(1)
    twin.ticket(2)
    envelopes = [kiosk.envelope(kiosk.lobby.records[1:]), twin.envelope(twin.lobby.records[1:])]
    replies = _at_once(2, lambda: ingest.accept(envelopes.pop(), now=server.now))
    assert {reply.status for reply in replies} == {200}
    heads = {bytes(log.head_hash) for log in Log.objects.all()}
    assert heads == {kiosk.lobby.head.hash, twin.lobby.head.hash}


def test_many_that_part_from_a_line_at_once_are_all_taken(kiosk, server, monkeypatch):
    """One fork sent by several roads, and others: each gets its receipt, and each history its one branch."""
    twin = _forked(kiosk)
    others = [twin.clone() for _ in range(3)]
    for n, other in enumerate(others):
        other.lobby.records.pop()
        other.rate(n + 2)
    envelopes = [one.envelope(one.lobby.records[2:]) for one in (twin, twin, twin, twin, *others)]
    real = protocol.judge

    def slowly(*args):
        time.sleep(0.1)
        return real(*args)

    monkeypatch.setattr(protocol, "judge", slowly)
    replies = _at_once(len(envelopes), lambda: ingest.accept(envelopes.pop(), now=server.now))
    assert [getattr(reply, "status", reply) for reply in replies] == [200] * 7
    assert list(Log.objects.order_by("branch").values_list("branch", flat=True)) == [0, 1, 2, 3, 4]


@pytest.fixture
def told_meanwhile(kiosk, server, monkeypatch):
    """Kiosks are told of a backup in the middle of what `begin` names: the function that begins it, patched so."""
    epoch, answers = _started(server), []

    def begin(module, name):
        heads = {log.pk: actions._head(log) for log in Log.objects.all()}

        def tell() -> None:
            try:
                answers.append(actions.mark_backed_up(server.office, epoch, heads))
            except Exception as error:  # noqa: BLE001 - compared by the test
                answers.append(error)
            finally:
                connection.close()

        real, teller = getattr(module, name), threading.Thread(target=tell)

        def meanwhile(*args):
            teller.start()
            teller.join(timeout=0.7)
            return real(*args)

        monkeypatch.setattr(module, name, meanwhile)
        return teller, answers

    return begin


def test_a_backup_is_told_of_while_a_log_parts(kiosk, told_meanwhile):
    """Neither of the two waits for what the other one holds."""
    twin = _forked(kiosk)
    teller, answers = told_meanwhile(protocol, "judge")
    assert isinstance(twin.read(twin.post("push", twin.envelope(twin.lobby.records[2:]))), Receipt)
    teller.join()
    assert answers == [True]
    assert list(Log.objects.order_by("branch").values_list("backed_up", flat=True)) == [4, 0]


def test_a_backup_is_told_of_while_a_person_decides(kiosk, server, told_meanwhile):
    """The line that is decided about is the first that the one of them wants, and the last that the other does."""
    twin = _forked(kiosk)
    twin.push()
    teller, answers = told_meanwhile(deciding, "_decide")
    deciding.keep_apart(program(server.office), Log.objects.get(branch=1), "สำเนา", now=server.now)
    teller.join()
    assert answers == [True]


def test_a_gap_is_answered_so_that_the_kiosk_asks_again(kiosk):
    """Records beyond the head are not taken; the refusal says GAP."""
    kiosk.push()
    kiosk.ticket(1)
    kiosk.ticket(2)
    assert kiosk.read(kiosk.post("push", kiosk.envelope(kiosk.lobby.records[2:]))).reason is Reason.GAP
    assert Log.objects.get().seq == 1
