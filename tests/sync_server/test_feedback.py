"""What was said about ratings: counted as it was said, shown from five people on, in no order of time."""

import datetime as dt

from shared.kinds import PraiseGiven, RatingChanged, RatingExplained, RatingGiven
from sync_server.projectors import catch_up, rebuild
from sync_server.queues.queries import praises, ratings, satisfaction, why_summary

DAY = dt.date(2026, 11, 25)


def explained(score: int, *, reasons=("slow",), dimensions=(("staff", 2),), words: str = "", repeat: bool = False):
    """One explanation of a rating."""
    return RatingExplained(
        DAY.isoformat(), b"l" * 16, 2, score, repeat, list(reasons), list(dimensions), words, "th"
    )  # fmt: skip


def summary(server):
    """What the desk shows of the day."""
    return why_summary(server.office, DAY, DAY)


def test_four_people_are_too_few_to_be_shown_and_five_are_not(server, kiosk):
    """Under five, neither reasons nor words nor a mean; from five on all of them; a repeat is no fifth person."""
    for turn in range(4):
        kiosk.append(explained(1, words=f"คำที่ {turn}"))
    kiosk.append(explained(1, words="ซ้ำ", repeat=True))
    kiosk.append(explained(5, reasons=("quick",), dimensions=()))
    kiosk.push()
    catch_up()
    few = summary(server)
    assert (few.low.n, few.low.shown, few.low.reasons, few.low.words) == (4, False, (), ())
    assert [(row.id, row.n, row.mean) for row in few.dimensions] == [("staff", 4, None)]
    kiosk.append(explained(2, reasons=("slow", "unfair", "slow"), dimensions=(("staff", 4), ("place", 1)), words="ห้า"))
    kiosk.push()
    catch_up()
    shown = summary(server)
    assert shown.low.reasons == (("slow", 5), ("unfair", 1))
    assert sorted(shown.low.words) == sorted(["คำที่ 0", "คำที่ 1", "คำที่ 2", "คำที่ 3", "ห้า"])
    assert shown.low.words != ("คำที่ 0", "คำที่ 1", "คำที่ 2", "คำที่ 3", "ห้า")
    assert [(row.id, row.n, row.mean) for row in shown.dimensions] == [("place", 1, None), ("staff", 5, 2.4)]
    assert (shown.high.n, shown.high.reasons) == (1, ())
    rebuild("queues")
    assert summary(server) == shown


def test_praise_is_one_row_for_each_record_and_survives_a_rebuild(server, kiosk):
    """By name, or by counter and hour; hostile letters are cleaned, and a rebuild gives the same rows."""
    kiosk.append(PraiseGiven("2026-11-25", "a", "อามีนะห์ ตัวอย่าง", "", "", ["polite", "polite"], "ดี\u202e", "th"))
    kiosk.append(PraiseGiven("2026-11-25", "", "", "2", "10", [], "", "th"))
    kiosk.push()
    catch_up()

    def rows():
        return list(praises(server.office, DAY, DAY).values_list("person_name", "counter", "hour", "reasons", "words"))

    assert rows() == [("อามีนะห์ ตัวอย่าง", "", "", ["polite"], "ดี"), ("", "2", "10", [], "")]
    before = rows()
    rebuild("queues")
    assert rows() == before


def test_a_month_is_told_by_its_best_source_and_sources_are_never_added_up(server, kiosk):
    """Four people with a slip's code are too few, so the walkers-by speak; with a fifth the visits do. Neighbouring
    months and repeats stay outside.
    """
    for score in (1, 2, 3, 4, 5, 5):
        kiosk.append(RatingGiven("2026-11-30", score, "walk-by", "", False))
    kiosk.append(RatingGiven("2026-11-30", 1, "walk-by", "", True))
    for day in ("2026-11-01", "2026-11-02", "2026-11-29", "2026-11-30"):
        kiosk.append(RatingGiven(day, 5, "ticket", "", False))
    for day in ("2026-10-31", "2026-12-01"):
        kiosk.append(RatingGiven(day, 1, "ticket", "", False))
    kiosk.push()
    catch_up()
    month = satisfaction(server.office, dt.date(2026, 11, 25))
    assert month.month == dt.date(2026, 11, 1)
    assert [(s.place, s.n, s.repeats, s.score, s.withheld) for s in month.sources[:2]] == [
        ("ticket", 4, 0, None, True), ("outreach", 0, 0, None, False)
    ]  # fmt: skip
    assert (month.told.place, month.told.n, month.told.repeats) == ("walk-by", 6, 1)
    assert month.told.score.by_score == (1, 1, 1, 1, 2)
    kiosk.append(RatingGiven("2026-11-15", 4, "ticket", "", False))
    kiosk.push()
    catch_up()
    told = satisfaction(server.office, dt.date(2026, 11, 30)).told
    assert (told.place, told.n, str(told.score.percent)) == ("ticket", 5, "96.00")
    assert satisfaction(server.office, dt.date(2026, 9, 1)).told is None


def test_a_changed_rating_counts_once_by_its_last_face(server, kiosk):
    """Whatever order the kinds are folded in, in one run or over several; a change of another kiosk's log, or of a
    record that is no rating, changes nothing there.
    """
    log = kiosk.lobby.id

    def given(score):
        return kiosk.append(RatingGiven("2026-11-25", score, "walk-by", "", False)).header.seq

    def changed(seq, was, score, log=log):
        body = RatingChanged("2026-11-25", log, seq, was, score, "walk-by", "", False)
        return kiosk.append(body).header.seq

    def counted():
        return list(ratings(server.office, DAY, DAY).values_list("seq", "score"))

    first, other = given(1), given(2)
    kiosk.push()
    catch_up()
    # The run begins with a change, so changes are folded before the rating that comes after it and is changed too.
    once = changed(first, 1, 3)
    twice = changed(once, 3, 5)
    third = given(4)
    last = changed(third, 4, 2)
    kiosk.push()
    catch_up()
    expected = [(other, 2), (twice, 5), (last, 2)]
    assert sorted(counted()) == expected
    changed(other, 2, 1, log=b"z" * 16)
    kiosk.push()
    catch_up()
    assert (other, 2) in counted()
    before = sorted(counted())
    rebuild("queues")
    assert sorted(counted()) == before
