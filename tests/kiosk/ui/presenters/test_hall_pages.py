"""The attract screen, the start page, and the pages of budget, hours and ways, as presenters tell them."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from kiosk.ui.sample import sample_kiosk
from shared import content
from shared.content import Satisfaction


def at(kiosk, day, hour, minute=0):
    """Set the kiosk's clock to a time of a day of March 2027 in the office."""
    kiosk.hands.wall_s = datetime(2027, 3, day, hour - 7, minute, tzinfo=UTC).timestamp()
    kiosk.flow.show()


def with_pieces(kiosk, monkeypatch, **changed):
    """Put other facts of the hall on screen, as if an edition had brought them."""
    bundle = msgspec.structs.replace(kiosk.world.content.bundle, **changed)
    monkeypatch.setattr(type(kiosk.world.content), "bundle", property(lambda _self: bundle))
    kiosk.flow.show()


def slides(kiosk):
    """All slides of the attract screen, one after another."""
    found = {}
    for _ in range(kiosk.flow.view.slides):
        view = kiosk.flow.view
        found[view.place] = view.slide
        kiosk.pass_s(8)
    return [found[place] for place in sorted(found)]


def test_the_attract_screen_tells_everything_in_turn(kiosk):
    """Notices, a special day, trips of two weeks, and what was said and done; each for eight seconds."""
    told = slides(kiosk)
    assert [each.label for each in told] == [
        "ประกาศ", "ประกาศ", "ประกาศ", "วันพิเศษ", "ออกหน่วยบริการ", "ออกหน่วยบริการ", "คุณบอก เราทำ · จาก 23 คน",
        "คุณบอก เราทำ · จาก 41 คน",
    ]  # fmt: skip
    assert told[4].title == "หมู่ 6 บ้านท่าเรือน้อย วันจันทร์"
    assert "12:00–15:00" in told[4].body
    assert told[-1].body == "เราทำแล้ว: เพิ่มช่องบริการเป็น 2 ช่อง เวลา 11.30–13.30 น."


def test_satisfaction_is_told_with_n_and_hidden_below_five(kiosk, monkeypatch):
    """92 of 100 with 214 people behind it; four people are told to nobody, even if an edition says so."""
    rated = kiosk.flow.view.rated
    assert rated.title.replace("\u00a0", " ") == "ความพึงพอใจ กุมภาพันธ์ 2570"
    assert (rated.percent, rated.by_score) == ("92", (3, 4, 10, 80, 117))
    assert "214" in rated.line
    for by_score, percent in (((1, 0, 0, 0, 7), "88"), ((0, 0, 0, 0, 4), None), ((1, 1, 1, 1, 1), "40")):
        month = Satisfaction(month=date(2027, 2, 1), place="walk-by", by_score=by_score)
        with_pieces(kiosk, monkeypatch, satisfaction=month)
        shown = kiosk.flow.view.rated
        assert (shown.percent if shown else None) == percent


def test_the_survey_is_only_shown_and_only_on_its_days(kiosk):
    """A code to scan, nothing to touch; outside its days not even that."""
    assert kiosk.flow.view.link == "https://example.com/eit"
    kiosk.hands.wall_s = datetime(2027, 7, 1, 3, tzinfo=UTC).timestamp()
    kiosk.flow.show()
    assert (kiosk.flow.view.link, kiosk.flow.view.survey) == ("", "")


@pytest.mark.parametrize(
    ("day", "hour", "minute", "words"),
    [
        (18, 16, 29, "เปิดอยู่ ถึง 16:30 น."),
        (18, 16, 30, "ปิดอยู่ เปิดอีกครั้งพรุ่งนี้ เวลา 08:30 น."),
        (19, 7, 0, "ปิดอยู่ เปิดอีกครั้งวันนี้ เวลา 08:30 น."),
        (20, 13, 0, "ปิดอยู่ เปิดอีกครั้งจันทร์ 22 มี.ค. เวลา 08:30 น."),
    ],
)
def test_out_of_hours_is_said_on_the_first_screens(kiosk, day, hour, minute, words):
    """The attract screen says that it is closed and until when; so does the start page, which offers what works."""
    at(kiosk, day, hour, minute)
    closed = words.startswith("ปิด")
    assert kiosk.flow.view.closed == closed
    assert (kiosk.flow.view.hours.replace("\u00a0", " ") == words) == closed
    kiosk.do("begin")
    at(kiosk, day, hour, minute)
    assert kiosk.flow.view.now.replace("\u00a0", " ") == words
    assert (kiosk.flow.view.waiting == "นอกเวลาทำการ") == closed
    assert len(kiosk.flow.view.doors) + len(kiosk.flow.view.small) == 7


def test_the_start_page_tells_how_busy_it_is_and_never_guesses(kiosk):
    """By this kiosk's numbers of the last hour; without a trusted clock it only counts the day's."""
    kiosk.do("begin")
    assert (kiosk.flow.view.busy, kiosk.flow.view.waiting) == (1, "คนน้อย")
    for _ in range(9):
        kiosk.do("services")
        kiosk.do("choose", "sign_tax")
        kiosk.do("take")
        kiosk.do("done")
        kiosk.do("begin")
    assert (kiosk.flow.view.busy, kiosk.flow.view.waiting) == (2, "คนปานกลาง")
    assert "9" in kiosk.flow.view.waiting_of
    kiosk.hands.wall_s = 0.0
    kiosk.hands.pass_s(1)
    kiosk.flow.reset()
    kiosk.do("begin")
    assert (kiosk.flow.view.busy, kiosk.flow.view.now) == (0, "")
    assert kiosk.flow.view.waiting in ("บัตรคิววันนี้ 9 ใบ", "วันนี้ยังไม่มีคิว")


def test_budget_shows_one_area_or_all(kiosk):
    """Plan and actual by quarter, in millions; an area by a touch, all of them by another."""
    for verb, *arguments in (("begin",), ("notices",), ("tab", "budget")):
        kiosk.do(verb, *arguments)
    view = kiosk.flow.view
    assert (view.title, view.percent, view.spent) == ("ทุกด้านรวมกัน", "33%", "9.01 ล้านบาท")
    assert [(each.plan, each.actual) for each in view.quarters] == [
        ("4.95", "4.60"), ("8.15", "4.41"), ("8.55", ""), ("5.55", ""),
    ]  # fmt: skip
    kiosk.do("choose", "water")
    view = kiosk.flow.view
    assert (view.title, view.spent, view.percent) == ("น้ำสะอาด", "360,000 บาท", "13%")
    assert view.quarters[2].actual_share < 0 < view.quarters[1].actual_share < view.quarters[1].plan_share == 1
    kiosk.do("choose", "")
    assert kiosk.flow.view.title == "ทุกด้านรวมกัน"
    kiosk.presenter.fit(2)
    assert (len(kiosk.flow.view.areas), kiosk.flow.view.pages) == (2, 3)
    kiosk.do("turn", 1)
    assert [area.id for area in kiosk.flow.view.areas] == ["welfare", "children"]


def test_the_pages_lead_to_each_other_and_back_leads_out(kiosk):
    """However often somebody turns between them, two steps back are the start page."""
    for verb, *arguments in (("begin",), ("notices",), ("tab", "budget"), ("tab", "hours"), ("tab", "notices")):
        kiosk.do(verb, *arguments)
    kiosk.do("tab", "budget")
    for expected in ("notices", "home"):
        kiosk.hands.pass_s(1)
        kiosk.flow.back()
        assert kiosk.flow.step == expected


def test_hours_show_the_week_with_what_is_unlike(kiosk):
    """Today first, an open Saturday, a special day later on, and the trips."""
    kiosk.do("begin")
    kiosk.do("hours")
    view = kiosk.flow.view
    assert [(row.today, row.hours, row.note) for row in view.days][:4] == [
        (True, "08:30–16:30", ""), (False, "08:30–16:30", ""), (False, "09:00–12:00", "เปิดวันเสาร์ รับคำขอและชำระภาษี"),
        (False, "ปิด", ""),
    ]  # fmt: skip
    assert len(view.days) == 8
    assert next(trip.village for trip in view.trips) == "หมู่ 6 บ้านท่าเรือน้อย"
    at(kiosk, 31, 10)
    assert "วันหยุดราชการ" in [row.note for row in kiosk.flow.view.days]


def test_the_way_is_drawn_and_said(kiosk):
    """Up the stairs, the second door on the right; the plan turns to the level one asks for."""
    kiosk.do("begin")
    kiosk.do("way")
    assert kiosk.flow.view.plan.here == (1, 5)
    kiosk.do("choose", "works")
    view = kiosk.flow.view
    assert [step.text for step in view.steps] == [
        "หันหลังให้ตู้ แล้วเดินตรงไป", "ขึ้นบันไดไปชั้น 2", "เดินตรงไป", "ประตูที่ 2 ขวามือ",
    ]  # fmt: skip
    assert view.help
    assert view.plan.path[0] == (1, 5)
    assert [place.id for place in view.plan.places if place.chosen] == ["stairs_up"]
    kiosk.do("level", "upper")
    upper = kiosk.flow.view.plan
    assert (upper.here, upper.path[-1]) == (None, (6, 4))
    assert {place.id for place in upper.places if place.chosen} == {"works", "stairs_down"}
    kiosk.do("again")
    assert (kiosk.flow.view.chosen, kiosk.flow.view.plan.here) == ("", (1, 5))
    kiosk.do("choose", "welfare")
    assert [step.text for step in kiosk.flow.view.steps] == ["หันหลังให้ตู้ แล้วเดินตรงไป", "ประตูที่ 2 ซ้ายมือ"]
    assert kiosk.flow.view.help == ""


def test_an_office_without_a_hall_loses_no_other_page(kiosk, monkeypatch):
    """No plan, no door to it; no budget and no hours, no tabs; nothing breaks where content changed under a page."""
    lost = {name: None for name in content.HALL if name != "attract"}
    for step in (("notices",), ("way",), ("hours",)):
        kiosk.flow.reset()
        kiosk.do("begin")
        kiosk.do(*step)
        kiosk.flow.show()
    for step in ("budget", "hours", "way"):
        kiosk.flow._step = step
        with_pieces(kiosk, monkeypatch, attract=content.Attract(), **lost)
    kiosk.flow.reset()
    assert (kiosk.flow.view.rated, kiosk.flow.view.link) == (None, "")
    kiosk.do("begin")
    assert "way" not in [door.verb for door in kiosk.flow.view.small]
    assert not kiosk.flow.view.has_hours
    kiosk.do("hours")
    assert kiosk.flow.step == "home"
    kiosk.do("notices")
    assert kiosk.flow.view.tabs == ()


def test_a_kiosk_that_is_on_no_plan_still_shows_it(tmp_path, monkeypatch):
    """Without "you are here" there is no way to tell, but the plan is there."""
    with sample_kiosk(tmp_path) as kiosk:
        kiosk.flow.start()
        plan = msgspec.structs.replace(kiosk.world.content.bundle.floor, kiosks=[])
        with_pieces(kiosk, monkeypatch, floor=plan)
        kiosk.do("begin")
        kiosk.do("way")
        kiosk.do("choose", "works")
        view = kiosk.flow.view
        assert (view.steps, view.plan.here, view.chosen) == ((), None, "กองช่าง · ห้อง 202")
        assert [level.id for level in view.levels if level.chosen] == ["upper"]
