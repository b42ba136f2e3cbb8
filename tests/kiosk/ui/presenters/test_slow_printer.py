"""A printer that takes a minute over a slip holds up nobody but whoever waits for the slip."""

import pytest

from kiosk.paper import JOB_S_MAX
from kiosk.ui.presenters.services import TICKET_S
from kiosk.ui.sample import SteppedWorker
from shared import kinds

TICKET = (("begin",), ("services",), ("choose", "sign_tax"), ("take",))


@pytest.fixture
def slow(kiosk):
    """A kiosk whose printing goes on only when `kiosk.flow.printing.settle()` is called."""
    kiosk.flow.printing = SteppedWorker()
    return kiosk


def go(kiosk, *verbs):
    """One unhurried touch after another."""
    for verb, *arguments in verbs:
        kiosk.do(verb, *arguments)


def recorded(kiosk):
    """What the lobby log holds, decoded, without the record that opened it."""
    return [kinds.decode(each.header.kind, each.header.schema, each.body) for each in kiosk.world.lobby.after(0)][1:]


def test_what_others_do_is_recorded_while_a_slip_is_printed(slow):
    """A rating, a number and a request, each with its answer on screen, and the slip's outcome after all of them."""
    go(slow, *TICKET)
    for then, step in (
        ((("begin",), ("rate",), ("rate", 5)), "thanks"),
        (TICKET, "ticket"),
        ((("begin",), ("problem",), ("general",), ("choose", "lamp"), ("next",), ("text", "ดับ"), ("next",), ("skip",),
          ("send",), ("print",)), "recorded"),
        ((("begin",), ("services",), ("choose", "sign_tax"), ("print",), ("form", "phor_por_1"), ("print",)), "form"),
    ):  # fmt: skip
        slow.flow.reset()
        go(slow, *then)
        assert slow.flow.step == step
    assert [type(each) for each in recorded(slow)] == [
        kinds.TicketIssued, kinds.RatingGiven, kinds.TicketIssued, kinds.CaseFiled,
    ]  # fmt: skip
    assert slow.printer.tray == []
    slow.flow.printing.settle()
    assert len(slow.printer.tray) == 5
    assert [type(each) for each in recorded(slow)[4:]] == [kinds.SlipPrinted] * 3


def test_staff_read_how_the_kiosk_stands_and_set_numbers_aside_meanwhile(slow):
    """Neither the strip's record nor anybody at the desk waits for paper."""
    slow.flow.staff()
    go(slow, ("counters",), ("go", "strip"), ("choose", "A"), ("print",))
    assert (slow.flow.view.state, [type(each) for each in recorded(slow)]) == ("printing", [kinds.NumbersReserved])
    slow.flow.printing.settle()
    assert slow.flow.view.state == "printed"


def test_the_number_stays_while_its_paper_is_awaited(slow):
    """The page's time begins when the paper is out."""
    go(slow, *TICKET)
    slow.pass_s(TICKET_S + 15)
    assert (slow.flow.step, slow.flow.view.paper) == ("ticket", "printing")
    slow.flow.printing.settle()
    assert slow.flow.view.paper == "printed"
    slow.pass_s(TICKET_S - 1)
    assert slow.flow.step == "ticket"
    slow.pass_s(2)
    assert slow.flow.step == "idle"


def test_a_printer_that_never_answers_keeps_no_page(slow):
    """Whoever waited for longer than a job may take has left."""
    go(slow, *TICKET)
    slow.pass_s(JOB_S_MAX + TICKET_S + 1)
    assert slow.flow.step == "idle"
