"""The desk's functions over a real store."""

import dataclasses
import functools
from datetime import date

import msgspec
import pytest

from kiosk.desk import complaints, health, queue, ratings, services, slips, tally, tracking
from kiosk.desk.complaints import Draft
from kiosk.desk.visit import Visit
from shared import content, envelope, kinds
from shared.content import SealedStatus, Status, Statuses
from shared.keys import code_keys
from tests.kiosk.worlds import CODE_SALT, Hands, an_office, pieces_of, publish, some_services


def bodies(world):
    """What the lobby log holds, decoded."""
    return [kinds.decode(r.header.kind, r.header.schema, r.body) for r in world.lobby.after(0)]


def test_a_ticket_is_a_record_a_number_and_a_tally_at_once(world):
    """A ticket's record, number and tally agree, and what is returned is what was recorded."""
    now = Hands().clock().now()
    first = queue.take_ticket(world, now, service_id="sign_tax", language="th", papers_missing=1)
    second = queue.take_ticket(world, now, service_id="sign_tax", language="en", priority="elderly")
    other = queue.take_ticket(world, now, service_id="water_request", language="th")
    assert [t.label for t in (first, second, other)] == ["A001", "A002", "B001"]
    assert first.service_date == date(2026, 3, 16)
    assert queue.issued_today(world, now) == 3
    opened, *tickets = bodies(world)
    assert isinstance(opened, kinds.LogOpened)
    assert tickets[1] == kinds.TicketIssued("2026-03-16", "A", 2, "sign_tax", "งานจัดเก็บรายได้", "elderly", None, "en")
    assert second.seq == 3


def test_a_sensitive_service_leaves_only_its_public_label(world):
    """The record of a sensitive service's ticket names no service."""
    queue.take_ticket(world, Hands().clock().now(), service_id="hiv_allowance", language="th")
    ticket = bodies(world)[-1]
    assert ticket.service == ""
    assert ticket.public_label == "งานจัดเก็บรายได้"


def test_who_only_asks_takes_a_number_where_the_office_gives_one(world):
    """A number of the group for enquiries, under its own name and counted with its others; none where there is none."""
    now = Hands().clock().now()
    with pytest.raises(services.NoSuchService):
        queue.wants(world, "", language="th")
    asking = msgspec.structs.replace(an_office(), enquiries="general")
    publish(world.content, 2, pieces_of(asking, some_services()))
    first = queue.take_ticket(world, now, service_id="water_request", language="th")
    asked = queue.give(world, now, queue.wants(world, "", language="en"))
    assert (first.label, asked.label) == ("B001", "B002")
    assert bodies(world)[-1] == kinds.TicketIssued("2026-03-16", "B", 2, "", "ทั่วไป", "", None, "en")
    slip = slips.ticket_slip(world, now, asked, service_id="", language="en", at_hand=frozenset({0}))
    assert (slip.label, slip.public_label, slip.papers) == ("B002", "ทั่วไป", ())


def test_a_complaint_is_found_again_by_its_code_alone(world):
    """Filing gives a code; what is published under that code's keys is what the code opens, with Thai digits too."""
    now = Hands().clock().now()
    draft = Draft("lamp", "ไฟดับ\u202eหน้าวัด\u0007", "m3", "หน้าวัด", "", "")
    filed = complaints.file(world, now, draft, "th")
    assert filed.acknowledge_by == date(2026, 3, 23)
    assert filed.answer_by == date(2026, 3, 31)
    body = bodies(world)[-1]
    assert (body.text, body.place) == ("ไฟดับหน้าวัด", "หมู่ 3 บ้านคลองใส หน้าวัด")
    keys = code_keys(filed.code.replace(" ", ""), CODE_SALT)
    assert (body.status_id, body.state_key) == (keys.status_id, keys.state_key)
    assert tracking.look_up(world, filed.code) is None

    status = Status("answered", "ไฟฟ้าสาธารณะ", "2026-03-16", "2026-03-31", "ซ่อมแล้ว", "2026-03-18", "กองช่าง", "69/1")
    sealed = envelope.seal_status(
        content.write_status(status), status_id=keys.status_id, state_key=keys.state_key, nonce=bytes(12)
    )
    statuses = Statuses(statuses=[SealedStatus(id=keys.status_id, sealed=sealed)])
    publish(world.content, 2, pieces_of(an_office(), some_services(), statuses))
    assert tracking.look_up(world, filed.code) == status
    assert tracking.look_up(world, filed.code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))) == status


@pytest.mark.parametrize(
    ("draft", "wrong"),
    [
        (Draft(), ("category", "text")),
        (Draft("lamp", " \u200e\n"), ("text",)),
        (Draft("lamp", "ก" * 2000), ()),
        (Draft("lamp", "ก" * 2001), ("text",)),
        (Draft("lamp", "ไฟดับ", contact_name="ก" * 101, contact_phone="0" * 41), ("contact_name", "contact_phone")),
    ],
)
def test_a_draft_names_what_is_wrong_with_it(world, draft, wrong):
    """`problems` names missing and too long fields, and `file` refuses exactly those drafts."""
    assert complaints.problems(draft) == wrong
    if wrong:
        with pytest.raises(complaints.DraftIncomplete):
            complaints.file(world, Hands().clock().now(), draft, "th")
        assert len(bodies(world)) == 1


def test_codes_have_sixteen_digits_each_as_likely(world):
    """Bytes of 250 and more make no digit, so that no digit is likelier than another."""
    biased = dataclasses.replace(world, random=lambda n: bytes([251, 255, 250, 249, 7, 0] * n)[:n])
    assert complaints.make_code(biased) == ("970" * 6)[:16]
    even = dataclasses.replace(world, random=lambda n: bytes(i % 256 for i in range(n)))
    assert complaints.make_code(even) == "0123456789012345"


def test_a_second_rating_within_five_seconds_is_a_repeat(world):
    """Ratings five seconds apart both count; a nearer one is kept and marked, also after a restart of nothing but
    the clock.
    """
    hands = Hands()
    clock = hands.clock()
    assert not ratings.rate(world, clock.now(), 5).repeat
    hands.pass_s(4.9)
    assert ratings.rate(world, clock.now(), 1).repeat
    hands.pass_s(5)
    assert not ratings.rate(world, clock.now(), 4).repeat
    assert not ratings.rate(world, hands.clock(boot=b"boot-id2").now(), 3).repeat
    today = tally.of(world, date(2026, 3, 16))
    assert today.ratings == (0, 0, 1, 1, 1)
    with pytest.raises(ValueError, match="6"):
        ratings.rate(world, clock.now(), 6)


def test_tallies_are_what_the_log_folds_to(world):
    """Folding the log again gives the documents that the touches wrote, over midnight too."""
    hands = Hands()
    clock = hands.clock()
    complaints.file(world, clock.now(), Draft("lamp", "ไฟดับ"), "th")
    for _ in range(3):
        queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
        ratings.rate(world, clock.now(), 2)
        hands.pass_s(9 * 3600)
    folded = tally.recount(world.lobby.after(0))
    assert len(folded) == 2
    assert {day: tally.of(world, day) for day in folded} == folded


def test_a_slip_that_nobody_waits_for_is_dropped(world):
    """A minute after it was asked for, a slip is not printed any more, and the record says so."""
    hands = Hands()
    clock = hands.clock()
    now = clock.now()
    ticket = queue.take_ticket(world, now, service_id="sign_tax", language="th")
    slip = slips.ticket_slip(world, now, ticket, service_id="sign_tax", language="th", at_hand=None)
    printing = functools.partial(slips.print_and_record, world, now, slip, of="ticket", seq=ticket.seq)
    hands.pass_s(60)
    assert printing(mono_ms=clock.mono_ms) == "printed"
    hands.pass_s(1)
    assert printing(mono_ms=clock.mono_ms) == "failed"
    assert len(world.printer.tray) == 1
    assert bodies(world)[-1] == kinds.SlipPrinted("ticket", ticket.seq, "failed")


def test_slips_tell_only_what_they_may(world):
    """A case slip has code and dates; a sensitive ticket's slip lists no papers; the outcome is recorded after
    printing.
    """
    hands = Hands()
    clock = hands.clock()
    now = clock.now()
    ticket = queue.take_ticket(world, now, service_id="sign_tax", language="th")
    slip = slips.ticket_slip(world, now, ticket, service_id="sign_tax", language="th", at_hand=frozenset({0}))
    assert [(line.name, line.at_hand) for line in slip.papers] == [("บัตรประชาชน", True), ("ใบเสร็จปีก่อน", False)]
    assert slip.time == "10.32\u00a0น."
    world.printer.outcome = "failed"
    printing = functools.partial(slips.print_and_record, world, now, slip, of="ticket", seq=ticket.seq)
    assert printing(mono_ms=clock.mono_ms) == "failed"
    assert bodies(world)[-1] == kinds.SlipPrinted("ticket", ticket.seq, "failed")
    filed = complaints.file(world, now, Draft("lamp", "ไฟดับ"), "th")
    case = slips.case_slip(world, filed, "th")
    assert case.code == filed.code.replace(" ", "")
    hidden = queue.take_ticket(world, now, service_id="hiv_allowance", language="th")
    assert slips.ticket_slip(world, now, hidden, service_id="hiv_allowance", language="th", at_hand=None).papers == ()


def test_a_service_that_is_not_offered_is_refused(world):
    """An id of another edition finds nothing."""
    bundle = world.content.bundle
    with pytest.raises(services.NoSuchService):
        services.find(bundle, "nothing")


def test_too_many_tries_wait(world):
    """Five tries in a minute, the sixth is told how long to wait, and is free again after that."""
    hands = Hands()
    clock = hands.clock()
    throttle = tracking.Throttle()
    for _ in range(5):
        throttle.take(clock.now())
        hands.pass_s(2)
    with pytest.raises(tracking.TooManyTries) as refused:
        throttle.take(clock.now())
    assert refused.value.seconds == 50
    hands.pass_s(50)
    throttle.take(clock.now())


@pytest.mark.parametrize("typed", ["", "123", "12345678901234567", "12345678901234५6", "abcd efgh ijkl mnop"])
def test_what_is_no_code_is_refused(world, typed):
    """Anything but sixteen digits is `NotACode`."""
    with pytest.raises(tracking.NotACode):
        tracking.look_up(world, typed)


def test_a_visit_forgets_everything():
    """After `forget` no field differs from a fresh visit."""
    visit = Visit("en", 1.3, "high", "sign_tax", "ภาษี", frozenset({1}), Draft("lamp", "x"), "1234")
    visit.forget()
    assert visit == Visit()


def test_health_counts_what_is_captured_and_calls_nothing_stored(world):
    """Without a receipt nothing is stored, and the oldest waiting record ages by the monotonic clock."""
    hands = Hands()
    clock = hands.clock()
    queue.take_ticket(world, clock.now(), service_id="sign_tax", language="th")
    hands.pass_s(60)
    view = health.health(world, clock.now(), health.Link("offline"))
    assert (view.captured, view.stored, view.waiting) == (2, 0, 2)
    assert view.tickets_today == 1
    assert view.oldest_waiting is not None
    assert "clock" not in view.problems
