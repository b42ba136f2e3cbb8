"""A thermal printer that speaks ESC/POS, reached by USB, network, serial line or device file through python-escpos.

Slips go out as pictures alone. No text command of the printer is ever used, so nothing a citizen typed can be a
command to it, and no code page can garble Thai.

    printer = EscposPrinter(lambda: network_line("192.168.1.50", 9100), width_dots=576)
    printer.state()            # asked of the printer itself
    printer.print(slip)        # "printed" only when it said before and after that all is well

The rules of this file:
1. A printer that does not answer is unknown, never well; to one that is not well nothing is sent.
2. What a failed job left in the printer is cleared at once, or at the next contact where the line broke: nobody who
   loads paper gets a stranger's slip.
3. A job that is not out after `JOB_S_MAX` is given up; whoever waited for it has left.
4. A line that needs setting up (USB) is opened once and again only after a fault: setting it up resets the printer.
"""

import logging
import os
import select
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from PIL import Image

from kiosk.devices import slip as drawing
from kiosk.paper import HAS_PAPER, JOB_S_MAX, Outcome, PrinterState, Slip

logger = logging.getLogger(__name__)

#: How long the printer may take to answer; real ones need some milliseconds.
ANSWER_S: Final = 1.5
#: Rows sent at a time: small printers hold a few kilobytes, and between two pieces a job can be given up.
PIECE_ROWS: Final = 240

_ASK_PAPER: Final = b"\x10\x04\x04"
_ASK_FAULT: Final = b"\x10\x04\x02"
#: "Clear what you hold", obeyed at once and not in the order of the data.
_CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_INIT: Final = b"\x1b@"

#: Some bits of every real-time answer are fixed; a byte without them is no answer.
_FIXED_MASK, _FIXED = 0b1001_0011, 0b0001_0010
_PAPER_OUT, _PAPER_NEAR_END = 0b0110_0000, 0b0000_1100
_COVER_OPEN, _FAULT = 0b0000_0100, 0b0100_0000


class Line(Protocol):
    """What is used of python-escpos's printer classes; each names its own errors, see `_ERRORS`."""

    def _raw(self, msg: bytes) -> None: ...
    def _read(self) -> bytes: ...
    def image(self, img_source: Image.Image) -> None:
        """Send a picture."""

    def cut(self, mode: str) -> None:
        """Feed and cut."""

    def print_and_feed(self, n: int) -> None:
        """Feed."""

    def close(self) -> None:
        """Let the line go."""


@dataclass(frozen=True, slots=True)
class Road:
    """A way to a printer. `keep` says that it stays open between slips (rule 4)."""

    open: Callable[[], Line]
    keep: bool = True


class EscposPrinter:
    """See the module. Calls may come from any thread; one at a time reaches the printer."""

    def __init__(
        self, road: Road, *, width_dots: int, cuts: bool = True, mono: Callable[[], float] = time.monotonic
    ) -> None:
        """`cuts` is false for a printer without a knife. Raises `CannotDraw` where slips could not be drawn."""
        drawing.check()
        self._road = road
        self._width_dots = width_dots
        self._cuts = cuts
        self._mono = mono
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._leftover = True
        self._told: PrinterState | None = None

    def state(self) -> PrinterState:
        """What the printer says now; unknown where it says nothing."""
        with self._lock:
            try:
                return self._tell(_ask(self._cleared()))
            except _errors() as error:
                return self._lost(error)
            finally:
                self._rest()

    def print(self, slip: Slip) -> Outcome:
        """Print one slip; "failed" unless the printer was well before and after."""
        asked_s = self._mono()
        picture = drawing.render(slip, width_dots=self._width_dots)
        with self._lock:
            try:
                done = self._print(picture, asked_s + JOB_S_MAX)
            except _errors() as error:
                self._lost(error)
                done = False
            finally:
                self._rest()
        return "printed" if done else "failed"

    def _print(self, picture: Image.Image, until_s: float) -> bool:
        line = self._cleared()
        if self._tell(_ask(line)) not in HAS_PAPER:
            return False
        self._leftover = True
        fine = self._send(line, picture, until_s) and self._tell(_ask(line)) in HAS_PAPER
        if fine:
            self._leftover = False
        else:
            self._cleared()
        return fine

    def _send(self, line: Line, picture: Image.Image, until_s: float) -> bool:
        line._raw(_INIT)  # noqa: SLF001 - python-escpos names its raw channel so
        for top in range(0, picture.height, PIECE_ROWS):
            if self._mono() > until_s:
                logger.error("a slip was given up: the printer took too long")
                return False
            line.image(picture.crop((0, top, picture.width, min(top + PIECE_ROWS, picture.height))))
        if self._cuts:
            line.cut("PART")
        else:
            line.print_and_feed(4)
        return True

    def _cleared(self) -> Line:
        """The line, to a printer that holds nothing of an earlier job."""
        line = self._opened()
        if self._leftover:
            line._raw(_CLEAR)  # noqa: SLF001
            self._leftover = False
        return line

    def _opened(self) -> Line:
        if self._line is None:
            self._line = self._road.open()
            _no_profile(self._line, self._width_dots)
        return self._line

    def _rest(self) -> None:
        # An answer that comes late must not be taken for the answer to the next question.
        if not self._road.keep or self._told is PrinterState.UNKNOWN:
            self._close()

    def _close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            try:
                line.close()
            except _errors() as error:
                logger.info("the line to the printer did not close: %s", error)

    def _lost(self, error: Exception) -> PrinterState:
        """The line is broken: close it, so that the next call begins anew."""
        self._close()
        self._leftover = True
        if self._told is not PrinterState.UNKNOWN:
            logger.warning("the printer cannot be reached: %s", error)
        return self._tell(PrinterState.UNKNOWN)

    def _tell(self, state: PrinterState) -> PrinterState:
        if state is not self._told:
            logger.info("printer: %s", state.value)
        self._told = state
        return state


def _ask(line: Line) -> PrinterState:
    """Ask about paper, and about a cover or knife that keeps it from printing."""
    paper = _answer(line, _ASK_PAPER)
    if paper is None:
        return PrinterState.UNKNOWN
    if paper & _PAPER_OUT:
        return PrinterState.OUT
    fault = _answer(line, _ASK_FAULT)
    if fault is None:
        return PrinterState.UNKNOWN
    if fault & (_COVER_OPEN | _FAULT):
        return PrinterState.STOPPED
    return PrinterState.NEAR_END if paper & _PAPER_NEAR_END else PrinterState.OK


def _answer(line: Line, question: bytes) -> int | None:
    """The byte that a printer answered; None where it did not, or with something that is no answer."""
    line._raw(question)  # noqa: SLF001
    try:
        told = bytes(line._read())  # noqa: SLF001
    except TimeoutError:
        return None
    return told[-1] if told and told[-1] & _FIXED_MASK == _FIXED else None


def _no_profile(line: Any, width_dots: int) -> None:
    """Say how wide the paper is: python-escpos complains on stdout for every picture where its profile does not."""
    profile = line.profile
    profile.profile_data = {**profile.profile_data, "media": {"width": {"pixels": width_dots, "mm": width_dots // 8}}}


# --- roads -------------------------------------------------------------------------------------------------------


def by_network(host: str, port: int, *, answer_s: float = ANSWER_S) -> Road:
    """A printer with a network plug. Opened for each slip: it may serve others, and hangs up on the idle."""

    def opened() -> Line:
        line = _package().printer.Network(host, port, timeout=answer_s)
        line.open()
        return line  # type: ignore[no-any-return]

    return Road(opened, keep=False)


def by_usb(vendor: int, product: int) -> Road:
    """A printer on USB, by its two numbers (`lsusb` shows them)."""

    def opened() -> Line:
        line = _package().printer.Usb(vendor, product, timeout=round(ANSWER_S * 1000))
        line.open()
        return line  # type: ignore[no-any-return]

    return Road(opened)


def by_serial(path: str, baud: int) -> Road:
    """A printer on a serial line, such as /dev/ttyUSB0."""

    def opened() -> Line:
        line = _package().printer.Serial(path, baudrate=baud, timeout=ANSWER_S)
        line.open()
        return line  # type: ignore[no-any-return]

    return Road(opened)


def by_file(path: str, *, answer_s: float = ANSWER_S) -> Road:
    """A printer behind a device file, such as /dev/usb/lp0, which can be read for answers as well as written."""

    def opened() -> Line:
        escpos = _package().escpos.Escpos

        class DeviceFile(escpos):  # type: ignore[misc, valid-type]
            """python-escpos's own class for files cannot read, and so cannot ask."""

            _file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

            def _raw(self, msg: bytes) -> None:
                rest = memoryview(msg)
                while rest:
                    if not select.select([], [self._file], [], answer_s)[1]:
                        raise TimeoutError(f"{path} takes nothing")
                    rest = rest[os.write(self._file, rest) :]

            def _read(self) -> bytes:
                if not select.select([self._file], [], [], answer_s)[0]:
                    raise TimeoutError(f"{path} does not answer")
                return os.read(self._file, 16)

            def close(self) -> None:
                """Once; python-escpos closes again when the object goes."""
                if self._file >= 0:
                    os.close(self._file)
                    self._file = -1

        return DeviceFile()

    return Road(opened)


def _package() -> Any:
    """python-escpos, imported when it is first needed: it reads a large table, and copies it into a given folder."""
    with tempfile.TemporaryDirectory(prefix="sala-printer-") as folder:
        os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = folder
        import escpos.escpos
        import escpos.printer
    return escpos


def _errors() -> tuple[type[Exception], ...]:
    """What a line raises for its own troubles: USB and serial errors are OSErrors, a missing printer has its own, a
    missing libusb is a ValueError.
    """
    _package()
    from escpos.exceptions import Error

    return (OSError, Error, AssertionError, ValueError)
