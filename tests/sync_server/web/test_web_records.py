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


def listed(client, query: str) -> set[int]:
    """The records that a list links to."""
    pages = client.get(f"/desk/records/?{query}").content.decode()
    return {int(each) for each in re.findall(r'href="/desk/records/(\d+)"', pages)}


@pytest.fixture
def returned(busy):
    """The health division's case, taken up again by its citizen: the case, and the records that are about it."""
    from shared.kinds import CaseReturned, encode
    from shared.records import decode_header
    from sync_server.cases.models import Case, Return
    from sync_server.records.models import RecordRow

    case = Case.objects.get(division__code="health")
    filed = case.log.rows.get(seq=case.seq)
    body = CaseReturned(str(case.filed_on), bytes.fromhex(case.status_id), 1, "came_back", "กลิ่นกลับมาอีก", "th")
    kind, schema, data = encode(body)
    back = RecordRow.objects.create(
        log=case.log, seq=10_000, hash=bytes(32), header=bytes(filed.header), kind=kind, schema=schema,
        edition=filed.edition, wall_ms=filed.wall_ms, salt=bytes(16), body=data, received_at=filed.received_at,
    )  # fmt: skip
    assert decode_header(bytes(back.header)).kind == "case.filed"
    Return.objects.create(
        case=case, log=case.log, seq=back.seq, said_on=case.filed_on, at=case.received_at, round=1,
        reason="came_back", words=body.words, accepted=True,
    )  # fmt: skip
    return case, filed, back


def test_an_officer_opens_records_of_the_cases_they_may_know_of(returned, signed_in):
    """What was filed and returned follows its case: in lists, by number, from the case's page, and back again."""
    from sync_server.cases.models import Case
    from sync_server.organisations.models import Staff

    case, *about = returned
    client = signed_in("wichai")
    free = Case.objects.get(text__startswith="ไฟกะพริบ")
    free_record = free.log.rows.get(seq=free.seq).pk
    assert free_record in listed(client, "kind=case.filed")
    assert f'href="/desk/records/{free_record}"' in client.get(f"/desk/cases/{free.pk}").content.decode()
    for record in about:
        assert record.pk not in listed(client, f"kind={record.kind}")
        assert client.get(f"/desk/records/{record.pk}").status_code == 404
    Case.objects.filter(pk=case.pk).update(assigned_to=Staff.objects.get(username="wichai"))
    for record in about:
        assert record.pk in listed(client, f"kind={record.kind}")
        page = client.get(f"/desk/records/{record.pk}")
        assert f'href="/desk/cases/{case.pk}"' in page.content.decode()


@pytest.mark.parametrize("column", ["unfolded", "apart", "later"])
def test_a_record_whose_case_is_not_known_is_no_officers(busy, signed_in, column):
    """Not folded yet, on a line that does not count, of a kind to come: nobody can say whose it is."""
    from sync_server.cases.models import Case, CaseEvent

    case = Case.objects.get(text__startswith="ไฟกะพริบ")
    record = case.log.rows.get(seq=case.seq)
    assert signed_in("wichai").get(f"/desk/records/{record.pk}").status_code == 200
    if column == "unfolded":
        CaseEvent.objects.filter(case=case).delete()
        case.delete()
    elif column == "apart":
        Case.objects.filter(pk=case.pk).update(apart=True)
    else:
        other = Case.objects.get(division__code="health")
        record = other.log.rows.get(seq=other.seq)
        type(record).objects.filter(pk=record.pk).update(kind="case.withdrawn", schema=1)
    assert signed_in("wichai").get(f"/desk/records/{record.pk}").status_code == 404
    page = signed_in("palad").get(f"/desk/records/{record.pk}")
    assert page.status_code == 200
    if column != "later":
        assert f'href="/desk/cases/{case.pk}"' not in page.content.decode()


def test_a_record_beside_one_that_is_closed_proves_itself(busy, signed_in):
    """The chain is checked against the record before, whoever looks; the link to it is for who may open it."""
    from django.db.models import F

    from sync_server.records.models import RecordRow

    closed = RecordRow.objects.filter(
        kind="rating.given", log__rows__kind="ticket.issued", log__rows__seq=F("seq") + 1, log__rows__log=F("log")
    ).order_by("pk")[0]
    after = closed.log.rows.get(seq=closed.seq + 1)
    for person, opens in (("palad", True), ("wichai", False)):
        page = signed_in(person).get(f"/desk/records/{after.pk}")
        assert all(check.holds for check in page.context["proof"])
        assert (f'href="/desk/records/{closed.pk}"' in page.content.decode()) is opens


def test_a_row_links_its_record_to_who_may_open_it(busy, signed_in):
    """An officer reads who is praised, and is led to no page that is closed to them."""
    praised = r'href="/desk/records/\d+"'
    assert re.search(praised, signed_in("palad").get("/desk/queues/praise").content.decode())
    assert not re.search(praised, signed_in("somjai").get("/desk/queues/praise").content.decode())
    assert re.search(praised, signed_in("somjai").get("/desk/queues/tickets").content.decode())


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
