"""When nothing can be recorded, the page says what was lost, and never that something was which nobody gave."""

import pytest

from kiosk.config import make
from kiosk.store.errors import DiskFull
from kiosk.ui.presenters.flow import STEPS

#: Of these steps alone it is true that what was typed is gone.
TYPED = {"review", "check"}


@pytest.fixture
def full(kiosk, monkeypatch):
    """A kiosk whose disk is full from the moment this is called."""

    def fill():
        def no_room(*_arguments, **_options):
            raise DiskFull("no room")

        monkeypatch.setattr(kiosk.world.store, "transaction", no_room)

    return fill


def go(kiosk, *verbs):
    """One unhurried touch after another."""
    for verb, *arguments in verbs:
        kiosk.do(verb, *arguments)


def test_a_number_only_to_ask_that_was_not_given(kiosk, full):
    """Nothing was typed: what is missing is a number."""
    go(kiosk, ("begin",), ("services",))
    full()
    go(kiosk, ("ask",))
    assert (kiosk.flow.step, kiosk.flow.view.lost) == ("cannot", kiosk.flow.say("cannot.lost_ticket"))
    assert "K-ticket" in kiosk.flow.view.staff


def test_what_staff_did_is_told_without_a_citizens_words(kiosk, full):
    """Numbers for a strip could not be set aside: no complaint was lost by it."""
    object.__setattr__(kiosk.world, "config", make(kiosk.world.config.data, {"lobby_port": 8080}))
    kiosk.flow.staff()
    kiosk.settle()
    go(kiosk, ("counters",), ("go", "strip"), ("choose", "A"))
    full()
    go(kiosk, ("print",))
    assert (kiosk.flow.step, kiosk.flow.view.lost) == ("cannot", kiosk.flow.say("cannot.lost_act"))


@pytest.mark.parametrize("step", sorted(STEPS))
def test_no_step_but_the_forms_speaks_of_what_was_typed(kiosk, step):
    """Each step has a sentence, and it is a true one."""
    kiosk.do("begin")
    kiosk.flow._step = step if step != "idle" else "home"
    kiosk.flow.follow("cannot")
    kiosk.flow.show()
    assert (kiosk.flow.view.lost == kiosk.flow.say("cannot.lost_case")) == (step in TYPED)
