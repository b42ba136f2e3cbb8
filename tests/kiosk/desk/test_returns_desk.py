"""Not fixed, at the desk: once for each round of a case, in the transaction of its record."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from kiosk.desk import complaints, returns, tracking
from kiosk.desk.complaints import Draft
from kiosk.desk.returns import AlreadySaid, NoReason
from kiosk.store.errors import DiskFull
from shared import content, envelope, kinds
from shared.content import SealedStatus, Status, Statuses
from shared.keys import code_keys
from tests.kiosk.worlds import CODE_SALT, Hands, an_office, pieces_of, publish, some_services

ANSWERED = Status("answered", "lamp", "2026-03-02", "2026-03-17", "ซ่อมแล้ว", "2026-03-12", "กองช่าง", "ร.1/2569", 1)


@pytest.fixture
def code(world):
    """The code of a case that was filed here."""
    return complaints.file(world, Hands().clock().now(), Draft("lamp", "ไฟดับ"), "th").code


def tell(world, code, status, *, edition=None):
    """Publish this status under the code, and find it."""
    under = code_keys(code.replace(" ", ""), CODE_SALT)
    sealed = envelope.seal_status(
        content.write_status(status), status_id=under.status_id, state_key=under.state_key, nonce=bytes(12)
    )
    statuses = Statuses(statuses=[SealedStatus(id=under.status_id, sealed=sealed)])
    publish(world.content, edition or world.content.edition + 1, pieces_of(an_office(), some_services(), statuses))
    found = tracking.find(world, code)
    assert found is not None
    return found


def bodies(world):
    """The lobby log, decoded."""
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in world.lobby.after(0)]


def test_it_is_recorded_with_its_reason_round_and_words(world, code):
    """The record names the case by what the code gives, and the day by which the office answers is told."""
    found = tell(world, code, ANSWERED)
    said = returns.say(world, Hands().clock().now(), found, "came_back", " ดับอีก\u202e ", "ms")
    under = code_keys(code.replace(" ", ""), CODE_SALT)
    assert bodies(world)[-1] == kinds.CaseReturned("2026-03-16", under.status_id, 1, "came_back", "ดับอีก", "ms")
    assert said.answer_by == date(2026, 3, 31)


def test_it_is_said_once_in_a_round_and_again_in_the_next(world, code):
    """Nothing more is recorded until the office has answered anew; a restart does not forget (F-L7)."""
    found = tell(world, code, ANSWERED)
    now = Hands().clock().now()
    assert returns.may_say(world, found)
    returns.say(world, now, found, "other", "", "th")
    count = len(bodies(world))
    assert (returns.said(world, found), returns.may_say(world, found)) == (True, False)
    with pytest.raises(AlreadySaid):
        returns.say(world, now, found, "other", "", "th")
    opened = tell(world, code, msgspec.structs.replace(ANSWERED, state="in_progress", round=0))
    assert not returns.may_say(world, opened)
    with pytest.raises(AlreadySaid):
        returns.say(world, now, opened, "other", "", "th")
    assert len(bodies(world)) == count
    again = tell(world, code, msgspec.structs.replace(ANSWERED, round=2))
    assert returns.may_say(world, again)
    returns.say(world, now, again, "no_better", "", "th")
    assert bodies(world)[-1].round == 2


def test_a_sealed_case_cannot_be_returned_here(world, code):
    """Its status tells no round: words about it may go to its readers only, and lobby records go to everybody."""
    found = tell(world, code, msgspec.structs.replace(ANSWERED, subject="confidential", round=0))
    assert not returns.may_say(world, found)
    with pytest.raises(AlreadySaid):
        returns.say(world, Hands().clock().now(), found, "other", "", "th")


def test_without_a_reason_nothing_is_recorded(world, code):
    """A reason is one of those that are counted."""
    found = tell(world, code, ANSWERED)
    before = world.lobby.head
    with pytest.raises(NoReason):
        returns.say(world, Hands().clock().now(), found, "", "words", "th")
    assert world.lobby.head == before


def test_a_full_disk_leaves_it_to_be_said(world, code, monkeypatch):
    """Record and memory of it are one transaction: neither without the other."""
    found = tell(world, code, ANSWERED)
    before = world.lobby.head

    def full(*_arguments, **_named):
        raise DiskFull("no room")

    with monkeypatch.context() as broken:
        broken.setattr(type(world.store.table(returns.TABLE)), "upsert", full)
        with pytest.raises(DiskFull):
            returns.say(world, Hands().clock().now(), found, "other", "", "th")
    assert world.lobby.head == before
    assert returns.may_say(world, found)


def test_the_memory_of_cases_that_are_told_no_more_goes(world, code):
    """What was said of a case leaves the store with the case's status."""
    found = tell(world, code, ANSWERED)
    returns.say(world, Hands().clock().now(), found, "other", "", "th")
    other = complaints.file(world, Hands().clock().now(), Draft("lamp", "อีกเรื่อง"), "th").code
    second = tell(world, other, ANSWERED)
    returns.say(world, Hands().clock().now(), second, "other", "", "th")
    assert [each["id"] for each in world.store.table(returns.TABLE)] == [second.status_id]
    assert not returns.said(world, replace(found, status_id=b"x" * 16))
