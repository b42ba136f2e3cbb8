"""Staff can wipe the glass, try the printer and switch the kiosk off, and leave nothing open behind them."""

import array

import pytest

from kiosk.desk.boards import FORGOTTEN_MS
from kiosk.desk.health import Link
from kiosk.desk.sounding import TONES, chime
from kiosk.paper import PrinterState, TrialSlip
from kiosk.speech import RATE_HZ
from kiosk.ui.presenters.aloud import VOLUMES
from kiosk.ui.presenters.upkeep import CLEANING_S
from kiosk.ui.sample import sample_kiosk
from shared.protocol import Reason


@pytest.fixture
def staff(kiosk):
    """The sample kiosk with its staff corner open."""
    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.step == "staff"
    return kiosk


def test_cleaning_hears_no_touch_and_ends_by_itself(staff):
    """For a minute wiping changes nothing and asks nothing; then the kiosk serves, with the staff corner shut."""
    staff.do("clean")
    assert staff.flow.step == "cleaning"
    for _ in range(CLEANING_S - 2):
        staff.flow.touched()
        staff.pass_s(1)
        assert (staff.flow.step, staff.flow.warning) == ("cleaning", None)
    assert staff.flow.view.seconds <= 2
    staff.pass_s(3)
    assert staff.flow.step == "idle"


def test_cleaning_ends_at_sixty_seconds_whoever_touches(staff):
    """Touches do not make the minute longer."""
    staff.do("clean")
    assert staff.flow.view.seconds == CLEANING_S
    staff.pass_s(30)
    assert staff.flow.view.seconds == CLEANING_S - 30


@pytest.mark.parametrize("outcome", ["printed", "failed", "shown"])
def test_the_trial_slip_says_what_became_of_it(staff, outcome):
    """Staff see whether it came out; the log gets no record of it."""
    staff.printer.outcome = outcome
    records = staff.world.lobby.counts().captured
    staff.do("try_printer")
    assert isinstance(staff.printer.tray[-1], TrialSlip)
    assert staff.flow.view.trial == staff.flow.say(f"staff.trial_{outcome}")
    assert staff.world.lobby.counts().captured == records


def test_a_stopped_printer_needs_a_person(staff):
    """An open cover is named, and is no smaller trouble than no paper."""
    staff.printer.says = PrinterState.STOPPED
    staff.pass_s(3)
    staff.settle()
    [printer] = [row for row in staff.flow.view.devices if row.icon == "printer"]
    assert (printer.detail, printer.level) == (staff.flow.say("staff.printer_stopped"), "act")


def test_switching_off_is_asked_once_more(staff):
    """One touch never ends the kiosk: the second does, and no answer goes on serving."""
    ended = []
    staff.flow.on_end = lambda why: ended.append((why, staff.flow.step))
    staff.do("shut")
    staff.pass_s(31)
    assert (staff.flow.step, ended) == ("idle", [])
    staff.flow.staff()
    staff.settle()
    staff.do("shut")
    assert staff.flow.view.why == staff.flow.say("shutting.program")
    staff.do("stay")
    assert (staff.flow.step, ended) == ("idle", [])
    staff.flow.staff()
    staff.settle()
    staff.do("shut")
    staff.do("go_on")
    assert ended == [("off", "idle")]


def test_a_kiosk_that_the_server_does_not_know_is_enrolled_again(staff):
    """Staff are offered it then and only then; it is asked once more, and no answer goes on serving."""
    assert staff.flow.view.enrol_again == ""
    ended = []
    staff.flow.on_end = lambda why: ended.append((why, staff.flow.step))
    staff.link = Link("refused", reason=Reason.BAD_SIGNATURE)
    staff.pass_s(3)
    staff.settle()
    assert staff.flow.view.enrol_again == staff.flow.say("staff.enrol_again")
    for answer in ("nobody", "stay"):
        staff.do("enrol_again")
        if answer == "nobody":
            staff.pass_s(31)
        else:
            staff.do(answer)
        assert (staff.flow.step, ended) == ("idle", [])
        staff.flow.staff()
        staff.settle()
    staff.do("enrol_again")
    staff.do("go_on")
    assert ended == [("enrol again", "idle")]


def test_the_sound_is_tried_and_what_became_of_it_is_said(staff):
    """Two tones at the volume citizens hear first; heard or not, staff read what to do; leaving ends it."""
    staff.do("try_sound")
    [(samples, volume)] = staff.sound.heard
    assert (len(samples), volume) == (len(chime()), VOLUMES[0])
    assert staff.flow.view.trial == staff.flow.say("staff.trial_sounding")
    assert [tool.ready for tool in staff.flow.view.tools if tool.action == "try_sound"] == [False]
    staff.sound.over = True
    staff.pass_s(1)
    assert staff.flow.view.trial == staff.flow.say("staff.trial_sounded")
    staff.do("try_sound")
    staff.sound.says, staff.sound.over = "failed", True
    staff.pass_s(1)
    assert staff.flow.view.trial == staff.flow.say("staff.trial_silent")
    staff.do("try_sound")
    staff.do("serve")
    assert staff.sound.over


def test_where_there_is_no_loudspeaker_none_is_tried(staff):
    """A kiosk without a player offers no such button."""
    staff.sound.says = "none"
    staff.pass_s(1)
    assert "try_sound" not in {tool.action for tool in staff.flow.view.tools}


def test_the_chime_has_both_tones_and_no_click():
    """As long as it says, from silence to silence, and never at the edge of what can be played."""
    values = array.array("h", chime())
    assert len(values) == round(sum(seconds for _, seconds in TONES) * RATE_HZ)
    assert (abs(values[0]), abs(values[-1]) < 2_000) == (0, True)
    assert 10_000 < max(values) < 20_000


def test_going_on_within_the_staff_corner_ends_no_visit(staff):
    """From the figures to a page of theirs and back: nothing is forgotten on the way, no PIN is asked again."""
    visit = staff.flow.visit
    staff.do("export")
    assert (staff.flow.step, staff.flow.visit is visit) == ("stick", True)
    staff.do("done")
    assert (staff.flow.step, staff.flow.visit is visit) == ("staff", True)


def test_a_board_is_told_when_it_was_seen_and_whether_it_sounds(tmp_path):
    """None yet; well; mute; away: the one that most needs somebody. A kiosk without pages has no such row."""
    with sample_kiosk(tmp_path, settings={"lobby_port": 8080}) as made:

        def row():
            made.flow.staff()
            made.pass_s(2)
            made.settle()
            [found] = [row for row in made.flow.view.devices if row.icon == "desktop"]
            return found.detail, found.level

        def tell(name, sound):
            made.world.boards.tell(name, sound, made.clock.mono_ms())

        assert row() == ("ยังไม่มีจอเปิดอยู่", "fine")
        tell("192.168.1.20", "off")
        assert row() == ("เห็นเมื่อ 2 วินาทีก่อน", "fine")
        tell("192.168.1.21", "muted")
        tell("192.168.1.20", "ok")
        assert row() == ("เห็นเมื่อ 2 วินาทีก่อน ถูกปิดเสียง แตะที่จอ", "look")
        made.hands.pass_s(120)
        tell("192.168.1.20", "ok")
        assert row() == ("ไม่เห็นจอมา 2 นาที ดูเครื่องและสาย", "look")
        made.hands.pass_s(FORGOTTEN_MS / 1000)
        assert row() == ("ยังไม่มีจอเปิดอยู่", "fine")


def test_a_kiosk_that_serves_no_pages_speaks_of_no_board(staff):
    """Most kiosks stand alone."""
    assert "desktop" not in {row.icon for row in staff.flow.view.devices}
