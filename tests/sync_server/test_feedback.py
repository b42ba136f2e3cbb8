"""What was said about ratings: counted as it was said, shown from five people on, in no order of time."""

import datetime as dt
import random
import re

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared.kinds import PraiseGiven, RatingExplained, RatingExplainedFirst, RatingGiven, TicketIssued
from sync_server.organisations.actions import Actor
from sync_server.organisations.models import AuditRow, Staff
from sync_server.projectors import catch_up, rebuild
from sync_server.queues import actions
from sync_server.queues.models import Explanation, WordsDecision
from sync_server.queues.period import Period, Span
from sync_server.queues.queries import (
    framed,
    praise_waiting,
    praises,
    ratings,
    ratings_waiting,
    said,
    satisfaction,
    told_until,
    why_summary,
)
from sync_server.records.models import RecordRow

DAY = dt.date(2026, 11, 25)


def explained(score: int, *, reasons=("slow",), dimensions=(("staff", 2),), words: str = "", repeat: bool = False):
    """One explanation of a rating."""
    return RatingExplained(
        DAY.isoformat(), b"l" * 16, 2, score, repeat, list(reasons), list(dimensions), words, "th", "walk-by"
    )  # fmt: skip


def summary(server, user="palad", place="walk-by"):
    """What the desk shows somebody of the day."""
    return why_summary(Staff.objects.get(office=server.office, username=user), DAY, DAY, place)


def told(group):
    """The words of a group, in its order."""
    return [each.words for each in group.words]


def test_four_people_are_too_few_to_be_shown_and_five_are_not(server, kiosk, staff):
    """Under five, neither reasons nor words nor a mean; from five on all of them; a repeat is no fifth person."""
    staff("palad")
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
    assert sorted(told(shown.low)) == sorted(["คำที่ 0", "คำที่ 1", "คำที่ 2", "คำที่ 3", "ห้า"])
    assert told(shown.low) != ["คำที่ 0", "คำที่ 1", "คำที่ 2", "คำที่ 3", "ห้า"]
    assert [(row.id, row.n, row.mean) for row in shown.dimensions] == [("place", 1, None), ("staff", 5, 2.4)]
    assert (shown.high.n, shown.high.reasons) == (1, ())
    rebuild("queues")
    again = summary(server)
    assert (again.dimensions, again.low.reasons, told(again.low)) == (
        shown.dimensions, shown.low.reasons, told(shown.low),
    )  # fmt: skip


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
    for day in (*["2026-10-31"] * 5, "2026-12-01"):
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
    # A month that the page hides, since it would give December's two away, is not told outside either.
    kiosk.append(RatingGiven("2026-12-02", 4, "ticket", "", False))
    for _ in range(9):
        kiosk.append(RatingGiven("2027-01-02", 4, "ticket", "", False))
    kiosk.push()
    catch_up()
    assert satisfaction(server.office, dt.date(2027, 1, 1)).told.n == 9
    assert [s.score for s in satisfaction(server.office, dt.date(2026, 12, 1)).sources] == [None] * 3


@pytest.mark.parametrize("by_place", [False, True])
def test_a_changed_rating_counts_once_by_its_last_face(server, kiosk, by_place):
    """Whatever order the kinds are folded in, in one run or over several; a change of another kiosk's log, or of a
    record that is no rating, changes nothing there.
    """

    def given(score):
        return kiosk.append(RatingGiven("2026-11-25", score, "walk-by", "", False))

    def changed(rating, score):
        return kiosk.change(rating, score, by_place=by_place)

    def counted():
        return list(ratings(server.office, DAY, DAY).values_list("seq", "score"))

    first, other = given(1), given(2)
    kiosk.push()
    catch_up()
    # The run begins with a change, so changes are folded before the rating that comes after it and is changed too.
    once = changed(first, 3)
    twice = changed(once, 5)
    third = given(4)
    last = changed(third, 2)
    kiosk.push()
    catch_up()
    assert sorted(counted()) == [(rating.header.seq, score) for rating, score in ((other, 2), (twice, 5), (last, 2))]
    strange = msgspec.structs.replace(other.header, log=b"z" * 16, commitment=bytes(32))
    changed(msgspec.structs.replace(other, header=strange), 1)
    kiosk.push()
    catch_up()
    assert (other.header.seq, 2) in counted()
    before = sorted(counted())
    rebuild("queues")
    assert sorted(counted()) == before


# --- frames --------------------------------------------------------------------------------------------------------


def frame(server, place="ticket", span="1", today=dt.date(2027, 10, 1)):
    """What the page of ratings tells about the first half of 2570, or of all of it."""
    return framed(server.office, Period(2570, Span(span)), today)[place]


def test_no_month_can_be_worked_out_from_the_others(server, kiosk):
    """A month of two is withheld, and with it the next larger, so that the half less the months shown is no small
    number; visits less tickets is the response.
    """
    for day, n in (("2026-10-05", 6), ("2026-11-05", 2), ("2026-12-05", 9)):
        for _ in range(n):
            kiosk.append(RatingGiven(day, 4, "ticket", "", False))
    for n in range(1, 35):
        kiosk.append(TicketIssued("2026-11-05", "A", n, "sign_tax", "ภาษี", "", None, "th"))
    kiosk.push()
    catch_up()
    found = frame(server)
    assert [part.n for part in found.parts] == [None, None, 9, 0, 0, 0]
    assert (found.whole.n, str(found.whole.score.mean), str(found.response)) == (17, "4.00", "50.00")
    assert frame(server, "walk-by").parts[0].n == 0


def test_a_half_of_four_shows_no_part_and_a_year_does_not_give_it_away(server, kiosk):
    """What is too small in a half is told neither by its months nor by the year it lies in."""
    for day, n in (("2026-10-05", 8), ("2027-05-05", 4)):
        for _ in range(n):
            kiosk.append(RatingGiven(day, 5, "ticket", "", False))
    kiosk.push()
    catch_up()
    second, year = frame(server, span="2"), frame(server, span="year")
    assert (second.whole.score, second.whole.withheld, [part.n for part in second.parts]) == (
        None, True, [0, None, 0, 0, 0, 0],
    )  # fmt: skip
    assert (year.whole.score, [part.n for part in year.parts]) == (None, [None, None])
    assert frame(server).whole.score.n == 8


def test_a_running_month_is_in_no_figure_before_its_fifth_rating(server, kiosk):
    """Nobody at a counter sees a figure move by the one who just left; at the fifth all five are in it, in the half
    and in the year. The month before is not hidden meanwhile, and is what the public is told.
    """
    for day, n in (("2026-10-05", 9), ("2026-11-05", 4)):
        for _ in range(n):
            kiosk.append(RatingGiven(day, 4, "ticket", "", False))
    kiosk.push()
    catch_up()
    today = dt.date(2026, 11, 25)
    half, year = frame(server, today=today), frame(server, span="year", today=today)
    assert (half.whole.n, [part.n for part in half.parts]) == (9, [9, None, 0, 0, 0, 0])
    assert (year.whole.n, [part.n for part in year.parts]) == (9, [9, 0])
    assert satisfaction(server.office, dt.date(2026, 10, 1)).told.n == 9
    kiosk.append(RatingGiven("2026-11-06", 4, "ticket", "", False))
    kiosk.push()
    catch_up()
    half = frame(server, today=today)
    assert (half.whole.n, [part.n for part in half.parts]) == (14, [9, 5, 0, 0, 0, 0])


def test_the_second_half_waits_for_its_fifth_rating_and_leaves_the_year_alone(server, kiosk):
    """In April the year tells what the first half did."""
    for day, n in (("2026-10-05", 9), ("2027-04-02", 2)):
        for _ in range(n):
            kiosk.append(RatingGiven(day, 4, "ticket", "", False))
    kiosk.push()
    catch_up()
    year = frame(server, span="year", today=dt.date(2027, 4, 20))
    assert (year.whole.n, [part.n for part in year.parts]) == (9, [9, None])
    # The month is over with two: the half has but these, and still waits.
    assert frame(server, span="year", today=dt.date(2027, 5, 20)).whole.n == 9


def test_what_was_said_is_told_for_each_place_apart(server, kiosk, staff):
    """Reasons of people served and of passers-by are counted apart; a record of before codes is a passer-by's."""
    staff("palad")
    before = RatingExplainedFirst(*msgspec.structs.astuple(explained(1))[:-1])
    for _ in range(5):
        kiosk.append(before)
    for _ in range(6):
        kiosk.append(msgspec.structs.replace(explained(2, reasons=("unfair",)), place="ticket"))
    kiosk.push()
    catch_up()
    assert (summary(server).low.n, summary(server).low.reasons) == (5, (("slow", 5),))
    assert summary(server, place="ticket").low.reasons == (("unfair", 6),)


# --- moderation ----------------------------------------------------------------------------------------------------


@pytest.fixture
def praised(server, kiosk):
    """Two praises with words, one without."""
    for words in ("ใจดีมาก", "ชมคุณสมศรีที่บ้านเลขที่ 9", ""):
        kiosk.append(PraiseGiven("2026-11-25", "a", "อามีนะห์", "", "", [], words, "th"))
    kiosk.push()
    catch_up()
    return list(praises(server.office, DAY, DAY))


def test_words_of_praise_wait_until_somebody_who_may_has_decided(server, staff, praised):
    """Officers read approved words alone, who decides reads all; hiding needs a reason, and each decision stands in
    the audit chain without a word of the citizen.
    """
    clerk, officer = staff("palad"), staff("somjai")

    def seen(user):
        return [(row.state, row.words) for row in said(user, praised)]

    assert seen(officer) == [("waiting", ""), ("waiting", ""), ("", "")]
    assert [words for _, words in seen(clerk)] == ["ใจดีมาก", "ชมคุณสมศรีที่บ้านเลขที่ 9", ""]
    assert (praise_waiting(clerk), praise_waiting(officer)) == (2, 0)
    actions.show(Actor.of(clerk), praised[0], now=server.now)
    with pytest.raises(actions.NotNow, match="เหตุผล"):
        actions.hide(Actor.of(clerk), praised[1], " \u200b ", now=server.now)
    actions.hide(Actor.of(clerk), praised[1], "มีบุคคลที่สาม", now=server.now)
    assert seen(officer) == [("shown", "ใจดีมาก"), ("hidden", ""), ("", "")]
    assert praise_waiting(clerk) == 0
    rows = list(AuditRow.objects.filter(object_kind="praise").order_by("seq"))
    assert [(row.act, row.actor_name, row.reason) for row in rows] == [
        ("praise.shown", clerk.full_name, ""), ("praise.hidden", clerk.full_name, "มีบุคคลที่สาม"),
    ]  # fmt: skip
    assert not any("ใจดี" in str(vars(row)) or "สมศรี" in str(vars(row)) for row in rows)
    for refused, praise in ((officer, praised[0]), (staff("it"), praised[0]), (clerk, praised[2])):
        with pytest.raises(actions.NotNow):
            actions.show(Actor.of(refused), praise, now=server.now)


def test_a_decision_can_be_changed_and_outlives_a_rebuild(server, staff, praised):
    """Rows are folded anew; what people decided is not folded and stays."""
    clerk, chief = Actor.of(staff("palad")), Actor.of(staff("nayok"))
    actions.show(clerk, praised[0], now=server.now)
    actions.hide(chief, praised[0], "เจ้าตัวไม่ประสงค์", now=server.now)
    rebuild("queues")
    again = list(praises(server.office, DAY, DAY))
    assert praised[0].pk not in {each.pk for each in again} or praised[0].seq == again[0].seq
    row = said(staff("palad"), again)[0]
    assert (row.state, row.reason, row.decided_by) == ("hidden", "เจ้าตัวไม่ประสงค์", staff("nayok").full_name)


@pytest.fixture
def moody(server, kiosk):
    """Four people who were unhappy, one of them with words, and a fifth who comes later."""
    for words in ("คุณสมศรีช่อง 2 พูดไม่ดี", "", "", ""):
        kiosk.append(explained(1, words=words))
    kiosk.push()
    catch_up()

    def fifth():
        kiosk.append(explained(2, words="รอนาน"))
        kiosk.push()
        catch_up()
        return [each.row for each in summary(server).low.words]

    return fifth


def test_words_of_a_rating_wait_for_five_people_and_then_for_a_decision(server, staff, moody):
    """Before the fifth nobody reads any; then who decides reads them, and officers what was approved alone. A reason
    counts all the while; the audit chain holds no word; a repeat's words are never laid before anybody.
    """
    clerk, officer, today = staff("palad"), staff("somjai"), dt.date(2027, 4, 20)
    assert (told(summary(server).low), ratings_waiting(clerk, today).total()) == ([], 0)
    rows = {row.words: row for row in moody()}
    assert set(rows) == {"คุณสมศรีช่อง 2 พูดไม่ดี", "รอนาน"}
    assert ratings_waiting(clerk, today) == {(Period(2570, Span.FIRST), "walk-by"): 2}
    assert ratings_waiting(officer, today).total() == 0
    assert told(summary(server, "somjai").low) == []
    assert summary(server, "somjai").low.reasons == (("slow", 5),)
    actions.show(Actor.of(clerk), rows["รอนาน"], now=server.now)
    actions.hide(Actor.of(clerk), rows["คุณสมศรีช่อง 2 พูดไม่ดี"], "ระบุชื่อ", now=server.now)
    assert told(summary(server, "somjai").low) == ["รอนาน"]
    assert ratings_waiting(clerk, today).total() == 0
    audit = list(AuditRow.objects.filter(object_kind="explanation").order_by("seq"))
    assert [(row.act, row.reason) for row in audit] == [("explanation.shown", ""), ("explanation.hidden", "ระบุชื่อ")]
    assert not any("สมศรี" in str(vars(row)) or "รอนาน" in str(vars(row)) for row in audit)
    for refused in (officer, staff("it")):
        with pytest.raises(actions.NotNow):
            actions.show(Actor.of(refused), rows["คุณสมศรีช่อง 2 พูดไม่ดี"], now=server.now)
    rebuild("queues")
    assert told(summary(server, "somjai").low) == ["รอนาน"]


def test_what_waits_is_counted_in_as_many_queries_however_long_the_office_has_asked(server, kiosk, staff):
    """The menu of each page asks: three halves of words cost the queries of one, and the counts are those of the words
    that the page of each half lays before the clerk.
    """
    dice, clerk, today = random.Random(4), staff("palad"), dt.date(2026, 11, 25)

    def count():
        with CaptureQueriesContext(connection) as asked:
            found = ratings_waiting(clerk, today)
        return found, len(asked)

    def days_of(half, count):
        return [
            half.first + dt.timedelta(days=dice.randrange((today - half.first).days % 180 + 1)) for _ in range(count)
        ]

    queries = []
    for half in (Period(2570, Span.FIRST), Period(2569, Span.SECOND), Period(2569, Span.FIRST)):
        for day in days_of(half, 40):
            body = explained(dice.randint(1, 5), words=dice.choice(("", "ช้า", "ดี")), repeat=dice.random() < 0.1)
            place = dice.choice(("ticket", "walk-by", "walk-by", "outreach"))
            kiosk.append(msgspec.structs.replace(body, service_date=day.isoformat(), place=place))
            kiosk.append(RatingGiven(day.isoformat(), body.score, place, "", body.repeat))
        kiosk.push()
        catch_up()
        for row in Explanation.objects.exclude(words="").order_by("seq")[::3]:
            WordsDecision.objects.get_or_create(
                log=row.log, seq=row.seq,
                defaults={"office": server.office, "state": "shown", "by": clerk, "at": server.now},
            )  # fmt: skip
        found, asked = count()
        queries.append(asked)
        for year in (2569, 2570):
            for span in (Span.FIRST, Span.SECOND):
                period = Period(year, span)
                for place in ("ticket", "walk-by", "outreach"):
                    why = why_summary(clerk, period.first, told_until(server.office, period, place, today), place)
                    seen = sum(each.state == "waiting" for group in (why.low, why.high) for each in group.words)
                    assert found[period, place] == seen, (period, place)
    assert found.total() > 10
    assert len(set(queries)) == 1, queries
    assert count()[0] == found


def test_the_clerk_decides_about_words_of_ratings_where_the_reasons_stand(server, kiosk, signed_in, moody):
    """The page lays them before who decides, says how many wait, and an officer finds the approved ones alone."""
    for _ in range(5):
        kiosk.append(RatingGiven(DAY.isoformat(), 2, "walk-by", "", False))
    rows = {row.words: row for row in moody()}
    clerk, address = signed_in("palad"), "/desk/queues/ratings?period=2570-1&place=walk-by"

    def page(client):
        return re.sub("<[^>]+>", "", client.get(address).content.decode().replace("<wbr>", ""))

    assert "รอพิจารณา 2 ข้อความ" in page(clerk)
    assert "พูดไม่ดี" in page(clerk)
    officer_sees = page(signed_in("somjai"))
    assert "พูดไม่ดี" not in officer_sees
    assert "รอนาน" not in officer_sees
    shown = f"/desk/queues/ratings/words/{rows['รอนาน'].pk}/show"
    assert signed_in("palad").post(shown).headers["Location"] == address
    officer_sees = page(signed_in("somjai"))
    assert "รอนาน" in officer_sees
    assert "พูดไม่ดี" not in officer_sees


def test_no_page_shows_an_officer_words_or_a_single_opinion(server, kiosk, signed_in, praised):
    """Not in the list of praise, not in the records; the clerk decides on the page, with the words before them."""
    kiosk.append(RatingGiven("2026-11-25", 1, "ticket", "sign_tax", False))
    kiosk.append(msgspec.structs.replace(explained(1, words="แย่มากครับ"), place="ticket"))
    kiosk.push()
    catch_up()
    officer = signed_in("somjai")
    kinds_seen = {line.row.kind for line in officer.get("/desk/records/").context["lines"]}
    assert kinds_seen == {"log.opened"}
    assert "ใจดี" not in officer.get("/desk/queues/praise").content.decode()
    clerk = signed_in("palad")
    assert len({line.row.kind for line in clerk.get("/desk/records/").context["lines"]}) == 4
    page = clerk.get("/desk/queues/praise?state=waiting").content.decode().replace("<wbr>", "")
    assert re.sub("<[^>]+>", "", page).count("ใจดีมาก") == 1
    for record in RecordRow.objects.filter(kind__in=("rating.explained", "praise.given")):
        shown = re.sub("<[^>]+>", "", clerk.get(f"/desk/records/{record.pk}").content.decode())
        assert not any(word in shown for word in ("ใจดี", "สมศรี", "แย่มาก"))
    assert clerk.post(f"/desk/queues/praise/{praised[0].pk}/show").status_code == 302
    assert clerk.post(f"/desk/queues/praise/{praised[1].pk}/hide", {"reason": ""}).status_code == 302
    assert said(clerk_of(server), praised)[1].state == "waiting"
    clerk.post(f"/desk/queues/praise/{praised[1].pk}/hide", {"reason": "ไม่สุภาพ"})
    assert said(clerk_of(server), praised)[1].state == "hidden"
    text = re.sub("<[^>]+>", "", signed_in("somjai").get("/desk/queues/praise").content.decode())
    assert "ใจดีมาก" in text
    assert "สมศรี" not in text


def clerk_of(server):
    """The clerk."""
    return Staff.objects.get(office=server.office, username="palad")
