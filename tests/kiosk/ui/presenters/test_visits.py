"""Whole visits, step by step, through the real desk and a real store."""

from dataclasses import replace

import msgspec
import pytest

from kiosk.desk import contact, tracking
from kiosk.paper import PrinterState
from kiosk.store.errors import DiskFull
from kiosk.ui.presenters import PRESENTERS
from kiosk.ui.presenters.flow import ANYWHERE, STEPS
from shared import content, envelope, kinds
from shared.content import SealedStatus, Status
from shared.keys import code_keys


def bodies(kiosk):
    """What the lobby log holds, decoded, without the record that opened it."""
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in kiosk.world.lobby.after(0)][1:]


def file_a_lamp(kiosk, text="ไฟดับมาสามคืนแล้ว"):
    """Fill in the form up to its review."""
    for verb, *arguments in (
        ("begin",), ("problem",), ("general",), ("choose", "lamp"), ("village", "3"), ("place", "หน้ามัสยิด"),
        ("next",), ("text", text), ("next",), ("skip",),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)


def test_the_map_names_only_steps_that_somebody_answers_for():
    """Every step of the map has a presenter, and every presenter can be reached."""
    targets = {target for follows in STEPS.values() for target in follows.values()} | set(ANYWHERE.values())
    assert set(STEPS) == set(PRESENTERS)
    assert targets == set(PRESENTERS)


def test_a_ticket_is_shown_after_it_was_recorded_and_printed_after_that(kiosk):
    """Take a number: one record, the same number on screen and slip, then what became of the paper."""
    kiosk.do("begin")
    kiosk.do("services")
    kiosk.do("search", "ภาษีป้าย")
    row = kiosk.flow.view.rows[0]
    kiosk.do("choose", row.id)
    kiosk.hands.pass_s(1)
    kiosk.presenter.take()
    assert kiosk.flow.step == "service"
    assert kiosk.flow.view.busy
    kiosk.settle()
    assert kiosk.flow.step == "ticket"
    ticket, slip = bodies(kiosk)
    assert kiosk.flow.view.label == "A001"
    assert (ticket.series, ticket.number, ticket.service) == ("A", 1, "sign_tax")
    assert kiosk.printer.tray[0].label == "A001"
    assert (slip.of, slip.outcome, kiosk.flow.view.paper) == ("ticket", "printed", "printed")


def test_papers_that_were_ticked_are_counted_and_the_service_shows_what_it_must(kiosk):
    """The flowchart leaves nothing blank, and its ticks become the number of papers still missing."""
    kiosk.do("begin")
    kiosk.do("services")
    kiosk.do("choose", "land_tax_payment")
    view = kiosk.flow.view
    assert view.fee.startswith("ไม่มีค่าธรรมเนียม")
    assert view.total == "รวม 5\u00a0นาที จากที่สัญญา 5\u00a0นาที"
    assert all(step.who and step.where and step.time for step in view.steps)
    assert [minutes for minutes, _ in view.bar] == [2, 2, 1]
    assert not view.papers_complete
    kiosk.do("paper", 0)
    assert kiosk.flow.view.papers_text == "มีแล้ว 1 จาก 2"
    kiosk.do("priority", "elderly")
    kiosk.do("take")
    assert (bodies(kiosk)[0].papers_missing, bodies(kiosk)[0].priority) == (1, "elderly")
    assert kiosk.flow.view.priority == "ผู้สูงอายุ"


@pytest.mark.parametrize(("outcome", "paper"), [("failed", "failed"), ("shown", "none")])
def test_paper_is_not_promised_where_none_came_out(kiosk, outcome, paper):
    """The number stands without paper, and stays on screen longer."""
    kiosk.printer.outcome = outcome
    for verb, *arguments in (("begin",), ("services",), ("choose", "sign_tax"), ("take",)):
        kiosk.do(verb, *arguments)
    assert kiosk.flow.view.paper == paper
    assert kiosk.flow.seconds_left() > 30


def test_a_request_is_filed_and_its_code_finds_the_answer(kiosk):
    """From the door to the code, and from the code to what the office answered."""
    file_a_lamp(kiosk)
    values = [row.value for row in kiosk.flow.view.rows]
    assert values[0] == "ไฟทางดับ"
    assert "หน้ามัสยิด" in values[1]
    kiosk.do("send")
    assert kiosk.flow.step == "recorded"
    code = "".join(kiosk.flow.view.groups)
    case = bodies(kiosk)[0]
    assert (case.category, case.text) == ("lamp", "ไฟดับมาสามคืนแล้ว")
    assert len(code) == 16
    assert kiosk.flow.visit.draft.text == ""
    kiosk.do("print")
    assert kiosk.flow.view.paper == "printed"
    assert kiosk.printer.tray[0].code == code
    kiosk.do("done")

    keys = code_keys(code, kiosk.world.identity.code_salt)
    status = Status("answered", "lamp", "2027-03-18", "2027-04-02", "เปลี่ยนหลอดแล้ว", "2027-03-20", "กองช่าง", "12/2570")
    sealed = envelope.seal_status(
        content.write_status(status), status_id=keys.status_id, state_key=keys.state_key, nonce=bytes(12)
    )
    kiosk.publish(42, SealedStatus(id=keys.status_id, sealed=sealed))
    kiosk.do("begin")
    kiosk.do("track")
    for digit in code:
        kiosk.do("digit", digit)
    kiosk.do("find")
    assert kiosk.flow.step == "status"
    view = kiosk.flow.view
    assert (view.answer, view.state, view.code[0]) == ("เปลี่ยนหลอดแล้ว", "answered", code[:4])
    assert view.subject == "ไฟทางดับ"
    assert [stop.state for stop in view.stops] == ["done", "done", "done"]
    assert kiosk.flow.visit.code == ""


def test_unknown_codes_are_few_and_slow(kiosk):
    """A code that finds nothing says so kindly; after five tries in a minute one waits, also in a new visit."""
    for _ in range(5):
        kiosk.do("begin")
        kiosk.do("track")
        for _digit in range(16):
            kiosk.do("digit", "7")
        kiosk.hands.mono_s -= 16
        kiosk.do("find")
        assert kiosk.flow.view.message == kiosk.flow.say("track.missing")
        kiosk.flow.reset()
        kiosk.hands.pass_s(1)
    kiosk.do("begin")
    kiosk.do("track")
    kiosk.flow.visit.code = "7" * 16
    kiosk.do("find")
    assert kiosk.flow.view.message.startswith("ลองหลายครั้งแล้ว")
    assert not kiosk.flow.view.complete


def test_one_touch_on_a_face_records_it(kiosk):
    """Five faces, one touch, one rating; the thank-you fits the score."""
    kiosk.do("begin")
    kiosk.do("rate")
    kiosk.do("rate", 2)
    assert kiosk.flow.step == "thanks"
    assert (bodies(kiosk)[0].score, kiosk.flow.view.score, kiosk.flow.view.telling) == (2, 2, True)
    kiosk.do("tell")
    assert kiosk.flow.step == "doors"


def test_notices_are_those_of_the_day_newest_first(kiosk):
    """A notice is listed within its window only; the newest is large until another is touched."""
    kiosk.do("begin")
    kiosk.do("notices")
    view = kiosk.flow.view
    assert [row.id for row in view.rows] == ["land_tax_wait", "lunch_open", "elderly_2570"]
    assert view.title == "ภาษีที่ดินและสิ่งปลูกสร้าง ปี 2570"
    kiosk.do("choose", "elderly_2570")
    assert kiosk.flow.view.title == "รับขึ้นทะเบียนเบี้ยยังชีพผู้สูงอายุ"
    kiosk.flow.reset()
    kiosk.hands.pass_s(15 * 86_400)
    kiosk.do("begin")
    kiosk.do("notices")
    assert [row.id for row in kiosk.flow.view.rows] == ["lunch_open", "elderly_2570"]


def test_a_question_is_filed_as_a_case_without_a_place_and_answered_by_code(kiosk):
    """One way of doing a thing: a question is a case of its own category, and its code is given as for any other."""
    for verb, *arguments in (
        ("begin",), ("ask",), ("choose", "question"), ("text", "จ่ายภาษีได้ถึงวันไหน"), ("next",), ("skip",),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)
    assert kiosk.flow.view.form == ("write", "contact", "review")
    assert [row.step for row in kiosk.flow.view.rows] == ["write", "contact"]
    kiosk.do("send")
    assert len("".join(kiosk.flow.view.groups)) == 16
    (case,) = bodies(kiosk)
    assert (case.category, case.text, case.place) == ("question", "จ่ายภาษีได้ถึงวันไหน", "")


def test_questions_are_no_problems_to_report(kiosk):
    """The page of problems lists none of what is asked; the start page has no door that leads nowhere."""
    for verb in ("begin", "problem", "general"):
        kiosk.do(verb)
    assert not {"question", "suggestion"} & {choice.id for choice in kiosk.flow.view.choices}
    kiosk.hands.pass_s(1)
    kiosk.flow.home()
    assert [door.verb for door in kiosk.flow.view.doors] == ["problem", "track", "rate", "praise"]
    assert [door.verb for door in kiosk.flow.view.small] == ["ask", "notices", "way"]


def test_praise_is_by_name_or_by_counter_and_hour_and_only_when_sent(kiosk):
    """Somebody must be chosen, or the name said to be unknown; then one record, and never both ways at once."""
    kiosk.do("begin")
    kiosk.do("praise")
    kiosk.do("send")
    assert (kiosk.flow.step, bool(kiosk.flow.view.need), bodies(kiosk)) == ("praise", True, [])
    kiosk.do("person", "sample_d")
    kiosk.do("reason", "helpful")
    kiosk.do("send")
    assert kiosk.flow.step == "praised"
    kiosk.do("done")
    for verb, *arguments in (
        ("begin",), ("praise",), ("person", "sample_a"), ("unknown",), ("counter", "2"), ("hour", "10"),
        ("words", " ขอบคุณ "), ("send",), ("done",),
    ):  # fmt: skip
        kiosk.do(verb, *arguments)
    day = "2027-03-18"
    assert bodies(kiosk) == [
        kinds.PraiseGiven(day, "sample_d", "ฮาซัน ตัวอย่าง", "", "", ["helpful"], "", "th"),
        kinds.PraiseGiven(day, "", "", "2", "10", [], "ขอบคุณ", "th"),
    ]


def test_people_stand_on_pages_of_one_row_or_two(kiosk):
    """Everybody is reached, and whoever was in view stays so when text grows or shrinks."""
    kiosk.do("begin")
    kiosk.do("praise")
    kiosk.presenter.fit(2)
    everybody = [each.id for each in kiosk.flow.view.people]
    assert (len(everybody), kiosk.flow.view.pages) == (6, 1)
    kiosk.do("turn", 1)
    assert kiosk.flow.view.page == 0
    kiosk.presenter.fit(1)
    kiosk.do("turn", 1)
    kiosk.do("turn", 1)
    assert [each.id for each in kiosk.flow.view.people] == everybody[3:]
    assert (kiosk.flow.view.page, kiosk.flow.view.pages) == (1, 2)
    kiosk.presenter.fit(2)
    assert [each.id for each in kiosk.flow.view.people] == everybody


def faces(kiosk):
    """Whom one sees among colleagues to praise, and beside the steps of a service."""
    kiosk.flow.reset()
    for verb, *arguments in (("begin",), ("praise",)):
        kiosk.do(verb, *arguments)
    praised = [each.id for each in kiosk.flow.view.people if each.photo]
    kiosk.flow.reset()
    for verb, *arguments in (("begin",), ("services",), ("choose", "land_tax_payment")):
        kiosk.do(verb, *arguments)
    return praised, [step.number for step in kiosk.flow.view.steps if step.photo]


def test_a_face_is_seen_in_praise_and_beside_its_steps_until_it_is_withdrawn(kiosk):
    """Where there is none, a drawing; and in the edition after the consent was withdrawn."""
    assert faces(kiosk) == ([], [])
    kiosk.publish(kiosk.world.content.edition + 1, faces=True)
    assert faces(kiosk) == (["sample_a", "sample_c"], ["1", "2"])
    kiosk.publish(kiosk.world.content.edition + 1)
    assert faces(kiosk) == ([], [])


@pytest.mark.parametrize("wall_s", [0.0, 365 * 24 * 3600])
def test_a_face_is_seen_on_the_days_of_its_consent_alone(kiosk, wall_s):
    """Not after it ended, although no edition came; and not where nobody knows which day it is."""
    kiosk.publish(kiosk.world.content.edition + 1, faces=True)
    assert faces(kiosk) != ([], [])
    kiosk.hands.wall_s = wall_s and kiosk.hands.wall_s + wall_s
    assert faces(kiosk) == ([], [])


def touch_why(kiosk, score=4):
    """Rate, touch four reasons of which three are taken, one face of each of the two dimensions, and write."""
    for verb, *arguments in (("begin",), ("rate",), ("rate", score)):
        kiosk.do(verb, *arguments)
    view = kiosk.flow.view
    for reason in view.reasons[:4]:
        kiosk.do("reason", reason.id)
    for side in view.dimensions:
        kiosk.do("dimension", side.id, 2)
        kiosk.do("dimension", side.id, 5)
    kiosk.do("write", True)
    kiosk.do("words", "  ดีมาก\u202e ")
    return view


LEAVINGS = {
    "done": lambda kiosk: kiosk.do("done"),
    "home": lambda kiosk: kiosk.flow.home(),
    "back": lambda kiosk: kiosk.flow.back(),
    "finish": lambda kiosk: kiosk.flow.finish(),
    "nobody there": lambda kiosk: kiosk.pass_s(61),
    "staff": lambda kiosk: kiosk.flow.staff(),
    "the program ends": lambda kiosk: kiosk.flow.reset(),
}


@pytest.mark.parametrize("way", LEAVINGS)
def test_why_is_recorded_once_by_whichever_way_one_leaves(kiosk, way):
    """What was touched is one record that cites its rating: no more than six touches, nothing lost, nothing double."""
    view = touch_why(kiosk)
    kiosk.hands.pass_s(1)
    LEAVINGS[way](kiosk)
    kiosk.flow.reset()
    kiosk.settle()
    rating, why = bodies(kiosk)
    cited = next(each for each in kiosk.world.lobby.after(0) if each.header.kind == "rating.given").header
    assert (why.of_log, why.of_seq, why.score, rating.score) == (cited.log, cited.seq, 4, 4)
    assert why.reasons == [each.id for each in view.reasons[:3]]
    assert why.dimensions == [(each.id, 5) for each in view.dimensions]
    assert why.words == "ดีมาก"


def test_a_rating_without_a_why_is_one_record(kiosk):
    """Nothing was said, so nothing is recorded about it."""
    for verb, *arguments in (("begin",), ("rate",), ("rate", 5), ("reason", "quick"), ("reason", "quick"), ("done",)):
        kiosk.do(verb, *arguments)
    assert [type(body) for body in bodies(kiosk)] == [kinds.RatingGiven]


def test_dimensions_take_turns_and_reasons_fit_the_score(kiosk):
    """Two ratings ask about all four dimensions; a low score is offered other reasons than a high one."""
    asked, offered = [], []
    for score in (1, 5):
        for verb, *arguments in (("begin",), ("rate",), ("rate", score)):
            kiosk.do(verb, *arguments)
        asked += [side.id for side in kiosk.flow.view.dimensions]
        offered.append({reason.id for reason in kiosk.flow.view.reasons})
        kiosk.hands.pass_s(10)
        kiosk.do("done")
    assert sorted(asked) == ["channel", "place", "procedure", "staff"]
    assert not offered[0] & offered[1]


def test_the_second_door_records_nothing_while_nobody_may_read_it(kiosk):
    """Who wants to complain about a person is shown where that is heard; not even the wish is kept."""
    kiosk.publish(42, readers=False)
    for verb in ("begin", "problem", "person"):
        kiosk.do(verb)
    assert kiosk.flow.step == "outside"
    kiosk.do("done")
    assert bodies(kiosk) == []


def test_a_kiosk_that_was_shut_out_says_so_before_anything_is_typed(kiosk):
    """Both doors of complaint are shut, to the counter and to the bodies outside; numbers are still given."""
    store = kiosk.world.store
    contact.write(store, replace(contact.read(store), revoked=True))
    for verb in ("begin", "problem", "general"):
        kiosk.do(verb)
    assert kiosk.flow.step == "cannot"
    kiosk.do("done")
    for verb in ("begin", "problem", "person"):
        kiosk.do(verb)
    assert kiosk.flow.step == "outside"
    kiosk.do("done")
    assert bodies(kiosk) == []
    for step in (("begin",), ("services",), ("choose", "sign_tax"), ("take",)):
        kiosk.do(*step)
    assert isinstance(bodies(kiosk)[0], kinds.TicketIssued)


@pytest.mark.parametrize(("before", "verb", "arguments", "lost"), [
    ([("begin",), ("services",), ("choose", "sign_tax")], "take", (), "ticket"),
    ([("begin",), ("rate",)], "rate", (4,), "rating"),
    ([("begin",), ("praise",), ("unknown",)], "send", (), "praise"),
    (None, "send", (), "case"),
])  # fmt: skip
def test_what_cannot_be_recorded_is_never_thanked_for(kiosk, monkeypatch, before, verb, arguments, lost):
    """A full disk sends the citizen to the counter and says what was lost; typed text is gone by then."""
    if before is None:
        file_a_lamp(kiosk, "ความลับของฉัน")
    for step, *values in before or []:
        kiosk.do(step, *values)

    def full(*_):
        raise DiskFull("no room")

    monkeypatch.setattr(kiosk.world.store, "transaction", full)
    kiosk.do(verb, *arguments)
    assert kiosk.flow.step == "cannot"
    assert kiosk.flow.view.lost == kiosk.flow.say(f"cannot.lost_{lost}")
    assert kiosk.flow.visit.draft.text == ""
    assert bodies(kiosk) == []
    kiosk.do("services")
    assert kiosk.flow.step == "services"


def test_a_part_of_the_form_is_changed_and_leads_back_to_the_review(kiosk):
    """From the review to one step and straight back, with everything else as it was."""
    file_a_lamp(kiosk)
    kiosk.do("change_step", "where")
    kiosk.do("place", "เสาต้นที่ 4")
    kiosk.do("next")
    assert kiosk.flow.step == "review"
    assert "เสาต้นที่ 4" in kiosk.flow.view.rows[1].value
    kiosk.hands.pass_s(1)
    kiosk.flow.back()
    assert kiosk.flow.step == "contact"


def test_the_form_says_what_it_needs_and_waits(kiosk):
    """Without a word of text one stays, and is told so only after trying to go on."""
    for verb, *arguments in (("begin",), ("problem",), ("general",), ("choose", "lamp"), ("next",)):
        kiosk.do(verb, *arguments)
    assert kiosk.flow.step == "write"
    assert kiosk.flow.view.need == ""
    kiosk.do("next")
    assert (kiosk.flow.step, kiosk.flow.view.need) == ("write", kiosk.flow.say("write.need"))
    kiosk.do("text", "น้ำไม่ไหล")
    assert kiosk.flow.view.need == ""


def test_the_form_takes_as_much_as_the_office_does_and_says_so(kiosk, monkeypatch):
    """Beside the text stands how much of how much; at the office's own limit the field is full."""
    shown = kiosk.world.content.bundle
    narrow = msgspec.structs.replace(shown.office, limits=content.Limits(text_chars=300))
    monkeypatch.setattr(kiosk.world.content, "_bundle", msgspec.structs.replace(shown, office=narrow))
    file_a_lamp(kiosk)
    kiosk.do("change_step", "write")
    kiosk.do("text", "ก" * 299)
    assert not kiosk.flow.view.full
    kiosk.do("text", "ก" * 301)
    view = kiosk.flow.view
    assert (view.text, view.full) == ("ก" * 300, True)
    assert view.count == kiosk.flow.say("write.count", n="300", most="300")


def test_without_content_the_kiosk_is_closed_and_opens_by_itself(tmp_path):
    """No screen is blank: a kiosk that never received content says so, and opens when it has."""
    from kiosk.ui.sample import sample_kiosk

    with sample_kiosk(tmp_path, edition=0) as kiosk:
        kiosk.flow.start()
        assert kiosk.flow.step == "closed"
        kiosk.publish(1)
        kiosk.pass_s(1)
        assert kiosk.flow.step == "idle"


def test_the_staff_corner_asks_for_a_pin_and_few_guesses(tmp_path):
    """The right PIN shows the figures; wrong ones are counted, and the count outlives the visit."""
    from kiosk.config import pin_hash
    from kiosk.ui.sample import sample_kiosk

    with sample_kiosk(tmp_path, settings={"staff_pin_hash": pin_hash("2570", b"s" * 16)}) as kiosk:
        kiosk.flow.start()
        kiosk.flow.follow("staff")
        kiosk.flow.show()
        for digit in "2570":
            kiosk.do("digit", digit)
        assert kiosk.flow.view.typed == 4
        kiosk.do("open")
        assert kiosk.flow.step == "staff"
        assert (kiosk.flow.view.captured, kiosk.flow.view.stored) == ("1", "0")
        kiosk.do("serve")
        for _ in range(5):
            kiosk.flow.follow("staff")
            kiosk.do("digit", "1")
            kiosk.do("open")
        assert kiosk.flow.view.message.startswith("ผิดหลายครั้ง")


def test_a_kiosk_without_a_pin_opens_its_staff_corner(kiosk):
    """An installer who set no PIN wanted none."""
    kiosk.flow.follow("staff")
    kiosk.settle()
    assert kiosk.flow.step == "staff"
    assert kiosk.flow.view.devices[0].level == "fine"


def test_where_no_paper_is_none_is_offered(kiosk):
    """A kiosk without a printer does not ask whether the code should be printed."""
    kiosk.printer.says = PrinterState.NONE
    file_a_lamp(kiosk)
    kiosk.do("send")
    assert kiosk.flow.view.paper == "none"


def test_the_same_visit_speaks_the_language_that_was_chosen(kiosk):
    """English is spoken until the visit ends, and Thai again for the next citizen."""
    kiosk.do("begin")
    kiosk.do("speak", "en")
    assert kiosk.flow.view.say("home.question") == "How can we help you today?"
    kiosk.do("services")
    assert kiosk.flow.view.rows[0].title == "Pay the land and building tax"
    kiosk.flow.reset()
    assert kiosk.flow.view.say.language == "th"


def test_a_code_is_hard_to_guess_only_if_its_miss_looks_like_a_hit(kiosk):
    """Looking up an unknown code does the work of a known one: the key is derived before anything is compared."""
    assert tracking.look_up(kiosk.world, "1234 5678 9012 3456") is None
