"""Sealed cases: read by their readers alone, unknown to everybody else, counted as numbers."""

import datetime as dt
import json
from pathlib import Path

import pytest
from fake_kiosk import FakeKiosk
from sealing import PHRASE, RECOVERY, TEXT, complain, keep_recovery, seat

from shared import content, envelope, keys, kinds
from sync_server.cases.models import Case
from sync_server.content import queries as contents
from sync_server.content.actions import publish, publish_sample
from sync_server.organisations.actions import Actor
from sync_server.organisations.managing import close_day, open_day
from sync_server.organisations.models import AuditRow, Role, Staff
from sync_server.projectors import PROJECTORS, rebuild
from sync_server.records.models import RecordRow
from sync_server.sealed import actions, queries
from sync_server.sealed.actions import NotNow
from sync_server.sealed.models import Act, Grant, ReaderKey, SealedCase, SealedEvent


@pytest.fixture
def three(server):
    """Three readers with keys: the chair is played by wichai, the liaison by somjai, the auditor by it."""
    keep_recovery(server)
    people = {"council_chair": "wichai", "district_liaison": "somjai", "auditor": "it"}
    return [seat(server, username, reader, seed=i) for i, (reader, username) in enumerate(people.items())]


@pytest.fixture
def case(three, kiosk):
    """A complaint about the chief, received."""
    complain(kiosk, three)
    return SealedCase.objects.get()


def by(key):
    """The reader at work."""
    return Actor.of(key.staff, "127.0.0.1")


# --- what the server holds -------------------------------------------------------------------------------------------


def test_a_complaint_becomes_a_case_without_a_word_of_it(case, three, server):
    """Route, sort, day and deadlines are there; received is a day; nothing of the words is in the database."""
    assert (case.number, case.route, case.category, case.state) == ("ล.0001/2570", "chief", "unfair", "received")
    assert (case.filed_on, case.received_on) == (dt.date(2026, 11, 25),) * 2
    assert (case.acknowledge_by, case.result_by) == (dt.date(2026, 12, 2), dt.date(2026, 12, 11))
    assert [grant.key for grant in queries.readers(case)] == [*three, None]
    if server.data.joinpath("sala.sqlite3").exists():
        held = b"".join(path.read_bytes() for path in server.data.glob("sala.sqlite3*"))
        assert TEXT.encode() not in held
        assert b"CANARY" not in held
        assert PHRASE.encode() not in held


def test_it_is_in_no_list_count_or_record_page_of_the_others(case, staff, signed_in):
    """Cases, records, filters and what was set aside know nothing of it, for the clerk and the executive as well."""
    assert Case.objects.count() == 0
    from sync_server.records import queries as records

    for username in ("palad", "nayok", "it", "somjai"):
        assert not records.visible_to(staff(username)).filter(log=case.log).exists()
    assert case.log.name == "confidential"
    row = RecordRow.objects.get(log=case.log, seq=case.seq)
    clerk = signed_in("palad")
    assert clerk.get(f"/desk/records/{row.pk}").status_code == 404
    page = clerk.get("/desk/records/").content.decode()
    assert "complaint.filed" not in page
    assert case.log.log_id[:8] not in page


def test_the_fleet_page_does_not_give_it_away(case, signed_in):
    """The kiosk's page lists no confidential log, and what the server holds is not more than what the kiosk told."""
    from sync_server.kiosks import fleet

    assert fleet.row(case.log.kiosk, dt.datetime.now(dt.UTC)).held <= 1
    assert case.log.log_id[:8] not in signed_in("it").get(f"/desk/kiosks/{case.log.kiosk.pk}").content.decode()


def test_a_rebuild_keeps_number_state_and_grants(case, three, server):
    """Folded again: the same case, the same readers, and what they did."""
    actions.open_case(by(three[0]), case, PHRASE, now=server.now)
    rebuild("sealed")
    again = SealedCase.objects.get()
    assert (again.pk, again.number, again.state) == (case.pk, case.number, "in_progress")
    assert Grant.objects.count() == 4
    assert {"sealed"} <= set(PROJECTORS)


def test_a_day_closed_later_moves_its_deadlines(case, server, staff):
    """As a rebuild would."""
    clerk = Actor.of(staff("palad"), "127.0.0.1")
    for day in (case.acknowledge_by, case.result_by):
        close_day(clerk, day, "วันหยุดพิเศษ", now=server.now)
    live = SealedCase.objects.get()
    assert (live.acknowledge_by, live.result_by) == (dt.date(2026, 12, 3), dt.date(2026, 12, 14))
    rebuild("sealed")
    again = SealedCase.objects.get()
    assert (again.acknowledge_by, again.result_by) == (live.acknowledge_by, live.result_by)
    open_day(clerk, case.result_by, now=server.now)
    assert SealedCase.objects.get().result_by == case.result_by


# --- who sees it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_whoever_was_left_out_never_learns_of_it_whatever_they_become(case, staff, server, client, role):
    """F-L2: promoted to every role, active in Django's eyes as superuser, even seated as a reader with a new key."""
    accused = staff("nayok")
    Staff.objects.filter(pk=accused.pk).update(role=role)
    accused = staff("nayok")
    accused.is_superuser = accused.is_staff = True
    actions.name_reader(Actor(server.office, "test"), "clerk", accused, now=server.now)
    mine = actions.make_reader_key(Actor.of(accused), PHRASE, now=server.now, random=lambda n: b"n" * n)
    assert not queries.visible_to(accused).exists()
    assert queries.open_count(accused) == 0
    for act in (
        lambda: actions.open_case(by(mine), case, PHRASE, now=server.now),
        lambda: actions.answer(by(mine), case, "ข้อความ", now=server.now),
        lambda: actions.close(by(mine), case, "ข้อความ", now=server.now),
        lambda: actions.recuse(by(mine), case, now=server.now),
    ):
        with pytest.raises(SealedCase.DoesNotExist):
            act()


def test_a_seat_given_to_the_accused_opens_nothing_older(case, three, staff, server):
    """The chief becomes chair of the council: the old chair's cases stay the old chair's."""
    accused = staff("nayok")
    actions.name_reader(Actor(server.office, "test"), "council_chair", accused, now=server.now)
    actions.make_reader_key(Actor.of(accused), PHRASE, now=server.now, random=lambda n: b"n" * n)
    assert not queries.visible_to(accused).exists()
    assert queries.visible_to(three[0].staff).get() == case


def test_a_reader_from_outside_sees_sealed_cases_and_nothing_else(case, three, kiosk, client, server):
    """Whoever only reads complaints about people has no case, no record, and no way to act on one."""
    from sync_server.cases import queries as cases
    from sync_server.records import queries as records

    kiosk.open_log()
    kiosk.file()
    kiosk.push()
    Staff.objects.filter(pk=three[1].staff_id).update(role=Role.READER)
    liaison = Staff.objects.get(pk=three[1].staff_id)
    rebuild("cases")
    assert Case.objects.exists()
    assert not cases.visible_to(liaison).exists()
    assert not records.visible_to(liaison).exists()
    assert queries.visible_to(liaison).get() == case
    client.force_login(liaison, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/desk/", "/desk/sealed/", f"/desk/sealed/{case.pk}", "/desk/account"):
        assert client.get(path).status_code == 200, path
    for path in ("/desk/cases/", "/desk/records/", "/desk/records/branches", "/desk/queues/tickets", "/desk/kiosks/"):
        assert client.get(path).status_code == 403, path
    assert client.post(f"/desk/cases/{Case.objects.get().pk}/answer", {"text": "x"}).status_code == 403
    assert client.get("/desk/reports/").status_code == 403


# --- opening ---------------------------------------------------------------------------------------------------------


def test_the_pass_phrase_opens_it_and_the_other_readers_see_who_did(case, three, server):
    """The words come back once; who opened is on the list by day; the case is acknowledged by it."""
    words = actions.open_case(by(three[0]), case, PHRASE, now=server.now)
    assert (words.text, words.when, words.unit) == (TEXT, "เมื่อวาน", "works")
    case.refresh_from_db()
    assert (case.state, case.acknowledged_on) == ("in_progress", dt.date(2026, 11, 25))
    assert [(event.act, event.by) for event in queries.events(case)] == [
        (Act.OPENED, three[0].staff),
        ("received", None),
    ]
    row = AuditRow.objects.get(act="sealed.opened")
    assert (row.object_id, row.actor) == (case.number, three[0].staff)
    told = json.dumps([list(map(str, row)) for row in AuditRow.objects.values_list()], ensure_ascii=False)
    assert "CANARY" not in told
    assert PHRASE not in told


def test_a_wrong_pass_phrase_opens_nothing_and_is_counted(case, three, server):
    """Five wrong ones, and even the right one waits a quarter of an hour; another reader does not."""
    for _ in range(5):
        with pytest.raises(NotNow, match="วลีรหัสไม่ถูกต้อง"):
            actions.open_case(by(three[0]), case, "another phrase of mine", now=server.now)
    with pytest.raises(NotNow, match="15 นาที"):
        actions.open_case(by(three[0]), case, PHRASE, now=server.now)
    assert actions.open_case(by(three[1]), case, PHRASE, now=server.now).text == TEXT
    later = server.now + dt.timedelta(minutes=16)
    assert actions.open_case(by(three[0]), case, PHRASE, now=later).text == TEXT


def test_the_recovery_key_reads_it_from_the_record_alone(case):
    """With every reader gone, the offline key still opens what the database holds."""
    row = RecordRow.objects.get(log=case.log, seq=case.seq)
    body = kinds.decode(row.kind, row.schema, bytes(row.body))
    opened = envelope.open_routed(body.sealed, reader=RECOVERY, log=bytes.fromhex(case.log.log_id), route="chief")
    assert TEXT.encode() in opened


@pytest.mark.parametrize("old_log", ["its own", "never came", "another kiosk's"])
def test_words_carried_over_from_a_damaged_log_still_open(three, kiosk, server, old_log):
    """A kiosk that went on in a new log brings the same sealed bytes: they open under the log they were bound to, also
    where that broke before anything of it was sent, or the device was enrolled as another kiosk meanwhile.
    """
    from sync_server.projectors import catch_up

    if old_log == "never came":
        post, kiosk.post = kiosk.post, lambda *_: None
        with pytest.raises(TypeError):
            complain(kiosk, three)
        kiosk.post = post
    else:
        complain(kiosk, three)
    old = kiosk.lobby
    record = old.records[-1]
    if old_log == "another kiosk's":
        kiosk = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    kiosk.logs = {}
    new = type(old)("confidential", kiosk.random.randbytes(16))
    kiosk.logs[new.id] = new
    kiosk.append(kinds.LogOpened("confidential", "damaged", old.id, 1, old.hash_at(1), "0.1"))
    kiosk.append_raw(record.header.kind, record.header.schema, record.body, at=record.header.at)
    kiosk.push()
    catch_up()
    carried = SealedCase.objects.order_by("-pk")[0]
    assert carried.log.log_id == new.id.hex()
    assert actions.open_case(by(three[0]), carried, PHRASE, now=server.now).text == TEXT


# --- answering, closing, stepping down -------------------------------------------------------------------------------


def test_the_citizen_is_told_by_code_with_a_neutral_subject(case, three, server):
    """Answer and reason go into the bundle under the state key; neither category, route nor a reader's name does."""
    actions.answer(by(three[0]), case, "ตั้งกรรมการสอบแล้ว", now=server.now)
    actions.close(by(three[1]), case, "สอบเสร็จ ลงโทษแล้ว", now=server.now)
    case.refresh_from_db()
    assert (case.state, case.answered_on, case.closed_on) == ("closed", dt.date(2026, 11, 25), dt.date(2026, 11, 25))
    (told,) = queries.statuses_for_bundle(server.office, now=server.now)
    assert (told.status_id.hex(), told.state_key) == (case.status_id, bytes(case.state_key))
    assert told.status.subject == "confidential"
    assert told.status.answer == "ตั้งกรรมการสอบแล้ว\n\nสอบเสร็จ ลงโทษแล้ว"
    assert told.status.answered_by == ""
    said = str(told.status)
    assert not any(word in said for word in ("unfair", "chief", three[0].staff.full_name, three[1].staff.full_name))
    publish_sample(server.office, now=server.now)
    edition = contents.newest(server.office)
    statuses = content.read_piece(content.Statuses, contents.pieces_of(edition)["statuses"]).statuses
    assert [each.id.hex() for each in statuses] == [case.status_id]
    with pytest.raises(NotNow, match="ยุติแล้ว"):
        actions.answer(by(three[0]), case, "อีกครั้ง", now=server.now)


def test_stepping_down_is_for_good_and_never_leaves_fewer_than_two(case, three, server):
    """The third reader may step down and then knows of no such case; the second may not (F-L1)."""
    actions.recuse(by(three[2]), case, now=server.now)
    assert not queries.visible_to(three[2].staff).exists()
    with pytest.raises(SealedCase.DoesNotExist):
        actions.open_case(by(three[2]), case, PHRASE, now=server.now)
    with pytest.raises(NotNow, match="น้อยกว่าสองคน"):
        actions.recuse(by(three[1]), case, now=server.now)
    rebuild("sealed")
    assert not queries.visible_to(three[2].staff).exists()
    assert SealedEvent.objects.filter(act=Act.RECUSED).count() == 1


# --- keys and routes -------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_by_its_holder_under_a_long_phrase(server, staff):
    """Nobody without a seat makes a key; a short phrase is refused; a made key is not made again; one seat a person."""
    wichai = Actor.of(staff("wichai"))
    make = {"now": server.now, "random": lambda n: b"s" * n}
    with pytest.raises(NotNow, match="ไม่ได้เป็นผู้อ่าน"):
        actions.make_reader_key(wichai, PHRASE, **make)
    actions.name_reader(Actor(server.office, "test"), "auditor", staff("wichai"), now=server.now)
    with pytest.raises(NotNow, match="12"):
        actions.make_reader_key(wichai, "สั้น", **make)
    key = actions.make_reader_key(wichai, PHRASE, **make)
    with pytest.raises(NotNow, match="ทำไว้แล้ว"):
        actions.make_reader_key(wichai, PHRASE, **make)
    with pytest.raises(NotNow, match="ตำแหน่งเดียว"):
        actions.name_reader(Actor(server.office, "test"), "clerk", staff("wichai"), now=server.now)
    assert b"s" * 32 not in bytes(key.wrapped)
    assert keys.key_id(bytes(key.public)).hex() == key.key_id


def test_an_edition_tells_only_routes_whose_readers_have_keys(server, staff):
    """Without keys no route is published; with two keys and recovery, those of these two; the page names the rest."""
    publish_sample(server.office, now=server.now)
    assert contents.published_office(server.office).routes == []
    assert len(contents.routes_held_back(server.office)) == 6
    seat(server, "wichai", "council_chair", seed=1)
    seat(server, "somjai", "district_liaison", seed=2)
    assert contents.published_office(server.office).routes == []
    keep_recovery(server)
    publish(Actor(server.office, "test"), now=server.now)
    told = contents.published_office(server.office)
    assert [route.id for route in told.routes] == ["chief", "person"]
    assert [len(content.check_route(told, route)) for route in told.routes] == [3, 3]
    assert {route.id for route in contents.routes_held_back(server.office)} == {"unit", "clerk", "council", "unknown"}
    Staff.objects.filter(username="somjai").update(is_active=False)
    assert contents.draft_office(server.office).routes == []


def test_the_commands_name_a_reader_and_make_the_recovery_key(server, staff, tmp_path, capsys):
    """The private half goes into a file of its owner's alone, never over another, and is not in the database."""
    from django.core.management import CommandError, call_command

    call_command("reader", "auditor", staff="wichai")
    assert ReaderKey.objects.get().staff == staff("wichai")
    file = tmp_path / "recovery.key"
    call_command("reader", recovery=file)
    private = keys.parse(file.read_text("ascii"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert queries.reader_keys(server.office)[1] == private.public.raw
    with pytest.raises(CommandError):
        call_command("reader", recovery=Path(file))
    with pytest.raises(CommandError):
        call_command("reader", "auditor", staff="nobody")
    assert private.seed.hex() not in capsys.readouterr().out


def test_the_figures_are_numbers_of_days(three, kiosk, server):
    """Received, closed, open, told within their days; no case is led to from them."""
    for day in ("2026-11-02", "2026-11-24", "2026-09-30"):
        complain(kiosk, three, day=dt.date.fromisoformat(day))
    older, newer, _ = SealedCase.objects.order_by("pk")
    actions.answer(by(three[0]), older, "แจ้งผลช้า", now=server.now)
    actions.close(by(three[0]), newer, "แจ้งผลแล้ว", now=server.now)
    told = queries.figures(server.office, dt.date(2026, 10, 1), dt.date(2027, 3, 31), today=dt.date(2026, 11, 25))
    assert (told.received, told.closed, told.open, told.told_in_time, told.due) == (2, 1, 1, 1, 2)


def test_the_report_counts_them_as_numbers_and_leads_nowhere(case, three, staff, server):
    """The executive's report has the counts, however few, and no address that leads to a case."""
    import msgspec

    from sync_server.queues.period import Period, Span
    from sync_server.reports.queries import build

    actions.answer(by(three[0]), case, "แจ้งผลแล้ว", now=server.now)
    report = build(staff("nayok"), Period(2570, Span.FIRST), now=server.now)
    told = report.confidential
    assert (told.received, told.closed, told.open, told.told_in_time, told.due) == (1, 0, 1, 1, 1)
    assert report.cases_all.received == 0
    assert "sealed" not in str(msgspec.to_builtins(told))


def test_the_demo_office_takes_complaints_about_everybody(server, capsys):
    """After `demo-office` every route of the sample is published, and running it again makes nobody twice."""
    from django.core.management import call_command

    for _ in range(2):
        call_command("demo_office", password="sala-demo-password")
    told = contents.published_office(server.office)
    assert [route.id for route in told.routes] == ["unit", "clerk", "chief", "council", "person", "unknown"]
    assert contents.routes_held_back(server.office) == []
    assert ReaderKey.objects.count() == 5
    assert "sala-demo-password" in capsys.readouterr().out
