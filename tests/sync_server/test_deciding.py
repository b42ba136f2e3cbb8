"""What counts is decided by people, record by record of their own, and the figures follow both ways."""

import datetime as dt

import pytest
from django.db import DatabaseError
from fake_kiosk import FakeKiosk

from shared.protocol import Stored
from sync_server import projectors
from sync_server.cases.models import Case
from sync_server.cases.queries import visible_to
from sync_server.ingest import actions as ingest
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk, Revocation
from sync_server.organisations.actions import Actor
from sync_server.organisations.models import AuditRow
from sync_server.queues.models import Rating, Ticket
from sync_server.records import deciding, queries
from sync_server.records.models import About, Decision, Log, RecordRow

REASON = "เครื่องหายจากศาลา"


@pytest.fixture
def clerk(staff):
    """The clerk, acting."""
    return Actor.of(staff("palad"))


@pytest.fixture
def kiosk(server):
    """A kiosk that has sent its opening, three tickets, a rating and a case."""
    made = FakeKiosk.enrolled(server)
    for number in range(1, 4):
        made.ticket(number)
    made.rate(4)
    made.file()
    made.push()
    projectors.catch_up()
    return made


def row():
    """The kiosk's row."""
    return Kiosk.objects.get()


def line(branch=0):
    """The kiosk's first log, one line of it."""
    return Log.objects.filter(branch=branch).order_by("pk").first()


def figures(staff):
    """Tickets, ratings and cases that count."""
    projectors.catch_up()
    for balance in projectors.balances(staff("palad").office):
        assert balance.behind == 0, balance
    return Ticket.objects.count(), Rating.objects.count(), visible_to(staff("palad")).count()


def rebuilt(staff):
    """The same after every projection was thrown away and folded anew."""
    for name in projectors.PROJECTORS:
        projectors.rebuild(name)
    return figures(staff)


# --- a revoked kiosk -----------------------------------------------------------------------------------------------


def test_what_comes_after_a_revocation_is_kept_whole_and_counts_nowhere(kiosk, server, clerk, staff):
    """Stored and receipted as set apart, shown with its number, in no figure; what came before counts on."""
    before = figures(staff)
    deciding.revoke(clerk, row(), REASON, now=server.now)
    kiosk.ticket(4)
    kiosk.rate(1)
    kiosk.file("หลังถูกเพิกถอน")
    kiosk.push()
    assert RecordRow.objects.count() == len(kiosk.lobby.records) == 9
    assert kiosk.lobby.receipted == kiosk.lobby.head
    assert figures(staff) == rebuilt(staff) == before == (3, 1, 1)
    assert (line().apart, queries.apart(server.office)) == (3, 3)
    assert Alarm.objects.filter(kind=AlarmKind.REVOKED_SENT).count() == 1


def test_the_kiosk_is_told_plainly(kiosk, server, clerk):
    """The position says revoked, the receipt quarantined, and neither keeps the kiosk from sending."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    ticket = kiosk.ticket(4)
    events = kiosk.push()
    assert any(isinstance(event, Stored) and event.head == kiosk.lobby.head for event in events)
    receipt = kiosk.read(ingest.accept(kiosk.envelope([ticket]), now=server.now).body)
    assert (receipt.level, receipt.seq) == ("quarantined", 7)
    trusted = kiosk.read(ingest.accept(kiosk.envelope(kiosk.lobby.records[:3]), now=server.now).body)
    assert trusted.level == "stored"


def test_trusted_through_an_earlier_record_takes_back_what_was_counted(kiosk, server, clerk, staff):
    """A tablet stolen days ago: figures lose exactly the records after the one that is named."""
    log = line()
    deciding.revoke(clerk, row(), REASON, now=server.now, through={log.log_id: 3})
    assert figures(staff) == rebuilt(staff) == (2, 0, 0)
    assert line().apart == 3
    assert RecordRow.objects.count() == 6
    assert row().trusted_through == {log.log_id: 3}


@pytest.mark.parametrize(("named", "limit"), [(0, 0), (6, 6), (99, 6)])
def test_a_log_is_trusted_no_further_than_it_goes(kiosk, server, clerk, named, limit):
    """Nothing can be trusted in advance."""
    deciding.revoke(clerk, row(), REASON, now=server.now, through={line().log_id: named})
    assert line().counts_through == limit


def test_a_log_that_a_revoked_kiosk_opens_later_counts_nowhere(kiosk, server, clerk, staff):
    """Not even its first record, though its name is known."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    kiosk.open_log("copied", kiosk.lobby.head)
    kiosk.ticket(9)
    kiosk.push()
    assert figures(staff) == (3, 1, 1)
    new = Log.objects.order_by("-pk").first()
    assert (new.name, new.counts_through, new.apart) == ("lobby", 0, 2)


def test_the_clerk_takes_them_in_and_changes_their_mind(kiosk, server, clerk, staff):
    """In, out, in: figures follow each time, and every decision stands in order with who, when and why."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    kiosk.ticket(4)
    kiosk.file("จริงทั้งหมด")
    kiosk.push()
    (waiting,) = queries.doubtful_lines(server.office)
    assert (waiting.open, waiting.apart) == (True, 2)
    deciding.take_in(clerk, line(), "พบเครื่องแล้ว", now=server.now)
    assert figures(staff) == (4, 1, 2)
    deciding.keep_apart(clerk, line(), "ไม่ใช่", now=server.now)
    assert figures(staff) == rebuilt(staff) == (3, 1, 1)
    (looked,) = queries.doubtful_lines(server.office)
    assert (looked.open, looked.apart) == (False, 2)
    deciding.take_in(clerk, line(), "ใช่", now=server.now)
    assert figures(staff) == rebuilt(staff) == (4, 1, 2)
    told = [(each.about, each.counts_through, each.reason) for each in Decision.objects.all()]
    assert told == [
        (About.REVOKED, 6, REASON),
        (About.QUARANTINE, 8, "พบเครื่องแล้ว"),
        (About.QUARANTINE, 6, "ไม่ใช่"),
        (About.QUARANTINE, 8, "ใช่"),
    ]
    assert AuditRow.objects.filter(act__in=["log.take_in", "log.keep_apart"]).count() == 3


def test_taken_in_is_what_was_seen_and_nothing_later(kiosk, server, clerk, staff):
    """What a revoked kiosk sends after the decision waits for another one."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    kiosk.ticket(4)
    kiosk.push()
    deciding.take_in(clerk, line(), "พบแล้ว", now=server.now)
    kiosk.ticket(5)
    kiosk.push()
    assert figures(staff) == (4, 1, 1)
    assert queries.doubtful_lines(server.office)[0].open


def test_a_case_comes_back_with_its_number_and_its_history(kiosk, server, clerk, staff):
    """Put aside, a case is in no list; taken in again it is the same case."""
    number = Case.objects.get().number
    deciding.revoke(clerk, row(), REASON, now=server.now, through={line().log_id: 0})
    assert figures(staff) == (0, 0, 0)
    deciding.reinstate(clerk, row(), "พบเครื่องแล้ว", now=server.now)
    assert figures(staff) == rebuilt(staff) == (3, 1, 1)
    assert visible_to(staff("palad")).get().number == number
    assert Case.objects.get().events.count() == 1


def test_a_revocation_is_taken_back_by_a_record_of_its_own(kiosk, server, clerk, staff):
    """The kiosk writes again, what it sent meanwhile counts, and both records stand."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    kiosk.ticket(4)
    kiosk.open_log("copied", kiosk.lobby.head)
    kiosk.ticket(5)
    kiosk.push()
    deciding.reinstate(clerk, row(), "ส่งคืนแล้ว", now=server.now)
    kiosk.ticket(6)
    kiosk.push()
    assert figures(staff) == rebuilt(staff) == (6, 1, 1)
    assert [(each.revoked, each.reason) for each in Revocation.objects.all()] == [(True, REASON), (False, "ส่งคืนแล้ว")]
    assert row().active
    deciding.revoke(clerk, row(), "อีกครั้ง", now=server.now)
    assert Revocation.objects.count() == 3


def test_what_is_decided_is_never_changed(kiosk, server, clerk):
    """The database itself refuses it, for decisions and revocations alike."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    for rows in (Decision.objects, Revocation.objects):
        with pytest.raises(DatabaseError, match="does not change"):
            rows.update(reason="อื่น")
    for rows in (Decision.objects, Revocation.objects):
        with pytest.raises(DatabaseError, match="does not change"):
            rows.all().delete()


def test_what_cannot_be_decided_changes_nothing(kiosk, server, clerk):
    """A kiosk that is not revoked, one that is already, letters given away, a line in no doubt."""
    for refused in (
        lambda: deciding.reinstate(clerk, row(), "ไม่ได้เพิกถอน", now=server.now),
        lambda: deciding.keep_apart(clerk, line(), "ไม่ชอบ", now=server.now),
    ):
        with pytest.raises(deciding.NotDecided):
            refused()
    deciding.revoke(clerk, row(), REASON, now=server.now)
    with pytest.raises(deciding.NotDecided, match="already"):
        deciding.revoke(clerk, row(), REASON, now=server.now)
    FakeKiosk.enrolled(server, name="ตู้ 2", series="A", seed=2)
    with pytest.raises(deciding.NotDecided, match="A belongs to another"):
        deciding.reinstate(clerk, row_named("ตู้ 1"), "คืน", now=server.now)
    assert not row_named("ตู้ 1").active
    assert line().counts_through == 6


def row_named(name):
    """One kiosk of several."""
    return Kiosk.objects.get(name=name)


@pytest.mark.parametrize("by_place", [False, True])
def test_a_rating_stands_again_where_its_change_is_taken_back(kiosk, server, clerk, staff, by_place):
    """Of a touched face and its change, the change alone is in doubt: then the first face counts."""
    kiosk.change(kiosk.lobby.records[4], 2, by_place=by_place)
    kiosk.push()
    figures(staff)
    assert Rating.objects.get(seq=5).superseded
    deciding.revoke(clerk, row(), REASON, now=server.now, through={line().log_id: 6})
    figures(staff)
    assert not Rating.objects.get().superseded


def test_drill_a_kiosk_is_dead_and_its_disk_turns_up_later(kiosk, server, clerk, staff):
    """Another one takes its letter at once; the old log ends at its last receipt, nothing of it is lost in the figures,
    and what lay unsent on the disk arrives months later, is looked at, and counts.
    """
    kiosk.ticket(4)
    kiosk.file("ยังไม่ได้ส่ง")
    ended = kiosk.lobby.receipted
    deciding.revoke(clerk, row(), "เครื่องพัง", now=server.now)
    assert (line().seq, bytes(line().head_hash)) == (ended.seq, ended.hash)
    successor = FakeKiosk.enrolled(server, name="ตู้ 1 เครื่องใหม่", series="A", seed=5)
    successor.ticket(100)
    successor.push()
    assert figures(staff) == (4, 1, 1)
    kiosk.push()
    assert figures(staff) == (4, 1, 1)
    deciding.take_in(clerk, line(), "กู้ดิสก์ได้", now=server.now)
    assert figures(staff) == rebuilt(staff) == (5, 1, 2)


# --- a fork --------------------------------------------------------------------------------------------------------


@pytest.fixture
def copied(kiosk, server):
    """The kiosk's copy."""
    made = FakeKiosk(kiosk.me, kiosk.post, server.now, seed=99)
    made.logs = {kiosk.lobby.id: type(kiosk.lobby)("lobby", kiosk.lobby.id, list(kiosk.lobby.records))}
    made.lobby.receipted, made.lobby.epoch = kiosk.lobby.receipted, kiosk.lobby.epoch
    return made


@pytest.fixture
def twin(kiosk, copied):
    """The copy wrote two tickets where the kiosk then wrote one; both have been in contact."""
    kiosk.ticket(4)
    kiosk.push()
    copied.ticket(40)
    copied.ticket(41)
    copied.push()
    return copied


def test_of_a_fork_the_main_line_counts_until_the_clerk_has_looked(twin, staff, server):
    """Both are kept whole; what nobody decided about is told, and is in no figure."""
    assert figures(staff) == (4, 1, 1)
    assert RecordRow.objects.count() == 9
    lines = queries.doubtful_lines(server.office)
    assert [(each.log.branch, each.apart, each.open) for each in lines] == [(1, 2, True), (0, 0, False)]


def test_both_count_or_this_one_does_not(twin, staff, server, clerk):
    """The clerk's decision, on either side, each time by a record of its own; figures follow every one."""
    deciding.take_in(clerk, line(1), "คนละวัน", now=server.now)
    assert figures(staff) == rebuilt(staff) == (6, 1, 1)
    deciding.keep_apart(clerk, line(0), "เครื่องทดสอบ", now=server.now)
    assert figures(staff) == rebuilt(staff) == (5, 1, 1)
    deciding.take_in(clerk, line(0), "ไม่ใช่เครื่องทดสอบ", now=server.now)
    deciding.keep_apart(clerk, line(1), "เป็นสำเนา", now=server.now)
    assert figures(staff) == rebuilt(staff) == (4, 1, 1)
    assert [each.about for each in Decision.objects.all()] == [About.FORK] * 4


def test_a_fork_of_a_revoked_kiosk_is_as_it_was_when_it_is_let_in_again(twin, staff, server, clerk):
    """Revoking and taking it back leaves an undecided line undecided."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    deciding.reinstate(clerk, row(), "คืน", now=server.now)
    assert figures(staff) == (4, 1, 1)
    assert queries.doubtful_lines(server.office)[0].open
    assert line(1).counts_through == line(1).base_seq


@pytest.mark.parametrize("before", [0, 1])
def test_what_the_clerk_decided_of_a_fork_outlives_a_revocation(twin, staff, server, clerk, before):
    """The main line was kept apart and the other one counts, before or while the kiosk is shut out: so it is when it is
    let in again, and again after a second time.
    """

    def decide():
        deciding.keep_apart(clerk, line(), "สำเนา", now=server.now)
        deciding.take_in(clerk, line(1), "ของจริง", now=server.now)

    if before:
        decide()
    deciding.revoke(clerk, row(), REASON, now=server.now)
    if not before:
        decide()
    for _ in range(2):
        deciding.reinstate(clerk, row(), "คืน", now=server.now)
        assert (line().counts_through, line(1).counts_through) == (line(1).base_seq, None)
        deciding.revoke(clerk, row(), REASON, now=server.now)


@pytest.mark.parametrize("changes", ["kiosk", "copied", "both"])
@pytest.mark.parametrize("of_seq", [5, 7])
@pytest.mark.parametrize("by_place", [False, True])
def test_a_change_of_a_rating_is_of_its_own_line(kiosk, copied, server, clerk, staff, changes, of_seq, by_place):
    """Each line has a rating 7, and both have the rating 5 of before they parted: a change on one line leaves the
    rating 7 of the other alone, whatever comes first, is counted, kept apart or folded anew.
    """
    for each, score in ((kiosk, 3), (copied, 2)):
        each.rate(score)
        if changes in ("both", "kiosk" if each is kiosk else "copied"):
            each.change(each.lobby.records[of_seq - 1], 1, by_place=by_place)
        each.push()
    standing = {(line_, seq) for line_, seq in ((0, 5), (0, 7), (1, 7))}
    changed = {0} if changes == "kiosk" else {1} if changes == "copied" else {0, 1}
    lines = {branch.branch: branch for branch in Log.objects.all()}
    for counted in ({0, 1}, {0}, {1}, {0, 1}):
        for branch in (0, 1):
            act = deciding.take_in if branch in counted else deciding.keep_apart
            act(clerk, lines[branch], "ดูแล้ว", now=server.now)
        gone = {(0 if of_seq == 5 else branch, of_seq) for branch in changed & counted}
        wanted = {each for each in standing if each[0] in counted or each == (0, 5)} - gone
        for fold in (figures, rebuilt):
            fold(staff)
            rows = Rating.objects.filter(superseded=False, of_seq=None).values_list("log__branch", "seq")
            assert set(rows) == wanted, (counted, fold)


# --- complaints about people -----------------------------------------------------------------------------------------


def test_no_decision_keeps_a_complaint_from_its_readers(kiosk, server, clerk, staff):
    """Neither revoking the kiosk nor leaving a line uncounted makes a complaint about a person vanish; no page about
    lines gives a hint of one.
    """
    from sealing import complain, seat

    from sync_server.sealed.models import SealedCase

    keys = [seat(server, "palad", "clerk"), seat(server, "nayok", "chief", seed=2)]
    complain(kiosk, keys)
    deciding.revoke(clerk, row(), REASON, now=server.now, through={line().log_id: 0})
    complain(kiosk, keys)
    figures(staff)
    assert SealedCase.objects.count() == 2
    assert [each.log.name for each in queries.doubtful_lines(server.office)] == ["lobby"]
    assert queries.apart(server.office) == 6


def test_revoking_waits_for_no_clock(kiosk, server, clerk):
    """The order of decisions is theirs, not that of their times: a clock set back changes nothing."""
    deciding.revoke(clerk, row(), REASON, now=server.now)
    deciding.reinstate(clerk, row(), "คืน", now=server.now - dt.timedelta(days=400))
    deciding.revoke(clerk, row(), "อีก", now=server.now - dt.timedelta(days=800))
    deciding.reinstate(clerk, row(), "คืนอีก", now=server.now - dt.timedelta(days=1200))
    assert line().counts_through is None
