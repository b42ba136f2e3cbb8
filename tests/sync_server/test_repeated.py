"""Words that lie in two logs of one kiosk count once: what lies behind damage is appended again, and may come twice."""

import pytest

from shared import envelope
from shared import log as chain
from shared.keys import ReadingKey
from shared.kinds import ComplaintFiled
from shared.log import Head
from sync_server.cases.models import Case
from sync_server.kiosks.models import Kiosk
from sync_server.projectors import balances, catch_up, rebuild
from sync_server.queues.models import Rating, Ticket
from sync_server.records import deciding, queries, review
from sync_server.records.models import Log, RecordRow, SetAside, Why
from sync_server.sealed.models import SealedCase
from sync_server.setting_up import program

#: What the kiosk recorded: tickets, ratings, cases, sealed cases.
EVERYTHING = (4, 2, 1, 1)
DAMAGED = 4


def figures():
    """What the projections count."""
    catch_up()
    models = (Ticket.objects, Rating.objects, Case.objects.filter(apart=False), SealedCase.objects)
    return tuple(rows.count() for rows in models)


@pytest.fixture
def damaged(kiosk, server):
    """A kiosk whose record 4 rotted before it was sent: what lay behind it was appended again. Its old log is pushed up
    to the damage; returned is what a stick, written before, will bring of it.
    """
    kiosk.ticket(1)
    kiosk.ticket(2)
    kiosk.ticket(3)
    kiosk.ticket(4)
    kiosk.rate(5)
    kiosk.rate(1)
    kiosk.file()
    readers = [ReadingKey(bytes([n]) * 96).public for n in (1, 2)]
    sealed = envelope.seal_to_route(b"words", readers=readers, log=kiosk.lobby.id, route="chief", key=bytes(32))
    kiosk.append(ComplaintFiled(kiosk.day, kiosk.random.randbytes(16), bytes(32), "unfair", "chief", sealed))
    old = kiosk.lobby
    kiosk.whole = list(old.records)
    rest = old.records[DAMAGED - 1 :]
    del old.records[DAMAGED - 1 :]
    kiosk.open_log("damaged", old.head)
    for record in rest[1:]:
        append_again(kiosk.lobby, record)
    return rest


def append_again(log, record):
    """As a kiosk carries a record over: the words, salt and time it had, behind another head."""
    header = record.header
    again, _head = chain.link(
        log.head, kind=header.kind, schema=header.schema, edition=header.edition, at=header.at, salt=record.salt,
        body=record.body,
    )  # fmt: skip
    log.records.append(again)


def bring(kiosk, records):
    """A stick comes in."""
    assert kiosk.read(kiosk.post("push", kiosk.envelope(records))).level == "stored"


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_late_stick_doubles_nothing(kiosk, server, damaged, pieces):
    """The new log came first and counts; of the old one only what is nowhere else is added, and nothing moves."""
    kiosk.push()
    assert figures() == (3, 2, 1, 1)
    number = Case.objects.get().number
    half = len(damaged) // pieces
    for first in range(0, len(damaged), half):
        bring(kiosk, damaged[first : first + half])
        catch_up()
    assert figures() == EVERYTHING
    assert Case.objects.get().number == number
    repeated = {balance.projector: balance.repeated for balance in balances(server.office)}
    assert repeated == {"logs": 0, "queues": 3, "waiting": 1, "cases": 1, "sealed": 1}
    assert all(balance.behind == 0 for balance in balances(server.office))
    for name in repeated:
        rebuild(name)
    assert figures() == EVERYTHING


def test_a_stick_that_came_first_leaves_nothing_to_add(kiosk, server, damaged):
    """The kiosk did not hear of it and sends its new log all the same: that one's copies are passed over."""
    kept, kiosk.lobby.records = list(kiosk.lobby.records), []
    copies = kiosk.logs.pop(kiosk.lobby.id)
    kiosk.push()
    bring(kiosk, damaged)
    assert figures() == EVERYTHING
    copies.records = kept
    kiosk.logs[copies.id] = copies
    kiosk.push()
    kiosk.ticket(5)
    kiosk.push()
    assert figures() == (5, 2, 1, 1)
    for name in ("queues", "cases", "sealed"):
        rebuild(name)
    assert figures() == (5, 2, 1, 1)


@pytest.mark.parametrize("damaged_seq", [2, 4])
@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("by_place", [True, False])
def test_a_rating_that_is_carried_over_is_found_by_its_change(kiosk, server, damaged_seq, again, by_place):
    """Wherever the two lie and whichever comes first, the change alone counts. What an older kiosk cites by its place
    is not found where it was carried over, and counts beside its change (decision 0058).
    """
    old = kiosk.lobby
    kiosk.ticket(1)
    rated = kiosk.rate(2)
    kiosk.ticket(2)
    if again:
        kiosk.change(rated, 5, by_place=by_place)
    rest = old.records[damaged_seq - 1 :]
    del old.records[damaged_seq - 1 :]
    kiosk.open_log("damaged", old.head)
    if not again:  # while the visit goes on the damage is found: the change stands before the rating it cites
        kiosk.change(rated, 5, by_place=by_place)
        kiosk.push()
        catch_up()
    for record in rest[1:]:
        append_again(kiosk.lobby, record)
    kiosk.push()
    counted = [2, 5] if by_place and damaged_seq == 2 else [5]
    for late in ([], rest):
        if late:
            bring(kiosk, late)
        for fold in (catch_up, lambda: rebuild("queues")):
            fold()
            scores = Rating.objects.filter(superseded=False).order_by("score").values_list("score", flat=True)
            assert list(scores) == counted


def test_what_is_damaged_twice_is_carried_twice_and_counts_once(kiosk, server, damaged):
    """The new log rots as well: a third one carries on, and the first two come by sticks in the end."""
    second = kiosk.lobby
    carried = list(second.records)
    del second.records[3:]
    kiosk.open_log("damaged", second.head)
    for record in carried[4:]:
        append_again(kiosk.lobby, record)
    kiosk.push()
    bring(kiosk, carried[3:])
    bring(kiosk, damaged)
    assert figures() == EVERYTHING
    for name in ("queues", "cases", "sealed"):
        rebuild(name)
    assert figures() == EVERYTHING


def test_figures_stay_whatever_is_decided_about_the_logs(kiosk, server, damaged):
    """Where the log that counted is trusted no more, its copies count; when it is taken in again, they do not."""
    clerk = program(server.office)
    kiosk.push()
    bring(kiosk, damaged)
    assert figures() == EVERYTHING
    old, new = Log.objects.order_by("pk")
    device = Kiosk.objects.get()
    deciding.revoke(clerk, device, "หาย", now=server.now, through={old.log_id: old.seq, new.log_id: 1})
    assert figures() == EVERYTHING
    deciding.take_in(clerk, new, "พบแล้ว", now=server.now)
    assert figures() == EVERYTHING
    old.refresh_from_db()
    deciding.keep_apart(clerk, old, "ไม่แน่ใจ", now=server.now)
    assert figures()[1:3] == (2, 1)
    deciding.take_in(clerk, old, "แน่ใจแล้ว", now=server.now)
    assert figures() == EVERYTHING


def test_staff_see_where_the_words_were_counted(kiosk, server, damaged):
    """A repeated record is no alarm: the page of records names it for what it is."""
    kiosk.push()
    bring(kiosk, damaged)
    figures()
    old = Log.objects.order_by("pk")[0]
    row = RecordRow.objects.get(log=old, seq=DAMAGED + 1)
    assert review.states_of([row])[row.pk] == Why.REPEATED
    assert not queries.set_aside(server.office).exists()
    assert SetAside.objects.filter(why=Why.REPEATED).exists()


def test_a_log_knows_the_one_it_goes_on_from(kiosk, server, damaged):
    """Read once, when its first record comes; an office whose kiosks never left a log asks nothing more."""
    kiosk.push()
    old, new = Log.objects.order_by("pk")
    assert (old.parent, new.parent) == ("", old.log_id)
    assert (queries.kin(old), queries.kin(new)) == ([new.pk], [old.pk])
    alone = Log.objects.create(
        office=server.office, kiosk=Kiosk.objects.get(), log_id="ab" * 16, base_hash=bytes(32), head_hash=bytes(32),
        opened_at=server.now,
    )  # fmt: skip
    assert queries.kin(alone) == []
    assert Head.empty(bytes.fromhex(alone.log_id)).seq == 0
