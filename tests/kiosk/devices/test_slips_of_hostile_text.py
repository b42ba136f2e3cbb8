"""Whatever stands on a slip, it comes out: within the paper, as dots, and nothing of it turns the rest round."""

from datetime import date

import pytest
from PIL import ImageChops

from kiosk.devices import line
from kiosk.devices import slip as drawing
from kiosk.devices.escpos import EscposPrinter, by_network
from kiosk.devices.fakes import FakePrinter
from kiosk.paper import CaseSlip, FormSlip, GuideSlip, PaperLine, StepLine, TicketSlip, TrialSlip
from tests.hostile import HOSTILE

DAY = date(2027, 3, 16)


def slips(text):
    """Every kind of slip, with `text` wherever something that is not ours can stand."""
    papers = (PaperLine(text, at_hand=True), PaperLine(f"ก่อน{text}หลัง", at_hand=False))
    return [
        TicketSlip(text, "A036", text, "elderly", DAY, "10.32", papers, text, "th"),
        CaseSlip(text, "4821093755167204", DAY, DAY, DAY, "B39F 21C8", "https://sala.example.go.th/track", "en"),
        TrialSlip(text, text, DAY, "th"),
        GuideSlip(
            text,
            text,
            text,
            text,
            text,
            text,
            (StepLine(text, text, text),),
            papers,
            (text,),
            "https://x.example",
            text,
            text,
            "th",
        ),
        FormSlip(text, text, text, (text, text), "https://x.example/a.pdf", text, text, "en"),
    ]


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_drawn_within_the_paper(name, width):
    """No dot lies in the margin, no line is cut off by the paper's edge, and there is always something on it."""
    for slip in slips(HOSTILE[name]):
        image = drawing.render(slip, width_dots=width)
        left, _, right, bottom = ImageChops.invert(image.convert("L")).getbbox()
        margin = 12 * width // 384
        # Marks that hang on nothing may lean out by their own width.
        assert left >= margin // 3, type(slip).__name__
        assert right <= width - margin // 3, type(slip).__name__
        assert bottom < image.height


@pytest.mark.parametrize("name", HOSTILE)
def test_no_letter_is_lost_and_nothing_is_turned(name):
    """What is shown is the text in its order, less what has no shape."""
    lines = drawing._wrap(HOSTILE[name], 300, lambda words: line.length(words, 24, "regular"))
    told = "".join("".join(lines).split())
    assert told == "".join(drawing._plain(HOSTILE[name]).split())
    assert not set(told) & set("\u202e\u202b\u2067\u200f\x00\x1b")


def test_the_printer_obeys_none_of_it():
    """All of it goes through a real socket to a printer: pictures, and not one stray byte or command of its own."""
    with FakePrinter() as fake:
        printer = EscposPrinter(by_network("127.0.0.1", fake.port), width_dots=384)
        for text in HOSTILE.values():
            if len(text) < 2_000:
                assert printer.print(slips(text)[0]) == "printed"
        assert fake.stray == b""
        assert set(fake.commands) <= {"init", "picture", "feed", "cut", "clear"}
