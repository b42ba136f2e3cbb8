"""A half-year is counted once, as of a day, by group, with every figure leading to exactly the rows it counted."""

import datetime as dt
import random
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlsplit

import lobby_day
import pytest
from fake_kiosk import direct
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.kinds import CaseFiled, PraiseGiven, RatingGiven, TicketIssued, TicketMoved
from sync_server.queues.models import Outcome
from sync_server.queues.waiting import figures
from sync_server.reports.queries import outcomes_of

LATER = dt.datetime(2027, 4, 6, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def office(server):
    """The fictional office with its content published."""
    from sync_server.content.actions import publish_sample

    publish_sample(server.office, now=server.now)
    return server.office


@pytest.fixture
def lobby(office, kiosk):
    """A kiosk whose records are pushed and folded by calling it."""
    from sync_server.projectors import catch_up

    def settle():
        kiosk.push()
        catch_up()

    kiosk.settle = settle
    return kiosk


@pytest.fixture
def made(office, staff):
    """`made()`: the report of the first half of 2570 as the clerk gets it."""
    from sync_server.queues.period import Period, Span
    from sync_server.reports.queries import build

    return lambda span="1", now=LATER: build(staff("palad"), Period(2570, Span(span)), now=now)


def ticket(number, service, day, label="งานจัดเก็บรายได้"):
    """One ticket of a day."""
    return TicketIssued(day, "A", number, service, label, "", None, "th")


def rating(score, service="", day="2026-11-25", *, place="ticket", repeat=False):
    """One rating of a day."""
    return RatingGiven(day, score, place, service, repeat)


def filed(n, day, category="lamp"):
    """The n-th case, filed on a day."""
    return CaseFiled(day, bytes([n]) * 16, bytes([n]) * 32, category, "ไฟดับ", "หมู่ 3", "", "", "th")


def row(rows, key):
    """The row of one group or category."""
    return next(each for each in rows if each.key == key)


def test_nothing_happened_is_a_report_of_zeros(made):
    """An empty half-year has every group and category, all zero, and no score."""
    report = made()
    assert [each.key for each in report.tickets] == ["tax", "permit", "welfare", "general"]
    assert (report.tickets_all.total, report.ratings_all.score, report.cases_all.received) == (0, None, 0)
    assert [each.received for each in report.cases] == [0] * 11
    assert report.kiosks == ()


def test_tickets_are_counted_by_group_and_month(lobby, made):
    """Services go to their group; a sensitive ticket, which carries its label only, goes to its label's group."""
    for n, (service, day, label) in enumerate(
        [
            ("land_tax_payment", "2026-10-01", "งานจัดเก็บรายได้"),
            ("sign_tax", "2026-11-25", "งานจัดเก็บรายได้"),
            ("", "2026-11-25", "งานสวัสดิการสังคม"),
            ("no_longer_there", "2027-03-31", "งานเดิม"),
            ("land_tax_payment", "2027-04-01", "งานจัดเก็บรายได้"),
            ("land_tax_payment", "2026-09-30", "งานจัดเก็บรายได้"),
        ],
        1,
    ):
        lobby.append(ticket(n, service, day, label))
    lobby.settle()
    report = made()
    assert row(report.tickets, "tax").by_month == (1, 1, 0, 0, 0, 0)
    assert row(report.tickets, "welfare").by_month == (0, 1, 0, 0, 0, 0)
    assert row(report.tickets, "other").by_month == (0, 0, 0, 0, 0, 1)
    assert (report.tickets_all.by_month, report.tickets_all.total) == ((1, 2, 0, 0, 0, 1), 4)
    assert (made("2").tickets_all.total, made("year").tickets_all.total) == (1, 5)


def test_waits_are_told_by_group_and_lead_to_their_rows(lobby, made, server, signed_in):
    """Over two days of a lobby: each group's n, the total's, what was left out; every n is the number of rows behind
    it. A ticket sent on to a sensitive service is counted in the group that it names.
    """
    dice = random.Random(31)
    for day in ("2026-11-24", "2026-11-25"):
        evening = dt.datetime.fromisoformat(f"{day}T14:00:00+00:00")
        lobby.now, lobby.post = evening, direct(evening)
        lobby_day.play(dice, lobby, day, tickets=70, odd=0.1)
        lobby.push()
    key, press = ("2026-11-25", "A", 500), bytes(16)
    lobby.append(TicketIssued(*key, "sign_tax", "งานจัดเก็บรายได้", "", None, "th"))
    lobby.append(TicketMoved(*key, "transfer", "1", "x", "", "welfare", "", press, None, None, None, False))
    lobby.settle()
    report = made()
    told = figures(server.office, dt.date(2026, 10, 1), dt.date(2027, 3, 31))
    assert (report.waits_all.times, report.waits_all.waited.n) == (told.all, told.all.waited.n)
    assert sum(each.times.asked for each in report.waits) == told.all.asked
    assert sum(each.waited.n for each in report.waits) == told.all.waited.n > 80
    assert sum(n for _, n in report.waits_all.waited.left_out) == told.tickets - told.all.waited.n
    assert sum(n for _, n in report.waits_all.served.left_out) == told.all.asked - told.all.served.n
    assert [each.key for each in report.waits] == ["tax", "permit", "welfare", "general"]
    named = Outcome.objects.get(number=500, nth=2)
    assert (named.service, named in outcomes_of(server.office, report.period, "welfare")) == ("welfare", True)
    clerk = signed_in("palad")
    for each in (*report.waits, report.waits_all):
        for behind in (each.waited, each.served, each.promised):
            assert clerk.get(behind.href).context["page"].total == behind.n, behind.href


def test_ratings_leave_out_repeats_and_say_how_many(lobby, made):
    """Repeats are counted apart; the mean is that of the others."""
    for score in (5, 5, 4, 4, 3, 5):
        lobby.append(rating(score, "sign_tax"))
    lobby.append(rating(1, "sign_tax", repeat=True))
    lobby.settle()
    all_of_them = made().ratings_all
    assert (all_of_them.score.n, all_of_them.score.mean, all_of_them.score.percent) == (
        6,
        Decimal("4.33"),
        Decimal("86.67"),
    )
    assert [n for _, n in all_of_them.behind.left_out] == [1]
    assert row(made().ratings, "tax").score == all_of_them.score


def test_fewer_than_five_answers_are_not_shown_nor_what_gives_them_away(lobby, made, signed_in):
    """Four ratings of one group are withheld, and with them the next group, whose figure would tell them."""
    for score in (1, 1, 1, 1):
        lobby.append(rating(score, "building_permit"))
    for score in (5,) * 6:
        lobby.append(rating(score, "sign_tax"))
    for score in (4,) * 9:
        lobby.append(rating(score, "water_delivery"))
    lobby.settle()
    report = made()
    assert [each.key for each in report.ratings if each.withheld] == ["tax", "permit"]
    assert row(report.ratings, "general").score.n == 9
    assert report.ratings_all.score.n == 19
    # The rows behind a withheld figure would tell it.
    client = signed_in("palad")
    for key, rows in (("permit", 0), ("tax", 0), ("general", 9)):
        assert client.get(row(report.ratings, key).behind.href).context["page"].total == rows


def test_people_served_and_passers_by_are_never_one_figure(lobby, made):
    """Each has its own row, with how many tickets could have been rated; no figure and no sentence adds them up."""
    from sync_server.organisations.queries import the_office
    from sync_server.reports.paper import Letterhead, compose

    for n in range(1, 21):
        lobby.append(ticket(n, "sign_tax", "2026-11-25"))
    for score in (5,) * 7:
        lobby.append(rating(score, "sign_tax"))
    for score in (1,) * 9:
        lobby.append(rating(score, place="walk-by"))
    for score in (3,) * 4:
        lobby.append(rating(score, place="outreach"))
    lobby.settle()
    report = made()
    assert (report.ratings_all.score.n, report.ratings_all.score.mean) == (7, Decimal("5.00"))
    assert (report.ratings_all.response, row(report.ratings, "tax").response) == (Decimal("35.00"), Decimal("35.00"))
    assert [(each.key, each.score and each.score.mean, each.withheld) for each in report.ratings_apart] == [
        ("outreach", None, True), ("walk-by", Decimal("1.00"), False)
    ]  # fmt: skip
    lines = compose(report, Letterhead.of(the_office()), today=LATER.date()).summary.rows
    (told,) = [words.text for _, name, words in lines if "ความพึงพอใจ" in name.text]
    assert all(each in told for each in ("๕.๐๐", "๑.๐๐"))
    assert not any(each in told for each in ("๑๖", "๒.๗๕"))


def test_a_year_tells_nothing_that_would_give_a_small_half_away(lobby, made):
    """Six rated in the first half and two in the second: the halves tell six, and the year, whose difference would be
    the two, tells nothing, by group nor in all.
    """
    for score in (5,) * 6:
        lobby.append(rating(score, "sign_tax"))
    for score in (1, 1):
        lobby.append(rating(score, "sign_tax", day="2027-04-02"))
    lobby.settle()
    over = dt.datetime(2027, 10, 5, 3, tzinfo=dt.UTC)
    assert made("1").ratings_all.score.n == 6
    assert (made("2", over).ratings_all.score, made("year", over).ratings_all.score) == (None, None)
    # While the second half runs it waits, and the year is what the first half was.
    assert (made("2").ratings_all.behind.n, made("year").ratings_all.score.n) == (0, 6)
    assert (row(made("1").ratings, "tax").score.n, row(made("year", over).ratings, "tax").withheld) == (6, True)
    for score in (1, 1, 1):
        lobby.append(rating(score, "sign_tax", day="2027-04-03"))
    lobby.settle()
    assert (made("year", over).ratings_all.score.n, row(made("year").ratings, "tax").score.n) == (11, 11)


def reduced(figure, known):
    """What is left of `figure`, a sum of cells, once multiples of the `known` figures are taken away: nothing where
    they tell it. `known` is in echelon form.
    """
    left = list(figure)
    for row_ in known:
        at = next(i for i, n in enumerate(row_) if n)
        share = Fraction(left[at]) / row_[at]
        left = [n - share * m for n, m in zip(left, row_, strict=True)]
    return left


def given_away(shown, hidden):
    """Those of the `hidden` figures that follow from the `shown` ones; each is a sum of cells, as a row of 0 and 1."""
    known = []
    for figure in shown:
        left = reduced(figure, known)
        if any(left):
            known.append(left)
    return [name for name, figure in hidden.items() if not any(reduced(figure, known))]


#: A service of each group, and a rating that names none.
SERVICES = {
    "tax": "sign_tax", "permit": "building_permit", "welfare": "elderly_allowance", "general": "water_delivery",
    "none": "",
}  # fmt: skip


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.integers(0, 9) | st.integers(9, 30)] * 2), min_size=5, max_size=5))
@example([(30, 6), (10, 2), (0, 0), (8, 7), (0, 0)])
@example([(6, 1), (6, 2), (6, 9), (6, 9), (6, 9)])
def test_three_papers_together_tell_nothing_that_one_withholds(lobby, made, counts):
    """Whatever was rated in two halves: no figure that a half or the year withholds follows by sums and differences
    from what the three papers show, their totals among it.
    """
    from sync_server.queues.models import Rating
    from sync_server.records.models import Log

    lobby.append(rating(5))
    lobby.settle()
    Rating.objects.all().delete()
    log = Log.objects.get()
    where = {"office": log.office, "kiosk": log.kiosk, "log": log}
    Rating.objects.bulk_create(
        Rating(**where, seq=1000 * at + 100 * half + n, service_date=day, score=n % 5 + 1, place="ticket", service=id_)
        for at, (id_, both) in enumerate(zip(SERVICES.values(), counts, strict=True))
        for half, day in enumerate((dt.date(2026, 11, 25), dt.date(2027, 5, 25)))
        for n in range(both[half])
    )
    over = dt.datetime(2027, 10, 5, 3, tzinfo=dt.UTC)
    cells = [(key, half) for key in SERVICES for half in "12"]
    shown, hidden = [], {}
    for span in ("1", "2", "year"):
        report = made(span, over)
        for each in (*report.ratings, report.ratings_all):
            figure = [each.key in ("", key) and span in (half, "year") for key, half in cells]
            if each.withheld:
                hidden[span, each.key] = figure
            else:
                shown.append(figure)
                behind = sum(both[i] for both, key in zip(counts, SERVICES, strict=True) for i in (0, 1)
                             if each.key in ("", key) and span in ("12"[i], "year"))  # fmt: skip
                assert (each.score.n if each.score else 0) == behind
    assert given_away(shown, hidden) == []


def test_praise_is_counted_by_division_whoever_may_read_its_words(lobby, made):
    """By the division of the present content; of nobody by name, and of somebody no longer listed, apart."""
    for person in ("sample_a", "sample_b", "sample_d", "gone", ""):
        lobby.append(PraiseGiven("2026-11-25", person, "ชื่อ" if person else "", "", "", [], "", "th"))
    lobby.append(PraiseGiven("2026-09-30", "sample_a", "ชื่อ", "", "", [], "", "th"))
    lobby.settle()
    report = made()
    assert {each.key: each.n for each in report.praises} == {"treasury": 2, "works": 1, "former": 1, "nobody": 1}
    assert report.praises_all.n == 5
    code = report.check_code
    lobby.append(PraiseGiven("2026-11-25", "sample_a", "ชื่อ", "", "", [], "", "th"))
    lobby.settle()
    assert made().check_code != code


def test_a_handful_of_ratings_in_all_shows_no_score(lobby, made):
    """With four answers in the whole office even the total is withheld."""
    for score in (5, 5, 5, 1):
        lobby.append(rating(score))
    lobby.settle()
    assert (made().ratings_all.withheld, made().ratings_all.score) == (True, None)


def test_cases_are_counted_by_what_was_owed_and_when(lobby, made, staff):
    """Told in time, told late, and owed: each falls where it belongs, as of the day asked about."""
    from sync_server.cases import actions
    from sync_server.cases.models import Case
    from sync_server.organisations.actions import Actor

    for n, day in enumerate(["2026-11-24"] * 4, 1):
        lobby.append(filed(n, day))
    lobby.settle()
    palad = Actor.of(staff("palad"))
    first, second, *_ = Case.objects.order_by("pk")
    actions.answer(palad, first, "ซ่อมแล้ว", now=dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC))
    actions.close(palad, Case.objects.get(pk=first.pk), "เสร็จ", now=dt.datetime(2026, 12, 1, 3, tzinfo=dt.UTC))
    actions.answer(palad, second, "ขออภัยที่ช้า", now=dt.datetime(2027, 1, 5, 3, tzinfo=dt.UTC))
    lamp = row(made().cases, "lamp")
    assert (lamp.received, lamp.closed, lamp.open) == (4, 1, 3)
    assert (lamp.acknowledged_in_time, lamp.told_in_time, lamp.due, lamp.overdue) == (1, 1, 4, 3)
    assert lamp.told_percent == Decimal("25.00")
    # A week after filing the two open ones are not due yet; the answer given on 5 January is late on any day.
    early = row(made(now=dt.datetime(2026, 12, 1, 3, tzinfo=dt.UTC)).cases, "lamp")
    assert (early.due, early.overdue, early.told_percent) == (2, 1, Decimal("50.00"))


@pytest.mark.parametrize("who", ["citizen", "staff"])
def test_taking_a_case_up_again_does_not_untell_what_was_told(lobby, made, staff, who):
    """Closed in time without an answer of its own, then taken up again and answered months later: heard and told on the
    first day it was, in the report as in the inbox.
    """
    from shared.kinds import CaseReturned
    from sync_server.cases import actions, inbox, queries
    from sync_server.cases.clocks import clocks
    from sync_server.cases.models import Case
    from sync_server.organisations.actions import Actor

    def figures_():
        every = made().cases_all
        return every.acknowledged_in_time, every.told_in_time, every.due, every.overdue, made().cases_told

    lobby.append(filed(1, "2026-11-24"))
    lobby.settle()
    assert figures_() == (0, 0, 1, 1, 0)
    case, palad = Case.objects.get(), Actor.of(staff("palad"))
    actions.close(palad, case, "เสร็จ", now=lobby.now)
    assert figures_() == (1, 1, 1, 0, 1)
    if who == "citizen":
        lobby.append(CaseReturned("2026-11-25", bytes.fromhex(case.status_id), 1, "other", "", "th"))
        lobby.settle()
    else:
        actions.reopen(palad, case, "ปิดผิดเรื่อง", now=lobby.now)
    assert (Case.objects.get().state, figures_()) == ("in_progress", (1, 1, 1, 0, 1))
    actions.answer(palad, case, "ซ่อมแล้ว", now=LATER)
    assert figures_() == (1, 1, 1, 0, 1)
    row_ = inbox.row(queries.one(palad.staff, case.pk), clocks(palad.office), LATER.date())
    assert [clock.words.en for clock in (row_.acknowledge, row_.result)] == ["Replied on day 1", "Answered on day 1"]


def test_the_last_day_counts_until_midnight_in_the_office(lobby, made, staff):
    """An answer at 23:59 in Bangkok on the last day is in time, one at 00:01 is not."""
    from sync_server.cases import actions
    from sync_server.cases.models import Case
    from sync_server.organisations.actions import Actor

    lobby.append(filed(1, "2026-11-24"))
    lobby.append(filed(2, "2026-11-24"))
    lobby.settle()
    palad = Actor.of(staff("palad"))
    one, two = Case.objects.order_by("pk")
    midnight = dt.datetime.combine(one.result_by + dt.timedelta(days=1), dt.time(), dt.timezone(dt.timedelta(hours=7)))
    actions.answer(palad, one, "ทัน", now=midnight - dt.timedelta(minutes=1))
    actions.answer(palad, two, "ไม่ทัน", now=midnight + dt.timedelta(minutes=1))
    assert (made().cases_all.told_in_time, made().cases_all.overdue) == (1, 1)


def test_every_figure_opens_exactly_the_rows_it_counted(lobby, made, signed_in):
    """The list behind a group or total holds as many rows as the figure says it counted and left out."""
    for n in range(1, 8):
        lobby.append(ticket(n, "sign_tax" if n % 2 else "building_permit", "2026-11-25"))
        lobby.append(rating(n % 5 + 1, "sign_tax"))
    lobby.append(rating(1, "sign_tax", repeat=True))
    lobby.append(filed(9, "2026-11-24"))
    lobby.settle()
    client = signed_in("palad")
    report = made()
    for each in (*report.tickets, report.tickets_all, *report.ratings, report.ratings_all, report.cases_all):
        response = client.get(each.behind.href)
        assert response.status_code == 200, each.behind.href
        left_out = sum(n for _, n in each.behind.left_out)
        if each is report.ratings_all:
            assert response.context["frame"].whole.n == each.behind.n
            assert response.context["frame"].whole.repeats == left_out == 1
        else:
            assert response.context["page"].total == each.behind.n + left_out, each.behind.href
    behind = client.get(row(report.tickets, "tax").behind.href).content.decode()
    assert behind.count("/desk/records/") >= 4


def test_returned_cases_are_a_share_of_those_told(lobby, made, staff):
    """Of two cases told, one was returned by its citizen; one that is open counts in neither (F-L7)."""
    from shared.kinds import CaseReturned
    from sync_server.cases import actions
    from sync_server.cases.models import Case
    from sync_server.organisations.actions import Actor

    for n in (1, 2, 3):
        lobby.append(filed(n, "2026-11-25"))
    lobby.settle()
    assert made().returned_percent is None
    told, closed, _open = Case.objects.order_by("pk")
    clerk = Actor.of(staff("palad"), "127.0.0.1")
    actions.answer(clerk, told, "ซ่อมแล้ว", now=lobby.now)
    actions.close(clerk, closed, "เสร็จ", now=lobby.now)
    code = made().check_code
    for round_ in (1, 1):
        lobby.append(CaseReturned("2026-11-25", bytes.fromhex(closed.status_id), round_, "other", "", "th"))
    lobby.settle()
    report = made()
    assert (report.cases_told, report.cases_returned, report.returned_percent) == (2, 1, Decimal("50.00"))
    assert report.check_code != code


def test_kiosks_that_went_silent_are_named_with_what_they_hold(lobby, made):
    """A kiosk unheard of for longer than a night and a morning is silent, and its waiting records are told."""
    from sync_server.kiosks.models import Kiosk

    lobby.append(ticket(1, "sign_tax", "2026-11-25"))
    lobby.settle()
    Kiosk.objects.update(captured=9, stored=2)
    (line,) = made().silent
    assert (line.name, line.waiting) == ("ตู้ 1", 7)
    assert made(now=lobby.now + dt.timedelta(hours=2)).silent == ()
    assert made().data_up_to == lobby.now


def test_the_check_code_changes_with_any_figure_and_with_nothing_else(lobby, made):
    """Two papers of one moment's figures bear one code, whenever they are printed."""
    lobby.append(ticket(1, "sign_tax", "2026-11-25"))
    lobby.settle()
    code = made().check_code
    assert made(now=LATER + dt.timedelta(days=3)).check_code == code
    lobby.append(ticket(2, "sign_tax", "2026-11-25"))
    lobby.settle()
    assert made().check_code != code


def test_records_nobody_could_read_are_counted_as_left_out(lobby, made):
    """A kind this program does not know is in no figure, and the report says so."""
    lobby.append_raw("ticket.dreamt", 1, b"\x90")
    lobby.settle()
    assert made().not_counted == 1


@pytest.mark.parametrize(("who", "status"), [("palad", 200), ("nayok", 200), ("somjai", 403), ("it", 403)])
def test_only_who_sees_every_case_opens_a_report(office, signed_in, who, status):
    """A report made by somebody who sees some cases would be a wrong report."""
    client = signed_in(who)
    for address in ("/desk/reports/", "/desk/reports/2570/1", "/desk/reports/2570/1/tickets/tax"):
        assert client.get(address).status_code == status


def test_impossible_periods_and_groups_are_not_found(office, signed_in):
    """A mistyped address is a page that is not there, never an error."""
    client = signed_in("palad")
    for address in ("9999/1", "2570/3", "0/year", "2570/1/tickets/gold", "2570/3/report.pdf"):
        assert client.get(f"/desk/reports/{address}").status_code == 404, address


def test_the_page_reads_in_both_languages_with_no_blank_cell(lobby, made, signed_in):
    """Every cell says something, in Thai and in English."""
    lobby.append(ticket(1, "sign_tax", "2026-11-25"))
    lobby.settle()
    client = signed_in("palad")
    for language in ("th", "en"):
        client.cookies["lang"] = language
        page = client.get("/desk/reports/2570/1").content.decode().replace("<wbr>", "")
        assert "<td></td>" not in page
        assert ("Nothing in this period" if language == "en" else "ไม่มีเหตุในรอบรายงาน") in page
        assert urlsplit(made().tickets_all.behind.href).path in page
