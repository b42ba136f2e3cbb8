"""Staff carry records away on a stick: they see which, how far, when to pull it out, and what went wrong."""

import shutil

import pytest

from kiosk.desk import ratings
from kiosk.desk.stick import Stick, batch
from kiosk.ui.presenters.stick import LOOK_MS
from shared import stick as layout


@pytest.fixture
def staff(kiosk, tmp_path, monkeypatch):
    """The page, with 25 records waiting, ten in a file, and one stick plugged in."""
    monkeypatch.setattr(batch, "COUNT_MAX", 10)
    for _ in range(24):
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)
    kiosk.folder = tmp_path / "KINGSTON"
    kiosk.folder.mkdir()
    kiosk.sticks = (Stick(kiosk.folder, 7_600 * 2**20),)
    kiosk.flow.staff()
    kiosk.settle()
    kiosk.do("export")
    return kiosk


def files(kiosk):
    """The whole envelopes on the stick."""
    return sorted(path.name for path in kiosk.folder.rglob("*") if layout.read_name(path.name))


def test_from_choosing_to_pulling_out(staff):
    """Each turn of the desk is one file, the count follows, and the end is said once everything is on the stick."""
    assert [(row.name, row.room) for row in staff.flow.view.rows] == [
        ("KINGSTON", staff.flow.say("stick.room", mib="7,600"))
    ]
    staff.worker.jobs_max = 3
    staff.do("choose", str(staff.folder))
    view = staff.flow.view
    assert (view.state, view.done, view.total, len(files(staff))) == ("writing", 10, 25, 1)
    assert view.count == staff.flow.say("stick.count", done="10", total="25")
    staff.worker.jobs_max = 99
    staff.settle()
    assert (staff.flow.view.state, staff.flow.view.text) == ("done", staff.flow.say("stick.done"))
    assert "25" in staff.flow.view.why
    assert len(files(staff)) == 3
    staff.do("done")
    assert staff.flow.step == "staff"


def test_while_it_writes_the_page_stays(staff):
    """However long a slow stick takes, nobody is thrown out of the page and nothing is pulled out too soon."""
    staff.worker.jobs_max = 2
    staff.do("choose", str(staff.folder))
    staff.pass_s(600)
    assert (staff.flow.step, staff.flow.view.state) == ("stick", "writing")


def test_leaving_stops_the_writing_and_coming_back_goes_on(staff):
    """Between two files staff may stop: what is there is whole, and only the rest is written next time."""
    staff.worker.jobs_max = 2
    staff.do("choose", str(staff.folder))
    staff.do("done")
    staff.worker.jobs_max = 99
    staff.settle()
    assert staff.flow.step == "staff"
    assert len(files(staff)) <= 2
    before = {
        name: (staff.folder / "sala" / b"sample kiosk....".hex() / name).stat().st_mtime_ns for name in files(staff)
    }
    staff.do("export")
    staff.do("choose", str(staff.folder))
    assert staff.flow.view.state == "done"
    for name, written in before.items():
        assert (staff.folder / "sala" / b"sample kiosk....".hex() / name).stat().st_mtime_ns == written


def test_a_stick_that_is_gone_is_said_and_tried_again(staff):
    """Pulled out too soon: told in words, the counts stand still, and the next try succeeds."""
    before = staff.world.lobby.counts()
    shutil.rmtree(staff.folder)
    staff.do("choose", str(staff.folder))
    assert (staff.flow.view.state, staff.flow.view.text) == ("failed", staff.flow.say("stick.failed_gone"))
    assert staff.world.lobby.counts() == before
    staff.folder.mkdir()
    staff.do("again")
    staff.do("choose", str(staff.folder))
    assert staff.flow.view.state == "done"


def test_a_stick_is_seen_soon_after_it_is_plugged_in(staff):
    """Nobody has to touch anything for its name to appear, or to go."""
    found, staff.sticks = staff.sticks, ()
    staff.pass_s(LOOK_MS / 1000 + 1)
    staff.settle()
    staff.flow.tick()
    assert staff.flow.view.state == "none"
    staff.sticks = found
    staff.pass_s(LOOK_MS / 1000 + 1)
    staff.settle()
    staff.flow.tick()
    assert [row.name for row in staff.flow.view.rows] == ["KINGSTON"]


def test_the_page_closes_by_itself(staff):
    """A forgotten page is no open staff corner."""
    staff.pass_s(121)
    assert staff.flow.step == "idle"


def answered(staff, **more):
    """The stick goes out with what waits, is at the server, and comes back."""
    staff.do("choose", str(staff.folder))
    staff.do("done")
    staff.answer_stick(staff.folder, edition=42, **more)
    staff.do("export")


def test_what_the_server_sent_is_taken_first_and_told_with_its_age(staff):
    """How old the server's word is, how many records it confirms, which content came, what is to be done next."""
    answered(staff)
    staff.worker.jobs_max = 2
    staff.do("choose", str(staff.folder))
    view, say = staff.flow.view, staff.flow.say
    assert (view.state, view.text) == ("reading", say("stick.reading"))
    assert view.count == say("stick.count_files", done="1", total=str(view.total))
    assert staff.world.lobby.counts().waiting == 25
    staff.worker.jobs_max = 9_999
    staff.settle()
    view = staff.flow.view
    heard, edition = view.news
    assert heard.text.replace("\u00a0", " ") == "เซิร์ฟเวอร์เขียนไว้เมื่อ 17 มี.ค. 2570 14:24"
    assert heard.sub == "20 ชั่วโมงที่แล้ว · " + say("stick.confirmed", n="25")
    assert edition.text == say("stick.edition", n=42)
    assert (view.state, view.text, view.why, view.then) == (
        "done", say("stick.done"), say("stick.done_empty_why"), "",
    )  # fmt: skip
    assert (staff.world.lobby.counts().waiting, staff.world.content.edition) == (0, 42)
    assert files(staff) == []


def test_a_stick_that_was_not_at_the_server_since_says_so(staff):
    """Taken twice: nothing new, nothing waits, and it may be pulled out."""
    answered(staff)
    staff.worker.jobs_max = 9_999
    staff.do("choose", str(staff.folder))
    staff.do("done")
    staff.do("export")
    staff.do("choose", str(staff.folder))
    assert (staff.flow.view.state, staff.flow.view.news) == ("nothing", ())


def test_what_is_wrong_with_a_stick_is_told_and_the_rest_is_done(staff):
    """A rotten answer: said with what to do, the content came all the same, and what waits is written again."""
    answered(staff)
    for path in staff.folder.rglob("*.told"):
        path.write_bytes(b"?")
    staff.worker.jobs_max = 9_999
    staff.do("choose", str(staff.folder))
    view, say = staff.flow.view, staff.flow.say
    assert [(each.kind, each.text) for each in view.news] == [
        ("refused", say("stick.fault_damaged")), ("done", say("stick.edition", n=42)),
    ]  # fmt: skip
    assert (view.then, len(files(staff))) == (say("stick.then"), 3)


def test_leaving_while_it_reads_takes_nothing(staff):
    """Between two files staff may stop: no count has moved, the content is as it was."""
    answered(staff)
    staff.worker.jobs_max = 2
    staff.do("choose", str(staff.folder))
    staff.do("done")
    staff.worker.jobs_max = 9_999
    staff.settle()
    assert (staff.world.lobby.counts().waiting, staff.world.content.edition) == (25, 41)


def test_a_clock_that_cannot_be_right_leaves_the_age_out(staff):
    """The server's own time is told as it is; how long ago that was, nobody knows."""
    answered(staff)
    staff.worker.jobs_max = 9_999
    staff.hands.wall_s = 0.0
    staff.do("choose", str(staff.folder))
    assert staff.flow.view.news[0].sub == staff.flow.say("stick.confirmed", n="25")


def test_of_sealed_records_only_their_number_is_told(staff):
    """How old they are would say when somebody complained; nothing else waits, so no age is told."""
    answered(staff)
    staff.worker.jobs_max = 9_999
    staff.do("choose", str(staff.folder))
    with staff.world.apart.open(staff.clock.now().service_date):
        pass
    staff.do("done")
    staff.do("export")
    staff.do("choose", str(staff.folder))
    assert staff.world.lobby.counts().waiting == 0
    assert (staff.flow.view.state, staff.flow.view.why) == ("done", staff.flow.say("stick.done_count_why", n="1"))
