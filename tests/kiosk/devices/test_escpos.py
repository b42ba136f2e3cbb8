"""The thermal printer through the real python-escpos, against a printer that plays what printers play."""

import os
import pty
import threading
import tty
from datetime import date

import pytest
from PIL import Image, ImageChops

from kiosk.config import ConfigError, make
from kiosk.devices import slip as drawing
from kiosk.devices.escpos import EscposPrinter, by_file, by_network
from kiosk.devices.fakes import FakePrinter
from kiosk.devices.printer import from_config
from kiosk.paper import CaseSlip, PaperLine, PrinterState, TicketSlip

DAY = date(2027, 3, 16)
TICKET = TicketSlip(
    "อบต.ศาลาทอง", "A036", "งานจัดเก็บรายได้", "elderly", DAY, "10.32\u00a0น.",
    (PaperLine("หนังสือแจ้งการประเมิน", at_hand=True),), "ตู้ 1 · 212", "th",
)  # fmt: skip
CASE = CaseSlip("อบต.ศาลาทอง", "4821093755167204", DAY, date(2027, 3, 23), date(2027, 3, 31), "B39F 21C8", "", "th")


@pytest.fixture
def fake():
    """A printer in good order."""
    with FakePrinter() as made:
        yield made


def printer_at(fake, **settings):
    """The kiosk's printer, with the fake at the other end of a real connection."""
    return EscposPrinter(by_network("127.0.0.1", fake.port, answer_s=0.4), **{"width_dots": 384, **settings})


def same(one, other):
    """Whether two slips have the same dots."""
    return one.size == other.size and ImageChops.logical_xor(one, other.convert("1")).getbbox() is None


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("slip", [TICKET, CASE])
def test_the_paper_bears_every_dot_that_was_drawn(fake, slip, width, tmp_path):
    """What the printer burnt, on 58 and 80 mm paper, is the slip as it was drawn, cut once."""
    assert printer_at(fake, width_dots=width).print(slip) == "printed"
    [paper] = fake.slips
    paper.save(tmp_path / "slip.png")
    assert same(paper, drawing.render(slip, width_dots=width))
    assert fake.commands[-2:] == ["feed", "cut"]


@pytest.mark.parametrize(
    ("plays", "state", "outcome"),
    [
        ("ok", PrinterState.OK, "printed"),
        ("near_end", PrinterState.NEAR_END, "printed"),
        ("out", PrinterState.OUT, "failed"),
        ("cover_open", PrinterState.STOPPED, "failed"),
        ("mute", PrinterState.UNKNOWN, "failed"),
    ],
)
def test_the_state_is_what_the_printer_says(fake, plays, state, outcome):
    """Silence is unknown, never plenty (F-K2); a printer that is not well is sent nothing."""
    fake.plays = plays
    printer = printer_at(fake)
    assert printer.state() is state
    assert printer.print(TICKET) == outcome
    assert len(fake.slips) == (outcome == "printed")
    assert ("picture" in fake.commands) == (outcome == "printed")


def test_no_printer_at_all_is_unknown():
    """Nobody listens: unknown, and no promise."""
    with FakePrinter() as fake:
        printer = printer_at(fake)
    assert printer.state() is PrinterState.UNKNOWN
    assert printer.print(TICKET) == "failed"


def test_paper_that_ends_within_a_slip_is_no_success_and_the_rest_never_comes(fake):
    """The citizen is told the truth, and after reloading nobody gets the rest of a stranger's slip."""
    fake.out_after_rows = 200
    printer = printer_at(fake)
    assert printer.print(CASE) == "failed"
    assert printer.state() is PrinterState.OUT
    fake.load_paper()
    assert printer.print(TICKET) == "printed"
    [paper] = fake.slips
    assert same(paper, drawing.render(TICKET, width_dots=384))


def test_what_a_broken_line_left_behind_never_comes_either(fake):
    """The line breaks while the printer holds half a slip: at the next contact it is told to forget that."""
    fake.out_after_rows = 200
    line = by_network("127.0.0.1", fake.port).open()
    for _ in range(2):
        line.image(drawing.render(CASE, width_dots=384))
    line.close()
    printer = printer_at(fake)
    assert printer.state() is PrinterState.OUT
    fake.load_paper()
    assert printer.print(TICKET) == "printed"
    assert [same(paper, drawing.render(TICKET, width_dots=384)) for paper in fake.slips] == [True]


def test_a_job_that_takes_longer_than_anybody_waits_is_given_up(fake):
    """After a minute nothing more of the slip is sent, and it counts as failed."""
    seconds = iter([0.0, 1.0, 61.0])
    printer = printer_at(fake, mono=lambda: next(seconds))
    assert printer.print(CASE) == "failed"
    assert not fake.slips


def test_nothing_a_citizen_wrote_is_a_command(fake):
    """Control characters in content come out as dots or not at all: the printer sees pictures, a feed and a cut."""
    opens_the_drawer = "\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01\x1dV\x00\x1b@"
    slip = TicketSlip(
        opens_the_drawer, "A036", f"ภาษี{opens_the_drawer}", "", DAY, "", (PaperLine(opens_the_drawer, at_hand=None),),
        opens_the_drawer, "th",
    )  # fmt: skip
    assert printer_at(fake).print(slip) == "printed"
    assert set(fake.commands) == {"clear", "init", "picture", "feed", "cut"}
    assert fake.commands.count("cut") == 1
    assert fake.stray == b""


def test_a_printer_without_a_knife_only_feeds(fake):
    """No cut is sent where the settings say that there is no knife."""
    assert printer_at(fake, cuts=False).print(TICKET) == "printed"
    assert fake.commands[-1] == "feed"


def test_a_device_file_is_asked_too(tmp_path):
    """A printer behind a file below /dev is read as well as written; a file that is not there is unknown."""
    far, near = pty.openpty()
    tty.setraw(near)
    heard = []

    def play():
        """Answer every question until nobody is there."""
        try:
            while True:
                heard.append(os.read(far, 4096))
                for _ in range(heard[-1].count(b"\x10\x04")):
                    os.write(far, b"\x12")
        except OSError:
            return

    player = threading.Thread(target=play, daemon=True)
    player.start()
    printer = EscposPrinter(by_file(os.ttyname(near)), width_dots=384)
    assert printer.print(TICKET) == "printed"
    printer._close()
    os.close(near)
    player.join(5)
    os.close(far)
    assert b"\x1dv0" in b"".join(heard)
    assert EscposPrinter(by_file(str(tmp_path / "lp0")), width_dots=384).state() is PrinterState.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "at"),
    [("usb", "04b8:0e15"), ("network", "127.0.0.1:1"), ("serial", "/dev/no-such-line"), ("file", "/dev/no-such-file")],
)
def test_every_kind_of_printer_can_be_named_in_the_settings(tmp_path, kind, at):
    """Each names a road to a printer; one that is not there is unknown and stops nothing."""
    wide = {"width_dots": 576, "printer_baud": 115_200}
    printer = from_config(make(tmp_path, {"printer": f"escpos-{kind}", "printer_at": at, **wide}))
    assert printer.state() is PrinterState.UNKNOWN
    with pytest.raises(ConfigError, match="printer_at"):
        make(tmp_path, {"printer": f"escpos-{kind}", "printer_at": "somewhere else!"})


def test_the_fake_draws_what_it_was_sent_bit_for_bit(fake):
    """A chequered strip comes back as it was: black is black."""
    strip = Image.new("1", (384, 40), 1)
    for x in range(0, 384, 3):
        strip.putpixel((x, x % 40), 0)
    line = by_network("127.0.0.1", fake.port).open()
    line.image(strip)
    line.cut("PART")
    line.close()
    fake.close()
    assert same(fake.slips[0], strip)
