"""The review page, parted lines, tickets and ratings: every figure leads to its records."""

import re

import pytest
from test_web_cases import read


@pytest.fixture
def row(busy):
    """`row("case.filed")`: the first record of a kind."""
    from sync_server.records.models import RecordRow

    return lambda kind, **more: RecordRow.objects.filter(kind=kind, **more).order_by("pk")[0]


def test_a_record_says_what_it_holds_and_proves_it(row, signed_in):
    """Field by field, with the three checks of its chain."""
    answer = signed_in("palad").get(f"/desk/records/{row('case.filed').pk}")
    assert all(check.holds for check in answer.context["proof"])
    assert len(answer.context["proof"]) == 3
    assert "ถนนเป็นหลุมลึก" in read(answer)


def test_keys_are_named_and_never_shown(row, signed_in):
    """What opens a citizen's status is on no page."""
    from shared.kinds import decode

    record = row("case.filed")
    body = decode(record.kind, record.schema, bytes(record.body))
    page = signed_in("palad").get(f"/desk/records/{record.pk}").content.decode()
    assert body.state_key.hex() not in page
    assert body.status_id.hex() not in page


@pytest.mark.parametrize("column", ["salt", "body", "header"])
def test_a_record_changed_by_hand_is_seen(row, signed_in, column):
    """One flipped byte of body, salt or header shows on the page; nothing breaks."""
    record = row("ticket.issued", seq__gt=1)
    held = bytearray(getattr(record, column))
    held[-1] ^= 1
    type(record).objects.filter(pk=record.pk).update(**{column: bytes(held)})
    answer = signed_in("palad").get(f"/desk/records/{record.pk}")
    assert answer.status_code == 200
    assert not all(check.holds for check in answer.context["proof"])


def test_an_erased_body_leaves_its_proof(row, signed_in):
    """The header still proves its place."""
    record = row("rating.given")
    type(record).objects.filter(pk=record.pk).update(body=None, salt=None)
    client = signed_in("palad")
    answer = client.get(f"/desk/records/{record.pk}")
    assert all(check.holds for check in answer.context["proof"])
    assert "ลบเนื้อหาแล้ว" in read(answer)
    assert client.get("/desk/records/?state=erased").context["page"].total == 1


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("kind=case.filed", {"case.filed"}),
        ("kind=praise.given", {"praise.given"}),
        ("state=unreadable", {"praise.given", "rating.given"}),
        ("state=branch", {"ticket.issued"}),
        ("state=quarantined", set()),
        ("first=2099-01-01", set()),
    ],
)
def test_records_are_found_by_kind_state_and_day(busy, signed_in, query, kinds):
    """The filter gives what it says and nothing else."""
    answer = signed_in("palad").get(f"/desk/records/?{query}")
    assert {line.row.kind for line in answer.context["lines"]} == kinds


def test_what_became_of_each_record_is_told(busy, signed_in):
    """Counted, in turn, unreadable, on an uncounted line: the states of a page agree with the projectors."""
    from sync_server.records.models import Cursor

    client = signed_in("palad")
    shown = {line.state.words.th for line in client.get("/desk/records/").context["lines"]}
    assert shown == {"นับแล้ว", "สายที่ยังไม่นับ"}
    assert {line.state.words.th for line in client.get("/desk/records/?state=unreadable").context["lines"]} == {
        "ยังอ่านไม่ได้"
    }
    Cursor.objects.update(seq=0)
    assert "รอประมวล" in {line.state.words.th for line in client.get("/desk/records/").context["lines"]}


def test_an_unknown_kind_is_kept_and_said(row, signed_in):
    """A newer kiosk's record opens as unreadable, with its size, and breaks nothing."""
    assert "ยังอ่านชนิดนี้ไม่ได้" in read(signed_in("palad").get(f"/desk/records/{row('praise.given', schema=9).pk}"))


def test_the_clerk_lets_a_parted_line_count(busy, signed_in):
    """With a reason, in the audit log; nobody else may."""
    from sync_server.organisations.models import AuditRow
    from sync_server.records.models import Log

    branch = Log.objects.get(branch=1)
    client = signed_in("palad")
    address = f"/desk/records/branches/{branch.pk}/decide"
    client.post(address, {"reason": " ", "as": "count"})
    client.post(address, {"reason": "ไม่มีปุ่มนี้", "as": "delete"})
    branch.refresh_from_db()
    assert branch.apart
    client.post(address, {"reason": "สองสายเป็นคนละวัน", "as": "count"})
    branch.refresh_from_db()
    assert not branch.apart
    assert AuditRow.objects.get(act="log.take_in").reason == "สองสายเป็นคนละวัน"
    page = read(client.get("/desk/records/branches"))
    assert "นับแล้ว" in page
    client.post(address, {"reason": "เครื่องทดสอบ", "as": "apart"})
    branch.refresh_from_db()
    assert branch.apart
    page = read(client.get("/desk/records/branches"))
    assert re.search("สองสายเป็นคนละวัน.*เครื่องทดสอบ", page, re.DOTALL)


def test_a_line_that_another_kiosk_brought_says_whose_it_is(server, signed_in):
    """The clerk reads of which kiosk it is, who brought it, and what that may mean; of a fork nothing of the kind."""
    from fake_kiosk import FakeKiosk

    kiosk = FakeKiosk.enrolled(server, name="ตู้เดิม")
    kiosk.push()
    again = FakeKiosk.enrolled(server, name="ตู้ใหม่", series="B", seed=2)
    again.logs = {kiosk.lobby.id: type(kiosk.lobby)("lobby", kiosk.lobby.id, list(kiosk.lobby.records))}
    for number in (1, 2):
        again.ticket(number)
        again.post("push", again.envelope())
    page = read(signed_in("palad").get("/desk/records/branches"))
    assert page.count("บันทึกของ ตู้เดิม ที่เครื่องนี้นำมา") == 1
    assert re.search("ตู้ใหม่ *· *สายที่ 1", page)
    fleet = signed_in("palad").get("/desk/kiosks/")
    assert "นำบันทึกของอีกตู้มาด้วย" in read(fleet)
    assert '<a class="btn row" href="/desk/records/branches">' in fleet.content.decode()


def test_a_fork_is_no_line_that_was_brought(busy, signed_in):
    """Two lines of one kiosk are its own."""
    assert "ที่เครื่องนี้นำมา" not in read(signed_in("palad").get("/desk/records/branches"))


def test_the_administrator_sees_no_record(busy, signed_in):
    """Logs of citizens are not system data."""
    answer = signed_in("it").get("/desk/records/")
    assert answer.context["page"].total == 0
    assert 'href="/desk/records/1"' not in answer.content.decode()


# ---------------------------------------------------------------- tickets and ratings


def test_a_period_lists_the_rows_it_counts(busy, signed_in):
    """The link of a figure opens exactly the tickets and the praise of its days."""
    from shared import thai
    from sync_server.queues.queries import praises, tickets

    day = thai.service_date(busy.now)
    client = signed_in("palad")
    for view, query in (("tickets", tickets), ("praise", praises)):
        answer = client.get(f"/desk/queues/{view}?first={day}&last={day}")
        assert answer.context["page"].total == query(busy.office, day, day).count()
        assert client.get(f"/desk/queues/{view}?first=2001-01-01&last=2001-01-02").context["page"].total == 0


def test_a_ticket_is_found_by_its_number_and_leads_to_its_record(busy, signed_in):
    """However it is typed."""
    client = signed_in("palad")
    found = {client.get(f"/desk/queues/tickets?q={typed}").context["page"].total for typed in ("A001", "a1", "A-๑")}
    assert len(found) == 1
    assert found.pop() > 0
    page = client.get("/desk/queues/tickets?q=A001")
    record = re.search(r'href="(/desk/records/\d+)"', page.content.decode())[1]
    assert "ออกบัตรคิว" in read(client.get(record))
    assert client.get("/desk/queues/tickets?q=%00'--").context["page"].total == 0


def test_repeats_are_shown_and_not_counted(busy, signed_in):
    """The mean stands on the presses that count, and what was left out is told."""
    from sync_server.queues.models import Rating

    answer = signed_in("palad").get("/desk/queues/ratings?place=walk-by")
    whole = answer.context["frame"].whole
    assert whole.repeats > 0
    assert whole.n + whole.repeats == Rating.objects.filter(place="walk-by", superseded=False).count()
    assert str(whole.score.mean) in read(answer)
