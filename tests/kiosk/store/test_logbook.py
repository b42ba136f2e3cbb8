"""The logbook: chain behind chain, receipts that never go back, and damage that ends a log but never the kiosk."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.store import KeptReceipt, Logbook, NoLog, RecordDamaged, StoreError, check_all
from kiosk.store.logbook import PRUNE_AFTER_MS, TAIL_COUNT
from shared import kinds
from shared.errors import Fork, Gap, Malformed
from shared.log import Head, verify
from shared.records import NO_HASH, commit, header_hash
from tests.kiosk.store.conftest import Desk, moment, rating

DAY_MS = 24 * 3600 * 1000


def answer(desk, seq, *, backed_up=0, epoch=b"epoch-1", server_ms=0, log=None):
    """A verified answer of the server, handed to the logbook."""
    log = log or desk.book.logs()[-1].log
    with desk.store.transaction() as tx:
        desk.book.record_receipt(
            tx, log=log, seq=seq, hash_=desk.book.hash_at(seq, log), backed_up=backed_up, epoch=epoch,
            server_ms=server_ms, signed=b"signed %d" % seq,
        )  # fmt: skip


def spoil_record(desk, seq, *, log=None, sql="UPDATE record SET data = zeroblob(length(data)) WHERE place = ?"):
    """Damage record `seq` behind the store's back."""
    entry = desk.book._now() if log is None else desk.book._entry(log)
    desk.spoil(sql, desk.book._shelf(entry).place(seq))


def test_records_are_linked_from_the_first(desk):
    """Seq counts without gaps, each record names the one before it, and the head is the last."""
    for n in range(5):
        desk.rate(n + 1, n)
    records = list(desk.book.after(0))
    assert [record.header.seq for record in records] == [1, 2, 3, 4, 5, 6]
    assert verify(Head.empty(desk.book.head.log), records) == desk.book.head
    opened = kinds.decode(records[0].header.kind, records[0].header.schema, records[0].body)
    assert opened == kinds.LogOpened("lobby", "enrolled", b"", 0, b"", "test 1")
    assert records[3].header.at == moment(2)
    assert records[3].header.edition == 2


def test_the_head_survives_a_restart(desk):
    """What follows after opening again follows the last record of before."""
    desk.rate()
    head = desk.book.head
    desk.reopen()
    assert desk.book.head == head
    assert desk.rate().header.prev == head.hash


def test_a_head_is_never_remembered_older_than_it_is(desk, monkeypatch):
    """Whoever reads the head first after opening holds the others off until it is remembered."""
    desk.store._heads.clear()
    real = Logbook._examine
    others = []

    def interrupted(self, entry):
        found = real(self, entry)
        if not others:
            others.append(threading.Thread(target=desk.rate))
            others[0].start()
            others[0].join(timeout=0.2)
        return found

    monkeypatch.setattr(Logbook, "_examine", interrupted)
    assert desk.book.head.seq == 1
    others[0].join()
    assert desk.rate().header.seq == 3


def test_a_salt_may_be_given_and_is_else_random(desk):
    """The salt is the caller's or fresh: two equal ratings do not look equal."""
    with desk.store.transaction() as tx:
        given_salt = desk.book.append(tx, rating(), at=moment(0), edition=1, salt=bytes(16))
        one = desk.book.append(tx, rating(), at=moment(0), edition=1)
        two = desk.book.append(tx, rating(), at=moment(0), edition=1)
    assert given_salt.salt == bytes(16)
    assert one.salt != two.salt
    assert one.header.commitment == commit(one.salt, one.body)


def test_a_body_that_could_not_be_read_back_is_refused(desk):
    """A wrong type in a body stops the touch before anything is written."""
    head = desk.book.head
    with pytest.raises(Malformed), desk.store.transaction() as tx:
        desk.book.append(
            tx, kinds.RatingGiven("2026-11-25", "five", "walk-by", "", repeat=False), at=moment(0), edition=1
        )
    assert desk.book.head == head


def test_nothing_is_appended_before_enrolment(desk):
    """A name without a log says so; other names are not touched by it."""
    other = Logbook(desk.store, "confidential", software="test 1")
    with pytest.raises(NoLog), desk.store.transaction() as tx:
        other.append(tx, rating(), at=moment(0), edition=1)
    with pytest.raises(NoLog):
        _ = other.head
    assert other.logs() == ()
    assert other.counts().captured == 0
    assert other.hash_at(1) is None


def test_two_names_do_not_mix(desk):
    """Lobby and confidential count apart in one file."""
    other = Logbook(desk.store, "confidential", software="test 1")
    with desk.store.transaction() as tx:
        other.open_new(tx, "enrolled", at=moment(0), edition=1)
        desk.book.append(tx, rating(), at=moment(0), edition=1)
        other.append(tx, rating(1), at=moment(0), edition=1)
    assert (desk.book.head.seq, other.head.seq) == (2, 2)
    assert desk.book.head.log != other.head.log
    assert [view.name for view in other.logs()] == ["confidential"]


def test_reading_keeps_to_its_limits(desk):
    """By count and by bytes, and always at least one record, so that a reader never stands still."""
    for _ in range(20):
        desk.rate()
    size = len(desk.store.load_run(desk.book._shelf(desk.book._now()), 5, 5)[0][1])
    seqs = lambda records: [record.header.seq for record in records]  # noqa: E731
    assert seqs(desk.book.after(3, limit_count=4)) == [4, 5, 6, 7]
    assert seqs(desk.book.after(3, limit_bytes=size * 3 + 2)) == [4, 5, 6]
    assert seqs(desk.book.after(3, limit_bytes=1)) == [4]
    assert seqs(desk.book.after(21)) == []
    assert seqs(desk.book.between(2, 4)) == [2, 3, 4]
    assert seqs(desk.book.between(20, 99)) == [20, 21]


def test_hashes_are_told_by_seq(desk):
    """Zeros before the first record, None behind the head or for a log that is not ours."""
    desk.rate()
    head = desk.book.head
    assert desk.book.hash_at(0) == NO_HASH
    assert desk.book.hash_at(head.seq) == head.hash
    assert desk.book.hash_at(head.seq + 1) is None
    assert desk.book.hash_at(1, b"x" * 16) is None


def test_a_new_log_cites_the_old_one(desk):
    """After a copied disk: the old log ends at its head, the new one names it, both are readable and pushable."""
    desk.rate()
    old = desk.book.head
    with desk.store.transaction() as tx:
        record = desk.book.open_new(tx, "copied", at=moment(9), edition=3)
    opened = kinds.decode(record.header.kind, record.header.schema, record.body)
    assert (opened.reason, opened.parent_log, opened.parent_seq, opened.parent_hash) == ("copied", old.log, 2, old.hash)
    first, second = desk.book.logs()
    assert (first.ended, first.head, second.ended) == (True, old, False)
    assert desk.book.head.log == second.log != old.log
    assert len(list(desk.book.after(0, log=old.log))) == 2
    desk.reopen()
    assert desk.rate().header.log == second.log


def test_receipts_are_kept_and_counted(desk):
    """Captured, stored, backed up, waiting and since when; every answer that said something new is kept as it came."""
    for n in range(1, 10):
        desk.rate(ms=n)
    assert desk.book.counts().waiting_since == moment(0)
    answer(desk, 4, backed_up=2)
    answer(desk, 4, backed_up=2)
    answer(desk, 7, backed_up=5)
    desk.reopen()
    counts = desk.book.counts()
    assert (counts.captured, counts.stored, counts.backed_up, counts.waiting) == (10, 7, 5, 3)
    assert counts.waiting_since == moment(7)
    view = desk.book.logs()[0]
    assert (view.receipted, view.backed_up) == (Head(view.log, 7, desk.book.hash_at(7)), 5)
    kept = desk.book.receipts(view.log)
    assert [receipt.signed for receipt in kept] == [b"signed 4", b"signed 7"]
    assert kept[1] == KeptReceipt(7, desk.book.hash_at(7), 5, b"epoch-1", 0, b"signed 7")
    answer(desk, 10)
    assert desk.book.counts().waiting_since is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8)), max_size=8))
def test_within_an_epoch_no_number_goes_back(tmp_path_factory, told):
    """Answers in any order: stored and backed up are the highest that were said, and never above what is stored."""
    desk = Desk(tmp_path_factory.mktemp("told") / "store.db")
    for _ in range(7):
        desk.rate()
    for seq, backed_up in told:
        answer(desk, seq, backed_up=min(backed_up, seq))
    counts = desk.book.counts()
    assert counts.stored == max((seq for seq, _ in told), default=0)
    assert counts.backed_up == max((min(backed_up, seq) for seq, backed_up in told), default=0)
    desk.store.close()


def test_a_new_epoch_begins_from_what_it_says(desk):
    """A restored server: what it lost waits again, and backups of the old epoch no longer count."""
    for _ in range(9):
        desk.rate()
    answer(desk, 9, backed_up=8)
    answer(desk, 3, backed_up=1, epoch=b"epoch-2")
    counts = desk.book.counts()
    assert (counts.stored, counts.backed_up, counts.waiting) == (3, 1, 7)


def test_an_answer_about_a_record_we_do_not_have_is_refused(desk):
    """Ahead of us, or another hash at our seq: an error, and nothing changes."""
    desk.rate()
    log = desk.book.head.log
    for seq, hash_, error in ((3, bytes(32), Gap), (2, bytes(32), Fork)):
        with pytest.raises(error), desk.store.transaction() as tx:
            desk.book.record_receipt(
                tx, log=log, seq=seq, hash_=hash_, backed_up=0, epoch=b"e", server_ms=0, signed=b""
            )
    assert desk.book.counts().stored == 0


def test_an_idle_poll_is_not_written(desk):
    """An answer that says nothing new costs no write; only the server's time is noted once an hour."""
    answer(desk, 1)
    pages = desk.store.wal_pages
    answer(desk, 1, server_ms=1000)
    assert desk.store.wal_pages == pages
    answer(desk, 1, server_ms=2 * 3600 * 1000)
    assert desk.store.wal_pages > pages
    assert len(desk.book.receipts(desk.book.head.log)) == 1


def prune(desk):
    """Prune until there is nothing left to look at."""
    total = 0
    while True:
        with desk.store.transaction() as tx:
            looked_at = desk.book.prune(tx, limit=3)
        if not looked_at:
            return total
        total += looked_at


def bodies(desk):
    """The seqs of records that still have their body."""
    return [record.header.seq for record in desk.book.after(0) if record.body is not None]


def test_bodies_stay_until_backed_up_and_35_days(desk):
    """Both must be true, by two times that the server signed; headers, receipts and `log.opened` stay for ever."""
    for _ in range(9):
        desk.rate()
    head = desk.book.head
    answer(desk, 10, server_ms=1)
    answer(desk, 10, server_ms=2 + PRUNE_AFTER_MS)
    assert prune(desk) == 0, "35 days, but in no backup"
    answer(desk, 10, backed_up=6, server_ms=DAY_MS + PRUNE_AFTER_MS)
    assert prune(desk) == 0, "in a backup, but since today"
    answer(desk, 10, backed_up=6, server_ms=DAY_MS + 2 * PRUNE_AFTER_MS - 1)
    assert prune(desk) == 0, "a millisecond short"
    answer(desk, 10, backed_up=6, server_ms=DAY_MS + 2 * PRUNE_AFTER_MS + 3600_000)
    assert prune(desk) == 6
    assert bodies(desk) == [1, 7, 8, 9, 10]
    assert desk.book.check(head.log) == 10
    assert desk.book.head == head
    assert desk.book.receipts(head.log)
    desk.reopen()
    assert bodies(desk) == [1, 7, 8, 9, 10]
    assert desk.rate().header.seq == 11


def test_each_backup_ripens_by_itself(desk):
    """Records backed up on later days go on later days; a second answer on one day makes none go sooner."""
    for _ in range(9):
        desk.rate()
    for day, backed_up in ((0, 2), (0.4, 3), (2, 6), (5, 9)):
        answer(desk, 10, backed_up=backed_up, server_ms=int(day * DAY_MS) + 1)
    left = []
    for day in (35, 35.5, 37.5, 41):
        answer(desk, 10, backed_up=9, server_ms=int(day * DAY_MS) + 1)
        prune(desk)
        left.append(bodies(desk))
    assert left == [list(range(1, 11)), [1, *range(4, 11)], [1, *range(7, 11)], [1, 10]]


def test_a_new_epoch_stops_pruning(desk):
    """Backups of before a restore do not count: nothing is given up on their word."""
    for _ in range(5):
        desk.rate()
    answer(desk, 6, backed_up=6, server_ms=1)
    answer(desk, 6, backed_up=0, epoch=b"epoch-2", server_ms=2 * PRUNE_AFTER_MS)
    assert prune(desk) == 0


def test_an_old_log_waits_until_the_restored_server_has_spoken_of_it(desk):
    """One log heard the new epoch, the other not yet: what an older backup promised lets go of nothing."""
    for _ in range(5):
        desk.rate()
    old = desk.book.head.log
    answer(desk, 6, backed_up=6, server_ms=1)
    with desk.store.transaction() as tx:
        desk.book.open_new(tx, "forked", at=moment(0), edition=1)
    answer(desk, 1, epoch=b"epoch-2", server_ms=2 * PRUNE_AFTER_MS)
    assert prune(desk) == 0
    answer(desk, 6, backed_up=6, epoch=b"epoch-2", server_ms=3 * PRUNE_AFTER_MS, log=old)
    assert prune(desk) == 0, "told again today"
    answer(desk, 1, epoch=b"epoch-2", server_ms=4 * PRUNE_AFTER_MS)
    assert prune(desk) == 6
    assert [record.header.seq for record in desk.book.after(0, log=old) if record.body is not None] == [1]


def test_a_new_epoch_counts_before_anything_is_said_of_a_log(desk):
    """An answer that confirmed nothing was in another epoch: what was promised before lets go of nothing."""
    for _ in range(5):
        desk.rate()
    answer(desk, 6, backed_up=6, server_ms=1)
    answer(desk, 6, backed_up=6, server_ms=2 + PRUNE_AFTER_MS)
    with desk.store.transaction() as tx:
        desk.book.know_epoch(tx, b"epoch-2")
    assert prune(desk) == 0


def test_no_body_goes_without_its_receipt(desk):
    """The receipt that would let bodies go has rotted: they stay, and the rot is named."""
    for _ in range(5):
        desk.rate()
    answer(desk, 6, backed_up=6, server_ms=1)
    answer(desk, 6, backed_up=6, server_ms=2 + PRUNE_AFTER_MS)
    desk.spoil("UPDATE receipt SET data = zeroblob(length(data)) WHERE place > ?", 0)
    assert prune(desk) == 0
    assert bodies(desk) == [1, 2, 3, 4, 5, 6]
    assert desk.store.faults
    desk.rate()
    answer(desk, 7, backed_up=7, server_ms=3 + PRUNE_AFTER_MS)
    answer(desk, 7, backed_up=7, server_ms=4 + 2 * PRUNE_AFTER_MS)
    assert prune(desk) == 7


def test_a_damaged_last_record_is_named_and_a_new_log_goes_on(desk):
    """The good prefix stays readable, the damage is named by log and seq, the next touch opens a new log first."""
    for _ in range(4):
        desk.rate()
    old = desk.book.head
    before = desk.book.hash_at(4)
    spoil_record(desk, 5)
    view = desk.book.logs()[0]
    assert (view.damaged_seq, view.head, view.captured) == (5, Head(old.log, 4, before), 4)
    assert len(list(desk.book.between(1, 4))) == 4
    with pytest.raises(RecordDamaged) as damage:
        list(desk.book.after(0))
    assert (damage.value.log, damage.value.seq) == (old.log, 5)
    record = desk.rate(3)
    first, second = desk.book.logs()
    assert record.header.log == second.log
    assert record.header.seq == 2
    opened = next(iter(desk.book.after(0)))
    body = kinds.decode(opened.header.kind, opened.header.schema, opened.body)
    assert (body.reason, body.parent_log, body.parent_seq, body.parent_hash) == ("damaged", old.log, 4, before)
    assert first.ended
    assert any("record 5" in fault for fault in desk.store.faults)
    desk.reopen()
    assert desk.rate().header.log == second.log


@pytest.mark.parametrize("sql", [
    "UPDATE record SET data = zeroblob(length(data)) WHERE place = ?",
    "UPDATE record SET data = substr(data, 1, length(data) - 1) WHERE place = ?",
    "DELETE FROM record WHERE place = ?",
])  # fmt: skip
def test_damage_in_the_middle_strands_what_follows_until_it_is_carried_over(desk, sql):
    """Flipped, cut or missing: the log ends before it; what lies behind it and was never stored is appended anew."""
    for n in range(1, TAIL_COUNT * 2):
        desk.rate(n % 5 + 1, n)
    total = desk.book.head.seq
    log = desk.book.head.log
    answer(desk, 3)
    times = [record.header.at for record in desk.book.after(0)]
    spoil_record(desk, 10, sql=sql)
    findings = check_all(desk.store)
    assert any("record 10" in fault for fault in findings.faults)
    desk.rate(5, 999)
    old, new = desk.book.logs()
    assert (old.ended, old.damaged_seq, old.head.seq, old.captured) == (True, 10, 9, total)
    assert old.stranded == total - 10
    assert old.waiting == 6 + old.stranded
    carried = 0
    while True:
        with desk.store.transaction() as tx:
            step = desk.book.carry_over(tx, log, limit=20)
        if not step:
            break
        carried += step
    assert carried == total - 10
    assert desk.book.logs()[0].stranded == 0
    again = [record.header.at for record in desk.book.after(2, log=new.log)]
    assert again == times[10:]
    assert desk.book.check(desk.book.head.log) == desk.book.head.seq


def test_damage_behind_a_receipt_strands_nothing(desk):
    """What the server holds need not be sent again: the log is pushed on from its receipt to its end."""
    for _ in range(TAIL_COUNT * 2):
        desk.rate()
    head = desk.book.head
    answer(desk, 30)
    spoil_record(desk, 10)
    check_all(desk.store)
    desk.rate()
    old, _ = desk.book.logs()
    assert (old.damaged_seq, old.head, old.stranded, old.waiting) == (10, head, 0, head.seq - 30)
    assert desk.book.hash_at(10, old.log) is not None, "the next record tells it"
    assert [record.header.seq for record in desk.book.after(30, log=old.log)][-1] == head.seq


def test_of_two_damaged_records_the_one_the_server_lacks_stops_the_log(desk):
    """Damage behind the receipt hides none before it; a server that lost what it held gets the rest of that, too."""
    for _ in range(TAIL_COUNT * 2):
        desk.rate()
    total, log = desk.book.head.seq, desk.book.head.log
    answer(desk, 30)
    spoil_record(desk, 10)
    spoil_record(desk, 35)
    for seq in (35, 10, 35):
        with desk.store.transaction() as tx:
            desk.book.mark_damaged(tx, log, seq)
    desk.rate()
    old, _ = desk.book.logs()
    assert (old.damaged_seq, old.head.seq, old.stranded) == (35, 34, total - 35)
    assert carried(desk, log, limit=7) == total - 35
    with desk.store.transaction() as tx:
        desk.book.forget_receipt(tx, log)
        desk.book.mark_damaged(tx, log, 10)
    old, new = desk.book.logs()
    assert (old.damaged_seq, old.head.seq, old.stranded) == (10, 9, 25)
    assert carried(desk, log, limit=7) == 25
    assert desk.book.logs()[0].stranded == 0
    assert desk.book.head.seq == 2 + (total - 35) + 24
    assert desk.book.check(new.log) == desk.book.head.seq


@pytest.mark.parametrize("wrong_ms", [60_000, 4 * 10**12])
def test_bodies_outlive_a_wrong_clock_of_the_server(desk, wrong_ms):
    """A backup is made while the server's clock is years off; put right, it does not say that 35 days have passed."""
    for _ in range(5):
        desk.rate()
    right_ms = 1_773_632_000_000
    answer(desk, 6, server_ms=right_ms)
    answer(desk, 6, backed_up=6, server_ms=wrong_ms)
    for after_ms in (DAY_MS, PRUNE_AFTER_MS):
        answer(desk, 6, backed_up=6, server_ms=right_ms + after_ms)
        with desk.store.transaction() as tx:
            desk.book.prune(tx)
        assert all(record.body is not None for record in desk.book.after(0))
    answer(desk, 6, backed_up=6, server_ms=right_ms + PRUNE_AFTER_MS + 2 * DAY_MS)
    with desk.store.transaction() as tx:
        desk.book.prune(tx)
    erased = sum(record.body is None for record in desk.book.after(0))
    assert erased == (5 if wrong_ms < right_ms else 0)


def test_the_lost_end_of_a_log_that_was_left_is_damage(desk):
    """Nothing behind the missing rows shows that they are missing; the log's own entry knows how far it went."""
    for _ in range(5):
        desk.rate()
    log = desk.book.head.log
    with desk.store.transaction() as tx:
        desk.book.open_new(tx, "copied", at=moment(9), edition=1)
    for seq in (5, 6):
        spoil_record(desk, seq, log=log, sql="DELETE FROM record WHERE place = ?")
    with pytest.raises(RecordDamaged) as damage:
        list(desk.book.after(0, log=log))
    assert (damage.value.log, damage.value.seq) == (log, 5)
    assert len(list(desk.book.after(0, log=log, limit_count=4))) == 4
    with pytest.raises(RecordDamaged):
        list(desk.book.after(4, log=log))
    assert len(list(desk.book.between(1, 4, log=log))) == 4
    [fault] = check_all(desk.store).faults
    assert "record 5" in fault
    assert desk.book.logs()[0].damaged_seq == 5


def carried(desk, log, *, limit):
    """How many records were looked at until none was stranded."""
    looked = 0
    while True:
        with desk.store.transaction() as tx:
            step = desk.book.carry_over(tx, log, limit=limit)
        if not step:
            return looked
        looked += step


def test_a_run_of_damaged_records_can_be_told_of(desk):
    """Neither the last good record's hash nor the age of the oldest that waits may stop whoever only asks."""
    for _ in range(TAIL_COUNT * 2):
        desk.rate()
    log = desk.book.head.log
    for seq in (9, 10, 11):
        spoil_record(desk, seq)
    with desk.store.transaction() as tx:
        desk.book.mark_damaged(tx, log, 10)
    [view] = desk.book.logs()
    assert (view.damaged_seq, view.head.seq) == (10, 8)
    answer(desk, 8)
    assert desk.book.counts().waiting_since is None


def test_a_sound_store_has_no_findings(desk):
    """The slow look counts what holds and finds nothing else; damage to a document is named."""
    for _ in range(3):
        desk.rate()
    desk.store.table("t").insert_multiple([{}, {}])
    findings = check_all(desk.store)
    assert (findings.records, findings.documents, findings.faults) == (4, 2, ())
    place = desk.store.table_shelf("t").place(1)
    desk.spoil("UPDATE document SET data = x'00' WHERE place = ?", place)
    findings = check_all(desk.store)
    assert (findings.records, findings.documents, len(findings.faults)) == (4, 1, 1)


def test_a_log_that_ends_before_its_receipt_is_reported(desk):
    """The last rows are gone without a trace: the receipt still knows them."""
    for _ in range(4):
        desk.rate()
    answer(desk, 5)
    spoil_record(desk, 5, sql="DELETE FROM record WHERE place = ?")
    [fault] = check_all(desk.store).faults
    assert "ends at 4, but the server holds 5" in fault


def test_a_record_moved_to_another_seq_is_seen(desk):
    """Rows cannot change places: the place is part of what is sealed."""
    for _ in range(3):
        desk.rate()
    shelf = desk.book._shelf(desk.book._now())
    desk.spoil("UPDATE record SET data = (SELECT data FROM record WHERE place = ?) WHERE place = ?",
               shelf.place(2), shelf.place(3))  # fmt: skip
    with pytest.raises(RecordDamaged):
        list(desk.book.after(0))


def test_the_same_number_is_never_written_twice(desk):
    """Should two heads ever meet, SQLite itself refuses the second record of one seq."""
    record = desk.rate()
    entry = desk.book._now()
    before = Head(entry.log, 1, record.header.prev)
    with pytest.raises(StoreError, match="UNIQUE"), desk.store.transaction() as tx:
        tx.add_record(desk.book._shelf(entry), record, before, Head(entry.log, 2, header_hash(record.header)))
