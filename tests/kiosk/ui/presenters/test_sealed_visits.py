"""The second door, step by step, through the real desk: whom, what, the words, the code; sealed and without a time."""

import pytest

from kiosk.store.errors import DiskFull
from kiosk.ui import sample
from kiosk.ui.presenters.sealed import PARTS
from shared import complaint, content, envelope, kinds
from shared.keys import ReadingKey

TEXT = "เจ้าหน้าที่ขอเงินสองร้อยบาท ไม่มีใบเสร็จ"


def go(kiosk, *verbs):
    """One unhurried touch after another."""
    for verb, *arguments in verbs:
        kiosk.do(verb, *arguments)


def fill_in(kiosk, route="unit"):
    """Fill in the form up to its review."""
    go(kiosk, ("begin",), ("problem",), ("person",), ("choose", route))
    if kiosk.flow.step == "which":
        go(kiosk, ("next",))
    go(kiosk, ("choose", "corruption"), ("text", TEXT), ("next",), ("next",), ("skip",))


def records(kiosk):
    """The confidential log, without the record that opened it."""
    with kiosk.world.apart.open(kiosk.clock.now().service_date) as book:
        return list(book.after(1))


def opened(kiosk, record, reader):
    """The words of a record, read with the made-up key of this reader of the sample."""
    place = next(i for i, each in enumerate(sample.sample_content().office.readers, 1) if each.id == reader)
    body = kinds.decode(record.header.kind, record.header.schema, record.body)
    key = ReadingKey(bytes([place]) * 96)
    return complaint.decode(
        envelope.open_routed(body.sealed, reader=key, log=record.header.log, route=body.route)
    )  # fmt: skip


def test_what_was_chosen_and_typed_reaches_the_readers_and_nobody_else(kiosk):
    """From the door to the code: each answer is in the sealed words; the lobby's log knows nothing of it."""
    before = kiosk.world.lobby.head
    go(
        kiosk, ("begin",), ("problem",), ("person",), ("choose", "unit"), ("pick_one", "works"), ("pick_two", "2"),
        ("focus", "first"), ("first", "ผู้ชายใส่แว่น"), ("next",), ("choose", "corruption"), ("text", TEXT), ("next",),
        ("pick_one", "week"), ("second", "หน้าช่องบริการ"), ("next",), ("name", "มะ"), ("phone", "0-0000-0000"), ("next",),
    )  # fmt: skip
    assert kiosk.flow.step == "check"
    assert [row.step for row in kiosk.flow.view.rows] == ["whom", "which", "sort", "tell", "when", "reach"]
    assert kiosk.flow.view.rows[1].value == "กองช่าง · ช่อง 2 · ผู้ชายใส่แว่น"
    assert "ปลัด อบต." in kiosk.flow.view.readers
    kiosk.do("send")
    assert kiosk.flow.step == "kept"
    (record,) = records(kiosk)
    words = opened(kiosk, record, "auditor")
    assert (words.about, words.unit, words.counter, words.person) == ("unit", "กองช่าง", "2", "ผู้ชายใส่แว่น")
    assert (words.text, words.when, words.place) == (TEXT, "สัปดาห์นี้", "หน้าช่องบริการ")
    assert (words.contact_name, words.contact_phone) == ("มะ", "0-0000-0000")
    assert kiosk.world.lobby.head == before
    assert kiosk.flow.visit.sealed.text == ""


def test_the_page_after_it_says_who_reads_and_what_comes_and_where_else_one_can_turn(kiosk):
    """Positions of the route, days without times, the bodies outside with their numbers; paper or none."""
    fill_in(kiosk, "chief")
    kiosk.do("send")
    view = kiosk.flow.view
    assert len("".join(view.groups)) == 16
    told = [f"{stop.title} {stop.sub} {stop.when} {stop.day}" for stop in view.stops]
    assert "ประธานสภา อบต. · ท้องถิ่นอำเภอ" in told[1]
    assert "ไม่มีผู้ถูกร้องเรียน" in told[1]
    assert "1567" in told[-1]
    assert view.stops[-1].last
    assert ":" not in "".join(stop.when + stop.day for stop in view.stops)
    assert view.paper == "ask"


@pytest.mark.parametrize("outcome", ["printed", "failed"])
def test_the_slip_is_like_any_other_and_leaves_no_record(kiosk, outcome):
    """The code on paper, whatever becomes of it: not a record more in either log, so no time beside it (F-L4)."""
    kiosk.printer.outcome = outcome
    fill_in(kiosk)
    kiosk.do("send")
    code = "".join(kiosk.flow.view.groups)
    before = (kiosk.world.lobby.head, [record.header for record in records(kiosk)])
    kiosk.do("print")
    assert kiosk.flow.view.paper == outcome
    assert [slip.code for slip in kiosk.printer.tray] == [code]
    assert (kiosk.world.lobby.head, [record.header for record in records(kiosk)]) == before


@pytest.mark.parametrize("about", PARTS)
def test_more_is_asked_only_where_there_is_more_to_ask(kiosk, about):
    """The clerk is one person; a division has counters and people; who is not known has no name."""
    go(kiosk, ("begin",), ("problem",), ("person",))
    route = next(each for each in kiosk.flow.bundle.office.routes if each.about == about)
    kiosk.do("choose", route.id)
    if not PARTS[about]:
        assert kiosk.flow.step == "sort"
        return
    view = kiosk.flow.view
    assert route.subject.th not in (view.title, view.sub)
    asked = {"unit": bool(view.one), "counter": bool(view.two), "person": view.first is not None}
    assert {part for part, is_asked in asked.items() if is_asked} == set(PARTS[about])
    assert view.note


def test_somebody_else_takes_the_particulars_of_the_one_before_away(kiosk):
    """A name and a counter belong to whom they were said about."""
    go(kiosk, ("begin",), ("problem",), ("person",), ("choose", "unit"), ("pick_two", "3"), ("first", "สมชาย"))
    kiosk.flow.back()
    kiosk.settle()
    go(kiosk, ("choose", "council"))
    assert (kiosk.flow.visit.sealed.counter, kiosk.flow.visit.sealed.person) == ("", "")


def test_what_is_missing_is_asked_for_and_everything_can_be_changed(kiosk):
    """An empty text does not go on; from the review each part is changed and comes back."""
    go(kiosk, ("begin",), ("problem",), ("person",), ("choose", "clerk"), ("choose", "unfair"), ("next",))
    assert (kiosk.flow.step, kiosk.flow.view.need) == ("tell", kiosk.flow.say("write.need"))
    go(kiosk, ("text", TEXT), ("next",), ("next",), ("skip",))
    for step, verb, *arguments in (
        ("sort", "choose", "conduct"), ("whom", "choose", "council"), ("tell", "next"), ("when", "next"),
        ("reach", "skip"), ("which", "next"),
    ):  # fmt: skip
        kiosk.do("change_step", step)
        assert kiosk.flow.step == step
        kiosk.do(verb, *arguments)
        assert kiosk.flow.step == "check"
    assert (kiosk.flow.visit.sealed.category, kiosk.flow.visit.sealed.route) == ("conduct", "council")


def test_anonymous_and_known_to_the_readers_only_are_two_things(kiosk):
    """Without a contact nobody knows who it was; with one, the page names who sees it beforehand (F-L6)."""
    go(kiosk, ("begin",), ("problem",), ("person",), ("choose", "clerk"), ("choose", "unfair"), ("text", TEXT))
    go(kiosk, ("next",), ("next",))
    view = kiosk.flow.view
    assert "นายก อบต. · ประธานสภา อบต." in view.short
    kiosk.do("notice")
    assert any("นายก อบต. · ประธานสภา อบต." in line for line in kiosk.flow.view.notice)
    assert any("5 ปี" in line for line in kiosk.flow.view.notice)
    go(kiosk, ("name", "มะ"), ("skip",))
    assert kiosk.flow.view.rows[-1].value == kiosk.flow.say("review.contact_none")
    kiosk.do("send")
    (record,) = records(kiosk)
    words = opened(kiosk, record, "chief")
    assert (words.contact_name, words.contact_phone) == ("", "")


def test_where_nobody_may_read_it_the_door_leads_outside_and_says_why(kiosk):
    """Without a sound route nothing is asked here at all."""
    kiosk.publish(42, readers=False)
    go(kiosk, ("begin",), ("problem",))
    assert not kiosk.flow.view.confidential
    kiosk.do("person")
    assert kiosk.flow.step == "outside"
    assert kiosk.flow.view.why == kiosk.flow.say("outside.closed")
    assert [channel.phone for channel in kiosk.flow.view.channels] == ["1567", "1111", "1205"]


def test_readers_who_changed_meanwhile_are_chosen_again_and_the_text_stays(kiosk, monkeypatch):
    """The route of the draft is gone with a new edition: nothing is filed, one chooses again, and then it is."""
    fill_in(kiosk, "unknown")
    sound = content.sound_routes
    monkeypatch.setattr(content, "sound_routes", lambda office: [r for r in sound(office) if r.id != "unknown"])
    kiosk.do("send")
    assert kiosk.flow.step == "whom"
    assert kiosk.flow.view.hint == kiosk.flow.say("whom.gone")
    assert not kiosk.world.apart.exists
    kiosk.do("choose", "unit")
    assert (kiosk.flow.step, kiosk.flow.visit.sealed.text) == ("check", TEXT)
    kiosk.do("send")
    assert len(records(kiosk)) == 1


def test_readers_who_are_all_gone_lead_outside_and_nothing_stays(kiosk):
    """A new edition without readers while somebody types: the page outside, and the draft is emptied."""
    fill_in(kiosk)
    kiosk.publish(42, readers=False)
    kiosk.do("send")
    assert (kiosk.flow.step, kiosk.flow.visit.sealed.text) == ("outside", "")
    assert not kiosk.world.apart.exists


def test_a_full_disk_gives_no_code_and_forgets_the_words(kiosk, monkeypatch):
    """Nothing recorded, so no thanks and no code; what was typed is gone from the screen before it is said so."""
    fill_in(kiosk)

    def full(*_arguments, **_named):
        raise DiskFull("no room")

    monkeypatch.setattr("kiosk.desk.confidential.file", full)
    kiosk.do("send")
    assert (kiosk.flow.step, kiosk.flow.visit.sealed.text) == ("cannot", "")
    assert kiosk.flow.view.lost == kiosk.flow.say("cannot.lost_case")


def test_leaving_forgets_both_drafts(kiosk):
    """Cancel and the end of a visit leave nothing of the second door."""
    fill_in(kiosk)
    kiosk.do("cancel")
    assert (kiosk.flow.step, kiosk.flow.visit.sealed.text) == ("home", "")
    kiosk.flow.reset()
    fill_in(kiosk)
    visit = kiosk.flow.visit
    kiosk.pass_s(61)
    assert (kiosk.flow.step, visit.sealed.text, kiosk.flow.visit.sealed.text) == ("idle", "", "")
