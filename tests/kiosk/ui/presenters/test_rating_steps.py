"""The steps of a rating: a slip's code before it, another face after it."""

import pytest

from kiosk.desk import tally
from kiosk.desk.queue import take_ticket
from kiosk.store.errors import DiskFull
from kiosk.ui.presenters.rating import THANKS_S
from kiosk.ui.sample import sample_kiosk
from shared import kinds


def bodies(kiosk):
    """What the lobby log holds of ratings, decoded."""
    every = [kinds.decode(each.header.kind, each.header.schema, each.body) for each in kiosk.world.lobby.after(0)]
    return [each for each in every if isinstance(each, kinds.RatingGiven | kinds.RatingChanged | kinds.RatingExplained)]


def code_of_a_ticket(kiosk):
    """A ticket's code, as its slip has it."""
    return take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th").rating_code


def do(kiosk, *way):
    """One unhurried touch after another."""
    for verb, *arguments in way:
        kiosk.do(verb, *arguments)


def typed(code):
    """The touches that type a code."""
    return [("digit", digit) for digit in code]


def test_a_good_code_makes_the_rating_one_of_a_visit_once(kiosk):
    """It is said that the code is good, nothing is used up before the face, and after it the code is gone."""
    code = code_of_a_ticket(kiosk)
    do(kiosk, ("begin",), ("rate",), ("code",), *typed(code))
    assert (kiosk.flow.view.groups, kiosk.flow.view.complete) == ((code[:4], code[4:]), True)
    do(kiosk, ("use",))
    assert (kiosk.flow.step, kiosk.flow.view.visit, bodies(kiosk)) == ("rating", True, [])
    do(kiosk, ("rate", 4))
    assert kiosk.flow.view.recorded == kiosk.flow.say("thanks.recorded_visit")
    assert bodies(kiosk) == [kinds.RatingGiven("2027-03-18", 4, "ticket", "sign_tax", False)]
    kiosk.flow.reset()
    do(kiosk, ("begin",), ("rate",), ("code",), *typed(code), ("use",))
    assert (kiosk.flow.step, kiosk.flow.view.refused) == ("slip_code", True)
    assert kiosk.flow.view.message == kiosk.flow.say("slip_code.refused")
    do(kiosk, ("without",))
    assert (kiosk.flow.step, kiosk.flow.view.visit) == ("rating", False)
    do(kiosk, ("rate", 1))
    assert bodies(kiosk)[-1].place == "walk-by"


def test_on_a_device_that_staff_take_along_a_rating_is_one_of_outreach(tmp_path):
    """With what was said about it and what was changed; a slip's code makes it one of a visit even there."""
    with sample_kiosk(tmp_path, settings={"outreach": True}) as kiosk:
        kiosk.flow.start()
        do(kiosk, ("begin",), ("rate",), ("rate", 5), ("change", True), ("rate", 2), ("reason", "slow"), ("done",))
        kiosk.settle()
        assert [each.place for each in bodies(kiosk)] == ["outreach"] * 3
        code = code_of_a_ticket(kiosk)
        do(kiosk, ("begin",), ("rate",), ("code",), *typed(code), ("use",), ("rate", 4))
        assert bodies(kiosk)[-1].place == "ticket"


@pytest.mark.parametrize(("outcome", "told"), [("printed", False), ("failed", True), ("shown", True)])
def test_the_code_is_on_screen_only_where_no_slip_carries_it(kiosk, outcome, told):
    """Whoever got no paper can still note it down; with the paper it is nobody else's to read."""
    kiosk.printer.outcome = outcome
    do(kiosk, ("begin",), ("services",), ("choose", "sign_tax"), ("take",))
    code = kiosk.printer.tray[0].rating_code
    assert (f"{code[:4]}\u00a0{code[4:]}" in kiosk.flow.view.rating_code) == told


@pytest.mark.parametrize("leave", ["back", "home", "reset"])
def test_who_leaves_without_a_face_keeps_the_code(kiosk, leave):
    """A code is used up by the rating and by nothing else; the next citizen finds an empty pad and no code."""
    code = code_of_a_ticket(kiosk)
    do(kiosk, ("begin",), ("rate",), ("code",), *typed(code), ("use",))
    kiosk.hands.pass_s(1)
    getattr(kiosk.flow, leave)()
    kiosk.flow.reset()
    do(kiosk, ("begin",), ("rate",))
    assert not kiosk.flow.view.visit
    do(kiosk, ("code",))
    assert kiosk.flow.view.groups == ("", "")
    do(kiosk, *typed(code), ("use",))
    assert kiosk.flow.view.visit


def test_codes_cannot_be_guessed_by_patience(kiosk):
    """After five wrong ones in a minute one waits, in the next visit too; a rating without a code goes on meanwhile."""
    code = code_of_a_ticket(kiosk)
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    do(kiosk, ("begin",), ("rate",), ("code",))
    for _ in range(5):
        do(kiosk, ("clear",), *typed(wrong))
        kiosk.hands.mono_s -= 8
        do(kiosk, ("use",))
        assert kiosk.flow.view.refused
    kiosk.flow.reset()
    do(kiosk, ("begin",), ("rate",), ("code",), *typed(code))
    kiosk.hands.mono_s -= 8
    do(kiosk, ("use",))
    assert (kiosk.flow.step, kiosk.flow.view.complete) == ("slip_code", False)
    assert kiosk.flow.view.message.startswith("ลองหลายครั้งแล้ว")
    do(kiosk, ("without",), ("rate", 5))
    assert kiosk.flow.step == "thanks"


def test_another_face_is_a_record_of_its_own_and_keeps_what_still_fits(kiosk):
    """The old reasons go with a low score, dimensions and words stay; the explanation cites the change."""
    do(kiosk, ("begin",), ("rate",), ("rate", 1))
    reason, side = kiosk.flow.view.reasons[0].id, kiosk.flow.view.dimensions[0].id
    do(kiosk, ("reason", reason), ("dimension", side, 2), ("write", True), ("words", "รอนาน"), ("write", False))
    do(kiosk, ("change", True))
    view = kiosk.flow.view
    assert (view.changing, view.telling, len(view.faces), view.chosen) == (True, False, 5, 1)
    do(kiosk, ("rate", 4))
    view = kiosk.flow.view
    assert (kiosk.flow.step, view.changing, view.score, view.telling) == ("thanks", False, 4, False)
    do(kiosk, ("done",))
    given, changed, why = bodies(kiosk)
    assert (given.score, changed.was, changed.score) == (1, 1, 4)
    cited = next(each for each in kiosk.world.lobby.after(0) if each.header.kind == "rating.changed").header
    assert (why.of_log, why.of_seq, why.score) == (cited.log, cited.seq, 4)
    assert (why.reasons, why.dimensions, why.words) == ([], [(side, 2)], "รอนาน")


def test_the_same_face_and_keep_change_nothing(kiosk):
    """Who thinks better of thinking better leaves one record."""
    do(kiosk, ("begin",), ("rate",), ("rate", 3), ("change", True), ("rate", 3))
    assert not kiosk.flow.view.changing
    do(kiosk, ("change", True), ("change", False))
    assert not kiosk.flow.view.changing
    do(kiosk, ("rate", 5))
    assert [type(each) for each in bodies(kiosk)] == [kinds.RatingGiven]


@pytest.mark.parametrize("after_s", [2, 8])
def test_back_from_the_thank_you_corrects_and_rates_no_second_time(kiosk, after_s):
    """The faces again, on this page: one person is one rating, however soon they think better of it."""
    do(kiosk, ("begin",), ("rate",), ("rate", 1))
    kiosk.hands.pass_s(after_s)
    kiosk.flow.back()
    assert (kiosk.flow.step, kiosk.flow.view.changing, kiosk.flow.view.chosen) == ("thanks", True, 1)
    do(kiosk, ("rate", 5), ("done",))
    given, changed = bodies(kiosk)
    assert (type(given), changed.was, changed.score, changed.repeat) == (kinds.RatingGiven, 1, 5, False)
    assert tally.of(kiosk.world, kiosk.clock.now().service_date).ratings == (0, 0, 0, 0, 1)


def test_back_from_the_faces_leaves_the_rating_as_it_is(kiosk):
    """It undoes the step before: the thank-you stands again, and ends by itself as before."""
    do(kiosk, ("begin",), ("rate",), ("rate", 4), ("change", True))
    kiosk.hands.pass_s(1)
    kiosk.flow.touched()
    kiosk.flow.back()
    assert (kiosk.flow.step, kiosk.flow.view.changing) == ("thanks", False)
    assert kiosk.flow.seconds_left() == THANKS_S
    assert [type(each) for each in bodies(kiosk)] == [kinds.RatingGiven]


def test_a_change_that_cannot_be_recorded_says_that_the_first_stands(kiosk, monkeypatch):
    """No false thanks, and what was said about the first rating is still handed over."""
    from kiosk.desk import ratings

    def full(*_args):
        raise DiskFull("no room")

    do(kiosk, ("begin",), ("rate",), ("rate", 5))
    reason = kiosk.flow.view.reasons[0].id
    do(kiosk, ("reason", reason), ("change", True))
    monkeypatch.setattr(ratings, "change", full)
    do(kiosk, ("rate", 1))
    assert (kiosk.flow.step, kiosk.flow.view.lost) == ("cannot", kiosk.flow.say("cannot.lost_change"))
    given, why = bodies(kiosk)
    assert (given.score, why.score, why.reasons) == (5, 5, [reason])
