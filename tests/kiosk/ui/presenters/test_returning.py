"""Following a case further: the question whether it is fixed, and what a citizen does who says no."""

import msgspec
import pytest

from kiosk.store.errors import DiskFull
from kiosk.ui.screens.examples import CODE
from shared import content, envelope, kinds
from shared.content import SealedStatus, Status
from shared.keys import code_keys

CLOSED = Status("closed", "lamp", "2027-03-11", "2027-03-26", "เปลี่ยนหลอดแล้ว", "2027-03-16", "กองช่าง", "ร.12/2570", 1)


def look(kiosk, status):
    """Publish this status under the sample's code and look it up."""
    under = code_keys(CODE, kiosk.world.identity.code_salt)
    sealed = envelope.seal_status(
        content.write_status(status), status_id=under.status_id, state_key=under.state_key, nonce=bytes(12)
    )
    kiosk.publish(kiosk.world.content.edition + 1, SealedStatus(id=under.status_id, sealed=sealed))
    kiosk.flow.reset()
    kiosk.hands.pass_s(61)
    for verb, *arguments in (("begin",), ("track",), *(("digit", each) for each in CODE), ("find",)):
        kiosk.do(verb, *arguments)
    assert kiosk.flow.step == "status"
    return kiosk.flow.view


def returned(kiosk):
    """The returns in the lobby log."""
    read = (kinds.decode(each.header.kind, each.header.schema, each.body) for each in kiosk.world.lobby.after(0))
    return [body for body in read if isinstance(body, kinds.CaseReturned)]


def test_not_fixed_takes_a_reason_and_tells_by_when(kiosk):
    """Asked once, with a reason and words; the status then says that it was noted and until when one waits (F-L7)."""
    assert look(kiosk, CLOSED).may_return
    kiosk.do("not_fixed")
    kiosk.do("send")
    assert (kiosk.flow.step, kiosk.flow.view.need) == ("returning", kiosk.flow.say("returning.need"))
    for verb, *arguments in (("reason", "nobody_came"), ("reason", "came_back"), ("write", True), ("words", "ดับอีก")):
        kiosk.do(verb, *arguments)
    assert [each.chosen for each in kiosk.flow.view.reasons].count(True) == 1
    kiosk.do("send")
    (body,) = returned(kiosk)
    assert (body.reason, body.words, body.round) == ("came_back", "ดับอีก", 1)
    view = kiosk.flow.view
    assert (kiosk.flow.step, view.may_return) == ("status", False)
    assert view.waiting == kiosk.flow.say("status.returned")
    assert "2 เม.ย." in view.waiting_sub.replace("\u00a0", " ")
    kiosk.do("done")
    assert (kiosk.flow.step, kiosk.flow.visit.code) == ("idle", "")


def test_it_is_not_asked_twice_for_one_answer_and_asked_again_after_the_next(kiosk):
    """The same status again says that it was noted; one taken up again shows its new day; the next answer asks anew."""
    look(kiosk, CLOSED)
    for verb, *arguments in (("not_fixed",), ("reason", "other"), ("send",)):
        kiosk.do(verb, *arguments)
    view = look(kiosk, CLOSED)
    assert (view.may_return, view.waiting) == (False, kiosk.flow.say("status.returned"))
    view = look(kiosk, msgspec.structs.replace(CLOSED, state="in_progress", answer_by="2027-04-05", round=0))
    assert (view.may_return, view.waiting) == (False, kiosk.flow.say("status.again_open"))
    assert "5 เม.ย." in view.waiting_sub.replace("\u00a0", " ")
    assert (view.stops[2].state, view.stops[2].day) == ("later", "")
    assert look(kiosk, msgspec.structs.replace(CLOSED, round=2)).may_return
    assert len(returned(kiosk)) == 1


def test_the_reason_of_one_citizen_is_not_shown_to_the_next(kiosk):
    """Whoever turns back has sent nothing, and what they chose is gone with the visit."""
    look(kiosk, CLOSED)
    for verb, *arguments in (("not_fixed",), ("reason", "other"), ("words", "ลับ")):
        kiosk.do(verb, *arguments)
    kiosk.flow.back()
    kiosk.settle()
    assert kiosk.flow.step == "status"
    kiosk.do("not_fixed")
    assert (kiosk.flow.view.words, any(each.chosen for each in kiosk.flow.view.reasons)) == ("", False)
    assert returned(kiosk) == []


def test_a_sealed_case_has_plain_words_and_is_not_returned(kiosk):
    """Nobody behind reads what it is about; who is not content learns where else to turn."""
    view = look(kiosk, msgspec.structs.replace(CLOSED, subject="confidential", round=0))
    assert view.subject == kiosk.flow.say("status.confidential")
    assert not view.may_return
    assert "1567" in view.unhappy


def test_what_was_not_recorded_is_said(kiosk, monkeypatch):
    """A full disk: no thanks, and what was lost is named."""
    look(kiosk, CLOSED)
    kiosk.do("not_fixed")
    kiosk.do("reason", "other")

    def full(*_arguments, **_named):
        raise DiskFull("no room")

    monkeypatch.setattr("kiosk.desk.returns.say", full)
    kiosk.do("send")
    assert (kiosk.flow.step, kiosk.flow.view.lost) == ("cannot", kiosk.flow.say("cannot.lost_return"))


@pytest.mark.parametrize("state", ["received", "in_progress"])
def test_a_case_that_is_open_is_not_asked_about(kiosk, state):
    """Before an answer there is nothing to return."""
    view = look(kiosk, Status(state, "lamp", "2027-03-11", "2027-03-26", "", "", "", ""))
    assert (view.may_return, view.waiting) == (False, kiosk.flow.say("status.none"))
