"""What a citizen is told when something of the kiosk is not well, brought about by the real thing."""

import dataclasses

import pytest

from kiosk.bootstrap import open_kiosk
from kiosk.desk import contact
from kiosk.identity import KEY_NAME, STORE_KEY_NAME
from kiosk.paper import PrinterState
from kiosk.store import WrongKey, make_key_file
from kiosk.store.editions import Editions
from kiosk.ui.presenters.trouble import ClosedView, stopped
from kiosk.ui.strings import LANGUAGES, saying
from shared import keys
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (PrinterState.OK, False),
        (PrinterState.NEAR_END, False),
        (PrinterState.OUT, True),
        (PrinterState.STOPPED, True),
        (PrinterState.UNKNOWN, True),
        (PrinterState.NONE, True),
    ],
)
@pytest.mark.parametrize("language", ["th", "en"])
def test_no_paper_is_said_before_a_number_is_taken(kiosk, says, told, language):
    """The printer is asked before paper is promised; without it the number is large and stays longer."""
    kiosk.printer.says = says
    kiosk.printer.outcome = "failed" if told else "printed"
    kiosk.do("begin")
    kiosk.do("speak", language)
    for verb, *arguments in (("services",), ("choose", "land_tax_payment")):
        kiosk.do(verb, *arguments)
    assert (kiosk.flow.view.take_sub == kiosk.flow.say("service.take_no_paper")) is told
    kiosk.do("take")
    assert kiosk.flow.view.label == "A001"
    kiosk.pass_s(31)
    assert (kiosk.flow.step == "ticket") is told


def test_a_printer_that_was_never_asked_promises_nothing_about_paper(kiosk):
    """Until the printer has answered, the button says neither."""
    kiosk.printer.says = PrinterState.OUT
    kiosk.do("begin")
    kiosk.do("services")
    kiosk.hands.pass_s(1)
    kiosk.presenter.choose("land_tax_payment")
    assert kiosk.flow.view.take_sub != kiosk.flow.say("service.take_no_paper")
    kiosk.settle()
    assert kiosk.flow.view.take_sub == kiosk.flow.say("service.take_no_paper")


def test_staff_are_asked_for_the_day_where_the_clock_cannot_be_right(kiosk):
    """A device in 1970: no time is shown; behind the PIN staff say what day it is, and tickets bear that day."""
    kiosk.hands.wall_s = 0.0
    kiosk.flow.tick()
    assert kiosk.flow.chrome.clock == ""
    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.step == "date"
    for digit in "320325701024":
        kiosk.do("digit", digit)
    assert (kiosk.flow.view.message, kiosk.flow.view.complete) == (kiosk.flow.say("date.refused"), False)
    for _ in range(12):
        kiosk.do("erase")
    for digit in "180325701024":
        kiosk.do("digit", digit)
    assert kiosk.flow.view.typed == "18/03/2570 10:24"
    assert "18\u00a0มีนาคม\u00a02570" in kiosk.flow.view.moment
    kiosk.do("confirm")
    assert kiosk.flow.step == "staff"
    assert kiosk.flow.chrome.clock == "10:24"
    assert kiosk.clock.now().service_date.isoformat() == "2027-03-18"


def test_a_day_before_the_program_was_made_is_refused(kiosk):
    """Staff cannot set what cannot be; and may leave it for later."""
    kiosk.hands.wall_s = 0.0
    kiosk.flow.staff()
    for digit in "010120000000":
        kiosk.do("digit", digit)
    kiosk.do("confirm")
    assert (kiosk.flow.step, kiosk.flow.view.message) == ("date", kiosk.flow.say("date.refused"))
    kiosk.do("later")
    assert kiosk.flow.step == "staff"


def test_a_signed_answer_outdoes_what_staff_said(kiosk):
    """Time set by hand holds until the server says otherwise."""
    kiosk.hands.wall_s = 0.0
    moment = kiosk.clock.guess().replace(year=2027)
    kiosk.clock.set_by_staff(moment)
    assert kiosk.clock.now().trusted
    kiosk.clock.learn(round(moment.timestamp() * 1000) + 3_600_000)
    assert not kiosk.clock.now().trusted


@pytest.mark.parametrize("which", [KEY_NAME, STORE_KEY_NAME])
def test_a_wrong_key_stops_the_start_and_the_screen_says_what_to_do(tmp_path, which):
    """Another kiosk's key file: nothing is made anew over what is there, and staff read which file to bring back."""
    data = tmp_path / "kiosk"
    try_enrol(data, Registry())
    (data / which).unlink()
    if which == KEY_NAME:
        (data / which).write_text(keys.write(keys.SigningKey(b"x" * 32)), "ascii")
    else:
        make_key_file(data / which, b"x" * 32)
    before = (data / "store.sala").read_bytes()
    with pytest.raises(WrongKey) as caught:
        open_kiosk(data)
    assert (data / "store.sala").read_bytes() == before
    for language in LANGUAGES:
        view = stopped(caught.value, ClosedView(saying(language)))
        assert view.reason == saying(language)("closed.wrong_key")
        assert view.remedy == saying(language)("closed.wrong_key_do")


@pytest.mark.parametrize("language", LANGUAGES)
def test_old_content_is_shown_with_its_date_and_staff_are_told(kiosk, language):
    """After the days that the office set nothing goes blank: the header says of when it is, the staff corner to act."""
    made = "18\u00a0"
    kiosk.do("begin")
    kiosk.do("speak", language)
    assert made not in kiosk.flow.view.kiosk
    kiosk.flow.reset()
    kiosk.hands.wall_s += 31 * 24 * 3600
    kiosk.do("begin")
    kiosk.do("speak", language)
    assert made in kiosk.flow.view.kiosk
    kiosk.do("services")
    assert made in kiosk.flow.view.sub
    assert kiosk.flow.view.rows
    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.say("problem.content_old") in kiosk.flow.view.problems
    [row] = [row for row in kiosk.flow.view.devices if row.icon == "package"]
    assert row.level == "look"


def test_content_that_is_damaged_is_told_to_staff_and_the_older_one_stays(kiosk):
    """The newest edition is broken on the disk: at the next start the one before is on screen, and staff are told."""
    world = kiosk.world
    before = world.content.edition
    kiosk.publish(before + 1)
    world.content._manifest_path(before + 1).write_bytes(b"\xa5" * 40)
    started = Editions(world.config.data / "content", world.content._key, world.content._office)
    assert started.edition == before
    kiosk.flow.world = dataclasses.replace(world, content=started)
    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.view.problems == kiosk.flow.say("problem.content_damaged")


@pytest.mark.parametrize(("ahead_days", "told"), [(-8, False), (-6, True), (6, True), (20_000, False)])
def test_a_restored_server_is_news_for_a_week(kiosk, ahead_days, told):
    """Seven days by the server's time, also where that was years ahead when it was noted and is right again."""
    then = contact.Contact(server_ms=1_800_000_000_000)
    noted = then.server_ms + ahead_days * 24 * 3600 * 1000
    contact.write(
        kiosk.world.store, dataclasses.replace(then, restored_ms=noted, new_log_ms=noted, new_log_reason="forked")
    )
    kiosk.flow.staff()
    kiosk.settle()
    for problem in ("problem.server_restored", "problem.new_log"):
        assert (kiosk.flow.say(problem) in kiosk.flow.view.problems) is told
