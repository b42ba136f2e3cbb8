"""Threads that write at the same moment share one commit, and nothing else: not a verdict, and not a fault."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from fake_kiosk import FakeKiosk

from shared.protocol import NotTaken, Reason, Receipt
from sync_server.ingest.actions import accept
from sync_server.organisations.models import Holiday
from sync_server.records.models import RecordRow
from sync_server.records.together import Together, together

pytestmark = pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL gathers commits itself")


def _at_once(works):
    """Run `works`, each in a thread, so that all have come before the first is done; what came of each, in order."""

    def one(work):
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - compared below
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        with together._writing:
            futures = []
            for count, work in enumerate(works, 1):
                futures.append(pool.submit(one, work))
                _wait_until(lambda count=count: len(together._gathered) == count)
        return [future.result(timeout=60) for future in futures]


def _together(*works):
    return _at_once([lambda work=work: together(work) for work in works])


def _wait_until(holds):
    give_up = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < give_up, "they did not all come"
        time.sleep(0.002)


@pytest.fixture
def commits(server, monkeypatch):
    """Grows by one with each transaction that is committed, and names its thread."""
    seen = []
    real = BaseDatabaseWrapper._commit

    def counted(self):
        real(self)
        seen.append(threading.get_ident())

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", counted)
    return seen


def _closed(server, day, fault=None):
    """Work that keeps one row, and may fail after it."""

    def work():
        Holiday.objects.create(office=server.office, day=f"2040-02-{day:02}", name="together")
        if fault is not None:
            raise fault
        return day

    return work


def _kept():
    return sorted(row.day.day for row in Holiday.objects.filter(name="together"))


def test_kiosks_that_push_together_share_a_commit_and_get_each_their_own_receipt(server, commits):
    """Three envelopes that wait for one writer are committed once; each receipt names its sender's own head."""
    kiosks = [FakeKiosk.enrolled(server, name=f"ตู้ {n}", series="ABC"[n], seed=n) for n in range(3)]
    for kiosk in kiosks:
        kiosk.ticket(1)
    sealed = [kiosk.envelope() for kiosk in kiosks]
    commits.clear()
    replies = _at_once([lambda data=data: accept(data, now=server.now) for data in sealed])
    assert len(commits) == 1
    for kiosk, reply in zip(kiosks, replies, strict=True):
        receipt = kiosk.read(reply.body)
        assert isinstance(receipt, Receipt)
        assert (receipt.log, receipt.seq, receipt.hash) == (kiosk.lobby.id, 2, kiosk.lobby.head.hash)
    assert RecordRow.objects.count() == 6


def test_a_verdict_undoes_only_the_work_that_met_it(server, commits):
    """What one thread wrote before `NotTaken` is gone, what the others wrote is kept, in the same commit."""
    verdict = NotTaken(Reason.BROKEN)
    works = [_closed(server, 1), _closed(server, 2, verdict), _closed(server, 3)]
    assert _together(*works) == [1, verdict, 3]
    assert len(commits) == 1
    assert _kept() == [1, 3]


def test_a_verdict_alone_leaves_nothing(server):
    """Without company there is no savepoint, and the work is undone as well."""
    with pytest.raises(NotTaken):
        together(_closed(server, 1, NotTaken(Reason.GAP)))
    assert _kept() == []
    assert together(_closed(server, 2)) == 2
    assert _kept() == [2]


def test_a_fault_is_nobody_elses_answer(server, commits):
    """After any other fault each is tried by itself: the others are kept, and the fault goes to whom it belongs."""
    fault = ValueError("mine alone")
    works = [_closed(server, 1), _closed(server, 2, fault), _closed(server, 3)]
    assert _together(*works) == [1, fault, 3]
    assert len(commits) == 2
    assert _kept() == [1, 3]


def test_a_commit_that_fails_is_told_to_everyone(server, monkeypatch):
    """Where the disk does not take the commit, nobody gets an answer that says otherwise, and nothing is kept."""
    full = OperationalError("database or disk is full")

    def refuse(self):
        raise full

    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "_commit", refuse)
        assert _together(_closed(server, 1), _closed(server, 2)) == [full, full]
    connection.close()
    assert _kept() == []
    assert together(_closed(server, 3)) == 3


def test_an_undone_transaction_is_never_taken_for_a_commit(server):
    """SQLite may roll everything back by itself, savepoints included: then all are told, verdicts or not."""

    def rolled_back():
        connection.cursor().execute("ROLLBACK")
        raise NotTaken(Reason.BROKEN)

    outcomes = _together(_closed(server, 1), rolled_back)
    assert all(isinstance(outcome, OperationalError) for outcome in outcomes)
    connection.close()
    assert _kept() == []


def test_a_line_of_its_own_serves_each_process(server):
    """The line remembers nothing between works."""
    line = Together()
    assert [line(_closed(server, day)) for day in (1, 2, 3)] == [1, 2, 3]
    assert line._gathered == []
