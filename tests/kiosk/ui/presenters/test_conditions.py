"""What a citizen is told when something of the kiosk is not well, brought about by the real thing."""

import pytest

from kiosk.paper import PrinterState


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
